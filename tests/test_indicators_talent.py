"""Mobility and talent: careers walked one by one, what must sum to what, and that few researchers are never told."""

import itertools
import math
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import narwhals as nw
import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from small import RAW, build_small, source

import legation as lg
from legation import registry
from legation.checks import suppress_measures
from legation.constants import Z_95
from legation.evaluation import Evaluator, run_by_world
from legation.intake import Intake
from legation.model import WORLD, Example, Indicator, Measure
from legation.periods import Cut, with_period
from legation.store import Store

COUNTRIES = ("CHE", "KOR", "USA")
AUTHORS = ("ann", "bo", "cho", "dan")
SEVERAL = settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.too_slow])

Signed = tuple[str | None, frozenset[str]]
Works = list[tuple[int, list[Signed]]]
"""Each work: its year, and its authors with the countries they sign from."""

signed = st.tuples(st.sampled_from([*AUTHORS, None]), st.frozensets(st.sampled_from(COUNTRIES), max_size=2))
one_work = st.lists(signed, min_size=1, max_size=4, unique_by=lambda author: author[0] or object())
worlds = st.lists(st.tuples(st.integers(2015, 2020), one_work), min_size=1, max_size=14)


@dataclass(frozen=True)
class Career:
    """What one author did: countries signed from by year, and the modal country of each year that has one."""

    sets: dict[int, set[str]]
    modal: dict[int, str]

    @property
    def origin(self) -> str | None:
        return self.modal.get(min(self.sets))

    @property
    def current(self) -> str:
        return self.modal[max(self.modal)]

    @property
    def kind(self) -> str:
        years = sorted(self.sets)
        if set().union(*self.sets.values()) == {self.origin}:
            return "non_mobile"
        if all(self.origin in self.sets[year] for year in years):
            return "travellers"
        return "returnees" if self.origin in self.sets[years[-1]] else "migrants"


def careers_of(works: Works) -> dict[str, Career]:
    """Every identified author with a country, walked year by year."""
    found = {}
    for author in AUTHORS:
        by_year: dict[int, Counter[str]] = {}
        for year, team in works:
            for name, countries in team:
                if name == author and countries:
                    by_year.setdefault(year, Counter()).update(countries)
        if by_year:
            found[author] = Career({year: set(n) for year, n in by_year.items()}, _modal(by_year))
    return found


def _modal(by_year: dict[int, Counter[str]]) -> dict[int, str]:
    modal: dict[int, str] = {}
    clear = None
    for year in sorted(by_year):
        most = {c for c, n in by_year[year].items() if n == max(by_year[year].values())}
        if len(most) == 1:
            clear = modal[year] = next(iter(most))
        elif clear in most:
            modal[year] = clear
    return modal


def frames_of(works: Works) -> dict[str, pl.DataFrame]:
    """The tables `works` and `authorships` of one source and scope."""
    records = [("x", "all", f"w{i}", year, len(team)) for i, (year, team) in enumerate(works)]
    rows = [
        ("x", f"w{i}", place, author, iso3, len(countries))
        for i, (_, team) in enumerate(works)
        for place, (author, countries) in enumerate(team)
        for iso3 in (*sorted(countries),) or (None,)
    ]
    columns = {"work_id": pl.String, "position": pl.Int64, "author": pl.String, "iso3": pl.String}
    return {
        "works": pl.DataFrame(records, schema=["source", "scope", "work_id", "year", "authors"], orient="row"),
        "authorships": pl.DataFrame(rows, schema={"source": pl.String, **columns, "countries": pl.Int64}, orient="row"),
    }


def relational(name: str, inputs: dict[str, pl.DataFrame], **chosen: Any) -> pl.DataFrame:
    compute = registry.indicators()[name].compute
    assert compute is not None
    lazies = {key: nw.from_native(frame.lazy()) for key, frame in inputs.items()}
    return pl.DataFrame(compute(**lazies, **chosen).collect().to_native())


def local(name: str, inputs: dict[str, pl.DataFrame], **chosen: Any) -> pl.DataFrame:
    return run_by_world(registry.indicators()[name], inputs, chosen)


