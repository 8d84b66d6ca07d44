"""Two countries beside each other: on every line of `position`, by field of science, and their joint works by year.

Used by `pair`. A country is called specialised in a field where its symmetric RCA is at least the stricter setting of
`topics_strong` and its whole interval above nought, and not specialised where its whole interval is below.
"""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from legation.answer import Figure
from legation.answers import _gains
from legation.answers._composing import AS_UNIT_SAYS, Composer
from legation.answers._standing import standing
from legation.constants import TOPICS_STRONG, WINDOW_YEARS
from legation.language import words
from legation.model import Technology
from legation.periods import Cut
from legation.phrasing import inside, number, percent, years

FIELDS, CITATION, PATENTS = "revealed_comparative_advantage", "relative_citation", "patent_share"
TREND = ("salton", "salton")
LEAST_YEARS, TREND_YEARS = 5, 10
STRONG = TOPICS_STRONG[1]
ENDS = ("", "_low", "_high")
INTERVAL = words("95 % interval")
STRENGTHS = words("{strong} is specialised where {weak} is not: {scopes} ({source}, {years}).")
GREW = words(
    "Their joint works in all fields went from {first} in {begin} to {last} in {end}, and from {before} to {after} as "
    "a part of what both publish (Salton, 0 to 1; {source})."
)
CITED = words(
    "In {about}, {here} cites {there} {cites} times as much as its size suggests and is cited by it {back} times "
    "({source}, {years})."
)
BOTH_PATENTS = words("Of the patents in {about}, {here} has {ours} and {there} has {theirs} ({source}, {years}).")


def side_by_side(composer: Composer, technology: Technology, here: str, there: str) -> Figure:
    """Both on every line there is evidence for."""
    everyone = standing(composer, technology)
    key = ["indicator", "measure", "about", "scope", "source", "first_year", "year", "unit", "format", "evidence"]
    both = everyone.filter(pl.col("iso3").is_in([here, there])).drop_nulls("value")
    sides = [
        both.filter(pl.col("iso3") == iso3).select(
            *key, pl.col("value").alias(side), *(pl.col(end).alias(f"{side}_{end}") for end in ("low", "high", "rank"))
        )
        for side, iso3 in (("home", here), ("partner", there))
    ]
    table = sides[0].join(sides[1], on=key, how="full", coalesce=True, maintain_order="left_right")
    title = composer.say("{here} and {there} side by side", here=composer.name(here), there=composer.name(there))
    return composer.figure(
        "side_by_side", title, table, _units(AS_UNIT_SAYS), *both["indicator"].unique(maintain_order=True)
    )


def _units(unit: str) -> dict[str, str]:
    """Both sides in one unit, their ends being those of the interval."""
    return {f"{side}{end}": unit if not end else INTERVAL for side in ("home", "partner") for end in ENDS}


def fields(composer: Composer, here: str, there: str) -> list[Figure]:
    """How specialised both are, by field of science, of the source that tells most fields apart."""
    frame = composer.latest(FIELDS, window=5, where={"counting": "fractional"})
    if frame.is_empty():
        return []
    widest = frame.group_by("source").agg(pl.col("scope").n_unique()).sort("scope", "source")["source"][-1]
    key = ["source", "first_year", "year", "scope"]
    sides = [
        frame.filter(pl.col("source") == widest, pl.col("iso3") == iso3).select(
            *key, *(pl.col(f"symmetric_rca{end}").alias(f"{side}{end}") for end in ENDS)
        )
        for side, iso3 in (("home", here), ("partner", there))
    ]
    joined = sides[0].join(sides[1], on=key, how="inner").sort("partner", "scope", descending=[True, False])
    table = joined.with_columns(about=pl.col("scope").map_elements(composer.scope_label, pl.String))
    title = composer.say("Specialisation by field of science ({source})", source=widest)
    return [composer.figure("fields", title, table, _units(composer.unit(FIELDS, "symmetric_rca")), FIELDS)]


