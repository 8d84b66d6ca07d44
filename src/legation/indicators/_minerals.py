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
    where that is larger or the publisher's is empty; then `listed_share` is 1 or empty. A form without a row for the
    world is left out: it stands beside another whose total takes it in (talc as Brazil reports it, borates of Peru).
    So is one without a total that shows a quantity of one country only, whose share would be one whatever it is.
    """
    world = nw.lit(WORLD)
    totals = minerals.filter(nw.col("iso3") == world).select(*MINERAL, published="quantity")
    counts = {"missing": nw.col("quantity").is_null(), "there": nw.col("quantity") > 0}
    listed = (
        minerals.filter(nw.col("iso3") != world)
        .with_columns(amount=nw.col("quantity"), **{name: which.cast(nw.Int64) for name, which in counts.items()})
        .with_columns(
            listed=nw.col("amount").sum().over(*MINERAL),
            withheld=nw.col("missing").sum().over(*MINERAL).cast(nw.Int64),
            countries=nw.col("there").sum().over(*MINERAL),
        )
    )
    given = ~nw.col("published").is_null()
    larger = nw.col("published") > nw.col("listed")
    return (
        listed.join(totals, on=list(MINERAL), how="inner")
        .with_columns(total=nw.when(larger).then(nw.col("published")).otherwise(nw.col("listed")))
        .filter(nw.col("total") > 0, given | (nw.col("countries") > 1))
        .with_columns(listed_share=nw.when(given).then(nw.col("listed") / nw.col("total")))
    )
