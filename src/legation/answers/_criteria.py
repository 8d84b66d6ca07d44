"""The evidence for the criteria of a lens, now or as it stood in a past year: used by `partners` and the back-test."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl

from legation import phrasing, registry
from legation.answers._between import WHOLE
from legation.answers._composing import Composer
from legation.language import words
from legation.model import EvidenceLine, Indicator, Lens, LensCriterion, Technology
from legation.periods import Cut
from legation.ranking import Component

NEARNESS = {
    "technology": ("technology", "capabilities", "patent_technologies", "programme_parts"),
    "neighbouring field": ("fields", "patent_fields"),
    "all fields": ("all",),
}
"""The lists of a technology, from its own evidence outwards."""

INCOME = "income_group"
ALL_FIELDS = WHOLE["scope"]
RANGES = {"share": (0.0, 1.0), "count": (0.0, np.inf), "ratio": (0.0, np.inf)}
"""Ends of the range a measure can have, by its format; others have none."""

STANDS_ON = words("{measure}{about}, {years} ({source})")
AT_LEAST = words("at least {least:,.0f} {stands_on}")
IN_FIELD, NEAR = words(" in {about}"), words(" in {about}, a neighbouring field")


@dataclass(frozen=True)
class Criterion:
    """What partners are compared on, and the evidence it stands on.

    `frame` has a row for each economy with a value (of pairs: each partner of the home country): `iso3`, `value`,
    `low`, `high`, `source`, `first_year`, `year`; `listed` are all the series lists, also without a value.
    """

    name: str
    label: str
    frame: pl.DataFrame
    indicator: str
    measure: str
    stands_on: str
    nearness: str
    declared: LensCriterion
    line: EvidenceLine
    listed: frozenset[str]

    @property
    def joins(self) -> bool:
        """Whether the values are of pairs with the home country."""
        return "partner_iso3" in registry.indicators()[self.indicator].key

    def component(self, candidates: Sequence[str]) -> Component:
        """The values of these economies, for a ranking."""
        rows = pl.DataFrame({"iso3": candidates}, schema={"iso3": pl.String})
        joined = rows.join(self.frame, on="iso3", how="left", maintain_order="left")
        known = joined.with_columns(pl.col(end).fill_null(pl.col("value")) for end in ("low", "high"))
        value, low, high = (known[c].cast(pl.Float64).fill_null(np.nan).to_numpy() for c in ("value", "low", "high"))
        if self.line.complete:
            none = np.array([code not in self.listed for code in candidates], dtype=bool)
            value, low, high = (np.where(none, 0.0, column) for column in (value, low, high))
        measure = registry.indicators()[self.indicator].measures[self.measure]
        least, most = RANGES.get(measure.format, (-np.inf, np.inf))
        told = self.declared
        return Component(self.name, value, low, high, told.weight, told.direction, told.normalisation, least, most)


def collect(
    composer: Composer, lens: Lens, home: str, technology: Technology | None, year: int | None = None
) -> list[Criterion]:
    """The criteria of a lens that have weight and evidence, each on the nearest evidence there is.

    Of the newest period of each series, or of the one that ends in `year`. Without a technology only what is told of
    all fields counts.
    """
    wanted = {name: criterion for name, criterion in lens.criteria.items() if criterion.weight > 0}
    found = (_criterion(composer, name, criterion, home, technology, year) for name, criterion in wanted.items())
    return [criterion for criterion in found if criterion is not None]


@dataclass(frozen=True)
class Field:
    """Who can be ranked under a lens: the `partners`; who is left out because its income group is not known; and on
    what those `admits` lets in stand, in words, if it lets in some only."""

    partners: tuple[str, ...]
    unknown_income: tuple[str, ...] = ()
    admitted_on: str = ""


def field_of(
    composer: Composer, lens: Lens, criteria: Sequence[Criterion], home: str, technology: Technology | None,
    year: int | None = None,
) -> Field:  # fmt: skip
    """Who can be ranked: the economies but the home country that the lens admits, of its income groups, with a row of
    their own on every criterion that is needed and for more than half of the weight. Where nothing tells whom the lens
    admits, it admits all."""
    if not criteria:
        return Field(())
    weighed = pl.concat([c.frame.select("iso3", weight=pl.lit(c.declared.weight)) for c in criteria])
    half = sum(c.declared.weight for c in criteria) / 2
    enough = weighed.group_by("iso3").agg(pl.col("weight").sum()).filter(pl.col("weight") > half)
    others = enough.filter(pl.col("iso3") != home).select("iso3").sort("iso3")
    for needed in (c for c in criteria if c.declared.needed):
        others = others.join(needed.frame, on="iso3", how="semi", maintain_order="left")
    admitted = _first(composer, lens.admits, home, technology, year)
    if admitted is not None:
        others = others.join(admitted.frame, on="iso3", how="semi", maintain_order="left")
    told = _admitted_on(composer, admitted) if admitted is not None else ""
    if not lens.income_groups:
        return Field(tuple(others["iso3"]), (), told)
    groups = composer.series(INCOME, Cut(None, year, latest=year is None))
    if groups.is_empty():
        return Field((), tuple(others["iso3"]), told)
    known = others.join(groups.drop_nulls(INCOME).unique("iso3"), on="iso3", how="left", maintain_order="left")
    within = known.filter(pl.col(INCOME).is_in(lens.income_groups))
    return Field(tuple(within["iso3"]), tuple(known.filter(pl.col(INCOME).is_null())["iso3"]), told)


def _admitted_on(composer: Composer, admitted: _Evidence) -> str:
    least = max(admitted.line.each.values(), default=0)
    return composer.say(AT_LEAST, least=least, stands_on=admitted.stands_on) if least else admitted.stands_on


def best(frame: pl.DataFrame, keys: Sequence[str]) -> pl.DataFrame:
    """The rows of one series: the one over the most years, then of the most rows, then the newest."""
    if frame.is_empty():
        return frame
    span = pl.col("year") - pl.col("first_year")
    series = frame.group_by(keys).agg(span=span.max(), rows=pl.len(), end=pl.col("year").max())
    chosen = series.sort("span", "rows", "end", *keys).tail(1)
    return frame.join(chosen, on=keys, how="semi", nulls_equal=True, maintain_order="left")


@dataclass(frozen=True)
class _Evidence:
    line: EvidenceLine
    nearness: str
    series: pl.DataFrame
    frame: pl.DataFrame
    stands_on: str


def _criterion(
    composer: Composer, name: str, criterion: LensCriterion, home: str, technology: Technology | None, year: int | None
) -> Criterion | None:
    found = _first(composer, criterion.lines, home, technology, year)
    if found is None:
        return None
    return Criterion(
        name=name,
        label=criterion.label[composer.language],
        frame=found.frame,
        indicator=found.line.indicator,
        measure=found.line.measure,
        stands_on=found.stands_on,
        nearness=found.nearness,
        declared=criterion,
        line=found.line,
        listed=frozenset(found.series["iso3"]),
    )


def _first(
    composer: Composer, lines: Sequence[EvidenceLine], home: str, technology: Technology | None, year: int | None
) -> _Evidence | None:
    """The first evidence there is: the nearest, and there in the order of the lines."""
    for nearness, line, kind, scope in _places(lines, technology):
        series = _series(composer, line, kind, scope, home, year)
        frame = series.drop_nulls("value") if not series.is_empty() else series
        if frame.height >= max(line.economies, 1):
            told = _stands_on(composer, line, scope, nearness, frame.row(0, named=True))
            return _Evidence(line, nearness, series, frame, told)
    return None


def _places(
    lines: Sequence[EvidenceLine], technology: Technology | None
) -> Iterator[tuple[str, EvidenceLine, str, str]]:
    for nearness, kinds in NEARNESS.items():
        for line in lines:
            for kind in (k for k in line.scopes if k in kinds):
                yield from ((nearness, line, kind, scope) for scope in _scopes(technology, kind))


def _scopes(technology: Technology | None, kind: str) -> tuple[str, ...]:
    if kind == "all":
        return ("all",)
    if technology is None:
        return ()
    return (technology.id,) if kind == "technology" else tuple(getattr(technology, kind))


def _series(composer: Composer, line: EvidenceLine, kind: str, scope: str, home: str, year: int | None) -> pl.DataFrame:
    """One series of a line: for each economy its value and interval, null where the source has none to give."""
    indicator = registry.indicators()[line.indicator]
    where = dict(line.where) | ({"kind": scope} if kind == "capabilities" else {})
    split = kind != "capabilities" and "scope" in (*indicator.by, *indicator.key)
    cut = Cut(scope if split else None, year, line.window, year is None, tuple(where.items()))
    frame = composer.series(line.indicator, cut)
    if not frame.is_empty():
        frame = frame.filter(~pl.col("source").is_in(line.not_from))
    if frame.is_empty():
        return frame
    keys = [c for c in ("source", "first_year", "year", *indicator.by) if c in frame.columns and c != "scope"]
    keys = list(dict.fromkeys(keys))
    if "partner_iso3" in indicator.key:
        frame = _of_home(frame, line, home)
    chosen = best(frame, keys)
    enough = pl.all_horizontal(pl.lit(True), *(pl.col(c) >= least for c, least in line.each.items()))
    ends = {end: f"{line.measure}_{end}" for end in ("low", "high")}
    known = {end: pl.col(c) if c in chosen.columns else pl.lit(None, pl.Float64) for end, c in ends.items()}
    told = {c: pl.col(c).cast(pl.Int64) for c in ("first_year", "year")}
    return chosen.select(
        "iso3", "source", **told, value=pl.when(enough).then(pl.col(line.measure).cast(pl.Float64)), **known
    ).sort("iso3")


def _of_home(frame: pl.DataFrame, line: EvidenceLine, home: str) -> pl.DataFrame:
    """The rows of the home country, by partner."""
    other = "partner_iso3" if line.home == "iso3" else "iso3"
    ours = frame.filter(pl.col(line.home) == home).drop(line.home)
    return ours.rename({other: "iso3"} if other != "iso3" else {})


def _stands_on(composer: Composer, line: EvidenceLine, scope: str, nearness: str, head: dict[str, object]) -> str:
    indicator: Indicator = registry.indicators()[line.indicator]
    split = {"scope", "kind"} & {*indicator.by, *indicator.key}
    about = composer.say(ALL_FIELDS) if scope == "all" else composer.scope_label(scope)
    near = NEAR if nearness == "neighbouring field" else IN_FIELD
    return composer.say(
        STANDS_ON,
        measure=phrasing.inside(composer.label(line.indicator, line.measure)),
        about=composer.say(near, about=phrasing.inside(about)) if split else "",
        years=phrasing.years(int(str(head["first_year"])), int(str(head["year"]))),
        source=head["source"],
    )
