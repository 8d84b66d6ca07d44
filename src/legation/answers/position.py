"""Where do we stand? Output, excellence, specialisation, patents, capability: value, interval, rank with interval."""

from __future__ import annotations

from typing import Any

import polars as pl

from legation import countries, registry
from legation.answer import Answer, Figure
from legation.answers import phrasing
from legation.answers.composing import Composer
from legation.answers.exposure import exposure
from legation.answers.standing import NEIGHBOURING, OF_THE_TECHNOLOGY, standing
from legation.evaluation import Evaluator
from legation.model import Technology
from legation.periods import Cut

LEADERS_SHOWN = 12
COMPARATORS = 2
TREND = ("output_share", "output_share")
UNITS = {"value": "as `unit` says", "low": "95 % interval", "high": "95 % interval", "of": "economies ranked"}


def position(evaluator: Evaluator, home: str, technology_id: str) -> Answer:
    """The standing of a country in a technology.

    Main table `standing`: one row an indicator, scope and source. Also `leaders` (the strongest economies on the best
    evidence there is), `trend` (share of works by year, home against the leaders) and `exposure` (how much hangs on the
    largest producer, leader or partner). Raises: UserError for an unknown country or technology.
    """
    technology: Technology = registry.pick("technology", registry.technologies(), technology_id)
    iso3 = countries.resolve(home)
    composer = Composer(evaluator)
    everyone = standing(composer, technology)
    ours = everyone.filter(pl.col("iso3") == iso3)
    leading = _leaders(everyone, iso3)
    figures = [_standing_figure(composer, ours, iso3, technology)]
    if not leading.is_empty():
        figures += [_leaders_figure(composer, leading)]
        figures += _trend_figures(composer, technology, leading, iso3)
    figures += exposure(composer, technology, iso3)
    _find(composer, ours, everyone, iso3)
    _lack(composer, ours, everyone, iso3, technology)
    name, label = composer.name(iso3), composer.technology_label(technology)
    subject = {"home": iso3, "home_name": name, "technology": technology.id, "technology_label": label}
    return composer.answer("position", f"Where does {name} stand in {phrasing.inside(label)}?", subject, figures)


def _standing_figure(composer: Composer, ours: pl.DataFrame, iso3: str, technology: Technology) -> Figure:
    title = f"{composer.name(iso3)} in {phrasing.inside(composer.technology_label(technology))}"
    return composer.figure("standing", title, ours.drop("iso3"), UNITS, *ours["indicator"].unique(maintain_order=True))


def _leaders(everyone: pl.DataFrame, iso3: str) -> pl.DataFrame:
    """The strongest on the first line that has ranks, and the home country wherever it is."""
    ranked = everyone.drop_nulls("rank")
    if ranked.is_empty():
        return ranked
    first = ranked.row(0, named=True)
    same = ranked.filter(pl.col(c) == first[c] for c in ("indicator", "measure", "scope", "source"))
    strongest = same.sort("rank", "iso3").head(LEADERS_SHOWN)
    return pl.concat([strongest, same.filter(pl.col("iso3") == iso3)]).unique("iso3").sort("rank", "iso3")


def _leaders_figure(composer: Composer, leading: pl.DataFrame) -> Figure:
    first = leading.row(0, named=True)
    named = leading.with_columns(country=pl.col("iso3").map_elements(composer.name, pl.String))
    columns = ["iso3", "country", "value", "low", "high", "rank", "rank_low", "rank_high", "of", "first_year", "year"]
    title = f"{first['measure']}, {phrasing.inside(first['about'])}, {_years(first)} ({first['source']})"
    units = dict.fromkeys(("value", "low", "high"), first["unit"])
    return composer.figure("leaders", title, named.select(columns), units, first["indicator"], of=[first["source"]])


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
        unit = registry.indicators()[indicator].measures[measure].unit
        title = f"Share of works by year, {phrasing.inside(composer.scope_label(scope))} ({source})"
        units = dict.fromkeys(columns[3:], unit)
        return [composer.figure("trend", title, table, units, indicator, of=[source])]
    return []


def _find(composer: Composer, ours: pl.DataFrame, everyone: pl.DataFrame, iso3: str) -> None:
    name = composer.name(iso3)
    for row in ours.drop_nulls("rank").iter_rows(named=True):
        words = "In {scope} ({years}), {country} has a {measure} of {value}{interval}, {rank} ({source}{proxy})."
        interval = f" ({phrasing.span(row['low'], row['high'])})" if row["low"] is not None else ""
        composer.find(
            words,
            country=name,
            measure=phrasing.inside(row["measure"]),
            scope=phrasing.inside(row["about"]),
            years=_years(row),
            value=phrasing.percent(row["value"]) if row["unit"].startswith("share") else f"{row['value']:.3g}",
            interval=interval if row["unit"].startswith("share") else "",
            rank=phrasing.rank_of(row["rank"], row["rank_low"], row["rank_high"], row["of"]),
            source=row["source"],
            proxy="; a neighbouring field, not the technology itself" if row["evidence"] == NEIGHBOURING else "",
        )
        _find_ties(composer, row, everyone, iso3)


def _find_ties(composer: Composer, row: dict[str, Any], everyone: pl.DataFrame, iso3: str) -> None:
    """Say with whom the home country is tied: those whose 95 % interval overlaps its own around the same rank."""
    if row["low"] is None or row["rank_low"] is None:
        return
    same = everyone.filter(pl.col(c) == row[c] for c in ("indicator", "measure", "scope", "source"))
    tied = same.filter(pl.col("iso3") != iso3, pl.col("low") <= row["value"], pl.col("high") >= row["value"])
    names = [composer.name(code) for code in tied.sort("rank")["iso3"].head(6)]
    if names:
        words = "By {measure} in {scope}, the data cannot tell {country} from {tied} ({source})."
        composer.find(
            words,
            measure=phrasing.inside(row["measure"]),
            scope=phrasing.inside(row["about"]),
            country=composer.name(iso3),
            tied=phrasing.listed(names),
            source=row["source"],
        )


def _lack(composer: Composer, ours: pl.DataFrame, everyone: pl.DataFrame, iso3: str, technology: Technology) -> None:
    label, name = phrasing.inside(composer.technology_label(technology)), composer.name(iso3)
    if everyone.filter(pl.col("indicator") == "record_output").is_empty():
        words = "No single works on {label} are in this store; fields of science stand in for it where shown."
        composer.lack(words, label=label)
    if ours.filter(pl.col("evidence") == OF_THE_TECHNOLOGY).is_empty():
        composer.lack("Nothing in this store is about {label} in {name} itself.", label=label, name=name)
    have = set(ours.select("indicator", "scope", "source").iter_rows())
    absent: dict[str, list[str]] = {}
    for row in everyone.unique(["indicator", "scope", "source"], maintain_order=True).iter_rows(named=True):
        if (row["indicator"], row["scope"], row["source"]) not in have:
            what = f"{phrasing.inside(row['measure'])} in {phrasing.inside(row['about'])}"
            absent.setdefault(row["source"], []).append(what)
    for source, measures in absent.items():
        composer.lack(
            "{name} is not in {source} on {measures}.", name=name, source=source, measures="; ".join(measures)
        )
    composer.lack("{limits}", limits=technology.limits[composer.language])


def _years(row: dict[str, Any]) -> str:
    return str(row["year"]) if row["first_year"] == row["year"] else f"{row['first_year']}–{row['year']}"
