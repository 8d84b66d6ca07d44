"""The roles and their confidential sheets: aims taken from the numbers."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from legation.answer import Answer, Finding
from legation.language import translate, words
from legation.phrasing import number
from legation.surfaces.brief.document import Citations, Section, Sentences
from legation.surfaces.exercise.case import Case, Side

SHOWN = 4
"""Sentences of a part at most."""
EMPTY = words("The record holds nothing on this; say so if you are asked.")
SEEK, GIVE = words("What you seek, and on what evidence"), words("What you can give")
PROTECT, READY = words("What you protect"), words("What you may be asked")
PLACE = words("What is known of your place")
RANKED = words(
    "Among {all} partners that {here} may have, {third} has median rank {median} (5–95 % interval {low} to {high}; "
    "{there}: {other})."
)
HANGING, STRONG = words("What companies hang on"), words("Where the inventions are")
START, MOVES = words("Where joint research may begin"), words("Who comes and goes")
ASK = words("What to ask the delegation of {country}")
UNKNOWN = words("What no record in the annex tells")
UNRANKED = words("not ranked")
CONFIDENTIAL = words("Confidential: {role}")

Part = tuple[str, Iterable[Finding | str]]


@dataclass(frozen=True)
class Role:
    """A role: its name, what everybody knows of it, and the parts of its sheet."""

    id: str
    label: str
    known: str
    parts: Callable[[Case], Iterator[Part]]


def _home(case: Case) -> Iterator[Part]:
    yield from _delegation(case.home, case)


def _partner(case: Case) -> Iterator[Part]:
    yield from _delegation(case.partner, case)


def _delegation(side: Side, case: Case) -> Iterator[Part]:
    for title, part in ((SEEK, "asks"), (GIVE, "offers"), (PROTECT, "risks"), (READY, "questions")):
        yield case.say(title), (point.finding for point in side.said[part])


def _third(case: Case) -> Iterator[Part]:
    if case.third is None:
        return
    yield case.say(PLACE), [_place(case, case.third)]
    for title, part in ((SEEK, "asks"), (GIVE, "offers")):
        yield case.say(title), (point.finding for point in case.third.said[part])


def _place(case: Case, third: Side) -> Finding:
    """Its rank among the partners of the home country, and that of the partner at the table."""
    table = case.home.answers["partners"].table
    rows = {row["iso3"]: row for row in table.iter_rows(named=True)}
    own, other = rows[third.iso3], rows.get(case.partner.iso3)
    values = {"median": own["median_rank"], "low": own["rank_low"], "high": own["rank_high"]}
    told = {name: number(value) for name, value in values.items()}
    beside = number(other["median_rank"]) if other else case.say(UNRANKED)
    return Finding(translate(RANKED, case.language), {**case.names, **told, "all": table.height, "other": beside})


def _industry(case: Case) -> Iterator[Part]:
    position, exposure = case.home.answers["position"], case.home.answers["exposure"]
    yield case.say(HANGING), (f for f in exposure.findings if {"country", "share"} <= set(f.values))
    patents = {row["about"] for row in position.table.iter_rows(named=True) if row["indicator"] == "patent_share"}
    told = {about.casefold() for about in patents}
    yield case.say(STRONG), (f for f in position.findings if str(f.values.get("scope", "")).casefold() in told)


def _academia(case: Case) -> Iterator[Part]:
    yield case.say(START), _findings(case.home.answers.get("topics"))
    yield case.say(MOVES), _findings(case.home.answers.get("talent"))


def _press(case: Case) -> Iterator[Part]:
    for side in (case.home, case.partner):
        yield case.say(ASK, country=side.name), (point.finding for point in side.said["questions"])
    yield case.say(UNKNOWN), (f for f in case.pair.missing if "`" not in str(f))


def _findings(answer: Answer | None) -> Iterable[Finding]:
    return answer.findings if answer is not None else ()


ROLES = (
    Role(
        "home", words("Delegation of {here}"),
        words("You negotiate for {here}. You want an agreement on {technology} that {there} can sign."), _home,
    ),
    Role(
        "partner", words("Delegation of {there}"),
        words("You negotiate for {there}. You want an agreement on {technology} that {here} can sign."), _partner,
    ),
    Role(
        "third", words("Delegation of {third}, a third country"),
        words("You do not sign. {here} and {there} know that you are another partner {here} may turn to."), _third,
    ),
    Role(
        "industry", words("Industry of {here}"),
        words("You speak for companies of {here} that make or use {technology}."), _industry,
    ),
    Role(
        "academia", words("Academia of {here}"),
        words("You speak for universities and laboratories of {here}."), _academia,
    ),
    Role(
        "press", words("Press"),
        words("You may ask anybody anything, and print what you can give a source for."), _press,
    ),
)  # fmt: skip


def played(case: Case) -> list[Role]:
    """The roles of a case; without a ranking of partners there is no third country."""
    return [role for role in ROLES if role.id != "third" or case.third is not None]


def sheet(role: Role, case: Case, citations: Citations) -> Section:
    """The confidential sheet of a role, on a page of its own."""
    blocks = [Sentences(((case.say(role.known, **case.names),),), "lead")]
    for title, found in role.parts(case):
        told = tuple(citations.runs(finding) for finding in list(found)[:SHOWN])
        blocks.append(Sentences(told or ((case.say(EMPTY),),), "list", title))
    label = case.say(role.label, **case.names)
    return Section(case.say(CONFIDENTIAL, role=label), tuple(blocks), page=True)
