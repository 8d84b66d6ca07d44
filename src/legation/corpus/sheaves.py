"""Current records laid out for counting: by year, a work's authors beside each other.

Counting goes year by year, so that it needs little memory and adds fractions in one order, that of works and authors,
however the corpus came together. Records lie as the raw files did; here they are written once more, without what
counting does not need, sorted by year inside each file so that a year is read from every file without the others.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import polars as pl

from legation import countries
from legation.corpus import shape
from legation.corpus.current import Current
from legation.corpus.ingest import Records
from legation.corpus.scopes import Scopes

ROWS_TOGETHER = 10_000
"""Works in a group of rows: the least that is read where a year has fewer."""
WORKS_IN_PART = 150_000
"""A year with more works is counted in parts, which bounds memory. Not to be set by the memory there is: the order in
which fractions are added would depend on it."""


@dataclass(frozen=True)
class Part:
    """The works of some years, or those works of one year whose number leaves this `remainder`."""

    first_year: int
    last_year: int
    remainder: int = 0
    parts: int = 1

    @property
    def name(self) -> str:
        return f"{self.first_year}-{self.last_year}-{self.remainder}"


@dataclass
class Sheaves:
    """Files of works by year, and what was found in laying them out."""

    paths: list[Path] = field(default_factory=list)
    works: dict[int, int] = field(default_factory=dict)
    faults: dict[int, int] = field(default_factory=dict)
    unknown_countries: dict[str, int] = field(default_factory=dict)
    samples: list[str] = field(default_factory=list)
    newest: str = ""

    def parts(self) -> list[Part]:
        """What is counted at a time, in the order of years: few works of many years, or a part of one with many."""
        found: list[Part] = []
        room = 0
        for year, works in sorted(self.works.items()):
            if works > WORKS_IN_PART:
                parts = -(-works // WORKS_IN_PART)
                found += [Part(year, year, remainder, parts) for remainder in range(parts)]
                room = 0
            elif works > room:
                found.append(Part(year, year))
                room = WORKS_IN_PART - works
            else:
                found[-1] = replace(found[-1], last_year=year)
                room -= works
        return found

    def read(self, part: Part) -> pl.DataFrame:
        """The works of a part in the order of their numbers."""
        found = pl.scan_parquet(self.paths).filter(pl.col("year").is_between(part.first_year, part.last_year))
        if part.parts > 1:
            found = found.filter(pl.col("work") % part.parts == part.remainder)
        return found.collect().sort("work")


def field_names(records: Sequence[Records]) -> tuple[str, ...]:
    """The fields that works have, in order."""
    paths = [one.path for one in records]
    return tuple(pl.scan_parquet(paths).select(pl.col("field").drop_nulls().unique().sort()).collect()["field"])


def bind(
    records: Sequence[Records], current: Current, scopes: Scopes, spare: Path, known: Mapping[str, str] | None = None
) -> Sheaves:
    """Lay out the current records."""
    codes = known or countries.iso3_of_iso2()
    bound = Sheaves()
    passed_over = pl.scan_parquet(current.passed_over)
    topics = scopes.topics()
    for number, one in enumerate(records):
        rows = pl.scan_parquet(one.path, row_index_name="row")
        left = passed_over.filter(pl.col("file") == number).select(pl.col("row").cast(pl.UInt32))
        kept = rows.filter(pl.col("fault").is_null()).join(left, on="row", how="anti", maintain_order="left")
        _note(bound, rows, one)
        works = kept.select("row", "work", "year", "updated", "field", "topics", "authors", "countries").collect()
        if works.is_empty():
            continue
        bound.newest = max(bound.newest, str(works["updated"].max())[:10])
        _count_unknown(bound, works, codes, one)
        bits = _bits(works, topics)
        path = spare / f"year-{number:06d}.parquet"
        (
            works.join(bits, on="row", how="left", maintain_order="left")
            .select("year", "work", "authors", "countries", mark=scopes.mark(pl.col("field"), pl.col("bits")))
            .sort("year", "work")
            .write_parquet(path, compression="lz4", row_group_size=ROWS_TOGETHER)
        )
        bound.paths.append(path)
        for year, count in works.group_by("year").len().rows():
            bound.works[year] = bound.works.get(year, 0) + count
    return bound


def _note(bound: Sheaves, rows: pl.LazyFrame, one: Records) -> None:
    """Take works that are not counted, and where the first of them stand, into the account."""
    for fault, count in rows.filter(pl.col("fault").is_not_null()).group_by("fault").len().collect().rows():
        bound.faults[fault] = bound.faults.get(fault, 0) + count
    for sample in one.note["samples"]:
        reason = sample.rsplit(": ", 1)[1]
        if sum(kept.endswith(reason) for kept in bound.samples) < shape.SAMPLES_KEPT:
            bound.samples.append(sample)


def _bits(works: pl.DataFrame, topics: pl.DataFrame) -> pl.DataFrame:
    """The technologies of each work that has any."""
    each = works.select("row", "topics").explode("topics").join(topics, on="topics")
    return each.group_by("row").agg(pl.col("bits").bitwise_or())


def _count_unknown(bound: Sheaves, works: pl.DataFrame, codes: Mapping[str, str], one: Records) -> None:
    """Codes that are no country: the author counts as one whose country is not known there, and this is told."""
    found = works["countries"].explode().value_counts()
    for joined, count in found.drop_nulls("countries").sort("countries").rows():
        for code in joined.split(","):
            if code and code not in codes:
                bound.unknown_countries[code] = bound.unknown_countries.get(code, 0) + count
