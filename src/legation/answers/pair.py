"""What is between us and them? Collaboration, strengths side by side, citation, mobility, projects, votes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import polars as pl

from legation import phrasing, registry
from legation.answer import Answer, Figure
from legation.answers._between import between
from legation.answers._composing import Composer
from legation.answers._standing import standing
from legation.constants import MIN_ARTICLES
from legation.language import words
from legation.model import Question, Technology
from legation.periods import Cut
from legation.phrasing import OR

OUTPUT = "articles"
TREND = ("salton", "salton")
INTENSITY = "relative_intensity_of_collaboration"
WORDS = {
    INTENSITY: "In {about} ({years}), {there} is {value} times as large a part of {here}'s international works as of "
    "everyone else's ({source}).",
    "works": "In {about} ({years}), {here} and {there} published {value} works together ({source}).",
}
"""Sentences for an indicator or a unit; other measures are told in the plain one."""
MEASURED = "{measure}{of}, {years}: {value} {unit} ({source})."
FLOWS = "researcher_flows"
DISAGREE = (
    "The databases disagree on who gains researchers: on balance more come from {there} to {here} ({gain}), and more "
    "leave for it ({loss}). The direction is not settled."
)
FIELDS = "revealed_comparative_advantage"
STRONG = 0.1
"""Symmetric RCA above which a field is called a strength in words: RCA of 1.22 and more."""


QUESTION = Question(words=words("What is between {home} and {partner} in {technology}?"))


def ask(composer: Composer, home: str, partner: str, technology: Technology) -> Answer:
    """The dossier of two countries in a technology.

    Main table `ties`: every measure between them, with interval where there is one. Also `side_by_side` (both on every
    line of `position`), `fields` (specialisation of both by field of science) and `trend` (collaboration by year).
    """
    here, there = home, partner
    ties = between(composer, here, [technology.id, *technology.fields], partner=there).drop("iso3", "partner_iso3")
    figures = [
        composer.figure("ties", _title(composer, here, there), ties, _units("value", "low", "high"), *_used(ties)),
        _side_by_side(composer, technology, here, there),
        *_fields(composer, here, there),
        *_trend(composer, here, there),
    ]
    _find(composer, ties, figures, technology, here, there)
    _lack(composer, ties, technology, here, there)
    return composer.answer(figures)


def _title(composer: Composer, here: str, there: str) -> str:
    return f"Between {composer.name(here)} and {composer.name(there)}"


def _units(*columns: str) -> dict[str, str]:
    return dict.fromkeys(columns, "as `unit` says")


def _used(frame: pl.DataFrame) -> list[str]:
    return frame["indicator"].unique(maintain_order=True).to_list()


def _side_by_side(composer: Composer, technology: Technology, here: str, there: str) -> Figure:
    everyone = standing(composer, technology)
    key = ["indicator", "measure", "about", "scope", "source", "first_year", "year", "unit", "evidence"]
    both = everyone.filter(pl.col("iso3").is_in([here, there])).drop_nulls("value")
    home = both.filter(pl.col("iso3") == here).select(*key, home="value", home_rank="rank")
    partner = both.filter(pl.col("iso3") == there).select(*key, partner="value", partner_rank="rank")
    table = home.join(partner, on=key, how="full", coalesce=True, maintain_order="left_right")
    title = f"{composer.name(here)} and {composer.name(there)} side by side"
    return composer.figure("side_by_side", title, table, _units("home", "partner"), *_used(both))


def _fields(composer: Composer, here: str, there: str) -> list[Figure]:
    frame = composer.latest(FIELDS, window=5, where={"counting": "fractional"})
    if frame.is_empty():
        return []
    widest = frame.group_by("source").agg(pl.col("scope").n_unique()).sort("scope", "source")["source"][-1]
    frame = frame.filter(pl.col("source") == widest)
    columns = ["source", "first_year", "year", "scope"]
    of = {c: frame.filter(pl.col("iso3") == c) for c in (here, there)}
    home = of[here].select(*columns, home="symmetric_rca")
    partner = of[there].select(*columns, partner="symmetric_rca")
    table = home.join(partner, on=columns, how="inner").sort("partner", "scope", descending=[True, False])
    unit = registry.indicators()[FIELDS].measures["symmetric_rca"].unit
    about = pl.col("scope").map_elements(composer.scope_label, pl.String)
    table = table.with_columns(about=about)
    title = f"Specialisation by field of science ({widest})"
    return [composer.figure("fields", title, table, {"home": unit, "partner": unit}, FIELDS)]


def _trend(composer: Composer, here: str, there: str) -> list[Figure]:
    indicator, measure = TREND
    ours = composer.series(indicator, Cut("all", where=(("iso3", here), ("partner_iso3", there))))
    if ours.is_empty():
        return []
    longest = ours.group_by("source").agg(years=pl.col("year").n_unique()).sort("years", "source")
    if longest.is_empty() or longest["years"][-1] < 5:
        return []
    source = longest["source"][-1]
    table = ours.filter(pl.col("source") == source).select("year", "joint_works", measure).sort("year")
    unit = registry.indicators()[indicator].measures[measure].unit
    title = f"Joint works by year, all fields ({source})"
    return [composer.figure("trend", title, table, {"joint_works": "works", measure: unit}, indicator, of=[source])]


def _find(
    composer: Composer, ties: pl.DataFrame, figures: list[Figure], technology: Technology, here: str, there: str
) -> None:
    told = ties.filter(pl.col("scope").is_in(["all", technology.id]))
    for row in told.sort(pl.col("scope") != technology.id, maintain_order=True).iter_rows(named=True):
        composer.find(
            WORDS.get(row["indicator"], WORDS.get(row["unit"], MEASURED)),
            here=composer.name(here), there=composer.name(there), measure=row["measure"], value=_value(row),
            about=phrasing.inside(row["about"]), of=f", {phrasing.inside(row['about'])}" if row["about"] else "",
            unit=row["unit"].split(";")[0],
            years=row["year"] if row["first_year"] == row["year"] else f"{row['first_year']}–{row['year']}",
            source=row["source"],
        )  # fmt: skip
    _disagreement(composer, ties, here, there)
    fields = next((f.table for f in figures if f.id == "fields"), None)
    if fields is not None and _too_few_articles(composer, here, there):
        words = "Of {few} there are fewer than {least:.0f} articles: nothing is said of what they are specialised in."
        few = [composer.name(country) for country in _too_few_articles(composer, here, there)]
        composer.lack(words, few=composer.say.listed(few), least=MIN_ARTICLES)
    elif fields is not None:
        theirs = fields.filter(pl.col("partner") >= STRONG, pl.col("home") < 0)["scope"].to_list()
        ours = fields.filter(pl.col("home") >= STRONG, pl.col("partner") < 0)["scope"].to_list()
        for strong, weak, scopes in ((there, here, theirs), (here, there, ours)):
            if scopes:
                composer.find(
                    "{strong} is specialised where {weak} is not: {scopes}.",
                    strong=composer.name(strong), weak=composer.name(weak),
                    scopes="; ".join(phrasing.inside(composer.scope_label(scope)) for scope in scopes),
                )  # fmt: skip


def _disagreement(composer: Composer, ties: pl.DataFrame, here: str, there: str) -> None:
    """Say where one database counts more coming than leaving and another the reverse; bounds must lie on one side."""
    label = registry.indicators()[FLOWS].measures["net_arrivals"].label[composer.language]
    balances = ties.filter(pl.col("indicator") == FLOWS, pl.col("measure") == label)
    for _, rows in balances.group_by("scope", maintain_order=True):
        gain, loss = rows.filter(pl.col("low") > 0), rows.filter(pl.col("high") < 0)
        if gain.height and loss.height:
            composer.find(
                DISAGREE, here=composer.name(here), there=composer.name(there),
                gain=_balances(composer, gain), loss=_balances(composer, loss),
            )  # fmt: skip


def _balances(composer: Composer, rows: pl.DataFrame) -> str:
    told = [f"{_value(r)} in {r['source']}, {r['first_year']}–{r['year']}" for r in rows.iter_rows(named=True)]
    return composer.say.listed(told)


def _too_few_articles(composer: Composer, *countries_: str) -> list[str]:
    """Which of the countries have too few articles for their specialisation to be told in words."""
    output = composer.latest("output", "all", window=5, where={"counting": "fractional"})
    enough = set(output.filter(pl.col(OUTPUT) >= MIN_ARTICLES)["iso3"]) if not output.is_empty() else set()
    return [country for country in countries_ if country not in enough]


def _value(row: Mapping[str, Any]) -> str:
    """A value with its interval; bounds where small cells are suppressed; what the ratio 1 means stays in the unit."""
    low, high = row["low"], row["high"]
    if row["value"] is None:
        return f"between {phrasing.number(low)} and {phrasing.number(high)}"
    if low is None or low == row["value"] == high:
        return phrasing.number(row["value"])
    if "bounds" in row["unit"]:
        return f"{phrasing.number(row['value'])} (between {phrasing.number(low)} and {phrasing.number(high)})"
    return f"{phrasing.number(row['value'])} (95 % interval {phrasing.number(low)} to {phrasing.number(high)})"


def _lack(composer: Composer, ties: pl.DataFrame, technology: Technology, here: str, there: str) -> None:
    names = {"here": composer.name(here), "there": composer.name(there)}
    label = phrasing.inside(composer.technology_label(technology))
    have = set(ties["indicator"])
    absent = [
        phrasing.inside(indicator.label[composer.language])
        for indicator in registry.indicators().values()
        if indicator.key == ("iso3", "partner_iso3") and indicator.id not in have and indicator.id in composer.used
    ]
    if absent:
        words = "Between {here} and {there} this store has no {measures}."
        composer.lack(words, measures=composer.say.listed(absent, OR), **names)
    if ties.filter(pl.col("scope") == technology.id).is_empty():
        words = "Nothing on {label} itself joins {here} and {there} in this store: what is shown covers all fields."
        composer.lack(words, label=label, **names)
    composer.lack("{limits}", limits=technology.limits[composer.language])
