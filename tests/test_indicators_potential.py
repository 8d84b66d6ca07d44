"""The potential of ties to grow: the regression against others, features one by one, and nothing from the future."""

import math

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from polars.testing import assert_frame_equal

import legation
from legation import logistic, poisson
from legation.errors import NoEvidenceError
from legation.evaluation import Evaluator
from legation.evidence import Evidence
from legation.indicators import _ties_over_time as over_time
from legation.indicators import collaboration_potential, expected_collaboration
from legation.model import WORLD
from legation.periods import Cut
from legation.registry import indicators
from legation.store import Store

SERIES = "openalex_country_copublications"
YEAR = 2001
Floats = NDArray[np.float64]


@pytest.fixture(scope="module")
def evidence() -> Evidence:
    return legation.open()


@pytest.fixture(scope="module")
def tables(evidence: Evidence) -> dict[str, pl.DataFrame]:
    """The inputs of the indicator as the evaluator gives them."""
    yearly = evidence.table("copublications", SERIES).rename({"last_year": "year"}).drop("source", "scope")
    others = {name: evidence.table(name).drop("source") for name in ("distances", "ideal_points")}
    return {"copublications": yearly, **others}


@pytest.fixture(scope="module")
def potential(tables: dict[str, pl.DataFrame]) -> pl.DataFrame:
    return computed(tables, YEAR)


def computed(tables: dict[str, pl.DataFrame], year: int) -> pl.DataFrame:
    known = tables["copublications"].filter(pl.col("year") <= year)
    return collaboration_potential.compute(known, tables["distances"], tables["ideal_points"])


def some_outcomes(seed: int, rows: int = 300) -> tuple[Floats, Floats]:
    """Outcomes that depend on two of three variables, the constant first."""
    generator = np.random.default_rng(seed)
    variables = np.column_stack([np.ones(rows), generator.standard_normal((rows, 3))])
    chance = 1 / (1 + np.exp(-variables @ np.array([-1.0, 0.8, -0.5, 0.0])))
    return (generator.random(rows) < chance).astype(np.float64), variables


# The regression


def test_without_penalty_it_is_logistic_regression_as_statsmodels_has_it() -> None:
    sm = pytest.importorskip("statsmodels.api")
    outcomes, variables = some_outcomes(1)
    found, theirs = logistic.fit(outcomes, variables, 0.0), sm.Logit(outcomes, variables).fit(disp=False)
    np.testing.assert_allclose(found.coefficients, theirs.params, rtol=1e-7)
    np.testing.assert_allclose(found.bread, theirs.cov_params(), rtol=1e-6)


@given(seed=st.integers(0, 1000), penalty=st.floats(0.001, 2.0))
@settings(max_examples=15, deadline=None)
def test_the_penalised_likelihood_has_no_higher_point_nearby(seed: int, penalty: float) -> None:
    optimize = pytest.importorskip("scipy.optimize")
    outcomes, variables = some_outcomes(seed)

    def loss(coefficients: Floats) -> float:
        log_odds = variables @ coefficients
        likelihood = outcomes * log_odds - np.logaddexp(0.0, log_odds)
        return float(-likelihood.mean() + penalty / 2 * (coefficients[1:] ** 2).sum())

    theirs = optimize.minimize(loss, np.zeros(4), method="BFGS", options={"gtol": 1e-9})
    np.testing.assert_allclose(logistic.fit(outcomes, variables, penalty).coefficients, theirs.x, atol=1e-5)


def test_probabilities_sum_to_the_outcomes_and_scores_to_nothing() -> None:
    outcomes, variables = some_outcomes(2)
    found = logistic.fit(outcomes, variables, 0.3)
    assert found.expected.sum() == pytest.approx(outcomes.sum())
    np.testing.assert_allclose(found.scores.sum(axis=0), 0.0, atol=1e-8)


