"""Positions with their intervals, sole bridges and bridges between blocs, each against a second way."""

import itertools
import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import networkx as nx
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from legation import registry
from legation.errors import UserError
from legation.evaluation import Evaluator
from legation.model import WORLD
from legation.periods import Cut
from legation.store import Store

SEVERAL = settings(deadline=None, max_examples=60)
Ties = Mapping[tuple[int, int], int]
networks = st.dictionaries(
    st.tuples(st.integers(0, 7), st.integers(0, 7)).filter(lambda tie: tie[0] < tie[1]),
    st.integers(0, 12),
    min_size=1,
    max_size=20,
)
NO_MEMBERS = pl.DataFrame(schema={"organisation": pl.String, "iso3": pl.String, "status": pl.String, "year": pl.Int64})


def local(name: str, *inputs: pl.DataFrame, **chosen: Any) -> pl.DataFrame:
    compute = registry.indicators()[name].compute
    assert compute is not None
    return pl.DataFrame(compute(*inputs, **chosen))


def copublications(ties: Mapping[tuple[str, str], int]) -> pl.DataFrame:
    rows = [row for (a, b), works in ties.items() for row in ((a, b, works), (b, a, works))]
    rows += [(a, WORLD, 500) for a, _ in ties]
    return pl.DataFrame(rows, schema=["iso3", "partner_iso3", "works"], orient="row")


def numbered(ties: Ties) -> pl.DataFrame:
    return copublications({(f"N{a}", f"N{b}"): works for (a, b), works in ties.items()})


def graph(ties: Ties, least: int) -> nx.Graph:
    found = nx.Graph()
    for (a, b), works in ties.items():
        found.add_nodes_from((f"N{a}", f"N{b}"))
        if works >= max(least, 1):
            found.add_edge(f"N{a}", f"N{b}", weight=works)
    return found


def brokers(of: nx.Graph, a: str, b: str) -> set[str]:
    return set(of[a]) & set(of[b])


# Sole bridges


@SEVERAL
@given(networks, st.integers(0, 6))
def test_sole_bridges_by_brute_force(ties: Ties, least: int) -> None:
    found = local("sole_bridges", numbered(ties), min_works=least)
    tied = graph(ties, least)
    expected = set()
    for a, b in itertools.combinations(sorted(tied), 2):
        between = brokers(tied, a, b)
        if not tied.has_edge(a, b) and len(between) == 1:
            (c,) = between
            works = tied[c][a]["weight"], tied[c][b]["weight"]
            expected.add((c, a, b, *works, min(works)))
    assert set(found.rows()) == expected
    counted = local("brokerage_roles", numbered(ties), NO_MEMBERS, min_works=least)
    alone = dict(counted.select("iso3", "alone").iter_rows())
    assert {c: n for c, n in alone.items() if n} == dict(found.group_by("iso3").len().iter_rows())


# Bridges between blocs


@SEVERAL
@given(networks, st.integers(0, 6), st.lists(st.sampled_from("AB-"), min_size=8, max_size=8))
def test_bridges_between_blocs_by_brute_force(ties: Ties, least: int, blocs: list[str]) -> None:
    rows = [(bloc, f"N{i}", "member", 2020) for i, bloc in enumerate(blocs)]
    lists = pl.DataFrame(
        [*rows, ("A", "N8", "member", 2020), ("B", "N9", "member", 2020)], NO_MEMBERS.schema, orient="row"
    )
    found = local("bloc_bridges", numbered(ties), lists, min_works=least, blocs="B,A")
    tied = graph(ties, least)
    assert found.height == len(tied)
    for row in found.iter_rows(named=True):
        v = row["iso3"]
        sides = [[n for n in tied if blocs[int(n[1])] == side and n != v] for side in "AB"]
        pairs = list(itertools.product(*sides))
        apart = [(a, b) for a, b in pairs if not tied.has_edge(a, b)]
        joined = [(a, b) for a, b in apart if v in brokers(tied, a, b)]
        others = [(a, b) for a, b in apart if brokers(tied, a, b) - {v}]
        alone = [pair for pair in joined if pair not in others]
        assert (row["bloc"], row["partner_bloc"], row["pairs"]) == ("A", "B", len(pairs))
        assert (row["tied"], row["joined"]) == (len(pairs) - len(apart), len(joined))
        assert (row["joined_alone"], row["joined_by_others"]) == (len(alone), len(others))
        assert row["only_bridge"] == int(bool(joined) and len(apart) == len(pairs) and not others)


def test_blocs_may_be_given_by_their_members() -> None:
    """Japan is in the first it is named in; Iceland is in none."""
    table = copublications({("KOR", "JPN"): 5, ("KOR", "USA"): 5, ("USA", "ISL"): 5})
    lists = pl.DataFrame(
        [("EU", "JPN", "member", 2020), ("EU", "USA", "member", 2020)], NO_MEMBERS.schema, orient="row"
    )
    found = local("brokerage_roles", table, lists, min_works=5, blocs="EAST = KOR+JPN, EU")
    assert dict(found.select("iso3", "bloc").iter_rows()) == {"ISL": "ISL", "JPN": "EAST", "KOR": "EAST", "USA": "EU"}


