"""Indicators of structure: relatedness, complexity, gravity, brokerage, communities, each against a second way."""

import csv
import itertools
import math
import random
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import narwhals as nw
import networkx as nx
import numpy as np
import polars as pl
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from legation import poisson, registry
from legation.errors import NoEvidenceError, UserError
from legation.evaluation import run_by_world
from legation.indicators import _network, _specialisation
from legation.indicators.brokerage_roles import ROLES
from legation.intake import Intake
from legation.model import WORLD
from legation.periods import with_period

SEVERAL = settings(deadline=None, max_examples=40, suppress_health_check=[HealthCheck.too_slow])
FIELDS = ("biology", "chemistry", "geology", "mathematics", "physics")
NAMES = ("AUT", "BEL", "CHE", "DEU", "ESP", "FRA", "GBR")

Ties = Mapping[tuple[int, int], int]


@st.composite
def holdings(draw: st.DrawFn) -> list[set[str]]:
    """The fields each of some countries is specialised in, at least one."""
    fields = st.sets(st.sampled_from(FIELDS), min_size=1)
    return draw(st.lists(fields, min_size=2, max_size=7))


networks = st.dictionaries(
    st.tuples(st.integers(0, 6), st.integers(0, 6)).filter(lambda tie: tie[0] < tie[1]),
    st.integers(0, 20),
    min_size=1,
    max_size=18,
)


def local(name: str, *inputs: pl.DataFrame, **chosen: Any) -> pl.DataFrame:
    """An indicator that takes the frames of one world."""
    compute = registry.indicators()[name].compute
    assert compute is not None
    return pl.DataFrame(compute(*inputs, **chosen))


