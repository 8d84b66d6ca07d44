"""Uncertainty: works drawn in patterns are works drawn one by one; counts, ranks and intervals keep their promises."""

import itertools
import time
from collections import Counter
from collections.abc import Sequence

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from legation import resampling
from legation.constants import Z_95

Work = tuple[dict[str, float], float]
"""Credits by country, and a score."""

KOREAN: Work = ({"KOR": 1.0}, 0.0)
SHARED: Work = ({"KOR": 0.5, "CHE": 0.5}, 1.0)
MOSTLY_SWISS: Work = ({"KOR": 0.25, "CHE": 0.75}, 0.125)
NOWHERE: Work = ({}, 1.0)

works_of_any_kind = st.lists(st.sampled_from([KOREAN, SHARED, MOSTLY_SWISS, NOWHERE]), min_size=1, max_size=30)


def collapsed(works: Sequence[Work]) -> resampling.Patterns:
    ids = [f"w{i}" for i in range(len(works))]
    rows = [(w, iso3, credit) for w, (credits, _) in zip(ids, works, strict=True) for iso3, credit in credits.items()]
    return resampling.collapse(
        pl.DataFrame({"work_id": ids, "score": [score for _, score in works]}),
        pl.DataFrame(rows, schema={"work_id": pl.String, "iso3": pl.String, "credit": pl.Float64}, orient="row"),
        ["score"],
    )


def row_by_row(works: Sequence[Work], countries: Sequence[str], draws: int, seed: int) -> NDArray[np.float64]:
    """The bootstrap as a textbook writes it: draws × countries × (credit, credit × score)."""
    generator = np.random.default_rng(seed)
    each = np.array([[[c.get(iso3, 0.0), c.get(iso3, 0.0) * s] for iso3 in countries] for c, s in works])
    drawn = (each[generator.integers(0, len(works), len(works))].sum(axis=0) for _ in range(draws))
    return np.array(list(drawn))


@given(works_of_any_kind)
def test_patterns_hold_every_work_and_give_what_the_works_give(works: list[Work]) -> None:
    patterns = collapsed(works)
    assert patterns.counts.sum() == len(works)
    assert len(patterns.counts) == len({str(work) for work in works})
    for place, iso3 in enumerate(patterns.countries):
        assert patterns.estimate["credit"][place] == pytest.approx(sum(c.get(iso3, 0) for c, _ in works))
        assert patterns.estimate["score"][place] == pytest.approx(sum(c.get(iso3, 0) * s for c, s in works))


def test_drawing_patterns_has_the_very_distribution_of_drawing_works() -> None:
    works, draws = [KOREAN, KOREAN, SHARED, NOWHERE], 40_000
    patterns = collapsed(works)
    drawn = resampling.bootstrap(patterns, draws, seed=1)["credit"]
    frequencies = Counter(tuple(row) for row in drawn.tolist())
    samples = list(itertools.product(works, repeat=len(works)))
    chances = Counter(tuple(sum(c.get(i, 0.0) for c, _ in sample) for i in patterns.countries) for sample in samples)
    assert set(frequencies) == set(chances)
    for outcome, ways in chances.items():
        chance = ways / len(samples)
        error = (chance * (1 - chance) / draws) ** 0.5
        assert abs(frequencies[outcome] / draws - chance) < 5 * error


def test_intervals_are_those_of_the_row_by_row_bootstrap() -> None:
    works, draws = [*[KOREAN] * 60, *[SHARED] * 25, *[MOSTLY_SWISS] * 40, *[NOWHERE] * 15], 4000
    patterns = collapsed(works)
    fast = resampling.bootstrap(patterns, draws, seed=2)
    slow = row_by_row(works, patterns.countries, draws, seed=3)
    for place, name in enumerate(("credit", "score")):
        ours, naive = fast[name], slow[:, :, place]
        spread = naive.std(axis=0)
        assert np.abs(ours.mean(axis=0) - naive.mean(axis=0)).max() < 5 * spread.max() * (2 / draws) ** 0.5
        assert ours.std(axis=0) == pytest.approx(spread, rel=0.06)
        ends = [np.quantile(side, resampling.PERCENTILES, axis=0) for side in (ours, naive)]
        assert np.abs(ends[0] - ends[1]).max() < 0.25 * spread.max()
        together, apart = np.asarray(np.corrcoef(ours.T)), np.asarray(np.corrcoef(naive.T))
        assert together[0, 1] == pytest.approx(apart[0, 1], abs=0.06)


def test_drawing_patterns_is_much_faster_than_drawing_works() -> None:
    works, draws = [*[KOREAN] * 6000, *[SHARED] * 2500, *[MOSTLY_SWISS] * 4000], 200
    patterns = collapsed(works)
    begin = time.perf_counter()
    resampling.bootstrap(patterns, draws, seed=4)
    fast = time.perf_counter() - begin
    begin = time.perf_counter()
    row_by_row(works, patterns.countries, draws, seed=4)
    assert time.perf_counter() - begin > 10 * fast


