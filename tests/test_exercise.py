"""An exercise stands on figures of answers, differs by seed, and is written whole or not at all."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from conftest import Ran
from pypdf import PdfReader

import legation
from legation.errors import UserError
from legation.evidence import Evidence
from legation.surfaces.brief.document import Document, Sentences, Table
from legation.surfaces.exercise import documents, draw, write_exercise
from legation.surfaces.exercise.case import DRAWN_FROM, OFFERED_WORKS, Case
from legation.surfaces.exercise.plan import PLANS
from legation.surfaces.exercise.roles import ROLES

Run = Callable[..., Ran]
ABOUT = ("KOR", "critical-minerals", "IDN")


@pytest.fixture(scope="module")
def asked() -> Evidence:
    return legation.open().remembering()


@pytest.fixture(scope="module")
def case(asked: Evidence) -> Case:
    return draw(asked, *ABOUT, "day", 1, "en")


@pytest.fixture(scope="module")
def made(case: Case) -> dict[str, Document]:
    return documents(case)


def texts(document: Document) -> Iterator[str]:
    """Every sentence and cell, without the numbers of sources."""
    for block in document.blocks:
        runs = []
        if isinstance(block, Sentences):
            runs = list(block.items)
        elif isinstance(block, Table):
            runs = [cell.runs for group in block.groups for row in group.rows for cell in row]
        yield from ("".join(run for run in one if isinstance(run, str)) for one in runs)


def numbers(text: str) -> list[str]:
    return re.findall(r"\d[\d,.]*\d|\d", text.replace("−", "-"))


def test_each_role_has_a_sheet_on_a_page_of_its_own(made: dict[str, Document]) -> None:
    cover, *sheets = made["roles"].sections
    assert not cover.page
    assert len(sheets) == len(ROLES)
    assert all(section.page for section in sheets)
    assert [section.title for section in sheets][:2] == [
        "Confidential: Delegation of South Korea",
        "Confidential: Delegation of Indonesia",
    ]


def test_aims_are_what_the_answers_say(case: Case, made: dict[str, Document]) -> None:
    """The sheet of each delegation holds its asks and offers with the very numbers of the answer's figures."""
    for side, section in zip((case.home, case.partner), made["roles"].sections[1:3], strict=True):
        told = " ".join(text for text in texts(replace(made["roles"], sections=(section,))))
        for part in ("asks", "offers"):
            assert side.said[part]
            for point in side.said[part]:
                assert all(number in told for number in numbers(str(point.finding))), str(point.finding)


def test_what_each_wants_is_what_the_other_can_give(case: Case) -> None:
    asks = [str(point.finding) for point in case.home.said["asks"]]
    assert asks == [str(point.finding) for point in case.partner.said["offers"]]


def test_an_inject_tells_what_the_scenario_says_follows(asked: Evidence, case: Case, made: dict[str, Document]) -> None:
    offer = next(inject for inject in case.injects if inject.kind == "offer")
    assert case.third is not None
    add = (f"tie:{case.third.iso3}/{OFFERED_WORKS}",)
    follows = asked.scenario("KOR", "critical-minerals", add=add)
    assert offer.follows is not None
    assert offer.follows.table.equals(follows.table)
    told = " ".join(texts(made["facilitator"]))
    for finding in follows.findings[1:]:
        assert all(number in told for number in numbers(str(finding))), str(finding)


def test_the_leaked_vote_is_the_issue_on_which_they_agree_least(case: Case) -> None:
    vote = next(inject for inject in case.injects if inject.kind == "vote")
    issues = case.pair.figures["votes"].table.filter(case.pair.figures["votes"].table["issue"] != "all")
    assert vote.rows[0]["agreement"] == issues["agreement"].min()


def test_a_day_has_all_injects_at_their_times(case: Case, made: dict[str, Document]) -> None:
    assert {inject.kind.partition("_")[0] for inject in case.injects} == {"control", "withdrawal", "vote", "offer"}
    titles = [section.title for section in made["facilitator"].sections]
    assert [title.partition(": ")[0] for title in titles[1:5]] == ["3:50", "4:10", "4:30", "4:50"]


