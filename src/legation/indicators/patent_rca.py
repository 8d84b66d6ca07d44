"""Is a field a larger part of an economy's patents than of everybody's?

Among the fields of international patent families, the only kind of patent whose fields cover patenting as a whole. The
interval shows what chance does to the economy's own mix: its families are taken as drawn anew, their total and the mix
of all as they are.
"""

import narwhals as nw

from legation.indicators._advantage import advantage, measures
from legation.model import WORLD, Example, Indicator

BY = ("source", "first_year", "year", "kind")
COVERS_ALL_FIELDS = "international_patent_families"

INDICATOR = Indicator(
    label={"en": "Revealed comparative advantage in patents", "ko": "특허 현시비교우위"},
    measures=measures(
        {"en": "RCA of patents", "ko": "특허 현시비교우위"},
        {"en": "Symmetric RCA of patents", "ko": "특허 대칭 현시비교우위"},
        "listed economies",
    ),
    formula=r"\mathrm{RCA}_{cf} = \frac{x_{cf} / x_c}{x_f / x},\quad s = \frac{\mathrm{RCA} - 1}{\mathrm{RCA} + 1}",
    reference="Soete 1987, doi:10.1016/0048-7333(87)90026-6; Laursen 2015, doi:10.1007/s40821-015-0017-1; "
    "Wilson 1927, doi:10.1080/01621459.1927.10502953",
    by=BY,
    key=("scope", "iso3"),
    caveats=(
        "specialisation_is_not_strength",
        "listed_economies_only",
        "interval_of_counts",
        "small_counts_are_volatile",
    ),
    example=Example(
        given={
            "patents": """
                kind                           iso3  scope           patents
                international_patent_families  KOR   semiconductors  60
                international_patent_families  KOR   optics          40
                international_patent_families  KOR   textiles        0
                international_patent_families  CHE   semiconductors  20
                international_patent_families  CHE   optics          60
                international_patent_families  CHE   textiles        20
                uspto_patents                  KOR   semiconductors  90
            """
        },
        expect="""
            kind                           scope           iso3  rca  symmetric_rca
            international_patent_families  semiconductors  KOR   1.5   0.2
            international_patent_families  optics          KOR   0.8  -0.111111111111
            international_patent_families  textiles        KOR   0.0  -1.0
            international_patent_families  semiconductors  CHE   0.5  -0.333333333333
            international_patent_families  optics          CHE   1.2   0.090909090909
            international_patent_families  textiles        CHE   2.0   0.333333333333
        """,
        working="80 of 200 families are in semiconductors, 60 of Korea's 100: 0.6 / 0.4 = 1.5, and 0.5 / 2.5 = 0.2.",
    ),
    is_not="a share: an economy with few patents can be specialised in any field.",
    checked="brute force over random small worlds; the average over fields weighted by their size is one",
)


def compute(patents: nw.LazyFrame) -> nw.LazyFrame:
    families = patents.filter(nw.col("kind") == COVERS_ALL_FIELDS, nw.col("iso3") != nw.lit(WORLD))
    return advantage(families, "patents", BY)
