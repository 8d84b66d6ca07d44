"""What every answer needs: evaluating indicators while noting what was used, and putting the answer together."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import polars as pl

from legation import countries, registry
from legation.answer import Answer, Citation, Definition, Figure, Finding
from legation.answers import _coverage
from legation.errors import NoEvidenceError
from legation.evaluation import Evaluator
from legation.language import translate, words
from legation.model import Technology
from legation.periods import Cut
from legation.phrasing import Phrasing, inside

AS_UNIT_SAYS = words("as `unit` says")
READ = words("{source}: {read:,} records read, {rejected:,} rejected, {aside:,} set aside.")
SUPPRESSED = words("{source}: {suppressed:,} cells that describe 1 to 4 researchers are suppressed.")


@dataclass
class Composer:
    """Evaluates indicators for one answer and remembers which, from which sources.

    Words are given in English and taken from the catalogue of the answer's language; what fills them must be in that
    language already: `say` puts words together, `name`, `scope_label`, `label` and `unit` give those of declarations.
    """

    evaluator: Evaluator
    question: str
    subject: Mapping[str, str] = field(default_factory=dict)
    language: str = "en"
    used: dict[str, dict[str, tuple[str, ...]]] = field(default_factory=dict)
    """By indicator and source: every source that series rests on."""
    evaluated: dict[tuple[str, Cut], pl.DataFrame] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)
    missing: list[Finding] = field(default_factory=list)

    @property
    def say(self) -> Phrasing:
        """Words in the language of the answer."""
        return Phrasing(self.language)

    def series(self, indicator: str, cut: Cut = Cut()) -> pl.DataFrame:
        """An indicator from every source that has it, or an empty frame where the store has no evidence."""
        if (indicator, cut) not in self.evaluated:
            self.evaluated[indicator, cut] = self._evaluate(indicator, cut)
        return self.evaluated[indicator, cut]

    def _evaluate(self, indicator: str, cut: Cut) -> pl.DataFrame:
        try:
            frame = self.evaluator.evaluate(indicator, dict(cut.where).get("source"), cut)
        except NoEvidenceError:
            return pl.DataFrame()
        for one in frame["source"].unique():
            self.used.setdefault(indicator, {})[one] = self.evaluator.lineage(indicator, one)
        return frame

    def latest(
        self, indicator: str, scope: str | None = None, window: int = 1, where: Mapping[str, str] | None = None
    ) -> pl.DataFrame:
        """The newest period of each source and split of an indicator."""
        return self.series(indicator, Cut(scope, None, window, latest=True, where=tuple((where or {}).items())))

    def find(self, text: str, **values: object) -> None:
        """Add a finding: a sentence with its numbers."""
        self.findings.append(Finding(translate(text, self.language), values))

    def lack(self, text: str, **values: object) -> None:
        """Add what there is no evidence for."""
        self.missing.append(Finding(translate(text, self.language), values))

    def name(self, iso3: str) -> str:
        """The country's name in the language of the answer."""
        return countries.name(iso3, self.language)

    def scope_label(self, scope: str) -> str:
        """A technology, field, issue or kind in words."""
        return registry.labels()[scope][self.language] if scope in registry.labels() else scope

    def technology_label(self, technology: Technology) -> str:
        return technology.label[self.language]

    def label(self, indicator: str, measure: str | None = None) -> str:
        """What an indicator, or one of its measures, is called."""
        declared = registry.indicators()[indicator]
        return (declared.measures[measure] if measure else declared).label[self.language]

    def unit(self, indicator: str, measure: str) -> str:
        """The unit of a measure, as declared: figures translate their units, rows take `say(unit(…))`."""
        return registry.indicators()[indicator].measures[measure].unit

    def without(self, frame: pl.DataFrame, indicator: str, scope: str) -> pl.DataFrame:
        """The rows of sources that do not have another indicator of a scope, if one is named."""
        having = self.latest(indicator, scope) if indicator else pl.DataFrame()
        sources = [] if having.is_empty() else having["source"].unique().to_list()
        return frame.filter(~pl.col("source").is_in(sources))

    def figure(
        self,
        identifier: str,
        title: str,
        table: pl.DataFrame,
        units: Mapping[str, str],
        *indicators: str,
        of: Iterable[str] = (),
        formats: Mapping[str, str] | None = None,
    ) -> Figure:
        """A table with the caveats of its indicators and the sources of its rows: those `of` which it is, if named.

        The title is in the language of the answer; units are translated here. `formats` says which columns are shares
        where the units do not begin so.
        """
        sources = sorted({s for i in indicators for s in self._behind(i, table, tuple(of))})
        names = dict.fromkeys(c for i in indicators for c in registry.indicators()[i].caveats)
        names |= dict.fromkeys(c for s in sources for c in self._account(s)["caveats"])
        told = {column: translate(unit, self.language) for column, unit in units.items()}
        shares = formats or {column: "share" for column, unit in units.items() if unit.startswith("share")}
        heads = {column: heading(column, indicators, self.language) for column in table.columns}
        return Figure(identifier, title, table, told, indicators, tuple(sources), tuple(names), (), shares, heads)

    def _behind(self, indicator: str, table: pl.DataFrame, of: Iterable[str]) -> set[str]:
        series = self.used.get(indicator, {})
        shown = of or (table["source"].unique() if "source" in table.columns else series)
        return {s for one in shown for s in series.get(one, ())}

    def answer(self, figures: Sequence[Figure]) -> Answer:
        """Everything together: definitions, citations, caveats and coverage follow from what was used."""
        sources = sorted({s for figure in figures for s in figure.sources})
        caveats = dict.fromkeys(c for figure in figures for c in figure.caveats)
        return Answer(
            id=self.question,
            question=self.asked,
            subject=self.subject,
            figures={figure.id: figure for figure in figures},
            findings=tuple(self.findings),
            missing=tuple(self.missing),
            definitions=tuple(definition(i, self.language) for i in sorted(self.used)),
            citations=tuple(self._citation(s) for s in sources),
            caveats={name: registry.caveats()[name].text[self.language] for name in caveats},
            coverage=tuple(line for s in sources for line in self._coverage(s, self.subject.get("technology"))),
            build=self.evaluator.store.build,
            language=self.language,
        )

    @property
    def asked(self) -> str:
        """The question, about what it is asked."""
        told = {"home": "home_name", "partner": "partner_name", "technology": "technology_label"}
        places = {place: self.subject[name] for place, name in told.items() if name in self.subject}
        if "technology" in places:
            places["technology"] = inside(places["technology"])
        return self.say(registry.questions()[self.question].words, **places)

    def comparable(self, source: str) -> bool:
        """Whether the years of a source may be compared."""
        return bool(self._account(source)["comparable_years"])

    def _account(self, source: str) -> dict[str, Any]:
        return dict(self.evaluator.store.manifest["sources"][source])

    def _citation(self, source: str) -> Citation:
        account = self._account(source)
        told = {name: str(account[name]) for name in ("publisher", "title", "url", "licence", "vintage")}
        return Citation(id=source, **told)

    def _coverage(self, source: str, technology: str | None) -> list[Finding]:
        """What the intake of a source rejected, set aside or suppressed, and how well its works are known."""
        account = self._account(source)
        read, rejected = sum(account["read"].values()), sum(account["rejected"].values())
        aside = sum(account["set_aside"].values())
        lines = [Finding(READ, {"source": source, "read": read, "rejected": rejected, "aside": aside})]
        if suppressed := sum(table["suppressed"] for table in account["tables"].values()):
            lines.append(Finding(SUPPRESSED, {"source": source, "suppressed": suppressed}))
        newest = [frame for (_, cut), frame in self.evaluated.items() if cut.latest]
        counted = technology is not None and source in self.evaluator.store.sources_of("coverage")
        if counted and technology and (used := _coverage.years_used(newest, source, technology)):
            known = _coverage.of_works(self.evaluator.store, source, technology, *used)
            lines += [Finding(f.words, {**f.values, "scope": self.scope_label(technology)}) for f in known]
        return [Finding(translate(line.words, self.language), line.values) for line in lines]


def definition(indicator_id: str, language: str = "en") -> Definition:
    """What an indicator means, for people."""
    indicator = registry.indicators()[indicator_id]
    return Definition(
        id=indicator.id,
        label=indicator.label[language],
        asks=translate(indicator.asks, language),
        meaning=" ".join(indicator.meaning.split()),
        formula=indicator.formula,
        units={name: translate(measure.unit, language) for name, measure in indicator.measures.items()},
        reference=indicator.reference,
        inputs=registry.facts_behind(indicator_id),
    )


def heading(column: str, indicators: Iterable[str], language: str) -> str:
    """What a column is called: as the measure of one of the indicators, or as `headings.toml` has it."""
    for name in indicators:
        measures = registry.indicators()[name].measures
        if column in measures:
            return measures[column].label[language]
    return registry.headings().get(column, {language: column.replace("_", " ")})[language]
