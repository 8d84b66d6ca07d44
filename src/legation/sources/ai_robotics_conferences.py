"""Accepted papers of conferences on artificial intelligence and robotics, with the countries of their authors.

Titles and affiliations were collected by Paper Copilot. Countries stand beside each author where affiliations and
authors could be aligned; elsewhere there is at most a list of the work's countries, or nothing.

- Where no author of a work has a country but the work has a list (3,658 works, most of them of 2024 and 2025), each
  country on the list stands in the place of an author, and the authors themselves are left out of `authorships`. Such a
  list may leave out the country of an author without affiliation.
- A work without authors or countries (152 works) has one author without a country, so that credit and unassigned credit
  still add up to the works.
- No venue is complete: ICLR ends in 2018, NeurIPS in 2018, CVPR, ICCV and ICML in 2019, ICRA in 2023, and many others
  are present in one to six years. ICLR, KDD, SIGGRAPH Asia and SIGGRAPH before 2025 have no countries at all.
  `coverage` counts each venue and year.
- Authors are identified at some venues only, and a person may have several identifiers: ICRA has those of IEEE, the
  venues on OpenReview (CoRL, COLM, WWW, ACM MM, AISTATS 2025 …) share theirs. ACL, NAACL and COLING give names, so that
  people of one name would be one: their identifiers are not used. Moves are seen best in ICRA.
- A missing citation count is unknown, not nought.
"""

from collections.abc import Iterator

import polars as pl

from legation.intake import Intake, Records, pseudonym
from legation.model import Source

WORKS = "ai_robotics_conferences/works.parquet"
AUTHORS = "ai_robotics_conferences/authorships.parquet"
TECHNOLOGIES = ["artificial_intelligence", "robotics"]
YEARS = (1980, 2026)
NAMES_FOR_IDENTIFIERS = ["acl", "naacl", "coling"]

SOURCE = Source(
    publisher="Paper Copilot",
    title="Paper lists of AI and robotics conferences",
    url="https://github.com/papercopilot/paperlists",
    licence="none stated; aggregated facts only",
    vintage="2025",
    files=(WORKS, AUTHORS),
    rows={"works": (65_000, 80_000), "authorships": (230_000, 300_000), "coverage": (250, 330)},
    publish="aggregates",
    comparable_years=False,
    caveats=("venue_years_incomplete", "country_list_only"),
)


def tidy(raw: Intake) -> Iterator[tuple[str, pl.DataFrame]]:
    works, authors = _works(raw), _authors(raw)
    authors = authors.reject(~pl.col("work_id").is_in(works.frame["work_id"].implode()), "there is no such work")
    authorships = _authorships(raw, works, authors)
    counted = authorships.group_by("work_id").agg(
        authors=pl.col("position").n_unique(), country_list_only=pl.col("country_list_only").any()
    )
    finished = works.frame.join(counted, on="work_id", how="left")
    yield (
        "works",
        finished.select(
            "scope",
            "work_id",
            "year",
            "citations",
            "authors",
            "country_list_only",
            type=pl.lit("conference-paper"),
            field=pl.lit(None, pl.String),
            topic=pl.lit(None, pl.String),
            open_access=pl.lit(None, pl.Boolean),
            company=pl.lit(None, pl.Boolean),
        ),
    )
    yield (
        "authorships",
        authorships.select(
            "work_id",
            "position",
            "author",
            "iso3",
            countries=pl.col("iso3").count().over("work_id", "position"),
            corresponding=pl.lit(None, pl.Boolean),
        ),
    )
    yield "coverage", _coverage(finished, authorships)


def _works(raw: Intake) -> Records:
    columns = ["work_id", "technology", "venue", "year", "citations", "countries"]
    return (
        raw.records(raw.take(WORKS, pl.read_parquet(raw.path(WORKS)), columns, ["title"]), WORKS)
        .reject(pl.any_horizontal(pl.col("work_id", "venue").is_null()), "work_id or venue is empty")
        .reject(~pl.col("technology").is_in(TECHNOLOGIES).fill_null(False), "technology is not a known one")
        .reject(~pl.col("year").is_between(*YEARS).fill_null(False), "year is missing or absurd")
        .set_aside(~pl.col("work_id").is_first_distinct(), "work stands more than once")
        .slug("technology", "scope")
    )


def _authors(raw: Intake) -> Records:
    columns = ["work_id", "position", "author_id", "countries"]
    return (
        raw.records(raw.take(AUTHORS, pl.read_parquet(raw.path(AUTHORS)), columns), AUTHORS)
        .reject(pl.any_horizontal(pl.col("work_id", "position").is_null()), "work_id or position is empty")
        .set_aside(~pl.struct("work_id", "position").is_first_distinct(), "author stands more than once")
    )


def _authorships(raw: Intake, works: Records, authors: Records) -> pl.DataFrame:
    """Authors with their countries; countries in the place of authors where only the work has a list; else nobody."""
    located, listed = _countries(authors, ["work_id", "position"]), _countries(works, ["work_id"])
    list_only = listed.join(located, on="work_id", how="anti")
    people = authors.frame.join(list_only, on="work_id", how="anti").join(
        located, on=["work_id", "position"], how="left"
    )
    by_identifier = works.frame.select("work_id", identified=~pl.col("venue").is_in(NAMES_FOR_IDENTIFIERS))
    people = people.join(by_identifier, on="work_id", how="left")
    columns = ["work_id", "position", "author", "iso3", "country_list_only"]
    by_author = people.select(
        "work_id",
        "iso3",
        position=pl.col("position").cast(pl.Int64),
        author=pl.when("identified").then(pseudonym(raw.source, people["author_id"])),
        country_list_only=pl.lit(False),
    )
    by_country = list_only.sort("work_id", "iso3").with_columns(
        position=pl.int_range(pl.len()).over("work_id"), author=pl.lit(None, pl.String), country_list_only=pl.lit(True)
    )
    signed = pl.concat([by_author.select(columns), by_country.select(columns)])
    unsigned = works.frame.join(signed, on="work_id", how="anti").with_columns(
        position=pl.lit(0, pl.Int64),
        author=pl.lit(None, pl.String),
        iso3=pl.lit(None, pl.String),
        country_list_only=pl.lit(False),
    )
    return pl.concat([signed, unsigned.select(columns)])


def _countries(records: Records, key: list[str]) -> pl.DataFrame:
    """One row for each country of an author, or on the list of a work."""
    listed = records.frame.filter(pl.col("countries").list.len() > 0).select("line", *key, code="countries")
    located = Records(listed.explode("code"), records.file, records.intake).country("code", "iso2")
    return located.frame.select(*key, "iso3").unique()


def _coverage(works: pl.DataFrame, authorships: pl.DataFrame) -> pl.DataFrame:
    """Each venue and year, and all of a scope and year."""
    known = authorships.group_by("work_id").agg(
        located=pl.col("iso3").is_not_null().any(),
        identified=pl.col("author").is_not_null().any(),
        nowhere=pl.col("iso3").is_null().sum(),
    )
    by_part = pl.concat([works.with_columns(part="venue"), works.with_columns(part=pl.lit("all"))])
    return (
        by_part.join(known, on="work_id", how="left")
        .group_by("scope", "part", "year")
        .agg(
            works=pl.len(),
            works_with_country=pl.col("located").sum(),
            works_with_author_id=pl.col("identified").sum(),
            unassigned=(pl.col("nowhere") / pl.col("authors")).sum(),
        )
    )
