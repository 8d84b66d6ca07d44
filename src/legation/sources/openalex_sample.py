"""Works on subsurface energy, CO2 storage and geoscience: full records of OpenAlex, with authors and institutions.

A sample gathered around Saudi Arabia (a third of its authorships), not the whole field: it shows how records are used,
and says little on who leads the world. `works` count the record types as they are, errata and retracted works too.

- Every author of a work counts, also without an institution (a quarter of them). Countries are those OpenAlex gives the
  author, also where it gives the institution none (38 cases). An author who signs twice on a work (13 works) stays two.
- Author lists end at the hundredth author, which the records do not say; five works have exactly a hundred.
- Institutions named I-1, or without any identifier, are placeholders. An institution is described in several ways when
  it was renamed or reclassified between records (the Centre National de la Recherche Scientifique is a funder in 192
  and a government body in 56); the most frequent description stands.
- `company` is empty where no institution of any author is known.
"""

import gzip
import json
import zlib
from collections.abc import Iterator
from typing import Any

import polars as pl

from legation.errors import DataError
from legation.intake import Intake, Records, pseudonym
from legation.model import Source

FILE = "openalex/works.jsonl.gz"
OPENALEX, ROR = "https://openalex.org/", "https://ror.org/"
YEARS = (1900, 2027)
UNKNOWN_INSTITUTION = "I-1"
SECTORS = ["education", "company", "government", "facility", "nonprofit", "healthcare", "archive", "funder", "other"]

USED = {"id", "publication_year", "type", "primary_topic", "cited_by_count", "authorships", "open_access"}
NOT_USED = (
    "abstract_inverted_index apc_list apc_paid awards best_oa_location biblio citation_normalized_percentile "
    "cited_by_percentile_year concepts content_urls corresponding_author_ids corresponding_institution_ids "
    "countries_distinct_count counts_by_year created_date display_name doi funders fwci has_content has_fulltext ids "
    "indexed_in institutions institutions_distinct_count is_paratext is_retracted is_xpac keywords language locations "
    "locations_count mesh primary_location publication_date referenced_works referenced_works_count related_works "
    "sustainable_development_goals title topics updated_date"
)

SOURCE = Source(
    publisher="OpenAlex",
    title="Works on subsurface energy, CO2 storage and geoscience, a sample",
    url="https://docs.openalex.org/api-entities/works",
    licence="CC0",
    licence_url="https://creativecommons.org/publicdomain/zero/1.0/",
    vintage="2026-02-07",
    files=(FILE,),
    rows={
        "works": (4_200, 5_000),
        "authorships": (20_000, 26_000),
        "affiliations": (16_000, 22_000),
        "organisations": (1_400, 1_800),
    },
    comparable_years=False,
    caveats=("authors_listed_to_100", "gathered_around_one_country"),
)

Schema = dict[str, pl.DataType | type[pl.DataType]]

WORK: Schema = {
    "line": pl.Int64,
    "work_id": pl.String,
    "year": pl.Int64,
    "type": pl.String,
    "field": pl.String,
    "topic": pl.String,
    "citations": pl.Int64,
    "authors": pl.Int64,
    "open_access": pl.Boolean,
}
INSTITUTION: Schema = {"organisation": pl.String, "name": pl.String, "code": pl.String, "sector": pl.String}
AUTHOR: Schema = {
    "line": pl.Int64,
    "work_id": pl.String,
    "position": pl.Int64,
    "author_id": pl.String,
    "codes": pl.List(pl.String),
    "corresponding": pl.Boolean,
    "institutions": pl.List(pl.Struct(INSTITUTION)),
}


def tidy(raw: Intake) -> Iterator[tuple[str, pl.DataFrame]]:
    read_works, read_authors = _read(raw)
    works = _checked(read_works)
    authors = Records(read_authors.frame.join(works.frame, on="line", how="semi"), FILE, raw)
    institutions = _institutions(authors)
    company = (
        institutions.frame.drop_nulls("sector").group_by("work_id").agg(company=(pl.col("sector") == "company").any())
    )
    yield (
        "works",
        works.frame.join(company, on="work_id", how="left").select(
            *(name for name in WORK if name != "line"),
            "company",
            scope=pl.lit("subsurface-energy"),
            country_list_only=pl.lit(False),
        ),
    )
    yield "authorships", _authorships(authors)
    yield "affiliations", institutions.frame.select("work_id", "position", "organisation").unique()
    yield "organisations", _organisations(institutions)


def _read(raw: Intake) -> tuple[Records, Records]:
    """Works and their authors, each with the line it stands on; lines that hold no whole work are rejected."""
    works, authors, seen = [], [], set()
    for line, text in _lines(raw):
        raw.read[FILE] += 1
        try:
            work = json.loads(text)
            flat, signed = _flatten(line, work)
        except (ValueError, KeyError, TypeError, AttributeError):
            raw.reject(FILE, [line], "no whole work stands here")
            continue
        seen.update(work)
        works.append(flat)
        authors += signed
    if strange := sorted(seen - USED - set(NOT_USED.split())):
        raw.left_over[FILE] = strange
    return Records(pl.DataFrame(works, schema=WORK), FILE, raw), Records(
        pl.DataFrame(authors, schema=AUTHOR), FILE, raw
    )


