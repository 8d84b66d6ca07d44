"""From files as they were fetched to an answer, by the commands a user types."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import openalex_files as made
from conftest import Ran

import legation

Run = Callable[..., Ran]
CODES = ("KR", "KR", "CH", "US")
WORKS = 200


def fetched(raw: Path) -> None:
    """A release in the bucket's layout: works on quantum technologies, of which one is not whole."""
    works = [made.work(n, [(f"A{n}", [CODES[n % 4]])], topics=[made.QUANTUM], year=2024) for n in range(1, WORKS + 1)]
    works[7]["publication_year"] = None
    made.write(raw, "2026-01-05", "part_0000", works, layout="data/jsonl/works")


def arguments(raw: Path, folder: Path) -> list[str]:
    where = ["--raw", str(raw), "--corpus", str(folder / "corpus"), "--out", str(folder / "store")]
    return ["build", *where, "--memory", "1GB"]


def test_a_release_becomes_answers_beside_the_pack(run: Run, tmp_path: Path) -> None:
    fetched(tmp_path / "raw")
    built = run(*arguments(tmp_path / "raw", tmp_path), "--with-pack")
    assert built.code == 0, built.err
    assert f"openalex: {WORKS} works read" in built.out
    assert "rejected: year is missing or absurd: 1" in built.out
    assert re.search(r"^\d+\.\d s, peak memory [\d,]+ MB$", built.out, re.MULTILINE)
    evidence = legation.open(tmp_path / "store")
    standing = evidence.position("KOR", "quantum").table
    ours = standing.filter(standing["source"] == "openalex").row(0, named=True)
    assert (ours["indicator"], ours["first_year"], ours["year"]) == ("output_share", 2024, 2024)
    korean = sum(CODES[n % 4] == "KR" for n in range(1, WORKS + 1) if n != 8)
    assert abs(ours["value"] - korean / (WORKS - 1)) < 1e-9
    assert "openalex" in {citation.id for citation in evidence.partners("KOR", "quantum").citations}
    asked = run("position", "KOR", "quantum", "--store", str(tmp_path / "store"), "--format", "json")
    assert (asked.code, '"openalex"' in asked.out) == (0, True), asked.err


def test_a_second_build_finds_nothing_new(run: Run, tmp_path: Path) -> None:
    fetched(tmp_path / "raw")
    first = run(*arguments(tmp_path / "raw", tmp_path))
    made_at = {path: path.stat().st_mtime_ns for path in (tmp_path / "store").rglob("*.parquet")}
    second = run(*arguments(tmp_path / "raw", tmp_path))
    assert (first.code, second.code) == (0, 0)
    *told, spent = second.out.splitlines()
    assert told == first.out.splitlines()[:-1]
    assert spent.startswith("nothing new since this build: the store stays as it was; ")
    assert "nothing new" not in first.out
    assert {path: path.stat().st_mtime_ns for path in (tmp_path / "store").rglob("*.parquet")} == made_at


def test_only_what_fits_a_corpus_may_be_said_of_it(run: Run, tmp_path: Path) -> None:
    told = run(*arguments(tmp_path, tmp_path), "--source", "ncses")
    assert (told.code, "leave out --source" in told.err) == (2, True)
    told = run("build", "--raw", str(tmp_path), "--out", str(tmp_path / "store"), "--technology", "quantum")
    assert (told.code, "--technology is for --corpus" in told.err) == (2, True)
    told = run(*arguments(tmp_path, tmp_path))
    assert told.code == 1
    assert "no works of OpenAlex below" in told.err
