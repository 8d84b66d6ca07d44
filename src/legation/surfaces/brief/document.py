"""What stands in a brief, before it is set: sections of sentences, tables and charts taken from answers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from legation.answer import Answer, Citation, Figure, Finding
from legation.evidence import Evidence
from legation.surfaces import charts, display

PARTNERS_SHOWN = 10
TIES_SHOWN = ("relative_intensity_of_collaboration", "salton", "relative_citation", "researcher_flows",
              "joint_projects", "ideal_point_distance", "voting_agreement")  # fmt: skip


@dataclass(frozen=True)
class Table:
    """A table as it is printed: heads, rows of text, and which columns are numbers."""

    caption: str
    heads: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    numbers: tuple[int, ...] = ()


@dataclass(frozen=True)
class Picture:
    """A chart with its caption, also what a screen reader says."""

    caption: str
    chart: charts.Chart


@dataclass(frozen=True)
class Section:
    """A heading and what stands under it, in order."""

    title: str
    sentences: tuple[str, ...] = ()
    tables: tuple[Table, ...] = ()
    pictures: tuple[Picture, ...] = ()
    list: tuple[str, ...] = ()
    dense: bool = False


@dataclass(frozen=True)
class Document:
    """A brief: title, sections, numbered sources, and the build that gives it again."""

    home: str
    technology: str
    partner: str
    title: str
    subtitle: str
    sections: tuple[Section, ...]
    sources: tuple[str, ...]
    build: str
    language: str = "en"
    notes: Mapping[str, str] = field(default_factory=dict)


class _Sources:
    """Numbers sources in the order in which they are first used."""

    def __init__(self, answers: Sequence[Answer]) -> None:
        self.known: dict[str, Citation] = {c.id: c for answer in answers for c in answer.citations}
        self.numbers: dict[str, int] = {}

    def mark(self, source: str) -> str:
        """The citation mark of a source."""
        return f"[{self.numbers.setdefault(source, len(self.numbers) + 1)}]"

    def marked(self, finding: Finding | str) -> str:
        """A sentence with the identifiers of sources replaced by their marks."""
        text = str(finding)
        for source in self.known:
            text = text.replace(f" ({source})", f" {self.mark(source)}") if f"({source})" in text else text
            text = text.replace(f"({source};", f"{self.mark(source)} (") if f"({source};" in text else text
        return text.replace("( ", "(")

    def listed(self) -> tuple[str, ...]:
        """Every source of the answers; those the text does not mark come last."""
        for source in self.known:
            self.mark(source)
        return tuple(str(self.known[source]) for source in sorted(self.numbers, key=lambda s: self.numbers[s]))


def compose(evidence: Evidence, home: str, technology: str, partner: str | None) -> Document:
    """The brief of a country and a technology, with a partner looked at more closely (by default the first ranked)."""
    position = evidence.position(home, technology)
    partners = evidence.partners(home, technology)
    chosen = partner or (partners.table["iso3"][0] if partners.table.height else None)
    pair = evidence.pair(home, chosen, technology) if chosen else None
    answers = [position, partners, *([pair] if pair else [])]
    sources = _Sources(answers)
    subject = position.subject
    sections = [
        _bottom_line(position, partners, pair, sources),
        _standing(position, sources),
        _partners(partners, sources),
        *([_between(pair, sources)] if pair else []),
        *_exposure(position, sources),
        Section("What we do not know", list=_unique(str(m) for answer in answers for m in answer.missing)),
        Section(
            "How to read this", list=_unique(text for answer in answers for text in answer.caveats.values()), dense=True
        ),
        _methods(answers),
    ]
    names = (subject["home_name"], subject["technology_label"])
    return Document(
        home=subject["home"],
        technology=subject["technology"],
        partner=pair.subject["partner"] if pair else "",
        title=f"{names[0]}: {names[1]}",
        subtitle="Where we stand, whom to work with, and how far the evidence goes",
        sections=tuple(s for s in sections if s.sentences or s.tables or s.pictures or s.list),
        sources=sources.listed(),
        build=position.build,
    )


def _bottom_line(position: Answer, partners: Answer, pair: Answer | None, sources: _Sources) -> Section:
    """Three sentences: where we stand, who comes first, what lies between."""
    firsts = [answer.findings[0] for answer in (position, partners, pair) if answer and answer.findings]
    return Section("Bottom line", sentences=tuple(sources.marked(finding) for finding in firsts))


def _standing(position: Answer, sources: _Sources) -> Section:
    rows = tuple(
        (
            f"{row['measure']}: {row['about']}" + ("" if row["evidence"] == "technology" else " ○"),
            display.value(row["value"], row["unit"]),
            display.interval(row),
            display.place(row),
            display.period(row),
            sources.mark(row["source"]),
        )
        for row in position.table.iter_rows(named=True)
    )
    heads = ("Measure", "Value", "95 % interval", "Rank (95 %)", "Years", "Source")
    caption = (
        "○ a neighbouring field that stands in for the technology; every other line is about the technology itself."
    )
    ties = tuple(sources.marked(f) for f in position.findings if "cannot tell" in str(f))
    pictures = []
    if "leaders" in position.figures:
        figure = position.figures["leaders"]
        pictures.append(Picture(_cited(figure, sources), charts.leaders(figure, position.subject["home"])))
    if "trend" in position.figures:
        figure = position.figures["trend"]
        pictures.append(
            Picture(_cited(figure, sources), charts.trend(figure, position.subject["home"], "output_share"))
        )
    table = Table(caption, heads, rows, numbers=(1, 2, 3)) if rows else None
    return Section("Where we stand", ties[:3], (table,) if table else (), tuple(pictures))


def _partners(partners: Answer, sources: _Sources) -> Section:
    if "median_rank" not in partners.table.columns:
        return Section("Whom to work with")
    rows = tuple(
        (
            str(row["group"]),
            row["country"],
            f"{row['median_rank']:.0f} ({row['rank_low']:.0f} – {row['rank_high']:.0f})",
            display.value(row["share_in_top"], "share"),
            display.value(row["joint_works"], "works") if row.get("joint_works") is not None else "–",
            display.value(row["ideal_point_distance"], "") if row.get("ideal_point_distance") is not None else "–",
            row["lifted_by"] or "–",
            row["lowered_by"] or "–",
        )
        for row in partners.table.head(PARTNERS_SHOWN).iter_rows(named=True)
    )
    heads = ("Group", "Partner", "Median rank (5–95 %)", "In the first five", "Joint works", "UN vote distance",
             "Lifted by", "Lowered by")  # fmt: skip
    caption = (
        "Partners with the same group number cannot be put in order. Vote distance stands beside the score, not in it."
    )
    picture = Picture("Rank of the first twelve, and their group", charts.ranks(partners.main))
    sentences = (sources.marked(partners.findings[0]), sources.marked(partners.findings[-1]))
    return Section("Whom to work with", sentences, (Table(caption, heads, rows, (0, 2, 3, 4, 5)),), (picture,))


def _between(pair: Answer, sources: _Sources) -> Section:
    ties = [row for row in pair.table.iter_rows(named=True) if row["indicator"] in TIES_SHOWN]
    rows = tuple(
        (
            f"{row['measure']}{': ' + row['about'] if row['about'] else ''}",
            _known(row),
            display.interval(row) if row["value"] is not None else "",
            row["unit"].split("; bounds")[0],
            display.period(row),
            sources.mark(row["source"]),
        )
        for row in ties
        if row["about"] in ("", "All fields", "All roll calls", pair.subject["technology_label"])
    )
    home, partner = pair.subject["home_name"], pair.subject["partner_name"]
    heads = ("Measure", "Value", "95 % interval", "Unit", "Years", "Source")
    pictures = []
    if "fields" in pair.figures:
        figure = pair.figures["fields"]
        chart = charts.fields(figure, pair.subject["home"], pair.subject["partner"])
        pictures.append(Picture(_cited(figure, sources), chart))
    if "trend" in pair.figures:
        figure = pair.figures["trend"]
        pictures.append(Picture(_cited(figure, sources), charts.joint_works(figure)))
    sentences = tuple(sources.marked(f) for f in pair.findings if "specialised where" in str(f))
    table = Table(f"Between {home} and {partner}", heads, rows, numbers=(1, 2))
    return Section(f"Between {home} and {partner}", sentences, (table,) if rows else (), tuple(pictures))


def _exposure(position: Answer, sources: _Sources) -> list[Section]:
    figure = position.figures.get("exposure")
    if figure is None or figure.table.is_empty():
        return []
    rows = tuple(
        (row["about"], row["measure"], display.value(row["value"], row["unit"]), row["who"], display.period(row),
         sources.mark(row["source"]))
        for row in figure.table.iter_rows(named=True)
    )  # fmt: skip
    heads = ("Material or good", "Measure", "Value", "Largest", "Years", "Source")
    return [Section("Where we are exposed", figure.notes, (Table(figure.title, heads, rows, (2,)),))]


def _methods(answers: Sequence[Answer]) -> Section:
    known = {d.id: d for answer in answers for d in answer.definitions}
    lines = tuple(
        f"{d.label}: {d.meaning.split('?')[0]}? ({d.reference})" for d in sorted(known.values(), key=lambda d: d.label)
    )
    return Section("Methods", ("Formulas and worked examples: legation explain INDICATOR.",), list=lines, dense=True)


def _known(row: Mapping[str, Any]) -> str:
    if row["value"] is None:
        return f"{display.value(row['low'], row['unit'])} to {display.value(row['high'], row['unit'])}"
    return display.value(row["value"], row["unit"])


def _cited(figure: Figure, sources: _Sources) -> str:
    return sources.marked(figure.title)


def _unique(lines: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(lines))
