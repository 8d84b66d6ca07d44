"""Who stands between whom: Gould and Fernandez's roles of the home country, and of others beside it. Used by `role`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import polars as pl

from legation.answer import Figure
from legation.answers._composing import Composer
from legation.answers._place import named
from legation.answers._ties import Ties
from legation.language import words

INDICATOR, PLACES = "brokerage_roles", "network_position"
ROLES = ("coordinator", "gatekeeper", "liaison", "itinerant")
COUNTS = ("brokerage", *ROLES, "alone")
STRONGEST, AROUND, NEIGHBOURS = 3, 2, 3
JOINT_WORKS = words("joint works")
PAIRS = words("pairs of countries not tied to each other")
ROLES_ARE = words(
    "A pair counts where the two countries are not tied to each other, but both to the one between them. Coordinator: "
    "all three of one bloc; gatekeeper: it and one of the two of one bloc; liaison: three blocs; itinerant broker: the "
    "two of one bloc, it of another. A country in several blocs belongs to the one named first; one in none is a bloc "
    "of its own. Ties of joint works have no direction."
)


def ranked(network: Ties, setting: int, more: Mapping[str, str]) -> pl.DataFrame:
    """Every country with ties in a setting: pairs by role, and ranks; the one by all pairs with an interval."""
    counts = network.frame(INDICATOR, setting, **more)
    places = network.frame(PLACES, setting)
    if counts.is_empty() or places.is_empty():
        return pl.DataFrame(schema={"iso3": pl.String})
    columns = {f"brokerage_rank{end}": f"brokerage_rank{end}" for end in ("", "_low", "_high")} | {"of": "tied"}
    ranks = [pl.col(c).rank("min", descending=True).cast(pl.Int64).alias(f"{c}_rank") for c in COUNTS[1:]]
    together = counts.join(places.select("iso3", **columns), on="iso3", how="inner").with_columns(*ranks)
    return together.with_columns(ties_from=pl.lit(network.settings[setting])).sort("brokerage_rank", "iso3")


def roles_figure(composer: Composer, network: Ties, home: str, all_ranked: Sequence[pl.DataFrame]) -> Figure:
    """The home country by role in each setting: pairs, rank, who has most, who is just ahead and behind."""
    rows = [
        row
        for frame in all_ranked
        if not frame.is_empty()
        for ours in frame.filter(pl.col("iso3") == home).iter_rows(named=True)
        for row in (_row(composer, frame, ours, name) for name in COUNTS)
    ]
    kinds = {"ties_from": pl.Int64, "role": pl.String, "pairs": pl.Int64}
    kinds |= dict.fromkeys(("rank", "rank_low", "rank_high", "of"), pl.Int64)
    kinds |= dict.fromkeys(("most", "ahead", "behind"), pl.String)
    title = composer.say("{home} between other countries: {what}", home=composer.name(home), what=network.what)
    units = {"ties_from": JOINT_WORKS, "pairs": PAIRS, "of": words("countries with ties")}
    table = pl.DataFrame(rows, schema=kinds, orient="row")
    figure = composer.figure("roles", title, table, units, INDICATOR, PLACES, of=[network.source])
    return replace(figure, notes=(composer.say(ROLES_ARE),))


def _row(composer: Composer, frame: pl.DataFrame, ours: dict[str, Any], name: str) -> tuple[object, ...]:
    """One role: all pairs and those nobody else joins stand beside the four."""
    ends = (ours["brokerage_rank_low"], ours["brokerage_rank_high"]) if name == "brokerage" else (None, None)
    others = frame.filter(pl.col("iso3") != ours["iso3"])
    most = others.filter(pl.col(name) == pl.col(name).max(), pl.col(name) > 0)
    ahead = others.filter(pl.col(name) > ours[name])
    behind = others.filter(pl.col(name) < ours[name])
    beside = (most, ahead.filter(pl.col(name) == pl.col(name).min()), behind.filter(pl.col(name) == pl.col(name).max()))
    return (
        ours["ties_from"], composer.label(INDICATOR, name), ours[name], ours[f"{name}_rank"], *ends, ours["of"],
        *(_beside(composer, part, name) for part in beside),
    )  # fmt: skip


def _beside(composer: Composer, part: pl.DataFrame, name: str) -> str | None:
    """Countries with the same count; of many the first, and how many more."""
    if part.is_empty():
        return None
    names = [composer.name(iso3) for iso3 in part.sort("iso3")["iso3"][:NEIGHBOURS]]
    rest = part.height - len(names)
    listed = composer.say.listed([*names, composer.say("{n} more", n=rest)] if rest else names)
    return f"{listed} ({part[name][0]:,})"


def brokers_figure(
    composer: Composer, network: Ties, home: str, all_ranked: Sequence[pl.DataFrame], labels: Sequence[dict[str, str]]
) -> Figure:
    """The strongest brokers, the home country, and those next to it in rank, in each setting."""
    parts = [
        _shown(frame, home).with_columns(bloc=named(composer, "bloc", labels[setting]))
        for setting, frame in enumerate(all_ranked)
        if not frame.is_empty()
    ]
    table = pl.concat(parts).with_columns(country=pl.col("iso3").map_elements(composer.name, pl.String))
    columns = ["ties_from", "iso3", "country", "bloc", *COUNTS]
    title = composer.say("The strongest brokers, and those next to {home}", home=composer.name(home))
    return composer.figure(
        "brokers", title, table.select(columns), {"ties_from": JOINT_WORKS}, INDICATOR, of=[network.source]
    )


def _shown(frame: pl.DataFrame, home: str) -> pl.DataFrame:
    at = next((i for i, iso3 in enumerate(frame["iso3"]) if iso3 == home), None)
    around = range(at - AROUND, at + AROUND + 1) if at is not None else ()
    return frame.filter(pl.int_range(pl.len()).is_in(sorted({*range(STRONGEST), *around})))
