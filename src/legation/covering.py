"""Reach a target at the least cost: which items to take, exactly, and what else comes near (the covering knapsack).

    minimise  Σ c·x   subject to  Σ w·x ≥ T,  Σ x ≤ k,  x = 0 or 1

The best choice is an integer programme, solved by branch and bound (HiGHS; Huangfu & Hall 2018,
doi:10.1007/s12532-017-0130-5). HiGHS keeps no other solutions; those near the best are listed by a depth-first search
that leaves a branch where its bound is above the limit: what it costs to fill the target if the last item may be taken
in part (Dantzig 1957, doi:10.1287/opre.5.2.266), each item priced for the room it takes where room is short (Geoffrion
1974, doi:10.1007/BFb0120690).
"""

from __future__ import annotations

import ctypes
import math
import os
import sys
from bisect import bisect_left, insort
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from heapq import heappush, heappushpop
from itertools import accumulate
from threading import Lock

import numpy as np
from numpy.typing import NDArray

from legation.errors import LegationError

ROUNDING = 1e-9
"""A choice this little below the target reaches it: sums of fractions are not exact."""
MOST_STEPS = 1_000_000
"""Branches looked at before a list of near choices is given up as incomplete."""
SCALE = 100.0
"""What the solver is given is multiplied by this: it lets a row miss its bound by 1e-6."""
SOLVED, INFEASIBLE = 0, 2
_ONE_AT_A_TIME = Lock()
"""The standard output belongs to the whole process."""

Floats = NDArray[np.float64]
Choice = tuple[int, ...]
"""The numbers of the items taken, in order."""


def cheapest(costs: Sequence[float], worths: Sequence[float], target: float, most: int) -> Choice | None:
    """The cheapest items, at most so many, whose worths reach the target; None where none do.

    Costs and worths are above or equal to zero.
    """
    able = _able(worths, target, most)
    if target <= ROUNDING or not able:
        return () if target <= ROUNDING else None
    cost, worth = np.array([costs[i] for i in able]), np.array([worths[i] for i in able])
    rows, low = [worth * SCALE, np.ones(len(able))], [(target - ROUNDING) * SCALE, -math.inf]
    while (taken := _solved(cost, rows, low, [math.inf, most])) is not None:
        choice = tuple(sorted(able[i] for i in np.flatnonzero(taken)))
        if reaches(choice, worths, target):
            return needed(choice, costs, worths, target)
        # Short of the target by less than the solver's tolerance: another item must be taken.
        rows, low = [*rows, (~taken).astype(np.float64)], [*low, 1.0]
    return None


def _solved(costs: Floats, rows: list[Floats], low: list[float], high: list[float]) -> NDArray[np.bool_] | None:
    """The cheapest choice whose rows are at least `low` and the first ones at most `high`; None where there is none."""
    from scipy.optimize import Bounds, LinearConstraint, milp

    with _without_printing():
        result = milp(
            costs * SCALE,
            integrality=np.ones(len(costs)),
            bounds=Bounds(0, 1),
            constraints=LinearConstraint(np.array(rows), low, [*high, *[math.inf] * (len(rows) - len(high))]),
            options={"mip_rel_gap": 0.0},
        )
    if result.status == INFEASIBLE:
        return None
    if result.status != SOLVED:
        raise LegationError(f"the integer programme was not solved: {result.message}")
    taken: NDArray[np.bool_] = np.asarray(result.x) > 0.5
    return taken


def reaches(choice: Sequence[int], worths: Sequence[float], target: float) -> bool:
    """Whether what is taken reaches the target."""
    return math.fsum(worths[i] for i in choice) >= target - ROUNDING


def needed(choice: Choice, costs: Sequence[float], worths: Sequence[float], target: float) -> Choice:
    """The choice without what it does not need, the dearest left out first."""
    for item in sorted(choice, key=lambda i: (-costs[i], worths[i])):
        fewer = tuple(i for i in choice if i != item)
        choice = fewer if reaches(fewer, worths, target) else choice
    return choice


def near(
    costs: Sequence[float], worths: Sequence[float], target: float, most: int, limit: float, wanted: int
) -> tuple[list[Choice], bool]:
    """The cheapest choices of items that are all needed, up to a limit of cost and so many; and whether these are all.

    The cheapest first, equal ones by the numbers of their items.
    """
    if target <= ROUNDING:
        return [()], True
    able = _able(worths, target, most)
    if not able:
        return [], True
    search = _Search([costs[i] for i in able], [worths[i] for i in able], target, most, limit, wanted + 1)
    search.run()
    found = sorted((cost, tuple(sorted(able[i] for i in choice))) for cost, choice in search.found())
    return [choice for _, choice in found[:wanted]], len(found) <= wanted and search.steps < MOST_STEPS


