"""Indicators that two countries are compared by: intervals against draws and exact ones, terms against their sums."""

import math
from typing import Any, Literal, cast

import narwhals as nw
import numpy as np
import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from scipy import stats

import legation
from legation import registry
from legation.errors import NoEvidenceError
from legation.evaluation import Evaluator
from legation.evidence import Evidence
from legation.indicators.expected_collaboration import _ratio
from legation.periods import Cut
from legation.resampling import garwood
from legation.store import Store

COUNTRIES, FIELDS = ("AUT", "BEL", "CHE", "DEU"), ("biology", "chemistry", "geology", "physics")
SEVERAL = settings(deadline=None, max_examples=30, suppress_health_check=[HealthCheck.too_slow])
WORLD_COLUMNS = {"source": "example", "first_year": 2020, "year": 2020, "counting": "fractional"}
counts = st.lists(
    st.lists(st.integers(0, 400), min_size=len(FIELDS), max_size=len(FIELDS)),
    min_size=len(COUNTRIES), max_size=len(COUNTRIES),
).filter(lambda rows: all(map(sum, rows)) and all(map(sum, zip(*rows, strict=True))))  # fmt: skip


@pytest.fixture(scope="module")
def evidence() -> Evidence:
    return legation.open()


def articles_of(rows: list[list[int]]) -> pl.DataFrame:
    cells = [(c, f, float(n)) for c, row in zip(COUNTRIES, rows, strict=True) for f, n in zip(FIELDS, row, strict=True)]
    return pl.DataFrame(cells, schema=["iso3", "scope", "articles"], orient="row")


def advantage_of(articles: pl.DataFrame) -> pl.DataFrame:
    compute = registry.indicators()["revealed_comparative_advantage"].compute
    assert compute is not None
    dated = articles.with_columns(pl.lit(value).alias(name) for name, value in WORLD_COLUMNS.items())
    return pl.DataFrame(compute(nw.from_native(dated.lazy())).collect().to_native())


def density_of(advantage: pl.DataFrame, articles: pl.DataFrame) -> pl.DataFrame:
    compute = registry.indicators()["relatedness_density"].compute
    assert compute is not None
    return pl.DataFrame(compute(advantage, articles, min_articles=0.0))


def gains_of(advantage: pl.DataFrame, density: pl.DataFrame) -> pl.DataFrame:
    compute = registry.indicators()["complementarity_by_field"].compute
    assert compute is not None
    dated = density.with_columns(pl.lit(value).alias(name) for name, value in WORLD_COLUMNS.items())
    frames = (nw.from_native(frame.lazy()) for frame in (advantage, dated))
    return pl.DataFrame(compute(*frames).collect().to_native())


def newest(evidence: Evidence, indicator: str, window: int = 1, **where: str) -> pl.DataFrame:
    cut = Cut(None, None, window, latest=True, where=tuple(where.items()))
    return evidence.evaluator.evaluate(indicator, cut=cut)


def test_the_interval_of_rca_is_that_of_its_articles_drawn_anew() -> None:
    """Ten thousand draws of Korea's mix with its total kept; Wilson's ends are within a tenth of the half width."""
    articles = articles_of([[400, 300, 200, 100], [100, 200, 300, 400], [250, 250, 250, 250], [10, 20, 30, 40]])
    found = advantage_of(articles).filter(pl.col("iso3") == "AUT").sort("scope")
    drawn = np.random.default_rng(1).multinomial(1000, [0.4, 0.3, 0.2, 0.1], size=10_000) / 1000
    world = articles.group_by("scope").agg(pl.col("articles").sum()).sort("scope")["articles"].to_numpy()
    low, high = np.quantile(drawn, (0.025, 0.975), axis=0) / (world / world.sum())
    width = (high - low) / 2
    assert np.abs(found["rca_low"].to_numpy() - low).max() < 0.1 * width.max()
    assert np.abs(found["rca_high"].to_numpy() - high).max() < 0.1 * width.max()


@SEVERAL
@given(counts)
def test_intervals_of_rca_hold_it_and_begin_at_nought_where_there_is_nothing(rows: list[list[int]]) -> None:
    found = advantage_of(articles_of(rows))
    for name in ("rca", "symmetric_rca"):
        assert (found[f"{name}_low"] <= found[name] + 1e-12).all()
        assert (found[name] <= found[f"{name}_high"] + 1e-12).all()
    assert (found.filter(pl.col("rca") == 0)["rca_low"] == 0).all()
    assert (found.filter(pl.col("rca") == 0)["rca_high"] > 0).all()


@SEVERAL
@given(counts)
def test_the_interval_of_density_counts_what_is_surely_and_perhaps_held(rows: list[list[int]]) -> None:
    articles = articles_of(rows)
    advantage = advantage_of(articles)
    found = density_of(advantage, articles)
    assert found["density"].is_between(0, 1).all()
    assert (found["density_low"] <= found["density"] + 1e-12).all()
    assert (found["density"] <= found["density_high"] + 1e-12).all()
    certain = advantage.with_columns(rca_low="rca", rca_high="rca")
    settled = density_of(certain, articles)
    assert (settled["density_low"] == settled["density_high"]).all()


