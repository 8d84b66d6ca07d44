"""Files that come from others: whatever is wrong with them is told with its place, and nothing is read by half."""

import gzip
import zipfile
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from conftest import Ran
from hypothesis import example, given, settings
from hypothesis import strategies as st

from legation import own
from legation.errors import DataError, UserError
from legation.mapping import declared, opening, reading
from legation.mapping.declared import Written
from legation.mapping.report import Report

MOVES = own.mapping_of(None, "moves")
HEADER = "scope,origin_iso3,destination_iso3,year,researchers\n"
ROW = "all,KOR,CHE,2020,5\n"


def put(folder: Path, name: str, content: str | bytes) -> Path:
    file = folder / name
    file.write_bytes(content if isinstance(content, bytes) else content.encode())
    return file


def rows(file: Path) -> int:
    return own.check(file, MOVES)[0]["moves"].height


def test_packed_files_are_read(tmp_path: Path) -> None:
    put(tmp_path, "a.csv.gz", gzip.compress((HEADER + ROW).encode()))
    with zipfile.ZipFile(tmp_path / "a.csv.zip", "w") as archive:
        archive.writestr("a.csv", HEADER + ROW)
    assert rows(tmp_path / "a.csv.gz") == rows(tmp_path / "a.csv.zip") == 1


@pytest.mark.parametrize("name", ["bomb.csv.gz", "bomb.csv.zip"])
def test_a_bomb_is_not_unpacked(tmp_path: Path, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """300 MB of noughts in 300 KB: unpacking ends at the limit, and what was written is removed."""
    monkeypatch.setenv("TMPDIR", str(tmp_path / "tmp"))
    (tmp_path / "tmp").mkdir()
    monkeypatch.setattr("tempfile.tempdir", None)
    content = b"0" * 300_000_000
    file = tmp_path / name
    if name.endswith(".gz"):
        file.write_bytes(gzip.compress(content, 6))
    else:
        with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("a.csv", content)
    with pytest.raises(DataError, match=rf"{name} grows to more than 100 MB when unpacked"):
        rows(file)
    assert not list((tmp_path / "tmp").iterdir())


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"\x1f\x8b\x08garbage", "cannot be unpacked"),
        (gzip.compress((HEADER + ROW * 9).encode(), mtime=0)[:-12], "cannot be unpacked.*is it cut short"),
    ],
    ids=["nonsense", "cut short"],
)
def test_a_packed_file_that_is_broken(tmp_path: Path, content: bytes, said: str) -> None:
    with pytest.raises(DataError, match=said):
        rows(put(tmp_path, "a.csv.gz", content))


def test_an_archive_holds_one_file(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "a.csv.zip", "w") as archive:
        archive.writestr("a.csv", HEADER)
        archive.writestr("../b.csv", HEADER)
    with pytest.raises(DataError, match=r"a.csv.zip holds 2 files; pack one alone"):
        rows(tmp_path / "a.csv.zip")


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("nul.csv", HEADER.encode() + ROW.encode() + b"all,\0,CHE,2020,5\n", "nul.csv, line 3: holds a NUL"),
        (
            "korean.csv",
            HEADER.encode() + "한국,KOR,CHE,2020,5\n".encode("cp949"),
            r"korean.csv, line 2: byte 0xc7 at column 1 is not UTF-8; it may be cp949 or",
        ),
        ("cut.csv", HEADER.encode() + "한".encode()[:2], "line 2: ends in the midst of a character"),
        ("quote.csv", HEADER + 'all,"KOR,CHE,2020,5\n', r"quote.csv, line 2: unexpected end of data; is a quotation"),
        ("more.csv", HEADER + ROW + "all,KOR,CHE,2020,5,6\n", "line 3: 6 cells under 5 headings"),
        ("less.csv", HEADER + ROW + "all,KOR\n", "line 3: 2 cells under 5 headings"),
        ("semicolon.csv", HEADER.replace(",", ";"), "has no column 'scope'.*is ',' the separator"),
        ("twice.csv", HEADER.replace("scope", "year"), "has two columns called 'year'"),
        ("empty.csv", "", "empty.csv has no column 'scope'"),
        ("broken.jsonl", '{"scope": "all"}\n{nonsense\n', "broken.jsonl, line 2: is not JSON"),
        ("list.jsonl", '["all"]\n', "list.jsonl, line 1: is no JSON object"),
        ("deep.jsonl", "[" * 100_000, "deep.jsonl, line 1: is not JSON"),
        ("nested.jsonl", '{"scope": {"a": 1}}\n', "nested.jsonl, line 1, scope: holds a nested object"),
        ("no.parquet", "PAR1", "no.parquet cannot be read as Parquet"),
    ],
    ids=lambda given: given if isinstance(given, str) and len(given) < 20 else "",
)
def test_a_file_that_is_broken_is_told_with_its_line(
    tmp_path: Path, name: str, content: str | bytes, said: str
) -> None:
    with pytest.raises(DataError, match=said):
        rows(put(tmp_path, name, content))


