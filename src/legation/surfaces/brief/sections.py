"""The sections of a brief, taken from the answers: nothing is computed here, only chosen, ordered and worded."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import groupby, islice
from typing import Any

from legation import phrasing, registry
from legation.answer import Answer
from legation.phrasing import Phrasing
from legation.surfaces import charts, display
from legation.surfaces.brief.document import (
    Beside,
    Block,
    Cell,
    Chart,
    Citations,
    Group,
    Method,
    Methods,
    Section,
    Sentences,
    Table,
)

PARTNERS_SHOWN = 10
PARTNERS_DRAWN = 12
UNDER_A_TITLE = ("mineral_concentration", "import_concentration")
"""Indicators of concentration with many rows, which stand under a title of their own."""
LARGEST_SHOWN = {"mineral_concentration": 8, "import_concentration": 5}
LARGEST_SHOWN_OTHERWISE = 3
TIED_SHOWN = 3
BETWEEN = {
    "Joint research": (
        ("relative_intensity_of_collaboration", "relative_intensity"),
        ("salton", "joint_works"),
        ("joint_projects", "projects"),
    ),
    "Citation": (("relative_citation", "relative_citation"), ("relative_citation", "relative_citation_back")),
    "Researchers who move": (("researcher_flows", "arrivals"), ("researcher_flows", "departures")),
    "At the United Nations": (("ideal_point_distance", "ideal_point_distance"), ("voting_agreement", "agreement")),
}  # fmt: skip
"""What is shown of the ties between two countries, by theme: indicator and measure."""

PAIRED = ("ties", "side_by_side")
"""Figures of a pair that the brief shows in part, or not at all."""

EVIDENCE = {"technology": "On {technology} itself", "neighbouring field": "Neighbouring fields that stand in for it"}

Row = Mapping[str, Any]


def bottom_line(answers: Sequence[Answer], citations: Citations) -> Section:
    """Three sentences: where we stand, who comes first, what lies between."""
    firsts = [next(iter(answer.findings or answer.missing)) for answer in answers if answer.findings or answer.missing]
    return Section("Bottom line", (Sentences(tuple(citations.runs(f) for f in firsts), "lead"),))


def standing(position: Answer, citations: Citations) -> Section:
    """The table of every line there is evidence for, who cannot be told apart, leaders and trend."""
    blocks: list[Block] = []
    rows = list(position.table.iter_rows(named=True))
    if rows:
        technology = phrasing.inside(position.subject["technology_label"])
        groups = tuple(
            Group(title.format(technology=technology), tuple(_standing_row(row, citations) for row in own))
            for evidence, title in EVIDENCE.items()
            if (own := [row for row in rows if row["evidence"] == evidence])
        )
        heads = ("Measure", "Value", "95 % interval", "Rank (95 % interval)", "Years", "Source")
        note = ("Intervals show chance, not gaps in the data. A dash: not ranked, or no interval can be given.",)
        blocks.append(Table(position.main.title, heads, groups, (1, 2, 3, 4), note))
    home = position.subject["home"]
    drawn = {
        "leaders": lambda figure: charts.leaders(figure, home),
        "trend": lambda figure: charts.trend(figure, home, "output_share"),
    }
    blocks += _beside(_charts(position, drawn, citations))
    tied = [citations.runs(f) for f in position.findings if "tied" in f.values]
    if tied:
        blocks.append(Sentences(tuple(tied[:TIED_SHOWN]), "small"))
    return Section("Where we stand", tuple(blocks))


def partners(answer: Answer, citations: Citations) -> Section:
    """Whom to work with: the first partners, which of them are tied, and what the ranking stands on."""
    if "median_rank" not in answer.table.columns:
        return Section("Partner options", (Sentences(tuple(citations.runs(f) for f in answer.missing[:1])),))
    rows = list(answer.table.head(PARTNERS_SHOWN).iter_rows(named=True))
    tied = [(number, [row["country"] for row in own]) for number, own in groupby(rows, key=lambda row: row["group"])]
    words = [f"{Phrasing(answer.language).listed(names)} (group {number})" for number, names in tied if len(names) > 1]
    said = (
        f"The data cannot put in order {'; nor '.join(words)}."
        if words
        else "The data put all of those shown in order."
    )
    heads = ("Group", "Partner", "Median rank (5–95 %)", "In the first five", "Joint works", "UN distance",
             "Lifted by", "Lowered by")  # fmt: skip
    note = (
        f"The first {len(rows)} of {answer.table.height}. Partners of one group are tied. “In the first five”: share "
        "of draws. Joint works and the distance of UN ideal points stand beside the ranking, not in it.",
    )
    table = Table(
        "Partner options, best first",
        heads,
        (Group("", tuple(_partner_row(row) for row in rows)),),
        (0, 2, 3, 4, 5),
        note,
        1,
    )
    figure = answer.main
    caption = "Median rank and its 5–95 % interval, by group"
    chart = Chart(charts.svg(charts.ranks(figure, PARTNERS_DRAWN), caption), (caption,), caption)
    return Section("Partner options", (Sentences(((said,),)), table, Beside(chart, _criteria(answer, citations))))


def between(pair: Answer, citations: Citations) -> Section:
    """The key measures between the two countries, their specialisation and their joint works by year."""
    subject = pair.subject
    told = [citations.runs(f) for f in pair.findings if "strong" in f.values]
    groups = tuple(
        Group(title, rows) for title, measures in BETWEEN.items() if (rows := _ties(pair, measures, citations))
    )
    blocks: list[Block] = [Sentences(tuple(told))] if told else []
    names = (subject["home_name"], subject["partner_name"])
    drawn = {"fields": lambda figure: charts.fields(figure, names), "trend": charts.joint_works}
    blocks += _beside(_charts(pair, drawn, citations))
    heads = ("Measure", "Value", "95 % interval", "Unit", "Years", "Source")
    if groups:
        blocks.append(Table(pair.main.title, heads, groups, (1, 2, 4)))
    else:
        blocks.append(Sentences((("This build holds no measure that joins the two countries.",),)))
    return Section(f"Between {names[0]} and {names[1]}", tuple(blocks))


def exposure(position: Answer, pair: Answer | None, citations: Citations) -> Section:
    """How much hangs on the largest producer, leader, supplier or partner, and on those who come from the partner."""
    rows = [*_largest(position, citations), *(_talent(pair, citations) if pair else ())]
    groups = [Group("", tuple(rows))] if rows else []
    groups += [group for name in UNDER_A_TITLE if (group := _titled(position, name, citations))]
    if not groups:
        return Section("Exposure", (Sentences((("This build holds no measure of dependence here.",),)),))
    heads = ("What", "Largest", "Share", "Years", "Source")
    note = ("A large share is a question to ask, not a finding of dependence.",)
    return Section("Exposure", (Table("How much hangs on the largest", heads, tuple(groups), (2, 3), note),))


def small_print(answers: Sequence[Answer], citations: Citations) -> list[Section]:
    """What is missing, how to read the numbers, and the indicators behind them."""
    missing = _unique(str(f) for answer in answers for f in answer.missing)
    caveats = _unique(text for answer in answers for text in answer.caveats.values())
    methods = tuple(Method(**method) for method in _methods(answers))
    unknown = Sentences(tuple(citations.runs(line) for line in missing), "small")
    return [
        Section("What we do not know", (unknown,)),
        Section("Read with care", (Sentences(tuple((text,) for text in caveats), "list"),), fine=True),
        Section("How it is measured", (Methods(methods),), fine=True),
    ]


def _methods(answers: Sequence[Answer]) -> Iterator[dict[str, str]]:
    """The indicators shown, those of one formula and reference together."""
    themes = {indicator for measures in BETWEEN.values() for indicator, _ in measures} | {"talent_dependence"}
    shown = {i for a in answers for f in a.figures.values() for i in f.indicators if f.id not in PAIRED or i in themes}
    known = {d.id: d for answer in answers for d in answer.definitions if d.id in shown}
    ordered = sorted(known.values(), key=lambda d: (d.label, d.id))
    for d in ordered:
        alike = [other for other in ordered if (other.formula, other.reference) == (d.formula, d.reference)]
        if alike[0] is d:
            yield {
                "label": "; ".join(other.label for other in alike),
                "asks": d.meaning.split("?")[0] + "?",
                "formula": d.formula,
                "unit": display.unit(next(iter(d.units.values()))),
                "reference": d.reference,
            }


def _standing_row(row: Row, citations: Citations) -> tuple[Cell, ...]:
    told = (display.value(row["value"], row["format"]), display.interval(row), display.place(row), display.period(row))
    measure = Cell((f"{row['measure']}: {phrasing.inside(row['about'])}",), display.unit(row["unit"]))
    return (measure, *(Cell((text,)) for text in told), Cell(citations.cite(row["source"])))


def _partner_row(row: Row) -> tuple[Cell, ...]:
    told = (
        str(row["group"]),
        row["country"],
        f"{row['median_rank']:.0f} ({row['rank_low']:.0f}–{row['rank_high']:.0f})",
        display.chance(row["share_in_top"]),
        display.value(row.get("joint_works"), "count"),
        display.value(row.get("ideal_point_distance"), "number"),
        row["lifted_by"] or display.NONE,
        row["lowered_by"] or display.NONE,
    )
    return tuple(Cell((text,)) for text in told)


def _criteria(answer: Answer, citations: Citations) -> Block:
    rows = tuple(
        (Cell((row["label"],)), Cell(citations.runs(row["stands_on"])), Cell((f"{row['economies']:,}",)))
        for row in answer.figures["criteria"].table.iter_rows(named=True)
    )
    heads = ("Criterion", "Stands on", "Economies")
    return Table(answer.figures["criteria"].title, heads, (Group("", rows),), (2,), wide=1)


def _ties(pair: Answer, measures: Sequence[tuple[str, str]], citations: Citations) -> tuple[tuple[Cell, ...], ...]:
    """The rows of these measures, of the technology, its fields and the whole."""
    labels = {(i, registry.indicators()[i].measures[m].label["en"]) for i, m in measures}
    rows = [row for row in pair.table.iter_rows(named=True) if (row["indicator"], row["measure"]) in labels]
    return tuple(
        _tie_row(row, citations) for row in rows if row["indicator"] != "voting_agreement" or row["scope"] == "all"
    )


def _tie_row(row: Row, citations: Citations) -> tuple[Cell, ...]:
    about = f": {phrasing.inside(row['about'])}" if row["about"] else ""
    interval = display.NONE if row["value"] is None else display.interval(row)
    unit = row["unit"] if row["value"] is None else row["unit"].split("; bounds")[0]
    told = (row["measure"] + about, display.known(row), interval, display.unit(unit), display.period(row))
    return (*(Cell((text,)) for text in told), Cell(citations.cite(row["source"])))


def _largest(position: Answer, citations: Citations) -> Iterator[tuple[Cell, ...]]:
    """The first rows of each indicator of concentration that has few."""
    few = [row for row in _exposed(position) if row["indicator"] not in UNDER_A_TITLE]
    for _, own in groupby(few, key=lambda row: row["indicator"]):
        for row in islice(own, LARGEST_SHOWN_OTHERWISE):
            yield _largest_row(f"{row['measure']}, {phrasing.inside(row['about'])}", row, row["who"], citations)


def _titled(position: Answer, indicator: str, citations: Citations) -> Group | None:
    """The first rows of an indicator that has many, under its name."""
    rows = [row for row in _exposed(position) if row["indicator"] == indicator]
    shown = rows[: LARGEST_SHOWN[indicator]]
    if not rows:
        return None
    count = f" (the first {len(shown)} of {len(rows)})" if len(rows) > len(shown) else ""
    told = tuple(_largest_row(row["about"], row, row["who"], citations) for row in shown)
    return Group(rows[0]["measure"] + count, told)


def _exposed(position: Answer) -> list[Row]:
    figure = position.figures.get("exposure")
    return list(figure.table.iter_rows(named=True)) if figure else []


def _talent(pair: Answer, citations: Citations) -> Iterator[tuple[Cell, ...]]:
    """How many of those who come, come from the partner."""
    for row in pair.table.iter_rows(named=True):
        if row["indicator"] == "talent_dependence":
            what = f"{row['measure']}, {phrasing.inside(row['about'])}"
            yield _largest_row(what, row, pair.subject["partner_name"], citations)


def _largest_row(what: str, row: Row, who: str, citations: Citations) -> tuple[Cell, ...]:
    told = (what, who, display.known(row), display.period(row))
    return (*(Cell((text,)) for text in told), Cell(citations.cite(row["source"])))


def _charts(answer: Answer, drawn: Mapping[str, Any], citations: Citations) -> list[Chart]:
    """The charts of those figures that the answer has."""
    found = []
    for name, draw in drawn.items():
        if name in answer.figures:
            figure = answer.figures[name]
            caption = citations.runs(figure.title)
            told = "".join(run for run in caption if isinstance(run, str))
            found.append(Chart(charts.svg(draw(figure), told), caption, told))
    return found


def _beside(blocks: Sequence[Block]) -> list[Block]:
    return [Beside(blocks[0], blocks[1])] if len(blocks) == 2 else list(blocks)


def _unique(lines: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(lines))
