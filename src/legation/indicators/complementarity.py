"""Who is strong where we are weak, and near enough to what we do that we can learn from them?

Over the fields in which the partner is more specialised than the home country: how much more (difference of symmetric
RCA), times how near the field is to what the home country is specialised in (`relatedness_density`). The strongest
field is the one that gives most of the sum. Both countries need `min_articles` articles in the period. The home country
is `iso3`; the measure is not symmetric.
"""

import numpy as np
import polars as pl
from numpy.typing import NDArray

from legation.constants import MIN_ARTICLES, RCA_THRESHOLD
from legation.indicators import _specialisation
from legation.model import Example, Indicator, Measure

INDICATOR = Indicator(
    label={"en": "Complementarity", "ko": "상호보완성"},
    measures={
        "complementarity": Measure(
            {"en": "Complementarity", "ko": "상호보완성"},
            "sum over fields of difference in symmetric RCA × density; 0 = none",
            "higher",
            "index",
        ),
        "strongest_scope": Measure(
            {"en": "Field that gives most of it", "ko": "기여가 가장 큰 분야"}, "field of science, in words"
        ),
        "strongest_share": Measure(
            {"en": "Its part of complementarity", "ko": "해당 분야의 기여 비중"}, "share of the sum", None, "share"
        ),
    },
    formula=r"\kappa_{hp} = \sum_t \max(0, s_{pt} - s_{ht})\,d_{ht},\quad "
    r"s = \frac{\mathrm{RCA} - 1}{\mathrm{RCA} + 1}",
    reference="after Balland & Boschma 2021, doi:10.1080/00343404.2020.1861240; "
    "Hidalgo, Klinger, Barabási & Hausmann 2007, doi:10.1126/science.1144581",
    by=("source", "first_year", "year", "counting"),
    key=("iso3", "partner_iso3"),
    caveats=("papers_are_not_capability", "specialisation_is_not_strength", "fields_are_broad"),
    example=Example(
        given={
            "revealed_comparative_advantage": """
                iso3  scope      rca  symmetric_rca
                KOR   biology    1.5   0.2
                KOR   chemistry  1.5   0.2
                KOR   physics    1.5   0.2
                CHE   biology    0.5  -0.333333333333
                CHE   chemistry  3     0.5
                CHE   physics    1     0
                ISL   biology    0    -1
                ISL   chemistry  0.6  -0.25
                ISL   physics    3     0.5
            """,
            "articles": """
                iso3  scope    articles
                KOR   physics  60000
                CHE   physics  30000
                ISL   physics  900
            """,
        },
        expect="""
            iso3  partner_iso3  complementarity  strongest_scope  strongest_share
            ISL   KOR           0.737142857143   biology          0.651162790698
            ISL   CHE           0.695238095238   chemistry        0.616438356164
            CHE   KOR           0.666666666667   biology          0.8
            CHE   ISL           0.333333333333   physics          1.0
            KOR   CHE           0.3              chemistry        1.0
            KOR   ISL           0.3              physics          1.0
        """,
        working="Iceland holds physics only; biology is near with density 0.4, chemistry with 4/7. Korea leads it "
        "by 1.2 in biology and 0.45 in chemistry: 1.2 × 0.4 + 0.45 × 4/7 = 0.48 + 0.2571. In physics Iceland leads.",
    ),
    is_not="a plan: that two countries could learn from each other does not mean that they want to, or may.",
    checked="brute force; never negative, 0 between countries with the same mix, under hypothesis",
)


def compute(
    revealed_comparative_advantage: pl.DataFrame,
    articles: pl.DataFrame,
    *,
    min_articles: float = MIN_ARTICLES,
    rca_threshold: float = RCA_THRESHOLD,
) -> pl.DataFrame:
    found = _specialisation.specialisation(revealed_comparative_advantage, articles, min_articles, rca_threshold)
    density = _specialisation.density(found.held)
    homes = [_of_home(home, found.symmetric, density) for home in range(len(found.countries))]
    home, partner = np.nonzero(~np.eye(len(found.countries), dtype=bool))
    summed, strongest, most = (np.stack(part)[home, partner] for part in zip(*homes, strict=True))
    names, fields = np.array(found.countries, dtype=object), np.array(found.fields, dtype=object)
    table = pl.DataFrame(
        {
            "iso3": pl.Series(names[home], dtype=pl.String),
            "partner_iso3": pl.Series(names[partner], dtype=pl.String),
            "complementarity": summed,
            "strongest_scope": pl.Series(fields[strongest.astype(np.int64)], dtype=pl.String),
            "strongest_share": most / np.where(summed > 0, summed, 1.0),
        }
    )
    some = pl.col("complementarity") > 0
    return table.with_columns(pl.when(some).then(pl.col(c)) for c in ("strongest_scope", "strongest_share"))


def _of_home(
    home: int, symmetric: NDArray[np.float64], density: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.int64], NDArray[np.float64]]:
    """For each partner of a country: the sum over fields, which field gives most, and how much."""
    parts = np.maximum(0.0, symmetric - symmetric[home]) * density[home]
    return parts.sum(axis=1), parts.argmax(axis=1), parts.max(axis=1)
