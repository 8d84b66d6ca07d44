"""Is a field a larger part of a country's output than of the world's?

Computed among the fields of science of one publisher, without its total.
"""

import narwhals as nw

from legation.model import Example, Indicator, Kept, Measure

BY = ("source", "first_year", "year", "counting")

INDICATOR = Indicator(
    label={"en": "Revealed comparative advantage", "ko": "현시비교우위"},
    measures={
        "rca": Measure({"en": "RCA", "ko": "현시비교우위"}, "ratio; 1 = world average", "higher", "ratio"),
        "symmetric_rca": Measure(
            {"en": "Symmetric RCA", "ko": "대칭 현시비교우위"}, "-1 to 1; 0 = world average", "higher", "index"
        ),
    },
    formula=r"\mathrm{RCA}_{cf} = \frac{x_{cf} / x_c}{x_f / x},\quad s = \frac{\mathrm{RCA} - 1}{\mathrm{RCA} + 1}",
    reference="Balassa 1965, doi:10.1111/j.1467-9957.1965.tb00050.x; Laursen 2015, doi:10.1007/s40821-015-0017-1",
    by=BY,
    key=("scope", "iso3"),
    caveats=("specialisation_is_not_strength", "small_counts_are_volatile"),
    kept=(Kept(5, (("counting", "fractional"),)),),
    example=Example(
        given={
            "articles": """
                iso3  scope    articles
                KOR   physics  30
                KOR   biology  10
                CHE   physics  10
                CHE   biology  30
            """
        },
        expect="""
            iso3  scope    rca  symmetric_rca
            KOR   physics  1.5   0.2
            KOR   biology  0.5  -0.333333333333
            CHE   physics  0.5  -0.333333333333
            CHE   biology  1.5   0.2
        """,
        working="Half of the world's 80 works are physics; three quarters of Korea's 40 are: 0.75 / 0.5 = 1.5.",
    ),
    is_not="a share: a country with little output can be specialised in any field.",
    checked="brute force over random small worlds; the average over fields weighted by their size is one",
)


def compute(articles: nw.LazyFrame) -> nw.LazyFrame:
    x = nw.col("articles").cast(nw.Float64)
    parts = articles.filter(nw.col("scope") != "all")
    totals = parts.with_columns(
        of_country=x.sum().over(*BY, "iso3"), of_field=x.sum().over(*BY, "scope"), of_world=x.sum().over(*BY)
    ).filter(nw.col("of_country") > 0, nw.col("of_field") > 0)
    rca = totals.with_columns(rca=(x / nw.col("of_country")) / (nw.col("of_field") / nw.col("of_world")))
    return rca.with_columns(symmetric_rca=(nw.col("rca") - 1) / (nw.col("rca") + 1)).select(
        *BY, "scope", "iso3", "rca", "symmetric_rca"
    )