def test_a_penalty_holds_what_would_grow_without_end() -> None:
    """One variable tells all outcomes apart: without a penalty its coefficient has no end."""
    variables = np.column_stack([np.ones(6), [-1.0, -1, -1, 1, 1, 1]])
    outcomes = np.array([0.0, 0, 0, 1, 1, 1])
    slope = logistic.fit(outcomes, variables, 0.1).coefficients[1]
    assert 0.1 * slope == pytest.approx(1 / (1 + math.exp(slope)))


@pytest.mark.parametrize("outcomes", [np.zeros(5), np.ones(5)])
def test_outcomes_that_are_all_alike_teach_nothing(outcomes: Floats) -> None:
    with pytest.raises(NoEvidenceError, match="all outcomes are alike"):
        logistic.fit(outcomes, np.ones((5, 1)), 0.1)


# What is known of a tie


def counted(rows: list[tuple[str, str, int, int]]) -> over_time.Ties:
    table = pl.DataFrame(rows, schema=["iso3", "partner_iso3", "year", "works"], orient="row")
    distances = pl.DataFrame(schema={"iso3": pl.String, "partner_iso3": pl.String, "distance_km": pl.Float64})
    flags = {name: pl.lit(False) for name in ("contiguous", "common_language", "colonial_tie")}
    points = pl.DataFrame({"iso3": ["KOR", "JPN"], "year": [2000, 2000], "ideal_point": [1.0, 0.4]})
    return over_time.ties(table.with_columns(first_year="year"), distances.with_columns(**flags), points)


SQUARE = [("KOR", "JPN", 2000, 8), ("FRA", "DEU", 2000, 8), ("KOR", "FRA", 2000, 2), ("JPN", "DEU", 2000, 2)]


def test_years_are_added_up_in_both_directions_without_the_world_rows() -> None:
    known = counted([*SQUARE, ("JPN", "KOR", 2001, 5), ("KOR", WORLD, 2001, 99)])
    korea, japan = known.numbers["KOR"], known.numbers["JPN"]
    window = known.window(2001, 2)
    assert (window[korea, japan], window[japan, korea], window.sum()) == (13, 13, 50)


def test_features_of_a_tie_worked_by_hand() -> None:
    """Each country has 10 links of 40: chance gives 2.5 works. Two steps lead from Korea to Japan never (Korea's other
    partner, France, does not work with Japan), from Korea to Germany by Japan and France, 0.8 × 0.2 + 0.2 × 0.8."""
    known = counted(SQUARE)
    features = over_time.known_at(counted([(a, b, year, n) for year in (2000, 2001) for a, b, _, n in SQUARE]), 2001, 1)
    korea, japan, germany = (known.numbers[c] for c in ("KOR", "JPN", "DEU"))
    association = math.log(8.5 / 3)
    assert features["association"][korea, japan] == pytest.approx(association)
    assert features["above_chance"][korea, germany] == 0.0
    assert features["association"][korea, germany] == pytest.approx(math.log(0.5 / 3))
    assert features["joint_works"][korea, japan] == pytest.approx(math.log(8.5))
    steps = math.log((0.32 + 1e-9) / (0.25 + 1e-9))
    assert features["third_parties"][korea, germany] == pytest.approx(steps - math.log(0.5 / 3))
    assert features["votes"][korea, japan] == pytest.approx(0.6)
    assert features["votes"][korea, germany] == pytest.approx(0.6), "the mean of the known where one has no point"
    assert features["momentum"][korea, japan] == features["latest_year"][korea, japan] == 0.0


def test_the_gravity_headroom_is_that_of_expected_collaboration(
    evidence: Evidence, tables: dict[str, pl.DataFrame]
) -> None:
    known = over_time.ties(*tables.values())
    ours = over_time.known_at(known, YEAR, 3)["gravity"]
    theirs = evidence.indicator("expected_collaboration", source=SERIES, scope="all", year=YEAR, window=3)
    listed = theirs.drop_nulls("log_headroom").sort("works").tail(2000)
    rows, columns = ([known.numbers[c] for c in listed[name]] for name in ("iso3", "partner_iso3"))
    np.testing.assert_allclose(ours[rows, columns], listed["log_headroom"].to_numpy(), atol=2e-3)


