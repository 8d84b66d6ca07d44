"""The brief: what a minister takes to a visit, as PDF, Word and HTML, made from answers."""

from legation.surfaces.brief.composing import compose
from legation.surfaces.brief.page import as_html
from legation.surfaces.brief.paper import as_pdf
from legation.surfaces.brief.word import as_docx
from legation.surfaces.brief.writing import FORMATS, write_brief

__all__ = ["FORMATS", "as_docx", "as_html", "as_pdf", "compose", "write_brief"]
