"""The brief as a Word document to edit: styles, tables with captions and header rows, formulas as equations, charts
with what they show in words. Pandoc writes it from a tree of ours; the same build and question give the same bytes."""

from __future__ import annotations

import io
import json
import re
import subprocess
import zipfile
from collections.abc import Mapping
from importlib.resources import files
from pathlib import Path
from tempfile import TemporaryDirectory

from legation.errors import LegationError
from legation.surfaces.brief.document import Chart, Document
from legation.surfaces.brief.word_tree import file_of, tree
from legation.surfaces.charts.rendering import drawn

SCALE = 2.5
"""Pixels of a drawing for each pixel of the chart: 240 an inch."""
PANDOC = ["--from=json", "--to=docx", "--reference-doc=reference.docx", "--output=brief.docx"]
LONG_AGO = (1980, 1, 1, 0, 0, 0)
"""The date of every part: the earliest an archive can have."""
W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
R = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
PARTS = {
    "[Content_Types].xml": f'<Types xmlns="{PACKAGE}/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Default Extension="xml" ContentType="application/xml"/><Override PartName="/word/document.xml" '
    'ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/></Types>',
    "_rels/.rels": f'<Relationships xmlns="{PACKAGE}/relationships"><Relationship Id="rId1" Type="{R}/officeDocument" '
    'Target="word/document.xml"/></Relationships>',
    "word/_rels/document.xml.rels": f'<Relationships xmlns="{PACKAGE}/relationships"><Relationship Id="rId1" '
    f'Type="{R}/styles" Target="styles.xml"/><Relationship Id="rId2" Type="{R}/footer" Target="footer1.xml"/>'
    "</Relationships>",
    "word/footer1.xml": f'<w:ftr xmlns:w="{W}"><w:p><w:pPr><w:pStyle w:val="Footer"/></w:pPr>'
    '<w:fldSimple w:instr=" PAGE "><w:r><w:t>1</w:t></w:r></w:fldSimple></w:p></w:ftr>',
    "word/document.xml": f'<w:document xmlns:w="{W}" xmlns:r="{R}"><w:body><w:p/><w:sectPr>'
    '<w:footerReference w:type="default" r:id="rId2"/><w:pgSz w:w="11906" w:h="16838"/><w:pgMar w:top="1134" '
    'w:right="1134" w:bottom="1134" w:left="1134" w:header="567" w:footer="567" w:gutter="0"/></w:sectPr></w:body>'
    "</w:document>",
}
"""The parts of a document that lends its styles and its A4 page; pandoc brings what is not here."""


def as_docx(document: Document) -> bytes:
    """The document for Word. Raises: LegationError where pandoc fails."""
    import pypandoc

    with TemporaryDirectory(prefix="legation-") as name:
        folder = Path(name)
        (folder / "reference.docx").write_bytes(_reference())
        for chart in document.blocks:
            if isinstance(chart, Chart):
                (folder / file_of(chart)).write_bytes(_drawn(chart))
        command = [pypandoc.get_pandoc_path(), *PANDOC]
        told = json.dumps(tree(document)).encode()
        done = subprocess.run(command, input=told, capture_output=True, check=False, cwd=folder)
        if done.returncode:
            raise LegationError(f"the brief could not be written for Word: {done.stderr.decode(errors='replace')}")
        return _undated(folder / "brief.docx")


def _reference() -> bytes:
    """An empty document with our styles and page."""
    styles = files(__package__).joinpath("word.styles.xml").read_bytes()
    return _archive({**{name: part.encode() for name, part in PARTS.items()}, "word/styles.xml": styles})


def _undated(path: Path) -> bytes:
    """What pandoc wrote without the times at which it did, and without names of files in place of descriptions."""
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    for name, found, put in (
        ("docProps/core.xml", rb"(<dcterms:(?:created|modified)[^>]*>)[^<]*", rb"\g<1>1980-01-01T00:00:00Z"),
        ("word/document.xml", rb"(<pic:cNvPr )descr=\"[^\"]*\" ", rb"\g<1>"),
    ):
        parts[name] = re.sub(found, put, parts[name])
    return _archive(parts)


def _archive(parts: Mapping[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, content in parts.items():
            archive.writestr(zipfile.ZipInfo(name, LONG_AGO), content, zipfile.ZIP_DEFLATED)
    return buffer.getvalue()


def _drawn(chart: Chart) -> bytes:
    return drawn("svg_to_png", chart.svg, scale=SCALE)
