"""What role to play: the network drawn in blocs, the strongest brokers, the members of the coalition."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import cycle
from typing import Any

from legation.answer import Answer
from legation.phrasing import Phrasing
from legation.surfaces import display
from legation.surfaces.charts import _geography, _parts
from legation.surfaces.charts._chart import Chart
from legation.surfaces.charts._making import chart, heading, known, rows_of, told
from legation.surfaces.charts._parts import Row, across, column, dots, down, dressed, finished, layer, on, tips
from legation.surfaces.charts._theme import BAND, HOME, HUES, INK, RULE, SHAPES
from legation.surfaces.charts.coalition import members

ROOM = 104
"""Pixels around the circle, for names."""
WIDEST = 5
LABEL_AWAY = 9


def charts(answer: Answer, say: Phrasing) -> Iterator[Chart]:
    """Brokers, network, coalition."""
    yield from _brokers(answer, say)
    yield from _network(answer, say)
    yield from members(answer, say)


def _brokers(answer: Answer, say: Phrasing) -> Iterator[Chart]:
    """How many pairs the strongest brokers and those next to the home country stand between, in the looser setting."""
    rows = known(rows_of(answer, "brokers", "brokerage", "ties_from"), "brokerage")
    rows = [row for row in rows if row["ties_from"] == rows[0]["ties_from"]]
    if len(rows) < 2:
        return
    figure, home = answer.figures["brokers"], answer.subject["home"]
    rows = [
        row | {"label": row["country"], "name": _parts.name(row["country"], say.language),
               "told": display.value(row["brokerage"], "count"), "only": display.value(row["alone"], "count"),
               "ours": row["iso3"] == home}
        for row in rows
    ]  # fmt: skip
    title = _parts.titled(say("pairs of countries not tied to each other"), say.language)
    ours = [say("{home}: {pairs}.", home=row["country"], pairs=row["told"]) for row in rows if row["ours"]]
    first = say("Most: {country}, {pairs}.", country=rows[0]["country"], pairs=rows[0]["told"])

    def declared() -> Any:
        import altair as alt

        y = down(rows, [row["name"] for row in rows if row["ours"]])
        x = across("brokerage", "count", title, alt.Scale(zero=True))
        tooltip = tips(label=heading(figure, "country", say), bloc=heading(figure, "bloc", say),
                       told=heading(figure, "brokerage", say), only=heading(figure, "alone", say))  # fmt: skip
        point = dots(y, x, tooltip, "none", "none")[1]
        stem = layer().mark_rule(size=1.4, color=RULE).encode(y=y, x=x, x2=alt.datum(0))
        layers = [stem, point, *column(y, "told", 56, say("pairs")), *column(y, "only", 130, say("alone"))]
        return finished(layers, rows, say.language)

    yield chart(answer, figure, declared, told(figure.title, first, *ours))


def _network(answer: Answer, say: Phrasing) -> Iterator[Chart]:
    """Countries on a circle, each community together with a shape of its own; lines are joint works."""
    ties = known(rows_of(answer, "ties", "one_iso3", "other_iso3", "joint_works"), "joint_works")
    drawn = {row[end] for row in ties for end in ("one_iso3", "other_iso3")}
    nodes = [row for row in rows_of(answer, "communities", "community", "strength") if row["iso3"] in drawn]
    if len(nodes) < 3:
        return
    figure, home = answer.figures["ties"], answer.subject["home"]
    placed = _placed(nodes, home, say)
    edges = _edges(ties, placed, home)
    blocs = list(dict.fromkeys(row["bloc"] for row in placed.values()))
    shapes = [shape for shape, _ in zip(cycle(SHAPES[1:]), blocs, strict=False)]
    hues = [hue for hue, _ in zip(cycle(HUES[1:]), blocs, strict=False)]
    most = max(float(row["joint_works"]) for row in ties)
    home_name = answer.subject["home_name"]
    ours = sorted((e for e in edges if e["ours"]), key=lambda edge: -float(edge["joint_works"]))
    names = [f"{_other(edge, answer)} {edge['told']}" for edge in ours[:5]]
    text = told(
        figure.title, say("{n} countries in {blocs} communities.", n=len(placed), blocs=len(blocs)),
        say("The strongest ties of {home}: {names}.", home=home_name, names=say.listed(names)) if names else "",
    )  # fmt: skip

    def declared() -> Any:
        import altair as alt

        legend = alt.Legend(title=None, orient="top", columns=3, symbolSize=80, labelLimit=0, offset=4)
        side = alt.Scale(domain=[-1, 1], range=[ROOM, alt.ExprRef(f"width - {ROOM}")], nice=False, zero=False)
        rise = alt.Scale(domain=[-1, 1], range=[alt.ExprRef(f"height - {ROOM}"), ROOM], nice=False, zero=False)
        x, y = alt.X("x:Q", axis=None, scale=side), alt.Y("y:Q", axis=None, scale=rise)
        width = alt.StrokeWidth("joint_works:Q", legend=None,
                                scale=alt.Scale(type="sqrt", domain=[0, most], range=[0.2, WIDEST]))  # fmt: skip
        tip = tips(
            one=heading(figure, "one", say),
            other=heading(figure, "other", say),
            told=heading(figure, "joint_works", say),
        )
        lines = (
            on(edges)
            .mark_rule(strokeCap="round")
            .encode(x=x, y=y, x2="x2:Q", y2="y2:Q", strokeWidth=width, tooltip=tip)
        )
        about = tips(label=heading(figure, "one", say), bloc=say("bloc"))
        layers = [
            lines.transform_filter("!datum.ours").encode(color=alt.value(BAND), opacity=alt.value(0.7)),
            lines.transform_filter("datum.ours").encode(color=alt.value(HOME), opacity=alt.value(0.9)),
            on(list(placed.values())).mark_point(filled=True, size=90, opacity=1).encode(
                x=x, y=y, tooltip=about,
                shape=alt.Shape("bloc:N", legend=legend, scale=alt.Scale(domain=blocs, range=shapes)),
                color=alt.Color("bloc:N", legend=legend, scale=alt.Scale(domain=blocs, range=hues)),
            ),
            *_labels(list(placed.values()), x, y),
        ]  # fmt: skip
        declared = alt.layer(*layers).properties(
            height=600, padding=_parts.PADDING, autosize=alt.AutoSizeParams(type="fit", contains="padding")
        )
        return dressed(declared, say.language)

    yield chart(answer, figure, declared, text, id="network", ratio=0.98)


def _other(edge: Row, answer: Answer) -> str:
    return str(edge["other"] if edge["one"] == answer.subject["home_name"] else edge["one"])


def _placed(nodes: list[Row], home: str, say: Phrasing) -> dict[str, Row]:
    """Countries around the circle, community by community, the home country's first."""
    order = sorted(nodes, key=lambda row: (row["ours"] != say("yes"), row["community"], -float(row["strength"])))
    found = {}
    for number, row in enumerate(order):
        x, y, angle = _geography.circle(number, len(order))
        found[row["iso3"]] = {
            "x": x, "y": y, "angle": angle - 90 if angle < 180 else angle + 90, "right": angle < 180,
            "label": row["country"], "bloc": say("community {number}", number=row["community"]),
            "ours": row["iso3"] == home,
        }  # fmt: skip
    return found


