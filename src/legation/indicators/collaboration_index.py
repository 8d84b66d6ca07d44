"""Do two countries publish together more than their sizes would suggest?

The index of *Science and Engineering Indicators*: C_x, C_y and C_w are the publisher's own world rows, the works of
each country with any foreign partner and all international works.
"""

import narwhals as nw

from legation.indicators._collaboration import with_world
from legation.model import Example, Indicator, Kept, Measure

BY = ("source", "first_year", "year", "scope")

INDICATOR = Indicator(
    label={"en": "Index of collaboration", "ko": "국제공동연구 지수"},
    measures={
        "collaboration_index": Measure(
            {"en": "Index of collaboration", "ko": "국제공동연구 지수"},
            "ratio; 1 = as sizes suggest",
            "higher",
            "ratio",
        ),
        "works": Measure({"en": "Joint works", "ko": "공동 논문"}, "works", "higher", "count"),
    },
    formula=r"\mathrm{IC}_{xy} = \frac{C_{xy} / C_x}{C_y / C_w}",
    reference="National Center for Science and Engineering Statistics, Science and Engineering Indicators; "
    "Leydesdorff & Wagner 2008, doi:10.1016/j.joi.2008.07.003",
    by=BY,
    key=("iso3", "partner_iso3"),
    caveats=("papers_are_not_capability", "small_counts_are_volatile", "works_of_many_countries"),
    kept=(Kept(5),),
    example=Example(
        given={
            "copublications": """
                iso3  partner_iso3  works
                KOR   CHE           10
                CHE   KOR           10
                KOR   WLD           50
                CHE   WLD           100
                WLD   WLD           1000
            """
        },
        expect="""
            iso3  partner_iso3  collaboration_index  works
            KOR   CHE           2.0                  10
            CHE   KOR           2.0                  10
        """,
        working="A fifth of Korea's international works are with Switzerland, which signs a tenth of the world's: "
        "0.2 / 0.1.",
    ),
    is_not="a count, or a rank of partners by size: a high value can rest on few works.",
    checked="the publisher's formula by hand on its own table; symmetry and brute force under hypothesis",
)


def compute(copublications: nw.LazyFrame) -> nw.LazyFrame:
    ratio = (nw.col("joint") / nw.col("total")) / (nw.col("partner_total") / nw.col("everything"))
    return (
        with_world(copublications, BY)
        .with_columns(collaboration_index=ratio)
        .select(*BY, "iso3", "partner_iso3", "collaboration_index", "works")
    )
