"""How far apart do two states vote in the UN General Assembly?

The distance between their ideal points in a year. The publisher gives 5 % and 95 % quantiles of each point; taken as
independent normal distributions, they give the standard error of the difference and a 95 % interval, whose low end is
not below zero. What moves both states alike is counted twice that way, so the interval is rather too wide.
"""

import narwhals as nw

from legation.constants import Z_95
from legation.indicators._measures import with_interval
from legation.model import Example, Indicator

BY = ("source", "first_year", "year")
NAME = "ideal_point_distance"
Z_90 = 1.6448536269514722

INDICATOR = Indicator(
    label={"en": "Distance of UN ideal points", "ko": "유엔 표결 이상점 거리"},
    measures=with_interval(
        NAME, {"en": "Distance of ideal points", "ko": "이상점 거리"}, "points of the estimated scale", None, "number"
    ),
    formula=r"d_{hp} = |\theta_h - \theta_p|,\quad d \pm 1.96 \sqrt{\sigma_h^2 + \sigma_p^2},\quad "
    r"\sigma = \frac{q_{95} - q_5}{2 \times 1.645}",
    reference="Bailey, Strezhnev & Voeten 2017, doi:10.1177/0022002715595700",
    by=BY,
    key=("iso3", "partner_iso3"),
    caveats=("votes_are_not_alliances",),
    example=Example(
        given={
            "ideal_points": """
                iso3  ideal_point  ideal_point_low  ideal_point_high
                KOR   1.0          0.7              1.3
                CHE   0.5          0.1              0.9
                ISL   2.0          -                -
            """
        },
        expect="""
            iso3  partner_iso3  ideal_point_distance  ideal_point_distance_low  ideal_point_distance_high
            KOR   CHE           0.5                   0.0                       1.095786747351
            CHE   KOR           0.5                   0.0                       1.095786747351
            KOR   ISL           1.0                   -                         -
            ISL   KOR           1.0                   -                         -
            CHE   ISL           1.5                   -                         -
            ISL   CHE           1.5                   -                         -
        """,
        working="Half the spans are 0.3 and 0.4, of the difference √(0.3² + 0.4²) = 0.5; from 90 % to 95 % it grows by "
        "1.960 / 1.645 to 0.5958. So the two may stand at the same point or 1.0958 apart.",
    ),
    is_not="a distance between alliances, interests or peoples; never use it alone.",
    checked="symmetry and the triangle inequality under hypothesis",
)


def compute(ideal_points: nw.LazyFrame) -> nw.LazyFrame:
    spread = (nw.col("ideal_point_high") - nw.col("ideal_point_low")) / (2 * Z_90)
    points = ideal_points.select(*BY, "iso3", point="ideal_point", variance=spread**2)
    partners = points.rename({"iso3": "partner_iso3", "point": "partner_point", "variance": "partner_variance"})
    pairs = points.join(partners, on=list(BY), how="inner").filter(nw.col("iso3") != nw.col("partner_iso3"))
    distance = (nw.col("point") - nw.col("partner_point")).abs()
    half = (nw.col("variance") + nw.col("partner_variance")) ** 0.5 * Z_95
    low = nw.when(distance < half).then(nw.lit(0.0)).otherwise(distance - half)
    return pairs.with_columns(**{NAME: distance, f"{NAME}_low": low, f"{NAME}_high": distance + half}).select(
        *BY, "iso3", "partner_iso3", NAME, f"{NAME}_low", f"{NAME}_high"
    )