def test_common_patterns_are_drawn_like_rare_ones(monkeypatch: pytest.MonkeyPatch) -> None:
    patterns = collapsed([KOREAN] * 60 + [SHARED] * 40 + [MOSTLY_SWISS] * 2 + [NOWHERE])
    drawn = []
    for common_from in (1, 30, 1000):
        monkeypatch.setattr(resampling, "COMMON_FROM", common_from)
        drawn.append(resampling.bootstrap(patterns, 4000, seed=5)["credit"])
    error = drawn[0].std(axis=0).max() * (2 / 4000) ** 0.5
    for other in drawn[1:]:
        assert np.abs(other.mean(axis=0) - drawn[0].mean(axis=0)).max() < 5 * error
        assert other.std(axis=0) == pytest.approx(drawn[0].std(axis=0), rel=0.08)


def test_draws_follow_the_seed_and_nothing_else() -> None:
    works = [KOREAN, SHARED, SHARED, MOSTLY_SWISS, NOWHERE]
    whole = resampling.bootstrap(collapsed(works), 50, seed=5)["score"]
    assert (resampling.bootstrap(collapsed(works), 50, seed=5)["score"] == whole).all()
    assert whole.shape == (50, 2)
    assert (resampling.bootstrap(collapsed(works), 50, seed=6)["score"] != whole).any()


def test_works_without_any_country_give_an_empty_result() -> None:
    patterns = collapsed([NOWHERE])
    assert patterns.countries == ()
    assert resampling.bootstrap(patterns, 10, seed=7)["credit"].shape == (10, 0)
    assert resampling.with_ranks(np.zeros((10, 0)))["rank"].shape == (0,)


def test_ranks_are_one_plus_those_strictly_ahead() -> None:
    assert resampling.ranks(np.array([[5.0, 3.0, 3.0, 0.0], [0.0, 0.0, 1.0, 0.0]])).tolist() == [
        [1, 2, 2, 4],
        [2, 2, 1, 2],
    ]


@given(st.lists(st.lists(st.integers(0, 4), min_size=5, max_size=5), min_size=1, max_size=6))
def test_ranks_count_those_ahead(rows: list[list[int]]) -> None:
    expected = [[1 + sum(other > value for other in row) for value in row] for row in rows]
    assert resampling.ranks(np.array(rows, dtype=np.float64)).tolist() == expected


@settings(deadline=None, max_examples=50)
@given(st.lists(st.floats(0, 1e6), min_size=1, max_size=8).filter(lambda counts: sum(counts) > 1e-3))
def test_shares_of_counts_sum_to_one_within_their_intervals(counts: list[float]) -> None:
    found = resampling.poisson_shares("share", np.array(counts), draws=100, seed=8)
    assert found["share"].sum() == pytest.approx(1)
    assert (found["share_low"] >= 0).all()
    assert (found["share_low"] <= found["share"]).all()
    assert (found["share"] <= found["share_high"]).all()
    assert (found["rank_low"] <= found["rank"]).all()
    assert (found["rank"] <= found["rank_high"]).all()


def test_an_interval_of_two_counts_is_the_binomial_one() -> None:
    found = resampling.poisson_shares("share", np.array([400.0, 600.0]), draws=40_000, seed=9)
    half = Z_95 * (0.4 * 0.6 / 1000) ** 0.5
    assert found["share_low"][0] == pytest.approx(0.4 - half, abs=0.001)
    assert found["share_high"][0] == pytest.approx(0.4 + half, abs=0.001)


def test_a_country_with_none_has_none_in_every_draw() -> None:
    assert not resampling.poisson(np.array([0.0, 9.0]), draws=100, seed=10)[:, 0].any()


def test_undefined_draws_are_left_out_of_an_interval() -> None:
    replicates = np.array([[np.nan, np.nan], [0.2, np.nan], [0.4, np.nan]])
    low, high = resampling.interval(replicates, np.array([0.3, 0.5]))
    assert low.tolist() == pytest.approx([0.205, 0.5])
    assert high.tolist() == pytest.approx([0.395, 0.5])


@given(st.floats(0, 1), st.integers(1, 100_000))
def test_wilsons_ends_solve_his_equation(share: float, of: int) -> None:
    for end in resampling.wilson(np.array([share]), np.array([float(of)])):
        assert (share - end[0]) ** 2 == pytest.approx(Z_95**2 * end[0] * (1 - end[0]) / of, abs=1e-9)


def test_wilson_has_no_interval_without_items() -> None:
    assert np.isnan(resampling.wilson(np.array([0.0]), np.array([0.0]))).all()
