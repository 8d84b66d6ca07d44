"""The facts behind a number: the rows of the fact tables an indicator stands on, of one country and technology."""

from __future__ import annotations

from collections.abc import Sequence
from functools import reduce
from operator import or_

import polars as pl

from legation import registry
from legation.catalogue.availability import EVIDENCE, names_of
from legation.model import Technology
from legation.store import Store

TELLS_APART = tuple(EVIDENCE["technology"])
EVERYTHING = "all"


def tables_behind(store: Store, indicator: str, sources: Sequence[str]) -> dict[str, tuple[str, ...]]:
    """The fact tables an indicator stands on, with those of the sources that fill each; single works are not shown."""
    found = {}
    for name in registry.facts_behind(indicator):
        filling = tuple(s for s in store.sources_of(name) if s in sources)
        if filling and not registry.tables()[name].records:
            found[name] = filling
    return found


def rows_behind(
    store: Store, table: str, sources: Sequence[str], technology: Technology, economies: Sequence[str]
) -> pl.DataFrame:
    """The rows of a fact table that tell of any of the economies in what the technology names, the newest first.

    What it names is looked for as answers do: its own lists, then those of neighbouring fields, then all fields
    together. Raises: UserError for an unknown table.
    """
    declared = registry.pick("table", registry.tables(), table)
    frame = pl.concat([store.frame(table, source) for source in sources], how="vertical_relaxed")
    places = [c for c, column in declared.columns.items() if column.kind in ("iso3", "economy") and c in frame.columns]
    if places:
        frame = frame.filter(reduce(or_, [pl.col(place).is_in(list(economies)) for place in places]))
    column = next((c for c in TELLS_APART if c in frame.columns), None)
    if column is not None:
        own, near = (names_of(technology, lists).get(column, ()) for lists in EVIDENCE.values())
        wanted = pl.col(column).is_in([*own, *near, EVERYTHING])
        if column == "good":
            wanted |= reduce(or_, [pl.col(column).str.starts_with(code) for code in own], pl.lit(False))
        frame = frame.filter(wanted)
    newest = [c for c in (declared.time,) if c and c in frame.columns]
    return frame.sort(newest, descending=True, maintain_order=True) if newest else frame
