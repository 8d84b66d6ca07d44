"""What share of the world's supply of a mineral is a country's, and what place does that give it?

Of production, capacity or reserves. Countries whose quantity is withheld are listed without a share; each of them could
be ahead, so that ranks are given as they are among the quantities known, and at worst.
"""

import narwhals as nw

from legation.indicators._minerals import COVERAGE, MINERAL, of_the_world
from legation.model import Example, Indicator, Measure

INDICATOR = Indicator(
    label={"en": "Share of mineral supply", "ko": "광물 공급 점유율"},
    measures={
        "mineral_share": Measure(
            {"en": "Share of the world", "ko": "세계 점유율"}, "share of the world", "higher", "share"
        ),
        "rank": Measure({"en": "Rank", "ko": "순위"}, "place, 1 = largest; ties share the best", "lower", "count"),
        "rank_at_worst": Measure(
            {"en": "Rank if all withheld are ahead", "ko": "비공개국이 모두 앞설 때의 순위"}, "place", None, "count"
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
                gallium  production  metal  WLD   125       kilograms
            """
        },
        expect="""
            mineral  iso3  mineral_share  rank  rank_at_worst  quantity  quantity_unit  listed_share  withheld
            gallium  CHN   0.48           1     2              60        kilograms      0.8           1
            gallium  KOR   0.16           2     3              20        kilograms      0.8           1
            gallium  JPN   0.16           2     3              20        kilograms      0.8           1
            gallium  USA   -              -     -              -         kilograms      0.8           1
        """,
        working="60 of the world's 125 are Chinese; 100 of them are listed by country. Were the American quantity, "
        "which is withheld, the largest, every other place would be one lower.",
    ),
    is_not="a measure of who owns the mine or plant, or of what a country could produce.",
    checked="shares sum to the part that is listed",
)


def compute(minerals: nw.LazyFrame) -> nw.LazyFrame:
    amount = nw.col("amount")
    place = amount.rank("min", descending=True).over(*MINERAL).cast(nw.Int64)
    ranked = of_the_world(minerals).with_columns(rank=nw.when(~amount.is_null()).then(place))
    return ranked.with_columns(
        mineral_share=amount / nw.col("total"),
        rank_at_worst=nw.col("rank") + nw.col("withheld"),
        quantity_unit=nw.col("unit"),
    ).select(*MINERAL, "iso3", *INDICATOR.measures)
