"""What lies between two countries, measure by measure: used by `pair` and `partners`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import polars as pl

from legation import registry
from legation.answers.composing import Composer

WHOLE = {"scope": "All fields", "issue": "All roll calls"}
"""How the whole is called, by what an indicator is split by."""

COLUMNS = {
    "iso3": pl.String, "partner_iso3": pl.String, "indicator": pl.String, "measure": pl.String, "about": pl.String,
    "scope": pl.String, "source": pl.String, "first_year": pl.Int64, "year": pl.Int64, "value": pl.Float64,
    "low": pl.Float64, "high": pl.Float64, "unit": pl.String,
}  # fmt: skip


@dataclass(frozen=True)
class Tie:
    """An indicator of pairs, the measures to show, the period to add up, and whether to keep to the technology's scope
    and the whole (`about`) or show every split (issues, fields)."""

    indicator: str
    measures: tuple[str, ...] = ()
    window: int = 1
    every_split: bool = False


TIES = (
    Tie("relative_intensity_of_collaboration", window=5),
    Tie("collaboration_index", ("collaboration_index",), window=5),
    Tie("salton", window=5),
    Tie("relative_citation", ("relative_citation", "relative_citation_back")),
    Tie("researcher_flows", window=5),
    Tie("joint_projects", window=7),
    Tie("ideal_point_distance"),
    Tie("voting_agreement", ("agreement", "agreement_over_mean"), every_split=True),
)


def between(
    composer: Composer, home: str, scopes: Sequence[str], ties: Sequence[Tie] = TIES, partner: str | None = None
) -> pl.DataFrame:
    """Every measure between the home country and a partner (or every partner), newest period of each source.

    `scopes` are the technology's own scope and fields; `all` is always included.
    """
    frames = [frame for tie in ties for frame in _one(composer, tie, home, {*scopes, "all"}, partner)]
    return pl.concat(frames) if frames else pl.DataFrame(schema=COLUMNS)


def _one(composer: Composer, tie: Tie, home: str, scopes: set[str], partner: str | None) -> Iterator[pl.DataFrame]:
    indicator = registry.indicators()[tie.indicator]
    frame = composer.latest(tie.indicator, window=tie.window)
    if frame.is_empty():
        return
    frame = frame.filter(pl.col("iso3") == home)
    if partner is not None:
        frame = frame.filter(pl.col("partner_iso3") == partner)
    split = next((c for c in ("scope", "issue", "kind") if c in frame.columns), None)
    if split is not None and not tie.every_split:
        frame = frame.filter(pl.col(split).is_in(list(scopes)))
    scope = pl.col(split) if split else pl.lit("all")
    about = scope.map_elements(composer.scope_label, pl.String)
    about = pl.when(scope == "all").then(pl.lit(WHOLE.get(split or "", ""))).otherwise(about)
    for name in tie.measures or [m for m in indicator.measures if not m.endswith(("_low", "_high"))]:
        measure = indicator.measures[name]
        sides = {s: f"{name}_{s}" for s in ("low", "high")}
        known = [c for c in (name, sides["low"]) if c in frame.columns]
        yield frame.filter(pl.any_horizontal(pl.col(known).is_not_null())).select(
            iso3="iso3", partner_iso3="partner_iso3", indicator=pl.lit(tie.indicator),
            measure=pl.lit(measure.label[composer.language]), about=about, scope=scope, source="source",
            first_year=pl.col("first_year").cast(pl.Int64), year=pl.col("year").cast(pl.Int64),
            value=pl.col(name).cast(pl.Float64),
            **{s: pl.col(c).cast(pl.Float64) if c in frame.columns else pl.lit(None, pl.Float64)
               for s, c in sides.items()},
            unit=pl.lit(measure.unit),
        )  # fmt: skip
