"""To which income group does an economy belong, roughly?

The World Bank groups economies by gross national income per capita (Atlas method: exchange rates smoothed over three
years). The store has gross domestic product per capita in current dollars, which stands in for it, with the World
Bank's limits for the year of the figure. Only years with limits in `constants.toml` are used.
"""

import narwhals as nw

from legation.constants import NEWEST_VALUE_YEARS
from legation.indicators._macro import BY, DATES, INCOME_GROUPS, VALUE_YEAR, with_income_group
from legation.model import Example, Indicator, Measure

INDICATOR = Indicator(
    label={"en": "Income group, from GDP per capita", "ko": "소득 그룹(1인당 GDP 기준)"},
    measures={
        "income_group": Measure({"en": "Income group", "ko": "소득 그룹"}, ", ".join(INCOME_GROUPS)),
        "gdp_per_capita_usd": Measure({"en": "GDP per capita", "ko": "1인당 GDP"}, "current USD", "higher"),
        "value_year": VALUE_YEAR,
    },
    formula=r"\mathrm{group}_c = \#\{k : v_c > L_{ky}\},\quad L_{2024} = (1135, 4495, 13935)",
    reference="Fantom & Serajuddin 2016, doi:10.1596/1813-9450-7528",
    by=BY,
    key=("iso3",),
    caveats=("income_groups_from_gdp", "newest_value_of_each_country"),
    example=Example(
        given={
            "macro": """
                measure             iso3  year  value
                gdp_per_capita_usd  KOR   2024  36000
                gdp_per_capita_usd  VNM   2024  4495
                gdp_per_capita_usd  BRA   2023  10300
                gdp_per_capita_usd  BDI   2024  150
                gdp_per_capita_usd  RUS   2023  14000
                gdp_per_capita_usd  RUS   2022  13000
                gdp_per_capita_usd  RUS   2025  15000
                population          KOR   2025  51000000
            """
        },
        expect="""
            iso3  first_year  year  income_group  gdp_per_capita_usd  value_year
            KOR   2020        2025  high          36000               2024
            VNM   2020        2025  lower-middle  4495                2024
            BRA   2020        2025  upper-middle  10300               2023
            BDI   2020        2025  low           150                 2024
            RUS   2020        2025  upper-middle  14000               2023
        """,
        working="4,495 is the upper limit of lower-middle income in 2024. In 2023 high income began above 14,005. "
        "There are no limits for 2025.",
    ),
    is_not="the World Bank's own classification, nor the list of recipients of development assistance.",
    checked="brute force; against the World Bank's groups of economies far from a limit",
)


def compute(macro: nw.LazyFrame, *, oldest_years: int = NEWEST_VALUE_YEARS) -> nw.LazyFrame:
    figures = with_income_group(macro, oldest_years).with_columns(gdp_per_capita_usd=nw.col("value"))
    return figures.select(*BY, *DATES, "iso3", *INDICATOR.measures)
