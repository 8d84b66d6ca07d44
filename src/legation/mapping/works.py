"""Works and authorships, and how complete each part of a collection is, from files a mapping describes."""

from __future__ import annotations

from collections.abc import Mapping as Table
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from legation import registry
from legation.checks import schema
from legation.declaring import DeclarationError
from legation.errors import nearest, unknown
from legation.intake import pseudonym
from legation.mapping import fields, places
from legation.mapping.declared import Authors, Given, Mapping, of_file
from legation.mapping.reading import read
from legation.mapping.report import Report

COMPUTED = ("authors", "country_list_only")
PART = "part"
ONCE = 'give each work once; `duplicates = "first"` in the mapping keeps the first'
KEY = ["work_id", "position"]


@dataclass(frozen=True)
class Reading:
    """A mapping, where its files are, what the source is called, and the report on what is read."""

    mapping: Mapping
    path: Path
    source: str
    report: Report

    def tables(self) -> dict[str, pl.DataFrame]:
        """`works`, `authorships` and, where the mapping names parts, `coverage`; rows that do not fit are left out."""
        self._check()
        raw, works = self._works()
        people = self._authors(works, raw)
        several = _several(people)
        countries = pl.col("iso3").count().over(KEY) if several else pl.col("iso3").is_not_null()
        counted = people.group_by("work_id").agg(
            authors=pl.col("position").n_unique() if several else pl.len(),
            country_list_only=pl.col("country_list_only").first(),
        )
        finished = works.join(counted, on="work_id", how="left", maintain_order="left")
        authorships = people.select(*KEY, "author", "iso3", countries=countries).with_columns(
            corresponding=pl.lit(None, pl.Boolean)
        )
        made = {"works": _typed("works", finished), "authorships": _typed("authorships", authorships)}
        if PART in finished.columns:
            made["coverage"] = _coverage(finished, authorships)
        self.report.rows = {name: frame.height for name, frame in made.items()}
        return made

    def _check(self) -> None:
        mapping, known = self.mapping, registry.tables()["works"].columns
        allowed = [name for name in known if name not in COMPUTED] + [PART]
        for name in mapping.columns:
            if name not in allowed:
                hint = f"{name} is counted, not given" if name in COMPUTED else ""
                raise DeclarationError(f"{mapping.name}: columns: {unknown('column of works', name, allowed, hint)}")
        needed = [n for n, c in known.items() if not c.nullable and n not in (*COMPUTED, "type")]
        if lacking := [name for name in needed if name not in mapping.columns]:
            told = "; ".join(f"{n}: {known[n].meaning}" for n in lacking)
            scope = "; the scope of every row may be given with --scope" if "scope" in lacking else ""
            raise DeclarationError(f"{mapping.name}: columns lacks {', '.join(lacking)} ({told}){scope}")
        if mapping.authors is None and mapping.country_list is None:
            raise DeclarationError(f"{mapping.name}: say under [authors] or [country_list] where countries stand")

    def _works(self) -> tuple[pl.DataFrame, pl.DataFrame]:
        """The rows of the file that fit, and the works they are."""
        mapping, table = self.mapping, registry.tables()["works"].columns
        raw = read(mapping, self.path, self._wanted(), self.report, self._nested())
        columns: dict[str, pl.Series] = {}
        for name, column in table.items():
            if name not in COMPUTED:
                given = mapping.columns.get(name) or (Given(value="work") if name == "type" else None)
                kind = pl.Boolean if column.kind == "flag" else pl.Int64 if column.kind == "count" else pl.String
                columns[name] = (
                    pl.repeat(None, raw.height, dtype=kind, eager=True)
                    if given is None
                    else fields.read(raw, name, given, column, self.source, self.report)
                )
        if PART in mapping.columns:
            part = registry.tables()["coverage"].columns[PART]
            columns[PART] = fields.read(raw, PART, mapping.columns[PART], part, self.source, self.report)
        works = raw.select("file", "line").with_columns(**columns)
        self._once(works)
        works = self.report.fitting(works).filter(pl.col("work_id").is_first_distinct())
        self._known_scopes(works)
        named = works.select("file", "line", "work_id")
        bare = raw.select(pl.exclude("work_id"))
        if bare.height == works.height:
            return bare.with_columns(named["work_id"]), works.drop("file", "line")
        kept = bare.join(named, on=["file", "line"], how="inner", maintain_order="right")
        return kept, works.drop("file", "line")

    def _once(self, works: pl.DataFrame) -> None:
        again = ~works["work_id"].is_first_distinct() & works["work_id"].is_not_null()
        if not again.any():
            return
        if self.mapping.duplicates == "first":
            self.report.left_out["the work stands in the file before"] += int(again.sum())
        else:
            self.report.keep(works, again, "work_id", "stands more than once", ONCE)

    def _known_scopes(self, works: pl.DataFrame) -> None:
        known = registry.technologies()
        for scope in works["scope"].unique().sort():
            if scope not in known and scope != "all":
                near = nearest(scope, known)
                advice = f"did you mean {near[0]}?" if near else "answers are about technologies: legation technologies"
                self.report.notes.append(f"scope {scope!r} is no technology; {advice}")

    def _wanted(self) -> list[str]:
        wanted = [given.column for given in self.mapping.columns.values() if given.column]
        authors = self.mapping.authors
        if authors is not None and authors.written != "rows":
            wanted += [c for c in (authors.column, authors.addresses, authors.identifiers) if c]
        return [*wanted, self.mapping.country_list.column] if self.mapping.country_list else wanted

    def _nested(self) -> Authors | None:
        authors = self.mapping.authors
        return authors if authors is not None and authors.written == "nested" else None

    def _authors(self, works: pl.DataFrame, raw: pl.DataFrame) -> pl.DataFrame:
        """Authors with their countries; countries in their place where only the work has a list; else nobody."""
        authors, listing = self.mapping.authors, self.mapping.country_list
        list_only = self._listed(raw, authors) if authors is not None and authors.written == "countries" else None
        people = None if authors is None or list_only is not None else self._signed(works, raw, authors)
        if listing is not None:
            extra = self._listed(raw, Authors("countries", listing.column, listing.code, listing.separator))
            if people is not None:
                located = people.filter(pl.col("iso3").is_not_null()).select("work_id").unique()
                extra = extra.join(located, on="work_id", how="anti")
                people = people.join(extra.select("work_id").unique(), on="work_id", how="anti")
            list_only = extra
        signed = [frame for frame in (people, list_only) if frame is not None]
        nobody = works.select("work_id")
        for frame in signed:
            nobody = nobody.join(frame.select("work_id"), on="work_id", how="anti")
        return pl.concat([*signed, _nobody(nobody)])

    def _signed(self, works: pl.DataFrame, raw: pl.DataFrame, authors: Authors) -> pl.DataFrame:
        rows = self._rows(works, authors) if authors.written == "rows" else places.signed(raw, authors)
        located = places.locate(rows, authors.code, self.mapping.country_names, self.report)
        located = _each_once(located)
        if authors.written != "rows" and authors.identifiers:
            each = places.entries_of(raw, authors.identifiers, authors.separator).rename({"entry": "author"})
            located = located.join(each, on=KEY, how="left", maintain_order="left")
        elif "author" not in located.columns:
            located = located.with_columns(author=pl.lit(None, pl.String))
        if authors.names_for_identifiers:
            named = works.filter(pl.col(PART).is_in(list(authors.names_for_identifiers)))["work_id"]
            unnamed = pl.when(~pl.col("work_id").is_in(named.implode())).then("author")
            located = located.with_columns(author=unnamed)
        hashed = pseudonym(self.source, located["author"])
        return _shaped(located.with_columns(author=hashed, country_list_only=pl.lit(False)))

    def _rows(self, works: pl.DataFrame, authors: Authors) -> pl.DataFrame:
        """A row for each author, from a file beside the first."""
        path = self.path.parent / authors.file if authors.file else self.path
        columns = [authors.work_id, authors.position, authors.column, *filter(None, [authors.identifiers])]
        raw = read(of_file(self.mapping, path), path, columns, self.report)
        needed = registry.tables()["authorships"].columns
        given: Table[str, Given] = {"work_id": Given(authors.work_id), "position": Given(authors.position)}
        rows = raw.select("file", "line", authors.column).with_columns(
            **{n: fields.read(raw, n, one, needed[n], self.source, self.report) for n, one in given.items()},
            author=fields.text(raw, Given(authors.identifiers)) if authors.identifiers else pl.lit(None, pl.String),
        )
        self.report.keep(
            rows, ~rows["work_id"].is_in(works["work_id"].implode()), "work_id", "is not among the works",
            "give the work too, or leave its authors out",
        )  # fmt: skip
        again = rows.select(~pl.struct(KEY).is_first_distinct()).to_series()
        if self.mapping.duplicates == "first":
            self.report.left_out["the author stands in the file before"] += int(again.sum())
        else:
            self.report.keep(rows, again, "position", "stands more than once in its work", "give each author once")
        rows = self.report.fitting(rows).filter(pl.struct(KEY).is_first_distinct())
        apart = rows.with_columns(place=places.split(rows, authors.column, authors.within))
        return (
            apart.select(*KEY, "author", "place")
            .explode("place", empty_as_null=True)
            .with_columns(place=places.text(pl.col("place")))
        )

    def _listed(self, raw: pl.DataFrame, authors: Authors) -> pl.DataFrame:
        """Each country of a list in the place of an author."""
        named = places.listed(raw, authors.column, authors.separator)
        known = places.locate(named, authors.code, self.mapping.country_names, self.report)
        each = known.drop_nulls("iso3").unique(["work_id", "iso3"]).sort("work_id", "iso3")
        numbered = each.with_columns(position=pl.int_range(pl.len()).over("work_id"), author=pl.lit(None, pl.String))
        return _shaped(numbered.with_columns(country_list_only=pl.lit(True)))


