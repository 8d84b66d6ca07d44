"""What a table must keep, checked row by row at every write and for tables people bring."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl

from legation import countries
from legation.errors import DataError, StoreError
from legation.model import SUPPRESSED_BELOW_RESEARCHERS, WORLD, Column, Indicator, Table

POLARS_TYPES: dict[str, type[pl.DataType]] = {
    "year": pl.Int64,
    "count": pl.Int64,
    "number": pl.Float64,
    "flag": pl.Boolean,
}
MOST_SHOWN = 20
MOST_KINDS = 10_000


@dataclass(frozen=True)
class Problem:
    """Something a table must not hold: the row (counted from 1 after the header), the column, the reason."""

    row: int | None
    column: str
    reason: str

    def __str__(self) -> str:
        return f"row {self.row}, {self.column}: {self.reason}" if self.row else f"{self.column}: {self.reason}"


def schema(table: Table) -> dict[str, type[pl.DataType]]:
    """The Polars types of a table, `source` first."""
    return {"source": pl.String} | {name: POLARS_TYPES.get(c.kind, pl.String) for name, c in table.columns.items()}


def conform(table: Table, frame: pl.DataFrame) -> pl.DataFrame:
    """The frame in the declared types and order, or a DataError that lists rows and reasons.

    Raises: DataError with the first problems of each kind and how many there are in all.
    """
    problems = list(_shape_problems(table, frame))
    if not problems:
        frame = frame.select(*schema(table))
        problems = list(_type_problems(table, frame))
    if not problems:
        frame = frame.cast(schema(table))  # type: ignore[arg-type]
        problems = list(_value_problems(table, frame))
        ordered = _in_order(frame, ["source", *table.key])
        if _stands_twice(ordered.select("source", *table.key)):
            problems += _key_problems(table, frame)
    if problems:
        shown = "\n  ".join(str(p) for p in problems[:MOST_SHOWN])
        more = f"\n  … and {len(problems) - MOST_SHOWN} more" if len(problems) > MOST_SHOWN else ""
        raise DataError(
            f"table {table.id}: {len(problems)} problem{'s' if len(problems) > 1 else ''}\n  {shown}{more}\n"
            f"what the table must hold: legation explain {table.id}"
        )
    return ordered


def suppress(table: Table, frame: pl.DataFrame, k: int = SUPPRESSED_BELOW_RESEARCHERS) -> tuple[pl.DataFrame, int]:
    """Blank the cells that describe 1 to k-1 researchers; give the frame and how many were blanked."""
    if k < SUPPRESSED_BELOW_RESEARCHERS:
        raise DataError(f"cells under {SUPPRESSED_BELOW_RESEARCHERS} researchers are always suppressed; {k} is too few")
    few = {name: pl.col(name).is_between(1, k - 1) for name in table.researchers}
    blanked = sum(int(frame.select(cells.sum()).item() or 0) for cells in few.values())
    return frame.with_columns(
        pl.when(~cells.fill_null(False)).then(name).alias(name) for name, cells in few.items()
    ), blanked


def suppress_measures(indicator: Indicator, frame: pl.DataFrame, k: int = SUPPRESSED_BELOW_RESEARCHERS) -> pl.DataFrame:
    """Blank the measures of an indicator that tell of 1 to k-1 researchers, as `Measure.researchers` says."""
    few = {
        name: pl.any_horizontal(pl.col(c).is_between(1, k - 1).fill_null(False) for c in measure.researchers)
        for name, measure in indicator.measures.items()
        if measure.researchers
    }
    return frame.with_columns(pl.when(~cells).then(name).alias(name) for name, cells in few.items())


def private_sources(sources: Mapping[str, Mapping[str, Any]]) -> tuple[str, ...]:
    """Of the sources in a manifest, those that are somebody's own."""
    return tuple(sorted(name for name, told in sources.items() if told.get("private")))


def check_public(sources: Mapping[str, Mapping[str, Any]], root: Path) -> None:
    """Raises: StoreError if one of the sources is somebody's own: what is built may be published, that may not."""
    if private := private_sources(sources):
        raise StoreError(
            f"{root} would hold {', '.join(private)}, which is private; build into another folder and put your own "
            f"data beside it with `legation load --store BUILT --out PRIVATE`"
        )


def _shape_problems(table: Table, frame: pl.DataFrame) -> Iterator[Problem]:
    for name in ("source", *table.columns):
        if name not in frame.columns:
            yield Problem(None, name, f"missing column; the table has {', '.join(frame.columns)}")
    for name in frame.columns:
        if name != "source" and name not in table.columns:
            yield Problem(None, name, f"no such column in {table.id}; its columns are {', '.join(table.columns)}")


