"""The brief as a tagged PDF after PDF/UA-1, set by Typst. The same build and question give the same bytes."""

from __future__ import annotations

import json
import re
from dataclasses import asdict
from importlib.resources import files

from legation.errors import LegationError
from legation.surfaces import charts
from legation.surfaces.brief.document import Document
from legation.surfaces.brief.fonts import Letters, letters
from legation.surfaces.formulas import to_typst

SCALES = {"en": (1, 0.96, 0.92, 0.88), "ko": (0.94, 0.9, 0.86, 0.83)}
"""How much smaller everything is set where the brief would run over its pages; Hangul is large for its size."""


def as_pdf(document: Document) -> bytes:
    """The document set on A4, on as many pages as it may have if smaller letters make room.

    Raises: LegationError where no font has the letters of the language.
    """
    used = letters(document.language)
    content = asdict(document) | {"formulas": {formula: to_typst(formula) for formula in document.formulas}}
    text = json.dumps(content, ensure_ascii=False).replace(charts.FONTS[document.language], used.families[0])
    for scale in SCALES[document.language]:
        paper = _set(text, scale, used)
        if document.most_pages is None or len(re.findall(rb"/Type\s*/Page(?!s)", paper)) <= document.most_pages:
            break
    return paper


def _set(text: str, scale: float, used: Letters) -> bytes:
    import typst

    template = files(__package__).joinpath("brief.typ").read_bytes()
    inputs = {"document": text, "scale": str(scale), "fonts": json.dumps(used.families)}
    try:
        return bytes(typst.compile(template, font_paths=used.fonts(), sys_inputs=inputs, pdf_standards=["ua-1"]))
    except typst.TypstError as error:
        raise LegationError(f"the brief could not be set as PDF: {error.message}") from error
