"""Does a country take up a field before or after the rest of the world, and by how many years?

The curve of a country is the share of the field in its output, year by year; that of the rest of the world is the
share of the field in the output of all other countries. The shift is the number of years, from −5 to 5, by which the
country's curve moved forward agrees best with the rest of the world's: above 0 the country is ahead. Agreement is the
correlation over the years both curves then have, after each is freed of its own straight trend over those years,
because two straight curves agree at every shift; what is left are bends, rises and dips. A best shift at either end
may be longer.

The interval comes from a moving-block bootstrap: runs of three years of the country's curve, each year with its
partner in the other curve, are drawn with replacement (a shift with fewer than five different years in a draw is left
out of that draw). Only years without gaps are compared, twelve at least, and only where the country has at least
`min_articles` in the field over all of them.
"""

import numpy as np
import polars as pl

from legation.constants import (
    BOOTSTRAP_DRAWS,
    BOOTSTRAP_SEED,
    LEAD_LAG_BLOCK,
    LEAD_LAG_MOST,
    LEAD_LAG_YEARS,
    MIN_ARTICLES,
)
from legation.errors import NoEvidenceError
from legation.indicators._measures import with_interval
from legation.model import Example, Indicator, Measure
from legation.resampling import PERCENTILES, Floats

LEAST_DIFFERENT_YEARS = 5
FLAT = 1e-12
"""What is left of the variance of a curve, as a share of its square, below which it has no bends."""
DECIMALS = 10

INDICATOR = Indicator(
    label={"en": "Lead or lag", "ko": "선행·후행 시차"},
    measures=with_interval(
        "lead_years",
        {"en": "Ahead of the rest of the world", "ko": "세계 대비 선행 연수"},
        "years; above 0 = ahead, below 0 = behind",
        None,
        "number",
    )
    | {
        "correlation": Measure(
            {"en": "Correlation at that shift", "ko": "해당 시차의 상관계수"},
            "−1 to 1; curves freed of straight trends",
            None,
            "index",
        ),
        "correlation_unshifted": Measure(
            {"en": "Correlation without a shift", "ko": "시차가 없을 때 상관계수"},
            "−1 to 1; curves freed of straight trends",
            None,
            "index",
        ),
    },
    formula=r"\hat\ell_{cf} = \arg\max_{-5 \le \ell \le 5} "
    r"\mathrm{corr}_y\!\left(\frac{x_{cf,y}}{x_{c,y}}, "
    r"\frac{X_{f,y+\ell} - x_{cf,y+\ell}}{X_{y+\ell} - x_{c,y+\ell}} \,\middle|\, y\right)",
    reference="Box, Jenkins & Reinsel 2008, doi:10.1002/9781118619193; Künsch 1989, doi:10.1214/aos/1176347265",
    by=("source", "counting"),
    key=("scope", "iso3"),
    caveats=("papers_are_not_capability", "full_counts_do_not_add_up", "curves_can_agree_by_chance"),
    example=Example(
        given={
            "articles": """
                scope    iso3  year  articles
                all      KOR   2013  1000
                all      KOR   2014  1000
                all      KOR   2015  1000
                all      KOR   2016  1000
                all      KOR   2017  1000
                all      KOR   2018  1000
                all      KOR   2019  1000
                all      KOR   2020  1000
                all      CHE   2013  500
                all      CHE   2014  500
                all      CHE   2015  500
                all      CHE   2016  500
                all      CHE   2017  500
                all      CHE   2018  500
                all      CHE   2019  500
                all      CHE   2020  500
                physics  KOR   2013  100
                physics  KOR   2014  100
                physics  KOR   2015  200
                physics  KOR   2016  300
                physics  KOR   2017  200
                physics  KOR   2018  100
                physics  KOR   2019  100
                physics  KOR   2020  100
                physics  CHE   2013  50
                physics  CHE   2014  50
                physics  CHE   2015  50
                physics  CHE   2016  100
                physics  CHE   2017  150
                physics  CHE   2018  100
                physics  CHE   2019  50
                physics  CHE   2020  50
            """
        },
        settings={"min_years": 8, "most_years": 2, "draws": 50},
        expect="""
            scope    iso3  first_year  year  lead_years  correlation
            physics  KOR   2013        2020  1           1.0
            physics  CHE   2013        2020  -1          1.0
        """,
        working="Physics is a tenth of both countries' output but for a hump of three years: 20, 30, 20 % in Korea "
        "from 2015 to 2017; the same in Switzerland, which is the rest of this world, from 2016 to 2018. "
        "Moved forward by one year the curves are the same: Korea is one year ahead, Switzerland one behind.",
    ),
    is_not="cause and effect: a country can be ahead of a change it had no part in.",
    checked="finds planted shifts; brute force by regression on the year",
)


def compute(
    articles: pl.DataFrame,
    *,
    min_years: int = LEAD_LAG_YEARS,
    most_years: int = LEAD_LAG_MOST,
    min_articles: float = MIN_ARTICLES,
    draws: int = BOOTSTRAP_DRAWS,
    seed: int = BOOTSTRAP_SEED,
) -> pl.DataFrame:
    years = articles["year"].unique().sort()
    if len(years) < min_years or len(years) != years[-1] - years[0] + 1:
        raise NoEvidenceError(f"curves of {len(years)} years; {min_years} in a row are needed to compare them")
    if "all" not in articles["scope"]:
        raise NoEvidenceError("the publisher gives no output over all fields, of which a field could be a share")
    weights = np.vstack([np.ones(len(years)), _blocks(len(years), draws, seed)])
    whole = _counts(articles.filter(pl.col("scope") == "all"), years)
    parts = [
        _shifts(str(scope), _counts(rows, years), whole, weights, most_years, min_articles)
        for (scope,), rows in sorted(
            articles.filter(pl.col("scope") != "all").partition_by("scope", as_dict=True).items()
        )
    ]
    dates = {"first_year": pl.lit(years[0], pl.Int64), "year": pl.lit(years[-1], pl.Int64)}
    return pl.concat(parts).fill_nan(None).drop_nulls("lead_years").with_columns(**dates)


