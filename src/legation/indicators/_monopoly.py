"""Whether one country has a technology nearly to itself: the parts, and a label that follows from them."""

from collections.abc import Sequence

import narwhals as nw

from legation.indicators._concentration import HHI, concentrated
from legation.indicators._measures import with_interval
from legation.model import Measure

MEASURES = {
    "monopoly_risk": Measure({"en": "Risk of a monopoly", "ko": "독점 위험"}, "high, medium or low"),
    "leader": Measure({"en": "Leader", "ko": "선두국"}, "country"),
    **with_interval("leader_share", {"en": "Share of the leader", "ko": "선두국 점유율"}, "share", "lower"),
    "leader_sure": Measure({"en": "Leader in 95 % of draws", "ko": "선두국 확실 여부"}, "true or false", None),
    "leader_over_second": Measure(
        {"en": "Leader over second", "ko": "2위 대비 배율"}, "ratio; empty = there is no second", "lower", "ratio"
    ),
    "hhi": HHI,
}
FORMULA = (
    r"\text{high: } s_1 \ge 0.5,\ s_1 / s_2 \ge 3;\quad \text{medium: } s_1 \ge 0.3,\ s_1 / s_2 \ge 2;\quad "
    r"H = \sum_c s_c^2"
)
REFERENCE = (
    "Gaida et al. 2023, ASPI's Critical Technology Tracker, https://www.aspi.org.au/report/critical-technology-tracker"
    "; Laakso & Taagepera 1979, doi:10.1177/001041407901200101"
)


def monopoly(
    ranked: nw.LazyFrame, by: Sequence[str], share: str, high: tuple[float, float], medium: tuple[float, float]
) -> nw.LazyFrame:
    """The measures of each world of a frame with ranks and the column `share`, which sums to one in a world.

    `high` and `medium` are the least share of the leader and the least ratio to the second.
    """
    known = ranked.filter(~nw.col(share).is_null()).with_columns(amount=nw.col(share), total=nw.lit(1.0))
    ends = {"leader_share_low": nw.col(f"{share}_low"), "leader_share_high": nw.col(f"{share}_high")}
    leaders = known.select(*by, largest="iso3", leader_sure=nw.col("rank_high") == 1, **ends)
    second = nw.when(nw.col("second_share") > 0).then(nw.col("second_share"))
    found = concentrated(known, by, "iso3").with_columns(leader_over_second=nw.col("largest_share") / second)

    def leads(least: float, ratio: float) -> nw.Expr:
        ahead = nw.col("leader_over_second").is_null() | (nw.col("leader_over_second") >= ratio)
        return (nw.col("largest_share") >= least) & ahead

    label = nw.when(leads(*medium)).then(nw.lit("medium")).otherwise(nw.lit("low"))
    return (
        found.with_columns(monopoly_risk=nw.when(leads(*high)).then(nw.lit("high")).otherwise(label))
        .join(leaders, on=[*by, "largest"], how="inner")
        .rename({"largest": "leader", "largest_share": "leader_share"})
        .select(*by, *MEASURES)
    )
