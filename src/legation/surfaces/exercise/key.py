"""The facilitator's key: what the figures say and how sure they are, and the sheet on which results are scored."""

from __future__ import annotations

from legation.language import words
from legation.phrasing import number
from legation.surfaces import display
from legation.surfaces.brief import sections as brief
from legation.surfaces.brief.document import Block, Cell, Citations, Group, Section, Sentences, Table
from legation.surfaces.exercise.case import Case

ASKS = {
    "competitiveness": words("Competitiveness: does the result make either side stronger where the figures show it?"),
    "complementarity": words("Complementarity: does each give what the other lacks by the figures?"),
    "contribution": words("Contribution: does the result build capacity where income is lower, and share the lead?"),
}
HONESTY = (
    words("Figures were said with their interval, where they have one."),
    words("Countries the data cannot put in order were said to be tied."),
    words("Each figure was said with its year and source, and neighbouring fields as such."),
    words("What the record does not hold was said to be unknown, not guessed."),
    words("Votes were not taken for alliances, nor a listing for a verdict."),
)
POINTS = "0 · 1 · 2 · 3"
PLACED = words("{median} of {all} ({low} to {high})")
NOT_RANKED = words("not among the {all} ranked")


def key(case: Case, citations: Citations) -> list[Section]:
    """What a good result rests on, and where it must be humble."""
    say = case.say
    changes = tuple(citations.runs(point.finding) for point in case.home.said["changes"])
    bottom = tuple(citations.runs(point.finding) for side in (case.home, case.partner) for point in side.said["bottom"])
    blocks: list[Block] = [
        Sentences(bottom, "list", say("Where the two stand")),
        _places(case),
        *([Sentences(changes, "list", say("What would change the order of partners"))] if changes else []),
    ]
    lacking = tuple(citations.runs(finding) for finding in case.pair.missing if "`" not in str(finding))
    return [
        Section(say("The key"), tuple(blocks), page=True),
        brief.between(case.pair, citations, say),
        Section(say("What must not be claimed, because no record holds it"), (Sentences(lacking, "list"),)),
    ]


def _places(case: Case) -> Table:
    """The partner's place under each lens."""
    say = case.say
    rows = []
    for lens in case.lenses:
        label = say(ASKS[lens], **case.names)
        rows.append((Cell((label,)), *(Cell((text,)) for text in _place(case, lens))))
    heads = (say("Lens"), say("Median rank of {there} (5–95 %)", **case.names), say("Others it is tied with"))
    note = (say("Tied: the data cannot put them in order."),)
    return Table(say("Three lenses on the same partner"), heads, (Group("", tuple(rows)),), (1, 2), note)


def _place(case: Case, lens: str) -> tuple[str, str]:
    table = case.lenses[lens].table
    ranked = table.iter_rows(named=True) if "median_rank" in table.columns else iter(())
    row = next((row for row in ranked if row["iso3"] == case.partner.iso3), None)
    if row is None:
        return case.say(NOT_RANKED, all=table.height, **case.names), display.NONE
    place = case.say(
        PLACED, median=number(row["median_rank"]), all=table.height, low=number(row["rank_low"]),
        high=number(row["rank_high"]),
    )  # fmt: skip
    alike = table.filter(table["group"] == row["group"]).height - 1
    return place, number(alike)


def scoring(case: Case) -> Section:
    """The scoring sheet: three lenses, and honesty about uncertainty, which weighs as much as they do together."""
    say = case.say
    heads = (say("What is judged"), say("On what it rests"), say("Points"))
    lenses = tuple(
        (Cell((say(text, **case.names),)), Cell((_place(case, lens)[0],)), Cell((POINTS,)))
        for lens, text in ASKS.items()
        if lens in case.lenses
    )
    honest = tuple((Cell((say(text),)), Cell((say("What was said in the room"),)), Cell((POINTS,))) for text in HONESTY)
    groups = (Group(say("The result"), lenses), Group(say("Honesty about uncertainty"), honest))
    note = say("0 = not at all, 3 = throughout. A result on figures that nobody can give a source for scores low.")
    return Section(say("Scoring sheet"), (Table(say("Points for each role"), heads, groups, (2,), (note,)),), page=True)
