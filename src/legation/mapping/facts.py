"""Fact tables of one's own: each column where the mapping says it stands."""

from __future__ import annotations

from pathlib import Path

import polars as pl

from legation import registry
from legation.declaring import DeclarationError
from legation.errors import unknown
from legation.mapping import fields
from legation.mapping.declared import Mapping
from legation.mapping.reading import read
from legation.mapping.report import Report


def table(mapping: Mapping, path: Path, source: str, report: Report) -> pl.DataFrame:
    """The rows of a fact table; those that do not fit are noted and left out.

    Raises: UserError for an unknown table; DeclarationError for a column the table does not have or needs.
    """
    known = registry.pick("table", registry.tables(), mapping.holds)
    for name in mapping.columns:
        if name not in known.columns:
            raise DeclarationError(f"{mapping.name}: columns: {unknown(f'column of {known.id}', name, known.columns)}")
    needed = {n: c for n, c in known.columns.items() if not c.nullable}
    if lacking := [name for name in needed if name not in mapping.columns]:
        told = "; ".join(f"{n}: {needed[n].meaning}" for n in lacking)
        raise DeclarationError(f"{mapping.name}: columns lacks {', '.join(lacking)} ({told})")
    raw = read(mapping, path, [g.column for g in mapping.columns.values() if g.column], report)
    if raw.is_empty():
        report.notes.append(f"{path.name} holds no rows")
    columns = {
        name: fields.read(raw, name, mapping.columns[name], column, source, report)
        for name, column in known.columns.items()
        if name in mapping.columns
    }
    made = raw.select("file", "line").with_columns(**columns)
    whole = report.fitting(made)
    again = whole.select(~pl.struct(known.key).is_first_distinct()).to_series()
    shown = whole.with_columns(_key=pl.concat_str(pl.col(known.key).cast(pl.String), separator=", ", ignore_nulls=True))
    if mapping.duplicates == "first":
        report.left_out["the same key stands in the file before"] += int(again.sum())
    else:
        mend = "each row is told apart by these columns; give it once"
        report.keep(shown, again, ", ".join(known.key), "stands more than once", mend, shown="_key")
    fitting = report.fitting(whole).filter(pl.struct(known.key).is_first_distinct()).drop("file", "line")
    empty = [pl.lit(None).alias(n) for n in known.columns if n not in fitting.columns]
    report.rows = {known.id: fitting.height}
    return fitting.with_columns(*empty).select(*known.columns)
