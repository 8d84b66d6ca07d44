"""Ranking under uncertainty: a composite of indicators, and how far its order can be trusted.

Each draw takes the indicators from their intervals, the weights from a Dirichlet distribution around the reader's, one
normalisation (min-max, z-score, rank) and one aggregation (arithmetic, geometric), and ranks. Reported are the median
rank, its 5–95 % interval, the probability of the first places, and which pairs keep their order in at least 95 % of
draws (OECD/JRC 2008, Handbook on Constructing Composite Indicators, doi:10.1787/9789264043466-en; Saisana, Saltelli &
Tarantola 2005, doi:10.1111/j.1467-985X.2005.00350.x).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from legation.constants import Z_95
from legation.errors import UserError

DRAWS = 2000
SEED = 20_260_101
WEIGHT_CONCENTRATION = 50.0
ROBUST_SHARE = 0.95

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Component:
    """One indicator of a composite: a value for each item (NaN where there is none) and its 95 % interval."""

    name: str
    values: Floats
    low: Floats
    high: Floats
    weight: float = 1.0


@dataclass(frozen=True)
class Ranking:
    """The order of items and its uncertainty; arrays follow the items given.

    `contributions[i, k]` is how far component k lifts item i above the middle of the field, in points of the score;
    `above[i, j]` the share of draws in which i ranks before j; `group` numbers the groups whose order the data cannot
    tell, from 1.
    """

    score: Floats
    median_rank: Floats
    rank_low: Floats
    rank_high: Floats
    share_in_top: Floats
    contributions: Floats
    above: Floats
    group: NDArray[np.int64]


def rank(components: Sequence[Component], top: int = 5, draws: int = DRAWS, seed: int = SEED) -> Ranking:
    """Rank items by a weighted composite, with uncertainty.

    An item that lacks a component is scored on the others, their weights scaled up. Raises: UserError if no component
    is given, a weight is negative or all are zero.
    """
    weights = np.array([c.weight for c in components])
    if not len(weights) or (weights < 0).any() or weights.sum() == 0:
        raise UserError("give at least one weight above zero and none below")
    weights = weights / weights.sum()
    values = np.column_stack([c.values for c in components])
    spread = np.column_stack([(c.high - c.low) / (2 * Z_95) for c in components])
    spread = np.where(np.isfinite(spread), spread, 0.0)

    generator = np.random.default_rng(seed)
    ranks = np.empty((draws, len(values)))
    normalisers = (_min_max, _z_score, _rank_share)
    for draw in range(draws):
        drawn = values + spread * generator.standard_normal(values.shape)
        w = generator.dirichlet(np.maximum(weights * WEIGHT_CONCENTRATION, 1e-9))
        normalised = normalisers[generator.integers(len(normalisers))](drawn)
        ranks[draw] = _ranks(_aggregate(normalised, w, geometric=bool(generator.integers(2))))

    unit = _min_max(values)
    score = _aggregate(unit, weights, geometric=False)
    above = np.array([(ranks[:, [i]] < ranks).mean(axis=0) for i in range(len(values))])
    median = np.median(ranks, axis=0)
    return Ranking(
        score=score,
        median_rank=median,
        rank_low=np.percentile(ranks, 5, axis=0, method="nearest"),
        rank_high=np.percentile(ranks, 95, axis=0, method="nearest"),
        share_in_top=(ranks <= top).mean(axis=0),
        contributions=np.nan_to_num((unit - np.nanmedian(unit, axis=0)) * weights),
        above=above,
        group=_groups(median, score, above),
    )


def _groups(median: Floats, score: Floats, above: Floats) -> NDArray[np.int64]:
    """Down the order, a new group begins with the first item that the group's first item beats in enough draws."""
    order = np.lexsort((-score, median))
    groups = np.ones(len(order), dtype=np.int64)
    number, leader = 1, order[0]
    for item in order[1:]:
        if above[leader, item] >= ROBUST_SHARE:
            number, leader = number + 1, item
        groups[item] = number
    return groups


def _aggregate(normalised: Floats, weights: Floats, *, geometric: bool) -> Floats:
    """Weighted mean over the components an item has; the geometric one over values shifted to (0, 1]."""
    present = np.isfinite(normalised)
    w = np.where(present, weights, 0.0)
    w = w / np.where(w.sum(axis=1, keepdims=True) > 0, w.sum(axis=1, keepdims=True), 1.0)
    if not geometric:
        return np.where(present.any(axis=1), (w * np.nan_to_num(normalised)).sum(axis=1), np.nan)
    positive = np.where(present, 0.01 + 0.99 * _min_max(normalised), 1.0)
    return np.where(present.any(axis=1), np.exp((w * np.log(positive)).sum(axis=1)), np.nan)


def _min_max(values: Floats) -> Floats:
    low, high = np.nanmin(values, axis=0), np.nanmax(values, axis=0)
    scaled: Floats = (values - low) / np.where(high > low, high - low, 1.0)
    return scaled


def _z_score(values: Floats) -> Floats:
    deviation = np.nanstd(values, axis=0)
    scaled: Floats = (values - np.nanmean(values, axis=0)) / np.where(deviation > 0, deviation, 1.0)
    return scaled


def _rank_share(values: Floats) -> Floats:
    """Share of the other items below, 1 for the best."""
    below = np.array([np.nansum(values < row, axis=0) for row in values], dtype=np.float64)
    others = np.maximum(np.isfinite(values).sum(axis=0) - 1, 1)
    return np.where(np.isfinite(values), below / others, np.nan)


def _ranks(score: Floats) -> Floats:
    """Competition ranks, 1 for the highest; ties share the best rank."""
    place: Floats = 1.0 + np.searchsorted(np.sort(-score), -score, side="left").astype(np.float64)
    return place
