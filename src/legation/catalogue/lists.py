"""What there is: technologies, countries, sources, indicators, tables, as tables."""

from __future__ import annotations

import polars as pl

from legation import countries as codes
from legation import registry
from legation.catalogue.availability import availability
from legation.evaluation import Evaluator
from legation.store import Store


def technologies() -> pl.DataFrame:
    """Every technology: identifier, label, what it covers."""
    rows = [(t.id, t.label["en"], t.label["ko"], t.covers["en"]) for t in registry.technologies().values()]
    return pl.DataFrame(rows, schema=["technology", "label", "label_ko", "covers"], orient="row")


def countries() -> pl.DataFrame:
    """Every country: alpha-3 code and names from CLDR."""
    rows = [(iso3, codes.name(iso3), codes.name(iso3, "ko")) for iso3 in sorted(codes.all_iso3())]
    return pl.DataFrame(rows, schema=["iso3", "name", "name_ko"], orient="row")


def sources(store: Store) -> pl.DataFrame:
    """Every source in the store: publisher, vintage, licence, tables and rows."""
    rows = [
        (name, a["publisher"], a["title"], a["vintage"], a["licence"], ", ".join(a["tables"]), _rows(a))
        for name, a in store.manifest["sources"].items()
    ]
    schema = ["source", "publisher", "title", "vintage", "licence", "tables", "rows"]
    return pl.DataFrame(rows, schema=schema, orient="row")


def indicators(store: Store, technology: str | None = None) -> pl.DataFrame:
    """Every indicator: what it asks, its unit, and from which sources this store can compute it.

    With a technology: on what evidence each stands for it, and why some do not. Raises: UserError if it is unknown.
    """
    if technology is not None:
        return availability(store, registry.pick("technology", registry.technologies(), technology))
    evaluator = Evaluator(store)
    rows = [
        (i.id, i.label["en"], i.meaning.split("\n")[0], ", ".join(m.unit for m in i.measures.values()),
         ", ".join(evaluator.sources(i.id)) or "none in this store")
        for i in registry.indicators().values()
    ]  # fmt: skip
    return pl.DataFrame(rows, schema=["indicator", "label", "question", "units", "sources"], orient="row")


def tables(store: Store) -> pl.DataFrame:
    """Every fact table: what it holds, how many rows, from which sources."""
    rows = [
        (t.id, t.meaning.split("\n")[0], sum(p.rows for p in store.parts if p.kind == "table" and p.name == t.id),
         ", ".join(store.sources_of(t.id)))
        for t in registry.tables().values()
    ]  # fmt: skip
    return pl.DataFrame(rows, schema=["table", "holds", "rows", "sources"], orient="row")


def _rows(account: dict[str, dict[str, dict[str, int]]]) -> int:
    return sum(counts["rows"] for counts in account["tables"].values())
