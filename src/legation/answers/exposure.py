"""Where are we vulnerable? Goods, minerals, knowledge and people that hang on one country, what hurts first on top.

The order is a rule, not a score, and every step of it stands in the table:

1. first by how soon a break would be felt, which is a judgement: supplies, before people, before those who lead the
   field; leaders set terms, but there is nothing of theirs to be cut off;

2. then goods imported for less than 100,000 euro or dollars after all other supplies: they may be samples or remnants;

3. then what hangs on one country for more than half, before the rest: without that country less than half is left;

4. then goods the country imports before minerals that the world has from few, and partners in research before the
   countries that researchers come from;

5. then goods whose imports were concentrated in most of the last years before others;

6. then the larger share, in whole per cent;

7. then the supplier whose UN votes are further away, in tenths of a point; one without votes last.

Rows that are alike in all seven share a place. Shares of imports, of world production and of works are different
things: the rule sets them in an order for reading, it does not say that they weigh the same.
"""

from __future__ import annotations

from dataclasses import replace

import polars as pl

from legation.answer import Answer, Figure
from legation.answers import _exposed, _unexposed
from legation.answers._composing import AS_UNIT_SAYS, Composer
from legation.answers._exposed import FLAG, OWN, POINT, SUPPLIERS, VOTES, WORTH
from legation.answers._largest import label
from legation.constants import FAILURE_LEFT, LEAST_IMPORTS
from legation.language import words
from legation.model import Question, Technology
from legation.phrasing import inside

QUESTION = Question(words=words("Where is {home} vulnerable in {technology}?"))

SOONEST = {"good": 1, "mineral": 1, "partner": 2, "talent": 2, "leader": 3}
WITHIN = ("good", "mineral", "partner", "talent", "leader")
KINDS = {
    "good": words("Good"),
    "mineral": words("Mineral"),
    "partner": words("Partner in research"),
    "talent": words("Researchers who come"),
    "leader": words("Leader of the field"),
}
GOODS_DETAILED, SUPPLIERS_SHOWN = 5, 5
PLACES = ("soon", "trifling", "over_half", "within", "lasting", "percent", "far")
RULE = words(
    "Order: supplies, then people, then leaders of the field, as a break would be felt sooner or later, with goods "
    "imported for less than {least:,.0f} euro or dollars as the last of the supplies; within these what hangs on one "
    "country for more than half; then goods before minerals and partners in research before researchers who come; then "
    "goods whose imports were concentrated in most of the last years; then the larger share; then the more distant "
    "supplier. Equal rows share a place. Shares of different things are put in an order for reading, not weighed "
    "against each other."
)
UNITS = {
    "value": AS_UNIT_SAYS,
    **dict.fromkeys(("low", "high"), words("95 % interval or bounds")),
    "hhi": words("sum of squared shares; 1 = all with one"),
    **dict.fromkeys(("distance", "distance_low", "distance_high"), words("points of the estimated scale")),
    **dict(zip(WORTH, ("EUR", "USD"), strict=True)),
    "own_share": words("share of the world"),
}
SHOWN = [
    "place", "kind", "about", "scope", "iso3", "country", "value", "low", "high", "unit", "format", "hhi",
    "years_concentrated", "years_imported", "distance", "distance_low", "distance_high", *WORTH, "own_share", "source",
    "first_year", "year",
]  # fmt: skip
IF_KNOWN = (
    "hhi", "years_concentrated", "years_imported", "distance", "distance_low", "distance_high", *WORTH, "own_share",
)  # fmt: skip
"""Columns left out where no row has anything in them."""


def ask(composer: Composer, home: str, technology: Technology) -> Answer:
    """What a country depends on others for in a technology.

    Main table `exposure`: one row a good, mineral, partner in research, origin of researchers and leader of the field:
    on whom most hangs, for which share, how concentrated it is on all, in how many of the last years imports were, how
    far away that country votes. Also `conditions` (which conditions of dependence each good meets, as far as they could
    be tested) and `suppliers` (from whom the first goods of the order come).
    """
    everything = _exposed.rows(composer, technology, home)
    exposed = _ordered(everything.filter(pl.col("iso3") != home))
    figures = [_exposure(composer, exposed, home, technology)]
    figures += [*_conditions(composer, exposed, technology, home), *_suppliers(composer, exposed, home)]
    _exposed.find(composer, exposed, home, technology)
    _exposed.find_own(composer, everything.filter(pl.col("iso3") == home), home)
    _unexposed.lack(composer, exposed, home, technology)
    return composer.answer(figures)