def test_a_line_without_end(tmp_path: Path) -> None:
    """50 MB in one line, more than a chunk is read at a time."""
    content = (HEADER + ROW).encode() + b"all," + b"x" * 50_000_000 + b",CHE,2020,5\n"
    with pytest.raises(DataError, match=r"long.csv, line 3: is longer than 8 MB"):
        rows(put(tmp_path, "long.csv", content))


def test_lines_and_characters_may_lie_across_what_is_read_at_a_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(opening, "CHUNK_BYTES", 7)
    monkeypatch.setattr(opening, "MOST_LINE_BYTES", 60)
    assert rows(put(tmp_path, "a.csv", HEADER + "한국어,KOR,CHE,2020,5\n" + ROW)) == 2
    with pytest.raises(DataError, match="line 3: is longer than"):
        rows(put(tmp_path, "b.csv", HEADER + ROW + "x" * 61 + ",KOR,CHE,2020,5\n"))
    with pytest.raises(DataError, match="line 3: byte 0xff at column 3 is not UTF-8"):
        rows(put(tmp_path, "c.csv", (HEADER + ROW + "al").encode() + b"\xff,KOR,CHE,2020,5\n"))


def test_another_encoding_is_read_where_the_mapping_names_it(tmp_path: Path) -> None:
    columns = "".join(f'{name} = "{name}"\n' for name in HEADER.strip().split(","))
    mapping = 'holds = "moves"\n[file]\nencoding = "{}"\n[columns]\n' + columns
    file = put(tmp_path, "a.csv", (HEADER + "한국,KOR,CHE,2020,5\n").encode("cp949"))
    table = own.check(file, declared.read(put(tmp_path, "m.toml", mapping.format("cp949"))))[0]["moves"]
    assert table["scope"].to_list() == ["한국"]
    with pytest.raises(UserError, match="unknown encoding 'klingon'; such as utf-8"):
        own.check(file, declared.read(put(tmp_path, "m.toml", mapping.format("klingon"))))


CELLS = st.sampled_from(
    ["x", "", " ", "é", "한", "\u2028", "\x85", '"a"', '""', '"a,b"', '"a""b"', '"a\nb"', 'a"b', '"', "\r"]
)
ROWS = st.lists(st.lists(CELLS, min_size=2, max_size=4).map(",".join), max_size=6)


@settings(max_examples=300, deadline=None)
@given(lines=ROWS, end=st.sampled_from(["\n", "\r\n"]), quote=st.sampled_from(['"', ""]), mark=st.booleans())
@example(lines=['"x",y,z', "", "1,2,3"], end="\n", quote='"', mark=True)
def test_a_file_cut_by_lines_is_read_as_one_read_sign_by_sign(
    lines: list[str], end: str, quote: str, mark: bool
) -> None:
    """The same rows under the same lines, or the same mistake, as the csv module finds in the whole."""
    how, told = Written("csv", ",", quote), []
    with TemporaryDirectory() as folder:
        file = put(Path(folder), "a.csv", ("\ufeff" * mark + end.join(["a,b,c", *lines])).encode())
        for cut in (reading.MOST_BYTES_AT_ONCE, -1):
            with pytest.MonkeyPatch.context() as patch:
                patch.setattr(reading, "MOST_BYTES_AT_ONCE", cut)
                try:
                    told.append(str(reading._delimited("a.csv", file, ["c", "a"], how, Report()).rows()))
                except DataError as error:
                    told.append(str(error))
    assert told[0] == told[1]


def test_a_quoted_text_may_hold_line_breaks_and_the_line_told_is_that_of_the_row(tmp_path: Path) -> None:
    text = HEADER.replace("scope", "note,scope") + '"a\nb\nc",all,KOR,CHE,2020,5\nx,all,KOR,CHE,soon,5\n'
    report = own.check(put(tmp_path, "a.csv", text), MOVES)[1]
    assert [str(p) for kind in report.problems.values() for p in kind] == [
        "a.csv, line 5, year: 'soon' is not a whole number"
    ]


@pytest.mark.parametrize("content", [b"\xff" * 100, b"\0" * 100, b'"' * 101, b"PK\x03\x04", b"=cmd()\n" * 3])
def test_nonsense_gives_no_traceback(tmp_path: Path, run: Callable[..., Ran], content: bytes) -> None:
    for name in ("a.csv", "a.jsonl", "a.parquet", "a.csv.gz", "a.zip"):
        ran = run("check", put(tmp_path, name, content), "--table", "moves")
        assert ran.code in (1, 2)
        assert ran.err.startswith("legation: ")
        assert "Traceback" not in ran.err
        assert str(tmp_path) not in ran.err
