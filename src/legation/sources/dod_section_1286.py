"""Institutions that the US Department of Defense lists under section 1286 of its 2019 authorisation act.

Lists of the fiscal years 2022 to 2025 stand one under the other; the last came out in July 2026. Each institution
stands here once, with the latest list that names it: one whose year is before the last list has been taken off or
renamed.

- From list to list the same name is written with other dashes, apostrophes, capitals or blanks, or with its acronym in
  brackets; the latest spelling is kept. Real renamings (Naval Engineering University, Naval University of Engineering)
  are not guessed: both names stay.
- Only the list of 2025 gives countries, so names that were gone by then have none.
- Six entries are programmes that recruit researchers, not institutions; they are set aside.
"""

import re
from collections.abc import Iterator

import polars as pl

from legation.countries import fold
from legation.intake import Intake
from legation.model import Source

LISTS = "research_security/us_dod_section_1286.csv"
PROGRAMMES = (
    "Changjiang Scholar Distinguished Professorship",
    "Hundred Talents Plan",
    "Pearl River Talent Program",
    "Project 5-100",
    "River Talents Plan",
    "Thousand Talents Plan",
)
NOT_USED = ("schema", "aliases", "topics", "program", "authority", "reason", "start-date", "end-date", "notes")

SOURCE = Source(
    publisher="US Department of Defense",
    title="Lists published in response to section 1286 of the National Defense Authorization Act for 2019",
    url="https://www.cto.mil/wp-content/uploads/2026/07/FY25-Section-1286-List.pdf",
    licence="US public domain",
    vintage="fiscal year 2025",
    files=(LISTS,),
    rows={"listed_institutions": (150, 220)},
    caveats=("listing_is_no_verdict",),
)


def tidy(raw: Intake) -> Iterator[tuple[str, pl.DataFrame]]:
    rows = raw.csv(LISTS, ["name", "report-date", "country"], [*NOT_USED, "source_url"])
    entries = (
        rows.having(pl.col("name").str.strip_chars(), pl.col("country").fill_null(""))
        .set_aside(pl.col("name").is_in(PROGRAMMES), "a programme, not an institution")
        .integer("report-date")
        .country("country", "name", keep=[""])
        .having(same=pl.col("name").map_elements(_spelled_alike, pl.String), iso3=pl.col("iso3").replace("", None))
        .select("same", "name", "iso3", year="report-date")
    )
    latest = entries.sort("same", "year").group_by("same", maintain_order=True)
    institutions = latest.agg(pl.col("name", "year").last(), pl.col("iso3").drop_nulls().last())
    yield "listed_institutions", institutions.select("name", "iso3", "year", list=pl.lit("us-dod-section-1286"))


def _spelled_alike(name: str) -> str:
    """The name without what changes from list to list: punctuation, capitals, an acronym in brackets."""
    return fold(re.sub(r"\([A-Z]+\)$", "", name))
