"""The topics of OpenAlex: where each stands in its classification of fields and subfields.

The file is the whole list, gathered page by page from the API. A subfield's name is not unique: eight of them, such as
genetics, stand in two fields, so a subfield is told apart by its field and its name together.
"""

import json
from collections.abc import Iterator

import polars as pl

from legation.errors import DataError
from legation.intake import Intake
from legation.model import Source

FILE = "openalex/topics.json"
PREFIX = "https://openalex.org/"

SOURCE = Source(
    publisher="OpenAlex",
    title="Topics",
    url="https://docs.openalex.org/api-entities/topics",
    licence="CC0",
    licence_url="https://creativecommons.org/publicdomain/zero/1.0/",
    vintage="2025-09-22",
    files=(FILE,),
    rows={"topics": (4_400, 5_000)},
)


def tidy(raw: Intake) -> Iterator[tuple[str, pl.DataFrame]]:
    try:
        listed = json.loads(raw.path(FILE).read_bytes())["results"]
    except (ValueError, KeyError, TypeError) as error:
        raise DataError(f"source {raw.source}: {FILE} cannot be read: {error!r}") from error
    frame = raw.take(
        FILE,
        pl.DataFrame(listed, infer_schema_length=None),
        ["id", "display_name", "subfield", "field", "works_count"],
        ["cited_by_count", "updated_date", "created_date"],
    )
    named = frame.select(
        topic=pl.col("id").str.strip_prefix(PREFIX),
        name="display_name",
        subfield=pl.col("subfield").struct.field("display_name"),
        field=pl.col("field").struct.field("display_name"),
        works="works_count",
    )
    topics = (
        raw.records(named, FILE)
        .reject(~pl.col("topic").str.contains(r"^T\d+$").fill_null(False), "id is not that of a topic")
        .reject(pl.any_horizontal(pl.col("name", "subfield", "field", "works").is_null()), "a name or count is empty")
        .slug("subfield")
        .slug("field")
    )
    yield "topics", topics.select("topic", "name", "subfield", "field", "works")
