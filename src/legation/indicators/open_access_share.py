"""How much of a country's output can be read for free?

The share of its fractional credit that is for works with a known free copy. Works of which it is not known are left out
and counted. Over the last complete years of the collection, as in `record_output`; the interval comes from drawing
works with replacement.
"""

import polars as pl

from legation.constants import BOOTSTRAP_DRAWS, BOOTSTRAP_SEED, OUTPUT_LAG_YEARS, WINDOW_YEARS
from legation.indicators import _flagged
from legation.model import Example, Indicator

INDICATOR = Indicator(
    label={"en": "Open-access share", "ko": "오픈액세스 비중"},
    measures=_flagged.measures("open_access_share", {"en": "Open-access share", "ko": "오픈액세스 비중"}),
    formula=r"o_c = \frac{\sum_{w \in K} a_{cw} [w \text{ is open}]}{\sum_{w \in K} a_{cw}},\quad "
    r"K = \text{works of which it is known}",
    reference="Piwowar et al. 2018, doi:10.7717/peerj.4375; Waltman & van Eck 2015, doi:10.1016/j.joi.2015.08.001",
    by=("source", "scope"),
    key=("first_year", "year", "iso3"),
    caveats=("collection_is_not_the_world", "interval_of_works", "free_copies_move"),
    example=Example(
        given={
            "works": """
                work_id  year  authors  open_access
                a        2019  1        true
                b        2019  2        true
                c        2020  1        false
                d        2020  1        -
                e        2021  1        true
            """,
            "authorships": """
                work_id  position  iso3  countries
                a        0         CHE   1
                b        0         KOR   1
                b        1         CHE   1
                c        0         KOR   1
                d        0         KOR   1
                e        0         ISL   1
            """,
        },
        expect="""
            first_year  year  iso3  open_access_share  known_output  unknown_share
            2016        2020  CHE   1.0                1.5           0.0
            2016        2020  KOR   0.333333333333     1.5           0.4
        """,
        working="The five years end in 2020, because 2021 may be incomplete. Korea has half of b, which is open, and "
        "c, which is not: 0.5 / 1.5. Of its 2.5 works, one (d) is left out.",
    ),
    is_not="a measure of policy: copies open for any reason count, also after an embargo.",
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
        works, authorships, "open_access", "open_access_share",
        window_years=window_years, lag_years=lag_years, draws=draws, seed=seed,
    )  # fmt: skip
