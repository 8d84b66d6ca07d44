"""How often did two states vote the same way in the UN General Assembly, on an issue and over all?"""

import narwhals as nw

from legation.model import Example, Indicator, Measure

BY = ("source", "first_year", "year", "issue")

INDICATOR = Indicator(
    label={"en": "Voting agreement", "ko": "유엔총회 표결 일치도"},
    measures={
        "agreement": Measure({"en": "Voting agreement", "ko": "표결 일치도"}, "share of roll calls", None, "share"),
        "agreement_over_mean": Measure(
            {"en": "Agreement above the mean", "ko": "평균 대비 일치도"},
            "difference of shares; 0 = mean of all partners",
        ),
        "roll_calls": Measure({"en": "Roll calls", "ko": "표결 수"}, "roll calls", None, "count"),
    },
    formula=r"a_{hp} = \frac{\text{same vote}}{\text{roll calls where both took part}}, \quad a_{hp} - \bar a_h",
    reference="Bailey, Strezhnev & Voeten 2017, doi:10.1177/0022002715595700",
    by=BY,
    key=("iso3", "partner_iso3"),
    caveats=("votes_are_not_alliances",),
    example=Example(
        given={
            "votes": """
                issue  iso3  partner_iso3  agreement  roll_calls
                all    KOR   CHE           0.8        100
                all    KOR   PRK           0.4        100
            """
        },
        expect="""
            issue  iso3  partner_iso3  agreement  agreement_over_mean  roll_calls
            all    KOR   CHE           0.8         0.2                 100
            all    KOR   PRK           0.4        -0.2                 100
        """,
        working="Korea agrees with its partners in 0.6 of roll calls on average; with Switzerland in 0.8.",
    ),
    is_not="An alliance, a treaty, or a forecast of collaboration: closeness of votes did not predict its growth.",
    checked="brute force over random ballots",
)


def compute(votes: nw.LazyFrame) -> nw.LazyFrame:
    mean = nw.col("agreement").mean().over(*BY, "iso3")
    return votes.with_columns(agreement_over_mean=nw.col("agreement") - mean).select(
        *BY, "iso3", "partner_iso3", "agreement", "agreement_over_mean", "roll_calls"
    )
