"""A store and the questions it can be asked: what the Python API and every surface hold in hand."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from threading import RLock
from typing import Any, Self

import polars as pl

from legation import countries, registry
from legation.answer import Answer
from legation.answers._composing import Composer
from legation.beside import NOTHING, Own, beside, in_use
from legation.engine import check_engine, suited
from legation.errors import NoEvidenceError, UserError, unknown
from legation.evaluation import Evaluator
from legation.language import check_language
from legation.memory import Memory
from legation.model import Indicator, Question
from legation.owning import read_folder
from legation.packed import Packed, apart
from legation.periods import Cut
from legation.store import Store

COUNTRIES = ("iso3", "partner_iso3")
MOST_BYTES, MOST_ANSWERS = 64_000_000, 32
"""How much of what was computed, and how many answers, are remembered."""
AROUND_BYTES = 1_000
"""What is counted for an entry beside its tables."""


@dataclass(frozen=True)
class Evidence:
    """Answers, indicators and tables of one store, with declarations of one's own beside those of the package."""

    evaluator: Evaluator
    own: Own = NOTHING

    @classmethod
    def open(
        cls, store: Path | str | None = None, engine: str | None = None, master: str | None = None,
        own: Path | str | None = None,
    ) -> Self:  # fmt: skip
        found = Store.open(store)
        chosen = engine or suited(sum(part.rows for part in found.parts))
        declared = in_use() if own is None else read_folder(own)
        return cls(Evaluator(found, check_engine(chosen, master), master=master), declared)

    @property
    def store(self) -> Store:
        """The store that is asked."""
        return self.evaluator.store

    def remembering(self) -> Evidence:
        """The same evidence, which keeps what it has computed: for several answers on the same subject."""
        if isinstance(self, RememberingEvidence):
            return self
        told = {part.name: getattr(self.evaluator, part.name) for part in fields(Evaluator)}
        return RememberingEvidence(RememberingEvaluator(**told), self.own)

    def ask(self, question: str, /, lang: str = "en", **given: Any) -> Answer:
        """Any question by its name, about what its answer takes: `home`, `partner`, `technology`, and its options.

        Raises: UserError for an unknown question, language, country, technology or option, or a partner equal to the
        home country.
        """
        asked = registry.pick("question", registry.questions(), question)
        assert asked.ask is not None
        with beside(self.own):
            subject, about = _about(asked, check_language(lang), given)
            composer = Composer(self.evaluator, asked.id, subject, lang)
            answer: Answer = asked.ask(composer, **about)
        composer.evaluated.clear()  # Polars keeps functions it was given, such as that which names countries, a while
        return answer

    def position(self, home: str, technology: str, *, lang: str = "en") -> Answer:
        """Where do we stand?"""
        return self.ask("position", lang, home=home, technology=technology)

    def partners(self, home: str, technology: str, *, lang: str = "en", **options: Any) -> Answer:
        """Whom should we work with? Options: lens, weight, weights, income, draws, top."""
        return self.ask("partners", lang, home=home, technology=technology, **options)

    def pair(self, home: str, partner: str, technology: str, *, lang: str = "en") -> Answer:
        """What is between us and them?"""
        return self.ask("pair", lang, home=home, partner=partner, technology=technology)

    def topics(self, home: str, partner: str, technology: str, *, lang: str = "en") -> Answer:
        """On what should we work together?"""
        return self.ask("topics", lang, home=home, partner=partner, technology=technology)

    def talent(self, home: str, technology: str, *, lang: str = "en") -> Answer:
        """Where are our people and whose people are here?"""
        return self.ask("talent", lang, home=home, technology=technology)

    def exposure(self, home: str, technology: str, *, lang: str = "en") -> Answer:
        """Where are we vulnerable?"""
        return self.ask("exposure", lang, home=home, technology=technology)

    def role(self, home: str, technology: str, *, lang: str = "en", **options: Any) -> Answer:
        """What role can we play? Option: bloc."""
        return self.ask("role", lang, home=home, technology=technology, **options)

    def coalition(self, home: str, technology: str, *, lang: str = "en", **options: Any) -> Answer:
        """With whom do we reach a share of the world? Options: share, of, objective, max_distance and others."""
        return self.ask("coalition", lang, home=home, technology=technology, **options)

    def norms(self, home: str, technology: str, *, lang: str = "en", **options: Any) -> Answer:
        """Who writes the rules? Option: beside."""
        return self.ask("norms", lang, home=home, technology=technology, **options)

    def institutions(self, home: str, technology: str, *, lang: str = "en", **options: Any) -> Answer:
        """Who exactly? Option: abroad."""
        return self.ask("institutions", lang, home=home, technology=technology, **options)

    def scenario(self, home: str, technology: str, *, lang: str = "en", **options: Any) -> Answer:
        """What if? Options: remove, add, file."""
        return self.ask("scenario", lang, home=home, technology=technology, **options)

    def indicator(
        self,
        identifier: str,
        *,
        source: str | None = None,
        scope: str | None = None,
        year: int | None = None,
        window: int = 1,
        **settings: Any,
    ) -> pl.DataFrame:
        """Any indicator as a long table; see `Evaluator.evaluate`."""
        with beside(self.own):
            return self.evaluator.evaluate(identifier, source, Cut(scope, year, window, settings=settings))

    def table(self, name: str, source: str | None = None) -> pl.DataFrame:
        """A fact table, from one source or all.

        Raises: UserError for an unknown table or source, NoEvidenceError where the store holds no rows of it.
        """
        registry.pick("table", registry.tables(), name)
        if source is not None:
            registry.pick("source", dict.fromkeys(self.store.sources_of(name)), source)
        return self.store.frame(name, source)


