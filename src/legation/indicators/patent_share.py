"""What share of the patents of a field is an economy's, and what place does that give it?

The world is the sum over the economies the publisher lists for that kind of patent. The interval and the ranks come
from drawing the published counts anew from Poisson distributions.
"""

import polars as pl

from legation.constants import BOOTSTRAP_DRAWS, BOOTSTRAP_SEED
from legation.indicators._measures import RANKS, with_interval
from legation.model import WORLD, Example, Indicator, Kept, Measure

INDICATOR = Indicator(
    label={"en": "Share of patents", "ko": "특허 점유율"},
    measures=with_interval(
        "patent_share", {"en": "Share of patents", "ko": "특허 점유율"}, "share of the patents of listed economies"
    )
    | RANKS
    | {"patents": Measure({"en": "Patents", "ko": "특허 수"}, "patents", "higher", "number")},
    formula=r"s_c = x_c / \sum_{c'} x_{c'},\quad x_c^{(b)} \sim \mathrm{Poisson}(x_c)",
    reference="Frietsch & Schmoch 2010, doi:10.1007/s11192-009-0082-2; "
    "Goldstein & Spiegelhalter 1996, doi:10.2307/2983325",
    by=("source", "first_year", "year", "kind", "scope"),
    key=("iso3",),
    caveats=("patents_are_not_use", "listed_economies_only", "interval_of_counts", "small_counts_are_volatile"),
    kept=(Kept(),),
    example=Example(
        given={
            "patents": """
                iso3  patents
                JPN   60000
                KOR   30000
                CHE   10000
                WLD   120000
            """
        },
        expect="""
            iso3  patents  patent_share  rank  rank_low  rank_high
            JPN   60000    0.6           1     1         1
            KOR   30000    0.3           2     2         2
            CHE   10000    0.1           3     3         3
        """,
        working="The three economies have 100,000 patents between them, 30,000 of them Korean. The publisher's own "
        "world row counts economies it does not list and is not used.",
    ),
    is_not="a measure of products, secrecy or trade: what is patented, and where, differs by industry.",
    checked="shares sum to one; intervals against the binomial",
)


def compute(patents: pl.DataFrame, *, draws: int = BOOTSTRAP_DRAWS, seed: int = BOOTSTRAP_SEED) -> pl.DataFrame:
    from legation.resampling import poisson_shares

    listed = patents.filter(pl.col("iso3") != WORLD).sort("iso3")
    counts = listed["patents"].to_numpy()
    found = {"iso3": listed["iso3"], **poisson_shares("patent_share", counts, draws, seed), "patents": counts}
    return pl.DataFrame(found).drop_nans("patent_share")
