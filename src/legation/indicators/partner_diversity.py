"""Are a country's partners many, evenly weighted and far from each other?

Rao's quadratic entropy, in Stirling's convention: each pair of partners once (i < j), so that the value is half of the
sum over ordered pairs and at most (1 - Herfindahl index) / 2. Distance is geographic, over the largest in the table of
distances. It tells collaboration across the world from that with neighbours; it says nothing of how alike the partners
are in science or politics. Partners without a distance are left out, and their share of the pairs is reported.
"""

import numpy as np
import polars as pl
from numpy.typing import NDArray

from legation.model import WORLD, Example, Indicator, Measure
from legation.resampling import Floats, ratio

INDICATOR = Indicator(
    label={"en": "Diversity of partners", "ko": "협력국 다양성"},
    measures={
        "partner_diversity": Measure(
            {"en": "Rao–Stirling diversity", "ko": "라오–스털링 다양성"}, "0 to 0.5; i < j", "higher", "index"
        ),
        "uncovered_share": Measure(
            {"en": "Pairs with partners without a distance", "ko": "거리 자료가 없는 협력국 비중"},
            "share of pairs",
            None,
            "share",
        ),
    },
    formula=r"\Delta_x = \sum_{i<j} d_{ij}\,p_{xi}\,p_{xj},\quad d_{ij} = \mathrm{km}_{ij} / \max \mathrm{km}",
    reference="Stirling 2007, doi:10.1098/rsif.2007.0213; Rao 1982, doi:10.1016/0040-5809(82)90004-1",
    by=("source", "first_year", "year", "scope"),
    key=("iso3",),
    caveats=("works_of_many_countries", "listed_economies_only", "small_counts_are_volatile"),
    example=Example(
        given={
            "copublications": """
                iso3  partner_iso3  works
                KOR   USA           50
                KOR   CHE           30
                KOR   ISL           20
                KOR   XKX           25
                KOR   WLD           99
                ISL   CHE           4
            """,
            "distances": """
                iso3  partner_iso3  distance_km
                USA   CHE           8000
                CHE   USA           8000
                USA   ISL           6000
                ISL   USA           6000
                CHE   ISL           2000
                ISL   CHE           2000
                KOR   USA           10000
                USA   KOR           10000
                KOR   CHE           9000
                CHE   KOR           9000
                KOR   ISL           8000
                ISL   KOR           8000
            """,
        },
        expect="""
            iso3  partner_diversity  uncovered_share
            KOR   0.192              0.2
            ISL   0.0                0.0
        """,
        working="Of the hundred pairs with a distance: 0.8 × 0.5 × 0.3 + 0.6 × 0.5 × 0.2 + 0.2 × 0.3 × 0.2 = 0.192. "
        "Kosovo has none, 25 of 125. One partner has no diversity.",
    ),
    is_not="diversity of ideas: only of the places partners work in.",
    checked="brute force; from 0 to half of what the Herfindahl index leaves",
)


def compute(copublications: pl.DataFrame, distances: pl.DataFrame) -> pl.DataFrame:
    joint = copublications.filter(
        pl.col("works") > 0,
        pl.col("iso3") != WORLD,
        pl.col("partner_iso3") != WORLD,
        pl.col("iso3") != pl.col("partner_iso3"),
    )
    places, apart = _apart(distances)
    countries = joint["iso3"].unique().sort()
    located = joint.filter(pl.col("partner_iso3").is_in(places.implode()))
    counts = np.zeros((len(countries), len(places)))
    counts[_positions(located["iso3"], countries), _positions(located["partner_iso3"], places)] = located["works"]
    shares = ratio(counts, counts.sum(axis=1, keepdims=True))
    uncovered = pl.col("works").filter(~pl.col("partner_iso3").is_in(places.implode())).sum() / pl.col("works").sum()
    covered = pl.DataFrame({"iso3": countries, "partner_diversity": _diversity(shares, apart)}).fill_nan(None)
    return covered.join(joint.group_by("iso3").agg(uncovered.alias("uncovered_share")), on="iso3", how="left")


def _apart(distances: pl.DataFrame) -> tuple[pl.Series, Floats]:
    """The places there are distances between, and the distances over the largest; NaN for a pair without one."""
    places = distances["iso3"].unique().sort()
    apart = np.full((len(places), len(places)), np.nan)
    known = distances.filter(pl.col("partner_iso3").is_in(places.implode()))
    apart[_positions(known["iso3"], places), _positions(known["partner_iso3"], places)] = known["distance_km"]
    np.fill_diagonal(apart, 0.0)
    return places, apart / np.nanmax(apart, initial=1e-9)


def _diversity(shares: Floats, apart: Floats) -> Floats:
    """The sum over i < j; NaN for a country with two partners whose distance is not known."""
    absent = np.isnan(apart)
    found: Floats = ((shares @ np.where(absent, 0.0, apart)) * shares).sum(axis=1) / 2
    return np.where(((shares @ absent) * shares).sum(axis=1) > 0, np.nan, found)


def _positions(values: pl.Series, known: pl.Series) -> NDArray[np.int64]:
    return np.searchsorted(known.to_numpy(), values.to_numpy()).astype(np.int64)
