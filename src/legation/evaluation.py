"""Compute an indicator from a store: find its inputs, cut them to what was asked, run it, say what it stood on.

The first input sets the world: it is evaluated source by source, so that two databases are never mixed. A further input
comes from the same source where that has it (cut to the same years), otherwise from every source that does (rows up to
the year asked for, without the `source` column).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import narwhals as nw
import polars as pl

from legation import registry
from legation.engine import Engine, open_engine
from legation.errors import UserError, unknown
from legation.model import Indicator, Table
from legation.store import Store


@dataclass(frozen=True)
class Cut:
    """What part of the facts to take: a scope, the last year, how many years, and changed settings."""

    scope: str | None = None
    year: int | None = None
    window: int = 1
    settings: Mapping[str, Any] = field(default_factory=dict)


@dataclass
class Evaluator:
    """A store and an engine, able to compute any indicator; remembers nothing between calls."""

    store: Store
    engine: Engine = field(default_factory=open_engine)

    def evaluate(self, indicator_id: str, source: str | None = None, cut: Cut = Cut()) -> pl.DataFrame:
        """The indicator as a long table: source, period, what it is split by, its key, its measures.

        `cut.scope` and `cut.year` keep one scope and the period ending in that year; without a year, all of them (or,
        with a window over one year, the latest). Raises: UserError for an unknown source, setting, scope or year.
        """
        indicator = registry.pick("indicator", registry.indicators(), indicator_id)
        self._check_settings(indicator, cut.settings)
        stored = self.store.sources_of(indicator_id, "result")
        if registry.needs_records(indicator_id) and not cut.settings and stored:
            chosen = _chosen(source, stored, indicator_id)
            frames = [self.store.frame(indicator_id, one, "result") for one in chosen]
        else:
            chosen = _chosen(source, self.sources(indicator_id), indicator_id)
            frames = [frame for one in chosen if (frame := self._compute(indicator, one, cut)) is not None]
        return self._narrow(indicator, frames, cut)

    def sources(self, indicator_id: str) -> tuple[str, ...]:
        """The sources an indicator can be computed from, one series each."""
        stored = self.store.sources_of(indicator_id, "result")
        if registry.needs_records(indicator_id) and stored:
            return stored
        first = registry.inputs(registry.indicators()[indicator_id])[0]
        return self.store.sources_of(first) if first in registry.tables() else self.sources(first)

    def lineage(self, indicator_id: str, source: str) -> tuple[str, ...]:
        """Every source a series rests on: its own, and those of further inputs."""
        others = [self._sources_for(table, source) for table in registry.facts_behind(indicator_id)]
        return tuple(dict.fromkeys([source, *(s for found in others for s in found)]))

    def _sources_for(self, table: str, source: str) -> tuple[str, ...]:
        having = self.store.sources_of(table)
        return (source,) if source in having or registry.tables()[table].records else having

    def _compute(self, indicator: Indicator, source: str, cut: Cut) -> pl.DataFrame | None:
        assert indicator.compute is not None
        year = cut.year
        if cut.window > 1 and year is None:
            year = self._latest(indicator, source)
        lazies = {}
        for position, name in enumerate(registry.inputs(indicator)):
            lazy = self._input(name, source, Cut(cut.scope, year, cut.window), indicator.by, first=position == 0)
            if lazy is None:
                return None
            lazies[name] = lazy
        if registry.is_relational(indicator):
            frame = self.engine.collect(indicator.compute(**lazies, **cut.settings))
        else:
            frame = run_by_world(indicator, {n: self.engine.collect(f) for n, f in lazies.items()}, cut.settings)
        return frame.with_columns(source=pl.lit(source)) if "source" not in frame.columns else frame

    def _input(self, name: str, source: str, cut: Cut, by: tuple[str, ...], *, first: bool) -> nw.LazyFrame[Any] | None:
        scope = cut.scope if "scope" in by else None
        if name not in registry.tables():
            wanted = source if source in self.sources(name) else None
            return self.engine.lazy(self.evaluate(name, wanted, Cut(scope, cut.year, cut.window)))
        table = registry.tables()[name]
        own = source in self.store.sources_of(name)
        files = self.store.files(name, source if own or first else None)
        if not files:
            return None
        lazy = self.engine.scan(files)
        if scope is not None and "scope" in table.columns:
            lazy = lazy.filter(nw.col("scope") == scope)
        if not own:
            lazy = lazy.drop("source")
        return cut_period(lazy, table, cut) if own else cut_period(lazy, table, Cut(year=cut.year), up_to=True)

    def _latest(self, indicator: Indicator, source: str) -> int | None:
        name = registry.inputs(indicator)[0]
        while name not in registry.tables():
            name = registry.inputs(registry.indicators()[name])[0]
        time = registry.tables()[name].time
        if time is None:
            return None
        return int(
            self.engine.collect(self.engine.scan(self.store.files(name, source)).select(nw.col(time).max())).item()
        )

    @staticmethod
    def _check_settings(indicator: Indicator, settings: Mapping[str, Any]) -> None:
        for name in settings:
            if name not in registry.settings(indicator):
                raise unknown(f"setting of {indicator.id}", name, registry.settings(indicator), "it has none")

    @staticmethod
    def _narrow(indicator: Indicator, frames: list[pl.DataFrame], cut: Cut) -> pl.DataFrame:
        if not frames:
            raise UserError(f"{indicator.id}: the store holds nothing to compute it from")
        frame = pl.concat(frames, how="diagonal_relaxed")
        for column, wanted in (("scope", cut.scope), ("year", cut.year)):
            if wanted is not None and column in frame.columns:
                known = frame[column].unique().sort().to_list()
                frame = frame.filter(pl.col(column) == wanted)
                if frame.is_empty():
                    raise UserError(f"{indicator.id}: no {column} {wanted!r}; it has {_span(known)}")
        order = [c for c in ("source", "scope", "first_year", "year") if c in frame.columns]
        rest = [*dict.fromkeys([*indicator.by, *indicator.key, *indicator.measures])]
        return frame.select(*order, *(c for c in rest if c not in order)).sort([*order, *indicator.key])


def cut_period(lazy: nw.LazyFrame[Any], table: Table, cut: Cut, *, up_to: bool = False) -> nw.LazyFrame[Any]:
    """Cut a table to a period and name it by `first_year` and `year`; a window adds up the columns that may be.

    With `up_to`, rows of every period up to the year are kept apart.
    """
    if table.time is None or table.records:
        return lazy
    if table.time == "last_year":
        lazy = lazy.rename({"last_year": "year"})
    else:
        lazy = lazy.with_columns(first_year=nw.col("year"))
    if cut.year is None:
        return lazy
    if up_to:
        return lazy.filter(nw.col("year") <= cut.year)
    if cut.window == 1:
        return lazy.filter(nw.col("year") == cut.year)
    begin = cut.year - cut.window + 1
    within = lazy.filter(nw.col("year") <= cut.year, nw.col("first_year") >= begin)
    values = [c for c in table.columns if c not in table.key]
    if any(c not in table.additive for c in values):
        raise UserError(f"{table.id} cannot be added up over years; leave the window at 1")
    key = ["source", *(c for c in table.key if c not in ("first_year", "last_year", "year"))]
    return (
        within.group_by(key)
        .agg(*(nw.col(c).sum() for c in table.additive))
        .with_columns(first_year=nw.lit(begin), year=nw.lit(cut.year))
    )


def run_by_world(indicator: Indicator, inputs: Mapping[str, pl.DataFrame], settings: Mapping[str, Any]) -> pl.DataFrame:
    """Run a local indicator once for each world its `by` columns tell apart in the first input."""
    assert indicator.compute is not None
    first, *others = inputs
    results = []
    for world in _worlds(inputs[first], indicator.by):
        frames = {first: _within(inputs[first], world)} | {name: _within(inputs[name], world) for name in others}
        result = indicator.compute(**frames, **settings)
        results.append(result.with_columns(pl.lit(value).alias(column) for column, value in world.items()))
    return pl.concat(results) if results else pl.DataFrame(schema=[*indicator.by, *indicator.key, *indicator.measures])


def _worlds(frame: pl.DataFrame, by: tuple[str, ...]) -> Iterator[dict[str, Any]]:
    present = [column for column in by if column in frame.columns]
    yield from frame.select(present).unique(maintain_order=True).iter_rows(named=True)


def _within(frame: pl.DataFrame, world: Mapping[str, Any]) -> pl.DataFrame:
    """The rows of a world, without the columns that are the same in all of them; an input of another source, which
    has no `source` column, keeps its own years."""
    foreign = "source" not in frame.columns
    split = [c for c in world if c in frame.columns and not (foreign and c in ("first_year", "year"))]
    return frame.filter(pl.col(column) == world[column] for column in split).drop(split)


def _chosen(source: str | None, known: tuple[str, ...], indicator_id: str) -> tuple[str, ...]:
    if source is None:
        return known
    if source not in known:
        raise unknown(f"source for {indicator_id}", source, known, "the store holds nothing to compute it from")
    return (source,)


def _span(known: list[Any]) -> str:
    if len(known) > 12 and all(isinstance(k, int) for k in known):
        return f"{known[0]} to {known[-1]}"
    return ", ".join(str(k) for k in known[:40])
