"""Which countries publish together more than with others, and how sure is that?

The Leiden algorithm divides the network of joint works so that modularity, the share of joint works inside communities
above what the countries' sizes would give, is as high as it finds. It begins from chance, so it is run from `seeds`
seeds, and the best partition is given. `stability` is how much of its company a country keeps between two runs, in the
mean of all pairs of runs: 1 where always the same countries are with it. `adjusted_rand` says how alike the partitions
are as a whole. Modularity near 0 means that the network hardly divides, however stable the communities are.

Two countries are tied from `min_works` joint works on; countries without a tie are in no community and left out.
Community 1 has the most countries.
"""

from itertools import combinations

import numpy as np
import polars as pl

from legation.constants import LEIDEN_RESOLUTION, LEIDEN_SEEDS, MIN_WORKS
from legation.indicators import _network
from legation.model import Example, Indicator, Measure

INDICATOR = Indicator(
    label={"en": "Communities of collaboration", "ko": "공동연구 커뮤니티"},
    measures={
        "community": Measure({"en": "Community", "ko": "커뮤니티"}, "number; 1 = most countries", None, "count"),
        "stability": Measure(
            {"en": "Stability", "ko": "안정성"}, "share of company kept between runs; 1 = all", "higher", "share"
        ),
        "modularity": Measure(
            {"en": "Modularity of the partition", "ko": "분할의 모듈성"},
            "share of joint works above chance; 0 = does not divide",
            None,
            "index",
        ),
        "adjusted_rand": Measure(
            {"en": "Likeness of the runs (adjusted Rand)", "ko": "실행 간 일치도(수정 랜드 지수)"},
            "1 = the same, 0 = as by chance",
            "higher",
            "index",
        ),
    },
    formula=r"Q = \frac{1}{2m} \sum_{ij} \Bigl(w_{ij} - \gamma \frac{w_i w_j}{2m}\Bigr) [g_i = g_j],\quad "
    r"\mathrm{stability}_i = \operatorname*{mean}_{s<t} "
    r"\frac{|G_s(i) \cap G_t(i)|}{|G_s(i) \cup G_t(i)|},\quad G_s(i) \not\ni i",
    reference="Traag, Waltman & van Eck 2019, doi:10.1038/s41598-019-41695-z; Newman & Girvan 2004, "
    "doi:10.1103/PhysRevE.69.026113; Reichardt & Bornholdt 2006, doi:10.1103/PhysRevE.74.016110; "
    "Hubert & Arabie 1985, doi:10.1007/BF01908075",
    by=("source", "first_year", "year", "scope"),
    key=("iso3",),
    caveats=(
        "papers_are_not_capability",
        "communities_can_be_drawn_otherwise",
        "networks_depend_on_the_threshold",
        "works_of_many_countries",
    ),
    kept=_network.KEPT,
    example=Example(
        given={
            "copublications": """
                iso3  partner_iso3  works
                JPN   KOR           10
                KOR   JPN           10
                JPN   TWN           10
                TWN   JPN           10
                KOR   TWN           10
                TWN   KOR           10
                CHE   FRA           10
                FRA   CHE           10
                CHE   KOR           5
                KOR   CHE           5
                MCO   FRA           1
                FRA   MCO           1
                WLD   WLD           99
            """
        },
        settings={"min_works": 5},
        expect="""
            iso3  community  stability  modularity      adjusted_rand
            JPN   1          1.0        0.290123456790  1.0
            KOR   1          1.0        0.290123456790  1.0
            TWN   1          1.0        0.290123456790  1.0
            CHE   2          1.0        0.290123456790  1.0
            FRA   2          1.0        0.290123456790  1.0
        """,
        working="45 joint works; Japan, Korea and Taiwan have 20, 25 and 20 of the 90 ends, Switzerland and France "
        "15 and 10. Inside the two communities are 30 and 10 of the 45 works; by chance it would be (65/90)² and "
        "(25/90)²: 0.8889 - 0.5216 - 0.0772 = 0.2901.",
    ),
    is_not="an alliance or a bloc: who publishes together may agree on nothing else.",
    checked="the best of all partitions of small networks; networkx's modularity; names and order of rows",
)


def compute(
    copublications: pl.DataFrame,
    *,
    min_works: int = MIN_WORKS,
    seeds: int = LEIDEN_SEEDS,
    resolution: float = LEIDEN_RESOLUTION,
) -> pl.DataFrame:
    tied = _network.with_ties(_network.network(copublications, min_works))
    partitions, modularity = _network.communities(tied, seeds, resolution)
    pairs = combinations(partitions, 2) if tied.names else ()
    alike = [_network.adjusted_rand(one, other) for one, other in pairs]
    return pl.DataFrame(
        {
            "iso3": pl.Series(tied.names, dtype=pl.String),
            "community": partitions[int(np.argmax(modularity))],
            "stability": _network.stability(partitions),
        }
    ).with_columns(
        modularity=pl.lit(float(modularity.max())), adjusted_rand=pl.lit(float(np.mean(alike)) if alike else 1.0)
    )
