"""Who signed the declarations of the AI summits, and who belongs to the network of AI safety institutes.

Only states are listed: the European Union, which joined several of these instruments itself, is not in the file, and
would be set aside. A signature says that a government endorsed a text, not what it does. The network has no date of
signature.
"""

from collections.abc import Iterator

import polars as pl

from legation.intake import Intake
from legation.model import Source

FILE = "ai/ai_declaration_signatories.csv"
KINDS = {
    "aisi_network": "network",
    "bletchley": "declaration",
    "call_frontier_2026": "declaration",
    "new_delhi_2026": "declaration",
    "paris_2025": "declaration",
    "seoul_declaration": "declaration",
    "seoul_ministerial": "declaration",
}

SOURCE = Source(
    publisher="riadeane/airegulationmap, after the published declarations",
    title="Signatories of AI declarations",
    url="https://github.com/riadeane/airegulationmap",
    licence="none stated; facts",
    vintage="2026",
    files=(FILE,),
    rows={"agreements": (230, 290)},
)


def tidy(raw: Intake) -> Iterator[tuple[str, pl.DataFrame]]:
    ignored = ["instrument", "source_repo", "source_path", "source_commit"]
    signatures = (
        raw.csv(FILE, ["key", "date", "country"], ignored)
        .reject(~pl.col("key").is_in(list(KINDS), nulls_equal=True), "key is not a known instrument")
        .country("country", "name")
        .having(kind=pl.col("key").replace(KINDS), year=pl.col("date").str.slice(0, 4))
        .integer("year")
    )
    yield "agreements", signatures.select("kind", "iso3", "year", agreement="key")
