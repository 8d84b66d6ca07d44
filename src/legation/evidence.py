"""A store and the questions it can be asked: what the Python API and every surface hold in hand."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

import polars as pl

from legation import registry
from legation.answer import Answer
from legation.engine import check_engine
from legation.evaluation import Evaluator
from legation.periods import Cut
from legation.store import Store


@dataclass(frozen=True)
class Evidence:
    """Answers, indicators and tables of one store."""

    evaluator: Evaluator

    @classmethod
    def open(cls, store: Path | str | None = None, engine: str = "duckdb") -> Self:
        return cls(Evaluator(Store.open(store), check_engine(engine)))

    @property
    def store(self) -> Store:
        """The store that is asked."""
        return self.evaluator.store

    def position(self, home: str, technology: str) -> Answer:
        """Where do we stand?"""
        from legation.answers.position import position

        return position(self.evaluator, home, technology)

    def partners(self, home: str, technology: str) -> Answer:
        """Whom should we work with?"""
        from legation.answers.partners import partners

        return partners(self.evaluator, home, technology)

    def pair(self, home: str, partner: str, technology: str) -> Answer:
        """What is between us and them?"""
        from legation.answers.pair import pair

        return pair(self.evaluator, home, partner, technology)

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
