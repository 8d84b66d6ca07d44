"""How near is a field of technology to those in which an economy's patents are specialised already?

As `relatedness_density`, among the fields of international patent families and the economies with at least
`min_patents` of them in the period: the part of a field's proximity to all others that leads to fields in which the
economy is specialised. Few economies are listed, so that proximities are rough. The interval is that of the RCA, as in
`relatedness_density`.
"""

import polars as pl

from legation.constants import MIN_PATENTS, RCA_THRESHOLD
from legation.indicators import _specialisation
from legation.indicators._measures import with_interval
from legation.model import WORLD, Example, Indicator, Measure

INDICATOR = Indicator(
    label={"en": "Relatedness density of patents", "ko": "특허 관련성 밀도"},
    measures=with_interval(
        "density", {"en": "Relatedness density of patents", "ko": "특허 관련성 밀도"}, "share of proximity; 0 to 1"
    )
    | {
        "held": Measure(
            {"en": "Specialised in the field", "ko": "해당 분야 특화 여부"}, "1 = yes, 0 = no", None, "count"
        )
    },
    formula=r"d_{ct} = \frac{\sum_{q \ne t} M_{cq}\,\phi_{tq}}{\sum_{q \ne t} \phi_{tq}}",
    reference="Boschma, Balland & Kogler 2015, doi:10.1093/icc/dtu012; "
    "Hidalgo, Klinger, Barabási & Hausmann 2007, doi:10.1126/science.1144581",
    by=("source", "first_year", "year", "kind"),
    key=("scope", "iso3"),
    caveats=("patents_are_not_use", "specialisation_is_not_strength", "listed_economies_only"),
    example=Example(
        given={
            "patent_rca": """
                iso3  scope           rca  rca_low  rca_high
                KOR   semiconductors  1.5  1.4      1.6
                KOR   optics          1.2  1.1      1.3
                KOR   textiles        0.2  0.1      0.3
                JPN   semiconductors  1.1  0.9      1.3
                JPN   optics          1.4  1.3      1.5
                JPN   textiles        0.5  0.4      0.6
                CHE   semiconductors  0.3  0.2      0.4
                CHE   optics          0.9  0.8      1.1
                CHE   textiles        2    1.9      2.1
            """,
            "patents": """
                iso3  scope   patents
                KOR   optics  4000
                JPN   optics  9000
                CHE   optics  900
                WLD   optics  20000
            """,
        },
        expect="""
            iso3  scope           density  density_low  density_high  held
            KOR   semiconductors  1.0      1.0          1.0           1
            KOR   optics          1.0      1.0          1.0           1
            KOR   textiles        0.0      0.0          0.0           0
            JPN   semiconductors  1.0      1.0          1.0           1
            JPN   optics          1.0      0.0          1.0           1
            JPN   textiles        0.0      0.0          0.0           0
            CHE   semiconductors  0.0      0.0          1.0           0
            CHE   optics          0.0      0.0          0.0           0
            CHE   textiles        0.0      0.0          0.0           1
        """,
        working="Korea and Japan hold semiconductors and optics, Switzerland textiles, with which neither goes: all "
        "that is near to semiconductors is optics. Whether Japan holds semiconductors, and Switzerland optics, is left "
        "open by their intervals.",
    ),
    is_not="a forecast: it says what lies near, not what will be taken up, or by whom.",
    checked="brute force; bounds under hypothesis",
)


def compute(
    patent_rca: pl.DataFrame,
    patents: pl.DataFrame,
    *,
    min_patents: float = MIN_PATENTS,
    rca_threshold: float = RCA_THRESHOLD,
) -> pl.DataFrame:
    families = patents.filter(pl.col("iso3") != WORLD)
    found = _specialisation.specialisation(patent_rca, families, min_patents, rca_threshold, "patents")
    return _specialisation.density_table(found)
