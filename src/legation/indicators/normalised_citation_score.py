"""How often are a country's works cited, next to works of the same field, year and type?

The citations of a work over the mean of all works of its field, year and type in the collection; where that mean is 0,
every such work has 0. A country has the mean over its fractional credit (MNCS). Over the same years as `top10_share`:
the last that have at least two newer ones behind them in the data; works whose citations are not known are left out
and counted. The interval comes from drawing works with replacement, with the scores each work has in the collection as
it is.
"""

import polars as pl

from legation.constants import BOOTSTRAP_DRAWS, BOOTSTRAP_SEED, CITATION_LAG_YEARS, WINDOW_YEARS
from legation.indicators._measures import with_interval
from legation.indicators._works import credits, window
from legation.model import Example, Indicator, Measure

PEERS = ("field", "year", "type")

INDICATOR = Indicator(
    label={"en": "Normalised citation score", "ko": "정규화 피인용 지수"},
    measures=with_interval(
        "mean_normalised_citation_score",
        {"en": "Mean normalised citation score", "ko": "평균 정규화 피인용 지수(MNCS)"},
        "ratio; 1 = mean of field, year and type in the collection",
        format="ratio",
    )
    | {
        "output": Measure({"en": "Output", "ko": "논문 산출"}, "works, fractional", "higher", "number"),
        "works_without_citations": Measure(
            {"en": "Works left out: citations not known", "ko": "피인용 수 미상으로 제외된 논문"},
            "works",
            None,
            "count",
        ),
    },
    formula=r"\mathrm{MNCS}_c = \frac{\sum_w a_{cw} n_w}{\sum_w a_{cw}},\quad "
    r"n_w = \frac{k_w}{\overline{k}_{f(w)\,y(w)\,t(w)}},\quad n_w = 0 \text{ where that mean is } 0",
    reference="Waltman et al. 2011, doi:10.1016/j.joi.2010.08.001; "
    "Waltman & van Eck 2015, doi:10.1016/j.joi.2015.08.001",
    by=("source", "scope"),
    key=("first_year", "year", "iso3"),
    caveats=(
        "papers_are_not_capability",
        "collection_is_not_the_world",
        "citations_take_time",
        "interval_of_works",
        "means_follow_outliers",
    ),
    example=Example(
        given={
            "works": """
                work_id  year  field    type     citations  authors
                a        2020  physics  article  6          2
                b        2020  physics  article  2          1
                c        2020  physics  article  1          1
                d        2020  physics  review   30         1
                e        2020  biology  article  0          1
                f        2020  biology  article  0          1
                g        2020  physics  article  -          1
                h        2022  physics  article  90         1
            """,
            "authorships": """
                work_id  position  iso3  countries
                a        0         KOR   1
                a        1         CHE   1
                b        0         KOR   1
                c        0         -     0
                d        0         CHE   1
                e        0         KOR   1
                f        0         CHE   1
                g        0         KOR   1
                h        0         KOR   1
            """,
        },
        expect="""
            first_year  year  iso3  output  mean_normalised_citation_score  works_without_citations
            2016        2020  KOR   2.5     0.666666666667                  1
            2016        2020  CHE   2.5     0.8                             1
        """,
        working="Physics articles of 2020 have 6, 2 and 1 citations, 3 on average: a scores 2, b 2/3, c 1/3. The only "
        "review scores 1, the uncited biology articles 0. Korea: half of a, b and e, (1 + 2/3 + 0) / 2.5. "
        "Switzerland: half of a, d and f, (1 + 1 + 0) / 2.5. g has no count; h is too new.",
    ),
    is_not="a mean over the world: works are compared with those this collection holds; and one work can carry it.",
    checked="the mean over each field, year and type is 1, or 0 where none is cited; brute force",
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
    from legation.resampling import bootstrap, collapse, ratio
    from legation.resampling import with_interval as interval_of

    recent, dates = window(works, window_years, lag_years, snapshots=False)
    scored = recent.drop_nulls("citations").with_columns(score=normalised_score())
    patterns = collapse(scored, credits(scored, authorships), ["score"])
    drawn, found = bootstrap(patterns, draws, seed), patterns.estimate
    means = [ratio(each["score"], each["credit"]) for each in (found, drawn)]
    table = pl.DataFrame(
        {
            "iso3": pl.Series(patterns.countries, dtype=pl.String),
            **interval_of("mean_normalised_citation_score", *means),
            "output": found["credit"],
        }
    )
    left_out = pl.lit(recent.height - scored.height, pl.Int64)
    return table.fill_nan(None).with_columns(works_without_citations=left_out, **dates)


def normalised_score() -> pl.Expr:
    """The citations of a work over the mean of its field, year and type; 0 where that mean is 0."""
    citations = pl.col("citations").cast(pl.Float64)
    mean = citations.mean().over(*PEERS)
    return pl.when(mean > 0).then(citations / mean).otherwise(0.0)
