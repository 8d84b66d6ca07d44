"""Invented works in the shape and the layout of an OpenAlex snapshot, at any size, for tests of scale only.

    python benchmarks/generate.py --out /tmp/raw --works 1000000 --seed 1
    python benchmarks/generate.py --out /tmp/raw --works 1000000 --seed 1 --increment 0.01

A work depends on the seed, its number and its version alone, however many processes write. The skew is that of real
works: a few countries and topics hold most, teams are small with a long tail, most works are hardly cited, one author
in fourteen moves once, a fifth of the authorships have no country. Four things are planted, which indicators must find
again (`planted.json`): a leader, a flow of movers, a broker, and a rising topic. Technologies that hold a planted
broker or rise are kept free of other works.

An increment is a new partition of a later day: half of it are works that were there already, in a new version.
"""

from __future__ import annotations

import argparse
import gzip
import json
import os
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import AbstractContextManager
from dataclasses import asdict, dataclass
from functools import cache, partial
from itertools import pairwise
from multiprocessing import get_context
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import polars as pl
import texts
from numpy.typing import NDArray

import legation
from legation import registry

CHUNK = 2_000
"""Works put together at a time: their text stays in the processor's cache, and drawn from one stream of numbers."""
DAYS = ("2025-11-05", "2026-01-12", "2026-03-30", "2026-06-24")
INCREMENT_DAY = "2026-07-24"
FIRST_YEAR, LAST_YEAR = 1950, 2025
FIRST_ID, ID_BITS = 1_500_000_000, 31
COUNTRIES_BY_SIZE = (
    "US CN GB DE JP IN FR IT CA ES KR AU BR RU NL IR TR PL CH SE TW BE DK AT ID MX PT SA EG ZA NO FI IL CZ GR MY PK UA "
    "SG TH HK NZ IE CL AR RO CO HU VN BD NG IQ MA SK RS KE DZ TN HR SI PE BG AE LT ET GH EE JO LK QA KW CY LU LV EC UG"
)
COUNTRIES = COUNTRIES_BY_SIZE.split()
TYPES = ("article", "book-chapter", "preprint", "dissertation", "review", "dataset", "book", "other")
TYPE_CHANCES = (0.74, 0.10, 0.06, 0.04, 0.03, 0.015, 0.01, 0.005)
LEADER = {"technology": "quantum", "country": "KR", "years": (2018, 2025)}
BROKER = {"technology": "critical-minerals", "country": "MT", "blocs": (("KZ", "UZ", "KG"), ("BO", "PY", "UY"))}
RISING = {"technology": "hydrogen", "first_year": 2016, "last_year": 2025, "growth": 1.5, "country": "NO"}
MOVERS = {"origin": "FJ", "destination": "IS", "year": 2016, "last_year": 2012}

Ints = NDArray[np.int64]


class SupportsWrite(Protocol):
    """What bytes can be written to."""

    def write(self, given: bytes, /) -> int: ...


