"""Does one country write nearly all of the research on a technology?

The label follows from thresholds that are the same for every technology: the leader's share, and how many times the
share of the second that is. Beside it stand the parts it is made of. The number of leading institutions in the leader's
territory, which ASPI counts too, needs institutions and is not in it.
"""

import narwhals as nw

from legation.constants import MONOPOLY_HIGH_RATIO, MONOPOLY_HIGH_SHARE, MONOPOLY_MEDIUM_RATIO, MONOPOLY_MEDIUM_SHARE
from legation.indicators._monopoly import FORMULA, MEASURES, REFERENCE, monopoly
from legation.model import Example, Indicator

BY = ("source", "first_year", "year", "scope", "counting")

INDICATOR = Indicator(
    label={"en": "Risk of a research monopoly", "ko": "연구 독점 위험"},
    measures=MEASURES,
    formula=FORMULA,
    reference=REFERENCE,
    by=BY,
    key=(),
    caveats=("label_follows_thresholds", "papers_are_not_capability", "full_counts_do_not_add_up"),
    example=Example(
        given={
            "output_share": """
                scope    iso3  output_share
                quantum  CHN   0.6
                quantum  USA   0.2
                quantum  KOR   0.2
                fusion   CHN   0.4
                fusion   USA   0.2
                fusion   KOR   0.2
                fusion   CHE   0.2
                space    USA   0.5
                space    CHN   0.5
                robots   KOR   1.0
                robots   CHE   0.0
            """
        },
        expect="""
            scope    monopoly_risk  leader  leader_share  leader_over_second  hhi
            quantum  high           CHN     0.6           3.0                 0.44
            fusion   medium         CHN     0.4           2.0                 0.28
            space    low            CHN     0.5           1.0                 0.5
            robots   high           KOR     1.0           -                   1.0
        """,
        working="In the first the leader has over half and three times the second: 0.6² + 2 × 0.2² = 0.44. In the third two share all, which is concentrated but no monopoly; the first by code is named.",
    ),
    is_not="control of a technology: papers are published, and know-how, patents and plants may lie elsewhere.",
    checked="brute force; a lower threshold never lowers the label",
)


def compute(
    output_share: nw.LazyFrame,
    *,
    high_share: float = MONOPOLY_HIGH_SHARE,
    high_ratio: float = MONOPOLY_HIGH_RATIO,
    medium_share: float = MONOPOLY_MEDIUM_SHARE,
    medium_ratio: float = MONOPOLY_MEDIUM_RATIO,
) -> nw.LazyFrame:
    shares = output_share.with_columns(share=nw.col("output_share"))
    return monopoly(shares, BY, (high_share, high_ratio), (medium_share, medium_ratio))
