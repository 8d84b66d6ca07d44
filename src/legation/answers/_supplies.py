"""What each of two countries buys of the goods of a technology from the other, and what minerals they have. For `pair`.

Imports are known where the importer's own are in the store. A mineral is compared in the form it is counted in; what a
country produces need not go to the other.
"""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl

from legation.answer import Figure
from legation.answers._composing import Composer
from legation.answers._largest import SIX_DIGITS, form_label, label
from legation.language import words
from legation.model import Technology

SHARE, CONCENTRATION, FAR, MINERAL = "supplier_share", "import_concentration", "supplier_distance", "mineral_share"
WORTH = ("imports_eur", "imports_usd")
BESIDE = {CONCENTRATION: ("hhi", "largest_supplier", "largest_share"), FAR: ("supplier_distance",)}
SUPPLIES = {
    **dict.fromkeys(("iso3", "partner_iso3", "importer", "supplier", "scope", "about"), pl.String),
    **dict.fromkeys((SHARE, *WORTH, "hhi"), pl.Float64),
    "largest_supplier": pl.String,
    **dict.fromkeys(("largest_share", "supplier_distance"), pl.Float64),
    "source": pl.String,
    **dict.fromkeys(("first_year", "year"), pl.Int64),
}
MINERALS = {
    **dict.fromkeys(("statistic", "kind", "scope", "about"), pl.String),
    **dict.fromkeys(("home", "partner"), pl.Float64),
    **dict.fromkeys(("home_rank", "partner_rank"), pl.Int64),
    "source": pl.String,
    **dict.fromkeys(("first_year", "year"), pl.Int64),
}
BOUGHT = words("What each buys from the other of the goods of {technology}")
DUG = words("Minerals of {technology} in both")


def supplies(composer: Composer, home: str, partner: str, technology: Technology) -> pl.DataFrame:
    """Goods of the technology that `iso3` imports from `partner_iso3`, both ways, with how concentrated its imports of
    the good are on all suppliers and how far these vote."""
    frames = [frame for one in ((home, partner), (partner, home)) for frame in _bought(composer, *one, technology)]
    return pl.concat(frames) if frames else pl.DataFrame(schema=SUPPLIES)


def _bought(composer: Composer, importer: str, supplier: str, technology: Technology) -> Iterator[pl.DataFrame]:
    named = [*technology.goods, *(good[:SIX_DIGITS] for good in technology.goods)]
    frame = composer.latest(SHARE, where={"iso3": importer, "partner_iso3": supplier}) if named else pl.DataFrame()
    if frame.is_empty() or (found := frame.filter(pl.col("good").is_in(named))).is_empty():
        return
    key = ["source", "good"]
    for indicator, measures in BESIDE.items():
        beside = composer.latest(indicator, where={"iso3": importer})
        if not beside.is_empty():
            found = found.join(beside.select(*key, *measures), on=key, how="left", maintain_order="left")
    lacking = [pl.lit(None).alias(m) for measures in BESIDE.values() for m in measures if m not in found.columns]
    told = found.with_columns(lacking).with_columns(
        importer=pl.lit(composer.name(importer)), supplier=pl.lit(composer.name(supplier)), scope=pl.col("good"),
        about=pl.col("good").map_elements(lambda code: label(composer, code, technology), pl.String),
        largest_supplier=pl.col("largest_supplier").map_elements(composer.name, pl.String),
    )  # fmt: skip
    yield told.sort(SHARE, "good", descending=[True, False]).select(pl.col(c).cast(t) for c, t in SUPPLIES.items())


def minerals(composer: Composer, home: str, partner: str, technology: Technology) -> pl.DataFrame:
    """Shares of the world's production and reserves of the technology's minerals, in either country."""
    frame = composer.latest(MINERAL) if technology.minerals else pl.DataFrame()
    if frame.is_empty():
        return pl.DataFrame(schema=MINERALS)
    named = frame.filter(pl.col("mineral").is_in(technology.minerals)).drop_nulls("mineral_share")
    key = ["source", "first_year", "year", "statistic", "mineral", "form"]
    sides = {
        side: named.filter(pl.col("iso3") == iso3).select(
            *key, pl.col("mineral_share").alias(side), pl.col("rank").alias(f"{side}_rank")
        )
        for side, iso3 in (("home", home), ("partner", partner))
    }
    both = sides["home"].join(sides["partner"], on=key, how="full", coalesce=True)
    names = {mineral: label(composer, mineral, technology) for mineral in both["mineral"].unique()}
    form = pl.col("form").map_elements(form_label(composer), pl.String)
    told = both.with_columns(
        kind=pl.col("statistic").map_elements(composer.scope_label, pl.String), scope=pl.col("mineral"),
        about=pl.format("{} ({})", pl.col("mineral").replace_strict(names, return_dtype=pl.String), form),
    )  # fmt: skip
    most = pl.max_horizontal("home", "partner")
    return told.sort("statistic", most, "about", descending=[False, True, False]).select(
        pl.col(c).cast(t) for c, t in MINERALS.items()
    )


def figures(composer: Composer, bought: pl.DataFrame, dug: pl.DataFrame, technology: str) -> list[Figure]:
    """Both tables, where there is anything in them."""
    found = []
    if not bought.is_empty():
        shown = bought.select(c for c in bought.columns if c not in ("iso3", "partner_iso3") and bought[c].count())
        measures = {SHARE: SHARE, **dict.fromkeys(WORTH, SHARE)} | {m: i for i, ms in BESIDE.items() for m in ms}
        units = {m: composer.unit(i, m) for m, i in measures.items() if m in shown.columns and m != "largest_supplier"}
        used = [SHARE, *(i for i, ms in BESIDE.items() if set(ms) & set(shown.columns))]
        found.append(composer.figure("supplies", composer.say(BOUGHT, technology=technology), shown, units, *used))
    if not dug.is_empty():
        unit = composer.unit(MINERAL, "mineral_share")
        title = composer.say(DUG, technology=technology)
        shown = dug.drop("statistic")
        found.append(composer.figure("minerals", title, shown, {"home": unit, "partner": unit}, MINERAL))
    return found
