"""The exercise: a training case for science diplomats, made from the evidence, as PDF, Word and HTML."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from legation.evidence import Evidence
from legation.surfaces.brief.writing import FORMATS, check, write_file
from legation.surfaces.exercise.case import draw
from legation.surfaces.exercise.composing import documents

__all__ = ["documents", "draw", "write_exercise"]


def write_exercise(
    evidence: Evidence, home: str, technology: str, partner: str, formats: Sequence[str], out: Path, *,
    length: str = "half-day", seed: int = 1, lang: str = "en",
) -> list[Path]:  # fmt: skip
    """Write what everybody gets, the confidential sheets and the facilitator's part into a folder; give the files.

    Raises: UserError for an unknown country, technology, language, length or format, a partner equal to the home
    country, or a folder that cannot be written; NoEvidenceError where nothing is known; LegationError for a missing
    font. Nothing is written before everything is made.
    """
    chosen = tuple(dict.fromkeys(formats))
    check(chosen, lang, out)
    case = draw(evidence, home, technology, partner, length, seed, lang)
    made = documents(case)
    told = [case.home.iso3, case.pair.subject["technology"], case.partner.iso3, length, f"seed{seed}"]
    stem = "-".join(["legation-exercise", *told, *([lang] if lang != "en" else [])])
    content = {f"{stem}-{kind}.{form}": FORMATS[form](document) for kind, document in made.items() for form in chosen}
    return [write_file(out / name, written) for name, written in content.items()]
