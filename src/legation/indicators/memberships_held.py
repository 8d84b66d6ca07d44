"""Who belongs to which organisation, regime or arrangement, and in what capacity?

The status is the source's own word; a full member is one whose status is `member` and nothing else, so that an
observer, a partner, or a country of which only non-governmental bodies belong is told apart. Sources describe different
years and may disagree: each is shown.
"""

import narwhals as nw

from legation.model import Example, Indicator, Measure

MEMBER = "member"
BY = ("source", "first_year", "year")

INDICATOR = Indicator(
    label={"en": "Memberships", "ko": "국제기구·체제 가입"},
    measures={
        "status": Measure({"en": "Status", "ko": "지위"}, "as the source calls it"),
        "full_member": Measure({"en": "Full member", "ko": "정회원 여부"}, "true or false", "higher"),
        "full_members": Measure({"en": "Full members in all", "ko": "전체 정회원 수"}, "countries", None, "count"),
    },
    formula=r"f_{oc} = [\mathrm{status}_{oc} = \text{member}]",
    reference="Pevehouse et al. 2020, doi:10.1177/0022343319881175",
    by=BY,
    key=("organisation", "iso3"),
    caveats=("membership_lists_lag",),
    example=Example(
        given={
            "memberships": """
                source  organisation  iso3  status    year
                one     CERN          CHE   member    2020
                one     CERN          FRA   member    2020
                one     CERN          KOR   observer  2020
                two     CERN          CHE   member    2025
            """
        },
        expect="""
            source  year  organisation  iso3  status    full_member  full_members
            one     2020  CERN          CHE   member    1            2
            one     2020  CERN          FRA   member    1            2
            one     2020  CERN          KOR   observer  0            2
            two     2025  CERN          CHE   member    1            1
        """,
        working="The first source names two members and an observer, the second one member: both stand.",
    ),
    is_not="what a country does there, or whether it keeps the rules.",
    checked="brute force",
)


def compute(memberships: nw.LazyFrame) -> nw.LazyFrame:
    full = nw.col("status") == nw.lit(MEMBER)
    return memberships.with_columns(
        full_member=full, full_members=full.cast(nw.Int64).sum().over(*BY, "organisation").cast(nw.Int64)
    ).select(*BY, "organisation", "iso3", *INDICATOR.measures)
