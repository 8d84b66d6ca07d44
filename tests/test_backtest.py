"""The back-test: what it measures on small cases, that it looks at nothing later, that what is declared still holds."""

import itertools
import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import networkx as nx
import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

import legation
from legation import backtested, registry
from legation.answers._composing import Composer
from legation.backtest import Design, Found, backtest, composer_of, measure
from legation.backtest.measuring import auc, best_of, calibration, cells, means, precision, summary
from legation.backtest.page import years_table
from legation.backtest.panel import SERIES, followed, panel, strengths
from legation.backtest.predictors import (
    BASELINES,
    POTENTIAL,
    Known,
    potential,
    preferential_attachment,
    resource_allocation,
    with_lenses,
)
from legation.backtest.reporting import declared, evidence, report
from legation.errors import DataError, NoEvidenceError
from legation.evaluation import Evaluator
from legation.evidence import Evidence
from legation.phrasing import Phrasing
from legation.store import PartKind, Store

DOCS = Path(__file__).parents[1] / "docs"
YEAR = 2008
PAIR = ["iso3", "partner_iso3"]
QUICK = Design(years=(YEAR,))


@pytest.fixture(scope="module")
def opened() -> Evidence:
    return legation.open()


@pytest.fixture(scope="module")
def composer(opened: Evidence) -> Composer:
    return composer_of(opened.evaluator)


@pytest.fixture(scope="module")
def found(composer: Composer) -> Found:
    """One year, everything but the variants."""
    return measure(composer, QUICK, varied=False)


# How well an order foretells


scored = st.lists(st.tuples(st.integers(0, 6), st.booleans()), min_size=2, max_size=14).filter(
    lambda rows: len({grew for _, grew in rows}) == 2
)


@given(rows=scored)
def test_auc_counts_the_pairs_in_the_right_order_and_half_of_the_equal(rows: list[tuple[int, bool]]) -> None:
    pairs = [(a, b) for (a, up), (b, down) in itertools.product(rows, rows) if up and not down]
    right = sum((a > b) + (a == b) / 2 for a, b in pairs) / len(pairs)
    scores, grew = (np.array(column) for column in zip(*rows, strict=True))
    assert auc(scores.astype(np.float64), grew) == pytest.approx(right)


def test_auc_is_that_of_mann_and_whitney() -> None:
    stats = pytest.importorskip("scipy.stats")
    generator = np.random.default_rng(1)
    scores, grew = generator.integers(0, 30, 200).astype(np.float64), generator.random(200) < 0.25
    theirs = stats.mannwhitneyu(scores[grew], scores[~grew]).statistic / (grew.sum() * (~grew).sum())
    assert auc(scores, grew) == pytest.approx(theirs)


@pytest.mark.parametrize("grew", [np.zeros(3, dtype=bool), np.ones(3, dtype=bool)])
def test_there_is_no_auc_where_all_are_alike(grew: np.ndarray) -> None:
    assert math.isnan(auc(np.arange(3.0), grew))


@given(rows=st.lists(st.tuples(st.integers(0, 3), st.booleans()), min_size=1, max_size=6), places=st.integers(1, 6))
def test_precision_is_the_mean_over_all_orders_of_equal_scores(rows: list[tuple[int, bool]], places: int) -> None:
    orders = (sorted(order, key=lambda row: -row[0]) for order in itertools.permutations(rows))
    taken = min(places, len(rows))
    shares = [sum(grew for _, grew in order[:taken]) / taken for order in orders]
    scores, grew = (np.array(column) for column in zip(*rows, strict=True))
    assert precision(scores.astype(np.float64), grew, places) == pytest.approx(np.mean(shares))


# Means and intervals


def measured(values: dict[tuple[str, int], float]) -> pl.DataFrame:
    rows = [(iso3, year, value) for (iso3, year), value in values.items()]
    return pl.DataFrame(rows, schema=["iso3", "year", "auc"], orient="row")


def test_a_home_drawn_brings_all_its_years() -> None:
    """Two homes, one always right and one always wrong: with one drawn twice, a quarter of draws each, all or none."""
    (mean,) = means(measured({(h, y): float(h == "KOR") for h in ("KOR", "JPN") for y in range(10)}), ["auc"])
    assert (mean.value, mean.low, mean.high) == (0.5, 0.0, 1.0)


def test_years_are_drawn_too() -> None:
    (mean,) = means(measured({(f"H{h}", y): float(y) for h in range(30) for y in (0, 1)}), ["auc"])
    assert (mean.value, mean.low, mean.high) == (0.5, 0.0, 1.0)


