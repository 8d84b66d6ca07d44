"""How many joint works would be usual for two countries of this size and distance, and how far are they from it?

A gravity model: joint works of each pair on the international works of both, distance, common border, common official
language, colonial tie and distance of UN ideal points, fitted by Poisson pseudo-maximum likelihood to all pairs of a
source, scope and period. The headroom is the logarithm of expected over actual works: 0.7 means twice as many would be
usual, a negative value that the two work together more than is usual.

- The pairs are all pairs of countries with international works in the data; a pair the publisher does not list has no
  joint works. Pairs with none have an expectation and no headroom.
- Size is the publisher's count of a country's works with any partner, or where a country lacks it, for all the sum of
  their joint works. Both countries weigh alike, because a pair has no direction. Works within a country do not count:
  a country that publishes much alone is not expected to publish more abroad.
- The works of the period are added up. As distances and sizes are those of the period, that gives the same coefficients
  as year effects would.
- A state's ideal point is its latest up to the period and at most `ideal_point_years` older than the newest. Pairs
  without one (Taiwan, Hong Kong, territories) have a level of their own. Pairs without a distance are left out.
- For each coefficient there must be `ties_per_coefficient` pairs with joint works. Variables that do not vary between
  these, or tell fewer than that many of them from the rest, are left out.
- The interval is that of the expected mean, from a covariance that allows pairs with a country in common to depend on
  each other. It does not say how far single pairs scatter, which is much further.
- The interval of the ratio holds the chance in the joint works too, which counts most where they are few: it combines
  the exact interval of a Poisson count with that of the expected mean. Where it includes 1, chance could do as much.
"""

import numpy as np
import polars as pl
from numpy.typing import NDArray

from legation import poisson
from legation.constants import IDEAL_POINT_YEARS, TIES_PER_COEFFICIENT, Z_95
from legation.errors import NoEvidenceError
from legation.indicators._measures import with_interval
from legation.model import WORLD, Example, Indicator, Kept, Measure
from legation.resampling import garwood

FLAGS = ("contiguous", "common_language", "colonial_tie", "ideal_point_unknown")
PAIR = ["iso3", "partner_iso3"]

