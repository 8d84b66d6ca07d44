"""Counting works and people of a corpus, against SQL by hand, pandas and pyscisci: seconds, core seconds, memory.

    python benchmarks/counting.py --works 200000 --runs 3 --pyscisci /tmp/other/bin/python

Makes works with `generate` where there are none yet, reads them once into records, and counts five tables from these
records by scope (all works, each field, each technology): articles, copublications, coverage, moves and
researcher_stocks. *Legation* is all that a build does after reading. *SQL* is DuckDB's, written by hand for these
tables, with the same threads and memory. *pandas* holds everything in memory. Each also finds the newest version of
each work. Their tables must have the same rows and, to 1e-9, the same numbers, or nothing is printed. *pyscisci* knows
neither countries nor scopes: given countries as if they were authors, and asked scope by scope, it counts works by
country and year and works by pair and year, and nothing else; these are compared too. It needs pandas, pyarrow,
networkx and distributed beside it, in an environment whose interpreter is given by --pyscisci.

The jobs *from files* do both, reading and counting: Legation as a build does, pyscisci by its own reader of OpenAlex's
files and the two tables it can count.

Each job is a process of its own; jobs run in turn within a round, and a ratio is the median of those within rounds.
Core seconds are what all threads used, and hardly change when others use the machine.
"""

from __future__ import annotations

import argparse
import os
import shutil
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path

import peers
from peers import BY_PYSCISCI, CORES, TABLES

# Libraries are imported where they are used, so that no job pays for those of another, and pyscisci needs no Legation.

RELATIVE = 1e-9


@dataclass(frozen=True)
class Run:
    """One finished process: wall seconds, seconds of all cores, and the most memory it held."""

    seconds: float
    core_seconds: float
    peak_mb: float


def legation(raw_folder: Path, home: Path, memory: str) -> None:
    """What a build does after reading; the counts are written as they are before small cells are blanked."""
    _by_legation(raw_folder, home, memory, "legation", home / "ingest/records")


def legation_from_files(raw_folder: Path, home: Path, memory: str) -> None:
    """The same with reading."""
    _by_legation(raw_folder, home, memory, "legation_from_files", home / "spare/records")


def _by_legation(raw_folder: Path, home: Path, memory: str, name: str, folder: Path) -> None:
    import polars as pl

    from legation import registry
    from legation.checks import conform, suppress
    from legation.corpus import corrections, raw
    from legation.corpus._sql import Sql, bytes_of
    from legation.corpus.building import LARGEST_LINE_SHARE, SHARE_FOR_READING
    from legation.corpus.counting import Counting, threads
    from legation.corpus.current import current
    from legation.corpus.ingest import Ingest
    from legation.corpus.scopes import Scopes
    from legation.corpus.sheaves import bind, field_names

    allowed, spare, there = bytes_of(memory), home / "spare", raw.discover(raw_folder)
    sql = Sql(int(allowed * SHARE_FOR_READING), spare, CORES)
    folder.mkdir(exist_ok=True)
    mended, largest = corrections.of_source("openalex"), int(allowed * LARGEST_LINE_SHARE)
    records = Ingest(folder, spare, sql, mended, largest).read(there.files, lambda *_: None)
    valid = current(sql, records, there.lists, there.gone, spare)
    sql.close()
    scopes = Scopes(field_names(records), tuple(registry.technologies()))
    at_once = threads(allowed, CORES)
    sheaves = bind(records, valid, scopes, spare, at_once)
    for counted, frame in Counting(sheaves, scopes, at_once).count(lambda *_: None).items():
        table = registry.tables()[counted]
        suppress(table, conform(table, frame.with_columns(source=pl.lit("openalex"))))
        frame.write_parquet(home / f"{name}-{counted}.parquet")


JOBS: dict[str, Callable[[Path, Path, str], None]] = {
    "legation": legation,
    "sql": peers.sql,
    "pandas": peers.pandas,
    "pyscisci": peers.pyscisci,
    "legation_from_files": legation_from_files,
    "pyscisci_from_files": peers.pyscisci_from_files,
}
OF_PYSCISCI = ("pyscisci", "pyscisci_from_files")
COUNTRIES = """
COPY (SELECT DISTINCT regexp_extract(institution ->> 'id', '[0-9]+$')::BIGINT AS institution, iso3
    FROM (SELECT unnest((authorship -> 'institutions')::JSON[]) AS institution
        FROM (SELECT unnest(authorships) AS authorship
            FROM read_json('{files}', format = 'newline_delimited', columns = {{authorships: 'JSON[]'}})))
    JOIN '{home}/codes.parquet' ON iso2 = institution ->> 'country_code') TO '{home}/institutions.parquet'
"""


def process(interpreter: str, *arguments: str) -> Run:
    """Do a job of this file in a process of its own, and measure it."""
    begin = time.perf_counter()
    child = os.posix_spawn(interpreter, [interpreter, __file__, *arguments], os.environ)
    _, status, used = os.wait4(child, 0)
    if status:
        raise SystemExit(f"{' '.join(arguments)} ended with {status}")
    return Run(time.perf_counter() - begin, used.ru_utime + used.ru_stime, used.ru_maxrss / 1e3)


