"""The coalition that reaches a share, and its alternatives: used by `coalition` and `role`."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import polars as pl

from legation import coalitions
from legation.answer import Figure
from legation.answers._composing import Composer
from legation.answers._stakes import Stake
from legation.coalitions import Coalition, Coalitions, Objective
from legation.covering import ROUNDING
from legation.language import words
from legation.phrasing import percent

DISTANCE = "ideal_point_distance"
SHARE = 0.5
SIZES_AROUND = 2
INTERVAL = words("95 % interval")
OF_THE_WORLD = words("share of the world")
OF_DRAWS = words("share of draws")
POINTS = words("points of the estimated scale")
YES, NO = words("yes"), words("no")
SMALLEST: Objective = "smallest"
ALIGNED: Objective = "aligned"


@dataclass(frozen=True)
class Wish:
    """What a reader wants of a coalition."""

    target: float = SHARE
    objective: Objective = SMALLEST
    max_distance: float | None = None
    members_max: int | None = None
    required: tuple[str, ...] = ()
    excluded: tuple[str, ...] = ()
    among: tuple[str, ...] = ()
    """Who may join, where that is limited to members of blocs."""


@dataclass(frozen=True)
class Search:
    """What was sought, on which share, and what was found."""

    home: str
    stake: Stake
    wish: Wish
    distances: dict[str, float]
    ends: dict[str, tuple[float | None, float | None]]
    found: Coalitions
    reached: dict[tuple[str, ...], float] = field(default_factory=dict)

    @property
    def listed(self) -> tuple[Coalition, ...]:
        """The best coalition and the others."""
        return () if self.found.best is None else (self.found.best, *self.found.others)

    @property
    def needs_distances(self) -> bool:
        """Whether what is wanted cannot be sought, as it needs distances and the home country has none."""
        return not self.distances and (self.wish.objective == ALIGNED or self.wish.max_distance is not None)


def seek(composer: Composer, home: str, stake: Stake, wish: Wish) -> Search:
    """The coalitions that reach a share, and in how many draws from its intervals they still do."""
    rows = composer.latest(DISTANCE, where={"iso3": home})
    far: list[tuple[Any, ...]] = []
    if not rows.is_empty():
        far = rows.select("partner_iso3", DISTANCE, f"{DISTANCE}_low", f"{DISTANCE}_high").rows()
    distances = {iso3: value for iso3, value, _, _ in far}
    outside = {iso3 for iso3 in stake.shares if wish.among and iso3 not in (*wish.among, home, *wish.required)}
    found = coalitions.find(
        stake.shares, distances, home, wish.target, wish.objective, wish.max_distance, wish.required,
        {*wish.excluded, *outside}, wish.members_max,
    )  # fmt: skip
    search = Search(home, stake, wish, distances, {iso3: (low, high) for iso3, _, low, high in far}, found)
    if search.listed and stake.intervals:
        held = coalitions.holding(search.listed, stake.shares, stake.intervals, wish.target)
        search.reached.update({one.members: float(part) for one, part in zip(search.listed, held, strict=True)})
    return search


# Figures


def sets_figure(composer: Composer, search: Search) -> Figure:
    """One row a coalition: the best first, then what comes as near."""
    rows = [
        (
            number_, len(one.members), ", ".join(composer.name(m) for m in one.members), one.share,
            one.distance if search.distances else None, len(one.unplaced), search.reached.get(one.members),
        )
        for number_, one in enumerate(search.listed, 1)
    ]  # fmt: skip
    kinds = {
        "coalition": pl.Int64, "members": pl.Int64, "countries": pl.String, "share": pl.Float64,
        "total_distance": pl.Float64, "members_without_distance": pl.Int64, "reached_in": pl.Float64,
    }  # fmt: skip
    units = {"share": OF_THE_WORLD, "total_distance": POINTS, "reached_in": OF_DRAWS, "members": words("countries")}
    table = pl.DataFrame(rows, schema=kinds, orient="row")
    if not table["members_without_distance"].sum():
        table = table.drop("members_without_distance")
    title = composer.say(
        "Coalitions with {home} that hold at least {target} by {what}",
        home=composer.name(search.home), target=percent(search.wish.target), what=search.stake.what(composer),
    )  # fmt: skip
    return _figure(composer, "coalitions", title, table, units, search)


def members_figure(composer: Composer, search: Search) -> list[Figure]:
    """The members of the best coalition: what each brings, how far away it votes, and what it is without it."""
    best = search.found.best
    if best is None:
        return []
    rows = [
        (
            m, composer.name(m), search.stake.shares.get(m), *search.stake.intervals.get(m, (None, None)),
            search.distances.get(m), *search.ends.get(m, (None, None)),
            composer.say(YES if m in search.found.common else NO), search.found.without.get(m),
        )
        for m in best.members
    ]  # fmt: skip
    smallest = search.wish.objective == SMALLEST
    without = "members_without_it" if smallest else "distance_without_it"
    floats = ("value", "low", "high", "distance", "distance_low", "distance_high")
    kinds = {"iso3": pl.String, "country": pl.String, **dict.fromkeys(floats, pl.Float64)}
    kinds |= {"in_all": pl.String, without: pl.Float64}
    table = pl.DataFrame(rows, schema=kinds, orient="row")
    if smallest:
        table = table.with_columns(pl.col(without).cast(pl.Int64))
    units = {"value": OF_THE_WORLD, "low": INTERVAL, "high": INTERVAL, "distance": POINTS}
    units |= {"distance_low": INTERVAL, "distance_high": INTERVAL} | ({} if smallest else {without: POINTS})
    title = composer.say("Members of the first coalition")
    return [_figure(composer, "members", title, table, units, search)]


def sizes_figure(composer: Composer, search: Search) -> Figure:
    """What each number of members can hold at most, around the size of the best coalition and with everybody."""
    largest, best = search.found.largest, search.found.best
    middle = len(best.members) if best is not None else max(largest)
    shown = [n for n in largest if middle - SIZES_AROUND <= n <= middle + SIZES_AROUND or n == max(largest)]
    rows = [(n, largest[n], composer.say(YES if largest[n] > search.wish.target - ROUNDING else NO)) for n in shown]
    kinds = {"members": pl.Int64, "largest_share": pl.Float64, "reaches_it": pl.String}
    title = composer.say("The largest share that so many members can hold")
    units = {"largest_share": OF_THE_WORLD, "members": words("countries")}
    return _figure(composer, "sizes", title, pl.DataFrame(rows, schema=kinds, orient="row"), units, search)


def _figure(
    composer: Composer, identifier: str, title: str, table: pl.DataFrame, units: dict[str, str], search: Search
) -> Figure:
    used = [search.stake.indicator, *([DISTANCE] if search.distances else [])]
    sources = [search.stake.source, *composer.used.get(DISTANCE, {})]
    shares = dict.fromkeys(("share", "largest_share", "reached_in", "value", "low", "high"), "share")
    formats = {c: f for c, f in shares.items() if c in table.columns}
    return composer.figure(identifier, title, table, units, *used, of=sources, formats=formats)
