"""Where does a country stand on the axis along which what countries are specialised in differs most?

Countries are alike where they are specialised in the same fields, the more so in fields few others hold. The index is
the second eigenvector of that likeness, in standard deviations over the countries. A country's index is the mean
`product_complexity` of its fields. An eigenvector has no sign of its own: it is turned so that countries specialised in
many fields and fields held by few countries stand high, by the difference of the two correlations. Diversity alone, as
is usual, does not do among broad fields: its correlation with the index is 0.1 or less in most years, so that the axis
would turn round from one year to the next. Countries with fewer than `min_articles` articles in the period are left
out. Where the countries fall into parts without a common field, or vector or sign are not determined, there is no
index, and the error says so.

Over thousands of goods the axis ranks what takes many capabilities to make. Over a few broad fields of science it is
the axis from health and social sciences to engineering and materials: read it as a position, not as a rank.
"""

import polars as pl

from legation.constants import MIN_ARTICLES, RCA_THRESHOLD
from legation.indicators import _specialisation
from legation.model import Example, Indicator, Measure

INDICATOR = Indicator(
    label={"en": "Economic complexity index", "ko": "경제복잡도 지수"},
    measures={
        "eci": Measure(
            {"en": "Economic complexity index", "ko": "경제복잡도 지수"},
            "standard deviations; 0 = mean of the countries",
            None,
            "index",
        ),
        "diversity": Measure({"en": "Fields specialised in", "ko": "특화 분야 수"}, "fields of science", None, "count"),
    },
    formula=r"\tilde M_{cc'} = \frac{1}{k_c} \sum_p \frac{M_{cp} M_{c'p}}{k_p},\quad "
    r"\tilde M\,\vec K = \lambda_2 \vec K,\quad \mathrm{ECI}_c = \frac{K_c - \bar K}{\mathrm{sd}(K)} "
    r"= \frac{1}{k_c} \sum_p M_{cp}\,\mathrm{PCI}_p",
    reference="Hidalgo & Hausmann 2009, doi:10.1073/pnas.0900943106; Hausmann et al. 2014, "
    "doi:10.7551/mitpress/9647.001.0001; Mealy, Farmer & Teytelboym 2019, doi:10.1126/sciadv.aau1705",
    by=("source", "first_year", "year", "counting"),
    key=("iso3",),
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
            """,
        },
        expect="""
            iso3  eci              diversity
            KOR    1.224744871392  3
            CHE    0.0             2
            ISL   -1.224744871392  1
        """,
        working="With fields in the order physics, chemistry, biology, the mean over a country's fields, then over "
        "a field's countries, is twice the matrix P with rows (1/3, 1/3, 1/3), (1/2, 1/2, 0), (1, 0, 0). Its "
        "eigenvalues are 1, -1/2 and 1/3, so the second of P² is 1/4, with the vector (1, -1/2, -2) of fields. Its "
        "means over the fields of Korea, Switzerland and Iceland are -1/2, 1/4 and 1: turned round to rise with the "
        "number of fields and put in standard deviations of √(3/8), they are √(3/2), 0 and -√(3/2).",
    ),
    is_not="a grade of a country's science or economy: it comes from the mix of fields alone.",
    checked="the mean product complexity of a country's fields; numpy's unsymmetric eigenvectors; order of rows",
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
    eci, _ = _specialisation.complexity(some.held)
    return pl.DataFrame(
        {
            "iso3": pl.Series(some.countries, dtype=pl.String),
            "eci": eci,
            "diversity": pl.Series(some.held.sum(axis=1)).cast(pl.Int64),
        }
    )
