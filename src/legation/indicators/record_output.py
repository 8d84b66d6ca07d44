"""What share of the works in a collection is a country's, counted from the single works?

Over the last complete years of the collection: the newest year is taken to be incomplete, except where most works are
of that year. The interval and the ranks come from drawing works with replacement. The share is that of `output_share`
with fractional counting over the same years; only the interval differs, because here the works are known and not just
their number.
"""

import polars as pl

from legation.constants import BOOTSTRAP_DRAWS, BOOTSTRAP_SEED, OUTPUT_LAG_YEARS, WINDOW_YEARS
from legation.indicators._measures import RANKS, with_interval
from legation.indicators._works import credits, window
from legation.model import Example, Indicator, Measure

INDICATOR = Indicator(
    label={"en": "Output in single works", "ko": "개별 논문 기준 산출"},
    measures=with_interval(
        "output_share", {"en": "Share of the works", "ko": "논문 점유율"}, "share of located fractional credit"
    )
    | RANKS
    | {
        "works_fractional": Measure(
            {"en": "Works, fractional", "ko": "논문 수(분수 계수)"}, "works", "higher", "number"
        ),
        "works_full": Measure({"en": "Works, full", "ko": "논문 수(전체 계수)"}, "works", "higher", "count"),
        "unassigned_share": Measure(
            {"en": "Credit without a country", "ko": "국가 미상 기여 비중"}, "share of all works", None, "share"
        ),
    },
    formula=r"s_c = \frac{\sum_w a_{cw}}{\sum_{c'} \sum_w a_{c'w}},\quad "
    r"a_{cw} = \sum_{i \in w} \frac{[c \in C_i]}{n_w\,|C_i|}",
    reference="Waltman & van Eck 2015, doi:10.1016/j.joi.2015.08.001; Efron 1979, doi:10.1214/aos/1176344552",
    by=("source", "scope"),
    key=("first_year", "year", "iso3"),
    caveats=("papers_are_not_capability", "collection_is_not_the_world", "interval_of_works"),
    example=Example(
        given={
            "works": """
                work_id  year  authors
                a        2019  1
                b        2020  2
                c        2021  2
                d        2024  1
                e        2025  1
            """,
            "authorships": """
                work_id  position  iso3  countries
                a        0         CHE   1
                b        0         KOR   1
                b        1         CHE   1
                c        0         KOR   2
                c        0         CHE   2
                c        1         -     0
                d        0         KOR   1
                e        0         CHE   1
            """,
        },
        expect="""
            first_year  year  iso3  works_full  works_fractional  output_share  unassigned_share
            2020        2024  KOR   3           1.75              0.7           0.166666666667
            2020        2024  CHE   2           0.75              0.3           0.166666666667
        """,
        working="The newest year is 2025, so the five years end in 2024 and leave out a and e. Korea: half of b, a "
        "quarter of c (one of two authors, in two countries), all of d. The second author of c has no country: half a "
        "work of three stays unassigned. 1.75 / 2.5 = 0.7.",
    ),
    is_not="the world's output: only of the works this collection holds.",
    checked="credits and unassigned sum to the works; the interval against a row-by-row bootstrap",
)


def compute(
    works: pl.DataFrame,
    authorships: pl.DataFrame,
    *,
    window_years: int = WINDOW_YEARS,
    lag_years: int = OUTPUT_LAG_YEARS,
    draws: int = BOOTSTRAP_DRAWS,
    seed: int = BOOTSTRAP_SEED,
) -> pl.DataFrame:
    from legation.resampling import bootstrap, collapse, shares, with_ranks
    from legation.resampling import with_interval as interval_of

    recent, dates = window(works, window_years, lag_years, snapshots=True)
    credit = credits(recent, authorships)
    patterns = collapse(recent, credit)
    drawn, output = bootstrap(patterns, draws, seed)["credit"], patterns.estimate["credit"]
    found = pl.DataFrame(
        {
            "iso3": pl.Series(patterns.countries, dtype=pl.String),
            **interval_of("output_share", shares(output), shares(drawn)),
            **with_ranks(drawn),
            "works_fractional": output,
        }
    )
    full = credit.group_by("iso3").agg(pl.len().cast(pl.Int64).alias("works_full"))
    unassigned = 1 - pl.col("works_fractional").sum() / recent.height
    return found.join(full, on="iso3", how="left").with_columns(unassigned_share=unassigned, **dates)
