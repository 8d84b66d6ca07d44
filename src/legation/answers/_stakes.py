"""What a coalition can have a share of, on which evidence: used by `coalition` and `role`.

In order: the technology itself before neighbouring fields, and citations before output before capabilities and patents.
Of several series of one kind the one over most years, then the newest, then with most economies; none of a collection
that was gathered around one country, whose shares are not those of the world.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import polars as pl

from legation import registry
from legation.answers._composing import Composer
from legation.errors import NoEvidenceError, unknown
from legation.language import words
from legation.model import Technology
from legation.phrasing import inside, years

MINERAL = "mineral_share"
ONE_COUNTRY = "gathered_around_one_country"
FRACTIONAL = (("counting", "fractional"),)
FAMILIES = (("kind", "international_patent_families"),)
STATISTICS = ("production", "capacity", "reserves")
ABOUT_MINERAL = words("{mineral} ({form})")
NEAR = words("{about}, a neighbouring field")
WHAT = words("{measure} in {about} ({source}, {years})")


@dataclass(frozen=True)
class Line:
    """A share that may be had: what it is called, its indicator and measure, and which list of the technology names
    its scopes. Sources that have the indicator `unless` are left out: it says more of the same."""

    name: str
    indicator: str
    measure: str
    scopes: str
    window: int = 1
    where: tuple[tuple[str, str], ...] = ()
    unless: str = ""

    @property
    def is_near(self) -> bool:
        """Whether it is of a neighbouring field, not of the technology itself."""
        return self.scopes in ("fields", "patent_fields")


LINES = (
    Line("top10", "top10_share", "top10_share", "id"),
    Line("output", "output_share", "output_share", "id", 5, FRACTIONAL, unless="record_output"),
    Line("output", "record_output", "output_share", "id"),
    Line("capability", "capability_share", "capability_share", "capabilities"),
    Line("patents", "patent_share", "patent_share", "id", where=FAMILIES),
    Line("patents", "patent_share", "patent_share", "id"),
    Line("patents", "patent_share", "patent_share", "patent_technologies"),
    Line("top1", "top1_share", "top1_share", "fields", where=FRACTIONAL),
    Line("output", "output_share", "output_share", "fields", 5, FRACTIONAL),
    Line("patents", "patent_share", "patent_share", "patent_fields", where=FAMILIES),
)


@dataclass(frozen=True)
class Stake:
    """A share of the world country by country, with what it is and where it comes from.

    `listed` is the part of the world the countries of the frame have between them, `withheld` how many are listed
    without a quantity. The frame has `iso3`, `value`, `low` and `high`.
    """

    name: str
    indicator: str
    measure: str
    about: str
    source: str
    first_year: int
    year: int
    is_near: bool
    frame: pl.DataFrame
    withheld: int = 0

    @property
    def shares(self) -> dict[str, float]:
        return dict(self.frame.select("iso3", "value").iter_rows())

    @property
    def listed(self) -> float:
        return float(self.frame["value"].sum())

    @property
    def intervals(self) -> dict[str, tuple[float, float]]:
        known = self.frame.drop_nulls(["low", "high"])
        return {iso3: (low, high) for iso3, low, high in known.select("iso3", "low", "high").iter_rows()}

    def what(self, composer: Composer) -> str:
        """What the share is of, in words."""
        about = composer.say(NEAR, about=self.about) if self.is_near else self.about
        span = years(self.first_year, self.year)
        return composer.say(WHAT, measure=inside(self.measure), about=about, source=self.source, years=span)


def stakes(composer: Composer, technology: Technology) -> Iterator[Stake]:
    """The shares this store has evidence for, the best first; one of each name."""
    found: set[str] = set()
    for line in LINES:
        if line.name not in found and (stake := _of_line(composer, line, technology)) is not None:
            found.add(line.name)
            yield stake


def best(composer: Composer, technology: Technology) -> Stake | None:
    """The share on the best evidence there is."""
    return next(stakes(composer, technology), None)


def chosen(composer: Composer, technology: Technology, of: str) -> tuple[Stake | None, list[Stake]]:
    """The share a reader asks for, or the best there is, and the others there are.

    Raises: UserError for what is not known, NoEvidenceError for what this store has no evidence for.
    """
    there = list(stakes(composer, technology))
    wanted = of.strip().casefold()
    if not wanted:
        return (there[0] if there else None), there[1:]
    if wanted in {line.name for line in LINES}:
        found = next((stake for stake in there if stake.name == wanted), None)
        if found is None:
            have = ", ".join([*(stake.name for stake in there), *minerals(composer, technology)])
            raise NoEvidenceError(f"this store has no {wanted} of {technology.id}; it has {have or 'nothing to share'}")
        return found, [stake for stake in there if stake is not found]
    names = minerals(composer, technology)
    if wanted not in names:
        if wanted in technology.minerals:
            raise NoEvidenceError(f"this store lists no quantity of {wanted} by country")
        raise unknown("share", of, [*dict.fromkeys(line.name for line in LINES), *names])
    return _of_mineral(composer, wanted), there


def minerals(composer: Composer, technology: Technology) -> list[str]:
    """The minerals of a technology of which quantities are listed by country."""
    frame = _listed_minerals(composer)
    there = set(frame["mineral"]) if not frame.is_empty() else set()
    return [mineral for mineral in technology.minerals if mineral in there]


def _of_line(composer: Composer, line: Line, technology: Technology) -> Stake | None:
    for scope in _scopes(line, technology):
        split = "kind" if line.scopes == "capabilities" else "scope"
        where = dict(line.where) | ({"kind": scope} if split == "kind" else {})
        frame = composer.latest(line.indicator, scope if split == "scope" else None, line.window, where)
        if frame.is_empty():
            continue
        around_one = [source for source in frame["source"].unique() if is_around_one_country(source)]
        known = composer.without(frame, line.unless, scope).filter(~pl.col("source").is_in(around_one))
        known = known.drop_nulls(line.measure)
        if not known.is_empty():
            return _stake(composer, line, scope, known)
    return None


def is_around_one_country(source: str) -> bool:
    """Whether a source holds what was gathered around one country."""
    return source in registry.sources() and ONE_COUNTRY in registry.sources()[source].caveats


def left_out(composer: Composer, technology: Technology) -> list[str]:
    """Sources of works on a technology that were gathered around one country."""
    works = composer.latest("record_output", technology.id)
    return [] if works.is_empty() else [s for s in works["source"].unique().sort() if is_around_one_country(s)]


def _scopes(line: Line, technology: Technology) -> Iterator[str]:
    listed = getattr(technology, line.scopes)
    yield from (listed,) if isinstance(listed, str) else listed


def _stake(composer: Composer, line: Line, scope: str, frame: pl.DataFrame) -> Stake:
    split = [c for c in ("source", "kind", "first_year", "year") if c in frame.columns]
    each = frame.group_by(split).agg(years=pl.col("year").max() - pl.col("first_year").min(), economies=pl.len())
    best = each.sort("years", "year", "economies", *split).row(-1, named=True)
    same = frame.filter(pl.col(c) == best[c] for c in split)
    ends = {end: f"{line.measure}_{end}" for end in ("low", "high")}
    columns = {end: pl.col(c) if c in same.columns else pl.lit(None, pl.Float64) for end, c in ends.items()}
    return Stake(
        line.name,
        line.indicator,
        registry.indicators()[line.indicator].measures[line.measure].label[composer.language],
        inside(composer.scope_label(scope)),
        best["source"],
        best["first_year"],
        best["year"],
        line.is_near,
        same.select("iso3", value=pl.col(line.measure), **columns).sort("iso3"),
    )


def _listed_minerals(composer: Composer) -> pl.DataFrame:
    frame = composer.latest(MINERAL)
    return frame if frame.is_empty() else frame.filter(pl.col(MINERAL) > 0)


def _of_mineral(composer: Composer, mineral: str) -> Stake:
    """The share of a mineral: of its production, else of capacity or reserves; in the form most countries have."""
    every = composer.latest(MINERAL).filter(pl.col("mineral") == mineral)
    known = _listed_minerals(composer).filter(pl.col("mineral") == mineral)
    order = pl.col("statistic").replace_strict(dict(zip(STATISTICS, range(3), strict=True)), return_dtype=pl.Int64)
    each = known.group_by("statistic", "form", "source", "first_year", "year").agg(countries=pl.len())
    best = each.sort(order, -pl.col("countries").cast(pl.Int64), "form").row(0, named=True)
    of_it = [pl.col(c) == best[c] for c in ("statistic", "form", "source", "first_year", "year")]
    form = composer.scope_label(best["form"]).replace("-", " ")
    label = inside(composer.scope_label(mineral))
    named = (
        label if form.casefold() == mineral.replace("-", " ") else composer.say(ABOUT_MINERAL, mineral=label, form=form)
    )
    return Stake(
        mineral,
        MINERAL,
        registry.indicators()[MINERAL].measures[MINERAL].label[composer.language],
        named,
        best["source"],
        best["first_year"],
        best["year"],
        False,
        known.filter(*of_it).select("iso3", value=MINERAL, low=pl.lit(None, pl.Float64), high=pl.lit(None, pl.Float64)),
        every.filter(*of_it)[MINERAL].null_count(),
    )
