"""Rankings: worked by hand, against closed formulas, and against the same thing written out draw by draw."""

import math
import time
from collections.abc import Sequence
from statistics import NormalDist, fmean, pstdev
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import sobol_indices

from legation import ranking, sensitivity
from legation.constants import Z_95
from legation.errors import UserError
from legation.ranking import Choices, Component, Composite, rank

NAN = float("nan")
MINMAX, Z, RANK = range(3)


def exact(name: str, *values: float, **declared: Any) -> Component:
    """A component without intervals."""
    found = np.array(values, dtype=np.float64)
    return Component(name, found, found, found, **declared)


def uncertain(name: str, values: Sequence[float], low: Sequence[float], high: Sequence[float], **of: Any) -> Component:
    value, lower, upper = (np.array(end, dtype=np.float64) for end in (values, low, high))
    return Component(name, value, lower, upper, **of)


def scores(components: Sequence[Component], normalisation: int, geometric: bool) -> list[float]:
    """The score of each item in one draw with the weights as they are and values at their medians."""
    composite = Composite(components)
    values = np.stack([c.values if c.direction == "higher" else -c.values for c in composite.components])
    ways = composite.normalisations(np.array([normalisation]))
    found = composite.scores(values[:, np.newaxis], Choices(composite.weights[np.newaxis], ways, np.array([geometric])))
    return [float(score) for score in found[0]]


def test_exact_values_of_one_component_have_one_order() -> None:
    found = rank([exact("output", 3, 9, 5)], top=1)
    assert found.median_rank.tolist() == found.rank_low.tolist() == found.rank_high.tolist() == [3, 1, 2]
    assert found.share_in_top.tolist() == [0, 1, 0]
    assert found.group.tolist() == [3, 1, 2]
    assert found.order.tolist() == [1, 2, 0]
    assert found.above.tolist() == [[0, 0, 0], [1, 0, 1], [1, 0, 0]]


def test_equal_items_share_the_best_rank_and_a_group() -> None:
    found = rank([exact("output", 3, 3, 1)])
    assert found.median_rank.tolist() == [1, 1, 3]
    assert found.group.tolist() == [1, 1, 2]


def test_where_lower_is_better_the_order_is_turned() -> None:
    assert rank([exact("risk", 3, 9, 5, direction="lower")]).median_rank.tolist() == [1, 3, 2]


def test_score_and_what_lifts_it() -> None:
    """Min-max gives (1, 0, 0.5) and (0, 1, 0.5); the weights are 0.75 and 0.25, the middle of both 0.5."""
    found = rank([exact("strength", 10, 0, 5, weight=3), exact("ties", 0, 4, 2, weight=1)])
    assert found.score.tolist() == pytest.approx([0.75, 0.25, 0.5])
    assert found.contributions.tolist() == [[0.375, -0.125], [-0.375, 0.125], [0, 0]]


def test_lifts_add_up_to_the_distance_from_the_middle() -> None:
    components = [
        exact("strength", 10, 0, 5, 7),
        exact("ties", 1, NAN, 4, 2, direction="lower"),
        exact("age", 3, 1, 4, 1),
    ]
    found = rank(components)
    assert found.contributions[1, 1] == 0
    assert (found.score - found.contributions.sum(axis=1)).tolist() == pytest.approx(
        [found.score[0] - found.contributions[0].sum()] * 4
    )


def test_the_three_normalisations_by_hand() -> None:
    """Of 0, 1, 5: min-max over 5; the mean is 2 and the deviation √(14/3), six of which are as wide as the scale."""
    deviation = math.sqrt(14 / 3)
    assert scores([exact("x", 0, 1, 5)], MINMAX, False) == pytest.approx([0, 0.2, 1])
    assert scores([exact("x", 0, 1, 5)], Z, False) == pytest.approx([0.5 + d / deviation / 6 for d in (-2, -1, 3)])
    assert scores([exact("x", 0, 1, 5)], RANK, False) == pytest.approx([0, 0.5, 1])
    assert scores([exact("x", 0, 5, 5)], RANK, False) == pytest.approx([0, 0.5, 0.5])
    assert scores([exact("x", 4, 4, 4)], MINMAX, False) == [0, 0, 0]


