"""Does one economy hold nearly all of the patents of a technology?

The label follows from thresholds that are the same for every technology: the leader's share, and how many times the
share of the second that is. Beside it stand its parts, and whether the leader is first in 95 % of draws. The number of
leading institutions in the leader's territory, which ASPI counts too, needs institutions and is not in it.
"""

import narwhals as nw

from legation.constants import MONOPOLY_HIGH_RATIO, MONOPOLY_HIGH_SHARE, MONOPOLY_MEDIUM_RATIO, MONOPOLY_MEDIUM_SHARE
from legation.indicators._monopoly import FORMULA, MEASURES, REFERENCE, monopoly
from legation.model import Example, Indicator

BY = ("source", "first_year", "year", "kind", "scope")

INDICATOR = Indicator(
    label={"en": "Risk of a patent monopoly", "ko": "특허 독점 위험"},
    measures=MEASURES,
    formula=FORMULA,
    reference=REFERENCE,
    by=BY,
    key=(),
    caveats=("label_follows_thresholds", "patents_are_not_use", "listed_economies_only"),
    example=Example(
        given={
            "patent_share": """
                iso3  patent_share
                JPN   0.4
                KOR   0.2
                USA   0.2
                DEU   0.2
            """
        },
        expect="""
            monopoly_risk  leader  leader_share  leader_over_second  hhi
            medium         JPN     0.4           2.0                 0.28
        """,
        working="The leader has under half, but twice the share of the second: 0.4² + 3 × 0.2² = 0.28.",
    ),
    is_not="control of a market: patents can be licensed, invented around, or never used.",
    checked="brute force; a lower threshold never lowers the label",
)


def compute(
    patent_share: nw.LazyFrame,
    *,
    high_share: float = MONOPOLY_HIGH_SHARE,
    high_ratio: float = MONOPOLY_HIGH_RATIO,
    medium_share: float = MONOPOLY_MEDIUM_SHARE,
    medium_ratio: float = MONOPOLY_MEDIUM_RATIO,
) -> nw.LazyFrame:
    return monopoly(patent_share, BY, "patent_share", (high_share, high_ratio), (medium_share, medium_ratio))
