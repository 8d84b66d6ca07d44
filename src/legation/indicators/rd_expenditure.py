"""How much does a country spend on research and development in all, in prices that can be compared?

In current US dollars at purchasing power parity, as the publisher converts them. Growth is compound and nominal, since
the country's newest figure at least `change_years` years before; publishers give some years only.
"""

import narwhals as nw

from legation.constants import CHANGE_YEARS, NEWEST_VALUE_YEARS
from legation.indicators._macro import BY, DATES, SINCE_YEAR, VALUE_YEAR, annual_growth, newest
from legation.model import Example, Indicator, Measure

INDICATOR = Indicator(
    label={"en": "R&D expenditure", "ko": "총연구개발비"},
    measures={
        "gerd_ppp_usd": Measure({"en": "R&D expenditure", "ko": "총연구개발비"}, "current USD at PPP", "higher"),
        "value_year": VALUE_YEAR,
        "annual_growth": Measure(
            {"en": "Growth a year, nominal", "ko": "연평균 증가율(명목)"}, "share a year", "higher", "share"
        ),
        "since_year": SINCE_YEAR,
    },
    formula=r"g_c = (E_{cy} / E_{c,y'})^{1/(y - y')} - 1,\quad y' \le y - 5",
    reference="OECD, Frascati Manual 2015, doi:10.1787/9789264239012-en",
    by=BY,
    key=("iso3",),
    caveats=("newest_value_of_each_country",),
    example=Example(
        given={
            "macro": """
                measure       iso3  year  value
                gerd_ppp_usd  KOR   2021  121000000000
                gerd_ppp_usd  KOR   2019  115000000000
                gerd_ppp_usd  KOR   2015  90000000000
                gerd_ppp_usd  CHE   2021  20000000000
                gerd_ppp_usd  KOR   2010  50000000000
            """
        },
        settings={"change_years": 2},
        expect="""
            iso3  year  gerd_ppp_usd  value_year  annual_growth   since_year
            KOR   2021  121000000000  2021        0.025755289064  2019
            CHE   2021  20000000000   2021        -               -
        """,
        working="Over the two years from 2019: (121 / 115)^(1/2) - 1 = 2.58 % a year.",
    ),
    is_not="what was achieved with it; and conversion at purchasing power parity uses prices of the whole economy.",
    checked="brute force",
)


def compute(
    macro: nw.LazyFrame, *, oldest_years: int = NEWEST_VALUE_YEARS, change_years: int = CHANGE_YEARS
) -> nw.LazyFrame:
    figures = newest(macro, "gerd_ppp_usd", oldest_years, change_years)
    return figures.with_columns(gerd_ppp_usd=nw.col("value"), annual_growth=annual_growth()).select(
        *BY, *DATES, "iso3", *INDICATOR.measures
    )
