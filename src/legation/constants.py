"""The constants of `constants.toml`, typed."""

import tomllib
from importlib.resources import files

_DECLARED = tomllib.loads(files("legation").joinpath("constants.toml").read_text(encoding="utf-8"))

WINDOW_YEARS: int = _DECLARED["window_years"]
OUTPUT_LAG_YEARS: int = _DECLARED["output_lag_years"]
CITATION_LAG_YEARS: int = _DECLARED["citation_lag_years"]
BOOTSTRAP_DRAWS: int = _DECLARED["bootstrap_draws"]
BOOTSTRAP_SEED: int = _DECLARED["bootstrap_seed"]
SNAPSHOT_SHARE: float = _DECLARED["snapshot_share"]
RCA_THRESHOLD: float = _DECLARED["rca_threshold"]
MIN_ARTICLES: float = _DECLARED["min_articles"]
MIN_WORKS: int = _DECLARED["min_works"]
LEIDEN_SEEDS: int = _DECLARED["leiden_seeds"]
LEIDEN_RESOLUTION: float = _DECLARED["leiden_resolution"]
TIES_PER_COEFFICIENT: int = _DECLARED["ties_per_coefficient"]
IDEAL_POINT_YEARS: int = _DECLARED["ideal_point_years"]
Z_95 = 1.959963984540054
"""The 97.5 % quantile of the normal distribution."""
