"""Penalised logistic regression: how the probability of an outcome depends on other variables, by log-odds that add up.

The coefficients maximise Σ [y ln p + (1 - y) ln (1 - p)] - n (λ / 2) Σ b², p = 1 / (1 + exp(-x·b)), over all
coefficients but that of the first variable, the constant, which is not held back (le Cessie & van Houwelingen 1992,
doi:10.2307/2347628). Found by Newton's method. With that constant, the probabilities and the outcomes have one sum.
"""

from __future__ import annotations

import numpy as np

from legation.errors import NoEvidenceError
from legation.poisson import Fit, Floats

MOST_ITERATIONS = 50
CONVERGED = 1e-10


def probability(log_odds: Floats) -> Floats:
    """1 / (1 + exp(-η))."""
    chance: Floats = 1.0 / (1.0 + np.exp(-log_odds))
    return chance


def fit(outcomes: Floats, variables: Floats, penalty: float) -> Fit:
    """Fit outcomes of 0 and 1 on variables, one row for each; the first variable is the constant.

    The scores are those of the penalised likelihood: each row bears its share of the penalty, so that they sum to
    nothing. Raises: NoEvidenceError where all outcomes are alike, or nothing is found in `MOST_ITERATIONS` steps.
    """
    if not 0 < outcomes.sum() < len(outcomes):
        raise NoEvidenceError("all outcomes are alike; there is nothing to tell them apart by")
    held_back = np.full(variables.shape[1], penalty)
    held_back[0] = 0.0
    coefficients = np.zeros(variables.shape[1])
    for _ in range(MOST_ITERATIONS):
        chance = probability(variables @ coefficients)
        slope = variables.T @ (outcomes - chance) / len(outcomes) - held_back * coefficients
        curvature = (variables * (chance * (1 - chance))[:, None]).T @ variables / len(outcomes) + np.diag(held_back)
        step = np.linalg.lstsq(curvature, slope)[0]
        coefficients = coefficients + step
        if np.max(np.abs(step)) <= CONVERGED:
            return _result(outcomes, variables, coefficients, held_back)
    raise NoEvidenceError("the outcomes do not determine what they depend on")


def _result(outcomes: Floats, variables: Floats, coefficients: Floats, held_back: Floats) -> Fit:
    chance = probability(variables @ coefficients)
    information = (variables * (chance * (1 - chance))[:, None]).T @ variables + len(outcomes) * np.diag(held_back)
    scores = variables * (outcomes - chance)[:, None] - held_back * coefficients
    return Fit(coefficients, chance, scores, np.asarray(np.linalg.inv(information), dtype=np.float64))
