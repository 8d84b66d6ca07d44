"""The organisations of two countries behind a technology, and how many of each a list names. Used by `pair`.

Organisations, never persons; a flag says that a name stands on a list with its date and is no verdict.
"""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from legation.answer import Figure
from legation.answers._composing import Composer
from legation.answers.institutions import BEHIND, SHARE, worded
from legation.language import words
from legation.model import Technology
from legation.phrasing import percent, years

LISTED = "institutions_listed"
SHOWN, TOLD = 10, 3
SIGNED = words(
    "Of the works on {technology} in this collection, the largest parts in {country} are signed from {organisations} "
    "({source}, {years}); affiliations are what publications name."
)
FLAGGED = words(
    "Of the organisations of {country} on {technology}, {list} names {organisations}; a listing is no verdict."
)
OF_COUNTRY = words("The {list} of {year} names {told}; a listing is no verdict.")
COUNTED = words("{count} institutions of {country}")
NOT_NAMED = words("none of {country}")


def organisations(composer: Composer, home: str, partner: str, technology: Technology) -> pl.DataFrame:
    """The largest of both countries, and all of theirs that a list names."""
    frame = composer.latest(BEHIND, technology.id)
    if frame.is_empty():
        return frame
    both = frame.filter(pl.col("iso3").is_in([home, partner]))
    ordered = both.sort(pl.col("iso3") != home, SHARE, "name", descending=[False, True, False], nulls_last=True)
    place = pl.int_range(pl.len()).over("iso3")
    return worded(composer, ordered.filter((place < SHOWN) | pl.col("listed_on").is_not_null()))


def listed(composer: Composer, home: str, partner: str) -> pl.DataFrame:
    """How many institutions of either a list names, in its newest edition."""
    frame = composer.latest(LISTED)
    if frame.is_empty():
        return frame
    lists = frame.select("source", "list", "year").unique().sort("source", "list", "year")
    sides = pl.DataFrame({"iso3": [home, partner], "country": [composer.name(home), composer.name(partner)]})
    both = lists.join(sides, how="cross", maintain_order="left").join(
        frame.select("source", "list", "iso3", "institutions"), on=["source", "list", "iso3"], how="left"
    )
    told = both.with_columns(
        pl.col("institutions").fill_null(0), about=pl.col("list").map_elements(composer.scope_label, pl.String)
    ).select("about", "iso3", "country", "institutions", "source", "year")
    return told.filter(pl.col("institutions").sum().over("about") > 0)


def figures(composer: Composer, signed: pl.DataFrame, named: pl.DataFrame, technology: str) -> list[Figure]:
    """Both tables, where there is anything in them."""
    found = []
    if not signed.is_empty():
        measures = (SHARE, f"{SHARE}_low", f"{SHARE}_high", "works_fractional", "works_full", "researchers")
        units = {measure: composer.unit(BEHIND, measure) for measure in measures}
        title = composer.say("Organisations of both in {technology}", technology=technology)
        found.append(composer.figure("institutions", title, signed, units, BEHIND))
    if not named.is_empty():
        title = composer.say("Institutions of both that a list names")
        units = {"institutions": composer.unit(LISTED, "institutions")}
        found.append(composer.figure("listed", title, named, units, LISTED))
    return found


def find(composer: Composer, signed: pl.DataFrame, named: pl.DataFrame, technology: str) -> None:
    """The largest organisations of each, which of them a list names, and how many it names in all."""
    for (country, source), own in signed.group_by("country", "source", maintain_order=True) if signed.height else ():
        known = own.drop_nulls(SHARE).head(TOLD)
        if known.height:
            told = [f"{row['name']} ({percent(row[SHARE])})" for row in known.iter_rows(named=True)]
            composer.find(
                SIGNED, technology=technology, country=country, organisations=composer.say.listed(told), source=source,
                years=years(known["first_year"][0], known["year"][0]),
            )  # fmt: skip
        for (one,), flagged in own.drop_nulls("listed_on").group_by("listed_on", maintain_order=True):
            composer.find(
                FLAGGED, country=country, technology=technology, list=one,
                organisations=composer.say.listed(flagged["name"].to_list()),
            )  # fmt: skip
    for (about, year), own in named.group_by("about", "year", maintain_order=True) if named.height else ():
        told = [_counted(composer, row) for row in own.iter_rows(named=True)]
        composer.find(OF_COUNTRY, list=about, year=year, told=composer.say.listed(told))


def _counted(composer: Composer, row: Mapping[str, object]) -> str:
    text = COUNTED if row["institutions"] else NOT_NAMED
    return composer.say(text, count=row["institutions"], country=row["country"])
