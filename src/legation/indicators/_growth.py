"""How counts of countries grow between two years, each alone and beside what all have together."""

import numpy as np
import polars as pl

from legation.indicators._measures import with_interval
from legation.model import Measure
from legation.resampling import Floats, poisson, ratio
from legation.resampling import with_interval as interval_of

RATES: dict[str, Measure] = {
    **with_interval("annual_growth", {"en": "Growth a year", "ko": "연평균 증가율"}, "share a year"),
    **with_interval(
        "share_growth",
        {"en": "Growth of its share of the world a year", "ko": "세계 비중의 연평균 증가율"},
        "share a year; 0 = grows as all do",
    ),
}


def newest_complete_year(counts: pl.DataFrame, counted: str, least: float) -> int:
    """The newest year with at least the part `least` of what the year before has; 0 where there is none."""
    totals = {int(year): float(total) for year, total in counts.group_by("year").agg(pl.col(counted).sum()).rows()}
    return max((y for y, total in totals.items() if total >= least * totals.get(y - 1, 0.0)), default=0)


def growth(counts: pl.DataFrame, counted: str, begin: int, end: int, draws: int, seed: int) -> pl.DataFrame:
    """Rates of growth from one year to another: `iso3`, the measures of `RATES`, `growth_share` with its interval, and
    `added`; no rows where nobody has any in one of the years.

    A country that is not listed in one of the years has none then. Counts of both years are drawn anew from Poisson
    distributions for the intervals.
    """
    ends = [counts.filter(pl.col("year") == year) for year in (begin, end)]
    listed = (
        pl.concat(ends)["iso3"].unique().sort() if all(e.height for e in ends) else pl.Series("iso3", [], pl.String)
    )
    first, last = (
        pl.DataFrame({"iso3": listed}).join(e, on="iso3", how="left", maintain_order="left")[counted].fill_null(0.0)
        for e in ends
    )
    both = np.concatenate([first.to_numpy(), last.to_numpy()])
    before, after = np.split(both, 2)
    drawn_before, drawn_after = np.split(poisson(both, draws, seed), 2, axis=1)
    years = end - begin
    found: dict[str, Floats] = {}
    for name, measure in (("annual_growth", _rate), ("share_growth", _rate_of_share), ("growth_share", _part_of_added)):
        found |= interval_of(name, measure(before, after, years), measure(drawn_before, drawn_after, years))
    return pl.DataFrame({"iso3": listed, **found, "added": after - before}).fill_nan(None)


def _rate(before: Floats, after: Floats, years: int) -> Floats:
    rate: Floats = ratio(after, before) ** (1 / years) - 1
    return rate


def _rate_of_share(before: Floats, after: Floats, years: int) -> Floats:
    whole = ratio(after.sum(axis=-1, keepdims=True), before.sum(axis=-1, keepdims=True))
    rate: Floats = ratio(ratio(after, before), whole) ** (1 / years) - 1
    return rate


def _part_of_added(before: Floats, after: Floats, years: int) -> Floats:
    added = after - before
    return ratio(added, added.sum(axis=-1, keepdims=True))
