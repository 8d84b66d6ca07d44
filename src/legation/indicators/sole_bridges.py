"""Which two countries are joined by one country alone?

Two countries are tied from `min_works` joint works on. A pair that is not tied, and that only one country is tied to on
both sides, is joined by it alone: without it they have no path of two ties. The number of such pairs of a country is
`alone` in `brokerage_roles`. The weaker of the two ties says how much hangs on it.
"""

import numpy as np
import polars as pl

from legation.constants import MIN_WORKS
from legation.indicators import _network
from legation.model import Example, Indicator, Measure

INDICATOR = Indicator(
    label={"en": "Sole bridges", "ko": "유일한 가교"},
    measures={
        "works_with_one": Measure(
            {"en": "With the first", "ko": "첫째 국가와의 공동 논문"}, "joint works", None, "count"
        ),
        "works_with_other": Measure(
            {"en": "With the second", "ko": "둘째 국가와의 공동 논문"}, "joint works", None, "count"
        ),
        "works_of_weaker_tie": Measure(
            {"en": "Of the weaker tie", "ko": "약한 쪽 연결의 공동 논문"}, "joint works", "higher", "count"
        ),
    },
    formula=r"\{a, b\}: A_{ab} = 0,\ \{v : A_{av} A_{vb} = 1\} = \{c\},\quad A_{xy} = [w_{xy} \ge m]",
    reference="Burt 1992, doi:10.4159/9780674029095; Gould & Fernandez 1989, doi:10.2307/270949",
    by=("source", "first_year", "year", "scope"),
    key=("iso3", "one_iso3", "other_iso3"),
    caveats=("papers_are_not_capability", "networks_depend_on_the_threshold", "small_counts_are_volatile"),
    kept=_network.KEPT,
    example=Example(
        given={
            "copublications": """
                iso3  partner_iso3  works
                KOR   MNG           12
                MNG   KOR           12
                KOR   USA           90
                USA   KOR           90
                USA   CHE           60
                CHE   USA           60
                KOR   CHE           20
                CHE   KOR           20
                MNG   USA           3
                USA   MNG           3
                ISL   USA           30
                USA   ISL           30
            """
        },
        settings={"min_works": 10},
        expect="""
            iso3  one_iso3  other_iso3  works_with_one  works_with_other  works_of_weaker_tie
            KOR   CHE       MNG         20              12                12
            KOR   MNG       USA         12              90                12
            USA   CHE       ISL         60              30                30
            USA   ISL       KOR         30              90                30
        """,
        working="Mongolia is tied to Korea only, from ten works on: Korea alone joins it to the United States and to "
        "Switzerland. Iceland is tied to the United States only. Mongolia and Iceland have no partner in common.",
    ),
    is_not="a role anybody plays: it counts openings in a network of papers, many of them between small countries.",
    checked="brute force over all pairs; as many as `brokerage_roles` counts",
)


def compute(copublications: pl.DataFrame, *, min_works: int = MIN_WORKS) -> pl.DataFrame:
    whole = _network.network(copublications, min_works)
    ties = whole.tied.astype(np.float64)
    joined_once = np.triu(_network.untied(whole.tied) & ((ties @ ties).round() == 1))
    one, other = np.nonzero(joined_once)
    broker = (whole.tied[one] & whole.tied[other]).argmax(axis=1) if len(one) else one
    names = np.array(whole.names, dtype=object)
    found = pl.DataFrame(
        {
            **{
                column: pl.Series(names[ends].tolist(), dtype=pl.String)
                for column, ends in (("iso3", broker), ("one_iso3", one), ("other_iso3", other))
            },
            "works_with_one": pl.Series(whole.works[broker, one], dtype=pl.Float64).cast(pl.Int64),
            "works_with_other": pl.Series(whole.works[broker, other], dtype=pl.Float64).cast(pl.Int64),
        }
    )
    return found.with_columns(works_of_weaker_tie=pl.min_horizontal("works_with_one", "works_with_other"))
