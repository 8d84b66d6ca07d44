"""The letters a brief is set in: those that come with Typst, and for Korean a font of the system."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from legation.errors import LegationError
from legation.surfaces import charts

LATIN = "Libertinus Serif"
"""Comes with Typst. Narrower than the font charts are measured with, so that no label is cut."""
PACKAGES = "fonts-nanum (or fonts-noto-cjk, fonts-unfonts-core, fonts-baekmuk)"


@dataclass(frozen=True)
class Letters:
    """The families to set in, the first that has a letter counts, and where Typst finds those it does not bring."""

    families: tuple[str, ...]
    folders: tuple[str, ...] = ()

    def fonts(self) -> Any:
        """What Typst sees: its own fonts and these folders, never whatever else a machine has."""
        import typst

        return typst.Fonts(include_system_fonts=False, font_paths=list(self.folders))


def letters(language: str) -> Letters:
    """The letters of a language. Raises: LegationError that names the Debian package where no font has them."""
    if language == "en":
        return Letters((LATIN,))
    import typst

    known = {font.family: font.path for font in typst.Fonts().fonts() if font.path}
    for family in charts.FONTS[language].split(", "):
        if family in known:
            return Letters((family, LATIN), (str(Path(known[family]).parent),))
    raise LegationError(
        f"no font here has the letters of this language ({language}); on Debian: apt-get install {PACKAGES}"
    )
