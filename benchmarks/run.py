"""The figures in the README: whole processes timed from outside, and each job against a second way of doing it.

`make bench` prints a Markdown table. Times are medians over runs; where two ways are compared they run in turn, so that
a drift of the machine meets both, and the ratio is the median of the ratios of neighbouring runs.
"""

from __future__ import annotations

import argparse
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import bootstrap
import polars as pl

COMMAND = Path(sys.executable).with_name("legation")


@dataclass(frozen=True)
class Run:
    """One finished process: wall seconds and the most memory it held."""

    seconds: float
    peak_mb: float


def process(arguments: Sequence[str], folder: Path) -> Run:
    """Run a command to its end and measure it."""
    begin = time.perf_counter()
    child = os.posix_spawn(
        arguments[0],
        list(arguments),
        os.environ,
        file_actions=[(os.POSIX_SPAWN_OPEN, 1, folder / "out", os.O_CREAT | os.O_WRONLY, 0o600)],
    )
    _, status, usage = os.wait4(child, 0)
    if os.waitstatus_to_exitcode(status) != 0:
        raise SystemExit(f"{' '.join(arguments)} failed")
    return Run(time.perf_counter() - begin, usage.ru_maxrss / 1024)


def row(what: str, runs: Sequence[Run], limit: str) -> str:
    seconds = [run.seconds for run in runs]
    return (
        f"| {what} | {statistics.median(seconds):.2f} s ({min(seconds):.2f}–{max(seconds):.2f}) "
        f"| {max(run.peak_mb for run in runs):.0f} MB | {limit} |"
    )


def in_turn(first: Callable[[], object], second: Callable[[], object], runs: int) -> tuple[float, float, float]:
    """Median seconds of two ways run in turn, and the median ratio first / second."""
    times: list[tuple[float, float]] = []
    for _ in range(runs + 1):
        pair = []
        for way in (first, second):
            begin = time.perf_counter()
            way()
            pair.append(time.perf_counter() - begin)
        times.append((pair[0], pair[1]))
    counted = times[1:]
    a, b = (statistics.median(t) for t in zip(*counted, strict=True))
    return a, b, statistics.median(x / y for x, y in counted)


def same_indicator_three_ways(runs: int) -> list[str]:
    """Revealed comparative advantage of every country, field and year: the indicator file, SQL by hand, pandas."""
    import duckdb
    import pandas as pd

    import legation

    evidence = legation.open()
    files = [str(path) for path in evidence.store.files("articles", "ncses")]
    articles = pd.DataFrame(evidence.table("articles", "ncses").to_dict(as_series=False))
    connection = duckdb.connect()

    def by_indicator() -> pl.DataFrame:
        return evidence.indicator("revealed_comparative_advantage", source="ncses")

    def by_sql() -> pl.DataFrame:
        by = "source, year, counting"
        rows = connection.sql(
            f"""
            with parts as (
                select *, sum(articles) over (partition by {by}, iso3) as of_country,
                    sum(articles) over (partition by {by}, scope) as of_field,
                    sum(articles) over (partition by {by}) as of_world
                from read_parquet({files!r}) where scope <> 'all')
            select {by}, scope, iso3, (articles / of_country) / (of_field / of_world) as rca
            from parts where of_country > 0 and of_field > 0 order by source, scope, year, iso3
            """
        )
        return pl.DataFrame(rows.fetchnumpy())

    def by_pandas() -> pd.DataFrame:
        by = ["source", "year", "counting"]
        parts = articles[articles["scope"] != "all"].copy()
        for name, key in (("of_country", [*by, "iso3"]), ("of_field", [*by, "scope"]), ("of_world", by)):
            parts[name] = parts.groupby(key)["articles"].transform("sum")
        parts = parts[(parts["of_country"] > 0) & (parts["of_field"] > 0)]
        parts["rca"] = (parts["articles"] / parts["of_country"]) / (parts["of_field"] / parts["of_world"])
        return parts.sort_values(["source", "scope", "year", "iso3"])

    keys = ["scope", "counting", "year", "iso3"]
    ours = by_indicator().sort(keys)["rca"]
    largest = (ours - by_sql().sort(keys)["rca"]).abs().max()
    ours_s, sql_s, to_sql = in_turn(by_indicator, by_sql, runs)
    _, pandas_s, to_pandas = in_turn(by_indicator, by_pandas, runs)
    return [
        f"| RCA of {len(ours):,} country-field-years (largest difference {float(str(largest)):.0e}) "
        f"| {ours_s * 1000:.0f} ms | SQL by hand: {sql_s * 1000:.0f} ms, ratio {to_sql:.2f} "
        f"| pandas, already in memory: {pandas_s * 1000:.0f} ms, ratio {to_pandas:.2f} |"
    ]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--raw", type=Path, default=Path("../shared/data"), help="the raw files, for the rebuild")
    parser.add_argument("--runs", type=int, default=5)
    options = parser.parse_args()
    legation = str(COMMAND)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        print("| whole process, cold | median (least–most) | peak memory | must reach |\n|---|---|---|---|")
        for what, arguments, limit in (
            ("`legation position KOR quantum`", ["position", "KOR", "quantum"], "1.5 s, 300 MB"),
            ("`legation partners KOR quantum`", ["partners", "KOR", "quantum"], "–"),
            ("`legation pair KOR CHE quantum`", ["pair", "KOR", "CHE", "quantum"], "–"),
            ("`legation brief KOR artificial-intelligence` (PDF and HTML)",
             ["brief", "KOR", "artificial-intelligence", "--out", name], "6 s"),
        ):  # fmt: skip
            process([legation, *arguments], folder)
            print(row(what, [process([legation, *arguments], folder) for _ in range(options.runs)], limit))
        if options.raw.is_dir():
            rebuild = [legation, "build", "--raw", str(options.raw), "--out"]
            runs = [process([*rebuild, str(folder / f"store{i}")], folder) for i in range(2)]
            print(row("rebuild of the pack from the raw files", runs, "120 s, 2 GB"))
    print("\n| same job, several ways | Legation | second way | third way |\n|---|---|---|---|")
    print("\n".join(same_indicator_three_ways(options.runs)))
    print(bootstrap.row())


if __name__ == "__main__":
    main()
