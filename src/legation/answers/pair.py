"""What is between us and them? Joint works against what is usual, complementarity, people, accords, votes, needs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import polars as pl

from legation.answer import Answer, Figure
from legation.answers import _absent, _accords, _beside, _gains, _headroom, _needs, _people, _sites, _supplies
from legation.answers._between import MORE_TIES, TIES, between
from legation.answers._composing import AS_UNIT_SAYS, Composer
from legation.language import words
from legation.model import Question, Technology
from legation.phrasing import inside

QUESTION = Question(words=words("What is between {home} and {partner} in {technology}?"))


@dataclass(frozen=True)
class Between:
    """All there is between two countries in a technology, as tables."""

    ties: pl.DataFrame
    usual: pl.DataFrame
    gains: pl.DataFrame
    bought: pl.DataFrame
    dug: pl.DataFrame
    students: pl.DataFrame
    joined: pl.DataFrame
    signed: pl.DataFrame
    listed: pl.DataFrame


def ask(composer: Composer, home: str, partner: str, technology: Technology) -> Answer:
    """The dossier of two countries in a technology.

    Main table `ties`: every measure between them, with interval where there is one. Also `side_by_side` (both on every
    line of `position`) and, where there is evidence, `expected` (joint works against what is usual), `complementarity`
    (what each could learn, by field), `needs` (what each needs from the other), `fields` (specialisation by field of
    science), `trend` (joint works by year), `students`, `votes`, `agreements`, `supplies`, `minerals`, `institutions`
    and `listed`.
    """
    names = {"here": composer.name(home), "there": composer.name(partner)}
    found = _gather(composer, home, partner, technology)
    needed = _needs.needs(
        composer, home, partner, technology, found.gains, found.bought, found.dug, found.students
    )  # fmt: skip
    figures = _figures(composer, found, needed, technology, home, partner)
    _find(composer, found, figures, technology, names, home, partner)
    _needs.find(composer, needed, home, partner, technology)
    _absent.lack(composer, {f.id: f.table for f in figures}, technology, home, partner)
    return composer.answer(figures)


def _gather(composer: Composer, home: str, partner: str, technology: Technology) -> Between:
    scopes = [technology.id, *technology.fields, _accords.WHOLE_PROGRAMME, *technology.programme_parts]
    both = (composer, home, partner, technology)
    ties = between(composer, home, scopes, (*TIES, *MORE_TIES), partner).drop("iso3", "partner_iso3")
    return Between(
        ties=ties,
        usual=_headroom.headroom(*both, ties),
        gains=_gains.gains(*both),
        bought=_supplies.supplies(*both),
        dug=_supplies.minerals(*both),
        students=_people.students(*both),
        joined=_accords.agreements(*both),
        signed=_sites.organisations(*both),
        listed=_sites.listed(composer, home, partner),
    )


def _figures(
    composer: Composer, found: Between, needed: pl.DataFrame, technology: Technology, home: str, partner: str
) -> list[Figure]:
    title = composer.say("Between {here} and {there}", here=composer.name(home), there=composer.name(partner))
    label = inside(composer.technology_label(technology))
    units = dict.fromkeys(("value", "low", "high"), AS_UNIT_SAYS)
    return [
        composer.figure("ties", title, found.ties, units, *_used(found.ties)),
        *_headroom.figure(composer, found.usual),
        *_gains.figure(composer, found.gains, home),
        *_needs.figure(composer, needed),
        _beside.side_by_side(composer, technology, home, partner),
        *_beside.fields(composer, home, partner),
        *_beside.trend(composer, home, partner),
        *_people.figure(composer, found.students),
        *_accords.votes(composer, home, partner),
        *_accords.figure(composer, found.joined),
        *_supplies.figures(composer, found.bought, found.dug, label),
        *_sites.figures(composer, found.signed, found.listed, label),
    ]


def _used(frame: pl.DataFrame) -> list[str]:
    return frame["indicator"].unique(maintain_order=True).to_list()


def _find(
    composer: Composer, found: Between, figures: Sequence[Figure], technology: Technology, names: Mapping[str, str],
    home: str, partner: str,
) -> None:  # fmt: skip
    """The three sentences that come first, then theme by theme: research, patents, people, accords, organisations."""
    own = not found.usual.filter(pl.col("scope") == technology.id).is_empty()
    by_id = {figure.id: figure for figure in figures}
    _headroom.find_works(composer, _headroom.joint_works(composer, found.usual, found.ties), names, technology)
    _headroom.find_reading(composer, found.usual, technology.id if own else _headroom.WHOLE)
    _gains.find(composer, found.gains, home, partner, technology)
    if own:
        _headroom.find_reading(composer, found.usual, _headroom.WHOLE)
    _beside.find(composer, by_id, found.ties, technology, home, partner)
    _people.find(composer, found.ties, found.students, names)
    _accords.find(composer, found.joined, technology, names)
    _accords.find_shared(composer, found.ties)
    _accords.find_votes(composer, by_id.get("votes"), found.ties)
    _sites.find(composer, found.signed, found.listed, inside(composer.technology_label(technology)))
