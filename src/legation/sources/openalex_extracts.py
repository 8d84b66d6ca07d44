"""Works on quantum technology and artificial intelligence out of OpenAlex, with the countries on each.

Of an author nothing is known: every work counts as one that has a country list only, each country standing in the
place of an author. A work without any country has one author without a country, so that credit and unassigned credit
still add up to the works. The name of the leading organisation is not used: it has no identifier.

- Two collections are laid together. Works of 2026 (5,189 of 5,861 on quantum, 1,117 of 1,546 on AI) and 216 works of
  2025 on quantum are a broad listing, good for where countries stand now and useless for a trend. The other works of
  2021 to 2025, some 80 to 130 a year, are the most cited of their year (the least cited has 170 citations on quantum in
  2021 and 376 on AI in 2024): no sample of anything, and set aside.
- A missing citation count is unknown, not nought.
"""

from collections.abc import Iterator

import polars as pl

from legation.intake import Intake, Records
from legation.model import Source

FILE = "openalex_extracts/works.parquet"
TECHNOLOGIES = ["artificial_intelligence", "quantum"]
YEARS = (2021, 2027)
BROAD_LISTING = 2026
"""The year from which the listing is broad; before it, works with a citation count are a selection."""

SOURCE = Source(
    publisher="OpenAlex",
    title="Works on quantum technology and artificial intelligence, extracts",
    url="https://docs.openalex.org/api-entities/works",
    licence="CC0",
    licence_url="https://creativecommons.org/publicdomain/zero/1.0/",
    vintage="2026",
    files=(FILE,),
    rows={"works": (5_800, 7_500), "authorships": (7_500, 11_500)},
    comparable_years=False,
    caveats=("country_list_only", "recent_works_only"),
)


def tidy(raw: Intake) -> Iterator[tuple[str, pl.DataFrame]]:
    read = pl.read_parquet(raw.path(FILE))
    columns = ["work_id", "technology", "year", "citations", "countries", "country_scope"]
    works = (
        raw.records(raw.take(FILE, read, columns, ["title", "doi", "organisation"]), FILE)
        .reject(~pl.col("work_id").str.contains(r"^W\d+$").fill_null(False), "work_id is not that of a work")
        .reject(~pl.col("technology").is_in(TECHNOLOGIES).fill_null(False), "technology is not a known one")
        .reject(~pl.col("year").is_between(*YEARS).fill_null(False), "year is missing or absurd")
        .reject(pl.col("country_scope").ne_missing("all"), "countries are not those of all authors")
        .set_aside(~pl.struct("technology", "work_id").is_first_distinct(), "work stands more than once")
        .set_aside(
            (pl.col("year") < BROAD_LISTING) & pl.col("citations").is_not_null(),
            "work of a selection of the most cited of its year",
        )
        .slug("technology", "scope")
    )
    signed = _authorships(works)
    authors = signed.group_by("work_id").agg(authors=pl.len())
    yield (
        "works",
        works.frame.join(authors, on="work_id", how="left").select(
            "scope",
            "work_id",
            "year",
            "citations",
            "authors",
            type=pl.lit("not stated"),
            field=pl.lit(None, pl.String),
            topic=pl.lit(None, pl.String),
            country_list_only=pl.lit(True),
            open_access=pl.lit(None, pl.Boolean),
            company=pl.lit(None, pl.Boolean),
        ),
    )
    yield "authorships", signed


def _authorships(works: Records) -> pl.DataFrame:
    """One row for each country on a work, in the place of an author; one without a country where there is none."""
    each = works.frame.unique("work_id", keep="first", maintain_order=True)
    listed = each.filter(pl.col("countries").list.len() > 0).select("line", "work_id", code="countries").explode("code")
    located = Records(listed, works.file, works.intake).country("code", "iso2").frame.unique(["work_id", "iso3"])
    rows = each.select("work_id").join(located.select("work_id", "iso3"), on="work_id", how="left")
    return rows.sort("work_id", "iso3").select(
        "work_id",
        "iso3",
        position=pl.int_range(pl.len()).over("work_id"),
        author=pl.lit(None, pl.String),
        countries=pl.col("iso3").is_not_null().cast(pl.Int64),
        corresponding=pl.lit(None, pl.Boolean),
    )