def derived(table_id: str, inputs: dict[str, pl.DataFrame]) -> pl.DataFrame:
    table = registry.tables()[table_id]
    assert table.derive is not None
    lazy = table.derive(**{name: nw.from_native(frame.lazy()) for name, frame in inputs.items()})
    return pl.DataFrame(with_period(lazy, table).collect().to_native())


def by_pair(frame: pl.DataFrame, column: str) -> dict[tuple[str, str], Any]:
    return {(x, y): value for x, y, value in frame.select("iso3", "partner_iso3", column).iter_rows()}


def wilson(share: float, of: int) -> tuple[float, float]:
    """Wilson's interval as the two roots of (p - s)² = z² p (1 - p) / n."""
    a, b, c = of + Z_95**2, 2 * of * share + Z_95**2, of * share**2
    root = math.sqrt(max(0.0, b * b - 4 * a * c))
    return (b - root) / (2 * a), (b + root) / (2 * a)


# Careers


@SEVERAL
@given(worlds, st.integers(1, 3))
def test_mobility_classes_by_walking_each_career(works: Works, least: int) -> None:
    found = relational("mobility_classes", frames_of(works), least_years=least)
    followed = [c for c in careers_of(works).values() if len(c.sets) >= least]
    expected = Counter((c.origin, c.kind) for c in followed if c.origin)
    assert set(found["iso3"]) == {origin for origin, _ in expected}
    for row in found.iter_rows(named=True):
        counts = {kind: row[kind] for kind in ("non_mobile", "travellers", "migrants", "returnees")}
        assert counts == {kind: expected[row["iso3"], kind] for kind in counts}
        assert sum(counts.values()) == row["researchers"]
        told = sum(n if n not in range(1, 5) else 2.5 for n in counts.values())
        assert {k: row[f"{k}_share"] for k in counts} == pytest.approx({k: n / told for k, n in counts.items()})
        assert row["without_origin"] == sum(c.origin is None for c in followed)


@SEVERAL
@given(worlds)
def test_the_diaspora_is_all_who_began_in_a_country_less_those_at_home(works: Works) -> None:
    found = relational("diaspora_stock", frames_of(works))
    walked = [c for c in careers_of(works).values() if c.origin]
    pairs = Counter((c.origin, c.current) for c in walked)
    assert by_pair(found, "diaspora_stock") == {(h, p): n for (h, p), n in pairs.items() if h != p}
    for home in COUNTRIES:
        at_home = sum(c.current == home for c in walked if c.origin == home)
        everyone = sum(c.origin == home for c in walked)
        assert found.filter(iso3=pl.lit(home))["diaspora_stock"].sum() == everyone - at_home
    alive = [year for c in careers_of(works).values() for year in c.sets]
    assert found.select("first_year", "year").unique().rows() in ([], [(min(alive, default=0), max(alive, default=0))])


@SEVERAL
@given(worlds)
def test_the_return_share_by_walking_each_career(works: Works) -> None:
    found = local("return_share", {"mobility_classes": relational("mobility_classes", frames_of(works))})
    left = Counter(c.origin for c in careers_of(works).values() if c.origin and c.kind in ("migrants", "returnees"))
    back = Counter(c.origin for c in careers_of(works).values() if c.origin and c.kind == "returnees")
    assert dict(found.select("iso3", "left").iter_rows()) == dict(left)
    for row in found.iter_rows(named=True):
        share = back[row["iso3"]] / left[row["iso3"]]
        assert row["return_share"] == pytest.approx(share)
        assert (row["return_share_low"], row["return_share_high"]) == pytest.approx(
            wilson(share, left[row["iso3"]]), abs=1e-12
        )
        assert 0 <= row["return_share_low"] <= share <= row["return_share_high"] <= 1


