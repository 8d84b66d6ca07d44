"""Which briefs a batch writes: one for each ranked partner, or those a TOML file lists.

home = "KOR"                     # what all visits share; each may have its own
format = ["pdf", "docx"]
[[visit]]
technology = "semiconductors"
partner = "NLD"
[[visit]]
technology = "quantum"           # without a partner: on the partner options
lang = "ko"
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

from legation import countries, registry
from legation.declaring import DeclarationError, read_toml, shaped
from legation.errors import UserError
from legation.evidence import Evidence
from legation.language import check_language

LARGEST_FILE_BYTES = 1_000_000


@dataclass(frozen=True)
class Visit:
    """What one brief is about, its language and its formats."""

    home: str
    technology: str
    partner: str = ""
    lang: str = "en"
    format: tuple[str, ...] = ("pdf", "html")

    @property
    def question(self) -> str:
        """The visit in one line, by which a file is known again."""
        return " ".join(["legation brief", self.home, self.technology, self.partner or "-", self.lang])

    def file(self, form: str) -> str:
        """What its file of a format is called; the language stands in it where it is not English."""
        names = ["legation", self.home, self.technology, self.partner, self.lang if self.lang != "en" else ""]
        return f"{'-'.join(name for name in names if name)}.{form}"


@dataclass(frozen=True)
class Plan:
    """A file of visits: what they share, and one table for each."""

    visit: tuple[Mapping[str, Any], ...] = ()
    home: str = ""
    technology: str = ""
    partner: str = ""
    lang: str = ""
    format: tuple[str, ...] = ()


def resolved(visit: Visit) -> Visit:
    """The visit with codes of countries.

    Raises: UserError for an unknown country, technology or language, or a partner equal to the home country.
    """
    home = countries.resolve(visit.home)
    partner = countries.resolve(visit.partner) if visit.partner else ""
    if home == partner:
        raise UserError(f"the partner is the home country, {home}; give two different countries")
    technology = registry.pick("technology", registry.technologies(), visit.technology).id
    return Visit(home, technology, partner, check_language(visit.lang), tuple(visit.format))


def of_all_partners(evidence: Evidence, visit: Visit) -> list[Visit]:
    """One visit to each partner that is ranked, best first.

    Raises: UserError where the partners of the country cannot be ranked, and as `resolved`.
    """
    visit = resolved(visit)
    answer = evidence.partners(visit.home, visit.technology, lang=visit.lang)
    if answer.table.is_empty():
        reason = " ".join(str(finding) for finding in answer.missing[:1])
        raise UserError(f"the partners of {visit.home} in {visit.technology} cannot be ranked: {reason}")
    return [Visit(visit.home, visit.technology, iso3, visit.lang, visit.format) for iso3 in answer.table["iso3"]]


def of_file(path: Path, lang: str, formats: tuple[str, ...]) -> list[Visit]:
    """The visits a TOML file lists, each once; in this language and these formats where it names none.

    Raises: UserError, which names the file and the visit, for what cannot be read or does not fit.
    """
    try:
        plan = Plan(**shaped(str(path), Plan, read_toml(path, "visits", LARGEST_FILE_BYTES)))
        return list(dict.fromkeys(_visits(plan, path, Visit("", "", "", lang, formats))))
    except DeclarationError as error:
        raise UserError(str(error)) from None


def _visits(plan: Plan, path: Path, otherwise: Visit) -> Iterator[Visit]:
    shared = {f.name: value for f in fields(Visit) if (value := getattr(plan, f.name) or getattr(otherwise, f.name))}
    if not plan.visit:
        raise UserError(f"{path}: list at least one visit, as [[visit]]")
    for number, own in enumerate(plan.visit, 1):
        where = f"{path}: visit {number}"
        declared = {name: list(value) if isinstance(value, tuple) else value for name, value in shared.items()}
        try:
            yield resolved(Visit(**shaped(where, Visit, declared | dict(own))))
        except UserError as error:
            raise UserError(f"{where}: {error}") from None