def _able(worths: Sequence[float], target: float, most: int) -> list[int]:
    """The items that can be in a choice: with the largest others they reach the target."""
    if most < 1:
        return []
    order = sorted(range(len(worths)), key=lambda i: -worths[i])
    largest = math.fsum(worths[i] for i in order[: most - 1])
    missed = worths[order[most - 1]] if most <= len(order) else 0.0
    ahead = set(order[: most - 1])
    return [i for i in order if largest + (missed if i in ahead else worths[i]) >= target - ROUNDING]


@dataclass
class _Search:
    """A depth-first search over the items, those first that give most for what they cost."""

    costs: list[float]
    worths: list[float]
    target: float
    most: int
    limit: float
    wanted: int
    steps: int = 0
    heap: list[tuple[float, Choice]] = field(default_factory=list)

    def run(self) -> None:
        self.room_price = _room_price(self.costs, self.worths, self.target, self.most)
        priced = [cost + self.room_price for cost in self.costs]
        self.order = sorted(range(len(priced)), key=lambda i: priced[i] / self.worths[i])
        self.priced = [priced[i] for i in self.order]
        self.worth_before = [*accumulate((self.worths[i] for i in self.order), initial=0.0)]
        self.price_before = [*accumulate(self.priced, initial=0.0)]
        self.within_reach = _within_reach([self.worths[i] for i in self.order], self.most)
        self._branch(0, self.target, -self.room_price * self.most, ())

    def found(self) -> Iterator[tuple[float, Choice]]:
        return ((-cost, choice) for cost, choice in self.heap)

    def _branch(self, at: int, missing: float, spent: float, taken: Choice) -> None:
        self.steps += 1
        if missing <= ROUNDING:
            self._keep(missing, taken)
            return
        if self.steps >= MOST_STEPS or missing > self.within_reach[at][self.most - len(taken)] + ROUNDING:
            return
        if spent + self._filling(at, missing) > self.limit + ROUNDING:
            return
        item = self.order[at]
        self._branch(at + 1, missing - self.worths[item], spent + self.priced[at], (*taken, item))
        self._branch(at + 1, missing, spent, taken)

    def _filling(self, at: int, missing: float) -> float:
        """What it costs at least to fill what is missing from the items not yet decided, the last of them in part."""
        filled = self.worth_before[at] + missing - ROUNDING
        last = min(bisect_left(self.worth_before, filled, at + 1), len(self.order)) - 1
        part = (filled - self.worth_before[last]) / (self.worth_before[last + 1] - self.worth_before[last])
        return self.price_before[last] - self.price_before[at] + part * self.priced[last]

    def _keep(self, missing: float, taken: Choice) -> None:
        """Keep a choice of items that are all needed; once there are enough, look only for cheaper ones."""
        cost = math.fsum(self.costs[i] for i in taken)
        if cost > self.limit + ROUNDING or any(missing + self.worths[i] <= ROUNDING for i in taken):
            return
        if len(self.heap) < self.wanted:
            heappush(self.heap, (-cost, taken))
        else:
            heappushpop(self.heap, (-cost, taken))
        if len(self.heap) == self.wanted:
            self.limit = min(self.limit, -self.heap[0][0])


def _room_price(costs: list[float], worths: list[float], target: float, most: int) -> float:
    """What one more item would save in the linear relaxation: any price from zero up gives a bound, this the best."""
    from scipy.optimize import linprog

    if most >= len(costs):
        return 0.0
    rows = np.array([[-w for w in worths], [1.0] * len(worths)])
    result = linprog(costs, A_ub=rows, b_ub=[-target, most], bounds=(0, 1), method="highs")
    return max(-float(result.ineqlin.marginals[1]), 0.0) if result.status == SOLVED else 0.0


def _within_reach(worths: list[float], most: int) -> list[list[float]]:
    """By place in the order and number of items: the largest worth of so many from there on."""
    largest: list[float] = []
    table = [[0.0] * (most + 1)]
    for worth in reversed(worths):
        insort(largest, -worth)
        sums = [*accumulate((-w for w in largest[:most]), initial=0.0)]
        table.append(sums + [sums[-1]] * (most + 1 - len(sums)))
    return table[::-1]


@contextmanager
def _without_printing() -> Iterator[None]:
    """HiGHS prints a line of its own in some programmes, whatever it is told (jump-dev/HiGHS.jl, issue 312); it would
    stand in the midst of what a command writes."""
    library = ctypes.CDLL("ucrtbase" if os.name == "nt" else None)
    with _ONE_AT_A_TIME:
        sys.stdout.flush()
        library.fflush(None)
        kept, nowhere = os.dup(1), os.open(os.devnull, os.O_WRONLY)
        try:
            os.dup2(nowhere, 1)
            yield
            library.fflush(None)
        finally:
            os.dup2(kept, 1)
            os.close(kept)
            os.close(nowhere)
