"""Lines by year, each named where it ends."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from legation.phrasing import Phrasing
from legation.surfaces import display
from legation.surfaces.charts._making import heading
from legation.surfaces.charts._parts import Row, finished, layer, on, tips, unit, upright
from legation.surfaces.charts._theme import BAND, HOME, INK, MUTED

if TYPE_CHECKING:
    from legation.answer import Figure

HEIGHT = 260
ROOM = 0.075
"""The least distance of two names, as a part of the height."""
DASHES: tuple[list[int], ...] = ([1, 0], [7, 3], [2, 2], [9, 3, 2, 3], [4, 4])


def by_year(figure: Figure, rows: Sequence[Row], measure: str, names: tuple[str, str], ours: str, say: Phrasing) -> Any:
    """A measure by year: one line a name, ours thick with its 95 % band, the others thin and dashed.

    `names` are the columns of what tells lines apart and of what they are called.
    """
    import altair as alt

    key, called = names
    form = figure.formats.get(measure, "number")
    rows = [
        row | {"ours": row[key] == ours, "label": row[called], "told": display.value(row[measure], form)}
        for row in rows
    ]
    others = list(dict.fromkeys(row[key] for row in rows if not row["ours"]))
    years = alt.X("year:Q", title=None, axis=alt.Axis(format="d", tickMinStep=1, grid=False, tickCount=6),
                  scale=alt.Scale(nice=False))  # fmt: skip
    value = alt.Y(f"{measure}:Q", title=unit(figure, measure, say.language), axis=upright(form))
    dashes = alt.StrokeDash(f"{key}:N", legend=None, scale=alt.Scale(domain=others, range=list(DASHES)))
    mine, theirs = layer().transform_filter("datum.ours"), layer().transform_filter("!datum.ours")
    layers = [
        theirs.mark_line(color=MUTED, strokeWidth=1.4).encode(x=years, y=value, strokeDash=dashes),
        mine.mark_line(color=HOME, strokeWidth=2.8).encode(x=years, y=value),
        layer().mark_point(opacity=0, size=120).encode(
            x=years, y=value,
            tooltip=tips(label=heading(figure, called, say), year=heading(figure, "year", say),
                         told=heading(figure, measure, say)),
        ),
        *_names(rows, measure),
    ]  # fmt: skip
    if f"{measure}_low" in rows[0]:
        band = mine.transform_filter(f"isValid(datum.{measure}_low)").mark_area(color=BAND)
        layers.insert(0, band.encode(x=years, y=alt.Y(f"{measure}_low:Q", title=None), y2=f"{measure}_high:Q"))
    return finished(layers, rows, say.language, HEIGHT)


def _names(rows: Sequence[Row], measure: str) -> list[Any]:
    """Each line's name at its last year, moved up where two would touch."""
    import altair as alt

    last = {row["label"]: row for row in rows}
    values = [row[measure] for row in rows]
    room = ROOM * (max(values) - min(*values, 0))
    ends: list[Row] = []
    for row in sorted(last.values(), key=lambda row: float(row[measure])):
        below = ends[-1]["at"] + room if ends else row[measure]
        ends.append({"label": row["label"], "ours": row["ours"], "at": max(row[measure], below)})
    place: dict[str, Any] = {"align": "left", "x": alt.ExprRef("width + 7"), "baseline": "middle"}
    base = on(ends).encode(y="at:Q", text="label:N")
    return [
        base.transform_filter("datum.ours").mark_text(**place, color=HOME, fontWeight="bold"),
        base.transform_filter("!datum.ours").mark_text(**place, color=INK),
    ]
