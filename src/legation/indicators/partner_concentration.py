"""Does a country's collaboration rest on few partners?

The Herfindahl index of the shares of partners in its joint works. Shares are of pairs, not of works: a work with
authors from three countries counts once for each partner. Of partners the source lists, and in its scope. The
reciprocal is the number of partners with equal shares that would be as concentrated.
"""

import narwhals as nw

from legation.indicators._concentration import HHI, concentrated
from legation.model import WORLD, Example, Indicator, Kept, Measure

BY = ("source", "first_year", "year", "scope")

INDICATOR = Indicator(
    label={"en": "Concentration of partners", "ko": "협력국 집중도"},
    measures={
        "hhi": HHI,
        "effective_partners": Measure(
            {"en": "Effective number of partners", "ko": "유효 협력국 수"}, "partners of equal share", "higher"
        ),
        "largest_partner": Measure({"en": "Largest partner", "ko": "최대 협력국"}, "country"),
        "largest_share": Measure(
            {"en": "Share of the largest partner", "ko": "최대 협력국 비중"}, "share of pairs", "lower", "share"
        ),
        "partners": Measure({"en": "Partners", "ko": "협력국 수"}, "countries", "higher", "count"),
        "pairs": Measure(
            {"en": "Joint works, counted by pair", "ko": "공동 논문(국가쌍 기준)"}, "pairs", None, "count"
        ),
    },
    formula=r"H_x = \sum_y p_{xy}^2,\quad p_{xy} = C_{xy} / \sum_{y'} C_{xy'},\quad n_x = 1 / H_x",
    reference="Laakso & Taagepera 1979, doi:10.1177/001041407901200101; Hill 1973, doi:10.2307/1934352",
    by=BY,
    key=("iso3",),
    caveats=("works_of_many_countries", "listed_economies_only", "small_counts_are_volatile"),
    kept=(Kept(5),),
    example=Example(
        given={
            "copublications": """
                iso3  partner_iso3  works
                KOR   USA           60
                KOR   CHN           30
                KOR   CHE           10
                KOR   ISL           0
                KOR   WLD           85
                ISL   CHE           4
            """
        },
        expect="""
            iso3  hhi   effective_partners  largest_partner  largest_share  partners  pairs
            KOR   0.46  2.173913043478      USA              0.6            3         100
            ISL   1.0   1.0                 CHE              1.0            1         4
        """,
        working="0.6² + 0.3² + 0.1² = 0.46. Korea's 85 international works make 100 pairs, because some have authors "
        "from several countries.",
    ),
    is_not="a dependence: partners can be many and alike, or one and indispensable.",
    checked="brute force over random teams; between 1 over the number of partners and 1",
)


def compute(copublications: nw.LazyFrame) -> nw.LazyFrame:
    world = nw.lit(WORLD)
    pairs = copublications.filter(
        nw.col("iso3") != world, nw.col("partner_iso3") != world, nw.col("iso3") != nw.col("partner_iso3")
    ).with_columns(amount=nw.col("works").cast(nw.Float64))
    counted = pairs.with_columns(total=nw.col("amount").sum().over(*BY, "iso3"))
    return (
        concentrated(counted, (*BY, "iso3"), "partner_iso3")
        .with_columns(effective_partners=nw.lit(1.0) / nw.col("hhi"), pairs=nw.col("total").cast(nw.Int64))
        .rename({"largest": "largest_partner", "number": "partners"})
        .select(*BY, "iso3", *INDICATOR.measures)
    )