def prepare(raw_folder: Path, home: Path, works: int, memory: str) -> None:
    """Works, records, and what stands for what: fields, topics, institutions, countries, for those without Legation."""
    if not raw_folder.exists():
        command = [sys.executable, str(Path(__file__).with_name("generate.py")), "--out", str(raw_folder)]
        subprocess.run([*command, "--works", str(works)], check=True, stdout=subprocess.DEVNULL)
    import polars as pl

    from legation import countries, registry
    from legation.corpus.scopes import slug

    home.mkdir(parents=True, exist_ok=True)
    if not (home / "ingest/records").exists():
        job = [sys.executable, str(Path(__file__).with_name("ingest.py")), "--do", "ingest", "--memory", memory]
        subprocess.run([*job, "--raw", str(raw_folder), "--home", str(home)], check=True)
    names = pl.scan_parquet(home / "ingest/records/*.parquet").select(pl.col("field").drop_nulls().unique()).collect()
    fields = [(name, slug(name)) for name in names["field"]]
    topics = [(int(t[1:]), one.id) for one in registry.technologies().values() for t in one.topics]
    for name, columns, rows in (
        ("fields", ("field", "scope"), fields),
        ("topics", ("topic", "scope"), topics),
        ("codes", ("iso2", "iso3"), list(countries.iso3_of_iso2().items())),
    ):
        pl.DataFrame(rows, schema=columns, orient="row").write_parquet(home / f"{name}.parquet")
    if not (home / "institutions.parquet").exists():
        _from_files(raw_folder, home)


def _from_files(raw_folder: Path, home: Path) -> None:
    """What pyscisci's database does not hold: the country of an institution, the field of a topic."""
    import duckdb
    import polars as pl

    import legation

    files = raw_folder / "openalex/snapshot/data/works/*/*.gz"
    duckdb.connect().execute(COUNTRIES.format(files=files, home=home))
    topics = legation.open().table("topics").select(pl.col("topic").str.slice(1).cast(pl.Int64), scope="field")
    topics = topics.join(pl.read_parquet(home / "fields.parquet"), on="scope", how="semi")
    topics.write_parquet(home / "topic_fields.parquet")


def require_same(home: Path, names: Sequence[str]) -> int:
    """Compare what was counted with what Legation counted; give the number of rows. Raises: SystemExit."""
    import polars as pl

    rows = 0
    for table, (keys, measures) in TABLES.items():
        ours = pl.read_parquet(home / f"legation-{table}.parquet")
        rows += ours.height
        for name in names:
            path = home / f"{name}-{table}.parquet"
            if name in OF_PYSCISCI and table not in BY_PYSCISCI:
                continue
            wanted = ours.filter(pl.col("counting") == "full") if name in OF_PYSCISCI and table == "articles" else ours
            if name in OF_PYSCISCI and table == "copublications":
                wanted = ours.filter(pl.col("iso3") != "WLD", pl.col("partner_iso3") != "WLD")
            theirs = pl.read_parquet(path).cast({key: wanted.schema[key] for key in keys})
            both = wanted.join(theirs, on=keys, how="full", suffix="_theirs")
            far = [
                ((pl.col(m).cast(float) - pl.col(f"{m}_theirs").cast(float)).abs() > RELATIVE * pl.col(m).abs() + 1e-12)
                | pl.col(m).is_null()
                | pl.col(f"{m}_theirs").is_null()
                for m in measures
            ]
            if not (wrong := both.filter(pl.any_horizontal(far))).is_empty():
                raise SystemExit(f"{name} counts {table} otherwise in {wrong.height} of {both.height} rows:\n{wrong}")
    return rows


def measure(raw_folder: Path, home: Path, runs: int, memory: str, other: str | None) -> None:
    """Compare once, then run all jobs in turn and print the table."""
    jobs = [name for name in JOBS if name not in OF_PYSCISCI or other]

    def run(name: str) -> Run:
        shutil.rmtree(home / "spare", ignore_errors=True)
        (home / "spare").mkdir()
        where = ["--raw", str(raw_folder), "--home", str(home), "--memory", memory]
        return process(other if other and name in OF_PYSCISCI else sys.executable, "--do", name, *where)

    first = {name: run(name) for name in jobs}
    rows = require_same(home, jobs[1:])
    rounds = [first, *({name: run(name) for name in jobs} for _ in range(runs - 1))]
    print(f"{rows:,} rows of {len(TABLES)} tables, the same from all (pyscisci: what it can count)\n")
    print("| job | seconds | core seconds | wall, against Legation | cores, against Legation | peak MB |")
    print("|---|---|---|---|---|---|")
    for name in jobs:
        same = "legation_from_files" if name.endswith("_from_files") else "legation"
        done, ours = [one[name] for one in rounds], [one[same] for one in rounds]
        wall = statistics.median(a.seconds / b.seconds for a, b in zip(done, ours, strict=True))
        core = statistics.median(a.core_seconds / b.core_seconds for a, b in zip(done, ours, strict=True))
        print(
            f"| {name} | {statistics.median(one.seconds for one in done):.1f} "
            f"| {statistics.median(one.core_seconds for one in done):.1f} | {wall:.2f} | {core:.2f} "
            f"| {max(one.peak_mb for one in done):,.0f} |",
            flush=True,
        )


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--raw", type=Path, help="folder for raw files; made where it is not there")
    asked.add_argument("--home", type=Path, help="folder for what is counted; beside RAW by default")
    asked.add_argument("--works", type=int, default=200_000)
    asked.add_argument("--runs", type=int, default=3)
    asked.add_argument("--memory", default="4GB")
    asked.add_argument("--pyscisci", metavar="PYTHON", help="interpreter that has pyscisci; left out otherwise")
    asked.add_argument("--do", choices=list(JOBS), help=argparse.SUPPRESS)
    given = asked.parse_args()
    folder = given.raw or Path(f"/tmp/counting-{given.works}/raw")
    home = given.home or folder.with_name(f"{folder.name}-counted")
    if given.do:
        JOBS[given.do](folder, home, given.memory)
        return
    with ProcessPoolExecutor(1, get_context("spawn")) as pool:  # what a process held counts for those it starts
        pool.submit(prepare, folder, home, given.works, given.memory).result()
    measure(folder, home, given.runs, given.memory, given.pyscisci)


if __name__ == "__main__":
    main()
