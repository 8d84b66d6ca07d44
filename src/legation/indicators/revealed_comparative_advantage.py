"""Is a field a larger part of a country's output than of the world's?

Computed among the fields of science of one publisher, without its total. The interval shows what chance does to the
country's own mix: its articles are taken as drawn anew, their total and the world's mix as they are. Under fractional
counting it is cautious, because credits vary less than whole articles.
"""

import narwhals as nw

from legation.indicators._advantage import advantage, measures
from legation.model import Example, Indicator, Kept

BY = ("source", "first_year", "year", "counting")

INDICATOR = Indicator(
    label={"en": "Revealed comparative advantage", "ko": "현시비교우위"},
    measures=measures(
        {"en": "RCA", "ko": "현시비교우위"}, {"en": "Symmetric RCA", "ko": "대칭 현시비교우위"}, "world average"
    ),
    formula=r"\mathrm{RCA}_{cf} = \frac{x_{cf} / x_c}{x_f / x},\quad s = \frac{\mathrm{RCA} - 1}{\mathrm{RCA} + 1}",
    reference="Balassa 1965, doi:10.1111/j.1467-9957.1965.tb00050.x; Laursen 2015, doi:10.1007/s40821-015-0017-1; "
    "Wilson 1927, doi:10.1080/01621459.1927.10502953",
    by=BY,
    key=("scope", "iso3"),
    caveats=("specialisation_is_not_strength", "interval_of_counts", "small_counts_are_volatile"),
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
            iso3  scope    rca  rca_low         rca_high        symmetric_rca
            KOR   physics  1.5  1.196120771585  1.716257627218   0.2
            KOR   biology  0.5  0.283742372782  0.803879228415  -0.333333333333
            CHE   physics  0.5  0.283742372782  0.803879228415  -0.333333333333
            CHE   biology  1.5  1.196120771585  1.716257627218   0.2
        """,
        working="Half of the world's 80 works are physics; three quarters of Korea's 40 are: 0.75 / 0.5 = 1.5. "
        "Wilson's interval of 30 among 40 is 0.598 to 0.858, over 0.5.",
    ),
    is_not="a share: a country with little output can be specialised in any field.",
    checked="brute force; the average over fields weighted by their size is one; intervals against draws of counts",
)


def compute(articles: nw.LazyFrame) -> nw.LazyFrame:
    return advantage(articles.filter(nw.col("scope") != "all"), "articles", BY)
