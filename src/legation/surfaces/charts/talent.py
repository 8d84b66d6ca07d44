"""Where the researchers are: flows on a map, balances by country in both databases, rates by year."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Any

from legation import registry
from legation.answer import Answer, Figure
from legation.phrasing import Phrasing
from legation.surfaces import display
from legation.surfaces.charts import _geography, _lines, _parts
from legation.surfaces.charts._chart import WIDTH, Chart
from legation.surfaces.charts._making import chart, heading, known, rows_of, told, word
from legation.surfaces.charts._parts import Row, across, down, dressed, finished, layer, mark, on, series, tips
from legation.surfaces.charts._theme import HOME, HUES, INK, MUTED, PAPER, PARTNER, RULE

FLOWS = "researcher_flows"
EACH_WAY, BALANCES, MOST_SOURCES = 8, 14, 4
RATIO = 0.48
WORLDWIDE = 130
"""Degrees of longitude from which on a map has lines every 30 degrees, else every 10."""
WIDEST = 8
"""Of an arc, in pixels."""


def charts(answer: Answer, say: Phrasing) -> Iterator[Chart]:
    """A map for each database, the balances of all side by side, and rates by year."""
    flows = [row for row in rows_of(answer, "hosts", "indicator", "measure") if row["indicator"] == FLOWS]
    for source in sorted({row["source"] for row in flows})[:MOST_SOURCES]:
        yield from _map(answer, [row for row in flows if row["source"] == source], source, say)
    yield from _balances(answer, flows, say)
    yield from _trend(answer, say)


def _called(measure: str, say: Phrasing) -> str:
    """What a measure of flows is called in the answer."""
    return registry.indicators()[FLOWS].measures[measure].label[say.language]


def _map(answer: Answer, flows: list[Row], source: str, say: Phrasing) -> Iterator[Chart]:
    """The largest flows to and from the home country, as arcs between capitals."""
    figure, home = answer.figures["hosts"], answer.subject["home"]
    places = _geography.capitals()
    measures = {_called("arrivals", say): say("come"), _called("departures", say): say("leave")}
    placed = [row for row in known(flows, "value") if row["partner_iso3"] in places]
    arcs = [
        row | {"way": measures[row["measure"]], "told": display.value(row["value"], "count")}
        for measure in measures
        for row in [
            row for row in placed if row["measure"] == measure and row["value"] > 0
        ][:EACH_WAY]
    ]  # fmt: skip
    if not arcs or home not in places:
        return
    centre = places[home][0]
    ends = list({row["partner_iso3"]: row for row in arcs}.values())
    ways = list(measures.values())
    most = max(float(row["value"]) for row in arcs)
    named = [home, *(row["partner_iso3"] for row in ends)]
    shown = _geography.window(centre, named)
    told_so, period = word(source, say.language), display.period(arcs[0])
    title = say("Researchers who come to and leave {home}, largest flows, {years} ({source})",
                home=answer.subject["home_name"], years=period, source=told_so)  # fmt: skip
    listed = [say("{way}: {names}", way=way, names=say.listed(
        [f"{row['country']} {row['told']}" for row in arcs if row["way"] == way])) for way in ways
        if any(row["way"] == way for row in arcs)]  # fmt: skip

    def declared() -> Any:
        import altair as alt

        features = [
            _geography.arc(
                *_from_to(home, row["partner_iso3"], row["way"] == say("come")), centre,
                {key: row[key] for key in ("country", "partner_iso3", "way", "value", "told")},
            )
            for row in sorted(arcs, key=lambda row: -float(row["value"]))
        ]  # fmt: skip
        legend = alt.Legend(
            title=None, orient="top", symbolType="stroke", symbolSize=500, symbolStrokeWidth=3, labelLimit=0
        )
        tooltip = tips(
            country=heading(figure, "country", say), way=say("direction"), told=heading(figure, "value", say)
        )
        lines = on(features).mark_geoshape(filled=False, opacity=0.8, strokeCap="round").encode(
            stroke=alt.Stroke("way:N", legend=legend, scale=alt.Scale(domain=ways, range=[HOME, PARTNER])),
            strokeDash=alt.StrokeDash("way:N", legend=legend, scale=alt.Scale(domain=ways, range=[[1, 0], [5, 4]])),
            strokeWidth=alt.StrokeWidth("value:Q", legend=None, scale=alt.Scale(domain=[0, most], range=[0.8, WIDEST])),
            tooltip=tooltip,
        )  # fmt: skip
        layers = [*_backdrop(named, shown), lines, *_symbols(home, ends, shown)]
        declared = alt.layer(*layers).properties(
            projection=_projection(shown), padding=_parts.PADDING, view=alt.ViewBackground(stroke=RULE),
            autosize=alt.AutoSizeParams(type="fit", contains="padding"), height=300,
        )  # fmt: skip
        return dressed(declared, say.language)

    yield chart(answer, figure, declared, told(title, "; ".join(listed) + "."),
                id=f"map-{source.rpartition('_')[2]}", title=title, ratio=RATIO)  # fmt: skip


def _backdrop(named: list[str], shown: _geography.Window) -> list[object]:
    """The lines of the globe, and every other country as a dot: no land, no borders."""
    import altair as alt

    net = alt.graticule(step=[30, 30] if shown.across > WORLDWIDE else [10, 10], precision=10)
    others = on(list(_geography.dots(*named))).mark_circle(size=12, color=MUTED, opacity=0.5, clip=True)
    return [
        alt.Chart(net).mark_geoshape(filled=False, stroke=RULE, strokeWidth=0.7, clip=True),
        others.encode(longitude="longitude:Q", latitude="latitude:Q"),
    ]


def _projection(shown: _geography.Window) -> object:
    """Degrees as they are, as many of them as the window holds."""
    import altair as alt

    return alt.Projection(
        type="equirectangular", rotate=[-shown.centre, 0, 0], center=[shown.east, shown.north],
        scale=alt.ExprRef(f"min(width / {shown.across}, height / {shown.up}) * 180 / PI"),
        translate=alt.ExprRef("[width / 2, height / 2]"),
    )  # fmt: skip


def _from_to(home: str, partner: str, come: bool) -> tuple[str, str]:
    return (partner, home) if come else (home, partner)


def _symbols(home: str, ends: list[Row], shown: _geography.Window) -> list[object]:
    """Home and partners, with their codes: three letters have room on a map where names have none."""
    points = [{"code": home, "ours": True, **_geography.at(home)}]
    points += [{"code": row["partner_iso3"], "ours": False, **_geography.at(row["partner_iso3"])} for row in ends]
    base = on(_geography.with_labels(points, shown, shown.scale(WIDTH, RATIO * WIDTH)))
    text = base.encode(longitude="named_at:Q", latitude="named_north:Q", text="code:N")
    size = 11.5
    return [
        text.mark_text(stroke=PAPER, strokeWidth=3.5, strokeJoin="round", fontSize=size, opacity=0.85),
        base.mark_point(filled=True, opacity=1, size=55).encode(
            longitude="longitude:Q", latitude="latitude:Q", color=_parts.when_ours(HOME, INK),
            shape=_parts.when_ours("diamond", "circle"),
        ),
        text.transform_filter("datum.ours").mark_text(fontWeight="bold", color=HOME, fontSize=size),
        text.transform_filter("!datum.ours").mark_text(color=INK, fontSize=size),
    ]  # fmt: skip


def _balances(answer: Answer, flows: list[Row], say: Phrasing) -> Iterator[Chart]:
    """The balance with each country in every database: more come than leave at the right."""
    found = [row for row in known(flows, "value") if row["measure"] == _called("net_arrivals", say)]
    largest = sorted(found, key=lambda row: -abs(float(row["value"])))
    shown = list(dict.fromkeys(row["country"] for row in largest))[:BALANCES]
    order = sorted(shown, key=lambda name: -max(float(row["value"]) for row in found if row["country"] == name))
    rows = [
        row | {"series": word(row["source"], say.language), "told": _signed(row["value"]), "ours": False}
        for country in order for row in found if row["country"] == country
    ]  # fmt: skip
    names = sorted({row["series"] for row in rows})
    if len(rows) < 2 or len(names) > len(HUES):
        return
    rows = [row | {"name": _parts.name(row["country"], say.language)} for row in rows]
    figure: Figure = answer.figures["hosts"]
    title = say("Balance of researchers of {home} by country, {years}", home=answer.subject["home_name"],
                years=display.period(rows[0]))  # fmt: skip
    ends = [say("{country}: {value} ({source})", country=row["country"], value=row["told"], source=row["series"])
            for row in (rows[0], rows[-1])]  # fmt: skip

    def declared() -> Any:
        import altair as alt

        y = down(rows)
        x = across(
            "value",
            "signed",
            _parts.titled(say("researchers; + more come than leave"), say.language),
            alt.Scale(padding=8),
        )
        tooltip = tips(country=heading(figure, "country", say), series=heading(figure, "source", say),
                       told=heading(figure, "value", say))  # fmt: skip
        marks = (
            layer().mark_point(size=60, opacity=1, strokeWidth=1.8).encode(y=y, x=x, tooltip=tooltip, **series(names))
        )
        stems = layer().mark_rule(size=1.4, color=RULE).encode(y=y, x=x, x2=alt.datum(0))
        return finished([*mark(0), stems, marks], rows, say.language)

    yield chart(answer, figure, declared, told(title, "; ".join(ends) + "."), id="balance", title=title)


def _signed(value: float) -> str:
    return ("+" if value > 0 else "") + display.value(value, "count")


def _trend(answer: Answer, say: Phrasing) -> Iterator[Chart]:
    """The net rate by year, one line a database."""
    rows = known(rows_of(answer, "trend", "net_migration_rate"), "net_migration_rate")
    if len({row["year"] for row in rows}) < 2:
        return
    figure = answer.figures["trend"]
    rows = [row | {"database": word(row["source"], say.language)} for row in rows]
    last = list({row["database"]: row for row in rows}.values())
    title = say("Net rate of researchers who come, by year")
    ends = [say("{source}: {value} in {year}", source=row["database"], year=row["year"],
                value=display.value(row["net_migration_rate"], "number")) for row in last]  # fmt: skip
    declared = partial(
        _lines.by_year, figure, rows, "net_migration_rate", ("source", "database"), rows[0]["source"], say
    )
    yield chart(answer, figure, declared, told(title, "; ".join(ends) + "."), id="trend", title=title)
