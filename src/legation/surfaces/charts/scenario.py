"""What if: measures before and after, those of shares on one scale, others by how far they change."""

from __future__ import annotations

import math
from collections.abc import Iterator
from functools import partial
from typing import Any

from legation.answer import Answer
from legation.phrasing import Phrasing, years
from legation.surfaces import display
from legation.surfaces.charts import _parts
from legation.surfaces.charts._chart import Chart
from legation.surfaces.charts._ends import dumbbell
from legation.surfaces.charts._making import chart, heading, named, rows_of, told, word
from legation.surfaces.charts._parts import Row, across, column, dots, down, finished, mark, tips

MOST = 14


def charts(answer: Answer, say: Phrasing) -> Iterator[Chart]:
    """Shares before and after, and relative changes of the rest."""
    found = [
        row | {"about": _about(row, answer.subject["technology_label"])}
        for row in rows_of(answer, "effects", "before", "after")
    ]
    both = [row for row in found if row["before"] is not None and row["after"] is not None]
    yield from _shares(answer, [row for row in both if row["format"] == "share"], say)
    yield from _relative(answer, [row for row in both if row["format"] != "share"], say)


def _about(row: Row, technology: str) -> str:
    """What a row is on: measure, subject unless it is the technology itself, partner."""
    about = row["about"] if row["about"] != technology else ""
    return ", ".join(text for text in (row["measure"], about, row["partner"]) if text)


def _distinct(rows: list[Row], say: Phrasing) -> list[Row]:
    """Rows with names of their own; of those that cannot be told apart the first."""
    dated = [row | {"years": years(row["first_year"], row["year"]) if row["year"] else ""} for row in rows]
    sourced = [row | {"source": word(row["source"], say.language)} for row in dated]
    return list(
        {row["name"]: row for row in reversed(named(sourced, "about", say.language, "source", "years"))}.values()
    )[::-1]


def _given(answer: Answer) -> str:
    """What was changed, in words."""
    return "; ".join(str(row["in_words"]) for row in rows_of(answer, "changes", "in_words"))


def _shares(answer: Answer, rows: list[Row], say: Phrasing) -> Iterator[Chart]:
    shown = _distinct(rows, say)[:MOST]
    if not shown:
        return
    figure = answer.figures["effects"]
    ends = (("after", say("after")), ("before", say("before, with its 95 % interval")))
    title = say("Shares before and after")
    before, after = (display.value(shown[0][side], "share") for side in ("before", "after"))
    first = say("{about}: {before} before, {after} after.", about=shown[0]["label"], before=before, after=after)
    text = told(title, say("Given: {changes}.", changes=_given(answer)), first)
    declared = partial(
        dumbbell, shown, ends, "share", _parts.titled(say("share; of what, the table says"), say.language), say
    )
    yield chart(answer, figure, declared, text, id="shares", title=title)


def _relative(answer: Answer, rows: list[Row], say: Phrasing) -> Iterator[Chart]:
    """How far the others change, as a share of what they were."""
    finite = [row for row in rows if row["relative_change"] is not None and math.isfinite(row["relative_change"])]
    shown = [
        row | {"told": f"{display.value(row['before'], row['format'])} → {display.value(row['after'], row['format'])}",
               "ours": bool(row["direct"])}
        for row in _distinct(finite, say)[:MOST]
    ]  # fmt: skip
    if not shown:
        return
    figure = answer.figures["effects"]
    title = say("Relative change of other measures")
    first = say("{about}: {told}.", about=shown[0]["label"], told=shown[0]["told"])
    text = told(title, say("Given: {changes}.", changes=_given(answer)), first)

    def declared() -> Any:
        import altair as alt

        y = down(shown, [row["name"] for row in shown if row["ours"]])
        scale = alt.Scale(zero=True, padding=8)
        x = across("relative_change", "share", _parts.unit(figure, "relative_change", say.language), scale)
        tooltip = tips(label=heading(figure, "about", say), told=say("before → after"),
                       unit=heading(figure, "unit", say), source=heading(figure, "source", say))  # fmt: skip
        point = dots(y, x, tooltip, "none", "none")[1]
        layers = [*mark(0), point, *column(y, "told", 126, say("before → after"))]
        return finished(layers, shown, say.language)

    yield chart(answer, figure, declared, text, id="relative", title=title)
