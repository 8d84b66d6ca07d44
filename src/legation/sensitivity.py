"""Which choice moves a ranking: Sobol indices of evidence, weights, normalisation and aggregation, and what the order
would be without each component.

The output looked at is how far the leading items move: their mean absolute shift in rank from their median rank, as in
Saisana, Saltelli & Tarantola 2005, doi:10.1111/j.1467-985X.2005.00350.x. Each factor is one number from 0 to 1 that
picks a draw of the evidence, a draw of the weights, a normalisation or an aggregation. The first-order index is the
part of the variance that goes if the factor alone were settled, the total index the part that stays while it alone is
open; the difference is interplay with other factors. Estimators: Saltelli et al. 2010, doi:10.1016/j.cpc.2009.09.018.
They are shown as they come out, also below 0, with a 95 % bootstrap interval over the points of the design.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from legation.ranking import AT_ONCE, NORMALISERS, SEED, Choices, Component, Composite, Floats, Ints, rank
from legation.resampling import PERCENTILES, ranks

FACTORS = ("evidence", "weights", "normalisation", "aggregation")
POINTS = 1024
"""Of each of the two designs; the ranking is computed at (factors + 2) times as many."""
RESAMPLES = 200
POOL = 1024
"""Draws of the evidence and of the weights that a factor picks from."""
DRAWS_WITHOUT = 500


@dataclass(frozen=True)
class Index:
    """How much of the variance of the output a factor explains alone, and with all its interplay."""

    factor: str
    first_order: float
    first_order_low: float
    first_order_high: float
    total: float
    total_low: float
    total_high: float


def indices(
    output: Callable[[Floats], Floats], factors: Sequence[str], n: int = POINTS, seed: int = SEED
) -> list[Index]:
    """Sobol indices of a function of points (one a row, each factor uniform from 0 to 1); `n` is a power of 2.

    All are 0 where the output does not vary.
    """
    from scipy.stats import qmc

    d = len(factors)
    design = qmc.Sobol(2 * d, rng=np.random.default_rng(seed)).random(n)
    a, b = design[:, :d], design[:, d:]
    mixed = [np.where(np.arange(d) == k, b, a) for k in range(d)]
    f_a, f_b, *f_ab = (output(points) for points in (a, b, *mixed))
    generator = np.random.default_rng(seed)
    drawn = [np.bincount(generator.integers(n, size=n), minlength=n) for _ in range(RESAMPLES)]
    told, *again = estimates(f_a, f_b, np.stack(f_ab), np.stack([np.ones(n), *drawn]))
    ends = np.quantile(np.stack(again), PERCENTILES, axis=0)
    columns = np.concatenate([[told[order], *ends[:, order]] for order in (0, 1)])
    return [Index(factor, *map(float, columns[:, k])) for k, factor in enumerate(factors)]


def estimates(f_a: Floats, f_b: Floats, f_ab: Floats, times: Floats) -> Floats:
    """First-order and total indices of each factor, with each point of the design taken so many `times`.

    `f_ab` is factors × points, `times` resamples × points, the result resamples × 2 × factors. With m and V the mean
    and variance of both designs, S = mean((f_b - m)(f_ab - f_a)) / V and T = mean((f_a - f_ab)²) / 2V.
    """
    n = times[0].sum()
    f_a, f_b, f_ab = (f - f_a[0] for f in (f_a, f_b, f_ab))  # no rounding where the output does not vary
    both, squares = times @ (f_a + f_b) / (2 * n), times @ (f_a**2 + f_b**2) / (2 * n)
    variance = (squares - both**2)[:, np.newaxis]
    apart = f_ab - f_a
    first = (times @ (f_b * apart).T - both[:, np.newaxis] * (times @ apart.T)) / n
    total = times @ (apart**2).T / (2 * n)
    found = np.stack([first, total], axis=1)
    steady = variance[:, np.newaxis] <= 0
    return np.where(steady, 0.0, found / np.where(steady, 1.0, variance[:, np.newaxis]))


def of_ranking(
    components: Sequence[Component], median_rank: Ints, leading: Ints, n: int = POINTS, seed: int = SEED
) -> list[Index]:
    """Which choice moves the leading items most: an index for each of `FACTORS`. Raises: UserError, see `Composite`."""
    composite = Composite(components)
    generator = np.random.default_rng(seed)
    evidence, pool = composite.evidence(POOL, generator), composite.choices(POOL, generator)

    def shift(points: Floats) -> Floats:
        picks, ways = (points[:, :2] * POOL).astype(np.int64), (points[:, 2] * len(NORMALISERS)).astype(np.int64)
        chosen = Choices(pool.weights[picks[:, 1]], composite.normalisations(ways), points[:, 3] >= 0.5)
        places = ranks(composite.scores(evidence[:, picks[:, 0]], chosen))
        shifts: Floats = np.abs(places - median_rank)[:, leading].mean(axis=1)
        return shifts

    def in_parts(points: Floats) -> Floats:
        return np.concatenate([shift(points[i : i + AT_ONCE]) for i in range(0, len(points), AT_ONCE)])

    return indices(in_parts, FACTORS, n, seed)


def first_without(components: Sequence[Component], name: str, draws: int = DRAWS_WITHOUT) -> int | None:
    """Which item would come first without the component of this name; None where nothing is left to rank on."""
    others = [c for c in components if c.name != name and c.weight > 0]
    if not others:
        return None
    held = np.flatnonzero(np.isfinite([c.values for c in others]).any(axis=0))
    kept = [_of(component, held) for component in others]
    return int(held[rank(kept, draws=draws).order[0]])


def _of(component: Component, items: Ints) -> Component:
    parts = {name: getattr(component, name)[items] for name in ("values", "low", "high")}
    return replace(component, **parts)
