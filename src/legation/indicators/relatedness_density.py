"""How near is a field to what a country is specialised in already?

The part of a field's proximity to all other fields that leads to fields in which the country is specialised. It is 1
where the country holds every field that is near, 0 where it holds none, or where no field is near. The field itself is
left out of both sums, as in the published implementations after Hidalgo et al. 2007: the question is what surrounds it,
not whether the country holds it, which `held` tells. Proximities and settings are those of `proximity`.

The interval is that of the RCA: its low end counts only fields in which the whole interval of the country's RCA is
above the threshold, its high end all whose interval reaches it. As those of all fields together hardly ever lie at one
end, it is wider than 95 %. How near fields are to each other is taken as it is.
"""

import polars as pl

from legation.constants import MIN_ARTICLES, RCA_THRESHOLD
from legation.indicators import _specialisation
from legation.indicators._measures import with_interval
from legation.model import Example, Indicator, Kept, Measure

INDICATOR = Indicator(
    label={"en": "Relatedness density", "ko": "관련성 밀도"},
    measures=with_interval("density", {"en": "Relatedness density", "ko": "관련성 밀도"}, "share of proximity; 0 to 1")
    | {
        "held": Measure(
            {"en": "Specialised in the field", "ko": "해당 분야 특화 여부"}, "1 = yes, 0 = no", None, "count"
        )
    },
    formula=r"d_{ct} = \frac{\sum_{q \ne t} M_{cq}\,\phi_{tq}}{\sum_{q \ne t} \phi_{tq}}",
    reference="Hidalgo, Klinger, Barabási & Hausmann 2007, doi:10.1126/science.1144581; "
    "Boschma, Balland & Kogler 2015, doi:10.1093/icc/dtu012",
    by=("source", "first_year", "year", "counting"),
    key=("scope", "iso3"),
    caveats=("papers_are_not_capability", "specialisation_is_not_strength", "fields_are_broad"),
    kept=(Kept(5, (("counting", "fractional"),)),),
    example=Example(
        given={
            "revealed_comparative_advantage": """
                iso3  scope      rca  rca_low  rca_high
                KOR   biology    1.2  1.1      1.3
                KOR   chemistry  1.5  1.4      1.6
                KOR   physics    1.0  0.9      1.1
                CHE   biology    0.5  0.4      0.6
                CHE   chemistry  2    1.9      2.1
                CHE   physics    1.5  1.4      1.6
                ISL   biology    0.1  0        0.5
                ISL   chemistry  0.9  0.6      1.3
                ISL   physics    3    2        4
            """,
            "articles": """
                iso3  scope    articles
                KOR   physics  60000
                CHE   physics  30000
                ISL   physics  900
            """,
        },
        expect="""
            iso3  scope      density         density_low     density_high    held
            KOR   biology    1.0             0.6             1.0             1
            KOR   chemistry  1.0             0.428571428571  1.0             1
            KOR   physics    1.0             1.0             1.0             1
            CHE   biology    1.0             1.0             1.0             0
            CHE   chemistry  0.571428571429  0.571428571429  0.571428571429  1
            CHE   physics    0.666666666667  0.666666666667  0.666666666667  1
            ISL   biology    0.4             0.4             1.0             0
            ISL   chemistry  0.571428571429  0.571428571429  0.571428571429  0
            ISL   physics    0.0             0.0             0.666666666667  1
        """,
        working="Proximities are 2/3 between chemistry and physics, 1/2 between biology and chemistry, 1/3 between "
        "biology and physics. Iceland holds physics only: of what is near to chemistry, 2/3 of 2/3 + 1/2, which is "
        "4/7; of what is near to biology, 1/3 of 1/2 + 1/3, which is 0.4; of what is near to physics, nothing. Its "
        "interval leaves open whether it holds chemistry too: then all that is near to biology would be its own.",
    ),
    is_not="a forecast: it says what lies near, not what will be taken up, or by whom.",
    checked="brute force; bounds under hypothesis; 1 for who holds everything; the interval against draws of counts",
)


def compute(
    revealed_comparative_advantage: pl.DataFrame,
    articles: pl.DataFrame,
    *,
    min_articles: float = MIN_ARTICLES,
    rca_threshold: float = RCA_THRESHOLD,
) -> pl.DataFrame:
    found = _specialisation.specialisation(revealed_comparative_advantage, articles, min_articles, rca_threshold)
    return _specialisation.density_table(found)
