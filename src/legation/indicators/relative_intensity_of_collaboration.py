"""Is a partner a larger part of a country's international works than of everyone else's?

Compares the partner's share of the country's international works with its share of the international works without the
country. Unlike the index of collaboration it leaves the country out of its own yardstick, so it grows whenever the two
publish more together, and it is not the same both ways. The interval is that of the logarithm of a risk ratio.
"""

import narwhals as nw

from legation.constants import Z_95
from legation.indicators._collaboration import with_world
from legation.indicators._measures import with_interval
from legation.model import Example, Indicator, Kept

BY = ("source", "first_year", "year", "scope")
NAME = "relative_intensity"

INDICATOR = Indicator(
    label={"en": "Relative intensity of collaboration", "ko": "상대적 협력 강도"},
    measures=with_interval(
        NAME,
        {"en": "Relative intensity of collaboration", "ko": "상대적 협력 강도"},
        "ratio; 1 = as with everyone else",
        format="ratio",
    ),
    formula=r"\mathrm{RIC}_{xy} = \frac{C_{xy} / C_x}{(C_y - C_{xy}) / (T - C_x)},\quad "
    r"\exp\!\left(\ln \mathrm{RIC} \pm 1.96 \sqrt{\tfrac{1}{C_{xy}} - \tfrac{1}{C_x} + \tfrac{1}{C_y - C_{xy}} "
    r"- \tfrac{1}{T - C_x}}\right)",
    reference="Fuchs, Sivertsen & Rousseau 2021, doi:10.1007/s11192-021-04110-y; Katz et al. 1978, doi:10.2307/2530610",
    by=BY,
    key=("iso3", "partner_iso3"),
    caveats=("papers_are_not_capability", "small_counts_are_volatile", "works_of_many_countries"),
    kept=(Kept(5),),
    example=Example(
        given={
            "copublications": """
                iso3  partner_iso3  works
                KOR   CHE           20
                CHE   KOR           20
                KOR   WLD           100
                CHE   WLD           200
                WLD   WLD           1000
            """
        },
        expect="""
            iso3  partner_iso3  relative_intensity  relative_intensity_low  relative_intensity_high
            KOR   CHE           1.0                 0.661532154460          1.511642318907
            CHE   KOR           1.0                 0.628231673166          1.591769474088
        """,
        working="A fifth of Korea's international works are with Switzerland; of the 900 works without Korea, 180 are "
        "Swiss, also a fifth. The standard error of the logarithm is √(1/20 − 1/100 + 1/180 − 1/900) = 0.2108; "
        "seen from Switzerland, √(1/20 − 1/200 + 1/80 − 1/800) = 0.2372.",
    ),
    is_not="a count: a high value can rest on few works.",
    checked="the formula by hand; grows with joint works under hypothesis",
)


def compute(copublications: nw.LazyFrame) -> nw.LazyFrame:
    joint, total = nw.col("joint"), nw.col("total")
    elsewhere, others = nw.col("partner_total") - joint, nw.col("everything") - total
    one = nw.lit(1.0)
    known = with_world(copublications, BY).filter(joint > 0, elsewhere > 0, others > 0)
    spread = (one / joint - one / total + one / elsewhere - one / others) ** 0.5 * Z_95
    ric = (joint / total) / (elsewhere / others)
    return known.with_columns(
        **{NAME: ric, f"{NAME}_low": ric * (-spread).exp(), f"{NAME}_high": ric * spread.exp()}
    ).select(*BY, "iso3", "partner_iso3", NAME, f"{NAME}_low", f"{NAME}_high")
