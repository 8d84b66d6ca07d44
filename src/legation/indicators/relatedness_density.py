"""How near is a field to what a country is specialised in already?

The part of a field's proximity to all other fields that leads to fields in which the country is specialised. It is 1
where the country holds every field that is near, 0 where it holds none, or where no field is near. The field itself is
left out of both sums, as in the published implementations after Hidalgo et al. 2007: the question is what surrounds it,
not whether the country holds it, which `held` tells. Proximities and settings are those of `proximity`.
"""

import numpy as np
import polars as pl

from legation.constants import MIN_ARTICLES, RCA_THRESHOLD
from legation.indicators import _specialisation
from legation.model import Example, Indicator, Measure

INDICATOR = Indicator(
    label={"en": "Relatedness density", "ko": "관련성 밀도"},
    measures={
        "density": Measure(
            {"en": "Relatedness density", "ko": "관련성 밀도"}, "share of proximity; 0 to 1", "higher", "share"
        ),
        "held": Measure(
            {"en": "Specialised in the field", "ko": "해당 분야 특화 여부"}, "1 = yes, 0 = no", None, "count"
        ),
    },
    formula=r"d_{ct} = \frac{\sum_{q \ne t} M_{cq}\,\phi_{tq}}{\sum_{q \ne t} \phi_{tq}}",
    reference="Hidalgo, Klinger, Barabási & Hausmann 2007, doi:10.1126/science.1144581; "
    "Boschma, Balland & Kogler 2015, doi:10.1093/icc/dtu012",
    by=("source", "first_year", "year", "counting"),
    key=("scope", "iso3"),
    caveats=("papers_are_not_capability", "specialisation_is_not_strength", "fields_are_broad"),
    example=Example(
        given={
            "revealed_comparative_advantage": """
                iso3  scope      rca
                KOR   biology    1.2
                KOR   chemistry  1.5
                KOR   physics    1.0
                CHE   biology    0.5
                CHE   chemistry  2
                CHE   physics    1.5
                ISL   biology    0.1
                ISL   chemistry  0.9
                ISL   physics    3
            """,
            "articles": """
                iso3  scope    articles
                KOR   physics  60000
                CHE   physics  30000
                ISL   physics  900
            """,
        },
        expect="""
            iso3  scope      density         held
            KOR   biology    1.0             1
            KOR   chemistry  1.0             1
            KOR   physics    1.0             1
            CHE   biology    1.0             0
            CHE   chemistry  0.571428571429  1
            CHE   physics    0.666666666667  1
            ISL   biology    0.4             0
            ISL   chemistry  0.571428571429  0
            ISL   physics    0.0             1
        """,
        working="Proximities are 2/3 between chemistry and physics, 1/2 between biology and chemistry, 1/3 between "
        "biology and physics. Iceland holds physics only: of what is near to chemistry, 2/3 of 2/3 + 1/2, which is "
        "4/7; of what is near to biology, 1/3 of 1/2 + 1/3, which is 0.4; of what is near to physics, nothing.",
    ),
    is_not="a forecast: it says what lies near, not what will be taken up, or by whom.",
    checked="brute force; bounds under hypothesis; 1 for who holds everything",
)


def compute(
    revealed_comparative_advantage: pl.DataFrame,
    articles: pl.DataFrame,
    *,
    min_articles: float = MIN_ARTICLES,
    rca_threshold: float = RCA_THRESHOLD,
) -> pl.DataFrame:
    found = _specialisation.specialisation(revealed_comparative_advantage, articles, min_articles, rca_threshold)
    country, field = np.indices(found.held.shape).reshape(2, -1)
    return pl.DataFrame(
        {
            "scope": pl.Series(np.array(found.fields, dtype=object)[field], dtype=pl.String),
            "iso3": pl.Series(np.array(found.countries, dtype=object)[country], dtype=pl.String),
            "density": _specialisation.density(found.held).ravel(),
            "held": found.held.astype(np.int64).ravel(),
        }
    )
