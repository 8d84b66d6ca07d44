"""Indicators of norms, dependence, openness, effort and growth: by brute force, and against the publishers' files."""

import csv
import gzip
import itertools
import json
import math
import statistics
from collections import defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from legation import registry
from legation.constants import INCOME_LIMITS_USD
from legation.engine import Engine, open_engine
from legation.intake import Intake
from legation.model import WORLD

COUNTRIES = ("CHE", "ISL", "KOR", "USA")
PERIOD = {"source": "example", "first_year": 2020, "year": 2020}
SEVERAL = settings(deadline=None, max_examples=15, suppress_health_check=[HealthCheck.too_slow])
RISKS = ("low", "medium", "high")

pairs = st.tuples(st.sampled_from(COUNTRIES), st.sampled_from(COUNTRIES)).filter(lambda pair: pair[0] != pair[1])
amounts = st.dictionaries(pairs, st.integers(0, 50), min_size=1)
shares_of_some = st.lists(st.integers(0, 9), min_size=1, max_size=4).filter(any)


@pytest.fixture(scope="module", params=["polars", "duckdb"])
def engine(request: pytest.FixtureRequest) -> Engine:
    """Each of the engines, opened once."""
    return open_engine(request.param)


def compute(name: str, engine: Engine, chosen: Mapping[str, Any] | None = None, **inputs: pl.DataFrame) -> pl.DataFrame:
    """An indicator on frames that hold its world columns."""
    indicator = registry.indicators()[name]
    assert indicator.compute is not None
    if registry.is_relational(indicator):
        lazies = {k: engine.lazy(frame) for k, frame in inputs.items()}
        return engine.collect(indicator.compute(**lazies, **(chosen or {})))
    return pl.DataFrame(indicator.compute(**inputs, **(chosen or {})))


def local(name: str, chosen: Mapping[str, Any] | None = None, **inputs: pl.DataFrame) -> pl.DataFrame:
    """An indicator computed in memory: one that takes the frames of one world, or any on a publisher's file."""
    return compute(name, open_engine("polars"), chosen, **inputs)


def table(rows: Sequence[Mapping[str, Any]], types: Mapping[str, Any] | None = None) -> pl.DataFrame:
    return pl.DataFrame([{**PERIOD, **row} for row in rows], schema_overrides=types or {}, infer_schema_length=None)


def by(frame: pl.DataFrame, column: str, *keys: str) -> dict[Any, Any]:
    names = keys or ("iso3",)
    rows = frame.select(*names, column).rows()
    return {row[:-1] if len(names) > 1 else row[0]: row[-1] for row in rows}


def trade_of(bought: Mapping[tuple[str, str], float], **columns: Any) -> list[dict[str, Any]]:
    row = {"flow": "import", "good": "gallium", "value_usd": None, **columns}
    return [{"reporter_iso3": c, "partner_iso3": p, "value_eur": float(v), **row} for (c, p), v in bought.items()]


TRADE = {"value_eur": pl.Float64, "value_usd": pl.Float64}


def index(values: Sequence[float]) -> float:
    return sum((v / sum(values)) ** 2 for v in values)


def of(bought: Mapping[tuple[str, str], float], country: str) -> dict[str, float]:
    """What a country bought by supplier; nothing if that is nought."""
    found = {p: v for (c, p), v in bought.items() if c == country}
    return found if sum(found.values()) else {}


# Norms


seats = st.dictionaries(
    st.tuples(st.sampled_from(("TC 1", "TC 2", "TC 3")), st.sampled_from(COUNTRIES)),
    st.sampled_from((("participating",), ("observing",), ("participating", "observing"))),
    min_size=1,
)


@SEVERAL
@given(held=seats)
def test_seats_are_counted_once(engine: Engine, held: dict[tuple[str, str], tuple[str, ...]]) -> None:
    runs = {committee: min(c for k, c in held if k == committee) for committee, _ in held}
    rows = [{"committee": k, "iso3": c, "role": role} for (k, c), roles in held.items() for role in roles]
    rows += [{"committee": k, "iso3": c, "role": "secretariat"} for k, c in runs.items()]
    found = compute("committee_seats", engine, committees=table(rows))
    key = ("committee", "iso3")
    assert found.height == len(held)
    seat = {k: "participating" if "participating" in roles else "observing" for k, roles in held.items()}
    assert by(found, "seat", *key) == seat
    assert by(found, "secretariat", *key) == {(k, c): runs[k] == c for k, c in held}
    listed = {k for k, c in held if runs[k] != c}
    assert by(found, "members_listed", *key) == {(k, c): k in listed for k, c in held}
    assert_presence(compute("standards_presence", engine, committee_seats=found), seat, runs, listed)