@pytest.mark.parametrize("length", PLANS)
def test_a_timetable_has_no_gap(length: str) -> None:
    plan = PLANS[length]
    assert plan.steps[0][0] == 0
    assert all(one[1] == other[0] for one, other in zip(plan.steps, plan.steps[1:], strict=False))
    second = next(step for step in plan.steps if step[2].startswith("Second"))
    assert all(second[0] < minute < second[1] for minute in plan.injects)


def test_seeds_give_groups_different_cases(asked: Evidence, case: Case) -> None:
    again = draw(asked, *ABOUT, "day", 1, "en")
    assert [inject.kind for inject in again.injects] == [inject.kind for inject in case.injects]
    drawn = [draw(asked, *ABOUT, "half-day", seed, "en") for seed in range(1, 5)]
    thirds = {one.third.iso3 for one in drawn if one.third}
    ranked = [iso3 for iso3 in case.home.answers["partners"].table["iso3"] if iso3 != "IDN"]
    assert thirds <= set(ranked[:DRAWN_FROM])
    assert len(thirds) > 1
    assert len({tuple(inject.kind for inject in one.injects) for one in drawn}) > 1


def test_nothing_confidential_is_told_to_everybody(made: dict[str, Document]) -> None:
    everybody = [section.title for section in made["participants"].sections]
    assert not [title for title in everybody if "Confidential" in title or "key" in title.casefold()]
    assert "A leaked vote" not in " ".join(everybody)


def test_a_source_has_the_same_number_in_all_three(made: dict[str, Document]) -> None:
    listed = [[(source.number, source.title, source.vintage) for source in one.sources] for one in made.values()]
    assert listed[0] == listed[1] == listed[2]


def test_the_score_weighs_honesty_as_the_lenses(made: dict[str, Document]) -> None:
    sheet = made["facilitator"].sections[-1].blocks[0]
    assert isinstance(sheet, Table)
    assert [len(group.rows) for group in sheet.groups] == [3, 5]


def test_it_is_told_in_korean(asked: Evidence) -> None:
    told = documents(draw(asked, "KEN", "artificial-intelligence", "ZAF", "90-minutes", 1, "ko"))
    english = [t for one in told.values() for t in texts(one) if re.search(r"\b(the|of|and|your?)\b", t)]
    assert not english


def test_files_are_written_with_text_and_tags(asked: Evidence, tmp_path: Path) -> None:
    written = write_exercise(
        asked, "KEN", "artificial-intelligence", "ZAF", ("pdf", "docx"), tmp_path, length="90-minutes"
    )
    assert [path.name.rpartition("-")[2] for path in written] == [
        "participants.pdf", "participants.docx", "roles.pdf", "roles.docx", "facilitator.pdf", "facilitator.docx",
    ]  # fmt: skip
    pages = PdfReader(tmp_path / written[2].name).pages
    assert len(pages) == len(ROLES) + 1
    assert "Confidential: Press" in pages[-1].extract_text()
    again = write_exercise(
        asked, "KEN", "artificial-intelligence", "ZAF", ("pdf",), tmp_path / "again", length="90-minutes"
    )
    assert again[0].read_bytes() == written[0].read_bytes()


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (("KOR", "quantum", "KOR", "day"), "the partner is the home country"),
        (("KOR", "quantm", "CHE", "day"), "did you mean quantum"),
        (("KOR", "quantum", "CHE", "haf-day"), "did you mean half-day"),
        (("KOR", "quantum", "Switserland", "day"), "did you mean Switzerland"),
    ],
)
def test_a_mistake_is_named_before_anything_is_written(
    given: tuple[str, str, str, str], said: str, asked: Evidence, tmp_path: Path
) -> None:
    home, technology, partner, length = given
    with pytest.raises(UserError, match=said):
        write_exercise(asked, home, technology, partner, ("pdf",), tmp_path, length=length)
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_cannot_be_written_is_named(run: Run, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    told = run("exercise", "KOR", "quantum", "--partner", "CHE", "--out", tmp_path / "file" / "x")
    assert told.code == 2
    assert "choose another --out" in told.err
