"""Which countries together reach a share of the world: the smallest coalition, or the best aligned.

With shares s, distances d to the home country h and a target T, each country in (x = 1) or out (x = 0):

    minimise  Σ x  ("smallest")  or  Σ d·x  ("aligned"),   subject to  Σ s·x ≥ T,  x_h = 1,

and to what else is asked: members required or left out, a greatest distance, a greatest number of members. Solved
exactly as an integer programme (`covering`). Of equally small coalitions the one with the fewest members whose distance
nobody knows comes first, then the least total distance; without any distance, the largest share. Equal ones stand by
size, share and name.

*Near-optima* are the coalitions within 5 % of the best. For the smallest those are the ones with as few members (one
member more is over 5 % in every coalition under twenty); for the best aligned, those with at most 1.05 times the least
total distance in which every member is needed: no part of them that holds the required ones reaches the target. That a
member is in all of them is not read off a list that may be cut short: without it the programme is solved again.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from legation import covering
from legation.constants import Z_95
from legation.covering import ROUNDING
from legation.errors import LegationError, UserError

DRAWS = 2000
SEED = 20_260_101
NEAR = 0.05
MOST_OTHERS = 20
ORDERED_TO = 6
"""Decimals to which distances and shares are compared: what the solver calls equal is equal."""

Floats = NDArray[np.float64]
Objective = Literal["smallest", "aligned"]
OBJECTIVES: tuple[Objective, ...] = ("smallest", "aligned")


@dataclass(frozen=True)
class Coalition:
    """Members, the home country first and then by share; `distance` is the total to home of the members that have one,
    `unplaced` names those that have none."""

    members: tuple[str, ...]
    share: float
    distance: float
    unplaced: tuple[str, ...] = ()


@dataclass(frozen=True)
class Coalitions:
    """The best coalition, if the target can be reached at all, and what comes within 5 % of it.

    `complete` is false where more come as near than are listed. `common` are the members of all that do. `without`
    gives, for each member that may be left out, the least number of members (or total distance) without it, or None
    where the target is out of reach then. `largest` is the largest share that so many members can hold under the
    limits, by the number of members up to all who may be in.
    """

    best: Coalition | None
    largest: Mapping[int, float]
    others: tuple[Coalition, ...] = ()
    complete: bool = True
    common: tuple[str, ...] = ()
    without: Mapping[str, float | None] = field(default_factory=dict)

    @property
    def reachable(self) -> float:
        """The largest share that the limits allow."""
        return max(self.largest.values())


def find(
    shares: Mapping[str, float],
    distances: Mapping[str, float],
    home: str,
    target: float,
    objective: Objective = "smallest",
    max_distance: float | None = None,
    required: Collection[str] = (),
    excluded: Collection[str] = (),
    members_max: int | None = None,
) -> Coalitions:
    """The smallest or best aligned set of countries that includes `home` and reaches the target, and its alternatives.

    `shares` are parts of the world from 0 to 1, `distances` those to the home country, in any unit. Countries without a
    share can only be required. Where distance is limited or minimised, a country without one can only be required.
    Raises: UserError for a target, an objective or limits that contradict each other.
    """
    forced = tuple(dict.fromkeys([home, *required]))
    _check(forced, target, objective, excluded, members_max)
    farthest = math.inf if max_distance is None else max_distance
    if far := [m for m in forced[1:] if distances.get(m, 0.0) > farthest]:
        raise UserError(f"{', '.join(far)} cannot be required: farther from {home} than the limit of {farthest:g}")
    counted = shares.keys() if objective == "smallest" and max_distance is None else distances.keys()
    near = [m for m in counted if distances.get(m, 0.0) <= farthest and shares.get(m, 0.0) > 0]
    free = tuple(sorted(set(near) - {*forced, *excluded}))
    placed = {m: d for m, d in distances.items() if m != home} | {home: 0.0}
    return _found(_Programme(shares, placed, forced, free, target, objective, members_max or len(forced) + len(free)))


def _check(forced: Sequence[str], target: float, objective: str, excluded: Collection[str], most: int | None) -> None:
    if not 0 < target <= 1:
        raise UserError(f"a share to reach is above 0 and at most 1, not {target:g}")
    if objective not in OBJECTIVES:
        raise UserError(f"unknown objective {objective!r}; known: {', '.join(OBJECTIVES)}")
    if both := sorted({*forced} & {*excluded}):
        raise UserError(f"{', '.join(both)} cannot be both in the coalition and left out of it")
    if most is not None and most < len(forced):
        raise UserError(f"{len(forced)} members are in it from the start, more than the {most} that are allowed")


@dataclass(frozen=True)
class _Programme:
    """Who must be in, who may be, and what is asked of them together."""

    shares: Mapping[str, float]
    distances: Mapping[str, float]
    forced: tuple[str, ...]
    free: tuple[str, ...]
    target: float
    objective: Objective
    members_max: int

    @property
    def worths(self) -> list[float]:
        """The share of each who may join."""
        return [self.shares[m] for m in self.free]

    @property
    def costs(self) -> list[float]:
        """The distance of each who may join, where it is not known more than all distances together; without any
        distance, what the share lacks of the whole."""
        known = [self.distances[m] for m in self.free if m in self.distances]
        if not known:
            return [1.0 - share for share in self.worths]
        return [self.distances.get(m, 1.0 + math.fsum(known)) for m in self.free]

    @property
    def missing(self) -> float:
        """What the members from the start lack of the target."""
        return self.target - math.fsum(self.shares.get(m, 0.0) for m in self.forced)

    @property
    def room(self) -> int:
        """How many may join."""
        return self.members_max - len(self.forced)

    def coalition(self, choice: Iterable[int]) -> Coalition:
        """The members from the start and those that join."""
        home, *others = (*self.forced, *(self.free[i] for i in choice))
        members = (home, *sorted(others, key=lambda m: (-self.shares.get(m, 0.0), m)))
        share = math.fsum(self.shares.get(m, 0.0) for m in members)
        distance = math.fsum(self.distances.get(m, 0.0) for m in members)
        return Coalition(members, share, distance, tuple(m for m in members if m not in self.distances))

    def order(self, coalition: Coalition) -> tuple[object, ...]:
        """What coalitions are put in order by."""
        size, distance = len(coalition.members), round(coalition.distance, ORDERED_TO)
        first = (size, len(coalition.unplaced), distance) if self.objective == "smallest" else (distance, size)
        return (*first, -round(coalition.share, ORDERED_TO), coalition.members)

    def largest(self, joining: int) -> float:
        """The largest share with so many joining."""
        return self.target - self.missing + math.fsum(sorted(self.worths, reverse=True)[: max(joining, 0)])

    def least(self) -> int | None:
        """The least number that must join, if the most that may reach the target."""
        return next((n for n in range(self.room + 1) if self.largest(n) >= self.target - ROUNDING), None)

    def best(self) -> Coalition | None:
        """The coalition with the least total distance, if the target can be reached."""
        choice = covering.cheapest(self.costs, self.worths, self.missing, self.room)
        return None if choice is None else self.coalition(choice)

    def near(self, limit: float) -> tuple[list[Coalition], bool]:
        """The coalitions up to a total distance, in order, and whether these are all."""
        beyond_home = limit - math.fsum(self.distances.get(m, 0.0) for m in self.forced)
        given = (self.costs, self.worths, self.missing, self.room, beyond_home, MOST_OTHERS + 1)
        choices, complete = covering.near(*given)
        return sorted((self.coalition(choice) for choice in choices), key=self.order), complete

    def value_without(self, member: str) -> float | None:
        """The least number of members or total distance without one of them, if the target can be reached then."""
        fewer = replace(self, free=tuple(m for m in self.free if m != member))
        if self.objective == "smallest":
            least = fewer.least()
            return None if least is None else float(len(self.forced) + least)
        best = fewer.best()
        return None if best is None else best.distance


def _found(programme: _Programme) -> Coalitions:
    most = min(programme.room, len(programme.free))
    largest = {len(programme.forced) + n: programme.largest(n) for n in range(most + 1)}
    least = programme.least()
    if least is None:
        return Coalitions(None, largest)
    smallest = programme.objective == "smallest"
    sized = replace(programme, members_max=len(programme.forced) + least) if smallest else programme
    exact = sized.best()
    assert exact is not None
    near, complete = sized.near(math.inf if smallest else exact.distance * (1 + NEAR))
    best, *others = _agreed(sized, exact, near, complete)
    without = {m: programme.value_without(m) for m in best.members if m not in programme.forced}
    limit = (len(best.members) if smallest else best.distance * (1 + NEAR)) + ROUNDING
    common = tuple(m for m in best.members if (value := without.get(m)) is None or value > limit)
    return Coalitions(best, largest, tuple(others), complete, common, without)


def _agreed(programme: _Programme, exact: Coalition, near: list[Coalition], complete: bool) -> list[Coalition]:
    """The list with the best in front. Raises: LegationError where the two ways to find it do not agree."""
    if not near and not complete:
        return [exact]
    first = programme.order(near[0])[:-2]
    if first > programme.order(exact)[:-2] and not complete:
        return [exact, *near]
    if first != programme.order(exact)[:-2]:
        raise LegationError(f"two exact methods disagree on the best coalition: {near[0].members}, {exact.members}")
    return near


def holding(
    coalitions: Sequence[Coalition],
    shares: Mapping[str, float],
    intervals: Mapping[str, tuple[float, float]],
    target: float,
    draws: int = DRAWS,
    seed: int = SEED,
) -> Floats:
    """In what part of draws from the intervals each coalition still reaches the target.

    Each share s is drawn from a gamma distribution with s as its mean and the standard deviation that its 95 % interval
    would have in a normal one, so that none falls below zero and small ones are as skewed as counts are; then all are
    scaled to their sum as published. The deviation is widened by 1 / √(1 - s), because a share of a sum varies less
    than what is shared: with multinomial counts the share of a coalition then varies as it must.
    """
    names = sorted(shares)
    found = np.array([shares[m] for m in names])
    width = np.array([high - low for low, high in (intervals.get(m, (0.0, 0.0)) for m in names)])
    variance = (width / (2 * Z_95)) ** 2 / np.maximum(1 - found, ROUNDING)
    varies = (variance > 0) & (found > 0)
    shape = np.divide(found**2, variance, out=np.ones_like(found), where=varies)
    scale = np.divide(variance, found, out=np.zeros_like(found), where=varies)
    drawn = np.where(varies, np.random.default_rng(seed).gamma(shape, scale, (draws, len(names))), found)
    drawn *= found.sum() / drawn.sum(axis=1, keepdims=True)
    inside = np.array([[float(m in one.members) for m in names] for one in coalitions])
    reached: Floats = (drawn @ inside.T >= target - ROUNDING).mean(axis=0)
    return reached
