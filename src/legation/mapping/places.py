"""Authors and their countries out of the ways they are written.

The country of an affiliation is what its last part says, by this rule:

1. The text after the last comma, without a full stop or an e-mail address at its end, is the name of a country.
2. Or its last words are one, and the word before them holds a digit or is two capital letters: a postcode, a state
   ("MA 02139 USA", "Seoul 08826 South Korea").
3. Otherwise the country is not known. It is counted and listed, never guessed from a city or an institution.

Names are those of CLDR, ISO 3166 and `countries.toml`, the abbreviations of `affiliations.toml` and, before these, what
the mapping lists under `country_names`.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Mapping
from functools import cache
from importlib.resources import files

import polars as pl

from legation import countries
from legation.mapping.declared import Authors
from legation.mapping.report import Report

E_MAIL = re.compile(r"[,;\s]*\S+@\S+\s*$")
BRACKETED = re.compile(r"\[([^\]]*)\]\s*([^\[]*)")
STATE_OR_POSTCODE = re.compile(r"[A-Z]{2}|\S*\d\S*")
LONGEST_NAME = 6
"""Words in the longest name of a country looked for behind a postcode."""

Nested = list[list[str]]


def country_of(affiliation: str, names: Mapping[str, str]) -> str | None:
    """The alpha-3 code of the country an affiliation ends in, or None; `names` are folded.

    >>> country_of("MIT, Cambridge, MA 02139 USA", countries.iso3_of_name())
    'USA'
    >>> country_of("Seoul Natl Univ, Seoul", countries.iso3_of_name()) is None
    True
    """
    last = E_MAIL.sub("", affiliation).rstrip(" .;").rpartition(",")[2].strip()
    if (whole := names.get(countries.fold(last))) is not None:
        return whole
    words = last.split()
    for start in range(max(1, len(words) - LONGEST_NAME), len(words)):
        if STATE_OR_POSTCODE.fullmatch(words[start - 1]):
            found = names.get(countries.fold(" ".join(words[start:])))
            if found is not None:
                return found
    return None


def by_name(own: Mapping[str, str]) -> dict[str, str]:
    """Folded names of countries → alpha-3, as affiliations write them and as a mapping adds."""
    added = {countries.fold(name): countries.resolve(country) for name, country in own.items()}
    return {**countries.iso3_of_name(), **_abbreviations(), **added}


def codes(spellings: pl.Series, code: str, own: Mapping[str, str]) -> dict[str, str]:
    """The alpha-3 code of each different spelling for which there is one."""
    names = by_name(own)
    ways: dict[str, Callable[[str], str | None]] = {
        "iso2": lambda text: countries.iso3_of_iso2().get(text.upper()),
        "iso3": lambda text: countries.iso3_of_code().get(text.upper()),
        "name": lambda text: names.get(countries.fold(text)),
        "affiliation": lambda text: country_of(text, names),
    }
    way, added = ways[code], {countries.fold(name): countries.resolve(country) for name, country in own.items()}
    found = {text: added.get(countries.fold(text)) or way(text.strip()) for text in spellings.drop_nulls().unique()}
    return {text: iso3 for text, iso3 in found.items() if iso3 is not None}


def locate(places: pl.DataFrame, code: str, own: Mapping[str, str], report: Report) -> pl.DataFrame:
    """`place` turned into `iso3`; places without a country are counted with their spelling."""
    named = places["place"].drop_nulls()
    known = codes(named, code, own)
    unknown = named.filter(~named.is_in(list(known))).value_counts()
    report.places += len(named)
    report.unmatched.update(dict(unknown.iter_rows()))
    return places.with_columns(iso3=pl.col("place").replace_strict(known, default=None, return_dtype=pl.String)).drop(
        "place"
    )


def signed(works: pl.DataFrame, authors: Authors) -> pl.DataFrame:
    """One row for each author and place, from the column of a work: `work_id`, `position`, `place` if known."""
    entries = works.select("work_id", entry=_entries(works, authors)).filter(pl.col("entry").list.len() > 0)
    each = entries.with_columns(position=pl.int_ranges(0, pl.col("entry").list.len())).explode("entry", "position")
    return (
        each.rename({"entry": "place"}).explode("place", empty_as_null=True).with_columns(place=text(pl.col("place")))
    )


def listed(works: pl.DataFrame, column: str, separator: str) -> pl.DataFrame:
    """One row for each country on the list of a work: `work_id`, `place`."""
    parts = works.select("work_id", place=split(works, column, separator))
    return parts.explode("place").with_columns(place=text(pl.col("place"))).drop_nulls("place")


def entries_of(works: pl.DataFrame, column: str, separator: str) -> pl.DataFrame:
    """One row for each entry of a list, empty ones too: `work_id`, `position`, `entry`."""
    parts = works.select("work_id", entry=split(works, column, separator)).filter(pl.col("entry").list.len() > 0)
    numbered = parts.with_columns(position=pl.int_ranges(0, pl.col("entry").list.len())).explode("entry", "position")
    return numbered.with_columns(entry=text(pl.col("entry")))


def text(value: pl.Expr) -> pl.Expr:
    """A text without blanks around it; nothing where nothing is left."""
    stripped = value.str.strip_chars()
    return pl.when(stripped != "").then(stripped)


def split(works: pl.DataFrame, column: str, separator: str) -> pl.Series:
    """A column as lists: those it holds, or its texts split at a separator."""
    found = works[column]
    return found if isinstance(found.dtype, pl.List) else _parts(found, separator)


def _parts(texts: pl.Series, separator: str) -> pl.Series:
    """Texts split at a separator; an empty text has no parts, an empty part between separators is one."""
    blank = texts.is_null() | (texts.str.strip_chars() == "")
    return pl.select(pl.when(~blank).then(texts.str.strip_chars().str.split(separator))).to_series()


def _entries(works: pl.DataFrame, authors: Authors) -> pl.Series:
    """For each work the list of its authors, for each of these the list of places."""
    column = works[authors.column]
    if authors.written == "nested" or (isinstance(column.dtype, pl.List) and isinstance(column.dtype.inner, pl.List)):
        return column
    if authors.written == "authors":
        return split(works, authors.column, authors.separator).list.eval(pl.element().str.split(authors.within))
    texts = column.fill_null("").to_list()
    if authors.written == "bracketed":
        made = [_bracketed(text) for text in texts]
    elif authors.written == "parenthesised":
        made = [_parenthesised(text) for text in texts]
    else:
        addresses = works[authors.addresses].fill_null("").to_list() if authors.addresses else [""] * len(texts)
        made = [_after_name(text, known) for text, known in zip(texts, addresses, strict=True)]
    return pl.Series(made, dtype=pl.List(pl.List(pl.String)))


def _bracketed(text: str) -> Nested:
    """Read "[A; B] address; [C] address", authors in the order they are first named. Addresses without names, as in
    records before 2008, stand each in the place of an author: which author is where is not told."""
    found: dict[str, list[str]] = {}
    for names, address in BRACKETED.findall(text):
        for name in filter(None, (n.strip() for n in names.split(";"))):
            found.setdefault(name, []).append(address.strip().rstrip(";").strip())
    return list(found.values()) or [[one.strip()] for one in text.split(";") if one.strip()]


def _parenthesised(text: str) -> Nested:
    """Read "A (address; address); B (address)": brackets may stand within brackets."""
    entries, depth, inside = [], 0, ""
    for sign in text:
        if sign == ")":
            depth -= 1
            if depth == 0:
                entries.append([part.strip() for part in inside.split(";")])
                inside = ""
        if depth > 0:
            inside += sign
        if sign == "(":
            depth += 1
    return entries


def _after_name(text: str, addresses: str) -> Nested:
    """Read "A, address; B, address, address": an author signs from those of the work's addresses found in the entry, or
    else from the last part of it."""
    known = [one.strip() for one in addresses.split(";") if one.strip()]
    entries = [entry.strip() for entry in text.split(";") if entry.strip()]
    return [[a for a in known if a in entry] or [entry if "," in entry else ""] for entry in entries]


@cache
def _abbreviations() -> Mapping[str, str]:
    text = files("legation").joinpath("mapping").joinpath("affiliations.toml").read_text(encoding="utf-8")
    return {countries.fold(name): iso3 for name, iso3 in tomllib.loads(text)["names"].items()}
