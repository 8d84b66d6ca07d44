"""Who sits on which technical committee, and who holds its secretariat?

A body participates, with the duty to vote, or observes; the secretariat runs the committee and participates too. A
country counts once on a committee. Where the source shows nobody but the secretariat (joint committees that another
organisation administers), `members_listed` is false and the absence of a country says nothing.
"""

import narwhals as nw

from legation.model import Example, Indicator, Measure

BY = ("source", "first_year", "year")

INDICATOR = Indicator(
    label={"en": "Seats on technical committees", "ko": "표준화 기술위원회 참여"},
    measures={
        "seat": Measure({"en": "Seat", "ko": "참여 지위"}, "participating or observing"),
        "secretariat": Measure({"en": "Holds the secretariat", "ko": "간사국 여부"}, "true or false", "higher"),
        "participants": Measure({"en": "Countries that participate", "ko": "정회원(P) 수"}, "countries", None, "count"),
        "members_listed": Measure({"en": "Members are listed", "ko": "회원 목록 제공 여부"}, "true or false"),
    },
    formula=r"\mathrm{seat}_{kc} = \max(\text{observing}, \text{participating})",
    reference="Mattli & Büthe 2003, doi:10.1353/wp.2004.0006; ISO, https://www.iso.org/who-develops-standards.html",
    by=BY,
    key=("committee", "iso3"),
    caveats=("seats_are_not_influence", "iec_committees_list_no_members"),
    example=Example(
        given={
            "committees": """
                committee      iso3  role
                ISO/TC 298     CHN   secretariat
                ISO/TC 298     CHN   participating
                ISO/TC 298     KOR   participating
                ISO/TC 298     CHE   observing
                IEC/ISO JTC 3  GBR   secretariat
                IEC/ISO JTC 3  GBR   participating
            """
        },
        expect="""
            committee      iso3  seat           secretariat  participants  members_listed
            ISO/TC 298     CHN   participating  1            2             1
            ISO/TC 298     KOR   participating  0            2             1
            ISO/TC 298     CHE   observing      0            2             1
            IEC/ISO JTC 3  GBR   participating  1            1             0
        """,
        working="China holds the secretariat and a seat: it counts once. The committee on quantum technologies shows "
        "only its British secretariat, so it does not tell who else takes part.",
    ),
    is_not="who writes the standard: drafts come from experts, whom bodies name.",
    checked="brute force: each country once on a committee, every seat found",
)


def compute(committees: nw.LazyFrame) -> nw.LazyFrame:
    roles = {name: (nw.col("role") == nw.lit(name)) for name in ("participating", "observing", "secretariat")}
    seats = committees.with_columns(**roles).group_by(*BY, "committee", "iso3").agg(nw.col(*roles).any())
    member = nw.col("observing") | nw.col("participating")
    others = (member & ~nw.col("secretariat")).cast(nw.Int64).max()
    participants = nw.col("participating").cast(nw.Int64).sum()
    seat = (
        nw.when(nw.col("participating"))
        .then(nw.lit("participating"))
        .otherwise(nw.when(nw.col("observing")).then(nw.lit("observing")))
    )
    return seats.with_columns(
        seat=seat,
        participants=participants.over(*BY, "committee").cast(nw.Int64),
        members_listed=others.over(*BY, "committee") == 1,
    ).select(*BY, "committee", "iso3", *INDICATOR.measures)