INDICATOR = Indicator(
    label={"en": "Expected collaboration", "ko": "기대 공동연구"},
    measures=with_interval(
        "log_headroom",
        {"en": "Headroom", "ko": "협력 확대 여지"},
        "ln(expected / actual works); 0 = as is usual",
        None,
        "index",
    )
    | with_interval("expected", {"en": "Expected joint works", "ko": "기대 공동논문 수"}, "works", None, "number")
    | {
        "works": Measure({"en": "Joint works", "ko": "공동논문 수"}, "works", "higher", "count"),
        **with_interval(
            "ratio",
            {"en": "Joint works over expected", "ko": "기대 대비 공동논문"},
            "ratio; 1 = as is usual",
            None,
            "ratio",
        ),
    },
    formula=r"\mathrm{E}[C_{xy}] = \exp(\beta_0 + \beta_1 \ln (S_x S_y) + \beta_2 \ln d_{xy} + \beta_3 b_{xy} "
    r"+ \beta_4 l_{xy} + \beta_5 k_{xy} + \beta_6 |\theta_x - \theta_y| + \beta_7 u_{xy}),\quad "
    r"h_{xy} = \ln \frac{\hat C_{xy}}{C_{xy}}",
    reference="Santos Silva & Tenreyro 2006, doi:10.1162/rest.88.4.641; Hoekman, Frenken & Tijssen 2010, "
    "doi:10.1016/j.respol.2010.01.012; Aronow, Samii & Assenova 2015, doi:10.1093/pan/mpv018; Zou & Donner 2008, "
    "doi:10.1002/sim.3095",
    by=("source", "first_year", "year", "scope"),
    key=("iso3", "partner_iso3"),
    caveats=(
        "papers_are_not_capability",
        "usual_is_not_possible",
        "interval_of_the_mean",
        "votes_are_not_alliances",
        "works_of_many_countries",
    ),
    kept=(Kept(5),),
    example=Example(
        given={
            "copublications": """
                iso3  partner_iso3  works
                KOR   WLD           100
                JPN   WLD           100
                FRA   WLD           100
                DEU   WLD           100
                JPN   KOR           30
                DEU   FRA           10
                FRA   KOR           4
                FRA   JPN           8
                DEU   KOR           12
            """,
            "distances": """
                iso3  partner_iso3  distance_km  contiguous
                JPN   KOR           5000         true
                DEU   FRA           5000         true
                FRA   KOR           5000         false
                FRA   JPN           5000         false
                DEU   KOR           5000         false
                DEU   JPN           5000         false
            """,
            "ideal_points": """
                iso3  ideal_point
                KOR   1
                JPN   1
                FRA   1
                DEU   1
            """,
        },
        settings={"ties_per_coefficient": 1},
        expect="""
            iso3  partner_iso3  works  expected  expected_low    expected_high   ratio           log_headroom
            JPN   KOR           30     20        7.506357148264  53.288165231058  1.5             -0.405465108108
            KOR   JPN           30     20        7.506357148264  53.288165231058  1.5             -0.405465108108
            DEU   FRA           10     20        7.506357148264  53.288165231058  0.5              0.693147180560
            FRA   DEU           10     20        7.506357148264  53.288165231058  0.5              0.693147180560
            FRA   KOR           4      6         3.780255227211  9.523166515549  0.666666666667   0.405465108108
            KOR   FRA           4      6         3.780255227211  9.523166515549  0.666666666667   0.405465108108
            FRA   JPN           8      6         3.780255227211  9.523166515549  1.333333333333  -0.287682072452
            JPN   FRA           8      6         3.780255227211  9.523166515549  1.333333333333  -0.287682072452
            DEU   KOR           12     6         3.780255227211  9.523166515549  2.0             -0.693147180560
            KOR   DEU           12     6         3.780255227211  9.523166515549  2.0             -0.693147180560
            DEU   JPN           0      6         3.780255227211  9.523166515549  0.0              -
            JPN   DEU           0      6         3.780255227211  9.523166515549  0.0              -
        """,
        working="Only the border tells pairs apart, so each kind of pair is expected to have its mean: (30 + 10) / "
        "2 with a border, (4 + 8 + 12 + 0) / 4 without. With a border the pairs stray by +10 and -10, each counted "
        "for two countries: the variance of the logarithm is 4 × 10² / 40², its root 0.5, and the interval 20 × "
        "exp(±1.96 × 0.5). Without one they stray by -2, +2, +6 and -6; by country that is +4 for Korea, -4 for "
        "Japan and 0 for the others: √(4² + 4²) / 24 = 0.2357.",
    ),
    is_not="a forecast or a target: it compares a pair with what is usual for pairs like it.",
    checked="statsmodels and a likelihood maximised by scipy; sums of expected and actual works; year effects",
)


def compute(
    copublications: pl.DataFrame,
    distances: pl.DataFrame,
    ideal_points: pl.DataFrame,
    *,
    ties_per_coefficient: int = TIES_PER_COEFFICIENT,
    ideal_point_years: int = IDEAL_POINT_YEARS,
) -> pl.DataFrame:
    pairs = _pairs(copublications, distances, latest_points(ideal_points, ideal_point_years))
    works = pairs["works"].to_numpy().astype(np.float64)
    if not (ties := int((works > 0).sum())):
        raise NoEvidenceError("no pairs of countries with known distance have joint works")
    variables = _variables(pairs, works, ties_per_coefficient)
    needed = ties_per_coefficient * variables.shape[1]
    if ties < needed:
        raise NoEvidenceError(f"{ties} pairs of countries have joint works; a gravity model of them needs {needed}")
    found = poisson.fit(works, variables)
    _, numbers = np.unique(pairs.select(PAIR).to_numpy().astype(str), return_inverse=True)
    half = Z_95 * poisson.standard_errors(found, numbers.reshape(-1, 2), variables)
    table = pairs.select(
        *PAIR,
        "works",
        expected=pl.Series(found.expected),
        expected_low=pl.Series(found.expected * np.exp(-half)),
        expected_high=pl.Series(found.expected * np.exp(half)),
    )
    headroom = {f"log_headroom{end}": _headroom(f"expected{end}") for end in ("", "_low", "_high")}
    told = table.with_columns(**_ratio(works, found.expected, half), **headroom)
    back = told.rename({"iso3": "partner_iso3", "partner_iso3": "iso3"}).select(told.columns)
    return pl.concat([told, back])