@given(st.sampled_from([None, 0, 5, 9]), st.sampled_from([None, 0, 6, 40]))
@settings(deadline=None)
def test_a_blank_widens_the_interval_to_all_it_can_mean(migrants: int | None, returnees: int | None) -> None:
    frame = pl.DataFrame(
        [("x", "all", 2000, 2020, "KOR", migrants, returnees)],
        schema={
            "source": pl.String, "scope": pl.String, "first_year": pl.Int64, "year": pl.Int64, "iso3": pl.String,
            "migrants": pl.Int64, "returnees": pl.Int64,
        },
        orient="row",
    )  # fmt: skip
    found = local("return_share", {"mobility_classes": frame})
    away, back = ([n] if n is not None else [1, 2, 3, 4] for n in (migrants, returnees))
    meant = [wilson(b / (a + b), a + b) for a, b in itertools.product(away, back) if a + b]
    assert found.height == bool(meant)
    if meant:
        assert found["return_share_low"][0] == pytest.approx(min(low for low, _ in meant), abs=1e-12)
        assert found["return_share_high"][0] == pytest.approx(max(high for _, high in meant), abs=1e-12)
        assert (found["return_share"][0] is None) == (None in (migrants, returnees))


@SEVERAL
@given(worlds)
def test_bridges_by_brute_force(works: Works) -> None:
    found = local("bridge_share", frames_of(works), window_years=3, lag_years=0)
    newest = max(year for year, _ in works)
    snapshot = sum(year == newest for year, _ in works) > len(works) / 2
    begin = min(year for year, _ in works if year > newest - 3) if snapshot else newest - 2
    expected = {}
    for h, p in itertools.permutations(COUNTRIES, 2):
        joint = [
            (year, team)
            for year, team in works
            if year >= begin and any(a for a, _ in team) and {h, p} <= set().union(*(c for _, c in team))
        ]
        bridges = [[a for a, _ in team if a and {h, p} <= _signed_up_to(works, a, year)] for year, team in joint]
        if joint:
            expected[h, p] = len(joint), sum(map(bool, bridges)), len({a for who in bridges for a in who})
    for place, column in enumerate(("joint_works", "bridge_works", "bridging_researchers")):
        assert by_pair(found, column) == {pair: n[place] for pair, n in expected.items()}
    for row in found.iter_rows(named=True):
        share = row["bridge_works"] / row["joint_works"]
        ends = (row["bridge_share_low"], row["bridge_share_high"])
        assert row["bridge_share"] == pytest.approx(share)
        assert ends == pytest.approx(wilson(share, row["joint_works"]), abs=1e-12)
        assert (row["first_year"], row["year"]) == (begin, newest)


def _signed_up_to(works: Works, author: str, year: int) -> set[str]:
    return {c for at, team in works for name, countries in team if name == author and at <= year for c in countries}


@SEVERAL
@given(worlds)
def test_what_flows_in_flows_out(works: Works) -> None:
    frames = frames_of(works)
    flows = relational("researcher_flows", {"moves": derived("moves", frames)})
    assert flows["arrivals"].sum() == flows["departures"].sum()
    assert flows["net_arrivals"].sum() == 0
    over_years = by_pair(flows.group_by("iso3", "partner_iso3").agg(pl.col("net_arrivals").sum()), "net_arrivals")
    assert all(over_years[y, x] == -net for (x, y), net in over_years.items())
    stocks = derived("researcher_stocks", frames)
    assert stocks["arrivals"].sum() == stocks["departures"].sum() == flows["arrivals"].sum()


# Students and stocks

students = st.dictionaries(
    st.tuples(
        st.sampled_from(
            [
                "share_of_students_from_abroad_percent",
                "visa_students_doctoral",
                "visa_students_masters",
                "doctorates_awarded",
            ]
        ),
        st.sampled_from([*COUNTRIES, WORLD]),
        st.sampled_from(["FRA", "USA"]),
    ),
    st.integers(0, 100),
)


