"""With whom a share of the world is reached: the members' shares, and the most that so many can hold."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from legation.answer import Answer
from legation.phrasing import Phrasing
from legation.surfaces import display
from legation.surfaces.charts import _parts
from legation.surfaces.charts._chart import Chart
from legation.surfaces.charts._making import chart, heading, known, named, rows_of, told, valued
from legation.surfaces.charts._parts import across, column, dots, down, finished, layer, tips
from legation.surfaces.charts._theme import HOME, MUTED


def charts(answer: Answer, say: Phrasing) -> Iterator[Chart]:
    """Members and sizes."""
    yield from members(answer, say)
    yield from _sizes(answer, say)


def members(answer: Answer, say: Phrasing) -> Iterator[Chart]:
    """The share of each member of the first coalition, with its interval; also of the answer on the role."""
    rows = known(rows_of(answer, "members", "value"), "value")
    if len(rows) < 2:
        return
    figure, home = answer.figures["members"], answer.subject["home"]
    form = figure.formats.get("value", "number")
    rows = [
        row | {"ours": row["iso3"] == home, "told": display.value(row["value"], form),
               "apart": display.value(row["distance"], "number")}
        for row in named(rows, "country", say.language, "iso3")
    ]  # fmt: skip
    names = say.listed([f"{row['country']} {valued(row, 'value', form, say)}" for row in rows])

    def declared() -> Any:
        import altair as alt

        y = down(rows, [row["name"] for row in rows if row["ours"]])
        x = across("value", form, _parts.unit(figure, "value", say.language), alt.Scale(zero=True))
        tooltip = tips(label=heading(figure, "country", say), told=heading(figure, "value", say),
                       apart=heading(figure, "distance", say))  # fmt: skip
        layers = [
            *dots(y, x, tooltip), *column(y, "told", 50, say("share")), *column(y, "apart", 124, say("UN distance"))
        ]  # fmt: skip
        return finished(layers, rows, say.language)

    yield chart(answer, figure, declared, told(figure.title, say("{names}.", names=names)))


def _sizes(answer: Answer, say: Phrasing) -> Iterator[Chart]:
    """The largest share that so many members can hold; a filled diamond where it is enough."""
    rows = known(rows_of(answer, "sizes", "largest_share", "members"), "largest_share")
    if len(rows) < 2:
        return
    figure = answer.figures["sizes"]
    enough = say("yes")
    rows = [
        row | {"label": say("{n} members", n=row["members"]), "told": display.value(row["largest_share"], "share"),
               "ours": row["reaches_it"] == enough}
        for row in rows
    ]  # fmt: skip
    rows = [row | {"name": row["label"]} for row in rows]
    title = _parts.unit(figure, "largest_share", say.language)
    few = next((row for row in rows if row["ours"]), None)
    text = (
        say("The fewest that reach it: {n} members with {share}.", n=few["members"], share=few["told"]) if few else ""
    )

    def declared() -> Any:
        import altair as alt

        y = down(rows, [row["name"] for row in rows if row["ours"]])
        x = across("largest_share", "share", title, alt.Scale(domain=[0, 1]))
        tooltip = tips(label=heading(figure, "members", say), told=heading(figure, "largest_share", say))
        stem = layer().mark_rule(size=1.4).encode(y=y, x2=alt.datum(0), x=x, color=_parts.when_ours(HOME, MUTED))
        point = dots(y, x, tooltip, "none", "none")[1]
        layers = [stem, point, *column(y, "told", 50)]
        return finished(layers, rows, say.language)

    yield chart(answer, figure, declared, told(figure.title, text))
