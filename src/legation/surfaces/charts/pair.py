"""Between two countries: joint works against what is usual and by year, fields, what each could gain, votes."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Any

from legation.answer import Answer
from legation.phrasing import Phrasing, percent, years
from legation.surfaces import display
from legation.surfaces.charts import _parts
from legation.surfaces.charts._chart import Chart
from legation.surfaces.charts._ends import dumbbell
from legation.surfaces.charts._making import chart, heading, known, named, rows_of, told, word
from legation.surfaces.charts._parts import Row, across, column, dots, down, finished, layer, mark, on, tips
from legation.surfaces.charts._theme import HOME, INK

EACH_WAY = 10
BARS_UNDER_LABEL = 10
HEIGHT = 240
TIMES_MARKED = (0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50, 100)


def charts(answer: Answer, say: Phrasing) -> Iterator[Chart]:
    """What there is evidence for, in the order of the answer."""
    yield from _expected(answer, say)
    yield from _complementarity(answer, say)
    yield from _fields(answer, say)
    yield from _trend(answer, say)
    yield from _votes(answer, say)


def _names(answer: Answer) -> tuple[tuple[str, str], tuple[str, str]]:
    return (("home", answer.subject["home_name"]), ("partner", answer.subject["partner_name"]))


def _expected(answer: Answer, say: Phrasing) -> Iterator[Chart]:
    """Joint works over what is usual for two such countries, where 1 is as usual."""
    found = [row for row in known(rows_of(answer, "expected", "ratio"), "ratio") if row["ratio"] > 0]
    if not found:
        return
    figure = answer.figures["expected"]
    rows = [
        row | {
            "about": f"{row['about']}, {word(row['source'], say.language)}, {years(row['first_year'], row['year'])}",
            "told": f"{display.value(row['works'], 'count')} / {display.value(row['expected'], 'number')}",
            "times": display.value(row["ratio"], "ratio"), "ours": True,
            "low": row["ratio_low"] or None, "high": row["ratio_high"] or None,
        }
        for row in found
    ]  # fmt: skip
    rows = named(rows, "about", say.language)
    title = [*_parts.unit(figure, "ratio", say.language), say("95 % interval; logarithmic scale")]
    here, there = (called for _, called in _names(answer))
    first = rows[0]
    text = told(
        say("Joint works of {here} and {there} against what is usual", here=here, there=there),
        say("{about}: {times} times what is usual; {reading}.", about=first["label"], times=first["times"],
            reading=first["reading"]),
    )  # fmt: skip

    def declared() -> Any:
        import altair as alt

        y = down(rows)
        scale = alt.Scale(type="log", nice=False, padding=14)
        x = across("ratio", "number", title, scale, values=list(TIMES_MARKED), tickCount=50)
        tooltip = tips(label=heading(figure, "about", say), told=say("works / usual"),
                       times=heading(figure, "ratio", say), reading=heading(figure, "reading", say))  # fmt: skip
        layers = [*mark(1, say("as usual")), *dots(y, x, tooltip), *column(y, "told", 104, say("works / usual"))]
        return finished(layers, rows, say.language)

    yield chart(answer, figure, declared, text)


def _trend(answer: Answer, say: Phrasing) -> Iterator[Chart]:
    """Joint works by year, the count of the last written out."""
    rows = known(rows_of(answer, "trend", "joint_works"), "joint_works")
    if len(rows) < 2:
        return
    figure, last = answer.figures["trend"], rows[-1]
    text = say("{n:,} in {year}", n=last["joint_works"], year=last["year"])
    rows = [row | {"told": display.value(row["joint_works"], "count")} for row in rows]
    top = max(row["joint_works"] for row in rows)
    unit = _parts.unit(figure, "joint_works", say.language)
    above = {"year": last["year"], "above": max(row["joint_works"] for row in rows[-BARS_UNDER_LABEL:]), "told": text}
    first = say("{n:,} in {year}", n=rows[0]["joint_works"], year=rows[0]["year"])
    about = told(figure.title, f"{first}; {text}.")

    def declared() -> Any:
        import altair as alt

        band = alt.Axis(labelAngle=0, grid=False, ticks=False, labelOverlap="greedy", labelSeparation=6)
        x = alt.X("year:O", title=None, axis=band, scale=alt.Scale(paddingInner=0.25, paddingOuter=0.1))
        y = alt.Y("joint_works:Q", title=unit, scale=alt.Scale(domain=[0, 1.12 * top]), axis=_parts.upright("count"))
        tooltip = tips(year=heading(figure, "year", say), told=heading(figure, "joint_works", say))
        bars = layer().mark_bar(color=HOME).encode(x=x, y=y, tooltip=tooltip)
        label = on([above]).mark_text(align="right", dy=-8, dx=8, color=INK, fontWeight="bold")
        layers = [bars, label.encode(x=x, y=alt.Y("above:Q", title=None), text="told:N")]
        return finished(layers, rows, say.language, HEIGHT)

    yield chart(answer, figure, declared, about)


def _fields(answer: Answer, say: Phrasing) -> Iterator[Chart]:
    """Specialisation by field: the home country a filled diamond, the partner a hollow circle."""
    rows = [row for row in rows_of(answer, "fields", "home", "partner")
            if row["home"] is not None or row["partner"] is not None]  # fmt: skip
    if len(rows) < 2:
        return
    figure = answer.figures["fields"]
    title = _parts.unit(figure, "home", say.language)
    declared = partial(dumbbell, named(rows, "about", say.language, "year"), _names(answer), "signed", title, say, 0)
    yield chart(answer, figure, declared, told(figure.title, _widest(rows, "home", "partner", say)))


def _widest(rows: list[Row], one: str, other: str, say: Phrasing) -> str:
    """The field in which the two are furthest apart, in words."""
    both = [row for row in rows if row[one] is not None and row[other] is not None]
    if not both:
        return ""
    row = max(both, key=lambda row: abs(float(row[one]) - float(row[other])))
    return say(
        "Furthest apart in {about}: {one} and {other}.", about=row["about"], one=display.value(row[one], "index"),
        other=display.value(row[other], "index"),
    )  # fmt: skip


def _complementarity(answer: Answer, say: Phrasing) -> Iterator[Chart]:
    """The fields in which one could gain most from the other, one chart for each direction."""
    found = known(rows_of(answer, "complementarity", "gain"), "gain", "symmetric_rca", "partner_symmetric_rca")
    home, partner = (called for _, called in _names(answer))
    for number, direction in enumerate(dict.fromkeys(row["direction"] for row in found), 1):
        able = [row for row in found if row["direction"] == direction and row["gain"] > 0]
        rows = named(sorted(able, key=lambda row: -float(row["gain"]))[:EACH_WAY], "about", say.language, "source")
        if not rows:
            continue
        figure = answer.figures["complementarity"]
        # Who stands to gain is named first in the direction, and the first of them is the home country.
        here, there = (home, partner) if number == 1 else (partner, home)
        title = say("What {here} could learn from {there}: symmetric RCA by field, most to gain first", here=here,
                    there=there)  # fmt: skip
        most = say("Most to gain: {about}, {gain}.", about=rows[0]["label"],
                   gain=display.value(rows[0]["gain"], "number"))  # fmt: skip
        ends = (("symmetric_rca", here), ("partner_symmetric_rca", there))
        declared = partial(dumbbell, rows, ends, "signed", _parts.unit(figure, "symmetric_rca", say.language), say, 0)
        yield chart(answer, figure, declared, told(title, most), id=f"learn-{number}", title=title)


def _votes(answer: Answer, say: Phrasing) -> Iterator[Chart]:
    """How often the two vote alike, by issue."""
    rows = known(rows_of(answer, "votes", "agreement"), "agreement")
    if len(rows) < 2:
        return
    figure = answer.figures["votes"]
    rows = [
        row | {"told": say("{share} of {calls}", share=percent(row["agreement"]), calls=row["roll_calls"]),
               "ours": row["issue"] == "all"}
        for row in named(rows, "about", say.language)
    ]  # fmt: skip
    least = min(rows, key=lambda row: float(row["agreement"]))
    text = say("Least alike on {about}: {told} roll calls.", about=least["label"], told=least["told"])

    def declared() -> Any:
        import altair as alt

        y = down(rows, [row["name"] for row in rows if row["ours"]])
        x = across("agreement", "share", _parts.unit(figure, "agreement", say.language), alt.Scale(domain=[0, 1]))
        tooltip = tips(label=heading(figure, "about", say), told=heading(figure, "agreement", say))
        point = dots(y, x, tooltip, "none", "none")[1]
        layers = [point, *column(y, "told", 92, say("alike, of calls"))]
        return finished(layers, rows, say.language)

    yield chart(answer, figure, declared, told(figure.title, text))