def assert_presence(
    found: pl.DataFrame, seat: Mapping[tuple[str, str], str], runs: Mapping[str, str], listed: set[str]
) -> None:
    for iso3 in {c for _, c in seat}:
        row = found.filter(iso3=pl.lit(iso3)).row(0, named=True)
        for role in ("participating", "observing"):
            seats_held = sum(seat.get((k, iso3)) == role for k in listed)
            assert row[role] == seats_held
            assert row[f"{role}_share"] == (pytest.approx(seats_held / len(listed)) if listed else None)
        assert row["rank"] == 1 + sum(row["participating"] < n for n in found["participating"])
    assert found["secretariats"].sum() == len(runs)
    assert found["secretariat_share"].sum() == pytest.approx(1)


@SEVERAL
@given(
    belongs=st.dictionaries(
        st.tuples(st.sampled_from(("CERN", "ESA", "UN")), st.sampled_from(COUNTRIES)),
        st.sampled_from(("member", "observer")),
        min_size=1,
    )
)
def test_memberships_by_brute_force(engine: Engine, belongs: dict[tuple[str, str], str]) -> None:
    memberships = table([{"organisation": o, "iso3": c, "status": s} for (o, c), s in belongs.items()])
    held = compute("memberships_held", engine, memberships=memberships)
    full = {c: {o for (o, x), s in belongs.items() if x == c and s == "member"} for c in COUNTRIES}
    assert by(held, "full_member", "organisation", "iso3") == {(o, c): o in full[c] for o, c in belongs}
    assert by(held, "full_members", "organisation", "iso3") == {
        (o, c): sum(o in organisations for organisations in full.values()) for o, c in belongs
    }
    found = compute("shared_memberships", engine, memberships=memberships)
    expected = {
        (x, y): len(full[x] & full[y]) / len(full[x] | full[y])
        for x, y in itertools.permutations(COUNTRIES, 2)
        if full[x] and full[y]
    }
    jaccard = by(found, "jaccard_index", "iso3", "partner_iso3")
    assert jaccard == pytest.approx(expected)
    assert all(jaccard[x, y] == jaccard[y, x] and 0 <= jaccard[x, y] <= 1 for x, y in jaccard)
    assert by(found, "shared_memberships", "iso3", "partner_iso3") == {
        (x, y): len(full[x] & full[y]) for x, y in expected
    }


@SEVERAL
@given(signed=st.sets(st.tuples(st.sampled_from(("one", "two")), st.sampled_from(COUNTRIES)), min_size=1))
def test_signatories_by_brute_force(engine: Engine, signed: set[tuple[str, str]]) -> None:
    rows = [{"agreement": a, "kind": "declaration", "iso3": c} for a, c in sorted(signed)]
    found = compute("declarations_signed", engine, agreements=table(rows))
    counts = {(a, c): sum(b == a for b, _ in signed) for a, c in signed}
    assert by(found, "signatories", "agreement", "iso3") == counts


# Imports


@SEVERAL
@given(bought=amounts)
def test_the_concentration_of_imports_by_brute_force(engine: Engine, bought: dict[tuple[str, str], int]) -> None:
    found = compute("import_concentration", engine, trade=table(trade_of(bought), TRADE))
    suppliers = {c: of(bought, c) for c in COUNTRIES}
    expected = {c: index([*values.values()]) for c, values in suppliers.items() if values}
    assert by(found, "hhi") == pytest.approx(expected)
    for iso3, hhi in expected.items():
        values = suppliers[iso3]
        row = found.filter(iso3=pl.lit(iso3)).row(0, named=True)
        assert row["suppliers"] == sum(v > 0 for v in values.values())
        assert row["largest_supplier"] == min(p for p, v in values.items() if v == max(values.values()))
        assert row["largest_share"] == pytest.approx(max(values.values()) / sum(values.values()))
        assert row["imports_eur"] == sum(values.values())
        assert 1 / row["suppliers"] - 1e-12 <= hhi <= 1 + 1e-12


def test_imports_are_added_up_in_one_currency(engine: Engine) -> None:
    bought = [
        ("KOR", "CHE", 3.0, 30.0), ("KOR", "USA", None, 10.0),  # dollars: one has no value in euro
        ("ISL", "CHE", 3.0, None), ("ISL", "USA", 1.0, 8.0),  # euro: both have one
        ("CHE", "ISL", None, 5.0), ("CHE", "USA", 5.0, None),  # neither
        ("USA", "USA", 9.0, 9.0), ("USA", "KOR", 2.0, None),  # what returns is no import
    ]  # fmt: skip
    rows = [
        {"reporter_iso3": c, "partner_iso3": p, "flow": "import", "good": "x", "value_eur": e, "value_usd": d}
        for c, p, e, d in bought
    ]
    found = compute("import_concentration", engine, trade=table(rows, TRADE))
    assert by(found, "hhi") == pytest.approx({"KOR": 0.625, "ISL": 0.625, "USA": 1.0})
    assert by(found, "imports_usd") == {"KOR": 40.0, "ISL": None, "USA": None}
    assert by(found, "imports_eur") == {"KOR": None, "ISL": 4.0, "USA": 2.0}


years_of_trade = st.dictionaries(st.integers(2019, 2024), amounts, min_size=1)