@SEVERAL
@given(students)
def test_training_flows_by_brute_force(values: dict[tuple[str, str, str], int]) -> None:
    schema = {"measure": pl.String, "origin_iso3": pl.String, "destination_iso3": pl.String, "value": pl.Float64}
    table = pl.DataFrame([(*key, float(n)) for key, n in values.items()], schema=schema, orient="row")
    dated = table.with_columns(source=pl.lit("x"), scope=pl.lit("all"), first_year=2022, year=2022)
    found = relational("training_flows", {"students": dated})
    expected: dict[tuple[str, ...], tuple[float | None, int | None]] = {}
    for (measure, origin, host), n in values.items():
        total = values.get((measure, WORLD, host))
        if origin != WORLD and measure.startswith("share"):
            expected[measure, origin, host] = (n / 100, None)
        elif origin != WORLD and measure.startswith("visa"):
            expected[measure, origin, host] = (n / total if total else None, n)
    rows = found.select("measure", "iso3", "partner_iso3", "share_of_host", "students").rows()
    assert {row[:3]: row[4] for row in rows} == {key: count for key, (_, count) in expected.items()}
    shares = {key: share if share is None else pytest.approx(share) for key, (share, _) in expected.items()}
    assert {row[:3]: row[3] for row in rows} == shares


def test_the_stay_of_doctorates_has_wilsons_interval_and_the_change_of_each_period() -> None:
    frame = lg.open().indicator("doctorate_stay").filter(pl.col("iso3") == "KOR")
    spans = frame.select("first_year", "year").rows()
    assert spans == [(2010, 2013), (2014, 2017), (2018, 2021)]
    shares = frame["plan_to_stay_share"].to_list()
    assert frame["plan_to_stay_change"].to_list() == [
        None,
        *(pytest.approx(b - a) for a, b in itertools.pairwise(shares)),
    ]
    for row in frame.iter_rows(named=True):
        for stem in ("plan_to_stay_share", "definite_plan_to_stay_share"):
            ends = wilson(row[stem], row["doctorates"])
            assert (row[f"{stem}_low"], row[f"{stem}_high"]) == pytest.approx(ends)
        assert row["plan_to_stay"] == round(row["plan_to_stay_share"] * row["doctorates"])


stocks = st.dictionaries(
    st.tuples(st.sampled_from(COUNTRIES), st.integers(2018, 2022)), st.one_of(st.none(), st.just(0), st.integers(5, 99))
)


@SEVERAL
@given(stocks)
def test_growth_of_researchers_by_brute_force(counts: dict[tuple[str, int], int | None]) -> None:
    schema = {"iso3": pl.String, "year": pl.Int64, "researchers": pl.Int64}
    table = pl.DataFrame([(*key, n) for key, n in counts.items()], schema=schema, orient="row")
    dated = table.with_columns(source=pl.lit("x"), scope=pl.lit("all"))
    found = relational("researcher_growth", {"researcher_stocks": dated}, window_years=2, complete_share=0.8)
    totals: dict[int, int] = {}
    for (_, year), n in counts.items():
        totals[year] = totals.get(year, 0) + (n or 0)
    end = max((y for y, n in totals.items() if n >= 0.8 * totals.get(y - 1, 0)), default=0)
    known = any(counts.get((c, end - 2)) is not None for c in COUNTRIES)
    listed = [c for c in COUNTRIES if known and {(c, end), (c, end - 2)} & set(counts)]
    assert sorted(found["iso3"]) == listed
    for row in found.iter_rows(named=True):
        before, after = counts.get((row["iso3"], end - 2)), counts.get((row["iso3"], end))
        assert (row["researchers_before"], row["researchers"]) == (before, after)
        grown = (after / before) ** 0.5 - 1 if before and after is not None else None
        assert row["annual_growth"] == (grown if grown is None else pytest.approx(grown))
        assert row["researchers_added"] == (None if None in (before, after) else after - before)  # type: ignore[operator]


leaders = st.dictionaries(
    st.sampled_from(("BDI", "CHE", "KEN", "TWN", "USA")), st.tuples(st.integers(0, 9), st.integers(0, 4)), min_size=1
)


