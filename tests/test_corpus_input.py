"""Raw files with mistakes in them: each is told with file and line, what can be kept is kept, nothing is lost."""

from __future__ import annotations

import gzip
import json
import os
import re
import resource
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
import openalex_files as made
import polars as pl
import pytest
from openalex_files import OPENALEX, QUANTUM, SNAPSHOT, build, everything, institution, invented, merge, work, write

from legation.corpus import building, corrections, raw, shape
from legation.corpus.corrections import Correction
from legation.errors import DataError, StoreError, UserError
from legation.store import Store

SOURCE = "openalex"
DAY = "2026-01-05"


def _account(store: Store) -> dict[str, Any]:
    account: dict[str, Any] = store.manifest["sources"][SOURCE]
    return account


def _works(store: Store) -> int:
    return int(store.frame("coverage").filter(pl.col("scope") == "all")["works"].sum())


def many(count: int = 300, first: int = 1) -> list[dict[str, Any]]:
    """So many works that a mistake in one of them is less than one in a hundred."""
    return [work(n, [(f"A{n}", ["KR"])]) for n in range(first, first + count)]


@pytest.fixture
def known(tmp_path: Path) -> Callable[[], None]:
    """A store that was built before; calling it checks that it and the records are as they were."""
    write(tmp_path / "before", DAY, "part_0000", many(20))
    build(tmp_path / "before", tmp_path)
    store, records = everything(tmp_path / "store"), everything(tmp_path / "corpus/records")

    def unchanged() -> None:
        assert everything(tmp_path / "store") == store
        assert records.items() <= everything(tmp_path / "corpus/records").items()

    return unchanged


# Lines that are not whole


def test_a_file_that_breaks_off_stops_the_reading(tmp_path: Path, known: Callable[[], None]) -> None:
    path = write(tmp_path / "before", "2026-02-05", "part_0000", many(3000, 100))
    path.write_bytes(path.read_bytes()[:-5000])
    with pytest.raises(DataError, match=rf"{path} breaks off after line \d+ \(.*\); fetch it again"):
        build(tmp_path / "before", tmp_path)
    known()


@pytest.mark.parametrize("cut", [3, 8])
def test_a_file_that_lacks_its_last_bytes_stops_the_reading(cut: int, tmp_path: Path) -> None:
    path = write(tmp_path, DAY, "part_0000", many(50))
    path.write_bytes(path.read_bytes()[:-cut])
    with pytest.raises(DataError, match="breaks off after line"):
        build(tmp_path, tmp_path)


@pytest.mark.parametrize(
    "broken",
    [
        b'{"id": "https://openalex.org/W9", "publication_ye\n',
        b'{"id": "https://openalex.org/W\xff\xfe", "publication_year": 2020}\n',
        b"\x00\x01 not even close\n",
    ],
    ids=["half a line", "not UTF-8", "no JSON"],
)
def test_a_line_that_is_not_whole_is_rejected_with_its_place(broken: bytes, tmp_path: Path) -> None:
    works = many()
    lines: list[Any] = [*works[:120], broken, *works[120:]]
    write(tmp_path, DAY, "part_0000", lines)
    store = build(tmp_path, tmp_path)
    assert _works(store) == 300
    account = _account(store)
    assert account["read"] == {"works": 301}
    assert account["rejected"] == {"no whole work stands here": 1}
    assert account["rejected_samples"] == [f"updated_date={DAY}/part_0000.gz, line 121: no whole work stands here"]


def test_half_a_last_line_is_rejected(tmp_path: Path) -> None:
    write(tmp_path, DAY, "part_0000", [*many(), b'{"id": "https://openalex.org/W9", "publ'])
    store = build(tmp_path, tmp_path)
    assert _works(store) == 300
    assert _account(store)["rejected_samples"] == [
        f"updated_date={DAY}/part_0000.gz, line 301: no whole work stands here"
    ]


def test_empty_lines_are_no_works_and_count_as_lines(tmp_path: Path) -> None:
    write(tmp_path, DAY, "part_0000", [*many(200), b"\n", b"  \n", *many(100, 201), work(400, year=None)])
    account = _account(build(tmp_path, tmp_path))
    assert account["read"] == {"works": 301}
    assert account["rejected_samples"] == [f"updated_date={DAY}/part_0000.gz, line 303: year is missing or absurd"]