def test_a_zero_counts_hard_in_the_geometric_mean_and_does_not_annul() -> None:
    """(1, 0), (0.5, 0.5) and (0, 1) have the same sum; moved to 0.01–1 their roots are √0.01, 0.505 and √0.01."""
    components = [exact("strength", 2, 1, 0), exact("ties", 0, 1, 2)]
    assert scores(components, MINMAX, False) == pytest.approx([0.5, 0.5, 0.5])
    assert scores(components, MINMAX, True) == pytest.approx([0.1, 0.505, 0.1])


def test_a_component_keeps_a_normalisation_of_its_own() -> None:
    composite = Composite([exact("a", 0, 1, normalisation="rank"), exact("b", 0, 1)])
    assert composite.normalisations(np.array([MINMAX, Z])).tolist() == [[RANK, MINMAX], [RANK, Z]]


def test_values_are_drawn_with_their_interval_and_inside_their_range() -> None:
    """The value is the median, the ends of a lopsided interval are the 2.5 and 97.5 % points; no share is below 0."""
    share = uncertain("share", [0.10, 0.5], [0.02, 0.5], [0.40, 0.5], least=0.0, most=1.0)
    drawn = Composite([share]).evidence(40_000, np.random.default_rng(1))[0]
    assert np.quantile(drawn[:, 0], (0.025, 0.5, 0.975)) == pytest.approx([0.02, 0.10, 0.40], abs=0.01)
    assert drawn.min() == 0
    assert set(drawn[:, 1]) == {0.5}


def test_the_share_of_draws_before_another_is_that_of_two_normal_variables() -> None:
    """With values 0 and 1 and standard deviations of 1, the first is ahead with probability Φ(−1 / √2)."""
    two = uncertain("x", [0, 1], [-Z_95, 1 - Z_95], [Z_95, 1 + Z_95])
    found = rank([two], draws=20_000)
    assert found.above[0, 1] == pytest.approx(NormalDist().cdf(-1 / math.sqrt(2)), abs=0.01)
    assert found.above[0, 1] + found.above[1, 0] == 1


def test_what_is_not_known_is_any_value_of_the_others() -> None:
    """The third is as often like the first as like the second: first in half of the draws, and never sure of it."""
    found = rank([exact("known", 1, 0, NAN), exact("same", 7, 7, 7)], top=1, draws=4000)
    assert found.share_in_top[2] == pytest.approx(0.5, abs=0.03)
    assert (found.rank_low[2], found.rank_high[2]) == (1, 2)
    assert found.evidence.tolist() == [1, 1, 0.5]
    assert found.score.tolist() == [0.5, 0, 0.25]


def test_weights_are_drawn_around_those_given() -> None:
    """The Dirichlet distribution has the weights as means and deviations of √(w (1 − w) / (c + 1))."""
    components = [exact("a", 0, 1, weight=3), exact("b", 0, 1, weight=1), exact("none", 0, 1, weight=0)]
    drawn = Composite(components).choices(20_000, np.random.default_rng(1)).weights
    assert drawn.shape[1] == 2
    assert drawn.mean(axis=0) == pytest.approx([0.75, 0.25], abs=0.005)
    expected = math.sqrt(0.75 * 0.25 / (ranking.WEIGHT_CONCENTRATION + 1))
    assert drawn.std(axis=0) == pytest.approx([expected, expected], rel=0.02)


def test_a_component_without_weight_changes_nothing() -> None:
    with_it = rank([exact("a", 0, 1, 2), exact("b", 5, 1, 0, weight=0)])
    without = rank([exact("a", 0, 1, 2)])
    assert with_it.median_rank.tolist() == without.median_rank.tolist()
    assert with_it.contributions[:, 1].tolist() == [0, 0, 0]


def test_no_two_of_a_group_keep_their_order() -> None:
    """The first is sure of the third alone, and the second of the fourth: groups of two, the first tied with two."""
    above = np.array([[0, 0.80, 0.97, 0.90], [0.20, 0, 0.60, 0.96], [0.03, 0.40, 0, 0.70], [0.10, 0.04, 0.30, 0]])
    assert ranking.groups(np.arange(4), above).tolist() == [1, 1, 2, 2]
    above[0, 1] = 0.95
    assert ranking.groups(np.arange(4), above).tolist() == [1, 2, 2, 3]
    above[0, 2] = 0.94
    assert ranking.groups(np.arange(4), above).tolist() == [1, 2, 2, 3]


