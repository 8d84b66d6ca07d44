"""A country's place in a network: its centralities with rank and interval, and its community. Used by `role`."""

from __future__ import annotations

import polars as pl

from legation import registry
from legation.answer import Figure
from legation.answers._composing import AS_UNIT_SAYS, Composer
from legation.answers._ties import Ties
from legation.language import words

POSITIONS = ("brokerage", "betweenness", "constraint", "effective_size")
CENTRALITIES = ("degree", "strength", "closeness", "pagerank")
INTERVAL = words("95 % interval")
COMMUNITY = words("community {number}")
YES, NO = words("yes"), words("no")


def positions(composer: Composer, network: Ties, home: str) -> Figure:
    """Each measure of the home country in both settings: value, interval, rank with interval."""
    rows = [
        row
        for setting in (0, 1)
        for row in (
            *(_position(composer, network, home, setting, name) for name in POSITIONS),
            *(_centrality(composer, network, home, setting, name) for name in CENTRALITIES),
        )
        if row is not None
    ]
    texts, numbers = ("indicator", "measure"), ("value", "low", "high")
    kinds = {"ties_from": pl.Int64, **dict.fromkeys(texts, pl.String), **dict.fromkeys(numbers, pl.Float64)}
    kinds |= {
        "unit": pl.String,
        "format": pl.String,
        **dict.fromkeys(("rank", "rank_low", "rank_high", "of"), pl.Int64),
    }
    table = pl.DataFrame(rows, schema=kinds, orient="row").with_columns(
        source=pl.lit(network.source), first_year=pl.lit(network.first_year), year=pl.lit(network.year)
    )
    title = composer.say("{home} in the network of {what}", home=composer.name(home), what=network.what)
    units = {"value": AS_UNIT_SAYS, "low": INTERVAL, "high": INTERVAL, "ties_from": words("joint works")}
    units["of"] = words("countries with ties")
    used = ("network_position", "network_centrality")
    return composer.figure("position_in_network", title, table, units, *used, of=[network.source])


def _position(composer: Composer, network: Ties, home: str, setting: int, name: str) -> tuple[object, ...] | None:
    frame = network.frame("network_position", setting).filter(pl.col("iso3") == home)
    if frame.is_empty():
        return None
    row = frame.row(0, named=True)
    ranks = (row[f"{name}_rank{end}"] for end in ("", "_low", "_high"))
    told = _told(composer, "network_position", name)
    return (
        network.settings[setting], *told[:2], row[name], row[f"{name}_low"], row[f"{name}_high"], *told[2:], *ranks,
        row["tied"],
    )  # fmt: skip


def _centrality(composer: Composer, network: Ties, home: str, setting: int, name: str) -> tuple[object, ...] | None:
    frame = network.frame("network_centrality", setting).filter(pl.col("degree") > 0)
    ranked = frame.with_columns(rank=pl.col(name).rank("min", descending=True).cast(pl.Int64))
    ours = ranked.filter(pl.col("iso3") == home)
    if ours.is_empty():
        return None
    row, told = ours.row(0, named=True), _told(composer, "network_centrality", name)
    return (
        network.settings[setting],
        *told[:2],
        row[name],
        None,
        None,
        *told[2:],
        row["rank"],
        None,
        None,
        frame.height,
    )


def _told(composer: Composer, indicator: str, name: str) -> tuple[str, str, str, str]:
    measure = registry.indicators()[indicator].measures[name]
    return indicator, measure.label[composer.language], composer.say(measure.unit), measure.format


def community_labels(network: Ties, setting: int) -> dict[str, str]:
    """Each community of a setting by its number, with its countries of most joint works."""
    composer = network.composer
    found = _with_strength(network, setting)
    labels = {}
    for (number,), part in found.group_by("community", maintain_order=True):
        names = [composer.name(iso3) for iso3 in part["iso3"][:3]]
        more = " …" if part.height > len(names) else ""
        labels[str(number)] = f"{composer.say(COMMUNITY, number=number)} ({', '.join(names)}{more})"
    return labels


def _with_strength(network: Ties, setting: int = 0) -> pl.DataFrame:
    """Countries by community, those with most joint works first."""
    found, works = network.frame("communities", setting), network.frame("network_centrality", setting)
    if found.is_empty() or works.is_empty():
        return pl.DataFrame(schema={"community": pl.Int64, "iso3": pl.String, "strength": pl.Int64})
    return found.join(works.select("iso3", "strength"), on="iso3").sort("community", -pl.col("strength"), "iso3")


def communities(composer: Composer, network: Ties, home: str) -> list[Figure]:
    found = _with_strength(network)
    ours = found.filter(pl.col("iso3") == home)["community"]
    if not len(ours):
        return []
    table = found.with_columns(
        country=pl.col("iso3").map_elements(composer.name, pl.String),
        ours=pl.when(pl.col("community") == ours[0])
        .then(pl.lit(composer.say(YES)))
        .otherwise(pl.lit(composer.say(NO))),
    ).sort(pl.col("community") != ours[0], "community", -pl.col("strength"), "iso3")
    columns = ["community", "ours", "iso3", "country", "strength", "stability", "modularity", "adjusted_rand"]
    title = composer.say("Communities of {what}", what=network.what)
    measures = registry.indicators()["communities"].measures
    units = {name: measures[name].unit for name in ("stability", "modularity", "adjusted_rand")}
    units |= {"strength": words("joint works"), "ours": words("with the home country")}
    used = ("communities", "network_centrality")
    return [composer.figure("communities", title, table.select(columns), units, *used, of=[network.source])]


def named(composer: Composer, column: str, labels: dict[str, str]) -> pl.Expr:
    """A bloc in words: a community by its label, a country in none by its name, an organisation as it is."""

    def told(bloc: str) -> str:
        return labels.get(bloc) or (composer.name(bloc) if len(bloc) == 3 and bloc.isupper() else bloc)

    return pl.col(column).map_elements(told, pl.String)
