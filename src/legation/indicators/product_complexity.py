"""Where does a field stand on the axis along which what countries are specialised in differs most?

The companion of `economic_complexity`, seen from the fields: fields are alike where the same countries are specialised
in them. In the standard deviations of the countries' index, so that a country's index is the mean over the fields it is
specialised in; the fields' own mean is therefore not 0. Named as in the literature, where the fields are products.
"""

import polars as pl

from legation.constants import MIN_ARTICLES, RCA_THRESHOLD
from legation.indicators import _specialisation
from legation.model import Example, Indicator, Measure

INDICATOR = Indicator(
    label={"en": "Product complexity index", "ko": "상품복잡도 지수"},
    measures={
        "pci": Measure(
            {"en": "Product complexity index", "ko": "상품복잡도 지수"},
            "standard deviations of the countries; 0 = mean of the countries",
            None,
            "index",
        ),
        "ubiquity": Measure({"en": "Countries specialised", "ko": "특화된 국가 수"}, "countries", None, "count"),
    },
    formula=r"\tilde M_{pp'} = \frac{1}{k_p} \sum_c \frac{M_{cp} M_{cp'}}{k_c},\quad "
    r"\tilde M\,\vec Q = \lambda_2 \vec Q,\quad "
    r"\mathrm{PCI}_p = \frac{Q_p - \bar K}{\mathrm{sd}(K)},\quad K_c = \frac{1}{k_c} \sum_p M_{cp} Q_p",
    reference="Hidalgo & Hausmann 2009, doi:10.1073/pnas.0900943106; Hausmann et al. 2014, "
    "doi:10.7551/mitpress/9647.001.0001; Mealy, Farmer & Teytelboym 2019, doi:10.1126/sciadv.aau1705",
    by=("source", "first_year", "year", "counting"),
    key=("scope",),
    caveats=("papers_are_not_capability", "main_axis_of_specialisation", "specialisation_is_not_strength"),
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
            scope      pci              ubiquity
            biology     3.674234614175  1
            chemistry   1.224744871392  2
            physics    -1.224744871392  3
        """,
        working="As worked out for the index of countries, the vector of physics, chemistry and biology is (-1, "
        "1/2, 2) once its sign is turned. The countries' mean is -1/4 and their standard deviation √(3/8): physics "
        "is (-1 + 1/4) / 0.6124. Switzerland holds chemistry and physics, whose mean is 0, its own index.",
    ),
    is_not="a measure of difficulty or worth of a field.",
    checked="the mean over a country's fields is its index; order of rows",
)


def compute(
    revealed_comparative_advantage: pl.DataFrame,
    articles: pl.DataFrame,
    *,
    min_articles: float = MIN_ARTICLES,
    rca_threshold: float = RCA_THRESHOLD,
) -> pl.DataFrame:
    found = _specialisation.specialisation(revealed_comparative_advantage, articles, min_articles, rca_threshold)
    some = _specialisation.that_hold(found)
    _, pci = _specialisation.complexity(some.held)
    return pl.DataFrame(
        {
            "scope": pl.Series(some.fields, dtype=pl.String),
            "pci": pci,
            "ubiquity": pl.Series(some.held.sum(axis=0)).cast(pl.Int64),
        }
    )
