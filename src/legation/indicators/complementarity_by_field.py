"""In which fields is the partner strong where we are weak, and near enough that we can learn from it?

The terms of which `complementarity` is the sum: how much more the partner is specialised in a field (difference of
symmetric RCA), times how near the field is to what the home country is specialised in (`relatedness_density`). The home
country is `iso3`; the other way round is another row. Both countries need `min_articles` articles in the period.

The ends of the lead take the two intervals of RCA at opposite ends, those of what could be gained take lead and density
at the same one: they are wider than 95 %.
"""

import narwhals as nw

from legation.indicators._complementarity import FORMULA, MEASURES, complementarity
from legation.model import Example, Indicator

BY = ("source", "first_year", "year", "counting")

INDICATOR = Indicator(
    label={"en": "Complementarity by field", "ko": "분야별 상호보완성"},
    measures=MEASURES,
    formula=FORMULA,
    reference="after Balland & Boschma 2021, doi:10.1080/00343404.2020.1861240; "
    "Hidalgo, Klinger, Barabási & Hausmann 2007, doi:10.1126/science.1144581",
    by=BY,
    key=("scope", "iso3", "partner_iso3"),
    caveats=("papers_are_not_capability", "specialisation_is_not_strength", "fields_are_broad", "interval_of_counts"),
    example=Example(
        given={
            "revealed_comparative_advantage": """
                iso3  scope      symmetric_rca  symmetric_rca_low  symmetric_rca_high
                KOR   chemistry   0.2            0.1                0.3
                KOR   physics     0.2            0.1                0.3
                CHE   chemistry   0.5            0.4                0.6
                CHE   physics     0.1            0.0                0.2
                TUV   physics     0.9            0.1                1.0
            """,
            "relatedness_density": """
                iso3  scope      density  density_low  density_high
                KOR   chemistry  0.5      0.4          0.6
                KOR   physics    0.8      0.8          0.8
                CHE   chemistry  0.25     0.25         0.5
                CHE   physics    0.5      0.5          0.5
            """,
        },
        expect="""
            scope      iso3  partner_iso3  lead  lead_low  lead_high  density  gain   gain_low  gain_high
            chemistry  KOR   CHE            0.3   0.1       0.5       0.5      0.15   0.04      0.3
            chemistry  CHE   KOR           -0.3  -0.5      -0.1       0.25     0      0         0
            physics    KOR   CHE           -0.1  -0.3       0.1       0.8      0      0         0.08
            physics    CHE   KOR            0.1  -0.1       0.3       0.5      0.05   0         0.15
        """,
        working="Switzerland leads Korea in chemistry by 0.5 - 0.2 = 0.3, and half of what is near is Korea's: 0.3 × "
        "0.5 = 0.15; at the low ends (0.4 - 0.3) × 0.4. In physics the intervals overlap: either may lead. Tuvalu has "
        "too few articles to have a density.",
    ),
    is_not="a plan: that two countries could learn from each other does not mean that they want to, or may.",
    checked="the sum over fields is `complementarity`; brute force",
)


def compute(revealed_comparative_advantage: nw.LazyFrame, relatedness_density: nw.LazyFrame) -> nw.LazyFrame:
    return complementarity(revealed_comparative_advantage, relatedness_density, BY)
