"""Reading works, and building and updating a corpus: how fast, against what, and in how much memory.

    python benchmarks/ingest.py --raw /tmp/raw --works 1000000 --runs 3
    python benchmarks/ingest.py --raw /tmp/raw --scaling 100000 1000000 5000000 20000000

Makes works with `generate` where there are none yet, and measures each job in a process of its own: the scan limit
(DuckDB decompresses and scans the same files with the same explicit columns, and keeps nothing), the ingest, a loop
over orjson and Polars' reader as other ways to do it (on the first files only), a full build, a build with nothing new,
and the update after an increment. Jobs that are compared run in turn, so that a drift of the machine meets all of them,
and a ratio is the median of the ratios within one round. Prints a Markdown table. With `--scaling` it makes and builds
as many works as said, one size after the other, and takes them away again: 20 million take 35 GB of disk meanwhile.
"""

from __future__ import annotations

import argparse
import gzip
import os
import shutil
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import generate
import polars as pl

from legation.corpus import build_corpus, corrections, raw, shape
from legation.corpus._sql import Sql, bytes_of
from legation.corpus.building import LARGEST_LINE_SHARE, SHARE_FOR_READING
from legation.corpus.ingest import LARGEST_LINE_BYTES, Ingest

CORES = os.cpu_count() or 1
OTHERS = 2
"""How many files the slower ways read."""


@dataclass(frozen=True)
class Run:
    """One finished process: wall seconds, seconds of all cores, and the most memory it held."""

    seconds: float
    core_seconds: float
    peak_mb: float


def process(*arguments: str) -> Run:
    """Do a job of this file in a process of its own, and measure it."""
    begin = time.perf_counter()
    child = os.posix_spawn(sys.executable, [sys.executable, __file__, *arguments], os.environ)
    _, status, used = os.wait4(child, 0)
    if status:
        raise SystemExit(f"{' '.join(arguments)} ended with {status}")
    return Run(time.perf_counter() - begin, used.ru_utime + used.ru_stime, used.ru_maxrss / 1e3)


def scan(folder: Path, _: Path, memory: str) -> None:
    """The scan limit."""
    sql = Sql(int(bytes_of(memory) * SHARE_FOR_READING), folder, CORES)
    files = [str(path) for file in raw.discover(folder).files for path in file.paths]
    counts = ", ".join(f"count({name})" for name in shape.WORK)
    sql.rows(f"SELECT {counts} FROM {shape.source_of_lines(files, LARGEST_LINE_BYTES, 'gzip')}")


def ingest(folder: Path, home: Path, memory: str) -> None:
    """Raw files into records."""
    shutil.rmtree(home / "ingest", ignore_errors=True)
    for name in ("records", "spare"):
        (home / "ingest" / name).mkdir(parents=True)
    sql = Sql(int(bytes_of(memory) * SHARE_FOR_READING), home / "ingest/spare", CORES)
    mended, largest = corrections.of_source("openalex"), int(bytes_of(memory) * LARGEST_LINE_SHARE)
    work = Ingest(home / "ingest/records", home / "ingest/spare", sql, mended, largest)
    work.read(raw.discover(folder).files, lambda *_: None)


def orjson_loop(folder: Path, home: Path, _: str) -> None:
    """The same fields by a loop in Python, one process for each core."""
    with ProcessPoolExecutor(CORES) as pool:
        list(pool.map(_orjson_file, _first(folder), [home] * OTHERS))


def _orjson_file(path: Path, home: Path) -> None:
    import orjson

    rows = []
    with gzip.open(path) as lines:
        for line in lines:
            work = orjson.loads(line)
            topic = work["primary_topic"]
            rows.append(
                {
                    "work": int(work["id"][22:]),
                    "updated": work["updated_date"],
                    "year": work["publication_year"],
                    "type": work["type"],
                    "citations": work["cited_by_count"],
                    "field": topic and topic["field"]["display_name"],
                    "topics": [int(one["id"][22:]) for one in work["topics"]],
                    "cited": [int(one[22:]) for one in work["referenced_works"]],
                    "open_access": work["open_access"]["is_oa"],
                    "authors": [one["author"]["id"] for one in work["authorships"]],
                    "countries": [",".join(one["countries"]) for one in work["authorships"]],
                    "corresponding": [one["is_corresponding"] for one in work["authorships"]],
                    "company": any(i["type"] == "company" for one in work["authorships"] for i in one["institutions"]),
                }
            )
    pl.DataFrame(rows, infer_schema_length=None).write_parquet(home / f"orjson-{path.stem}.parquet")


