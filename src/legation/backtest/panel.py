"""Which ties of which home countries are followed over which years, and which of them grew."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import polars as pl

from legation.answers._composing import Composer
from legation.constants import (
    GROWTH_HORIZON_YEARS,
    GROWTH_LEAST_PARTNERS,
    GROWTH_LEAST_WORKS,
    GROWTH_TOP_SHARE,
    GROWTH_WINDOW_YEARS,
)
from legation.errors import NoEvidenceError
from legation.indicators._ties_over_time import in_the_top
from legation.periods import Cut

YEARS = (2008, 2010, 2013, 2016, 2018)
HOMES = 45
SERIES = "openalex_country_copublications"
SCOPE = "all"
STRENGTH = "association_strength"
TIE = ["year", "iso3", "partner_iso3"]


@dataclass(frozen=True)
class Design:
    """What is followed: the series, the years up to which rankings may look, the home countries, the ties.

    Homes are the `homes` countries with most joint works of those with at least `least_partners` ties of at least
    `least_works` joint works in the window; all of them where `homes` is nought. `outcome` is what must grow:
    association strength, or `works`.
    """

    years: tuple[int, ...] = YEARS
    homes: int = HOMES
    series: str = SERIES
    least_works: int = GROWTH_LEAST_WORKS
    least_partners: int = GROWTH_LEAST_PARTNERS
    outcome: str = STRENGTH
    window_years: int = GROWTH_WINDOW_YEARS
    horizon_years: int = GROWTH_HORIZON_YEARS


def panel(composer: Composer, design: Design) -> pl.DataFrame:
    """Every tie followed, by year, home and partner: joint works, change, whether it grew.

    Raises: NoEvidenceError where the series does not reach five years beyond a year.
    """
    return pl.concat(_of_year(composer, design, year) for year in design.years)


def strengths(composer: Composer, series: str, year: int, window: int) -> pl.DataFrame:
    """Association strength and joint works of every pair in a window. Raises: NoEvidenceError where there are none."""
    frame = composer.series(STRENGTH, Cut(SCOPE, year, window))
    found = frame.filter(pl.col("source") == series) if not frame.is_empty() else frame
    if found.is_empty():
        raise NoEvidenceError(f"{series} has no co-publications of the {window} years to {year}; build it in")
    return found


def followed(before: pl.DataFrame, after: pl.DataFrame, design: Design, year: int) -> pl.DataFrame:
    """The ties of `before` that count, of the homes that do, and whether they are in the top quarter by change of the
    logarithm of the outcome.

    A tie that is not in `after` has lost all joint works: its change is minus infinity.
    """
    of_home = pl.len().over("iso3")
    ties = before.filter(pl.col("works") >= design.least_works).filter(of_home >= design.least_partners)
    largest = before.group_by("iso3").agg(size=pl.col("works").sum()).join(ties, on="iso3", how="semi")
    homes = largest.sort("size", "iso3", descending=[True, False]).head(design.homes or largest.height)
    later = after.select("iso3", "partner_iso3", later=pl.col(design.outcome).cast(pl.Float64))
    change = pl.col("later").fill_null(0.0).log() - pl.col(design.outcome).cast(pl.Float64).log()
    chosen = (
        ties.join(homes, on="iso3", how="semi")
        .join(later, on=["iso3", "partner_iso3"], how="left")
        .select(pl.lit(year, pl.Int64).alias("year"), "iso3", "partner_iso3", "works", change=change)
        .sort(TIE)
    )
    groups = chosen["iso3"].rank("dense").cast(pl.Int64).to_numpy()
    return chosen.with_columns(grew=in_the_top(chosen["change"].to_numpy(), groups, GROWTH_TOP_SHARE))


def _of_year(composer: Composer, design: Design, year: int) -> pl.DataFrame:
    before = strengths(composer, design.series, year, design.window_years)
    after = strengths(composer, design.series, year + design.horizon_years, design.window_years)
    return followed(before, after, design, year)


def by_home(ties: pl.DataFrame) -> Iterator[tuple[int, str, pl.DataFrame]]:
    """The ties of each home country in each year, those of which some grew and some did not."""
    for (year, iso3), frame in ties.group_by("year", "iso3", maintain_order=True):
        if 0 < frame["grew"].sum() < frame.height:
            yield int(str(year)), str(iso3), frame
