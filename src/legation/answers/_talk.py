"""Sentences put together from several answers, each with the rows its numbers stand in. Used by `_talking`.

Nothing is computed here but what can be counted in a figure.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import polars as pl

from legation import registry
from legation.answer import Answer, Figure, Finding
from legation.answers._standing import NEIGHBOURING
from legation.language import translate, words
from legation.phrasing import Phrasing, number, percent, years

PARTS = ("bottom", "asks", "offers", "risks", "changes", "points", "questions")
NAMED = 3
"""Countries named before the rest are counted."""
WHOLE = "all"
FLOWS = "researcher_flows"
OTHERS = words("{n} others")
BOUNDS = words("between {low} and {high}")
WITH_INTERVAL = words("{value} (95 % interval {low} to {high})")
CAME = words("{came} came from {there} to {here} and {left} left for it ({source}, {years})")
GAINS, LOSES = words("on balance {here} gains"), words("on balance {there} gains")
UNSETTLED = words("who gains is not settled")
Row = Mapping[str, Any]


@dataclass(frozen=True)
class Point:
    """A sentence, and the rows of a figure its numbers stand in; without a figure it says that something is absent."""

    finding: Finding
    figure: Figure | None = None
    rows: tuple[Row, ...] = ()


@dataclass
class Talk:
    """Answers by question, and what is said of them, part by part."""

    answers: Mapping[str, Answer]
    points: dict[str, list[Point]] = field(default_factory=lambda: {part: [] for part in PARTS})

    @property
    def language(self) -> str:
        return self.answers["position"].language

    @property
    def say(self) -> Phrasing:
        """Words in the language of the answers."""
        return Phrasing(self.language)

    @property
    def partner(self) -> str:
        """The country visited; empty where the brief is about none."""
        return self.answers["pair"].subject["partner"] if "pair" in self.answers else ""

    @property
    def names(self) -> dict[str, str]:
        """The two countries, or the one."""
        subject = self.answers["pair" if self.partner else "position"].subject
        return {"here": subject["home_name"], "there": subject.get("partner_name", "")}

    def figure(self, answer: str, name: str) -> Figure | None:
        """A figure of an answer, where it has one with rows."""
        found = self.answers[answer].figures.get(name) if answer in self.answers else None
        return found if found is not None and found.table.height else None

    def rows(self, answer: str, name: str, **equal: object) -> list[Row]:
        """The rows of a figure that have these values."""
        figure = self.figure(answer, name)
        if figure is None or not set(equal) <= set(figure.table.columns):
            return []
        chosen = figure.table.filter(pl.lit(True), *(pl.col(c) == value for c, value in equal.items()))
        return list(chosen.iter_rows(named=True))

    def ties(self, indicator: str, measure: str) -> list[Row]:
        """What lies between the two by a measure of an indicator."""
        label = registry.indicators()[indicator].measures[measure].label[self.language]
        return self.rows("pair", "ties", indicator=indicator, measure=label)

    def find(self, text: str, part: str, figure: Figure | None, rows: Iterable[Row], **values: object) -> None:
        """Add a sentence to a part, with the rows it stands on."""
        finding = Finding(translate(text, self.language), values)
        self.points[part].append(Point(finding, figure, tuple(rows)))

    def repeat(self, part: str, answer: str, name: str, *places: str, most: int = 1) -> None:
        """Add the first sentences of an answer that have these places, those with no others before the rest, with every
        row of the figure they stand in."""
        figure = self.figure(answer, name)
        if figure is not None:
            said = [finding for finding in self.answers[answer].findings if set(places) <= set(finding.values)]
            said.sort(key=lambda finding: set(places) != set(finding.values))
            rows = tuple(figure.table.iter_rows(named=True))
            self.points[part] += [Point(finding, figure, rows) for finding in said[:most]]

    def listed(self, names: list[str]) -> str:
        """Names in a row, the last of many counted."""
        if len(names) > NAMED + 1:
            names = [*names[:NAMED], self.say(OTHERS, n=len(names) - NAMED)]
        return self.say.listed(names)

    def near(self, row: Row) -> str:
        """Says of a row that it is about a neighbouring field, where it is."""
        proxy = row["evidence"] == NEIGHBOURING
        return self.say("; a neighbouring field, not the technology itself") if proxy else ""

    def with_interval(self, value: float, low: float | None, high: float | None, form: str) -> str:
        """A value with its 95 % interval where it has one."""
        told = percent if form == "share" else number
        if low is None or high is None or low == value == high:
            return told(value)
        return self.say(WITH_INTERVAL, value=told(value), low=told(low), high=told(high))

    def moves(self) -> tuple[str, str, list[Row]]:
        """Researchers who came and left by source, who gains as far as the sources agree, and the rows."""
        came, left, balances = (
            [row for row in self.ties(FLOWS, measure) if row["scope"] == WHOLE]
            for measure in ("arrivals", "departures", "net_arrivals")
        )
        gone = {row["source"]: row for row in left}
        sentences = [
            self.say(CAME, came=self._bounded(row), left=self._bounded(gone[row["source"]]), **cited(row), **self.names)
            for row in came
            if row["source"] in gone
        ]
        verdict = UNSETTLED
        if balances and all(row["low"] is not None and row["low"] > 0 for row in balances):
            verdict = GAINS
        elif balances and all(row["high"] is not None and row["high"] < 0 for row in balances):
            verdict = LOSES
        told = self.say.listed(sentences) if sentences else ""
        return told, self.say(verdict, **self.names), [*came, *left]

    def _bounded(self, row: Row) -> str:
        """A count, or the bounds it lies between where small cells are suppressed."""
        if row["value"] is None:
            return self.say(BOUNDS, low=number(row["low"]), high=number(row["high"]))
        return number(row["value"])


def cited(row: Row) -> dict[str, object]:
    """Source and years of a row, as places of a sentence."""
    return {"source": row["source"], "years": years(row["first_year"], row["year"])}
