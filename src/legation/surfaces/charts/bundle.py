"""The script that draws charts anew in a page: Vega-Embed with Vega, Vega-Lite and the interpreter of expressions, in
one file without requests.

A page serves `bundle()` from itself and calls, from a small script of its own, `vegaEmbed(place, spec, OPTIONS)` with
the `spec()` of a chart. With `ast` no text is run as a program, so that a content security policy need not allow
`unsafe-eval`; without the default style none is written into the page, so that it need not allow inline styles.
"""

from __future__ import annotations

from functools import cache
from types import MappingProxyType

from legation.surfaces.charts.rendering import drawn

SNIPPET = "window.vegaEmbed = vegaEmbed;"
OPTIONS = MappingProxyType({
    "actions": False, "ast": True, "defaultStyle": False, "renderer": "canvas",
    "tooltip": {"disableDefaultStyle": True},
})  # fmt: skip
"""What Vega-Embed is called with, as JSON."""


@cache
def bundle() -> bytes:
    """The script, about 0.9 MB before compression; the same each time."""
    return drawn("javascript_bundle", SNIPPET)
