"""Answers and tables for people at a terminal."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING

import polars as pl
from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TaskID,
    TaskProgressColumn,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)  # fmt: skip
from rich.table import Table as RichTable
from rich.text import Text

from legation.answer import Answer, Figure
from legation.phrasing import Phrasing
from legation.surfaces import display

if TYPE_CHECKING:
    from legation.fetching.download import Progress as Transferred

ROWS_SHOWN = 40
PLAIN_WIDTH = 160
INTERVALS = {"value": ("low", "high"), "median_rank": ("rank_low", "rank_high")}
"""Where the ends of intervals stand that are not called as their column is, with `_low` and `_high`."""
IN_OTHER_COLUMNS = ("indicator", "scope", "unit", "format", "first_year")
"""Columns of a figure that stand inside another one when shown to people, as the ends do; files keep them all."""


def console(*, stderr: bool = False) -> Console:
    """A console; as wide as the tables need where the output is not a terminal."""
    found = Console(stderr=stderr, highlight=False)
    return found if found.is_terminal else Console(stderr=stderr, highlight=False, width=PLAIN_WIDTH)


def print_answer(answer: Answer) -> None:
    """The findings, the figures with units and sources, what is missing, caveats, sources, build."""
    to = console()
    to.print(Text(answer.question, style="bold"))
    for finding in answer.findings:
        to.print(Text(f"• {finding}"))
    for figure in answer.figures.values():
        to.print()
        to.print(_figure(figure, answer.language))
        for note in figure.notes:
            to.print(Text(note, style="italic"))
    say = Phrasing(answer.language)
    for title, lines in (
        (say("No evidence"), answer.missing),
        (say("Caveats"), answer.caveats.values()),
        (say("Coverage"), answer.coverage),
        (say("Sources"), [f"{citation.id}: {citation}" for citation in answer.citations]),
    ):
        if lines:
            to.print(Text(f"\n{title}", style="bold"))
            for line in lines:
                to.print(Text(f"• {line}"))
    last = say("Build {build}. Definitions: legation explain INDICATOR; all columns: --format csv", build=answer.build)
    to.print(Text(f"\n{last}", style="dim"))


def print_table(frame: pl.DataFrame) -> None:
    """A table; a long one is cut with a line that says so."""
    to = console()
    shown = _grid("", {name: name for name in frame.columns}, frame)
    for row in frame.head(ROWS_SHOWN).iter_rows(named=True):
        shown.add_row(*(Text(cell(name, value)) for name, value in row.items()))
    to.print(shown)
    if frame.height > ROWS_SHOWN:
        to.print(Text(f"{ROWS_SHOWN} of {frame.height:,} rows; all of them: --format csv", style="dim"))


@contextmanager
def progress() -> Iterator[Callable[[str, int, int], None]]:
    """A progress bar on standard error, fed with (what, done, of how many)."""
    columns = (TextColumn("{task.description:28}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True)) as bar:
        task = bar.add_task("", total=None)
        yield lambda what, done, total: bar.update(task, description=what, completed=done, total=total)


@contextmanager
def transfer() -> Iterator[Callable[[Transferred], None]]:
    """A progress bar of a transfer on standard error: how much, how fast, and the time left."""
    columns = (TextColumn("{task.description:28}"), BarColumn(), TextColumn("{task.fields[told]}"), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True)) as bar:
        task = bar.add_task("", total=None, told="")
        yield lambda so_far: bar.update(
            task, description=so_far.what, completed=so_far.done, total=so_far.total, told=_rate(so_far)
        )


@contextmanager
def work() -> Iterator[Callable[[str, int, int], None]]:
    """A progress bar for each phase on standard error, fed with (what, done, of how much): how far, since when, and the
    time left. Reading, which is told in bytes, says which file and how fast, and is one phase."""
    far = (TextColumn("{task.description:32}"), BarColumn(), TaskProgressColumn())
    columns = (*far, TextColumn("{task.fields[rate]}"))
    with Progress(*columns, TimeElapsedColumn(), TimeRemainingColumn(), console=Console(stderr=True)) as bar:
        phases: dict[str, TaskID] = {}

        def report(what: str, done: int, total: int) -> None:
            phase = "reading" if what.startswith("reading ") else what
            if phase not in phases:
                phases[phase] = bar.add_task("", rate="")
            bar.update(phases[phase], description=what, completed=done, total=total)
            speed = next(task.speed for task in bar.tasks if task.id == phases[phase])
            if phase == "reading" and speed:
                bar.update(phases[phase], rate=f"{speed / 1e6:,.1f} MB/s")

        yield report


def _rate(so_far: Transferred) -> str:
    scale, unit = (1e6, "MB") if so_far.unit == "bytes" else (1, "works")
    left = f", {so_far.seconds_left / 60:.0f} min left" if so_far.seconds_left is not None else ""
    return f"{so_far.done / scale:,.0f} of {so_far.total / scale:,.0f} {unit}, {so_far.per_second / scale:,.1f}/s{left}"


def _figure(figure: Figure, language: str) -> RichTable:
    heads, lines = told(figure, language, ROWS_SHOWN)
    grid = _grid(figure.title, {name: "\n".join(head) for name, head in heads.items()}, figure.table)
    for line in lines:
        grid.add_row(*(Text(cell) for cell in line))
    return grid


def told(figure: Figure, language: str, most_rows: int) -> tuple[dict[str, tuple[str, ...]], list[list[str]]]:
    """A figure for people, with intervals beside their values and periods in one column: what heads each column, its
    name and unit, and the first rows."""
    columns = figure.table.columns
    inside = {*IN_OTHER_COLUMNS, *(end for name in columns for end in _ends(name) if {*_ends(name)} <= {*columns})}
    shown = [c for c in columns if c not in inside or (c == "indicator" and "measure" not in columns)]
    heads = {name: _head(display.heading(name, figure, language), figure.units.get(name)) for name in shown}
    say, rows = Phrasing(language), figure.table.head(most_rows).iter_rows(named=True)
    return heads, [[_cell_with_company(name, row, say) for name in shown] for row in rows]


def _grid(title: str, heads: Mapping[str, str], frame: pl.DataFrame) -> RichTable:
    grid = RichTable(title=title or None, title_justify="left", title_style="bold", header_style="bold")
    numeric = {name for name, dtype in frame.schema.items() if dtype.is_numeric()}
    for name, head in heads.items():
        grid.add_column(head, justify="right" if name in numeric else "left", overflow="fold")
    return grid


def _head(name: str, unit: str | None) -> tuple[str, ...]:
    return (name, unit) if unit else (name,)


def _ends(name: str) -> tuple[str, str]:
    """What the ends of a column's interval are called."""
    return INTERVALS.get(name, (f"{name}_low", f"{name}_high"))


def _cell_with_company(name: str, row: Mapping[str, object], say: Phrasing) -> str:
    """A value with its interval, a rank with its interval, a year with the first of its period."""
    text = cell(name, row[name], say)
    unit = f" {row['unit']}" if name == "value" and row.get("unit") else ""
    low, high = _ends(name)
    if row.get(low) is not None and row.get(high) is not None:
        text = f"{text} ({say(display.SPAN, low=cell(low, row[low]), high=cell(high, row[high]))})"
    if name == "year" and row.get("first_year") not in (None, row["year"]):
        text = f"{row['first_year']}–{row['year']}"
    return text + unit


def cell(name: str, value: object, say: Phrasing = display.ENGLISH) -> str:
    """How a value is written: years bare, counts with separators, numbers to four significant places, null as –."""
    if value is None:
        return "–"
    if isinstance(value, bool):
        return say(display.YES if value else display.NO)
    if isinstance(value, int):
        return str(value) if "year" in name else f"{value:,}"
    if isinstance(value, float):
        return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.4g}"
    return str(value)
