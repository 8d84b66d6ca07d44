"""Joint works of every pair of countries, year by year, and what is known of each tie at the end of a year.

Nothing here looks beyond the year it is asked for.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import polars as pl
from numpy.typing import NDArray

from legation.errors import NoEvidenceError
from legation.indicators import expected_collaboration
from legation.model import WORLD
from legation.resampling import Floats, Ints

PATTERNS = 6
"""Main patterns of who works with whom that a tie is compared with."""
ROUNDS = 3
"""Times the diagonal, which a country has with itself and so does not exist, is filled in from the patterns."""
CLIPPED = 4.0
"""The natural logarithm of association strength beyond which a tie does not shape the patterns further."""
HALF_A_WORK = 0.5

FEATURES = (
    "association", "above_chance", "joint_works", "gravity", "patterns", "third_parties", "latest_year", "momentum",
    "votes",
)  # fmt: skip


@dataclass(frozen=True)
class Ties:
    """Joint works by year, country and partner, in both directions; how far apart countries are; where they vote."""

    countries: tuple[str, ...]
    first_year: int
    works: Floats
    totals: Mapping[int, pl.DataFrame]
    distances: pl.DataFrame
    ideal_points: pl.DataFrame

    @property
    def last_year(self) -> int:
        return self.first_year + len(self.works) - 1

    @cached_property
    def numbers(self) -> dict[str, int]:
        """The place of each country."""
        return {code: number for number, code in enumerate(self.countries)}

    def window(self, year: int, years: int) -> Floats:
        """Joint works over some years up to one."""
        end = year - self.first_year + 1
        summed: Floats = self.works[end - years : end].sum(axis=0)
        return summed


def ties(copublications: pl.DataFrame, distances: pl.DataFrame, ideal_points: pl.DataFrame) -> Ties:
    """Tables as arrays. A year that is not listed between the first and the last has no joint works.

    Raises: NoEvidenceError where the table gives no single years.
    """
    yearly = copublications.filter(pl.col("first_year") == pl.col("year"))
    pairs = yearly.filter(pl.col("iso3") != WORLD, pl.col("partner_iso3") != WORLD, pl.col("works") > 0)
    if pairs.is_empty():
        raise NoEvidenceError("no joint works are given year by year")
    countries = tuple(pl.concat([pairs["iso3"], pairs["partner_iso3"]]).unique().sort())
    numbers = {code: number for number, code in enumerate(countries)}
    first, last = (int(year) for year in pairs.select(pl.col("year").min(), last=pl.col("year").max()).row(0))
    works = np.zeros((last - first + 1, len(countries), len(countries)))
    at = (pairs["year"].to_numpy() - first, *(_numbered(pairs[c], numbers) for c in ("iso3", "partner_iso3")))
    works[at] = pairs["works"].to_numpy()
    totals = yearly.filter(pl.col("iso3") != WORLD, pl.col("partner_iso3") == WORLD)
    return Ties(
        countries, first, np.maximum(works, works.transpose(0, 2, 1)),
        {int(year): frame for (year,), frame in totals.partition_by("year", as_dict=True).items()},
        distances, ideal_points,
    )  # fmt: skip


def known_at(known: Ties, year: int, years: int) -> dict[str, Floats]:
    """Every feature of every tie at the end of a year, from windows of so many years up to it; home by partner."""
    works = known.window(year, years)
    association = log_association(works)
    before = log_association(known.window(year - years, years))
    return {
        "association": association,
        "above_chance": np.maximum(association, 0.0),
        "joint_works": np.log(works + HALF_A_WORK),
        "gravity": _gravity(known, year, years),
        "patterns": _patterns(association, works.sum(axis=1)) - association,
        "third_parties": _third_parties(works) - association,
        "latest_year": log_association(known.window(year, 1)) - association,
        "momentum": association - before,
        "votes": _distance_of_votes(known, year),
    }


def log_association(works: Floats) -> Floats:
    """ln((C + ½) / (E + ½)) with E = C_x C_y / T what chance gives: near nought where both are small."""
    expected = _by_chance(works)
    logarithm: Floats = np.log((works + HALF_A_WORK) / (expected + HALF_A_WORK))
    return logarithm


def _by_chance(works: Floats) -> Floats:
    of_country = works.sum(axis=1)
    expected: Floats = np.outer(of_country, of_country) / max(of_country.sum(), 1.0)
    return expected


def _gravity(known: Ties, year: int, years: int) -> Floats:
    """The headroom over the gravity model of `expected_collaboration`; nought where it says nothing."""
    joint = known.window(year, years)
    found = np.zeros_like(joint)
    try:
        expected = expected_collaboration.compute(
            _published(known, joint, year, years), known.distances, _up_to(known.ideal_points, year)
        ).drop_nulls("log_headroom")
    except NoEvidenceError:
        return found
    rows, columns = (_numbered(expected[c], known.numbers) for c in ("iso3", "partner_iso3"))
    found[rows, columns] = expected["log_headroom"].to_numpy()
    return found


def _published(known: Ties, joint: Floats, year: int, years: int) -> pl.DataFrame:
    """The window as the publisher gives it: pairs, and each country with any foreign partner."""
    rows, columns = np.nonzero(np.triu(joint))
    names = np.array(known.countries, dtype=object)
    each = {"iso3": names[rows], "partner_iso3": names[columns], "works": joint[rows, columns]}
    back = each | {"iso3": each["partner_iso3"], "partner_iso3": each["iso3"]}
    schema = {"iso3": pl.String, "partner_iso3": pl.String, "works": pl.Float64}
    frames = [pl.DataFrame(each, schema=schema), pl.DataFrame(back, schema=schema)]
    totals = [known.totals[y] for y in range(year - years + 1, year + 1) if y in known.totals]
    if totals:
        summed = pl.concat(totals).group_by("iso3", "partner_iso3").agg(pl.col("works").sum().cast(pl.Float64))
        frames.append(summed.select(*schema))
    return pl.concat(frames)


def _up_to(ideal_points: pl.DataFrame, year: int) -> pl.DataFrame:
    return ideal_points.filter(pl.col("year") <= year) if "year" in ideal_points.columns else ideal_points


def _patterns(association: Floats, sizes: Floats) -> Floats:
    """The association that the main patterns of who works with whom give: the matrix of association rebuilt from its
    largest eigenvectors, large countries weighing more."""
    weight = (np.maximum(sizes, 1.0) / max(sizes.sum(), 1.0)) ** 0.25
    weights = np.outer(weight, weight)
    own = np.eye(len(sizes), dtype=bool)
    actual = np.clip(association, -CLIPPED, CLIPPED)
    rebuilt = np.where(own, 0.0, actual)
    for _ in range(ROUNDS if len(sizes) > PATTERNS else 0):
        values, vectors = np.linalg.eigh(np.where(own, rebuilt, actual) * weights)
        main = np.argsort(-np.abs(values))[:PATTERNS]
        rebuilt = (vectors[:, main] * values[main]) @ vectors[:, main].T / weights
    return np.where(own, 0.0, rebuilt)


def _third_parties(works: Floats) -> Floats:
    """ln of how likely two steps along joint works lead from one country to the other, over its share in all."""
    of_country = np.maximum(works.sum(axis=1), 1.0)
    steps = works / of_country[:, None]
    chance = of_country / of_country.sum()
    logarithm: Floats = np.log((steps @ steps + 1e-9) / (chance + 1e-9))
    return logarithm


def _distance_of_votes(known: Ties, year: int) -> Floats:
    """Distance of the latest ideal points; the mean distance where one of the two has none."""
    points = np.full(len(known.countries), np.nan)
    latest = expected_collaboration.latest_points(_up_to(known.ideal_points, year))
    listed = latest.filter(pl.col("iso3").is_in(list(known.countries)))
    points[_numbered(listed["iso3"], known.numbers)] = listed["point"].to_numpy()
    distance = np.abs(points[:, None] - points)
    told = np.isfinite(distance)
    of_two = told & ~np.eye(len(points), dtype=bool)
    return np.where(told, distance, distance[of_two].mean() if of_two.any() else 0.0)


def _numbered(codes: pl.Series, numbers: Mapping[str, int]) -> Ints:
    found: Ints = codes.replace_strict(numbers, return_dtype=pl.Int64).to_numpy()
    return found


def eligible(works: Floats, least_works: int, least_partners: int) -> tuple[Ints, Ints]:
    """Home and partner of every tie of so many works, of the homes that have at least so many such partners."""
    enough = works >= least_works
    enough[enough.sum(axis=1) < least_partners] = False
    homes, partners = np.nonzero(enough)
    return homes, partners


def log_strength(works: Floats) -> Floats:
    """The logarithm of association strength as it is, minus infinity where there are no joint works."""
    logarithm = np.full_like(works, -np.inf)
    some = works > 0
    logarithm[some] = np.log(works[some] / _by_chance(works)[some])
    return logarithm


def in_the_top(values: Floats, groups: Ints, share: float) -> NDArray[np.bool_]:
    """Whether a value is in the top share of its group: above the value that the other part of the group reaches.

    Of n values, those above the one at place ⌊(1 - share) (n - 1)⌋ from below, counted from 0.
    """
    found = np.zeros(len(values), dtype=bool)
    for group in np.unique(groups):
        of_group = groups == group
        ordered = np.sort(values[of_group])
        found[of_group] = values[of_group] > ordered[math.floor((1 - share) * (len(ordered) - 1))]
    return found
