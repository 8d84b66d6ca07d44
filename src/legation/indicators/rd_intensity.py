"""How much of its income does a country spend on research and development, and is that share growing?

Each country's newest figure, and the change since its newest figure at least `change_years` years before. `year` is the
newest year of the source in any economic figure; countries whose figure is over `oldest_years` older are left out.
"""

import narwhals as nw

from legation.constants import CHANGE_YEARS, NEWEST_VALUE_YEARS
from legation.indicators._macro import BY, DATES, SINCE_YEAR, VALUE_YEAR, newest
from legation.model import Example, Indicator, Measure

INDICATOR = Indicator(
    label={"en": "R&D intensity", "ko": "연구개발 집약도"},
    measures={
        "rd_intensity": Measure({"en": "R&D expenditure", "ko": "GDP 대비 연구개발비"}, "% of GDP", "higher"),
        "value_year": VALUE_YEAR,
        "rd_intensity_change": Measure(
            {"en": "Change of R&D intensity", "ko": "집약도 변화"}, "percentage points of GDP", "higher"
        ),
        "since_year": SINCE_YEAR,
    },
    formula=r"i_{cy} = 100\,\mathrm{GERD}_{cy} / \mathrm{GDP}_{cy},\quad \Delta_c = i_{cy} - i_{c,y'},\ y' \le y - 5",
    reference="OECD, Frascati Manual 2015, doi:10.1787/9789264239012-en",
    by=BY,
    key=("iso3",),
    caveats=("newest_value_of_each_country",),
    example=Example(
        given={
            "macro": """
                measure              iso3  year  value
                gerd_percent_of_gdp  KOR   2023  4.9
                gerd_percent_of_gdp  KOR   2019  4.6
                gerd_percent_of_gdp  KOR   2018  4.5
                gerd_percent_of_gdp  KOR   2015  3.9
                gerd_percent_of_gdp  CHE   2021  3.3
                gerd_percent_of_gdp  ISL   2017  2.1
                population           ISL   2024  390000
            """
        },
        expect="""
            iso3  first_year  year  rd_intensity  value_year  rd_intensity_change  since_year
            KOR   2019        2024  4.9           2023        0.4                  2018
            CHE   2019        2024  3.3           2021        -                    -
        """,
        working="The table ends in 2024. Korea's newest figure is of 2023, 0.4 points above 2018. Switzerland has one "
        "figure; Iceland's is seven years older than the table.",
    ),
    is_not="output, or public effort: in most rich countries firms spend the larger part.",
    checked="brute force",
)


def compute(
    macro: nw.LazyFrame, *, oldest_years: int = NEWEST_VALUE_YEARS, change_years: int = CHANGE_YEARS
) -> nw.LazyFrame:
    figures = newest(macro, "gerd_percent_of_gdp", oldest_years, change_years)
    return figures.with_columns(
        rd_intensity=nw.col("value"), rd_intensity_change=nw.col("value") - nw.col("earlier")
    ).select(*BY, *DATES, "iso3", *INDICATOR.measures)
