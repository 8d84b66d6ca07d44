"""What lies between two countries, measure by measure: used by `pair` and `partners`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import polars as pl

from legation import registry
from legation.answers._composing import Composer
from legation.constants import WINDOW_YEARS
from legation.language import words

WHOLE = {"scope": words("All fields"), "issue": words("All roll calls")}
"""How the whole is called, by what an indicator is split by."""

COLUMNS = {
    **dict.fromkeys(("iso3", "partner_iso3", "indicator", "measure", "about", "scope", "source"), pl.String),
    **dict.fromkeys(("first_year", "year"), pl.Int64),
    **dict.fromkeys(("value", "low", "high"), pl.Float64),
    **dict.fromkeys(("unit", "format"), pl.String),
}


@dataclass(frozen=True)
class Tie:
    """An indicator of pairs, the measures to show, the period to add up, and whether to keep to the technology's scope
    and the whole (`about`) or show every split (issues, fields). `undivided` shows the technology's
    own scope alone, of sources that publish more years together than a window has."""

    indicator: str
    measures: tuple[str, ...] = ()
    window: int = 1
    every_split: bool = False
    undivided: bool = False


TIES = (
    Tie("relative_intensity_of_collaboration", window=5),
    Tie("collaboration_index", ("collaboration_index",), window=5),
    Tie("salton", ("joint_works", "salton"), window=5),
    Tie("association_strength", ("works", "association_strength"), undivided=True),
    Tie("relative_citation", ("relative_citation", "relative_citation_back")),
    Tie("researcher_flows", window=5),
    Tie("talent_dependence", ("talent_dependence",), window=5),
    Tie("joint_projects", window=9),
    Tie("ideal_point_distance"),
    Tie("voting_agreement", ("agreement", "agreement_over_mean"), every_split=True),
)
MORE_TIES = (Tie("shared_memberships"),)
"""What `pair` shows beside them."""


def between(
    composer: Composer, home: str, scopes: Sequence[str], ties: Sequence[Tie] = TIES, partner: str | None = None
) -> pl.DataFrame:
    """Every measure between the home country and a partner (or every partner), newest period of each source.

    `scopes` are the technology's own scope, first, and others such as its fields; `all` is always included. Indicators
    of the home country alone give rows without a partner.
    """
    frames = [frame for tie in ties for frame in _one(composer, tie, home, [*scopes, "all"], partner)]
    return pl.concat(frames) if frames else pl.DataFrame(schema=COLUMNS)


def _one(composer: Composer, tie: Tie, home: str, scopes: Sequence[str], partner: str | None) -> Iterator[pl.DataFrame]:
    indicator = registry.indicators()[tie.indicator]
    where = {"iso3": home} | ({"partner_iso3": partner} if partner is not None else {})
    frame = composer.latest(tie.indicator, scopes[0] if tie.undivided else None, tie.window, where)
    if tie.undivided and not frame.is_empty():
        frame = frame.filter(pl.col("year") - pl.col("first_year") >= WINDOW_YEARS)
    if frame.is_empty():
        return
    split = next((c for c in ("scope", "issue", "kind") if c in frame.columns), None)
    if split is not None and not tie.every_split:
        frame = frame.filter(pl.col(split).is_in(list(scopes)))
    scope = pl.col(split) if split else pl.lit("all")
    about = scope.map_elements(composer.scope_label, pl.String)
    about = pl.when(scope == "all").then(pl.lit(composer.say(WHOLE.get(split or "", "")))).otherwise(about)
    for name in tie.measures or [m for m in indicator.measures if not m.endswith(("_low", "_high"))]:
        found = {"value": name, "low": f"{name}_low", "high": f"{name}_high"}
        columns = {side: pl.col(c) for side, c in found.items() if c in frame.columns}
        known = pl.any_horizontal(e.is_not_null() for side, e in columns.items() if side != "high")
        told = {"indicator": tie.indicator, "measure": indicator.measures[name].label[composer.language]}
        told |= {"unit": composer.say(composer.unit(tie.indicator, name)), "format": indicator.measures[name].format}
        columns |= {"about": about, "scope": scope, **{c: pl.lit(text) for c, text in told.items()}}
        who_and_when = ("iso3", "partner_iso3", "source", "first_year", "year")
        columns |= {c: pl.col(c) for c in who_and_when if c in frame.columns}
        yield frame.filter(known).select(
            columns.get(c, pl.lit(None)).cast(kind).alias(c) for c, kind in COLUMNS.items()
        )
