"""Where a country stands: its ranks by measure, its share beside that of the leaders, and the share by year."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Any

from legation.answer import Answer
from legation.phrasing import Phrasing
from legation.surfaces import display
from legation.surfaces.charts import _lines, _parts
from legation.surfaces.charts._chart import Chart
from legation.surfaces.charts._making import chart, heading, known, named, rows_of, told, valued
from legation.surfaces.charts._parts import across, column, dots, down, finished, tips

RANKS_MARKED = (1, 2, 3, 5, 10, 20, 30, 50, 100, 150, 200)


def charts(answer: Answer, say: Phrasing) -> Iterator[Chart]:
    """Ranks with intervals, the leaders with intervals, the trend."""
    yield from _ranks(answer, say)
    yield from _leaders(answer, say)
    yield from _trend(answer, say)


def _ranks(answer: Answer, say: Phrasing) -> Iterator[Chart]:
    """The rank of the home country in each measure in which countries are ranked."""
    rows = known(rows_of(answer, "standing", "rank"), "rank")
    if not rows:
        return
    rows = [row | {"measured": say("{measure}: {about}", measure=row["measure"], about=row["about"])} for row in rows]
    rows = [
        row | {"place": display.place(row, say), "told": valued(row, "value", row["format"], say), "ours": True}
        for row in named(rows, "measured", say.language, "source", "year")
    ]
    figure = answer.main
    best = min(rows, key=lambda row: float(row["rank"]))
    home = answer.subject["home_name"]
    text = told(
        say("Ranks of {home} by measure", home=home),
        say("The best is {place} ({measure}).", place=best["place"], measure=best["label"]),
    )  # fmt: skip
    title = say("Ranks of {home} by measure", home=home)

    def declared() -> Any:
        import altair as alt

        y = down(rows)
        told_by = [say("rank, 95 % interval; logarithmic scale")]
        scale = alt.Scale(type="log", nice=False, domain=[1, max(row["of"] for row in rows)], padding=8)
        x = across("rank", "rank", told_by, scale, values=list(RANKS_MARKED), tickCount=50)
        tooltip = tips(
            label=heading(figure, "measure", say), place=say("rank (95 %)"), told=heading(figure, "value", say)
        )
        layers = [
            *dots(y, x, tooltip, "rank_low", "rank_high"),
            *column(y, "place", 104 if say.language == "en" else 126),
        ]
        return finished(layers, rows, say.language)

    yield chart(answer, figure, declared, text, id="ranks", title=title)


def _leaders(answer: Answer, say: Phrasing) -> Iterator[Chart]:
    """Values with intervals of the leaders and the home country, value and rank in figures beside."""
    rows = known(rows_of(answer, "leaders", "value"), "value")
    if len(rows) < 2:
        return
    figure, home = answer.figures["leaders"], answer.subject["home"]
    form = figure.formats.get("value", "number")
    rows = [
        row
        | {"told": display.value(row["value"], form), "place": display.short_place(row), "ours": row["iso3"] == home}
        for row in named(rows, "country", say.language, "iso3")
    ]
    ours = [
        say("{home}: {value}, rank {place}.", home=row["country"], value=row["told"], place=display.place(row, say))
        for row in rows if row["ours"]
    ]  # fmt: skip
    first = say("The largest is that of {country}: {value}.", country=rows[0]["country"], value=rows[0]["told"])

    def declared() -> Any:
        y = down(rows, [row["name"] for row in rows if row["ours"]])
        x = across("value", form, _parts.unit(figure, "value", say.language))
        tooltip = tips(label=heading(figure, "country", say), told=say("value"), place=say("rank (95 %)"))
        layers = [
            *dots(y, x, tooltip), *column(y, "told", 50, say("value")), *column(y, "place", 128, say("rank (95 %)"))
        ]  # fmt: skip
        return finished(layers, rows, say.language)

    yield chart(answer, figure, declared, told(figure.title, first, *ours))


def _trend(answer: Answer, say: Phrasing) -> Iterator[Chart]:
    rows = known(rows_of(answer, "trend", "output_share"), "output_share")
    if len({row["year"] for row in rows}) < 2:
        return
    figure, home = answer.figures["trend"], answer.subject["home"]
    ours = [row for row in rows if row["iso3"] == home]
    ends = [
        say("{home}: {first} in {first_year}, {last} in {last_year}.", home=ours[0]["country"],
            first=display.value(ours[0]["output_share"], "share"), first_year=ours[0]["year"],
            last=display.value(ours[-1]["output_share"], "share"), last_year=ours[-1]["year"])
    ] if ours else []  # fmt: skip
    declared = partial(_lines.by_year, figure, rows, "output_share", ("iso3", "country"), home, say)
    yield chart(answer, figure, declared, told(figure.title, *ends))
