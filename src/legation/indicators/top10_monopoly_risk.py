"""Does one country write nearly all of the most cited research on a technology?

The label follows from thresholds that are the same for every technology: the leader's share, and how many times the
share of the second that is. Beside it stand its parts, and whether the leader is first in 95 % of draws. The number of
leading institutions in the leader's territory, which ASPI counts too, needs institutions and is not in it.
"""

import narwhals as nw

from legation.constants import MONOPOLY_HIGH_RATIO, MONOPOLY_HIGH_SHARE, MONOPOLY_MEDIUM_RATIO, MONOPOLY_MEDIUM_SHARE
from legation.indicators._monopoly import FORMULA, MEASURES, REFERENCE, monopoly
from legation.model import Example, Indicator

BY = ("source", "first_year", "year", "scope")

INDICATOR = Indicator(
    label={"en": "Risk of a monopoly of top research", "ko": "상위 연구 독점 위험"},
    measures=MEASURES,
    formula=FORMULA,
    reference=REFERENCE,
    by=BY,
    key=(),
    caveats=(
        "label_follows_thresholds",
        "papers_are_not_capability",
        "collection_is_not_the_world",
        "citations_take_time",
    ),
    example=Example(
        given={
            "top10_share": """
                iso3  top10_share
                CHN   0.75
                USA   0.125
                KOR   0.125
            """
        },
        expect="""
            monopoly_risk  leader  leader_share  leader_over_second  hhi
            high           CHN     0.75          6.0                 0.59375
        """,
        working="The leader has over half of the most cited tenth and six times the second: 0.75² + 2 × 0.125² = 0.59.",
    ),
    is_not="control of a technology: papers are published, and know-how, patents and plants may lie elsewhere.",
    checked="brute force; a lower threshold never lowers the label",
)


def compute(
    top10_share: nw.LazyFrame,
    *,
    high_share: float = MONOPOLY_HIGH_SHARE,
    high_ratio: float = MONOPOLY_HIGH_RATIO,
    medium_share: float = MONOPOLY_MEDIUM_SHARE,
    medium_ratio: float = MONOPOLY_MEDIUM_RATIO,
) -> nw.LazyFrame:
    return monopoly(top10_share, BY, "top10_share", (high_share, high_ratio), (medium_share, medium_ratio))
