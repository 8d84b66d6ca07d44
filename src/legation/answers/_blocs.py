"""Blocs as a reader names them: an organisation or arrangement of the store, or a name with its members."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl

from legation import countries
from legation.answers._composing import Composer
from legation.beside import in_use
from legation.errors import NoEvidenceError, UserError, unknown

MEMBERSHIPS = "memberships_held"
NOT_IN_A_NAME = set(",=+")
HOW = "give an organisation such as EU, or a name with its members: NAME=KOR,JPN"


@dataclass(frozen=True)
class Bloc:
    """A bloc and its members; where these come from a list, its source and year."""

    name: str
    members: tuple[str, ...]
    source: str | None = None
    year: int | None = None

    @property
    def setting(self) -> str:
        """As the indicators take it: the organisation, whose list they take as of their own years, or the members."""
        return self.name if self.source else f"{self.name}={'+'.join(self.members)}"


def named(composer: Composer, given: Sequence[str], year: int | None = None) -> tuple[Bloc, ...]:
    """The blocs a reader names, by the newest lists up to a year; the first of those with the same name.

    Raises: UserError for a bloc that cannot be read, an unknown organisation (naming the nearest) or country;
    NoEvidenceError for an organisation without a list that old.
    """
    found: dict[str, Bloc] = {}
    for text in given:
        for one in [text] if "=" in text else text.split(","):
            bloc = _own(one) if "=" in one else _declared(one.strip()) or _organisation(composer, one.strip(), year)
            found.setdefault(bloc.name, bloc)
    return tuple(found.values())


def _own(given: str) -> Bloc:
    name, _, listed = given.partition("=")
    members = tuple(dict.fromkeys(countries.resolve(one) for one in listed.split(",") if one.strip()))
    if not name.strip() or NOT_IN_A_NAME & set(name) or not members:
        raise UserError(f"bloc {given!r} cannot be read; {HOW}")
    if name.strip() in countries.all_iso3() and name.strip() not in members:
        raise UserError(f"bloc {name.strip()!r} is called as a country that is not in it; call it something else")
    return Bloc(name.strip(), members)


def _declared(given: str) -> Bloc | None:
    """A bloc of somebody's own folder of declarations."""
    known = {name.casefold(): name for name in in_use().blocs}
    name = known.get(given.casefold())
    return None if name is None else Bloc(name, in_use().blocs[name])


def _organisation(composer: Composer, given: str, year: int | None) -> Bloc:
    held = composer.series(MEMBERSHIPS)
    known = held["organisation"].unique().to_list() if not held.is_empty() else []
    name = {one.casefold(): one for one in known}.get(given.casefold())
    if name is None:
        raise unknown("bloc", given, [*known, *in_use().blocs], HOW)
    listed = held.filter(pl.col("organisation") == name, pl.col("year") <= (year or pl.col("year").max()))
    if listed.is_empty():
        raise NoEvidenceError(f"the oldest list of the members of {name} is younger than {year}")
    newest = listed.filter(pl.col("year") == pl.col("year").max(), pl.col("full_member"))
    if newest.is_empty():
        raise NoEvidenceError(f"no full members of {name} are listed; {HOW}")
    return Bloc(name, tuple(newest["iso3"].unique().sort()), newest["source"][0], int(newest["year"][0]))
