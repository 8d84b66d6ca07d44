"""The tools that look into what the answers are made of: indicators, fact tables, definitions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import polars as pl

from legation import registry
from legation.catalogue import accounts, explanations, lists
from legation.evidence import Evidence
from legation.surfaces.mcp import schemas
from legation.surfaces.mcp.telling import Told, of_rows
from legation.surfaces.mcp.tool import OF_ROWS, ROWS, Tool
from legation.surfaces.parameters import Parameter

SOURCE = Parameter("source", "Only from this source; from all that have it if not given")
CUT = (OF_ROWS, Parameter("offset", "Leave out so many rows first", "integer", default=0))
OF_INDICATOR = (
    SOURCE, Parameter("scope", "A technology such as quantum, a field of science, or all"),
    Parameter("year", "The last year of the period; every period if not given", "integer", most=9999),
    Parameter("window", "So many years added up", "integer", default=1, least=1, most=50),
    Parameter("country", "Only rows of this country (iso3), as a code or name", "country"),
    Parameter("partner", "Only rows with this partner country (partner_iso3)", "country"), *CUT,
)  # fmt: skip
OF_TABLE = (
    SOURCE, Parameter("country", "Only rows that name this country, as a code or name, in any column", "country"),
    Parameter("partner", "Only rows that also name this country in any column", "country"), *CUT,
)  # fmt: skip


@dataclass(frozen=True)
class Looking:
    """What can be looked into in a store."""

    evidence: Evidence

    def tools(self) -> tuple[Tool, ...]:
        """Each as a tool."""
        return (self._of_indicators(), self._of_indicator(), self._of_tables(), self._of_table(), self._of_names())

    def _of_indicators(self) -> Tool:
        parameters = (
            Parameter("technology", "What there is for this technology", choices=tuple(registry.technologies())),
            Parameter("containing", "Only those in whose line this word stands, such as patent or talent"),
        )
        return Tool(
            "list_indicators", "Which indicators are there?",
            "Lists the indicators: what each asks, and from which sources this store computes it; with a technology, "
            "on what evidence each stands for it, and why some do not.", parameters, schemas.ROWS, self.indicators,
        )  # fmt: skip

    def _of_indicator(self) -> Tool:
        known = tuple(registry.indicators())
        which = Parameter("name", "The identifier of the indicator", required=True, choices=known)
        return Tool(
            "indicator", "An indicator by country, year and source",
            "The rows of one indicator, the newest first, with its definition, formula, units, reference, settings, "
            "caveats and sources. Give `country`, `scope` and `year`: all countries and years are many rows. Blank "
            "cells are suppressed or not known, never 0.", (which, *OF_INDICATOR), schemas.ROWS, self.indicator, True,
        )  # fmt: skip

    def _of_tables(self) -> Tool:
        return Tool(
            "list_tables", "Which fact tables are there?",
            "Lists the fact tables the indicators are computed from: what each holds, rows, sources.", (), schemas.ROWS,
            self.tables,
        )  # fmt: skip

    def _of_table(self) -> Tool:
        known = tuple(name for name, table in registry.tables().items() if not table.records)
        which = Parameter("name", "The identifier of the table", required=True, choices=known)
        return Tool(
            "table", "The rows of a fact table",
            "Rows of one fact table as the publishers give them, the newest first, with the meaning and unit of every "
            "column, caveats and sources. Tables of single works and authorships are not shown: they are counted only.",
            (which, *OF_TABLE), schemas.ROWS, self.table,
        )  # fmt: skip

    def _of_names(self) -> Tool:
        named = "The identifier of an indicator, table, source, technology or caveat"
        return Tool(
            "explain", "What does this mean, and where is it from?",
            "Definition, formula, reference, sources and limits of an indicator, table, source, technology or caveat.",
            (Parameter("name", named, required=True),), schemas.EXPLANATION, self.explanation,
        )  # fmt: skip

    def indicators(self, given: Mapping[str, Any]) -> Told:
        frame = lists.indicators(self.evidence.store, given.get("technology"))
        words = given.get("containing", "").casefold()
        among = [any(words in str(cell).casefold() for cell in row) for row in frame.iter_rows()]
        frame = frame.filter(among).drop("units", strict=False)
        return of_rows("Indicators", frame, 0, frame.height, {}, self.evidence.store.build)

    def indicator(self, given: Mapping[str, Any]) -> Told:
        name, settings = given["name"], given.get("settings", {})
        frame = self.evidence.indicator(name, **_among(given, "source", "scope", "year", "window"), **settings)
        frame = accounts.of_places(frame, _among(given, "country", "partner"))
        about = accounts.indicator(self.evidence.store, name)
        about["settings"] = about["settings"] | settings
        return self._rows(_newest_first(frame, "year"), given, about)

    def tables(self, given: Mapping[str, Any]) -> Told:
        frame = lists.tables(self.evidence.store)
        return of_rows("Fact tables", frame, 0, frame.height, {}, self.evidence.store.build)

    def table(self, given: Mapping[str, Any]) -> Told:
        name = given["name"]
        frame = self.evidence.table(name, given.get("source"))
        frame = accounts.naming(frame, name, _among(given, "country", "partner").values())
        about = accounts.table(self.evidence.store, name)
        about["units"] = {column: one["unit"] for column, one in about["columns"].items() if one["unit"]}
        return self._rows(_newest_first(frame, registry.tables()[name].time), given, about)

    def explanation(self, given: Mapping[str, Any]) -> Told:
        text, build = explanations.explain(given["name"], self.evidence.store), self.evidence.store.build
        content = {"build": build, "name": given["name"], "explanation": text}
        return Told(content, f"{text}\n\nBuild {build}")

    def _rows(self, frame: pl.DataFrame, given: Mapping[str, Any], about: Mapping[str, Any]) -> Told:
        offset, rows = given.get("offset", 0), given.get("rows", ROWS)
        return of_rows(about["label"], frame, offset, rows, about, self.evidence.store.build)


def _newest_first(frame: pl.DataFrame, time: str | None) -> pl.DataFrame:
    return frame.sort(time, descending=True, maintain_order=True) if time in frame.columns else frame


def _among(given: Mapping[str, Any], *names: str) -> dict[str, Any]:
    return {name: given[name] for name in names if name in given}
