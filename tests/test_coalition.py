"""Coalitions by hand, and against brute force over every set of countries."""

import ctypes
import itertools
import math
from collections.abc import Iterator, Mapping

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from legation import covering
from legation.coalitions import MOST_OTHERS, NEAR, Coalition, Coalitions, Objective, find, holding
from legation.errors import UserError

HOME = "HOM"
SHARES = {HOME: 0.10, "AAA": 0.30, "BBB": 0.25, "CCC": 0.20, "DDD": 0.15}
DISTANCES = {"AAA": 3.0, "BBB": 1.0, "CCC": 0.5, "DDD": 0.4}
SEVERAL = settings(deadline=None, max_examples=150)


def members(found: Coalitions) -> list[tuple[str, ...]]:
    """The best and the others, each by its members."""
    assert found.best is not None
    return [one.members for one in (found.best, *found.others)]


# By hand


def test_of_equally_small_coalitions_the_nearest_comes_first() -> None:
    """A half lacks 0.40: B and D have just that and are 1.0 + 0.4 away; every other pair but C and D has it too."""
    found = find(SHARES, DISTANCES, HOME, 0.5)
    assert members(found) == [
        (HOME, "BBB", "DDD"),
        (HOME, "BBB", "CCC"),
        (HOME, "AAA", "DDD"),
        (HOME, "AAA", "CCC"),
        (HOME, "AAA", "BBB"),
    ]
    assert found.best is not None
    assert (found.best.share, found.best.distance) == pytest.approx((0.50, 1.4))
    assert found.complete
    assert found.common == (HOME,)
    assert found.largest == pytest.approx({1: 0.10, 2: 0.40, 3: 0.65, 4: 0.85, 5: 1.0})
    assert found.reachable == pytest.approx(1.0)


def test_members_of_all_are_those_without_whom_more_are_needed() -> None:
    """0.60 lacks 0.50: A with B or C; without A it takes B, C and D."""
    found = find(SHARES, DISTANCES, HOME, 0.6)
    assert members(found) == [(HOME, "AAA", "CCC"), (HOME, "AAA", "BBB")]
    assert found.common == (HOME, "AAA")
    assert found.without == {"AAA": 4.0, "CCC": 3.0}


def test_the_best_aligned_may_be_larger_and_nearer() -> None:
    """0.60 again: B, C and D are 1.9 away, A and C 3.5. Without one of the three, A must join."""
    found = find(SHARES, DISTANCES, HOME, 0.6, "aligned")
    assert members(found) == [(HOME, "BBB", "CCC", "DDD")]
    assert found.without == pytest.approx({"BBB": 3.5, "CCC": 4.0, "DDD": 3.5})
    assert found.common == (HOME, "BBB", "CCC", "DDD")


def test_near_optima_of_the_best_aligned_are_within_five_per_cent_and_need_every_member() -> None:
    """B alone lacks 0.05 of 0.40; D brings it at 0.4, E at 0.45, both together are 0.85 and needed by nobody."""
    shares = {HOME: 0.10, "BBB": 0.35, "DDD": 0.05, "EEE": 0.05, "FFF": 0.05}
    distances = {"BBB": 1.0, "DDD": 0.40, "EEE": 0.45, "FFF": 0.48}
    found = find(shares, distances, HOME, 0.5, "aligned")
    assert members(found) == [(HOME, "BBB", "DDD"), (HOME, "BBB", "EEE")]
    assert found.common == (HOME, "BBB")


def test_a_member_who_is_not_needed_is_in_no_coalition_even_where_it_costs_nothing() -> None:
    shares, distances = {HOME: 0.10, "BBB": 0.40, "DDD": 0.05}, {"BBB": 1.0, "DDD": 0.0}
    assert members(find(shares, distances, HOME, 0.5, "aligned")) == [(HOME, "BBB")]


