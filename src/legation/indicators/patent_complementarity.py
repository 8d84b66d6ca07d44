"""In which fields of technology is the partner specialised where we are not, and near enough that we can build on it?

As `complementarity_by_field`, with international patent families: how much more the partner is specialised in a field
(difference of symmetric RCA of patents), times how near the field is to what the home country's patents are specialised
in (`patent_relatedness_density`). Both need `min_patents` families in the period, and only listed economies have any.
"""

import narwhals as nw

from legation.indicators._complementarity import FORMULA, MEASURES, complementarity
from legation.model import Example, Indicator

BY = ("source", "first_year", "year", "kind")

INDICATOR = Indicator(
    label={"en": "Complementarity of patents by field", "ko": "분야별 특허 상호보완성"},
    measures=MEASURES,
    formula=FORMULA,
    reference="after Balland & Boschma 2021, doi:10.1080/00343404.2020.1861240; "
    "Boschma, Balland & Kogler 2015, doi:10.1093/icc/dtu012",
    by=BY,
    key=("scope", "iso3", "partner_iso3"),
    caveats=("patents_are_not_use", "specialisation_is_not_strength", "listed_economies_only", "interval_of_counts"),
    example=Example(
        given={
            "patent_rca": """
                iso3  scope   symmetric_rca  symmetric_rca_low  symmetric_rca_high
                KOR   optics   0.2            0.1                0.3
                CHE   optics  -0.3           -0.5               -0.1
            """,
            "patent_relatedness_density": """
                iso3  scope   density  density_low  density_high
                KOR   optics  0.8      0.8          0.8
                CHE   optics  0.5      0.25         0.5
            """,
        },
        expect="""
            scope   iso3  partner_iso3  lead  lead_low  lead_high  density  gain  gain_low  gain_high
            optics  KOR   CHE           -0.5  -0.8      -0.2       0.8      0     0         0
            optics  CHE   KOR            0.5   0.2       0.8       0.5      0.25  0.05      0.4
        """,
        working="Korea leads Switzerland in optics by 0.2 + 0.3 = 0.5, half of which is near: 0.25; at the low ends "
        "(0.1 + 0.1) × 0.25.",
    ),
    is_not="a plan: who holds patents decides whether others may use them.",
    checked="brute force",
)


def compute(patent_rca: nw.LazyFrame, patent_relatedness_density: nw.LazyFrame) -> nw.LazyFrame:
    return complementarity(patent_rca, patent_relatedness_density, BY)
