"""Legation: an open evidence engine for science and technology diplomacy.

>>> import legation as lg
>>> answer = lg.position("KOR", "quantum")     # an Answer
>>> answer.table, answer.cite(), answer.explain()  # doctest: +SKIP
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import polars as pl

    from legation.answer import Answer
    from legation.evidence import Evidence

__all__ = ["indicator", "open", "pair", "partners", "position", "table"]


def open(store: Path | str | None = None, engine: str = "duckdb", master: str | None = None) -> Evidence:
    """A store of evidence to ask: the embedded pack, or a folder that `legation build` made.

    `engine` computes what is asked: duckdb, polars or spark; `master` says where Spark runs. Raises: StoreError if the
    store is missing, cut short or altered; UserError for an unknown engine or master.
    """
    from legation.evidence import Evidence

    return Evidence.open(store, engine, master)


def position(home: str, technology: str, *, lang: str = "en") -> Answer:
    """Where does a country stand in a technology? From the embedded pack.

    `home`: ISO 3166-1 alpha-3 or alpha-2, or a name. Raises: UserError for an unknown country or technology.
    """
    return open().position(home, technology, lang=lang)


def partners(home: str, technology: str, *, lang: str = "en", **options: Any) -> Answer:
    """Whom should a country work with in a technology? From the embedded pack."""
    return open().partners(home, technology, lang=lang, **options)


def pair(home: str, partner: str, technology: str, *, lang: str = "en") -> Answer:
    """What is between two countries in a technology? From the embedded pack."""
    return open().pair(home, partner, technology, lang=lang)


def indicator(identifier: str, **cut: Any) -> pl.DataFrame:
    """Any indicator as a long table: `source`, `scope`, `year`, `window` and the indicator's own settings."""
    return open().indicator(identifier, **cut)


def table(name: str, source: str | None = None) -> pl.DataFrame:
    """A fact table of the embedded pack."""
    return open().table(name, source)