def test_a_country_whose_distance_nobody_knows_counts_after_every_known_one() -> None:
    shares = {HOME: 0.2, "AAA": 0.3, "TWN": 0.4}
    found = find(shares, {"AAA": 4.0}, HOME, 0.5)
    assert members(found) == [(HOME, "AAA"), (HOME, "TWN")]
    assert found.others[0].unplaced == ("TWN",)
    assert members(find(shares, {"AAA": 4.0}, HOME, 0.5, "aligned")) == [(HOME, "AAA")]
    assert find(shares, {"AAA": 4.0}, HOME, 0.6, max_distance=5.0).best is None


def test_without_any_distance_the_largest_share_comes_first() -> None:
    found = find(SHARES, {}, HOME, 0.5)
    assert members(found)[0] == (HOME, "AAA", "BBB")
    assert len(found.others) == 4
    assert find(SHARES, {}, HOME, 0.5, "aligned").best is None


def test_the_home_country_alone_may_be_enough() -> None:
    found = find(SHARES, DISTANCES, HOME, 0.1)
    assert members(found) == [(HOME,)]
    assert found.common == (HOME,)
    assert find(SHARES, DISTANCES, HOME, 0.1, "aligned").best == found.best


def test_a_home_country_without_a_share_is_in_it_all_the_same() -> None:
    assert members(find(SHARES, DISTANCES, "ISL", 0.3))[0] == ("ISL", "AAA")


def test_what_is_out_of_reach_is_told_with_what_is_not() -> None:
    """Within 0.45 of home is D only, and two members have at most 0.40."""
    near = find(SHARES, DISTANCES, HOME, 0.5, max_distance=0.45)
    assert (near.best, near.others) == (None, ())
    assert near.reachable == pytest.approx(0.25)
    few = find(SHARES, DISTANCES, HOME, 0.5, members_max=2)
    assert few.best is None
    assert few.reachable == pytest.approx(0.40)


def test_who_is_required_is_in_and_who_is_left_out_is_not() -> None:
    found = find(SHARES, DISTANCES, HOME, 0.5, required=["CCC"], excluded=["BBB"])
    assert members(found) == [(HOME, "AAA", "CCC")]
    assert found.common == (HOME, "AAA", "CCC")
    assert found.without == {"AAA": None}


def test_the_number_of_members_can_be_limited_where_the_best_aligned_is_sought() -> None:
    found = find(SHARES, DISTANCES, HOME, 0.6, "aligned", members_max=3)
    assert members(found) == [(HOME, "AAA", "CCC")]


def test_more_than_are_listed_are_said_to_be_more() -> None:
    shares = {HOME: 0.1} | {f"C{i:02}": 0.03 for i in range(30)}
    found = find(shares, dict.fromkeys(shares, 1.0), HOME, 0.13)
    assert len(found.others) == MOST_OTHERS
    assert not found.complete
    assert found.common == (HOME,)


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"target": 0.0}, "above 0 and at most 1"),
        ({"target": 1.2}, "above 0 and at most 1"),
        ({"target": 0.5, "objective": "nearest"}, "known: smallest, aligned"),
        ({"target": 0.5, "excluded": [HOME]}, "HOM cannot be both"),
        ({"target": 0.5, "required": ["AAA"], "excluded": ["AAA"]}, "AAA cannot be both"),
        ({"target": 0.5, "required": ["AAA"], "max_distance": 2.0}, "AAA cannot be required: farther from HOM"),
        ({"target": 0.5, "required": ["AAA", "BBB"], "members_max": 2}, "3 members are in it from the start"),
    ],
)
def test_limits_that_contradict_each_other_are_refused(given: dict[str, object], message: str) -> None:
    with pytest.raises(UserError, match=message):
        find(SHARES, DISTANCES, HOME, **given)  # type: ignore[arg-type]


# Brute force

