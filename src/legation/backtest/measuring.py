"""How well an order of ties foretells which of them grow, and how sure that is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from legation.backtest.panel import by_home
from legation.constants import BOOTSTRAP_SEED
from legation.resampling import PERCENTILES, Floats

PLACES = 10
DRAWS = 2000
BINS = 10

Flags = NDArray[np.bool_]


def auc(scores: Floats, grew: Flags) -> float:
    """The probability that a tie that grew stands above one that did not; equal scores count half.

    Mann & Whitney 1947, doi:10.1214/aoms/1177730491. NaN where all grew or none did.
    """
    ordered = np.sort(scores[~grew])
    if not 0 < len(ordered) < len(scores):
        return float("nan")
    below = np.searchsorted(ordered, scores[grew], side="left")
    not_above = np.searchsorted(ordered, scores[grew], side="right")
    return float((below + not_above).mean() / (2 * len(ordered)))


def precision(scores: Floats, grew: Flags, places: int = PLACES) -> float:
    """The share of the first places held by ties that grew, in expectation where equal scores share the last places."""
    places = min(places, len(scores))
    least = np.sort(scores)[-places]
    sure, shared = scores > least, scores == least
    left = places - int(sure.sum())
    return float((grew[sure].sum() + left * grew[shared].mean()) / places)


def cells(ties: pl.DataFrame, predictor: str, baseline: str) -> pl.DataFrame:
    """By year and home: AUC and precision of a predictor over the ties it ranks, and of the baseline over the same."""
    ranked = ties.drop_nulls(predictor)
    rows = []
    for year, iso3, frame in by_home(ranked):
        grew = frame["grew"].to_numpy()
        own, other = (frame[name].to_numpy().astype(np.float64) for name in (predictor, baseline))
        rows.append((year, iso3, len(grew), auc(own, grew), precision(own, grew), auc(other, grew)))
    columns = {"year": pl.Int64, "iso3": pl.String, "ties": pl.Int64}
    columns |= dict.fromkeys(("auc", "precision_at_10", "baseline_auc"), pl.Float64)
    return pl.DataFrame(rows, schema=columns, orient="row")


@dataclass(frozen=True)
class Mean:
    """A mean over homes and years, and its 95 % interval."""

    value: float
    low: float
    high: float


def means(frame: pl.DataFrame, columns: Sequence[str], draws: int = DRAWS, seed: int = BOOTSTRAP_SEED) -> list[Mean]:
    """Means over all homes and years, with intervals from drawing homes and, apart from them, years with replacement.

    A home drawn brings all the years drawn (a bootstrap in two directions: Owen 2007, doi:10.1214/07-AOAS122). The
    same seed draws the same, so that differences are of pairs.
    """
    homes, years = (frame[c].unique().sort() for c in ("iso3", "year"))
    generator = np.random.default_rng(seed)
    of_homes, of_years = (
        generator.multinomial(len(listed), np.full(len(listed), 1 / len(listed)), draws).astype(np.float64)
        for listed in (homes, years)
    )
    row, column = (
        frame[c].replace_strict(listed, range(len(listed)), return_dtype=pl.Int64).to_numpy()
        for c, listed in (("iso3", homes), ("year", years))
    )
    weights = of_homes[:, row] * of_years[:, column]
    drawn = weights.sum(axis=1)
    found = []
    for name in columns:
        values = frame[name].to_numpy().astype(np.float64)
        low, high = np.quantile((weights @ values)[drawn > 0] / drawn[drawn > 0], PERCENTILES)
        found.append(Mean(float(values.mean()), float(low), float(high)))
    return found


def summary(ties: pl.DataFrame, predictors: Mapping[str, str], baselines: Sequence[str]) -> pl.DataFrame:
    """One row for each predictor, the best first: mean AUC and precision with intervals, and how far its AUC is above
    that of the best baseline over the same ties.

    `predictors` gives the kind of each. The best baseline is the one with the highest mean AUC over all ties.
    """
    best = best_of(ties, baselines)
    rows = []
    for name, kind in predictors.items():
        found = cells(ties, name, best)
        if found.is_empty():
            continue
        measured = found.with_columns(difference=pl.col("auc") - pl.col("baseline_auc"))
        mean, top, above = means(measured, ["auc", "precision_at_10", "difference"])
        rows.append(
            {
                "predictor": name, "kind": kind, "auc": mean.value, "auc_low": mean.low, "auc_high": mean.high,
                "precision_at_10": top.value, "precision_low": top.low, "precision_high": top.high,
                "above_baseline": above.value, "above_low": above.low, "above_high": above.high,
                "baseline": best, "ties_ranked": found["ties"].sum() / ties.height, "homes": found["iso3"].n_unique(),
                "years": found["year"].n_unique(), "home_years": found.height,
            }
        )  # fmt: skip
    return pl.DataFrame(rows).sort("auc", "predictor", descending=[True, False])


def best_of(ties: pl.DataFrame, names: Sequence[str]) -> str:
    """The name with the highest mean AUC over all homes and years."""
    averages = {name: cells(ties, name, name)["auc"].mean() for name in names}
    return max(names, key=lambda name: (averages[name], name))


def calibration(ties: pl.DataFrame, probability: str, bins: int = BINS) -> pl.DataFrame:
    """Ties in bins of equal numbers by probability: the mean said, and the share that grew with its interval."""
    place = (pl.col(probability).rank("ordinal") - 1) * bins // pl.len()
    told = ties.drop_nulls(probability).with_columns(bin=place.cast(pl.Int64) + 1, hit=pl.col("grew").cast(pl.Float64))
    rows = []
    for (number,), frame in told.sort("bin").group_by("bin", maintain_order=True):
        said, (share,) = frame[probability].mean(), means(frame, ["hit"])
        rows.append((number, frame.height, said, share.value, share.low, share.high))
    columns = ["bin", "ties", "said", "grew", "grew_low", "grew_high"]
    return pl.DataFrame(rows, schema=columns, orient="row")
