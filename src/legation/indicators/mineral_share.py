"""What share of the world's supply of a mineral is a country's, and what place does that give it?

Of production, capacity or reserves. Countries whose quantity is withheld are listed without a share. The rank is among
the quantities known. At worst, all withheld are ahead, and as many unlisted countries as the part of the total that is
listed nowhere has room for; that is not known without a total, or for a share of nought.
"""

import narwhals as nw

from legation.indicators._minerals import COVERAGE, MINERAL, of_the_world
from legation.model import Example, Indicator, Measure

ROUNDING = 1e-9
"""So that a part that has room for exactly one is not missed by a hair."""

INDICATOR = Indicator(
    label={"en": "Share of mineral supply", "ko": "광물 공급 점유율"},
    measures={
        "mineral_share": Measure(
            {"en": "Share of the world", "ko": "세계 점유율"}, "share of the world", "higher", "share"
        ),
        "rank": Measure({"en": "Rank", "ko": "순위"}, "place, 1 = largest; ties share the best", "lower", "count"),
        "rank_at_worst": Measure(
            {"en": "Rank at worst", "ko": "비공개·미수록분을 감안한 최저 순위"},
            "place; empty = not known",
            None,
            "count",
        ),
        "quantity": Measure({"en": "Quantity", "ko": "수량"}, "in quantity_unit", "higher"),
        "quantity_unit": Measure({"en": "Unit of the quantity", "ko": "수량 단위"}, "in words"),
    }
    | COVERAGE,
    formula=r"s_{cm} = q_{cm} / \max\!\Big(Q_m, \sum_{c'} q_{c'm}\Big)",
    reference="Nassar et al. 2020, doi:10.1126/sciadv.aay8647",
    by=MINERAL,
    key=("iso3",),
    caveats=("production_is_not_ownership", "estimated_by_publisher", "withheld_by_publisher"),
    example=Example(
        given={
            "minerals": """
                mineral  statistic   form   iso3  quantity  unit
                gallium  production  metal  CHN   60        kilograms
                gallium  production  metal  KOR   20        kilograms
                gallium  production  metal  JPN   20        kilograms
                gallium  production  metal  USA   -         kilograms
                gallium  production  metal  WLD   120       kilograms
                gallium  production  scrap  CHN   9         kilograms
            """
        },
        expect="""
            mineral  iso3  mineral_share   rank  rank_at_worst  quantity  quantity_unit  listed_share    withheld
            gallium  CHN   0.5             1     2              60        kilograms      0.833333333333  1
            gallium  KOR   0.166666666667  2     4              20        kilograms      0.833333333333  1
            gallium  JPN   0.166666666667  2     4              20        kilograms      0.833333333333  1
            gallium  USA   -               -     -              -         kilograms      0.833333333333  1
        """,
        working="60 of the world's 120 are Chinese; 100 of them are listed by country. The American quantity, which is "
        "withheld, could be the largest; in the 20 listed nowhere there is room for one country with 20, and for none "
        "with 60: Korea is fourth at worst. Scrap has no total for the world.",
    ),
    is_not="a measure of who owns the mine or plant, or of what a country could produce.",
    checked="shares sum to the part that is listed",
)


def compute(minerals: nw.LazyFrame) -> nw.LazyFrame:
    amount = nw.col("amount")
    place = amount.rank("min", descending=True).over(*MINERAL).cast(nw.Int64)
    ranked = of_the_world(minerals).with_columns(rank=nw.when(~amount.is_null()).then(place))
    room = ((nw.lit(1.0) - nw.col("listed_share")) * nw.col("total") / amount + ROUNDING).floor().cast(nw.Int64)
    return ranked.with_columns(
        mineral_share=amount / nw.col("total"),
        rank_at_worst=nw.when(amount > 0).then(nw.col("rank") + nw.col("withheld") + room),
        quantity_unit=nw.col("unit"),
    ).select(*MINERAL, "iso3", *INDICATOR.measures)
