"""Indicators from single works, computed while these are at hand: the build keeps what is counted, not the works.

Those computed in memory share their records: these are read once, and each world is cut out once for all of them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path

import polars as pl

from legation import registry
from legation.checks import suppress_measures
from legation.engine import Engine
from legation.errors import NoEvidenceError
from legation.evaluation import run_by_world
from legation.model import Indicator

Grouping = tuple[tuple[str, ...], tuple[str, ...]]


def results(records: Mapping[str, Path], engine: Engine) -> Iterator[tuple[str, pl.DataFrame]]:
    """Every indicator that these records suffice for and say something of, with small cells blank, in rows in order."""
    known = registry.indicators().values() if records else ()
    chosen = [one for one in known if all(name in records for name in registry.inputs(one))]
    in_memory = _in_memory([one for one in chosen if not registry.is_relational(one)], records, engine)
    for indicator in chosen:
        frames = in_memory[indicator.id] if indicator.id in in_memory else _by_engine(indicator, records, engine)
        frame = pl.concat(frames) if frames else pl.DataFrame()
        if not frame.is_empty():
            columns = list(dict.fromkeys(["source", *indicator.by, *indicator.key, *indicator.measures]))
            whole = suppress_measures(indicator, frame.select(columns))
            yield indicator.id, whole.sort(columns[: -len(indicator.measures)])


def _by_engine(indicator: Indicator, records: Mapping[str, Path], engine: Engine) -> list[pl.DataFrame]:
    assert indicator.compute is not None
    lazies = {name: engine.scan([records[name]]) for name in registry.inputs(indicator)}
    try:
        return [engine.collect(indicator.compute(**lazies))]
    except NoEvidenceError:
        return []  # works of this source say nothing of what the indicator is about, such as topics


def _in_memory(
    indicators: Sequence[Indicator], records: Mapping[str, Path], engine: Engine
) -> dict[str, list[pl.DataFrame]]:
    """The rows of each indicator, world by world; none from a world that holds too little."""
    found: dict[str, list[pl.DataFrame]] = {one.id: [] for one in indicators}
    alike: dict[Grouping, list[Indicator]] = {}
    for one in indicators:
        alike.setdefault((registry.inputs(one), one.by), []).append(one)
    needed = dict.fromkeys(name for names, _ in alike for name in names)
    read = {name: engine.collect(engine.scan([records[name]])) for name in needed}
    for (names, by), those in alike.items():
        for world in _worlds([(name, read[name]) for name in names], by):
            for one in those:
                with suppress(NoEvidenceError):
                    found[one.id].append(run_by_world(one, world, {}))
    return found


def _worlds(inputs: Iterable[tuple[str, pl.DataFrame]], by: tuple[str, ...]) -> Iterator[dict[str, pl.DataFrame]]:
    """The works of each world, and of the other records those of these works."""
    (first, works), *others = inputs
    for _, own in works.group_by([name for name in by if name in works.columns], maintain_order=True):
        of_these = own.select("work_id")
        yield {first: own} | {
            name: rows.join(of_these, on="work_id", how="semi", maintain_order="left") for name, rows in others
        }
