"""Norms: seats, regimes and declarations as the lists have them, and what a list cannot say."""

import polars as pl
import pytest

import legation
from legation.errors import UserError
from legation.evidence import Evidence


@pytest.fixture(scope="module")
def evidence() -> Evidence:
    return legation.open()


def test_seats_are_those_of_the_publishers_list(evidence: Evidence) -> None:
    """Who participates in ISO/TC 85 by a query of the table itself, for every country shown."""
    answer = evidence.ask("norms", home="KOR", technology="nuclear", beside=("Japan", "KEN", "ARE", "NZL"))
    table = evidence.table("committees").filter(pl.col("committee") == "ISO/TC 85")
    roles = {c: set(table.filter(pl.col("iso3") == c)["role"]) for c in ("KOR", "JPN", "KEN", "ARE", "NZL")}
    shown = answer.figures["matrix"].table.filter(pl.col("body_id") == "ISO/TC 85")
    for iso3, standing in shown.select("iso3", "standing").iter_rows():
        assert standing == (next(iter(roles[iso3])) if roles[iso3] else "absent"), iso3


def test_the_secretariat_is_a_seat(evidence: Evidence) -> None:
    answer = evidence.ask("norms", home="FRA", technology="nuclear")
    row = answer.table.filter(pl.col("body_id") == "ISO/TC 85").row(0, named=True)
    assert (row["standing"], row["secretariat"]) == ("secretariat", "France")
    led = [str(f) for f in answer.findings if str(f).startswith("France holds the secretariat of")]
    assert any("Nuclear energy" in line for line in led)


def test_a_committee_without_a_list_of_members_is_not_known(evidence: Evidence) -> None:
    answer = evidence.ask("norms", home="KOR", technology="quantum")
    row = answer.table.filter(pl.col("body_id") == "IEC/ISO JTC 3").row(0, named=True)
    assert row["standing"] == "not known"
    assert row["members"] is None
    assert not any("IEC/ISO JTC 3" in str(finding) for finding in answer.findings)
    assert any("whether South Korea sits there is not known" in str(line) for line in answer.missing)


def test_both_lists_of_memberships_are_shown(evidence: Evidence) -> None:
    table = evidence.ask("norms", home="KEN", technology="nuclear").table
    assert set(table.filter(pl.col("body_id") == "IAEA")["source"]) == {"country_memberships", "world_factbook"}


def test_an_observer_is_told_from_an_absentee(evidence: Evidence) -> None:
    gaps = evidence.ask("norms", home="KOR", technology="space").figures["gaps"].table
    standing = dict(gaps.select("body_id", "standing").iter_rows())
    assert standing["ISO/TC 20/SC 13"] == "observing"
    assert standing["ESA"] == "absent"


def test_declarations_count_who_signed(evidence: Evidence) -> None:
    answer = evidence.ask("norms", home="USA", technology="artificial-intelligence")
    signed = evidence.table("agreements").filter(pl.col("iso3") == "USA")["agreement"].n_unique()
    told = answer.table.filter(pl.col("standing") == "signed").height
    assert told == signed


def test_a_country_that_is_not_known_is_answered_with_what_is_near(evidence: Evidence) -> None:
    with pytest.raises(UserError, match="did you mean"):
        evidence.ask("norms", home="KOR", technology="nuclear", beside=("Jpan",))
