"""Answers on the embedded pack: complete, traceable, hedged, and honest where there is nothing."""

import inspect
import re

import polars as pl
import pytest

import legation
from legation import registry
from legation.answer import Answer
from legation.catalogue import lists
from legation.errors import UserError
from legation.evidence import Evidence

HOMES = ("KOR", "CHE", "KEN", "USA")


@pytest.fixture(scope="module")
def evidence() -> Evidence:
    return legation.open()


@pytest.fixture(scope="module")
def everything(evidence: Evidence) -> list[Answer]:
    positions = [evidence.position(home, technology) for home in HOMES for technology in registry.technologies()]
    return [
        *positions,
        evidence.partners("KOR", "artificial-intelligence"),
        evidence.partners("KEN", "nuclear"),
        evidence.pair("KOR", "CHE", "quantum"),
        evidence.pair("KEN", "USA", "critical-minerals"),
    ]


def test_every_figure_names_units_sources_and_caveats(everything: list[Answer]) -> None:
    for answer in everything:
        cited = {citation.id for citation in answer.citations}
        defined = {definition.id for definition in answer.definitions}
        for figure in answer.figures.values():
            assert set(figure.sources) <= cited
            assert set(figure.indicators) <= defined
            assert set(figure.caveats) <= set(answer.caveats)
            numeric = [c for c, t in figure.table.schema.items() if t.is_float()]
            for column in numeric:
                told = figure.units.get(column) or ("unit" in figure.table.columns)
                assert told or "rank" in column, (answer.id, figure.id, column)


def test_every_citation_has_licence_vintage_and_address(everything: list[Answer]) -> None:
    for answer in everything:
        assert answer.citations
        for citation in answer.citations:
            assert citation.licence
            assert citation.vintage
            assert citation.url.startswith("https://")


def test_every_answer_says_what_is_missing(everything: list[Answer]) -> None:
    assert all(answer.missing for answer in everything)


def test_intervals_hold_their_values_and_ranks_theirs(everything: list[Answer]) -> None:
    for answer in everything:
        table = answer.table
        if {"value", "low", "high"} <= set(table.columns):
            known = table.drop_nulls(["value", "low", "high"])
            assert (known["low"] <= known["value"]).all()
            assert (known["value"] <= known["high"]).all()


def test_no_sentence_leaves_a_place_unfilled(everything: list[Answer]) -> None:
    for answer in everything:
        for finding in (*answer.findings, *answer.missing, *answer.coverage):
            assert not re.search(r"[{}]|\bNone\b|\bnan\b", str(finding)), str(finding)


def test_a_position_says_which_evidence_is_only_near(evidence: Evidence) -> None:
    table = evidence.position("KOR", "hydrogen").table
    assert set(table["evidence"]) <= {"technology", "neighbouring field"}
    near = [str(f) for f in evidence.position("KOR", "hydrogen").findings if "neighbouring field" in str(f)]
    assert near


def test_quantum_stands_on_recent_works_and_claims_no_trend_or_citations(evidence: Evidence) -> None:
    answer = evidence.position("KOR", "quantum")
    own = answer.table.filter(pl.col("evidence") == "technology")
    assert "top10_share" not in set(own["indicator"])
    assert "recent_works_only" in answer.caveats
    assert "physics" in answer.figures["trend"].title.lower()


def test_partners_that_cannot_be_ordered_share_a_group(evidence: Evidence) -> None:
    table = evidence.partners("KOR", "artificial-intelligence").table
    assert "KOR" not in table["iso3"].to_list()
    assert (table["rank_low"] <= table["median_rank"]).all()
    assert (table["median_rank"] <= table["rank_high"]).all()
    findings = " ".join(str(f) for f in evidence.partners("KOR", "artificial-intelligence").findings)
    assert ("is tied with" in findings) == (table["tied_with"][0] > 0)


def test_the_same_question_has_the_same_answer(evidence: Evidence) -> None:
    first, second = (evidence.partners("KOR", "quantum") for _ in range(2))
    assert first.table.equals(second.table)
    assert list(map(str, first.findings)) == list(map(str, second.findings))


def test_two_databases_on_mobility_are_both_shown(evidence: Evidence) -> None:
    ties = evidence.pair("KOR", "USA", "quantum").table
    moves = ties.filter(pl.col("indicator") == "researcher_flows")
    assert set(moves["source"]) >= {"scholarly_migration_openalex", "scholarly_migration_scopus"}


def test_a_pair_needs_two_countries(evidence: Evidence) -> None:
    with pytest.raises(UserError, match="two different countries"):
        evidence.pair("KOR", "South Korea", "quantum")


@pytest.mark.parametrize("given", [("KOR", "quantun"), ("Koera", "quantum")])
def test_what_is_not_known_is_answered_with_what_is_near(evidence: Evidence, given: tuple[str, str]) -> None:
    with pytest.raises(UserError, match="did you mean"):
        evidence.position(*given)


def test_an_answer_shows_cites_and_explains_itself(evidence: Evidence) -> None:
    answer = evidence.position("KOR", "quantum")
    assert any("CC0" in line for line in answer.cite())
    assert "Formula" in answer.explain("record_output")
    assert answer.to_pandas().shape == answer.table.shape


def test_a_technology_says_which_indicators_stand_on_what_and_why_not(evidence: Evidence) -> None:
    listed = lists.indicators(evidence.store, "quantum")
    found = {name: (on, why) for name, _, on, _, why in listed.rows()}
    assert set(found) == set(registry.indicators())
    assert found["record_output"][0] == "technology"
    assert found["top1_share"][0] == "neighbouring field"
    assert found["researcher_flows"][0] == "all fields"
    assert found["voting_agreement"][0] == "not by technology"
    assert found["top10_share"][0] == "none"
    assert "no scope of this technology" in found["top10_share"][1]
    assert all(why for on, why in found.values() if on == "none")


def test_a_country_with_hardly_any_articles_is_not_called_specialised(evidence: Evidence) -> None:
    answer = evidence.pair("VAT", "TUV", "hydrogen")
    assert not any("specialised where" in str(f) for f in answer.findings)
    assert any("fewer than 100 articles" in str(m) for m in answer.missing)
    assert any("specialised where" in str(f) for f in evidence.pair("KOR", "CHE", "quantum").findings)


def test_every_question_is_a_function_of_the_package_and_a_method(evidence: Evidence) -> None:
    """With what it is about in the same order, and its options open."""
    for name, question in registry.questions().items():
        for function in (getattr(legation, name), getattr(evidence, name)):
            parameters = inspect.signature(function).parameters
            positional = tuple(p.name for p in parameters.values() if p.kind is p.POSITIONAL_OR_KEYWORD)
            assert positional == registry.places(question)
            assert ("options" in parameters) == bool(registry.options(question))
        assert set(question.options) == set(registry.options(question))
        assert set(question.files) <= set(question.options)