def _ordered(rows: pl.DataFrame) -> pl.DataFrame:
    """The rows with their place, by the rule above."""
    within = {kind: number for number, kind in enumerate(WITHIN)}
    told = rows.with_columns(
        soon=pl.col("kind").replace_strict(SOONEST, return_dtype=pl.Int64),
        trifling=(pl.coalesce(WORTH) < LEAST_IMPORTS).fill_null(False),
        over_half=~(pl.col("value") > 1 - FAILURE_LEFT),
        within=pl.col("kind").replace_strict(within, return_dtype=pl.Int64),
        lasting=~pl.col("concentrated").fill_null(False),
        percent=-(pl.col("value") * 100).round(),
        far=-pl.col("distance").round(1),
    ).sort(*PLACES, "about", "source", nulls_last=True)
    new = pl.any_horizontal(pl.col(c).ne_missing(pl.col(c).shift()) for c in PLACES) | (pl.int_range(pl.len()) == 0)
    return told.with_columns(place=pl.when(new).then(pl.int_range(1, pl.len() + 1)).forward_fill()).drop(PLACES)


def _exposure(composer: Composer, exposed: pl.DataFrame, home: str, technology: Technology) -> Figure:
    title = composer.say(
        "What {home} depends on others for in {technology}",
        home=composer.name(home), technology=inside(composer.technology_label(technology)),
    )  # fmt: skip
    kinds = {kind: composer.say(text) for kind, text in KINDS.items()}
    told = exposed.with_columns(kind=pl.col("kind").replace_strict(kinds, return_dtype=pl.String))
    used = exposed["indicator"].unique(maintain_order=True).to_list()
    beside = [i for i, kind in ((FLAG, "good"), (OWN, "mineral")) if kind in exposed["kind"]]
    voted = [VOTES] if exposed["distance"].count() else []
    sources = sorted({*exposed["source"], *(s for i in voted for s in composer.used[i])})
    shown = told.select(c for c in SHOWN if c not in IF_KNOWN or told[c].count())
    units = {column: unit for column, unit in UNITS.items() if column in shown.columns}
    figure = composer.figure("exposure", title, shown, units, *used, *beside, *voted, of=sources)
    return replace(figure, notes=(composer.say(RULE, least=LEAST_IMPORTS),), formats={"own_share": "share"})


def _conditions(composer: Composer, exposed: pl.DataFrame, technology: Technology, home: str) -> list[Figure]:
    """Which conditions of dependence each good meets; empty where they could not be tested."""
    goods = exposed.filter(pl.col("kind") == "good")
    flags = composer.latest(FLAG, where={"iso3": home})
    if goods.is_empty() or flags.is_empty():
        return []
    columns = ["concentrated", "world_exports_concentrated", "imports_above_exports", "dependent"]
    chosen = goods.select("place", "about", "scope", "source").join(
        flags, left_on=["source", "scope"], right_on=["source", "good"], how="inner", maintain_order="left"
    )
    table = chosen.select("place", "about", *columns, "years_tested", "source", "first_year", "year")
    title = composer.say("Conditions of dependence, in at least two of three years")
    figures = [composer.figure("conditions", title, table, {}, FLAG)]
    points = _exposed.points(composer, technology)
    if points.is_empty():
        return figures
    named = points.with_columns(
        about=pl.col("good").map_elements(lambda code: label(composer, code, technology), pl.String),
        country=pl.col("largest_exporter").map_elements(composer.name, pl.String),
    ).sort("left_without", "good")
    shown = ["about", "single_point_of_failure", "left_without", "country", "largest_share", "hhi", "exporters"]
    units = {m: composer.unit(POINT, m) for m in ("left_without", "largest_share", "hhi")}
    title = composer.say("The world's exports of these goods")
    world = named.select(*shown, "source", "first_year", "year")
    return [*figures, composer.figure("world_exports", title, world, units, POINT)]


def _suppliers(composer: Composer, exposed: pl.DataFrame, home: str) -> list[Figure]:
    """From whom the goods come that stand first in the order."""
    goods = exposed.filter(pl.col("kind") == "good").head(GOODS_DETAILED)
    shares = composer.latest(SUPPLIERS, where={"iso3": home})
    if goods.is_empty() or shares.is_empty():
        return []
    found = goods.select("place", "about", "scope", "source").join(
        shares, left_on=["source", "scope"], right_on=["source", "good"], how="inner", maintain_order="left"
    )
    of = ["place", "about", "source"]
    first = found.sort(*of, "supplier_share", "partner_iso3", descending=[False] * 3 + [True, False])
    shown = first.group_by(of, maintain_order=True).head(SUPPLIERS_SHOWN)
    named = shown.select(
        "place", "about", "supplier_share", *(c for c in WORTH if shown[c].count()), "source", "first_year", "year",
        iso3="partner_iso3", country=pl.col("partner_iso3").map_elements(composer.name, pl.String),
    )  # fmt: skip
    table = named.select("place", "about", "iso3", "country", pl.exclude("place", "about", "iso3", "country"))
    units = {m: composer.unit(SUPPLIERS, m) for m in ("supplier_share", *WORTH) if m in table.columns}
    title = composer.say("Suppliers of the first goods")
    return [composer.figure("suppliers", title, table, units, SUPPLIERS)]
