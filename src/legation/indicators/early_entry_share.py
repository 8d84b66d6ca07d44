"""Of the topics that are large now, in how many was a country among the first?

Entries and large topics are those of `first_mover`, under its settings A and B; a shared place counts in part. Large
topics that nobody entered with enough cited works count too.
"""

import narwhals as nw

from legation.model import Example, Indicator, Measure

BY = ("source", "scope")
KEY = ("first_year", "year", "iso3")


def _measures(setting: str) -> dict[str, Measure]:
    name = setting.upper()
    return {
        f"early_entry_share_{setting}": Measure(
            {"en": f"Early-entry share, setting {name}", "ko": f"초기 진입 비중 (설정 {name})"},
            "share of large topics",
            "higher",
            "share",
        ),
        f"large_topics_{setting}": Measure(
            {"en": f"Large topics, setting {name}", "ko": f"대형 주제 수 (설정 {name})"}, "topics", None, "count"
        ),
    }


INDICATOR = Indicator(
    label={"en": "Early-entry share", "ko": "초기 진입 비중"},
    measures=_measures("a") | _measures("b"),
    formula=r"s_c = \frac{1}{|L|} \sum_{t \in L} \epsilon_{ct},\quad "
    r"L: \text{large topics},\ \epsilon_{ct} \text{ as in first\_mover}",
    reference="Rotolo, Hicks & Martin 2015, doi:10.1016/j.respol.2015.06.006",
    by=BY,
    key=KEY,
    caveats=(
        "papers_are_not_capability",
        "collection_is_not_the_world",
        "entries_before_the_record",
        "small_counts_are_volatile",
    ),
    example=Example(
        given={
            "first_mover": """
                topic  iso3  early_a  large_a  early_b  large_b
                T1     KOR   1        1        0        0
                T1     CHE   0.5      1        1        0
                T2     KOR   0        1        0        1
                T3     KOR   1        0        1        0
                T3     ISL   1        0        1        0
            """
        },
        expect="""
            iso3  early_entry_share_a  large_topics_a  early_entry_share_b  large_topics_b
            KOR   0.5                  2               0                    1
            CHE   0.25                 2               0                    1
            ISL   0                    2               0                    1
        """,
        working="Under A, T1 and T2 are large. Korea was among the first in T1, Switzerland shared a place there: "
        "1 / 2 and 0.5 / 2. Under B only T2 is large, and nobody was early in it. T3 is not large.",
    ),
    is_not="a forecast of who enters the next topic; and with few large topics it moves in large steps.",
    checked="brute force with `first_mover`; between 0 and 1, and k at most over all countries",
)


def compute(first_mover: nw.LazyFrame) -> nw.LazyFrame:
    found = first_mover.select(*BY, *KEY).unique()
    for setting in "ab":
        name, large = f"early_entry_share_{setting}", f"large_topics_{setting}"
        topics = first_mover.filter(nw.col(f"large_{setting}") == 1)
        counted = topics.select(*BY, "topic").unique().group_by(*BY).agg(**{large: nw.len()})
        early = topics.group_by(*BY, *KEY).agg(early=nw.col(f"early_{setting}").cast(nw.Float64).sum())
        number = nw.col(large).cast(nw.Float64)
        found = (
            found.join(counted, on=list(BY), how="left")
            .join(early, on=[*BY, *KEY], how="left")
            .with_columns(
                **{
                    name: nw.when(number > 0).then(nw.col("early").fill_null(0.0) / number),
                    large: nw.col(large).fill_null(0).cast(nw.Int64),
                }
            )
            .drop("early")
        )
    return found.select(*BY, *KEY, *INDICATOR.measures)