def test_a_line_of_fifty_megabytes_is_read(tmp_path: Path) -> None:
    long = work(301, [("A301", ["CH"])]) | {"abstract_inverted_index": {"word": "x" * 50_000_000}}
    write(tmp_path, DAY, "part_0000", [*many(), long])
    store = build(tmp_path, tmp_path)
    assert _works(store) == 301
    assert "CHE" in store.frame("articles")["iso3"].to_list()


def test_a_line_longer_than_memory_lets_through_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(building, "LARGEST_LINE_SHARE", 1 / 50)
    path = write(tmp_path, DAY, "part_0000", [*many(5), work(6) | {"title": "x" * 40_000_000}])
    with pytest.raises(
        DataError, match=rf"{path}, line 6: 40 MB long, more than the 20 MB .*; give more with --memory"
    ):
        build(tmp_path, tmp_path)


def test_too_many_mistakes_stop_the_build(tmp_path: Path, known: Callable[[], None]) -> None:
    write(
        tmp_path / "before",
        "2026-02-05",
        "part_0000",
        [*many(100, 100), *(work(n, year=9999) for n in range(900, 902))],
    )
    with pytest.raises(DataError, match=r"2 of 122 works rejected, more than 1%(.|\n)*line 101: year is missing"):
        build(tmp_path / "before", tmp_path)
    known()


# Works that are whole and make no sense


def test_absurd_years_are_rejected_and_old_works_set_aside(tmp_path: Path) -> None:
    """The updates are of 2026, so 2027 may be right and 2028 may not."""
    years = {301: None, 302: 9999, 303: 12, 304: 2028}
    fine = [work(305, [("A1", ["CH"])], year=2027), work(306, year=1687), work(307, is_xpac=True)]
    write(tmp_path, DAY, "part_0000", [*many(500, 1000), *(work(n, year=y) for n, y in years.items()), *fine])
    store = build(tmp_path, tmp_path)
    account = _account(store)
    assert account["rejected"] == {"year is missing or absurd": 4}
    assert [sample.split(",")[1][:9] for sample in account["rejected_samples"]] == [
        f" line {n}" for n in range(501, 505)
    ]
    assert account["set_aside"] == {
        "of the expansion corpus (is_xpac), which OpenAlex leaves out of its own counts": 1,
        "published before 1900": 1,
    }
    assert _works(store) == 501


def test_an_identifier_that_is_none_is_rejected(tmp_path: Path) -> None:
    write(tmp_path, DAY, "part_0000", [*many(), work(1) | {"id": "https://openalex.org/A12"}])
    assert _account(build(tmp_path, tmp_path))["rejected"] == {"id is not that of a work": 1}


def test_authors_without_an_institution_keep_their_share(tmp_path: Path) -> None:
    write(tmp_path, DAY, "part_0000", [work(1, [("A1", ["KR"]), ("A2", []), (None, [])]), work(2, [])])
    told = build(tmp_path, tmp_path).frame("coverage").filter(pl.col("scope") == "all")
    assert told.select("works", "works_with_country", "unassigned").rows() == [(2, 1, pytest.approx(2 / 3 + 1))]


# The shape of a work


def test_fields_that_are_added_are_passed_over_and_told(tmp_path: Path) -> None:
    works = [one | {"quality_seal": {"level": 3}} for one in many(30)]
    works[0]["authorships"][0]["mood"] = "fine"
    write(tmp_path, DAY, "part_0000", works)
    store = build(tmp_path, tmp_path)
    assert _works(store) == 30
    assert _account(store)["columns_not_used"] == {"works": ["quality_seal"]}


