"""Poisson pseudo-maximum likelihood: how counts depend on other variables, by ratios.

The coefficients solve Σ x (y - exp(x·b)) = 0. They are right whenever the mean is, whatever the distribution of the
counts, and zeros need no special treatment (Santos Silva & Tenreyro 2006, doi:10.1162/rest.88.4.641). Found by
iteratively reweighted least squares. With a constant among the variables, expected and observed counts have one sum.

Covariances are sandwiches: they do not take the counts to be Poisson, and allow counts of one group to depend on each
other. A count may be in several groups, as a pair of countries is in those of both countries (Aronow, Samii & Assenova
2015, doi:10.1093/pan/mpv018).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from legation.errors import NoEvidenceError

MOST_ITERATIONS = 100
CONVERGED = 1e-10
LARGEST_LOGARITHM = 200.0

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Fit:
    """Coefficients, what they expect of each count, the score x (y - expected) of each, and the inverse information."""

    coefficients: Floats
    expected: Floats
    scores: Floats
    bread: Floats


def fit(counts: Floats, variables: Floats) -> Fit:
    """Fit counts on variables, one row for each count.

    Raises: NoEvidenceError where the coefficients are not determined, or grow without end because some variable tells
    apart all counts of zero.
    """
    logarithm = np.log((counts + counts.mean()) / 2) if counts.any() else np.zeros(0)
    for _ in range(MOST_ITERATIONS if len(logarithm) else 0):
        expected = np.exp(logarithm)
        root = np.sqrt(expected)
        wanted = root * (logarithm + (counts - expected) / expected)
        coefficients, _, rank, _ = np.linalg.lstsq(variables * root[:, None], wanted)
        if rank < variables.shape[1]:
            break
        before, logarithm = logarithm, np.clip(variables @ coefficients, -LARGEST_LOGARITHM, LARGEST_LOGARITHM)
        if np.max(np.abs(logarithm - before)) <= CONVERGED:
            return _result(counts, variables, coefficients)
    raise NoEvidenceError("the counts do not determine what they depend on; there are too few, or too many are zero")


def covariance(found: Fit, groups: NDArray[np.int64]) -> Floats:
    """The covariance of the coefficients; `groups` numbers the groups of each count, one column for each it is in.

    The scores of each group are added up before they are squared. A group of its own for each count gives the robust
    covariance of White; both countries of a pair allow pairs with a country in common to depend on each other. What a
    pair has with itself is then counted for both, which errs on the side of caution and never gives a negative
    variance.
    """
    root = _root(found, groups)
    return root.T @ root


def standard_errors(found: Fit, groups: NDArray[np.int64], variables: Floats) -> Floats:
    """The standard error of the logarithm of what is expected of each row of variables."""
    _, triangle = np.linalg.qr(_root(found, groups))
    errors: Floats = np.linalg.norm(variables @ triangle.T, axis=1)
    return errors


def _root(found: Fit, groups: NDArray[np.int64]) -> Floats:
    summed = np.zeros((int(groups.max()) + 1, found.scores.shape[1]))
    for column in groups.T:
        np.add.at(summed, column, found.scores)
    return summed @ found.bread


def _result(counts: Floats, variables: Floats, coefficients: Floats) -> Fit:
    expected: Floats = np.exp(variables @ coefficients)
    information = (variables * expected[:, None]).T @ variables
    bread = np.asarray(np.linalg.inv(information), dtype=np.float64)
    return Fit(coefficients, expected, variables * (counts - expected)[:, None], bread)