def test_the_main_patterns_are_the_eigenvectors_scipy_finds() -> None:
    """Rebuilt three times from the six largest of the weighted matrix, its diagonal taken from the round before."""
    sparse = pytest.importorskip("scipy.sparse.linalg")
    generator = np.random.default_rng(4)
    association = generator.standard_normal((40, 40)) * 2
    association = (association + association.T) / 2
    sizes = generator.integers(1, 1000, 40).astype(np.float64)
    weight = np.diag((sizes / sizes.sum()) ** 0.25)
    actual = np.clip(association, -4.0, 4.0)
    np.fill_diagonal(actual, 0.0)
    for _ in range(3):
        values, vectors = sparse.eigsh(weight @ actual @ weight, k=6, which="LM")
        rebuilt = np.linalg.inv(weight) @ vectors @ np.diag(values) @ vectors.T @ np.linalg.inv(weight)
        np.fill_diagonal(actual, np.diag(rebuilt))
    np.fill_diagonal(rebuilt, 0.0)
    np.testing.assert_allclose(over_time._patterns(association, sizes), rebuilt, atol=1e-8)


def test_the_top_quarter_of_a_group() -> None:
    """Of five values the one at place ⌊0.75 × 4⌋ = 3 is the fourth: only the fifth is above it, unless it is equal."""
    groups = np.array([0, 0, 0, 0, 0, 1, 1, 1, 1, 1])
    values = np.array([1.0, 5, 3, 2, 4, -np.inf, 7, 7, 7, 1])
    assert np.flatnonzero(over_time.in_the_top(values, groups, 0.25)).tolist() == [1]


def test_ties_that_count_have_enough_works_and_homes_enough_of_them() -> None:
    works = np.array([[0, 30, 31], [30, 0, 29], [31, 29, 0]], dtype=np.float64)
    homes, partners = over_time.eligible(works, 30, 2)
    assert (homes.tolist(), partners.tolist()) == ([0, 0], [1, 2])


# The result


def test_nothing_after_the_year_changes_anything(tables: dict[str, pl.DataFrame], potential: pl.DataFrame) -> None:
    """All joint works and ideal points after the year are altered, pairs dropped and others made up; asked for the year
    through the evaluator's cut, the same comes out."""
    later = pl.col("year") > YEAR
    works = tables["copublications"]
    turned = works.filter(later).select(
        "iso3", "first_year", "year", "partner_iso3", works=pl.col("works").reverse() * 3
    )
    swapped = tables["ideal_points"].with_columns(
        ideal_point=pl.when(later).then(-5 * pl.col("ideal_point")).otherwise("ideal_point")
    )
    altered = {**tables, "copublications": pl.concat([works.filter(~later), turned.sample(fraction=0.7, seed=1)],
               how="diagonal_relaxed"), "ideal_points": swapped}  # fmt: skip
    assert computed(altered, YEAR).equals(potential)
    assert not computed(altered, YEAR + 1).equals(computed(tables, YEAR + 1))


def test_the_evaluator_gives_the_same_for_a_past_year(evidence: Evidence, potential: pl.DataFrame) -> None:
    found = evidence.indicator("collaboration_potential", source=SERIES, year=YEAR)
    key = ["iso3", "partner_iso3"]
    told = potential.sort(key).select(*key, "potential", "year")
    assert_frame_equal(found.select(*key, "potential", "year"), told, rel_tol=1e-11)


def test_a_quarter_grows_and_lifts_say_by_how_much_a_tie_differs(potential: pl.DataFrame) -> None:
    """What is left of the log-odds without the lifts is the same for every tie: the average one's."""
    assert potential["potential"].mean() == pytest.approx(0.25, abs=0.03)
    lifts = potential.select(pl.sum_horizontal(pl.col("^lift_.*$")))["lift_association"].to_numpy()
    share = potential["potential"].to_numpy()
    np.testing.assert_allclose(
        np.log(share / (1 - share)) - lifts, np.log(share / (1 - share))[0] - lifts[0], atol=1e-9
    )
    means = potential.group_by("iso3").agg(pl.col("^lift_.*$").mean()).select(pl.exclude("iso3")).to_numpy()
    np.testing.assert_allclose(means, 0.0, atol=1e-9)


