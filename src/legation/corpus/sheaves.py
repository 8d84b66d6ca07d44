"""Current records laid out for counting: works by year, and who signed them by author.

Records lie as the raw files did. Here what counting needs of them is written once more, in two kinds of files. Works
are sorted by year, so that a year is read from every file without the others. Signatures (an author, a country, a work)
are sorted by *hand*: authors are dealt into hands by their pseudonym, so that an author is seen whole.

Of who signed a work, counting works needs its *byline* alone: the countries each author signs from, in the order of
authors, and whether any author is identified. Works with the same byline count the same, and are many.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TypeVar

import polars as pl

from legation import countries
from legation.corpus import shape
from legation.corpus.current import Current
from legation.corpus.ingest import Records
from legation.corpus.scopes import Scopes

WORKS_AT_ONCE = 100_000
"""Works of a file of records that are laid out at a time."""
WORKS_IN_PART, SIGNATURES_IN_HAND = 150_000, 500_000
"""What is counted at a time: a year with more works is counted in parts. Bounds memory."""
ROWS_TOGETHER = 10_000
"""Rows in a group: the least that is read of a file where a year or a hand has fewer."""
SIGNATURES_OF_A_WORK = 4
"""About how many, to choose the number of hands."""
BETWEEN_AUTHORS, BETWEEN_COUNTRIES, IDENTIFIED, NOT_IDENTIFIED = "|", ",", "+", "-"
"""How a byline is written: `+CH,KR||KR` has an identified author."""
PLACES = pl.Enum(sorted(countries.all_iso3()))

Item = TypeVar("Item")
Found = TypeVar("Found")


@dataclass(frozen=True)
class Part:
    """The works of some years, or those works of one year whose number leaves this `remainder`."""

    first_year: int
    last_year: int
    remainder: int = 0
    parts: int = 1


@dataclass
class Sheaves:
    """Files of works by year and of signatures by hand, and what was found in laying them out."""

    hands: int = 1
    works: list[Path] = field(default_factory=list)
    signed: list[Path] = field(default_factory=list)
    years: Counter[int] = field(default_factory=Counter)
    faults: Counter[int] = field(default_factory=Counter)
    unknown_countries: Counter[str] = field(default_factory=Counter)
    samples: list[str] = field(default_factory=list)
    newest: str = ""

    def parts(self) -> list[Part]:
        """What is counted at a time, in the order of years: few works of many years, or a part of one with many."""
        found: list[Part] = []
        room = 0
        for year, works in sorted(self.years.items()):
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

    def part(self, part: Part) -> pl.DataFrame:
        """The works of a part: `year`, `mark`, `byline`."""
        found = pl.scan_parquet(self.works).filter(pl.col("year").is_between(part.first_year, part.last_year))
        if part.parts > 1:
            found = found.filter(pl.col("work") % part.parts == part.remainder)
        return found.drop("work").collect()

    def hand(self, hand: int) -> pl.DataFrame:
        """Who signed what from where and when, of one hand: `author`, `year`, `iso3`, `mark`, `work`."""
        return pl.scan_parquet(self.signed).filter(pl.col("hand") == hand).drop("hand").collect()


def in_turn(do: Callable[[Item], Found], items: Sequence[Item], at_once: int) -> Iterator[Found]:
    """Do something with each item, some at a time; give what was found in the order of items."""
    pool = ThreadPoolExecutor(at_once, thread_name_prefix="corpus")
    try:
        yield from pool.map(do, items)
    finally:
        pool.shutdown(cancel_futures=True)


def field_names(records: Sequence[Records]) -> tuple[str, ...]:
    """The fields that works have, in order."""
    paths = [one.path for one in records]
    return tuple(pl.scan_parquet(paths).select(pl.col("field").drop_nulls().unique().sort()).collect()["field"])


def places(texts: pl.Series, codes: Mapping[str, str]) -> pl.DataFrame:
    """What countries joined by commas stand for: `text`, `iso3`, a row each, and `countries`, how many there are. Texts
    without any have no row."""
    known = pl.DataFrame({"code": codes.keys(), "iso3": pl.Series(list(codes.values()), dtype=PLACES)})
    each = _codes(texts).join(known, on="code").select("text", "iso3").unique()
    return each.with_columns(countries=pl.len().over("text").cast(pl.Int64))


def _codes(texts: pl.Series) -> pl.DataFrame:
    """The codes that stand in each different text."""
    different = texts.unique().drop_nulls().alias("text").to_frame()
    return different.with_columns(code=pl.col("text").str.split(BETWEEN_COUNTRIES)).explode("code")


def bind(
    records: Sequence[Records],
    current: Current,
    scopes: Scopes,
    spare: Path,
    at_once: int = 1,
    codes: Mapping[str, str] | None = None,
) -> Sheaves:
    """Lay out the current records, as many pieces of them at a time as are wanted."""
    works = sum(int(one.note["rows"]) for one in records)
    hands = max(1, works * SIGNATURES_OF_A_WORK // SIGNATURES_IN_HAND)
    binder = _Binder(current, scopes, spare, hands, codes or countries.iso3_of_iso2())
    pieces = [
        _Piece(number, one.path, first)
        for number, one in enumerate(records)
        for first in range(0, int(one.note["rows"]), WORKS_AT_ONCE)
    ]
    bound = Sheaves(hands)
    for found in in_turn(binder.lay, pieces, at_once):
        bound.works += found.works
        bound.signed += found.signed
        bound.years += found.years
        bound.faults += found.faults
        bound.unknown_countries += found.unknown_countries
        bound.newest = max(bound.newest, found.newest)
    for one in records:
        _keep_samples(bound, one)
    return bound


def _keep_samples(bound: Sheaves, one: Records) -> None:
    """Where the first works stand that are not counted, some for each reason."""
    for sample in one.note["samples"]:
        reason = sample.rsplit(": ", 1)[1]
        if sum(kept.endswith(reason) for kept in bound.samples) < shape.SAMPLES_KEPT:
            bound.samples.append(sample)


@dataclass(frozen=True)
class _Piece:
    """Rows of a file of records, from `first` on; `file` is the place of the file among the records."""

    file: int
    path: Path
    first: int


@dataclass(frozen=True)
class _Binder:
    current: Current
    scopes: Scopes
    spare: Path
    hands: int
    codes: Mapping[str, str]

    def lay(self, piece: _Piece) -> Sheaves:
        """Lay out a piece of the records."""
        rows = pl.scan_parquet(piece.path, row_index_name="row").slice(piece.first, WORKS_AT_ONCE)
        wanted = rows.select("row", "work", "year", "updated", "field", "topics", "authors", "countries", "fault")
        read = wanted.collect()
        bound = Sheaves(faults=Counter(dict(read["fault"].drop_nulls().value_counts().iter_rows())))
        left = pl.scan_parquet(self.current.passed_over).filter(pl.col("file") == piece.file).select("row").collect()
        works = read.filter(pl.col("fault").is_null(), ~pl.col("row").is_in(left["row"].implode()))
        if works.is_empty():
            return bound
        bound.newest = str(works["updated"].max())[:10]
        bound.years = Counter(dict(works["year"].value_counts().iter_rows()))
        works = self._marked(works)
        name = f"{piece.file:06d}-{piece.first:09d}.parquet"
        bound.works = [self._lay_works(works, self.spare / f"works-{name}")]
        signed = works.select("work", "year", "mark", author="authors", text="countries").explode("author", "text")
        texts = signed["text"].value_counts()
        bound.unknown_countries = self._unknown(texts)
        bound.signed = [self._lay_signed(signed, texts["text"], self.spare / f"signed-{name}")]
        return bound

    def _marked(self, works: pl.DataFrame) -> pl.DataFrame:
        each = works.select("row", "topics").explode("topics").join(self.scopes.topics(), on="topics")
        bits = each.group_by("row").agg(pl.col("bits").bitwise_or())
        joined = works.join(bits, on="row", how="left", maintain_order="left")
        return joined.with_columns(mark=self.scopes.mark(pl.col("field"), pl.col("bits")))

    def _lay_works(self, works: pl.DataFrame, path: Path) -> Path:
        texts = pl.col("countries").list.eval(pl.element().fill_null("")).list.join(BETWEEN_AUTHORS).fill_null("")
        identified = pl.col("authors").list.eval(pl.element().is_not_null()).list.any().fill_null(False)
        sign = pl.when(identified).then(pl.lit(IDENTIFIED)).otherwise(pl.lit(NOT_IDENTIFIED))
        laid = works.select("year", "work", "mark", byline=pl.concat_str(sign, texts)).sort("year")
        laid.write_parquet(path, compression="lz4", row_group_size=ROWS_TOGETHER)
        return path

    def _lay_signed(self, signed: pl.DataFrame, texts: pl.Series, path: Path) -> Path:
        stand_for = places(texts, self.codes).select("text", "iso3")
        located = signed.filter(pl.col("author").is_not_null()).join(stand_for, on="text")
        hand = (pl.col("author") % self.hands).cast(pl.UInt16)
        laid = located.select("author", "year", "iso3", "mark", "work", hand=hand).sort("hand")
        laid.write_parquet(path, compression="lz4", row_group_size=ROWS_TOGETHER)
        return path

    def _unknown(self, texts: pl.DataFrame) -> Counter[str]:
        """Codes that are no country: the author counts as one whose country is not known there, and this is told."""
        codes = _codes(texts["text"]).filter(pl.col("code") != "", ~pl.col("code").is_in(list(self.codes)))
        counts = texts.join(codes, on="text").group_by("code").agg(pl.col("count").sum())
        return Counter(dict(counts.iter_rows()))
