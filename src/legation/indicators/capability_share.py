"""How much of a counted capability is in a country: models, launches, reactors?

A share of the sum over all countries the source lists: events (models, launches) of the last `window_years` years, a
stock (reactors) as last counted. These are complete counts, not samples, so there is no interval.
"""

import narwhals as nw

from legation.constants import WINDOW_YEARS
from legation.model import Example, Indicator, Kept, Measure

BY = ("source", "kind")

INDICATOR = Indicator(
    label={"en": "Share of capability", "ko": "역량 점유율"},
    measures={
        "capability_share": Measure(
            {"en": "Share of capability", "ko": "역량 점유율"}, "share of items", "higher", "share"
        ),
        "rank": Measure({"en": "Rank", "ko": "순위"}, "place, 1 = most; ties share the best", "lower", "count"),
        "count": Measure({"en": "Items", "ko": "보유 수"}, "items", "higher", "number"),
    },
    formula=r"s_c = x_c / \sum_{c'} x_{c'}",
    reference="Singer 1988, doi:10.1080/03050628808434695",
    by=BY,
    key=("iso3",),
    caveats=("items_are_not_alike",),
    kept=(Kept(),),
    example=Example(
        given={
            "capabilities": """
                kind                 nature  iso3  year  count
                reactors             stock   KOR   2024  26
                reactors             stock   FRA   2024  56
                reactors             stock   FRA   2020  58
                reactors             stock   ITA   2024  0
                orbital-launches     event   USA   2024  3
                orbital-launches     event   USA   2020  4
                orbital-launches     event   KOR   2023  1
                orbital-launches     event   KOR   2019  9
            """
        },
        expect="""
            kind                 first_year  year  iso3  capability_share  rank  count
            reactors             2024        2024  KOR   0.317073170732    2     26
            reactors             2024        2024  FRA   0.682926829268    1     56
            reactors             2024        2024  ITA   0.0               3     0
            orbital-launches     2020        2024  USA   0.875             1     7
            orbital-launches     2020        2024  KOR   0.125             2     1
        """,
        working="26 of the 82 reactors last counted are Korean; of the eight launches of 2020 to 2024, one is. The "
        "launches of 2019 are out of the five years, the French reactors of 2020 are no longer the stock.",
    ),
    is_not="quality or readiness: a large reactor counts as much as a small one.",
    checked="shares sum to one",
)


def compute(capabilities: nw.LazyFrame, *, window_years: int = WINDOW_YEARS) -> nw.LazyFrame:
    events = nw.col("nature") == nw.lit("event")
    dated = capabilities.drop("first_year").with_columns(end=nw.col("year").max().over(*BY))
    years_back = nw.when(events).then(nw.lit(window_years - 1)).otherwise(nw.lit(0)).cast(nw.Int64)
    counted = dated.with_columns(first_year=nw.col("end") - years_back).filter(nw.col("year") >= nw.col("first_year"))
    summed = counted.group_by(*BY, "first_year", "end", "iso3").agg(nw.col("count").cast(nw.Float64).sum())
    return (
        summed.rename({"end": "year"})
        .with_columns(of_all=nw.col("count").sum().over(*BY))
        .filter(nw.col("of_all") > 0)
        .with_columns(
            capability_share=nw.col("count") / nw.col("of_all"),
            rank=nw.col("count").rank("min", descending=True).over(*BY).cast(nw.Int64),
        )
        .select(*BY, "first_year", "year", "iso3", *INDICATOR.measures)
    )
