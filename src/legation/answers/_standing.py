"""Where countries stand in a technology, indicator by indicator: used by `position`, `pair` and `partners`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import polars as pl

from legation import registry
from legation.answers._composing import Composer
from legation.language import words
from legation.model import Technology
from legation.phrasing import inside

OF_THE_TECHNOLOGY = "technology"
NEIGHBOURING = "neighbouring field"
OF_A_KIND = words("{about}, {kind}")

COLUMNS = {
    **dict.fromkeys(("iso3", "indicator", "measure", "about", "scope", "source"), pl.String),
    **dict.fromkeys(("value", "low", "high"), pl.Float64),
    **dict.fromkeys(("unit", "format"), pl.String),
    **dict.fromkeys(("rank", "rank_low", "rank_high"), pl.Float64),
    **dict.fromkeys(("of", "first_year", "year"), pl.Int64),
    "evidence": pl.String,
}


@dataclass(frozen=True)
class Line:
    """A measure to show, and which list of the technology names its scopes (`id`: the technology itself). Sources that
    have the indicator `unless` are left out: it says more of the same."""

    indicator: str
    measure: str
    scopes: str
    window: int = 1
    only: dict[str, str] = field(default_factory=dict)
    unless: str = ""

    @property
    def evidence(self) -> str:
        return NEIGHBOURING if self.scopes in ("fields", "patent_fields") else OF_THE_TECHNOLOGY


FRACTIONAL = {"counting": "fractional"}
LINES = (
    Line("output_share", "output_share", "id", window=5, only=FRACTIONAL, unless="record_output"),
    Line("record_output", "output_share", "id"),
    Line("top10_share", "top10_share", "id"),
    Line("top10_share", "pp_top10", "id"),
    Line("capability_share", "capability_share", "capabilities"),
    Line("patent_share", "patent_share", "id"),
    Line("patent_share", "patent_share", "patent_technologies"),
    Line("patent_share", "patent_share", "patent_fields"),
    Line("patent_rca", "symmetric_rca", "patent_fields"),
    Line("output_share", "output_share", "fields", window=5, only=FRACTIONAL),
    Line("top1_share", "top1_percent", "fields", only=FRACTIONAL),
    Line("top1_share", "top1_share", "fields", only=FRACTIONAL),
    Line("revealed_comparative_advantage", "symmetric_rca", "fields", window=5, only=FRACTIONAL),
)


def standing(composer: Composer, technology: Technology, lines: Sequence[Line] = LINES) -> pl.DataFrame:
    """Every country on every line there is evidence for: value, interval, rank with interval, how many are ranked."""
    frames = [frame for line in lines for scope in _scopes(line, technology) for frame in _one(composer, line, scope)]
    if not frames:
        return pl.DataFrame(schema=COLUMNS)
    # A scope may stand in several lists of the technology: the first list that names it counts.
    same = ["iso3", "indicator", "measure", "about", "scope", "source", "first_year", "year"]
    return pl.concat(frames).unique(same, keep="first", maintain_order=True)


def _scopes(line: Line, technology: Technology) -> tuple[str, ...]:
    named = getattr(technology, line.scopes)
    return (named,) if isinstance(named, str) else named


def _one(composer: Composer, line: Line, scope: str) -> Iterator[pl.DataFrame]:
    indicator = registry.indicators()[line.indicator]
    split = "kind" if line.scopes == "capabilities" else "scope"
    where = line.only | ({"kind": scope} if split == "kind" else {})
    frame = composer.latest(line.indicator, scope if split == "scope" else None, line.window, where)
    if frame.is_empty():
        return
    frame = composer.without(frame, line.unless, scope).drop_nulls(line.measure)
    if frame.is_empty():
        return
    main = line.measure == next(iter(indicator.measures))
    measure = indicator.measures[line.measure]
    found = {"value": line.measure, "low": f"{line.measure}_low", "high": f"{line.measure}_high"}
    found |= {rank: rank for rank in ("rank", "rank_low", "rank_high") if main}
    unit = composer.say(composer.unit(line.indicator, line.measure))
    told = {
        "indicator": line.indicator, "measure": measure.label[composer.language], "about": composer.scope_label(scope),
        "scope": scope, "unit": unit, "format": measure.format,
        "evidence": line.evidence,
    }  # fmt: skip
    columns = {name: pl.lit(text) for name, text in told.items()}
    columns |= {name: pl.col(c) for name, c in found.items() if c in frame.columns}
    if "kind" in frame.columns and split != "kind":
        # Two kinds of the same thing (families of patents, patents of one office) are lines of their own.
        kinds = {
            kind: composer.say(OF_A_KIND, about=composer.scope_label(scope), kind=inside(composer.scope_label(kind)))
            for kind in frame["kind"].unique()
        }
        columns["about"] = pl.col("kind").replace_strict(kinds, return_dtype=pl.String)
    columns |= {
        "of": pl.len().over("source", *(c for c in ("kind",) if c in frame.columns), "year"),
        **{c: pl.col(c) for c in ("iso3", "source", "first_year", "year")},
    }
    yield frame.select(columns.get(name, pl.lit(None)).cast(kind).alias(name) for name, kind in COLUMNS.items())
