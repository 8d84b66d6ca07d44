"""Two countries beside each other in every topic, field of science and patent class: used by `topics`.

Numbers of both with their intervals: symmetric RCA, relatedness density at home, what home could gain, growth in number
and in share of the world. Collections gathered around one country say nothing of others and are left out.
"""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl

from legation import registry
from legation.answers import _gains
from legation.answers._composing import Composer
from legation.language import words
from legation.model import Technology

TOPIC, SIZE = "topic_specialisation", "topic_size"
GROWTH = {_gains.FIELD: "growth", _gains.PATENT: "patent_growth"}
LEVELS = {TOPIC: words("topic"), **_gains.LEVELS}
ITSELF, STANDS_IN, ELSEWHERE = words("the technology itself"), _gains.STANDS_IN, _gains.ELSEWHERE
EVIDENCE = (ITSELF, STANDS_IN, ELSEWHERE)
"""In order of how close it is."""
ONE_COUNTRY = "gathered_around_one_country"

ENDS = ("", "_low", "_high")
RATES = {"growth": "annual_growth", "share_growth": "share_growth"}
SIDES = ("home", "partner")
OF_BOTH = tuple(f"{side}{rate}{end}" for rate in ("", "_growth", "_share_growth") for side in SIDES for end in ENDS)
OF_HOME = tuple(f"{measure}{end}" for measure in ("density", "gain") for end in ENDS)
COLUMNS = {
    **dict.fromkeys(("indicator", "scope", "about", "evidence"), pl.String),
    **dict.fromkeys((*OF_BOTH, *OF_HOME), pl.Float64),
    "source": pl.String,
    **dict.fromkeys(("first_year", "year"), pl.Int64),
}


def rows(composer: Composer, home: str, partner: str, technology: Technology) -> pl.DataFrame:
    """Every topic of the technology, field of science and patent class in which both can be compared."""
    frames = [
        *_topics(composer, home, partner, technology),
        *(frame for indicator in GROWTH for frame in _fields(composer, indicator, home, partner, technology)),
    ]
    return pl.concat(frames) if frames else pl.DataFrame(schema=COLUMNS)


def _fields(
    composer: Composer, indicator: str, home: str, partner: str, technology: Technology
) -> Iterator[pl.DataFrame]:
    listed = technology.fields if indicator == _gains.FIELD else technology.patent_fields
    grown = _growth(composer, indicator, home, partner)
    for frame in _gains.both(composer, indicator, home, partner):
        sides = {f"home{e}": pl.col(f"symmetric_rca{e}") for e in ENDS}
        sides |= {f"partner{e}": pl.col(f"partner_symmetric_rca{e}") for e in ENDS}
        told = frame.with_columns(**sides).join(grown, on=["source", "scope"], how="left")
        near = pl.when(pl.col("scope").is_in(listed)).then(pl.lit(STANDS_IN)).otherwise(pl.lit(ELSEWHERE))
        about = pl.col("scope").map_elements(composer.scope_label, pl.String)
        yield _shaped(told.with_columns(indicator=pl.lit(indicator), about=about, evidence=near))


def _growth(composer: Composer, indicator: str, home: str, partner: str) -> pl.DataFrame:
    """Growth of both by source and field, in number and in share of the world, with the ends of the intervals."""
    _, where = _gains.CUTS[indicator]
    frame = composer.latest(GROWTH[indicator], where=where)
    key = ["source", "scope"]
    if frame.is_empty():
        return pl.DataFrame(schema=dict.fromkeys(key, pl.String))
    sides = [
        frame.filter(pl.col("iso3") == iso3).select(
            *key, *(pl.col(f"{m}{e}").alias(f"{side}_{name}{e}") for name, m in RATES.items() for e in ENDS)
        )
        for side, iso3 in zip(SIDES, (home, partner), strict=True)
    ]
    return sides[0].join(sides[1], on=key, how="full", coalesce=True)


def _topics(composer: Composer, home: str, partner: str, technology: Technology) -> Iterator[pl.DataFrame]:
    frame = composer.latest(TOPIC, technology.id)
    if frame.is_empty():
        return
    usable = frame.filter(~pl.col("source").is_in(left_out(frame)))
    key = ["source", "first_year", "year", "topic"]
    sides = []
    for side, iso3 in zip(SIDES, (home, partner), strict=True):
        named = {f"{side}{e}": pl.col(f"symmetric_rca{e}") for e in ENDS}
        named |= {f"{side}_{name}{e}": pl.col(f"{m}{e}") for name, m in RATES.items() for e in ENDS}
        near = [f"density{e}" for e in ENDS] if side == "home" else []
        sides.append(usable.filter(pl.col("iso3") == iso3).select(*key, *near, **named))
    both = sides[0].join(sides[1], on=key)
    if both.is_empty():
        return
    names = composer.latest(SIZE).select("topic", about="name").unique("topic")
    evidence = pl.when(pl.col("topic").is_in(technology.topics)).then(pl.lit(ITSELF)).otherwise(pl.lit(ELSEWHERE))
    told = both.join(names, on="topic", how="left").with_columns(
        indicator=pl.lit(TOPIC), scope=pl.col("topic"), about=pl.col("about").fill_null(pl.col("topic")),
        evidence=evidence,
    )  # fmt: skip
    yield _shaped(told)


def left_out(frame: pl.DataFrame) -> list[str]:
    """Sources that were gathered around one country."""
    return [s for s in frame["source"].unique() if ONE_COUNTRY in registry.sources()[s].caveats]


def _shaped(frame: pl.DataFrame) -> pl.DataFrame:
    return frame.select(
        (pl.col(c) if c in frame.columns else pl.lit(None)).cast(kind).alias(c) for c, kind in COLUMNS.items()
    )