@SEVERAL
@given(leaders)
def test_leadership_by_income_by_brute_force(pairs: dict[str, tuple[int, int]]) -> None:
    groups = {"BDI": "low", "CHE": "high", "KEN": "lower-middle", "TWN": "unknown", "USA": "high"}
    usd = {"BDI": 150.0, "CHE": 100_000.0, "KEN": 2_200.0, "USA": 85_000.0}
    rows = [("x", "all", 2020, 2024, "KOR", p, n, led / 4 if n else None, 0.5) for p, (n, led) in pairs.items()]
    columns = ["source", "scope", "first_year", "year", "iso3", "partner_iso3", "joint_works"]
    leadership = pl.DataFrame(rows, schema=[*columns, "partner_leads", "home_leads"], orient="row")
    macro = pl.DataFrame([("gdp_per_capita_usd", c, 2024, 2024, v) for c, v in usd.items()], orient="row")
    macro.columns = ["measure", "iso3", "first_year", "year", "value"]
    found = local("leadership_by_income", {"equitable_leadership": leadership, "macro": macro})
    expected = {}
    for group in {groups[p] for p, (n, _) in pairs.items() if n}:
        inside = [(n, led / 4) for p, (n, led) in pairs.items() if n and groups[p] == group]
        works = sum(n for n, _ in inside)
        expected[group] = (works, len(inside), pytest.approx(sum(n * led for n, led in inside) / works))
    rows_found = found.select("partner_income_group", "joint_works", "partners", "partner_leads").rows()
    assert {row[0]: row[1:] for row in rows_found} == expected
    assert found["joint_works"].sum() == sum(n for n, _ in pairs.values())


# Few researchers are never told

COUNTED = Indicator(
    label={"en": "Counted"},
    measures={
        "abroad": Measure({"en": "Abroad"}, "researchers", researchers=("abroad",)),
        "everyone": Measure({"en": "All"}, "researchers", researchers=("everyone", "abroad")),
        "works": Measure({"en": "Works"}, "works"),
    },
    formula="", reference="", by=(), key=("iso3",), example=Example({}, ""),
)  # fmt: skip


def test_a_measure_is_blank_where_a_count_it_names_is_one_to_four() -> None:
    rows = [(0, 9, 1), (1, 9, 2), (4, 9, 3), (5, 9, 4), (None, 3, 1), (0, 4, 1)]
    frame = pl.DataFrame(rows, schema=["abroad", "everyone", "works"], orient="row")
    found = suppress_measures(COUNTED, frame).rows()
    assert found == [(0, 9, 1), (None, None, 2), (None, None, 3), (5, 9, 4), (None, None, 1), (0, None, 1)]


@pytest.mark.parametrize("name", registry.indicators())
def test_what_a_measure_counts_is_a_measure(name: str) -> None:
    indicator = registry.indicators()[name]
    assert all(set(measure.researchers) <= set(indicator.measures) for measure in indicator.measures.values())


def _small_careers(raw: Intake) -> Iterator[tuple[str, pl.DataFrame]]:
    """Ten who stay in Korea, six who leave for the United States, three who come back, one who leaves for
    Switzerland, two who sign from Korea and the United States."""
    paths = [["KOR", "KOR"]] * 10 + [["KOR", "USA"]] * 6 + [["KOR", "USA", "KOR"]] * 3 + [["KOR", "CHE"]]
    rows = [(f"w{y}", n, f"a{n}", c, 1) for n, path in enumerate(paths) for y, c in enumerate(path)]
    rows += [("w0", n, f"a{n}", "KOR", 1) for n in (20, 21)]
    rows += [("w1", n, f"a{n}", c, 2) for n in (20, 21) for c in ("KOR", "USA")]
    columns = ["work_id", "position", "author", "iso3", "countries"]
    empty = dict.fromkeys(("field", "topic"), pl.lit(None, pl.String))
    empty |= dict.fromkeys(("open_access", "company"), pl.lit(None, pl.Boolean))
    works = pl.DataFrame({"work_id": ["w0", "w1", "w2"], "year": [2018, 2019, 2020]}).with_columns(
        scope=pl.lit("all"), type=pl.lit("article"), citations=pl.lit(0), authors=pl.lit(22),
        country_list_only=pl.lit(False), **empty,
    )  # fmt: skip
    yield "works", works
    yield (
        "authorships",
        pl.DataFrame(rows, schema=columns, orient="row").with_columns(corresponding=pl.lit(None, pl.Boolean)),
    )


@pytest.fixture(scope="module")
def talent(tmp_path_factory: pytest.TempPathFactory) -> Store:
    rows = {"works": (3, 3), "authorships": (1, 100)}
    declared = source("small_careers", _small_careers, (), rows=rows, publish="records")
    return build_small(RAW, tmp_path_factory.mktemp("talent") / "store", {"small_careers": declared})


