"""Cutting tables to a scope and a period, the same way for every indicator."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import narwhals as nw

from legation.errors import UserError
from legation.model import Table


@dataclass(frozen=True)
class Cut:
    """What part of the facts to take: a scope, the last year, how many years, values of columns, changed settings.

    Without a year, every period is computed; with `latest` (or a window over one year), the newest of each world.
    """

    scope: str | None = None
    year: int | None = None
    window: int = 1
    latest: bool = False
    where: tuple[tuple[str, str], ...] = ()
    settings: Mapping[str, Any] = field(default_factory=dict, hash=False)

    @property
    def changed(self) -> str:
        """The changed settings in a text, by which results are kept apart; empty where none are."""
        return ", ".join(f"{name}={value!r}" for name, value in sorted(self.settings.items()))


def of_scope(lazy: nw.LazyFrame[Any], table: Table, scope: str | None) -> nw.LazyFrame[Any]:
    """The rows of one scope, where the table tells scopes apart and one is asked for."""
    return lazy.filter(nw.col("scope") == scope) if scope is not None and "scope" in table.columns else lazy


def up_to(lazy: nw.LazyFrame[Any], table: Table, year: int | None) -> nw.LazyFrame[Any]:
    """Every period of a table up to a year, named by `first_year` and `year`."""
    dated = with_period(lazy, table)
    return dated if year is None or table.time is None else dated.filter(nw.col("year") <= year)


def with_period(lazy: nw.LazyFrame[Any], table: Table) -> nw.LazyFrame[Any]:
    """Name the period of each row by `first_year` and `year`; records and undated tables are left as they are.

    Beside a column that counts researchers stands `…_blank`: how many of its cells are suppressed, here none or one.
    """
    if table.time is None or table.records:
        return lazy
    blank = {f"{c}_blank": nw.col(c).is_null().cast(nw.Int64) for c in table.researchers}
    dated = lazy.rename({"last_year": "year"}) if table.time == "last_year" else lazy.with_columns(first_year="year")
    return dated.with_columns(**blank) if blank else dated


def cut_period(lazy: nw.LazyFrame[Any], table: Table, cut: Cut, by: tuple[str, ...]) -> nw.LazyFrame[Any]:
    """Cut a table to the period asked for; a window adds up the columns that may be, and counts the cells suppressed.

    The newest period is that of each world `by` tells apart: patent families and grants may end in different years.
    """
    dated = with_period(lazy, table)
    if table.time is None or table.records or not (cut.year or cut.latest or cut.window > 1):
        return dated
    split = ["source", *(c for c in by if c in table.columns and c not in ("first_year", "year"))]
    if cut.year is not None:
        dated = dated.with_columns(end=nw.lit(cut.year))
    else:
        dated = dated.join(dated.group_by(split).agg(end=nw.col("year").max()), on=split, how="inner")
    if cut.window == 1:
        return dated.filter(nw.col("year") == nw.col("end")).drop("end")
    if any(c not in table.additive for c in table.columns if c not in table.key):
        raise UserError(f"{table.id} cannot be added up over years; leave the window at 1")
    begin = nw.col("end") - (cut.window - 1)
    within = dated.filter(nw.col("year") <= nw.col("end"), nw.col("first_year") >= begin)
    within = within.join(within.group_by(split).agg(begin=nw.col("first_year").min()), on=split, how="inner")
    key = ["source", *(c for c in table.key if c not in ("first_year", "last_year", "year"))]
    blanks = [f"{c}_blank" for c in table.researchers]
    known = {f"{c}_known": nw.col(c).count() for c in table.additive}
    summed = within.group_by([*key, "begin", "end"]).agg(
        *(nw.col(c).sum() for c in (*table.additive, *blanks)), **known
    )
    # Engines widen sums of whole numbers each in its own way; the table's own type is kept.
    types = {c: nw.Int64 if table.columns[c].kind == "count" else nw.Float64 for c in table.additive}
    sums: dict[str, nw.Expr] = {
        c: nw.when(nw.col(f"{c}_known") > 0).then(nw.col(c).cast(kind)) for c, kind in types.items()
    }
    sums |= {c: nw.col(c).cast(nw.Int64) for c in blanks}
    return summed.with_columns(**sums).drop(*known).rename({"begin": "first_year", "end": "year"})
