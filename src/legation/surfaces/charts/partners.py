"""Whom to work with: median ranks with their intervals by tied group, what lifts and lowers each, what moves it all."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from legation.answer import Answer
from legation.phrasing import Phrasing
from legation.surfaces import display
from legation.surfaces.charts import _parts
from legation.surfaces.charts._chart import Chart
from legation.surfaces.charts._making import chart, heading, known, named, rows_of, told
from legation.surfaces.charts._parts import across, column, down, finished, layer, mark, on, series, tips
from legation.surfaces.charts._theme import HOME, HUES, MUTED, SHADE

SHOWN = 24
RANKS_MARKED = (1, 5, 10, 20, 30, 40, 50, 75, 100, 150, 200)


def charts(answer: Answer, say: Phrasing) -> Iterator[Chart]:
    """The ranking, the drivers of the first, and the choices it depends on."""
    yield from _ranks(answer, say)
    yield from _drivers(answer, say)
    yield from _sensitivity(answer, say)


def _ranks(answer: Answer, say: Phrasing) -> Iterator[Chart]:
    """Median ranks with 5–95 % intervals; partners that the data cannot order share a shaded or white band."""
    rows = rows_of(answer, answer.main.id, "median_rank", "group")[:SHOWN]
    if len(rows) < 2:
        return
    first = {row["group"]: row["country"] for row in reversed(rows)}
    rows = [
        row
        | {
            "band": say("group {group}", group=row["group"]) if first[row["group"]] == row["country"] else "",
            "told": f"{row['median_rank']} ({row['rank_low']}–{row['rank_high']})",
            "shaded": row["group"] % 2 == 1,
            "ours": False,
        }
        for row in named(rows, "country", say.language, "iso3")
    ]
    figure = answer.main
    title = [say("median rank and 5–95 % interval; 1 = first")]
    tied = [row["country"] for row in rows if row["group"] == rows[0]["group"]]
    text = told(
        say("Partner options of {home}, best first", home=answer.subject["home_name"]),
        say("First: {country}, median rank {rank}.", country=rows[0]["country"], rank=rows[0]["told"]),
        say("In the first group, tied: {names}.", names=say.listed(tied)) if len(tied) > 1 else "",
    )

    def declared() -> Any:
        import altair as alt

        y = down(rows)
        scale = alt.Scale(zero=False, nice=False, padding=8)
        x = across("rank_low", "rank", title, scale, values=list(RANKS_MARKED), tickCount=50)
        names = {column: heading(figure, column, say) for column in ("country", "lifted_by", "lowered_by")}
        tooltip = tips(told=say("median rank (5–95 %)"), **names)
        shaded = layer().transform_filter("datum.shaded")
        layers = [
            shaded.mark_rect(color=SHADE, x=0, x2=alt.ExprRef("width + 140")).encode(y=y),
            layer().mark_rule(size=2.6, color=MUTED, strokeCap="round").encode(y=y, x=x, x2="rank_high:Q"),
            layer().mark_point(filled=True, size=62, color=HOME, opacity=1).encode(
                y=y, x=across("median_rank", "rank", title, scale), tooltip=tooltip
            ),
            *column(y, "told", 76, say("median (5–95 %)")), *column(y, "band", 138),
        ]  # fmt: skip
        return finished(layers, rows, say.language)

    yield chart(answer, figure, declared, text, id="ranks")


def _drivers(answer: Answer, say: Phrasing) -> Iterator[Chart]:
    """How far each criterion lifts or lowers the first partners."""
    rows = known(rows_of(answer, "drivers", "lift"), "lift")
    names = list(dict.fromkeys(row["criterion"] for row in rows))
    if len(rows) < 2 or len(names) > len(HUES):
        return
    figure = answer.figures["drivers"]
    rows = [
        row | {"series": row["criterion"], "told": display.value(row["lift"], "number"), "ours": False,
               "name": _parts.name(row["country"], say.language), "label": row["country"]}
        for row in rows
    ]  # fmt: skip
    most = max(rows, key=lambda row: float(row["lift"]))
    text = told(
        figure.title,
        say("Most is added by {criterion} for {country}: {value}.", criterion=most["criterion"],
            country=most["country"], value=most["told"]),
    )  # fmt: skip

    def declared() -> Any:
        import altair as alt

        y = down(rows)
        x = across("lift", "signed", _parts.unit(figure, "lift", say.language), alt.Scale(padding=10))
        tooltip = tips(
            label=heading(figure, "country", say), series=heading(figure, "criterion", say),
            told=heading(figure, "lift", say), source=heading(figure, "source", say),
        )  # fmt: skip
        span = on([{"name": name} for name in dict.fromkeys(row["name"] for row in rows)])
        guide = span.mark_rule(color=SHADE, x=0, x2=alt.ExprRef("width"), size=6).encode(y=y)
        points = (
            layer().mark_point(size=58, opacity=1, strokeWidth=1.8).encode(y=y, x=x, tooltip=tooltip, **series(names))
        )
        return finished([guide, *mark(0), points], rows, say.language)

    yield chart(answer, figure, declared, text)


def _sensitivity(answer: Answer, say: Phrasing) -> Iterator[Chart]:
    """How much of the changes in rank each choice explains, by itself and together with the others."""
    rows = known(rows_of(answer, "sensitivity", "first_order", "total"), "first_order", "total")
    if len(rows) < 2:
        return
    figure = answer.figures["sensitivity"]
    choices = named(rows, "choice", say.language)
    ends = (("total", say("with the other choices")), ("first_order", say("by itself")))
    points = [
        {"name": row["name"], "label": row["label"], "series": called, "value": row[end], "low": row[f"{end}_low"],
         "high": row[f"{end}_high"], "told": display.value(row[end], "share")}
        for row in choices for end, called in ends
    ]  # fmt: skip
    title = _parts.unit(figure, "total", say.language)
    most = max(choices, key=lambda row: float(row["total"]))
    text = told(
        figure.title,
        say("Most hangs on {choice}: {value}.", choice=most["label"], value=display.value(most["total"], "share")),
    )

    def declared() -> Any:
        import altair as alt

        y, scale = down(choices), alt.Scale(zero=True, padding=8)
        rule = layer().mark_rule(size=2.2, color=MUTED).encode(y=y, x=across("low", "share", title, scale), x2="high:Q")
        tooltip = tips(label=heading(figure, "choice", say), series=say("measure"), told=say("value"))
        marks = layer().mark_point(size=56, opacity=1, strokeWidth=1.8).encode(
            y=y, x=across("value", "share", title, scale), tooltip=tooltip, **series([called for _, called in ends])
        )  # fmt: skip
        return finished([rule, marks], points, say.language)

    yield chart(answer, figure, declared, text)
