"""Two values a row, joined by a line: of two countries, or before and after."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from legation.phrasing import Phrasing
from legation.surfaces import display
from legation.surfaces.charts._parts import Row, across, column, down, finished, layer, mark, on, series, tips
from legation.surfaces.charts._theme import HOME, PARTNER, RULE


def dumbbell(
    rows: Sequence[Row], ends: Sequence[tuple[str, str]], form: str, title: Sequence[str], say: Phrasing,
    at: float | None = None, beside: str = "",
) -> Any:  # fmt: skip
    """Two columns of each row on one scale: the first a filled diamond, the second a hollow circle, with intervals.

    `ends` are columns and what they are called; `at` a value that means something; `beside` a column of words.
    """
    import altair as alt

    shown = "index" if form == "signed" else form
    points = [
        {"name": row["name"], "label": row["label"], "series": called, "value": row[end],
         "low": row.get(f"{end}_low"), "high": row.get(f"{end}_high"), "told": display.value(row[end], shown)}
        for row in rows for end, called in ends if row[end] is not None
    ]  # fmt: skip
    y = down(rows)
    scale = alt.Scale(zero=form in ("share", "count"), nice=True, padding=8)
    x = across("value", form, title, scale)
    first, second = (end for end, _ in ends)
    joined = layer().transform_filter(f"isValid(datum.{first}) && isValid(datum.{second})")
    joining = joined.mark_rule(size=1.6, color=RULE).encode(y=y, x=across(first, form, title, scale), x2=f"{second}:Q")
    base = on(points).encode(y=y)
    spans = base.transform_filter("isValid(datum.low) && isValid(datum.high)").mark_rule(size=2.2, opacity=0.55)
    spans = spans.encode(x=across("low", form, title, scale), x2="high:Q")
    hues = dict(zip((called for _, called in ends), (HOME, PARTNER), strict=True))
    # Not by a scale of colours: its hidden legend would hide that of the symbols.
    intervals = [spans.transform_filter(alt.datum.series == c).encode(color=alt.value(hue)) for c, hue in hues.items()]
    tooltip = tips(label=say("about"), series=say("whose"), told=say("value"))
    marks = base.mark_point(size=56, opacity=1, strokeWidth=1.8).encode(
        x=x, tooltip=tooltip, **series([called for _, called in ends])
    )
    layers = [joining, *intervals, marks]
    layers += mark(at) if at is not None else []
    layers += column(y, beside, 112) if beside else []
    return finished(layers, [row | {"ours": False} for row in rows], say.language)
