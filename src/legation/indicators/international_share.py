"""How much of a country's output is written with another country, counted from the single works?

Each work counts once for each of its countries. A work is international where its authors are in two countries or more;
an author who signs from two makes it so too. A work with one known country and an author without any may be
international unseen: such works count as national and are reported, so that the true share lies between the share and
the share plus theirs. Over the last complete years of the collection, as in `record_output`. Where a publisher gives
only counts, `international_collaboration_rate` gives the same share of one year.
"""

import polars as pl

from legation.constants import OUTPUT_LAG_YEARS, WINDOW_YEARS
from legation.indicators._measures import with_interval
from legation.indicators._works import countries_of, window
from legation.model import Example, Indicator, Measure

INDICATOR = Indicator(
    label={"en": "International share of single works", "ko": "개별 논문 기준 국제 공동연구 비중"},
    measures=with_interval(
        "international_share",
        {"en": "Share with another country", "ko": "국제 공동논문 비중"},
        "share of works, full counting",
        None,
    )
    | {
        "works": Measure({"en": "Works", "ko": "논문 수"}, "works, full", "higher", "count"),
        "unseen_share": Measure(
            {"en": "Counted as national, a country not known", "ko": "국내 논문으로 집계된 소속 국가 미상 논문 비중"},
            "share of works, full counting",
            None,
            "share",
        ),
    },
    formula=r"i_c = \frac{|\{w : c \in C_w, |C_w| \ge 2\}|}{|\{w : c \in C_w\}|}",
    reference="Luukkonen et al. 1993, doi:10.1007/BF02016282; Wilson 1927, doi:10.1080/01621459.1927.10502953",
    by=("source", "scope"),
    key=("first_year", "year", "iso3"),
    caveats=("papers_are_not_capability", "collection_is_not_the_world", "interval_of_works"),
    example=Example(
        given={
            "works": """
                work_id  year
                a        2018
                b        2019
                c        2020
                d        2020
                e        2020
                f        2021
            """,
            "authorships": """
                work_id  position  iso3  countries
                a        0         KOR   1
                a        1         CHE   1
                b        0         KOR   2
                b        0         USA   2
                c        0         KOR   1
                c        1         KOR   1
                d        0         KOR   1
                d        1         -     0
                e        0         -     0
                f        0         KOR   1
                f        1         CHE   1
            """,
        },
        expect="""
            first_year  year  iso3  works  international_share  international_share_low  unseen_share
            2016        2020  CHE   1      1.0                  0.206549314377           0.0
            2016        2020  KOR   4      0.5                  0.150038989152           0.25
            2016        2020  USA   1      1.0                  0.206549314377           0.0
        """,
        working="The five years end in 2020, because 2021 may be incomplete. Korea is on a to d: a and b are "
        "international, c is not, d may be (an author without a country). Wilson's lower end for 1 of 1 is "
        "1 / (1 + 1.96²) = 0.2065; for 2 of 4 it is 0.5 − 0.5 √(1.96² / (4 + 1.96²)) = 0.1500.",
    ),
    is_not="a measure of openness alone: small countries have more foreign colleagues than domestic ones.",
    checked="brute force; nought where all authors are in one country",
)


def compute(
    works: pl.DataFrame,
    authorships: pl.DataFrame,
    *,
    window_years: int = WINDOW_YEARS,
    lag_years: int = OUTPUT_LAG_YEARS,
) -> pl.DataFrame:
    from legation.resampling import wilson

    recent, dates = window(works, window_years, lag_years, snapshots=True)
    nowhere = authorships.filter(pl.col("iso3").is_null()).select("work_id").unique().with_columns(gap=True)
    on = countries_of(recent, authorships).join(nowhere, on="work_id", how="left")
    abroad, unseen = pl.col("countries") > 1, (pl.col("countries") == 1) & pl.col("gap").fill_null(False)
    counted = on.group_by("iso3").agg(
        works=pl.len().cast(pl.Int64), international_share=abroad.mean(), unseen_share=unseen.mean()
    )
    low, high = wilson(counted["international_share"].to_numpy(), counted["works"].cast(pl.Float64).to_numpy())
    ends = {"international_share_low": pl.Series(low), "international_share_high": pl.Series(high)}
    return counted.with_columns(**ends, **dates)