@pytest.mark.parametrize("line", [3, 290], ids=["at once", "far down"])
@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"cited_by_count": "12"}, "cited_by_count holds str '12' where int was expected"),
        ({"publication_year": 2020.5}, "publication_year holds float '2020.5' where int was expected"),
        ({"authorships": {"first": {}}}, "authorships holds dict .* where list was expected"),
        ({"open_access": [True]}, "open_access holds list .* where dict was expected"),
        ({"authorships": None}, "the required field authorships is empty"),
        ({"cited_by_count": None}, "the required field cited_by_count is empty"),
        ({"updated_date": "yesterday"}, "updated_date 'yesterday' is no date"),
    ],
)
def test_a_changed_type_stops_with_file_and_line(
    change: dict[str, Any], said: str, line: int, tmp_path: Path, known: Callable[[], None]
) -> None:
    works = many(300, 100)
    works[line - 1] |= change
    path = write(tmp_path / "before", "2026-02-05", "part_0000", works)
    with pytest.raises(DataError, match=rf"{path}, line {line}: {said}.*; if the publisher has changed its format"):
        build(tmp_path / "before", tmp_path)
    known()


@pytest.mark.parametrize("name", shape.REQUIRED)
def test_a_missing_required_field_stops_with_file_and_line(name: str, tmp_path: Path) -> None:
    works = many(40)
    del works[30][name]
    path = write(tmp_path, DAY, "part_0000", works)
    with pytest.raises(DataError, match=rf"{path}, line 31: the required field {name} is missing"):
        build(tmp_path, tmp_path)


def test_the_old_shape_of_a_work_is_read(tmp_path: Path) -> None:
    """As works were before 2024: no countries, topics or corresponding authors, one affiliation string, concepts."""
    old = work(1)
    for name in ("is_xpac", "primary_topic", "topics"):
        del old[name]
    old["concepts"] = [{"id": f"{OPENALEX}C1", "display_name": "Physics"}]
    old["authorships"] = [
        {
            "author_position": "first",
            "author": {"id": f"{OPENALEX}A1", "display_name": "never read"},
            "institutions": [institution("KR"), institution("KR"), institution("CH", "company"), institution(None)],
            "raw_affiliation_string": "Seoul; Zürich",
        }
    ]
    write(tmp_path, DAY, "part_0000", [old])
    store = build(tmp_path, tmp_path)
    fractional = store.frame("articles").filter(pl.col("counting") == "fractional").sort("iso3")
    assert fractional.select("scope", "iso3", "articles").rows() == [("all", "CHE", 0.5), ("all", "KOR", 0.5)]
    records = pl.read_parquet(next((tmp_path / "corpus/records").glob("*.parquet")))
    assert records.select("company", "topics", "corresponding").rows() == [(True, None, [None])]


def test_parquet_gives_what_json_lines_give(tmp_path: Path) -> None:
    works = invented(3, 80)
    lines, columns = tmp_path / "lines", tmp_path / "columns"
    path = write(lines, DAY, "part_0000", works, "data/jsonl/works")
    (columns / SNAPSHOT / "data/parquet/works" / path.parent.name).mkdir(parents=True)
    out = columns / SNAPSHOT / "data/parquet/works" / path.parent.name / "part_0000.parquet"
    duckdb.sql(f"COPY (SELECT * FROM read_json('{path}', sample_size=-1)) TO '{out}'")
    stores = [build(folder, folder) for folder in (lines, columns)]
    frames = [{name: store.frame(name) for name in ("articles", "coverage", "copublications")} for store in stores]
    assert all(frames[0][name].equals(frames[1][name]) for name in frames[0])


@pytest.mark.parametrize(
    ("columns", "said"),
    [
        ("* EXCLUDE cited_by_count", "the required column cited_by_count is missing"),
        ("* REPLACE ('x' AS cited_by_count)", "column cited_by_count is VARCHAR where JSON was expected"),
        (
            "* REPLACE (referenced_works[1] AS referenced_works)",
            r"column referenced_works is VARCHAR where VARCHAR\[\]",
        ),
    ],
)
def test_a_changed_column_of_parquet_stops(columns: str, said: str, tmp_path: Path) -> None:
    path = write(tmp_path, DAY, "part_0000", many(5), "elsewhere")
    out = tmp_path / SNAPSHOT / "data/parquet/works" / path.parent.name / "part_0000.parquet"
    out.parent.mkdir(parents=True)
    duckdb.sql(f"COPY (SELECT {columns} FROM read_json('{path}')) TO '{out}'")
    with pytest.raises(DataError, match=f"{out}: {said}"):
        build(tmp_path, tmp_path)


