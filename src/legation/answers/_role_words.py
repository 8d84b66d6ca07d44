"""What is said of a country's role: whom it stands between, in which role, where it is the only bridge, its place."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import polars as pl

from legation.answers._blocs import Bloc
from legation.answers._composing import Composer
from legation.answers._stakes import left_out
from legation.answers._ties import Ties
from legation.constants import LEIDEN_SEEDS
from legation.language import words
from legation.model import Technology
from legation.phrasing import inside, number, percent

COMPANY_NAMED, PAIRS_NAMED = 6, 3
AGAIN = words("; with ties from {more} joint works on {places}")
AS_ROLE = {
    "coordinator": words("coordinator inside its own bloc"),
    "gatekeeper": words("gatekeeper of its bloc"),
    "liaison": words("liaison between other blocs"),
    "itinerant": words("broker inside another bloc"),
}


def find(
    composer: Composer, network: Ties, own: Ties | None, home: str, technology: Technology, blocs: tuple[Bloc, ...],
    ours: list[dict[str, Any]], tables: Mapping[str, pl.DataFrame],
) -> None:  # fmt: skip
    """Say what the figures hold, from the network down to the community; `ours` is the home country in each setting
    in which it has ties."""
    _find_network(composer, network, own, home, technology)
    _find_brokerage(composer, network, home, ours)
    if ours[0]["brokerage"]:
        _find_roles(composer, network, home, ours, blocs)
        _find_alone(composer, network, home, ours, tables)
        _find_bridges(composer, network, home, tables.get("bridges"))
    _find_positions(composer, network, home, tables["position_in_network"])
    _find_community(composer, home, tables.get("communities"))
    composer.find(
        "What would change it: another number of joint works that make a tie, of which two are shown, and other blocs."
    )


def _find_network(composer: Composer, network: Ties, own: Ties | None, home: str, technology: Technology) -> None:
    told = {"what": network.what, "least": network.settings[0], "home": composer.name(home), "n": network.partners}
    label = inside(composer.technology_label(technology))
    if network is own:
        composer.find(
            "The network is that of {what}: two countries are tied from {least} joint works on, and {home} is tied to "
            "{n}.",
            **told,
        )
    elif own is None and (gathered := left_out(composer, technology)):
        composer.find(
            "The works on {label} in this store ({sources}) were gathered around one country, so that it stands in the "
            "middle of their network. Shown is that of {what}: two countries are tied from {least} joint works on, and "
            "{home} is tied to {n}.",
            **told, label=label, sources=composer.say.listed(gathered),
        )  # fmt: skip
    elif own is None:
        composer.find(
            "There are no joint works by pairs of countries on {label} in this store. The network is that of {what}: "
            "two countries are tied from {least} joint works on, and {home} is tied to {n}.",
            **told, label=label,
        )  # fmt: skip
    else:
        composer.find(
            "In {label}, {home} is tied to {few} countries only ({source}), too few for a place there. The network is "
            "that of {what}: two countries are tied from {least} joint works on, and {home} is tied to {n}.",
            **told, label=label, few=own.partners, source=own.source,
        )  # fmt: skip


def _rank(composer: Composer, row: dict[str, Any], prefix: str = "") -> str:
    rank, low, high = (row[f"{prefix}rank{end}"] for end in ("", "_low", "_high"))
    return composer.say.rank_of(rank, low, high, row["of"])


def _find_brokerage(composer: Composer, network: Ties, home: str, ours: list[dict[str, Any]]) -> None:
    first, second = ours[0], ours[1] if len(ours) > 1 else None
    composer.find(
        "{home} stands between {pairs:,} pairs of countries that are not tied to each other: {rank}.",
        home=composer.name(home), pairs=first["brokerage"], rank=_rank(composer, first, "brokerage_"),
    )  # fmt: skip
    if second is None:
        composer.find("With ties from {more} joint works on, it is tied to nobody.", more=network.settings[1])
    else:
        composer.find(
            "With ties from {more} joint works on, it stands between {pairs:,} such pairs: {rank}.",
            more=network.settings[1], pairs=second["brokerage"], rank=_rank(composer, second, "brokerage_"),
        )  # fmt: skip


def _find_roles(
    composer: Composer, network: Ties, home: str, ours: list[dict[str, Any]], blocs: tuple[Bloc, ...]
) -> None:
    first, second = ours[0], ours[1] if len(ours) > 1 else None
    told = {"home": composer.name(home), "bloc": first["bloc"], **{role: first[role] for role in AS_ROLE}}
    if blocs:
        told["blocs"] = composer.say.listed([one.name for one in blocs])
        if any(first["bloc"] == one.name for one in blocs):
            composer.find(
                "By the blocs {blocs}, {home}, which counts as {bloc}, stands in {coordinator:,} of these pairs inside "
                "its own bloc, in {gatekeeper:,} at its gate, in {liaison:,} between countries of two other blocs or "
                "of none, and in {itinerant:,} inside another bloc.",
                **told,
            )
        else:
            composer.find(
                "By the blocs {blocs}, {home}, which is in none of them, stands in {liaison:,} of these pairs between "
                "countries of two blocs or of none, and in {itinerant:,} inside one bloc.",
                **told,
            )
    else:
        composer.find(
            "By the communities of the network itself, {home}, in {bloc}, stands in {coordinator:,} of these pairs "
            "inside its own, in {gatekeeper:,} at its gate, in {liaison:,} between two others, and in {itinerant:,} "
            "inside another.",
            **told,
        )
    best = min(first[f"{role}_rank"] for role in AS_ROLE if first[role])
    roles = [role for role in AS_ROLE if first[role] and first[f"{role}_rank"] == best]
    again = [(second[f"{role}_rank"], second["of"]) for role in roles] if second else []
    named = [composer.say("{rank} of {of}", rank=rank, of=of) for rank, of in dict.fromkeys(again)]
    places = {"more": network.settings[1], "places": composer.say.listed(named) if named else ""}
    composer.find(
        "Its highest place by role is as {role}: {rank} of {of}{again}. Counts by role have no interval of their own.",
        role=composer.say.listed([composer.say(AS_ROLE[role]) for role in roles]), rank=best, of=first["of"],
        again=composer.say(AGAIN, **places) if named else "",
    )  # fmt: skip


def _find_alone(
    composer: Composer, network: Ties, home: str, ours: list[dict[str, Any]], tables: Mapping[str, pl.DataFrame]
) -> None:
    first, second = ours[0], ours[1] if len(ours) > 1 else None
    counts = {"alone": first["alone"], "more": network.settings[1], "again": second["alone"] if second else 0}
    if not first["alone"]:
        label = composer.label("brokerage_roles", "alone")
        row = (
            tables["roles"]
            .filter(pl.col("ties_from") == network.settings[0], pl.col("role") == label)
            .row(0, named=True)
        )
        told = {"home": composer.name(home), "most": row["most"]}
        if row["most"] is None:
            composer.find("No pair is joined by one country alone.", **told)
        else:
            composer.find("No pair is joined by {home} alone; most are by {most}.", **told)
        return
    pairs = tables["sole_pairs"].filter(pl.col("ties_from") == network.settings[0]).head(PAIRS_NAMED)
    shown = [
        composer.say(
            "between {one} and {other} ({works} joint works on the weaker side)",
            one=composer.name(row["one_iso3"]), other=composer.name(row["other_iso3"]),
            works=row["works_of_weaker_tie"],
        )
        for row in pairs.iter_rows(named=True)
    ]  # fmt: skip
    composer.find(
        "In {alone:,} of them nobody else stands between the two; with ties from {more} joint works on, in {again:,}. "
        "The strongest: {pairs}.",
        **counts, pairs="; ".join(shown),
    )  # fmt: skip


def _find_bridges(composer: Composer, network: Ties, home: str, bridges: pl.DataFrame | None) -> None:
    if bridges is None:
        return
    only = bridges.filter(pl.col("only_bridge") == composer.say("yes"))
    for row in only.iter_rows(named=True):
        composer.find(
            "With ties from {least} joint works on, {home} is the only bridge between {one} and {other}: without it no "
            "country of one is tied to the other, directly or through one other country.",
            least=row["ties_from"], home=composer.name(home), one=row["bloc"], other=row["partner_bloc"],
        )  # fmt: skip
    if only.is_empty():
        composer.find(
            "Between no two blocs is {home} the only bridge, whether ties count from {least} or from {more} joint "
            "works on.",
            home=composer.name(home), least=network.settings[0], more=network.settings[1],
        )  # fmt: skip
    joined = bridges.filter(pl.col("ties_from") == network.settings[0], pl.col("joined") > 0)
    if not joined.is_empty():
        row = joined.sort(-pl.col("joined"), "bloc").row(0, named=True)
        composer.find(
            "It joins most between {one} and {other}: of {pairs:,} pairs of their countries {tied:,} are tied, {home} "
            "joins {joined:,} of the others, {alone:,} of them alone.",
            one=row["bloc"], other=row["partner_bloc"], pairs=row["pairs"], tied=row["tied"], joined=row["joined"],
            alone=row["joined_alone"], home=composer.name(home),
        )  # fmt: skip


def _find_positions(composer: Composer, network: Ties, home: str, positions: pl.DataFrame) -> None:
    at = positions.filter(pl.col("ties_from") == network.settings[0])
    by_name = {row["unit"]: row for row in at.filter(pl.col("indicator") == "network_position").iter_rows(named=True)}
    told = [
        composer.say(
            "{measure} {value} (95 % interval {low} to {high}), {rank}",
            measure=inside(row["measure"]), rank=_rank(composer, row),
            **{end: number(row[end]) for end in ("value", "low", "high")},
        )
        for row in by_name.values()
        if row["measure"] != composer.label("network_position", "brokerage")
    ]  # fmt: skip
    composer.find(
        "In this network {home} has {told}. Of constraint, rank 1 is the least constrained.",
        home=composer.name(home), told="; ".join(told),
    )  # fmt: skip


def _find_community(composer: Composer, home: str, communities: pl.DataFrame | None) -> None:
    if communities is None:
        return
    row = communities.filter(pl.col("iso3") == home).row(0, named=True)
    company = communities.filter(pl.col("community") == row["community"], pl.col("iso3") != home)
    names = [composer.name(iso3) for iso3 in company["iso3"][:COMPANY_NAMED]]
    rest = company.height - len(names)
    if rest > 0:
        names.append(composer.say("{n} more", n=rest))
    told = {"home": composer.name(home), "n": company.height, "runs": LEIDEN_SEEDS}
    told |= {"stability": percent(row["stability"]), "modularity": number(row["modularity"])}
    told |= {"alike": number(row["adjusted_rand"]), "of": communities["community"].n_unique()}
    if not names:
        composer.find("The best of {runs} divisions leaves {home} alone in its community.", **told)
        return
    composer.find(
        "The best of {runs} divisions of the network has {of} communities and puts {home} with {names}. Between two "
        "divisions it keeps {stability} of its company; modularity is {modularity} (0 = the network does not divide), "
        "and the divisions are alike by {alike} (1 = the same).",
        **told, names=composer.say.listed(names),
    )  # fmt: skip


def lack(
    composer: Composer, network: Ties | None, own: Ties | None, home: str, technology: Technology,
    blocs: tuple[Bloc, ...],
) -> None:  # fmt: skip
    """Say what there is no evidence for."""
    name, label = composer.name(home), inside(composer.technology_label(technology))
    if network is None:
        composer.lack("This store has no joint works by pairs of countries: who stands between whom cannot be said.")
    elif not network.partners:
        composer.lack(
            "{name} has no tie of {least} joint works or more in the network of {what}, and so no place there.",
            name=name, least=network.settings[0], what=network.what,
        )  # fmt: skip
    if own is None:
        composer.lack(
            "Works on {label} from the whole world, with the countries of their authors, would supply its network; "
            "this store has none.",
            label=label,
        )
    for one in blocs:
        if one.source is not None:
            composer.lack(
                "Members of {bloc} are those on a list of {year} ({source}): {n} countries.",
                bloc=one.name, year=str(one.year), source=one.source, n=len(one.members),
            )  # fmt: skip
    composer.lack(
        "Citations by country of the citing and the cited side would give the roles a direction; ties of joint works "
        "have none."
    )
    composer.lack("{limits}", limits=technology.limits[composer.language])