def _ratio(
    works: NDArray[np.float64], expected: NDArray[np.float64], half: NDArray[np.float64]
) -> dict[str, pl.Series]:
    """Works over expected; on the logarithmic scale the two intervals are combined by their squares."""
    low, high = garwood(works)
    with np.errstate(divide="ignore", invalid="ignore"):
        down, up = np.hypot(np.log(works / low), half), np.hypot(np.log(high / works), half)
    ratio, none = works / expected, works == 0
    ends = {
        "ratio": ratio,
        "ratio_low": np.where(none, 0.0, ratio * np.exp(-np.where(none, 0.0, down))),
        "ratio_high": np.where(none, high / expected * np.exp(half), ratio * np.exp(np.where(none, 0.0, up))),
    }
    return {name: pl.Series(values) for name, values in ends.items()}


def _headroom(expected: str) -> pl.Expr:
    return pl.when(pl.col("works") > 0).then((pl.col(expected) / pl.col("works")).log())


def latest_points(ideal_points: pl.DataFrame, years: int = IDEAL_POINT_YEARS) -> pl.DataFrame:
    """The newest ideal point of each state that is not too old; those of one year only are taken as they are."""
    if "year" in ideal_points.columns:
        recent = pl.col("year") >= pl.col("year").max() - years
        ideal_points = ideal_points.filter(recent).sort("year").unique("iso3", keep="last", maintain_order=True)
    return ideal_points.select("iso3", point="ideal_point")


def _pairs(copublications: pl.DataFrame, distances: pl.DataFrame, points: pl.DataFrame) -> pl.DataFrame:
    """Every pair of countries with international works and a distance, once, with what the model knows of it."""
    sizes = _sizes(copublications).filter(pl.col("size") > 0)
    partners, partner_points = (f.rename({c: f"partner_{c}" for c in f.columns}) for f in (sizes, points))
    joint = copublications.select(*PAIR, "works")
    return (
        sizes.join(partners, how="cross")
        .filter(pl.col("iso3") < pl.col("partner_iso3"))
        .join(distances.filter(pl.col("distance_km") > 0), on=PAIR, how="inner")
        .join(joint, on=PAIR, how="left")
        .join(points, on="iso3", how="left")
        .join(partner_points, on="partner_iso3", how="left")
        .with_columns(
            pl.col("works").fill_null(0),
            ideal_point_distance=(pl.col("point") - pl.col("partner_point")).abs(),
            log_sizes=pl.col("size").log() + pl.col("partner_size").log(),
            log_distance=pl.col("distance_km").log(),
        )
        .with_columns(
            pl.col("ideal_point_distance").fill_null(pl.col("ideal_point_distance").mean()).fill_null(0.0),
            ideal_point_unknown=pl.col("ideal_point_distance").is_null(),
        )
        .sort(PAIR)
    )


def _sizes(copublications: pl.DataFrame) -> pl.DataFrame:
    """International works of each country: the publisher's where every country has them, else its joint works."""
    known = copublications.filter(pl.col("iso3") != WORLD)
    published = known.filter(pl.col("partner_iso3") == WORLD).select("iso3", size="works")
    links = known.filter(pl.col("partner_iso3") != WORLD).group_by("iso3").agg(size=pl.col("works").sum())
    complete = links.join(published, on="iso3", how="anti").is_empty()
    return (published if complete else links).with_columns(pl.col("size").cast(pl.Float64))


def _variables(pairs: pl.DataFrame, works: NDArray[np.float64], least: int) -> NDArray[np.float64]:
    """The constant and the variables that tell pairs with joint works apart, flags at least so many of them."""
    columns = [np.ones(len(works))]
    for name in ("log_sizes", "log_distance", "ideal_point_distance", *FLAGS):
        column = pairs[name].cast(pl.Float64).to_numpy()
        told = column[works > 0]
        enough = name not in FLAGS or min(told.sum(), (1 - told).sum()) >= least
        columns += [column] if enough and np.ptp(told) > 0 else []
    return np.column_stack(columns)
