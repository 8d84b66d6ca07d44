"""The sections of a brief, taken from the answers: nothing is computed here, only chosen, ordered and worded."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

from legation import registry
from legation.answer import Answer, Figure
from legation.answers._standing import NEIGHBOURING, OF_THE_TECHNOLOGY
from legation.answers._talk import Point
from legation.language import words
from legation.phrasing import Phrasing, inside
from legation.surfaces import charts, display
from legation.surfaces.brief import rows
from legation.surfaces.brief.document import (
    Beside,
    Block,
    Chart,
    Citations,
    Group,
    Method,
    Methods,
    Section,
    Sentences,
    Table,
)

PARTNERS_SHOWN = 8
PARTNERS_DRAWN = 10
EXPOSED_SHOWN = 8
TIED_SHOWN = 1
COMMAND_SIGN = "`"
"""A line with a command in it is for those who keep the store, and stays out of the brief."""
BETWEEN = {
    words("Joint research"): (
        ("relative_intensity_of_collaboration", "relative_intensity"),
        ("salton", "joint_works"),
        ("joint_projects", "projects"),
    ),
    words("Citation"): (("relative_citation", "relative_citation"), ("relative_citation", "relative_citation_back")),
    words("Researchers who move"): (("researcher_flows", "arrivals"), ("researcher_flows", "departures")),
    words("At the United Nations"): (
        ("ideal_point_distance", "ideal_point_distance"),
        ("voting_agreement", "agreement"),
    ),
}
"""What is shown of the ties between two countries, by theme: indicator and measure."""
EVIDENCE = {
    OF_THE_TECHNOLOGY: words("On {technology} itself"),
    NEIGHBOURING: words("Neighbouring fields that stand in for it"),
}
SHOWN_WHOLE = ("standing", "leaders", "trend", "fields", "partners", "exposure")
"""Figures the brief shows with everything they stand on; of others it shows rows."""

Said = Mapping[str, Sequence[Point]]


def bottom_line(said: Said, citations: Citations, say: Phrasing) -> Section:
    """Three sentences."""
    return Section(say("Bottom line"), (Sentences(_runs(said["bottom"], citations), "lead"),))


def standing(position: Answer, citations: Citations, say: Phrasing) -> Section:
    """The table of every line there is evidence for, leaders and trend, and who cannot be told apart."""
    blocks: list[Block] = []
    lines = list(position.table.iter_rows(named=True))
    if lines:
        technology = inside(position.subject["technology_label"])
        groups = tuple(
            Group(say(title, technology=technology), tuple(rows.standing(row, citations, say) for row in own))
            for evidence, title in EVIDENCE.items()
            if (own := [row for row in lines if row["evidence"] == evidence])
        )
        heads = (say("Measure"), say("Value"), say("95 % interval"), say("Rank (95 % interval)"), say("Years"),
                 say("Source"))  # fmt: skip
        note = (say("Intervals show chance, not gaps in the data. A dash: not ranked, or no interval can be given."),)
        blocks.append(Table(position.main.title, heads, groups, (1, 2, 3, 4), note))
    home = position.subject["home"]
    drawn: dict[str, Callable[[Figure], charts.Declaration]] = {
        "leaders": lambda figure: charts.leaders(figure, home, say),
        "trend": lambda figure: charts.trend(figure, home, "output_share", say),
    }
    blocks += _beside(_charts(position, drawn, citations))
    tied = [citations.runs(f) for f in position.findings if "tied" in f.values]
    if tied:
        blocks.append(Sentences(tuple(tied[:TIED_SHOWN]), "small"))
    return Section(say("Where we stand"), tuple(blocks or [_lines(position.missing[:1], citations)]))


def partners(answer: Answer, visited: str, citations: Citations, say: Phrasing) -> Section:
    """Whom to work with: the first partners, which of them are tied, and what the ranking stands on; for a visit the
    one visited too, and less of the rest."""
    title = say("Partner options")
    if "median_rank" not in answer.table.columns:
        return Section(title, (_lines(answer.missing[:1], citations),))
    ranked = enumerate(answer.table.iter_rows(named=True))
    first = [row for place, row in ranked if place < PARTNERS_SHOWN or row["iso3"] == visited]
    heads = (say("Group"), say("Partner"), say("Median rank (5–95 %)"), say("In the first {n}", n=rows.first_places()),
             say("Joint works"), say("UN distance"), say("Lifted by"), say("Lowered by"))  # fmt: skip
    note = say(
        "{n} of {all}. Partners of one group are tied: the data cannot put them in order. The share of draws "
        "stands under “In the first”. Joint works and the distance of UN ideal points stand beside the ranking, not in "
        "it.", n=len(first), all=answer.table.height,
    )  # fmt: skip
    groups = (Group("", tuple(rows.partner(row, say) for row in first)),)
    table = Table(say("Partner options, best first"), heads, groups, (0, 2, 3, 4, 5), (note,), 1)
    if visited:
        stands_on = [f for f in answer.findings if {"lens", "criteria"} <= set(f.values)]
        return Section(title, (table, _lines(stands_on, citations)))
    caption = say("Median rank and its 5–95 % interval, by group")
    chart = Chart(charts.svg(charts.ranks(answer.main, PARTNERS_DRAWN, say), caption), (caption,), caption)
    return Section(title, (table, Beside(chart, _criteria(answer, citations, say))))


def between(pair: Answer, citations: Citations, say: Phrasing) -> Section:
    """The key measures between the two countries, their specialisation and their joint works by year."""
    names = (pair.subject["home_name"], pair.subject["partner_name"])
    groups = tuple(
        Group(say(title), shown)
        for title, measures in BETWEEN.items()
        if (shown := rows.ties(pair, measures, citations, say))
    )
    heads = (say("Measure"), say("Value"), say("95 % interval"), say("Unit"), say("Years"), say("Source"))
    nothing = Sentences(((say("This build holds no measure that joins the two countries."),),))
    drawn: dict[str, Callable[[Figure], charts.Declaration]] = {
        "fields": lambda figure: charts.fields(figure, names, say),
        "trend": lambda figure: charts.joint_works(figure, say),
    }
    blocks: list[Block] = [Table(pair.main.title, heads, groups, (1, 2, 4)) if groups else nothing]
    blocks += _beside(_charts(pair, drawn, citations))
    return Section(say("Between {here} and {there}", here=names[0], there=names[1]), tuple(blocks))


def exchange(pair: Answer, said: Said, citations: Citations, say: Phrasing) -> Section:
    """What to ask of the partner and what to offer it."""
    asks = say("What to ask of {there}", there=pair.subject["partner_name"])
    offers = say("What to offer {there}", there=pair.subject["partner_name"])
    return Section(
        say("Asks and offers"),
        (
            Sentences(_runs(said["asks"], citations), "list", asks),
            Sentences(_runs(said["offers"], citations), "list", offers),
        ),
    )


def risks(exposure: Answer, said: Said, citations: Citations, say: Phrasing) -> Section:
    """What hangs on one country, and what would change the order of partners."""
    blocks: list[Block] = [Sentences(_runs(said["risks"], citations), "list")] if said["risks"] else []
    exposed = list(exposure.table.head(EXPOSED_SHOWN).iter_rows(named=True))
    if exposed:
        heads = (say("What"), say("On whom"), say("Share"), say("UN distance"), say("Years"), say("Source"))
        note = say(
            "The first {n} of {all}, in an order for reading. A large share is a question to ask, not a finding of "
            "dependence.", n=len(exposed), all=exposure.table.height,
        )  # fmt: skip
        groups = (Group("", tuple(rows.exposed(row, citations, say) for row in exposed)),)
        blocks.append(Table(exposure.main.title, heads, groups, (2, 3, 4), (note,)))
    else:
        blocks.append(Sentences(((say("This build holds no measure of dependence here."),),)))
    if said["changes"]:
        title = say("What would change the order of partners")
        blocks.append(Sentences(_runs(said["changes"], citations), "list", title))
    return Section(say("Risks and what would change the conclusion"), tuple(blocks))


def talking(said: Said, citations: Citations, say: Phrasing, visited: bool) -> Iterator[Section]:
    """What to say, each with its number, and what may be asked back."""
    questions = say("Questions the other side may raise") if visited else say("Questions others may raise")
    for title, part in ((say("Talking points"), "points"), (questions, "questions")):
        if said[part]:
            yield Section(title, (Sentences(_runs(said[part], citations), "list"),))


def small_print(answers: Sequence[Answer], said: Said, citations: Citations, say: Phrasing) -> list[Section]:
    """What is missing, how to read the numbers, and the indicators behind them."""
    # What a dossier of two countries lacks, it says of what hangs on others too.
    about_pair = any(answer.id == "pair" for answer in answers)
    telling = [answer for answer in answers if not (about_pair and answer.id == "exposure")]
    missing = _unique(str(f) for answer in telling for f in answer.missing)
    unknown = tuple(citations.runs(line) for line in missing if COMMAND_SIGN not in line)
    shown = _shown(answers, said)
    caveats = tuple((text,) for text in _caveats(answers, shown))
    return [
        Section(say("What we do not know"), (Sentences(unknown, "list"),), fine=True),
        Section(say("Read with care"), (Sentences(caveats, "list"),), fine=True),
        Section(say("How it is measured"), (Methods(tuple(_methods(answers, shown))),), fine=True),
    ]


def _shown(answers: Sequence[Answer], said: Said) -> set[str]:
    """The indicators whose numbers stand in the brief."""
    shown = {indicator for measures in BETWEEN.values() for indicator, _ in measures}
    for figure in (figure for answer in answers for figure in answer.figures.values()):
        shown |= set(figure.indicators) if figure.id in SHOWN_WHOLE else set()
    for point in (point for points in said.values() for point in points):
        named = {str(row["indicator"]) for row in point.rows if "indicator" in row}
        shown |= named or (set(point.figure.indicators) if point.figure else set())
    return shown


def _caveats(answers: Sequence[Answer], shown: set[str]) -> Iterator[str]:
    """The caveats of these indicators and of the sources, each once."""
    wanted = {caveat for indicator in shown for caveat in registry.indicators()[indicator].caveats}
    texts: dict[str, str] = {}
    for answer in answers:
        for figure in answer.figures.values():
            of_indicators = {c for i in figure.indicators for c in registry.indicators()[i].caveats}
            chosen = (c for c in figure.caveats if c in wanted or c not in of_indicators)
            texts |= {caveat: answer.caveats[caveat] for caveat in chosen}
    return iter(texts.values())


def _methods(answers: Sequence[Answer], shown: set[str]) -> Iterator[Method]:
    """These indicators, those of one formula and reference together."""
    known = {d.id: d for answer in answers for d in answer.definitions if d.id in shown}
    ordered = sorted(known.values(), key=lambda d: (d.label, d.id))
    for d in ordered:
        alike = [other for other in ordered if (other.formula, other.reference) == (d.formula, d.reference)]
        if alike[0] is d:
            label = "; ".join(other.label for other in alike)
            unit = display.minus(next(iter(d.units.values())))
            yield Method(label, d.asks, d.formula, unit, d.reference)


def _criteria(answer: Answer, citations: Citations, say: Phrasing) -> Block:
    figure = answer.figures["criteria"]
    shown = tuple(rows.criterion(row, citations) for row in figure.table.iter_rows(named=True))
    heads = (say("Criterion"), say("Stands on"), say("Economies"))
    return Table(figure.title, heads, (Group("", shown),), (2,), wide=1)


def _charts(
    answer: Answer, drawn: Mapping[str, Callable[[Figure], charts.Declaration]], citations: Citations
) -> list[Chart]:
    """The charts of those figures that the answer has."""
    found = []
    for name, draw in drawn.items():
        if name in answer.figures:
            figure = answer.figures[name]
            caption = citations.runs(figure.title)
            told = "".join(run for run in caption if isinstance(run, str)).replace("\u00a0)", ")")
            found.append(Chart(charts.svg(draw(figure), told), caption, told))
    return found


def _runs(points: Iterable[Point], citations: Citations) -> tuple[Any, ...]:
    return tuple(citations.runs(point.finding) for point in points)


def _lines(lines: Iterable[Any], citations: Citations) -> Sentences:
    return Sentences(tuple(citations.runs(line) for line in lines), "small")


def _beside(blocks: Sequence[Block]) -> list[Block]:
    return [Beside(blocks[0], blocks[1])] if len(blocks) == 2 else list(blocks)


def _unique(lines: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(lines))
