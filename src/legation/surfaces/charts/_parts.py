"""What charts are put together from: rows with names, axes with units, dots with intervals, texts beside them.

Rows are those of a figure with the words that stand beside them; nothing is computed but where things have room.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from textwrap import wrap
from typing import TYPE_CHECKING, Any

from legation.surfaces import display
from legation.surfaces.charts._theme import HOME, HUES, INK, MUTED, RULE, SHAPES, STACKS

if TYPE_CHECKING:
    from legation.answer import Figure

Row = dict[str, Any]

BREAK = "|"
WRAPPED_AT = {"en": 26, "ko": 15}
"""Letters of a name beside a chart before it goes on in the next line."""
TITLE_AT = {"en": 52, "ko": 30}
LINE, ROW = 13, 20
"""Pixels of a line of text, and the least of a row."""
SIZE = 62
"""Of a symbol, in square pixels."""
PADDING = {"left": 4, "top": 4, "bottom": 4, "right": 4}
APART: dict[str, Any] = {"labelOverlap": "greedy", "labelSeparation": 6}
"""Labels of an axis that would touch are left out."""
SIGNED = "datum.value > 0 ? '+' + format(datum.value, ',~g') : format(datum.value, ',~g')"


def name(text: str, language: str) -> str:
    """A name in lines that fit beside a chart.

    >>> name("Geosciences, atmospheric sciences and ocean sciences", "en")
    'Geosciences, atmospheric|sciences and ocean|sciences'
    """
    at = WRAPPED_AT["en" if text.isascii() else language]  # Latin letters are narrower
    return BREAK.join(wrap(text.replace(BREAK, "/"), at, break_long_words=False)) or "–"


def unit(figure: Figure, column: str, language: str) -> list[str]:
    """The unit of a column as the title of an axis, in lines."""
    return titled(figure.units.get(column, ""), language)


def titled(text: str, language: str) -> list[str]:
    """A text as the title of an axis, in lines."""
    return wrap(display.minus(text), TITLE_AT[language])


def axis(form: str, **more: Any) -> Any:
    """An axis of shares, counts or other numbers."""
    import altair as alt

    told: dict[str, Any] = {"labelExpr": "format(datum.value, ',~g')"}
    if form == "share":
        told = {"labelExpr": "format(datum.value * 100, ',~g') + '\u00a0%'"}
    elif form == "count":
        told = {"format": ",d", "tickMinStep": 1}
    elif form == "rank":
        told = {"format": "d"}
    elif form == "signed":
        told = {"labelExpr": SIGNED}
    settings: dict[str, Any] = {"tickCount": 5, "titleAnchor": "end", "titleAlign": "right"} | told | APART
    return alt.Axis(**(settings | more))


def upright(form: str) -> Any:
    """The axis of values at the left, its title above it."""
    return axis(
        form, titleAngle=0, titleAlign="left", titleAnchor="end", titleBaseline="bottom", titleX=-36, titleY=-8,
        titlePadding=0,
    )  # fmt: skip


def across(column: str, form: str, title: Sequence[str] | None, scale: Any = None, **more: Any) -> Any:
    """The horizontal position of a value."""
    import altair as alt

    scale = scale or alt.Scale(zero=True)
    return alt.X(f"{column}:Q", title=list(title) if title else None, axis=axis(form, **more), scale=scale)


def down(rows: Sequence[Row], bold: Iterable[str] = ()) -> Any:
    """Names down the side in the order of the rows, none cut short, those of `bold` in bold."""
    import altair as alt

    test = f"indexof({list(dict.fromkeys(bold))!r}, datum.value) >= 0"
    lines = f"length(split(datum.value, {BREAK!r}))"
    offsets: list[Any] = [{"test": f"{lines} == {n}", "value": -LINE * (n - 1) / 2} for n in (2, 3, 4, 5)]
    labels = alt.Axis(
        labelExpr=f"split(datum.label, {BREAK!r})", labelLimit=0, labelLineHeight=LINE, labelPadding=8, ticks=False,
        domain=False, grid=False, labelFontWeight={"condition": {"test": test, "value": "bold"}, "value": "normal"},
        labelOffset={"condition": offsets, "value": 0},
    )  # fmt: skip
    return alt.Y("name:N", title=None, sort=list(dict.fromkeys(row["name"] for row in rows)), axis=labels)


def layer() -> Any:
    """Marks on the rows of the chart."""
    import altair as alt

    return alt.Chart()


def on(rows: Sequence[Mapping[str, Any]]) -> Any:
    """Marks on rows of their own."""
    import altair as alt

    return alt.Chart(alt.Data(values=list(rows)))  # type: ignore[no-untyped-call]


def when_ours(ours: object, theirs: object) -> Any:
    """One value for the rows of the home country, another for the rest."""
    import altair as alt

    return alt.condition("datum.ours", alt.value(ours), alt.value(theirs))


def tips(**headings: str) -> list[Any]:
    """What a pointer over a mark tells: columns with their headings."""
    import altair as alt

    return [alt.Tooltip(f"{column}:N", title=heading) for column, heading in headings.items()]


def dots(y: Any, x: Any, tooltip: Sequence[Any], low: str = "low", high: str = "high") -> list[Any]:
    """Values with their intervals, the home country's a filled diamond, others a circle."""
    base = layer().encode(y=y)
    known = f"isValid(datum.{low}) && isValid(datum.{high})"
    rule = base.transform_filter(known).mark_rule(size=2.6, strokeCap="round").encode(
        x=_at(x, low), x2=f"{high}:Q", color=when_ours(HOME, MUTED)
    )  # fmt: skip
    point = base.mark_point(filled=True, size=SIZE, opacity=1).encode(
        x=x, color=when_ours(HOME, MUTED), shape=when_ours("diamond", "circle"), tooltip=list(tooltip)
    )
    return [rule, point]


