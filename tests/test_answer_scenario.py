"""Scenarios: facts changed, indicators computed anew, the store itself untouched."""

from pathlib import Path

import polars as pl
import pytest

import legation
from legation import registry
from legation.errors import NoEvidenceError, UserError
from legation.evidence import Evidence
from legation.scenarios import Change, as_toml, read_file


@pytest.fixture(scope="module")
def evidence() -> Evidence:
    return legation.open()


def test_without_a_producer_shares_follow_from_what_is_left(evidence: Evidence) -> None:
    """Korea's share of refined indium without China, worked from the table of minerals."""
    answer = evidence.ask("scenario", home="KOR", technology="critical-minerals", remove=("producer:CHN/indium",))
    rows = evidence.table("minerals").filter(
        pl.col("mineral") == "indium", pl.col("statistic") == "production", pl.col("form") == "refinery-production"
    )
    newest = rows.filter(pl.col("year") == rows["year"].max())
    made = dict(newest.select("iso3", "quantity").iter_rows())
    label = registry.indicators()["mineral_share"].measures["mineral_share"].label["en"]
    where = "Indium, refinery production, Production"
    told = answer.table.filter(pl.col("measure") == label, pl.col("about") == where)
    assert told["before"][0] == pytest.approx(made["KOR"] / made["WLD"], rel=1e-9)
    assert told["after"][0] == pytest.approx(made["KOR"] / (made["WLD"] - made["CHN"]), rel=1e-9)


def test_half_a_tie_halves_joint_works_and_leaves_others(evidence: Evidence) -> None:
    answer = evidence.ask("scenario", home="KOR", technology="quantum", remove=("tie:CHN/0.5",))
    label = registry.indicators()["salton"].measures["joint_works"].label["en"]
    joint = answer.table.filter(pl.col("indicator") == "salton", pl.col("measure") == label)
    assert set(joint["partner_iso3"]) == {"CHN"}
    for before, after in joint.select("before", "after").iter_rows():
        assert after == pytest.approx(before / 2, abs=3)  # each year is rounded to whole works


def test_what_is_removed_and_added_again_leaves_nothing_changed(evidence: Evidence) -> None:
    change = ("member:NSG",)
    effects = evidence.ask("scenario", home="KOR", technology="nuclear", remove=change, add=change).table
    assert effects.filter(pl.col("measure") != "Status").is_empty()


def test_a_new_member_shares_one_organisation_more(evidence: Evidence) -> None:
    effects = evidence.ask("scenario", home="KEN", technology="nuclear", add=("member:NSG",)).table
    label = registry.indicators()["shared_memberships"].measures["shared_memberships"].label["en"]
    shared = effects.filter(pl.col("measure") == label)
    assert (shared["change"] == 1).all()
    members = evidence.table("memberships").filter(pl.col("organisation") == "NSG", pl.col("status") == "member")
    assert set(shared["partner_iso3"]) == set(members["iso3"]) - {"KEN"}


def test_the_store_is_not_touched_and_the_same_question_has_the_same_answer(evidence: Evidence) -> None:
    before, change = evidence.table("minerals"), ("producer:CHN",)
    first, second = (
        evidence.ask("scenario", home="KOR", technology="critical-minerals", remove=change) for _ in range(2)
    )
    assert first.table.equals(second.table)
    assert evidence.table("minerals").equals(before)


def test_changes_can_be_saved_and_given_again(evidence: Evidence, tmp_path: Path) -> None:
    changes = [Change.read("remove", "producer:CHN/gallium"), Change.read("add", "member:NSG/KEN")]
    file = tmp_path / "scenario.toml"
    file.write_text(as_toml(changes))
    assert read_file(file) == changes
    given = evidence.ask("scenario", home="KEN", technology="critical-minerals", file=file)
    assert given.figures["changes"].table["change"].to_list() == [str(change) for change in changes]


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({}, "say what changes"),
        ({"remove": ("tei:CHN",)}, "did you mean tie"),
        ({"remove": ("tie:Chnia",)}, "did you mean"),
        ({"remove": ("tie:KOR",)}, "two different countries"),
        ({"remove": ("tie:CHN/2",)}, "above 0 and up to 1"),
        ({"add": ("tie:CHN/many",)}, "is not a number"),
        ({"add": ("producer:CHN",)}, "can only be removed"),
        ({"remove": ("member:NGS",)}, "did you mean NSG"),
        ({"remove": ("tie",)}, "write tie:NAME"),
    ],
)
def test_a_change_that_does_not_fit_says_why(
    evidence: Evidence, given: dict[str, tuple[str, ...]], message: str
) -> None:
    with pytest.raises(UserError, match=message):
        evidence.ask("scenario", "en", home="KOR", technology="quantum", **given)


def test_a_change_that_changes_nothing_is_said(evidence: Evidence) -> None:
    with pytest.raises(NoEvidenceError, match="nothing in this store is changed"):
        evidence.ask("scenario", home="KOR", technology="critical-minerals", remove=("supplier:CHN",))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[[change]\n", "is not TOML"),
        ("a = 1\n", "holds no"),
        ('[[change]]\ndo = "remove"\n', "change 1 must have do and what"),
        ('[[change]]\ndo = "remove"\nwhat = "tie:CHN"\n[[change]]\ndo = "cut"\nwhat = "tie"\n', "change 2"),
    ],
)  # fmt: skip
def test_a_file_that_does_not_fit_says_where(tmp_path: Path, text: str, message: str) -> None:
    file = tmp_path / "scenario.toml"
    file.write_text(text)
    with pytest.raises(UserError, match=message):
        read_file(file)


def test_a_body_that_only_one_list_has_can_be_joined(evidence: Evidence) -> None:
    effects = evidence.ask("scenario", home="KEN", technology="quantum", add=("member:Wassenaar Arrangement",)).table
    assert set(effects["source"]) == {"world_factbook"}
