"""How fast does a country's output grow, and how much of the world's growth is its own?

Compound growth over `window_years` years, to the newest year that looks complete: one in which the world has at least
the part `complete_share` of the articles of the year before. The share is of all articles added in the world between
the two years, over the countries the source lists; it is empty where the world's output did not grow. A country the
source does not list in one of the years counts as having none then. The intervals come from drawing the counts of both
years anew from Poisson distributions.
"""

import numpy as np
import polars as pl

from legation.constants import BOOTSTRAP_DRAWS, BOOTSTRAP_SEED, COMPLETE_YEAR_SHARE, WINDOW_YEARS
from legation.indicators._measures import with_interval
from legation.model import Example, Indicator, Measure
from legation.resampling import Floats, poisson, ratio
from legation.resampling import with_interval as interval_of

INDICATOR = Indicator(
    label={"en": "Growth of output", "ko": "논문 증가"},
    measures={
        **with_interval("annual_growth", {"en": "Growth a year", "ko": "연평균 증가율"}, "share a year"),
        **with_interval(
            "growth_share",
            {"en": "Share of the world's growth", "ko": "세계 증가분 중 비중"},
            "share of added articles",
        ),
        "articles_added": Measure({"en": "Articles added", "ko": "늘어난 논문 수"}, "works", "higher"),
    },
    formula=r"g_c = (x_{cY} / x_{c,Y-5})^{1/5} - 1,\quad "
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
            iso3  first_year  year  annual_growth    growth_share     articles_added
            KOR   2020        2022  0.2              0.407407407407   4400
            CHN   2020        2022  0.095445115010   0.925925925926   10000
            USA   2020        2022  -0.051316701949  -0.370370370370  -4000
            ISL   2020        2022  -                0.037037037037   400
        """,
        working="Two years to 2022: 2023, with under a tenth of the articles of 2022, is incomplete. Korea: "
        "(14400 / 10000)^(1/2) - 1 = 20 % a year, and 4,400 of the 10,800 articles the world added. Iceland had none "
        "in 2020, so its growth has no rate.",
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
    end = _newest_complete_year(articles, complete_share)
    begin = end - window_years
    ends = [articles.filter(pl.col("year") == year) for year in (begin, end)]
    listed = (
        pl.concat(ends)["iso3"].unique().sort() if all(e.height for e in ends) else pl.Series("iso3", [], pl.String)
    )
    first, last = (
        pl.DataFrame({"iso3": listed}).join(e, on="iso3", how="left", maintain_order="left")["articles"].fill_null(0.0)
        for e in ends
    )
    counts = np.concatenate([first.to_numpy(), last.to_numpy()])
    before, after = np.split(counts, 2)
    drawn_before, drawn_after = np.split(poisson(counts, draws, seed), 2, axis=1)
    found = {
        **interval_of(
            "annual_growth", _rate(before, after, window_years), _rate(drawn_before, drawn_after, window_years)
        ),
        **interval_of("growth_share", _share(before, after), _share(drawn_before, drawn_after)),
    }
    dates = {"first_year": pl.lit(begin, pl.Int64), "year": pl.lit(end, pl.Int64)}
    return (
        pl.DataFrame({"iso3": listed, **found, "articles_added": after - before}).fill_nan(None).with_columns(**dates)
    )


def _newest_complete_year(articles: pl.DataFrame, least: float) -> int:
    """The newest year with at least the part `least` of the articles of the year before."""
    totals = {int(year): float(total) for year, total in articles.group_by("year").agg(pl.col("articles").sum()).rows()}
    return max((y for y, total in totals.items() if total >= least * totals.get(y - 1, 0.0)), default=0)


def _rate(before: Floats, after: Floats, years: int) -> Floats:
    rate: Floats = ratio(after, before) ** (1 / years) - 1
    return rate


def _share(before: Floats, after: Floats) -> Floats:
    added = after - before
    return ratio(added, added.sum(axis=-1, keepdims=True))
