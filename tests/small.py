"""Small sources and a store built from them, for tests that need a whole build in a moment.

`world_bank` is the real source over files in the publisher's layout with invented numbers; `small_works` (single works
that may not leave the machine) and `small_moves` (counts of people) are declared here. Run as a program, it builds a
store and may be made to stop as if the power had gone: `python small.py RAW OUT [OPERATION]` ends itself with SIGKILL
right before that file operation, counted from 1.
"""

import os
import signal
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import polars as pl

from legation import registry
from legation.build import build
from legation.engine import open_engine
from legation.intake import Intake
from legation.model import Source
from legation.store import Store

RAW = Path(__file__).parent / "fixtures" / "raw"
FILE_OPERATIONS = ("fsync", "replace", "unlink", "rmdir")
STEPS_DONE = "LEGATION_TEST_STEPS_DONE"
"""Names a file to which each source appends its name when it is read, so that tests see what was done again."""


def works(raw: Intake) -> Iterator[tuple[str, pl.DataFrame]]:
    columns = ["scope", "work_id", "year", "field", "citations", "authors"]
    listed = raw.csv("small_works/works.csv", columns).integer("year").integer("citations").integer("authors")
    unknown = pl.lit(None, pl.Boolean)
    yield (
        "works",
        listed.select(
            *columns,
            type=pl.lit("article"),
            topic=pl.lit(None, pl.String),
            country_list_only=pl.lit(False),
            open_access=unknown,
            company=unknown,
        ),
    )
    columns = ["work_id", "position", "country", "countries"]
    signed = raw.csv("small_works/authorships.csv", columns).integer("position").integer("countries")
    nowhere = signed.frame["country"].is_null()
    placed = replace(signed, frame=signed.frame.filter(~nowhere)).country("country", "iso2").frame
    everyone = pl.concat([placed, signed.frame.filter(nowhere)], how="diagonal")
    yield "authorships", everyone.select("work_id", "position", "iso3", "countries", author=None, corresponding=unknown)


def moves(raw: Intake) -> Iterator[tuple[str, pl.DataFrame]]:
    columns = ["origin", "destination", "year", "researchers"]
    flows = raw.csv("small_moves/moves.csv", columns).country("origin", "name", to="origin_iso3")
    flows = flows.country("destination", "name", to="destination_iso3").integer("year").integer("researchers")
    yield "moves", flows.select("origin_iso3", "destination_iso3", "year", "researchers", scope=pl.lit("all"))


def source(identifier: str, tidy: Callable[..., Any], files: Sequence[str], **declared: Any) -> Source:
    """A source of a test, with what does not matter there filled in."""
    told = {"publisher": "A test", "title": identifier, "url": "", "licence": "CC0", "vintage": "2026"}
    return Source(**{**told, **declared}, id=identifier, files=tuple(files), tidy=tidy)


def sources() -> Mapping[str, Source]:
    """The small sources by name."""
    files = ("small_works/works.csv", "small_works/authorships.csv")
    rows = {"works": (8, 8), "authorships": (13, 13)}
    declared = (
        source("small_moves", moves, ("small_moves/moves.csv",), rows={"moves": (5, 5)}),
        source("small_works", works, files, rows=rows, publish="aggregates"),
        replace(registry.sources()["world_bank"], rows={"macro": (1, 100)}),
    )
    return {one.id: replace(one, tidy=_noting(one)) for one in declared}


def build_small(raw: Path, out: Path, known: Mapping[str, Source] | None = None, *, only: Sequence[str] = ()) -> Store:
    """Build from `known` (the small sources) instead of what stands in `sources/`."""
    named = sources() if known is None else known
    declared = registry.sources
    registry.sources = lambda: named  # type: ignore[assignment]
    try:
        return build(raw, out, open_engine(), only)
    finally:
        registry.sources = declared


def _noting(source: Source) -> Callable[[Intake], Iterator[tuple[str, pl.DataFrame]]]:
    """The source's `tidy`, which first notes that the source is read."""

    def tidy(raw: Intake) -> Iterator[tuple[str, pl.DataFrame]]:
        if file := os.environ.get(STEPS_DONE):
            with Path(file).open("a") as stream:
                stream.write(f"{source.id}\n")
        assert source.tidy is not None
        yield from source.tidy(raw)

    return tidy


def watch(before: Callable[[str, tuple[Any, ...]], None]) -> None:
    """Call `before` with name and arguments ahead of every sync, rename and removal of a file in this process."""

    def watched(name: str, function: Callable[..., Any]) -> Callable[..., Any]:
        def run(*given: Any, **named: Any) -> Any:
            before(name, given)
            return function(*given, **named)

        return run

    for name in FILE_OPERATIONS:
        setattr(os, name, watched(name, getattr(os, name)))


def _stop_before(operation: int) -> None:
    """End the process right before its n-th file operation, as if the power had gone."""
    ahead = iter(range(operation, 0, -1))

    def count(*_: object) -> None:
        if next(ahead) == 1:
            os.kill(os.getpid(), signal.SIGKILL)

    watch(count)


if __name__ == "__main__":
    tempfile.gettempdir()  # tries the folder out with a file, which is not to be counted
    if len(sys.argv) > 3:
        _stop_before(int(sys.argv[3]))
    print("begin", flush=True)
    print(build_small(Path(sys.argv[1]), Path(sys.argv[2])).build)
