"""Indicators of impact, openness, leadership and timing: by brute force over small invented worlds."""

import itertools
import math
from collections.abc import Sequence
from fractions import Fraction
from typing import Any

import narwhals as nw
import numpy as np
import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import legation
from legation import registry
from legation.answers import _coverage as coverage
from legation.errors import NoEvidenceError
from legation.indicators import lead_lag
from legation.indicators.first_mover import SETTINGS
from legation.indicators.normalised_citation_score import normalised_score
from legation.model import WORLD
from legation.periods import with_period
from legation.store import Store

COUNTRIES = ("CHE", "ISL", "KOR", "USA")
SEVERAL = settings(deadline=None, max_examples=30, suppress_health_check=[HealthCheck.too_slow])
Work = dict[str, Any]

addresses = st.sets(st.sampled_from(COUNTRIES), max_size=2)
known_or_not = st.sampled_from([None, False, True])
single_works = st.lists(
    st.fixed_dictionaries(
        {
            "year": st.integers(2016, 2020),
            "field": st.sampled_from([None, "physics"]),
            "type": st.sampled_from(["article", "review"]),
            "topic": st.sampled_from([None, "T1", "T2"]),
            "citations": st.one_of(st.none(), st.integers(0, 4)),
            "open_access": known_or_not,
            "company": known_or_not,
            "country_list_only": st.sampled_from([False, False, False, True]),
            "authors": st.lists(st.tuples(addresses, known_or_not), min_size=1, max_size=3),
        }
    ),
    min_size=1,
    max_size=25,
)


