"""Does a country's position among its partners leave it free to broker, or do its partners know each other?

Burt's constraint is high where a country's joint works go to few partners that also work with one another; effective
size is the number of partners less what they duplicate. Both on the network of joint works, weighted by them, where two
countries are tied from `min_works` joint works on. A country without a tie has neither. One work of a hundred countries
ties a small country to all of them alike, so that it looks unconstrained: raise `min_works` before comparing.
"""

import numpy as np
import polars as pl

from legation.constants import MIN_WORKS
from legation.indicators._network import Floats, network
from legation.model import Example, Indicator, Measure

INDICATOR = Indicator(
    label={"en": "Structural holes", "ko": "구조적 공백"},
    measures={
        "constraint": Measure(
            {"en": "Burt's constraint", "ko": "버트 제약도"}, "index; lower = more room to broker", "lower", "index"
        ),
        "effective_size": Measure(
            {"en": "Effective size", "ko": "유효 규모"}, "partners that do not duplicate each other", "higher", "number"
        ),
    },
    formula=r"\mathrm{constraint}_i = \sum_{j \in N_i} \Bigl(p_{ij} + \sum_q p_{iq} p_{qj}\Bigr)^2,\quad "
    r"p_{ij} = \frac{w_{ij}}{\sum_k w_{ik}},\quad "
    r"\mathrm{size}_i = \sum_{j \in N_i} \Bigl(1 - \sum_q p_{iq} \frac{w_{jq}}{\max_k w_{jk}}\Bigr)",
    reference="Burt 1992, doi:10.4159/9780674029095; Burt 2004, doi:10.1086/421787",
    by=("source", "first_year", "year", "scope"),
    key=("iso3",),
    caveats=("papers_are_not_capability", "networks_depend_on_the_threshold", "works_of_many_countries"),
    example=Example(
        given={
            "copublications": """
                iso3  partner_iso3  works
                KOR   USA           10
                USA   KOR           10
                CHE   USA           20
                USA   CHE           20
                CHE   ISL           20
                ISL   CHE           20
                ISL   USA           20
                USA   ISL           20
                MCO   USA           4
                USA   MCO           4
                KOR   WLD           12
            """
        },
        settings={"min_works": 10},
        expect="""
            iso3  constraint  effective_size
            KOR   1.0         1.0
            CHE   1.0525      1.0
            ISL   1.0525      1.0
            USA   0.76        2.2
            MCO   -           -
        """,
        working="The United States puts 0.2 of its ties into Korea and 0.4 each into Switzerland and Iceland, "
        "which put half of theirs into each other: 0.2² + 2 × (0.4 + 0.4 × 0.5)² = 0.04 + 0.72. Its three partners "
        "count as 3 less 0.4 for each of the two that know each other. Switzerland: (0.5 + 0.5 × 0.5)² for the "
        "United States, which it also reaches through Iceland, and (0.5 + 0.5 × 0.4)² for Iceland: 0.5625 + 0.49.",
    ),
    is_not="influence: it shows room to broker, not that anybody asks for it.",
    checked="networkx on random graphs and on the published table of artificial intelligence",
)


def compute(copublications: pl.DataFrame, *, min_works: int = MIN_WORKS) -> pl.DataFrame:
    whole = network(copublications, min_works)
    constraint, effective_size = holes(whole.works)
    measured = {"constraint": constraint, "effective_size": effective_size}
    table = pl.DataFrame({"iso3": pl.Series(whole.names, dtype=pl.String), **measured})
    return table.with_columns(pl.col(*measured).fill_nan(None))


def holes(works: Floats) -> tuple[Floats, Floats]:
    """Constraint and effective size of each country by the works that tie them; NaN for one without ties."""
    tied = works > 0
    most, total = works.max(axis=1, initial=0.0, keepdims=True), works.sum(axis=1, keepdims=True)
    invested = np.divide(works, total, out=np.zeros_like(works), where=total > 0)
    of_most = np.divide(works, most, out=np.zeros_like(works), where=most > 0)
    constraint = np.where(tied, (invested + invested @ invested) ** 2, 0.0).sum(axis=1)
    effective_size = np.where(tied, 1.0 - invested @ of_most.T, 0.0).sum(axis=1)
    some = tied.any(axis=1)
    return np.where(some, constraint, np.nan), np.where(some, effective_size, np.nan)
