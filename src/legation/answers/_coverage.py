"""How much of the works behind an answer is there: with a country, with an identified author, year by year.

From the table `coverage`, for the sources that have it, over the years the answer uses of the technology it is about.
A venue that is held every other year counts as absent in between: the publishers do not say when there was none.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import polars as pl

from legation.answer import Finding
from legation.language import words
from legation.store import Store

WHOLE = "all"
WORKS = words(
    "{source}, {scope}, {years}: {works:,} works in {present} of {span} years; {located:.0%} with a country, "
    "{identified:.0%} with an identified author."
)
PARTS = words("{source}, {scope}, {years}: {present:,} of {possible:,} venue-years hold works, for its {parts} venues.")


def years_used(series: Iterable[pl.DataFrame], source: str, scope: str) -> tuple[int, int] | None:
    """The first and last year that series of a source use of a scope."""
    told = [
        frame.filter(pl.col("source") == source, pl.col("scope") == scope)
        for frame in series
        if {"source", "scope", "first_year", "year"} <= set(frame.columns)
    ]
    used = [frame for frame in told if frame.height]
    if not used:
        return None
    return min(int(f["first_year"].min()) for f in used), max(int(f["year"].max()) for f in used)  # type: ignore[arg-type]


def of_works(store: Store, source: str, scope: str, first_year: int, year: int) -> Iterator[Finding]:
    """What the works of a source are known by, and where it has venues, how many of their years are there."""
    if source not in store.sources_of("coverage"):
        return
    table = store.frame("coverage", source).filter(pl.col("scope") == scope)
    held = table.filter(pl.col("year").is_between(first_year, year), pl.col("works") > 0)
    whole, parts = held.filter(pl.col("part") == WHOLE), table.filter(pl.col("part") != WHOLE)["part"].n_unique()
    held_works = int(whole["works"].sum())
    if not held_works:
        return
    span = year - first_year + 1
    years = str(year) if span == 1 else f"{first_year}–{year}"
    told = {"source": source, "scope": scope, "years": years}
    shares = {
        "located": whole["works_with_country"].sum() / held_works,
        "identified": whole["works_with_author_id"].sum() / held_works,
    }
    yield Finding(WORKS, {**told, "works": held_works, "present": whole["year"].n_unique(), "span": span, **shares})
    if parts:
        present = held.filter(pl.col("part") != WHOLE).select("part", "year").n_unique()
        yield Finding(PARTS, {**told, "present": present, "possible": parts * span, "parts": parts})