def frames_of(works: Sequence[Work]) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The tables `works` and `authorships` of some works."""
    records = [{**w, "work_id": f"w{i}", "authors": len(w["authors"])} for i, w in enumerate(works)]
    rows = [
        (f"w{i}", place, iso3, len(countries), corresponding)
        for i, w in enumerate(works)
        for place, (countries, corresponding) in enumerate(w["authors"])
        for iso3 in sorted(countries) or [None]
    ]
    flags = dict.fromkeys(("open_access", "company", "country_list_only"), pl.Boolean)
    types = {"work_id": pl.String, "field": pl.String, "topic": pl.String, "citations": pl.Int64, **flags}
    signed = {"work_id": pl.String, "position": pl.Int64, "iso3": pl.String, "countries": pl.Int64}
    return (
        pl.DataFrame(records, schema_overrides=types),
        pl.DataFrame(rows, schema={**signed, "corresponding": pl.Boolean}, orient="row"),
    )


def local(name: str, *inputs: pl.DataFrame, **chosen: Any) -> pl.DataFrame:
    """An indicator that takes the frames of one world."""
    compute = registry.indicators()[name].compute
    assert compute is not None
    return pl.DataFrame(compute(*inputs, **chosen))


def relational(name: str, *inputs: pl.DataFrame) -> pl.DataFrame:
    """An indicator that is an expression, on frames that hold its world columns."""
    compute = registry.indicators()[name].compute
    assert compute is not None
    return pl.DataFrame(compute(*(nw.from_native(frame.lazy()) for frame in inputs)).collect().to_native())


def by(frame: pl.DataFrame, column: str, *keys: str) -> dict[Any, Any]:
    """The values of a column by key; several keys make a tuple."""
    names = keys or ("iso3",)
    return {row[0] if len(names) == 1 else row[:-1]: row[-1] for row in frame.select(*names, column).iter_rows()}


def countries(work: Work) -> set[str]:
    return {iso3 for signed, _ in work["authors"] for iso3 in signed}


def credit(work: Work, iso3: str) -> Fraction:
    shares = (Fraction(1, len(signed)) for signed, _ in work["authors"] if iso3 in signed)
    return sum(shares, Fraction(0)) / len(work["authors"])


def top(work: Work, works: Sequence[Work]) -> Fraction:
    """The top-10 % score of a work whose citations are known."""
    peers = [
        w["citations"]
        for w in works
        if w["citations"] is not None and (w["field"], w["year"]) == (work["field"], work["year"])
    ]
    up_to = sum(c <= work["citations"] for c in peers)
    share = (up_to - Fraction(9, 10) * len(peers)) / peers.count(work["citations"])
    return Fraction(min(1, max(0, share)))


def assert_inside(found: pl.DataFrame, measure: str, most: float = 1.0) -> None:
    """A measure lies within its interval, and that between nought and the most it can be."""
    told = found.drop_nulls(measure)
    low, value, high = (told[c] for c in (f"{measure}_low", measure, f"{measure}_high"))
    assert ((low >= 0) & (low <= value + 1e-12) & (value <= high + 1e-12) & (high <= most)).all()


# Citation impact


@SEVERAL
@given(single_works)
def test_the_mean_score_of_each_field_year_and_type_is_one(works: list[Work]) -> None:
    scored = frames_of(works)[0].drop_nulls("citations").with_columns(score=normalised_score())
    for part in scored.partition_by("field", "year", "type"):
        assert part["score"].mean() == pytest.approx(1.0 if part["citations"].sum() else 0.0)


@SEVERAL
@given(single_works)
def test_mean_normalised_citation_score_by_brute_force(works: list[Work]) -> None:
    found = local("normalised_citation_score", *frames_of(works), lag_years=0, draws=20)
    known = [w for w in works if w["citations"] is not None]

    def score(work: Work) -> Fraction:
        kind = (work["field"], work["year"], work["type"])
        peers = [w["citations"] for w in known if (w["field"], w["year"], w["type"]) == kind]
        return Fraction(work["citations"] * len(peers), sum(peers)) if sum(peers) else Fraction(0)

    output = {i: sum((credit(w, i) for w in known), Fraction(0)) for i in COUNTRIES}
    expected = {
        i: float(sum((credit(w, i) * score(w) for w in known), Fraction(0)) / output[i]) for i in COUNTRIES if output[i]
    }
    assert by(found, "mean_normalised_citation_score") == pytest.approx(expected)
    assert_inside(found, "mean_normalised_citation_score", math.inf)
    assert (found["works_without_citations"] == len(works) - len(known)).all()


# Openness


@pytest.mark.parametrize(("name", "flag"), [("open_access_share", "open_access"), ("company_share", "company")])
@SEVERAL
@given(works=single_works)
def test_shares_of_what_is_known_by_brute_force(name: str, flag: str, works: list[Work]) -> None:
    found = local(name, *frames_of(works), lag_years=0, draws=20)
    known = [w for w in works if w[flag] is not None]
    expected, unknown = {}, {}
    for i in COUNTRIES:
        yes, of_known, output = (
            sum((credit(w, i) for w in some), Fraction(0)) for some in ([w for w in known if w[flag]], known, works)
        )
        if output and known:
            expected[i] = float(yes / of_known) if of_known else None
            unknown[i] = float(1 - of_known / output)
    assert by(found, name) == pytest.approx(expected)
    assert by(found, "unknown_share") == pytest.approx(unknown, abs=1e-12)
    assert_inside(found, name)


@SEVERAL
@given(single_works)
def test_international_share_by_brute_force(works: list[Work]) -> None:
    found = local("international_share", *frames_of(works), lag_years=0)
    own = {i: [w for w in works if i in countries(w)] for i in COUNTRIES}
    present = [i for i in COUNTRIES if own[i]]
    gaps = {i: [w for w in own[i] if len(countries(w)) == 1 and any(not s for s, _ in w["authors"])] for i in present}
    share = {i: sum(len(countries(w)) > 1 for w in own[i]) / len(own[i]) for i in present}
    assert by(found, "international_share") == pytest.approx(share)
    assert by(found, "unseen_share") == pytest.approx({i: len(gaps[i]) / len(own[i]) for i in present})
    assert_inside(found, "international_share")


@SEVERAL
@given(single_works)
def test_a_world_of_one_country_has_no_international_share(works: list[Work]) -> None:
    alone = [{**w, "authors": [({"KOR"} & s, c) for s, c in w["authors"]]} for w in works]
    found = local("international_share", *frames_of(alone), lag_years=0)
    assert (found["international_share"] == 0).all()
    assert local("equitable_leadership", *frames_of(alone), lag_years=0).is_empty()


@SEVERAL
@given(single_works)
def test_the_rate_of_counts_is_the_share_of_the_same_works(works: list[Work]) -> None:
    one_year = [{**w, "year": 2020} for w in works]
    records, signed = (f.with_columns(source=pl.lit("x")) for f in frames_of(one_year))
    records = records.with_columns(scope=pl.lit("x"))
    counted = []
    for name in ("copublications", "articles"):
        table = registry.tables()[name]
        assert table.derive is not None
        lazy = table.derive(nw.from_native(records.lazy()), nw.from_native(signed.lazy()))
        counted.append(pl.DataFrame(with_period(lazy, table).collect().to_native()))
    found = relational("international_collaboration_rate", *counted)
    share = local("international_share", *frames_of(one_year), lag_years=0)
    abroad = share.filter(pl.col("international_share") > 0)
    for end in ("", "_low", "_high"):
        expected = by(abroad, f"international_share{end}")
        assert by(found, f"international_collaboration_rate{end}") == pytest.approx(expected)


def test_counts_of_two_publishers_are_not_divided() -> None:
    pair = {"source": "x", "first_year": 2020, "year": 2020, "scope": "all"}
    abroad = pl.DataFrame([{**pair, "iso3": "KOR", "partner_iso3": WORLD, "works": 5}])
    foreign = pl.DataFrame([{**pair, "iso3": "KOR", "counting": "full", "articles": 9.0}]).drop("source")
    with pytest.raises(NoEvidenceError, match="gives no counts of all works"):
        relational("international_collaboration_rate", abroad, foreign)


# Leadership and dependence


@SEVERAL
@given(single_works)
def test_equitable_leadership_by_brute_force(works: list[Work]) -> None:
    found = local("equitable_leadership", *frames_of(works), lag_years=0)
    anything = any(leader_known(w) and len(countries(w)) > 1 for w in works)
    expected: dict[str, dict[tuple[str, str], Any]] = {"joint_works": {}, "works_left_out": {}, "partner_leads": {}}
    expected["partner_first_author"] = {}
    for pair in itertools.permutations(COUNTRIES, 2):
        joint = [w for w in works if set(pair) <= countries(w)]
        if not joint or not anything:
            continue
        told = [w for w in joint if leader_known(w)]
        expected["joint_works"][pair] = len(told)
        expected["works_left_out"][pair] = len(joint) - len(told)
        expected["partner_leads"][pair] = sum(pair[1] in leaders(w) for w in told) / len(told) if told else None
        expected["partner_first_author"][pair] = sum(first(w, pair[1]) for w in told) / len(told) if told else None
    for measure, values in expected.items():
        assert by(found, measure, "iso3", "partner_iso3") == pytest.approx(values), measure
    assert_inside(found, "partner_leads")
    home = by(found, "home_leads", "iso3", "partner_iso3")
    partner = by(found, "partner_leads", "iso3", "partner_iso3")
    assert home == {(h, p): partner[p, h] for h, p in partner}


@SEVERAL
@given(single_works)
def test_first_author_credit_of_home_partner_and_third_countries_is_one(works: list[Work]) -> None:
    found = local("equitable_leadership", *frames_of(works), lag_years=0)
    share = by(found, "partner_first_author", "iso3", "partner_iso3")
    for (h, p), value in share.items():
        told = [w for w in works if {h, p} <= countries(w) and leader_known(w)]
        thirds = [first(w, i) for w in told for i in COUNTRIES if i not in (h, p)]
        if told:
            assert value + share[p, h] + sum(thirds) / len(told) == pytest.approx(1)


def leader_known(work: Work) -> bool:
    return not work["country_list_only"] and bool(work["authors"][0][0])


def first(work: Work, iso3: str) -> float:
    signed = work["authors"][0][0]
    return 1 / len(signed) if iso3 in signed else 0.0


def leaders(work: Work) -> set[str]:
    return {i for place, (signed, leads) in enumerate(work["authors"]) if leads or not place for i in signed}


@SEVERAL
@given(single_works)
def test_knowledge_dependence_by_brute_force(works: list[Work]) -> None:
    found = local("knowledge_dependence", *frames_of(works), lag_years=0)
    scores = [(w, top(w, works)) for w in works if w["citations"] is not None]
    with_partner, loss = {}, {}
    for h, p in itertools.permutations(COUNTRIES, 2):
        own = [(w, z) for w, z in scores if z and h in countries(w)]
        joint = [(w, z) for w, z in own if p in countries(w)]
        if joint:
            with_partner[h, p] = float(sum(z for _, z in joint) / sum(z for _, z in own))
            loss[h, p] = float(sum(z * credit(w, h) for w, z in joint) / sum(z * credit(w, h) for w, z in own))
    assert by(found, "with_partner", "iso3", "partner_iso3") == pytest.approx(with_partner)
    assert by(found, "loss_without_partner", "iso3", "partner_iso3") == pytest.approx(loss)
    for measure in ("with_partner", "loss_without_partner"):
        assert found[measure].is_between(0, 1).all()
        assert_inside(found, measure)


def test_what_is_lost_is_what_is_missing_when_the_works_of_the_partner_go() -> None:
    """On top scores that do not move: every work alone in its field and year has a tenth."""
    teams = [("KOR", "CHE"), ("KOR",), ("KOR", "USA"), ("CHE",)]
    works = [
        {"year": 2020, "field": f"f{i}", "type": "article", "topic": None, "citations": 1, "open_access": None}
        | {"company": None, "country_list_only": False, "authors": [({c}, None) for c in team]}
        for i, team in enumerate(teams)
    ]
    before, after = (
        local("top10_share", *frames_of(some), lag_years=0, draws=5)
        for some in (works, [w for w, team in zip(works, teams, strict=True) if "CHE" not in team])
    )
    loss = by(
        local("knowledge_dependence", *frames_of(works), lag_years=0), "loss_without_partner", "iso3", "partner_iso3"
    )
    kept = by(after, "top10_works")["KOR"] / by(before, "top10_works")["KOR"]
    assert loss["KOR", "CHE"] == pytest.approx(1 - kept)


# First movers


@SEVERAL
@given(single_works, st.integers(1, 12))
def test_first_movers_by_brute_force(works: list[Work], copies: int) -> None:
    many = [w for w in works for _ in range(copies)]
    found = local("first_mover", *frames_of(many), lag_years=0)
    scores = [(w, top(w, many)) for w in many if w["citations"] is not None]
    for name, (least, places, large) in SETTINGS.items():
        entry = by(found, f"entry_year_{name}", "topic", "iso3")
        assert entry == {(topic, i): entry_year(scores, topic, i, least) for topic, i in entry}
        early = by(found, f"early_{name}", "topic", "iso3")
        for topic in found["topic"].unique():
            years = [year for (t, _), year in entry.items() if t == topic and year is not None]
            given_out = sum(value for (t, _), value in early.items() if t == topic)
            assert given_out == pytest.approx(min(places, len(years)))
            assert all(
                early[t, i] == pytest.approx(place(years, year, places)) for (t, i), year in entry.items() if t == topic
            )
            size = sum(w["topic"] == topic for w in many)
            assert set(found.filter(topic=topic)[f"large_{name}"]) == {int(size >= large)}
    assert_early_shares(found)


def entry_year(scores: Sequence[tuple[Work, Fraction]], topic: str, iso3: str, least: float) -> int | None:
    years: dict[int, Fraction] = {}
    for w, z in scores:
        if w["topic"] == topic and iso3 in countries(w):
            years[w["year"]] = years.get(w["year"], Fraction(0)) + z
    return min((year for year, z in years.items() if z >= least), default=None)


def place(years: Sequence[int], year: int | None, places: int) -> float:
    if year is None:
        return 0.0
    return min(1.0, max(0.0, (places - sum(y < year for y in years)) / years.count(year)))


def assert_early_shares(first_mover: pl.DataFrame) -> None:
    world = {"source": pl.lit("x"), "scope": pl.lit("x")}
    shares = relational("early_entry_share", first_mover.with_columns(**world))
    for name, (_, places, _) in SETTINGS.items():
        large = first_mover.filter(pl.col(f"large_{name}") == 1)
        topics = large["topic"].n_unique()
        share = by(shares, f"early_entry_share_{name}")
        assert set(share) == set(first_mover["iso3"])
        if not topics:
            assert set(share.values()) <= {None}
            continue
        told = {i: large.filter(iso3=i)[f"early_{name}"].sum() / topics for i in share}
        assert share == pytest.approx(told)
        assert all(0 <= value <= 1 for value in share.values())
        assert sum(share.values()) <= places + 1e-9
        assert (shares[f"large_topics_{name}"] == topics).all()


# Lead and lag

curves = st.lists(st.integers(1, 60), min_size=22, max_size=22).filter(lambda c: len(set(c)) > 12)


def world_of(own: Sequence[int], others: Sequence[int]) -> pl.DataFrame:
    """Two countries, of unequal size, whose shares of physics are these per cent."""
    rows = [
        {"iso3": iso3, "year": 2001 + i, "scope": scope, "articles": float(value)}
        for iso3, curve, size in (("KOR", own, 1_000), ("USA", others, 7_000))
        for i, share in enumerate(curve)
        for scope, value in (("all", size), ("physics", size * share / 100))
    ]
    return pl.DataFrame(rows)


@SEVERAL
@given(curves, st.integers(-4, 4))
def test_a_planted_shift_is_found(curve: list[int], shift: int) -> None:
    own, others = curve[4 + shift : 18 + shift], curve[4:18]
    found = local("lead_lag", world_of(own, others), draws=30)
    for iso3, expected in (("KOR", shift), ("USA", -shift)):
        row = found.row(by_predicate=pl.col("iso3") == iso3, named=True)
        assert row["correlation"] == pytest.approx(1, abs=1e-6)
        assert row["lead_years_low"] <= row["lead_years"] <= row["lead_years_high"]
        assert row["lead_years"] == expected or agreement(own, others, int(row["lead_years"]), iso3) > 1 - 1e-6


def agreement(own: Sequence[int], others: Sequence[int], lag: int, iso3: str) -> float:
    """The correlation of two curves after a regression of each on the year, by least squares."""
    here, there = (own, others) if iso3 == "KOR" else (others, own)
    pairs = [(i, here[i], there[i + lag]) for i in range(len(here)) if 0 <= i + lag < len(there)]
    t, x, y = np.array(pairs, dtype=float).T
    left = [v - np.polyval(np.polyfit(t, v, 1), t) for v in (x, y)]
    if min(v @ v for v in left) < 1e-9:
        return math.nan
    return float(left[0] @ left[1] / math.sqrt((left[0] @ left[0]) * (left[1] @ left[1])))


@SEVERAL
@given(curves, curves)
def test_the_best_shift_by_regression_on_the_year(one: list[int], other: list[int]) -> None:
    found = local("lead_lag", world_of(one, other), draws=2)
    row = found.row(by_predicate=pl.col("iso3") == "KOR", named=True)
    tried = {lag: agreement(one, other, lag, "KOR") for lag in range(-5, 6)}
    assert row["correlation"] == pytest.approx(max(v for v in tried.values() if not math.isnan(v)), abs=1e-6)
    assert tried[int(row["lead_years"])] == pytest.approx(row["correlation"], abs=1e-6)
    assert row["correlation_unshifted"] == pytest.approx(tried[0], abs=1e-6)


def test_straight_curves_show_no_shift() -> None:
    straight = list(range(10, 24))
    assert local("lead_lag", world_of(straight, straight), draws=5).is_empty()


def test_the_interval_is_wide_where_the_curves_are_noise() -> None:
    rng = np.random.default_rng(1)
    noise = [rng.integers(1, 60, 14).tolist() for _ in range(2)]
    bend = [round(30 + 25 * math.sin(i / 2)) for i in range(20)]
    loose, tight = (
        local("lead_lag", world_of(own, others), draws=200).row(by_predicate=pl.col("iso3") == "KOR", named=True)
        for own, others in (noise, (bend[2:16], bend[:14]))
    )
    widths = [row["lead_years_high"] - row["lead_years_low"] for row in (loose, tight)]
    assert tight["lead_years"] == 2
    assert widths[0] > widths[1]


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (pl.col("year") < 2010, "12 in a row are needed"),
        (pl.col("year") != 2007, "12 in a row are needed"),
        (pl.col("scope") != "all", "no output over all fields"),
    ],
)
def test_where_curves_cannot_be_compared_the_reason_is_given(change: pl.Expr, reason: str) -> None:
    world = world_of(list(range(10, 24)), list(range(10, 24)))
    with pytest.raises(NoEvidenceError, match=reason):
        local("lead_lag", world.filter(change))


def test_a_draw_of_blocks_has_as_many_years_as_the_curve() -> None:
    drawn = lead_lag._blocks(14, 50, 7)
    assert drawn.shape == (50, 14)
    assert (drawn.sum(axis=1) == 14).all()


# Coverage


class OneTable(Store):
    """A store of one part: the coverage of the source x."""

    def __init__(self, table: pl.DataFrame) -> None:
        self.table = table

    def sources_of(self, name: str, kind: str = "table") -> tuple[str, ...]:
        return ("x",) if name == "coverage" else ()

    def frame(self, name: str, source: str | None = None, kind: str = "table") -> pl.DataFrame:
        return self.table


def test_coverage_counts_works_years_and_venues_of_the_years_used() -> None:
    rows = [
        ("icra", 2018, 10, 10, 10), ("icra", 2019, 30, 15, 30), ("iros", 2020, 0, 0, 0), ("iros", 2021, 10, 5, 0),
        ("all", 2018, 10, 10, 10), ("all", 2019, 30, 15, 30), ("all", 2021, 10, 5, 0),
    ]  # fmt: skip
    names = ["part", "year", "works", "works_with_country", "works_with_author_id"]
    robotics = pl.DataFrame(rows, schema=names, orient="row").with_columns(scope=pl.lit("robotics"))
    store = OneTable(pl.concat([robotics, robotics.with_columns(scope=pl.lit("quantum"))]))
    works, parts = coverage.of_works(store, "x", "robotics", 2019, 2021)
    told = {"source": "x", "scope": "robotics", "years": "2019–2021"}
    assert works.values == {**told, "works": 40, "present": 2, "span": 3, "located": 0.5, "identified": 0.75}
    assert parts.values == {**told, "present": 2, "possible": 6, "parts": 2}
    assert list(coverage.of_works(store, "x", "robotics", 2022, 2023)) == []
    assert list(coverage.of_works(store, "y", "robotics", 2019, 2021)) == []


def test_years_used_are_those_of_the_source_and_scope() -> None:
    frame = pl.DataFrame(
        [("x", "a", 2016, 2020), ("x", "b", 2000, 2022), ("y", "a", 1990, 2023)],
        schema=["source", "scope", "first_year", "year"],
        orient="row",
    )
    later = frame.with_columns(pl.col("first_year", "year") + 1)
    assert coverage.years_used([frame, later, frame.drop("scope"), pl.DataFrame()], "x", "a") == (2016, 2021)
    assert coverage.years_used([frame], "z", "a") is None


def test_an_answer_carries_the_coverage_of_its_works() -> None:
    answer = legation.open().position("KOR", "artificial-intelligence")
    lines = [str(line) for line in answer.coverage]
    assert any(
        "ai_robotics_conferences, Artificial intelligence" in line and "with a country" in line for line in lines
    )
    assert any("venue-years" in line for line in lines)
