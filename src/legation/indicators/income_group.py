"""To which income group does an economy belong, roughly?

The World Bank groups economies by gross national income per capita (Atlas method: exchange rates smoothed over three
years). The store has gross domestic product per capita in current dollars, which stands in for it, with the World
Bank's limits for the year of the figure, or the newest limits there are. A figure before the first limits has no group.
"""

import narwhals as nw

from legation.constants import NEWEST_VALUE_YEARS
from legation.indicators._macro import BY, DATES, INCOME_GROUPS, VALUE_YEAR, newest
from legation.indicators._macro import income_group as group
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
            """
        },
        expect="""
            iso3  income_group  gdp_per_capita_usd  value_year
            KOR   high          36000               2024
            VNM   lower-middle  4495                2024
            BRA   upper-middle  10300               2023
            BDI   low           150                 2024
            RUS   upper-middle  14000               2023
        """,
        working="4,495 is the upper limit of lower-middle income in 2024. In 2023 high income began above 14,005.",
    ),
    is_not="the World Bank's own classification, nor the list of recipients of development assistance.",
    checked="brute force; against the World Bank's groups of economies far from a limit",
)


def compute(macro: nw.LazyFrame, *, oldest_years: int = NEWEST_VALUE_YEARS) -> nw.LazyFrame:
    figures = newest(macro, "gdp_per_capita_usd", oldest_years)
    return (
        figures.with_columns(income_group=group(), gdp_per_capita_usd=nw.col("value"))
        .filter(~nw.col("income_group").is_null())
        .select(*BY, *DATES, "iso3", *INDICATOR.measures)
    )
