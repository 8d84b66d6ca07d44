"""How far from a country do the suppliers of a good vote in the UN General Assembly?

The mean distance between the country's ideal point and those of its suppliers, weighted by what it imports from each,
in the same year. Suppliers without an ideal point are left out of the mean, and their part of the imports is reported;
a country or a year without one has no mean.
"""

import narwhals as nw

from legation.indicators._trade import IMPORT, imports
from legation.model import Example, Indicator, Measure

BY = ("source", "first_year", "year", "good")

INDICATOR = Indicator(
    label={"en": "Diplomatic distance of suppliers", "ko": "공급국과의 외교 거리"},
    measures={
        "supplier_distance": Measure(
            {"en": "Mean distance of suppliers", "ko": "공급국 평균 이상점 거리"}, "points of the estimated scale"
        ),
        "uncovered_share": Measure(
            {"en": "Imports from suppliers without an ideal point", "ko": "이상점이 없는 공급국의 수입 비중"},
            "share of imports",
            None,
            "share",
        ),
    },
    formula=r"D_{cg} = \frac{\sum_p m_{cgp}\,|\theta_c - \theta_p|}{\sum_p m_{cgp}},\ "
    r"p \text{ with } \theta_p;\quad u_{cg} = 1 - \frac{\sum_p m_{cgp}}{m_{cg}}",
    reference="Bailey, Strezhnev & Voeten 2017, doi:10.1177/0022002715595700; "
    "Campos et al. 2023, doi:10.1016/j.jce.2023.06.008",
    by=BY,
    key=("iso3",),
    caveats=("votes_are_not_alliances", "suppliers_without_ideal_point", "value_is_not_need"),
    example=Example(
        given={
            "trade": """
                reporter_iso3  partner_iso3  flow    good     value_eur
                DEU            CHN           import  gallium  60
                DEU            KOR           import  gallium  20
                DEU            TWN           import  gallium  20
            """,
            "ideal_points": """
                iso3  year  ideal_point
                DEU   2020  1.2
                CHN   2020  -0.8
                KOR   2020  0.8
                CHN   2019  3.0
            """,
        },
        expect="""
            iso3  supplier_distance  uncovered_share
            DEU   1.6                0.2
        """,
        working="China stands 2.0 away and Korea 0.4; of the 80 that come from the two, 60 are Chinese: "
        "(60 × 2.0 + 20 × 0.4) / 80 = 1.6. Taiwan has no vote and no ideal point: a fifth is not covered.",
    ),
    is_not="a risk of being cut off: states that vote far apart trade for decades, and near ones restrict exports too.",
    checked="brute force; between the nearest and the farthest supplier",
)


def compute(trade: nw.LazyFrame, ideal_points: nw.LazyFrame) -> nw.LazyFrame:
    points = ideal_points.select("year", iso3="iso3", point="ideal_point")
    suppliers = points.rename({"iso3": "partner_iso3", "point": "partner_point"})
    bought = (
        imports(trade)
        .filter(nw.col("total") > 0)
        .join(points, on=["year", "iso3"], how="left")
        .join(suppliers, on=["year", "partner_iso3"], how="left")
    )
    distance = (nw.col("point") - nw.col("partner_point")).abs()
    without, none = distance.is_null(), nw.lit(0.0)
    parted = bought.with_columns(
        covered=nw.when(without).then(none).otherwise(nw.col("amount")),
        uncovered=nw.when(without).then(nw.col("amount")).otherwise(none),
        weighed=nw.col("amount") * distance,
    )
    sums = parted.group_by(*IMPORT, "total").agg(nw.col("covered", "uncovered", "weighed").sum())
    return sums.with_columns(
        supplier_distance=nw.when(nw.col("covered") > 0).then(nw.col("weighed") / nw.col("covered")),
        uncovered_share=nw.col("uncovered") / nw.col("total"),
    ).select(*BY, "iso3", *INDICATOR.measures)
