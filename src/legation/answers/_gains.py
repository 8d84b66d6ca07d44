"""What each of two countries could learn from the other, field by field, from articles and patents: used by `pair`.

A field counts where the partner is specialised in it and leads, both throughout the interval, and something is near.
Fields that stand in for the technology come before others.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import polars as pl

from legation import registry
from legation.answer import Figure
from legation.answers._composing import Composer
from legation.language import words
from legation.model import Technology
from legation.phrasing import inside, number, years

FIELD, PATENT = "complementarity_by_field", "patent_complementarity"
DENSITIES = {FIELD: "relatedness_density", PATENT: "patent_relatedness_density"}
LEVELS = {FIELD: words("field of science"), PATENT: words("patent class")}
CUTS: dict[str, tuple[int, dict[str, str]]] = {
    FIELD: (5, {"counting": "fractional"}),
    PATENT: (1, {"kind": "international_patent_families"}),
}
MEASURES = tuple(
    f"{m}{end}"
    for m in ("gain", "lead", "density", "symmetric_rca", "partner_symmetric_rca")
    for end in ("", "_low", "_high")
)
SCHEMA = {
    **dict.fromkeys(("indicator", "iso3", "partner_iso3", "scope", "about"), pl.String),
    "stands_in": pl.Boolean,
    **dict.fromkeys(MEASURES, pl.Float64),
    "source": pl.String,
    **dict.fromkeys(("first_year", "year"), pl.Int64),
}
STANDS_IN, ELSEWHERE = words("stands in for the technology"), words("another field")
DIRECTION = words("{needy} from {giver}")
LEARN = words(
    "What {here} could learn most from {there}: {theirs}. The other way, {there} from {here}: {ours}. {caveat}"
)
ITEM = words(
    "{about} ({level}; specialisation {giver} against {needy} on a scale from -1 to 1, nearness {density} of "
    "1{outside}; {source}, {years})"
)
OUTSIDE = words("; not a field that stands in for {technology}")
CAVEAT = "specialisation_is_not_strength"
NOTHING = words("nothing beyond chance")


def gains(composer: Composer, home: str, partner: str, technology: Technology) -> pl.DataFrame:
    """Fields in which the partner leads, in both directions: `iso3` could learn from `partner_iso3`. Fields that stand
    in for the technology first, then what could be gained most."""
    frames = [frame for indicator in LEVELS for frame in _of(composer, indicator, home, partner)]
    if not frames:
        return pl.DataFrame(schema=SCHEMA)
    lists = {FIELD: technology.fields, PATENT: technology.patent_fields}
    stands_in = pl.any_horizontal(
        (pl.col("indicator") == indicator) & pl.col("scope").is_in(scopes) for indicator, scopes in lists.items()
    )
    about = pl.col("scope").map_elements(composer.scope_label, pl.String)
    told = pl.concat(frames).with_columns(about=about, stands_in=stands_in)
    order = {"stands_in": True, "gain": True, "about": False}
    return told.sort(list(order), descending=list(order.values())).select(
        pl.col(c).cast(kind) for c, kind in SCHEMA.items()
    )


def _of(composer: Composer, indicator: str, home: str, partner: str) -> Iterator[pl.DataFrame]:
    """Fields in which the partner leads or may lead, both directions."""
    for needy, giver in ((home, partner), (partner, home)):
        for frame in both(composer, indicator, needy, giver):
            led = frame.filter(pl.col("gain_high") > 0).with_columns(indicator=pl.lit(indicator))
            yield led.select(c for c in SCHEMA if c not in ("about", "stands_in"))


def both(composer: Composer, indicator: str, needy: str, giver: str) -> Iterator[pl.DataFrame]:
    """Every field of two countries, of each source that tells fields enough apart for a density."""
    window, where = CUTS[indicator]
    density = composer.latest(DENSITIES[indicator], window=window, where=where)
    for source in density["source"].unique(maintain_order=True) if not density.is_empty() else ():
        pair = {"source": source, "iso3": needy, "partner_iso3": giver}
        frame = composer.latest(indicator, window=window, where=where | pair)
        if not frame.is_empty():
            yield frame


def beyond_chance(rows: pl.DataFrame, needy: str) -> pl.DataFrame:
    """Fields in which the partner is specialised and leads, as far as chance goes."""
    return rows.filter(pl.col("iso3") == needy, pl.col("gain_low") > 0, pl.col("partner_symmetric_rca_low") > 0)


def figure(composer: Composer, rows: pl.DataFrame, home: str) -> list[Figure]:
    """Complementarity by field, each way: what would be gained."""
    if rows.is_empty():
        return []
    directions = {
        needy: composer.say(DIRECTION, needy=composer.name(needy), giver=composer.name(giver))
        for needy, giver in rows.select("iso3", "partner_iso3").unique().iter_rows()
    }
    evidence = {True: composer.say(STANDS_IN), False: composer.say(ELSEWHERE)}
    levels = {indicator: composer.say(level) for indicator, level in LEVELS.items()}
    told = rows.sort(pl.col("iso3") != home, maintain_order=True).with_columns(
        direction=pl.col("iso3").replace_strict(directions, return_dtype=pl.String),
        level=pl.col("indicator").replace_strict(levels, return_dtype=pl.String),
        evidence=pl.col("stands_in").replace_strict(evidence, return_dtype=pl.String),
    )
    measures = [measure for measure in MEASURES if not measure.startswith("lead")]
    shown = told.select("direction", "about", "scope", "level", "evidence", *measures, "source", "first_year", "year")
    units = {measure: composer.unit(FIELD, measure) for measure in measures}
    used = rows["indicator"].unique(maintain_order=True).to_list()
    return [
        composer.figure("complementarity", composer.say("What each could learn from the other"), shown, units, *used)
    ]


def find(composer: Composer, rows: pl.DataFrame, home: str, partner: str, technology: Technology) -> None:
    """The strongest complementarity each way: in a field that stands in for the technology, or else in any."""
    if rows.is_empty():
        return
    theirs, ours = (_strongest(composer, beyond_chance(rows, needy), technology) for needy in (home, partner))
    names = {"here": composer.name(home), "there": composer.name(partner)}
    caveat = registry.caveats()[CAVEAT].text[composer.language]
    composer.find(LEARN, theirs=theirs, ours=ours, caveat=caveat, **names)


def _strongest(composer: Composer, rows: pl.DataFrame, technology: Technology) -> str:
    return item(composer, rows.row(0, named=True), technology) if rows.height else composer.say(NOTHING)


def item(composer: Composer, row: Mapping[str, Any], technology: Technology) -> str:
    """A field in words, with how specialised both are and how near it is."""
    level = LEVELS[row["indicator"]]
    outside = composer.say(OUTSIDE, technology=inside(composer.technology_label(technology)))
    return composer.say(
        ITEM, about=inside(row["about"]), level=composer.say(level),
        giver=number(row["partner_symmetric_rca"]), needy=number(row["symmetric_rca"]), density=number(row["density"]),
        outside="" if row["stands_in"] else outside, source=row["source"], years=years(row["first_year"], row["year"]),
    )  # fmt: skip
