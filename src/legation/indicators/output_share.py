"""What share of the world's output is a country's, and what place does that give it?

The world is the sum over the countries the source lists. The interval and the ranks come from drawing the published
counts anew from Poisson distributions. Where the single works are known, `record_output` gives the same share over
several years with the interval of the works themselves.
"""

import polars as pl

from legation.constants import BOOTSTRAP_DRAWS, BOOTSTRAP_SEED
from legation.indicators._measures import RANKS, with_interval
from legation.model import Example, Indicator, Kept

INDICATOR = Indicator(
    label={"en": "Share of world output", "ko": "세계 논문 점유율"},
    measures=with_interval(
        "output_share", {"en": "Share of world output", "ko": "세계 논문 점유율"}, "share of credits"
    )
    | RANKS,
    formula=r"s_c = x_c / \sum_{c'} x_{c'},\quad x_c^{(b)} \sim \mathrm{Poisson}(x_c)",
    reference="Waltman & van Eck 2015, doi:10.1016/j.joi.2015.08.001; "
    "Goldstein & Spiegelhalter 1996, doi:10.2307/2983325",
    by=("source", "first_year", "year", "scope", "counting"),
    key=("iso3",),
    caveats=("papers_are_not_capability", "full_counts_do_not_add_up", "interval_of_counts"),
    kept=(Kept(5), Kept(1, (("counting", "fractional"),))),
    example=Example(
        given={
            "articles": """
                iso3  articles
                USA   60000
                KOR   30000
                CHE   10000
                ISL   0
                MCO   0
            """
        },
        expect="""
            iso3  output_share  rank  rank_low  rank_high
            USA   0.6           1     1         1
            KOR   0.3           2     2         2
            CHE   0.1           3     3         3
            ISL   0.0           4     4         4
            MCO   0.0           4     4         4
        """,
        working="30,000 of 100,000 works are Korean. A Poisson draw of 30,000 strays by about 170, so no draw changes "
        "the order; three countries are ahead of the two with none, which share the fourth place.",
    ),
    is_not="a share of excellence; see the share of the most cited works.",
    checked="shares sum to one; intervals against the binomial; against `record_output` on the same works",
)


def compute(articles: pl.DataFrame, *, draws: int = BOOTSTRAP_DRAWS, seed: int = BOOTSTRAP_SEED) -> pl.DataFrame:
    from legation.resampling import poisson_shares

    listed = articles.sort("iso3")
    counts = listed["articles"].to_numpy()
    found = pl.DataFrame({"iso3": listed["iso3"], **poisson_shares("output_share", counts, draws, seed)})
    return found.drop_nans("output_share")