@SEVERAL
@given(yearly=years_of_trade, threshold=st.sampled_from([0.3, 0.4, 0.6, 0.9]), least=st.integers(1, 3))
def test_dependence_flags_by_brute_force_and_in_order(
    engine: Engine, yearly: dict[int, dict[tuple[str, str], int]], threshold: float, least: int
) -> None:
    rows = [row for year, bought in yearly.items() for row in trade_of(bought, year=year, first_year=year)]
    inputs = {"trade": table(rows, TRADE)}
    chosen = {"hhi_threshold": threshold, "least_years": least}
    found = compute("import_dependence_flag", engine, chosen, **inputs)
    known = [year for year, bought in yearly.items() if any(bought.values())]
    window = [year for year in known if year > max(known) - 3]
    for iso3 in COUNTRIES:
        indices = [index([*values.values()]) for y in window if (values := of(yearly[y], iso3))]
        rows_of = found.filter(iso3=pl.lit(iso3))
        assert rows_of.height == bool(indices)
        for row in rows_of.iter_rows(named=True):
            above = sum(hhi > threshold for hhi in indices)
            assert (row["years_concentrated"], row["years_imported"]) == (above, len(indices))
            assert row["persistence"] == pytest.approx(above / len(indices))
            assert row["concentrated"] == (above >= least if len(window) >= least else None)
    stricter = compute("import_dependence_flag", engine, {**chosen, "hhi_threshold": threshold + 0.05}, **inputs)
    assert flagged(stricter) <= flagged(found)


def flagged(found: pl.DataFrame) -> set[str]:
    return set(found.filter("concentrated")["iso3"])


@SEVERAL
@given(
    bought=st.dictionaries(pairs, st.integers(0, 50), min_size=6),
    points=st.dictionaries(st.sampled_from(COUNTRIES), st.floats(-3, 3), min_size=2),
)
def test_the_distance_of_suppliers_by_brute_force(
    engine: Engine, bought: dict[tuple[str, str], int], points: dict[str, float]
) -> None:
    ideal_points = table([{"iso3": c, "ideal_point": p} for c, p in points.items()]).drop("source")
    trade = table(trade_of(bought), TRADE)
    found = compute("supplier_distance", engine, trade=trade, ideal_points=ideal_points)
    distances, uncovered = by(found, "supplier_distance"), by(found, "uncovered_share")
    for iso3 in distances:
        values = of(bought, iso3)
        apart = {p: abs(points[iso3] - points[p]) for p, v in values.items() if v and {p, iso3} <= points.keys()}
        covered = sum(values[p] for p in apart)
        assert uncovered[iso3] == pytest.approx(1 - covered / sum(values.values()))
        if apart:
            mean = sum(values[p] * d for p, d in apart.items()) / covered
            assert distances[iso3] == pytest.approx(mean)
            assert min(apart.values()) - 1e-9 <= distances[iso3] <= max(apart.values()) + 1e-9
        else:
            assert distances[iso3] is None
    assert set(distances) == {c for c in COUNTRIES if of(bought, c)}


@SEVERAL
@given(bought=amounts)
def test_the_shares_of_suppliers_add_up_to_one(engine: Engine, bought: dict[tuple[str, str], int]) -> None:
    found = compute("supplier_share", engine, trade=table(trade_of(bought), TRADE))
    expected = {
        (c, p): value / sum(of(bought, c).values()) for c in COUNTRIES for p, value in of(bought, c).items() if value
    }
    assert by(found, "supplier_share", "iso3", "partner_iso3") == pytest.approx(expected)
    for country in {c for c, _ in expected}:
        assert found.filter(iso3=pl.lit(country))["supplier_share"].sum() == pytest.approx(1)


# World exports


sales = st.dictionaries(st.sampled_from(COUNTRIES), st.integers(0, 50), min_size=1)


def sold(values: Mapping[str, float], **columns: Any) -> list[dict[str, Any]]:
    return [{"iso3": c, "value_usd": float(v), "good": "gallium"[:6], **columns} for c, v in values.items()]


@SEVERAL
@given(sales=sales, left=st.sampled_from([0.3, 0.5, 0.7]))
def test_a_single_point_of_failure_by_brute_force(engine: Engine, sales: dict[str, int], left: float) -> None:
    found = compute("single_point_of_failure", engine, {"left": left}, world_exports=table(sold(sales)))
    total, most = sum(sales.values()), max(sales.values())
    assert found.height == bool(total)
    for row in found.iter_rows(named=True):
        without = sum(sales.values()) - most
        assert row["left_without"] == pytest.approx(without / total)
        assert row["single_point_of_failure"] == (1 - most / total < left)
        assert row["largest_exporter"] == min(c for c, v in sales.items() if v == most)
        assert row["hhi"] == pytest.approx(index([*sales.values()]))
        assert (row["exports_usd"], row["exporters"]) == (total, sum(v > 0 for v in sales.values()))
        assert not (left <= 0.5 and row["single_point_of_failure"] and row["hhi"] <= 0.25)


def three(held: int, open_: int, least: int) -> bool | None:
    """Whether a condition holds often enough, if what is open cannot turn it round."""
    return True if held >= least else False if held + open_ < least else None


