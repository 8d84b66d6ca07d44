"""Uncertainty: works resampled where there are works, counts where a publisher gives only counts.

*Bootstrap over works.* Works with the same credits to the same countries and the same scores are one pattern. Drawing
multinomial counts over the patterns is exactly drawing works with replacement, at the cost of the patterns (Efron 1979,
doi:10.1214/aos/1176344552).

*Parametric resampling of counts.* A published count is taken as the mean of a Poisson distribution and drawn anew for
each country. This is conditional on the published counts: it shows chance, not gaps in coverage, and a country with
none has none in every draw. Under fractional counting it is cautious, because credits vary less than whole works do.

*Ranks* are standard competition ranks, one plus the number of countries that are strictly ahead ("1 2 2 4"), counted in
every draw (Goldstein & Spiegelhalter 1996, doi:10.2307/2983325).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from legation.constants import Z_95

COMMON_FROM = 30
"""Works of a pattern from which drawing their number at once is cheaper than drawing each; changes no distribution."""
CREDIT_DECIMALS = 14
PERCENTILES = (0.025, 0.975)

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True)
class Patterns:
    """Works collapsed: how many there are of each kind, and what one of that kind gives to each country.

    Entries are sorted by country, `begins` marks the first of each; an entry says what one work of pattern `of[i]`
    gives, by name: `credit`, and for each score credit × score.
    """

    countries: tuple[str, ...]
    counts: Ints
    begins: Ints
    of: Ints
    gives: Mapping[str, Floats]

    def totals(self, counts: Ints) -> dict[str, Floats]:
        """What each country is given by these numbers of works of each pattern, by name."""
        if not self.countries:
            return {name: np.zeros(0) for name in self.gives}
        taken = np.take(counts.astype(np.float64), self.of)
        return {name: np.add.reduceat(taken * each, self.begins) for name, each in self.gives.items()}

    @property
    def estimate(self) -> dict[str, Floats]:
        """What each country is given in the works as they are, by name."""
        return self.totals(self.counts)


def collapse(works: pl.DataFrame, credits: pl.DataFrame, scores: Sequence[str] = ()) -> Patterns:
    """Works as patterns.

    `works` has `work_id` and a column for each of `scores`; `credits` has `work_id`, `iso3`, `credit`, one row for each
    country of a work. Works without a country stay: they are drawn too and give nothing.
    """
    listed = credits.sort("work_id", "iso3").group_by("work_id", maintain_order=True).agg("iso3", "credit")
    rounded = pl.col("credit").list.eval(pl.element().round(CREDIT_DECIMALS)).alias("rounded")
    kinds = (
        works.sort("work_id")
        .join(listed, on="work_id", how="left", maintain_order="left")
        .group_by("iso3", rounded, *scores, maintain_order=True)
        .agg(pl.len().alias("works"), pl.col("credit").first())
        .with_row_index("pattern")
    )
    entries = kinds.drop_nulls("iso3").explode("iso3", "credit").sort("iso3", "pattern")
    codes = entries["iso3"].to_numpy()
    countries, begins = np.unique(codes, return_index=True)
    credit = entries["credit"].cast(pl.Float64).to_numpy()
    return Patterns(
        countries=tuple(str(c) for c in countries),
        counts=kinds["works"].cast(pl.Int64).to_numpy(),
        begins=begins.astype(np.int64),
        of=entries["pattern"].cast(pl.Int64).to_numpy(),
        gives={"credit": credit} | {s: credit * entries[s].cast(pl.Float64).to_numpy() for s in scores},
    )


def bootstrap(patterns: Patterns, draws: int, seed: int) -> dict[str, Floats]:
    """Works drawn with replacement: what each country is given in each draw, by name: draws × countries."""
    if not len(patterns.counts):
        return {name: np.zeros((draws, 0)) for name in patterns.gives}
    rows = [patterns.totals(counts) for counts in _drawn(patterns.counts, draws, np.random.default_rng(seed))]
    return {name: np.stack([row[name] for row in rows]) for name in patterns.gives}


def _drawn(counts: Ints, draws: int, generator: np.random.Generator) -> Iterator[Ints]:
    """Multinomial counts over the patterns, one draw after the other.

    Exactly multinomial, in two steps because most patterns have few works: first how many works fall on each common
    pattern and how many on all rare ones together; then each of those works by itself.
    """
    common, rare = np.flatnonzero(counts >= COMMON_FROM), np.flatnonzero(counts < COMMON_FROM)
    works_of_rare = np.repeat(rare, counts[rare]).astype(np.int32)
    chance = np.append(counts[common], len(works_of_rare)) / counts.sum()
    for _ in range(draws):
        first = generator.multinomial(counts.sum(), chance)
        taken = generator.integers(max(len(works_of_rare), 1), size=first[-1], dtype=np.int32)
        found = np.bincount(np.take(works_of_rare, taken), minlength=len(counts))
        found[common] = first[:-1]
        yield found


def poisson(counts: Floats, draws: int, seed: int) -> Floats:
    """Published counts drawn anew from Poisson distributions with these means: draws × countries."""
    return np.random.default_rng(seed).poisson(counts, size=(draws, len(counts))).astype(np.float64)


def shares(values: Floats) -> Floats:
    """Each value over the sum of its row; NaN where the row sums to zero."""
    return ratio(values, values.sum(axis=-1, keepdims=True))


def ratio(part: Floats, whole: Floats) -> Floats:
    """Part over whole; NaN where the whole is zero."""
    part, whole = np.broadcast_arrays(part, whole)
    found: Floats = np.divide(part, whole, out=np.full(part.shape, np.nan), where=whole > 0)
    return found


def interval(replicates: Floats, estimate: Floats) -> tuple[Floats, Floats]:
    """The 95 % percentile interval of each column, wide enough to hold the estimate.

    Draws where a column is undefined (NaN) are left out of it.
    """
    if np.isnan(replicates).any():
        ends = np.stack([_quantiles(column[~np.isnan(column)]) for column in replicates.T], axis=1)
    else:
        ends = np.quantile(replicates, PERCENTILES, axis=0)
    return np.fmin(ends[0], estimate), np.fmax(ends[1], estimate)


def ranks(values: Floats) -> Ints:
    """Standard competition ranks within each row, the largest first."""
    order = np.argsort(-values, axis=-1)
    ordered = np.take_along_axis(values, order, axis=-1)
    place = np.broadcast_to(np.arange(1, values.shape[-1] + 1), values.shape)
    starts = np.concatenate([np.ones_like(order[..., :1], dtype=bool), ordered[..., 1:] != ordered[..., :-1]], axis=-1)
    shared = np.maximum.accumulate(np.where(starts, place, 0), axis=-1)
    found = np.empty_like(order)
    np.put_along_axis(found, order, shared, axis=-1)
    return found.astype(np.int64)


def with_interval(name: str, estimate: Floats, replicates: Floats) -> dict[str, Floats]:
    """A measure and the two ends of its interval, under the names indicators give them."""
    low, high = interval(replicates, estimate)
    return {name: estimate, f"{name}_low": low, f"{name}_high": high}


def with_ranks(replicates: Floats) -> dict[str, Ints]:
    """The median rank over all draws and its 95 % interval, as ranks that occur."""
    low, middle, high = np.quantile(
        ranks(replicates), (PERCENTILES[0], 0.5, PERCENTILES[1]), axis=0, method="inverted_cdf"
    )
    return {"rank": middle.astype(np.int64), "rank_low": low.astype(np.int64), "rank_high": high.astype(np.int64)}


def poisson_shares(name: str, counts: Floats, draws: int, seed: int) -> dict[str, Floats | Ints]:
    """The share of each country in the sum of published counts, with interval and rank."""
    drawn = poisson(counts, draws, seed)
    return {**with_interval(name, shares(counts), shares(drawn)), **with_ranks(drawn)}


def wilson(share: Floats, of: Floats) -> tuple[Floats, Floats]:
    """The 95 % interval of a share of `of` items; NaN where there are none.

    Wilson 1927, doi:10.1080/01621459.1927.10502953.
    """
    spread = ratio(np.full(of.shape, Z_95**2), of)
    centre = (share + spread / 2) / (1 + spread)
    half = np.sqrt(share * (1 - share) * spread + spread**2 / 4) / (1 + spread)
    return np.clip(centre - half, 0.0, 1.0), np.clip(centre + half, 0.0, 1.0)


def garwood(counts: Floats) -> tuple[Floats, Floats]:
    """The exact 95 % interval of the mean of a Poisson distribution from one count of it.

    Garwood 1936, doi:10.1093/biomet/28.3-4.437.
    """
    from scipy.special import gammaincinv

    low = np.where(counts > 0, gammaincinv(np.maximum(counts, 1.0), PERCENTILES[0]), 0.0)
    return low, np.asarray(gammaincinv(counts + 1.0, PERCENTILES[1]), dtype=np.float64)


def _quantiles(values: Floats) -> Floats:
    return np.quantile(values, PERCENTILES) if len(values) else np.full(2, np.nan)
