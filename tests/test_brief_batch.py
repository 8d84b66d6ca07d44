"""Many briefs: in several processes, gone on with where they were stopped, mistakes found before anything starts."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import Ran

import legation
from legation.errors import UserError
from legation.evidence import Evidence
from legation.surfaces.brief import batch, visits, writing
from legation.surfaces.brief.batch import JOURNAL, write_briefs
from legation.surfaces.brief.visits import Visit

Run = Callable[..., Ran]
TWO = [Visit("TUV", "nuclear", "CHE", format=("html",)), Visit("TUV", "nuclear", "", format=("html",))]
NAMES = ["legation-TUV-nuclear-CHE.html", "legation-TUV-nuclear.html"]


def _silent(_: str, __: int, ___: int) -> None:
    return


@pytest.fixture(scope="module")
def done(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder in which two processes have written a brief each."""
    out = tmp_path_factory.mktemp("batch")
    seen: list[tuple[int, int]] = []
    written, before = write_briefs(None, TWO, out, 2, lambda _, so_far, of: seen.append((so_far, of)))
    assert sorted(path.name for path in written) == NAMES
    assert (before, seen) == (0, [(0, 2), (1, 2), (2, 2)])
    return out


def test_several_processes_write_the_same_files_as_one(done: Path, tmp_path: Path) -> None:
    write_briefs(None, TWO, tmp_path, 1, _silent)
    for name in [*NAMES, JOURNAL]:
        assert (tmp_path / name).read_bytes() == (done / name).read_bytes(), name


def test_what_stands_there_for_the_same_build_is_left_with_the_changes_in_it(done: Path) -> None:
    path = done / NAMES[0]
    before = path.read_bytes()
    path.write_bytes(b"edited")
    written, standing = write_briefs(None, TWO, done, 1, _silent)
    assert (written, standing) == ([], 2)
    assert path.read_bytes() == b"edited"
    path.write_bytes(before)


def test_what_is_gone_or_from_another_build_is_written_anew(done: Path) -> None:
    (done / NAMES[0]).unlink()
    written, standing = write_briefs(None, TWO, done, 1, _silent)
    assert ([path.name for path in written], standing) == (NAMES[:1], 1)
    journal = json.loads((done / JOURNAL).read_text())
    journal[NAMES[1]]["made"] = "0.0.1, build 0"
    (done / JOURNAL).write_text(json.dumps(journal))
    written, standing = write_briefs(None, TWO, done, 1, _silent)
    assert ([path.name for path in written], standing) == (NAMES[1:], 1)


def test_a_batch_that_fails_keeps_what_is_done_and_goes_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write = writing.write

    def second_fails(evidence: Evidence, visit: Visit, out: Path) -> list[Path]:
        if visit.partner:
            raise UserError("the power is cut")
        return write(evidence, visit, out)

    monkeypatch.setattr(batch, "write", second_fails)
    with pytest.raises(UserError, match="the power is cut"):
        write_briefs(None, TWO, tmp_path, 1, _silent)
    assert sorted(path.name for path in tmp_path.iterdir()) == [JOURNAL, NAMES[1]]
    monkeypatch.undo()
    written, standing = write_briefs(None, TWO, tmp_path, 1, _silent)
    assert ([path.name for path in written], standing) == (NAMES[:1], 1)


def test_all_partners_are_those_that_are_ranked_in_their_order() -> None:
    evidence = legation.open().remembering()
    about = Visit("KOR", "quantum", lang="en", format=("pdf",))
    found = visits.of_all_partners(evidence, about)
    assert [visit.partner for visit in found] == evidence.partners("KOR", "quantum").table["iso3"].to_list()
    assert {visit.format for visit in found} == {("pdf",)}


def test_a_file_lists_visits_with_what_they_share(tmp_path: Path) -> None:
    path = tmp_path / "visits.toml"
    path.write_text(
        'home = "Korea, South"\nformat = ["docx"]\n[[visit]]\ntechnology = "quantum"\npartner = "Switzerland"\n'
        '[[visit]]\nhome = "KEN"\ntechnology = "nuclear"\nlang = "ko"\nformat = ["pdf", "html"]\n'
        '[[visit]]\ntechnology = "quantum"\npartner = "CHE"\n'
    )
    assert visits.of_file(path, "en", ("pdf",)) == [
        Visit("KOR", "quantum", "CHE", "en", ("docx",)), Visit("KEN", "nuclear", "", "ko", ("pdf", "html")),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("visit = 3", "visit is a list, not 3"),
        ("[[visits]]\nhome = 'KOR'", "no such entry: visits; did you mean visit?"),
        ("visit = []", "list at least one visit, as [[visit]]"),
        ("[[visit]]\nhome = 'KOR'", "visit 1: missing technology"),
        (
            "[[visit]]\nhome = 'KOR'\ntechnology = 'quantm'",
            "visit 1: unknown technology 'quantm'; did you mean quantum?",
        ),
        (
            "[[visit]]\nhome = 'KOR'\ntechnology = 'quantum'\npartner = 'KOR'",
            "visit 1: the partner is the home country",
        ),
        ("[[visit]]\nhome = 'KOR'\ntechnology = 'quantum'\nlang = 'kr'", "visit 1: unknown language 'kr'"),
        ("[[visit]]\nhome = 'KOR'\ntechnology = 'quantum'\npartnr = 'CHE'", "did you mean partner?"),
        ("[visit", "is not TOML"),
        ("", "list at least one visit, as [[visit]]"),
    ],
)
def test_a_mistake_in_a_file_names_the_visit(content: str, said: str, tmp_path: Path, run: Run) -> None:
    path = tmp_path / "visits.toml"
    path.write_text(content)
    ran = run("brief", "--config", path, "--out", tmp_path / "out")
    assert ran.code == 2
    assert said in ran.err
    assert len(ran.err.splitlines()) == 1
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ("brief KOR", "give HOME and TECHNOLOGY, or --config"),
        ("brief KOR --config visits.toml", "--config lists the visits: leave out HOME"),
        ("brief KOR quantum --partner CHE --all-partners", "leave one out"),
        ("brief --config none.toml", "cannot read none.toml: No such file or directory"),
        ("brief KOR quantum --partner Switzreland", "unknown country 'Switzreland'; did you mean Switzerland (CHE)"),
        ("brief KOR quantum --format docs", "unknown format 'docs'; did you mean docx?"),
        ("brief TUV quantum --all-partners --format html", "the partners of TUV in quantum cannot be ranked"),
    ],
)
def test_a_mistake_on_the_command_line_is_told(
    given: str, said: str, run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    ran = run(*given.split())
    assert ran.code == 2
    assert said in ran.err
    assert len(ran.err.splitlines()) == 1
    assert not list(tmp_path.iterdir())


def test_a_journal_that_is_none_is_told(tmp_path: Path) -> None:
    (tmp_path / JOURNAL).write_text("[1")
    with pytest.raises(UserError, match=r"cannot read .*briefs\.json: .*; remove it, or choose another --out"):
        write_briefs(None, TWO, tmp_path, 1, _silent)