def polars_reader(folder: Path, home: Path, _: str) -> None:
    """The same columns by Polars, file by file."""
    for path in _first(folder):
        frame = pl.read_ndjson(gzip.decompress(path.read_bytes()), schema=_polars(shape.WORK))
        frame.write_parquet(home / f"polars-{path.stem}.parquet")


def _polars(given: dict[str, shape.Shape]) -> dict[str, pl.DataType]:
    def of(one: shape.Shape) -> pl.DataType:
        match one:
            case list():
                return pl.List(of(one[0]))
            case dict():
                return pl.Struct({name: of(inner) for name, inner in one.items()})
            case shape.FLAG:
                return pl.Boolean()
            case _:
                return pl.Int64() if one == shape.NUMBER else pl.String()

    return {name: of(one) for name, one in given.items()}


def _first(folder: Path) -> list[Path]:
    return [file.paths[0] for file in raw.discover(folder).files][:OTHERS]


def build(folder: Path, home: Path, memory: str) -> None:
    """Build or update the corpus and its store."""
    build_corpus(folder, home / "corpus", home / "store", memory=memory)


JOBS: dict[str, Callable[[Path, Path, str], None]] = {
    "scan": scan,
    "ingest": ingest,
    "orjson": orjson_loop,
    "polars": polars_reader,
    "build": build,
}


def measure(folder: Path, home: Path, works: int, runs: int, memory: str) -> None:
    """Run everything and print the table."""
    size = sum(file.size_bytes for file in raw.discover(folder).files)
    rounds = [
        {name: process("--do", name, *_where(folder, home, memory)) for name in ("scan", "ingest")} for _ in range(runs)
    ]
    print("| job | works/s | MB/s packed | seconds | core seconds | ratio to the scan limit (wall, cores) | peak MB |")
    print("|---|---|---|---|---|---|---|")
    for name in ("scan", "ingest"):
        _row(name, [one[name] for one in rounds], [one["scan"] for one in rounds], works, size)
    part = [path.stat().st_size for path in _first(folder)]
    for name in ("orjson", "polars"):
        run = process("--do", name, *_where(folder, home, memory))
        share = sum(part) / size
        against = [Run(r["scan"].seconds * share, r["scan"].core_seconds * share, 0) for r in rounds]
        _row(f"{name}, {OTHERS} files", [run] * runs, against, int(works * share), sum(part))
    _updates(folder, home, works, memory, statistics.median(r["ingest"].core_seconds for r in rounds))


def _updates(folder: Path, home: Path, works: int, memory: str, ingest_core_seconds: float) -> None:
    """A full build, one with nothing new, and the update after an increment of one in a hundred."""
    for name in ("corpus", "store"):
        shutil.rmtree(home / name, ignore_errors=True)
    full = process("--do", "build", *_where(folder, home, memory))
    same = process("--do", "build", *_where(folder, home, memory))
    world = generate.World(1, works)
    out = folder / "openalex/snapshot"
    generate.write(world, out, 100_000, CORES, generate.INCREMENT_DAY, 0.01)
    new = home / "increment"
    shutil.rmtree(new, ignore_errors=True)
    day = f"openalex/snapshot/data/works/updated_date={generate.INCREMENT_DAY}"
    shutil.copytree(folder / day, new / day)
    alone = process("--do", "ingest", *_where(new, home, memory))
    update = process("--do", "build", *_where(folder, home, memory))
    nothing = process("--do", "nothing", *_where(folder, home, memory))
    shutil.rmtree(folder / day)
    generate.write_manifest(out)
    start = nothing.core_seconds
    ingest_share = (alone.core_seconds - start) / (ingest_core_seconds - start)
    print(f"\nfull build: {_said(full)}; {works / full.seconds:,.0f} works/s")
    print(f"nothing new: {_said(same)}")
    print(f"increment of 1 %, its ingest: {_said(alone)}; {ingest_share:.1%} of that of all (cores, start left out)")
    print(
        f"increment of 1 %, the whole update: {_said(update)}; {update.seconds / full.seconds:.1%} of a full build "
        f"(wall), {update.core_seconds / full.core_seconds:.1%} (cores)"
    )
    held = sum(path.stat().st_size for path in (home / "corpus").rglob("*") if path.is_file())
    print(f"records: {held / 1e6:,.0f} MB")


