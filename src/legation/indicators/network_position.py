"""What place does a country have in the network of joint works, and how far could chance move it?

Two countries are tied from `min_works` joint works on. Brokerage is the number of open two-paths through a country,
pairs that are not tied to each other but both to it; betweenness, constraint and effective size are those of
`network_centrality` and `structural_holes`. The intervals and the ends of the ranks come from drawing the joint works
of every pair anew from Poisson distributions: pairs near the threshold gain or lose their tie. Pairs without joint
works have none in every draw, so that at a threshold of one ties are only lost; and as one work of many countries makes
many pairs at once, what is drawn pair by pair varies rather too little. Ranks count the countries that are strictly
ahead, among those with ties; a country that has lost all its ties in a draw is last in it.
"""

from typing import Literal

import numpy as np
import polars as pl

from legation.constants import BOOTSTRAP_SEED, MIN_WORKS, NETWORK_DRAWS
from legation.indicators import _network
from legation.indicators._measures import with_interval
from legation.indicators._network import Floats
from legation.indicators.network_centrality import betweenness
from legation.indicators.structural_holes import holes
from legation.model import Example, Indicator, Measure, Text

DECIMALS = 9
"""Positions are compared to so many decimals: equal ones share a rank, whatever the order they were added up in."""
LOWER_IS_FIRST = {"constraint"}
PERCENTILES = (0.025, 0.975)


def _measures(name: str, label: Text, unit: str, first: str) -> dict[str, Measure]:
    """A position with its interval, and its rank with the ends of the rank's interval."""
    ranks = {
        f"{name}_rank": {"en": f"Rank by {label['en'].lower()}", "ko": f"{label['ko']} 순위"},
        f"{name}_rank_low": {"en": f"{label['en']}: best rank in 95 %", "ko": f"{label['ko']} 순위 95% 구간 상단"},
        f"{name}_rank_high": {"en": f"{label['en']}: worst rank in 95 %", "ko": f"{label['ko']} 순위 95% 구간 하단"},
    }
    place = f"place, 1 = {first}"
    better: Literal["higher", "lower"] = "lower" if name in LOWER_IS_FIRST else "higher"
    return with_interval(name, label, unit, better, "index" if name in LOWER_IS_FIRST else "number") | {
        column: Measure(text, place, "lower" if column.endswith("_rank") else None, "count")
        for column, text in ranks.items()
    }


POSITIONS = {
    "brokerage": ({"en": "Brokerage", "ko": "중개"}, "open two-paths", "most"),
    "betweenness": ({"en": "Betweenness", "ko": "매개 중심성"}, "shortest paths", "most"),
    "constraint": ({"en": "Constraint (Burt)", "ko": "제약도(버트)"}, "index; lower = more room to broker", "least"),
    "effective_size": (
        {"en": "Effective size", "ko": "유효 규모"},
        "partners that do not duplicate each other",
        "most",
    ),
}

INDICATOR = Indicator(
    label={"en": "Position in the network", "ko": "네트워크상의 위치"},
    measures={column: m for name, told in POSITIONS.items() for column, m in _measures(name, *told).items()}
    | {"tied": Measure({"en": "Countries with ties", "ko": "연결이 있는 국가 수"}, "countries", None, "count")},
    formula=r"b_v = \sum_{a<b} A_{av} A_{vb} (1 - A_{ab}),\quad A_{xy} = [w_{xy} \ge m],\quad "
    r"w_{xy}^{(b)} \sim \mathrm{Poisson}(w_{xy})",
    reference="Burt 1992, doi:10.4159/9780674029095; Freeman 1978, doi:10.1016/0378-8733(78)90021-7; "
    "Goldstein & Spiegelhalter 1996, doi:10.2307/2983325",
    by=("source", "first_year", "year", "scope"),
    key=("iso3",),
    caveats=(
        "papers_are_not_capability",
        "networks_depend_on_the_threshold",
        "works_of_many_countries",
        "interval_of_counts",
    ),
    kept=_network.KEPT,
    example=Example(
        given={
            "copublications": """
                iso3  partner_iso3  works
                KOR   USA           1000
                USA   KOR           1000
                USA   CHE           2000
                CHE   USA           2000
                USA   ISL           2000
                ISL   USA           2000
                CHE   ISL           2000
                ISL   CHE           2000
                MCO   USA           4
                USA   MCO           4
                KOR   WLD           1200
            """
        },
        settings={"min_works": 500},
        expect="""
            iso3  tied  brokerage  brokerage_low  brokerage_high  brokerage_rank  betweenness  constraint_rank  effective_size_rank
            KOR   4     0          0              0               2               0            2                2
            CHE   4     0          0              0               2               0            3                2
            ISL   4     0          0              0               2               0            3                2
            USA   4     2          2              2               1               2            1                1
        """,  # noqa: E501
        working="Works by the hundred make these ties, which no draw comes near to losing. The United States joins "
        "Korea to Switzerland and to Iceland; the others, of whom only Korea has a single partner, join nobody. "
        "Constraint: 0.76 for the United States, 1 for Korea, 1.0525 for Switzerland and Iceland alike, as worked for "
        "`structural_holes`. Monaco has no tie.",
    ),
    is_not="influence: it describes a network of papers, and who could broker in it, not who does.",
    checked="the indicators it draws anew; intervals against Poisson probabilities worked by hand",
)


