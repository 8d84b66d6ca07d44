"""A brief put together from answers."""

from __future__ import annotations

from legation.answer import Answer
from legation.answers._talking import talk
from legation.errors import NoEvidenceError
from legation.evidence import Evidence
from legation.phrasing import Phrasing, inside
from legation.surfaces.brief import sections
from legation.surfaces.brief.document import Citations, Document


def compose(evidence: Evidence, home: str, technology: str, partner: str | None, lang: str = "en") -> Document:
    """The brief of a country and a technology: with a partner, for a visit to it; without, on the partner options.

    Raises: UserError for an unknown country, technology or language, or a partner equal to the home country;
    NoEvidenceError where nothing is known of the country in the technology.
    """
    asked = _ask(evidence, home, technology, partner, lang)
    position, ranked, pair = asked["position"], asked["partners"], asked.get("pair")
    answers = list(asked.values())
    citations, say, said = Citations(answers), Phrasing(position.language), talk(asked)
    if not any(point.figure for points in said.values() for point in points):
        raise NoEvidenceError(
            f"this store holds nothing on {position.subject['technology']} to write a brief for "
            f"{position.subject['home']} from; `legation indicators --technology "
            f"{position.subject['technology']}` says what would be needed"
        )
    there = pair.subject["partner"] if pair else ""
    found = (
        sections.bottom_line(said, citations, say),
        sections.standing(position, citations, say),
        *([sections.between(pair, citations, say)] if pair else []),
        sections.partners(ranked, there, citations, say),
        *([sections.exchange(pair, said, citations, say)] if pair else []),
        sections.risks(asked["exposure"], said, citations, say),
        *sections.talking(said, citations, say, visited=bool(pair)),
        *sections.small_print(answers, said, citations, say),
    )
    return Document(
        home=position.subject["home"],
        technology=position.subject["technology"],
        partner=there,
        title=_title(position, pair, say),
        subtitle=_subtitle(pair, say),
        sections=found,
        sources=citations.listed(),
        build=position.build,
        command=_command(position, there, lang),
        language=lang,
        words=frame(say("Brief"), position.build, say("The same build gives this brief again:"), say),
    )


def _ask(evidence: Evidence, home: str, technology: str, partner: str | None, lang: str) -> dict[str, Answer]:
    """The answers a brief stands on; the one about the partner first, so that a mistake in it is found at once."""
    about = {"home": home, "technology": technology}
    pair = {"pair": evidence.ask("pair", lang, partner=partner, **about)} if partner is not None else {}
    return {name: evidence.ask(name, lang, **about) for name in ("position", "partners", "exposure")} | pair


def _title(position: Answer, pair: Answer | None, say: Phrasing) -> str:
    told = {"home": position.subject["home_name"], "technology": inside(position.subject["technology_label"])}
    if pair is None:
        title = say("{home} in {technology}", **told)
    else:
        title = say("{home} and {partner} in {technology}", partner=pair.subject["partner_name"], **told)
    return title[:1].upper() + title[1:]


def _subtitle(pair: Answer | None, say: Phrasing) -> str:
    if pair is None:
        return say("Standing, partner options and risks in open evidence")
    return say("For a visit to {partner}: standing, ties, options and risks in open evidence",
               partner=pair.subject["partner_name"])  # fmt: skip


def _command(position: Answer, partner: str, lang: str) -> str:
    words = ["legation brief", position.subject["home"], position.subject["technology"]]
    words += [f"--partner {partner}"] if partner else []
    words += [f"--lang {lang}"] if lang != "en" else []
    return " ".join(words)


def frame(kind: str, build: str, again: str, say: Phrasing) -> dict[str, str]:
    """The words around the sections: of what kind the document is, and how it is had again."""
    return {
        "kind": kind,
        "sources": say("Sources"),
        "page": say("{page} of {pages}", page="%page%", pages="%pages%"),
        "build": say("Build {build}", build=build),
        "again": again,
    }