def _typed(table: str, frame: pl.DataFrame) -> pl.DataFrame:
    types = schema(registry.tables()[table])
    return frame.select(pl.col(name).cast(types[name]) for name in registry.tables()[table].columns)


def _each_once(located: pl.DataFrame) -> pl.DataFrame:
    """Each country of an author once; and none only for an author of whom no country is known."""
    if not _several(located):
        return located
    once = located.unique([*KEY, "iso3"], keep="first", maintain_order=True)
    return once.filter(pl.col("iso3").is_not_null() | (pl.col("iso3").count().over(KEY) == 0))


def _several(people: pl.DataFrame) -> bool:
    """Whether an author has more than one row; those of an author stand together however they were written."""
    return bool(people.select(pl.all_horizontal(pl.col(KEY) == pl.col(KEY).shift()).any()).item())


def _nobody(works: pl.DataFrame) -> pl.DataFrame:
    """A work none of whose authors is known has one without a country, so that credits add up to the works."""
    nothing = pl.lit(None, pl.String)
    return _shaped(
        works.with_columns(position=pl.lit(0), author=nothing, iso3=nothing, country_list_only=pl.lit(False))
    )


def _shaped(frame: pl.DataFrame) -> pl.DataFrame:
    position = pl.col("position").cast(pl.Int64)
    return frame.select("work_id", position, "author", "iso3", "country_list_only")


def _coverage(works: pl.DataFrame, authorships: pl.DataFrame) -> pl.DataFrame:
    """Each part and year, and all of a scope and year."""
    known = authorships.group_by("work_id").agg(
        located=pl.col("iso3").is_not_null().any(),
        identified=pl.col("author").is_not_null().any(),
        nowhere=pl.col("iso3").is_null().sum(),
    )
    by_part = pl.concat([works, works.with_columns(part=pl.lit("all"))])
    return (
        by_part.join(known, on="work_id", how="left")
        .group_by("scope", "part", "year")
        .agg(
            works=pl.len().cast(pl.Int64),
            works_with_country=pl.col("located").sum().cast(pl.Int64),
            works_with_author_id=pl.col("identified").sum().cast(pl.Int64),
            unassigned=(pl.col("nowhere") / pl.col("authors")).sum(),
        )
    )