def world_of(held: Sequence[set[str]], rca: float = 2.0) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Revealed comparative advantages and articles of countries that hold these fields; every field is listed."""
    values = [(c, f, rca + c if f in fields else 0.5 / (c + 1)) for c, fields in enumerate(held) for f in FIELDS]
    advantage = pl.DataFrame([(NAMES[c], f, x) for c, f, x in values], schema=["iso3", "scope", "rca"], orient="row")
    articles = pl.DataFrame({"iso3": NAMES[: len(held)], "scope": "physics", "articles": 1000.0})
    symmetric = (pl.col("rca") - 1) / (pl.col("rca") + 1)
    return advantage.with_columns(symmetric_rca=symmetric, rca_low="rca", rca_high="rca"), articles


def copublications(ties: Ties) -> pl.DataFrame:
    rows = [(f"N{a}", f"N{b}", n) for (x, y), n in ties.items() for a, b in ((x, y), (y, x))]
    rows += [("N0", WORLD, 99), (WORLD, WORLD, 999)]
    return pl.DataFrame(rows, schema=["iso3", "partner_iso3", "works"], orient="row")


def graph_of(rows: Iterable[tuple[str, str, int]], least: int) -> nx.Graph:
    graph = nx.Graph()
    for a, b, works in rows:
        if WORLD not in (a, b):
            graph.add_nodes_from((a, b))
            if works >= max(least, 1):
                graph.add_edge(a, b, weight=works)
    return graph


def by(frame: pl.DataFrame, column: str, *keys: str) -> dict[Any, Any]:
    """A column by its key: by country, or by what is named."""
    rows = frame.select(*(keys or ("iso3",)), column).rows()
    return {row[0] if len(row) == 2 else row[:-1]: row[-1] for row in rows}


# Relatedness


def near(held: Sequence[set[str]], p: str, q: str) -> float:
    """Proximity as it is written down: the smaller of two conditional probabilities."""
    both = sum({p, q} <= fields for fields in held)
    return min(both / sum(f in fields for fields in held) for f in (p, q)) if both else 0.0


@SEVERAL
@given(holdings())
def test_proximity_by_brute_force(held: list[set[str]]) -> None:
    found = local("proximity", *world_of(held))
    expected = {(p, q): near(held, p, q) for p, q in itertools.permutations(FIELDS, 2)}
    assert by(found, "proximity", "scope", "other_scope") == pytest.approx(expected)
    counted = by(found, "countries", "scope", "other_scope")
    assert counted == {(p, q): sum({p, q} <= fields for fields in held) for p, q in expected}
    assert found["proximity"].is_between(0, 1).all()
    assert all(counted[p, q] == counted[q, p] and expected[p, q] == expected[q, p] for p, q in expected)


@SEVERAL
@given(holdings())
def test_density_by_brute_force(held: list[set[str]]) -> None:
    found = local("relatedness_density", *world_of(held))
    density = by(found, "density", "iso3", "scope")
    assert len(density) == len(held) * len(FIELDS)
    for (iso3, field), value in density.items():
        around = {q: near(held, field, q) for q in FIELDS if q != field}
        fields, whole = held[NAMES.index(iso3)], sum(around.values())
        expected = sum(x for q, x in around.items() if q in fields) / whole if whole else 0.0
        assert value == pytest.approx(expected)
        assert 0 <= value <= 1
        if fields == set(FIELDS) and whole:
            assert value == pytest.approx(1)
    assert by(found, "held", "iso3", "scope") == {
        (c, f): int(f in fields) for c, fields in zip(NAMES, held, strict=False) for f in FIELDS
    }


@SEVERAL
@given(holdings())
def test_complementarity_by_brute_force(held: list[set[str]]) -> None:
    advantage, articles = world_of(held)
    found = local("complementarity", advantage, articles)
    density = by(local("relatedness_density", advantage, articles), "density", "iso3", "scope")
    s = by(advantage, "symmetric_rca", "iso3", "scope")
    for row in found.iter_rows(named=True):
        h, p = row["iso3"], row["partner_iso3"]
        parts = {t: max(0.0, s[p, t] - s[h, t]) * density[h, t] for t in FIELDS}
        assert row["complementarity"] == pytest.approx(sum(parts.values()), abs=1e-12)
        assert row["complementarity"] >= 0
        if row["complementarity"] == 0:
            assert row["strongest_scope"] is None
            assert row["strongest_share"] is None
        else:
            assert parts[row["strongest_scope"]] == pytest.approx(max(parts.values()))
            assert row["strongest_share"] == pytest.approx(max(parts.values()) / sum(parts.values()))
    assert found.height == len(held) * (len(held) - 1)


def test_there_is_nothing_to_learn_from_a_country_with_the_same_mix() -> None:
    advantage, articles = world_of([{"biology", "physics"}, {"physics"}])
    twins = [frame.filter(iso3="AUT").with_columns(iso3=pl.lit("CHE")) for frame in (advantage, articles)]
    found = local("complementarity", pl.concat([advantage, twins[0]]), pl.concat([articles, twins[1]]))
    assert by(found, "complementarity", "iso3", "partner_iso3")["AUT", "CHE"] == 0


def test_countries_with_few_articles_do_not_count() -> None:
    advantage, articles = world_of([{"biology", "physics"}, {"physics"}, {"biology", "chemistry"}])
    few = articles.with_columns(articles=pl.when(pl.col("iso3") == "CHE").then(99.0).otherwise("articles"))
    found = local("relatedness_density", advantage, few)
    assert found["iso3"].unique().sort().to_list() == ["AUT", "BEL"]
    assert found.equals(local("relatedness_density", advantage.filter(pl.col("iso3") != "CHE"), articles))
    assert local("relatedness_density", advantage, few, min_articles=99)["iso3"].n_unique() == 3
    total = pl.DataFrame({"iso3": "CHE", "scope": "all", "articles": 5000.0})
    assert local("relatedness_density", advantage, pl.concat([few, total])).equals(found)


def test_the_threshold_is_reached_whatever_the_rounding() -> None:
    advantage, articles = world_of([{"biology", "physics"}, {"physics"}, {"chemistry"}], rca=0.7 + 0.2 + 0.1)
    assert 0.7 + 0.2 + 0.1 < 1
    assert local("relatedness_density", advantage, articles)["held"].sum() == 4


@pytest.mark.parametrize(
    "name", ["proximity", "relatedness_density", "economic_complexity", "product_complexity", "complementarity"]
)
def test_two_fields_are_too_few(name: str) -> None:
    advantage, articles = world_of([{"biology"}, {"physics"}, {"biology", "physics"}])
    with pytest.raises(NoEvidenceError, match="publish in 2 of the fields"):
        local(name, advantage.filter(pl.col("scope").is_in(["biology", "physics"])), articles)


# Complexity


def correlation(one: np.ndarray, other: np.ndarray) -> float:
    return float(np.corrcoef(one, other)[0, 1]) if np.ptp(one) > 1e-9 and np.ptp(other) > 0 else 0.0


@SEVERAL
@given(holdings(), st.randoms(use_true_random=False))
def test_complexity_is_the_second_eigenvector(held: list[set[str]], shuffler: Any) -> None:
    advantage, articles = world_of(held)
    try:
        found = by(local("economic_complexity", advantage, articles), "eci")
    except NoEvidenceError:
        assume(False)
    eci = np.array([found[c] for c in NAMES[: len(held)]])
    assert eci.mean() == pytest.approx(0, abs=1e-9)
    assert eci.std() == pytest.approx(1)
    pci = by(local("product_complexity", advantage, articles), "pci", "scope")
    assert set(pci) == set().union(*held)
    assert eci == pytest.approx(np.array([np.mean([pci[f] for f in fields]) for fields in held]), abs=1e-7)
    m = np.array([[f in fields for f in pci] for fields in held], dtype=float)
    assert correlation(eci, m.sum(axis=1)) > correlation(np.array([*pci.values()]), m.sum(axis=0))
    alike = (m / m.sum(axis=1, keepdims=True)) @ (m / m.sum(axis=0)).T
    values, vectors = np.linalg.eig(alike)
    second = np.real(vectors[:, np.argsort(np.real(values))[-2]])
    assert abs(np.corrcoef(second, eci)[0, 1]) == pytest.approx(1)
    rows = advantage.rows(named=True)
    shuffler.shuffle(rows)
    again = by(local("economic_complexity", pl.DataFrame(rows), articles.reverse()), "eci")
    assert again == pytest.approx(found, abs=1e-9)


@pytest.mark.parametrize(
    ("held", "reason"),
    [
        ([{"biology", "chemistry"}, {"biology"}, {"physics"}, {"physics", "geology"}], "parts that have nothing"),
        ([set(FIELDS), set(FIELDS), set(FIELDS)], "same fields"),
        ([{"biology", "chemistry"}, {"chemistry", "physics"}, {"physics", "biology"}], "equally good"),
        ([{"biology", "chemistry"}, {"chemistry", "physics"}, {"physics", "geology"}], "stands high is not known"),
        ([{"biology"}, {"biology", "physics"}], "specialised in 2 fields"),
    ],
)
def test_where_there_is_no_axis_the_error_says_why(held: list[set[str]], reason: str) -> None:
    for name in ("economic_complexity", "product_complexity"):
        with pytest.raises(NoEvidenceError, match=reason):
            local(name, *world_of(held))


def test_the_axis_of_published_articles_does_not_turn_round(raw: Path) -> None:
    """Science and Engineering Indicators 2024: a country's index of one year is much like that of the next."""
    tidy = registry.sources()["ncses"].tidy
    compute = registry.indicators()["revealed_comparative_advantage"].compute
    assert tidy is not None
    assert compute is not None
    articles = next(frame for name, frame in tidy(Intake(raw, "ncses")) if name == "articles")
    table = registry.tables()["articles"]
    dated = with_period(nw.from_native(articles.with_columns(source=pl.lit("ncses")).lazy()), table)
    counted = dated.filter(nw.col("counting") == "fractional", nw.col("year") > 2018).collect().to_native()
    inputs = {
        "revealed_comparative_advantage": compute(nw.from_native(counted.lazy())).collect().to_native(),
        "articles": counted,
    }
    index = run_by_world(registry.indicators()["economic_complexity"], inputs, {})
    years = index.pivot(on="year", index="iso3", values="eci").drop_nulls().drop("iso3").to_numpy().T
    assert len(years) == 4
    assert all(np.corrcoef(one, other)[0, 1] > 0.9 for one, other in itertools.pairwise(years))
    of_2022 = by(index.filter(year=2022), "eci")
    assert of_2022["KOR"] == pytest.approx(2.357, abs=5e-4)
    assert of_2022["USA"] < 0 < of_2022["CHN"]


