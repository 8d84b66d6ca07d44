"""Ranking under uncertainty: a composite of indicators, and how far its order can be trusted.

Each draw takes every indicator from its interval, the weights from a Dirichlet distribution around the reader's, one
normalisation (min-max, z-score, rank) and one aggregation (arithmetic, geometric), and ranks. Reported are the median
rank, its 5–95 % interval, the probability of the first places, and which pairs keep their order in at least 95 % of
draws (OECD/JRC 2008, Handbook on Constructing Composite Indicators, doi:10.1787/9789264043466-en; Saisana, Saltelli &
Tarantola 2005, doi:10.1111/j.1467-985X.2005.00350.x).

- *Evidence.* A value is drawn from the two halves of normal distributions that have the value as their median and the
  ends of its 95 % interval as their 2.5 and 97.5 % points, kept inside the range the measure can have. A value without
  an interval is taken as exact. Items and indicators are drawn apart from each other. Unsure values spread over many
  ranks, the first included: whoever puts items in must ask for enough to go by.
- *Missing values.* What is not known could be anything the others have: in each draw the item takes the value of
  another drawn at random, so that its ranks spread. In `score` it stands at the middle of the field there.
- *Aggregation.* The geometric mean is over values moved to 0.01–1, so that a zero counts hard and does not annul.
- *Groups.* Items stand in the order of their median ranks. A group is a run of them of which no two keep their order in
  at least 95 % of draws; the next begins with the first that is surely behind one of the run. That the data cannot put
  a group in order is so true of each pair in it. It is no full account: an unsure item can be tied with some far down,
  which `ties` counts and `above` tells.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from legation.constants import Z_95
from legation.errors import UserError
from legation.resampling import ranks

DRAWS = 2000
FEWEST_DRAWS, MOST_DRAWS = 100, 20_000
SEED = 20_260_101
WEIGHT_CONCENTRATION = 50.0
"""Of the Dirichlet distribution: five equal weights of 0.2 stray by 0.056, one standard deviation."""
ROBUST_SHARE = 0.95
INTERVAL = (0.05, 0.95)
FLOOR = 0.01
AT_ONCE = 500
"""Draws that are held in memory together."""

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]


@dataclass(frozen=True)
class Component:
    """One indicator of a composite: a value for each item (NaN where there is none) and its 95 % interval.

    `direction` says which end is better; `normalisation` is `any` where the draws vary it; `least` and `most` are the
    ends of the range the measure can have.
    """

    name: str
    values: Floats
    low: Floats
    high: Floats
    weight: float = 1.0
    direction: Literal["higher", "lower"] = "higher"
    normalisation: Literal["any", "minmax", "z", "rank"] = "any"
    least: float = -np.inf
    most: float = np.inf


@dataclass(frozen=True)
class Ranking:
    """The order of items and its uncertainty; arrays follow the items given.

    `score` is that of the values as they are, normalised by min-max unless a component says otherwise, and added up.
    `contributions[i, k]` is how far component k lifts item i above the middle of the field, in points of the score;
    `evidence` the share of the weight an item has values for.
    """

    score: Floats
    median_rank: Ints
    rank_low: Ints
    rank_high: Ints
    share_in_top: Floats
    contributions: Floats
    evidence: Floats
    places: Ints
    """The rank of each item in each draw: draws × items."""

    @cached_property
    def above(self) -> Floats:
        """The share of draws in which an item ranks before another: items × items."""
        return np.array([(self.places[:, [i]] < self.places).mean(axis=0) for i in range(len(self.score))])

    @cached_property
    def group(self) -> Ints:
        """The groups whose order the data cannot tell, numbered from 1."""
        return groups(self.order, self.above)

    @cached_property
    def ties(self) -> Flags:
        """Whether the data cannot tell the order of two items: items × items, no item being tied with itself."""
        open_order = (self.above < ROBUST_SHARE) & (self.above.T < ROBUST_SHARE)
        return open_order & ~np.eye(len(self.score), dtype=bool)

    @cached_property
    def order(self) -> Ints:
        """The items from first to last: by median rank, then score."""
        return np.lexsort((-self.score, self.median_rank))


@dataclass(frozen=True)
class Choices:
    """What each draw chooses but the evidence: weights (draws × components), a normalisation for each component, and
    whether the aggregation is geometric."""

    weights: Floats
    normalisation: Ints
    geometric: Flags


class Composite:
    """Components of the same items, put together so that many draws are computed at once.

    Raises: UserError if no component is given, a weight is not a number from 0 on, all are zero, a component that
    counts has no values, or an item has none on any of them.
    """

    def __init__(self, components: Sequence[Component]) -> None:
        weights = np.array([c.weight for c in components], dtype=np.float64)
        if not len(weights) or not np.isfinite(weights).all() or (weights < 0).any() or weights.sum() == 0:
            raise UserError("give at least one weight above zero and none below")
        self.components = [c for c, weight in zip(components, weights, strict=True) if weight > 0]
        self.counted = np.flatnonzero(weights > 0)
        self.weights: Floats = weights[self.counted] / weights.sum()
        self.present: Flags = np.array([np.isfinite(c.values) for c in self.components])
        if not self.present.any(axis=0).all() or not self.present.any(axis=1).all():
            raise UserError("an item without any value, or a component without any, cannot be ranked")

    @property
    def items(self) -> int:
        return int(self.present.shape[1])

    def evidence(self, draws: int, generator: np.random.Generator) -> Floats:
        """The values drawn, so that higher is better: components × draws × items."""
        found = np.stack([_drawn(c, generator.standard_normal((draws, self.items))) for c in self.components])
        for values, on in zip(found, self.present, strict=True):
            others = generator.integers(on.sum(), size=(draws, int((~on).sum())))
            values[:, ~on] = np.take_along_axis(values[:, on], others, axis=1)
        return found

    def choices(self, draws: int, generator: np.random.Generator) -> Choices:
        """The other choices of each draw."""
        return Choices(
            generator.dirichlet(self.weights * WEIGHT_CONCENTRATION, draws),
            self.normalisations(generator.integers(len(NORMALISERS), size=draws)),
            generator.integers(2, size=draws).astype(bool),
        )

    def normalisations(self, drawn: Ints) -> Ints:
        """The normalisation of each component: its own, or that of the draw."""
        numbers = [*NORMALISERS]
        own = np.array([numbers.index(c.normalisation) if c.normalisation != "any" else -1 for c in self.components])
        return np.where(own >= 0, own, drawn[:, np.newaxis])

    def scores(self, evidence: Floats, choices: Choices) -> Floats:
        """The score of each item in each draw: draws × items."""
        geometric = choices.geometric
        total = np.zeros(evidence.shape[1:])
        for k, values in enumerate(evidence):
            unit = _normalised(values, choices.normalisation[:, k])
            unit[geometric] = np.log(FLOOR + (1 - FLOOR) * _min_max(unit[geometric]))
            total += choices.weights[:, [k]] * unit
        total[geometric] = np.exp(total[geometric])
        return total

    @cached_property
    def units(self) -> Floats:
        """The values as they are, normalised: components × items, NaN where there are none."""
        codes = self.normalisations(np.zeros(1, dtype=np.int64))[0]
        found = np.full(self.present.shape, np.nan)
        for k, (component, on) in enumerate(zip(self.components, self.present, strict=True)):
            found[k, on] = _normalised(_oriented(component, component.values[np.newaxis, on]), codes[[k]])[0]
        return found


def rank(components: Sequence[Component], top: int = 5, draws: int = DRAWS, seed: int = SEED) -> Ranking:
    """Rank items by a weighted composite, with uncertainty. Raises: UserError, see `Composite`."""
    composite = Composite(components)
    places = simulate(composite, draws, seed)
    low, median, high = np.quantile(places, (INTERVAL[0], 0.5, INTERVAL[1]), axis=0, method="inverted_cdf")
    middle = np.nanmedian(composite.units, axis=1, keepdims=True)
    lifts = np.nan_to_num(composite.units - middle) * composite.weights[:, np.newaxis]
    score = lifts.sum(axis=0) + composite.weights @ middle[:, 0]
    contributions = np.zeros((composite.items, len(components)))
    contributions[:, composite.counted] = lifts.T
    return Ranking(
        score=score,
        median_rank=median.astype(np.int64),
        rank_low=low.astype(np.int64),
        rank_high=high.astype(np.int64),
        share_in_top=(places <= top).mean(axis=0),
        contributions=contributions,
        evidence=(composite.present * composite.weights[:, np.newaxis]).sum(axis=0),
        places=places,
    )


def simulate(composite: Composite, draws: int, seed: int) -> Ints:
    """The rank of each item in each draw, 1 for the highest score; ties share the best: draws × items."""
    generator = np.random.default_rng(seed)
    found = []
    for start in range(0, draws, AT_ONCE):
        many = min(AT_ONCE, draws - start)
        evidence = composite.evidence(many, generator)
        found.append(ranks(composite.scores(evidence, composite.choices(many, generator))))
    return np.concatenate(found)


def groups(order: Ints, above: Floats) -> Ints:
    """The group of each item: runs of the order in which no pair keeps its order in enough draws."""
    sure = (above >= ROBUST_SHARE) | (above.T >= ROBUST_SHARE)
    found, number, run = np.zeros(len(order), dtype=np.int64), 1, list[int]()
    for item in order:
        if sure[item, run].any():
            number, run = number + 1, []
        found[item] = number
        run.append(item)
    return found


def _drawn(component: Component, deviates: Floats) -> Floats:
    """Values at these standard deviates of their distributions, so that higher is better."""
    down, up = (np.nan_to_num(np.abs(end - component.values)) / Z_95 for end in (component.low, component.high))
    return _oriented(component, component.values + np.where(deviates < 0, down, up) * deviates)


def _oriented(component: Component, values: Floats) -> Floats:
    """Values inside the range of the measure, turned so that higher is better."""
    kept = np.clip(values, component.least, component.most)
    return kept if component.direction == "higher" else -kept


def _normalised(values: Floats, codes: Ints) -> Floats:
    """Each draw normalised over its items in the way its code says."""
    found = np.empty_like(values)
    for code, normalise in enumerate(NORMALISERS.values()):
        rows = codes == code
        if rows.any():
            found[rows] = normalise(values[rows])
    return found


def _min_max(values: Floats) -> Floats:
    """0 for the lowest, 1 for the highest; all 0 where all are alike."""
    low, high = values.min(axis=1, keepdims=True), values.max(axis=1, keepdims=True)
    scaled: Floats = (values - low) / np.where(high > low, high - low, 1.0)
    return scaled


def _z_score(values: Floats) -> Floats:
    """Standard deviations from the mean, six of them as wide as the other scales: 0.5 at the mean, 1 at +3."""
    deviation = values.std(axis=1, keepdims=True)
    scaled: Floats = 0.5 + (values - values.mean(axis=1, keepdims=True)) / np.where(deviation > 0, deviation, 1.0) / 6
    return scaled


def _rank_share(values: Floats) -> Floats:
    """The share of the other items that are below: 1 for the best."""
    shares: Floats = (ranks(-values) - 1) / max(values.shape[1] - 1, 1)
    return shares


NORMALISERS = {"minmax": _min_max, "z": _z_score, "rank": _rank_share}
