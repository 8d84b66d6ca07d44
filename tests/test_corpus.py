"""A corpus counts each work once, in its newest version, and comes out the same however it came together."""

from __future__ import annotations

import gzip
import json
import random
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import narwhals as nw
import openalex_files as made
import polars as pl
import pytest
from openalex_files import MEDICINE, NUCLEAR, PHYSICS, QUANTUM, build, everything, invented, merge, work, write
from polars.testing import assert_frame_equal

from legation import countries, registry
from legation.checks import schema
from legation.corpus import building, sheaves
from legation.corpus._sql import Sql
from legation.engine import Polars
from legation.errors import DataError, StoreError, UserError
from legation.store import Store

COUNTS = ("articles", "copublications", "coverage", "moves", "researcher_stocks")
SOURCE = "openalex"
SEED = 20261122


@pytest.fixture
def unsuppressed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Counts of people as they are, to compare them."""
    monkeypatch.setattr(building, "suppress", lambda _, frame: (frame, 0))


@pytest.fixture
def small_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    """Years and authors counted in many parts."""
    monkeypatch.setattr(sheaves, "WORKS_AT_ONCE", 30)
    monkeypatch.setattr(sheaves, "WORKS_IN_PART", 7)
    monkeypatch.setattr(sheaves, "SIGNATURES_IN_HAND", 40)


# What is counted


def test_credit_by_hand(tmp_path: Path) -> None:
    """W1 is Korea's and Switzerland's, its third author has no country; W2 is Swiss, by an author who also signs from
    Korea. Credits: Korea 1/3 + 1/2, Switzerland 1/3 + 1/2, unassigned 1/3."""
    write(
        tmp_path,
        "2026-01-05",
        "part_0000",
        [
            work(1, [("A1", ["KR"]), ("A2", ["CH"]), ("A3", [])], topics=[QUANTUM]),
            work(2, [("A2", ["CH", "KR"])], field=MEDICINE),
        ],
    )
    store = build(tmp_path, tmp_path)
    articles = store.frame("articles").sort("scope", "counting", "iso3").drop("source", "year").rows()
    assert articles == [
        ("all", "fractional", "CHE", pytest.approx(5 / 6)),
        ("all", "fractional", "KOR", pytest.approx(5 / 6)),
        ("all", "full", "CHE", 2.0),
        ("all", "full", "KOR", 2.0),
        ("medicine", "fractional", "CHE", 0.5),
        ("medicine", "fractional", "KOR", 0.5),
        ("medicine", "full", "CHE", 1.0),
        ("medicine", "full", "KOR", 1.0),
        *(
            (scope, way, iso3, pytest.approx(1 / 3 if way == "fractional" else 1.0))
            for scope in ("physics-and-astronomy", "quantum")
            for way in ("fractional", "full")
            for iso3 in ("CHE", "KOR")
        ),
    ]
    told = store.frame("coverage").filter(pl.col("scope") == "all")
    assert told.select("works", "works_with_country", "works_with_author_id", "unassigned").rows() == [
        (2, 2, 2, pytest.approx(1 / 3))
    ]


def test_a_technology_has_every_work_with_one_of_its_topics(tmp_path: Path) -> None:
    works = [
        work(1, [("A1", ["KR"])], topics=[QUANTUM, NUCLEAR]),
        work(2, [("A1", ["KR"])], topics=["T10001", QUANTUM]),
        work(3, [("A1", ["KR"])], topics=["T10001"]),
    ]
    write(tmp_path, "2026-01-05", "part_0000", works)
    counted = build(tmp_path, tmp_path).frame("coverage").select("scope", "works").sort("scope").rows()
    assert counted == [("all", 3), ("nuclear", 1), ("physics-and-astronomy", 3), ("quantum", 2)]


def test_only_the_technologies_asked_for_are_counted(tmp_path: Path) -> None:
    write(tmp_path, "2026-01-05", "part_0000", [work(1, [("A1", ["KR"])], topics=[QUANTUM, NUCLEAR])])
    scopes = build(tmp_path, tmp_path, technologies=["nuclear"]).frame("coverage")["scope"].sort().to_list()
    assert scopes == ["all", "nuclear", "physics-and-astronomy"]
    with pytest.raises(UserError, match="unknown technology 'quantun'; did you mean quantum"):
        build(tmp_path, tmp_path, technologies=["quantun"])


def test_economies_with_a_code_of_their_own_stand_for_themselves(tmp_path: Path) -> None:
    """Hong Kong, Macao, Taiwan, Palestine, Kosovo and Puerto Rico as the publisher lists them; a withdrawn code is
    told, and its author has no country."""
    codes = ["HK", "MO", "TW", "PS", "XK", "PR", "AN"]
    write(tmp_path, "2026-01-05", "part_0000", [work(n, [(f"A{n}", [code])]) for n, code in enumerate(codes, 1)])
    store = build(tmp_path, tmp_path)
    full = store.frame("articles").filter(pl.col("counting") == "full", pl.col("scope") == "all")
    assert full["iso3"].sort().to_list() == ["HKG", "MAC", "PRI", "PSE", "TWN", "XKX"]
    assert store.manifest["sources"][SOURCE]["warnings"] == ["country code 'AN' stands for no country: 1 authorships"]


def test_cells_of_few_researchers_are_blank(tmp_path: Path) -> None:
    moved = [work(n, [(f"A{n % 10}", ["KR" if n < 10 else "CH"])], year=2010 + n // 10) for n in range(14)]
    write(tmp_path, "2026-01-05", "part_0000", moved)
    store = build(tmp_path, tmp_path)
    assert store.frame("moves").filter(pl.col("scope") == "all")["researchers"].to_list() == [None]
    assert store.manifest["sources"][SOURCE]["tables"]["moves"] == {"rows": 2, "suppressed": 2}


# The parts add up to the whole


def expected(works: list[dict[str, Any]]) -> dict[str, pl.DataFrame]:
    """The tables from all works at once, every scope written out in plain Python, by the tables' expressions."""
    technologies = registry.technologies().values()
    listed, signed = [], []
    for one in works:
        topics = {topic["id"].removeprefix(made.OPENALEX) for topic in one["topics"]}
        scopes = ["all", *(t.id for t in technologies if topics & set(t.topics))]
        if one["primary_topic"]:
            name = one["primary_topic"]["field"]["display_name"]
            scopes.append({PHYSICS: "physics-and-astronomy", MEDICINE: "medicine"}[name])
        authors = one["authorships"] or [{"author": {"id": None}, "countries": []}]
        same = {"source": SOURCE, "work_id": one["id"]}
        listed += [same | {"scope": s, "year": one["publication_year"], "authors": len(authors)} for s in scopes]
        for author in authors:
            here: list[str | None] = [countries.iso3_of_iso2()[code] for code in author["countries"]]
            signed += [
                same | {"author": author["author"]["id"], "iso3": iso3, "countries": len(here)}
                for iso3 in here or [None]
            ]
    engine, text = Polars(), pl.String
    frames = {
        "works": pl.DataFrame(listed),
        "authorships": pl.DataFrame(signed, schema_overrides={"author": text, "iso3": text}),
    }
    lazy: dict[str, nw.LazyFrame[Any]] = {name: engine.lazy(frame) for name, frame in frames.items()}
    tables = {name: registry.tables()[name] for name in COUNTS}
    return {name: engine.collect(t.derive(**lazy)).cast(schema(t)) for name, t in tables.items() if t.derive}  # type: ignore[arg-type]


