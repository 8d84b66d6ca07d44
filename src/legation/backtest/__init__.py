"""How far can a ranking of partners be trusted? It is made as it would have been made in past years, and held against
what came after.

For each home country and year Y, ties with at least 30 joint works in the three years to Y; those in the top quarter by
change of log association strength from the window ending in Y to the one ending in Y + 5 have grown. A ranking is
measured by its AUC, the probability that it puts a tie that grew before one of the same country that did not, and by
how many of its first ten grew.
"""

from __future__ import annotations

from collections.abc import Callable

import polars as pl

from legation import registry
from legation.answer import Answer
from legation.answers._composing import Composer
from legation.backtest import measuring, variants
from legation.backtest.panel import Design, panel
from legation.backtest.predictors import BASELINES, POTENTIAL, with_lenses, with_simple
from legation.backtest.reporting import Found, report
from legation.evaluation import Evaluator
from legation.language import words

Progress = Callable[[str, int, int], None]
STEPS = 4
QUESTION = words("Did past rankings of partners foretell which ties grew?")


class _Composer(Composer):
    """A composer whose question stands in no folder."""

    @property
    def asked(self) -> str:
        return self.say(QUESTION)


def backtest(
    evaluator: Evaluator, language: str = "en", design: Design = Design(), progress: Progress = lambda *_: None
) -> Answer:
    """The back-test of the simple measures, the model and the lenses, as an answer.

    Raises: NoEvidenceError where the store does not hold the series five years beyond each year of the design.
    """
    composer = composer_of(evaluator, language)
    return report(composer, measure(composer, design, progress))


def composer_of(evaluator: Evaluator, language: str = "en") -> Composer:
    """A composer for the back-test, which remembers what was evaluated."""
    return _Composer(evaluator, "backtest", {}, language)


def measure(composer: Composer, design: Design, progress: Progress = lambda *_: None, *, varied: bool = True) -> Found:
    """Everything that is measured; without `varied` not the variants. Progress is told as step, done, of how many."""
    progress("ties", 0, STEPS)
    ties = with_simple(panel(composer, design), composer, design)
    progress("lenses", 1, STEPS)
    ties, seen = with_lenses(ties, composer)
    kinds = {**dict.fromkeys(BASELINES, "baseline"), POTENTIAL: "model", **dict.fromkeys(registry.lenses(), "lens")}
    progress("intervals", 2, STEPS)
    overall = measuring.summary(ties, kinds, list(BASELINES))
    years = [
        measuring.summary(frame, kinds, list(BASELINES)).with_columns(year=pl.lit(year, pl.Int64))
        for (year,), frame in ties.group_by("year", maintain_order=True)
    ]
    progress("variants", 3, STEPS)
    others = list(variants.measured(composer, design)) if varied else []
    progress("", STEPS, STEPS)
    return Found(design, ties, overall, pl.concat(years), measuring.calibration(ties, POTENTIAL), others, seen)


__all__ = ["Design", "Found", "backtest", "composer_of", "measure"]
