"""Is what two countries publish together more or less than usual? Used by `pair`: the figure and its sentences."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import polars as pl

from legation.answer import Figure
from legation.answers._composing import Composer
from legation.constants import WINDOW_YEARS
from legation.language import words
from legation.model import Technology
from legation.phrasing import inside, number, years

EXPECTED = "expected_collaboration"
COUNTED = {"salton": "joint_works", "association_strength": "works"}
"""Where joint works stand among the ties."""
WHOLE = "all"
MORE, FEWER = words("more than usual"), words("less than usual")
UNKNOWN = words("cannot be told from what is usual")
MEASURES = ("expected", "ratio", "log_headroom")
ENDS = ("", "_low", "_high")
SCHEMA = {
    **dict.fromkeys(("about", "scope", "source"), pl.String),
    **dict.fromkeys(("first_year", "year", "works"), pl.Int64),
    **dict.fromkeys((f"{m}{end}" for m in MEASURES for end in ENDS), pl.Float64),
    "reading": pl.String,
}
NOTE = words("usual for two countries of their size, distance, border, language, colonial tie and UN votes")

WORKS = words("{works} works ({source}, {years})")
ONE_WORK = words("1 work ({source}, {years})")
NO_WORKS = words("no work ({source}, {years})")
TOGETHER = words("In {about}, {here} and {there} published together {told}.")
NOT_COUNTED = words(
    "No source in this store counts what {here} and {there} publish together in {technology} itself; in all fields it "
    "is {told}."
)
NOWHERE = words("No source in this store counts what {here} and {there} publish together.")
SAID = {
    MORE: words(
        "In {about} they publish more together than two countries of such size and distance usually do: {told}."
    ),
    FEWER: words(
        "In {about} they publish less together than two countries of such size and distance usually do: {told}."
    ),
    UNKNOWN: words(
        "In {about} the data cannot tell whether they publish more or less together than two countries of such size "
        "and distance usually do: {told}."
    ),
}
DIFFER = words(
    "In {about} the sources do not agree whether they publish more or less together than two countries of such size "
    "and distance usually do: {told}."
)
TIMES = words("{ratio} times the expected number (95 % interval {low} to {high}{includes}; {source}, {years})")
INCLUDES = words(", which includes 1")


def headroom(composer: Composer, home: str, partner: str, technology: Technology, ties: pl.DataFrame) -> pl.DataFrame:
    """Joint works and what would be usual, of the technology before all fields, largest expectation first; `reading` is
    `MORE`, `FEWER` or `UNKNOWN`. Sources that publish the technology for many years together are read as they are."""
    where = {"iso3": home, "partner_iso3": partner}
    frames = [composer.latest(EXPECTED, window=WINDOW_YEARS, where=where)]
    undivided = ties.filter(pl.col("indicator") == "association_strength")["source"].unique(maintain_order=True)
    frames += [composer.latest(EXPECTED, technology.id, where=where | {"source": source}) for source in undivided]
    if not (known := [frame for frame in frames if not frame.is_empty()]):
        return pl.DataFrame(schema=SCHEMA)
    frame = pl.concat(known, how="diagonal_relaxed")
    low, high = pl.col("ratio_low"), pl.col("ratio_high")
    reading = pl.when(low > 1).then(pl.lit(MORE)).when(high < 1).then(pl.lit(FEWER)).otherwise(pl.lit(UNKNOWN))
    told = frame.filter(pl.col("scope").is_in([technology.id, WHOLE])).with_columns(
        about=pl.col("scope").map_elements(composer.scope_label, pl.String), reading=reading
    )
    ordered = told.sort(pl.col("scope") == WHOLE, "expected", "source", descending=[False, True, False])
    return ordered.select(pl.col(c).cast(kind) for c, kind in SCHEMA.items())


def figure(composer: Composer, rows: pl.DataFrame) -> list[Figure]:
    """Observed against expected joint works, by source, with the headroom."""
    if rows.is_empty():
        return []
    units = {f"{m}{end}": composer.unit(EXPECTED, m) for m in MEASURES for end in ENDS}
    told = rows.with_columns(pl.col("reading").map_elements(composer.say, pl.String))
    title = composer.say("Joint works against what is {usual}", usual=composer.say(NOTE))
    return [composer.figure("expected", title, told, units, EXPECTED)]


def joint_works(composer: Composer, rows: pl.DataFrame, ties: pl.DataFrame) -> pl.DataFrame:
    """What each source counts of the two together, none too, by scope: most first."""
    columns = ("scope", "source", "first_year", "year", "works")
    is_count = pl.any_horizontal(
        (pl.col("indicator") == indicator) & (pl.col("measure") == composer.label(indicator, measure))
        for indicator, measure in COUNTED.items()
    )
    counted = ties.filter(is_count)
    both = pl.concat([rows.select(columns), counted.with_columns(works=pl.col("value").cast(pl.Int64)).select(columns)])
    every = both.unique(["scope", "source"], keep="first", maintain_order=True)
    return every.sort("works", "source", descending=[True, False])


def find_works(composer: Composer, works: pl.DataFrame, names: Mapping[str, str], technology: Technology) -> None:
    """What there is between them: joint works in the technology, or what else is counted."""
    label = inside(composer.technology_label(technology))
    own, whole = (
        [_counted(composer, row) for row in works.filter(pl.col("scope") == scope).iter_rows(named=True)]
        for scope in (technology.id, WHOLE)
    )
    if own:
        composer.find(TOGETHER, about=label, told=composer.say.listed(own), **names)
    elif whole:
        composer.find(NOT_COUNTED, technology=label, told=composer.say.listed(whole), **names)
    else:
        composer.find(NOWHERE, **names)


def find_reading(composer: Composer, rows: pl.DataFrame, scope: str) -> None:
    """Whether that is more or fewer than usual, with the interval; a tie is said to be one."""
    of_scope = rows.filter(pl.col("scope") == scope)
    if of_scope.is_empty():
        return
    settled = [reading for reading in of_scope["reading"].unique() if reading != UNKNOWN] or [UNKNOWN]
    told = [
        composer.say(
            TIMES, ratio=number(row["ratio"]), low=number(row["ratio_low"]), high=number(row["ratio_high"]),
            includes=composer.say(INCLUDES) if row["reading"] == UNKNOWN else "", source=row["source"],
            years=years(row["first_year"], row["year"]),
        )
        for row in of_scope.iter_rows(named=True)
    ]  # fmt: skip
    text = SAID[settled[0]] if len(settled) == 1 else DIFFER
    composer.find(text, about=inside(of_scope["about"][0]), told=composer.say.listed(told))


def _counted(composer: Composer, row: dict[str, Any]) -> str:
    text = {0: NO_WORKS, 1: ONE_WORK}.get(row["works"], WORKS)
    return composer.say(
        text, works=number(row["works"]), source=row["source"], years=years(row["first_year"], row["year"])
    )
