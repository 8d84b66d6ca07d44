"""How many jointly funded projects do two countries share, and is that more than their sizes would suggest?"""

import narwhals as nw

from legation.model import WORLD, Example, Indicator, Kept, Measure

BY = ("source", "first_year", "year", "scope")

INDICATOR = Indicator(
    label={"en": "Joint projects", "ko": "공동 연구과제"},
    measures={
        "projects": Measure({"en": "Joint projects", "ko": "공동 연구과제"}, "projects", "higher", "count"),
        "share_of_projects": Measure(
            {"en": "Share of its international projects", "ko": "국제과제 중 비중"}, "share of projects", None, "share"
        ),
    },
    formula=r"s_{xy} = P_{xy} / P_x",
    reference="Scherngell & Barber 2009, doi:10.1111/j.1435-5957.2008.00215.x",
    by=BY,
    key=("iso3", "partner_iso3"),
    caveats=("one_programme_only",),
    kept=(Kept(9),),
    example=Example(
        given={
            "projects": """
                iso3  partner_iso3  projects
                KOR   CHE           10
                KOR   WLD           40
                CHE   KOR           10
                CHE   WLD           400
            """
        },
        expect="""
            iso3  partner_iso3  projects  share_of_projects
            KOR   CHE           10        0.25
            CHE   KOR           10        0.025
        """,
        working="Ten of Korea's forty international projects have a Swiss participant.",
    ),
    is_not="all joint research: projects under other programmes, and without public money, are not seen.",
    checked="brute force over random consortia",
)


def compute(projects: nw.LazyFrame) -> nw.LazyFrame:
    pairs = projects.filter(nw.col("partner_iso3") != nw.lit(WORLD))
    totals = projects.filter(nw.col("partner_iso3") == nw.lit(WORLD)).select(
        *BY, "iso3", total=nw.col("projects").cast(nw.Float64)
    )
    return (
        pairs.join(totals, on=[*BY, "iso3"], how="inner")
        .with_columns(share_of_projects=nw.col("projects").cast(nw.Float64) / nw.col("total"))
        .select(*BY, "iso3", "partner_iso3", "projects", "share_of_projects")
    )
