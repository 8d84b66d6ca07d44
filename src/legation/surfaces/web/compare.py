"""Several countries side by side: what `position` says of each, in one table."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlencode

import polars as pl

from legation import countries
from legation.answer import Answer, Figure
from legation.catalogue.blocs import blocs, organisations
from legation.errors import UserError
from legation.evidence import Evidence
from legation.model import Technology
from legation.phrasing import Phrasing, inside
from legation.surfaces import display
from legation.surfaces.web.rendering import Templates
from legation.surfaces.web.serving import Made
from legation.surfaces.web.tables import Cell
from legation.surfaces.web.views import FILES, countries_in, technologies_in

QUESTION = "position"
MOST_COUNTRIES, MOST_OF_BLOC = 5, 40
TELLS_APART = ("indicator", "measure", "about", "source", "first_year", "year")
BLOC_EXAMPLE = "MYBLOC=KOR,JPN,AUS"


@dataclass(frozen=True)
class Compared:
    """Countries compared in a technology: those named, or the members of a bloc."""

    lang: str
    technology: Technology
    countries: tuple[str, ...]
    bloc: str = ""

    @property
    def query(self) -> str:
        return urlencode(
            [("country", c) for c in self.countries] + [("bloc", self.bloc)] * bool(self.bloc), quote_via=quote
        )

    def url(self, tail: str = "") -> str:
        """The address of the comparison, or of its table."""
        path = f"/{self.lang}/compare/{self.technology.id}{tail}"
        return f"{path}?{self.query}" if self.query else path


@dataclass(frozen=True)
class Comparisons:
    """Comparisons of a store as pages and tables."""

    evidence: Evidence
    templates: Templates

    def members(self, of: Compared) -> tuple[str, ...]:
        """Who is compared. Raises: UserError for too many countries, or a bloc that cannot be read."""
        if len(of.countries) > MOST_COUNTRIES:
            raise UserError(f"{len(of.countries)} countries are named; give at most {MOST_COUNTRIES}, or a bloc")
        found = (
            [*of.countries, *(m for bloc in blocs(self.evidence.evaluator, [of.bloc]) for m in bloc.members)]
            if of.bloc
            else [*of.countries]
        )
        if len(set(found)) > MOST_OF_BLOC:
            raise UserError(f"the bloc {of.bloc!r} has more than {MOST_OF_BLOC} members; name fewer")
        return tuple(dict.fromkeys(found))

    def answers(self, of: Compared) -> dict[str, Answer]:
        """The answer about each."""
        return {
            iso3: self.evidence.ask(QUESTION, of.lang, home=iso3, technology=of.technology.id)
            for iso3 in self.members(of)
        }

    def table(self, of: Compared) -> pl.DataFrame:
        """One row a country and measure."""
        frames = [
            answer.table.select(
                pl.lit(iso3).alias("iso3"), pl.lit(answer.subject["home_name"]).alias("country"), pl.all()
            )
            for iso3, answer in self.answers(of).items()
            if answer.table.height
        ]
        return pl.concat(frames, how="diagonal_relaxed") if frames else pl.DataFrame()

    def page(self, of: Compared) -> Made:
        """The comparison as a page, with the form that changes it."""
        say = Phrasing(of.lang)
        answers = self.answers(of)
        figures = {iso3: answer.main for iso3, answer in answers.items()}
        measures = _measures(figures, say)
        silent = [countries.name(iso3, of.lang) for iso3, figure in figures.items() if figure.table.is_empty()]
        citations = {c.id: c for answer in answers.values() for c in answer.citations}
        title = say("Countries side by side: {technology}", technology=inside(of.technology.label[of.lang]))
        return self.templates.page(
            "compare", of.lang, of.url(), title=title, of=of, countries=countries_in(of.lang),
            technologies=technologies_in(of.lang), organisations=organisations(self.evidence.evaluator),
            most=MOST_COUNTRIES, example=BLOC_EXAMPLE, measures=measures,
            members=[(iso3, countries.name(iso3, of.lang), _position(of, iso3)) for iso3 in figures],
            silent=say.listed(silent) if silent else "", down=len(figures) > MOST_COUNTRIES,
            caveats={k: v for answer in answers.values() for k, v in answer.caveats.items()},
            citations=[citations[name] for name in sorted(citations)],
            files=[(form.upper(), of.url(f"/table.{form}")) for form in FILES],
        )  # fmt: skip


def _position(of: Compared, iso3: str) -> str:
    return f"/{of.lang}/{iso3}/{of.technology.id}/{QUESTION}"


def _measures(figures: dict[str, Figure], say: Phrasing) -> list[dict[str, Any]]:
    """Each measure, source and period once, with the cell of each country that has it; the technology's own first."""
    found: dict[tuple[Any, ...], dict[str, Any]] = {}
    for iso3, figure in figures.items():
        for row in figure.table.iter_rows(named=True):
            about = row["about"] or ""
            one = found.setdefault(
                tuple(row[name] for name in TELLS_APART),
                {
                    "name": say("{measure}: {about}", measure=row["measure"], about=about) if about else row["measure"],
                    "unit": display.minus(row["unit"]),
                    "indicator": row["indicator"],
                    "source": row["source"],
                    "source_name": display.source_name(row["source"], say.language),
                    "period": display.period(row),
                    "cells": {},
                },
            )
            one["cells"][iso3] = Cell(display.known(row, say), _under(row, say))
    return list(found.values())


def _under(row: dict[str, Any], say: Phrasing) -> str:
    """The interval and the rank of a value."""
    told = []
    if row["value"] is not None and row["low"] is not None and row["low"] != row["high"]:
        told.append(f"{display.value(row['low'], row['format'])} … {display.value(row['high'], row['format'])}")
    if row["rank"] is not None:
        told.append(say("rank {rank}", rank=display.short_place(row)))
    return "; ".join(told)


def compared(lang: str, technology: Technology, given: Sequence[str], bloc: str) -> Compared:
    """A comparison of countries that are resolved already."""
    return Compared(lang, technology, tuple(dict.fromkeys(given)), bloc.strip())
