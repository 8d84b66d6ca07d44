"""The same indicators on every engine: seconds, core seconds and memory, as a Markdown table.

    python benchmarks/engines.py --works 1000000

Two jobs, each done by each engine in a process of its own. *From works*: the five tables that count invented works (see
`generate`) by country, pair, move and year, and the relational indicators that read single works. *Over the pack*:
every other relational indicator, from every source and for every period, computed anew instead of taken over as kept.
Starting the engine, which for Spark is starting Java, is told apart. Rows and sums of all results must be the same to
1e-9, or nothing is printed. Core seconds are what all threads used, and hardly change when others use the machine.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import generate
import ingest
import polars as pl

from legation import countries, registry
from legation.engine import DuckDB, Engine, open_engine
from legation.evaluation import Evaluator
from legation.periods import Cut
from legation.store import Store

CORES = os.cpu_count() or 1
ENGINES = {
    "DuckDB, one thread (as large stores are asked)": "duckdb",
    f"DuckDB, {CORES} threads": "duckdb_threads",
    "Polars, in memory": "polars",
    f"Spark, local[{CORES}]": "spark",
}
WORKS, AUTHORSHIPS = "works.parquet", "authorships.parquet"
RELATIVE, NOTHING = 1e-9, 1e-9
CUTS = {"complementarity_by_field": Cut(latest=True), "patent_complementarity": Cut(latest=True)}
"""Every period of these is ten million rows."""
Sums = dict[str, list[float]]


@dataclass(frozen=True)
class Run:
    """A job done: seconds to start the engine and to do it, core seconds and most memory of both, sums of results."""

    start_seconds: float
    seconds: float
    core_seconds: float
    peak_mb: float
    sums: Sums


def engine_of(name: str, memory: str) -> Engine:
    match name:
        case "duckdb_threads":
            return DuckDB(memory, threads=CORES)
        case "spark":
            return open_engine("spark", memory, f"local[{CORES}]")
        case _:
            return open_engine(name, None if name == "polars" else memory)


def from_works(engine: Engine, folder: Path) -> Iterator[tuple[str, pl.DataFrame]]:
    """Tables and indicators that read single works."""
    files = {"works": [folder / WORKS], "authorships": [folder / AUTHORSHIPS]}
    derived = {table.id: table.derive for table in registry.tables().values()}
    read = {i.id: i.compute for i in registry.indicators().values() if registry.is_relational(i)}
    for name, compute in (derived | read).items():
        if compute is not None and set(registry.parameters_of(compute)) == set(files):
            yield name, engine.collect(compute(**{table: engine.scan(paths) for table, paths in files.items()}))


def over_the_pack(engine: Engine, _: Path) -> Iterator[tuple[str, pl.DataFrame]]:
    """Relational indicators over the pack's tables."""
    pack = Store.open()
    for name, indicator in registry.indicators().items():
        parts = tuple(part for part in pack.parts if (part.kind, part.name) != ("result", name))
        evaluator = Evaluator(Store(pack.root, pack.manifest, parts, pack._verified), in_memory=False)
        evaluator.engine = engine
        if registry.is_relational(indicator) and not registry.needs_records(name) and evaluator.sources(name):
            yield name, evaluator.evaluate(name, None, CUTS.get(name, Cut()))


JOBS: dict[str, Callable[[Engine, Path], Iterator[tuple[str, pl.DataFrame]]]] = {
    "from works": from_works,
    "over the pack": over_the_pack,
}


def do(job: str, name: str, folder: Path, memory: str) -> Run:
    """Do a job in this process."""
    begin = time.perf_counter()
    engine = engine_of(name, memory)
    started = time.perf_counter()
    sums = {what: summed(frame) for what, frame in JOBS[job](engine, folder)}
    done = time.perf_counter()
    cores, peak = used()
    return Run(started - begin, done - started, cores, peak, sums)


def summed(frame: pl.DataFrame) -> list[float]:
    """The number of rows, and the sum of each column of numbers."""
    numbers = frame.select(pl.selectors.numeric()).select(pl.all().fill_nan(None).sum())
    return [float(frame.height), *(float(total or 0) for total in numbers.row(0))]


def used() -> tuple[float, float]:
    """Core seconds and most memory in MB of this process and of Java, which it has started."""
    tick, own = os.sysconf("SC_CLK_TCK"), Path(f"/proc/{os.getpid()}")
    every = [own, *(own.parent / child for child in (own / "task" / own.name / "children").read_text().split())]
    stats = [path.joinpath("stat").read_text().rpartition(")")[2].split() for path in every]
    told = [line.split() for path in every for line in path.joinpath("status").read_text().splitlines()]
    most = sum(int(words[1]) for words in told if words[0] == "VmHWM:")
    return sum(int(stat[11]) + int(stat[12]) for stat in stats) / tick, most / 1e3


