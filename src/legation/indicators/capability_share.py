"""How much of a counted capability is in a country: models, launches, reactors?

A share of the sum over all countries the source lists. These are complete counts, not samples, so there is no interval.
"""

import narwhals as nw

from legation.model import Example, Indicator, Measure

BY = ("source", "first_year", "year", "kind")

INDICATOR = Indicator(
    label={"en": "Share of capability", "ko": "역량 점유율"},
    measures={
        "capability_share": Measure(
            {"en": "Share of capability", "ko": "역량 점유율"}, "share of items", "higher", "share"
        ),
        "count": Measure({"en": "Items", "ko": "보유 수"}, "items", "higher", "number"),
    },
    formula=r"s_c = x_c / \sum_{c'} x_{c'}",
    reference="Singer 1988, doi:10.1080/03050628808434695",
    by=BY,
    key=("iso3",),
    caveats=("items_are_not_alike",),
    example=Example(
        given={
            "capabilities": """
                kind               iso3  count
                nuclear-reactors   KOR   26
                nuclear-reactors   FRA   56
                nuclear-reactors   USA   94
                nuclear-reactors   JPN   33
                nuclear-reactors   ITA   0
                orbital-launches   USA   3
            """
        },
        expect="""
            kind               iso3  capability_share  count
            nuclear-reactors   KOR   0.124401913876    26
            nuclear-reactors   FRA   0.267942583732    56
            nuclear-reactors   USA   0.449760765550    94
            nuclear-reactors   JPN   0.157894736842    33
            nuclear-reactors   ITA   0.0               0
            orbital-launches   USA   1.0               3
        """,
        working="26 of the 209 reactors in the table are Korean.",
    ),
    is_not="quality or readiness: a large reactor counts as much as a small one.",
    checked="shares sum to one",
)


def compute(capabilities: nw.LazyFrame) -> nw.LazyFrame:
    count = nw.col("count").cast(nw.Float64)
    return (
        capabilities.with_columns(of_all=count.sum().over(*BY))
        .filter(nw.col("of_all") > 0)
        .with_columns(capability_share=count / nw.col("of_all"))
        .select(*BY, "iso3", "capability_share", "count")
    )
