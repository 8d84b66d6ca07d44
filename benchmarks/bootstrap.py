"""The bootstrap over works two ways: works collapsed to patterns, and 800,000 works resampled row by row.

Works have the skew of real ones: most from one country, countries of very different size, a tenth in the top tenth.
Prints a Markdown table row for `benchmarks/run.py`: seconds of each, their ratio, and how far the ends of the intervals
are apart at most, in units of the Monte-Carlo error of an interval's end.
"""

from __future__ import annotations

import time

import numpy as np
import polars as pl
from numpy.typing import NDArray

from legation.resampling import PERCENTILES, bootstrap, collapse, shares

WORKS, COUNTRIES, DRAWS, SEED = 800_000, 120, 1000, 7
TEAM_SIZES, TEAM_CHANCES = (1, 2, 3, 4), (0.78, 0.16, 0.045, 0.015)


def world(works: int, seed: int) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Invented works and their credits: `works` with a top score, `credits` by country."""
    generator = np.random.default_rng(seed)
    size = generator.choice(TEAM_SIZES, p=TEAM_CHANCES, size=works)
    weight = 1 / np.arange(1, COUNTRIES + 1)
    drawn = generator.choice(COUNTRIES, p=weight / weight.sum(), size=int(size.sum()))
    names = np.array([f"C{n:03d}" for n in range(COUNTRIES)])
    identifiers = np.char.add("W", np.arange(works).astype(str))
    rows = pl.DataFrame({"work_id": np.repeat(identifiers, size), "iso3": names[drawn]}).unique(maintain_order=True)
    credits = rows.with_columns(credit=1.0 / pl.len().over("work_id"))
    return pl.DataFrame({"work_id": identifiers, "top": (generator.random(works) < 0.1).astype(float)}), credits


def by_patterns(works: pl.DataFrame, credits: pl.DataFrame) -> tuple[tuple[str, ...], NDArray[np.float64]]:
    """Shares of top works in every draw, from patterns."""
    patterns = collapse(works, credits, ["top"])
    return patterns.countries, shares(bootstrap(patterns, DRAWS, SEED)["top"])


def by_rows(works: pl.DataFrame, credits: pl.DataFrame, countries: tuple[str, ...]) -> NDArray[np.float64]:
    """The same, drawing works with replacement one by one; output beside top works, as the patterns give it too."""
    place = {name: number for number, name in enumerate(countries)}
    order = {work: number for number, work in enumerate(works["work_id"])}
    of = credits["work_id"].replace_strict(order, return_dtype=pl.Int64).to_numpy()
    where = credits["iso3"].replace_strict(place, return_dtype=pl.Int64).to_numpy()
    credit = credits["credit"].to_numpy()
    top = credit * works["top"].to_numpy()[of]
    generator = np.random.default_rng(SEED + 1)
    found, output = np.empty((DRAWS, len(countries))), np.empty((DRAWS, len(countries)))
    for draw in range(DRAWS):
        times = np.bincount(generator.integers(works.height, size=works.height), minlength=works.height)
        output[draw] = np.bincount(where, weights=credit * times[of], minlength=len(countries))
        found[draw] = np.bincount(where, weights=top * times[of], minlength=len(countries))
    return shares(found)


def row() -> str:
    """The line of the table."""
    works, credits = world(WORKS, SEED)
    begin = time.perf_counter()
    countries, fast = by_patterns(works, credits)
    middle = time.perf_counter()
    slow = by_rows(works, credits, countries)
    end = time.perf_counter()
    ends = [np.quantile(side, PERCENTILES, axis=0) for side in (fast, slow)]
    # The standard error of a 2.5 % quantile of a normal sample of n is 2.67 σ / √n; two such ends are compared.
    error = 2.67 * slow.std(axis=0) / DRAWS**0.5 * 2**0.5
    apart = float(np.abs((ends[0] - ends[1]) / error).max())
    patterns = len(collapse(works, credits, ["top"]).counts)
    return (
        f"| bootstrap of {WORKS:,} works, {DRAWS:,} draws ({patterns:,} patterns; ends of intervals at most "
        f"{apart:.1f} Monte-Carlo errors apart) | {middle - begin:.1f} s | works row by row: {end - middle:.1f} s, "
        f"ratio {(end - middle) / (middle - begin):.0f} | |"
    )


if __name__ == "__main__":
    print(row())
