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
