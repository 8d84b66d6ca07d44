"""Which organisations stand behind the works of a collection, and with what share?

An author's part of a work, 1 / authors, is divided equally among the organisations the author signs for; authors
without one keep their part, which stays unassigned. Over the last complete years of the collection, as in
`record_output`; the interval comes from drawing works with replacement. Organisations for which 1 to 4 identified
researchers signed are blank.
"""

import polars as pl

from legation.constants import BOOTSTRAP_DRAWS, BOOTSTRAP_SEED, OUTPUT_LAG_YEARS, WINDOW_YEARS
from legation.indicators._measures import RANKS, with_interval
from legation.indicators._works import window
from legation.model import Example, Indicator, Measure

PEOPLE = ("researchers",)
SHARE = {"en": "Share of the collection", "ko": "자료집 내 비중"}
MEASURES = with_interval("organisation_share", SHARE, "share of fractional credit that has an organisation") | RANKS

INDICATOR = Indicator(
    label={"en": "Output of organisations", "ko": "기관별 산출"},
    measures={
        **{name: Measure(m.label, m.unit, m.better, m.format, PEOPLE) for name, m in MEASURES.items()},
        "works_full": Measure({"en": "Works", "ko": "문헌"}, "works, full", "higher", "count", PEOPLE),
        "works_fractional": Measure(
            {"en": "Works, fractional", "ko": "문헌(분수 계수)"}, "works, fractional", "higher", "number", PEOPLE
        ),
        "researchers": Measure(
            {"en": "Researchers who signed", "ko": "서명 연구자"}, "researchers; empty = 1 to 4", None, "count", PEOPLE
        ),
    },
    formula=r"s_o = \frac{a_o}{\sum_{o'} a_{o'}},\quad "
    r"a_o = \sum_w \sum_{a \in w} \frac{[o \in O_{wa}]}{|w| \, |O_{wa}|}",
    reference="Waltman & van Eck 2015, doi:10.1016/j.joi.2015.08.001",
    by=("source", "scope"),
    key=("first_year", "year", "organisation"),
    caveats=("collection_is_not_the_world", "interval_of_works", "blank_is_one_to_four", "identified_authors_only"),
    example=Example(
        given={
            "works": """
                work_id  year  authors
                a        2019  5
                b        2020  1
                c        2021  1
            """,
            "authorships": """
                work_id  position  author  iso3  countries
                a        0         p1      CHE   1
                a        1         p2      CHE   1
                a        2         p3      CHE   1
                a        3         p4      CHE   1
                a        4         p5      CHE   2
                a        4         p5      KOR   2
                b        0         p1      CHE   1
                c        0         p1      CHE   1
            """,
            "affiliations": """
                work_id  position  organisation
                a        0         eth
                a        1         eth
                a        2         eth
                a        3         eth
                a        4         eth
                a        4         kaist
                b        0         eth
                c        0         eth
            """,
        },
        expect="""
            first_year  year  organisation  organisation_share  works_full  works_fractional  researchers
            2016        2020  eth           0.95                2           1.9               5
            2016        2020  kaist         0.05                1           0.1               1
        """,
        working="The five years end in 2020. Of a, four fifths and half of the last are eth's, a tenth is kaist's; b "
        "is eth's. Five identified researchers signed for eth, one for kaist, whose row is blank when published.",
    ),
    is_not="a verdict on quality, nor all an organisation publishes: only its works in this collection.",
    checked="brute force; credits and unassigned sum to the works",
)


def compute(
    works: pl.DataFrame,
    authorships: pl.DataFrame,
    affiliations: pl.DataFrame,
    *,
    window_years: int = WINDOW_YEARS,
    lag_years: int = OUTPUT_LAG_YEARS,
    draws: int = BOOTSTRAP_DRAWS,
    seed: int = BOOTSTRAP_SEED,
) -> pl.DataFrame:
    from legation.resampling import bootstrap, collapse, shares, with_interval, with_ranks

    recent, dates = window(works, window_years, lag_years, snapshots=True)
    signed = affiliations.unique(["work_id", "position", "organisation"]).join(
        recent.select("work_id", "authors"), on="work_id"
    )
    part = 1.0 / (pl.col("authors").cast(pl.Float64) * pl.len().over("work_id", "position"))
    each = signed.with_columns(credit=part).sort("work_id", "organisation", "position")
    credit = each.group_by("work_id", "organisation", maintain_order=True).agg(pl.col("credit").sum())
    # The bootstrap calls whoever is given credit a country.
    patterns = collapse(recent, credit.rename({"organisation": "iso3"}))
    drawn, output = bootstrap(patterns, draws, seed)["credit"], patterns.estimate["credit"]
    found = pl.DataFrame(
        {
            "organisation": pl.Series(patterns.countries, dtype=pl.String),
            **with_interval("organisation_share", shares(output), shares(drawn)),
            **with_ranks(drawn),
            "works_fractional": output,
        }
    )
    people = signed.join(authorships.select("work_id", "position", "author").unique(), on=["work_id", "position"])
    known = (
        people.drop_nulls("author").group_by("organisation").agg(researchers=pl.col("author").n_unique().cast(pl.Int64))
    )
    full = credit.group_by("organisation").agg(works_full=pl.len().cast(pl.Int64))
    joined = found.join(full, on="organisation", how="left").join(known, on="organisation", how="left")
    return joined.with_columns(pl.col("researchers").fill_null(0), **dates)