def scaling(folder: Path, home: Path, sizes: Sequence[int], memory: str) -> None:
    """Full builds of several sizes, and what a work costs against what it costs in the first of them.

    Core seconds for a work say whether time is linear: wall seconds also say what else the machine does.
    """
    print(f"| works | seconds | core seconds | core µs a work | to the first | peak MB, of {memory} | records MB |")
    print("|---|---|---|---|---|---|---|")
    first = None
    for works in sizes:
        there, built = folder / f"scale-{works}", home / f"scale-{works}"
        _make(there, works)
        run = process("--do", "build", *_where(there, built, memory))
        held = sum(path.stat().st_size for path in (built / "corpus").rglob("*") if path.is_file())
        cost = 1e6 * run.core_seconds / works
        first = first or cost
        print(
            f"| {works:,} | {run.seconds:,.1f} | {run.core_seconds:,.1f} | {cost:.1f} | {cost / first:.2f} "
            f"| {run.peak_mb:,.0f} | {held / 1e6:,.0f} |",
            flush=True,
        )
        shutil.rmtree(there)
        shutil.rmtree(built)


def _make(folder: Path, works: int) -> None:
    """Invented works, in processes that end before anything is measured."""
    command = [sys.executable, str(Path(__file__).with_name("generate.py")), "--out", str(folder)]
    subprocess.run([*command, "--works", str(works)], check=True, stdout=subprocess.DEVNULL)


def _where(folder: Path, home: Path, memory: str) -> list[str]:
    return ["--raw", str(folder), "--home", str(home), "--memory", memory]


def _said(run: Run) -> str:
    return f"{run.seconds:.1f} s ({run.core_seconds:.1f} core seconds, peak {run.peak_mb:,.0f} MB)"


def _row(name: str, runs: Sequence[Run], against: Sequence[Run], works: int, size: int) -> None:
    seconds = statistics.median(run.seconds for run in runs)
    cores = statistics.median(run.core_seconds for run in runs)
    wall = statistics.median(a.seconds / b.seconds for a, b in zip(against, runs, strict=True))
    core = statistics.median(a.core_seconds / b.core_seconds for a, b in zip(against, runs, strict=True))
    peak = max(run.peak_mb for run in runs)
    print(
        f"| {name} | {works / seconds:,.0f} | {size / 1e6 / seconds:,.1f} | {seconds:.1f} | {cores:.1f} | "
        f"{wall:.2f}, {core:.2f} | {peak:,.0f} |",
        flush=True,
    )


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--raw", type=Path, required=True, help="folder for raw files; made where it is not there")
    asked.add_argument("--home", type=Path, help="folder for what is built; beside RAW by default")
    asked.add_argument("--works", type=int, default=1_000_000)
    asked.add_argument("--runs", type=int, default=3)
    asked.add_argument("--memory", default="4GB")
    asked.add_argument("--scaling", type=int, nargs="+", metavar="WORKS", help="instead: build so many works, in turn")
    asked.add_argument("--do", choices=[*JOBS, "nothing"], help=argparse.SUPPRESS)
    given = asked.parse_args()
    home = given.home or given.raw.with_name(f"{given.raw.name}-built")
    if given.do:
        if given.do != "nothing":
            JOBS[given.do](given.raw, home, given.memory)
        return
    home.mkdir(parents=True, exist_ok=True)
    if given.scaling:
        scaling(given.raw, home, given.scaling, given.memory)
        return
    if not given.raw.exists():
        _make(given.raw, given.works)
    measure(given.raw, home, given.works, given.runs, given.memory)


if __name__ == "__main__":
    main()
