"""Which countries hold the network of joint works together?

Countries are nodes; two are tied where they have at least `min_works` joint works. Degree, betweenness and closeness
count ties; strength and PageRank weigh them by joint works. Betweenness is the raw number of shortest paths between two
others that run through a country, each pair once. Closeness is over the countries that can be reached, times the share
of all others that can (Wasserman & Faust 1994). A country of the table without a tie has zeros, and the PageRank of
chance.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl
from numpy.typing import NDArray

from legation.indicators._network import KEPT
from legation.model import WORLD, Example, Indicator, Kept, Measure

if TYPE_CHECKING:
    import igraph

DAMPING = 0.85

INDICATOR = Indicator(
    label={"en": "Network centrality", "ko": "네트워크 중심성"},
    measures={
        "degree": Measure({"en": "Degree", "ko": "연결 중심성"}, "partners", "higher", "count"),
        "strength": Measure({"en": "Strength", "ko": "가중 연결 강도"}, "joint works", "higher", "count"),
        "betweenness": Measure({"en": "Betweenness", "ko": "매개 중심성"}, "shortest paths", "higher", "number"),
        "closeness": Measure({"en": "Closeness", "ko": "근접 중심성"}, "0 to 1; 1 = tied to all", "higher", "index"),
        "pagerank": Measure({"en": "PageRank", "ko": "페이지랭크"}, "share; sums to 1", "higher", "share"),
    },
    formula=r"b_c = \sum_{s<t} \frac{\sigma_{st}(c)}{\sigma_{st}},\quad "
    r"\mathrm{cl}_c = \frac{r-1}{n-1} \cdot \frac{r-1}{\sum_p d(c,p)},\quad "
    r"\pi_c = \frac{0.15}{n} + 0.85 \sum_p \frac{w_{pc}}{w_p}\,\pi_p",
    reference="Freeman 1978, doi:10.1016/0378-8733(78)90021-7; Brandes 2001, doi:10.1080/0022250X.2001.9990249; "
    "Brin & Page 1998, doi:10.1016/S0169-7552(98)00110-X",
    by=("source", "first_year", "year", "scope"),
    key=("iso3",),
    caveats=("papers_are_not_capability", "networks_depend_on_the_threshold", "works_of_many_countries"),
    kept=(Kept(), *KEPT),
    example=Example(
        given={
            "copublications": """
                iso3  partner_iso3  works
                KOR   USA           30
                USA   KOR           30
                USA   CHE           50
                CHE   USA           50
                USA   ISL           20
                ISL   USA           20
                KOR   CHE           5
                CHE   KOR           5
                MCO   CHE           2
                CHE   MCO           2
                WLD   WLD           900
            """
        },
        settings={"min_works": 10},
        expect="""
            iso3  betweenness  degree  strength  closeness
            KOR   0.0          1       30        0.45
            USA   3.0          3       100       0.75
            CHE   0.0          1       50        0.45
            ISL   0.0          1       20        0.45
            MCO   0.0          0       0         0.0
        """,
        working="Ten works make a tie: a star around the United States, without Monaco. Every path between the other "
        "three, KOR–CHE, KOR–ISL, CHE–ISL, runs through the centre. The centre is one step from each of the three: "
        "3/3, times the 3 of 4 others it reaches; Korea is 1 + 2 + 2 steps from them: 3/5 × 3/4.",
    ),
    is_not="influence: it describes a network of papers, and says nothing of who leads them.",
    checked="networkx on random graphs and on the published table of artificial intelligence",
)


def compute(copublications: pl.DataFrame, *, min_works: int = 1) -> pl.DataFrame:
    import igraph

    pairs = copublications.filter(pl.col("iso3") != WORLD, pl.col("partner_iso3") != WORLD)
    names = pl.concat([pairs["iso3"], pairs["partner_iso3"]]).unique().sort()
    ties = pairs.filter(pl.col("iso3") < pl.col("partner_iso3"), pl.col("works") >= min_works)
    number = {name: index for index, name in enumerate(names)}
    ends = [(number[a], number[b]) for a, b in ties.select("iso3", "partner_iso3").iter_rows()]
    graph = igraph.Graph(n=len(names), edges=ends)
    works = ties["works"].to_list()
    return pl.DataFrame(
        {
            "iso3": names,
            "betweenness": pl.Series(graph.betweenness(), dtype=pl.Float64),
            "degree": pl.Series(graph.degree(), dtype=pl.Int64),
            "strength": pl.Series(graph.strength(weights=works), dtype=pl.Float64).cast(pl.Int64),
            "closeness": pl.Series(_closeness(graph), dtype=pl.Float64),
            "pagerank": pl.Series(graph.pagerank(damping=DAMPING, weights=works), dtype=pl.Float64),
        }
    )


def betweenness(tied: NDArray[np.bool_]) -> NDArray[np.float64]:
    """The number of shortest paths between two others that run through each country, from who is tied to whom."""
    import igraph

    graph = igraph.Graph(n=len(tied), edges=np.argwhere(np.triu(tied)).tolist())
    return np.array(graph.betweenness(), dtype=np.float64)


def _closeness(graph: igraph.Graph) -> list[float]:
    """Closeness within what can be reached, times the share of the others that can be; zero where nothing can."""
    reached = np.array(graph.neighborhood_size(order=graph.vcount())) - 1
    within = np.nan_to_num(np.array(graph.closeness(normalized=True), dtype=np.float64))
    return list(within * reached / max(graph.vcount() - 1, 1))
