"""Compute an indicator from a store: find its inputs, cut them to what was asked, run it, say what it stood on.

The first input sets the world: it is evaluated source by source, so that two databases are never mixed. A further input
comes from the same source where that has it (cut to the same years), otherwise from every source that does (rows up to
the year asked for, without the `source` column).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import narwhals as nw
import polars as pl
import polars.selectors as cs

from legation import registry
from legation.bounds import check_settings
from legation.checks import private_sources, suppress_measures
from legation.engine import Engine, Polars, open_engine
from legation.errors import NoEvidenceError, UserError, unknown
from legation.model import Indicator
from legation.periods import Cut, cut_period, of_scope, up_to, with_period
from legation.store import Store

DIGITS = 12
"""Significant digits of every measure."""


@dataclass
class Evaluator:
    """A store and an engine, able to compute any indicator; remembers nothing between calls.

    `master` says where Spark runs, if that is the engine. What is left of counts after a cut is worked on in memory, on
    several threads; without `in_memory` by the engine, on one, which adds fractions in the same order every time.
    """

    store: Store
    engine_name: str = "duckdb"
    in_memory: bool = True
    master: str | None = None

    @cached_property
    def engine(self) -> Engine:
        """The engine, opened when it is first needed."""
        return open_engine(self.engine_name, master=self.master)

    def evaluate(self, indicator_id: str, source: str | None = None, cut: Cut = Cut()) -> pl.DataFrame:
        """The indicator as a long table: source, period, what it is split by, its key, its measures.

        Raises: UserError for an unknown source or setting; NoEvidenceError where there is no such scope or year.
        """
        indicator = registry.pick("indicator", registry.indicators(), indicator_id)
        check_settings(indicator, cut.settings)
        if registry.needs_records(indicator_id) and cut.window > 1:
            raise UserError(f"{indicator_id} is computed over years of its own; leave the window at 1")
        frames = self._kept(indicator, source, cut)
        if frames is None:
            frames = self._compute_each(indicator, _chosen(source, self.sources(indicator_id), indicator_id), cut)
        elif source is None and not registry.needs_records(indicator_id):
            own = set(private_sources(self.store.manifest.get("sources", {}))) & {*self.sources(indicator_id)}
            with suppress(NoEvidenceError):
                frames += self._compute_each(indicator, tuple(sorted(own)), cut)
        return self._narrow(indicator, frames, cut)

    def _kept(self, indicator: Indicator, source: str | None, cut: Cut) -> list[pl.DataFrame] | None:
        """What was computed when the store was built, if it was and has every measure declared since."""
        stored = self.store.sources_of(indicator.id, "result")
        always = registry.needs_records(indicator.id) and not cut.settings
        if not stored or not (always or (_is_kept(indicator, cut) and source in (None, *stored))):
            return None
        frames = [self._result(indicator.id, one) for one in _chosen(source, stored, indicator.id)]
        if cut.settings and not all("settings" in f.columns for f in frames):
            return None
        for column, wanted in (("window", cut.window), ("settings", cut.changed)):
            frames = [f.filter(pl.col(column) == wanted).drop(column) if column in f.columns else f for f in frames]
        # Kept are the newest of windows, and of indicators that date their rows themselves.
        newest_only = cut.window > 1 or (not always and "year" not in indicator.by)
        another_year = newest_only and cut.year is not None and any((f["year"] != cut.year).any() for f in frames)
        lacking = any(set(indicator.measures) - set(f.columns) for f in frames)
        return None if another_year or lacking else frames

    def _result(self, indicator_id: str, source: str) -> pl.DataFrame:
        return self.store.frame(indicator_id, source, "result")

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

    def _compute_each(self, indicator: Indicator, sources: tuple[str, ...], cut: Cut) -> list[pl.DataFrame]:
        """The indicator from each source that holds enough; the first reason why not, if none does."""
        found, reasons = [], []
        for source in sources:
            try:
                found.append(self._compute(indicator, source, cut))
            except NoEvidenceError as reason:
                reasons.append(reason)
        if reasons and not any(frame is not None for frame in found):
            raise reasons[0]
        return [frame for frame in found if frame is not None]

    def _compute(self, indicator: Indicator, source: str, cut: Cut) -> pl.DataFrame | None:
        assert indicator.compute is not None
        first, *others = registry.inputs(indicator)
        lazies = {first: self._first_input(first, source, cut, indicator.by)}
        same = self._period_of(lazies[first], cut) if others else cut
        for name in others:
            further = self._further_input(name, source, same, indicator.by)
            if further is not None:
                lazies[name] = further
            elif name not in registry.optional_inputs(indicator):
                return None
        if registry.is_relational(indicator):
            engine: Engine = self.engine
            if self.in_memory and (cut.latest or cut.window > 1):
                # What is left of counts after such a cut is small: it is read once, and the rest is done in memory.
                engine = Polars()
                lazies = {name: engine.lazy(self.engine.collect(lazy)) for name, lazy in lazies.items()}
            computed = indicator.compute(**lazies, **cut.settings)
            for column, value in cut.where:
                computed = computed.filter(nw.col(column) == value)
            frame = engine.collect(computed)
        else:
            frames = {name: self.engine.collect(lazy) for name, lazy in lazies.items()}
            frame = run_by_world(indicator, frames, cut.settings)
        frame = suppress_measures(indicator, frame)
        return frame if "source" in frame.columns else frame.with_columns(source=pl.lit(source))

    def _first_input(self, name: str, source: str, cut: Cut, by: tuple[str, ...]) -> nw.LazyFrame[Any]:
        scope = cut.scope if "scope" in by else None
        if name not in registry.tables():
            same = Cut(scope, cut.year, cut.window, latest=cut.latest, where=_shared(cut.where, by, name))
            return self.engine.lazy(self.evaluate(name, source, same))
        table, files = registry.tables()[name], self.store.files(name, source)
        if not files:
            raise NoEvidenceError(f"{source} has no {name} in this store, from which to compute it anew")
        lazy = of_scope(self.engine.scan(files), table, scope)
        for column, value in cut.where:
            lazy = lazy.filter(nw.col(column) == value) if column in by and column in table.columns else lazy
        if "year" not in by:
            return up_to(lazy, table, cut.year)
        return cut_period(lazy, table, cut, by)

    def _further_input(self, name: str, source: str, cut: Cut, by: tuple[str, ...]) -> nw.LazyFrame[Any] | None:
        scope = cut.scope if "scope" in by else None
        if name not in registry.tables():
            same = Cut(scope, cut.year, cut.window, where=_shared(cut.where, by, name))
            return self.engine.lazy(self.evaluate(name, source if source in self.sources(name) else None, same))
        table = registry.tables()[name]
        own = source in self.store.sources_of(name)
        files = self.store.files(name, source if own else None)
        if not files:
            return None
        lazy = of_scope(self.engine.scan(files), table, scope)
        return cut_period(lazy, table, cut, by) if own else up_to(lazy.drop("source"), table, cut.year)

    def _period_of(self, lazy: nw.LazyFrame[Any], cut: Cut) -> Cut:
        """The cut that gives a further input the same years as the first, where that has a single last year."""
        if cut.year is not None or not (cut.latest or cut.window > 1) or "year" not in lazy.collect_schema().names():
            return cut
        years = self.engine.collect(lazy.select("year").unique())["year"]
        if len(years) == 1:
            return Cut(cut.scope, int(years[0]), cut.window, where=cut.where)
        if len(years) > 1 and cut.window > 1:
            raise UserError("its parts end in different years; give a year to use a window")
        return Cut(cut.scope, where=cut.where)

    def _narrow(self, indicator: Indicator, frames: list[pl.DataFrame], cut: Cut) -> pl.DataFrame:
        if not frames:
            raise NoEvidenceError(f"{indicator.id}: the store holds nothing to compute it from")
        frame = pl.concat(frames, how="diagonal_relaxed")
        if cut.latest and cut.year is None and "year" in frame.columns:
            split = ["source", *(c for c in indicator.by if c not in ("source", "first_year", "year"))]
            frame = frame.filter(pl.col("year") == pl.col("year").max().over(split))
        for column, value in cut.where:
            frame = frame.filter(pl.col(column) == value)
        for column, wanted in (("scope", cut.scope), ("year", cut.year)):
            if wanted is not None and column in frame.columns:
                known = frame[column].unique().sort().to_list()
                frame = frame.filter(pl.col(column) == wanted)
                if frame.is_empty() and wanted not in (known := known or self._known(indicator, column)):
                    raise _absent(indicator.id, column, wanted, known)
        order = [c for c in ("source", "scope", "first_year", "year") if c in frame.columns]
        rest = [*dict.fromkeys([*indicator.by, *indicator.key, *indicator.measures])]
        # By all that tells rows apart: engines give them in no order of their own.
        apart = dict.fromkeys([*order, *indicator.key, *indicator.by])
        # Fractions are added in any order; what that leaves in the last digits is no difference.
        same = frame.with_columns(cs.float().round_sig_figs(DIGITS))
        return same.select(*order, *(c for c in rest if c not in order)).sort(list(apart))

    def _known(self, indicator: Indicator, column: str) -> list[Any]:
        """The scopes or years of the facts an indicator stands on, for an error that says what there is."""
        table = registry.tables()[registry.facts_behind(indicator.id)[0]]
        files = self.store.files(table.id)
        lazy = with_period(self.engine.scan(files), table) if files else None
        if lazy is None or column not in lazy.collect_schema().names():
            return []
        return self.engine.collect(lazy.select(column).unique())[column].drop_nulls().sort().to_list()


def _shared(where: tuple[tuple[str, str], ...], by: tuple[str, ...], name: str) -> tuple[tuple[str, str], ...]:
    """What is asked of columns that tell worlds apart, in an indicator and in another it is computed from."""
    return tuple(
        (column, value) for column, value in where if column in by and column in registry.indicators()[name].by
    )


def _is_kept(indicator: Indicator, cut: Cut) -> bool:
    """Whether what is asked for was computed when the store was built."""
    alike = (k for k in indicator.kept if k.window == cut.window and dict(k.settings) == dict(cut.settings))
    return any(set(k.where) <= set(cut.where) for k in alike)


def run_by_world(indicator: Indicator, inputs: Mapping[str, pl.DataFrame], settings: Mapping[str, Any]) -> pl.DataFrame:
    """Run a local indicator once for each world its `by` columns tell apart in the first input.

    A world that holds too little gives no rows. Raises: NoEvidenceError, the first reason, if no world gives any.
    """
    assert indicator.compute is not None
    first, *others = inputs
    results, reasons = [], []
    for world in _worlds(inputs[first], indicator.by):
        frames = {first: _within(inputs[first], world)} | {name: _within(inputs[name], world) for name in others}
        try:
            result = indicator.compute(**frames, **settings)
        except NoEvidenceError as reason:
            reasons.append(reason)
            continue
        results.append(result.with_columns(pl.lit(value).alias(column) for column, value in world.items()))
    if reasons and not results:
        raise reasons[0]
    return pl.concat(results) if results else pl.DataFrame(schema=[*indicator.by, *indicator.key, *indicator.measures])


def _worlds(frame: pl.DataFrame, by: tuple[str, ...]) -> Iterator[dict[str, Any]]:
    present = [column for column in by if column in frame.columns]
    yield from frame.select(present).unique(maintain_order=True).iter_rows(named=True)


def _within(frame: pl.DataFrame, world: Mapping[str, Any]) -> pl.DataFrame:
    """The rows of a world, without the columns that are the same in all of them; an input of another source, which
    has no `source` column, keeps its own years up to that of the world."""
    foreign = "source" not in frame.columns
    split = [c for c in world if c in frame.columns and not (foreign and c in ("first_year", "year"))]
    rows = frame.filter(pl.lit(True), *(pl.col(column) == world[column] for column in split)).drop(split)
    dated = foreign and "year" in world and "year" in rows.columns
    return rows.filter(pl.col("year") <= world["year"]) if dated else rows


def _chosen(source: str | None, known: tuple[str, ...], indicator_id: str) -> tuple[str, ...]:
    if source is None:
        return known
    if source not in known:
        raise unknown(f"source for {indicator_id}", source, known, "the store holds nothing to compute it from")
    return (source,)


def _absent(indicator_id: str, column: str, wanted: object, known: list[Any]) -> NoEvidenceError:
    """An error that names the scopes nearest to the one asked for, or the years there are."""
    if column == "scope":
        return NoEvidenceError(f"{indicator_id}: {unknown(column, str(wanted), known, '' if known else 'it has none')}")
    return NoEvidenceError(f"{indicator_id}: no {column} {wanted}; it has {_span(known) or 'none'}")


def _span(known: list[Any]) -> str:
    if len(known) > 12 and all(isinstance(k, int) for k in known):
        return f"{known[0]} to {known[-1]}"
    return ", ".join(str(k) for k in known[:40])
