"""Does one country write nearly all of the research on a technology?

The label follows from thresholds that are the same for every technology: the leader's share, and how many times the
share of the second that is. Beside it stand its parts, and whether the leader is first in 95 % of draws. The number of
leading institutions in the leader's territory, which ASPI counts too, needs institutions and is not in it.
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
                scope    iso3  output_share  output_share_low  output_share_high  rank_high
                quantum  CHN   0.75          0.7               0.8                1
                quantum  USA   0.125         0.1               0.15               2
                quantum  KOR   0.125         0.1               0.15               3
                fusion   CHN   0.4           0.3               0.5                1
                fusion   USA   0.2           0.1               0.3                4
                fusion   KOR   0.2           0.1               0.3                4
                fusion   CHE   0.2           0.1               0.3                4
                space    USA   0.5           0.4               0.6                2
                space    CHN   0.5           0.4               0.6                2
                robots   KOR   1.0           1.0               1.0                1
                robots   CHE   0.0           0.0               0.0                2
            """
        },
        expect="""
            scope    monopoly_risk  leader  leader_share  leader_share_low  leader_sure  leader_over_second  hhi
            quantum  high           CHN     0.75          0.7               1            6.0                 0.59375
            fusion   medium         CHN     0.4           0.3               1            2.0                 0.28
            space    low            CHN     0.5           0.4               0            1.0                 0.5
            robots   high           KOR     1.0           1.0               1            -                   1.0
        """,
        working="In the first the leader has over half and six times the second: 0.75² + 2 × 0.125² = 0.59. "
        "In the third two share all, which is concentrated but no monopoly; the first by code is named.",
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
    return monopoly(output_share, BY, "output_share", (high_share, high_ratio), (medium_share, medium_ratio))