def test_ties_are_the_pairs_whose_order_is_not_known() -> None:
    """Values 0 and 1 with a deviation of 1 are tied; 9 is sure, and nothing is tied with itself."""
    found = rank([uncertain("x", [0, 1, 9], [-Z_95, 1 - Z_95, 9], [Z_95, 1 + Z_95, 9])])
    assert found.ties.tolist() == [[False, True, False], [True, False, False], [False, False, False]]
    assert found.group.tolist() == [2, 2, 1]


def test_the_same_draws_give_the_same_ranking() -> None:
    components = [uncertain("x", [1, 2, 3], [0, 0, 0], [4, 4, 4]), exact("y", 3, 2, 1)]
    assert rank(components).above.tolist() == rank(components).above.tolist()
    assert rank(components).above.tolist() != rank(components, seed=1).above.tolist()


@pytest.mark.parametrize(
    "components",
    [
        [],
        [exact("a", 1, 2, weight=-1)],
        [exact("a", 1, 2, weight=0)],
        [exact("a", 1, 2, weight=math.inf)],
        [exact("a", 1, NAN)],
        [exact("a", 1, 2), exact("b", NAN, NAN)],
    ],
)
def test_what_cannot_be_ranked_is_refused(components: list[Component]) -> None:
    with pytest.raises(UserError):
        rank(components)


def by_hand(columns: Sequence[Sequence[float]], weights: Sequence[float], way: int, geometric: bool) -> list[float]:
    """The score of each item, written out."""
    items = range(len(columns[0]))
    total = [0.0 for _ in items]
    for column, weight in zip(columns, weights, strict=True):
        low, high, mean, deviation = min(column), max(column), fmean(column), pstdev(column)
        for i in items:
            if way == MINMAX:
                unit = (column[i] - low) / (high - low) if high > low else 0.0
            elif way == Z:
                unit = 0.5 + ((column[i] - mean) / deviation / 6 if deviation > 0 else 0.0)
            else:
                unit = sum(other < column[i] for other in column) / (len(column) - 1)
            if geometric and way == RANK:
                best = max(sum(other < one for other in column) for one in column) / (len(column) - 1)
                unit = unit / best if best else 0.0
            if geometric and way == Z:
                unit = (column[i] - low) / (high - low) if high > low else 0.0
            total[i] += weight * (math.log(0.01 + 0.99 * unit) if geometric else unit)
    return [math.exp(t) for t in total] if geometric else total


whole = st.integers(-20, 20).map(float)
tables = st.integers(2, 6).flatmap(lambda n: st.lists(st.lists(whole, min_size=n, max_size=n), min_size=1, max_size=4))


@settings(deadline=None, max_examples=60)
@given(tables, st.integers(0, 2), st.booleans(), st.data())
def test_scores_against_the_same_written_out(
    columns: list[list[float]], way: int, geometric: bool, data: st.DataObject
) -> None:
    weights = data.draw(st.lists(st.integers(1, 9), min_size=len(columns), max_size=len(columns)))
    components = [
        exact(str(k), *column, weight=weight) for k, (column, weight) in enumerate(zip(columns, weights, strict=True))
    ]
    shares = [weight / sum(weights) for weight in weights]
    assert scores(components, way, geometric) == pytest.approx(by_hand(columns, shares, way, geometric), abs=1e-9)


def many(items: int, components: int) -> list[Component]:
    generator = np.random.default_rng(5)
    found = []
    for k in range(components):
        values = generator.lognormal(size=items)
        values[1:][generator.random(items - 1) < 0.3] = NAN
        found.append(Component(str(k), values, values * 0.8, values * 1.3))
    return found