def test_the_interval_of_density_is_wider_than_that_of_draws() -> None:
    """Korea's own counts drawn anew, the proximities as they are: 95 % of the densities lie inside."""
    articles = articles_of([[300, 240, 260, 200], [100, 200, 300, 400], [250, 250, 250, 250], [400, 300, 200, 100]])
    found = density_of(advantage_of(articles), articles).filter(pl.col("iso3") == "AUT").sort("scope")
    world = articles.group_by("scope").agg(pl.col("articles").sum()).sort("scope")["articles"].to_numpy()
    held = {c: set(f["scope"]) for (c,), f in advantage_of(articles).filter(pl.col("rca") >= 1).group_by("iso3")}

    def near(p: str, q: str) -> float:
        both = sum({p, q} <= fields for fields in held.values())
        return min(both / sum(f in fields for fields in held.values()) for f in (p, q)) if both else 0.0

    draws = np.random.default_rng(2).poisson([300, 240, 260, 200], size=(2000, 4))
    drawn_held = draws / draws.sum(axis=1, keepdims=True) >= world / world.sum()
    inside = []
    for place, field in enumerate(FIELDS):
        around = np.array([near(field, q) if q != field else 0.0 for q in FIELDS])
        density = drawn_held @ around / around.sum() if around.sum() else np.zeros(len(draws))
        low, high = found["density_low"][place], found["density_high"][place]
        inside.append(((low - 1e-9 <= density) & (density <= high + 1e-9)).mean())
    assert min(inside) >= 0.95


@SEVERAL
@given(counts)
def test_gains_by_brute_force(rows: list[list[int]]) -> None:
    articles = articles_of(rows)
    advantage = advantage_of(articles)
    density = density_of(advantage, articles)
    s = {(r["iso3"], r["scope"]): r for r in advantage.iter_rows(named=True)}
    d = {(r["iso3"], r["scope"]): r for r in density.iter_rows(named=True)}
    found = gains_of(advantage, density)
    assert found.height == len(COUNTRIES) * (len(COUNTRIES) - 1) * len(FIELDS)
    for row in found.iter_rows(named=True):
        home, partner = s[row["iso3"], row["scope"]], s[row["partner_iso3"], row["scope"]]
        lead = partner["symmetric_rca"] - home["symmetric_rca"]
        assert row["lead"] == pytest.approx(lead)
        assert row["gain"] == pytest.approx(max(0, lead) * d[row["iso3"], row["scope"]]["density"])
        assert row["lead_low"] <= lead + 1e-12
        assert row["gain_low"] <= row["gain"] + 1e-12
        assert row["gain"] <= row["gain_high"] + 1e-12


def test_gains_add_up_to_complementarity(evidence: Evidence) -> None:
    pair = {"counting": "fractional", "iso3": "KOR", "partner_iso3": "CHE"}
    whole = newest(evidence, "complementarity", 5, **pair).filter(pl.col("source") == "ncses")
    parts = newest(evidence, "complementarity_by_field", 5, **pair).filter(pl.col("source") == "ncses")
    assert float(parts["gain"].sum()) == pytest.approx(whole["complementarity"][0])
    assert parts.sort("gain")["scope"][-1] == whole["strongest_scope"][0]


def test_gains_from_patents_stand_on_the_densities_of_patents(evidence: Evidence) -> None:
    pair = {"kind": "international_patent_families", "iso3": "KOR", "partner_iso3": "CHE"}
    found = newest(evidence, "patent_complementarity", 1, **pair)
    density = newest(evidence, "patent_relatedness_density", kind=pair["kind"]).filter(pl.col("iso3") == "KOR")
    joined = found.join(density.select("scope", told="density"), on="scope")
    assert joined.height == 35
    assert (joined["density"] == joined["told"]).all()
    assert joined.select((pl.col("lead").clip(0) * pl.col("density") - pl.col("gain")).abs().max()).item() < 1e-12


def test_the_interval_of_one_poisson_count_is_exact() -> None:
    low, high = garwood(np.array([0.0, 1.0, 5.0, 200.0]))
    assert low[0] == 0
    assert low[1:] == pytest.approx([stats.chi2.ppf(0.025, 2 * n) / 2 for n in (1, 5, 200)])
    assert high == pytest.approx([stats.chi2.ppf(0.975, 2 * n + 2) / 2 for n in (0, 1, 5, 200)])


def test_the_interval_of_the_ratio_holds_chance_in_the_joint_works_too() -> None:
    """With a certain expectation it is that of the count; with a large count that of the expectation."""
    half = np.array([0.0, 0.5, 0.5])
    works, expected = np.array([4.0, 1e8, 0.0]), np.array([8.0, 1e8, 2.0])
    low, high = (_ratio(works, expected, half)[f"ratio_{end}"].to_list() for end in ("low", "high"))
    assert (low[0], high[0]) == pytest.approx([stats.chi2.ppf(0.025, 8) / 16, stats.chi2.ppf(0.975, 10) / 16])
    assert (low[1], high[1]) == pytest.approx([math.exp(-0.5), math.exp(0.5)], rel=1e-4)
    assert (low[2], high[2]) == pytest.approx([0, stats.chi2.ppf(0.975, 2) / 4 * math.exp(0.5)])


