"""Charts of answers: declarations of Altair made from figures, drawn as SVG and PNG, or anew by a page's own script.

`charts_of(answer)` gives those of an answer, in its language. Each question has a module of its name here that yields
them; a question without one has none, and so has a figure too small to draw. Nothing is computed but where things have
room: every value is one of the figure the chart names. Each chart reads in black and white, too.

`leaders`, `ranks`, `trend`, `fields`, `joint_works` and `svg` are those of the brief, as wide as a column of it.
"""

from __future__ import annotations

from importlib import import_module
from importlib.util import find_spec

from legation.answer import Answer
from legation.phrasing import Phrasing
from legation.surfaces.charts._chart import LEAST, WIDTH, Chart
from legation.surfaces.charts._printed import Declaration, fields, joint_works, leaders, ranks, svg, trend
from legation.surfaces.charts._theme import COLOURS, FONTS, THEMES

__all__ = [
    "COLOURS", "FONTS", "LEAST", "THEMES", "WIDTH", "Chart", "Declaration", "charts_of", "fields", "joint_works",
    "leaders", "ranks", "svg", "trend",
]  # fmt: skip


def charts_of(answer: Answer) -> tuple[Chart, ...]:
    """The charts of an answer, in the order of its figures.

    >>> import legation as lg
    >>> [chart.id for chart in charts_of(lg.position("KOR", "quantum"))]
    ['ranks', 'leaders', 'trend']
    """
    module = f"{__name__}.{answer.id}"
    if not answer.id.isidentifier() or answer.id.startswith("_") or find_spec(module) is None:
        return ()
    found = tuple(import_module(module).charts(answer, Phrasing(answer.language)))
    order = list(answer.figures)
    return tuple(sorted(found, key=lambda chart: order.index(chart.figure)))
