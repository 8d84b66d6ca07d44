"""Quantities of a mineral beside what the world has of it."""

import narwhals as nw

from legation.model import WORLD, Measure

MINERAL = ("source", "first_year", "year", "mineral", "statistic", "form")

COVERAGE = {
    "listed_share": Measure(
        {"en": "World total listed by country", "ko": "국가별로 제시된 비중"}, "share of the world total", None, "share"
    ),
    "withheld": Measure(
        {"en": "Countries listed without a quantity", "ko": "수량이 공개되지 않은 국가 수"}, "countries", None, "count"
    ),
}


def of_the_world(minerals: nw.LazyFrame) -> nw.LazyFrame:
    """Countries with `amount`, the world's `total`, and the measures of `COVERAGE`.

    The total is the publisher's, which is rounded and may leave withheld quantities out, or the sum over the countries
    where that is larger or the publisher gives none; then `listed_share` is 1 or empty.
    """
    world = nw.lit(WORLD)
    totals = minerals.filter(nw.col("iso3") == world).select(*MINERAL, published="quantity")
    listed = (
        minerals.filter(nw.col("iso3") != world)
        .with_columns(amount=nw.col("quantity"), missing=nw.col("quantity").is_null().cast(nw.Int64))
        .with_columns(
            listed=nw.col("amount").sum().over(*MINERAL), withheld=nw.col("missing").sum().over(*MINERAL).cast(nw.Int64)
        )
    )
    larger = nw.col("published") > nw.col("listed")
    return (
        listed.join(totals, on=list(MINERAL), how="left")
        .with_columns(total=nw.when(larger).then(nw.col("published")).otherwise(nw.col("listed")))
        .filter(nw.col("total") > 0)
        .with_columns(listed_share=nw.when(~nw.col("published").is_null()).then(nw.col("listed") / nw.col("total")))
    )
