"""How many of a country's articles are among the world's most cited 1 %, and what share of those is its own?

The publisher gives the percentage; its interval is Wilson's, with the country's articles as the number of trials. The
share multiplies it by the articles and compares countries; its interval and the ranks come from Poisson draws of the
highly cited articles.
"""

import polars as pl

from legation.constants import BOOTSTRAP_DRAWS, BOOTSTRAP_SEED
from legation.indicators._measures import RANKS, with_interval
from legation.model import Example, Indicator, Kept, Measure

INDICATOR = Indicator(
    label={"en": "Most cited 1 %", "ko": "상위 1% 피인용 논문"},
    measures=with_interval(
        "top1_share",
        {"en": "Share of the world's top 1 %", "ko": "세계 상위 1% 논문 점유율"},
        "share of highly cited credits",
    )
    | RANKS
    | with_interval(
        "top1_percent",
        {"en": "Articles in the top 1 %", "ko": "상위 1% 논문 비율"},
        "% of the articles of the country; 1 = world",
        format="index",
    )
    | {
        "top1_articles": Measure({"en": "Highly cited articles", "ko": "고피인용 논문 수"}, "works", "higher", "number")
    },
    formula=r"s_c = \frac{p_c x_c}{\sum_{c'} p_{c'} x_{c'}}",
    reference="National Center for Science and Engineering Statistics, Science and Engineering Indicators; "
    "Wilson 1927, doi:10.1080/01621459.1927.10502953",
    by=("source", "first_year", "year", "scope", "counting"),
    key=("iso3",),
    caveats=(
        "papers_are_not_capability",
        "full_counts_do_not_add_up",
        "interval_of_counts",
        "small_counts_are_volatile",
    ),
    kept=(Kept(1, (("counting", "fractional"),)),),
    example=Example(
        given={
            "citation_shares": """
                iso3  top1_percent
                USA   1.5
                KOR   1
                CHE   3
            """,
            "articles": """
                iso3  articles
                USA   600000
                KOR   300000
                CHE   20000
                ISL   1000
            """,
        },
        expect="""
            iso3  top1_articles  top1_share      rank  top1_percent  top1_percent_low  top1_percent_high
            USA   9000           0.714285714286  1     1.5           1.469552596655    1.531068435212
            KOR   3000           0.238095238095  2     1.0           0.965017616322    1.036237244158
            CHE   600            0.047619047619  3     3.0           2.772458673499    3.245592715775
        """,
        working="1 % of 300,000 Korean articles are 3,000 of 12,600 highly cited ones: 3000 / 12600. Switzerland has "
        "the highest percentage and the smallest share. Iceland has no percentage and is left out.",
    ),
    is_not="an average: most articles of any country are not among the top 1 %.",
    checked="shares sum to one; Wilson's interval by his formula; the publisher's world percentage",
)


def compute(
    citation_shares: pl.DataFrame, articles: pl.DataFrame, *, draws: int = BOOTSTRAP_DRAWS, seed: int = BOOTSTRAP_SEED
) -> pl.DataFrame:
    from legation.resampling import poisson_shares, wilson

    both = citation_shares.join(articles, on="iso3", how="inner").sort("iso3")
    top, of = both["top1_percent"].to_numpy() / 100, both["articles"].to_numpy()
    low, high = wilson(top, of)
    found = pl.DataFrame(
        {
            "iso3": both["iso3"],
            **poisson_shares("top1_share", top * of, draws, seed),
            "top1_percent": both["top1_percent"],
            "top1_percent_low": 100 * low,
            "top1_percent_high": 100 * high,
            "top1_articles": top * of,
        }
    )
    return found.drop_nans("top1_share").fill_nan(None)