# Corrections


ORCID = "https://ror.org/04fa4r544"


def _misplaced(affiliation: str) -> dict[str, Any]:
    """A work whose author, of Seoul, was put into the United States as well by an ORCID iD in the affiliation."""
    one = work(1, [("A1", ["KR", "US"])])
    one["authorships"][0]["institutions"] = [institution("KR"), institution("US", "nonprofit", ORCID)]
    one["authorships"][0]["raw_affiliation_strings"] = [affiliation]
    return one


@pytest.mark.parametrize(
    ("affiliation", "countries"),
    [
        ("Seoul National University, https://orcid.org/0000-0002-1825-0097", ["KOR"]),
        ("Seoul National University (ORCID: 0000-0002-1825-009X)", ["KOR"]),
        ("ORCID, Inc., Bethesda, Maryland", ["KOR", "USA"]),
    ],
)
def test_an_orcid_identifier_does_not_put_its_holder_into_the_united_states(
    affiliation: str, countries: list[str], tmp_path: Path
) -> None:
    write(tmp_path, DAY, "part_0000", [_misplaced(affiliation)])
    store = build(tmp_path, tmp_path)
    assert store.frame("articles")["iso3"].unique().sort().to_list() == countries


def test_a_correction_that_finds_too_little_fails_loudly(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Guarded from ten works on; what was read is kept when the entry is taken out."""
    guarded = Correction("guarded", "r", "somebody", ORCID, "orcid", "drop_institution", 10, 2)
    monkeypatch.setattr(corrections, "of_source", lambda _: (guarded,))
    write(tmp_path, DAY, "part_0000", many(9, 100))
    build(tmp_path, tmp_path)
    write(tmp_path, "2026-02-05", "part_0000", [_misplaced("orcid 1")])
    with pytest.raises(DataError, match="the correction guarded changed 1 authorships in 10 works, fewer than the 2"):
        build(tmp_path, tmp_path)
    kept = everything(tmp_path / "corpus/records")
    monkeypatch.setattr(corrections, "of_source", lambda _: ())
    assert _works(build(tmp_path, tmp_path)) == 10
    left = everything(tmp_path / "corpus/records")
    unread = [name for name in kept if name.startswith(DAY)]
    assert len(unread) == 2
    assert all(left[name] == kept[name] for name in unread)


def test_the_corrections_that_are_shipped_say_what_they_must() -> None:
    entry = corrections.of_source(SOURCE)[0]
    assert (entry.ror, entry.change) == (ORCID, "drop_institution")
    assert entry.reason
    assert entry.reporter
    assert entry.expected_authorships > 0


# Folders


def test_where_there_is_nothing_to_read_it_says_so(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"no works of OpenAlex below .*; fetch them, or give the folder .* --raw"):
        build(tmp_path, tmp_path)


def test_the_same_works_in_two_layouts_are_refused(tmp_path: Path) -> None:
    for layout in ("data/works", "data/jsonl/works"):
        write(tmp_path, DAY, "part_0000", many(3), layout)
    with pytest.raises(DataError, match="each a whole copy; keep one of them"):
        build(tmp_path, tmp_path)


def test_a_list_of_merged_works_that_breaks_off_is_named(tmp_path: Path) -> None:
    write(tmp_path, DAY, "part_0000", many(3))
    path = merge(tmp_path, *((f"W{n}", f"W{n + 1}") for n in range(5000, 9000, 2)))
    path.write_bytes(path.read_bytes()[:-2000])
    with pytest.raises(DataError, match=r"works cannot be read: .*Unexpected end of GZIP"):
        build(tmp_path, tmp_path)


def test_pages_of_the_api_count_for_their_technology_only(tmp_path: Path) -> None:
    """Works fetched for a technology are not all works: nothing is said of all works, of a field, or of another
    technology. A work that was asked for singly stands in for the one whose authors were cut."""
    folder = tmp_path / "openalex/api/quantum"
    folder.mkdir(parents=True)
    page = [work(1, [("A1", ["KR"])], topics=[QUANTUM]), work(2, [("A2", ["CH"])], topics=[QUANTUM, "T10597"])]
    whole = [work(2, [("A2", ["CH"]), ("A3", ["US"])], topics=[QUANTUM])]
    for name, works in (("page-000001", page), ("whole-000001", whole)):
        text = "".join(json.dumps(one) + "\n" for one in works)
        (folder / f"{name}.jsonl.gz").write_bytes(gzip.compress(text.encode()))
    store = build(tmp_path, tmp_path)
    rows = store.frame("articles").filter(pl.col("counting") == "full").sort("iso3").select("scope", "iso3").rows()
    assert rows == [("quantum", "CHE"), ("quantum", "KOR"), ("quantum", "USA")]


def test_too_little_room_is_told_before_anything_is_done(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path, DAY, "part_0000", many(50))
    free = shutil.disk_usage(tmp_path)._replace(free=10)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: free)
    with pytest.raises(StoreError, match=r"0\.0 GB free and some .* needed; make room .*nothing was done"):
        build(tmp_path, tmp_path)
    assert not list((tmp_path / "corpus/records").iterdir())


@pytest.mark.parametrize("most", [2_000, 8_000, 20_000])
def test_a_full_disk_leaves_the_store_whole(most: int, tmp_path: Path, known: Callable[[], None]) -> None:
    write(tmp_path / "before", "2026-02-05", "part_0000", invented(5, 2000, first=100))
    run = subprocess.run(
        [sys.executable, made.__file__, *(str(tmp_path / name) for name in ("before", "corpus", "store"))],
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (most, most)),
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert run.returncode == 1
    assert re.search(r"StoreError: (the disk that holds .* is full|cannot write .*: File too large)", run.stderr)
    known()
    assert _works(build(tmp_path / "before", tmp_path)) == 2020


def _as_nobody(do: Callable[[], object]) -> str:
    """What an error says that a user without rights gets; in a process of its own, since rights do not come back."""
    read, told = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            if os.geteuid() == 0:
                os.setgroups([])
                os.setgid(65534)
                os.setuid(65534)
            do()
        except BaseException as error:
            os.write(told, f"{type(error).__name__}: {error}".encode())
        finally:
            os._exit(0)
    os.close(told)
    with os.fdopen(read) as said:
        text = said.read()
    os.waitpid(child, 0)
    return text


def test_a_folder_that_may_not_be_written_is_named(tmp_path: Path) -> None:
    write(tmp_path, DAY, "part_0000", many(3))
    for folder in (tmp_path, *tmp_path.parents):
        if folder.stat().st_uid == os.geteuid() and folder != Path("/"):
            folder.chmod(folder.stat().st_mode | 0o555)
    home = tmp_path / "locked"
    home.mkdir(mode=0o555)
    said = _as_nobody(lambda: building._alone(home / "corpus").__enter__())
    assert (
        said == f"StoreError: cannot write {home / 'corpus'}: Permission denied; choose another folder for the corpus"
    )


def test_a_raw_file_that_may_not_be_read_is_named(tmp_path: Path) -> None:
    path = write(tmp_path, DAY, "part_0000", many(3))
    path.chmod(0)
    for folder in (tmp_path, *tmp_path.parents):
        if folder.stat().st_uid == os.geteuid() and folder != Path("/"):
            folder.chmod(folder.stat().st_mode | 0o555)
    said = _as_nobody(lambda: raw.discover(tmp_path))
    assert said.startswith(f"DataError: {path} cannot be read: Permission denied; change its permissions")


@pytest.mark.parametrize(
    ("memory", "said"), [("much", "is no size; give one such as 4GB"), ("200MB", "too little memory")]
)
def test_a_memory_that_does_not_do_is_refused(memory: str, said: str, tmp_path: Path) -> None:
    with pytest.raises(UserError, match=said):
        building.build_corpus(tmp_path, tmp_path / "corpus", tmp_path / "store", memory=memory)
