"""What a program needs to trust a number: definitions, origins and limits as plain data, and the rows of tables."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict
from typing import Any

import polars as pl

from legation import registry
from legation.answers._composing import definition
from legation.engine import Polars
from legation.errors import NoEvidenceError, UserError
from legation.evaluation import Evaluator
from legation.store import Store

OF_SOURCE = ("publisher", "title", "url", "licence", "vintage")
PLACES = {"country": "iso3", "partner": "partner_iso3"}


def indicator(store: Store, name: str) -> dict[str, Any]:
    """An indicator: definition, columns, settings with their defaults, caveats, and what it can be computed from here.

    Raises: UserError naming the nearest where there is none called so.
    """
    declared = registry.pick("indicator", registry.indicators(), name)
    told, evaluator = definition(name), Evaluator(store)
    return {
        **asdict(told),
        "inputs": list(told.inputs),
        "is_not": declared.is_not,
        "key": list(declared.key),
        "settings": registry.settings(declared),
        "caveats": caveats(declared.caveats),
        "series": {one: list(evaluator.lineage(name, one)) for one in evaluator.sources(name)},
        "sources": sources(store, [s for one in evaluator.sources(name) for s in evaluator.lineage(name, one)]),
    }


def table(store: Store, name: str) -> dict[str, Any]:
    """A fact table: meaning, columns with kinds and units, sources, rows. Raises: UserError naming the nearest."""
    declared = registry.pick("table", registry.tables(), name)
    columns = {
        column: {"kind": c.kind, "unit": c.unit, "meaning": c.meaning, "may_be_empty": c.nullable}
        for column, c in declared.columns.items()
    }
    having = store.sources_of(name)
    return {
        "id": name,
        "label": declared.label,
        "meaning": " ".join(declared.meaning.split()),
        "key": ["source", *declared.key],
        "columns": columns,
        "rows": {one: _rows(store, name, one) for one in having},
        "caveats": caveats(c for one in having if one in registry.sources() for c in registry.sources()[one].caveats),
        "sources": sources(store, having),
    }


def source(store: Store, name: str) -> dict[str, Any]:
    """A source: publisher, licence, vintage, what was taken in. Raises: UserError naming the nearest."""
    account = registry.pick("source", store.manifest["sources"], name)
    declared = registry.sources().get(name) if name in registry.sources() else None
    limits = declared.caveats if declared else ()
    return {
        "id": name,
        **{told: str(account[told]) for told in OF_SOURCE},
        "about": declared.about if declared else "",
        "caveats": caveats(limits),
        "tables": account["tables"],
        "rejected": account["rejected"],
        "set_aside": account["set_aside"],
    }


def technology(name: str) -> dict[str, Any]:
    """A technology: what it covers and leaves out, and the lists its evidence is looked for in.

    Raises: UserError naming the nearest.
    """
    declared = registry.pick("technology", registry.technologies(), name)
    told = asdict(declared)
    return {k: list(v) if isinstance(v, tuple) else v for k, v in told.items()}


def caveats(names: Iterable[str]) -> dict[str, str]:
    """Caveats by name, in words."""
    return {name: registry.caveats()[name].text["en"] for name in dict.fromkeys(names)}


def sources(store: Store, names: Iterable[str]) -> dict[str, dict[str, str]]:
    """Publisher, title, address, licence and vintage of sources, by identifier."""
    held = store.manifest["sources"]
    return {n: {told: str(held[n][told]) for told in OF_SOURCE} for n in dict.fromkeys(names) if n in held}


def facts(store: Store, name: str, source: str | None, offset: int, limit: int) -> tuple[pl.DataFrame, int]:
    """So many rows of a fact table from an offset on, and how many there are; no more is read than is given.

    Raises: UserError for an unknown table or source, NoEvidenceError where the store holds no rows of it.
    """
    registry.pick("table", registry.tables(), name)
    having = store.sources_of(name)
    if not having:
        raise NoEvidenceError(f"the store holds no {name}")
    if source is not None:
        registry.pick("source", dict.fromkeys(having), source)
    parts = [Polars().scan([file]).to_native() for file in store.files(name, source)]
    page = pl.concat(parts, how="vertical_relaxed").slice(offset, limit).collect()
    return page, sum(_rows(store, name, one) for one in ((source,) if source else having))


def of_places(frame: pl.DataFrame, places: Mapping[str, str]) -> pl.DataFrame:
    """The rows of a country and of a partner, where these are given.

    Raises: UserError where the rows are not told apart by such a column.
    """
    for place, iso3 in places.items():
        if PLACES[place] not in frame.columns:
            raise UserError(f"these rows have no {place}; leave it out")
        frame = frame.filter(pl.col(PLACES[place]) == iso3)
    return frame


def naming(frame: pl.DataFrame, table: str, economies: Iterable[str]) -> pl.DataFrame:
    """The rows of a fact table that name each of these economies, in whichever column.

    Raises: UserError where the rows name no economies.
    """
    declared = registry.tables()[table].columns
    places = [c for c in frame.columns if c in declared and declared[c].kind in ("iso3", "economy")]
    for iso3 in economies:
        if not places:
            raise UserError(f"the rows of {table} name no countries; leave the country out")
        frame = frame.filter(pl.any_horizontal(pl.col(place) == iso3 for place in places))
    return frame


def _rows(store: Store, name: str, source: str) -> int:
    return sum(p.rows for p in store.parts if (p.kind, p.name, p.source) == ("table", name, source))