@SEVERAL
@given(
    bought=st.dictionaries(st.integers(2021, 2023), amounts, min_size=1),
    world=st.dictionaries(st.integers(2021, 2023), sales),
    own=st.booleans(),
)
def test_all_conditions_of_dependence_by_brute_force(
    engine: Engine, bought: dict[int, dict[tuple[str, str], int]], world: dict[int, dict[str, int]], own: bool
) -> None:
    """World exports of the source itself show what each country sells, those of another how concentrated they are."""
    imports = [
        {**row, "value_usd": row["value_eur"], "value_eur": None}
        for year, values in bought.items()
        for row in trade_of(values, year=year, first_year=year, good="galliu")
    ]
    exports = [row for year, values in world.items() for row in sold(values, year=year, first_year=year)]
    if not exports:
        return
    world_exports = table(exports) if own else table(exports).drop("source")
    found = compute("import_dependence_flag", engine, trade=table(imports, TRADE), world_exports=world_exports)
    known = [year for year, values in bought.items() if any(values.values())]
    window = [year for year in known if year > max(known) - 3]
    for row in found.iter_rows(named=True):
        years = [y for y in window if of(bought[y], row["iso3"])]
        conditions = []
        for y in years:
            values, sales_of = of(bought[y], row["iso3"]), world.get(y, {})
            concentrated = index([*values.values()]) > 0.4
            exported = index([*sales_of.values()]) > 0.4 if any(sales_of.values()) else None
            above = sum(values.values()) > sales_of.get(row["iso3"], 0) if own and y in world else None
            conditions.append((concentrated, exported, above))
        for column, position in (("world_exports_concentrated", 1), ("imports_above_exports", 2)):
            told = [c[position] for c in conditions]
            tested = len(window) >= 2 and told.count(None) < len(told)
            assert row[column] == (three(told.count(True), told.count(None), 2) if tested else None)
        held = sum(all(c) for c in conditions)
        unsure = sum(None in c and False not in c for c in conditions)
        assert (row["years_dependent"], row["years_tested"]) == (held, sum(None not in c for c in conditions))
        assert row["dependent"] == (three(held, unsure, 2) if len(window) >= 2 else None)


def test_exports_that_a_country_reports_tell_whether_it_imports_more(engine: Engine) -> None:
    """Korea sells more than it buys in one year of two; Iceland reports no exports of any good; dollars against euro
    cannot be compared."""
    rows = [
        {"reporter_iso3": c, "partner_iso3": p, "flow": f, "good": g, "year": y, "value_eur": e, "value_usd": d}
        for c, p, f, g, y, e, d in [
            ("KOR", "CHE", "import", "x", 2021, 5.0, None), ("KOR", "CHE", "export", "x", 2021, 9.0, None),
            ("KOR", "CHE", "import", "x", 2022, 5.0, None), ("KOR", "CHE", "export", "y", 2022, 9.0, None),
            ("KOR", "CHE", "import", "x", 2023, 5.0, None), ("KOR", "CHE", "export", "x", 2023, 4.0, None),
            ("ISL", "CHE", "import", "x", 2022, 5.0, None), ("ISL", "CHE", "import", "x", 2023, 5.0, None),
            ("USA", "CHE", "import", "x", 2022, 5.0, None), ("USA", "CHE", "import", "x", 2023, 5.0, None),
            ("USA", "CHE", "export", "x", 2022, None, 1.0), ("USA", "CHE", "export", "x", 2023, None, 1.0),
        ]
    ]  # fmt: skip
    found = compute("import_dependence_flag", engine, trade=table(rows, TRADE))
    assert by(found, "imports_above_exports") == {"KOR": True, "ISL": None, "USA": None}
    assert by(found, "world_exports_concentrated") == {"KOR": None, "ISL": None, "USA": None}
    assert by(found, "dependent") == {"KOR": None, "ISL": None, "USA": None}


# Minerals


