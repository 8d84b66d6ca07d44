"""Briefs as files: a file is there whole or not at all, and what is wrong is found before anything is computed."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path

from legation.errors import UserError, unknown
from legation.evidence import Evidence
from legation.surfaces.brief.composing import compose
from legation.surfaces.brief.document import Document
from legation.surfaces.brief.fonts import letters
from legation.surfaces.brief.page import as_html
from legation.surfaces.brief.paper import as_pdf
from legation.surfaces.brief.visits import Visit, resolved
from legation.surfaces.brief.word import as_docx

FORMATS: dict[str, Callable[[Document], bytes]] = {"pdf": as_pdf, "docx": as_docx, "html": as_html}
NEED_LETTERS = ("pdf", "docx")
"""Formats in which text is drawn here, with fonts of this machine."""


def write_brief(
    evidence: Evidence,
    home: str,
    technology: str,
    partner: str | None,
    formats: Sequence[str],
    out: Path,
    lang: str = "en",
) -> list[Path]:
    """Write the brief into a folder; give the files.

    Raises: UserError for an unknown country, technology, language or format, a partner equal to the home country, or a
    folder that cannot be written; LegationError for a missing font.
    """
    visit = resolved(Visit(home, technology, partner or "", lang, tuple(dict.fromkeys(formats))))
    check(visit.format, lang, out)
    return write(evidence.remembering(), visit, out)


def write(evidence: Evidence, visit: Visit, out: Path) -> list[Path]:
    """Write a visit's brief in each of its formats."""
    document = compose(evidence, visit.home, visit.technology, visit.partner or None, visit.lang)
    return [write_file(out / visit.file(form), FORMATS[form](document)) for form in visit.format]


def check(formats: Sequence[str], lang: str, out: Path) -> None:
    """Fail before anything is computed where a format, the letters of the language or the folder are not there."""
    for form in formats:
        if form not in FORMATS:
            raise unknown("format", form, FORMATS)
    if set(formats) & set(NEED_LETTERS):
        letters(lang)
    try:
        out.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UserError(f"cannot write to {out}: {error.strerror}; choose another --out") from None
    if not os.access(out, os.W_OK | os.X_OK):
        raise UserError(f"cannot write to {out}: no permission; choose another --out")


def write_file(path: Path, content: bytes) -> Path:
    """Put a file in its place in one step."""
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        temporary.write_bytes(content)
        temporary.replace(path)
    except OSError as error:
        with suppress(OSError):
            temporary.unlink(missing_ok=True)
        raise UserError(f"cannot write {path}: {error.strerror}; choose another --out") from None
    return path