def _edges(ties: list[Row], placed: dict[str, Row], home: str) -> list[Row]:
    """Ties as lines from one country to the other."""
    return [
        {"x": one["x"], "y": one["y"], "x2": other["x"], "y2": other["y"], "one": tie["one"], "other": tie["other"],
         "joint_works": tie["joint_works"], "told": display.value(tie["joint_works"], "count"),
         "ours": home in (tie["one_iso3"], tie["other_iso3"])}
        for tie in ties
        if (one := placed.get(tie["one_iso3"])) and (other := placed.get(tie["other_iso3"]))
    ]  # fmt: skip


def _labels(nodes: list[Row], x: object, y: object) -> list[object]:
    """Names around the circle, turned outwards, that of the home country bold."""
    import altair as alt

    found = []
    for right, align, away in ((True, "left", LABEL_AWAY), (False, "right", -LABEL_AWAY)):
        for ours in (True, False):
            rows = [row for row in nodes if row["right"] == right and row["ours"] == ours]
            if rows:
                mark = on(rows).mark_text(
                    align=align, baseline="middle", dx=away, fontSize=12, color=HOME if ours else INK,
                    fontWeight="bold" if ours else "normal",
                )  # fmt: skip
                found.append(mark.encode(x=x, y=y, text="label:N", angle=alt.Angle("angle:Q", scale=None)))
    return found
