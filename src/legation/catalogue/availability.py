"""Which indicators a store can compute for a technology, on what evidence, and why the others cannot be."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from legation import registry
from legation.evaluation import Evaluator
from legation.model import Technology
from legation.store import PartKind, Store

EVIDENCE: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "technology": {
        "scope": ("id", "patent_technologies", "programme_parts"),
        "kind": ("capabilities",),
        "good": ("goods",),
        "mineral": ("minerals",),
        "committee": ("committees",),
        "organisation": ("memberships",),
        "agreement": ("declarations",),
    },
    "neighbouring field": {"scope": ("fields", "patent_fields")},
}
"""By the column that tells facts apart: the lists of a technology that name its own evidence, and what is near it."""

BY_COLUMN = tuple(EVIDENCE["technology"])
BY_PREFIX = ("good",)


def availability(store: Store, technology: Technology) -> pl.DataFrame:
    """One row an indicator: the `evidence` it stands on, from which `sources`, and `why` not where there is none.

    Evidence is one of technology, neighbouring field, all fields, not by technology, none.
    """
    evaluator = Evaluator(store)
    named = {evidence: names_of(technology, lists) for evidence, lists in EVIDENCE.items()}
    rows = []
    for indicator in registry.indicators().values():
        table, sources = registry.facts_behind(indicator.id)[0], evaluator.sources(indicator.id)
        kind: PartKind = "result" if registry.needs_records(indicator.id) else "table"
        where = indicator.id if kind == "result" else table
        facts = {*indicator.by, *indicator.key} & {*registry.tables()[table].columns}
        column = next((c for c in BY_COLUMN if c in facts), None)
        found, having, why = "none", [], f"no source in this store fills {table}"
        if sources and column is None:
            found, having, why = "not by technology", list(sources), ""
        elif sources:
            why = f"{', '.join(sources)}: no {column} of this technology"
            values = {s: _values(store, where, s, str(column), kind) for s in sources}
            for evidence, wanted in reversed(named.items()):
                if those := [s for s in sources if _any_of(values[s], str(column), wanted)]:
                    found, having, why = evidence, those, ""
            whole = [s for s in sources if "all" in values[s]]
            if found == "none" and whole:
                found, having, why = "all fields", whole, ""
        rows.append((indicator.id, indicator.label["en"], found, ", ".join(having), why))
    return pl.DataFrame(rows, schema=["indicator", "label", "evidence", "sources", "why"], orient="row")


def _values(store: Store, name: str, source: str, column: str, kind: PartKind) -> frozenset[str]:
    if source not in store.sources_of(name, kind):
        return frozenset()
    return frozenset(store.frame(name, source, kind)[column].drop_nulls().unique())


def names_of(technology: Technology, lists: Mapping[str, tuple[str, ...]]) -> dict[str, tuple[str, ...]]:
    """The technology's own names for values of each column."""
    named: dict[str, tuple[str, ...]] = {}
    for column, attributes in lists.items():
        found = [getattr(technology, name) for name in attributes]
        named[column] = tuple(v for value in found for v in ((value,) if isinstance(value, str) else value))
    return named


def _any_of(values: frozenset[str], column: str, named: Mapping[str, tuple[str, ...]]) -> bool:
    wanted = named.get(column, ())
    if column in BY_PREFIX:
        return any(value.startswith(wanted) for value in values) if wanted else False
    return bool(values & set(wanted))
