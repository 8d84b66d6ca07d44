"""Where a country is vulnerable: what hangs on one country, in the order in which it would hurt, and the suppliers."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from legation.answer import Answer
from legation.phrasing import Phrasing
from legation.surfaces import display
from legation.surfaces.charts import _parts
from legation.surfaces.charts._chart import Chart
from legation.surfaces.charts._making import chart, heading, known, named, rows_of, told, word
from legation.surfaces.charts._parts import Row, across, column, dots, down, finished, layer, mark, tips
from legation.surfaces.charts._theme import BAND, HOME, INK, PAPER, SHADE

MOST = 20
APART = ("source", "year", "country")
LEAST_WITH_CODE = 0.09
"""The least share that has room for the letters of a country."""


def charts(answer: Answer, say: Phrasing) -> Iterator[Chart]:
    """What would hurt first, and from whom the first goods come."""
    yield from _exposure(answer, say)
    yield from _suppliers(answer, say)


def _exposure(answer: Answer, say: Phrasing) -> Iterator[Chart]:
    """The share that hangs on one country, row by row in the order of the answer; bounds where it is not told."""
    found = rows_of(answer, "exposure", "value", "low", "high")
    rows = [row for row in found if row["value"] is not None or row["low"] is not None][:MOST]
    if not rows:
        return
    figure = answer.figures["exposure"]
    rows = [
        row | {"about": say("{kind}: {about}", kind=row["kind"], about=row["about"]), "ours": False,
               "told": display.known(row, say), "source": word(row["source"], say.language)}
        for row in rows
    ]  # fmt: skip
    rows = [row | {"beside": f"{row['country']} {row['told']}"} for row in named(rows, "about", say.language, *APART)]
    title = [say("share that hangs on the country named; 95 % interval or bounds where known")]
    edge = 150 if say.language == "en" else 120
    first = rows[0]
    text = told(
        figure.title,
        say("First in the order: {about}, {told} with {country}.", about=first["label"], told=first["told"],
            country=first["country"]),
    )  # fmt: skip

    def declared() -> Any:
        import altair as alt

        y = down(rows)
        x = across("value", "share", _parts.titled(title[0], say.language), alt.Scale(domain=[0, 1]))
        tooltip = tips(
            label=heading(figure, "about", say), country=heading(figure, "country", say),
            told=heading(figure, "value", say), unit=heading(figure, "unit", say),
            source=heading(figure, "source", say),
        )  # fmt: skip
        layers = [*mark(0.5, say("half")), *dots(y, x, tooltip), *column(y, "beside", edge)]
        return finished(layers, rows, say.language)

    yield chart(answer, figure, declared, text)


def _suppliers(answer: Answer, say: Phrasing) -> Iterator[Chart]:
    """The shares of the largest suppliers of each good, side by side; what is left blank is everyone else's."""
    rows = known(rows_of(answer, "suppliers", "supplier_share"), "supplier_share")
    if not rows:
        return
    figure = answer.figures["suppliers"]
    rows = _placed(named_goods(rows, say), say)
    largest = rows[0]
    text = told(figure.title, say("{about}: {first}.", about=largest["label"], first=largest["first"]))

    def declared() -> Any:
        import altair as alt

        y = down(rows)
        x = alt.X("supplier_share:Q", stack="zero", title=_parts.unit(figure, "supplier_share", say.language),
                  axis=_parts.axis("share"), scale=alt.Scale(domain=[0, 1]))  # fmt: skip
        order = alt.Order("number:Q", sort="ascending")
        number = alt.Scale(domain=[1, 2, 3, 4, 5], range=[HOME, BAND, SHADE, BAND, SHADE])
        fill = alt.Fill("number:O", scale=number, legend=None)
        tooltip = tips(label=heading(figure, "about", say), country=heading(figure, "country", say),
                       told=heading(figure, "supplier_share", say))  # fmt: skip
        bars = layer().mark_bar(stroke=PAPER, strokeWidth=1.5, height={"band": 0.62})
        codes = layer().mark_text(baseline="middle", fontSize=11).encode(
            y=y, x=alt.X("supplier_share:Q", stack="zero", bandPosition=0.5), order=order, text="code:N",
            color=alt.condition("datum.number == 1", alt.value(PAPER), alt.value(INK)),
        )  # fmt: skip
        layers = [bars.encode(y=y, x=x, order=order, fill=fill, tooltip=tooltip), codes]
        layers += column(y, "first", 150 if say.language == "en" else 120)
        return finished(layers, rows, say.language)

    yield chart(answer, figure, declared, text)


def named_goods(rows: list[Row], say: Phrasing) -> list[Row]:
    """Rows with the good's name, and its source where a good stands in two."""
    sources = {(row["about"], row["source"]) for row in rows}
    twice = {about for about, _ in sources if len([1 for a, _ in sources if a == about]) > 1}
    about = {(a, s): f"{a}, {word(s, say.language)}" if a in twice else a for a, s in sources}
    labelled = [row | {"label": about[row["about"], row["source"]]} for row in rows]
    return [row | {"name": _parts.name(row["label"], say.language)} for row in labelled]


def _placed(rows: list[Row], say: Phrasing) -> list[Row]:
    """Each supplier's place among those of its good, and the words beside the first."""
    numbers: dict[str, int] = {}
    for row in rows:
        numbers[row["name"]] = row["number"] = numbers.get(row["name"], 0) + 1
        row["told"] = display.value(row["supplier_share"], "share")
        row["code"] = row["iso3"] if row["supplier_share"] >= LEAST_WITH_CODE else ""
        row["first"] = f"{row['country']} {row['told']}" if row["number"] == 1 else ""
        row["ours"] = False
    return rows
