"""The brief: what a minister takes to a visit, as PDF and HTML, made from answers."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from pathlib import Path

from legation.errors import UserError, unknown
from legation.evidence import Evidence
from legation.surfaces.brief.document import Document, compose
from legation.surfaces.brief.page import as_html
from legation.surfaces.brief.paper import as_pdf

FORMATS: dict[str, Callable[[Document], bytes]] = {"pdf": as_pdf, "html": as_html}


def write_brief(
    evidence: Evidence, home: str, technology: str, partner: str | None, formats: Sequence[str], out: Path
) -> list[Path]:
    """Write the brief into a folder; give the files. A file is there whole or not at all.

    Raises: UserError for an unknown country, technology or format, a partner equal to the home country, or a folder
    that cannot be written.
    """
    wanted = [form.strip().lower() for form in formats]
    for form in wanted:
        if form not in FORMATS:
            raise unknown("format of a brief", form, FORMATS)
    document = compose(evidence, home, technology, partner)
    name = "-".join(["legation", document.home, document.technology, *([document.partner] if partner else [])])
    return [_write(out / f"{name}.{form}", FORMATS[form](document)) for form in dict.fromkeys(wanted)]


def _write(path: Path, content: bytes) -> Path:
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        temporary.write_bytes(content)
        temporary.replace(path)
    except OSError as error:
        raise UserError(f"cannot write {path}: {error.strerror}; choose another --out") from None
    finally:
        if temporary.exists():
            temporary.unlink()
    return path
