"""The tables that count works and people, from the current works, with the expressions every other source uses.

Works: those with the same byline (`sheaves`) count the same. So the expressions are shown one work of each byline, or
of each set of countries where the set says it all, and what they give is multiplied by how many such works there are of
each year and mark (`scopes`); the counts then go to every scope of the mark. Fractions are added as whole multiples of
2^-60, so that the same works give the same bytes in whatever order, on however many cores they are added.

People: an author must be seen whole, so each *hand* of authors is counted by itself; the counts of the hands add up.
Within a scope most authors have signed from one country only: they never move, and are researchers of that country in
each of their years. Only the others are shown to the expressions. That the parts give what the whole would is tested on
random worlds.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import narwhals as nw
import polars as pl

from legation import countries, registry
from legation.corpus.scopes import Scopes
from legation.corpus.shape import FIRST_COUNTED_YEAR
from legation.corpus.sheaves import BETWEEN_AUTHORS, IDENTIFIED, PLACES, Part, Sheaves, in_turn, places
from legation.engine import Polars
from legation.model import WORLD
from legation.tables import _careers, moves, researcher_stocks

SOURCE = pl.lit(0, pl.Int8).alias("source")
CREDIT, JOINT, COVERAGE = OF_WORKS = ("articles", "copublications", "coverage")
OF_PEOPLE: Mapping[str, Callable[[nw.LazyFrame[Any]], nw.LazyFrame[Any]]] = {
    "moves": moves.counted,
    "researcher_stocks": researcher_stocks.counted,
}
ECONOMIES = pl.Enum([*PLACES.categories, WORLD])
ONE = 2**60
"""Fractions are added as whole multiples of 1/ONE, finer than what a float of the size of a fraction can tell."""
BYTES_AT_ONCE = 400_000_000
"""Of the memory allowed, what is kept free for each thread that counts: more than twice what was measured."""
ROWS_WAITING = 2_000_000
"""Of a table: so many come together before they are added up."""
FIRST_YEAR, LAST_YEAR = FIRST_COUNTED_YEAR, 2200

Frames = dict[str, pl.DataFrame]
Progress = Callable[[str, int, int], None]


def threads(memory_bytes: int, cores: int) -> int:
    """How much to lay out or count at a time within a limit of memory."""
    return max(1, min(cores, memory_bytes // BYTES_AT_ONCE))


@dataclass(frozen=True)
class Counting:
    """What is counted: works and signatures laid out, and the scopes; `at_once` is how much of it at a time."""

    sheaves: Sheaves
    scopes: Scopes
    at_once: int = 1
    codes: Mapping[str, str] = field(default_factory=countries.iso3_of_iso2)

    def count(self, progress: Progress) -> Frames:
        """All tables, by scope, none where there are no works; `source` is left to the caller."""
        if not self.sheaves.works:
            return {}
        parts, hands = self.sheaves.parts(), range(self.sheaves.hands)
        works = {name: _Total(registry.tables()[name].key, registry.tables()[name].additive) for name in OF_WORKS}
        flowing = _Total(("scope", "year", "origin_iso3", "iso3"), ("authors",))
        for number, found in enumerate(in_turn(self._one, [*parts, *hands], self.at_once)):
            if isinstance(found, pl.DataFrame):
                progress("people", number - len(parts), len(hands))
                flowing.add(found)
                continue
            progress("years", number, len(parts))
            for name, frame in found.items():
                works[name].add(frame)
        flows = nw.from_native(flowing.frame().with_columns(SOURCE).lazy())
        counted = {name: _as_declared(name, total.frame()) for name, total in works.items()}
        people = {name: of(flows).to_native().collect().drop("source") for name, of in OF_PEOPLE.items()}
        return counted | people

    def _one(self, item: Part | int) -> Frames | pl.DataFrame:
        return self._works(item) if isinstance(item, Part) else flows_of(self.scopes, self.sheaves.hand(item))

    def _works(self, part: Part) -> Frames:
        """The tables of works, from one work of each byline and how many there are."""
        read = self.sheaves.part(part)
        authors = pl.col("byline").str.count_matches(BETWEEN_AUTHORS, literal=True).cast(pl.Int64) + 1
        bylines = read.select("byline").unique().with_row_index("work_id")
        bylines = bylines.with_columns(SOURCE, scope="work_id", year=pl.lit(part.last_year), authors=authors)
        many = read.join(bylines, on="byline").group_by("work_id", "mark", "year").agg(times=pl.len())
        works, signed = bylines.drop("byline"), self._signed(bylines)
        credit = _credit(signed)
        lands = credit.sort("iso3").group_by("work_id").agg(pl.col("iso3").to_physical())
        known = signed.group_by("work_id").agg(pl.first("authors", "author"), pl.col("iso3").null_count())
        by_lands, by_known = _alike(many, lands), _alike(many, known)
        fractional = credit.select("iso3", "articles", counting=pl.lit("fractional"), scope="work_id")
        full = _derived(CREDIT, works, credit, by_lands).filter(pl.col("counting") == "full")
        articles = self._spread(CREDIT, full, by_lands), self._spread(CREDIT, fractional, many)
        return {
            CREDIT: pl.concat(articles),
            JOINT: self._spread(JOINT, _derived(JOINT, works, credit.cast({"iso3": pl.String}), by_lands), by_lands),
            COVERAGE: self._spread(COVERAGE, _derived(COVERAGE, works, signed, by_known), by_known),
        }

    def _signed(self, bylines: pl.DataFrame) -> pl.DataFrame:
        """One row for each author and country of a byline; an author without keeps one row."""
        texts = pl.col("byline").str.slice(1).str.split(BETWEEN_AUTHORS)
        identified = pl.col("byline").str.starts_with(IDENTIFIED)
        flat = bylines.select("source", "work_id", "authors", identified=identified, text=texts).explode("text")
        return flat.join(places(flat["text"], self.codes), on="text", how="left").select(
            "source",
            "work_id",
            "authors",
            "iso3",
            author=pl.when("identified").then(pl.lit(0, pl.Int8)),
            countries=pl.col("countries").fill_null(0),
        )

    def _spread(self, name: str, found: pl.DataFrame, many: pl.DataFrame) -> pl.DataFrame:
        """What a work of each byline counts for, which is its `scope`, as what all works do, by scope."""
        table = registry.tables()[name]
        years = [c for c in table.key if table.columns[c].kind == "year"]
        keys = [c for c in table.key if c != "scope" and c not in years]
        each = found.select(pl.col("scope").alias("work_id"), *(_small(name, c) for c in (*keys, *table.additive)))
        measures = pl.col(table.additive)
        by_mark = many.join(each, on="work_id").group_by("mark", "year", *keys).agg((measures * pl.col("times")).sum())
        marks = self.scopes.of(by_mark["mark"].unique().to_list())
        by_scope = by_mark.join(marks, on="mark").group_by("scope", "year", *keys).agg(measures.sum())
        return by_scope.select(pl.col("year").alias(c) if c in years else c for c in table.columns)


def _credit(signed: pl.DataFrame) -> pl.DataFrame:
    """The countries of each byline and their fractional credit, each country once (so that `countries` says nothing).

    Credit is added up from that of single signatures. What one brings depends on the number of authors and of the
    author's countries alone, so the expression is asked once for each two numbers. It is asked for no sum, because it
    would add floats, which come out a little otherwise in another order.
    """
    of = ["authors", "countries"]
    located = signed.drop_nulls("iso3")
    kinds = located.select("source", *of).unique().with_row_index("work_id").with_columns(scope="work_id", year=0)
    alone = _derived(CREDIT, kinds, kinds.select("source", "work_id", "countries", iso3=pl.lit("")), kinds)
    brought = alone.filter(pl.col("counting") == "fractional").select("scope", _small(CREDIT, "articles"))
    shares = kinds.join(brought, on="scope").select(*of, "articles")
    each = located.join(shares, on=of).group_by("source", "work_id", "iso3").agg(pl.col("articles").sum())
    return each.with_columns(pl.col("articles").cast(pl.Float64) / ONE, countries=1)


def _alike(many: pl.DataFrame, told: pl.DataFrame) -> pl.DataFrame:
    """How many works there are, bylines of which the same is told taken together under the number of one of them."""
    first = told.select("work_id", one=pl.col("work_id").min().over(*(c for c in told.columns if c != "work_id")))
    return many.join(first, on="work_id").group_by("mark", "year", work_id="one").agg(pl.col("times").sum())


def _derived(name: str, works: pl.DataFrame, authorships: pl.DataFrame, only: pl.DataFrame) -> pl.DataFrame:
    """A table from those works and authorships whose number stands in `only`."""
    derive, engine = registry.tables()[name].derive, Polars()
    assert derive is not None
    shown = (engine.lazy(f.join(only, on="work_id", how="semi")) for f in (works, authorships))
    return engine.collect(derive(*shown))


def _small(name: str, column: str) -> pl.Expr:
    """A column of a table in a type that is quickly grouped by or added: fractions as whole multiples of 1/ONE."""
    declared, value = registry.tables()[name].columns[column], pl.col(column)
    match declared.kind:
        case "number":
            return (value * ONE).round().cast(pl.Int128)
        case "count":
            return value.cast(pl.Int64)
        case "iso3":
            return value.cast(PLACES)
        case "economy":
            return value.cast(ECONOMIES)
        case _:
            return value.cast(pl.Enum(declared.values)) if declared.values else value


def _as_declared(name: str, frame: pl.DataFrame) -> pl.DataFrame:
    """Fractions as numbers again."""
    fractions = [c for c, declared in registry.tables()[name].columns.items() if declared.kind == "number"]
    return frame.with_columns(pl.col(fractions).cast(pl.Float64) / ONE)


def flows_of(scopes: Scopes, rows: pl.DataFrame) -> pl.DataFrame:
    """How many authors are in a country in a year, by the country they were in before (see `_careers.flows`), from who
    signed what from where and when: `author`, `year`, `iso3`, `mark`, `work`."""
    names = pl.Enum(scopes.names)
    marks = scopes.of(rows["mark"].unique().to_list()).with_columns(pl.col("scope").to_physical().cast(pl.Int64))
    who, place = pl.col("author").rle_id().cast(pl.Int64), pl.col("iso3").to_physical()
    each = rows.sort("author").select("year", "mark", "work", who=who, place=place)
    abroad = _of_several_places(each, "who")
    staying = each.join(abroad, on="who", how="anti").join(marks, on="mark")
    wide = each.join(abroad, on="who", how="semi").join(marks, on="mark")
    wide = wide.with_columns(here=pl.col("who") * len(scopes.names) + pl.col("scope"))
    abroad_here = _of_several_places(wide, "here")
    moving = wide.join(abroad_here, on="here", how="semi")
    staying_here = wide.join(abroad_here, on="here", how="anti")
    # A work in several scopes becomes one work in each, so that an author is not shown in scopes where she stays.
    work = (pl.col("work") * len(scopes.names) + pl.col("scope")).alias("work_id")
    moving = moving.with_columns(pl.col("scope").cast(pl.UInt16), pl.col("who").cast(pl.UInt32), work)
    works = moving.select(SOURCE, "work_id", "scope", "year").unique()
    signed = moving.select(SOURCE, "work_id", author="who", iso3="place")
    engine = Polars()
    flowing = engine.collect(_careers.flows(engine.lazy(works), engine.lazy(signed)))
    stocks = _stocks([staying, staying_here], len(scopes.names))
    found = pl.concat([flowing.select(stocks.columns).cast(stocks.schema), stocks])
    return found.with_columns(pl.col("scope").cat.to(names), pl.col("origin_iso3", "iso3").cat.to(PLACES))


def _of_several_places(frame: pl.DataFrame, key: str) -> pl.DataFrame:
    ends = frame.group_by(key).agg(first=pl.min("place"), last=pl.max("place"))
    return ends.filter(pl.col("first") != pl.col("last")).select(key)


def _stocks(frames: Sequence[pl.DataFrame], scopes: int) -> pl.DataFrame:
    """Flows of authors where each stays in one place: `who`, `scope`, `year`, `place`. A whole number stands for an
    author in a scope, year and place: distinct ones are quickly counted."""
    years, known = LAST_YEAR - FIRST_YEAR, len(PLACES.categories)
    year = pl.col("year").cast(pl.Int64) - FIRST_YEAR
    key = ((pl.col("who") * scopes + pl.col("scope")) * years + year) * known + pl.col("place").cast(pl.Int64)
    present = pl.concat([frame.select(key=key) for frame in frames])["key"].unique()
    counts = (present % (scopes * years * known)).value_counts(name="authors")
    cell, place = pl.col("key"), (pl.col("key") % known).cast(pl.UInt8)
    return counts.select(
        scope=cell // (years * known),
        year=(cell // known % years + FIRST_YEAR).cast(pl.Int16),
        origin_iso3=place,
        iso3=place,
        authors=pl.col("authors").cast(pl.Int64),
    )


@dataclass
class _Total:
    """Rows of the same key added up, now and then while they come in, so that few wait."""

    key: Sequence[str]
    additive: Sequence[str]
    waiting: list[pl.DataFrame] = field(default_factory=list)
    added: int = 0

    def add(self, frame: pl.DataFrame) -> None:
        self.waiting.append(frame)
        if sum(one.height for one in self.waiting) > 2 * self.added + ROWS_WAITING:
            self.waiting = [self.frame()]
            self.added = self.waiting[0].height

    def frame(self) -> pl.DataFrame:
        return pl.concat(self.waiting).group_by(self.key).agg(pl.col(self.additive).sum())