def test_over_one_year_the_interval_is_the_bootstrap_over_homes() -> None:
    """The standard error of a mean of 400 values of variance 1/12 is 0.0144."""
    values = np.random.default_rng(2).random(400)
    (mean,) = means(measured({(f"H{h}", 2008): float(v) for h, v in enumerate(values)}), ["auc"])
    assert mean.value == pytest.approx(values.mean())
    assert mean.high - mean.low == pytest.approx(2 * 1.96 * values.std() / 20, rel=0.08)


def small_ties() -> pl.DataFrame:
    """Two homes of four partners; `right` puts what grew first, `wrong` last, `part` knows only of the first home."""
    grew = [True, False, False, False] * 2
    return pl.DataFrame(
        {
            "year": [2008] * 8, "iso3": ["KOR"] * 4 + ["JPN"] * 4, "partner_iso3": list("ABCD") * 2, "grew": grew,
            "right": [1.0, 0, 0, 0] * 2, "wrong": [0.0, 1, 1, 1] * 2, "even": [0.5] * 8,
            "part": [2.0, 3, 1, 1, None, None, None, None],
        }
    )  # fmt: skip


def test_each_is_held_against_the_best_simple_measure_over_the_ties_it_ranks() -> None:
    table = summary(small_ties(), {"right": "model", "wrong": "baseline", "even": "baseline", "part": "lens"},
                    ["wrong", "even"])  # fmt: skip
    rows = {row["predictor"]: row for row in table.iter_rows(named=True)}
    assert rows["right"]["baseline"] == "even"
    assert (rows["right"]["auc"], rows["right"]["above_baseline"], rows["right"]["above_low"]) == (1.0, 0.5, 0.5)
    assert (rows["wrong"]["auc"], rows["wrong"]["above_baseline"]) == (0.0, -0.5)
    assert rows["part"]["auc"] == pytest.approx(2 / 3)
    assert (rows["part"]["ties_ranked"], rows["part"]["homes"]) == (0.5, 1)
    assert table["predictor"].to_list() == ["right", "part", "even", "wrong"]


def test_the_best_simple_measure_is_found() -> None:
    assert best_of(small_ties(), ["wrong", "right", "even"]) == "right"


def test_calibration_bins_hold_equal_numbers_in_order() -> None:
    ties = pl.DataFrame(
        {"year": 2008, "iso3": ["KOR"] * 20, "said": [i / 20 for i in range(20)], "grew": [i >= 15 for i in range(20)]}
    )
    table = calibration(ties, "said", bins=4)
    assert table["ties"].to_list() == [5, 5, 5, 5]
    assert table["said"].to_list() == pytest.approx([0.1, 0.35, 0.6, 0.85])
    assert table["grew"].to_list() == [0.0, 0.0, 0.0, 1.0]


# Which ties are followed


def test_ties_homes_and_growth_by_hand() -> None:
    """Korea has three ties of 30 works or more and Japan two, too few. Strength doubles with C, and B has lost all."""
    before = pl.DataFrame(
        [("KOR", "A", 1.0, 40), ("KOR", "B", 2.0, 90), ("KOR", "C", 0.5, 30), ("KOR", "D", 9.0, 29),
         ("JPN", "A", 1.0, 40), ("JPN", "B", 1.0, 40)],
        schema=["iso3", "partner_iso3", "association_strength", "works"], orient="row",
    )  # fmt: skip
    after = before.filter(pl.col("partner_iso3") != "B").with_columns(
        association_strength=pl.when(pl.col("partner_iso3") == "C").then(1.0).otherwise(1.5)
    )
    ties = followed(before, after, replace(QUICK, least_partners=3), 2008)
    assert ties["iso3"].unique().to_list() == ["KOR"]
    rows = {row["partner_iso3"]: row for row in ties.iter_rows(named=True)}
    assert rows["A"]["change"] == pytest.approx(math.log(1.5))
    assert rows["B"]["change"] == -math.inf
    assert rows["C"]["change"] == pytest.approx(math.log(2))
    assert [p for p, row in rows.items() if row["grew"]] == ["C"]


def test_the_homes_are_those_with_most_joint_works(found: Found, opened: Evidence) -> None:
    table = opened.table("copublications", SERIES).filter(
        pl.col("last_year").is_between(YEAR - 2, YEAR), pl.col("iso3") != "WLD", pl.col("partner_iso3") != "WLD"
    )
    sizes = table.group_by("iso3").agg(pl.col("works").sum()).sort("works", descending=True)
    assert set(found.ties["iso3"]) == set(sizes["iso3"].head(45))
    assert found.ties["grew"].cast(pl.Float64).mean() == pytest.approx(0.25, abs=0.01)


def test_a_year_whose_outcome_is_not_known_yet_is_refused(composer: Composer) -> None:
    with pytest.raises(NoEvidenceError, match="no co-publications of the 3 years to 2027"):
        panel(composer, Design(years=(2022,)))


# The simple measures


