"""Single columns: from what stands in somebody's file to what a table takes, each value that does not fit told."""

from __future__ import annotations

from collections.abc import Callable

import polars as pl

from legation import countries
from legation.intake import pseudonym
from legation.mapping.declared import Given
from legation.mapping.places import codes
from legation.mapping.report import Report
from legation.model import Column

FIRST_YEAR, LAST_YEAR = 1900, 2100
LARGEST = 2**53 - 1
TRUE = ("true", "yes", "y", "1", "t")
FALSE = ("false", "no", "n", "0", "f")
FORMULA = r"^\s*[=@]|^[+\-]\s*[^\d\s.]|^[\t\r]"
"""A cell a spreadsheet would run. A plus or minus sign before a number is none."""
UNSAFE = r"[\x00-\x1f\x7f\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]"
"""Control characters, and marks that turn the direction of writing: what is read is not what stands there."""
_Keep = Callable[[pl.Series, str, str], None]
AS_VALUES = "save the sheet as values, not as formulas"


def text(frame: pl.DataFrame, given: Given) -> pl.Series:
    """A column as text, as the mapping takes it: replaced, cut, emptied; nothing where there is nothing."""
    if given.value:
        return pl.repeat(given.value, frame.height, dtype=pl.String, eager=True)
    found = frame[given.column]
    if isinstance(found.dtype, pl.List):
        found = found.list.join("; ")
    value = pl.col("value").str.strip_chars()
    made: pl.Expr = pl.when(~value.is_in(["", *given.empty])).then(value)
    if given.pattern:
        made = made.str.extract(given.pattern)
    if given.values:
        rest = pl.lit(given.otherwise) if given.otherwise else made
        made = made.replace_strict(dict(given.values), default=rest, return_dtype=pl.String)
    elif given.otherwise:
        made = pl.when(made.is_not_null()).then(pl.lit(given.otherwise))
    if given.slug:
        made = made.str.to_lowercase().str.replace_all("[^a-z0-9]+", "-").str.strip_chars("-")
    if given.default:
        made = pl.when(made.is_not_null()).then(made).otherwise(pl.lit(given.default))
    return pl.DataFrame({"value": found}).select(made).to_series()


def read(frame: pl.DataFrame, name: str, given: Given, column: Column, source: str, report: Report) -> pl.Series:
    """A column in the type a table takes; rows whose value does not fit are noted in the report."""
    raw = text(frame, given)
    seen = frame.select("file", "line").with_columns(raw.alias("value"))
    label = given.column or name

    def keep(bad: pl.Series, why: str, mend: str) -> None:
        report.keep(seen, bad, label, why, mend, shown="value")

    if not column.nullable:
        keep(raw.is_null(), "is empty", f"{name} is needed in every row: {column.meaning}")
    match column.kind:
        case "year" | "count" | "number":
            return _number(raw, name, column, keep)
        case "flag":
            lower = raw.str.to_lowercase()
            keep(~lower.is_in([*TRUE, *FALSE]), "is not true or false", f"give one of {', '.join(TRUE + FALSE)}")
            return lower.is_in(list(TRUE)).set(raw.is_null(), None)
        case "iso3" | "economy":
            return _country(raw, given, column.kind == "economy", keep)
        case "pseudonym":
            return pseudonym(source, raw)
        case _:
            _safe(raw, keep)
            if column.values:
                keep(~raw.is_in(list(column.values)), "is not one of those known", f"give {', '.join(column.values)}")
            return raw


def _safe(raw: pl.Series, keep: _Keep) -> None:
    if not raw.str.contains(f"{FORMULA}|{UNSAFE}").any():
        return
    keep(raw.str.contains(FORMULA), "begins as a formula does", AS_VALUES)
    keep(
        raw.str.contains(UNSAFE), "holds a control or direction mark", "remove it; what is shown is not what is written"
    )


def _number(raw: pl.Series, name: str, column: Column, keep: _Keep) -> pl.Series:
    whole = column.kind != "number"
    value = raw.cast(pl.Float64, strict=False)
    unreadable = raw.is_not_null() & (value.is_null() | ~value.is_finite()).fill_null(True)
    kind = "whole number" if whole else "number"
    keep(unreadable, f"is not a {kind}", f"give {name} in digits, without thousands separators; {AS_VALUES}")
    value = value.set(unreadable, None)
    if whole:
        keep((value != value.round()) | (value.abs() > LARGEST), "is not a whole number", "give it without fractions")
    if column.kind == "year":
        keep(~value.is_between(FIRST_YEAR, LAST_YEAR), "is not a year of our time", f"{FIRST_YEAR} to {LAST_YEAR}")
    least = column.minimum if column.minimum is not None else 0.0 if column.kind == "count" else None
    if least is not None:
        keep(value < least, f"is below {least:g}", f"{name} is at least {least:g}: {column.meaning}")
    if column.maximum is not None:
        keep(value > column.maximum, f"is above {column.maximum:g}", f"{name} is at most {column.maximum:g}")
    return value.cast(pl.Int64, strict=False) if whole else value


def _country(raw: pl.Series, given: Given, world: bool, keep: _Keep) -> pl.Series:
    known = codes(raw, given.code, {}) | ({"WLD": "WLD"} if world else {})
    regions = [
        v for v in raw.drop_nulls().unique() if v not in known and countries.fold(v) in countries.not_countries()
    ]
    keep(raw.is_in(regions), "is a region or a total", "leave such rows out: totals are never added to countries")
    strange = ~raw.is_in([*known, *regions])
    keep(
        strange,
        "is not a known country",
        f"it is read as {given.code}; say `code` in the mapping, or mend the spelling",
    )
    return raw.replace_strict(known, default=None, return_dtype=pl.String)
