"""Figures as tables for people: values with their intervals, ranks of how many, periods in one column."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import polars as pl

from legation import countries, registry
from legation.answer import Figure
from legation.answers._composing import AS_UNIT_SAYS
from legation.language import translate, words
from legation.model import Table
from legation.phrasing import Phrasing
from legation.surfaces import display

Row = Mapping[str, Any]
ENDS = {"value": ("low", "high"), "median_rank": ("rank_low", "rank_high")}
INSIDE = ("scope", "unit", "format", "first_year", "body_id")
"""Columns that are shown inside another one; files keep them all."""
VALUE, TIED = "value", "group"
GROUPS = (TIED, "ties_from", "direction")
"""Columns whose runs of rows are set apart under a line of their own."""
EVIDENCE = {
    "technology": words("the technology itself"), "neighbouring field": words("a neighbouring field"),
    "all fields": words("all fields together"),
}  # fmt: skip
"""What the evidence of a row is of, where answers give it as a code."""
BY_ROW = ("value", "before", "after", "change", "own", "home", "partner")
"""Columns that the row's own format tells how to write."""
SOURCE_KEY = "source"
LAST = ("year", SOURCE_KEY)
ABOUT = ("measure", "about", "body")


@dataclass(frozen=True)
class Head:
    """A column: its name in files, what people call it, its unit, and whether it holds numbers."""

    name: str
    label: str
    unit: str
    numeric: bool


@dataclass(frozen=True)
class Cell:
    """What stands in a cell, what stands small under it, and the identifier it leads to the explanation of."""

    text: str
    under: str = ""
    indicator: str = ""
    source: str = ""


@dataclass(frozen=True)
class Line:
    """A row; `home` where it tells of the home country."""

    cells: tuple[Cell, ...]
    home: bool = False


@dataclass(frozen=True)
class Group:
    """Rows under a line that says what they share; empty where nothing is shared."""

    title: str
    rows: tuple[Line, ...]


@dataclass(frozen=True)
class Grid:
    """A figure for people: `shown` of `total` rows."""

    id: str
    caption: str
    heads: tuple[Head, ...]
    groups: tuple[Group, ...]
    shown: int
    total: int
    row_head: int


def grid(figure: Figure, language: str, most: int | None = None, subject: Mapping[str, str] = {}) -> Grid:
    """A figure as people read it; of a long one the first `most` rows. Columns of the home country and the partner are
    called as these are."""
    table, by_row = figure.table, translate(AS_UNIT_SAYS, language)
    names = [
        name for name in _in_order(_shown(table.columns)) if name == VALUE or table[name].null_count() < table.height
    ]
    group = next((name for name in names[:1] if name in GROUPS), "")
    names = [name for name in names if name != group]
    numeric = {name for name, kind in table.schema.items() if kind.is_numeric()} - {"year"}
    called = {place: subject[f"{place}_name"] for place in ("home", "partner") if f"{place}_name" in subject}
    units = {name: display.minus(unit) for name, unit in figure.units.items() if unit != by_row}
    heads = tuple(
        Head(n, called.get(n) or display.heading(n, figure, language), units.get(n, ""), n in numeric) for n in names
    )
    rows = (table if most is None else _ours_first(table, subject.get("home", "")).head(most)).to_dicts()
    write = _writer(figure, language)
    groups = _grouped(rows, names, group, write, figure, language, subject.get("home", ""))
    return Grid(
        figure.id, figure.title, heads, groups, len(rows), table.height,
        next((n for n, head in enumerate(heads) if not head.numeric and head.name not in LAST), -1),
    )  # fmt: skip


def _ours_first(table: pl.DataFrame, home: str) -> pl.DataFrame:
    """Of rows by country and year those of the home country first, its newest year at the top."""
    if not {"iso3", "year"} <= {*table.columns} or "rank" in table.columns or table["year"].n_unique() < 2:
        return table
    ours = pl.col("iso3") == home
    return pl.concat([table.filter(ours).sort("year", descending=True), table.filter(~ours)])


def _shown(columns: Sequence[str]) -> list[str]:
    """The columns that stand alone."""
    hidden = {end for name in columns for end in _ends(name) if {*_ends(name)} <= {*columns}}
    hidden |= {name for name in INSIDE if name in columns and name not in ("scope",)}
    if "about" in columns:
        hidden |= {"scope", "about"} if "measure" in columns else {"scope"}
    if "measure" in columns:
        hidden |= {"indicator"}
    if "rank" in columns:
        hidden |= {"of"}
    named = {
        "country": "iso3",
        "partner": "partner_iso3",
        "one": "one_iso3",
        "other": "other_iso3",
        "other_country": "other_iso3",
    }
    hidden |= {code for name, code in named.items() if name in columns}
    if "label" in columns:
        hidden |= {"criterion"}
    return [name for name in columns if name not in hidden]


