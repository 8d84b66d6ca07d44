"""Indicators: worked examples on both engines, and what must hold for every input."""

import csv
import itertools
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import narwhals as nw
import networkx as nx
import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from legation import examples, registry
from legation.engine import open_engine
from legation.errors import DataError
from legation.evaluation import run_by_world
from legation.indicators import _works
from legation.intake import Intake
from legation.model import WORLD
from legation.periods import with_period

COUNTRIES = ("CHE", "ISL", "KOR", "USA")
WORLD_COLUMNS = {"source": "example", "first_year": 2020, "year": 2020, "scope": "example", "counting": "fractional"}
SEVERAL = settings(deadline=None, max_examples=40, suppress_health_check=[HealthCheck.too_slow])

Work = dict[str, Any]

single_works = st.lists(
    st.fixed_dictionaries(
        {
            "year": st.integers(2018, 2020),
            "field": st.sampled_from([None, "physics"]),
            "citations": st.one_of(st.none(), st.integers(0, 4)),
            "authors": st.lists(st.sets(st.sampled_from(COUNTRIES), max_size=2), min_size=1, max_size=3),
        }
    ),
    min_size=1,
    max_size=30,
)
consortia = st.lists(st.sets(st.sampled_from(COUNTRIES), min_size=1), min_size=1, max_size=40)
counts_by_country_and_field = st.lists(st.lists(st.integers(0, 9), min_size=3, max_size=3), min_size=4, max_size=4)


def relational(name: str, **inputs: pl.DataFrame) -> pl.DataFrame:
    """An indicator that is an expression, on frames that hold its world columns."""
    compute = registry.indicators()[name].compute
    assert compute is not None
    lazies = {k: nw.from_native(frame.lazy()) for k, frame in inputs.items()}
    return pl.DataFrame(compute(**lazies).collect().to_native())


def local(name: str, *inputs: pl.DataFrame, **chosen: Any) -> pl.DataFrame:
    """An indicator that takes the frames of one world."""
    compute = registry.indicators()[name].compute
    assert compute is not None
    return pl.DataFrame(compute(*inputs, **chosen))


