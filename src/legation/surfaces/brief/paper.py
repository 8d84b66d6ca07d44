"""The brief as a tagged PDF, set by Typst. The same build and question give the same bytes."""

from __future__ import annotations

import json
import tempfile
from dataclasses import asdict, replace
from importlib.resources import files
from pathlib import Path

from legation.surfaces import charts
from legation.surfaces.brief.document import Document

EPOCH = 0
"""A fixed time of creation, so that the file depends on its content alone."""


def as_pdf(document: Document) -> bytes:
    """The document set on A4."""
    import typst

    with tempfile.TemporaryDirectory(prefix="legation-brief-") as name:
        folder = Path(name)
        sections = []
        for number, section in enumerate(document.sections):
            pictures = []
            for place, picture in enumerate(section.pictures):
                file = f"chart-{number}-{place}.pdf"
                (folder / file).write_bytes(charts.pdf(picture.chart))
                pictures.append({"file": file, "caption": picture.caption})
            sections.append(asdict(replace(section, pictures=())) | {"pictures": pictures})
        content = asdict(replace(document, sections=())) | {"sections": sections}
        (folder / "document.json").write_text(json.dumps(content, ensure_ascii=False), encoding="utf-8")
        (folder / "brief.typ").write_bytes(files(__package__).joinpath("brief.typ").read_bytes())
        return bytes(typst.compile(folder / "brief.typ", root=folder, timestamp=EPOCH))
