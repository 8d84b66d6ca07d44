"""Where do we stand? Output, excellence, specialisation, patents, capability: value, interval, rank with interval."""

from __future__ import annotations

from typing import Any

import polars as pl

from legation import phrasing
from legation.answer import Answer, Figure
from legation.answers._composing import AS_UNIT_SAYS, Composer
from legation.answers._largest import largest
from legation.answers._standing import NEIGHBOURING, OF_THE_TECHNOLOGY, standing
from legation.language import words
from legation.model import Question, Technology
from legation.periods import Cut
from legation.phrasing import inside

LEADERS_SHOWN = 12
COMPARATORS = 2
SAME_LINE = ("indicator", "measure", "about", "scope", "source")
"""What the rows of one line have in common, country by country."""
TREND = ("output_share", "output_share")
INTERVAL = words("95 % interval")
UNITS = {"value": AS_UNIT_SAYS, "low": INTERVAL, "high": INTERVAL, "of": words("economies ranked")}

QUESTION = Question(words=words("Where does {home} stand in {technology}?"))


def ask(composer: Composer, home: str, technology: Technology) -> Answer:
    """The standing of a country in a technology.

    Main table `standing`: one row an indicator, scope and source. Also `leaders` (the strongest economies on the best
    evidence there is), `trend` (share of works by year, home against the leaders) and `exposure` (how much hangs on the
    largest producer, leader or partner).
    """
    everyone = standing(composer, technology)
    ours = everyone.filter(pl.col("iso3") == home)
    leading = _leaders(everyone, home)
    figures = [_standing_figure(composer, ours, home, technology)]
    if not leading.is_empty():
        figures += [_leaders_figure(composer, leading)]
        figures += _trend_figures(composer, technology, leading, home)
    figures += largest(composer, technology, home)
    _find(composer, ours, everyone, home)
    _lack(composer, ours, everyone, home, technology)
    return composer.answer(figures)


def _standing_figure(composer: Composer, ours: pl.DataFrame, iso3: str, technology: Technology) -> Figure:
    label = inside(composer.technology_label(technology))
    title = composer.say("{country} in {technology}", country=composer.name(iso3), technology=label)
    return composer.figure("standing", title, ours.drop("iso3"), UNITS, *ours["indicator"].unique(maintain_order=True))


def _leaders(everyone: pl.DataFrame, iso3: str) -> pl.DataFrame:
    """The strongest on the first line that has ranks, and the home country wherever it is."""
    ranked = everyone.drop_nulls("rank")
    if ranked.is_empty():
        return ranked
    first = ranked.row(0, named=True)
    same = ranked.filter(pl.col(c) == first[c] for c in SAME_LINE)
    strongest = same.sort("rank", "iso3").head(LEADERS_SHOWN)
    return pl.concat([strongest, same.filter(pl.col("iso3") == iso3)]).unique("iso3").sort("rank", "iso3")


def _leaders_figure(composer: Composer, leading: pl.DataFrame) -> Figure:
    first = leading.row(0, named=True)
    named = leading.with_columns(country=pl.col("iso3").map_elements(composer.name, pl.String))
    columns = ["iso3", "country", "value", "low", "high", "rank", "rank_low", "rank_high", "of", "first_year", "year"]
    title = f"{first['measure']}, {inside(first['about'])}, {_years(first)} ({first['source']})"
    units = dict.fromkeys(("value", "low", "high"), first["unit"])
    formats = dict.fromkeys(units, first["format"])
    table, stands_on = named.select(columns), [first["source"]]
    return composer.figure("leaders", title, table, units, first["indicator"], of=stands_on, formats=formats)


