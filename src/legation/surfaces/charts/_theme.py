"""Colours and typefaces of charts. Each colour has a part to play, and another value on dark ground and on paper.

No chart tells anything by colour alone: shape, dashes, weight or words say the same.
"""

from __future__ import annotations

import re
from types import MappingProxyType

INK, HOME, PARTNER, MUTED, RULE, SHADE = "#1b1f24", "#0b4f8a", "#b5480f", "#6b747d", "#d5d9de", "#e9edf1"
BAND, PAPER = "#b9cde0", "#fffffe"
THIRD, FOURTH, FIFTH = "#00705a", "#7a3d96", "#856800"
COLOURS = {"ink": INK, "home": HOME, "partner": PARTNER, "muted": MUTED, "rule": RULE, "shade": SHADE, "band": BAND}
"""The colours of the charts of the brief; its page gives them other values on dark ground."""

_PARTS = (INK, HOME, PARTNER, MUTED, RULE, SHADE, BAND, PAPER, THIRD, FOURTH, FIFTH)
_DARK = (
    "#e6e9ec", "#86bbee", "#f0a070", "#a9b3bd", "#38414a", "#1b2229", "#2b4a66", "#13171b", "#5cc4a4", "#cda3e4",
    "#d6b84e",
)  # fmt: skip
_PRINT = (
    "#000000", "#000000", "#555555", "#595959", "#c8c8c8", "#ececec", "#d4d4d4", "#ffffff", "#333333", "#6e6e6e",
    "#444444",
)  # fmt: skip
THEMES = MappingProxyType({
    "light": dict(zip(_PARTS, _PARTS, strict=True)) | {PAPER: "#ffffff"},
    "dark": dict(zip(_PARTS, _DARK, strict=True)),
    "print": dict(zip(_PARTS, _PRINT, strict=True)),
})  # fmt: skip
"""Light and dark ground of a screen, and paper printed in black. By each colour as it is declared."""

SHAPES = ("diamond", "circle", "square", "triangle-up", "triangle-down", "cross")
HUES = (HOME, PARTNER, THIRD, FOURTH, FIFTH, MUTED)
"""What tells series apart, in this order; each comes with its shape."""

_KOREAN = "NanumGothic, Noto Sans CJK KR, Noto Sans KR, UnDotum, Baekmuk Dotum, Malgun Gothic, Apple SD Gothic Neo"
FONTS = {"en": "Liberation Sans", "ko": _KOREAN}
"""By language. That of English comes with vl-convert, so that labels are measured alike everywhere; a surface may set a
narrower one instead. Of the others the first that is installed counts."""
STACKS = {"en": "Liberation Sans, Arial, Helvetica, sans-serif", "ko": f"{_KOREAN}, sans-serif"}
"""The same for screens, where the reader's own typefaces count: Arial and Helvetica are as wide as Liberation Sans."""

_COLOUR = re.compile("|".join(_PARTS))


def in_theme(text: str, theme: str) -> str:
    """A text with every declared colour as a theme has it."""
    colours = THEMES[theme]
    return _COLOUR.sub(lambda found: colours[found[0]], text)
