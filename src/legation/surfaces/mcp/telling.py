"""What an assistant is given: data with everything needed to trust it, and the same as text; long tables cut, and said.

A model reads every cell it is given, so that tables are bounded; sources, caveats, what is missing and the build never
are.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import polars as pl

from legation.answer import Answer, Figure
from legation.phrasing import Phrasing
from legation.surfaces import formats
from legation.surfaces.terminal import cell, told

MOST_CELL_LETTERS = 400


@dataclass(frozen=True)
class Told:
    """The result of a tool: structured content, and text that says the same."""

    content: dict[str, Any]
    text: str


def of_answer(answer: Answer, most_rows: int, only: str | None = None) -> Told:
    """An answer: all its tables, each cut at `most_rows`, or `only` one of them."""
    content = formats.answer_dict(answer)
    content["language"] = answer.language
    content["figures"] = {
        name: _cut(figure, most_rows) for name, figure in content["figures"].items() if only in (None, name)
    }
    content["definitions"] = {
        name: {part: what[part] for part in ("label", "asks", "units", "reference")}
        | {"resource": f"legation://indicators/{name}"}
        for name, what in content["definitions"].items()
    }
    figures = [figure for figure in answer.figures.values() if only in (None, figure.id)]
    return Told(content, _of_answer(answer, figures, most_rows))


def of_rows(title: str, frame: pl.DataFrame, offset: int, most_rows: int, about: Mapping[str, Any], build: str) -> Told:
    """Some rows of a table, with how many there are, what they mean and where they came from."""
    page = frame.slice(offset, most_rows)
    left = _left(page.height, frame.height, offset, "`rows` and `offset`, or for fewer countries and years")
    rows = formats.rows(page)
    content = {"build": build, "about": dict(about), "rows": rows, "rows_total": frame.height, "offset": offset}
    content |= {"cut": left} if left else {}
    told_rows = [[cell(name, value) for name, value in row.items()] for row in rows]
    lines = [f"# {title}", _markdown(frame.columns, told_rows), left]
    lines += _listed("Columns", (f"{column}: {unit}" for column, unit in about.get("units", {}).items()))
    lines += _listed("Caveats", about.get("caveats", {}).values())
    lines += _listed("Sources", (_source(name, one) for name, one in about.get("sources", {}).items()))
    return Told(content, "\n\n".join(line for line in [*lines, f"Build {build}"] if line))


def _cut(figure: dict[str, Any], most_rows: int) -> dict[str, Any]:
    rows = figure.pop("rows")
    left = _left(min(len(rows), most_rows), len(rows))
    return figure | {"rows": rows[:most_rows], "rows_total": len(rows)} | ({"cut": left} if left else {})


def _left(shown: int, total: int, offset: int = 0, how: str = "`rows`") -> str:
    """What is not shown, in words; empty where everything is."""
    if shown == total:
        return ""
    first = f" from row {offset + 1:,} on" if offset else ""
    return f"Cut: {shown:,} of {total:,} rows are shown{first}; ask for more with {how}."


def _of_answer(answer: Answer, figures: Sequence[Figure], most_rows: int) -> str:
    say = Phrasing(answer.language)
    lines = [f"# {answer.question}", *_listed(say("Findings"), answer.findings)]
    lines += _listed(say("No evidence"), answer.missing)
    for figure in figures:
        heads, rows = told(figure, answer.language, most_rows)
        table = _markdown([" – ".join(head) for head in heads.values()], rows)
        lines += [f"## {figure.title} (`{figure.id}`)", table, _left(len(rows), figure.table.height), *figure.notes]
        lines += [f"{say('Sources')}: {', '.join(figure.sources)}" if figure.sources else ""]
    lines += _listed(say("Caveats"), answer.caveats.values())
    lines += _listed(say("Coverage"), answer.coverage)
    lines += _listed(say("Sources"), (f"{citation.id}: {citation}" for citation in answer.citations))
    return "\n\n".join(line for line in [*lines, say("Build {build}", build=answer.build)] if line)


def _listed(title: str, lines: Iterable[object]) -> list[str]:
    found = [f"- {line}" for line in lines]
    return [f"## {title}", "\n".join(found)] if found else []


def _source(name: str, one: Mapping[str, str]) -> str:
    return f"{name}: {one['publisher']}: {one['title']} ({one['vintage']}). {one['licence']}. {one['url']}"


def _markdown(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    if not rows:
        return "No rows."
    lines = [heads, ["---"] * len(heads), *rows]
    return "\n".join("| " + " | ".join(_plain(text) for text in line) + " |" for line in lines)


def _plain(text: str) -> str:
    """A cell that keeps to its cell."""
    one_line = " ".join(text.split()).replace("|", "\\|")
    return one_line if len(one_line) <= MOST_CELL_LETTERS else one_line[:MOST_CELL_LETTERS] + "…"