def same(store: Store, wanted: dict[str, pl.DataFrame]) -> None:
    for name, frame in wanted.items():
        key = ["source", *registry.tables()[name].key]
        found = store.frame(name).select(frame.columns).sort(key)
        assert_frame_equal(found, frame.sort(key), rel_tol=1e-12)


@pytest.mark.usefixtures("unsuppressed", "small_parts")
@pytest.mark.parametrize("seed", range(SEED, SEED + 4))
def test_counting_in_parts_gives_what_counting_at_once_gives(seed: int, tmp_path: Path) -> None:
    works = invented(seed, 160)
    for n, part in enumerate((works[:60], works[60:130], works[130:])):
        write(tmp_path, "2026-01-05", f"part_{n:04d}", part)
    same(build(tmp_path, tmp_path), expected(works))


def test_in_another_order_and_other_parts_the_same_works_give_the_same_to_the_last_bit(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Floats added in another order would not."""
    works = invented(SEED, 300)
    write(tmp_path / "one", "2026-01-05", "part_0000", works)
    write(tmp_path / "other", "2026-01-05", "part_0000", works[:50:-1])
    write(tmp_path / "other", "2026-01-05", "part_0001", works[50::-1])
    at_once = build(tmp_path / "one", tmp_path / "one")
    monkeypatch.setattr(sheaves, "WORKS_IN_PART", 7)
    monkeypatch.setattr(sheaves, "WORKS_AT_ONCE", 30)
    in_parts = build(tmp_path / "other", tmp_path / "other")
    for name in COUNTS:
        assert_frame_equal(at_once.frame(name), in_parts.frame(name), check_exact=True)


def test_a_corpus_without_a_work_that_counts_is_no_mistake(tmp_path: Path) -> None:
    write(tmp_path, "2026-01-05", "part_0000", [work(1, [("A1", ["KR"])], year=1850)])
    store = build(tmp_path, tmp_path)
    assert store.manifest["sources"][SOURCE]["set_aside"] == {"published before 1900": 1}
    assert not [part for part in store.parts if part.step == SOURCE]


@pytest.mark.usefixtures("unsuppressed")
def test_real_works_are_counted_as_the_sample_counts_them(raw: Path, tmp_path: Path) -> None:
    """4,583 real records in the partitions they belong to, against the source that reads them one by one."""
    days: dict[str, list[bytes]] = {}
    with gzip.open(raw / "openalex/works.jsonl.gz") as stream:
        for line in stream:
            days.setdefault(json.loads(line)["updated_date"][:10], []).append(line)
    for day, lines in days.items():
        write(tmp_path, day, "part_0000", lines)
    store = build(tmp_path, tmp_path)
    pack = Store.open()
    for name in ("articles", "copublications", "coverage"):
        theirs = pack.frame(name, "openalex_sample").drop("source", "scope")
        ours = store.frame(name).filter(pl.col("scope") == "all").select(theirs.columns)
        assert_frame_equal(ours, theirs, check_row_order=False, rel_tol=1e-12)
    account = store.manifest["sources"][SOURCE]
    assert account["read"] == {"works": 4583}
    assert account["columns_not_used"] == {}


# Versions, merges and deletions


def of(store: Store) -> dict[str, float]:
    """Works by country, full counting, all fields."""
    rows = store.frame("articles").filter(pl.col("scope") == "all", pl.col("counting") == "full")
    return dict(rows.group_by("iso3").agg(pl.col("articles").sum()).sort("iso3").rows())


def test_the_newest_version_of_a_work_counts_wherever_it_stands(tmp_path: Path) -> None:
    write(tmp_path, "2026-01-05", "part_0000", [work(1, [("A1", ["KR"])], updated="2026-01-05")])
    write(tmp_path, "2026-03-01", "part_0000", [work(1, [("A1", ["CH"])], updated="2026-03-01")])
    write(tmp_path, "2026-02-01", "part_0000", [work(1, [("A1", ["US"])], updated="2026-02-01")])
    store = build(tmp_path, tmp_path)
    assert of(store) == {"CHE": 1}
    assert store.manifest["sources"][SOURCE]["set_aside"] == {"an older version of a work": 2}


def test_of_versions_equally_new_the_last_counts(tmp_path: Path) -> None:
    """Within a partition the later file, within a file the later line."""
    write(tmp_path, "2026-01-05", "part_0000", [work(1, [("A1", ["KR"])]), work(2, [("A1", ["KR"])])])
    write(tmp_path, "2026-01-05", "part_0001", [work(1, [("A1", ["CH"])]), work(1, [("A1", ["US"])])])
    assert of(build(tmp_path, tmp_path)) == {"KOR": 1, "USA": 1}


def test_merged_and_deleted_works_do_not_count(tmp_path: Path) -> None:
    """W1 was merged into W2 and W3 deleted; W4 was deleted too, but came back in a newer version."""
    works = [work(n, [("A1", [code])], updated="2026-01-05") for n, code in enumerate(("KR", "CH", "US", "NA"), 1)]
    write(tmp_path, "2026-01-05", "part_0000", works)
    write(tmp_path, "2026-03-01", "part_0000", [work(4, [("A1", ["NA"])], updated="2026-03-01")])
    merge(tmp_path, ("W1", "W2"))
    rows = [("W3", "2026-02-01"), ("https://openalex.org/W4", "2026-02-01")]
    made.write_list(tmp_path, "data/works/deleted_ids.csv.gz", "work_id,deleted_date", rows)
    store = build(tmp_path, tmp_path)
    assert of(store) == {"CHE": 1, "NAM": 1}
    assert store.manifest["sources"][SOURCE]["set_aside"] == {"a work deleted or merged into another since": 3}


def test_merges_that_go_round_in_a_circle_are_named(tmp_path: Path) -> None:
    write(tmp_path, "2026-01-05", "part_0000", [work(n, [("A1", ["KR"])]) for n in range(1, 7)])
    merge(tmp_path, ("W1", "W2"), ("W2", "W3"), ("W3", "W1"), ("W4", "W1"), ("W5", "W5"), ("W6", "W7"))
    with pytest.raises(DataError, match="W1 → W2 → W3 → W1; W5 → W5; fetch the lists again"):
        build(tmp_path, tmp_path)


# Bit by bit


def grown(raw: Path) -> Iterator[None]:
    """A corpus in three steps: two partitions; one more with new works and new versions; merges and a changed file."""
    for n, day in enumerate(("2026-01-05", "2026-02-05")):
        write(raw, day, "part_0000", invented(n, 80, first=1 + 80 * n, updated=day))
    yield
    write(raw, "2026-03-05", "part_0000", invented(7, 30, first=140, updated="2026-03-05"))
    yield
    merge(raw, ("W5", "W6"), ("W150", "W151"), day="2026-04-01")
    write(raw, "2026-02-05", "part_0000", invented(9, 70, first=81, updated="2026-02-05"))
    yield


@pytest.mark.usefixtures("small_parts")
def test_an_increment_gives_byte_for_byte_what_a_full_build_gives(tmp_path: Path) -> None:
    raw = tmp_path / "raw"
    for step, _ in enumerate(grown(raw)):
        build(raw, tmp_path / "bit by bit")
        build(raw, tmp_path / f"at once {step}")
        for part in ("store", "corpus/records"):
            assert everything(tmp_path / "bit by bit" / part) == everything(tmp_path / f"at once {step}" / part)


def test_only_what_is_new_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[str] = []
    real = Sql.copy

    def noted(sql: Sql, query: str, path: Path) -> None:
        read.append(path.name)
        real(sql, query, path)

    monkeypatch.setattr(Sql, "copy", noted)
    seen = []
    for _ in grown(tmp_path):
        build(tmp_path, tmp_path)
        seen.append(sorted(name.rsplit("-", 1)[0] for name in read if name.startswith("20")))
        read.clear()
    assert seen == [
        ["2026-01-05-part-0000", "2026-02-05-part-0000"],
        ["2026-03-05-part-0000"],
        ["2026-02-05-part-0000"],
    ]


def test_a_build_without_anything_new_does_nothing(tmp_path: Path) -> None:
    write(tmp_path, "2026-01-05", "part_0000", invented(1, 40))
    build(tmp_path, tmp_path)
    before = {p: p.stat().st_mtime_ns for p in sorted((tmp_path / "store").rglob("*"))}
    told: list[str] = []
    build(tmp_path, tmp_path, progress=lambda what, *_: told.append(what))
    assert {p: p.stat().st_mtime_ns for p in sorted((tmp_path / "store").rglob("*"))} == before
    assert told == []


def test_a_partition_that_is_gone_takes_its_works_with_it(tmp_path: Path) -> None:
    write(tmp_path, "2026-01-05", "part_0000", [work(1, [("A1", ["KR"])])])
    gone = write(tmp_path, "2026-02-05", "part_0000", [work(2, [("A1", ["CH"])])])
    assert of(build(tmp_path, tmp_path)) == {"CHE": 1, "KOR": 1}
    gone.unlink()
    assert of(build(tmp_path, tmp_path)) == {"KOR": 1}
    assert len(list((tmp_path / "corpus/records").iterdir())) == 2


def test_other_sources_of_the_store_stay(store: Path, tmp_path: Path) -> None:
    before = Store.open(store)
    write(tmp_path, "2026-01-05", "part_0000", invented(1, 40))
    after = building.build_corpus(tmp_path, tmp_path / "corpus", store, memory=made.MEMORY)
    assert set(after.manifest["sources"]) == {*before.manifest["sources"], SOURCE}
    assert {p for p in before.parts if not p.step.startswith("kept-")} <= set(after.parts)


# Stopped at any moment


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, bytes], float]:
    """Raw files, what a build of them leaves that is not stopped, and the seconds it takes."""
    home = tmp_path_factory.mktemp("finished")
    for _ in grown(home / "raw"):
        pass
    begin = time.monotonic()
    build(home / "raw", home)
    return home / "raw", everything(home / "corpus") | everything(home / "store"), time.monotonic() - begin


def _stopped(raw: Path, home: Path, *operation: str, seconds: float | None = None) -> int:
    """Build in a process of its own that ends before a file operation, or is ended after some seconds."""
    command = [sys.executable, made.__file__, str(raw), str(home / "corpus"), str(home / "store"), *operation]
    process = subprocess.Popen(command, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    assert process.stdout is not None
    assert process.stdout.readline() == "begin\n"
    if seconds is not None:
        time.sleep(seconds)
        process.kill()
    process.communicate(timeout=120)
    return process.returncode


def test_stopped_again_and_again_it_goes_on_and_ends_the_same(
    finished: tuple[Path, dict[str, bytes], float], tmp_path: Path
) -> None:
    raw, whole, _ = finished
    rng, stops = random.Random(SEED), 0
    for longest in (6, 12, 25, 50, 90):
        stops += _stopped(raw, tmp_path, str(rng.randint(1, longest))) == -9
    assert stops >= 4
    build(raw, tmp_path)
    assert everything(tmp_path / "corpus") | everything(tmp_path / "store") == whole


@pytest.mark.parametrize("part", [random.Random(SEED).random() for _ in range(1)] + [0.3, 0.8])
def test_killed_at_any_time(part: float, finished: tuple[Path, dict[str, bytes], float], tmp_path: Path) -> None:
    raw, whole, seconds = finished
    _stopped(raw, tmp_path, seconds=part * seconds)
    build(raw, tmp_path)
    assert everything(tmp_path / "corpus") | everything(tmp_path / "store") == whole


def test_nothing_is_left_lying_about(finished: tuple[Path, dict[str, bytes], float]) -> None:
    raw, whole, _ = finished
    assert not [p for p in raw.parent.rglob("*") if p.name.startswith(".") and p.name not in (".lock",)]
    assert not [name for name in whole if "/" not in name and name not in ("manifest.json", ".lock")]


def test_two_builds_of_a_corpus_do_not_meet(tmp_path: Path) -> None:
    write(tmp_path, "2026-01-05", "part_0000", invented(1, 10))
    with building._alone(tmp_path / "corpus"), pytest.raises(StoreError, match="another build is working on"):
        build(tmp_path, tmp_path)


def test_records_that_were_damaged_are_read_again(tmp_path: Path) -> None:
    write(tmp_path, "2026-01-05", "part_0000", invented(1, 40))
    build(tmp_path, tmp_path)
    whole = everything(tmp_path / "store")
    next((tmp_path / "corpus/records").glob("*.parquet")).write_bytes(b"cut short")
    shutil.rmtree(tmp_path / "store")
    build(tmp_path, tmp_path)
    assert everything(tmp_path / "store") == whole
