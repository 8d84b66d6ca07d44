"""The charts of the brief: narrower and in smaller letters than those of pages.

Each chart reads in black and white: the home country is told apart by shape and weight as well as colour, and lines are
named where they end. Widths are those of a column of the brief, at 96 pixels an inch.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from html import escape
from textwrap import wrap
from typing import TYPE_CHECKING, Any

from legation.phrasing import Phrasing
from legation.surfaces import display
from legation.surfaces.charts._theme import BAND, FONTS, HOME, INK, MUTED, PARTNER, RULE, SHADE
from legation.surfaces.charts.rendering import drawn

if TYPE_CHECKING:
    from legation.answer import Figure

Declaration = Any
"""An Altair chart; its own types are too narrow for what it takes."""

Row = dict[str, Any]

WIDE, NARROW = 352, 276
ROW, ROW_OF_TWO_LINES = 15, 16.5
LINE_DASHES: tuple[list[int], ...] = ([], [6, 3], [2, 2], [8, 3, 2, 3], [4, 4])
PLACES_MARKED = (1, 5, 10, 15, 20, 30, 40, 50, 75, 100, 150, 200)
WRAPPED_AT = {"en": 36, "ko": 18}
BREAK = "|"
APART: dict[str, Any] = {"labelOverlap": "greedy", "labelSeparation": 5}
"""Labels of an axis that would touch are left out."""
ROOM_ABOVE = 1.1
"""How much higher than its highest bar a chart is, so that a label has room above."""
BARS_UNDER_LABEL = 12
"""The bars over which the label of the last one stands."""
LABEL_ROOM = 0.085
"""The least distance of two labels of lines, as a part of the height of the chart."""

ROLES = re.compile(r' (?:role="graphics-[a-z]+"|aria-roledescription="[^"]*")')


def leaders(figure: Figure, home: str, say: Phrasing) -> Declaration:
    """Values with 95 % intervals of the strongest economies and the home country; value and rank in figures beside."""
    import altair as alt

    rows = [
        row
        | {
            "told": display.value(row["value"], figure.formats.get("value", "number")),
            "place": display.short_place(row),
        }
        for row in figure.table.iter_rows(named=True)
    ]
    base = _base(rows).encode(y=_names(rows, "country", home))
    axis = alt.Axis(**_axis(figure, "value"), **APART, tickCount=4)
    point = base.mark_point(filled=True, size=55, opacity=1).encode(
        x=alt.X("value:Q", title=None, axis=axis, scale=alt.Scale(zero=True)),
        color=_when(home, HOME, MUTED),
        shape=_when(home, "diamond", "circle"),
    )
    layers: list[Any] = [point]
    if any(row["low"] is not None for row in rows):
        layers.insert(0, base.mark_rule(size=2.4).encode(x="low:Q", x2="high:Q", color=_when(home, HOME, MUTED)))
    layers += _column(base, "told", home, 44, say("value"))
    layers += _column(base, "place", home, 106, say("rank (95 %)"))
    return _finished(layers, WIDE, alt.Step(ROW), say)


def ranks(figure: Figure, shown: int, say: Phrasing) -> Declaration:
    """Median ranks with 5–95 % intervals; partners that the data cannot order share a shaded or white band."""
    import altair as alt

    rows = figure.table.head(shown).to_dicts()
    first = {row["group"]: row["country"] for row in reversed(rows)}
    bands = {group: say("group {group}", group=group) for group in first}
    rows = [row | {"band": bands[row["group"]] if first[row["group"]] == row["country"] else ""} for row in rows]
    base = _base(rows).encode(y=_names(rows, "country"))
    axis = alt.Axis(format="d", values=PLACES_MARKED, **APART)
    x = alt.X("rank_low:Q", title=None, axis=axis, scale=alt.Scale(zero=False, nice=False, padding=6))
    shade = base.transform_filter("datum.group % 2 == 1").mark_rect(color=SHADE, x=0, x2=alt.ExprRef("width + 50"))
    interval = base.mark_rule(size=2.4, color=MUTED).encode(x=x, x2="rank_high:Q")
    point = base.mark_point(filled=True, size=55, color=HOME, opacity=1).encode(x="median_rank:Q")
    name = base.mark_text(align="right", x=alt.ExprRef("width + 46"), color=MUTED).encode(text="band:N")
    return _finished([shade, interval, point, name], WIDE, alt.Step(ROW), say)


def trend(figure: Figure, home: str, measure: str, say: Phrasing) -> Declaration:
    """A share by year: the home country with its 95 % band, the others thin and dashed, each named at its last year."""
    import altair as alt

    rows = figure.table.to_dicts()
    names = {row["iso3"]: row["country"] for row in rows}
    others = [code for code in names if code != home]
    years = alt.X("year:Q", title=None, axis=alt.Axis(format="d", tickMinStep=1, grid=False, tickCount=5))
    y = alt.Y(f"{measure}:Q", title=None, axis=alt.Axis(**_axis(figure, measure), tickCount=5))
    base = _base(rows)
    ours = base.transform_filter(alt.datum.iso3 == home)
    band = ours.mark_area(color=BAND).encode(x=years, y=alt.Y(f"{measure}_low:Q", title=None), y2=f"{measure}_high:Q")
    dashes = alt.StrokeDash("iso3:N", legend=None, scale=alt.Scale(domain=others, range=list(LINE_DASHES)))
    others_lines = base.transform_filter(alt.datum.iso3 != home).mark_line(color=MUTED, strokeWidth=1.1)
    line = ours.mark_line(color=HOME, strokeWidth=2.4).encode(x=years, y=y)
    labels = _written(_base(_ends(rows, measure)).encode(y="at:Q"), "country", home, align="left", edge=5)
    layers = [band, others_lines.encode(x=years, y=y, strokeDash=dashes), line, *labels]
    return _finished(layers, NARROW, 184, say)


def fields(figure: Figure, names: tuple[str, str], say: Phrasing) -> Declaration:
    """Specialisation of two countries by field: the home country a filled diamond, the partner a hollow circle."""
    import altair as alt

    at = WRAPPED_AT[say.language]
    rows = [row | {"about": BREAK.join(wrap(row["about"], at))} for row in figure.table.iter_rows(named=True)]
    ends = [
        {"about": row["about"], "country": name, "value": row[side]}
        for row in rows
        for side, name in zip(("home", "partner"), names, strict=True)
    ]
    y = _names(rows, "about")
    axis = alt.Axis(tickCount=4, **APART, labelExpr="datum.value ? format(datum.value, '+.1f') : '0'")
    title = display.minus(figure.units["home"])
    scale = alt.Scale(padding=9, nice=False)
    x = alt.X("home:Q", title=title, axis=axis, scale=scale)
    rule = _base(rows).mark_rule(size=1.6, color=RULE).encode(y=y, x=x, x2="partner:Q")
    zero = _base([{"value": 0}]).mark_rule(color=MUTED, strokeDash=[3, 3]).encode(x="value:Q")
    both = list(names)
    legend = alt.Legend(title=None, orient="top", symbolSize=60, labelFontSize=11, offset=4)
    points = _base(ends).mark_point(size=48, opacity=1, strokeWidth=1.6).encode(
        y=y,
        x=alt.X("value:Q", title=title, axis=axis, scale=scale),
        shape=alt.Shape("country:N", scale=alt.Scale(domain=both, range=["diamond", "circle"]), legend=legend),
        stroke=alt.Stroke("country:N", scale=alt.Scale(domain=both, range=[HOME, PARTNER]), legend=legend),
        fill=alt.Fill("country:N", scale=alt.Scale(domain=both, range=[HOME, "transparent"]), legend=legend),
    )  # fmt: skip
    return _finished([zero, rule, points], WIDE, alt.Step(ROW_OF_TWO_LINES), say)


def joint_works(figure: Figure, say: Phrasing) -> Declaration:
    """Joint works by year, the count of the last written out."""
    import altair as alt

    rows = figure.table.select("year", "joint_works").to_dicts()
    axis = alt.Axis(labelAngle=0, **APART, grid=False, ticks=False)
    years = alt.X("year:O", title=None, axis=axis, scale=alt.Scale(paddingInner=0.2))
    room = alt.Scale(domainMax=ROOM_ABOVE * max(row["joint_works"] for row in rows))
    count = alt.Y("joint_works:Q", title=None, axis=alt.Axis(format=",d", tickCount=5), scale=room)
    base = _base(rows).encode(x=years, y=count)
    told = say("{n:,} in {year}", n=rows[-1]["joint_works"], year=rows[-1]["year"])
    last = [
        {"year": rows[-1]["year"], "above": max(row["joint_works"] for row in rows[-BARS_UNDER_LABEL:]), "told": told}
    ]
    label = _base(last).mark_text(align="right", dy=-7, dx=5, color=INK).encode(x=years, y="above:Q", text="told:N")
    return _finished([base.mark_bar(color=HOME), label], NARROW, 190, say)


def svg(chart: Declaration, description: str) -> str:
    """The chart as SVG that says what it shows; the same chart gives the same text."""
    found = drawn("vegalite_to_svg", chart.to_dict(validate=False)).decode()
    found = ROLES.sub("", found)  # the picture is one image with one description
    return found.replace("<svg ", f'<svg role="img" aria-label="{escape(description)}" ', 1)


def _base(rows: Sequence[Mapping[str, Any]]) -> Declaration:
    import altair as alt

    return alt.Chart(alt.Data(values=list(rows)))  # type: ignore[no-untyped-call]


def _names(rows: Sequence[Row], column: str, home: str = "") -> Any:
    """Names down the side in the order of the figure, none cut short, the home country bold."""
    import altair as alt

    ours = next((row[column] for row in rows if home and row["iso3"] == home), "")
    bold = {"test": {"field": "value", "equal": ours}, "value": "bold"}
    axis = alt.Axis(
        labelExpr=f"split(datum.label, {BREAK!r})", labelLimit=260, labelLineHeight=11, labelPadding=9, ticks=False,
        domain=False, grid=False, labelFontWeight={"condition": bold, "value": "normal"},
        labelOffset={"condition": {"test": f"indexof(datum.value, {BREAK!r}) > 0", "value": -5}, "value": 0},
    )  # fmt: skip
    return alt.Y(f"{column}:N", title=None, sort=[row[column] for row in rows], axis=axis)


def _column(base: Declaration, field: str, home: str, edge: int, title: str) -> list[Any]:
    """Figures beside a chart, their right edge so far from it, under a heading."""
    import altair as alt

    head = _base([{}]).mark_text(align="right", x=alt.ExprRef(f"width + {edge}"), y=-9, color=MUTED, text=title)
    return [*_written(base, field, home, align="right", edge=edge), head]


def _written(base: Declaration, field: str, home: str, align: str, edge: int) -> list[Any]:
    """Words beside a chart, those of the home country bold and in its colour."""
    import altair as alt

    ours, others = base.transform_filter(alt.datum.iso3 == home), base.transform_filter(alt.datum.iso3 != home)
    place = {"align": align, "x": alt.ExprRef(f"width + {edge}")}
    return [
        ours.mark_text(**place, color=HOME, fontWeight="bold").encode(text=f"{field}:N"),
        others.mark_text(**place, color=INK).encode(text=f"{field}:N"),
    ]


def _axis(figure: Figure, measure: str) -> dict[str, Any]:
    if figure.formats.get(measure) == "share":
        return {"labelExpr": "format(datum.value * 100, '~g') + ' %'"}
    return {"format": "~g"}


def _when(home: str, ours: object, theirs: object) -> Any:
    import altair as alt

    return alt.condition(alt.datum.iso3 == home, alt.value(ours), alt.value(theirs))


def _ends(rows: Sequence[Row], measure: str) -> list[Row]:
    """The last point of each line, and `at` what height its name has room, lowest first."""
    last = {row["iso3"]: row for row in rows if row[measure] is not None}
    room = LABEL_ROOM * max(row[f"{measure}_high"] or row[measure] for row in rows if row[measure] is not None)
    ends: list[Row] = []
    for row in sorted(last.values(), key=lambda row: row[measure]):
        below = ends[-1]["at"] + room if ends else 0
        ends.append({"iso3": row["iso3"], "country": row["country"], "at": max(row[measure], below)})
    return ends


def _finished(layers: Sequence[Any], width: int, height: Any, say: Phrasing) -> Declaration:
    """Size, with all that stands beside the plot, and typography."""
    import altair as alt

    font = FONTS[say.language]
    text = {"labelFont": font, "titleFont": font}
    chart = alt.layer(*layers).properties(
        width=width,
        height=height,
        padding=3,
        autosize=alt.AutoSizeParams(type="fit-x" if isinstance(height, alt.Step) else "fit", contains="padding"),
    )
    return (
        chart.configure(font=font, background="transparent", aria=False)
        .configure_axis(
            **text,
            titleFontSize=10,
            titleFontWeight="normal",
            titleColor=MUTED,
            labelFontSize=11,
            labelColor=INK,
            gridColor=RULE,
            tickColor=RULE,
            domainColor=MUTED,
            labelPadding=4,
        )
        .configure_legend(**text)
        .configure_text(font=font, fontSize=11)
        .configure_view(stroke=None)
        .configure_scale(bandPaddingInner=0, bandPaddingOuter=0)
    )
