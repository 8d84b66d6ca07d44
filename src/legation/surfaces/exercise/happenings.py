"""What is told of an inject: to everybody that it happened, to the facilitator what follows."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from legation import registry
from legation.answer import Finding
from legation.language import translate, words
from legation.phrasing import inside, percent, years
from legation.surfaces import display
from legation.surfaces.brief.document import Cell, Citations, Group, Section, Sentences, Table
from legation.surfaces.exercise.case import OFFERED_WORKS, Case, Inject
from legation.surfaces.exercise.plan import clock

EFFECTS_SHOWN = 8
BETWEEN_SHOWN = 2
OF_THE_TIE = words("{what}: from {before} to {after} ({source}, {years}).")
TITLES = {
    "control_good": words("An export control"),
    "control_mineral": words("An export control"),
    "control_partner": words("A partner leaves"),
    "control_talent": words("A border closes for researchers"),
    "withdrawal": words("A partner withdraws"),
    "vote": words("A leaked vote"),
    "offer": words("A counter-offer"),
}
TOLD = {
    "control_good": words(
        "Assume that {country} stops its exports of {about} to {here}. Of what {here} imports of it, {share} comes "
        "from {country} ({source}, {years})."
    ),
    "control_mineral": words(
        "Assume that {country} sells no {about} any more, so that the world has to do as if it produced none. It has "
        "{share} of what the world has of it ({source}, {years})."
    ),
    "control_partner": words(
        "Assume that {country} ends all joint research with {here}. Of the joint works of {here} in {about}, counted "
        "by partner, {share} are with {country} ({source}, {years})."
    ),
    "control_talent": words(
        "Assume that no researcher moves between {country} and {here} any more. Of those who come to {here} ({about}), "
        "{share} come from {country} ({source}, {years})."
    ),
    "withdrawal": words("Assume that {there} ends all joint research with {here}, in this field and in all others."),
    "vote": words(
        "A newspaper prints a record of votes under the title “Friends?”. On “{about}” {here} and {there} voted alike "
        "in {share} of {calls} roll calls, the least of all issues ({source}, {years})."
    ),
    "offer": words("Assume that {third} offers {here} work for {works} more joint publications a year."),
}
VOTE_FOLLOWS = words(
    "The record was public all along, and votes are not alliances: who treats the print as a secret, or as proof of "
    "hostility, has not read the annex."
)
HAPPENS = words("{time}: {title}")
FOLLOWS = words("What follows by the figures")


def told(inject: Inject, case: Case) -> Finding:
    """What everybody is told."""
    values: dict[str, Any] = {**case.names, "works": OFFERED_WORKS}
    for row in inject.rows:
        values |= _row(row)
    text = translate(TOLD[inject.kind], case.language)
    return Finding(text, {name: value for name, value in values.items() if f"{{{name}}}" in text})


def _row(row: Mapping[str, Any]) -> dict[str, Any]:
    share = row["agreement"] if "agreement" in row else row["value"]
    return {
        "country": row.get("country", ""), "share": percent(share), "calls": row.get("roll_calls"),
        "about": row["about"] if "agreement" in row else inside(str(row["about"])), "source": row["source"],
        "years": years(row["first_year"], row["year"]),
    }  # fmt: skip


def sections(case: Case, citations: Citations) -> list[Section]:
    """The injects in their order, each on a page of its own: what everybody is told, and what follows."""
    found = []
    for minute, inject in zip(case.plan.injects, case.injects, strict=False):
        title = case.say(HAPPENS, time=clock(minute), title=case.say(TITLES[inject.kind]))
        happened = Sentences((citations.runs(told(inject, case)),), "lead")
        found.append(Section(title, (happened, *_follows(inject, case, citations)), page=True))
    return found


def _follows(inject: Inject, case: Case, citations: Citations) -> list[Sentences | Table]:
    if inject.follows is None:
        return [Sentences(((case.say(VOTE_FOLLOWS),),), "list", case.say(FOLLOWS))]
    say, answer = case.say, inject.follows
    said = [finding for finding in answer.findings if "measure" in finding.values]
    between = [_between(row, case) for row in answer.table.iter_rows(named=True) if row["direct"]][:BETWEEN_SHOWN]
    lines = tuple(citations.runs(finding) for finding in [*between, *said, *answer.missing])
    heads = (say("Measure"), say("Before"), say("95 % interval"), say("After"), say("Years"), say("Source"))
    rows = [_effect(row, case, citations) for row in answer.table.head(EFFECTS_SHOWN).iter_rows(named=True)]
    note = say("The first {n} of {all}.", n=len(rows), all=answer.table.height)
    table = Table(answer.main.title, heads, (Group("", tuple(rows)),), (1, 2, 3, 4), (note,))
    return [Sentences(lines, "list", say(FOLLOWS)), table]


def _between(row: Mapping[str, Any], case: Case) -> Finding:
    """What becomes of a tie itself."""
    what = ", ".join(filter(None, (row["measure"], row["about"], row["partner"])))
    before, after = (display.value(row[side], row["format"]) for side in ("before", "after"))
    values = {"what": what, "before": before, "after": after, "source": row["source"], "years": display.period(row)}
    return Finding(translate(OF_THE_TIE, case.language), values)


def _effect(row: Mapping[str, Any], case: Case, citations: Citations) -> tuple[Cell, ...]:
    label = registry.indicators()[row["indicator"]].label[case.language]
    what = ", ".join(filter(None, (label, row["about"], row["partner"])))
    ends = {"value": row["before"], "low": row["before_low"], "high": row["before_high"], "format": row["format"]}
    period = display.period(row) if row["year"] is not None else display.NONE
    return (
        Cell((what,), row["measure"]),
        Cell((display.value(row["before"], row["format"]),)),
        Cell((display.interval(ends, case.say),)),
        Cell((display.value(row["after"], row["format"]),)),
        Cell((period,)),
        Cell(citations.cite(row["source"])),
    )