def _in_order(names: Sequence[str]) -> list[str]:
    """What a row is about first, where it comes from last."""
    first = [name for name in names if name in ABOUT]
    last = [name for name in LAST if name in names]
    grouped = [name for name in names[:1] if name in GROUPS]
    return [*dict.fromkeys([*grouped, *first, *(n for n in names if n not in last), *last])]


def grid_of(name: str, table: Table, frame: pl.DataFrame, language: str, most: int) -> Grid:
    """Facts as people read them."""
    units = {column: c.unit for column, c in table.columns.items()}
    shown = grid(Figure(name, table.label, frame, units), language, most)
    return replace(shown, heads=tuple(replace(h, label=h.name) for h in shown.heads))


def _ends(name: str) -> tuple[str, str]:
    return ENDS.get(name, (f"{name}_low", f"{name}_high"))


Writer = Callable[[str, Row], Cell]


def _grouped(
    rows: Sequence[Row], names: Sequence[str], group: str, write: Writer, figure: Figure, language: str, home: str
) -> tuple[Group, ...]:
    say, found = Phrasing(language), []
    runs: list[list[Row]] = []
    for row in rows:
        if runs and (not group or runs[-1][-1][group] == row[group]):
            runs[-1].append(row)
        else:
            runs.append([row])
    for run in runs:
        title = ""
        if group:
            called, told = display.heading(group, figure, language), write(group, run[0]).text
            title = f"{called} {told}" if group == TIED else f"{called}: {told}"
            if group == TIED and len(run) > 1:
                title = say("{group} (tied: the data cannot put them in order)", group=title)
        lines = (Line(tuple(write(name, row) for name in names), bool(home) and row.get("iso3") == home) for row in run)
        found.append(Group(title, tuple(lines)))
    return tuple(found)


def _writer(figure: Figure, language: str) -> Writer:
    """How the cells of a figure are written."""
    say, formats = Phrasing(language), _formats(figure)
    economies = {name for name in figure.table.columns if name.endswith("iso3")}

    def write(name: str, row: Row) -> Cell:
        value, (low, high) = row[name], (row.get(end) for end in _ends(name))
        if name in apart and value is not None:
            return apart[name](row)
        if name in economies and value:
            return Cell(countries.name(value, language))
        form = row["format"] if name in BY_ROW and row.get("format") else formats.get(name, "number")
        if value is None and low is not None and high is not None:
            return Cell(say(display.SPAN, low=display.value(low, form), high=display.value(high, form)))
        return Cell(_told(name, value, form, say), _interval(name, value, low, high, form))

    apart: dict[str, Callable[[Row], Cell]] = {
        "evidence": lambda row: Cell(translate(EVIDENCE.get(row["evidence"], str(row["evidence"])), language)),
        "measure": lambda row: _measure(row, say),
        SOURCE_KEY: lambda row: Cell(display.source_name(row[SOURCE_KEY], language), source=row[SOURCE_KEY]),
    }
    if "first_year" in figure.table.columns:
        apart["year"] = lambda row: Cell(display.period(row))
    if "of" in figure.table.columns:
        apart["rank"] = lambda row: _rank(row, say)
    return write


def _measure(row: Row, say: Phrasing) -> Cell:
    """A measure and what it is about, its unit under it."""
    about = row.get("about") or ""
    text = say("{measure}: {about}", measure=row["measure"], about=about) if about else str(row["measure"])
    return Cell(text, display.minus(str(row.get("unit") or "")), indicator=str(row.get("indicator") or ""))


def _rank(row: Row, say: Phrasing) -> Cell:
    """A rank of how many, its interval under it."""
    if row["of"] is None:
        return Cell(_bare(row["rank"]))
    return Cell(
        say(display.PLACE, rank=_bare(row["rank"]), of=row["of"]),
        _between(row.get("rank_low"), row.get("rank_high"), "rank"),
    )


def _told(name: str, value: object, form: str, say: Phrasing) -> str:
    if value is None or value == "":
        return display.NONE
    if isinstance(value, bool):
        return say(display.YES if value else display.NO)
    if isinstance(value, int) and "year" in name:
        return str(value)
    if isinstance(value, int | float):
        return display.value(value, form)
    return str(value)


def _interval(name: str, value: object, low: Any, high: Any, form: str) -> str:
    if not isinstance(value, int | float) or low is None or high is None or low == value == high:
        return ""
    return _between(low, high, "rank" if "rank" in name else form)


def _between(low: Any, high: Any, form: str) -> str:
    if low is None or high is None:
        return ""
    if form == "rank":
        return f"{_bare(low)}–{_bare(high)}"
    first, last = display.value(low, form), display.value(high, form)
    return f"{first} … {last}"


def _bare(number: float) -> str:
    return f"{number:g}"


def _formats(figure: Figure) -> dict[str, str]:
    """How the columns are written: as the figure says, else as the measures of its indicators are declared."""
    declared = {n: m.format for i in figure.indicators for n, m in registry.indicators()[i].measures.items()}
    return declared | dict(figure.formats)
