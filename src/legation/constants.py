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
MIN_PATENTS: float = _DECLARED["min_patents"]
MIN_WORKS: int = _DECLARED["min_works"]
TIE_WORKS_TECHNOLOGY: tuple[int, int] = tuple(_DECLARED["tie_works_technology"])
TIE_WORKS_ALL_FIELDS: tuple[int, int] = tuple(_DECLARED["tie_works_all_fields"])
NETWORK_DRAWS: int = _DECLARED["network_draws"]
LEIDEN_SEEDS: int = _DECLARED["leiden_seeds"]
LEIDEN_RESOLUTION: float = _DECLARED["leiden_resolution"]
TIES_PER_COEFFICIENT: int = _DECLARED["ties_per_coefficient"]
IDEAL_POINT_YEARS: int = _DECLARED["ideal_point_years"]
IMPORT_HHI: float = _DECLARED["import_hhi"]
DEPENDENCE_YEARS: int = _DECLARED["dependence_years"]
DEPENDENCE_LEAST_YEARS: int = _DECLARED["dependence_least_years"]
LEAST_IMPORTS: float = _DECLARED["least_imports"]
FAILURE_LEFT: float = _DECLARED["failure_left"]
MONOPOLY_HIGH_SHARE: float = _DECLARED["monopoly_high_share"]
MONOPOLY_HIGH_RATIO: float = _DECLARED["monopoly_high_ratio"]
MONOPOLY_MEDIUM_SHARE: float = _DECLARED["monopoly_medium_share"]
MONOPOLY_MEDIUM_RATIO: float = _DECLARED["monopoly_medium_ratio"]
COMPLETE_YEAR_SHARE: float = _DECLARED["complete_year_share"]
NEWEST_VALUE_YEARS: int = _DECLARED["newest_value_years"]
CHANGE_YEARS: int = _DECLARED["change_years"]
CAREER_LEAST_YEARS: int = _DECLARED["career_least_years"]
GROWTH_WINDOW_YEARS: int = _DECLARED["growth_window_years"]
GROWTH_HORIZON_YEARS: int = _DECLARED["growth_horizon_years"]
GROWTH_LEAST_WORKS: int = _DECLARED["growth_least_works"]
GROWTH_LEAST_PARTNERS: int = _DECLARED["growth_least_partners"]
GROWTH_TOP_SHARE: float = _DECLARED["growth_top_share"]
GROWTH_PENALTY: float = _DECLARED["growth_penalty"]
NEED_SHARE: float = _DECLARED["need_share"]
NEED_CITATION: float = _DECLARED["need_citation"]
TOPICS_STRONG: tuple[float, float] = tuple(_DECLARED["topics_strong"])
TOPICS_NEAR: tuple[float, float] = tuple(_DECLARED["topics_near"])
FIRST_MOVER_WORKS: tuple[float, float] = tuple(_DECLARED["first_mover_works"])
FIRST_MOVER_PLACES: tuple[int, int] = tuple(_DECLARED["first_mover_places"])
FIRST_MOVER_LARGE: tuple[int, int] = tuple(_DECLARED["first_mover_large"])
LEAD_LAG_YEARS: int = _DECLARED["lead_lag_years"]
LEAD_LAG_MOST: int = _DECLARED["lead_lag_most"]
LEAD_LAG_BLOCK: int = _DECLARED["lead_lag_block"]
INCOME_LIMITS_USD: dict[int, tuple[float, ...]] = {
    int(year): tuple(map(float, limits)) for year, limits in _DECLARED["income_limits_usd"].items()
}
"""By year: the upper limits of low, lower-middle and upper-middle income."""
Z_95 = 1.959963984540054
"""The 97.5 % quantile of the normal distribution."""
