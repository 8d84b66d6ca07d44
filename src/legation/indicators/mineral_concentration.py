"""Is the world's supply of a mineral in few countries?

The Herfindahl index of countries' shares of the world's production, capacity or reserves. The part of the world total
that no listed country has counts as spread over many; counted as one country's, it gives the high end. Where a listed
country's quantity is withheld, the high end is not known and the index is that of what is published.
"""

import narwhals as nw

from legation.indicators._concentration import HHI, concentrated
from legation.indicators._minerals import COVERAGE, MINERAL, of_the_world
from legation.model import Example, Indicator, Measure

INDICATOR = Indicator(
    label={"en": "Concentration of mineral supply", "ko": "광물 공급 집중도"},
    measures={
        "hhi": HHI,
        "hhi_high": Measure(
            {"en": "Herfindahl index if the rest is one country's", "ko": "나머지를 한 나라로 볼 때의 허핀달 지수"},
            "sum of squared shares; 1 = all with one",
            None,
            "index",
        ),
        "largest_country": Measure({"en": "Largest country listed", "ko": "최대 점유국(수록국 기준)"}, "country"),
        "largest_share": Measure(
            {"en": "Share of the largest country", "ko": "최대 점유국 비중"}, "share of the world", "lower", "share"
        ),
        "countries": Measure(
            {"en": "Countries with more than nothing", "ko": "수량이 있는 국가 수"}, "countries", "higher", "count"
        ),
    }
    | COVERAGE,
    formula=r"H_m = \sum_c s_{cm}^2 \le H \le H_m + \Big(1 - \sum_c s_{cm}\Big)^2,\quad "
    r"s_{cm} = q_{cm} / \max\!\Big(Q_m, \sum_{c'} q_{c'm}\Big)",
    reference="Graedel et al. 2012, doi:10.1021/es203534z; Nassar et al. 2020, doi:10.1126/sciadv.aay8647",
    by=MINERAL,
    key=(),
    caveats=("production_is_not_ownership", "estimated_by_publisher", "withheld_by_publisher"),
    example=Example(
        given={
            "minerals": """
                mineral  statistic   form   iso3  quantity
                gallium  production  metal  CHN   60
                gallium  production  metal  KOR   20
                gallium  production  metal  JPN   0
                gallium  production  metal  WLD   100
                lithium  production  mine   AUS   50
                lithium  production  mine   CHL   50
                lithium  production  mine   USA   -
                lithium  production  mine   WLD   99
                helium   reserves    gas    USA   30
                helium   reserves    gas    QAT   10
                helium   reserves    gas    WLD   -
                helium   reserves    other  POL   5
            """
        },
        expect="""
            mineral  statistic   hhi    hhi_high  largest_country  largest_share  countries  listed_share  withheld
            gallium  production  0.4    0.44      CHN              0.6            2          0.8           0
            lithium  production  0.5    -         AUS              0.5            2          1.0           1
            helium   reserves    0.625  -         USA              0.75           2          -             0
        """,
        working="Gallium: 0.6² + 0.2² = 0.40; the fifth nobody is named for could be one country's, 0.2² more. "
        "Lithium: the rounded total is under the sum of the countries, which is used; a quantity is withheld. "
        "Helium: no world total is given, so shares are of the 40 listed; the other form has no row for the world.",
    ),
    is_not="a measure of who refines, owns or can be bought from; mines, metals and reserves differ.",
    checked="brute force; between 1 over the number of countries and 1 where all is listed",
)


def compute(minerals: nw.LazyFrame) -> nw.LazyFrame:
    rest = nw.lit(1.0) - nw.col("listed_share")
    return (
        concentrated(of_the_world(minerals), (*MINERAL, "listed_share", "withheld"), "iso3")
        .with_columns(hhi_high=nw.when(nw.col("withheld") == 0).then(nw.col("hhi") + rest**2))
        .rename({"largest": "largest_country", "number": "countries"})
        .select(*MINERAL, *INDICATOR.measures)
    )
