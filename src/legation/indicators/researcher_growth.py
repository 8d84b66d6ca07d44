"""How fast does the number of a country's active researchers grow?

Compound growth over `window_years` years, to the newest year that looks complete: one in which the world has at least
the part `complete_share` of the researchers of the year before. A researcher is active in a year with a publication and
stands with the country of it. A cell that is suppressed in one of the two years, or a country that is not listed in one
of them, has no growth: blank is not none. A collection that does not reach back as far gives none at all.
"""

import narwhals as nw

from legation.constants import COMPLETE_YEAR_SHARE, WINDOW_YEARS
from legation.model import Example, Indicator, Measure

WORLDS = ["source", "scope"]
COUNT = "researchers; empty = suppressed or not listed"

INDICATOR = Indicator(
    label={"en": "Growth of researchers", "ko": "연구자 증가"},
    measures={
        "annual_growth": Measure({"en": "Growth a year", "ko": "연평균 증가율"}, "share a year", "higher", "share"),
        "researchers": Measure({"en": "Active researchers", "ko": "활동 연구자"}, COUNT, "higher", "count"),
        "researchers_before": Measure(
            {"en": "Active researchers before", "ko": "이전 활동 연구자"}, COUNT, None, "count"
        ),
        "researchers_added": Measure({"en": "Researchers added", "ko": "늘어난 연구자"}, COUNT, "higher", "number"),
    },
    formula=r"g_c = (N_{cY} / N_{c,Y-5})^{1/5} - 1",
    reference="Akbaritabar et al. 2024, doi:10.1038/s41597-024-03655-9; Bornmann & Mutz 2015, doi:10.1002/asi.23329",
    by=("source", "scope"),
    key=("first_year", "year", "iso3"),
    caveats=("moves_are_of_publishing_researchers", "databases_disagree", "small_counts_are_volatile"),
    example=Example(
        given={
            "researcher_stocks": """
                iso3  year  researchers
                KOR   2020  10000
                KOR   2022  14400
                CHE   2020  8000
                CHE   2022  7220
                ISL   2020  -
                ISL   2022  30
                MCO   2022  6
                KOR   2023  99
            """
        },
        settings={"window_years": 2},
        expect="""
            first_year  year  iso3  annual_growth  researchers  researchers_before  researchers_added
            2020        2022  KOR   0.2            14400        10000               4400
            2020        2022  CHE   -0.05          7220         8000                -780
            2020        2022  ISL   -              30           -                   -
            2020        2022  MCO   -              6            -                   -
        """,
        working="Two years to 2022: 2023, with far fewer researchers, is incomplete. Korea: (14400 / 10000)^(1/2) - 1 "
        "= 20 % a year. Iceland's cell of 2020 is suppressed and Monaco is not listed then: neither has a growth.",
    ),
    is_not="growth of employment: part of it is growth of the database, and many publish once.",
    checked="brute force; blank cells stay blank",
)


def compute(
    researcher_stocks: nw.LazyFrame, *, window_years: int = WINDOW_YEARS, complete_share: float = COMPLETE_YEAR_SHARE
) -> nw.LazyFrame:
    counted = researcher_stocks.with_columns(count=nw.col("researchers").cast(nw.Int64))
    counted = counted.join(_ends(counted, complete_share), on=WORLDS, how="inner").with_columns(
        first_year=nw.col("last_year") - window_years
    )
    ends = {"researchers": nw.col("last_year"), "researchers_before": nw.col("first_year")}
    each = counted.with_columns(
        **{name: nw.when(nw.col("year") == at).then(nw.col("count")) for name, at in ends.items()}
    )
    listed = each.filter((nw.col("year") == nw.col("last_year")) | (nw.col("year") == nw.col("first_year")))
    both = listed.group_by(*WORLDS, "first_year", "last_year", "iso3").agg(*(nw.col(name).max() for name in ends))
    both = both.filter(~nw.col("researchers_before").max().over(*WORLDS).is_null())
    before, after = (nw.col(name).cast(nw.Float64) for name in ("researchers_before", "researchers"))
    return both.with_columns(
        annual_growth=nw.when(before > 0).then((after / before) ** (1 / window_years) - 1),
        researchers_added=nw.col("researchers") - nw.col("researchers_before"),
    ).select(*WORLDS, "first_year", "iso3", *INDICATOR.measures, year="last_year")


def _ends(counted: nw.LazyFrame, least: float) -> nw.LazyFrame:
    """The newest year of each source and scope with at least the part `least` of the researchers of the year before."""
    totals = counted.group_by(*WORLDS, "year").agg(total=nw.col("count").sum().cast(nw.Float64))
    before = totals.select(*WORLDS, year=nw.col("year") + 1, before=nw.col("total"))
    both = totals.join(before, on=[*WORLDS, "year"], how="left")
    complete = both.filter(nw.col("before").is_null() | (nw.col("total") >= nw.col("before") * least))
    return complete.group_by(*WORLDS).agg(last_year=nw.col("year").max())
