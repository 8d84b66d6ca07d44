"""How much of two countries' international work is joint, seen from both at once?

The cosine of their international works: joint works over the geometric mean of what each signs with any foreign
partner.
"""

import narwhals as nw

from legation.indicators._collaboration import with_totals
from legation.model import Example, Indicator, Kept, Measure

BY = ("source", "first_year", "year", "scope")

INDICATOR = Indicator(
    label={"en": "Salton's measure of collaboration", "ko": "솔튼 협력 척도"},
    measures={
        "salton": Measure(
            {"en": "Strength of collaboration (Salton)", "ko": "공동연구 강도(솔튼 척도)"},
            "0 to 1; 1 = all works joint",
            "higher",
            "index",
        ),
        "joint_works": Measure({"en": "Joint works", "ko": "공동 논문"}, "works", "higher", "count"),
    },
    formula=r"S_{xy} = C_{xy} / \sqrt{C_x\,C_y}",
    reference="Luukkonen et al. 1993, doi:10.1007/BF02016282",
    by=BY,
    key=("iso3", "partner_iso3"),
    caveats=("papers_are_not_capability", "works_of_many_countries"),
    kept=(Kept(5),),
    example=Example(
        given={
            "copublications": """
                iso3  partner_iso3  works
                KOR   CHE           10
                CHE   KOR           10
                KOR   WLD           50
                CHE   WLD           200
                WLD   WLD           1000
            """
        },
        expect="""
            iso3  partner_iso3  salton
            KOR   CHE           0.1
            CHE   KOR           0.1
        """,
        working="The geometric mean of 50 and 200 international works is 100; ten of them are joint.",
    ),
    is_not="corrected for size: two large countries reach a high value more easily than a large and a small one.",
    checked="symmetry and bounds under hypothesis",
)


def compute(copublications: nw.LazyFrame) -> nw.LazyFrame:
    geometric_mean = (nw.col("total") * nw.col("partner_total")) ** 0.5
    return (
        with_totals(copublications, BY)
        .with_columns(salton=nw.col("joint") / geometric_mean, joint_works=nw.col("works"))
        .select(*BY, "iso3", "partner_iso3", "salton", "joint_works")
    )