def test_the_whole_way_for_low_association_without_the_engine(opened: Evidence, found: Found) -> None:
    """From the table to the mean AUC with arrays only, home by home."""
    table = opened.table("copublications", SERIES).filter(pl.col("iso3") != "WLD", pl.col("partner_iso3") != "WLD")
    codes = sorted(set(table["iso3"]))
    place = {code: i for i, code in enumerate(codes)}

    def strength(end: int) -> tuple[np.ndarray, np.ndarray]:
        works = np.zeros((len(codes), len(codes)))
        rows = table.filter(pl.col("last_year").is_between(end - 2, end)).select("iso3", "partner_iso3", "works").rows()
        for a, b, n in rows:
            works[place[a], place[b]] += n
        with np.errstate(invalid="ignore", divide="ignore"):
            return works, works * works.sum() / np.outer(works.sum(axis=1), works.sum(axis=0))

    (works, before), (_, after) = strength(YEAR), strength(YEAR + 5)
    found_aucs = []
    for home in np.argsort(-works.sum(axis=1))[:45]:
        partners = np.flatnonzero(works[home] >= 30)
        growth = after[home, partners] / before[home, partners]
        grew = growth > np.sort(growth)[int(0.75 * (len(partners) - 1))]
        found_aucs.append(auc(-before[home, partners], grew))
    assert found.of("low_association")["auc"] == pytest.approx(np.mean(found_aucs))


def test_the_network_measures_are_those_of_networkx(composer: Composer) -> None:
    known = Known(composer, QUICK, YEAR)
    graph = nx.Graph(known.partners.select(PAIR).rows())
    ours = resource_allocation(known).filter(pl.col("iso3") == "KOR")
    pairs = [("KOR", partner) for partner in ours["partner_iso3"]]
    theirs = {partner: value for _, partner, value in nx.resource_allocation_index(graph, pairs)}
    assert dict(ours.select("partner_iso3", "value").iter_rows()) == pytest.approx(theirs)
    products = preferential_attachment(known).filter(pl.col("iso3") == "KOR").select("partner_iso3", "value")
    assert dict(products.iter_rows()) == {p: graph.degree("KOR") * graph.degree(p) for p in graph["KOR"]}


# Nothing later is known


@dataclass
class Altered(Store):
    """The same store with every table changed after the year: numbers turned round and multiplied, rows taken away."""

    folder: Path = Path()

    def files(self, name: str, source: str | None = None, kind: PartKind = "table") -> list[Path]:
        return [_altered(path, name, self.folder) for path in super().files(name, source, kind)]


@pytest.fixture(scope="module")
def altered(opened: Evidence, tmp_path_factory: pytest.TempPathFactory) -> Evidence:
    store = opened.store
    return Evidence(
        Evaluator(Altered(store.root, store.manifest, store.parts, folder=tmp_path_factory.mktemp("altered")))
    )


def _altered(path: Path, name: str, folder: Path) -> Path:
    table = registry.tables().get(name)
    if table is None or table.time is None or table.records:
        return path
    to = folder / path.name
    if not to.exists():
        frame = pl.read_parquet(path)
        later = pl.col(table.time) > YEAR
        numbers = [c for c, kind in frame.schema.items() if kind.is_numeric() and c not in ("first_year", table.time)]
        turned = frame.filter(later).with_columns((pl.col(c).reverse() * 3).cast(frame.schema[c]) for c in numbers)
        pl.concat([frame.filter(~later), turned.sample(fraction=0.8, seed=1)]).write_parquet(to)
    return to


def test_what_is_altered_is_seen_by_who_looks_later(altered: Evidence, opened: Evidence) -> None:
    later = [strengths(composer_of(e.evaluator), SERIES, YEAR + 5, 3) for e in (altered, opened)]
    assert not later[0].equals(later[1])


@pytest.mark.parametrize("name", [*BASELINES, POTENTIAL])
def test_no_measure_looks_beyond_its_year(name: str, altered: Evidence, composer: Composer) -> None:
    simple: dict[str, Callable[[Known], pl.DataFrame]] = {**BASELINES, POTENTIAL: potential}
    results = [simple[name](Known(c, QUICK, YEAR)) for c in (composer_of(altered.evaluator), composer)]
    assert_frame_equal(*(r.sort(PAIR) for r in results), check_exact=False, rel_tol=1e-9)


def test_no_lens_looks_beyond_its_year(altered: Evidence, found: Found) -> None:
    ties = found.ties.filter(pl.col("iso3").is_in(["KOR", "CHE", "BRA"]))
    seen, _ = with_lenses(ties.drop(*registry.lenses(), strict=False), composer_of(altered.evaluator))
    assert_frame_equal(seen.select(*PAIR, *registry.lenses()), ties.select(*PAIR, *registry.lenses()))


# What is declared


