"""What role can we play? Whom we stand between, by blocs; our place in the network; the coalition we could form."""

from __future__ import annotations

from dataclasses import replace

import polars as pl

from legation.answer import Answer, Figure
from legation.answers import _blocs, _brokers, _coalition, _coalition_words, _role_words, _stakes
from legation.answers._blocs import Bloc
from legation.answers._coalition import Wish
from legation.answers._composing import Composer
from legation.answers._place import NO, YES, communities, community_labels, named, positions
from legation.answers._ties import YEARS, Ties, ties
from legation.language import words
from legation.model import Question, Technology
from legation.periods import Cut
from legation.phrasing import inside

PAIRS_SHOWN, COUNTRIES_DRAWN = 100, 26
QUESTION = Question(
    words=words("What role can {home} play in {technology}?"),
    options={
        "bloc": words("a bloc: an organisation such as EU, or NAME=KOR,JPN; the communities found if none is given")
    },
)


def ask(composer: Composer, home: str, technology: Technology, *, bloc: tuple[str, ...] = ()) -> Answer:
    """The brokerage of a country between blocs, its place in the network of joint works, its community, a coalition.

    Main table `roles`: how many pairs of countries it stands between, by Gould and Fernandez's roles without direction,
    with its rank and who is ahead and behind, with ties from two numbers of joint works on. Also `brokers` (the
    strongest and those next to it), `bridges` (between each two blocs: what it joins, what it joins alone),
    `sole_pairs` (the pairs that it alone joins), `position_in_network` (centralities, constraint, effective size, with
    rank and interval), `communities`, `ties` (joint works between the countries of most), and the `coalitions` that
    reach half of the world with their first's `members`.
    """
    network, own = ties(composer, technology, home)
    blocs = _blocs.named(composer, bloc, network.year if network else None)
    figures: list[Figure] = []
    if network is not None and network.partners:
        figures += _network_figures(composer, network, own, home, technology, blocs)
    else:
        empty = pl.DataFrame(schema={"iso3": pl.String, "country": pl.String})
        figures.append(composer.figure("roles", composer.asked, empty, {}))
    figures += _coalition_figures(composer, technology, home)
    _role_words.lack(composer, network, own, home, technology, blocs)
    return composer.answer(figures)


def _network_figures(
    composer: Composer, network: Ties, own: Ties | None, home: str, technology: Technology, blocs: tuple[Bloc, ...]
) -> list[Figure]:
    """The figures of the network, and the sentences they hold."""
    more = {"blocs": ",".join(one.setting for one in blocs)} if blocs else {}
    labels = [{} if blocs else community_labels(network, setting) for setting in (0, 1)]
    all_ranked = [_brokers.ranked(network, setting, more) for setting in (0, 1)]
    figures = [
        _brokers.roles_figure(composer, network, home, all_ranked),
        _brokers.brokers_figure(composer, network, home, all_ranked, labels),
        *_bridges(composer, network, home, more, labels),
        *_sole_pairs(composer, network, home),
        positions(composer, network, home),
        *communities(composer, network, home),
        *_shown_ties(composer, network, home),
    ]
    ours = [
        row
        for frame, label in zip(all_ranked, labels, strict=True)
        for row in frame.filter(pl.col("iso3") == home)
        .with_columns(bloc=named(composer, "bloc", label) if not frame.is_empty() else pl.lit(None))
        .to_dicts()
    ]
    _role_words.find(composer, network, own, home, technology, blocs, ours, {f.id: f.table for f in figures})
    # Communities are of the network itself: the lists of members, which the indicators take too, are not used for them.
    return figures if blocs else [replace(figure, sources=(network.source,)) for figure in figures]


