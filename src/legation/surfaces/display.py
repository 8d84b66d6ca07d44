"""How values are written for people, the same on every surface: shares as percentages, intervals, ranks, periods."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from legation import phrasing, registry
from legation.answer import Figure, Finding
from legation.language import words
from legation.phrasing import Phrasing

NONE = "–"
SPAN = words("{low} to {high}")
PLACE = words("{rank} of {of}")
BELOW = words("below {share}")
YES, NO = words("yes"), words("no")
ENGLISH = Phrasing()


def value(number: float | None, form: str) -> str:
    """A value in its format: a share as a percentage, a count whole, anything else with three significant places.

    >>> value(0.0262, "share"), value(7440, "count"), value(-0.16970, "index"), value(None, "count")
    ('2.6\xa0%', '7,440', '−0.170', '–')
    """
    if number is None:
        return NONE
    if form == "share":
        return phrasing.percent(number).replace(" ", "\u00a0").replace("-", "−")
    return phrasing.number(number).replace("-", "−")


def interval(row: Mapping[str, Any], say: Phrasing = ENGLISH) -> str:
    """The 95 % interval of a row's value, or a dash where there is none."""
    low, high = row.get("low"), row.get("high")
    if low is None or high is None or low == row["value"] == high:
        return NONE
    return _span(row, say)


def known(row: Mapping[str, Any], say: Phrasing = ENGLISH) -> str:
    """A row's value; the bounds it lies between where small cells are suppressed."""
    if row["value"] is None and row["low"] is not None:
        return _span(row, say)
    return value(row["value"], row["format"])


def _span(row: Mapping[str, Any], say: Phrasing) -> str:
    return say(SPAN, low=value(row["low"], row["format"]), high=value(row["high"], row["format"]))


def short_place(row: Mapping[str, Any]) -> str:
    """A rank with its 95 % interval: "7 (5–10)"."""
    if row.get("rank") is None:
        return NONE
    if row["rank_low"] is None:
        return f"{row['rank']:.0f}"
    return f"{row['rank']:.0f} ({row['rank_low']:.0f}–{row['rank_high']:.0f})"


def place(row: Mapping[str, Any], say: Phrasing = ENGLISH) -> str:
    """A rank of how many, with its 95 % interval: "7 of 84 (5–10)"."""
    if row.get("rank") is None:
        return NONE
    first, *interval = short_place(row).split(" ")
    return " ".join([say(PLACE, rank=first, of=row["of"]), *interval])


def period(row: Mapping[str, Any]) -> str:
    """The years a row covers."""
    return str(row["year"]) if row["first_year"] == row["year"] else f"{row['first_year']}–{row['year']}"


def heading(column: str, figure: Figure, language: str) -> str:
    """What a column is called: as the measure of the figure's indicators, or as `headings.toml` has it."""
    known = registry.headings().get(column, {language: column.replace("_", " ")})
    return figure.headings.get(column) or known[language]


def chance(share: float, say: Phrasing = ENGLISH) -> str:
    """A share of draws, no finer than draws can tell.

    >>> chance(0.6998), chance(0.0005), chance(0)
    ('70\xa0%', 'below 1\xa0%', '0\xa0%')
    """
    return say(BELOW, share="1\xa0%") if 0 < share < 0.01 else f"{share:.0%}".replace("%", "\xa0%")


def source_name(identifier: str, language: str) -> str:
    """A source by its short name, as charts and words call it."""
    return registry.labels().get(identifier, {}).get(language, identifier)


def sources_in(names: Iterable[str]) -> re.Pattern[str]:
    """What finds these identifiers of sources in a text, where they stand as words of their own."""
    longest_first = sorted(names, key=lambda name: (-len(name), name))
    return re.compile(rf"(?<![A-Za-z0-9_-])({'|'.join(map(re.escape, longest_first))})(?![A-Za-z0-9_-])")


def naming_sources(sentence: Finding | str, language: str) -> str:
    """A sentence with the short names of sources instead of their identifiers; particles are fitted to the names."""
    found = sources_in(registry.sources())

    def named(text: str) -> str:
        return found.sub(lambda one: source_name(one[1], language), text)

    if isinstance(sentence, str):
        return minus(named(sentence))
    values = {name: named(value) if isinstance(value, str) else value for name, value in sentence.values.items()}
    return minus(str(replace(sentence, values=values)))


def minus(text: str) -> str:
    """A text with true minus signs: "-1 to 1" → "−1 to 1"."""
    return re.sub(r"(?<!\w)-(?=\d)", "−", text)
