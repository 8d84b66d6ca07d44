"""In how many organisations do two countries sit together?

Full members only. The Jaccard index puts the organisations both belong to over those at least one does: it corrects for
countries that belong to many. Every pair of countries with a full membership is listed, those that share none too.
"""

import narwhals as nw

from legation.indicators.memberships_held import MEMBER
from legation.model import Example, Indicator, Kept, Measure

BY = ("source", "first_year", "year")

INDICATOR = Indicator(
    label={"en": "Shared memberships", "ko": "공동 가입 국제기구"},
    measures={
        "shared_memberships": Measure(
            {"en": "Organisations both belong to", "ko": "함께 가입한 기구 수"}, "organisations", "higher", "count"
        ),
        "jaccard_index": Measure(
            {"en": "Jaccard index", "ko": "자카드 지수"}, "0 to 1; 1 = all shared", "higher", "index"
        ),
    },
    formula=r"n_{xy} = |M_x \cap M_y|,\quad J_{xy} = |M_x \cap M_y| / |M_x \cup M_y|",
    reference="Jaccard 1912, doi:10.1111/j.1469-8137.1912.tb05611.x; "
    "Pevehouse et al. 2020, doi:10.1177/0022343319881175",
    by=BY,
    key=("iso3", "partner_iso3"),
    caveats=("membership_lists_lag", "items_are_not_alike"),
    kept=(Kept(),),
    example=Example(
        given={
            "memberships": """
                organisation  iso3  status
                UN            KOR   member
                UN            CHE   member
                OECD          KOR   member
                OECD          CHE   member
                CERN          CHE   member
                CERN          KOR   observer
                EAEU          KAZ   member
            """
        },
        expect="""
            iso3  partner_iso3  shared_memberships  jaccard_index
            KOR   CHE           2                   0.666666666667
            CHE   KOR           2                   0.666666666667
            KOR   KAZ           0                   0.0
            KAZ   KOR           0                   0.0
            CHE   KAZ           0                   0.0
            KAZ   CHE           0                   0.0
        """,
        working="Korea belongs to two organisations and Switzerland to three, two of them the same: 2 / 3. An observer "
        "does not count.",
    ),
    is_not="an alliance: most of what nearly all states share are organisations of the United Nations.",
    checked="brute force; symmetric, from 0 to 1",
)


def compute(memberships: nw.LazyFrame) -> nw.LazyFrame:
    full = memberships.filter(nw.col("status") == nw.lit(MEMBER)).select(*BY, "organisation", "iso3")
    held = full.group_by(*BY, "iso3").agg(held=nw.len())
    partner = {"iso3": "partner_iso3", "held": "partner_held"}
    together = (
        full.join(full.rename({"iso3": "partner_iso3"}), on=[*BY, "organisation"], how="inner")
        .group_by(*BY, "iso3", "partner_iso3")
        .agg(together=nw.len())
    )
    pairs = (
        held.join(held.rename(partner), on=list(BY), how="inner")
        .filter(nw.col("iso3") != nw.col("partner_iso3"))
        .join(together, on=[*BY, "iso3", "partner_iso3"], how="left")
    )
    shared = nw.col("together").fill_null(0).cast(nw.Int64)
    either = nw.col("held").cast(nw.Int64) + nw.col("partner_held").cast(nw.Int64) - shared
    return pairs.with_columns(
        shared_memberships=shared, jaccard_index=shared.cast(nw.Float64) / either.cast(nw.Float64)
    ).select(*BY, "iso3", "partner_iso3", *INDICATOR.measures)
