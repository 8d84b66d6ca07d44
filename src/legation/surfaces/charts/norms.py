"""Who writes the rules: who sits where, country by body."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from legation.answer import Answer
from legation.answers.norms import STANDINGS
from legation.phrasing import Phrasing
from legation.surfaces.charts import _parts
from legation.surfaces.charts._chart import Chart
from legation.surfaces.charts._making import chart, heading, named, rows_of, told, word
from legation.surfaces.charts._parts import down, finished, layer, tips
from legation.surfaces.charts._theme import BAND, HOME, INK, MUTED, PAPER, RULE

SYMBOLS = {
    "secretariat": ("diamond", HOME, HOME),
    "participating": ("circle", HOME, HOME),
    "member": ("circle", HOME, HOME),
    "signed": ("circle", HOME, HOME),
    "observing": ("circle", HOME, PAPER),
    "absent": ("stroke", MUTED, PAPER),
    "not known": ("triangle-down", MUTED, PAPER),
}
ROOM_FOR_NAMES = 44
OTHER = ("square", MUTED, PAPER)
"""Shape, line and filling by standing; filled means a full voice."""


def charts(answer: Answer, say: Phrasing) -> Iterator[Chart]:
    """The matrix of seats."""
    rows = rows_of(answer, "matrix", "body", "country", "standing")
    if not rows:
        return
    figure, home = answer.figures["matrix"], answer.subject["home_name"]
    rows = [
        row | {"ours": row["country"] == home} for row in named(_known_bodies(rows, say.language), "body", say.language)
    ]
    symbols = {say(word): SYMBOLS[key] for key, word in STANDINGS.items()}
    held = list(dict.fromkeys([*symbols, *(row["standing"] for row in rows)]))
    held = [standing for standing in held if any(row["standing"] == standing for row in rows)]
    shown = [symbols.get(standing, OTHER) for standing in held]
    ours = [say("{body}: {standing}", body=row["label"], standing=row["standing"]) for row in rows if row["ours"]]
    names = list(dict.fromkeys(row["country"] for row in rows))
    text = told(figure.title, say("{countries}.", countries=say.listed(names)), f"{home} – {'; '.join(ours)}.")

    def declared() -> Any:
        import altair as alt

        y = down(rows)
        x = _countries(rows, home)
        legend = alt.Legend(
            title=None, orient="top", columns=3, symbolSize=80, labelLimit=0, offset=8, symbolStrokeWidth=1.8
        )
        channels = {
            name: kind(
                "standing:N", legend=legend, scale=alt.Scale(domain=held, range=[symbol[part] for symbol in shown])
            )
            for part, (name, kind) in enumerate((("shape", alt.Shape), ("stroke", alt.Stroke), ("fill", alt.Fill)))
        }
        tooltip = tips(label=heading(figure, "body", say), country=heading(figure, "country", say),
                       standing=heading(figure, "standing", say))  # fmt: skip
        layers = [
            layer().transform_filter("datum.ours").mark_rect(color=BAND, opacity=0.5).encode(x=x, y=y),
            layer().mark_rect(fillOpacity=0, stroke=RULE).encode(x=x, y=y),
            layer().mark_point(size=95, opacity=1, strokeWidth=1.8).encode(x=x, y=y, tooltip=tooltip, **channels),
        ]
        return finished(layers, rows, say.language, right=ROOM_FOR_NAMES)

    yield chart(answer, figure, declared, text)


def _known_bodies(rows: list[_parts.Row], language: str) -> list[_parts.Row]:
    """Bodies that two publishers list stand once for each."""
    sources: dict[str, set[str]] = {}
    for row in rows:
        sources.setdefault(row["body"], set()).add(row["source"])
    return [
        row
        | {"body": f"{row['body']}, {word(row['source'], language)}" if len(sources[row["body"]]) > 1 else row["body"]}
        for row in rows
    ]


def _countries(rows: list[_parts.Row], home: str) -> object:
    import altair as alt

    labels = alt.Axis(
        orient="top", labelAngle=-38, labelLimit=0, ticks=False, domain=False, grid=False, labelPadding=6,
        labelColor=INK, labelFontWeight={"condition": {"test": f"datum.value == {home!r}", "value": "bold"},
                                         "value": "normal"},
    )  # fmt: skip
    return alt.X("country:N", title=None, sort=list(dict.fromkeys(row["country"] for row in rows)), axis=labels)
