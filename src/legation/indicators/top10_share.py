"""What share of the most cited 10 % of works is a country's, and how much of its own output is among them?

Among the works of a collection, field by field and year by year; ties at the threshold share what is left of the tenth,
uncited works stay in the base, works whose citations are not known are left out of it and counted. Over the last years
that have at least two newer ones behind them in the data. The interval and the ranks come from drawing works with
replacement, with the scores each work has in the collection as it is.
"""

import polars as pl

from legation.constants import BOOTSTRAP_DRAWS, BOOTSTRAP_SEED, CITATION_LAG_YEARS, WINDOW_YEARS
from legation.indicators._measures import RANKS, with_interval
from legation.indicators._works import credits, top_score, window
from legation.model import Example, Indicator, Measure

TOP = 0.1

INDICATOR = Indicator(
    label={"en": "Most cited 10 %", "ko": "상위 10% 피인용 논문"},
    measures=with_interval(
        "top10_share",
        {"en": "Share of the top 10 %", "ko": "상위 10% 논문 점유율"},
        "share of located fractional credit for the most cited tenth",
    )
    | RANKS
    | with_interval(
        "pp_top10",
        {"en": "PP(top 10 %)", "ko": "상위 10% 논문 비율"},
        "share of the output of the country; 0.1 = the collection",
    )
    | {
        "top10_works": Measure(
            {"en": "Top 10 % works", "ko": "상위 10% 논문 수"}, "works, fractional", "higher", "number"
        ),
        "output": Measure({"en": "Output", "ko": "논문 산출"}, "works, fractional", "higher", "number"),
        "works_without_citations": Measure(
            {"en": "Works left out: citations not known", "ko": "피인용 수 미상으로 제외된 논문"},
            "works",
            None,
            "count",
        ),
    },
    formula=r"\mathrm{PP}_c = \frac{\sum_w a_{cw} z_w}{\sum_w a_{cw}},\quad "
    r"s_c = \frac{\sum_w a_{cw} z_w}{\sum_{c'} \sum_w a_{c'w} z_w},\quad "
    r"z_w = \min\!\left(1, \max\!\left(0, \frac{F(k_w) - 0.9}{f(k_w)}\right)\right)",
    reference="Waltman & Schreiber 2013, doi:10.1002/asi.22775; Waltman & van Eck 2015, doi:10.1016/j.joi.2015.08.001",
    by=("source", "scope"),
    key=("first_year", "year", "iso3"),
    caveats=("papers_are_not_capability", "collection_is_not_the_world", "citations_take_time", "interval_of_works"),
    example=Example(
        given={
            "works": """
                work_id  year  field    citations  authors
                a        2020  physics  50         2
                b        2020  physics  7          1
                c        2020  physics  7          1
                d        2020  physics  7          1
                e        2020  physics  7          1
                f        2020  physics  0          1
                g        2020  physics  0          1
                h        2020  physics  0          1
                i        2020  physics  0          1
                j        2020  physics  0          1
                k        2020  physics  0          1
                l        2020  physics  0          1
                m        2020  physics  0          1
                n        2020  physics  0          1
                o        2020  physics  0          1
                p        2020  physics  -          1
                q        2022  physics  90         1
            """,
            "authorships": """
                work_id  position  iso3  countries
                a        0         KOR   1
                a        1         CHE   1
                b        0         KOR   1
                c        0         CHE   1
                d        0         -     0
                e        0         CHE   1
                f        0         KOR   1
                g        0         KOR   1
                h        0         KOR   1
                p        0         KOR   1
                q        0         KOR   1
            """,
        },
        expect="""
            first_year  year  iso3  output  top10_works  pp_top10        top10_share     works_without_citations
            2016        2020  KOR   4.5     0.625        0.138888888889  0.454545454545  1
            2016        2020  CHE   2.5     0.75         0.3             0.545454545455  1
        """,
        working="The newest year is 2022, so the five years end in 2020; p has no citation count and leaves 15 works. "
        "The most cited tenth is 1.5 works: a takes one, the four with 7 citations share the other half, 0.125 each. "
        "Korea: half of a and all of b, 0.5 + 0.125 of 4.5 works. Switzerland: half of a, c and e, 0.75 of 2.5. "
        "The 0.125 of d belong to no country: shares are of 1.375.",
    ),
    is_not="a share of the world's top 10 %: only of the works this collection holds.",
    checked="scores sum to a tenth of each field and year; brute force; the interval against a row-by-row bootstrap",
)


def compute(
    works: pl.DataFrame,
    authorships: pl.DataFrame,
    *,
    window_years: int = WINDOW_YEARS,
    lag_years: int = CITATION_LAG_YEARS,
    draws: int = BOOTSTRAP_DRAWS,
    seed: int = BOOTSTRAP_SEED,
) -> pl.DataFrame:
    from legation.resampling import bootstrap, collapse, ratio, shares, with_ranks
    from legation.resampling import with_interval as interval_of

    recent, dates = window(works, window_years, lag_years, snapshots=False)
    scored = recent.drop_nulls("citations").with_columns(top=top_score(TOP))
    patterns = collapse(scored, credits(scored, authorships), ["top"])
    drawn, found = bootstrap(patterns, draws, seed), patterns.estimate
    table = pl.DataFrame(
        {
            "iso3": pl.Series(patterns.countries, dtype=pl.String),
            **interval_of("top10_share", shares(found["top"]), shares(drawn["top"])),
            **with_ranks(drawn["top"]),
            **interval_of("pp_top10", ratio(found["top"], found["credit"]), ratio(drawn["top"], drawn["credit"])),
            "top10_works": found["top"],
            "output": found["credit"],
        }
    )
    left_out = pl.lit(recent.height - scored.height, pl.Int64)
    return table.fill_nan(None).with_columns(works_without_citations=left_out, **dates)