def test_the_interval_holds_the_potential_and_stays_between_nought_and_one(potential: pl.DataFrame) -> None:
    inside = (pl.col("potential_low") < pl.col("potential")) & (pl.col("potential") < pl.col("potential_high"))
    assert potential.select(inside.all()).item()
    assert potential["potential_low"].min() > 0  # type: ignore[operator]
    assert potential["potential_high"].max() < 1  # type: ignore[operator]


def test_every_tie_that_counts_is_told_with_its_works(tables: dict[str, pl.DataFrame], potential: pl.DataFrame) -> None:
    window = tables["copublications"].filter(pl.col("year").is_between(YEAR - 2, YEAR), pl.col("iso3") == "KOR")
    works = dict(window.group_by("partner_iso3").agg(pl.col("works").sum()).iter_rows())
    enough = {partner: n for partner, n in works.items() if partner != WORLD and n >= 30}
    told = dict(potential.filter(pl.col("iso3") == "KOR").select("partner_iso3", "joint_works").iter_rows())
    assert told == enough


def test_a_series_of_few_years_teaches_nothing(evidence: Evidence) -> None:
    with pytest.raises(NoEvidenceError, match="0 ties are known to have grown by 2022"):
        evidence.indicator("collaboration_potential", source="ncses")


def test_a_table_without_single_years_is_refused(tables: dict[str, pl.DataFrame]) -> None:
    summed = tables["copublications"].head(100).with_columns(first_year=pl.col("year") - 4)
    with pytest.raises(NoEvidenceError, match="year by year"):
        collaboration_potential.compute(summed, tables["distances"], tables["ideal_points"])


def test_what_was_kept_of_the_newest_year_is_not_given_for_another(
    evidence: Evidence, monkeypatch: pytest.MonkeyPatch
) -> None:
    indicator = indicators()["collaboration_potential"]
    columns = [*indicator.by, *indicator.key, *indicator.measures]
    kept = pl.DataFrame({c: ["x"] for c in columns}).with_columns(year=pl.lit(2023), window=pl.lit(1))
    monkeypatch.setattr(Store, "sources_of", lambda *_: (SERIES,))
    monkeypatch.setattr(Store, "frame", lambda *_: kept)
    evaluator = Evaluator(evidence.store)
    assert evaluator._kept(indicator, None, Cut(latest=True)) is not None
    assert evaluator._kept(indicator, None, Cut(year=2023)) is not None
    assert evaluator._kept(indicator, None, Cut(year=2015)) is None


def test_standard_errors_are_those_of_the_sandwich() -> None:
    """Rows in pairs of groups: the scores of each group are added up before they are squared."""
    outcomes, variables = some_outcomes(3, 60)
    groups = np.column_stack([np.arange(60) % 5, np.arange(60) % 7 + 5])
    found = logistic.fit(outcomes, variables, 0.05)
    meat = sum(
        np.outer(total, total)
        for group in range(12)
        for total in [sum(found.scores[groups[:, column] == group].sum(axis=0) for column in (0, 1))]
    )
    covariance = found.bread @ meat @ found.bread
    expected = np.sqrt(np.einsum("ij,jk,ik->i", variables, covariance, variables))
    np.testing.assert_allclose(poisson.standard_errors(found, groups, variables), expected, rtol=1e-8)


def test_the_latest_points_are_of_the_year_or_before() -> None:
    points = pl.DataFrame({"iso3": ["KOR"] * 3, "year": [1999, 2000, 2003], "ideal_point": [1.0, 2.0, 9.0]})
    assert expected_collaboration.latest_points(points.filter(pl.col("year") <= 2001))["point"].to_list() == [2.0]
