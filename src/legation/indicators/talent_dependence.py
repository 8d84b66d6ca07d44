"""Of the researchers who come to a country, how many come from one partner?

A listed cell too small to be shown stands for 1 to 4 researchers. The bounds are exact: the low one takes the partner's
blank cells at one and all others at four, the high one the other way round. The share stays empty where the partner's
own cells are blank; where only others are, it is over the middle of what all arrivals can be. A pair that is not listed
counts as no move.
"""

import narwhals as nw

from legation.indicators._measures import with_interval
from legation.indicators.researcher_flows import MOST_IN_A_BLANK
from legation.model import Example, Indicator, Kept, Measure

BY = ("source", "first_year", "year", "scope")
UNIT = "share of researchers who came; bounds where small cells are suppressed"

INDICATOR = Indicator(
    label={"en": "Talent dependence", "ko": "인재 유입 의존도"},
    measures={
        **with_interval(
            "talent_dependence",
            {"en": "Share of arrivals from the partner", "ko": "유입 연구자 중 상대국 비중"},
            UNIT,
            None,
        ),
        "arrivals": Measure(
            {"en": "Came from the partner", "ko": "상대국에서 유입"}, "researchers; empty = suppressed", None, "count"
        ),
    },
    formula=r"t_{hp} = \frac{M_{p \to h}}{\sum_{p'} M_{p' \to h}},\quad "
    r"\frac{L_p}{L_p + \sum_{q \ne p} U_q} \le t_{hp} \le \frac{U_p}{U_p + \sum_{q \ne p} L_q}",
    reference="Robinson-Garcia et al. 2019, doi:10.1016/j.joi.2018.11.002",
    by=BY,
    key=("iso3", "partner_iso3"),
    caveats=("affiliations_are_not_passports", "moves_are_of_publishing_researchers", "small_counts_are_volatile"),
    kept=(Kept(5),),
    example=Example(
        given={
            "moves": """
                origin_iso3  destination_iso3  researchers
                USA          KOR               50
                CHN          KOR               45
                ISL          KOR               -
                KOR          CHE               20
            """
        },
        expect="""
            iso3  partner_iso3  arrivals  talent_dependence  talent_dependence_low  talent_dependence_high
            KOR   USA           50        0.512820512821     0.505050505051         0.520833333333
            KOR   CHN           45        0.461538461538     0.454545454545         0.46875
            KOR   ISL           -         -                  0.010416666667         0.040404040404
            CHE   KOR           20        1.0                1.0                    1.0
        """,
        working="1 to 4 came from Iceland, so 96 to 99 in all, 97.5 in the middle. From the United States 50 / 99 to "
        "50 / 96; from Iceland 1 / 96 to 4 / 99.",
    ),
    is_not="dependence on citizens of the partner: affiliations are counted, and many return home.",
    checked="brute force over every value blank cells can have",
)


def compute(moves: nw.LazyFrame) -> nw.LazyFrame:
    blank = nw.col("researchers_blank").cast(nw.Int64)
    seen = nw.col("researchers").fill_null(0).cast(nw.Int64)
    pairs = moves.select(
        *BY, iso3="destination_iso3", partner_iso3="origin_iso3", seen=seen, blank=blank, low=seen + blank,
        high=seen + blank * MOST_IN_A_BLANK,
    )  # fmt: skip
    low, high = (nw.col(c).cast(nw.Float64) for c in ("low", "high"))
    all_low, all_high = (c.sum().over(*BY, "iso3") for c in (low, high))
    others = pairs.with_columns(others_low=all_low - low, others_high=all_high - high).filter(nw.col("high") > 0)
    middle = (nw.col("others_low") + nw.col("others_high")) / 2
    known = nw.col("blank") == 0
    return others.with_columns(
        arrivals=nw.when(known).then(nw.col("seen")),
        talent_dependence=nw.when(known).then(low / (low + middle)),
        talent_dependence_low=low / (low + nw.col("others_high")),
        talent_dependence_high=high / (high + nw.col("others_low")),
    ).select(*BY, "iso3", "partner_iso3", *INDICATOR.measures)
