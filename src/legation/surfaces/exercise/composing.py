"""The three documents of an exercise: for everybody, for each role, and for the facilitator."""

from __future__ import annotations

from collections.abc import Sequence

from legation.language import words
from legation.phrasing import inside
from legation.surfaces.brief import sections as brief
from legation.surfaces.brief.composing import frame
from legation.surfaces.brief.document import Cell, Citations, Document, Group, Section, Sentences, Table
from legation.surfaces.exercise import happenings, key
from legation.surfaces.exercise.case import Case
from legation.surfaces.exercise.plan import clock
from legation.surfaces.exercise.roles import played, sheet

KINDS = {
    "participants": words("Exercise, for everybody"),
    "roles": words("Exercise, confidential sheets"),
    "facilitator": words("Exercise, for the facilitator only"),
}
TASK = words(
    "{here} and {there} meet to agree on working together in {technology}. The delegations have {length}. All figures "
    "are from open records; what happens in the injects is assumed, and said to be."
)
RULES = (
    words("Say figures as they are printed: with interval, year and source."),
    words("Where the data cannot put countries in order, say that they are tied."),
    words("What the annex does not hold is unknown; nobody may make it up."),
    words("Sheets are confidential. What you say of yours is up to you; it must be true."),
)
QUESTIONS = (
    words("What did each side need more than the other, and which figure shows it?"),
    words("Which figure in the room was the least certain, and was it said so?"),
    words("What would the two have agreed on without the third country?"),
    words("Which inject changed the talks most, and did the figures justify that?"),
    words("What would you ask to be measured before the next round?"),
)


def documents(case: Case) -> dict[str, Document]:
    """The three documents by their kind. A source has the same number in all of them."""
    citations = _citations(case)
    made = {"participants": _participants, "roles": _roles, "facilitator": _facilitator}
    sections = {kind: make(case, citations) for kind, make in made.items()}
    return {kind: _document(case, kind, found, citations) for kind, found in sections.items()}


def _participants(case: Case, citations: Citations) -> list[Section]:
    say = case.say
    bottom = [point.finding for side in (case.home, case.partner) for point in side.said["bottom"]]
    roles = [(say(r.label, **case.names), say(r.known, **case.names)) for r in played(case)]
    table = Table(say("Who is at the table"), (say("Role"), say("What everybody knows of it")),
                  (Group("", tuple((Cell((label,)), Cell((known,))) for label, known in roles)),))  # fmt: skip
    exposed = brief.risks(case.home.answers["exposure"], {**case.home.said, "risks": (), "changes": ()}, citations, say)
    annex = [
        Section(say("Annex: where {place} stands", place=side.name), found.blocks)
        for side in (case.home, case.partner)
        for found in [brief.standing(side.answers["position"], citations, say)]
    ]
    annex += [
        Section(say("Annex: between the two"), brief.between(case.pair, citations, say).blocks),
        Section(say("Annex: what {place} hangs on", place=case.home.name), exposed.blocks),
    ]
    return [
        Section(say("Situation"), (
            Sentences(((say(TASK, length=say(case.plan.label), **case.names),),), "lead"),
            Sentences(tuple(citations.runs(finding) for finding in bottom), "list", say("What the record says")),
        )),
        Section(say("Roles"), (table,)),
        Section(say("Course"), (_course(case),)),
        Section(say("Rules"), (Sentences(tuple((say(rule),) for rule in RULES), "list"),)),
        Section(say("Questions for the debriefing"), (Sentences(tuple((say(q),) for q in QUESTIONS), "list"),)),
        *annex,
        *brief.small_print([*case.home.answers.values()], case.home.said, citations, say),
    ]  # fmt: skip


def _course(case: Case) -> Table:
    say = case.say
    rows = tuple((Cell((f"{clock(begin)}–{clock(end)}",)), Cell((say(text),))) for begin, end, text in case.plan.steps)
    return Table(
        say("Hours and minutes from the beginning"), (say("Time"), say("What happens")), (Group("", rows),), wide=1
    )


def _roles(case: Case, citations: Citations) -> list[Section]:
    say = case.say
    names = tuple((say(role.label, **case.names),) for role in played(case))
    cover = Section(say("Sheets in this file"), (
        Sentences(((say("Give each sheet to its role only, with the annex: the numbers of sources are the same."),),)),
        Sentences(names, "list"),
    ))  # fmt: skip
    return [cover, *(sheet(role, case, citations) for role in played(case))]


def _facilitator(case: Case, citations: Citations) -> list[Section]:
    say = case.say
    run = (
        words("Print the confidential sheets one by one and give each to its role only."),
        words("Read out each inject at its time; do not say what follows from it before the debriefing."),
        words("A group given another seed has another third country, or other injects in another order."),
        words("Score every role on the same sheet; open the key in the debriefing."),
    )
    return [
        Section(say("How to run it"), (Sentences(tuple((say(text),) for text in run), "list"), _course(case))),
        *happenings.sections(case, citations),
        *key.key(case, citations),
        key.scoring(case),
    ]


def _citations(case: Case) -> Citations:
    sides = [side for side in (case.home, case.partner, case.third) if side is not None]
    answers = [answer for side in sides for answer in side.answers.values()]
    answers += [*case.lenses.values(), *(i.follows for i in case.injects if i.follows is not None)]
    return Citations(answers)


def _document(case: Case, kind: str, sections: Sequence[Section], citations: Citations) -> Document:
    say, subject = case.say, case.pair.subject
    title = say("{home} and {partner} in {technology}", home=case.home.name, partner=case.partner.name,
                technology=inside(subject["technology_label"]))  # fmt: skip
    again = say("The same build and seed give this exercise again:")
    return Document(
        home=case.home.iso3,
        technology=subject["technology"],
        partner=case.partner.iso3,
        title=title,
        subtitle=say(
            "An exercise of {length} for science diplomats, seed {seed}", length=say(case.plan.label), seed=case.seed
        ),
        sections=tuple(sections),
        sources=citations.listed(),
        build=case.pair.build,
        command=_command(case),
        language=case.language,
        most_pages=None,
        words=frame(say(KINDS[kind]), case.pair.build, again, say),
    )


def _command(case: Case) -> str:
    words_ = ["legation exercise", case.home.iso3, case.pair.subject["technology"], f"--partner {case.partner.iso3}"]
    words_ += [f"--length {case.length}", f"--seed {case.seed}"]
    return " ".join([*words_, *([f"--lang {case.language}"] if case.language != "en" else [])])
