"""The same measurement where something else was chosen: other homes, other ties, another outcome, another database."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

import polars as pl

from legation.answers._composing import Composer
from legation.backtest.measuring import summary
from legation.backtest.panel import Design, followed, panel, strengths
from legation.backtest.predictors import BASELINES, POTENTIAL, with_simple
from legation.errors import NoEvidenceError
from legation.language import words

MANY_WORKS = 100
LARGEST = 12
OTHER_SERIES, OTHER_YEARS = "ncses", (2003, 2022)


def all_homes(composer: Composer, design: Design) -> tuple[pl.DataFrame, Design]:
    chosen = replace(design, homes=0)
    return panel(composer, chosen), chosen


def largest_homes(composer: Composer, design: Design) -> tuple[pl.DataFrame, Design]:
    chosen = replace(design, homes=LARGEST)
    return panel(composer, chosen), chosen


def many_works(composer: Composer, design: Design) -> tuple[pl.DataFrame, Design]:
    chosen = replace(design, least_works=MANY_WORKS)
    return panel(composer, chosen), chosen


def growth_of_works(composer: Composer, design: Design) -> tuple[pl.DataFrame, Design]:
    chosen = replace(design, outcome="works")
    return panel(composer, chosen), chosen


def other_database(composer: Composer, design: Design) -> tuple[pl.DataFrame, Design]:
    """Ties and outcome of another publisher, over single years far apart; what is known is still of the series."""
    first = OTHER_YEARS[0]
    before, after = (strengths(composer, OTHER_SERIES, year, 1) for year in OTHER_YEARS)
    return followed(before, after, replace(design, homes=0), first), replace(design, years=(first,))


VARIANTS: dict[str, Callable[[Composer, Design], tuple[pl.DataFrame, Design]]] = {
    "all_homes": all_homes,
    "largest_homes": largest_homes,
    "many_works": many_works,
    "growth_of_works": growth_of_works,
    "other_database": other_database,
}
LABELS = {
    "all_homes": words("All home countries with at least 12 ties"),
    "largest_homes": words("The 12 home countries with most joint works"),
    "many_works": words("Ties with at least 100 joint works"),
    "growth_of_works": words("Growth of joint works, not of association strength"),
    "other_database": words("Ties and growth as Scopus counts them, 2003 to 2022 (NCSES)"),
}


def measured(composer: Composer, design: Design) -> Iterator[tuple[str, pl.DataFrame]]:
    """Each variant the store has evidence for: the model and the simple measures."""
    kinds = {**dict.fromkeys(BASELINES, "baseline"), POTENTIAL: "model"}
    for name, make in VARIANTS.items():
        try:
            ties, chosen = make(composer, design)
        except NoEvidenceError:
            continue
        yield name, summary(with_simple(ties, composer, chosen), kinds, list(BASELINES))
