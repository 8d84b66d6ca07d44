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

__all__ = [
    "coalition",
    "exposure",
    "indicator",
    "institutions",
    "norms",
    "open",
    "pair",
    "partners",
    "position",
    "role",
    "scenario",
    "table",
    "talent",
    "topics",
]


def open(
    store: Path | str | None = None, engine: str | None = None, master: str | None = None, own: Path | str | None = None
) -> Evidence:
    """A store of evidence to ask: the embedded pack, or a folder that `legation build` made.

    `engine` computes what is asked: duckdb, polars or spark; `master` says where Spark runs; `own` is a folder of your
    own indicators, technologies, lenses and blocs. Raises: StoreError if the store is missing, cut short or altered;
    UserError for an unknown engine or master; DeclarationError for a file in `own` that does not say what it must.
    """
    from legation.evidence import Evidence

    return Evidence.open(store, engine, master, own)


def position(home: str, technology: str, *, lang: str = "en") -> Answer:
    """Where do we stand? From the embedded pack.

    `home`: ISO 3166-1 alpha-3 or alpha-2, or a name; `lang`: en or ko. Raises: UserError for an unknown country,
    technology or language. So do the others.
    """
    return open().position(home, technology, lang=lang)


def partners(home: str, technology: str, *, lang: str = "en", **options: Any) -> Answer:
    """Whom should we work with? Options: lens, weight, weights, income, draws, top. From the embedded pack."""
    return open().partners(home, technology, lang=lang, **options)


def pair(home: str, partner: str, technology: str, *, lang: str = "en") -> Answer:
    """What is between us and them? From the embedded pack."""
    return open().pair(home, partner, technology, lang=lang)


def topics(home: str, partner: str, technology: str, *, lang: str = "en") -> Answer:
    """On what should we work together? From the embedded pack."""
    return open().topics(home, partner, technology, lang=lang)


def talent(home: str, technology: str, *, lang: str = "en") -> Answer:
    """Where are our people and whose people are here? From the embedded pack."""
    return open().talent(home, technology, lang=lang)


def exposure(home: str, technology: str, *, lang: str = "en") -> Answer:
    """Where are we vulnerable? From the embedded pack."""
    return open().exposure(home, technology, lang=lang)


def role(home: str, technology: str, *, lang: str = "en", **options: Any) -> Answer:
    """What role can we play? Option: bloc. From the embedded pack."""
    return open().role(home, technology, lang=lang, **options)


def coalition(home: str, technology: str, *, lang: str = "en", **options: Any) -> Answer:
    """With whom do we reach a share of the world? Options: share, of, objective, max_distance … From the pack."""
    return open().coalition(home, technology, lang=lang, **options)


def norms(home: str, technology: str, *, lang: str = "en", **options: Any) -> Answer:
    """Who writes the rules? Option: beside. From the embedded pack."""
    return open().norms(home, technology, lang=lang, **options)


def institutions(home: str, technology: str, *, lang: str = "en", **options: Any) -> Answer:
    """Who exactly? Option: abroad. From the embedded pack."""
    return open().institutions(home, technology, lang=lang, **options)


def scenario(home: str, technology: str, *, lang: str = "en", **options: Any) -> Answer:
    """What if? Options: remove, add, file. From the embedded pack."""
    return open().scenario(home, technology, lang=lang, **options)


def indicator(identifier: str, **cut: Any) -> pl.DataFrame:
    """Any indicator as a long table: `source`, `scope`, `year`, `window` and the indicator's own settings."""
    return open().indicator(identifier, **cut)


def table(name: str, source: str | None = None) -> pl.DataFrame:
    """A fact table of the embedded pack."""
    return open().table(name, source)
