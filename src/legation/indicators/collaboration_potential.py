"""How likely is a tie between two countries to grow, judged by which ties grew before?

A tie grows if it is in the top quarter of the home country's ties by change of log association strength, from the three
years up to now to the three years that end five years later; ties with at least 30 joint works in the first three
years count, of home countries with at least 12 of them. The model is a penalised logistic regression on what is known
of a tie at the end of a year, fitted to every year for which the outcome is known by then. So a result of a year stands
on nothing after it. The features, each against the mean of the home country's ties:

- **association**: log association strength, with a slope of its own above what chance gives; **joint works**, in
  logarithms: ties of few works move most;
- **gravity**: headroom over the gravity model of `expected_collaboration`;
- **patterns**: headroom over what the six main patterns of who works with whom give (the eigenvectors of log
  association strength): countries with partners like ours work with it more than we do;
- **common partners**: how likely two steps along joint works lead from one to the other, over the association there is;
- **latest year**: association in the newest year against the three years; **momentum**: its change over three years;
- **votes**: distance of UN ideal points, the mean where one of the two has none.

A lift is what a feature adds to the log-odds of growth, against the home country's average tie: 0.7 doubles the odds.
The interval is that of the fitted probability, from a covariance that allows all ties and years of a country to depend
on each other; whether a single tie grows is far less certain than that. How well it foretells is in `docs/backtest.md`.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl

from legation import logistic, poisson
from legation.constants import (
    GROWTH_HORIZON_YEARS,
    GROWTH_LEAST_PARTNERS,
    GROWTH_LEAST_WORKS,
    GROWTH_PENALTY,
    GROWTH_TOP_SHARE,
    GROWTH_WINDOW_YEARS,
    TIES_PER_COEFFICIENT,
    Z_95,
)
from legation.errors import NoEvidenceError
from legation.indicators import _ties_over_time as over_time
from legation.indicators._measures import with_interval
from legation.model import Example, Indicator, Kept, Measure
from legation.resampling import Floats, Ints

LIFTS = {
    "association": ("association", "above_chance"),
    "joint_works": ("joint_works",),
    "gravity": ("gravity",),
    "patterns": ("patterns",),
    "common_partners": ("third_parties",),
    "latest_year": ("latest_year",),
    "momentum": ("momentum",),
    "votes": ("votes",),
}
"""What is told of each tie, and the features it adds up."""
NO_SPREAD = 1e-9


def _lift(english: str, korean: str) -> Measure:
    return Measure({"en": english, "ko": korean}, "log-odds against the home country's average tie", None, "index")


INDICATOR = Indicator(
    label={"en": "Potential for growth of a tie", "ko": "협력 성장 가능성"},
    measures=with_interval(
        "potential",
        {"en": "Potential for growth", "ko": "성장 가능성"},
        "share of ties like it that grew; a quarter of all do",
    )
    | {
        "joint_works": Measure({"en": "Joint works", "ko": "공동논문 수"}, "works, three years", "higher", "count"),
        "lift_association": _lift("Lift: association now", "기여: 현재 연관 강도"),
        "lift_joint_works": _lift("Lift: number of joint works", "기여: 공동논문 수"),
        "lift_gravity": _lift("Lift: headroom over size and distance", "기여: 규모·거리 대비 여지"),
        "lift_patterns": _lift("Lift: headroom over patterns of partners", "기여: 유사국 협력 양상 대비 여지"),
        "lift_common_partners": _lift("Lift: common partners", "기여: 공통 협력국"),
        "lift_latest_year": _lift("Lift: latest year", "기여: 최근 연도"),
        "lift_momentum": _lift("Lift: change over three years", "기여: 3년간 변화"),
        "lift_votes": _lift("Lift: distance of UN votes", "기여: 유엔 표결 거리"),
    },
    formula=r"P_{hp} = \frac{1}{1 + e^{-\eta}},\quad \eta = \beta_0 + \sum_k \beta_k \frac{f^k_{hp} - "
    r"\overline{f^k_{h\cdot}}}{\sigma_k},\quad \max_\beta \frac{1}{n}\ln L(\beta) - \frac{\lambda}{2} \sum_k \beta_k^2",
    reference="le Cessie & van Houwelingen 1992, doi:10.2307/2347628; Liben-Nowell & Kleinberg 2007, "
    "doi:10.1002/asi.20591; Aronow, Samii & Assenova 2015, doi:10.1093/pan/mpv018",
    by=("source", "scope"),
    key=("iso3", "partner_iso3"),
    caveats=(
        "papers_are_not_capability",
        "growth_is_relative",
        "few_works_move_most",
        "interval_of_the_mean",
        "votes_are_not_alliances",
        "works_of_many_countries",
    ),
    kept=(Kept(),),
    example=Example(
        given={
            "copublications": """
                iso3  partner_iso3  first_year  last_year  works
                JPN   KOR           2000        2000       8
                DEU   FRA           2000        2000       8
                FRA   KOR           2000        2000       2
                DEU   JPN           2000        2000       2
                DEU   KOR           2000        2000       2
                FRA   JPN           2000        2000       2
                JPN   KOR           2001        2001       8
                DEU   FRA           2001        2001       8
                FRA   KOR           2001        2001       2
                DEU   JPN           2001        2001       2
                DEU   KOR           2001        2001       2
                FRA   JPN           2001        2001       2
                JPN   KOR           2002        2002       2
                DEU   FRA           2002        2002       2
                FRA   KOR           2002        2002       8
                DEU   JPN           2002        2002       8
                DEU   KOR           2002        2002       2
                FRA   JPN           2002        2002       2
            """,
            "distances": """
                iso3  partner_iso3  distance_km
                JPN   KOR           1000
            """,
            "ideal_points": """
                iso3  year  ideal_point
                KOR   2000  1
                JPN   2000  1
            """,
        },
        settings={
            "window_years": 1,
            "horizon_years": 1,
            "least_works": 1,
            "least_partners": 3,
            "ties_per_coefficient": 1,
            "penalty": 1.2234545373879193,
        },
        expect="""
            iso3  partner_iso3  year  potential  potential_low  potential_high  joint_works  lift_association
            KOR   FRA           2002  0.2        0.2            0.2             8            -0.326943084337
            KOR   JPN           2002  0.4        0.4            0.4             2             0.163471542169
            KOR   DEU           2002  0.4        0.4            0.4             2             0.163471542169
            FRA   KOR           2002  0.2        0.2            0.2             8            -0.326943084337
            FRA   DEU           2002  0.4        0.4            0.4             2             0.163471542169
            FRA   JPN           2002  0.4        0.4            0.4             2             0.163471542169
            JPN   DEU           2002  0.2        0.2            0.2             8            -0.326943084337
            JPN   KOR           2002  0.4        0.4            0.4             2             0.163471542169
            JPN   FRA           2002  0.4        0.4            0.4             2             0.163471542169
            DEU   JPN           2002  0.2        0.2            0.2             8            -0.326943084337
            DEU   FRA           2002  0.4        0.4            0.4             2             0.163471542169
            DEU   KOR           2002  0.4        0.4            0.4             2             0.163471542169
        """,
        working="From 2001 to 2002 each country's strong tie shrinks and one of its two weak ones grows. Four features "
        "tell strong from weak (association twice, works, common partners), at √2 and -1/√2, so each has the same "
        "coefficient b but for its sign. The probabilities sum to the outcomes, p + 2q = 1, and λ = 1.2 / ln(8/3) "
        "holds b where p = 0.2 and q = 0.4: b = -p / (√2 λ), 4 b × 3/√2 = ln(0.2/0.8) - ln(0.4/0.6). Association adds "
        "2 √2 b. All four countries tell the same, so nothing spreads.",
    ),
    is_not="a forecast of how many works, nor advice: a tie may be unlikely to grow because it is already close.",
    checked="statsmodels and scipy; what comes after the year changes nothing; a back-test on five years",
)


@dataclass(frozen=True)
class Setting:
    """What counts as a tie, as growth, and over which years."""

    window_years: int
    horizon_years: int
    least_works: int
    least_partners: int


@dataclass(frozen=True)
class Observed:
    """Ties at the end of a year, their features against the mean of the home country, and whether they grew."""

    homes: Ints
    partners: Ints
    works: Ints
    features: Floats
    grew: Floats


def compute(
    copublications: pl.DataFrame,
    distances: pl.DataFrame,
    ideal_points: pl.DataFrame,
    *,
    window_years: int = GROWTH_WINDOW_YEARS,
    horizon_years: int = GROWTH_HORIZON_YEARS,
    least_works: int = GROWTH_LEAST_WORKS,
    least_partners: int = GROWTH_LEAST_PARTNERS,
    ties_per_coefficient: int = TIES_PER_COEFFICIENT,
    penalty: float = GROWTH_PENALTY,
) -> pl.DataFrame:
    known = over_time.ties(copublications, distances, ideal_points)
    chosen = Setting(window_years, horizon_years, least_works, least_partners)
    now = observe(known, known.last_year, chosen)
    begin = known.first_year + 2 * window_years - 1
    before = [observe(known, year, chosen) for year in range(begin, known.last_year - horizon_years + 1)]
    return _told(known, now, before, penalty, ties_per_coefficient).with_columns(
        first_year=pl.lit(known.last_year - window_years + 1, pl.Int64), year=pl.lit(known.last_year, pl.Int64)
    )


def observe(known: over_time.Ties, year: int, chosen: Setting) -> Observed:
    """The ties at the end of a year; whether they grew where it is known, else not."""
    works = known.window(year, chosen.window_years)
    homes, partners = over_time.eligible(works, chosen.least_works, chosen.least_partners)
    if not len(homes):
        return Observed(homes, partners, homes, np.zeros((0, len(over_time.FEATURES))), np.zeros(0))
    features = over_time.known_at(known, year, chosen.window_years)
    columns = np.column_stack([features[name][homes, partners] for name in over_time.FEATURES])
    end = year + chosen.horizon_years
    grew = np.zeros(len(homes))
    if end <= known.last_year:
        after, at_first = (over_time.log_strength(w) for w in (known.window(end, chosen.window_years), works))
        change = after[homes, partners] - at_first[homes, partners]
        grew = over_time.in_the_top(change, homes, GROWTH_TOP_SHARE).astype(np.float64)
    return Observed(homes, partners, works[homes, partners].astype(np.int64), columns - _means(columns, homes), grew)


def _means(columns: Floats, homes: Ints) -> Floats:
    """For each row, the means of the columns over the rows of its home country."""
    _, group, size = np.unique(homes, return_inverse=True, return_counts=True)
    summed = np.zeros((len(size), columns.shape[1]))
    np.add.at(summed, group, columns)
    means: Floats = (summed / size[:, None])[group]
    return means


def _told(
    known: over_time.Ties, now: Observed, before: list[Observed], penalty: float, ties_per_coefficient: int
) -> pl.DataFrame:
    """The model of what was before, and what it says of the ties now."""
    grew = np.concatenate([o.grew for o in before] or [np.zeros(0)])
    features = np.concatenate([o.features for o in before] or [np.zeros((0, len(over_time.FEATURES)))])
    spread = features.std(axis=0) if len(features) else np.zeros(len(over_time.FEATURES))
    used = spread > NO_SPREAD
    if not len(now.homes) or grew.sum() < max(1, ties_per_coefficient * used.sum()):
        raise NoEvidenceError(
            f"{int(grew.sum())} ties are known to have grown by {known.last_year} and {len(now.homes)} are to be "
            f"judged; a model of growth needs {ties_per_coefficient} of the first for each feature and 1 of the second"
        )
    scale = np.where(used, spread, 1.0)
    found = logistic.fit(grew, _with_constant((features / scale)[:, used]), penalty)
    countries = np.concatenate([np.column_stack([o.homes, o.partners]) for o in before])
    variables = now.features / scale
    log_odds = _with_constant(variables[:, used])
    half = Z_95 * poisson.standard_errors(found, countries, log_odds)
    coefficients = np.zeros(len(over_time.FEATURES))
    coefficients[used] = found.coefficients[1:]
    middle = log_odds @ found.coefficients
    at = {name: place for place, name in enumerate(over_time.FEATURES)}
    lifts = {
        f"lift_{name}": sum(variables[:, at[part]] * coefficients[at[part]] for part in parts)
        for name, parts in LIFTS.items()
    }
    names = np.array(known.countries, dtype=object)
    return pl.DataFrame(
        {
            "iso3": pl.Series(names[now.homes], dtype=pl.String),
            "partner_iso3": pl.Series(names[now.partners], dtype=pl.String),
            "potential": logistic.probability(middle),
            "potential_low": logistic.probability(middle - half),
            "potential_high": logistic.probability(middle + half),
            "joint_works": now.works,
            **lifts,
        }
    )


def _with_constant(variables: Floats) -> Floats:
    return np.column_stack([np.ones(len(variables)), variables])
