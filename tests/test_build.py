"""A build is published whole or not at all, goes on where it was stopped, and gives the same bytes every time."""

import errno
import fcntl
import os
import resource
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest
import small
from small import RAW, build_small

from legation import build as building
from legation import registry
from legation.engine import open_engine
from legation.errors import DataError, LegationError, StoreError, UserError
from legation.intake import Intake
from legation.model import Source
from legation.store import Draft, Store
from legation.tables import articles

STEPS = ["small_moves", "small_works", "world_bank"]
SEED = 20261122


@pytest.fixture
def log(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where the builds of this process note the sources they read."""
    file = tmp_path / "log"
    file.touch()
    monkeypatch.setenv(small.STEPS_DONE, str(file))
    return file


def _files(store: Path) -> dict[str, bytes]:
    return {p.relative_to(store).as_posix(): p.read_bytes() for p in sorted(store.rglob("*")) if p.is_file()}


# What a build does


def test_single_works_that_may_not_be_published_stay_out(small_store: Path) -> None:
    store = Store.open(small_store)
    assert store.manifest["sources"]["small_works"]["publish"] == "aggregates"
    assert not {"works", "authorships"} & {part.name for part in store.parts}
    assert {"articles", "copublications", "record_output"} <= {p.name for p in store.parts if p.source == "small_works"}


def test_small_cells_are_blanked_and_counted(small_store: Path) -> None:
    store = Store.open(small_store)
    rows = store.frame("moves", "small_moves").select("origin_iso3", "year", "researchers").rows()
    assert rows == [("CHE", 2020, None), ("CHE", 2021, 5), ("KOR", 2020, 0), ("KOR", 2021, None), ("NAM", 2020, 12)]
    assert store.manifest["sources"]["small_moves"]["tables"] == {"moves": {"rows": 5, "suppressed": 2}}


def test_the_manifest_tells_what_was_read_and_set_aside(small_store: Path) -> None:
    account = Store.open(small_store).manifest["sources"]["small_moves"]
    assert account["read"] == {"small_moves/moves.csv": 6}
    assert account["set_aside"] == {"small_moves/moves.csv: destination is a region or a total": 1}
    assert account["rejected"] == {}
    assert list(account["inputs"]) == ["small_moves/moves.csv"]


def test_aggregates_of_the_world_bank_are_set_aside(small_store: Path) -> None:
    store = Store.open(small_store)
    assert sum(store.manifest["sources"]["world_bank"]["set_aside"].values()) == 5
    assert store.frame("macro")["iso3"].unique().sort().to_list() == ["CHE", "KOR", "NAM"]


def test_a_table_without_rows_makes_no_part(small_store: Path) -> None:
    """The small works name no authors, so nobody can have moved."""
    store = Store.open(small_store)
    assert store.sources_of("moves") == ("small_moves",)
    assert all(part.rows for part in store.parts)


def test_sources_that_may_not_be_published_are_built_only_when_named(tmp_path: Path) -> None:
    known = small.sources()
    known = {**known, "small_moves": replace(known["small_moves"], publish="nothing")}
    assert set(build_small(RAW, tmp_path / "all", known).manifest["sources"]) == {"small_works", "world_bank"}
    assert set(build_small(RAW, tmp_path / "named", known, only=["small_moves"]).manifest["sources"]) == {"small_moves"}


def test_a_source_named_twice_is_built_once(tmp_path: Path) -> None:
    store = build_small(RAW, tmp_path / "store", only=["world_bank", "world_bank"])
    assert store.frame("macro").height == 15


# What stops a build: the store that stood there is left as it was


def _moves(*frames: pl.DataFrame, **declared: Any) -> dict[str, Source]:
    """A source that gives these frames of moves."""

    def tidy(raw: Intake) -> Iterator[tuple[str, pl.DataFrame]]:
        raw.path("small_moves/moves.csv")
        yield from (("moves", frame) for frame in frames)

    told = {"rows": {"moves": (1, 10)}, "files": ("small_moves/moves.csv",)} | declared
    return {"own_moves": small.source("own_moves", tidy, **told)}


def _flow(origin: str, year: int = 2020, researchers: int = 9) -> pl.DataFrame:
    row = {"scope": "all", "origin_iso3": origin, "destination_iso3": "CHE", "year": year, "researchers": researchers}
    return pl.DataFrame([row])


def _stopped(known: Mapping[str, Source], store: Path, raw: Path = RAW) -> str:
    """Why a build stops; what stood in the store is compared before and after."""
    before = _files(store)
    with pytest.raises((DataError, UserError)) as error:
        build_small(raw, store, known)
    assert _files(store) == before
    return str(error.value)


def test_too_few_rows_stop_it(store: Path) -> None:
    said = _stopped(_moves(_flow("KOR"), rows={"moves": (2, 10)}), store)
    assert said == (
        "source own_moves gave 1 rows of moves, fewer than the 2 expected; is a file cut short? "
        "The bound stands in sources/own_moves.py"
    )


def test_too_many_rows_warn(tmp_path: Path) -> None:
    built = build_small(RAW, tmp_path / "store", _moves(_flow("KOR"), _flow("NAM"), rows={"moves": (1, 1)}))
    assert built.manifest["sources"]["own_moves"]["warnings"] == ["2 rows of moves, more than the 1 expected"]


def test_a_row_that_does_not_fit_stops_it(store: Path) -> None:
    assert "row 1, origin_iso3: 'ZZZ' is not an ISO 3166-1 alpha-3 code" in _stopped(_moves(_flow("ZZZ")), store)


def test_a_table_given_in_pieces_is_one_table(tmp_path: Path) -> None:
    built = build_small(RAW, tmp_path / "store", _moves(_flow("NAM"), _flow("KOR")))
    assert built.frame("moves")["origin_iso3"].to_list() == ["KOR", "NAM"]
    assert built.manifest["sources"]["own_moves"]["tables"]["moves"]["rows"] == 2


def test_the_same_key_in_two_pieces_stops_it(store: Path) -> None:
    assert "('all', 'KOR', 'CHE', 2020) stands more than once" in _stopped(_moves(_flow("KOR"), _flow("KOR")), store)


def test_a_table_without_row_bounds_stops_it(store: Path) -> None:
    assert _stopped(_moves(_flow("KOR"), rows={}), store) == "sources/own_moves.py declares no row bounds for moves"


def test_a_file_read_but_not_declared_stops_it(store: Path) -> None:
    said = _stopped(_moves(_flow("KOR"), files=()), store)
    assert said.startswith("sources/own_moves.py reads small_moves/moves.csv, not listed in its `files`")


def test_too_many_rejected_records_stop_it(store: Path, tmp_path: Path) -> None:
    raw = Path(shutil.copytree(RAW, tmp_path / "raw"))
    with (raw / "small_moves/moves.csv").open("a") as stream:
        stream.write("Atlantis,Switzerland,2020,9\n")
    said = _stopped(small.sources(), store, raw)
    assert said.startswith("source small_moves: 1 of 7 records rejected, more than 1%")
    assert "small_moves/moves.csv, line 8: origin 'Atlantis' is not a known country" in said


def test_a_missing_raw_file_stops_it(store: Path) -> None:
    said = _stopped(_moves(_flow("KOR"), files=("small_moves/none.csv",)), store)
    assert said.startswith(f"source own_moves: {RAW / 'small_moves/none.csv'} is missing")
    assert "--raw" in said


def test_a_missing_folder_of_raw_files_stops_it(store: Path, tmp_path: Path) -> None:
    assert "give the folder that holds the publishers' files with --raw" in _stopped({}, store, tmp_path / "none")


# The same files give the same bytes


def test_a_build_in_another_process_gives_the_same_bytes(small_store: Path, tmp_path: Path) -> None:
    environment = os.environ | {"PYTHONHASHSEED": "7", "POLARS_MAX_THREADS": "1"}
    command = [sys.executable, small.__file__, str(RAW), str(tmp_path / "store")]
    subprocess.run(command, env=environment, check=True, capture_output=True)
    assert _files(tmp_path / "store") == _files(small_store)


def test_sums_of_fractions_are_the_same_every_time(tmp_path: Path) -> None:
    """Engines that add in several threads give other last digits each time, and so another build."""
    generator, works = np.random.default_rng(SEED), 150_000
    ids = pl.Series(np.arange(works).astype(str))
    listed = pl.DataFrame({"source": "s", "scope": "a", "work_id": ids, "year": 2020})
    listed = listed.with_columns(authors=generator.integers(1, 13, works))
    signed = pl.DataFrame({"source": "s", "work_id": ids.sample(3 * works, with_replacement=True, seed=SEED)})
    signed = signed.with_columns(iso3=pl.lit("KOR"), countries=generator.integers(1, 4, 3 * works))
    listed.write_parquet(tmp_path / "works.parquet")
    signed.write_parquet(tmp_path / "authorships.parquet")
    sums = set()
    for _ in range(3):
        engine = open_engine()
        counted = articles.derive(*(engine.scan([tmp_path / f"{name}.parquet"]) for name in ("works", "authorships")))
        sums.add(engine.collect(counted).filter(counting="fractional")["articles"].item())
    assert len(sums) == 1


def test_an_unchanged_rebuild_does_nothing(store: Path, log: Path) -> None:
    before = {path: path.stat().st_mtime_ns for path in store.rglob("*.parquet")}
    build = Store.open(store).build
    assert build_small(RAW, store).build == build
    assert log.read_text() == ""
    assert {path: path.stat().st_mtime_ns for path in store.rglob("*.parquet")} == before


def test_a_changed_file_does_its_step_again_and_no_other(store: Path, tmp_path: Path, log: Path) -> None:
    raw = Path(shutil.copytree(RAW, tmp_path / "raw"))
    (raw / "small_moves/moves.csv").write_text(
        (RAW / "small_moves/moves.csv").read_text().replace("2020,12", "2020,13")
    )
    build = Store.open(store).build
    assert build_small(raw, store).build != build
    assert log.read_text().split() == ["small_moves"]


def test_a_damaged_part_is_built_again(store: Path, log: Path) -> None:
    build = Store.open(store).build
    part = next(store.glob("tables/moves/small_moves-*"))
    part.write_bytes(b"damaged")
    assert build_small(RAW, store).build == build
    assert log.read_text().split() == ["small_moves"]
    assert Store.open(store).verify()


def test_files_that_are_not_ours_stay(store: Path, changed_raw: Path) -> None:
    """A folder named results or tables is common; what somebody keeps there is not cleared away."""
    theirs = [store / "results" / "draft" / "figure.png", store / "tables" / "mine" / "works.parquet", store / "note"]
    for path in theirs:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("theirs")
    build_small(changed_raw, store)
    assert all(path.read_text() == "theirs" for path in theirs)


# Stopped at any moment


@dataclass(frozen=True)
class Whole:
    """An uninterrupted build of the changed files over the small store: the state, its files, what it did."""

    build: str
    files: Mapping[str, bytes]
    operations: int
    publishing: int
    """The operation that replaces the manifest, counted from 1."""
    written: int
    """How many files were written up to then, the manifest included."""
    noted: Mapping[str, int]
    """The operation that notes each step in the journal."""
    seconds: float


@pytest.fixture(scope="module")
def changed_raw(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The raw files with one number changed for each source, so that every step is done anew."""
    folder = Path(shutil.copytree(RAW, tmp_path_factory.mktemp("changed") / "raw"))
    for name, old, new in (
        ("world_bank/population.csv", "50000000", "51000000"),
        ("small_moves/moves.csv", "2020,12", "2020,13"),
        ("small_works/works.csv", "physics,10,2", "physics,11,2"),
    ):
        path = folder / name
        path.write_bytes(path.read_bytes().replace(old.encode(), new.encode()))
    return folder


@pytest.fixture(scope="module")
def whole(small_store: Path, changed_raw: Path, tmp_path_factory: pytest.TempPathFactory) -> Whole:
    out = Path(shutil.copytree(small_store, tmp_path_factory.mktemp("whole") / "store"))
    seen: list[str] = []
    with pytest.MonkeyPatch.context() as patch:
        for name in small.FILE_OPERATIONS:
            patch.setattr(os, name, getattr(os, name))
        small.watch(lambda name, given: seen.append(f"{name} {given[-1]}"))
        begin = time.monotonic()
        build = build_small(changed_raw, out).build
        seconds = time.monotonic() - begin
    publishing = seen.index(f"replace {out / 'manifest.json'}") + 1
    written = sum(operation.startswith("replace") for operation in seen[:publishing])
    noted = {step: seen.index(f"replace {out / '.journal' / step}.json") + 1 for step in STEPS}
    return Whole(build, _files(out), len(seen), publishing, written, noted, seconds)


def _start(raw: Path, out: Path, *operation: str) -> subprocess.Popen[str]:
    """A build in a process of its own, which has just begun."""
    command = [sys.executable, small.__file__, str(raw), str(out), *operation]
    process = subprocess.Popen(command, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    assert process.stdout is not None
    assert process.stdout.readline() == "begin\n"
    return process


MOMENTS = [round(moment, 2) for moment in np.random.default_rng(SEED).random(8).tolist()]
"""Parts of the way from the start of a build to its end."""


@pytest.mark.parametrize("moment", [*MOMENTS[:4], "publishing", "published", "last"])
def test_killed_before_a_file_operation(
    moment: float | str, small_store: Path, store: Path, changed_raw: Path, whole: Whole, log: Path
) -> None:
    """What stood there opens; a following build does again only the steps not noted, and ends as if never stopped."""
    named = {"publishing": whole.publishing, "published": whole.publishing + 1, "last": whole.operations}
    operation = named[moment] if isinstance(moment, str) else 1 + int(moment * whole.publishing)
    process = _start(changed_raw, store, str(operation))
    process.communicate(timeout=60)
    assert process.returncode == -signal.SIGKILL
    left = Store.open(store)
    assert left.verify()
    assert left.build == (Store.open(small_store).build if operation <= whole.publishing else whole.build)
    log.write_text("")
    assert build_small(changed_raw, store).build == whole.build
    assert log.read_text().split() == [step for step in STEPS if operation <= whole.noted[step]]
    assert _files(store) == whole.files


@pytest.mark.parametrize("moment", MOMENTS[4:7])
def test_killed_at_any_time(
    moment: float, small_store: Path, store: Path, changed_raw: Path, whole: Whole, log: Path
) -> None:
    process = _start(changed_raw, store)
    time.sleep(moment * whole.seconds)
    process.kill()
    process.communicate(timeout=60)
    left = Store.open(store)
    assert left.verify()
    assert left.build in (Store.open(small_store).build, whole.build)
    noted = {step for step in STEPS if (store / ".journal" / f"{step}.json").exists()}
    log.write_text("")
    assert build_small(changed_raw, store).build == whole.build
    assert log.read_text().split() == [s for s in STEPS if s not in noted and left.build != whole.build]
    assert _files(store) == whole.files


def test_a_journal_that_cannot_be_read_is_done_again(store: Path, changed_raw: Path, whole: Whole, log: Path) -> None:
    (store / ".journal").mkdir()
    for name, text in (("small_moves", "{"), ("small_works", "[]"), ("world_bank", "3")):
        (store / ".journal" / f"{name}.json").write_text(text)
    assert build_small(changed_raw, store).build == whole.build
    assert log.read_text().split() == STEPS


# Two at once, and disks that are full or locked


def test_a_second_build_of_the_same_folder_is_refused(store: Path) -> None:
    before = Store.open(store).build
    with Draft.begin(store), pytest.raises(StoreError, match=r"another build is writing .*; wait for it or choose"):
        build_small(RAW, store)
    assert Store.open(store).build == before


def test_a_store_can_be_read_while_it_is_built(store: Path) -> None:
    with Draft.begin(store):
        assert Store.open(store).verify()


def test_a_lock_that_its_owner_removed_meanwhile_is_not_taken(store: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Else a third build could lock a new file beside it, and two would run."""
    lock = fcntl.flock

    def late(*given: Any) -> None:
        (store / ".lock").unlink()
        lock(*given)

    monkeypatch.setattr(fcntl, "flock", late)
    with pytest.raises(StoreError, match="another build"), Draft.begin(store):
        pytest.fail("two builds at once")


@pytest.mark.parametrize(
    ("operation", "number", "nth"),
    [
        ("fsync", errno.ENOSPC, 1),
        ("fsync", errno.ENOSPC, -1),
        ("replace", errno.EACCES, 4),
        ("replace", errno.EROFS, -1),
    ],
)
def test_a_disk_that_is_full_or_locked_leaves_the_store_whole(
    operation: str, number: int, nth: int, store: Path, changed_raw: Path, whole: Whole, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The nth sync or rename fails, the last of them being that of the manifest."""
    before, real = Store.open(store).build, getattr(os, operation)
    ahead = iter(range(nth if nth > 0 else whole.written, 0, -1))

    def fails(*given: Any, **named: Any) -> Any:
        if next(ahead) == 1:
            raise OSError(number, os.strerror(number))
        return real(*given, **named)

    monkeypatch.setattr(os, operation, fails)
    with pytest.raises(StoreError, match=f"cannot write .*: {os.strerror(number)}; the state published before"):
        build_small(changed_raw, store)
    monkeypatch.undo()
    left = Store.open(store)
    assert left.build == before
    assert left.verify()
    assert build_small(changed_raw, store).build == whole.build
    assert _files(store) == whole.files


def test_a_file_size_limit_leaves_the_store_whole(store: Path, changed_raw: Path) -> None:
    before = _files(store)
    process = subprocess.run(
        [sys.executable, small.__file__, str(changed_raw), str(store)],
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (500, 500)),
        capture_output=True,
        text=True,
        check=False,
    )
    assert process.returncode == 1
    assert "File too large" in process.stderr
    assert _files(store) == before


def test_a_full_folder_for_temporary_files(store: Path, changed_raw: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(pl.DataFrame, "write_parquet", full)
    with pytest.raises(StoreError, match=r"cannot write .*/works\.parquet: .*No space left on device; make room there"):
        build_small(changed_raw, store, {"small_works": small.sources()["small_works"]})
    monkeypatch.undo()
    assert Store.open(store).verify()


def test_too_little_memory_says_how_to_give_more(tmp_path: Path) -> None:
    rows = pl.DataFrame({"n": range(200_000)}).with_columns(text=pl.col("n").cast(pl.String))
    rows.write_parquet(tmp_path / "rows.parquet")
    engine = open_engine(memory="1MB")
    many = engine.scan([tmp_path / "rows.parquet"]).sort("text", "n")
    with pytest.raises(LegationError, match="out of memory; give it more, such as --memory 4GB"):
        engine.collect(many)


def test_a_folder_that_cannot_be_made(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(StoreError, match=r"cannot write .*/file/store: Not a directory; choose another --out"):
        build_small(RAW, tmp_path / "file" / "store")


def test_every_code_file_named_in_a_fingerprint_exists() -> None:
    package = Path(registry.__file__).parent
    assert all(package.joinpath(name).is_file() for name in building.CODE_BEHIND_EVERY_STEP)


def test_building_one_source_keeps_the_others(tmp_path: Path) -> None:
    whole = small.build_small(RAW, tmp_path / "store")
    again = small.build_small(RAW, tmp_path / "store", only=["world_bank"])
    assert {p.source for p in again.parts} == {p.source for p in whole.parts}
    assert {p.sha256 for p in again.parts if not p.step.startswith("kept-")} == {
        p.sha256 for p in whole.parts if not p.step.startswith("kept-")
    }
