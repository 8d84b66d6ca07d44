"""From a figure to a chart: its rows with their words, and the chart with its description."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from legation import registry
from legation.answer import Answer, Figure
from legation.phrasing import Phrasing
from legation.surfaces import display
from legation.surfaces.charts import _parts
from legation.surfaces.charts._chart import Chart
from legation.surfaces.charts._parts import Row


def rows_of(answer: Answer, figure: str, *needed: str) -> list[Row]:
    """The rows of a figure, if the answer has it with all the columns needed; none otherwise."""
    found = answer.figures.get(figure)
    if found is None or not set(needed) <= set(found.table.columns):
        return []
    return found.table.to_dicts()


def named(rows: Iterable[Row], column: str, language: str, *apart: str) -> list[Row]:
    """Rows with their `name` in lines and their `label`; where names repeat, columns that tell them apart follow."""
    rows = [row | {"label": str(row[column] or "–")} for row in rows]
    for more in apart:
        repeated = _repeated([row["label"] for row in rows])
        for row in rows:
            told = word(row.get(more), language)
            if row["label"] in repeated and told:
                row["label"] = f"{row['label']}, {told}"
    return [row | {"name": _parts.name(row["label"], language)} for row in rows]


def _repeated(labels: Sequence[str]) -> set[str]:
    seen: set[str] = set()
    return {label for label in labels if label in seen or seen.add(label)}  # type: ignore[func-returns-value]


def word(value: object, language: str) -> str:
    """A source by its short name, anything else as it is."""
    if value is None:
        return ""
    return str(registry.labels().get(str(value), {}).get(language, value))


def valued(row: Row, column: str, form: str, say: Phrasing) -> str:
    """A value with its interval, as words: "2.8 % (2.3 % to 3.2 %)"."""
    known = {"value": row[column], "low": row.get(f"{column}_low"), "high": row.get(f"{column}_high"), "format": form}
    if column == "value":
        known |= {"low": row.get("low"), "high": row.get("high")}
    if known["value"] is None:
        return display.known(known, say)
    interval = display.interval(known, say)
    told = display.value(known["value"], form)
    return told if interval == display.NONE else f"{told} ({interval})"


def chart(
    answer: Answer, figure: Figure, declared: Callable[[], Any], description: str, *, id: str = "", title: str = "",
    ratio: float | None = None,
) -> Chart:  # fmt: skip
    """A chart of a figure, called as the figure is unless told otherwise."""
    return Chart(
        id=id or figure.id, title=display.naming_sources(title or figure.title, answer.language), figure=figure.id,
        description=display.naming_sources(description, answer.language), declared=declared,
        language=answer.language, ratio=ratio,
    )  # fmt: skip


def told(title: str, *sentences: str) -> str:
    """A title and sentences as one description."""
    return " ".join([f"{title}.", *(sentence for sentence in sentences if sentence)])


def heading(figure: Figure, column: str, say: Phrasing) -> str:
    """What a column is called."""
    return display.heading(column, figure, say.language)


def known(rows: Iterable[Mapping[str, Any]], *columns: str) -> list[Row]:
    """Rows in which all these columns are filled."""
    return [dict(row) for row in rows if all(row[column] is not None for column in columns)]
