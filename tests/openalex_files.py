"""Raw files of OpenAlex for tests, in the layout of its bucket: real records, invented ones, and mistakes in both.

An invented work has what every work has and nothing else; `real` gives the records of the sample, sorted into the
partitions their `updated_date` belongs to. Run as a program, it builds a corpus and may be made to stop as if the power
had gone: `python openalex_files.py RAW CORPUS OUT [OPERATION]` ends itself with SIGKILL right before that file
operation, counted from 1.
"""

from __future__ import annotations

import gzip
import json
import os
import random
import signal
import sys
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import small

from legation.corpus import build_corpus
from legation.store import Store

OPENALEX = "https://openalex.org/"
SNAPSHOT = Path("openalex/snapshot")
QUANTUM, NUCLEAR = "T10682", "T10597"
PHYSICS, MEDICINE = "Physics and Astronomy", "Medicine"
MEMORY = "1GB"

Signed = tuple[str | None, Sequence[str]]
"""An author, who may have no identifier, and the two-letter codes the author signs from."""


def work(
    number: int,
    signed: Iterable[Signed] = (),
    *,
    year: int | None = 2020,
    topics: Sequence[str] = (),
    field: str | None = PHYSICS,
    updated: str = "2026-01-05",
    **more: Any,
) -> dict[str, Any]:
    """A work of these authors; the first of its topics is the primary one."""
    about = [{"id": OPENALEX + topic, "field": {"display_name": field}} for topic in topics]
    main = about[0] if about else {"id": f"{OPENALEX}T99999", "field": {"display_name": field}}
    return {
        "id": f"{OPENALEX}W{number}",
        "title": "never read",
        "publication_year": year,
        "type": "article",
        "cited_by_count": 3,
        "updated_date": f"{updated}T08:09:18.108334",
        "open_access": {"is_oa": True},
        "is_xpac": False,
        "primary_topic": main if field else None,
        "topics": about,
        "referenced_works": [f"{OPENALEX}W{number + 1}"],
        "authorships": [
            {
                "author": {"id": author and OPENALEX + author},
                "institutions": [institution(code) for code in codes],
                "countries": list(codes),
                "is_corresponding": False,
                "raw_affiliation_strings": [],
            }
            for author, codes in signed
        ],
    } | more


def institution(code: str | None, kind: str = "education", ror: str = "https://ror.org/000000000") -> dict[str, Any]:
    return {"id": f"{OPENALEX}I1", "ror": ror, "country_code": code, "type": kind}


def write(
    raw: Path, day: str, part: str, works: Iterable[Mapping[str, Any] | bytes], layout: str = "data/works"
) -> Path:
    """Write works, or lines as they are, as a data file of a partition."""
    path = raw / SNAPSHOT / layout / f"updated_date={day}" / f"{part}.gz"
    path.parent.mkdir(parents=True, exist_ok=True)
    lines = (line if isinstance(line, bytes) else json.dumps(line).encode() + b"\n" for line in works)
    path.write_bytes(gzip.compress(b"".join(lines), compresslevel=1, mtime=0))
    return path


def write_list(raw: Path, name: str, header: str, rows: Iterable[Sequence[str]]) -> Path:
    """Write a list of works that have left, such as `data/merged_ids/works/2026-01-01.csv.gz`."""
    path = raw / SNAPSHOT / name
    path.parent.mkdir(parents=True, exist_ok=True)
    text = "\n".join([header, *(",".join(row) for row in rows)]) + "\n"
    path.write_bytes(gzip.compress(text.encode(), mtime=0))
    return path


def merge(raw: Path, *rows: tuple[str, str], day: str = "2026-02-01") -> Path:
    """Tell that works were merged into others."""
    listed = [(day, gone, into) for gone, into in rows]
    return write_list(raw, f"data/merged_ids/works/{day}.csv.gz", "merge_date,id,merge_into_id", listed)


def build(raw: Path, home: Path, **more: Any) -> Store:
    """Build a corpus and a store in a folder."""
    return build_corpus(raw, home / "corpus", home / "store", memory=MEMORY, **more)


def everything(folder: Path) -> dict[str, bytes]:
    """All that stands in a folder."""
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()}


def invented(
    seed: int, works: int, *, first: int = 1, updated: str = "2026-01-05", authors: int = 25
) -> list[dict[str, Any]]:
    """Works of few authors, countries and years, so that ties, moves and returns are frequent."""
    rng = random.Random(seed)
    codes = ("KR", "CH", "US", "NA")
    home = {f"A{n}": rng.choice(codes) for n in range(1, authors + 1)}

    def signed() -> Signed:
        author = rng.choice([*home, None])
        chance = rng.random()
        if chance < 0.15:
            return author, ()
        if chance < 0.3:
            return author, tuple(rng.sample(codes, 2))
        return author, (rng.choice(codes) if author is None or chance < 0.5 else home[author],)

    return [
        work(
            first + n,
            [signed() for _ in range(rng.choice((0, 1, 1, 2, 3, 4)))],
            year=rng.randint(2012, 2020),
            topics=rng.sample((QUANTUM, NUCLEAR, "T10001"), rng.randint(0, 2)),
            field=rng.choice((PHYSICS, MEDICINE, None)),
            updated=updated,
        )
        for n in range(works)
    ]


def main() -> None:
    """Build, telling when it has begun; stop before a file operation if one is given."""
    raw, corpus, out, *operation = sys.argv[1:]
    if operation:
        ahead = iter(range(int(operation[0]), 0, -1))

        def stop_in_time(*_: object) -> None:
            if next(ahead) == 1:
                os.kill(os.getpid(), signal.SIGKILL)

        small.watch(stop_in_time)
    print("begin", flush=True)
    print(build_corpus(Path(raw), Path(corpus), Path(out), memory=MEMORY).build)


if __name__ == "__main__":
    main()
