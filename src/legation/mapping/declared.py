"""The mapping file: which column of somebody's file holds what, and how it is written.

holds = "works"                      # or the name of a fact table
title = "Works of our institute"

[columns]                            # column of ours = column of yours
work_id = "UT"
year = "PY"
scope = { value = "quantum" }        # the same for every row
type = { column = "DT", values = { "Article" = "article" } }

[authors]
written = "authors"                  # one entry for each author, separated by ";"
column = "countries"
code = "iso2"
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping as Table
from dataclasses import dataclass, field, fields, replace
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any, Literal

from legation.declaring import DeclarationError, shaped
from legation.errors import UserError, unknown

Format = Literal["", "csv", "tsv", "jsonl", "parquet"]
FORMATS: tuple[Format, ...] = ("csv", "tsv", "jsonl", "parquet")
WRITTEN = Literal["countries", "authors", "bracketed", "after-name", "parenthesised", "nested", "rows"]
MOST_MAPPING_BYTES = 1_000_000


@dataclass(frozen=True)
class Given:
    """Where a column comes from: a `column` of the file, or a `value` that is the same in every row.

    `values` replaces what is written by what is meant, `otherwise` all that is not listed there; `pattern` takes the
    part of the text its first group finds; `empty` lists what stands for nothing, `default` is put where nothing
    stands; `slug` makes an identifier of a name; `code` says how countries are written: iso2, iso3, name, or the
    affiliation they end.
    """

    column: str = ""
    value: str = ""
    values: Table[str, str] = field(default_factory=dict)
    otherwise: str = ""
    pattern: str = ""
    empty: tuple[str, ...] = ()
    default: str = ""
    slug: bool = False
    code: Literal["iso2", "iso3", "name", "affiliation"] = "iso3"


@dataclass(frozen=True)
class Written:
    """How a file is written: its format (by default what its name ends in), separator, quote, encoding, lines above
    the header."""

    format: Format = ""
    separator: str = ""
    quote: str = '"'
    encoding: str = "utf-8"
    skip_lines: int = 0


@dataclass(frozen=True)
class Authors:
    """Where authors and their countries stand.

    `written`: `countries` one list for the work, not telling which author is where; `authors` one entry for each
    author, with its countries separated by `within`; `bracketed` "[A; B] address; [C] address" (Web of Science);
    `after-name` "A, address; B, address" with the single addresses in the column `addresses` (Scopus); `parenthesised`
    "A (address; address); B (address)" (Dimensions); `nested` JSON lists of authors, their affiliations in `within`,
    the country of each in `key` (Lens); `rows` a second `file`, a row for each author, beside the first.
    `identifiers` is a column with identifiers of the authors in the same order; they are hashed. Where those of some
    parts are names, `names_for_identifiers` lists these parts, and they are not used.
    """

    written: WRITTEN
    column: str
    code: Literal["iso2", "iso3", "name", "affiliation"] = "iso2"
    separator: str = ";"
    within: str = "|"
    key: str = ""
    addresses: str = ""
    identifiers: str = ""
    file: str = ""
    work_id: str = "work_id"
    position: str = "position"
    names_for_identifiers: tuple[str, ...] = ()


@dataclass(frozen=True)
class CountryList:
    """A list of countries of the work, for works none of whose authors has a country of its own."""

    column: str
    code: Literal["iso2", "iso3", "name"] = "iso2"
    separator: str = ";"


@dataclass(frozen=True)
class Mapping:
    """A mapping file. `duplicates`: rows that repeat a work are an error, or the first counts; `most_unmatched`: which
    share of the places of authors may lack a country; `like`: a mapping this one changes."""

    holds: str
    columns: Table[str, Given]
    title: str = ""
    publisher: str = ""
    url: str = ""
    licence: str = ""
    vintage: str = ""
    comparable_years: bool = True
    file: Written = field(default_factory=Written)
    authors: Authors | None = None
    country_list: CountryList | None = None
    country_names: Table[str, str] = field(default_factory=dict)
    duplicates: Literal["error", "first"] = "error"
    most_unmatched: float = 0.05
    name: str = ""


def identity(table: str, columns: Table[str, Any]) -> Mapping:
    """The mapping of a file whose columns are called as those of the table."""
    return Mapping(table, {name: Given(column=name) for name in columns}, name=table)


@cache
def known() -> tuple[str, ...]:
    """The mappings for exports of other services that come with the package."""
    folder = files("legation").joinpath("mapping").joinpath("exports")
    return tuple(sorted(f.name.removesuffix(".toml") for f in folder.iterdir() if f.name.endswith(".toml")))


def read(given: str | Path, scope: str | None = None) -> Mapping:
    """A mapping file, or one that comes with the package by its name; `scope` is that of every row.

    Raises: UserError if it is not there or is not TOML; DeclarationError for what it must not say.
    """
    where, declared = _text(given)
    if base := declared.pop("like", None):
        if base not in known():
            raise unknown(f"mapping in {where}: like", str(base), known())
        declared = _over(_text(base)[1], declared)
    if scope is not None and isinstance(declared.get("columns"), dict):
        declared["columns"]["scope"] = {"value": scope}
    return _mapping(where, declared)


def of_file(mapping: Mapping, path: Path) -> Mapping:
    """The mapping with the format of a file, from what its name ends in if the mapping does not say."""
    names = [s.removeprefix(".").casefold() for s in path.suffixes]
    plain = [n for n in names if n not in ("gz", "zip")]
    ending = {"ndjson": "jsonl", "txt": "tsv", "json": "jsonl"}.get(plain[-1], plain[-1]) if plain else ""
    form = {str(f): f for f in FORMATS}.get(mapping.file.format or ending)
    if form is None:
        advice = "save the sheet as CSV UTF-8" if ending in ("xlsx", "xls", "ods") else f"give {', '.join(FORMATS)}"
        raise UserError(f"{path.name}: cannot tell the format; {advice}, or say it in the mapping as file.format")
    separator = mapping.file.separator or ("\t" if form == "tsv" else ",")
    return replace(mapping, file=replace(mapping.file, format=form, separator=separator))


def _text(given: str | Path) -> tuple[str, dict[str, Any]]:
    if str(given) in known():
        file = files("legation").joinpath("mapping").joinpath("exports").joinpath(f"{given}.toml")
        return f"{given}.toml", tomllib.loads(file.read_text(encoding="utf-8"))
    path = Path(given)
    try:
        if path.stat().st_size > MOST_MAPPING_BYTES:
            raise UserError(f"{path.name} is no mapping file: it is larger than {MOST_MAPPING_BYTES // 10**6} MB")
        return path.name, tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        hint = f"known: {', '.join(known())}, or the path of a TOML file"
        raise (unknown("mapping", str(given), known(), hint) if not path.suffix else _absent(path)) from None
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise UserError(f"{path.name} cannot be read as TOML: {error}") from None


def _absent(path: Path) -> UserError:
    return UserError(f"the mapping file {path.name} is not there; the mappings in the package are {', '.join(known())}")


def _over(base: dict[str, Any], changes: dict[str, Any]) -> dict[str, Any]:
    """Entries of one table over those of another, table by table; where a column comes from is taken whole."""
    merged = dict(base)
    for name, value in changes.items():
        both = isinstance(value, dict) and isinstance(base.get(name), dict)
        merged[name] = {**base[name], **value} if both else value
    return merged


def _mapping(where: str, declared: dict[str, Any]) -> Mapping:
    parts = {name: declared.pop(name) for name in ("columns", "file", "authors", "country_list") if name in declared}
    if not isinstance(parts.get("columns"), dict) or not parts["columns"]:
        raise DeclarationError(f"{where}: missing [columns], which says where each column comes from")
    plain = {f.name for f in fields(Mapping)} - {"columns", "file", "authors", "country_list", "name"}
    if strange := [name for name in declared if name not in plain]:
        raise DeclarationError(f"{where}: {unknown('entry', strange[0], [*plain, *parts, 'like'])}")
    told = shaped(where, Mapping, declared | {"columns": {}})
    told["columns"] = {n: _given(f"{where}: columns.{n}", one) for n, one in parts["columns"].items()}
    for name, kind in (("file", Written), ("authors", Authors), ("country_list", CountryList)):
        if name in parts:
            told[name] = kind(**shaped(f"{where}: {name}", kind, parts[name]))
    return Mapping(**{**told, "name": where})


def _given(where: str, declared: Any) -> Given:
    given = Given(column=declared) if isinstance(declared, str) else Given(**shaped(where, Given, declared))
    if bool(given.column) == bool(given.value):
        raise DeclarationError(f"{where}: give the name of a column, or a value for every row, as {{ value = … }}")
    if given.pattern:
        try:
            groups = re.compile(given.pattern).groups
        except re.error as error:
            raise DeclarationError(f"{where}: pattern is no regular expression: {error}") from None
        if not groups:
            raise DeclarationError(f"{where}: pattern needs a group in brackets around what is to be taken")
    return given