def compute(
    copublications: pl.DataFrame, *, min_works: int = MIN_WORKS, draws: int = NETWORK_DRAWS, seed: int = BOOTSTRAP_SEED
) -> pl.DataFrame:
    from legation.resampling import poisson

    # A pair below the threshold may rise above it in a draw: all joint works of the countries with ties are drawn.
    tied = _network.with_ties(_network.network(copublications, min_works)).names
    every = _network.network(copublications.filter(pl.all_horizontal(pl.col("iso3", "partner_iso3").is_in(tied))), 1)
    if not tied:
        kinds = {c: pl.Int64 if m.format == "count" else pl.Float64 for c, m in INDICATOR.measures.items()}
        return pl.DataFrame(schema={"iso3": pl.String, **kinds})
    pairs = np.triu_indices(len(tied), 1)
    found = _positions(every.works, min_works)
    drawn = [
        _positions(_symmetric(works, pairs, len(tied)), min_works) for works in poisson(every.works[pairs], draws, seed)
    ]
    columns = {
        column: values
        for i, name in enumerate(POSITIONS)
        for column, values in _told(name, found[i], np.array([one[i] for one in drawn])).items()
    }
    return pl.DataFrame({"iso3": pl.Series(every.names, dtype=pl.String), **columns}).with_columns(
        tied=pl.len().cast(pl.Int64)
    )


def _symmetric(works: Floats, pairs: tuple[_network.Ints, _network.Ints], size: int) -> Floats:
    matrix = np.zeros((size, size))
    matrix[pairs] = works
    return matrix + matrix.T


def _positions(works: Floats, min_works: int) -> tuple[Floats, ...]:
    """Each position of each country, in the order of `POSITIONS`."""
    tying = np.where(works >= max(min_works, 1), works, 0.0)
    constraint, effective_size = holes(tying)
    paths = _network.open_paths(tying > 0).astype(np.float64)
    return paths, betweenness(tying > 0), constraint, effective_size


def _told(name: str, found: Floats, drawn: Floats) -> dict[str, pl.Series]:
    """A position, its interval, its rank and the ends of the rank's interval."""
    from legation.resampling import interval, ranks

    found, drawn = found.round(DECIMALS), drawn.round(DECIMALS)
    sign = -1.0 if name in LOWER_IS_FIRST else 1.0
    rank = ranks(np.nan_to_num(sign * found, nan=-np.inf))
    of_draws = ranks(np.nan_to_num(sign * drawn, nan=-np.inf))
    low, high = np.quantile(of_draws, PERCENTILES, axis=0, method="inverted_cdf").astype(np.int64)
    ends = interval(drawn, found)
    numbers = {name: found, f"{name}_low": ends[0], f"{name}_high": ends[1]}
    places = {"rank": rank, "rank_low": np.minimum(low, rank), "rank_high": np.maximum(high, rank)}
    return {c: pl.Series(v, dtype=pl.Float64) for c, v in numbers.items()} | {
        f"{name}_{c}": pl.Series(v, dtype=pl.Int64) for c, v in places.items()
    }