Limits = Mapping[str, tuple[str, ...]]
hundredths = st.integers(0, 40)
tenths = st.one_of(st.none(), st.integers(0, 30))
worlds = st.lists(st.tuples(hundredths, tenths), min_size=1, max_size=9)


def every_set(
    shares: Mapping[str, float], distances: Mapping[str, float], target: float, free: list[str], forced: tuple[str, ...]
) -> Iterator[Coalition]:
    """Every set that reaches the target and in which everybody who is not forced is needed."""

    def share(chosen: tuple[str, ...]) -> float:
        return math.fsum(shares.get(m, 0.0) for m in (*forced, *chosen))

    for size in range(len(free) + 1):
        for chosen in itertools.combinations(free, size):
            fewer = (tuple(m for m in chosen if m != one) for one in chosen)
            if share(chosen) >= target - 1e-9 and not any(share(one) >= target - 1e-9 for one in fewer):
                total = math.fsum(distances.get(m, 0.0) for m in (*forced, *chosen) if m != HOME)
                unplaced = tuple(m for m in (*forced, *chosen) if m not in distances and m != HOME)
                yield Coalition((*forced, *chosen), share(chosen), total, unplaced)


@SEVERAL
@given(
    world=worlds,
    target=st.integers(1, 100),
    objective=st.sampled_from(["smallest", "aligned"]),
    limit=st.one_of(st.none(), st.integers(5, 30)),
    most=st.one_of(st.none(), st.integers(3, 6)),
    forced=st.integers(0, 2),
    left_out=st.integers(0, 1),
)
def test_every_small_world_by_brute_force(
    world: list[tuple[int, int | None]], target: int, objective: Objective, limit: int | None, most: int | None,
    forced: int, left_out: int,
) -> None:  # fmt: skip
    names = [f"C{i}" for i in range(len(world))]
    shares = {HOME: 0.05} | {m: share / 100 for m, (share, _) in zip(names, world, strict=True)}
    distances = {m: d / 10 for m, (_, d) in zip(names, world, strict=True) if d is not None}
    farthest = None if limit is None else limit / 10
    required = [m for m in names[:forced] if farthest is None or distances.get(m, 0.0) <= farthest]
    excluded = [m for m in names[::-1][:left_out] if m not in required]
    found = find(shares, distances, HOME, target / 100, objective, farthest, required, excluded, most)

    def may_join(m: str) -> bool:
        far = farthest is not None and distances.get(m, 99.0) > farthest
        unknown = m not in distances and objective == "aligned"
        return m not in (*required, *excluded) and shares[m] > 0 and not far and not unknown

    free, start = [m for m in names if may_join(m)], (HOME, *required)
    allowed = [
        one for one in every_set(shares, distances, target / 100, free, start) if len(one.members) <= (most or 99)
    ]
    largest = sorted((shares[m] for m in free), reverse=True)[: (most or 99) - len(start)]
    assert found.reachable == pytest.approx(math.fsum([*(shares[m] for m in start), *largest]))
    if not allowed:
        assert found.best is None
        return

    def value(one: Coalition) -> float:
        return len(one.members) if objective == "smallest" else one.distance

    least = min(map(value, allowed))
    near = [one for one in allowed if value(one) <= least * (1 + NEAR) + 1e-9]
    assert found.best is not None
    assert value(found.best) == pytest.approx(least)
    if objective == "smallest" and any(m in distances for m in free):
        first = min((len(one.unplaced), round(one.distance, 6)) for one in near)
        assert (len(found.best.unplaced), round(found.best.distance, 6)) == first
    listed = [frozenset(names) for names in members(found)]
    assert found.complete == (len(near) <= MOST_OTHERS + 1)
    assert len(set(listed)) == len(listed) == min(len(near), MOST_OTHERS + 1)
    assert set(listed) <= {frozenset(one.members) for one in near}
    assert set(found.common) == set.intersection(*(set(one.members) for one in near))
    for m, without in found.without.items():
        others = [value(one) for one in allowed if m not in one.members]
        assert without == (pytest.approx(min(others)) if others else None)
    for one in (found.best, *found.others):
        assert one.share == pytest.approx(math.fsum(shares[m] for m in one.members))


