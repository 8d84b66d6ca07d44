"""A store and the questions it can be asked: what the Python API and every surface hold in hand."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

import polars as pl

from legation import countries, registry
from legation.answer import Answer
from legation.answers._composing import Composer
from legation.engine import check_engine
from legation.errors import UserError, unknown
from legation.evaluation import Evaluator
from legation.language import check_language
from legation.model import Question
from legation.periods import Cut
from legation.store import Store


@dataclass(frozen=True)
class Evidence:
    """Answers, indicators and tables of one store."""

    evaluator: Evaluator

    @classmethod
    def open(cls, store: Path | str | None = None, engine: str = "duckdb", master: str | None = None) -> Self:
        return cls(Evaluator(Store.open(store), check_engine(engine, master), master=master))

    @property
    def store(self) -> Store:
        """The store that is asked."""
        return self.evaluator.store

    def ask(self, question: str, /, lang: str = "en", **given: Any) -> Answer:
        """Any question by its name, about what its answer takes: `home`, `partner`, `technology`, and its options.

        Raises: UserError for an unknown question, language, country, technology or option, or a partner equal to the
        home country.
        """
        asked = registry.pick("question", registry.questions(), question)
        subject, about = _about(asked, check_language(lang), given)
        assert asked.ask is not None
        answer: Answer = asked.ask(Composer(self.evaluator, asked.id, subject, lang), **about)
        return answer

    def position(self, home: str, technology: str, *, lang: str = "en") -> Answer:
        """Where do we stand?"""
        return self.ask("position", lang, home=home, technology=technology)

    def partners(self, home: str, technology: str, *, lang: str = "en", **options: Any) -> Answer:
        """Whom should we work with?"""
        return self.ask("partners", lang, home=home, technology=technology, **options)

    def pair(self, home: str, partner: str, technology: str, *, lang: str = "en") -> Answer:
        """What is between us and them?"""
        return self.ask("pair", lang, home=home, partner=partner, technology=technology)

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
        return self.evaluator.evaluate(identifier, source, Cut(scope, year, window, settings=settings))

    def table(self, name: str, source: str | None = None) -> pl.DataFrame:
        """A fact table, from one source or all.

        Raises: UserError for an unknown table or source, NoEvidenceError where the store holds no rows of it.
        """
        registry.pick("table", registry.tables(), name)
        if source is not None:
            registry.pick("source", dict.fromkeys(self.store.sources_of(name)), source)
        return self.store.frame(name, source)


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
