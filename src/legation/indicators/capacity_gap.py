"""How far is a country's research capacity from that of rich ones?

The logarithm of the median of high-income economies over the country's own figure, for researchers per million people
and for research expenditure as a share of GDP: 0 at the median, 0.69 at half of it, 2.3 at a tenth, negative above it.
High income is drawn from GDP per capita (see `income_group`); each median is over the economies that have the figure.
"""

import narwhals as nw

from legation.constants import NEWEST_VALUE_YEARS
from legation.indicators._macro import BY, DATES, INCOME_GROUPS, newest, with_income_group
from legation.model import Example, Indicator, Measure

LOG_RATIO = "natural log of a ratio; 0 = median of high-income economies"
FIGURES = {"researchers": "researchers_per_million", "rd_intensity": "gerd_percent_of_gdp"}

INDICATOR = Indicator(
    label={"en": "Gap of research capacity", "ko": "연구역량 격차"},
    measures={
        "researchers_gap": Measure({"en": "Gap in researchers", "ko": "연구원 밀도 격차"}, LOG_RATIO),
        "rd_intensity_gap": Measure({"en": "Gap in R&D intensity", "ko": "연구개발 집약도 격차"}, LOG_RATIO),
        "income_group": Measure({"en": "Income group", "ko": "소득 그룹"}, ", ".join(INCOME_GROUPS)),
        "researchers_median": Measure(
            {"en": "Researchers, median of high income", "ko": "고소득국 연구원 밀도 중앙값"},
            "full-time equivalents per million people",
        ),
        "rd_intensity_median": Measure(
            {"en": "R&D intensity, median of high income", "ko": "고소득국 연구개발 집약도 중앙값"}, "% of GDP"
        ),
    },
    formula=r"\gamma_c = \ln\!\big(\mathrm{median}_{h \in \mathrm{high}}\, v_h / v_c\big)",
    reference="Fantom & Serajuddin 2016, doi:10.1596/1813-9450-7528; "
    "OECD, Frascati Manual 2015, doi:10.1787/9789264239012-en",
    by=BY,
    key=("iso3",),
    caveats=("income_groups_from_gdp", "newest_value_of_each_country"),
    example=Example(
        given={
            "macro": """
                measure                  iso3  year  value
                gdp_per_capita_usd       KOR   2024  36000
                gdp_per_capita_usd       CHE   2024  100000
                gdp_per_capita_usd       FRA   2024  46000
                gdp_per_capita_usd       KEN   2024  2200
                researchers_per_million  KOR   2023  9000
                researchers_per_million  CHE   2021  6000
                researchers_per_million  FRA   2023  5000
                researchers_per_million  KEN   2022  300
                gerd_percent_of_gdp      KOR   2023  5
                gerd_percent_of_gdp      CHE   2021  3
                gerd_percent_of_gdp      PRK   2023  1
            """
        },
        expect="""
            iso3  researchers_gap  rd_intensity_gap  income_group  researchers_median  rd_intensity_median
            KOR   -0.405465108108  -0.223143551314   high          6000                4
            CHE   0.0              0.287682072452    high          6000                4
            FRA   0.182321556794   -                 high          6000                4
            KEN   2.995732273554   -                 lower-middle  6000                4
            PRK   -                1.386294361120    -             6000                4
        """,
        working="The median of 9000, 6000 and 5000 is 6000, twenty times Kenya's 300: ln 20 = 3.0. That of 5 and 3 % "
        "is 4 %. North Korea has no figure of income, but one of expenditure: ln 4.",
    ),
    is_not="need, or will: some small economies train their researchers elsewhere.",
    checked="brute force; the median economy has no gap",
)


def compute(macro: nw.LazyFrame, *, oldest_years: int = NEWEST_VALUE_YEARS) -> nw.LazyFrame:
    key = [*BY, *DATES, "iso3"]
    parts = {name: newest(macro, measure, oldest_years).select(*key, "value") for name, measure in FIGURES.items()}
    both = nw.concat([part.select(*key) for part in parts.values()]).unique()
    for name, part in parts.items():
        both = both.join(part.rename({"value": name}), on=key, how="left")
    grouped = both.join(with_income_group(macro, oldest_years).select(*key, "income_group"), on=key, how="left")
    rich = nw.col("income_group") == nw.lit(INCOME_GROUPS[-1])
    medians = {f"{name}_median": nw.when(rich).then(nw.col(name)).median().over(*BY) for name in FIGURES}
    gaps = {
        f"{name}_gap": nw.when(nw.col(name) > 0).then((nw.col(f"{name}_median") / nw.col(name)).log())
        for name in FIGURES
    }
    return grouped.with_columns(**medians).with_columns(**gaps).select(*key, *INDICATOR.measures)