def test_growth_of_a_share_is_growth_over_that_of_all() -> None:
    compute = registry.indicators()["growth"].compute
    assert compute is not None
    rows = [("KOR", 2015, 100.0), ("KOR", 2020, 300.0), ("CHE", 2015, 300.0), ("CHE", 2020, 300.0)]
    articles = pl.DataFrame(rows, schema=["iso3", "year", "articles"], orient="row")
    found = pl.DataFrame(compute(articles, window_years=5, draws=500)).sort("iso3", descending=True)
    share = (300 / 600) / (100 / 400)
    assert found["share_growth"][0] == pytest.approx(share ** (1 / 5) - 1)
    world = (600 / 400) ** (1 / 5)
    assert found["share_growth"][1] == pytest.approx(1 / world - 1)
    assert found["annual_growth"][1] == 0
    assert found["share_growth_high"][1] < 0


def test_growth_of_patents_is_that_of_the_published_counts(evidence: Evidence) -> None:
    kind = "international_patent_families"
    found = newest(evidence, "patent_growth", kind=kind).filter(pl.col("scope") == "optics", pl.col("iso3") == "KOR")
    patents = evidence.table("patents", "ncses").filter(pl.col("kind") == kind, pl.col("scope") == "optics")
    of = {
        year: float(rows["patents"].sum())
        for (year,), rows in patents.filter(pl.col("iso3") == "KOR").group_by("last_year")
    }
    listed = patents.filter(pl.col("iso3") != "WLD")
    whole = {year: float(rows["patents"].sum()) for (year,), rows in listed.group_by("last_year")}
    first, last = found["first_year"][0], found["year"][0]
    grown = (of[last] / of[first]) ** (1 / (last - first))
    assert found["annual_growth"][0] == pytest.approx(grown - 1)
    assert found["share_growth"][0] == pytest.approx(grown / (whole[last] / whole[first]) ** (1 / (last - first)) - 1)


def test_specialisation_by_topic_is_that_of_the_same_counts_by_field() -> None:
    """Each work with one author: credits are counts, a topic is a field."""
    generator = np.random.default_rng(3)
    topics, countries = generator.integers(0, 4, 400), generator.integers(0, 3, 400)
    works = pl.DataFrame({"work_id": [f"w{i}" for i in range(400)], "year": [2019] * 399 + [2021], "authors": 1})
    works = works.with_columns(topic=pl.Series([FIELDS[t] for t in topics]))
    authorships = works.select("work_id", position=pl.lit(0), countries=pl.lit(1), author=pl.lit(None, pl.String))
    authorships = authorships.with_columns(iso3=pl.Series([COUNTRIES[c] for c in countries]))
    compute = registry.indicators()["topic_specialisation"].compute
    assert compute is not None
    found = pl.DataFrame(compute(works, authorships, min_articles=1.0, draws=20))
    counted = works.head(399).join(authorships, on="work_id").group_by("iso3", scope="topic").agg(articles=pl.len())
    advantage = advantage_of(counted.with_columns(pl.col("articles").cast(pl.Float64)))
    both = found.join(advantage, left_on=["topic", "iso3"], right_on=["scope", "iso3"], suffix="_told")
    assert both.height == found.height == 12
    for name in ("rca", "rca_low", "rca_high", "symmetric_rca"):
        assert both[name].to_list() == pytest.approx(both[f"{name}_told"].to_list())
    assert found["credits"].sum() == 399
    assert found["annual_growth"].null_count() == found.height


class OlderStore:
    """A store built before a measure was declared."""

    def __init__(self, store: Store) -> None:
        self.store = store

    def __getattr__(self, name: str) -> Any:
        return getattr(self.store, name)

    def frame(self, name: str, source: str | None = None, kind: Literal["table", "result"] = "table") -> pl.DataFrame:
        found = self.store.frame(name, source, kind)
        return found.drop("rca_low", strict=False) if kind == "result" else found


def test_what_a_store_keeps_without_a_measure_is_computed_anew(evidence: Evidence) -> None:
    cut = Cut(None, None, 5, latest=True, where=(("counting", "fractional"),))
    older = Evaluator(cast("Store", OlderStore(evidence.store)))
    anew, kept = (e.evaluate("revealed_comparative_advantage", "ncses", cut) for e in (older, evidence.evaluator))
    assert anew["rca_low"].to_list() == pytest.approx(kept["rca_low"].to_list())


def test_a_source_of_which_nothing_is_kept_is_asked_for_its_own(evidence: Evidence) -> None:
    """Two technologies are too few fields for a density: that is said, and not that the source is unknown."""
    cut = Cut(None, None, 5, latest=True, where=(("counting", "fractional"),))
    with pytest.raises(NoEvidenceError, match="of the fields told apart"):
        evidence.evaluator.evaluate("relatedness_density", "openalex_extracts", cut)
