"""The network of joint works a country's role is read from: in the technology where it has ties there, else over all
fields; in two settings of how many joint works make a tie. Used by `role`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import polars as pl

from legation.answers._composing import Composer
from legation.answers._stakes import is_around_one_country
from legation.constants import TIE_WORKS_ALL_FIELDS, TIE_WORKS_TECHNOLOGY
from legation.language import words
from legation.model import Technology
from legation.periods import Cut
from legation.phrasing import inside, years

ALL_FIELDS = "all"
YEARS = 5
LEAST_PARTNERS = 5
"""Countries a country must be tied to in a technology for its place in that network to mean something."""
WHAT = words("joint works in {about}, {years} ({source})")


@dataclass(frozen=True)
class Ties:
    """A network of one source over some years, and the joint works that make a tie in its two settings."""

    composer: Composer
    scope: str
    source: str
    first_year: int
    year: int
    settings: tuple[int, int]
    partners: int
    """How many countries the home country is tied to in the first setting."""

    def frame(self, indicator: str, setting: int, **more: Any) -> pl.DataFrame:
        """An indicator of this network in one of its settings; no rows where nobody is tied."""
        cut = _cut(self.scope, self.settings[setting], self.source, more)
        return self.composer.series(indicator, cut)

    @property
    def what(self) -> str:
        """What the network is of, in words."""
        about = inside(self.composer.scope_label(self.scope))
        span = years(self.first_year, self.year)
        return self.composer.say(WHAT, about=about, years=span, source=self.source)


def ties(composer: Composer, technology: Technology, home: str) -> tuple[Ties | None, Ties | None]:
    """The network to read the role from, and that of the technology, which may be the same, another or none.

    Of several sources the one whose ties hold most joint works; none that was gathered around one country, in whose
    network that country stands in the middle.
    """
    own = _widest(composer, technology.id, home, TIE_WORKS_TECHNOLOGY)
    if own is not None and own.partners >= LEAST_PARTNERS:
        return own, own
    return _widest(composer, ALL_FIELDS, home, TIE_WORKS_ALL_FIELDS), own


def _widest(composer: Composer, scope: str, home: str, settings: tuple[int, int]) -> Ties | None:
    every = composer.series("network_centrality", _cut(scope, settings[0]))
    if every.is_empty():
        return None
    around_one = [source for source in every["source"].unique() if is_around_one_country(source)]
    every = every.filter(~pl.col("source").is_in(around_one))
    works = every.group_by("source").agg(pl.col("strength").sum()).filter(pl.col("strength") > 0)
    if works.is_empty():
        return None
    source = works.sort("strength", "source")["source"][-1]
    frame = every.filter(pl.col("source") == source)
    ours = frame.filter(pl.col("iso3") == home)["degree"]
    row = frame.row(0, named=True)
    return Ties(composer, scope, source, row["first_year"], row["year"], settings, int(ours[0]) if len(ours) else 0)


def _cut(scope: str, works: int, source: str | None = None, more: dict[str, Any] | None = None) -> Cut:
    where = (("source", source),) if source is not None else ()
    return Cut(scope, None, YEARS, latest=True, where=where, settings={"min_works": works, **(more or {})})
