"""The tables that count works and people, from the current works, with the expressions every other source uses.

Works: each year is counted by itself (`sheaves`), each work once, by its mark (`scopes`), and the counts then go to
every scope of the mark. Only works of two countries or more are shown to the table of joint works.

People: an author must be seen whole, so authors are dealt into *hands* by their pseudonym and each hand is counted by
itself; the counts of the hands add up. Within a scope most authors have signed from one country only: they never move,
and are researchers of that country in each of their years. Only the others are shown to the tables of people. That the
parts give what the whole would is tested on random worlds.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from queue import SimpleQueue
from typing import Any

import polars as pl

from legation import countries, registry
from legation.checks import schema
from legation.corpus.scopes import Scopes
from legation.corpus.shape import FIRST_COUNTED_YEAR
from legation.corpus.sheaves import Part, Sheaves
from legation.engine import Engine, Polars
from legation.model import Table

SOURCE = pl.lit(0, pl.Int8).alias("source")
JOINT = "copublications"
OF_WORKS, OF_PEOPLE = ("articles", JOINT, "coverage"), ("moves", "researcher_stocks")
SIGNATURES_IN_HAND = 3_000_000
ROWS_TOGETHER = 50_000
COUNTRIES = pl.Enum(sorted(countries.all_iso3()))
FIRST_YEAR, LAST_YEAR = FIRST_COUNTED_YEAR, 2200

Frames = dict[str, pl.DataFrame]
Progress = Callable[[str, int, int], None]


@dataclass(frozen=True)
class Counting:
    """Engines, one for each thread that counts; a folder for what is on its way; the scopes; country codes."""

    engines: Sequence[Engine]
    spare: Path
    scopes: Scopes
    codes: Mapping[str, str] = field(default_factory=countries.iso3_of_iso2)

    def count(self, sheaves: Sheaves, progress: Progress) -> Frames:
        """All tables, by scope; `source` is left to the caller."""
        parts = sheaves.parts()
        hands = max(1, sum(sheaves.works.values()) * 4 // SIGNATURES_IN_HAND)
        counted = self._each(parts, lambda engine, part: self._works(engine, sheaves, part, hands), progress, "years")
        people = self._each(range(hands), self._people, progress, "people")
        return {name: _added(name, counted) for name in OF_WORKS} | {name: _added(name, people) for name in OF_PEOPLE}

    def _each(
        self, items: Sequence[Any], do: Callable[[Engine, Any], Frames], progress: Progress, what: str
    ) -> list[Frames]:
        """Do something with each item, as many at a time as there are engines; give the results in their order."""
        free: SimpleQueue[Engine] = SimpleQueue()
        for engine in self.engines:
            free.put(engine)

        def one(item: Any) -> Frames:
            engine = free.get()
            try:
                return do(engine, item)
            finally:
                free.put(engine)

        done, pool = [], ThreadPoolExecutor(len(self.engines), thread_name_prefix="counting")
        try:
            for number, found in enumerate(pool.map(one, items)):
                progress(what, number, len(items))
                done.append(found)
        finally:
            pool.shutdown(cancel_futures=True)
        return done

    def _works(self, engine: Engine, sheaves: Sheaves, part: Part, hands: int) -> Frames:
        read = sheaves.read(part)
        signed = self._signed(read)
        self._deal(signed, part, hands)
        spread = (
            signed.drop_nulls("iso3").group_by("work_id").agg(first=pl.col("iso3").min(), last=pl.col("iso3").max())
        )
        joint = spread.filter(pl.col("first") != pl.col("last")).select("work_id")
        works = read.select(
            SOURCE,
            work_id="work",
            scope="mark",
            year=pl.col("year").cast(pl.Int64),
            authors=pl.col("authors").list.len().clip(1).cast(pl.Int64),
        )
        authorships = signed.select("source", "work_id", "author", pl.col("iso3").cast(pl.String), "countries")
        every, few = _Written(self.spare, f"{part.name}-all"), _Written(self.spare, f"{part.name}-joint")
        try:
            every.write(works, authorships)
            few.write(*(f.join(joint, on="work_id", how="semi", maintain_order="left") for f in (works, authorships)))
            found = {name: (few if name == JOINT else every).derive(engine, name) for name in OF_WORKS}
        finally:
            every.remove()
            few.remove()
        return {name: self._spread(name, frame) for name, frame in found.items()}

    def _signed(self, read: pl.DataFrame) -> pl.DataFrame:
        """One row for each author and country, in the order of works and authors; an author without keeps one row."""
        flat = read.select("work", "mark", "year", "authors", "countries").explode("authors", "countries")
        return flat.join(self._places(flat["countries"]), on="countries", how="left", maintain_order="left").select(
            SOURCE,
            "mark",
            "year",
            "iso3",
            work_id="work",
            author="authors",
            countries=pl.col("signs_from").fill_null(0),
        )

    def _places(self, joined: pl.Series) -> pl.DataFrame:
        """What countries joined by commas stand for: `iso3`, a row each, and how many the author signs from."""
        rows: list[tuple[str, str | None, int]] = []
        for text in joined.drop_nulls().unique().sort():
            known = dict.fromkeys(self.codes[code] for code in text.split(",") if code in self.codes)
            rows += [(text, iso3, len(known)) for iso3 in known] or [(text, None, 0)]
        named = pl.DataFrame(rows, schema=["countries", "iso3", "signs_from"], orient="row")
        return named.cast({"countries": pl.String, "iso3": COUNTRIES, "signs_from": pl.Int64})

    def _deal(self, signed: pl.DataFrame, part: Part, hands: int) -> None:
        """Put aside who signed from where and when, for the counting of people."""
        known = signed.filter(pl.col("author").is_not_null(), pl.col("iso3").is_not_null())
        (
            known.select("author", "year", "iso3", "mark", "work_id", hand=(pl.col("author") % hands).cast(pl.UInt16))
            .sort("hand")
            .write_parquet(self._dealt(part.name), compression="lz4", row_group_size=ROWS_TOGETHER)
        )

    def _dealt(self, name: str) -> Path:
        return self.spare / f"signed-{name}.parquet"

    def _spread(self, name: str, counted: pl.DataFrame) -> pl.DataFrame:
        """Counts by mark as counts by scope, added in the order of marks."""
        marks = self.scopes.of(counted["scope"].unique().sort().to_list()).rename({"mark": "scope", "scope": "into"})
        each = counted.sort("scope").join(marks, on="scope", maintain_order="left")
        return _summed(registry.tables()[name], each.drop("scope").rename({"into": "scope"}))

    def _people(self, engine: Engine, hand: int) -> Frames:
        dealt = sorted(self.spare.glob(self._dealt("*").name))
        rows = pl.scan_parquet(dealt).filter(pl.col("hand") == hand).drop("hand").collect()
        return people(engine, self.scopes, rows, _Written(self.spare, f"hand-{hand}"))


def people(engine: Engine, scopes: Scopes, rows: pl.DataFrame, written: _Written) -> Frames:
    """Moves and researchers from who signed from where and when: `author`, `year`, `iso3`, `mark`, `work_id`."""
    if rows.is_empty():
        return {name: pl.DataFrame(schema=schema(registry.tables()[name])).drop("source") for name in OF_PEOPLE}
    names = scopes.of(rows["mark"].unique().sort().to_list())
    keys = _Keys(tuple(names["scope"].unique().sort()))
    marks = names.with_columns(pl.col("scope").replace_strict(keys.numbers, return_dtype=pl.Int64))
    spread = rows.group_by("author").agg(first=pl.col("iso3").min(), last=pl.col("iso3").max()).with_row_index("who")
    told = spread.select("author", pl.col("who").cast(pl.Int64), several=pl.col("first") != pl.col("last"))
    each = rows.join(told, on="author").drop("author")
    staying = each.filter(~pl.col("several")).select("who", "year", "iso3", "mark").join(marks, on="mark")
    wide = each.filter("several").drop("several").join(marks, on="mark").drop("mark")
    here = pl.col("who") * len(keys.scopes) + pl.col("scope")
    moved = wide.group_by(here=here).agg(first=pl.col("iso3").min(), last=pl.col("iso3").max())
    several = moved.filter(pl.col("first") != pl.col("last"))
    staying_here = wide.with_columns(here=here).join(several, on="here", how="anti")
    moving = wide.with_columns(here=here).join(several, on="here", how="semi").drop("here")
    stocks = keys.counted([staying, staying_here])
    # A work in several scopes becomes one work in each, so that an author is not shown in scopes where she stays.
    works = moving.select("work_id", "scope", "year").unique().with_row_index("number")
    signed = moving.join(works, on=["work_id", "scope"]).select("number", "who", "iso3").unique()
    written.write(
        works.select(SOURCE, "scope", pl.col("year").cast(pl.Int64), work_id="number"),
        signed.select(SOURCE, pl.col("iso3").cast(pl.String), work_id="number", author="who"),
    )
    try:
        found = {name: written.derive(engine, name) for name in OF_PEOPLE}
    finally:
        written.remove()
    back = pl.col("scope").replace_strict({n: name for name, n in keys.numbers.items()}, return_dtype=pl.String)
    named = {name: frame.with_columns(back) for name, frame in found.items()}
    named["researcher_stocks"] = pl.concat([named["researcher_stocks"], stocks], how="diagonal_relaxed")
    return {name: _summed(registry.tables()[name], frame) for name, frame in named.items()}


@dataclass(frozen=True)
class _Keys:
    """Whole numbers that stand for an author in a country, year and scope: counting distinct ones is quick."""

    scopes: tuple[str, ...]

    @property
    def numbers(self) -> dict[str, int]:
        return {name: number for number, name in enumerate(self.scopes)}

    def counted(self, frames: Sequence[pl.DataFrame]) -> pl.DataFrame:
        """Researchers by scope, country and year where each stays in one country: `who`, `scope`, `year`, `iso3`."""
        years, places = LAST_YEAR - FIRST_YEAR, len(COUNTRIES.categories)
        year = pl.col("year").cast(pl.Int64) - FIRST_YEAR
        cell = (pl.col("scope") * years + year) * places + pl.col("iso3").to_physical().cast(pl.Int64)
        cells = len(self.scopes) * years * places
        present = pl.concat([frame.select(key=pl.col("who") * cells + cell) for frame in frames])["key"].unique()
        counts = (present % cells).value_counts(name="researchers")
        key = pl.col("key")
        return counts.select(
            SOURCE,
            scope=(key // (years * places)).replace_strict(dict(enumerate(self.scopes)), return_dtype=pl.String),
            iso3=(key % places).replace_strict(dict(enumerate(COUNTRIES.categories)), return_dtype=pl.String),
            year=key // places % years + FIRST_YEAR,
            researchers=pl.col("researchers").cast(pl.Int64),
            arrivals=pl.lit(0, pl.Int64),
            departures=pl.lit(0, pl.Int64),
        )


def _summed(table: Table, frame: pl.DataFrame) -> pl.DataFrame:
    """Rows of the same key added up, in their order."""
    columns = [c for c in table.columns if c in frame.columns]
    added = frame.group_by(table.key, maintain_order=True).agg(pl.col(table.additive).sum())
    return added.select(columns)


def _added(name: str, parts: Sequence[Frames]) -> pl.DataFrame:
    return _summed(registry.tables()[name], pl.concat([part[name] for part in parts], how="vertical_relaxed"))


@dataclass(frozen=True)
class _Written:
    """Works and authorships on their way to an engine, which reads files."""

    folder: Path
    name: str

    @property
    def paths(self) -> tuple[Path, Path]:
        return self.folder / f"{self.name}-works.parquet", self.folder / f"{self.name}-authorships.parquet"

    def write(self, *frames: pl.DataFrame) -> None:
        for path, frame in zip(self.paths, frames, strict=True):
            frame.write_parquet(path, compression="uncompressed")

    def derive(self, ordered: Engine, name: str) -> pl.DataFrame:
        """A table from the works written.

        Whole numbers come out the same in whatever order they are added, so that every core may take part; fractions
        are added by an engine that keeps to one order.
        """
        table = registry.tables()[name]
        assert table.derive is not None
        engine = Polars() if all(table.columns[c].kind == "count" for c in table.additive) else ordered
        works, authorships = (engine.scan([path]) for path in self.paths)
        return engine.collect(table.derive(works=works, authorships=authorships))

    def remove(self) -> None:
        for path in self.paths:
            path.unlink(missing_ok=True)
