"""How fast does a country's output grow, and how much of the world's growth is its own?

Compound growth over `window_years` years, to the newest year that looks complete: one in which the world has at least
the part `complete_share` of the articles of the year before. Growth of the share of the world is free of the growth of
the database. The share of growth is of all articles added in the world between the two years, over the countries the
source lists; it is empty where the world's output did not grow. A country the source does not list in one of the years
counts as having none then. The intervals come from drawing the counts of both years anew from Poisson distributions.
"""

import polars as pl

from legation.constants import BOOTSTRAP_DRAWS, BOOTSTRAP_SEED, COMPLETE_YEAR_SHARE, WINDOW_YEARS
from legation.indicators import _growth
from legation.indicators._measures import with_interval
from legation.model import Example, Indicator, Kept, Measure

INDICATOR = Indicator(
    label={"en": "Growth of output", "ko": "논문 증가"},
    measures={
        **_growth.RATES,
        **with_interval(
            "growth_share",
            {"en": "Share of the world's growth", "ko": "세계 증가분 중 비중"},
            "share of added articles",
        ),
        "articles_added": Measure({"en": "Articles added", "ko": "늘어난 논문 수"}, "works", "higher"),
    },
    formula=r"g_c = (x_{cY} / x_{c,Y-5})^{1/5} - 1,\quad g_c^{s} = \frac{1 + g_c}{1 + g} - 1,\quad "
    r"s_c = \frac{x_{cY} - x_{c,Y-5}}{\sum_{c'} (x_{c'Y} - x_{c',Y-5})},\quad x^{(b)} \sim \mathrm{Poisson}(x)",
    reference="Bornmann & Mutz 2015, doi:10.1002/asi.23329; Garwood 1936, doi:10.1093/biomet/28.3-4.437",
    by=("source", "scope", "counting"),
    key=("iso3",),
    caveats=(
        "papers_are_not_capability",
        "full_counts_do_not_add_up",
        "interval_of_counts",
        "small_counts_are_volatile",
    ),
    kept=(Kept(1, (("counting", "fractional"),)),),
    example=Example(
        given={
            "articles": """
                iso3  year  articles
                KOR   2020  10000
                KOR   2022  14400
                CHN   2020  50000
                CHN   2022  60000
                USA   2020  40000
                USA   2022  36000
                ISL   2022  400
                KOR   2023  9999
            """
        },
        settings={"window_years": 2, "draws": 50},
        expect="""
            iso3  first_year  year  annual_growth    share_growth     growth_share     articles_added
            KOR   2020        2022  0.2              0.140017100385   0.407407407407   4400
            CHN   2020        2022  0.095445115010   0.040688469704   0.925925925926   10000
            USA   2020        2022  -0.051316701949  -0.098737347811  -0.370370370370  -4000
            ISL   2020        2022  -                -                0.037037037037   400
        """,
        working="Two years to 2022: 2023, with under a tenth of the articles of 2022, is incomplete. Korea: "
        "(14400 / 10000)^(1/2) - 1 = 20 % a year, and 4,400 of the 10,800 articles the world added. Its share grew "
        "from 10 % to 14,400 of 110,800, by 14.0 % a year. Iceland had none in 2020, so its growth has no rate.",
    ),
    is_not="a forecast; and part of any growth is the growth of the database.",
    checked="shares sum to one; the interval of a rate against that of the logarithm of two Poisson counts",
)


def compute(
    articles: pl.DataFrame,
    *,
    window_years: int = WINDOW_YEARS,
    complete_share: float = COMPLETE_YEAR_SHARE,
    draws: int = BOOTSTRAP_DRAWS,
    seed: int = BOOTSTRAP_SEED,
) -> pl.DataFrame:
    end = _growth.newest_complete_year(articles, "articles", complete_share)
    found = _growth.growth(articles, "articles", end - window_years, end, draws, seed)
    dates = {"first_year": pl.lit(end - window_years, pl.Int64), "year": pl.lit(end, pl.Int64)}
    return found.rename({"added": "articles_added"}).with_columns(**dates)
