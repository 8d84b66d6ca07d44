"""Who goes from one of two countries to the other: researchers who move, students. Used by `pair`.

Two bibliographic databases follow researchers and are told side by side; numbers of 1 to 4 researchers are blank there
and told as bounds. Shares of students are of all students from abroad in the host.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import polars as pl

from legation import registry
from legation.answer import Figure
from legation.answers._composing import AS_UNIT_SAYS, Composer
from legation.language import words
from legation.model import Technology
from legation.phrasing import number, percent, years

FLOWS, STUDENTS, STAY = "researcher_flows", "training_flows", "doctorate_stay"
SHARES, DOCTORAL = "share_of_students_from_abroad_percent", "visa_students_doctoral"
MEASURES = {STUDENTS: ("share_of_host", "students"), STAY: ("plan_to_stay_share",)}
COLUMNS = {
    **dict.fromkeys(("indicator", "origin", "host", "iso3", "kind", "scope", "about", "measure"), pl.String),
    **dict.fromkeys(("value", "low", "high"), pl.Float64),
    **dict.fromkeys(("unit", "format", "source"), pl.String),
    **dict.fromkeys(("first_year", "year"), pl.Int64),
}
MOVED = words("Researchers of all fields: {told}.")
BOTH_WAYS = words("{arrivals} came from {there} to {here} and {departures} went the other way ({source}, {years})")
BETWEEN = words("between {low} and {high}")
DISAGREE = words(
    "The databases disagree on who gains researchers: on balance more come from {there} to {here} ({gain}), and more "
    "leave for it ({loss}). The direction is not settled."
)
BALANCE = words("{value} in {source}, {years}")
COME = words("Of the students from abroad, {told}.")
OF_HOST = words("{share} of those in {host} are from {origin} ({source}, {year})")
VISAS = words("{count} from {origin} study for a doctorate in {host} ({source}, {year})")
STAYING = words(
    "Of those from {origin} who took a doctorate in {host}, {share} ({span}) planned to stay there ({source}, {years})."
)


def students(composer: Composer, home: str, partner: str, technology: Technology) -> pl.DataFrame:
    """Students of each in the other, and plans to stay, of all fields and those of the technology: `iso3` is the
    origin's code."""
    frames = [
        frame
        for indicator in MEASURES
        for origin, host in ((home, partner), (partner, home))
        for frame in _of(composer, indicator, origin, host, {"all", *technology.fields})
    ]
    return pl.concat(frames) if frames else pl.DataFrame(schema=COLUMNS)


def _of(composer: Composer, indicator: str, origin: str, host: str, scopes: set[str]) -> list[pl.DataFrame]:
    frame = composer.latest(indicator)
    if frame.is_empty():
        return []
    both = frame.filter(pl.col("iso3") == origin, pl.col("partner_iso3") == host, pl.col("scope").is_in(list(scopes)))
    kind = (
        pl.col("measure").map_elements(composer.scope_label, pl.String) if "measure" in both.columns else pl.lit(None)
    )
    found = []
    for name in MEASURES[indicator]:
        measure = registry.indicators()[indicator].measures[name]
        ends = {side: f"{name}_{side}" for side in ("low", "high")}
        columns: dict[str, pl.Expr] = {
            "indicator": pl.lit(indicator), "kind": kind,
            "origin": pl.lit(composer.name(origin)), "host": pl.lit(composer.name(host)),
            "about": pl.col("scope").map_elements(composer.scope_label, pl.String),
            "measure": pl.lit(measure.label[composer.language]), "value": pl.col(name),
            "unit": pl.lit(composer.say(measure.unit)), "format": pl.lit(measure.format),
        }  # fmt: skip
        columns |= {side: pl.col(c) if c in both.columns else pl.lit(None) for side, c in ends.items()}
        columns |= {c: pl.col(c) for c in ("iso3", "scope", "source", "first_year", "year")}
        found.append(both.drop_nulls(name).select(columns[c].cast(t).alias(c) for c, t in COLUMNS.items()))
    return found


def figure(composer: Composer, rows: pl.DataFrame) -> list[Figure]:
    """Students both ways."""
    if rows.is_empty():
        return []
    used = rows["indicator"].unique(maintain_order=True).to_list()
    told = rows.drop("indicator", "iso3")
    units = dict.fromkeys(("value", "low", "high"), AS_UNIT_SAYS)
    return [composer.figure("students", composer.say("Students of each in the other"), told, units, *used)]


def find(composer: Composer, ties: pl.DataFrame, rows: pl.DataFrame, names: Mapping[str, str]) -> None:
    """Researchers who move, by each database, and students."""
    flows = ties.filter(pl.col("indicator") == FLOWS, pl.col("scope") == "all")
    told = []
    for (source,), own in flows.group_by("source", maintain_order=True):
        ways = {m: own.filter(pl.col("measure") == composer.label(FLOWS, m)) for m in ("arrivals", "departures")}
        if all(frame.height for frame in ways.values()):
            counts = {m: count(composer, frame.row(0, named=True)) for m, frame in ways.items()}
            period = years(own["first_year"][0], own["year"][0])
            told.append(composer.say(BOTH_WAYS, source=source, years=period, **counts, **names))
    if told:
        composer.find(MOVED, told="; ".join(told))
    _disagreement(composer, flows, names)
    _find_students(composer, rows)


def count(composer: Composer, row: Mapping[str, Any]) -> str:
    """A number of researchers; where it is blank, its bounds."""
    if row["value"] is not None:
        return number(row["value"])
    return composer.say(BETWEEN, low=number(row["low"]), high=number(row["high"]))


def _disagreement(composer: Composer, flows: pl.DataFrame, names: Mapping[str, str]) -> None:
    """Say where one database counts more coming than leaving and another the reverse; bounds must lie on one side."""
    balances = flows.filter(pl.col("measure") == composer.label(FLOWS, "net_arrivals"))
    gain, loss = balances.filter(pl.col("low") > 0), balances.filter(pl.col("high") < 0)
    if gain.height and loss.height:
        told = {name: _balances(composer, rows) for name, rows in (("gain", gain), ("loss", loss))}
        composer.find(DISAGREE, **told, **names)


def _balances(composer: Composer, rows: pl.DataFrame) -> str:
    told = [
        composer.say(
            BALANCE, value=count(composer, row), source=row["source"], years=years(row["first_year"], row["year"])
        )
        for row in rows.iter_rows(named=True)
    ]
    return composer.say.listed(told)


def _find_students(composer: Composer, rows: pl.DataFrame) -> None:
    whole = rows.filter(pl.col("scope") == "all")
    shares = whole.filter(pl.col("kind") == composer.scope_label(SHARES))
    visas = whole.filter(pl.col("kind") == composer.scope_label(DOCTORAL), pl.col("format") == "count")
    told = [composer.say(OF_HOST, share=percent(row["value"]), **_named(row)) for row in shares.iter_rows(named=True)]
    told += [composer.say(VISAS, count=number(row["value"]), **_named(row)) for row in visas.iter_rows(named=True)]
    if told:
        composer.find(COME, told="; ".join(told))
    for row in whole.filter(pl.col("indicator") == STAY).iter_rows(named=True):
        composer.find(
            STAYING, origin=row["origin"], host=row["host"], share=percent(row["value"]), source=row["source"],
            span=composer.say.span(row["low"], row["high"]), years=years(row["first_year"], row["year"]),
        )  # fmt: skip


def _named(row: Mapping[str, Any]) -> dict[str, Any]:
    return {c: row[c] for c in ("origin", "host", "source", "year")}