def _told(frame: pl.DataFrame, indicator: Indicator) -> Sequence[int]:
    people = {c for m in indicator.measures.values() for c in m.researchers} & set(frame.columns)
    return [n for c in people for n in frame[c].drop_nulls().to_list()]


def test_no_stored_cell_tells_of_one_to_four_researchers(talent: Store) -> None:
    for indicator in registry.indicators().values():
        for one in talent.sources_of(indicator.id, "result"):
            assert not {1, 2, 3, 4} & set(_told(talent.frame(indicator.id, one, "result"), indicator)), indicator.id


def test_what_is_stored_of_small_classes(talent: Store) -> None:
    row = talent.frame("mobility_classes", "small_careers", "result").filter(pl.col("iso3") == "KOR").row(0, named=True)
    counts = {k: row[k] for k in ("researchers", "non_mobile", "travellers", "migrants", "returnees")}
    assert counts == {"researchers": None, "non_mobile": 10, "travellers": None, "migrants": 7, "returnees": None}
    assert row["migrants_share"] == pytest.approx(7 / (10 + 7 + 2 * 2.5))
    assert row["returnees_share"] is None
    bridges = talent.frame("bridge_share", "small_careers", "result")
    assert by_pair(bridges, "joint_works") == dict.fromkeys(itertools.permutations(("CHE", "KOR", "USA"), 2), 1)
    people = by_pair(bridges, "bridging_researchers")
    assert (people["KOR", "USA"], people["KOR", "CHE"], people["CHE", "USA"]) == (6 + 3 + 2, None, 0)
    assert bridges.filter(iso3=pl.lit("KOR"), partner_iso3=pl.lit("CHE"))["bridge_share"].to_list() == [None]
    diaspora = talent.frame("diaspora_stock", "small_careers", "result")
    assert by_pair(diaspora, "diaspora_stock") == {("KOR", "USA"): 6, ("KOR", "CHE"): None}


@pytest.mark.parametrize("name", ["mobility_classes", "diaspora_stock", "bridge_share", "return_share"])
def test_nothing_small_is_told_when_computed_anew_or_from_blanks(talent: Store, name: str) -> None:
    chosen = {"mobility_classes": {"least_years": 1}, "bridge_share": {"window_years": 2}}.get(name, {})
    found = Evaluator(talent).evaluate(name, cut=Cut(settings=chosen))
    assert found.height
    assert not {1, 2, 3, 4} & set(_told(found, registry.indicators()[name]))


def test_the_return_share_of_a_store_is_told_in_bounds(talent: Store) -> None:
    row = Evaluator(talent).evaluate("return_share").filter(pl.col("iso3") == "KOR").row(0, named=True)
    assert (row["return_share"], row["left"], row["returnees"]) == (None, None, None)
    assert row["return_share_low"] == pytest.approx(wilson(1 / 8, 8)[0])
    assert row["return_share_high"] == pytest.approx(wilson(4 / 11, 11)[1])


# Two databases


def test_a_pair_says_where_databases_disagree_on_who_gains_researchers() -> None:
    answer = lg.pair("KOR", "USA", "quantum")
    ties = answer.table.filter(pl.col("indicator") == "researcher_flows", pl.col("measure") == "Balance")
    signs = {row["source"]: row["low"] > 0 for row in ties.iter_rows(named=True)}
    assert signs == {"scholarly_migration_openalex": False, "scholarly_migration_scopus": True}
    (said,) = [str(f) for f in answer.findings if "databases disagree" in f.words]
    assert "The direction is not settled" in said
    assert said.index("271 in scholarly_migration_scopus") < said.index("-110 in scholarly_migration_openalex")


def test_a_pair_says_nothing_of_databases_that_agree() -> None:
    answer = lg.pair("KOR", "CHE", "quantum")
    ties = answer.table.filter(pl.col("indicator") == "researcher_flows", pl.col("measure") == "Balance")
    assert not ((ties["low"] > 0).any() and (ties["high"] < 0).any())
    assert not [f for f in answer.findings if "databases disagree" in f.words]