@dataclass(frozen=True)
class World:
    """What the works are drawn from."""

    seed: int
    works: int

    @property
    def authors(self) -> int:
        return max(int(1.4 * self.works), 200)

    @property
    def institutions(self) -> int:
        return min(max(self.works // 40, 4 * len(COUNTRIES)), 30_000)


@cache
def topics() -> pl.DataFrame:
    """The topics works may have, with chances that fall with their rank; those of planted technologies are left out."""
    planted = {t for plant in (BROKER, RISING) for t in registry.technologies()[str(plant["technology"])].topics}
    known = legation.open().table("topics").sort("topic").filter(~pl.col("topic").is_in(list(planted)))
    ranked = known.sort("works", "topic", descending=[True, False])
    return ranked.with_columns(text=texts.topic_texts(ranked), chance=pl.col("works") / pl.col("works").sum())


def mix(values: Any, salt: int) -> NDArray[np.uint64]:
    """Numbers that look random and depend on their argument alone (splitmix64)."""
    with np.errstate(over="ignore"):
        x = np.asarray(values).astype(np.uint64) + np.uint64((salt * 0x9E3779B97F4A7C15) % 2**64)
        x = (x ^ (x >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        x = (x ^ (x >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
        return x ^ (x >> np.uint64(31))


def unit(values: Any, salt: int) -> NDArray[np.float64]:
    """The same, from 0 to 1."""
    return (mix(values, salt) >> np.uint64(11)).astype(np.float64) / 2**53


def identifiers(numbers: Ints) -> Ints:
    """Identifiers that are scattered and never meet: multiplication by an odd number permutes them."""
    scattered: Ints = FIRST_ID + (numbers * 2_654_435_761 % 2**ID_BITS)
    return scattered


@cache
def _bounds(total: int) -> Ints:
    """Where each country's block of authors or institutions begins: sizes fall with rank."""
    weight = 1 / (np.arange(len(COUNTRIES)) + 1.5) ** 1.15
    sizes = np.maximum((weight / weight.sum() * total).astype(np.int64), 2)
    return np.concatenate([[0], np.cumsum(sizes)])


def lines(world: World, numbers: Ints, version: int, day: str) -> pl.Series:
    """The works of these numbers, one line each."""
    key = numbers * 8 + version
    rng = np.random.default_rng([world.seed, int(numbers[0]), version])
    years = LAST_YEAR - np.minimum(rng.exponential(14, len(key)).astype(np.int64), LAST_YEAR - FIRST_YEAR)
    signatures = _signatures(world, years, rng)
    table = topics()
    chances = table["chance"].to_numpy()
    drawn = rng.choice(table.height, (3, len(key)), p=chances / chances.sum())
    age = (LAST_YEAR - years + 1) / 10
    citations = np.where(rng.random(len(key)) < 0.3, 0, rng.lognormal(1.2, 1.4, len(key)) * age).astype(np.int64)
    references = np.where(rng.random(len(key)) < 0.4, 0, rng.poisson(26, len(key)))
    works = pl.DataFrame(
        {
            "id": identifiers(numbers),
            "year": years,
            "type": np.array(TYPES)[rng.choice(len(TYPES), len(key), p=TYPE_CHANCES)],
            "citations": citations,
            "open_access": rng.random(len(key)) < 0.45,
            "authorships": texts.joined(signatures["text"], signatures["work"], len(key)),
            "references": texts.references(identifiers(rng.integers(0, world.works, references.sum())), references),
        }
    )
    picked = table["text"]
    few = rng.integers(1, 4, len(key))
    return texts.work_lines(works, [picked.gather(pl.Series(d)) for d in drawn], few, day, rng)


def _signatures(world: World, years: Ints, rng: np.random.Generator) -> pl.DataFrame:
    """Authorships: number of the work in its chunk, and their text."""
    sizes = np.minimum(1 + rng.negative_binomial(1.1, 0.27, len(years)), 100)
    work = np.repeat(np.arange(len(years)), sizes)
    author_bounds, institution_bounds = _bounds(world.authors), _bounds(world.institutions)
    weight = np.diff(author_bounds) / author_bounds[-1]
    lead = rng.choice(len(COUNTRIES), len(years), p=weight)
    partner = rng.choice(len(COUNTRIES), len(years), p=np.sqrt(weight) / np.sqrt(weight).sum())
    abroad = (rng.random(len(years)) < 0.24)[work] & (rng.random(len(work)) < 0.4)
    of = np.where(abroad, partner[work], lead[work])
    # Authors of a country stand in the order of their generation, so that a career lasts some twenty years.
    begun = 1 - np.exp(-(LAST_YEAR - years[work] + 20 * rng.random(len(work)) ** 2) / 14)
    place = np.clip(1 - begun, 0, 1 - 1e-9)
    author = author_bounds[of] + (place * np.diff(author_bounds)[of]).astype(np.int64)
    moved = (mix(author, 1) % np.uint64(14) == 0) & (years[work] >= 1985 + (mix(author, 2) % np.uint64(40)).astype(int))
    new_home = np.searchsorted(author_bounds, unit(author, 3) * author_bounds[-1], side="right") - 1
    here = np.where(moved, new_home, of)
    size = np.diff(institution_bounds)[here]
    institution = institution_bounds[here] + (unit(author * 2 + moved, 4) * size).astype(np.int64)
    second = np.where(rng.random(len(work)) < 0.05, rng.integers(0, institution_bounds[-1], len(work)), -1)
    nowhere = (rng.random(len(years)) < 0.15)[work] | (rng.random(len(work)) < 0.06)
    order = np.arange(len(work)) - np.repeat(np.cumsum(sizes) - sizes, sizes)
    return texts.authorships(
        pl.DataFrame(
            {
                "work": work,
                "order": order,
                "last": order == sizes[work] - 1,
                "author": np.where(rng.random(len(work)) < 0.02, -1, author),
                "institution": np.where(nowhere, -1, institution),
                "second": np.where(nowhere, -1, second),
            }
        ),
        institution_texts(world),
    )


@cache
def institution_texts(world: World) -> pl.DataFrame:
    """Institutions with their country, as they stand in a work."""
    bounds = _bounds(world.institutions)
    return texts.institutions(np.repeat(np.array(COUNTRIES), np.diff(bounds)))


def planted(world: World) -> Iterator[dict[str, Any]]:
    """The works that hold what must be found again; their numbers begin where those of the others cannot reach."""
    for number, plan in enumerate(_plans(world), 2**30):
        yield texts.planted_work(int(identifiers(np.array([number]))[0]), **plan)


def _plans(world: World) -> Iterator[dict[str, Any]]:
    scale = max(world.works // 1000, 20)
    field_of = dict(legation.open().table("topics").select("topic", "field").iter_rows())

    def plan(technology: Any, year: int, *signed: tuple[str, str]) -> dict[str, Any]:
        topic = registry.technologies()[technology].topics[0]
        return {"topic": topic, "field": field_of[topic], "year": year, "signed": signed}

    for n in range(scale * 2):
        yield plan(LEADER["technology"], 2018 + n % 8, (f"L{n}", "KR"))
    for n in range(scale):
        yield plan("space", 2012, (f"M{n}", "FJ"))
        yield plan("space", 2016, (f"M{n}", "IS"))
    for n in range(6):
        for bloc in BROKER["blocs"]:
            for one, other in pairwise((*bloc, bloc[0])):
                yield plan(BROKER["technology"], 2020 + n, (f"B{one}{n}", one), (f"B{other}{n}", other))
                yield plan(BROKER["technology"], 2020 + n, (f"B{one}{n}", one), (f"BMT{n}", "MT"))
    for year in range(2016, 2026):
        for n in range(round(scale * 1.5 ** (year - 2016) / 10)):
            yield plan(RISING["technology"], year, (f"R{year}.{n}", "NO"))


def write(world: World, out: Path, per_file: int, processes: int, day: str | None = None, share: float = 0.0) -> int:
    """Write a snapshot, or its increment; give the number of works written."""
    jobs = list(_files(world, out, per_file) if day is None else _increment(world, out, per_file, day, share))
    for path, *_ in jobs:
        path.parent.mkdir(parents=True, exist_ok=True)
    if processes == 1:
        written = [_write_file(world, *job) for job in jobs]
    else:
        os.environ["POLARS_MAX_THREADS"] = "1"  # read by the processes started here: each is one core's work
        with ProcessPoolExecutor(processes, get_context("spawn")) as pool:
            written = list(pool.map(partial(_write_file, world), *zip(*jobs, strict=True)))
    if day is None:
        _write_planted(world, out)
    write_manifest(out)
    return sum(written)


Job = tuple[Path, Ints, int, str]


def _files(world: World, out: Path, per_file: int) -> Iterator[Job]:
    starts = range(0, world.works, per_file)
    for n, start in enumerate(starts):
        day = DAYS[n * len(DAYS) // len(starts)]
        yield _path(out, day, n), np.arange(start, min(start + per_file, world.works)), 0, day


def _increment(world: World, out: Path, per_file: int, day: str, share: float) -> Iterator[Job]:
    """New works, and old ones drawn at random in a new version."""
    version = 1 + len(list(out.glob("data/works/updated_date=*"))) - len({*DAYS} & {p.name[13:] for p in _days(out)})
    half = int(world.works * share / 2)
    old = np.random.default_rng([world.seed, version]).choice(world.works, half, replace=False)
    new = np.arange(world.works * (1 + version), world.works * (1 + version) + half)
    for kind, numbers in enumerate((np.sort(old), new)):
        for n, start in enumerate(range(0, half, per_file)):
            yield _path(out, day, 2 * n + kind), numbers[start : start + per_file], version, day


def _days(out: Path) -> list[Path]:
    return sorted(out.glob("data/works/updated_date=*"))


def _path(out: Path, day: str, number: int) -> Path:
    return out / f"data/works/updated_date={day}/part_{number:04d}.gz"


def _write_file(world: World, path: Path, numbers: Ints, version: int, day: str) -> int:
    with _gzipped(path) as stream:
        for start in range(0, len(numbers), CHUNK):
            chunk = lines(world, numbers[start : start + CHUNK], version, day)
            stream.write(f"{chunk.str.join(chr(10)).item()}\n".encode())
    return len(numbers)


def _gzipped(path: Path) -> AbstractContextManager[SupportsWrite]:
    """A gzip file, written by a fast library where there is one."""
    try:
        from isal import igzip
    except ImportError:
        return gzip.open(path, "wb", compresslevel=1)
    fast: Any = igzip
    packed: AbstractContextManager[SupportsWrite] = fast.open(path, "wb", compresslevel=1)
    return packed


def _write_planted(world: World, out: Path) -> None:
    path = _path(out, DAYS[0], 9999)
    with _gzipped(path) as stream:
        stream.write("".join(json.dumps(work) + "\n" for work in planted(world)).encode())
    told = {"world": asdict(world), "leader": LEADER, "broker": BROKER, "rising": RISING}
    told["movers"] = MOVERS | {"researchers": max(world.works // 1000, 20)}
    (out / "planted.json").write_text(json.dumps(told, indent=1))


def write_manifest(out: Path) -> None:
    files = [path for day in _days(out) for path in sorted(day.iterdir())]
    entries = [
        {"url": f"s3://openalex/{path.relative_to(out).as_posix()}", "meta": {"content_length": path.stat().st_size}}
        for path in files
    ]
    (out / "data/works/manifest").write_text(json.dumps({"entries": entries}, indent=1))


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--out", type=Path, required=True, help="raw folder; works go to openalex/snapshot in it")
    asked.add_argument("--works", type=int, required=True)
    asked.add_argument("--seed", type=int, default=1)
    asked.add_argument("--per-file", type=int, default=100_000)
    asked.add_argument(
        "--increment", type=float, default=0.0, help="write a further partition with this share of works"
    )
    asked.add_argument("--day", default=INCREMENT_DAY, help="the day of the further partition")
    asked.add_argument("--processes", type=int, default=os.cpu_count() or 1)
    given = asked.parse_args()
    day = given.day if given.increment else None
    world, out = World(given.seed, given.works), given.out / "openalex/snapshot"
    print(write(world, out, given.per_file, given.processes, day, given.increment))


if __name__ == "__main__":
    main()
