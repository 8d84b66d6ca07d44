"""How much of a country's output has a company among its authors?

The share of its fractional credit that is for works signed by at least one author of a company, from any country: the
company need not be in the country. Works of which it is not known are left out and counted; where only some authors
have a known institution, a company among the others is not seen, so that the share is a lower bound. Over the last
complete years of the collection, as in `record_output`; the interval comes from drawing works with replacement.
"""

import polars as pl

from legation.constants import BOOTSTRAP_DRAWS, BOOTSTRAP_SEED, OUTPUT_LAG_YEARS, WINDOW_YEARS
from legation.indicators import _flagged
from legation.model import Example, Indicator

INDICATOR = Indicator(
    label={"en": "Share of works with a company", "ko": "기업 참여 논문 비중"},
    measures=_flagged.measures("company_share", {"en": "Share of works with a company", "ko": "기업 참여 논문 비중"}),
    formula=r"b_c = \frac{\sum_{w \in K} a_{cw} [w \text{ has a company}]}{\sum_{w \in K} a_{cw}},\quad "
    r"K = \text{works of which it is known}",
    reference="Tijssen 2012, doi:10.1093/reseval/rvs013; Waltman & van Eck 2015, doi:10.1016/j.joi.2015.08.001",
    by=("source", "scope"),
    key=("first_year", "year", "iso3"),
    caveats=("papers_are_not_capability", "collection_is_not_the_world", "interval_of_works"),
    example=Example(
        given={
            "works": """
                work_id  year  authors  company
                a        2019  1        true
                b        2019  4        true
                c        2020  1        false
                d        2020  1        -
                e        2021  1        true
            """,
            "authorships": """
                work_id  position  iso3  countries
                a        0         CHE   1
                b        0         KOR   1
                b        1         CHE   1
                b        2         CHE   1
                b        3         CHE   1
                c        0         KOR   1
                d        0         KOR   1
                e        0         ISL   1
            """,
        },
        expect="""
            first_year  year  iso3  company_share  known_output  unknown_share
            2016        2020  CHE   1.0            1.75          0.0
            2016        2020  KOR   0.2            1.25          0.444444444444
        """,
        working="The five years end in 2020, because 2021 may be incomplete. Korea has a quarter of b, which a company "
        "signed, and c, which none did: 0.25 / 1.25. Of its 2.25 works, one (d) is left out.",
    ),
    is_not="what companies invent: most of their research is not published.",
    checked="brute force; shares between 0 and 1 inside their interval",
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
    return _flagged.share(
        works, authorships, "company", "company_share",
        window_years=window_years, lag_years=lag_years, draws=draws, seed=seed,
    )  # fmt: skip
