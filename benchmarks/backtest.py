"""Write `docs/backtest.md` and what answers quote of it, `src/legation/backtest.toml`.

With `--boosted` nothing is written; gradient-boosted trees on the features of the model are compared with it (needs
scikit-learn, which Legation does not).
"""

from __future__ import annotations

import argparse
import importlib
import sys
from pathlib import Path

import numpy as np
import polars as pl

import legation
from legation.answers._composing import Composer
from legation.backtest import Design, Found, composer_of, measure
from legation.backtest.measuring import cells, means
from legation.backtest.page import page
from legation.backtest.predictors import POTENTIAL
from legation.backtest.reporting import declared, report
from legation.backtested import FILE, written
from legation.constants import GROWTH_HORIZON_YEARS, GROWTH_LEAST_PARTNERS, GROWTH_LEAST_WORKS, GROWTH_WINDOW_YEARS
from legation.indicators import _ties_over_time, collaboration_potential

REPOSITORY = Path(__file__).resolve().parents[1]
TREES, LEAVES, RATE = (60, 150), 8, 0.05


def write(composer: Composer, found: Found) -> None:
    quoted = declared(composer, found)
    (REPOSITORY / "docs" / "backtest.md").write_text(page(report(composer, found), quoted), encoding="utf-8")
    (REPOSITORY / "src" / "legation" / FILE).write_text(written(quoted), encoding="utf-8")


def boosted(composer: Composer, found: Found) -> None:
    """AUC and precision of boosted trees fitted on the same years, and how far they are above the model."""
    trees_of = importlib.import_module("sklearn.ensemble").HistGradientBoostingClassifier
    store, design = composer.evaluator.store, found.design
    yearly = store.frame("copublications", design.series).rename({"last_year": "year"}).drop("source")
    tables = (store.frame(name).drop("source") for name in ("distances", "ideal_points"))
    known = _ties_over_time.ties(yearly, *tables)
    chosen = collaboration_potential.Setting(
        GROWTH_WINDOW_YEARS, GROWTH_HORIZON_YEARS, GROWTH_LEAST_WORKS, GROWTH_LEAST_PARTNERS
    )
    begin = known.first_year + 2 * GROWTH_WINDOW_YEARS - 1
    observed = {y: collaboration_potential.observe(known, y, chosen) for y in range(begin, max(design.years) + 1)}
    names = np.array(known.countries, dtype=object)
    for trees in TREES:
        frames = []
        for year in design.years:
            before = [observed[y] for y in range(begin, year - GROWTH_HORIZON_YEARS + 1)]
            model = trees_of(
                max_iter=trees, learning_rate=RATE, max_leaf_nodes=LEAVES, min_samples_leaf=40, l2_regularization=5.0,
                random_state=0,
            ).fit(np.concatenate([o.features for o in before]), np.concatenate([o.grew for o in before]))  # fmt: skip
            now = observed[year]
            columns = {"year": year, "iso3": names[now.homes].tolist(), "partner_iso3": names[now.partners].tolist()}
            frames.append(pl.DataFrame(columns | {"boosted": model.predict_proba(now.features)[:, 1]}))
        scores = pl.concat(frames).with_columns(pl.col("year").cast(pl.Int64))
        ties = found.ties.join(scores, on=["year", "iso3", "partner_iso3"], how="left")
        above = cells(ties, "boosted", POTENTIAL).with_columns(above=pl.col("auc") - pl.col("baseline_auc"))
        for name, mean in zip(
            ("auc", "precision_at_10", "above"), means(above, ["auc", "precision_at_10", "above"]), strict=True
        ):
            print(f"{trees} trees, {name}: {mean.value:.3f} ({mean.low:.3f} to {mean.high:.3f})")


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--boosted", action="store_true", help="compare boosted trees and write nothing")
    compare = options.parse_args().boosted
    composer = composer_of(legation.open().evaluator)
    found = measure(composer, Design(), lambda step, *_: print(step, file=sys.stderr), varied=not compare)
    if compare:
        boosted(composer, found)
    else:
        write(composer, found)


if __name__ == "__main__":
    main()