def _type_problems(table: Table, frame: pl.DataFrame) -> Iterator[Problem]:
    for name, dtype in schema(table).items():
        column = frame[name]
        if column.dtype in (dtype, pl.Null):
            continue
        if not _convertible(column.dtype, dtype):
            yield Problem(None, name, f"holds {column.dtype}, the table has a {table.columns[name].kind}")
            continue
        bad = column.is_not_null() & column.cast(dtype, strict=False).is_null()
        if column.dtype in (pl.Float32, pl.Float64) and dtype == pl.Int64:
            bad = bad | (column != column.round())
        if dtype == pl.Boolean:
            bad = bad | ~column.is_in([0, 1])
        for row in bad.arg_true().to_list():
            yield Problem(row + 1, name, f"{column[row]!r} is not a {table.columns[name].kind}")


def _convertible(given: pl.DataType, wanted: type[pl.DataType]) -> bool:
    """Whether values may be read as another type: numbers written as text, codes written as numbers, 0 and 1 as flags;
    never dates, lists or bytes."""
    if wanted == pl.String:
        return given.is_numeric() or given in (pl.Categorical, pl.Enum)
    return given.is_numeric() or (given == pl.String and wanted != pl.Boolean)


def _value_problems(table: Table, frame: pl.DataFrame) -> Iterator[Problem]:
    for name, declared in table.columns.items():
        for bad, reason in _rules(name, declared):
            broken = frame.select(bad.fill_null(False).alias("bad"))["bad"]
            for row in broken.arg_true().to_list():
                yield Problem(row + 1, name, f"{frame[name][row]!r} {reason}")


def _rules(name: str, declared: Column) -> Iterator[tuple[pl.Expr, str]]:
    value = pl.col(name)
    if not declared.nullable:
        yield value.is_null(), "is empty"
    match declared.kind:
        case "iso3" | "economy":
            allowed = countries.all_iso3() | ({WORLD} if declared.kind == "economy" else set())
            yield ~value.is_in(sorted(allowed)), "is not an ISO 3166-1 alpha-3 code"
        case "year":
            yield ~value.is_between(1900, 2100), "is not a year from 1900 to 2100"
        case "text" | "pseudonym":
            yield value.str.strip_chars() == "", "is blank"
        case "count":
            yield value < 0, "is negative"
        case "number":
            yield ~value.is_finite(), "is not finite"
    if declared.minimum is not None:
        yield value < declared.minimum, f"is below {declared.minimum:g}"
    if declared.maximum is not None:
        yield value > declared.maximum, f"is above {declared.maximum:g}"
    if declared.values:
        yield ~value.is_in(list(declared.values)), f"is not one of {', '.join(declared.values)}"


def _in_order(frame: pl.DataFrame, by: Sequence[str]) -> pl.DataFrame:
    """Rows sorted by texts and whole numbers: by one number for all of them where it has room, many times as fast."""
    place, room = pl.lit(0, pl.Int64), 1
    for name in by:
        code, kinds = _code(frame[name])
        room *= kinds + 1
        if not kinds or room >= 2**63:
            return frame.sort(by)
        place = place * (kinds + 1) + code.fill_null(0)
    return frame.with_columns(place.alias(" place")).sort(" place").drop(" place")


def _code(column: pl.Series) -> tuple[pl.Expr, int]:
    """Whole numbers from 1 in the order of the values of a column, and how many there may be: none if too many."""
    value = pl.col(column.name)
    if column.dtype == pl.String and len(texts := column.drop_nulls().unique()) <= MOST_KINDS:
        return value.cast(pl.Enum(texts.sort())).to_physical().cast(pl.Int64) + 1, len(texts)
    first, last = column.min(), column.max()
    if isinstance(first, int) and isinstance(last, int):
        return value - first + 1, last - first + 1
    return value, 0


def _stands_twice(ordered: pl.DataFrame) -> bool:
    """Whether two rows that follow each other are the same."""
    same = pl.all_horizontal(pl.all().eq_missing(pl.all().shift()))
    return bool(ordered.select(same.slice(1).any()).item())


def _key_problems(table: Table, frame: pl.DataFrame) -> Iterator[Problem]:
    key = ["source", *table.key]
    twice = frame.select(pl.struct(key).is_duplicated().alias("twice"))["twice"]
    for row in twice.arg_true().to_list():
        yield Problem(row + 1, ", ".join(table.key), f"{frame.select(table.key).row(row)} stands more than once")
