"""The brief as a tagged PDF after PDF/UA-1, set by Typst. The same build and question give the same bytes."""

from __future__ import annotations

import json
import re
from dataclasses import asdict
from importlib.resources import files

from legation.errors import LegationError
from legation.surfaces import charts
from legation.surfaces.brief.document import Document, Methods
from legation.surfaces.formulas import to_typst

FONT = "Libertinus Serif"
"""Comes with Typst. Narrower than the font the charts are measured with, so that no label is cut."""


MOST_PAGES = 4
SCALES = ("1", "0.96", "0.92", "0.88")
"""How much smaller everything is set where the brief would run over its pages."""


def as_pdf(document: Document) -> bytes:
    """The document set on A4, on four pages at most if smaller letters make room."""
    latex = [m.formula for s in document.sections for b in s.blocks if isinstance(b, Methods) for m in b.items]
    content = asdict(document) | {"formulas": {formula: to_typst(formula) for formula in latex}}
    text = json.dumps(content, ensure_ascii=False).replace(charts.FONT, FONT)
    for scale in SCALES:
        paper = _set(text, scale)
        if len(re.findall(rb"/Type\s*/Page(?!s)", paper)) <= MOST_PAGES:
            break
    return paper


def _set(text: str, scale: str) -> bytes:
    import typst

    template = files(__package__).joinpath("brief.typ").read_bytes()
    inputs = {"document": text, "scale": scale}
    try:
        return bytes(typst.compile(template, sys_inputs=inputs, ignore_system_fonts=True, pdf_standards=["ua-1"]))
    except typst.TypstError as error:
        raise LegationError(f"the brief could not be set as PDF: {error.message}") from error
