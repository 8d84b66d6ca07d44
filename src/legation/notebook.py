"""An answer as a notebook shows it: the question, findings, tables with units, what is missing, caveats and sources.

Everything is escaped, nothing is fetched and nothing runs; the style stands on the elements themselves, so that neither
Jupyter's nor marimo's own changes and a dark theme keeps its colours. No import but the words: an answer shows itself.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from html import escape
from typing import TYPE_CHECKING

from legation.language import translate, words

if TYPE_CHECKING:
    from legation.answer import Answer, Figure

ROWS_SHOWN = 20
SHOWN = words("{shown} of {rows} rows; all of them: answer.figures[{name}].table")
TO = words("{low} to {high}")
OPEN = ("No evidence", "Sources")
"""Lists that are shown without a click."""
YES, NO = words("yes"), words("no")
IN_OTHER_COLUMNS = ("unit", "format", "first_year")
INTERVALS = {"value": ("low", "high"), "median_rank": ("rank_low", "rank_high")}
"""Where the ends of intervals stand that are not called as their column is, with `_low` and `_high`."""
LINE = "border-bottom: 1px solid rgba(128, 128, 128, 0.35);"
TABLE = "border-collapse: collapse; margin: 0.3em 0 0.2em; font-variant-numeric: tabular-nums;"
CELL = f"padding: 0.2em 0.7em; {LINE} vertical-align: top; text-align: "
SMALL = "font-size: 0.85em; opacity: 0.75;"


def as_html(answer: Answer) -> str:
    """The answer in its own language as one piece of HTML."""
    lists = (
        (words("No evidence"), answer.missing),
        (words("Caveats"), answer.caveats.values()),
        (words("Coverage"), answer.coverage),
        (words("Sources"), answer.cite()),
    )
    told = "".join(_listed(translate(title, answer.language), lines, title in OPEN) for title, lines in lists)
    figures = "".join(_figure(figure, answer.language) for figure in answer.figures.values())
    return (
        f'<section lang="{escape(answer.language)}" style="max-width: 72em; line-height: 1.45; word-break: keep-all;">'
        f'<h3 style="margin: 0.2em 0;">{escape(answer.question)}</h3>{_items(answer.findings)}{figures}{told}'
        f'<p style="{SMALL}">{escape(answer.build)}</p></section>'
    )


def _items(lines: Iterable[object]) -> str:
    return '<ul style="margin: 0.3em 0;">' + "".join(f"<li>{escape(str(line))}</li>" for line in lines) + "</ul>"


def _listed(title: str, lines: Iterable[object], is_open: bool) -> str:
    """A list that is opened or closed by a click; nothing where there is nothing to list."""
    found = list(lines)
    summary = f'<summary style="cursor: pointer;">{escape(title)} ({len(found)})</summary>'
    return f"<details{' open' if is_open else ''}>{summary}{_items(found)}</details>" if found else ""


def _figure(figure: Figure, language: str) -> str:
    table = figure.table
    ends = {end for name in table.columns for end in _ends(name) if set(_ends(name)) <= set(table.columns)}
    names = [name for name in table.columns if name not in (*IN_OTHER_COLUMNS, *ends)]
    told_otherwise = {"indicator": "measure", "scope": "about"}
    names = [name for name in names if told_otherwise.get(name) not in names]
    aligned = {name: "right" if dtype.is_numeric() else "left" for name, dtype in table.schema.items()}
    head = "".join(_head(name, figure, aligned[name]) for name in names)
    rows = table.head(ROWS_SHOWN).iter_rows(named=True)
    body = "".join(f"<tr>{_cells(names, aligned, row, figure, language)}</tr>" for row in rows)
    notes = list(figure.notes)
    if table.height > ROWS_SHOWN:
        more = translate(SHOWN, language)
        notes.append(more.format(shown=ROWS_SHOWN, rows=f"{table.height:,}", name=repr(figure.id)))
    below = "".join(f'<p style="margin: 0.1em 0; {SMALL}">{escape(note)}</p>' for note in notes)
    return (
        f'<h4 style="margin: 0.9em 0 0.2em;">{escape(figure.title)}</h4><div style="overflow-x: auto;">'
        f'<table style="{TABLE}"><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>{below}'
    )


def _cells(
    names: Iterable[str], aligned: Mapping[str, str], row: Mapping[str, object], figure: Figure, language: str
) -> str:
    told = {name: escape(_cell(name, row, figure, language)) for name in names}
    return "".join(f'<td style="{CELL}{aligned[name]};">{text}</td>' for name, text in told.items())


def _head(name: str, figure: Figure, aligned: str) -> str:
    unit = "" if "unit" in figure.table.columns and name == "value" else figure.units.get(name, "")
    told = f'<br><span style="font-weight: normal; {SMALL}">{escape(unit)}</span>' if unit else ""
    heading = figure.headings.get(name, name.replace("_", " "))
    return f'<th scope="col" style="{CELL}{aligned};">{escape(heading)}{told}</th>'


def _ends(name: str) -> tuple[str, str]:
    return INTERVALS.get(name, (f"{name}_low", f"{name}_high"))


def _cell(name: str, row: Mapping[str, object], figure: Figure, language: str) -> str:
    """A value with its unit and interval, a year with the first of its period."""
    form = (str(row.get("format") or "") if name == "value" else "") or figure.formats.get(name, "")
    text = _value(name, row[name], form, language)
    if name == "year" and row.get("first_year") not in (None, row["year"]):
        return f"{row['first_year']}–{row['year']}"
    unit = (
        f" {row['unit']}" if name == "value" and row.get("unit") and row[name] is not None and form != "share" else ""
    )
    low, high = (row.get(end) for end in _ends(name))
    if low is None or high is None or low == row[name] == high:
        return text + unit
    ends = {"low": _value(name, low, form, language), "high": _value(name, high, form, language)}
    return f"{text} ({translate(TO, language).format(**ends)}){unit}"


def _value(name: str, value: object, form: str, language: str) -> str:
    if value is None:
        return "–"
    if isinstance(value, bool):
        return translate(YES if value else NO, language)
    if isinstance(value, int | float) and form == "share":
        return f"{value * 100:.3g} %".replace("-", "−")
    if isinstance(value, int):
        return str(value) if "year" in name else f"{value:,}".replace("-", "−")
    if isinstance(value, float):
        whole = abs(value) >= 1000 or value.is_integer()
        return (f"{value:,.0f}" if whole else f"{value:.3g}").replace("-", "−")
    return str(value)