def _trend_figures(composer: Composer, technology: Technology, leading: pl.DataFrame, iso3: str) -> list[Figure]:
    indicator, measure = TREND
    shown = [iso3, *(c for c in leading["iso3"] if c != iso3)][: COMPARATORS + 1]
    for scope in (technology.id, *technology.fields):
        frame = composer.series(indicator, Cut(scope, where=(("counting", "fractional"),)))
        if frame.is_empty():
            continue
        comparable = [s for s in frame["source"].unique() if composer.comparable(s)]
        series = frame.filter(pl.col("iso3").is_in(shown), pl.col("source").is_in(comparable))
        longest = series.group_by("source").agg(years=pl.col("year").n_unique()).sort("years", "source")
        if series.is_empty() or longest["years"][-1] < 5:
            continue
        source = longest["source"][-1]
        named = series.with_columns(country=pl.col("iso3").map_elements(composer.name, pl.String))
        columns = ["iso3", "country", "year", measure, f"{measure}_low", f"{measure}_high"]
        table = named.filter(pl.col("source") == source).select(columns).sort("iso3", "year")
        about = inside(composer.scope_label(scope))
        title = composer.say("Share of works by year, {about} ({source})", about=about, source=source)
        units = dict.fromkeys(columns[3:], composer.unit(indicator, measure))
        return [composer.figure("trend", title, table, units, indicator, of=[source])]
    return []


def _find(composer: Composer, ours: pl.DataFrame, everyone: pl.DataFrame, iso3: str) -> None:
    for row in ours.drop_nulls("rank").iter_rows(named=True):
        proxy = row["evidence"] == NEIGHBOURING
        composer.find(
            "In {scope} ({years}), {country} has a {measure} of {value}, {rank} ({source}{proxy}).",
            country=composer.name(iso3), measure=inside(row["measure"]), scope=inside(row["about"]), years=_years(row),
            value=_value(composer, row), source=row["source"],
            rank=composer.say.rank_of(row["rank"], row["rank_low"], row["rank_high"], row["of"]),
            proxy=composer.say("; a neighbouring field, not the technology itself") if proxy else "",
        )  # fmt: skip
        _find_ties(composer, row, everyone, iso3)


def _value(composer: Composer, row: dict[str, Any]) -> str:
    """A share with its interval, or the number."""
    if row["format"] != "share":
        return f"{row['value']:.3g}"
    interval = f" ({composer.say.span(row['low'], row['high'])})" if row["low"] is not None else ""
    return phrasing.percent(row["value"]) + interval


def _find_ties(composer: Composer, row: dict[str, Any], everyone: pl.DataFrame, iso3: str) -> None:
    """Say with whom the home country is tied: those whose 95 % interval overlaps its own around the same rank."""
    if row["low"] is None or row["rank_low"] is None:
        return
    same = everyone.filter(pl.col(c) == row[c] for c in SAME_LINE)
    tied = same.filter(pl.col("iso3") != iso3, pl.col("low") <= row["value"], pl.col("high") >= row["value"])
    names = [composer.name(code) for code in tied.sort("rank")["iso3"].head(6)]
    if names:
        composer.find(
            "By {measure} in {scope}, the data cannot tell {country} from {tied} ({source}).",
            measure=inside(row["measure"]), scope=inside(row["about"]), country=composer.name(iso3),
            tied=composer.say.listed(names), source=row["source"],
        )  # fmt: skip


def _lack(composer: Composer, ours: pl.DataFrame, everyone: pl.DataFrame, iso3: str, technology: Technology) -> None:
    label, name = inside(composer.technology_label(technology)), composer.name(iso3)
    if everyone.filter(pl.col("indicator") == "record_output").is_empty():
        composer.lack(
            "No single works on {label} are in this store; fields of science stand in for it where shown.", label=label
        )
    if ours.filter(pl.col("evidence") == OF_THE_TECHNOLOGY).is_empty():
        composer.lack("Nothing in this store is about {label} in {name} itself.", label=label, name=name)
    have = set(ours.select("indicator", "scope", "source").iter_rows())
    absent: dict[str, list[str]] = {}
    for row in everyone.unique(["indicator", "scope", "source"], maintain_order=True).iter_rows(named=True):
        if (row["indicator"], row["scope"], row["source"]) not in have:
            what = composer.say("{measure} in {scope}", measure=inside(row["measure"]), scope=inside(row["about"]))
            absent.setdefault(row["source"], []).append(what)
    for source, measures in absent.items():
        told = "; ".join(measures)
        composer.lack("{name} is not in {source} on {measures}.", name=name, source=source, measures=told)
    composer.lack("{limits}", limits=technology.limits[composer.language])


def _years(row: dict[str, Any]) -> str:
    return phrasing.years(row["first_year"], row["year"])