@pytest.mark.parametrize(
    ("blocs", "message"),
    [
        ("EAST=KOR-JPN", "'EAST=KOR-JPN' cannot be read; give communities, or organisations"),
        ("=KOR", "'=KOR' cannot be read"),
        ("USA=KOR", "'USA' is called as a country that is not in it"),
    ],
)
def test_a_bloc_that_cannot_be_read_is_refused(blocs: str, message: str) -> None:
    table = copublications({("KOR", "JPN"): 5, ("KOR", "USA"): 5})
    with pytest.raises(UserError, match=message):
        local("brokerage_roles", table, NO_MEMBERS, blocs=blocs)


# Positions


@SEVERAL
@given(networks, st.integers(1, 6))
def test_positions_are_those_of_the_indicators_they_draw_anew(ties: Ties, least: int) -> None:
    table = numbered(ties)
    found = local("network_position", table, min_works=least, draws=5)
    central = local("network_centrality", table, min_works=least).filter(pl.col("degree") > 0)
    holes = local("structural_holes", table, min_works=least)
    paths = local("brokerage_roles", table, NO_MEMBERS, min_works=least)
    together = central.join(holes, on="iso3").join(paths.select("iso3", "brokerage"), on="iso3").sort("iso3")
    assert found["iso3"].to_list() == together["iso3"].to_list()
    for name in ("betweenness", "constraint", "effective_size", "brokerage"):
        assert found[name].to_list() == pytest.approx(together[name].to_list()), name
        assert (found[f"{name}_low"] <= found[name]).all()
        assert (found[name] <= found[f"{name}_high"]).all()
        assert (found[f"{name}_rank_low"] <= found[f"{name}_rank"]).all()
        assert (found[f"{name}_rank"] <= found[f"{name}_rank_high"]).all()
        ordered = [x if name == "constraint" else -x for x in found[name]]
        assert found[f"{name}_rank"].to_list() == [1 + sum(round(o, 9) < round(x, 9) for o in ordered) for x in ordered]
    assert found["tied"].to_list() == [found.height] * found.height


def test_a_tie_near_the_threshold_is_lost_as_often_as_its_poisson_count_falls_below() -> None:
    """The United States joins Korea and Switzerland while it keeps at least 10 works with Korea, which are 10 now: in
    all but e^-10 Σ 10^k / k! (k < 10) = 45.8 % of draws. Of 1,000 draws that is about 542, give or take 16."""
    table = copublications({("USA", "KOR"): 10, ("USA", "CHE"): 9000, ("USA", "ISL"): 9000, ("CHE", "ISL"): 9000})
    below = sum(math.exp(-10) * 10**k / math.factorial(k) for k in range(10))
    found = (
        local("network_position", table, min_works=10, draws=1000).filter(pl.col("iso3") == "USA").row(0, named=True)
    )
    assert below == pytest.approx(0.458, abs=0.001)
    assert (found["brokerage"], found["brokerage_low"], found["brokerage_high"]) == (2, 0, 2)
    lost = 0
    for seed in range(200):
        one = local("network_position", table, min_works=10, draws=1, seed=seed)
        lost += one.filter(pl.col("iso3") == "USA")["brokerage_low"][0] == 0
    assert lost / 200 == pytest.approx(below, abs=0.11)


def test_a_pair_below_the_threshold_can_gain_a_tie_in_a_draw() -> None:
    """Korea and Switzerland have 9 works, one too few; in a good half of draws 9 stay below 10, in the rest not."""
    table = copublications({("USA", "KOR"): 9000, ("USA", "CHE"): 9000, ("KOR", "CHE"): 9})
    found = local("network_position", table, min_works=10, draws=400).filter(pl.col("iso3") == "USA").row(0, named=True)
    assert (found["brokerage"], found["brokerage_low"], found["brokerage_high"]) == (1, 0, 1)
    assert (found["brokerage_rank"], found["brokerage_rank_low"], found["brokerage_rank_high"]) == (1, 1, 1)


def test_a_network_without_ties_has_no_positions() -> None:
    table = copublications({("USA", "KOR"): 3})
    found = local("network_position", table, min_works=10)
    assert found.is_empty()
    assert set(registry.indicators()["network_position"].measures) <= set(found.columns)


# Kept results of changed settings


def test_what_is_kept_with_changed_settings_is_what_would_be_computed(
    small_store: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    evaluator, cut = Evaluator(Store.open(small_store)), Cut(window=5, latest=True, settings={"min_works": 2})
    for name in ("communities", "network_centrality", "network_position"):
        assert evaluator._kept(registry.indicators()[name], None, cut) is not None
        read = evaluator.evaluate(name, cut=cut)
        assert read.height > 0
        with monkeypatch.context() as patched:
            patched.setattr(Evaluator, "_kept", lambda *_: None)
            computed = evaluator.evaluate(name, cut=cut)
        assert read.equals(computed), name


def test_settings_that_are_not_kept_are_computed(small_store: Path) -> None:
    evaluator = Evaluator(Store.open(small_store))
    for changed in ({}, {"min_works": 1}, {"min_works": 2, "seeds": 3}):
        cut = Cut(window=5, latest=True, settings=changed)
        assert evaluator._kept(registry.indicators()["communities"], None, cut) is None
