"""The network of joint works: countries, and how many works tie each two of them; its communities."""

import random
from dataclasses import dataclass
from itertools import combinations
from threading import Lock

import numpy as np
import polars as pl
from numpy.typing import NDArray

from legation.constants import TIE_WORKS_ALL_FIELDS, TIE_WORKS_TECHNOLOGY
from legation.errors import UserError
from legation.model import WORLD, Kept

MOST_SEEDS = 200
KEPT = tuple(Kept(5, settings=(("min_works", works),)) for works in (*TIE_WORKS_TECHNOLOGY, *TIE_WORKS_ALL_FIELDS))
"""The networks of the last five years, with the ties that count in one technology and over all fields."""
_ONE_AT_A_TIME = Lock()
"""igraph has one generator of random numbers for the whole process."""

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True)
class Network:
    """Countries in the order of their codes, and the symmetric matrix of the works that tie them; 0 where none do."""

    names: tuple[str, ...]
    works: Floats

    @property
    def tied(self) -> NDArray[np.bool_]:
        """Whether each two countries are tied."""
        return self.works > 0


def network(copublications: pl.DataFrame, min_works: int) -> Network:
    """Every country of the table, two tied where they have joint works, and at least `min_works` of them."""
    pairs = copublications.filter(pl.col("iso3") != WORLD, pl.col("partner_iso3") != WORLD)
    names = pl.concat([pairs["iso3"], pairs["partner_iso3"]]).unique().sort().to_numpy().astype(str)
    ties = pairs.filter(pl.col("iso3") < pl.col("partner_iso3"), pl.col("works") >= min_works)
    one, other = (np.searchsorted(names, ties[c].to_numpy().astype(str)) for c in ("iso3", "partner_iso3"))
    works = np.zeros((len(names), len(names)))
    works[one, other] = works[other, one] = ties["works"].to_numpy()
    return Network(tuple(names.tolist()), works)


def untied(tied: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Whether each two different countries are not tied."""
    apart = ~tied
    np.fill_diagonal(apart, False)
    return apart


def open_paths(tied: NDArray[np.bool_], *, alone: bool = False) -> Ints:
    """How many pairs that are not tied each country joins; of those only that no other joins, if `alone`."""
    ties = tied.astype(np.float64)
    ends = untied(tied)
    if alone:
        ends &= (ties @ ties).round() == 1
    paths: Ints = ((ties * (ties @ ends)).sum(axis=1) / 2).round().astype(np.int64)
    return paths


def with_ties(whole: Network) -> Network:
    """The network without the countries that are tied to none."""
    some = whole.tied.any(axis=1)
    return Network(tuple(np.array(whole.names)[some].tolist()), whole.works[some][:, some])


def communities(network: Network, seeds: int, resolution: float) -> tuple[list[Ints], Floats]:
    """The partition the Leiden algorithm finds from each seed, and the modularity of each.

    In each partition community 1 has the most countries, then the most works within, then the first in the alphabet.
    Raises: UserError for settings that cannot be.
    """
    import igraph

    if not 1 <= seeds <= MOST_SEEDS or not 0 < resolution < np.inf:
        raise UserError(f"communities need 1 to {MOST_SEEDS} seeds and a resolution above 0, not {seeds}, {resolution}")
    ends = np.argwhere(np.triu(network.tied))
    graph, works = igraph.Graph(n=len(network.names), edges=ends.tolist()), network.works[tuple(ends.T)].tolist()
    found = []
    with _ONE_AT_A_TIME:
        try:
            for seed in range(seeds):
                igraph.set_random_number_generator(random.Random(seed))
                settings = {"objective_function": "modularity", "resolution": resolution, "n_iterations": -1}
                found.append(np.array(graph.community_leiden(weights=works, **settings).membership, dtype=np.int64))
        finally:
            igraph.set_random_number_generator(random)
    modularity = [graph.modularity(one.tolist(), weights=works, resolution=resolution) for one in found]
    return [_by_size(network, one) for one in found], np.array(modularity)


def best(network: Network, seeds: int, resolution: float) -> Ints:
    """The partition with the highest modularity, the first of equals."""
    found, modularity = communities(network, seeds, resolution)
    return found[int(np.argmax(modularity))]


def stability(partitions: list[Ints]) -> Floats:
    """How much of its company each country keeps from one partition to another, over all pairs of partitions: those in
    its community both times over those in it at least once; 1 for who is alone both times."""
    together = [one[:, None] == one[None, :] for one in partitions]
    kept = []
    for one, other in combinations(together, 2):
        either = (one | other).sum(axis=1) - 1
        kept.append(np.where(either > 0, ((one & other).sum(axis=1) - 1) / np.maximum(either, 1), 1.0))
    return np.mean(kept, axis=0) if kept else np.ones(len(partitions[0]))


def adjusted_rand(one: Ints, other: Ints) -> float:
    """How alike two partitions are beyond chance: 1 the same, 0 as by chance (Hubert & Arabie 1985)."""
    table = np.zeros((one.max() + 1, other.max() + 1))
    np.add.at(table, (one, other), 1)
    pairs, rows, columns = (float((n * (n - 1) / 2).sum()) for n in (table, table.sum(axis=1), table.sum(axis=0)))
    expected, most = rows * columns / max(len(one) * (len(one) - 1) / 2, 1.0), (rows + columns) / 2
    return 1.0 if most == expected else (pairs - expected) / (most - expected)


def _by_size(network: Network, partition: Ints) -> Ints:
    members = [np.flatnonzero(partition == number) for number in range(partition.max(initial=-1) + 1)]
    members.sort(key=lambda m: (-len(m), -network.works[np.ix_(m, m)].sum(), m[0]))
    numbered = np.zeros_like(partition)
    for number, countries in enumerate(members, 1):
        numbered[countries] = number
    return numbered