Outcome = tuple[Packed, ...] | NoEvidenceError
"""What came of a computation; that there is no evidence is remembered, too."""
Frames = tuple[pl.DataFrame, ...]
Where = tuple[tuple[str, str], ...]


def _outcomes() -> Memory[Outcome]:
    def size(found: Outcome) -> int:
        return 0 if isinstance(found, NoEvidenceError) else sum(packed.size for packed in found)

    return Memory(MOST_BYTES, lambda found: AROUND_BYTES + size(found))


@dataclass
class RememberingEvaluator(Evaluator):
    """Gives again what it has computed: several answers about one country and technology stand on the same.

    Threads compute one after another: they would else compute the same twice, and share one connection of the engine.
    """

    computed: Memory[Outcome] = field(default_factory=_outcomes)
    lock: RLock = field(default_factory=RLock)

    def evaluate(self, indicator_id: str, source: str | None = None, cut: Cut = Cut()) -> pl.DataFrame:
        wider = _of_every_country(indicator_id, cut)
        asked = (indicator_id, source, wider)
        ours = tuple(one for one in cut.where if one not in wider.where)
        (found,) = self._once(asked, lambda: (super(RememberingEvaluator, self).evaluate(*asked),), ours)
        return found

    def _compute_each(self, indicator: Indicator, sources: tuple[str, ...], cut: Cut) -> list[pl.DataFrame]:
        """Where an indicator dates its rows itself, its newest are those of a country; all years of all are computed
        once."""
        ours = tuple(
            (c, value) for c, value in cut.where if c in COUNTRIES and c in indicator.key and c not in indicator.by
        )
        if "year" in indicator.by or not ours:
            return super()._compute_each(indicator, sources, cut)
        wider = replace(cut, where=tuple(one for one in cut.where if one not in ours))
        asked = (indicator.id, sources, wider)
        found = self._once(
            asked,
            lambda: tuple(super(RememberingEvaluator, self)._compute_each(indicator, sources, wider)),
            ours if registry.is_relational(indicator) else (),
        )
        return [*found]

    def _result(self, indicator_id: str, source: str) -> pl.DataFrame:
        (found,) = self._once(
            ("result", indicator_id, source), lambda: (self.store.frame(indicator_id, source, "result"),)
        )
        return found

    def _once(self, asked: Hashable, compute: Callable[[], Frames], where: Where = ()) -> Frames:
        """What was asked for, computed where it is not remembered: its rows `where` columns have these values."""
        with self.lock:
            found = self.computed.get(asked)
            if found is None:
                try:
                    found = tuple(Packed.of(frame) for frame in compute())
                except NoEvidenceError as reason:
                    found = NoEvidenceError(*reason.args)  # one that was raised keeps all tables on its way
                self.computed.put(asked, found)
        if isinstance(found, NoEvidenceError):
            raise NoEvidenceError(*found.args)
        return tuple(packed.rows(where) for packed in found)


def _of_every_country(indicator_id: str, cut: Cut) -> Cut:
    """The cut with every country in it, where one country is computed from the facts of all: once for all is enough.

    Not where countries are worlds of their own, or are dated apart, or a result of some of them is kept; of pairs,
    which are many, only the newest, and not field by field.
    """
    indicator = registry.pick("indicator", registry.indicators(), indicator_id)
    free = [c for c in COUNTRIES if c in indicator.key and c not in indicator.by]
    many = COUNTRIES[1] in dict(cut.where) and not (cut.latest and set(indicator.key) <= {*COUNTRIES, *indicator.by})
    if many or "year" not in indicator.by or any(c in dict(kept.where) for kept in indicator.kept for c in free):
        return cut
    return replace(cut, where=tuple((column, value) for column, value in cut.where if column not in free))


@dataclass(frozen=True)
class RememberingEvidence(Evidence):
    """Gives again the answers it has given."""

    answers: Memory[Answer] = field(default_factory=lambda: Memory(MOST_ANSWERS))

    def ask(self, question: str, /, lang: str = "en", **given: Any) -> Answer:
        asked = (question, lang, *sorted(given.items()))
        answer = self.answers.get(asked)
        if answer is None:
            found = super().ask(question, lang, **given)
            held = {name: replace(figure, table=apart(figure.table)) for name, figure in found.figures.items()}
            answer = replace(found, figures=held)
            self.answers.put(asked, answer)
        return answer


def _about(question: Question, lang: str, given: Mapping[str, Any]) -> tuple[dict[str, str], dict[str, Any]]:
    """What a question is about, in words and as its answer takes it."""
    places = registry.places(question)
    if absent := [place for place in places if given.get(place) is None]:
        raise UserError(f"{question.id} needs {', '.join(absent)}; it is asked about {', '.join(places)}")
    for name in given:
        if name not in (*places, *registry.options(question)):
            raise unknown(f"option of {question.id}", name, registry.options(question))
    subject: dict[str, str] = {}
    about = dict(given)
    for place in ("home", "partner"):
        if place in places:
            about[place] = countries.resolve(given[place])
            subject |= {place: about[place], f"{place}_name": countries.name(about[place], lang)}
    if "partner" in places and about["home"] == about["partner"]:
        raise UserError(f"the partner is the home country, {about['home']}; give two different countries")
    if "technology" in places:
        technology = registry.pick("technology", registry.technologies(), given["technology"])
        about["technology"] = technology
        subject |= {"technology": technology.id, "technology_label": technology.label[lang]}
    return subject, about
