"""The charts of an answer: still pictures for each ground and width, and what a script may draw anew."""

from __future__ import annotations

import json
from typing import Any

from legation.answer import Answer
from legation.errors import unknown
from legation.surfaces.charts import LEAST, THEMES, WIDTH, Chart, charts_of
from legation.surfaces.web.addresses import Asked

FORMS = ("svg", "png", "json")
WIDTHS = {"": WIDTH, "narrow": LEAST}
GROUNDS = (
    ("print", "", "print"),
    ("dark", "narrow", "(prefers-color-scheme: dark) and (max-width: 42rem)"),
    ("dark", "", "(prefers-color-scheme: dark)"),
    ("", "narrow", "(max-width: 42rem)"),
)
"""Theme and width of a picture, and where it is shown; the first that fits is taken."""


def shown(chart: Chart, asked: Asked) -> dict[str, Any]:
    """A chart as the template takes it."""
    tail = f"chart/{chart.id}"
    pictures = [(media, asked.url(f"{tail}.svg", ground=ground, width=width)) for ground, width, media in GROUNDS]
    return {
        "id": chart.id,
        "title": chart.title,
        "description": chart.description,
        "svg": asked.url(f"{tail}.svg"),
        "pictures": pictures,
        "spec": asked.url(f"{tail}.json"),
        "spec_dark": asked.url(f"{tail}.json", ground="dark"),
        "files": [("SVG", asked.url(f"{tail}.svg", titled="1")), ("PNG", asked.url(f"{tail}.png"))],
        "width": WIDTH,
    }


def drawn(answer: Answer, name: str, form: str, ground: str, width: str, titled: bool) -> bytes:
    """A chart as a picture, or as the Vega-Lite specification it is drawn from.

    Raises: UserError naming the nearest where there is no such chart, ground or width.
    """
    known = {chart.id: chart for chart in charts_of(answer)}
    for kind, given, there in (("chart", name, known), ("ground", ground or "light", THEMES), ("width", width, WIDTHS)):
        if given not in there:
            raise unknown(kind, given, [one for one in there if one])
    chart, theme = known[name], ground or "light"
    match form:
        case "svg":
            return chart.svg(theme, WIDTHS[width], titled).encode()
        case "png":
            return chart.png(theme=theme, width=WIDTHS[width])
        case _:
            return json.dumps(chart.spec(theme), ensure_ascii=False).encode()