def trend(composer: Composer, here: str, there: str) -> list[Figure]:
    """Joint works by year, from the source with most years."""
    indicator, measure = TREND
    pair = {"iso3": here, "partner_iso3": there}
    newest = composer.latest(indicator, window=WINDOW_YEARS, where=pair)
    sources = newest.filter(pl.col("scope") == "all")["source"].to_list() if not newest.is_empty() else []
    cuts = [Cut("all", where=tuple((pair | {"source": source}).items())) for source in sources]
    if not (known := [frame for cut in cuts if not (frame := composer.series(indicator, cut)).is_empty()]):
        return []
    ours = pl.concat(known, how="diagonal_relaxed")
    longest = ours.group_by("source").agg(years=pl.col("year").n_unique()).sort("years", "source")
    if longest["years"][-1] < LEAST_YEARS:
        return []
    source = longest["source"][-1]
    table = ours.filter(pl.col("source") == source).select("year", "joint_works", measure).sort("year")
    title = composer.say("Joint works by year, all fields ({source})", source=source)
    units = {name: composer.unit(indicator, name) for name in ("joint_works", measure)}
    return [composer.figure("trend", title, table, units, indicator, of=[source])]


def find(
    composer: Composer, figures: Mapping[str, Figure], ties: pl.DataFrame, technology: Technology, home: str,
    partner: str,
) -> None:  # fmt: skip
    """Specialisation, joint works by year, citation and patents in words."""
    names = {"here": composer.name(home), "there": composer.name(partner)}
    if "fields" in figures:
        _find_strengths(composer, figures["fields"].table, home, partner)
    if "trend" in figures:
        _find_trend(composer, figures["trend"])
    _find_citation(composer, ties, technology, names)
    rows = figures["side_by_side"].table.filter(pl.col("indicator") == PATENTS).drop_nulls(["home", "partner"])
    for row in rows.iter_rows(named=True):
        ours, theirs = (
            f"{percent(row[side])} ({composer.say.span(row[f'{side}_low'], row[f'{side}_high'])})"
            for side in ("home", "partner")
        )
        composer.find(
            BOTH_PATENTS, about=inside(row["about"]), ours=ours, theirs=theirs, source=row["source"],
            years=years(row["first_year"], row["year"]), **names,
        )  # fmt: skip


def _find_strengths(composer: Composer, table: pl.DataFrame, here: str, there: str) -> None:
    if too_few_articles(composer, here, there):
        return
    for strong, weak, side, other in ((there, here, "partner", "home"), (here, there, "home", "partner")):
        led = table.filter(pl.col(side) >= STRONG, pl.col(f"{side}_low") > 0, pl.col(f"{other}_high") < 0)
        if led.height:
            first = led.sort(side, descending=True).row(0, named=True)
            composer.find(
                STRENGTHS, strong=composer.name(strong), weak=composer.name(weak), source=first["source"],
                scopes="; ".join(inside(about) for about in led.sort(side, descending=True)["about"]),
                years=years(first["first_year"], first["year"]),
            )  # fmt: skip


def too_few_articles(composer: Composer, *countries: str) -> list[str]:
    """Which of the countries have too few articles for their specialisation to be told in words."""
    # Every country with at least `min_articles` articles has a density.
    told = composer.latest(_gains.DENSITIES[_gains.FIELD], window=5, where={"counting": "fractional"})
    enough = set(told["iso3"]) if not told.is_empty() else set()
    return [country for country in countries if country not in enough]


def _find_trend(composer: Composer, figure: Figure) -> None:
    """Joint works now and so many years ago, where the source's years may be compared."""
    source, table = figure.sources[0], figure.table
    end = int(table["year"][-1])
    before = table.filter(pl.col("year") == end - TREND_YEARS)
    if not before.height or not composer.comparable(source):
        return
    first, last = before.row(0, named=True), table.row(-1, named=True)
    composer.find(
        GREW, first=number(first["joint_works"]), begin=first["year"], last=number(last["joint_works"]), end=end,
        before=number(first["salton"]), after=number(last["salton"]), source=source,
    )  # fmt: skip


def _find_citation(composer: Composer, ties: pl.DataFrame, technology: Technology, names: Mapping[str, str]) -> None:
    """Citation each way in the fields that stand in for the technology."""
    cited = ties.filter(pl.col("indicator") == CITATION, pl.col("scope").is_in(technology.fields))
    labels = {composer.label(CITATION, name): name for name in (CITATION, f"{CITATION}_back")}
    for (about, source, year), rows in cited.group_by("about", "source", "year", maintain_order=True):
        found = {labels[row["measure"]]: row["value"] for row in rows.iter_rows(named=True) if row["measure"] in labels}
        if len(found) == len(labels):
            composer.find(
                CITED, about=inside(str(about)), cites=number(found[CITATION]), back=number(found[f"{CITATION}_back"]),
                source=source, years=year, **names,
            )  # fmt: skip
