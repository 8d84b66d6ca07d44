"""The worked examples of indicators: read from their text, run on an engine, compared with what was worked by hand."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from typing import Any

import polars as pl

from legation import registry
from legation.checks import schema
from legation.engine import Engine
from legation.errors import DataError
from legation.evaluation import run_by_world
from legation.model import Column, Indicator
from legation.periods import with_period

EMPTY = "-"
NEUTRAL: Mapping[str, Any] = {"year": 2020, "count": 1, "number": 1.0, "flag": False}
NEUTRAL_TEXT = "example"
RELATIVE_TOLERANCE = 1e-9
FLAGS = {"true": True, "false": False}


def cells(text: str) -> tuple[list[str], list[list[str | None]]]:
    """The header and rows of an aligned text: columns stand two spaces or more apart, `-` is empty.

    Raises: DataError for a row with more or fewer cells than the header.
    """
    header, *rows = [re.split(r"\s{2,}", line.strip()) for line in text.strip().splitlines() if line.strip()]
    for row in rows:
        if len(row) != len(header):
            raise DataError(f"worked example: {'  '.join(row)!r} has {len(row)} cells under {', '.join(header)}")
    return header, [[None if cell == EMPTY else cell for cell in row] for row in rows]


def given(indicator: Indicator) -> dict[str, pl.DataFrame]:
    """The inputs of the worked example as frames: tables in their declared types, results of indicators as they read.

    A column the example leaves out takes one neutral value: 2020, 1, 1.0, False, `example`, or nothing where the column
    may be empty.
    """
    return {name: _input(name, text) for name, text in indicator.example.given.items()}


def expected(indicator: Indicator) -> pl.DataFrame:
    """The rows worked out by hand: whole numbers, numbers, or text, as each column reads."""
    return _inferred(indicator.example.expect)


def run(indicator: Indicator, engine: Engine) -> pl.DataFrame:
    """The worked example computed on an engine."""
    assert indicator.compute is not None
    frames, settings = {}, indicator.example.settings
    for name, frame in given(indicator).items():
        lazy = engine.lazy(frame)
        frames[name] = with_period(lazy, registry.tables()[name]) if name in registry.tables() else lazy
    if registry.is_relational(indicator):
        return engine.collect(indicator.compute(**frames, **settings))
    return run_by_world(indicator, {name: engine.collect(lazy) for name, lazy in frames.items()}, settings)


def differences(indicator: Indicator, result: pl.DataFrame) -> list[str]:
    """Where a result differs from what was worked out: rows that lack or are too many, values more than 1e-9 apart.

    Only the columns worked out are compared. Rows are told apart by those of them that are in `by` or `key`.
    """
    expect = expected(indicator)
    absent = [column for column in expect.columns if column not in result.columns]
    if absent:
        return [f"no column {', '.join(absent)}; the result has {', '.join(result.columns)}"]
    names = [column for column in expect.columns if column in (*indicator.by, *indicator.key)]
    wanted, found = _by_name(expect, names), _by_name(result.select(expect.columns), names)
    problems = [f"{name} is not in the result" for name in wanted if name not in found]
    problems += [f"{name} is not expected" for name in found if name not in wanted]
    problems += [f"{name}: {len(rows)} rows, not one" for name, rows in found.items() if len(rows) > 1]
    for name in wanted:
        for column, value in wanted[name][0].items():
            if name in found and not _same(value, found[name][0][column]):
                problems.append(f"{name}: {column} is {found[name][0][column]!r}, worked out {value!r}")
    return problems


def _input(name: str, text: str) -> pl.DataFrame:
    if name in registry.tables():
        table = registry.tables()[name]
        header, rows = cells(text)
        types = schema(table)
        frame = pl.DataFrame(rows, schema=dict.fromkeys(header, pl.String), orient="row")
        read = [_typed(pl.col(column), types[column]).alias(column) for column in header]
        left_out = {"source": NEUTRAL_TEXT} | {c: _neutral(d) for c, d in table.columns.items()}
        added = [pl.lit(v, types[c]).alias(c) for c, v in left_out.items() if c not in header]
        return frame.select(*read, *added).select(*types)
    indicator = registry.indicators()[name]
    frame = _inferred(text)
    years = dict.fromkeys(("first_year", "year"), NEUTRAL["year"])
    columns = {column: years.get(column, NEUTRAL_TEXT) for column in (*indicator.by, *indicator.key)}
    columns |= dict.fromkeys(indicator.measures, NEUTRAL["number"])
    return frame.with_columns(pl.lit(v).alias(c) for c, v in columns.items() if c not in frame.columns)


def _neutral(declared: Column) -> Any:
    return None if declared.nullable else NEUTRAL.get(declared.kind, NEUTRAL_TEXT)


def _typed(cell: pl.Expr, dtype: Any) -> pl.Expr:
    return cell.replace_strict(FLAGS, return_dtype=pl.Boolean) if dtype == pl.Boolean else cell.cast(dtype)


def _inferred(text: str) -> pl.DataFrame:
    header, rows = cells(text)
    columns = {}
    for index, name in enumerate(header):
        text_column = pl.Series(name, [row[index] for row in rows], pl.String)
        read = (text_column.cast(dtype, strict=False) for dtype in (pl.Int64, pl.Float64))
        columns[name] = next((c for c in read if c.null_count() == text_column.null_count()), text_column)
    return pl.DataFrame(columns)


def _by_name(frame: pl.DataFrame, names: Sequence[str]) -> dict[str, list[dict[str, Any]]]:
    found: dict[str, list[dict[str, Any]]] = {}
    for row in frame.iter_rows(named=True):
        found.setdefault(", ".join(str(row[name]) for name in names), []).append(row)
    return found


def _same(wanted: Any, value: Any) -> bool:
    if isinstance(wanted, int | float) and isinstance(value, int | float):
        return math.isclose(wanted, value, rel_tol=RELATIVE_TOLERANCE, abs_tol=1e-12)
    return bool(wanted == value)
