"""Do two countries publish together more than if every link fell where the links of each are?

C_x is the sum of a country's joint works over its partners and T the sum over all countries: links, not works, so it
needs no world rows of the publisher. Where these exist, `collaboration_index` has the same form over international
works.
"""

import narwhals as nw

from legation.model import WORLD, Example, Indicator, Measure

BY = ("source", "first_year", "year", "scope")

INDICATOR = Indicator(
    label={"en": "Association strength", "ko": "연관 강도"},
    measures={
        "association_strength": Measure(
            {"en": "Association strength", "ko": "연관 강도"},
            "ratio; 1 = as links would fall by chance",
            "higher",
            "ratio",
        ),
        "works": Measure({"en": "Joint works", "ko": "공동 논문"}, "works", "higher", "count"),
    },
    formula=r"A_{xy} = \frac{C_{xy}\,T}{C_x\,C_y},\quad C_x = \sum_p C_{xp},\quad T = \sum_x C_x",
    reference="van Eck & Waltman 2009, doi:10.1002/asi.21075; "
    "Zitt, Bassecoulard & Okubo 2000, doi:10.1023/A:1005632319799",
    by=BY,
    key=("iso3", "partner_iso3"),
    caveats=("papers_are_not_capability", "small_counts_are_volatile", "works_of_many_countries"),
    example=Example(
        given={
            "copublications": """
                iso3  partner_iso3  works
                KOR   CHE           10
                CHE   KOR           10
                KOR   USA           30
                USA   KOR           30
                CHE   USA           40
                USA   CHE           40
                KOR   WLD           35
                WLD   WLD           70
            """
        },
        expect="""
            iso3  partner_iso3  association_strength  works
            KOR   CHE           0.8                   10
            CHE   KOR           0.8                   10
            KOR   USA           1.714285714286        30
            USA   KOR           1.714285714286        30
            CHE   USA           1.828571428571        40
            USA   CHE           1.828571428571        40
        """,
        working="Korea has 40 links, Switzerland 50, the United States 70, together 160: 10 × 160 / (40 × 50) = 0.8.",
    ),
    is_not="the index of collaboration, although of the same form: that counts international works, this counts links.",
    checked="symmetry and the weighted average under hypothesis",
)


def compute(copublications: nw.LazyFrame) -> nw.LazyFrame:
    joint = nw.col("works").cast(nw.Float64)
    links = copublications.filter(nw.col("iso3") != nw.lit(WORLD), nw.col("partner_iso3") != nw.lit(WORLD))
    totals = links.with_columns(
        of_country=joint.sum().over(*BY, "iso3"),
        of_partner=joint.sum().over(*BY, "partner_iso3"),
        of_all=joint.sum().over(*BY),
    ).filter(nw.col("of_country") > 0, nw.col("of_partner") > 0)
    strength = joint * nw.col("of_all") / (nw.col("of_country") * nw.col("of_partner"))
    return totals.with_columns(association_strength=strength).select(
        *BY, "iso3", "partner_iso3", "association_strength", "works"
    )