@SEVERAL
@given(st.integers(0, 10_000), st.integers(10, 95))
def test_the_integer_programme_and_the_search_find_the_same_least_cost(seed: int, percent: int) -> None:
    """On worlds of forty countries, where brute force cannot follow; shares fall off as those of the world do."""
    generator = np.random.default_rng(seed)
    drawn = generator.pareto(1.0, 40)
    worths, costs = (drawn / drawn.sum()).tolist(), (3 * generator.random(40)).tolist()
    target, most = percent / 100, int(generator.integers(5, 40))
    exact = covering.cheapest(costs, worths, target, most)
    listed, _ = covering.near(costs, worths, target, most, math.inf, 5)
    assert (exact is None) == (not listed)
    if exact is not None:
        totals = [math.fsum(costs[i] for i in choice) for choice in listed]
        assert math.fsum(costs[i] for i in exact) == pytest.approx(totals[0])
        assert totals == sorted(totals)
        assert all(covering.reaches(choice, worths, target) and len(choice) <= most for choice in [exact, *listed])


def test_the_solver_prints_nothing_of_its_own(capfd: pytest.CaptureFixture[str]) -> None:
    """In some of these programmes HiGHS writes to the standard output, where a command writes its JSON."""
    for seed in range(40):
        generator = np.random.default_rng(seed)
        worths, costs = generator.pareto(1.0, 120), 3 * generator.random(120)
        covering.cheapest(costs.tolist(), (worths / worths.sum()).tolist(), 0.7, 120)
    print("ours")
    ctypes.CDLL(None).fflush(None)
    assert capfd.readouterr().out == "ours\n"


# Uncertainty


def test_a_share_without_an_interval_is_held_always_or_never() -> None:
    coalitions = [Coalition((HOME, "AAA"), 0.4, 3.0), Coalition((HOME, "DDD"), 0.25, 0.4)]
    assert holding(coalitions, SHARES, {}, 0.3).tolist() == [1.0, 0.0]


def test_a_coalition_that_just_reaches_the_target_holds_in_half_of_the_draws() -> None:
    intervals = {m: (s - 0.02, s + 0.02) for m, s in SHARES.items()}
    just, amply = holding([Coalition((HOME, "BBB", "DDD"), 0.5, 1.4), Coalition(tuple(SHARES), 1.0, 4.9)], SHARES,
                          intervals, 0.5)  # fmt: skip
    assert just == pytest.approx(0.5, abs=0.03)
    assert amply == 1.0


def test_draws_vary_as_works_drawn_anew_would_make_them() -> None:
    """Shares of 400 works with their binomial intervals, against multinomial counts."""
    works, target, shares = 400, 0.6801, {HOME: 0.1, "AAA": 0.6, "BBB": 0.3}
    spread = {m: 1.96 * math.sqrt(s * (1 - s) / works) for m, s in shares.items()}
    intervals = {m: (s - spread[m], s + spread[m]) for m, s in shares.items()}
    drawn = np.random.default_rng(1).multinomial(works, list(shares.values()), size=20_000) / works
    expected = (drawn[:, 0] + drawn[:, 1] >= target).mean()
    held = holding([Coalition((HOME, "AAA"), 0.7, 3.0)], shares, intervals, target, draws=20_000)
    assert held[0] == pytest.approx(expected, abs=0.02)


def test_the_same_draws_are_made_again() -> None:
    intervals = {m: (s - 0.05, s + 0.05) for m, s in SHARES.items()}
    first, second = (holding([Coalition((HOME, "AAA"), 0.4, 3.0)], SHARES, intervals, 0.41) for _ in range(2))
    assert first.tolist() == second.tolist()