def _at(x: Any, column: str) -> Any:
    """Another column at the same scale and axis."""
    moved = x.copy(deep=True)
    moved.shorthand = f"{column}:Q"
    return moved


def column(y: Any, field: str, edge: int, title: str = "") -> list[Any]:
    """Texts beside a chart, their right edge so far from it, under a heading; those of the home country bold."""
    import altair as alt

    place = {"align": "right", "x": alt.ExprRef(f"width + {edge}"), "baseline": "middle", "clip": False}
    base = layer().encode(y=y, text=f"{field}:N")
    texts = [
        base.transform_filter("datum.ours").mark_text(**place, color=HOME, fontWeight="bold"),
        base.transform_filter("!datum.ours").mark_text(**place, color=INK),
    ]
    head = on([{}]).mark_text(align="right", x=alt.ExprRef(f"width + {edge}"), y=-9, color=MUTED, text=title)
    return [*texts, head] if title else texts


def series(names: Sequence[str], field: str = "series") -> dict[str, Any]:
    """What tells series apart: shape and colour together, in a legend above."""
    import altair as alt

    names = list(dict.fromkeys(names))
    legend = alt.Legend(title=None, orient="top", columns=2, symbolSize=70, labelLimit=0, offset=6, rowPadding=3)
    shapes = alt.Scale(domain=names, range=list(SHAPES[: len(names)]))
    hues = alt.Scale(domain=names, range=list(HUES[: len(names)]))
    fills = alt.Scale(domain=names, range=[HUES[0], *("transparent" for _ in names[1:])])
    return {
        "shape": alt.Shape(f"{field}:N", scale=shapes, legend=legend),
        "stroke": alt.Stroke(f"{field}:N", scale=hues, legend=legend),
        "fill": alt.Fill(f"{field}:N", scale=fills, legend=legend),
    }


def mark(value: float, text: str = "", axis_of: str = "x") -> list[Any]:
    """A dashed line at a value that means something, and what it means."""
    base = on([{"at": value}])
    rule = base.mark_rule(color=MUTED, strokeDash=[4, 3])
    rule = rule.encode(x="at:Q") if axis_of == "x" else rule.encode(y="at:Q")
    if not text:
        return [rule]
    label = base.mark_text(y=-9, color=MUTED, text=text, baseline="middle").encode(x="at:Q")
    return [rule, label]


def rows_high(rows: Sequence[Row]) -> Any:
    """As much height for each row as the longest name needs."""
    import altair as alt

    lines = max((row["name"].count(BREAK) + 1 for row in rows), default=1)
    return alt.Step(max(ROW, LINE * lines + 7))


def finished(layers: Sequence[Any], rows: Sequence[Row], language: str, height: Any = None, right: int = 4) -> Any:
    """Size, with all that stands beside the plot, and typography. `right` is room for what leans over the edge."""
    import altair as alt

    height = height if height is not None else rows_high(rows)
    stepped = isinstance(height, alt.Step)
    chart = alt.layer(*layers, data=alt.Data(values=list(rows))).properties(  # type: ignore[no-untyped-call]
        height=height,
        padding={"left": 4, "top": 4, "bottom": 4, "right": right},
        autosize=alt.AutoSizeParams(type="fit-x" if stepped else "fit", contains="padding"),
    )
    return dressed(chart, language)


def dressed(chart: Any, language: str) -> Any:
    """A chart in the house's typography and colours."""
    import altair as alt

    font = STACKS[language]
    text: dict[str, Any] = {"labelFont": font, "titleFont": font}
    # Set at once: every method of Altair's that configures copies the chart with all its data.
    chart.config = alt.Config(
        font=font, background="transparent", aria=False,
        axis=alt.AxisConfig(
            **text, titleFontSize=11, titleFontWeight="normal", titleColor=MUTED, titlePadding=8, titleLineHeight=LINE,
            labelFontSize=12, labelColor=INK, gridColor=RULE, tickColor=RULE, domainColor=MUTED, labelPadding=5,
        ),
        legend=alt.LegendConfig(**text, labelFontSize=12, labelColor=INK, titleColor=MUTED),
        text=alt.MarkConfig(font=font, fontSize=12, color=INK), view=alt.ViewConfig(stroke=None),
        scale=alt.ScaleConfig(bandPaddingInner=0, bandPaddingOuter=0),
    )  # fmt: skip
    return chart
