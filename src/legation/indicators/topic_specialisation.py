"""In which topics of a collection is a country specialised, what is near to them, and does it grow there?

Of single works with a topic, by fractional credit over the last `window_years` complete years: RCA is the topic's part
of the country's credit over its part of all credit, and density the part of a topic's proximity that leads to topics in
which the country is specialised, as in `relatedness_density`, among countries with at least `min_articles` credits.
Growth is that of the credit against the window before, a year. Intervals are those of `revealed_comparative_advantage`,
`relatedness_density` and `growth`. All is relative to the collection: one gathered around a country or a venue shows
what it was gathered for.
"""

import narwhals as nw
import polars as pl

from legation.constants import (
    BOOTSTRAP_DRAWS,
    BOOTSTRAP_SEED,
    MIN_ARTICLES,
    OUTPUT_LAG_YEARS,
    RCA_THRESHOLD,
    WINDOW_YEARS,
)
from legation.errors import NoEvidenceError
from legation.indicators import _growth, _specialisation
from legation.indicators._advantage import advantage, measures
from legation.indicators._measures import with_interval
from legation.indicators._works import credits, window
from legation.model import Example, Indicator, Measure

KEY = ["topic", "iso3"]

INDICATOR = Indicator(
    label={"en": "Specialisation by topic", "ko": "주제별 특화도"},
    measures=measures(
        {"en": "RCA in the topic", "ko": "주제별 현시비교우위"},
        {"en": "Symmetric RCA in the topic", "ko": "주제별 대칭 현시비교우위"},
        "the collection",
    )
    | with_interval(
        "density", {"en": "Relatedness density of topics", "ko": "주제 관련성 밀도"}, "share of proximity; 0 to 1"
    )
    | _growth.RATES
    | {"credits": Measure({"en": "Works, fractional", "ko": "문헌 수(분수 계수)"}, "works", "higher", "number")},
    formula=r"\mathrm{RCA}_{ct} = \frac{x_{ct} / x_c}{x_t / x},\quad "
    r"d_{ct} = \frac{\sum_{q \ne t} M_{cq}\,\phi_{tq}}{\sum_{q \ne t} \phi_{tq}},\quad "
    r"g_{ct} = (x_{ct} / x_{ct}')^{1/5} - 1",
    reference="Balland & Boschma 2021, doi:10.1080/00343404.2020.1861240; "
    "Waltman & van Eck 2015, doi:10.1016/j.joi.2015.08.001",
    by=("source", "scope"),
    key=("first_year", "year", *KEY),
    caveats=(
        "papers_are_not_capability",
        "specialisation_is_not_strength",
        "collection_is_not_the_world",
        "interval_of_counts",
        "small_counts_are_volatile",
    ),
    example=Example(
        given={
            "works": """
                work_id  year  topic  authors
                a        2020  T1     1
                b        2020  T1     1
                c        2020  T2     1
                d        2020  T3     2
                e        2015  T1     1
                f        2021  T3     1
            """,
            "authorships": """
                work_id  position  iso3  countries
                a        0         KOR   1
                b        0         KOR   1
                c        0         KOR   1
                d        0         CHE   1
                d        1         CHE   1
                e        0         KOR   1
                f        0         CHE   1
            """,
        },
        settings={"min_articles": 1.0, "draws": 50},
        expect="""
            first_year  year  topic  iso3  rca             symmetric_rca   density  credits  annual_growth
            2016        2020  T1     KOR   1.333333333333  0.142857142857  1.0      2        0.148698354997
            2016        2020  T2     KOR   1.333333333333  0.142857142857  1.0      1        -
            2016        2020  T3     CHE   4.0             0.6             0.0      1        -
        """,
        working="Five years to 2020, as 2021 is incomplete. Korea has 2 of 3 credits in T1, half of all: 4/3. It holds "
        "T1 and T2, each all that is near to the other. In the five years before it had one in T1: 2^(1/5) - 1 a year.",
    ),
    is_not="a ranking of the world unless the collection is of the world; and topics are cut by an algorithm.",
    checked="brute force; against `revealed_comparative_advantage` on the same counts",
)


def compute(
    works: pl.DataFrame,
    authorships: pl.DataFrame,
    *,
    window_years: int = WINDOW_YEARS,
    lag_years: int = OUTPUT_LAG_YEARS,
    min_articles: float = MIN_ARTICLES,
    rca_threshold: float = RCA_THRESHOLD,
    draws: int = BOOTSTRAP_DRAWS,
    seed: int = BOOTSTRAP_SEED,
) -> pl.DataFrame:
    told = works.drop_nulls("topic")
    recent, dates = window(told, window_years, lag_years, snapshots=True)
    if recent.is_empty():
        raise NoEvidenceError("no works have a topic")
    end = pl.select(dates["year"]).item()
    before = told.filter(pl.col("year").is_between(end - 2 * window_years + 1, end - window_years))
    counts, earlier = _credits(recent, authorships), _credits(before, authorships)
    lazy = nw.from_native(counts.rename({"topic": "scope"}).with_columns(world=pl.lit(0)).lazy())
    rca = pl.DataFrame(advantage(lazy, "credits", ["world"]).collect().to_native()).drop("world")
    held = _specialisation.specialisation(
        rca, counts.rename({"topic": "scope"}), min_articles, rca_threshold, "credits"
    )
    density = _specialisation.density_table(held).drop("held")
    grown = _grown(counts, earlier, end, window_years, draws, seed)
    joined = rca.join(density, on=["scope", "iso3"]).rename({"scope": "topic"})
    return joined.join(counts, on=KEY).join(grown, on=KEY, how="left").with_columns(**dates)


def _credits(works: pl.DataFrame, authorships: pl.DataFrame) -> pl.DataFrame:
    """Fractional credit of each country by topic: `topic`, `iso3`, `credits`."""
    given = credits(works, authorships).join(works.select("work_id", "topic"), on="work_id")
    return given.group_by(KEY).agg(credits=pl.col("credit").sum()).sort(KEY)


def _grown(counts: pl.DataFrame, earlier: pl.DataFrame, end: int, years: int, draws: int, seed: int) -> pl.DataFrame:
    """Rates of growth of each topic from the window before to this one; none where the record begins with this one."""
    both = pl.concat([earlier.with_columns(year=pl.lit(end - years)), counts.with_columns(year=pl.lit(end))])
    found = [
        _growth.growth(of_topic, "credits", end - years, end, draws, seed).with_columns(topic=pl.lit(topic))
        for (topic,), of_topic in both.group_by("topic", maintain_order=True)
    ]
    return pl.concat(found).select("topic", "iso3", *_growth.RATES)
