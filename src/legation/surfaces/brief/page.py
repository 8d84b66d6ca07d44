"""The brief as one self-contained HTML page: no scripts, no requests, ready to print."""

from __future__ import annotations

from importlib.resources import files

from legation.surfaces import charts
from legation.surfaces.brief.document import Document
from legation.surfaces.formulas import to_mathml


def as_html(document: Document) -> bytes:
    """The page, UTF-8."""
    import jinja2

    environment = jinja2.Environment(
        autoescape=True, trim_blocks=True, lstrip_blocks=True, undefined=jinja2.StrictUndefined
    )
    template = environment.from_string(files(__package__).joinpath("brief.html.j2").read_text(encoding="utf-8"))
    formulas = dict(zip(document.formulas, to_mathml(document.formulas), strict=True)) if document.formulas else {}
    return template.render(document=document, formulas=formulas, colours=charts.COLOURS).encode()
