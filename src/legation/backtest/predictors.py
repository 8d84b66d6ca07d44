"""What could foretell which ties grow: simple measures from the literature, the model, and the lenses of `partners`.

Every one is known at the end of the year it is asked for. Higher means more likely to grow.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import polars as pl

from legation import registry
from legation.answers import _criteria
from legation.answers._composing import Composer
from legation.backtest.panel import SCOPE, Design, strengths
from legation.model import Lens
from legation.periods import Cut
from legation.ranking import rank

MOMENTUM_YEARS = 5
POTENTIAL = "collaboration_potential"
EXPECTED = "expected_collaboration"
VOTES = "ideal_point_distance"
PAIR = ["iso3", "partner_iso3"]


@dataclass(frozen=True)
class Known:
    """What is known at the end of a year."""

    composer: Composer
    design: Design
    year: int

    @cached_property
    def strengths(self) -> pl.DataFrame:
        """Joint works and association strength of every pair in the window up to the year."""
        return strengths(self.composer, self.design.series, self.year, self.design.window_years)

    @cached_property
    def partners(self) -> pl.DataFrame:
        """The network of ties that count, and how many each country has."""
        ties = self.strengths.filter(pl.col("works") >= self.design.least_works).select(PAIR)
        return ties.with_columns(degree=pl.len().over("iso3").cast(pl.Float64))

    def of_pairs(self, indicator: str, measure: str, window: int = 1, scope: str | None = SCOPE) -> pl.DataFrame:
        """A measure of an indicator of pairs, of the series followed where that has it."""
        frame = self.composer.series(indicator, Cut(scope, self.year, window))
        if frame.is_empty():
            return pl.DataFrame(schema={"iso3": pl.String, "partner_iso3": pl.String, "value": pl.Float64})
        own = frame.filter(pl.col("source") == self.design.series)
        return (frame if own.is_empty() else own).select(*PAIR, value=measure)


def preferential_attachment(known: Known) -> pl.DataFrame:
    """Partners of the one times partners of the other (Barabási & Albert 1999, doi:10.1126/science.286.5439.509)."""
    degrees = known.partners.select("iso3", "degree").unique()
    other = degrees.rename({"iso3": "partner_iso3", "degree": "partner_degree"})
    product = pl.col("degree") * pl.col("partner_degree")
    return known.partners.join(other, on="partner_iso3").select(*PAIR, value=product)


def resource_allocation(known: Known) -> pl.DataFrame:
    """Common partners, each over how many it has (Zhou, Lü & Zhang 2009, doi:10.1140/epjb/e2009-00335-8)."""
    between = known.partners.select(via="partner_iso3", iso3="iso3")
    onward = known.partners.select(via="iso3", partner_iso3="partner_iso3", part=1 / pl.col("degree"))
    steps = between.join(onward, on="via").filter(pl.col("iso3") != pl.col("partner_iso3"))
    return steps.group_by(PAIR).agg(value=pl.col("part").sum())


def momentum(known: Known) -> pl.DataFrame:
    """Change of log association strength over the five years before; without joint works then, more than any other."""
    before = strengths(known.composer, known.design.series, known.year - MOMENTUM_YEARS, known.design.window_years)
    at_first = before.select(*PAIR, at_first="association_strength")
    change = pl.col("association_strength").log() - pl.col("at_first").fill_null(0.0).log()
    return known.strengths.join(at_first, on=PAIR, how="left").select(*PAIR, value=change)


def close_votes(known: Known) -> pl.DataFrame:
    """Closeness of UN ideal points."""
    return known.of_pairs(VOTES, VOTES, scope=None).with_columns(-pl.col("value"))


def few_joint_works(known: Known) -> pl.DataFrame:
    """Joint works, the fewest first."""
    return known.strengths.select(*PAIR, value=-pl.col("works").cast(pl.Float64))


def low_association(known: Known) -> pl.DataFrame:
    """Association strength now, the lowest first: what is far from the mean comes back to it."""
    return known.strengths.select(*PAIR, value=-pl.col("association_strength"))


def gravity_headroom(known: Known) -> pl.DataFrame:
    """Expected over actual joint works, from the gravity model."""
    return known.of_pairs(EXPECTED, "log_headroom", known.design.window_years)


def potential(known: Known) -> pl.DataFrame:
    """The model, fitted on the years whose outcome was known by then."""
    return known.of_pairs(POTENTIAL, "potential")


BASELINES: Mapping[str, Callable[[Known], pl.DataFrame]] = {
    "preferential_attachment": preferential_attachment,
    "resource_allocation": resource_allocation,
    "momentum": momentum,
    "close_votes": close_votes,
    "few_joint_works": few_joint_works,
    "low_association": low_association,
    "gravity_headroom": gravity_headroom,
}


def with_simple(ties: pl.DataFrame, composer: Composer, design: Design) -> pl.DataFrame:
    """The ties with a column for each baseline and for the model.

    Where a measure has nothing to say of a tie it stands in the middle of the home country's others.
    """
    simple = {**BASELINES, POTENTIAL: potential}
    years = []
    for (year,), frame in ties.group_by("year", maintain_order=True):
        known, told = Known(composer, design, int(str(year))), frame
        for name, measure in simple.items():
            values = measure(known).select(*PAIR, pl.col("value").alias(name))
            told = told.join(values, on=PAIR, how="left", maintain_order="left")
            told = told.with_columns(pl.col(name).fill_null(pl.col(name).median().over("iso3")))
        years.append(told)
    return pl.concat(years)


@dataclass(frozen=True)
class Seen:
    """What a lens stood on in a year: the lines of evidence, and how many of its criteria had any."""

    lens: str
    year: int
    stands_on: tuple[str, ...]
    lacking: tuple[str, ...]


def with_lenses(ties: pl.DataFrame, composer: Composer) -> tuple[pl.DataFrame, list[Seen]]:
    """The ties with a column for each lens, its score over all fields at the year, and what each lens stood on.

    A partner a lens does not rank is left empty.
    """
    seen: dict[tuple[str, int], Seen] = {}
    columns: list[pl.DataFrame] = []
    for lens in registry.lenses().values():
        rows = []
        for year, iso3 in ties.select("year", "iso3").unique(maintain_order=True).iter_rows():
            criteria = _criteria.collect(composer, lens, iso3, None, year)
            seen.setdefault((lens.id, year), _seen(composer, lens, year, criteria))
            rows.append(_scores(composer, lens, iso3, year, criteria))
        columns.append(pl.concat(rows).rename({"value": lens.id}))
    for scores in columns:
        ties = ties.join(scores, on=["year", *PAIR], how="left", maintain_order="left")
    return ties, list(seen.values())


def _scores(composer: Composer, lens: Lens, home: str, year: int, criteria: list[_criteria.Criterion]) -> pl.DataFrame:
    """The score of every partner a lens ranks, from values as they are: the rank intervals of `partners` aside."""
    partners = _criteria.field_of(composer, lens, criteria, home, None, year).partners
    columns = {"year": pl.Int64, "iso3": pl.String, "partner_iso3": pl.String, "value": pl.Float64}
    if not partners:
        return pl.DataFrame(schema=columns)
    components = [criterion.component(partners) for criterion in criteria]
    score = rank([c for c in components if np.isfinite(c.values).any()], draws=1).score
    return pl.DataFrame({"year": year, "iso3": home, "partner_iso3": list(partners), "value": score}, schema=columns)


def _seen(composer: Composer, lens: Lens, year: int, criteria: list[_criteria.Criterion]) -> Seen:
    found = {criterion.name for criterion in criteria}
    lacking = [told.label[composer.language] for name, told in lens.criteria.items() if name not in found]
    return Seen(lens.id, year, tuple(c.stands_on for c in criteria), tuple(lacking))
