"""How many researchers move between two countries, each way and on balance?

A pair and year the publisher does not list counts as no move. A cell it lists but that is too small to be shown stands
for 1 to 4 researchers: the count stays empty and its bounds say what is known, over several years too.
"""

import narwhals as nw

from legation.indicators._measures import with_interval
from legation.model import SUPPRESSED_BELOW_RESEARCHERS, Example, Indicator, Kept

MOST_IN_A_BLANK = SUPPRESSED_BELOW_RESEARCHERS - 1
UNIT = "researchers; bounds where small cells are suppressed"
BY = ("source", "first_year", "year", "scope")

INDICATOR = Indicator(
    label={"en": "Flows of researchers", "ko": "연구자 이동"},
    measures=with_interval("arrivals", {"en": "Came from the partner", "ko": "상대국에서 유입"}, UNIT, None, "count")
    | with_interval("departures", {"en": "Left for the partner", "ko": "상대국으로 유출"}, UNIT, None, "count")
    | with_interval("net_arrivals", {"en": "Balance", "ko": "순유입"}, UNIT, "higher", "number"),
    formula=r"N_{xy} = M_{y \to x} - M_{x \to y}",
    reference="Robinson-Garcia et al. 2019, doi:10.1016/j.joi.2018.11.002; "
    "Akbaritabar et al. 2024, doi:10.1038/s41597-024-03655-9",
    by=BY,
    key=("iso3", "partner_iso3"),
    caveats=("affiliations_are_not_passports", "moves_are_of_publishing_researchers"),
    kept=(Kept(5),),
    example=Example(
        given={
            "moves": """
                origin_iso3  destination_iso3  researchers
                KOR          CHE               30
                CHE          KOR               12
                KOR          USA               400
                ISL          KOR               -
            """
        },
        expect="""
            iso3  partner_iso3  arrivals  arrivals_low  arrivals_high  departures  net_arrivals  net_arrivals_low
            KOR   CHE           12        12            12             30          -18           -18
            CHE   KOR           30        30            30             12          18            18
            KOR   USA           0         0             0              400         -400          -400
            USA   KOR           400       400           400            0           400           400
            KOR   ISL           -         1             4              0           -             1
            ISL   KOR           0         0             0              -           -             -4
        """,
        working="Thirty went from Korea to Switzerland and twelve came: a balance of -18. No move from the United "
        "States is listed, so none is counted; the move from Iceland is listed and blank, so it is 1 to 4.",
    ),
    is_not="migration of people: researchers who stop publishing are not seen.",
    checked="brute force; what arrives is what departs",
)


def compute(moves: nw.LazyFrame) -> nw.LazyFrame:
    researchers, none = nw.col("researchers").cast(nw.Int64), nw.lit(0).cast(nw.Int64)
    seen = nw.when(researchers.is_null()).then(none).otherwise(researchers)
    blank = nw.col("researchers_blank")
    here, there = nw.col("origin_iso3"), nw.col("destination_iso3")
    left = {"departures": seen, "departures_blank": blank, "arrivals": none, "arrivals_blank": none}
    came = {"departures": none, "departures_blank": none, "arrivals": seen, "arrivals_blank": blank}
    both_ways = nw.concat(
        [
            moves.select(*BY, iso3=here, partner_iso3=there, **left),
            moves.select(*BY, iso3=there, partner_iso3=here, **came),
        ]
    )
    pairs = both_ways.group_by(*BY, "iso3", "partner_iso3").agg(*(nw.col(c).sum().cast(nw.Int64) for c in left))
    bounds: dict[str, nw.Expr] = {}
    for name in ("arrivals", "departures"):
        seen_, blanks = nw.col(name), nw.col(f"{name}_blank")
        bounds |= {f"{name}_low": seen_ + blanks, f"{name}_high": seen_ + blanks * MOST_IN_A_BLANK}
        bounds[name] = nw.when(blanks == 0).then(seen_)
    known = pairs.with_columns(**bounds)
    return known.with_columns(
        net_arrivals=nw.col("arrivals") - nw.col("departures"),
        net_arrivals_low=nw.col("arrivals_low") - nw.col("departures_high"),
        net_arrivals_high=nw.col("arrivals_high") - nw.col("departures_low"),
    ).select(*BY, "iso3", "partner_iso3", *INDICATOR.measures)