def frames_of(works: Sequence[Work]) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The tables `works` and `authorships` of some works."""
    records = [
        {**{k: w[k] for k in ("year", "field", "citations")}, "work_id": f"w{i}", "authors": len(w["authors"])}
        for i, w in enumerate(works)
    ]
    rows = [
        (f"w{i}", place, iso3, len(countries))
        for i, w in enumerate(works)
        for place, countries in enumerate(w["authors"])
        for iso3 in sorted(countries) or [None]
    ]
    texts = {"work_id": pl.String, "field": pl.String}
    authorships = {"work_id": pl.String, "position": pl.Int64, "iso3": pl.String, "countries": pl.Int64}
    return (
        pl.DataFrame(records, schema_overrides={**texts, "citations": pl.Int64}),
        pl.DataFrame(rows, schema=authorships, orient="row"),
    )


def credit(work: Work, iso3: str) -> Fraction:
    shares = (Fraction(1, len(countries)) for countries in work["authors"] if iso3 in countries)
    return sum(shares, Fraction(0)) / len(work["authors"])


def score(work: Work, works: Iterable[Work]) -> Fraction:
    """The top-10 % score as Waltman and Schreiber write it: by the distribution of citations and its threshold."""
    peers = [w["citations"] for w in works if (w["field"], w["year"]) == (work["field"], work["year"])]

    def up_to(citations: int) -> Fraction:
        return Fraction(sum(c <= citations for c in peers), len(peers))

    below = Fraction(9, 10)
    threshold = min(c for c in peers if up_to(c) >= below)
    if work["citations"] != threshold:
        return Fraction(work["citations"] > threshold)
    return (up_to(threshold) - below) / Fraction(peers.count(threshold), len(peers))


def by_country(frame: pl.DataFrame, column: str) -> dict[str, float]:
    return dict(frame.select("iso3", column).iter_rows())


def copublications_of(teams: Sequence[set[str]]) -> pl.DataFrame:
    """The table `copublications` of works by teams of countries, as it is counted from single works."""
    records = [{"year": 2020, "field": None, "citations": None, "authors": [{c} for c in team]} for team in teams]
    works, authorships = (f.with_columns(source=pl.lit("example")) for f in frames_of(records))
    table = registry.tables()["copublications"]
    assert table.derive is not None
    lazy = table.derive(
        nw.from_native(works.with_columns(scope=pl.lit("example")).lazy()), nw.from_native(authorships.lazy())
    )
    return pl.DataFrame(with_period(lazy, table).collect().to_native())


def pairs_of(teams: Sequence[set[str]]) -> dict[tuple[str, str], tuple[int, int, int, int]]:
    """C_xy, C_x, C_y, T of every pair that has joint works."""
    abroad = [team for team in teams if len(team) > 1]
    found = {}
    for x, y in itertools.permutations(COUNTRIES, 2):
        joint = sum({x, y} <= team for team in abroad)
        if joint:
            found[x, y] = joint, sum(x in t for t in abroad), sum(y in t for t in abroad), len(abroad)
    return found


def by_pair(frame: pl.DataFrame, column: str) -> dict[tuple[str, str], float]:
    return {(x, y): value for x, y, value in frame.select("iso3", "partner_iso3", column).iter_rows()}


# Worked examples


@pytest.mark.parametrize("engine", ["polars", "duckdb"])
@pytest.mark.parametrize("name", registry.indicators())
def test_the_worked_example_comes_out(name: str, engine: str) -> None:
    indicator = registry.indicators()[name]
    result = examples.run(indicator, open_engine(engine))
    assert examples.differences(indicator, result) == []
    dates = {"first_year", "year"} - {*indicator.by, *indicator.key}
    assert {*indicator.by, *indicator.key, *indicator.measures} == set(result.columns) - dates


@pytest.mark.parametrize("name", registry.indicators())
def test_an_indicator_says_what_it_is_in_both_languages(name: str) -> None:
    indicator = registry.indicators()[name]
    labels = [indicator.label, *(measure.label for measure in indicator.measures.values())]
    assert all(label["en"] and label["ko"] for label in labels)
    assert all(measure.unit for measure in indicator.measures.values())
    assert "doi:" in indicator.reference
    assert indicator.formula
    assert indicator.checked


def test_a_wrong_example_is_told_apart_row_by_row() -> None:
    salton = registry.indicators()["salton"]
    expect = """
        iso3  partner_iso3  salton
        KOR   CHE           0.1000001
        KOR   USA           0.5
    """
    wrong = replace(salton, example=replace(salton.example, expect=expect))
    assert examples.differences(wrong, examples.run(wrong, open_engine("polars"))) == [
        "KOR, USA is not in the result",
        "CHE, KOR is not expected",
        "KOR, CHE: salton is 0.1, worked out 0.1000001",
    ]


def test_columns_an_example_leaves_out_are_neutral() -> None:
    found = examples.given(registry.indicators()["top10_share"])["works"]
    assert found.row(0, named=True) == {
        "source": "example", "scope": "example", "work_id": "a", "year": 2020, "type": "example", "field": "physics",
        "topic": None, "citations": 50, "authors": 2, "country_list_only": False, "open_access": None, "company": None,
    }  # fmt: skip


def test_a_row_with_too_few_cells_is_an_error() -> None:
    with pytest.raises(DataError, match="'KOR' has 1 cells under iso3, articles"):
        examples.cells("iso3  articles\nKOR")


# From single works


@SEVERAL
@given(single_works)
def test_credits_and_what_is_unassigned_sum_to_the_works(works: list[Work]) -> None:
    unassigned = sum(Fraction(1, len(w["authors"])) for w in works for countries in w["authors"] if not countries)
    credits = sum(_works.credits(*frames_of(works))["credit"])
    assert credits + float(unassigned) == pytest.approx(len(works), rel=1e-12)


@SEVERAL
@given(single_works, st.sampled_from([0.01, 0.1, 0.25, 0.5]))
def test_top_scores_sum_to_their_share_of_each_field_and_year(works: list[Work], top: float) -> None:
    cited = frames_of(works)[0].drop_nulls("citations").with_columns(score=_works.top_score(top))
    for part in cited.partition_by("field", "year"):
        assert part["score"].sum() == pytest.approx(top * part.height, rel=1e-12)
        assert part["score"].is_between(0, 1).all()


@SEVERAL
@given(single_works)
def test_top10_share_by_brute_force(works: list[Work]) -> None:
    found = local("top10_share", *frames_of(works), lag_years=0, draws=20)
    known = [w for w in works if w["citations"] is not None]
    top = {i: sum((credit(w, i) * score(w, known) for w in known), Fraction(0)) for i in COUNTRIES}
    output = {i: sum((credit(w, i) for w in known), Fraction(0)) for i in COUNTRIES}
    present = [i for i in COUNTRIES if output[i]]
    assert sorted(found["iso3"]) == present
    assert by_country(found, "top10_works") == pytest.approx({i: float(top[i]) for i in present}, abs=1e-12)
    assert by_country(found, "pp_top10") == pytest.approx({i: float(top[i] / output[i]) for i in present}, abs=1e-12)
    if sum(top.values()):
        assert found["top10_share"].sum() == pytest.approx(1)
    assert (found["works_without_citations"] == len(works) - len(known)).all()
    for measure in ("top10_share", "pp_top10"):
        assert_holds_its_interval(found.drop_nulls(measure), measure)


@SEVERAL
@given(single_works)
def test_record_output_is_the_output_share_of_the_same_works(works: list[Work]) -> None:
    records, authorships = frames_of(works)
    found = local("record_output", records, authorships, lag_years=0, draws=20)
    table = registry.tables()["articles"]
    assert table.derive is not None
    dated = (f.with_columns(source=pl.lit("x"), scope=pl.lit("x")) for f in (records, authorships))
    articles = table.derive(*(nw.from_native(f.lazy()) for f in dated)).collect().to_native()
    counted = articles.group_by("counting", "iso3").agg(pl.col("articles").sum())
    ways = {way: counted.filter(counting=pl.lit(way)).drop("counting") for way in ("fractional", "full")}
    shares = local("output_share", ways["fractional"], draws=20)
    assert by_country(found, "output_share") == pytest.approx(by_country(shares, "output_share"), rel=1e-12)
    assert by_country(found, "works_full") == by_country(ways["full"], "articles")
    assert_holds_its_interval(found, "output_share")
    if found.height:
        assigned = 1 - found["unassigned_share"][0]
        assert found["works_fractional"].sum() == pytest.approx(assigned * len(works))
        assert found["output_share"].sum() == pytest.approx(1)


def assert_holds_its_interval(found: pl.DataFrame, measure: str) -> None:
    assert (found[f"{measure}_low"] >= 0).all()
    assert (found[f"{measure}_low"] <= found[measure]).all()
    assert (found[measure] <= found[f"{measure}_high"]).all()
    assert (found["rank_low"] <= found["rank"]).all()
    assert (found["rank"] <= found["rank_high"]).all()


def test_a_snapshot_is_counted_in_its_newest_year_and_says_nothing_of_citations() -> None:
    works, authorships = frames_of([{"year": 2020, "field": None, "citations": 1, "authors": [{"KOR"}]}])
    dated = [f.with_columns(source=pl.lit("x"), scope=pl.lit("x")) for f in (works, authorships)]
    inputs = {"works": dated[0], "authorships": dated[1].drop("scope")}
    output = run_by_world(registry.indicators()["record_output"], inputs, {"draws": 5})
    assert output.select("iso3", "first_year", "year").rows() == [("KOR", 2020, 2020)]
    assert run_by_world(registry.indicators()["top10_share"], inputs, {"draws": 5}).is_empty()


def test_a_collection_with_nothing_in_the_window_gives_no_rows_beside_one_that_has() -> None:
    old: Work = {"year": 2010, "field": None, "citations": 1, "authors": [{"KOR"}]}
    new = {**old, "year": 2020}
    parts = [
        tuple(f.with_columns(source=pl.lit("example"), scope=pl.lit(scope)) for f in frames_of(works))
        for scope, works in (("sparse", [old, new]), ("dense", [{**new, "year": y} for y in range(2015, 2021)]))
    ]
    works, authorships = (pl.concat([part[side] for part in parts]) for side in (0, 1))
    inputs = {"works": works, "authorships": authorships.drop("scope").unique()}
    found = run_by_world(registry.indicators()["top10_share"], inputs, {"draws": 5})
    assert found["scope"].to_list() == ["dense"]


def test_a_snapshot_of_one_year_ends_with_it_but_says_nothing_of_citations_in_it() -> None:
    works: list[Work] = [
        {"year": year, "field": None, "citations": 1, "authors": [{"KOR"}]} for year in (2018, 2020, 2020, 2020)
    ]
    output, top = (local(name, *frames_of(works), draws=5) for name in ("record_output", "top10_share"))
    assert output.select("first_year", "year", "works_full").row(0) == (2018, 2020, 4)
    assert top.select("year", "output").row(0) == (2018, 1.0)


# From counts


@pytest.mark.parametrize(
    ("name", "table", "extra"),
    [
        ("revealed_comparative_advantage", "articles", {}),
        ("patent_rca", "patents", {"kind": "international_patent_families"}),
    ],
)
@SEVERAL
@given(rows=counts_by_country_and_field)
def test_rca_by_brute_force(name: str, table: str, extra: dict[str, str], rows: list[list[int]]) -> None:
    fields = ("biology", "mathematics", "physics")
    cells = [(c, f, float(n)) for c, row in zip(COUNTRIES, rows, strict=True) for f, n in zip(fields, row, strict=True)]
    columns = ("iso3", "scope", table)
    frame = pl.DataFrame(
        [dict(zip(columns, cell, strict=True)) | {**WORLD_COLUMNS, "scope": cell[1]} | extra for cell in cells]
    )
    found = {(r["iso3"], r["scope"]): r for r in relational(name, **{table: frame}).iter_rows(named=True)}
    world = sum(n for _, _, n in cells)
    of_country = {c: sum(n for i, _, n in cells if i == c) for c in COUNTRIES}
    of_field = {f: sum(n for _, i, n in cells if i == f) for f in fields}
    assert set(found) == {(c, f) for c, f, _ in cells if of_country[c] and of_field[f]}
    for c, f, n in cells:
        if (c, f) in found:
            assert found[c, f]["rca"] == pytest.approx(n * world / (of_country[c] * of_field[f]))
            assert -1 <= found[c, f]["symmetric_rca"] < 1
    for c in COUNTRIES:
        if of_country[c]:
            mean = sum(found[c, f]["rca"] * of_field[f] for f in fields if of_field[f]) / world
            assert mean == pytest.approx(1)


def test_shares_of_capability_sum_to_one_where_there_is_any() -> None:
    world = {**WORLD_COLUMNS, "kind": "reactors", "nature": "stock"}
    frame = pl.DataFrame([{**world, "iso3": i, "count": n} for i, n in (("KOR", 26.0), ("CHE", 4.0))])
    none = frame.with_columns(kind=pl.lit("launches"), count=0.0)
    found = relational("capability_share", capabilities=pl.concat([frame, none]))
    assert found["capability_share"].sum() == pytest.approx(1)
    assert found["kind"].unique().to_list() == ["reactors"]


# Collaboration


@SEVERAL
@given(consortia)
def test_collaboration_measures_by_brute_force(teams: list[set[str]]) -> None:
    table, pairs = copublications_of(teams), pairs_of(teams)
    index = by_pair(relational("collaboration_index", copublications=table), "collaboration_index")
    assert index == pytest.approx({p: c * t / (x * y) for p, (c, x, y, t) in pairs.items()})
    cosine = by_pair(relational("salton", copublications=table), "salton")
    assert cosine == pytest.approx({p: c / (x * y) ** 0.5 for p, (c, x, y, _) in pairs.items()})
    assert all(0 < value <= 1 + 1e-12 for value in cosine.values())
    intensity = relational("relative_intensity_of_collaboration", copublications=table)
    defined = {p: (c, x, y, t) for p, (c, x, y, t) in pairs.items() if y > c and t > x}
    assert by_pair(intensity, "relative_intensity") == pytest.approx(
        {p: (c / x) / ((y - c) / (t - x)) for p, (c, x, y, t) in defined.items()}
    )
    assert (intensity["relative_intensity_low"] <= intensity["relative_intensity"]).all()
    links = {x: sum(c for (a, _), (c, *_) in pairs.items() if a == x) for x in COUNTRIES}
    strength = by_pair(relational("association_strength", copublications=table), "association_strength")
    assert strength == pytest.approx(
        {(x, y): c * sum(links.values()) / (links[x] * links[y]) for (x, y), (c, *_) in pairs.items()}
    )
    for measure in (index, cosine, strength):
        assert all(measure[x, y] == pytest.approx(measure[y, x]) for x, y in measure)


@given(st.integers(1, 49))
def test_relative_intensity_grows_with_joint_works(joint: int) -> None:
    def intensity(works: int) -> float:
        rows = [("KOR", "CHE", works), ("KOR", WORLD, 50), ("CHE", WORLD, 60), (WORLD, WORLD, 200)]
        table = pl.DataFrame([{**WORLD_COLUMNS, "iso3": a, "partner_iso3": b, "works": n} for a, b, n in rows])
        found = relational("relative_intensity_of_collaboration", copublications=table)
        return float(found["relative_intensity"].item())

    assert intensity(joint) < intensity(joint + 1)


# Networks


@SEVERAL
@given(
    st.dictionaries(
        st.tuples(st.integers(0, 7), st.integers(0, 7)).filter(lambda tie: tie[0] < tie[1]),
        st.integers(0, 20),
        min_size=1,
        max_size=20,
    ),
    st.integers(1, 8),
)
def test_centralities_are_those_of_networkx(ties: dict[tuple[int, int], int], least: int) -> None:
    rows = [(f"N{a}", f"N{b}", n) for (x, y), n in ties.items() for a, b in ((x, y), (y, x))]
    rows += [("N0", WORLD, 99), (WORLD, WORLD, 999)]
    table = pl.DataFrame(rows, schema=["iso3", "partner_iso3", "works"], orient="row")
    assert_central(local("network_centrality", table, min_works=least), rows, least)


def assert_central(found: pl.DataFrame, rows: Iterable[tuple[str, str, int]], least: int) -> None:
    graph = nx.Graph()
    for a, b, works in rows:
        if WORLD not in (a, b):
            graph.add_nodes_from((a, b))
            if works >= least:
                graph.add_edge(a, b, weight=works)
    expected: dict[str, Callable[[], dict[str, float]]] = {
        "degree": lambda: dict(graph.degree()),
        "strength": lambda: dict(graph.degree(weight="weight")),
        "betweenness": lambda: nx.betweenness_centrality(graph, normalized=False),
        "closeness": lambda: nx.closeness_centrality(graph),
        "pagerank": lambda: nx.pagerank(graph, alpha=0.85, weight="weight", tol=1e-13, max_iter=2000),
    }
    for measure, compute in expected.items():
        assert by_country(found, measure) == pytest.approx(compute(), abs=1e-9), measure


# People and votes


@SEVERAL
@given(
    st.dictionaries(
        st.tuples(st.sampled_from(COUNTRIES), st.sampled_from(COUNTRIES)).filter(lambda pair: pair[0] != pair[1]),
        st.one_of(st.none(), st.integers(5, 50)),
        min_size=1,
    )
)
def test_flows_by_brute_force(moves: dict[tuple[str, str], int | None]) -> None:
    rows = [{**WORLD_COLUMNS, "origin_iso3": a, "destination_iso3": b, "researchers": n} for (a, b), n in moves.items()]
    table = pl.DataFrame(rows, schema_overrides={"researchers": pl.Int64})
    blank = pl.col("researchers").is_null().cast(pl.Int64)
    found = relational("researcher_flows", moves=table.with_columns(researchers_blank=blank))
    pairs = {pair for a, b in moves for pair in ((a, b), (b, a))}
    assert by_pair(found, "arrivals") == {(x, y): moves.get((y, x), 0) for x, y in pairs}
    assert by_pair(found, "departures") == {(x, y): moves.get((x, y), 0) for x, y in pairs}
    most = {(x, y): moves.get((y, x), 0) for x, y in pairs}
    assert by_pair(found, "arrivals_high") == {pair: 4 if n is None else n for pair, n in most.items()}
    known = found.drop_nulls()
    assert (known["net_arrivals"] == known["arrivals"] - known["departures"]).all()
    assert known.height == sum(None not in (moves.get((x, y), 0), moves.get((y, x), 0)) for x, y in pairs)


@SEVERAL
@given(st.lists(st.floats(-3, 3), min_size=3, max_size=3), st.floats(0, 1))
def test_ideal_points_keep_the_rules_of_distance(points: list[float], half: float) -> None:
    rows = [
        {"iso3": i, "ideal_point": p, "ideal_point_low": p - half, "ideal_point_high": p + half}
        for i, p in zip(COUNTRIES[:3], points, strict=True)
    ]
    table = pl.DataFrame([{**WORLD_COLUMNS, **row} for row in rows])
    found = relational("ideal_point_distance", ideal_points=table)
    between = by_pair(found, "ideal_point_distance")
    for x, y, z in itertools.permutations(COUNTRIES[:3]):
        assert between[x, y] == between[y, x]
        assert between[x, z] <= between[x, y] + between[y, z] + 1e-12
    assert (found["ideal_point_distance_low"] >= 0).all()
    assert (found["ideal_point_distance"] <= found["ideal_point_distance_high"]).all()


# Against what is published


def test_the_index_of_collaboration_is_the_publishers_formula_on_its_table(raw: Path) -> None:
    """Science and Engineering Indicators 2024, co-publications of 2022."""
    with (raw / "ncses/copublications_2003_2022.csv").open() as stream:
        rows = [r for r in csv.DictReader(stream) if r["year"] == "2022"]
    works = {(r["iso3"], r["partner_iso3"]): float(r["publications"]) for r in rows}
    table = pl.DataFrame([{**WORLD_COLUMNS, "iso3": x, "partner_iso3": y, "works": n} for (x, y), n in works.items()])
    found = by_pair(relational("collaboration_index", copublications=table), "collaboration_index")
    everything = works[WORLD, WORLD]
    assert len(found) == 46 * 45
    for (x, y), index in found.items():
        assert index == pytest.approx((works[x, y] / works[x, WORLD]) / (works[y, WORLD] / everything), rel=1e-12)
    assert found["KOR", "USA"] == pytest.approx(1.1291, abs=5e-5)


def test_the_network_of_artificial_intelligence_is_that_of_networkx(raw: Path) -> None:
    """Science and Engineering Indicators 2024: 60 economies, tied by at least 400 joint articles in 2003–2022."""
    with (raw / "ncses/ai_copublications_2003_2022.csv").open() as stream:
        rows = [(r["iso3"], r["partner_iso3"], int(r["articles"])) for r in csv.DictReader(stream)]
    table = pl.DataFrame(rows, schema=["iso3", "partner_iso3", "works"], orient="row")
    found = local("network_centrality", table, min_works=400)
    assert (found.height, found["degree"].sum()) == (60, 2 * 107)
    assert_central(found, rows, 400)


def test_the_highly_cited_percentages_add_up_to_one_percent_of_the_world(raw: Path) -> None:
    """Science and Engineering Indicators 2024, all fields, fractional counts of 2020; printed with two decimals."""
    tidy = registry.sources()["ncses"].tidy
    assert tidy is not None
    tables = dict(itertools.islice(tidy(Intake(raw, "ncses")), 2))
    year = {"scope": pl.lit("all"), "counting": pl.lit("fractional"), "year": 2020}
    articles, percentages = (tables[name].filter(**year) for name in ("articles", "citation_shares"))
    found = local(
        "top1_share", percentages.select("iso3", "top1_percent"), articles.select("iso3", "articles"), draws=9
    )
    assert 100 * sum(found["top1_articles"]) / sum(articles["articles"]) == pytest.approx(1, abs=0.02)
    assert sum(found["top1_share"]) == pytest.approx(1)
