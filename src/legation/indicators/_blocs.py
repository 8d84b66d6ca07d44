"""Which bloc each country of a network belongs to: a community of the network itself, or the blocs somebody names."""

import re

import polars as pl

from legation.constants import LEIDEN_RESOLUTION, LEIDEN_SEEDS
from legation.errors import NoEvidenceError, UserError, unknown
from legation.indicators import _network

COMMUNITIES = "communities"
LISTED = re.compile(r"\s*([^=]+?)\s*=\s*([A-Z]{3}(?:\+[A-Z]{3})*)\s*")
"""A bloc that is given by its members: NAME=KOR+JPN."""
HOW = f"give {COMMUNITIES}, or organisations separated by commas, such as EU,NATO,BRICS; one of your own is A=KOR+JPN"


def blocs_of(whole: _network.Network, memberships: pl.DataFrame, blocs: str) -> tuple[list[str], list[str]]:
    """The bloc of each country, which is the country itself where it is in none; and the blocs there are.

    A country in several belongs to the one named first. Raises: UserError for a bloc that cannot be read or is not
    known, NoEvidenceError where there are no lists of members.
    """
    if blocs.strip() == COMMUNITIES:
        tied = _network.with_ties(whole)
        numbers = _network.best(tied, LEIDEN_SEEDS, LEIDEN_RESOLUTION).tolist()
        bloc = dict(zip(tied.names, map(str, numbers), strict=True))
        return [bloc.get(name, name) for name in whole.names], [str(n) for n in sorted(set(numbers))]
    named = [name.strip() for name in blocs.split(",") if name.strip()]
    if not named:
        raise UserError(f"blocs: {HOW}")
    bloc, labels = {}, []
    for name in named:
        label, members = _listed(name) or (name, _members(memberships, name))
        if label in whole.names and label not in members:
            raise UserError(f"bloc {label!r} is called as a country that is not in it; call it something else")
        labels.append(label)
        for iso3 in members:
            bloc.setdefault(iso3, label)
    return [bloc.get(name, name) for name in whole.names], list(dict.fromkeys(labels))


def _listed(bloc: str) -> tuple[str, list[str]] | None:
    if "=" not in bloc:
        return None
    found = LISTED.fullmatch(bloc)
    if found is None:
        raise UserError(f"bloc {bloc!r} cannot be read; {HOW}")
    return found[1], found[2].split("+")


def _members(memberships: pl.DataFrame, organisation: str) -> list[str]:
    """The members of an organisation on the newest list there is of it."""
    known = memberships["organisation"].unique().to_list()
    if not known:
        raise NoEvidenceError(f"there is no list of members of {organisation} as old as the period")
    if organisation not in known:
        raise unknown("organisation", organisation, known)
    listed = memberships.filter(pl.col("organisation") == organisation)
    if "year" in listed.columns:
        listed = listed.filter(pl.col("year") == pl.col("year").max())
    return listed.filter(pl.col("status") == "member")["iso3"].to_list()