@SEVERAL
@given(
    quantities=st.dictionaries(st.sampled_from(COUNTRIES), st.one_of(st.none(), st.integers(0, 50)), min_size=1),
    world=st.one_of(st.none(), st.integers(0, 200)),
)
def test_minerals_by_brute_force(engine: Engine, quantities: dict[str, int | None], world: int | None) -> None:
    form = {"mineral": "gallium", "statistic": "production", "form": "metal", "unit": "kilograms"}
    rows = [{"iso3": c, "quantity": q, **form} for c, q in {**quantities, WORLD: world}.items()]
    minerals = table(rows, {"quantity": pl.Float64})
    shares = compute("mineral_share", engine, minerals=minerals)
    whole = compute("mineral_concentration", engine, minerals=minerals)
    known = {c: q for c, q in quantities.items() if q is not None}
    total, listed = max(world or 0, sum(known.values())), sum(known.values())
    if not total or (world is None and sum(q > 0 for q in known.values()) < 2):
        assert shares.is_empty()
        assert whole.is_empty()
        return
    assert by(shares, "mineral_share") == pytest.approx(
        {c: known[c] / total if c in known else None for c in quantities}
    )
    assert sum(shares["mineral_share"].drop_nulls()) == pytest.approx(listed / total)
    row = whole.row(0, named=True)
    assert row["hhi"] == pytest.approx(sum((q / total) ** 2 for q in known.values()))
    withheld = len(quantities) - len(known)
    assert row["withheld"] == withheld
    assert row["listed_share"] == (None if world is None else pytest.approx(listed / total))
    bounded = world is not None and not withheld
    assert row["hhi_high"] == (pytest.approx(row["hhi"] + (1 - listed / total) ** 2) if bounded else None)
    for iso3, q in known.items():
        rank, worst = shares.filter(iso3=pl.lit(iso3)).select("rank", "rank_at_worst").row(0)
        assert rank == 1 + sum(other > q for other in known.values())
        assert worst == (rank + withheld + (total - listed) // q if q and world is not None else None)


# People


@SEVERAL
@given(
    moves=st.dictionaries(st.sampled_from(("CHE", "ISL", "USA")), st.one_of(st.none(), st.integers(5, 30)), min_size=1)
)
def test_talent_dependence_holds_for_every_value_of_a_blank(engine: Engine, moves: dict[str, int | None]) -> None:
    rows = [
        {"scope": "all", "origin_iso3": p, "destination_iso3": "KOR", "researchers": n, "researchers_blank": n is None}
        for p, n in moves.items()
    ]
    frame = table(rows, {"researchers": pl.Int64}).with_columns(pl.col("researchers_blank").cast(pl.Int64))
    found = compute("talent_dependence", engine, moves=frame)
    possible = [
        dict(zip(moves, values, strict=True))
        for values in itertools.product(*([n] if n is not None else range(1, 5) for n in moves.values()))
    ]
    for p, n in moves.items():
        shares = [world[p] / sum(world.values()) for world in possible]
        row = found.filter(partner_iso3=pl.lit(p)).row(0, named=True)
        assert row["talent_dependence_low"] == pytest.approx(min(shares))
        assert row["talent_dependence_high"] == pytest.approx(max(shares))
        assert (row["talent_dependence"] is None, row["arrivals"]) == (n is None, n)
        if n is not None:
            assert min(shares) - 1e-12 <= row["talent_dependence"] <= max(shares) + 1e-12


# Partners


@SEVERAL
@given(
    joint=amounts,
    km=st.lists(st.integers(1, 20_000), min_size=6, max_size=6),
    placed=st.sets(st.sampled_from(COUNTRIES), min_size=2),
)
def test_partners_by_brute_force(
    engine: Engine, joint: dict[tuple[str, str], int], km: list[int], placed: set[str]
) -> None:
    rows = [{"scope": "all", "iso3": x, "partner_iso3": y, "works": n} for (x, y), n in joint.items()]
    rows.append({"scope": "all", "iso3": "KOR", "partner_iso3": WORLD, "works": 999})
    copublications = table(rows)
    whole = compute("partner_concentration", engine, copublications=copublications)
    partners = {x: of(joint, x) for x in COUNTRIES}
    assert by(whole, "hhi") == pytest.approx({x: index([*p.values()]) for x, p in partners.items() if p})
    assert by(whole, "pairs") == {x: sum(p.values()) for x, p in partners.items() if p}
    apart = {
        pair: d
        for (x, y), d in zip(itertools.combinations(COUNTRIES, 2), km, strict=True)
        if {x, y} <= placed
        for pair in ((x, y), (y, x))
    }
    distances = pl.DataFrame([{"iso3": x, "partner_iso3": y, "distance_km": float(d)} for (x, y), d in apart.items()])
    found = local("partner_diversity", copublications=copublications.drop(*PERIOD), distances=distances)
    diversity, uncovered = by(found, "partner_diversity"), by(found, "uncovered_share")
    assert set(diversity) == set(by(whole, "hhi"))
    for x, value in diversity.items():
        covered = {y: n for y, n in partners[x].items() if y in placed}
        assert uncovered[x] == pytest.approx(1 - sum(covered.values()) / sum(partners[x].values()))
        if not sum(covered.values()):
            assert value is None
            continue
        share = {y: n / sum(covered.values()) for y, n in covered.items()}
        expected = sum(
            apart[i, j] / max(apart.values()) * share[i] * share[j] for i, j in itertools.combinations(share, 2)
        )
        assert value == pytest.approx(expected, abs=1e-12)
        assert -1e-12 <= value <= (1 - sum(s**2 for s in share.values())) / 2 + 1e-12


def test_two_partners_without_a_distance_between_them_have_no_diversity() -> None:
    joint = pl.DataFrame({"iso3": ["KOR", "KOR", "ISL"], "partner_iso3": ["CHE", "USA", "CHE"], "works": [1, 1, 1]})
    known = [("CHE", "KOR", 9.0), ("KOR", "CHE", 9.0), ("USA", "KOR", 9.0), ("KOR", "USA", 9.0)]
    distances = pl.DataFrame(known, schema=["iso3", "partner_iso3", "distance_km"], orient="row")
    found = local("partner_diversity", copublications=joint, distances=distances)
    assert by(found, "partner_diversity") == {"KOR": None, "ISL": 0.0}


# Effort and income


figures = st.dictionaries(
    st.tuples(st.sampled_from(COUNTRIES), st.integers(2012, 2024)), st.floats(0.1, 9), min_size=1, max_size=25
)


@SEVERAL
@given(values=figures)
def test_newest_figures_and_their_change_by_brute_force(engine: Engine, values: dict[tuple[str, int], float]) -> None:
    measures = {
        "gerd_percent_of_gdp": ("rd_intensity", "rd_intensity_change"),
        "gerd_ppp_usd": ("rd_expenditure", "annual_growth"),
        "researchers_per_million": ("researchers_density", "annual_growth"),
    }
    end = max(year for _, year in values)
    for measure, (name, change) in measures.items():
        rows = [{"measure": measure, "iso3": c, "first_year": y, "year": y, "value": v} for (c, y), v in values.items()]
        found = compute(name, engine, macro=table(rows))
        expected = {c: max(y for x, y in values if x == c) for c, _ in values}
        expected = {c: y for c, y in expected.items() if y >= end - 5}
        assert by(found, "value_year") == expected
        assert set(found["year"]) == {end}
        for c, y in expected.items():
            since = max((z for x, z in values if x == c and z <= y - 5), default=None)
            assert by(found, "since_year")[c] == since
            if since is not None:
                now, then = values[c, y], values[c, since]
                grown = now - then if change == "rd_intensity_change" else (now / then) ** (1 / (y - since)) - 1
                assert by(found, change)[c] == pytest.approx(grown, abs=1e-12)


@pytest.mark.parametrize("year", INCOME_LIMITS_USD)
def test_income_groups_end_at_their_limits(engine: Engine, year: int) -> None:
    low, lower, upper = INCOME_LIMITS_USD[year]
    values = {"A": low, "B": low + 1, "C": lower, "D": lower + 1, "E": upper, "F": upper + 1}
    rows = [
        {"measure": "gdp_per_capita_usd", "iso3": c, "first_year": year, "year": year, "value": v}
        for c, v in values.items()
    ]
    groups = by(compute("income_group", engine, macro=table(rows)), "income_group")
    middle = ["lower-middle", "lower-middle", "upper-middle", "upper-middle"]
    assert [groups[c] for c in "ABCDEF"] == ["low", *middle, "high"]


@SEVERAL
@given(
    effort=st.dictionaries(st.sampled_from(COUNTRIES), st.tuples(st.floats(1, 9000), st.floats(0.1, 9)), min_size=1),
    rich=st.sets(st.sampled_from(COUNTRIES)),
)
def test_gaps_are_to_the_median_of_high_income(
    engine: Engine, effort: dict[str, tuple[float, float]], rich: set[str]
) -> None:
    kinds = ("researchers_per_million", "gerd_percent_of_gdp")
    rows = [
        {"measure": m, "iso3": c, "value": v}
        for c, values in effort.items()
        for m, v in zip(kinds, values, strict=True)
    ]
    rows += [{"measure": "gdp_per_capita_usd", "iso3": c, "value": 50_000.0 if c in rich else 900.0} for c in COUNTRIES]
    found = compute("capacity_gap", engine, macro=table(rows))
    for place, name in enumerate(("researchers", "rd_intensity")):
        of_rich = [values[place] for c, values in effort.items() if c in rich]
        median = statistics.median(of_rich) if of_rich else None
        gaps = {c: median and math.log(median / values[place]) for c, values in effort.items()}
        assert by(found, f"{name}_gap") == pytest.approx(gaps, abs=1e-12)


# Growth and leaders


@SEVERAL
@given(
    counts=st.dictionaries(st.sampled_from(COUNTRIES), st.tuples(st.integers(0, 40), st.integers(0, 40)), min_size=1),
    years=st.integers(1, 6),
)
def test_growth_by_brute_force(counts: dict[str, tuple[int, int]], years: int) -> None:
    rows = [
        {"iso3": c, "year": y, "articles": float(n)}
        for c, ends in counts.items()
        for y, n in zip((2024 - years, 2024), ends, strict=True)
    ]
    chosen = {"window_years": years, "complete_share": 0.0, "draws": 20}
    found = local("growth", chosen, articles=pl.DataFrame(rows))
    rates = {c: (b / a) ** (1 / years) - 1 if a else None for c, (a, b) in counts.items()}
    assert by(found, "annual_growth") == pytest.approx(rates)
    added = {c: b - a for c, (a, b) in counts.items()}
    everything = sum(added.values())
    assert by(found, "growth_share") == pytest.approx(
        {c: n / everything if everything > 0 else None for c, n in added.items()}
    )
    if everything > 0:
        assert found["growth_share"].sum() == pytest.approx(1)
    for measure in ("annual_growth", "growth_share"):
        known = found.drop_nulls(measure)
        assert (known[f"{measure}_low"] <= known[measure]).all()
        assert (known[measure] <= known[f"{measure}_high"]).all()


def test_the_interval_of_growth_is_that_of_two_poisson_counts() -> None:
    """The logarithm of their ratio has the variance 1 / before + 1 / after, if neither is small."""
    articles = pl.DataFrame({"iso3": ["KOR", "KOR"], "year": [2015, 2020], "articles": [2000.0, 3000.0]})
    found = local("growth", {"draws": 4000}, articles=articles)
    half = 1.96 * (1 / 2000 + 1 / 3000) ** 0.5
    ends = [math.exp((math.log(1.5) + side * half) / 5) - 1 for side in (-1, 1)]
    assert found.select("annual_growth_low", "annual_growth_high").row(0) == pytest.approx(ends, abs=4e-4)


def test_growth_ends_in_the_newest_complete_year_and_needs_the_first() -> None:
    years = [2014, 2015, 2019, 2020, 2021, 2022]
    articles = pl.DataFrame({"iso3": "KOR", "year": years, "articles": [7.0, 8.0, 10.0, 8.0, 6.0, 4.0]})
    assert local("growth", articles=articles).select("first_year", "year").rows() == [(2015, 2020)]
    assert local("growth", {"complete_share": 0.5}, articles=articles).is_empty()


monopolies = pytest.mark.parametrize(
    ("name", "given_by", "split"),
    [
        ("monopoly_risk", "output_share", {"scope": "quantum", "counting": "fractional"}),
        ("top10_monopoly_risk", "top10_share", {"scope": "quantum"}),
        ("patent_monopoly_risk", "patent_share", {"scope": "quantum", "kind": "uspto_patents"}),
    ],
)


@monopolies
@settings(SEVERAL, max_examples=10)
@given(counts=shares_of_some, high=st.sampled_from([0.3, 0.5, 0.8]), ratio=st.sampled_from([1.5, 3.0]))
def test_the_risk_of_a_monopoly_by_brute_force(
    engine: Engine, name: str, given_by: str, split: dict[str, str], counts: list[int], high: float, ratio: float
) -> None:
    shares = sorted(
        ((n / sum(counts), c) for c, n in zip(COUNTRIES, counts, strict=False)), key=lambda s: (-s[0], s[1])
    )
    rows = [
        {"iso3": c, given_by: s, f"{given_by}_low": s / 2, f"{given_by}_high": 1.0, "rank_high": 1 + place, **split}
        for place, (s, c) in enumerate(shares)
    ]
    inputs = {given_by: table(rows)}
    chosen = {"high_share": high, "high_ratio": ratio, "medium_share": 0.3, "medium_ratio": 1.2}
    row = compute(name, engine, chosen, **inputs).row(0, named=True)
    (first, leader), second = shares[0], shares[1][0] if len(shares) > 1 else 0.0
    assert (row["leader"], row["leader_sure"]) == (leader, True)
    assert row["leader_share"] == pytest.approx(first)
    assert row["leader_share_low"] == pytest.approx(first / 2)
    assert row["hhi"] == pytest.approx(index([s for s, _ in shares]))
    assert 1 / len(shares) - 1e-12 <= row["hhi"] <= 1 + 1e-12
    assert row["leader_over_second"] == (pytest.approx(first / second) if second else None)
    lead = first / second if second else math.inf
    expected = "high" if first >= high and lead >= ratio else "medium" if first >= 0.3 and lead >= 1.2 else "low"
    assert row["monopoly_risk"] == expected
    at_the_limit = {**chosen, "high_share": first, "high_ratio": min(lead, 9.0)}
    assert compute(name, engine, at_the_limit, **inputs)["monopoly_risk"].item() == "high"
    laxer = compute(name, engine, {**chosen, "high_share": high - 0.1, "high_ratio": 1.3}, **inputs)
    assert RISKS.index(laxer["monopoly_risk"].item()) >= RISKS.index(expected)


# The publishers' files


def tidied(raw: Path, source: str, name: str) -> pl.DataFrame:
    """A table as a source gives it, dated as indicators see it."""
    tidy = registry.sources()[source].tidy
    assert tidy is not None
    frame = next(frame for of_table, frame in tidy(Intake(raw, source)) if of_table == name)
    dated: pl.DataFrame = frame.with_columns(source=pl.lit(source), first_year=pl.col("year"))
    return dated


def test_german_imports_of_gallium_are_as_concentrated_as_in_the_publishers_file(raw: Path) -> None:
    with (raw / "trade/eu_comext_critical_inputs_cn8_2022_2024.csv").open(encoding="utf-8") as stream:
        rows = [
            r for r in csv.DictReader(stream)
            if (r["DECLARANT_ISO"], r["PRODUCT_NC"], r["PERIOD"]) == ("DE", "81129289", "2024")
        ]  # fmt: skip
    values: dict[str, float] = defaultdict(float)
    for r in rows:
        values[r["PARTNER_ISO"]] += float(r["VALUE_IN_EUROS"])
    trade = tidied(raw, "eurostat_comext", "trade").filter(
        good=pl.lit("81129289"), reporter_iso3=pl.lit("DEU"), year=2024
    )
    found = local("import_concentration", trade=trade).row(0, named=True)
    assert found["hhi"] == pytest.approx(index([*values.values()]))
    assert (found["largest_supplier"], found["suppliers"]) == ("CHN", sum(v > 0 for v in values.values()))
    assert found["hhi"] == pytest.approx(0.4541, abs=5e-5)
    assert found["imports_eur"] == pytest.approx(sum(values.values()))


def test_mine_production_of_cobalt_is_that_of_the_publishers_table(raw: Path) -> None:
    """Mineral Commodity Summaries 2026, mine production of 2024: the Congo has two thirds of it or more."""
    minerals = tidied(raw, "usgs_minerals", "minerals")
    cobalt = minerals.filter(mineral=pl.lit("cobalt"), statistic=pl.lit("production"), year=2024)
    with (raw / "usgs/MCS2026_Commodities_Data.csv").open(encoding="windows-1252") as stream:
        rows = [
            r for r in csv.DictReader(stream)
            if (r["Commodity"].strip(), r["Statistics"], r["Year"]) == ("Cobalt", "Production", "2024")
            and r["Section"].startswith("World")
        ]  # fmt: skip
    quantities = {r["Country"].strip(): float(r["Value"].replace(",", "")) for r in rows}
    world = quantities.pop("World total")
    quantities.pop("Other countries", None)
    found = local("mineral_concentration", minerals=cobalt).row(0, named=True)
    assert found["hhi"] == pytest.approx(sum((q / world) ** 2 for q in quantities.values()))
    assert (found["largest_country"], found["listed_share"]) == ("COD", pytest.approx(sum(quantities.values()) / world))


def test_korean_seats_are_those_of_the_publishers_file(raw: Path) -> None:
    with gzip.open(raw / "iso_open_data/iso_technical_committees.jsonl.gz", "rt", encoding="utf-8") as stream:
        committees = [c for line in stream if (c := json.loads(line))["status"] == "Active"]

    def members(committee: dict[str, Any], kind: str) -> set[str]:
        return {body["acronym"] for body in committee[kind] or []}

    secretariat = {c["reference"]: (c["secretariat"] or {}).get("acronym") for c in committees}
    listed = [
        c for c in committees if (members(c, "pMembers") | members(c, "oMembers")) - {secretariat[c["reference"]]}
    ]
    seats_found = local("committee_seats", committees=tidied(raw, "iso_open_data", "committees"))
    korea = local("standards_presence", committee_seats=seats_found).filter(iso3=pl.lit("KOR"))
    participating = sum("KATS" in members(c, "pMembers") for c in listed)
    assert korea["participating"].item() == participating
    assert korea["participating_share"].item() == pytest.approx(participating / len(listed))
    assert korea["observing"].item() == sum("KATS" in members(c, "oMembers") for c in listed)
    assert korea["secretariats"].item() == sum(body == "KATS" for body in secretariat.values())


def test_income_groups_are_the_world_banks_away_from_the_limits(raw: Path) -> None:
    """Groups of the fiscal year 2026."""
    groups = {
        "USA": "high", "KOR": "high", "DEU": "high", "JPN": "high", "BRA": "upper-middle", "ZAF": "upper-middle",
        "THA": "upper-middle", "COL": "upper-middle", "IND": "lower-middle", "BGD": "lower-middle",
        "KEN": "lower-middle", "GHA": "lower-middle", "MOZ": "low", "MDG": "low", "COD": "low", "RWA": "low",
    }  # fmt: skip
    found = by(local("income_group", macro=tidied(raw, "world_bank", "macro")), "income_group")
    assert {c: found[c] for c in groups} == groups
    assert len(found) > 180


def test_the_diversity_of_korean_partners_by_a_second_way(raw: Path) -> None:
    """Co-publications of 2022 by NCSES, written as a double loop."""
    with (raw / "ncses/copublications_2003_2022.csv").open() as stream:
        rows = [
            r for r in csv.DictReader(stream) if r["year"] == "2022" and WORLD not in (r["iso3"], r["partner_iso3"])
        ]
    works = [(r["iso3"], r["partner_iso3"], int(float(r["publications"]))) for r in rows]
    joint = pl.DataFrame(works, schema=["iso3", "partner_iso3", "works"], orient="row")
    tidy = registry.sources()["cepii_distances"].tidy
    assert tidy is not None
    distances = next(frame for _, frame in tidy(Intake(raw, "cepii_distances")))
    found = local("partner_diversity", copublications=joint, distances=distances)
    km = {(x, y): d for x, y, d in distances.select("iso3", "partner_iso3", "distance_km").iter_rows()}
    korea = {y: n for x, y, n in works if x == "KOR"}
    total = sum(korea.values())
    expected = sum(km[i, j] * korea[i] * korea[j] for i, j in itertools.combinations(korea, 2)) / total**2
    assert by(found, "partner_diversity")["KOR"] == pytest.approx(expected / max(km.values()))
    assert found["partner_diversity"].null_count() == 0
