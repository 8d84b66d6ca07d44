"""Does the world's supply of a good hang on one exporter?

A good has a single point of failure where without its largest exporter less than half of the world's exports is left.
Beside it stands how concentrated world exports are on all exporters (Herfindahl index). Of two exporters of the same
size, the first by code is named; neither can then be such a point.
"""

import narwhals as nw

from legation.constants import FAILURE_LEFT
from legation.indicators._concentration import HHI, concentrated
from legation.model import Example, Indicator, Measure

BY = ("source", "first_year", "year", "good")

INDICATOR = Indicator(
    label={"en": "Single point of failure", "ko": "단일 장애점"},
    measures={
        "single_point_of_failure": Measure(
            {"en": "Single point of failure", "ko": "단일 장애점 여부"}, "true or false", "lower"
        ),
        "left_without": Measure(
            {"en": "Left without the largest exporter", "ko": "최대 수출국 제외 시 잔존 비중"},
            "share of world exports",
            "higher",
            "share",
        ),
        "largest_exporter": Measure({"en": "Largest exporter", "ko": "최대 수출국"}, "country"),
        "largest_share": Measure(
            {"en": "Share of the largest exporter", "ko": "최대 수출국 비중"},
            "share of world exports",
            "lower",
            "share",
        ),
        "hhi": HHI,
        "exporters": Measure({"en": "Exporters", "ko": "수출국 수"}, "countries", "higher", "count"),
        "exports_usd": Measure({"en": "World exports", "ko": "세계 수출액"}, "USD", None),
    },
    formula=r"\max_e s_{ge} > 1 - 0.5,\quad s_{ge} = x_{ge} / \sum_{e'} x_{ge'},\quad H_g = \sum_e s_{ge}^2",
    reference="Korniyenko, Pinat & Dew 2017, IMF Working Paper 17/30, https://ssrn.com/abstract=2938329; "
    "Laakso & Taagepera 1979, doi:10.1177/001041407901200101",
    by=BY,
    key=(),
    caveats=("exports_pass_through_ports", "value_is_not_need"),
    example=Example(
        given={
            "world_exports": """
                good     iso3  value_usd
                gallium  CHN   70
                gallium  KOR   20
                gallium  USA   10
                helium   QAT   50
                helium   USA   30
                helium   POL   20
            """
        },
        expect="""
            good     single_point_of_failure  left_without  largest_exporter  largest_share  hhi   exporters  exports_usd
            gallium  1                        0.3           CHN               0.7            0.54  3          100
            helium   0                        0.5           QAT               0.5            0.38  3          100
        """,  # noqa: E501
        working="Without China 30 of 100 are left, under half; without Qatar 50, which is half.",
    ),
    is_not="a forecast: others may produce more, and stocks last for a while; what is made and used at home is not "
    "traded.",
    checked="brute force; never true where the Herfindahl index is at most a quarter",
)


def compute(world_exports: nw.LazyFrame, *, left: float = FAILURE_LEFT) -> nw.LazyFrame:
    value = nw.col("value_usd")
    sold = world_exports.with_columns(amount=value, total=value.sum().over(*BY))
    found = concentrated(sold, BY, "iso3").with_columns(left_without=nw.lit(1.0) - nw.col("largest_share"))
    return (
        found.with_columns(single_point_of_failure=nw.col("left_without") < left)
        .rename({"largest": "largest_exporter", "number": "exporters", "total": "exports_usd"})
        .select(*BY, *INDICATOR.measures)
    )
