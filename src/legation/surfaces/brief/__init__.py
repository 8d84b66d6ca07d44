"""The brief: what a minister takes to a visit, as PDF and HTML, made from answers."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path

from legation import phrasing
from legation.errors import UserError, unknown
from legation.evidence import Evidence
from legation.surfaces.brief import sections
from legation.surfaces.brief.document import Citations, Document
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
    wanted = list(dict.fromkeys(form.strip() for form in formats))
    for form in wanted:
        if form not in FORMATS:
            raise unknown("format", form, FORMATS)
    _check_folder(out)
    document = compose(evidence, home, technology, partner)
    name = "-".join(["legation", document.home, document.technology, *([document.partner] if partner else [])])
    return [_write(out / f"{name}.{form}", FORMATS[form](document)) for form in wanted]


def compose(evidence: Evidence, home: str, technology: str, partner: str | None) -> Document:
    """The brief of a country and a technology, with a partner looked at more closely (by default the first ranked)."""
    position = evidence.position(home, technology)
    ranked = evidence.partners(home, technology)
    chosen = partner or next(iter(ranked.table["iso3"]), None)
    pair = evidence.pair(home, chosen, technology) if chosen else None
    answers = [position, ranked, *([pair] if pair else [])]
    citations = Citations(answers)
    subject = position.subject
    found = (
        sections.bottom_line(answers, citations),
        sections.standing(position, citations),
        sections.partners(ranked, citations),
        *([sections.between(pair, citations)] if pair else []),
        sections.exposure(position, pair, citations),
        *sections.small_print(answers, citations),
    )
    given = f" --partner {pair.subject['partner']}" if partner and pair else ""
    closer = f"; a closer look: {pair.subject['partner_name']}" if pair else ""
    return Document(
        home=subject["home"],
        technology=subject["technology"],
        partner=pair.subject["partner"] if pair else "",
        title=f"{subject['home_name']} in {phrasing.inside(subject['technology_label'])}",
        subtitle=f"Standing, partner options and exposure in open evidence{closer}",
        sections=found,
        sources=citations.listed(),
        build=position.build,
        command=f"legation brief {subject['home']} {subject['technology']}{given}",
    )


def _check_folder(out: Path) -> None:
    """Fail before anything is computed if the folder cannot hold the files."""
    try:
        out.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UserError(f"cannot write to {out}: {error.strerror}; choose another --out") from None
    if not os.access(out, os.W_OK | os.X_OK):
        raise UserError(f"cannot write to {out}: no permission; choose another --out")


def _write(path: Path, content: bytes) -> Path:
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        temporary.write_bytes(content)
        temporary.replace(path)
    except OSError as error:
        with suppress(OSError):
            temporary.unlink(missing_ok=True)
        raise UserError(f"cannot write {path}: {error.strerror}; choose another --out") from None
    return path
