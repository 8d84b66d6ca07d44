"""Which fields go together: are countries that are specialised in one also specialised in the other?

Of the countries specialised in a field (revealed comparative advantage of at least `rca_threshold`), the share that is
specialised in the other as well; of the two directions the smaller, so that a field held by few does not seem near to
one held by all. Countries with fewer than `min_articles` articles in the period are left out: what they are specialised
in is mostly chance. Each pair of fields stands in both directions; where nobody holds both, proximity is 0.
"""

import numpy as np
import polars as pl

from legation.constants import MIN_ARTICLES, RCA_THRESHOLD
from legation.indicators import _specialisation
from legation.model import Example, Indicator, Measure

INDICATOR = Indicator(
    label={"en": "Proximity of fields", "ko": "분야 근접도"},
    measures={
        "proximity": Measure(
            {"en": "Proximity", "ko": "근접도"}, "conditional share of countries; 0 to 1", None, "share"
        ),
        "countries": Measure(
            {"en": "Countries specialised in both", "ko": "두 분야에 모두 특화된 국가 수"}, "countries", None, "count"
        ),
    },
    formula=r"\phi_{pq} = \min\{P(p \mid q), P(q \mid p)\} = \frac{\sum_c M_{cp} M_{cq}}{\max(k_p, k_q)},\quad "
    r"M_{cp} = [\mathrm{RCA}_{cp} \ge 1],\quad k_p = \sum_c M_{cp}",
    reference="Hidalgo, Klinger, Barabási & Hausmann 2007, doi:10.1126/science.1144581",
    by=("source", "first_year", "year", "counting"),
    key=("scope", "other_scope"),
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
                MCO   biology    9
                MCO   chemistry  0
                MCO   physics    0
            """,
            "articles": """
                iso3  scope      articles
                KOR   physics    60000
                CHE   physics    30000
                ISL   physics    900
                MCO   biology    40
                MCO   all        400
            """,
        },
        expect="""
            scope      other_scope  proximity       countries
            biology    chemistry    0.5             1
            biology    physics      0.333333333333  1
            chemistry  biology      0.5             1
            chemistry  physics      0.666666666667  2
            physics    biology      0.333333333333  1
            physics    chemistry    0.666666666667  2
        """,
        working="Korea, Switzerland and Iceland hold physics, the first two chemistry, the first biology; Monaco "
        "has too few articles. Of the two that hold chemistry both hold physics, of the three that hold physics two "
        "hold chemistry: the smaller is 2/3. Only Korea holds biology: 1/2 with chemistry, 1/3 with physics.",
    ),
    is_not="a likeness of content: fields go together as well because the same countries can afford them.",
    checked="brute force over sets of countries; symmetry and bounds under hypothesis",
)


def compute(
    revealed_comparative_advantage: pl.DataFrame,
    articles: pl.DataFrame,
    *,
    min_articles: float = MIN_ARTICLES,
    rca_threshold: float = RCA_THRESHOLD,
) -> pl.DataFrame:
    found = _specialisation.specialisation(revealed_comparative_advantage, articles, min_articles, rca_threshold)
    one, other = np.nonzero(~np.eye(len(found.fields), dtype=bool))
    names = np.array(found.fields, dtype=object)
    return pl.DataFrame(
        {
            "scope": pl.Series(names[one], dtype=pl.String),
            "other_scope": pl.Series(names[other], dtype=pl.String),
            "proximity": _specialisation.proximity(found.held)[one, other],
            "countries": (found.held.T @ found.held)[one, other].astype(np.int64),
        }
    )