def _lines(raw: Intake) -> Iterator[tuple[int, bytes]]:
    try:
        with gzip.open(raw.path(FILE)) as stream:
            yield from enumerate(stream, 1)
    except (EOFError, OSError, zlib.error) as error:
        raise DataError(f"source {raw.source}: {FILE} cannot be read to its end: {error}") from error


def _flatten(line: int, work: dict[str, Any]) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """What the tables take of a work, and of each of its authors; a work without authors has one who is unknown."""
    topic = work["primary_topic"]
    flat = {
        "line": line,
        "work_id": work["id"].removeprefix(OPENALEX),
        "year": _whole(work["publication_year"]),
        "type": work["type"],
        "field": topic and topic["field"]["display_name"],
        "topic": topic and topic["id"].removeprefix(OPENALEX),
        "citations": _whole(work["cited_by_count"]),
        "authors": max(len(work["authorships"]), 1),
        "open_access": work["open_access"]["is_oa"],
    }
    same = {"line": line, "work_id": flat["work_id"]}
    signed = [
        same
        | {
            "position": position,
            "author_id": signature["author"]["id"],
            "codes": signature["countries"],
            "corresponding": signature["is_corresponding"],
            "institutions": [_institution(institution) for institution in signature["institutions"]],
        }
        for position, signature in enumerate(work["authorships"])
    ]
    return flat, signed or [same | {"position": 0, "codes": [], "institutions": []}]


def _whole(value: Any) -> int | None:
    if value is not None and not isinstance(value, int):
        raise TypeError(f"{value!r} is not a whole number")
    return value


def _institution(given: dict[str, Any]) -> dict[str, Any]:
    openalex, ror = given["id"] or "", given["ror"] or ""
    return {
        "organisation": ror.removeprefix(ROR) or openalex.removeprefix(OPENALEX) or None,
        "name": given["display_name"],
        "code": given["country_code"],
        "sector": given["type"],
    }


def _checked(works: Records) -> Records:
    return (
        works.reject(~pl.col("work_id").str.contains(r"^W\d+$").fill_null(False), "id is not that of a work")
        .reject(~pl.col("year").is_between(*YEARS).fill_null(False), "year is missing or absurd")
        .reject(pl.col("type").is_null(), "type is empty")
        .set_aside(~pl.col("work_id").is_first_distinct(), "work stands more than once")
        .slug("field")
    )


def _authorships(authors: Records) -> pl.DataFrame:
    """One row for each author and country; an author without a known country keeps one row."""
    listed = authors.frame.filter(pl.col("codes").list.len() > 0).select("line", "work_id", "position", code="codes")
    located = Records(listed.explode("code"), FILE, authors.intake).country("code", "iso2").frame
    places = located.select("work_id", "position", "iso3").unique()
    rows = authors.frame.join(places, on=["work_id", "position"], how="left")
    return rows.select(
        "work_id",
        "position",
        "iso3",
        "corresponding",
        author=pseudonym(authors.intake.source, rows["author_id"].str.strip_prefix(OPENALEX)),
        countries=pl.col("iso3").count().over("work_id", "position"),
    )


def _institutions(authors: Records) -> Records:
    """One record for each author and institution, without the placeholders of unknown ones."""
    listed = authors.frame.filter(pl.col("institutions").list.len() > 0).select(
        "line", "work_id", "position", "institutions"
    )
    unknown = pl.col("organisation").is_null() | (pl.col("organisation") == UNKNOWN_INSTITUTION)
    return (
        Records(listed.explode("institutions").unnest("institutions"), FILE, authors.intake)
        .set_aside(unknown, "institution is not identified")
        .reject(pl.col("name").is_null(), "institution without a name")
        .reject(~pl.col("sector").is_in(SECTORS), "institution of an unknown kind")
    )


def _organisations(institutions: Records) -> pl.DataFrame:
    """Each institution once, as it is most often described; the country is empty where the records give none."""
    described = (
        institutions.frame.group_by("organisation", "name", "code", "sector")
        .agg(line=pl.col("line").min(), times=pl.len())
        .sort("times", "name", "sector", descending=[True, False, False])
        .unique("organisation", keep="first", maintain_order=True)
    )
    located = Records(described.filter(pl.col("code").is_not_null()), FILE, institutions.intake).country("code", "iso2")
    return pl.concat(
        [located.frame, described.filter(pl.col("code").is_null()).with_columns(iso3=pl.lit(None, pl.String))]
    ).select("organisation", "name", "iso3", "sector")
