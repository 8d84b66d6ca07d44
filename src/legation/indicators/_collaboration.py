"""Pairs of countries beside what each of them, and the world, has in all."""

from collections.abc import Sequence

import narwhals as nw

from legation.model import WORLD


def with_totals(copublications: nw.LazyFrame, by: Sequence[str]) -> nw.LazyFrame:
    """Pairs with `total` (C_x) and `partner_total` (C_y), from the publisher's world rows.

    Pairs of a publisher without such rows, and of countries without international works, are left out.
    """
    world = nw.lit(WORLD)
    works = nw.col("works").cast(nw.Float64)
    pairs = copublications.filter(nw.col("iso3") != world, nw.col("partner_iso3") != world)
    totals = copublications.filter(nw.col("iso3") != world, nw.col("partner_iso3") == world).select(
        *by, "iso3", total=works
    )
    partners = totals.rename({"iso3": "partner_iso3", "total": "partner_total"})
    return (
        pairs.with_columns(joint=works)
        .join(totals, on=[*by, "iso3"], how="inner")
        .join(partners, on=[*by, "partner_iso3"], how="inner")
        .filter(nw.col("total") > 0, nw.col("partner_total") > 0)
    )


def with_world(copublications: nw.LazyFrame, by: Sequence[str]) -> nw.LazyFrame:
    """The same with `everything` (C_w or T), all international works; a publisher without that row gives none."""
    world, works = nw.lit(WORLD), nw.col("works").cast(nw.Float64)
    everything = copublications.filter(nw.col("iso3") == world, nw.col("partner_iso3") == world).select(
        *by, everything=works
    )
    return with_totals(copublications, by).join(everything, on=list(by), how="inner")
