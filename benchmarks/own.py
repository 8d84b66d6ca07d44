"""How long a table of one's own takes to be checked and loaded, and how much memory.

    python benchmarks/own.py --works 1000000

Invented works in CSV (three authors each on average, a country for most of them) are written to a temporary folder,
checked and loaded beside an empty base by the same calls as `legation check` and `legation load`, each in a process of
its own. Printed are wall time, processor time and the most memory held, reading and counting included.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import polars as pl

from legation import countries

ROWS_AT_ONCE = 100_000
MAPPING = """
holds = "works"
[columns]
work_id = "id"
year = "year"
scope = "technology"
citations = "cited"
[authors]
written = "authors"
column = "countries"
"""


def write_works(file: Path, works: int, seed: int) -> None:
    """A table of works, a hundred thousand rows at a time."""
    random = np.random.default_rng(seed)
    codes = np.array(sorted(countries.iso3_of_iso2()))[:120]
    with file.open("w", encoding="utf-8") as out:
        out.write("id,year,technology,cited,countries\n")
        for first in range(0, works, ROWS_AT_ONCE):
            count = min(ROWS_AT_ONCE, works - first)
            authors = random.poisson(2, count) + 1
            home = np.repeat(codes[np.minimum(random.geometric(0.06, count) - 1, 119)], authors)
            other = codes[np.minimum(random.geometric(0.06, authors.sum()) - 1, 119)]
            where = np.where(random.random(authors.sum()) < 0.75, home, other)
            where[random.random(authors.sum()) < 0.1] = ""
            entries = [";".join(part) for part in np.split(where, np.cumsum(authors)[:-1])]
            frame = pl.DataFrame(
                {
                    "id": [f"w{n}" for n in range(first, first + count)],
                    "year": random.integers(2005, 2026, count),
                    "technology": random.choice(["quantum", "robotics", "space"], count),
                    "cited": random.geometric(0.05, count),
                    "countries": entries,
                }
            )
            out.write(frame.write_csv(include_header=False))


def run(step: str, folder: Path) -> None:
    """One step, measured from within its process; printed as JSON."""
    from legation import own
    from legation.mapping import declared
    from legation.store import Draft, Store

    began = time.perf_counter()
    file, mapping = folder / "works.csv", declared.read(folder / "mapping.toml")
    if step == "check":
        own.check(file, mapping)
    else:
        with Draft.begin(folder / "base") as draft:
            base = draft.publish({"legation": "", "sources": {}})
        own.load(Store.open(base.root), file, mapping, "mine", folder / "private")
    used = resource.getrusage(resource.RUSAGE_SELF)
    told = {"wall": time.perf_counter() - began, "cpu": used.ru_utime + used.ru_stime, "kilobytes": used.ru_maxrss}
    print(json.dumps(told))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--works", type=int, default=1_000_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--step", choices=("check", "load"))
    parser.add_argument("--folder", type=Path)
    given = parser.parse_args()
    if given.step:
        run(given.step, given.folder)
        return
    with tempfile.TemporaryDirectory(prefix="legation-bench-") as name:
        folder = Path(name)
        write_works(folder / "works.csv", given.works, given.seed)
        (folder / "mapping.toml").write_text(MAPPING)
        size = (folder / "works.csv").stat().st_size
        print(f"{given.works:,} works, {size / 1e6:.0f} MB of CSV, {os.cpu_count()} cores")
        for step in ("check", "load"):
            command = [sys.executable, __file__, "--step", step, "--folder", name]
            told = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
            print(f"{step}: {told['wall']:.1f} s, {told['cpu']:.1f} s of processor, {told['kilobytes'] / 1e6:.2f} GB")


if __name__ == "__main__":
    main()