# Gravity


counts_and_variables = (
    st.integers(0, 2**32 - 1)
    .map(np.random.default_rng)
    .map(
        lambda generator: (
            generator.poisson(np.exp(generator.normal(0.5, 0.8, 40))).astype(float),
            np.column_stack([np.ones(40), generator.normal(size=(40, 2)), generator.integers(0, 2, 40)]),
        )
    )
)


@SEVERAL
@given(counts_and_variables)
def test_poisson_is_that_of_statsmodels(drawn: tuple[np.ndarray, np.ndarray]) -> None:
    sm = pytest.importorskip("statsmodels.api")
    counts, variables = drawn
    found = poisson.fit(counts, variables)
    model = sm.GLM(counts, variables, family=sm.families.Poisson())
    each = np.arange(len(counts))
    for groups, options in (
        (each, {"cov_type": "HC0"}),
        (each // 4, {"cov_type": "cluster", "cov_kwds": {"groups": each // 4, "use_correction": False}}),
    ):
        known = model.fit(tol=1e-13, **options)
        assert found.coefficients == pytest.approx(known.params, rel=1e-7, abs=1e-9)
        assert found.expected == pytest.approx(known.fittedvalues, rel=1e-7)
        assert poisson.covariance(found, groups[:, None]) == pytest.approx(known.cov_params(), rel=1e-6, abs=1e-12)
    assert found.expected.sum() == pytest.approx(counts.sum(), rel=1e-9)


@settings(deadline=None, max_examples=10)
@given(counts_and_variables)
def test_poisson_maximises_the_likelihood(drawn: tuple[np.ndarray, np.ndarray]) -> None:
    optimize = pytest.importorskip("scipy.optimize")
    counts, variables = drawn

    def less(coefficients: np.ndarray) -> tuple[float, np.ndarray]:
        logarithm = variables @ coefficients
        expected = np.exp(logarithm)
        return float((expected - counts * logarithm).sum()), variables.T @ (expected - counts)

    start = np.array([np.log(counts.mean()), 0, 0, 0])
    known = optimize.minimize(less, start, jac=True, method="BFGS", options={"gtol": 1e-9})
    assert poisson.fit(counts, variables).coefficients == pytest.approx(known.x, abs=1e-6)


def test_pairs_with_a_country_in_common_depend_on_each_other() -> None:
    """The covariance by brute force over pairs of pairs: once for each country they share."""
    pairs = np.array([(a, b) for a in range(7) for b in range(a)])
    generator = np.random.default_rng(5)
    variables = np.column_stack([np.ones(len(pairs)), generator.normal(size=len(pairs))])
    found = poisson.fit(generator.poisson(3, len(pairs)).astype(float), variables)
    meat = np.zeros((2, 2))
    for (one, u), (other, v) in itertools.product(zip(pairs, found.scores, strict=True), repeat=2):
        meat += len({*one} & {*other}) * np.outer(u, v)
    assert poisson.covariance(found, pairs) == pytest.approx(found.bread @ meat @ found.bread)


def test_a_year_effect_for_each_year_gives_the_coefficients_of_the_sum() -> None:
    generator = np.random.default_rng(8)
    variables = np.column_stack([np.ones(60), generator.normal(size=(60, 2))])
    years = [generator.poisson(np.exp(level + variables @ [0, 0.5, -0.3])).astype(float) for level in (0.5, 1, 2)]
    effects = np.kron(np.eye(3), np.ones((60, 1)))
    pooled = poisson.fit(np.concatenate(years), np.column_stack([effects, np.tile(variables[:, 1:], (3, 1))]))
    summed = poisson.fit(np.sum(years, axis=0), variables)
    assert pooled.coefficients[3:] == pytest.approx(summed.coefficients[1:])
    assert pooled.expected.reshape(3, -1).sum(axis=0) == pytest.approx(summed.expected)


@pytest.mark.parametrize(
    "variables",
    [
        np.column_stack([np.ones(8), np.arange(8), 2 * np.arange(8)]),
        np.column_stack([np.ones(8), np.arange(8) < 3]),
        np.ones((8, 1)) * 0,
    ],
    ids=["one is twice the other", "one marks the zeros", "nothing"],
)
def test_what_the_counts_do_not_determine_is_an_error(variables: np.ndarray) -> None:
    with pytest.raises(NoEvidenceError, match="do not determine"):
        poisson.fit(np.array([0.0, 0, 0, 3, 1, 4, 1, 5]), variables.astype(float))
    with pytest.raises(NoEvidenceError, match="do not determine"):
        poisson.fit(np.zeros(8), np.ones((8, 1)))


def gravity_world(seed: int, countries: int = 12) -> dict[str, pl.DataFrame]:
    """Joint works that follow size and distance; the last country has no ideal point, the last but one no distance."""
    generator = np.random.default_rng(seed)
    names = [f"N{i:02}" for i in range(countries)]
    size, place = generator.integers(50, 500, countries), generator.normal(size=(countries, 2))
    rows: dict[str, list[Any]] = {"works": [], "distances": []}
    for a, b in itertools.combinations(range(countries), 2):
        far = 1000 * float(np.hypot(*(place[a] - place[b]))) + 50
        works = int(generator.poisson(size[a] * size[b] / 20 / far))
        near_by = {"distance_km": far, "contiguous": far < 800, "common_language": (a + b) % 4 == 0}
        for x, y in ((a, b), (b, a)):
            pair = {"iso3": names[x], "partner_iso3": names[y]}
            rows["works"] += [{**pair, "works": works}] if works else []
            rows["distances"] += [{**pair, **near_by, "colonial_tie": False}] if countries - 2 not in (a, b) else []
    rows["works"] += [{"iso3": n, "partner_iso3": WORLD, "works": int(s)} for n, s in zip(names, size, strict=True)]
    positions = generator.normal(size=countries)
    points = [{"iso3": n, "year": 2020, "ideal_point": float(p)} for n, p in zip(names, positions, strict=True)]
    return {
        "copublications": pl.DataFrame(rows["works"]),
        "distances": pl.DataFrame(rows["distances"]),
        "ideal_points": pl.DataFrame(points[:-1]),
    }


def expected_of(world: Mapping[str, pl.DataFrame], **chosen: Any) -> pl.DataFrame:
    return local("expected_collaboration", *world.values(), **{"ties_per_coefficient": 4, **chosen})


def expected_if_any(world: Mapping[str, pl.DataFrame]) -> pl.DataFrame:
    """Of some random worlds the model cannot be fitted: a variable marks the pairs without works."""
    try:
        return expected_of(world)
    except NoEvidenceError:
        assume(False)
        raise


@SEVERAL
@given(st.integers(0, 10_000), st.integers(0, 10_000))
def test_expected_works_of_every_pair(seed: int, order: int) -> None:
    world = gravity_world(seed)
    found = expected_if_any(world)
    assert found.height == 11 * 10
    assert (found["expected"] > 0).all()
    assert found["expected"].sum() == pytest.approx(found["works"].sum(), rel=1e-9)
    works = by(world["copublications"], "works", "iso3", "partner_iso3")
    expected = by(found, "expected", "iso3", "partner_iso3")
    for row in found.iter_rows(named=True):
        x, y = row["iso3"], row["partner_iso3"]
        assert row["works"] == works.get((x, y), 0)
        assert expected[x, y] == expected[y, x]
        assert row["ratio"] == pytest.approx(row["works"] / row["expected"])
        assert row["expected_low"] <= row["expected"] <= row["expected_high"]
        for end in ("", "_low", "_high"):
            if row["works"]:
                assert row[f"log_headroom{end}"] == pytest.approx(math.log(row[f"expected{end}"] / row["works"]))
            else:
                assert row[f"log_headroom{end}"] is None
    shuffled = {name: frame.sample(fraction=1, shuffle=True, seed=order) for name, frame in world.items()}
    again = by(expected_of(shuffled), "expected", "iso3", "partner_iso3")
    assert again == pytest.approx(expected, rel=1e-8)


@settings(deadline=None, max_examples=10)
@given(st.integers(0, 10_000))
def test_expected_works_are_those_of_statsmodels(seed: int) -> None:
    sm = pytest.importorskip("statsmodels.api")
    world = gravity_world(seed)
    found = {(r["iso3"], r["partner_iso3"]): r for r in expected_if_any(world).iter_rows(named=True)}
    pairs = sorted(p for p in found if p[0] < p[1])
    size = by(world["copublications"].filter(partner_iso3=pl.lit(WORLD)), "works")
    apart = {(r["iso3"], r["partner_iso3"]): r for r in world["distances"].iter_rows(named=True)}
    point = by(world["ideal_points"], "ideal_point")
    usual = np.mean([abs(point[x] - point[y]) for x, y in pairs if {x, y} <= set(point)])
    rows = [
        [
            1.0,
            math.log(size[x] * size[y]),
            math.log(apart[x, y]["distance_km"]),
            float(apart[x, y]["contiguous"]),
            float(apart[x, y]["common_language"]),
            abs(point[x] - point[y]) if {x, y} <= set(point) else usual,
            float(not {x, y} <= set(point)),
        ]
        for x, y in pairs
    ]
    works = np.array([float(found[p]["works"]) for p in pairs])
    told = [0, 1, 2, 5]
    told += [i for i in (3, 4, 6) if 4 <= np.array(rows)[works > 0, i].sum() <= (works > 0).sum() - 4]
    variables = np.array(rows)[:, told]
    known = sm.GLM(works, variables, family=sm.families.Poisson()).fit(tol=1e-13)
    assert [found[p]["expected"] for p in pairs] == pytest.approx(list(known.fittedvalues), rel=1e-6)
    scores, sharing = variables * (works - known.fittedvalues)[:, None], np.zeros((len(told), len(told)))
    for (p, u), (q, v) in itertools.product(zip(pairs, scores, strict=True), repeat=2):
        sharing += len({*p} & {*q}) * np.outer(u, v)
    bread = np.linalg.inv((variables * np.asarray(known.fittedvalues)[:, None]).T @ variables)
    error = np.sqrt(np.maximum(np.einsum("ij,jk,ik->i", variables, bread @ sharing @ bread, variables), 0))
    low = known.fittedvalues * np.exp(-1.959963984540054 * error)
    assert [found[p]["expected_low"] for p in pairs] == pytest.approx(list(low), rel=1e-4)


def test_without_the_publishers_totals_size_is_the_sum_of_joint_works() -> None:
    world = gravity_world(3)
    links = world["copublications"].filter(pl.col("partner_iso3") != WORLD)
    sums = links.group_by("iso3").agg(pl.col("works").sum()).with_columns(partner_iso3=pl.lit(WORLD))
    stated = {**world, "copublications": pl.concat([links, sums.select(links.columns)])}
    for some in (links, pl.concat([links, sums.select(links.columns).head(3)])):
        again = expected_of({**world, "copublications": some}).sort("iso3", "partner_iso3")
        assert again.equals(expected_of(stated).sort("iso3", "partner_iso3"))


def test_an_ideal_point_is_the_latest_and_not_too_old() -> None:
    world = gravity_world(4)
    points = world["ideal_points"]
    older = points.with_columns(year=pl.lit(2010, pl.Int64), ideal_point=pl.lit(9.0))
    assert expected_of({**world, "ideal_points": pl.concat([older, points])}).equals(expected_of(world))
    first = pl.col("iso3") == "N00"
    gone = points.filter(~first)
    stale = pl.concat([gone, older.filter(first)])
    assert expected_of({**world, "ideal_points": stale}).equals(expected_of({**world, "ideal_points": gone}))
    recent = expected_of({**world, "ideal_points": stale}, ideal_point_years=10)
    assert not recent.equals(expected_of({**world, "ideal_points": gone}))


def test_too_few_ties_are_no_model() -> None:
    with pytest.raises(NoEvidenceError, match=r"\d+ pairs of countries have joint works; a gravity model .* needs 400"):
        expected_of(gravity_world(1), ties_per_coefficient=100)
    empty = gravity_world(1)["copublications"].filter(pl.col("partner_iso3") == WORLD)
    with pytest.raises(NoEvidenceError, match="no pairs of countries"):
        expected_of({**gravity_world(1), "copublications": empty}, ties_per_coefficient=0)


# Worlds


def test_facts_of_another_source_are_not_newer_than_the_world() -> None:
    world = gravity_world(2)
    totals = world["copublications"].with_columns(source=pl.lit("example"), scope=pl.lit("all"), first_year=2020)
    years = pl.concat([totals.with_columns(year=pl.lit(year, pl.Int64)) for year in (2020, 2021)])
    newer = world["ideal_points"].with_columns(year=pl.lit(2021, pl.Int64), ideal_point=-(pl.col("ideal_point") ** 2))
    both = {**world, "copublications": years, "ideal_points": pl.concat([world["ideal_points"], newer])}
    found = run_by_world(registry.indicators()["expected_collaboration"], both, {"ties_per_coefficient": 4})
    alone = {2020: expected_of(world), 2021: expected_of({**world, "ideal_points": newer})}
    for year, expected in alone.items():
        assert found.filter(year=year).select(expected.columns).equals(expected)
    assert not alone[2020].equals(alone[2021])


def test_a_world_that_holds_too_little_gives_no_rows_unless_it_is_the_only_one() -> None:
    indicator = registry.indicators()["economic_complexity"]
    advantage, articles = world_of([{"biology", "physics", "chemistry"}, {"physics", "chemistry"}, {"physics"}])
    worlds = [{"source": "x", "first_year": year, "year": year, "counting": "full"} for year in (2019, 2020)]
    dated = [[f.with_columns(pl.lit(v).alias(c) for c, v in w.items()) for w in worlds] for f in (advantage, articles)]
    few = dated[0][0].filter(pl.col("scope") == "physics")
    found = run_by_world(
        indicator,
        {"revealed_comparative_advantage": pl.concat([few, dated[0][1]]), "articles": pl.concat(dated[1])},
        {},
    )
    assert found["year"].unique().to_list() == [2020]
    with pytest.raises(NoEvidenceError, match="in 1 of the fields"):
        run_by_world(indicator, {"revealed_comparative_advantage": few, "articles": dated[1][0]}, {})


# Structural holes


@SEVERAL
@given(networks, st.integers(0, 8))
def test_structural_holes_are_those_of_networkx(ties: dict[tuple[int, int], int], least: int) -> None:
    table = copublications(ties)
    assert_holes(local("structural_holes", table, min_works=least), table.rows(), least)


def assert_holes(found: pl.DataFrame, rows: Iterable[tuple[str, str, int]], least: int) -> None:
    """The nodes are named, as for all of them at once networkx divides by the wrong maximum (its pull request 8906)."""
    graph = graph_of(rows, least)
    for measure, known in (
        ("constraint", nx.constraint(graph, nodes=list(graph), weight="weight")),
        ("effective_size", nx.effective_size(graph, nodes=list(graph), weight="weight")),
    ):
        alone = {name: None for name, value in known.items() if math.isnan(value)}
        assert by(found, measure) == pytest.approx({**known, **alone}), measure


def test_structural_holes_of_artificial_intelligence_are_those_of_networkx(raw: Path) -> None:
    """Science and Engineering Indicators 2024: 60 economies, tied by at least 400 joint articles in 2003–2022."""
    with (raw / "ncses/ai_copublications_2003_2022.csv").open() as stream:
        rows = [(r["iso3"], r["partner_iso3"], int(r["articles"])) for r in csv.DictReader(stream)]
    table = pl.DataFrame(rows, schema=["iso3", "partner_iso3", "works"], orient="row")
    assert_holes(local("structural_holes", table, min_works=400), rows, 400)


# Brokerage


def memberships(**lists: Sequence[str]) -> pl.DataFrame:
    rows = [(o, f"N{c}", "member", 2020) for o, members in lists.items() for c in members]
    texts = dict.fromkeys(("organisation", "iso3", "status"), pl.String)
    return pl.DataFrame(rows, schema={**texts, "year": pl.Int64}, orient="row")


def role(ours: str, one: str, other: str) -> str:
    """Gould and Fernandez's role of a country of one bloc between two others, without direction."""
    if one == other:
        return "coordinator" if ours == one else "itinerant"
    return "gatekeeper" if ours in (one, other) else "liaison"


@SEVERAL
@given(networks, st.integers(0, 8), st.lists(st.sampled_from(["EU", "BRICS", None]), min_size=7, max_size=7))
def test_brokerage_by_brute_force(ties: dict[tuple[int, int], int], least: int, blocs: list[str | None]) -> None:
    table = copublications(ties)
    lists = {bloc: [str(i) for i, b in enumerate(blocs) if b == bloc] for bloc in ("EU", "BRICS")}
    listed = pl.concat([memberships(**lists), memberships(EU=["98"], BRICS=["99"])])
    found = local("brokerage_roles", table, listed, min_works=least, blocs="EU,BRICS")
    graph, bloc = graph_of(table.rows(), least), {f"N{i}": b or f"N{i}" for i, b in enumerate(blocs)}
    assert by(found, "bloc") == {name: bloc[name] for name in graph}
    for row in found.iter_rows(named=True):
        open_paths = [(a, b) for a, b in itertools.combinations(graph[row["iso3"]], 2) if not graph.has_edge(a, b)]
        kinds = [role(bloc[row["iso3"]], bloc[a], bloc[b]) for a, b in open_paths]
        assert {name: row[name] for name in ROLES} == {name: kinds.count(name) for name in ROLES}
        assert row["brokerage"] == sum(row[name] for name in ROLES) == len(open_paths)


def test_blocs_are_the_newest_lists_of_members_and_the_first_named_counts() -> None:
    table = copublications({(0, 1): 5, (1, 2): 5})
    lists = pl.concat(
        [
            memberships(EU=["0", "1"], NATO=["1", "2"]),
            memberships(EU=["2"]).with_columns(year=pl.lit(2010, pl.Int64)),
            memberships(NATO=["0"]).with_columns(status=pl.lit("partner")),
        ]
    )
    named = by(local("brokerage_roles", table, lists, blocs="EU, NATO"), "bloc")
    assert named == {"N0": "EU", "N1": "EU", "N2": "NATO"}
    named = by(local("brokerage_roles", table, lists, blocs="NATO,EU"), "bloc")
    assert named == {"N0": "EU", "N1": "NATO", "N2": "NATO"}
    with pytest.raises(UserError, match="unknown organisation 'NATOO'; did you mean NATO"):
        local("brokerage_roles", table, lists, blocs="EU,NATOO")
    with pytest.raises(NoEvidenceError, match="no list of members of EU"):
        local("brokerage_roles", table, lists.clear(), blocs="EU")
    with pytest.raises(UserError, match="organisations separated by commas"):
        local("brokerage_roles", table, lists, blocs=" , ")


def test_blocs_are_communities_unless_they_are_named() -> None:
    table = copublications({**dict.fromkeys(itertools.combinations(range(3), 2), 9), (2, 3): 1, (3, 4): 9, (0, 9): 0})
    found = local("brokerage_roles", table, memberships())
    assert by(found, "bloc") == {"N0": "1", "N1": "1", "N2": "1", "N3": "2", "N4": "2", "N9": "N9"}
    assert by(found, "gatekeeper") == {"N0": 0, "N1": 0, "N2": 2, "N3": 1, "N4": 0, "N9": 0}


# Communities


def partitions(items: Sequence[str]) -> Iterable[list[set[str]]]:
    """Every way to divide a few items into sets."""
    if not items:
        yield []
        return
    for rest in partitions(items[1:]):
        yield [{items[0]}, *rest]
        for i, part in enumerate(rest):
            yield [*rest[:i], part | {items[0]}, *rest[i + 1 :]]


def parts_of(found: pl.DataFrame) -> list[set[str]]:
    return [set(part["iso3"]) for part in found.sort("community").partition_by("community", maintain_order=True)]


@settings(deadline=None, max_examples=25)
@given(networks, st.sampled_from([0.7, 1.0, 1.5]))
def test_communities_of_few_countries_are_nearly_the_best(ties: dict[tuple[int, int], int], resolution: float) -> None:
    table = copublications(ties)
    found = local("communities", table, resolution=resolution)
    graph = graph_of(table.rows(), 1)
    graph.remove_nodes_from([name for name in list(graph) if not graph.degree(name)])
    assert sorted(found["iso3"]) == sorted(graph)
    if not graph:
        return
    parts = parts_of(found)
    modularity = found["modularity"][0]
    assert modularity == pytest.approx(nx.community.modularity(graph, parts, resolution=resolution))
    best = max(nx.community.modularity(graph, p, resolution=resolution) for p in partitions(sorted(graph)))
    # Leiden climbs; on some networks of a few countries it stops a little short of the best of all partitions.
    assert best - 0.05 <= modularity <= best + 1e-9
    assert [len(part) for part in parts] == sorted((len(part) for part in parts), reverse=True)
    assert found["stability"].is_between(0, 1).all()
    assert found.equals(local("communities", table.reverse(), resolution=resolution))


@SEVERAL
@given(st.permutations(range(12)), st.lists(st.integers(1, 3), min_size=9, max_size=9))
def test_communities_do_not_depend_on_names(order: list[int], bridges: list[int]) -> None:
    cliques = [range(5), range(5, 9), range(9, 12)]
    ties = {tie: 50 for clique in cliques for tie in itertools.combinations(clique, 2)}
    ties |= {(i, 5 + i if i < 4 else 9): n for i, n in enumerate(bridges[:5])}
    ties |= {(5 + i, 9 + i % 3): n for i, n in enumerate(bridges[5:])}
    found = local("communities", copublications(ties))
    assert parts_of(found) == [{f"N{i}" for i in clique} for clique in cliques]
    renamed = {(min(order[a], order[b]), max(order[a], order[b])): n for (a, b), n in ties.items()}
    again = local("communities", copublications(renamed))
    assert parts_of(again) == [{f"N{order[i]}" for i in clique} for clique in cliques]
    assert again["modularity"][0] == pytest.approx(found["modularity"][0])
    assert (found["stability"] == 1).all()
    assert (found["adjusted_rand"] == 1).all()


partition_pairs = st.integers(2, 8).flatmap(
    lambda n: st.lists(st.lists(st.integers(0, 3), min_size=n, max_size=n), min_size=2, max_size=4)
)


@SEVERAL
@given(partition_pairs)
def test_stability_and_likeness_of_partitions_by_brute_force(drawn: list[list[int]]) -> None:
    runs = [np.array(one) for one in drawn]
    stability = _network.stability(runs)
    for i in range(len(drawn[0])):
        kept = []
        for one, other in itertools.combinations(drawn, 2):
            both = [{j for j, g in enumerate(run) if g == run[i] and j != i} for run in (one, other)]
            kept.append(len(both[0] & both[1]) / len(both[0] | both[1]) if both[0] | both[1] else 1.0)
        assert stability[i] == pytest.approx(np.mean(kept))
    one, other = drawn[:2]
    pairs = list(itertools.combinations(range(len(one)), 2))
    alike = [(one[i] == one[j], other[i] == other[j]) for i, j in pairs]
    shared, first, second = (
        sum(x) for x in ([a and b for a, b in alike], [a for a, _ in alike], [b for _, b in alike])
    )
    expected, most = first * second / len(pairs), (first + second) / 2
    index = (shared - expected) / (most - expected) if most != expected else 1.0
    assert _network.adjusted_rand(runs[0], runs[1]) == pytest.approx(index)


def test_a_network_that_does_not_divide_says_so() -> None:
    whole = local("communities", copublications(dict.fromkeys(itertools.combinations(range(6), 2), 7)))
    assert whole["community"].to_list() == [1] * 6
    assert whole["modularity"][0] == pytest.approx(0)
    assert local("communities", copublications({(0, 1): 3}), min_works=9).is_empty()


@pytest.mark.parametrize("chosen", [{"seeds": 0}, {"seeds": 201}, {"resolution": 0.0}, {"resolution": math.inf}])
def test_settings_of_communities_are_bounded(chosen: dict[str, Any]) -> None:
    with pytest.raises(UserError, match="1 to 200 seeds and a resolution above 0"):
        local("communities", copublications({(0, 1): 3}), **chosen)


def test_other_random_numbers_are_left_as_they_are() -> None:
    random.seed(7)
    before = random.random()
    random.seed(7)
    first = local("communities", copublications({(0, 1): 3, (1, 2): 4}))
    assert random.random() == before
    assert first.equals(local("communities", copublications({(0, 1): 3, (1, 2): 4})))


def test_the_few_helpers_hold_at_their_edges() -> None:
    assert _specialisation.proximity(np.zeros((2, 3))).tolist() == np.zeros((3, 3)).tolist()
    assert _specialisation.density(np.eye(3)).tolist() == np.zeros((3, 3)).tolist()
    assert _network.stability([np.array([0, 0, 1])]).tolist() == [1.0, 1.0, 1.0]