def _bridges(
    composer: Composer, network: Ties, home: str, more: dict[str, str], labels: list[dict[str, str]]
) -> list[Figure]:
    """What the home country joins between each two blocs."""
    parts = [
        frame.filter(pl.col("iso3") == home).with_columns(
            bloc=named(composer, "bloc", labels[setting]),
            partner_bloc=named(composer, "partner_bloc", labels[setting]),
            ties_from=pl.lit(network.settings[setting]),
        )
        for setting in (0, 1)
        if not (frame := network.frame("bloc_bridges", setting, **more)).is_empty()
    ]  # fmt: skip
    if not parts or not (table := pl.concat(parts)).height:
        return []
    only = pl.when(pl.col("only_bridge") == 1).then(pl.lit(composer.say(YES))).otherwise(pl.lit(composer.say(NO)))
    order = ("ties_from", -pl.col("joined_alone"), -pl.col("joined"), "bloc", "partner_bloc")
    table = table.with_columns(only_bridge=only).sort(*order)
    columns = ["ties_from", "bloc", "partner_bloc", "pairs", "tied", "joined", "joined_alone", "joined_by_others"]
    title = composer.say("Between blocs: what {home} joins", home=composer.name(home))
    units = {"ties_from": words("joint works")}
    return [
        composer.figure(
            "bridges", title, table.select(*columns, "only_bridge"), units, "bloc_bridges", of=[network.source]
        )
    ]


def _sole_pairs(composer: Composer, network: Ties, home: str) -> list[Figure]:
    """The pairs that the home country alone joins, those with the strongest ties first."""
    parts = [
        frame.filter(pl.col("iso3") == home).with_columns(ties_from=pl.lit(network.settings[setting]))
        for setting in (0, 1)
        if not (frame := network.frame("sole_bridges", setting)).is_empty()
    ]
    if not parts or not (table := pl.concat(parts)).height:
        return []
    works = ("works_with_one", "works_with_other", "works_of_weaker_tie")
    named = table.sort("ties_from", -pl.col(works[2]), "one_iso3", "other_iso3").select(
        "ties_from", "one_iso3", pl.col("one_iso3").map_elements(composer.name, pl.String).alias("one"), "other_iso3",
        pl.col("other_iso3").map_elements(composer.name, pl.String).alias("other"), *works,
    )  # fmt: skip
    title = composer.say("Pairs of countries that {home} alone joins", home=composer.name(home))
    shown = named.group_by("ties_from", maintain_order=True).head(PAIRS_SHOWN)
    units = {"ties_from": words("joint works")}
    return [composer.figure("sole_pairs", title, shown, units, "sole_bridges", of=[network.source])]


def _shown_ties(composer: Composer, network: Ties, home: str) -> list[Figure]:
    """Joint works between the countries that have most of them, and the home country, where they make a tie."""
    strongest = (
        network.frame("network_centrality", 0).filter(pl.col("degree") > 0).sort("strength", "iso3", descending=True)
    )
    shown = {home, *strongest["iso3"].head(COUNTRIES_DRAWN)}
    every = composer.series("salton", Cut(network.scope, None, YEARS, latest=True, where=(("source", network.source),)))
    if every.is_empty():
        return []
    table = every.filter(
        pl.col("iso3") < pl.col("partner_iso3"), pl.col("iso3").is_in(shown), pl.col("partner_iso3").is_in(shown),
        pl.col("joint_works") >= network.settings[0],
    ).sort(-pl.col("joint_works"), "iso3", "partner_iso3").select(
        one_iso3="iso3", one=pl.col("iso3").map_elements(composer.name, pl.String), other_iso3="partner_iso3",
        other=pl.col("partner_iso3").map_elements(composer.name, pl.String), joint_works="joint_works",
    )  # fmt: skip
    title = composer.say("Between the countries of most ties: {what}", what=network.what)
    units = {"joint_works": words("works")}
    return [composer.figure("ties", title, table, units, "salton", of=[network.source])] if table.height else []


# The coalition


def _coalition_figures(composer: Composer, technology: Technology, home: str) -> list[Figure]:
    """The smallest coalition that reaches half of the world on the best evidence, as `coalition` finds it."""
    stake = _stakes.best(composer, technology)
    if stake is None:
        label = inside(composer.technology_label(technology))
        composer.lack("No coalition is sought: this store has no share of the world in {label}.", label=label)
        return []
    search = _coalition.seek(composer, home, stake, Wish())
    _coalition_words.find_first(composer, search)
    return [_coalition.sets_figure(composer, search), *_coalition.members_figure(composer, search)]
