"""How many researchers does a country have for its people?

Full-time equivalents per million inhabitants, each country's newest figure, and its compound growth a year since the
newest figure at least `change_years` years before.
"""

import narwhals as nw

from legation.constants import CHANGE_YEARS, NEWEST_VALUE_YEARS
from legation.indicators._macro import BY, DATES, SINCE_YEAR, VALUE_YEAR, annual_growth, newest
from legation.model import Example, Indicator, Measure

INDICATOR = Indicator(
    label={"en": "Density of researchers", "ko": "인구 대비 연구원 수"},
    measures={
        "researchers_per_million": Measure(
            {"en": "Researchers per million people", "ko": "인구 백만 명당 연구원"}, "full-time equivalents", "higher"
        ),
        "value_year": VALUE_YEAR,
        "annual_growth": Measure({"en": "Growth a year", "ko": "연평균 증가율"}, "share a year", "higher", "share"),
        "since_year": SINCE_YEAR,
    },
    formula=r"r_{cy} = 10^6 R_{cy} / P_{cy},\quad g_c = (r_{cy} / r_{c,y'})^{1/(y - y')} - 1,\ y' \le y - 5",
    reference="OECD, Frascati Manual 2015, doi:10.1787/9789264239012-en",
    by=BY,
    key=("iso3",),
    caveats=("newest_value_of_each_country",),
    example=Example(
        given={
            "macro": """
                measure                  iso3  year  value
                researchers_per_million  KOR   2023  9216
                researchers_per_million  KOR   2021  9000
                researchers_per_million  KOR   2018  4608
                researchers_per_million  CHE   2021  6000
            """
        },
        expect="""
            iso3  year  researchers_per_million  value_year  annual_growth   since_year
            KOR   2023  9216                     2023        0.148698354997  2018
            CHE   2023  6000                     2021        -               -
        """,
        working="Korea's density doubles over five years: 2^(1/5) - 1 = 14.9 % a year.",
    ),
    is_not="a count of people: two who work half time are one.",
    checked="brute force",
)


def compute(
    macro: nw.LazyFrame, *, oldest_years: int = NEWEST_VALUE_YEARS, change_years: int = CHANGE_YEARS
) -> nw.LazyFrame:
    figures = newest(macro, "researchers_per_million", oldest_years, change_years)
    return figures.with_columns(researchers_per_million=nw.col("value"), annual_growth=annual_growth()).select(
        *BY, *DATES, "iso3", *INDICATOR.measures
    )
