"""Charts as Altair declarations made from figures; nothing is computed here.

Each chart reads in black and white: the home country is told apart by shape and weight as well as colour, and lines are
labelled where they end.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from legation.answer import Figure

Chart = Any
"""An Altair chart; its parts are not typed narrowly enough to be of use."""

INK, HOME, MUTED, RULE = "#1b1f24", "#0b5394", "#8a929b", "#d5d9de"
FONT = "Liberation Sans, Arial, Helvetica, sans-serif"
WIDTH = 460
ROW_HEIGHT = 17


def leaders(figure: Figure, home: str) -> Chart:
    """Values with 95 % intervals of the strongest economies and the home country, strongest first."""
    import altair as alt

    base = _base(figure).encode(y=_names(figure, "country"))
    x = alt.X("value:Q", title=figure.units.get("value"), axis=_axis(figure))
    interval = base.mark_rule(size=2).encode(x=x, x2="high:Q", color=_emphasis(home))
    interval = interval.encode(x=alt.X("low:Q", title=figure.units.get("value"), axis=_axis(figure)))
    point = base.mark_point(filled=True, size=70, opacity=1).encode(x=x, color=_emphasis(home), shape=_shape(home))
    return _finished(interval + point, figure, figure.table.height)


def ranks(figure: Figure, shown: int = 12) -> Chart:
    """Median ranks with 5–95 % intervals; partners of one group stand on one band."""
    import altair as alt

    base = _base(figure, shown).encode(y=_names(figure, "country", shown))
    axis = alt.Axis(tickMinStep=1, grid=True, format="d")
    title = "rank: median and 5–95 % interval"
    low = alt.X("rank_low:Q", title=title, axis=axis, scale=alt.Scale(zero=False, nice=False, padding=8))
    interval = base.mark_rule(size=2, color=MUTED).encode(x=low, x2="rank_high:Q")
    point = base.mark_point(filled=True, size=70, color=HOME, opacity=1).encode(x="median_rank:Q")
    group = base.mark_text(align="right", dx=-8, color=INK, fontSize=10).encode(
        x=alt.value(-2), text=alt.Text("group:N")
    )
    return (
        _finished(interval + point, figure, min(shown, figure.table.height))
        if "group" not in figure.table.columns
        else (
            _finished(interval + point + group.encode(x=alt.value(WIDTH + 16)), figure, min(shown, figure.table.height))
        )
    )


def trend(figure: Figure, home: str, measure: str) -> Chart:
    """A share by year: the home country with its 95 % band, the others thin, each labelled at its last year."""
    import altair as alt

    years = alt.X("year:Q", title=None, axis=alt.Axis(format="d", tickMinStep=1, grid=False))
    y = alt.Y(f"{measure}:Q", title=None, axis=_axis(figure, measure))
    base = _base(figure)
    ours = base.transform_filter(alt.datum.iso3 == home)
    band = ours.mark_area(opacity=0.18, color=HOME).encode(x=years, y=f"{measure}_low:Q", y2=f"{measure}_high:Q")
    line = base.mark_line().encode(
        x=years,
        y=y,
        detail="iso3:N",
        color=_emphasis(home),
        size=alt.condition(_is(home), alt.value(2.6), alt.value(1.2)),
    )
    last = int(figure.table["year"].max())  # type: ignore[arg-type]
    label = (
        base.transform_filter(alt.datum.year == last)
        .mark_text(align="left", dx=5, fontSize=11)
        .encode(x=years, y=y, text="iso3:N", color=_emphasis(home))
    )
    return _finished(band + line + label, figure, 9)


def fields(figure: Figure, home: str, partner: str) -> Chart:
    """Specialisation of two countries by field: a line between them, the home country filled, the partner hollow."""
    import altair as alt

    base = _base(figure).encode(y=_names(figure, "about"))
    title = f"symmetric RCA (-1 to 1; 0 = world average): ● {home}  ○ {partner}"
    x = alt.X("home:Q", title=title, axis=alt.Axis(grid=True), scale=alt.Scale(domain=[-1, 1]))
    rule = base.mark_rule(size=1.5, color=RULE).encode(x=x, x2="partner:Q")
    ours = base.mark_point(filled=True, size=70, color=HOME, opacity=1).encode(x="home:Q")
    theirs = base.mark_point(filled=False, size=70, color=INK, opacity=1, strokeWidth=1.6).encode(x="partner:Q")
    zero = alt.Chart(_data([{}])).mark_rule(color=MUTED, strokeDash=[3, 3]).encode(x=alt.datum(0))
    return _finished(zero + rule + ours + theirs, figure, figure.table.height)


def joint_works(figure: Figure) -> Chart:
    """Joint works by year."""
    import altair as alt

    years = alt.X("year:O", title=None, axis=alt.Axis(labelAngle=0, labelOverlap="greedy", grid=False))
    bars = _base(figure).mark_bar(color=HOME).encode(x=years, y=alt.Y("joint_works:Q", title="joint works"))
    return _finished(alt.layer(bars), figure, 7)


def svg(chart: Chart) -> str:
    """The chart as SVG."""
    import vl_convert

    return str(vl_convert.vegalite_to_svg(chart.to_dict()))


def pdf(chart: Chart) -> bytes:
    """The chart as a one-page PDF with its fonts, for setting into a document."""
    import vl_convert

    return bytes(vl_convert.vegalite_to_pdf(chart.to_dict()))


def _base(figure: Figure, shown: int | None = None) -> Chart:
    import altair as alt

    rows = figure.table if shown is None else figure.table.head(shown)
    return alt.Chart(_data(rows.to_dicts()))


def _data(rows: list[dict[str, Any]]) -> Any:
    import altair as alt

    return alt.Data(values=rows)  # type: ignore[no-untyped-call]


def _names(figure: Figure, column: str, shown: int | None = None) -> Any:
    """Names down the side in the order of the figure, none cut short."""
    import altair as alt

    names = figure.table[column].to_list()[:shown]
    return alt.Y(f"{column}:N", title=None, sort=names, axis=alt.Axis(labelLimit=260, ticks=False, domain=False))


def _axis(figure: Figure, measure: str = "value") -> Any:
    import altair as alt

    shares = figure.units.get(measure, "").startswith("share")
    return alt.Axis(format=".2~p" if shares else "~g", grid=True, tickCount=5)


def _is(home: str) -> Any:
    import altair as alt

    return alt.datum.iso3 == home


def _emphasis(home: str) -> Any:
    import altair as alt

    return alt.condition(_is(home), alt.value(HOME), alt.value(MUTED))


def _shape(home: str) -> Any:
    import altair as alt

    return alt.condition(_is(home), alt.value("diamond"), alt.value("circle"))


def _finished(chart: Chart, figure: Figure, rows: int) -> Chart:
    """Size, typography and the words a screen reader speaks."""
    return (
        chart.properties(width=WIDTH, height=ROW_HEIGHT * max(rows, 3), description=figure.title)
        .configure(font=FONT, background="white", padding=4)
        .configure_view(stroke=None)
        .configure_axis(
            labelFontSize=11, titleFontSize=11, titleFontWeight="normal", labelColor=INK, titleColor=INK,
            gridColor=RULE, domainColor=MUTED, tickColor=MUTED,
        )
    )  # fmt: skip
