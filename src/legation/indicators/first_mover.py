"""When did a country enter a topic with works that drew attention, and was it among the first?

A work draws attention as far as it belongs to the most cited 10 % of its field and year in the collection, with the
scores of `top10_share`; uncited works stay in the base. A country enters a topic in the first year whose scores, over
all its works on the topic in that year (full counting), add up to n. The first k to enter are early; where several
enter in the same year, they share the places that are left. A topic is large now if it has m works in the last years
that have at least two newer ones behind them. n, k and m stand in `constants.toml` for two settings, A and B. A
country that was there before the collection begins seems to enter in its first years. Works without a topic are not
counted.
"""

import polars as pl

from legation.constants import (
    CITATION_LAG_YEARS,
    FIRST_MOVER_LARGE,
    FIRST_MOVER_PLACES,
    FIRST_MOVER_WORKS,
    WINDOW_YEARS,
)
from legation.indicators._works import countries_of, top_score, window
from legation.indicators.top10_share import TOP
from legation.model import Example, Indicator, Measure

SETTINGS = dict(zip("ab", zip(FIRST_MOVER_WORKS, FIRST_MOVER_PLACES, FIRST_MOVER_LARGE, strict=True), strict=True))
ROUNDING = 1e-9


def _measures(setting: str, works: float, places: int, large: int) -> dict[str, Measure]:
    name = setting.upper()
    return {
        f"entry_year_{setting}": Measure(
            {"en": f"Entry year, setting {name}", "ko": f"진입 연도 (설정 {name})"},
            f"year; first with {works:g} top 10 % works",
            None,
            "count",
        ),
        f"early_{setting}": Measure(
            {"en": f"Early entry, setting {name}", "ko": f"초기 진입 (설정 {name})"},
            f"1 = among the first {places}; less = part of a shared place",
            "higher",
        ),
        f"large_{setting}": Measure(
            {"en": f"Large topic now, setting {name}", "ko": f"현재 대형 주제 (설정 {name})"},
            f"1 = {large} works or more in the last years, 0 = fewer",
            None,
            "count",
        ),
    }


INDICATOR = Indicator(
    label={"en": "First movers", "ko": "선도 진입국"},
    measures=_measures("a", *SETTINGS["a"])
    | _measures("b", *SETTINGS["b"])
    | {
        "top10_works_full": Measure(
            {"en": "Top 10 % works on the topic", "ko": "해당 주제 상위 10% 논문 수"},
            "works by score, all years, full counting",
            "higher",
        )
    },
    formula=r"e_{ct} = \min\{y : \sum_{w \in W_{cty}} z_w \ge n\},\quad "
    r"\epsilon_{ct} = \min\!\left(1, \max\!\left(0, "
    r"\frac{k - |\{c' : e_{c't} < e_{ct}\}|}{|\{c' : e_{c't} = e_{ct}\}|}\right)\right)",
    reference="Waltman & Schreiber 2013, doi:10.1002/asi.22775; "
    "Rotolo, Hicks & Martin 2015, doi:10.1016/j.respol.2015.06.006",
    by=("source", "scope"),
    key=("first_year", "year", "topic", "iso3"),
    caveats=(
        "papers_are_not_capability",
        "collection_is_not_the_world",
        "citations_take_time",
        "entries_before_the_record",
        "small_counts_are_volatile",
    ),
    example=Example(
        given={
            "works": """
                work_id  year  field      topic  citations
                a        2010  physics    T1     9
                b        2011  chemistry  T1     9
                c        2011  physics    T1     0
                d        2012  physics    T1     5
                e        2012  physics    T2     5
                f        2012  physics    T2     5
                g        2012  physics    T2     5
                h        2012  physics    T2     5
                i        2012  physics    T2     5
                j        2012  physics    T2     5
                k        2012  physics    T2     5
                l        2012  physics    T2     5
                m        2012  physics    T2     5
                n        2012  physics    -      0
                o        2014  physics    T1     0
                p        2010  physics    -      0
                q        2010  physics    -      0
                r        2010  physics    -      0
                s        2010  physics    -      0
                t        2010  physics    -      0
                u        2010  physics    -      0
                v        2010  physics    -      0
                x        2010  physics    -      0
                y        2010  physics    -      0
            """,
            "authorships": """
                work_id  position  iso3
                a        0         KOR
                a        1         CHE
                b        0         USA
                d        0         CHE
                o        0         ISL
            """,
        },
        expect="""
            first_year  year  topic  iso3  entry_year_a  early_a  large_a  entry_year_b  early_b  large_b  top10_works_full
            2010        2012  T1     KOR   2010          1        0        -             0        0        1.0
            2010        2012  T1     CHE   2010          1        0        -             0        0        1.11
            2010        2012  T1     USA   -             0        0        -             0        0        0.1
        """,  # noqa: E501
        working="The newest year is 2014, so the record ends in 2012. Of ten works in physics in 2010 the first is a: "
        "Korea and Switzerland enter in that year under setting A (one work), and both are among the first three. b is "
        "alone in its field and year and scores 0.1, too little for the United States; d shares one place with nine "
        "others among eleven, 1.1 / 10. Nobody has two such works in a year, as setting B asks.",
    ),
    is_not="who invented a topic: entries are seen only in this collection, and topics are drawn by a classifier.",
    checked="brute force; the places of a topic add up to k, or to all who entered",
)


def compute(
    works: pl.DataFrame,
    authorships: pl.DataFrame,
    *,
    window_years: int = WINDOW_YEARS,
    lag_years: int = CITATION_LAG_YEARS,
) -> pl.DataFrame:
    recent, dates = window(works, window_years, lag_years, snapshots=False)
    known = works.filter(pl.col("year") <= pl.select(dates["year"]).item())
    dates["first_year"] = pl.lit(known["year"].min(), pl.Int64)
    scored = known.drop_nulls("citations").with_columns(top=top_score(TOP)).drop_nulls("topic")
    on = countries_of(scored, authorships).join(scored.select("work_id", "year", "topic", "top"), on="work_id")
    # Sorted, so that fractions are added in the same order every time.
    yearly = on.sort("work_id", "iso3").group_by("topic", "iso3", "year", maintain_order=True).agg(pl.col("top").sum())
    found = (
        yearly.sort("topic", "iso3", "year")
        .group_by("topic", "iso3", maintain_order=True)
        .agg(
            *(
                pl.col("year").filter(pl.col("top") >= least - ROUNDING).min().alias(f"entry_year_{setting}")
                for setting, (least, _, _) in SETTINGS.items()
            ),
            top10_works_full=pl.col("top").sum(),
        )
    )
    size = recent.drop_nulls("topic").group_by("topic").agg(size=pl.len())
    sized = found.join(size, on="topic", how="left").with_columns(pl.col("size").fill_null(0))
    early = (_early(f"entry_year_{s}", places).alias(f"early_{s}") for s, (_, places, _) in SETTINGS.items())
    large = ((pl.col("size") >= least).cast(pl.Int64).alias(f"large_{s}") for s, (_, _, least) in SETTINGS.items())
    return sized.with_columns(*early, *large, **dates).drop("size")


def _early(entry: str, places: int) -> pl.Expr:
    """How far a country is among the first: 1 before the last place, a part where several share what is left."""
    year = pl.col(entry)
    before = year.rank("min").over("topic").cast(pl.Float64) - 1
    at_once = pl.len().over("topic", entry)
    return ((places - before) / at_once).clip(0.0, 1.0).fill_null(0.0)