def test_the_declared_result_is_what_comes_out_now(found: Found) -> None:
    """Otherwise run `python benchmarks/backtest.py`."""
    now = {row["predictor"]: round(row["auc"], 6) for row in found.by_year.iter_rows(named=True)}
    said = {name: years[str(YEAR)] for name, years in backtested.result().by_year.items() if str(YEAR) in years}
    assert said == pytest.approx(now, abs=2e-6)


def test_the_declared_result_stands_on_the_evidence_of_this_store(opened: Evidence) -> None:
    """Otherwise run `python benchmarks/backtest.py`."""
    assert backtested.result().evidence == evidence(opened.store)


def test_the_page_tells_the_declared_result() -> None:
    """Otherwise run `python benchmarks/backtest.py`."""
    text, told = (DOCS / "backtest.md").read_text(encoding="utf-8"), backtested.result()
    assert years_table(told) in text
    model = told.measured[POTENTIAL]
    assert f"{model.auc:.3f} ({model.low:.3f} to {model.high:.3f})" in text


def test_the_model_beats_the_best_simple_measure() -> None:
    """What the documents promise; if this fails, they must say otherwise."""
    model = backtested.result().measured[POTENTIAL]
    assert model.above_low > 0
    assert model.auc >= 0.75
    assert len(model.years) == 5
    assert model.homes >= 40


def test_a_result_is_read_as_it_was_written(composer: Composer, found: Found) -> None:
    told = declared(composer, found)
    assert backtested.read(backtested.written(told)) == told


@pytest.mark.parametrize("text", ["", "measured = 3", "not toml ["])
def test_a_file_that_is_no_result_says_how_to_write_it(text: str) -> None:
    with pytest.raises(DataError, match=r"benchmarks/backtest\.py"):
        backtested.read(text)


def test_answers_can_quote_it() -> None:
    model = backtested.result().measured[POTENTIAL]
    english = backtested.sentence(POTENTIAL, Phrasing())
    assert f"{100 * model.auc:.0f} %" in english
    assert "2008, 2010, 2013, 2016 and 2018" in english
    assert backtested.sentence("no such lens", Phrasing()) == ""
    for lens in set(registry.lenses()) & set(backtested.result().measured):
        assert "this lens" in backtested.sentence(lens, Phrasing())


def test_a_home_country_is_told_how_it_did_there() -> None:
    korea = backtested.result().by_home["KOR"]
    told = backtested.sentence_of("KOR", "South Korea", Phrasing())
    assert told.startswith(f"For South Korea itself it did in {100 * korea.auc:.0f} % of comparisons")
    assert f"in {100 * korea.baseline_auc:.0f} %, on the mean of 5 years" in told
    assert backtested.sentence_of("TUV", "Tuvalu", Phrasing()) == ""


def test_a_lens_is_said_to_do_worse_only_where_the_interval_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    told = backtested.result()
    some = told.measured[POTENTIAL]
    for low, high, wanted in ((-0.2, -0.1, "less than"), (-0.1, 0.1, "cannot be told"), (0.1, 0.2, "more than")):
        lens = replace(some, above_low=low, above_high=high)
        monkeypatch.setattr(backtested, "result", lambda lens=lens: replace(told, measured={"lens": lens}))
        assert wanted in backtested.sentence("lens", Phrasing())


# The answer


def test_the_answer_has_units_sources_and_sentences(composer: Composer, found: Found) -> None:
    answer = report(composer, found)
    for figure in answer.figures.values():
        floats = [c for c, kind in figure.table.schema.items() if kind == pl.Float64]
        assert set(floats) <= set(figure.units), figure.id
    assert SERIES in {citation.id for citation in answer.citations}
    assert "growth_is_relative" in answer.caveats
    sentences = [str(finding) for finding in answer.findings]
    assert sentences[0].startswith("In 2008, over 45 home countries and ")
    row = found.of("close_votes")
    assert any(s.startswith("Closeness of UN votes") and f"{100 * row['auc']:.0f} %" in s for s in sentences)
    assert len(answer.missing) >= 3


def test_it_is_told_in_korean(opened: Evidence) -> None:
    answer = backtest(opened.evaluator, "ko", replace(QUICK, homes=12))
    assert answer.table.height == len(set(BASELINES) | {POTENTIAL} | set(answer.table["predictor"]))
    assert len(answer.figures["homes"].table) == 12
    assert answer.figures["homes"].table["country"].str.contains("[가-힣]").all()


def test_means_by_home_are_over_its_years(found: Found) -> None:
    """With one year they are what was measured there."""
    korea = cells(found.ties, POTENTIAL, found.baseline).filter(pl.col("iso3") == "KOR").row(0, named=True)
    ties = found.ties.filter(pl.col("iso3") == "KOR")
    assert korea["auc"] == auc(ties[POTENTIAL].to_numpy(), ties["grew"].to_numpy())
