"""Talent: both databases, suppression at five researchers, sentences that follow the numbers."""

import polars as pl
import pytest

import legation
from legation import registry
from legation.answer import Answer
from legation.evidence import Evidence
from legation.model import SUPPRESSED_BELOW_RESEARCHERS

HOMES = ("KOR", "CHE", "KEN", "USA", "ATA")
PEOPLE = "researchers"


@pytest.fixture(scope="module")
def evidence() -> Evidence:
    return legation.open()


@pytest.fixture(scope="module")
def answers(evidence: Evidence) -> list[Answer]:
    return [
        evidence.ask("talent", home=home, technology=technology)
        for home in HOMES
        for technology in ("artificial-intelligence", "robotics")
    ]


def test_no_cell_tells_of_one_to_four_researchers(answers: list[Answer]) -> None:
    seen = 0
    for answer in answers:
        for figure in answer.figures.values():
            if "unit" not in figure.table.columns:
                continue
            people = figure.table.filter(
                pl.col("unit").str.starts_with(PEOPLE), pl.col("value").abs().is_between(0.5, 4.5)
            )
            balances = {registry.indicators()["researcher_flows"].measures["net_arrivals"].label["en"]}
            assert set(people["measure"]) <= balances, people
            seen += figure.table.filter(pl.col("unit").str.starts_with(PEOPLE)).height
    assert seen > 1000


def test_a_small_balance_is_shown_only_where_both_sides_are(answers: list[Answer]) -> None:
    """The difference of two published counts may be small; neither of the counts is."""
    labels = {m: d.label["en"] for m, d in registry.indicators()["researcher_flows"].measures.items()}
    for answer in answers:
        flows = answer.figures["hosts"].table.filter(pl.col("indicator") == "researcher_flows")
        wide = flows.filter(pl.col("scope") == "all").pivot(
            "measure", index=["source", "partner_iso3"], values="value", aggregate_function="first"
        )
        if not {labels["net_arrivals"], labels["arrivals"], labels["departures"]} <= set(wide.columns):
            continue
        told = wide.filter(pl.col(labels["net_arrivals"]).is_not_null())
        for side in ("arrivals", "departures"):
            count = told[labels[side]]
            assert count.null_count() == 0
            assert ((count == 0) | (count >= SUPPRESSED_BELOW_RESEARCHERS)).all()


def test_the_balance_equals_the_sums_of_the_published_moves(evidence: Evidence) -> None:
    """Arrivals over stock by plain Polars: the rate of 2016 to 2020 in one of the two databases."""
    source = "scholarly_migration_scopus"
    answer = evidence.ask("talent", home="KOR", technology="quantum")
    label = registry.indicators()["net_migration_rate"].measures["arrival_rate"].label["en"]
    own = answer.figures["own"].table.filter(pl.col("source") == source, pl.col("measure") == label)
    stocks = evidence.table("researcher_stocks", source).filter(
        pl.col("iso3") == "KOR", pl.col("year").is_between(2016, 2020), pl.col("scope") == "all"
    )
    arrivals, researchers = float(stocks["arrivals"].sum()), float(stocks["researchers"].sum())
    assert own["value"][0] == pytest.approx(1000 * arrivals / researchers, rel=1e-9)


def test_both_databases_stand_side_by_side(evidence: Evidence) -> None:
    answer = evidence.ask("talent", home="KEN", technology="quantum")
    both = {"scholarly_migration_openalex", "scholarly_migration_scopus"}
    assert both <= set(answer.figures["hosts"].table["source"])
    assert both == set(answer.figures["trend"].table["source"])


def test_databases_that_disagree_on_the_sign_are_said_to(evidence: Evidence) -> None:
    """Every country whose balances differ in sign, and no other, is told so."""
    label = registry.indicators()["net_migration_rate"].measures["net_migration_rate"].label["en"]
    for home in ("KOR", "DEU", "JPN", "IND", "BRA", "POL", "TUR", "ZAF"):
        answer = evidence.ask("talent", home=home, technology="quantum")
        rates = answer.figures["own"].table.filter(pl.col("measure") == label, pl.col("scope") == "all")
        disagree = rates["value"].sign().n_unique() > 1
        assert disagree == any("disagree" in str(finding) for finding in answer.findings), home


def test_what_no_record_tells_is_said(evidence: Evidence) -> None:
    missing = " ".join(map(str, evidence.ask("talent", home="TUV", technology="quantum").missing))
    assert "there is nothing in this store" in missing
    assert "Neither database of moves of researchers has Tuvalu" in missing