def _counts(rows: pl.DataFrame, years: pl.Series) -> pl.DataFrame:
    """Countries × years, nought where nothing is listed."""
    wide = rows.pivot("year", index="iso3", values="articles", aggregate_function="sum").fill_null(0.0)
    absent = [pl.lit(0.0).alias(str(year)) for year in years if str(year) not in wide.columns]
    return wide.with_columns(absent).select("iso3", *map(str, years)).sort("iso3")


def _shifts(
    scope: str, field: pl.DataFrame, whole: pl.DataFrame, weights: Floats, most: int, min_articles: float
) -> pl.DataFrame:
    """The best shift of every country in a field, with its interval and correlations."""
    both = whole.join(field, on="iso3", how="inner", suffix="_field").sort("iso3")
    every, some = whole.drop("iso3").to_numpy(), field.drop("iso3").to_numpy()
    output = both.select(whole.columns[1:]).to_numpy()
    part = both.select("^.*_field$").to_numpy()
    elsewhere = every.sum(axis=0) - output
    kept = (part.sum(axis=1) >= min_articles) & (output > 0).all(axis=1) & (elsewhere > 0).all(axis=1)
    own = part[kept] / output[kept]
    rest = (some.sum(axis=0) - part[kept]) / elsewhere[kept]
    lags = np.array(sorted(range(-most, most + 1), key=abs))
    agree = np.stack([_correlation(own, rest, int(lag), weights) for lag in lags])
    told = np.where(np.isnan(agree), -np.inf, np.round(agree, DECIMALS))
    best = np.where(np.isfinite(told.max(axis=0)), lags[told.argmax(axis=0)].astype(np.float64), np.nan)
    low, high = _ends(best)
    return pl.DataFrame(
        {
            "scope": pl.Series([scope] * int(kept.sum()), dtype=pl.String),
            "iso3": both["iso3"].filter(pl.Series(kept)),
            "lead_years": best[0],
            "lead_years_low": low,
            "lead_years_high": high,
            "correlation": np.where(np.isfinite(told.max(axis=0)[0]), told.max(axis=0)[0], np.nan),
            "correlation_unshifted": agree[0, 0],
        }
    )


def _correlation(own: Floats, rest: Floats, lag: int, weights: Floats) -> Floats:
    """Draws × countries: the correlation of own curves with the others `lag` years later, given the year."""
    years = own.shape[1]
    here = slice(max(0, -lag), years - max(0, lag))
    there = slice(max(0, lag), years - max(0, -lag))
    taken = weights[:, here]
    if taken.shape[1] < LEAST_DIFFERENT_YEARS:
        return np.full((len(weights), len(own)), np.nan)
    x, y = (
        own[:, here] - own[:, here].mean(axis=1, keepdims=True),
        rest[:, there] - rest[:, there].mean(axis=1, keepdims=True),
    )
    t = np.arange(taken.shape[1], dtype=np.float64) - (taken.shape[1] - 1) / 2
    total = np.maximum(taken.sum(axis=1, keepdims=True), 1.0)
    mean_t, mean_x, mean_y = (taken @ t)[:, None] / total, taken @ x.T / total, taken @ y.T / total
    tt = (taken @ t**2)[:, None] / total - mean_t**2
    tx, ty = taken @ (t * x).T / total - mean_t * mean_x, taken @ (t * y).T / total - mean_t * mean_y
    slope = np.where(tt > 0, tt, 1.0)
    xx = taken @ (x * x).T / total - mean_x**2 - tx**2 / slope
    yy = taken @ (y * y).T / total - mean_y**2 - ty**2 / slope
    xy = taken @ (x * y).T / total - mean_x * mean_y - tx * ty / slope
    bent = (xx > FLAT * (own**2).mean(axis=1)) & (yy > FLAT * (rest**2).mean(axis=1))
    enough = ((taken > 0).sum(axis=1) >= LEAST_DIFFERENT_YEARS)[:, None]
    found: Floats = np.divide(xy, np.sqrt(np.abs(xx * yy)), out=np.full(xy.shape, np.nan), where=bent & enough)
    return np.clip(found, -1.0, 1.0)


def _blocks(years: int, draws: int, seed: int) -> Floats:
    """How often each year is drawn, in draws of blocks of years in a row: draws × years."""
    number = -(-years // LEAD_LAG_BLOCK)
    starts = np.random.default_rng(seed).integers(0, years - LEAD_LAG_BLOCK + 1, size=(draws, number))
    drawn = (starts[:, :, None] + np.arange(LEAD_LAG_BLOCK)).reshape(draws, -1)[:, :years]
    return np.stack([np.bincount(row, minlength=years) for row in drawn]).astype(np.float64)


def _ends(best: Floats) -> tuple[Floats, Floats]:
    """The 95 % interval of the shift over the draws, as shifts that occur, wide enough to hold the estimate."""
    never = np.isnan(best[1:]).all(axis=0)
    shifts = np.where(never, np.nan_to_num(best[0]), best[1:])
    low, high = np.nanquantile(shifts, PERCENTILES, axis=0, method="inverted_cdf")
    return np.fmin(low, best[0]), np.fmax(high, best[0])