def prepare(folder: Path, works: int, memory: str) -> tuple[int, int]:
    """Works and authorships in two files, as a source with single works gives them to an engine; how many they are."""
    raw, home = folder / "raw", folder / "home"
    generate.write(generate.World(1, works), raw / "openalex/snapshot", 100_000, CORES)
    ingest.ingest(raw, home, memory)
    read = pl.scan_parquet(home / "ingest/records/*.parquet").filter(pl.col("fault").is_null())
    told = pl.lit("generated").alias("source")
    read.select(
        told,
        pl.col("field").fill_null("none").alias("scope"),
        pl.col("work").cast(pl.String).alias("work_id"),
        pl.col("year").cast(pl.Int64),
        pl.col("authors").list.len().clip(1).cast(pl.Int64),
    ).sink_parquet(folder / WORKS)
    codes = countries.iso3_of_iso2()
    signed = read.select("work", "authors", "countries").explode("authors", "countries")
    placed = signed.with_columns(pl.col("countries").str.split(",").alias("iso3")).with_columns(
        pl.col("iso3").list.len().fill_null(0).cast(pl.Int64).alias("countries")
    )
    placed.explode("iso3").select(
        told,
        pl.col("work").cast(pl.String).alias("work_id"),
        pl.col("authors").cast(pl.String).alias("author"),
        pl.col("iso3").replace_strict(codes, default=None, return_dtype=pl.String),
        "countries",
    ).sink_parquet(folder / AUTHORSHIPS)
    shutil.rmtree(raw)
    shutil.rmtree(home)
    counted = (pl.scan_parquet(folder / name).select(pl.len()).collect().item() for name in (WORKS, AUTHORSHIPS))
    return next(counted), next(counted)


def process(job: str, name: str, folder: Path, memory: str) -> Run:
    """Do a job in a process of its own."""
    asked = [sys.executable, __file__, "--do", job, name, "--folder", str(folder), "--memory", memory]
    return Run(**json.loads(subprocess.run(asked, check=True, stdout=subprocess.PIPE, text=True).stdout))


def require_same(runs: Sequence[Run]) -> None:
    """Stop where two engines do not give the same."""
    first = runs[0].sums
    for run in runs[1:]:
        for name in first.keys() | run.sums.keys():
            pairs = zip(run.sums[name], first[name], strict=True)
            if not all(math.isclose(a, b, rel_tol=RELATIVE, abs_tol=NOTHING) for a, b in pairs):
                raise SystemExit(f"{name} differs: {run.sums[name]} and {first[name]}")


def rows(job: str, what: str, folder: Path, given: Any) -> Iterator[str]:
    """A line for each engine; those compared run in turn."""
    rounds = [[process(job, name, folder, given.memory) for name in ENGINES.values()] for _ in range(given.runs)]
    for each in rounds:
        require_same(each)
    for number, label in enumerate(ENGINES):
        runs = [one[number] for one in rounds]
        start, seconds, cores = (
            statistics.median(getattr(run, name) for run in runs)
            for name in ("start_seconds", "seconds", "core_seconds")
        )
        peak = max(run.peak_mb for run in runs)
        yield f"| {what} | {label} | {start:.1f} | {seconds:.1f} | {cores:.1f} | {peak:,.0f} |"


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--works", type=int, nargs="+", default=[1_000_000])
    asked.add_argument("--runs", type=int, default=1)
    asked.add_argument("--memory", default="4GB", help="what DuckDB and Java may take")
    asked.add_argument("--jobs", nargs="+", choices=JOBS, default=list(JOBS))
    asked.add_argument("--do", nargs=2, help=argparse.SUPPRESS)
    asked.add_argument("--folder", type=Path, help=argparse.SUPPRESS)
    given = asked.parse_args()
    if given.do:
        job, name = given.do
        print(json.dumps(asdict(do(job, name, given.folder, given.memory))))
        return
    print("| job | engine | start, s | job, s | core s of both | peak MB |\n|---|---|---|---|---|---|")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        if "from works" in given.jobs:
            for works in given.works:
                counts = prepare(folder, works, given.memory)
                what = f"5 tables and 2 indicators from {counts[0]:,} works, {counts[1]:,} authorships"
                print("\n".join(rows("from works", what, folder, given)), flush=True)
        if "over the pack" in given.jobs:
            print("\n".join(rows("over the pack", "relational indicators over the pack", folder, given)))


if __name__ == "__main__":
    main()
