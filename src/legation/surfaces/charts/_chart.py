"""A chart: what it shows in words, its declaration, and the drawings made from it."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from html import escape
from textwrap import wrap
from typing import Any

from legation.errors import unknown
from legation.surfaces.charts._theme import MUTED, PAPER, STACKS, THEMES, in_theme
from legation.surfaces.charts.rendering import drawn

WIDTH = 640
"""Pixels of a drawing unless another width is asked for."""
LEAST, NARROW = 420, 520
"""No drawing is narrower, since names would leave no room for values: a telephone shows it a little smaller. Below the
second, legends stand in one column and titles of axes in shorter lines."""
LEGEND = 36
"""Pixels for the legend of a map or network."""
NARROW_TITLE_AT = {"en": 34, "ko": 20}
LABEL_NUMBER = re.compile(r"\b(clip|gradient_)(\d+)\b")
TITLE_AT = {"en": 0.15, "ko": 0.09}
"""Letters of a title to a pixel of width."""


PLAIN_MINUS: dict[str, Any] = {
    "decimal": ".", "thousands": ",", "grouping": [3], "currency": ["", ""], "minus": "-"
}  # fmt: skip


@dataclass(frozen=True)
class Chart:
    """A chart of one figure of an answer.

    `description` says in a sentence what it shows, for whoever does not see it; `declared` makes its declaration of
    Altair, with the data inside, which a page that only names the chart never needs. `ratio` is the height as a part of
    the width, of maps and networks, without the legend.
    """

    id: str
    title: str
    figure: str
    description: str
    declared: Callable[[], Any]
    language: str = "en"
    ratio: float | None = None

    @cached_property
    def _declaration(self) -> str:
        from altair.utils.schemapi import debug_mode

        with debug_mode(False):  # checking each part as it is made takes ten times as long as making it
            return json.dumps(self.declared().to_dict(validate=False))

    def spec(self, theme: str = "light", width: int | str = "container", titled: bool = False) -> dict[str, Any]:
        """The Vega-Lite specification with its data, of a width in pixels or of its container's.

        Raises: UserError for an unknown theme.
        """
        if theme not in THEMES:
            raise unknown("theme", theme, THEMES)
        declared: dict[str, Any] = json.loads(in_theme(self._declaration, theme))
        pixels = max(LEAST, int(width)) if width != "container" else WIDTH
        declared["width"] = pixels if width != "container" else width
        if self.ratio is not None:
            declared["height"] = round(self.ratio * pixels) + LEGEND
        declared["description"] = self.description
        if titled:
            declared["title"] = self._title(theme, pixels)
        return _narrowed(declared, self.language) if pixels < NARROW else declared

    def svg(self, theme: str = "light", width: int = WIDTH, titled: bool = False) -> str:
        """An SVG that says what it shows and asks for nothing outside; the same chart gives the same text.

        It holds neither styles nor scripts, so that a page may take it in whatever its content security policy is.
        """
        found = drawn("vegalite_to_svg", self.spec(theme, width, titled), allowed_base_urls=[]).decode()
        told = f'<svg role="img" lang="{self.language}" aria-label="{escape(self.description)}" '
        return _renumbered(found, self.id).replace("<svg ", told, 1)

    def png(self, scale: float = 2, theme: str = "light", width: int = WIDTH) -> bytes:
        """A picture with its title on the theme's ground, `scale` pixels to each pixel of the drawing."""
        spec = self.spec(theme, width, titled=True)
        spec["config"]["background"] = THEMES[theme][PAPER]
        spec["padding"] = {"left": 12, "top": 12, "bottom": 12, "right": spec["padding"]["right"] + 8}
        if self.language != "ko":
            return drawn("vegalite_to_png", spec, scale=scale, allowed_base_urls=[])
        # Korean typefaces lack the minus sign, for which a picture would take another typeface altogether.
        plain = json.dumps(spec, ensure_ascii=False).replace("\u2212", "-")
        return drawn("vegalite_to_png", plain, scale=scale, allowed_base_urls=[], format_locale=PLAIN_MINUS)

    def _title(self, theme: str, width: int) -> dict[str, Any]:
        return {
            "text": wrap(self.title, int(width * TITLE_AT[self.language])), "anchor": "start", "frame": "bounds",
            "fontSize": 13, "font": STACKS[self.language], "color": in_theme(MUTED, theme), "offset": 12,
        }  # fmt: skip


def _narrowed(part: Any, language: str) -> Any:
    """A specification whose legends and titles of axes fit where there is little room; data are left alone."""
    if isinstance(part, list):
        return [_narrowed(one, language) for one in part]
    if not isinstance(part, dict):
        return part
    found = {key: one if key == "data" else _narrowed(one, language) for key, one in part.items()}
    if "columns" in found and "orient" in found:
        found["columns"] = 1
    if isinstance(found.get("title"), list):
        found["title"] = wrap(" ".join(found["title"]), NARROW_TITLE_AT[language])
    return found


def _renumbered(svg: str, name: str) -> str:
    """Names inside a drawing are its own, so that several may stand in one page, and the same each time."""
    order: dict[str, str] = {}

    def named(found: re.Match[str]) -> str:
        return order.setdefault(found[0], f"{name}-{found[1].rstrip('_')}{len(order) + 1}")

    return re.sub(r"(?<=id=\")(?:clip|gradient_)\d+(?=\")|(?<=url\(#)(?:clip|gradient_)\d+(?=\))",
                  lambda found: named(LABEL_NUMBER.match(found[0]) or found), svg)  # fmt: skip