def test_a_ranking_of_two_hundred_by_eight_in_two_thousand_draws_takes_under_a_second() -> None:
    components = many(200, 8)
    held = np.flatnonzero(np.isfinite([c.values for c in components]).any(axis=0))
    components = [Component(c.name, c.values[held], c.low[held], c.high[held]) for c in components]
    start = time.process_time()
    rank(components)
    assert time.process_time() - start < 1


def test_sobol_indices_of_a_sum_are_the_shares_of_its_variance() -> None:
    """3 a + b has a variance of (9 + 1) / 12 and no interplay; c does not matter."""
    found = {i.factor: i for i in sensitivity.indices(lambda x: 3 * x[:, 0] + x[:, 1], ("a", "b", "c"))}
    for factor, share in (("a", 0.9), ("b", 0.1), ("c", 0.0)):
        assert found[factor].first_order == pytest.approx(share, abs=0.02)
        assert found[factor].total == pytest.approx(share, abs=0.02)
        assert found[factor].first_order_low <= share <= found[factor].first_order_high


def test_sobol_indices_are_those_of_scipy_for_the_whole_design_and_for_a_resample() -> None:
    generator = np.random.default_rng(7)
    f_a, f_b, f_ab = generator.normal(5, 2, 64), generator.normal(5, 2, 64), generator.normal(5, 2, (3, 64))
    drawn = generator.integers(64, size=64)
    for rows in (np.arange(64), drawn):
        values = {"f_A": f_a[np.newaxis, rows], "f_B": f_b[np.newaxis, rows], "f_AB": f_ab[:, np.newaxis, rows]}
        wanted = sobol_indices(func=values, n=64)
        (found,) = sensitivity.estimates(f_a, f_b, f_ab, np.bincount(rows, minlength=64)[np.newaxis].astype(np.float64))
        assert found[0] == pytest.approx(wanted.first_order, rel=1e-9)
        assert found[1] == pytest.approx(wanted.total_order, rel=1e-9)


def test_sobol_indices_of_what_never_varies_are_nought() -> None:
    steady = np.full(8, 0.1)
    assert not sensitivity.estimates(steady, steady, np.stack([steady] * 3), np.ones((2, 8))).any()


def test_sobol_indices_of_a_product_are_all_interplay() -> None:
    """(a − ½)(b − ½) has a mean of 0 for every a: nothing alone, everything together."""
    for index in sensitivity.indices(lambda x: (x[:, 0] - 0.5) * (x[:, 1] - 0.5), ("a", "b")):
        assert index.first_order == pytest.approx(0, abs=0.05)
        assert index.total == pytest.approx(1, abs=0.05)


def test_only_the_evidence_moves_a_ranking_on_one_component() -> None:
    """One weight, and every normalisation and aggregation keeps the order of one component."""
    component = uncertain("x", [1, 2, 3, 4], [-1, 0, 1, 2], [3, 4, 5, 6])
    found = sensitivity.of_ranking([component], rank([component]).median_rank, np.arange(2))
    assert [index.factor for index in found] == list(sensitivity.FACTORS)
    assert found[0].first_order == pytest.approx(1, abs=0.1)
    assert found[0].total == pytest.approx(1, abs=0.1)
    assert [(index.first_order, index.total) for index in found[1:]] == [(0, 0)] * 3


def test_exact_values_leave_the_evidence_without_influence() -> None:
    components = [exact("x", 1, 2, 3, 5), exact("y", 9, 4, 3, 1)]
    found = sensitivity.of_ranking(components, rank(components).median_rank, np.arange(4), n=256)
    assert (found[0].first_order, found[0].total) == (0, 0)
    assert max(index.total for index in found[1:]) > 0


def test_where_nothing_moves_every_index_is_nought() -> None:
    component = exact("x", 1, 2, 3)
    found = sensitivity.of_ranking([component], rank([component]).median_rank, np.arange(3), n=64)
    assert {(index.first_order, index.total) for index in found} == {(0, 0)}


def test_who_would_come_first_without_a_component() -> None:
    components = [exact("strength", 9, 1, 0), exact("ties", 1, 5, 3, weight=0.5)]
    assert rank(components).order[0] == 0
    assert sensitivity.first_without(components, "strength") == 1
    assert sensitivity.first_without(components, "ties") == 0
    assert sensitivity.first_without(components[:1], "strength") is None
