"""Does a country buy a good from many suppliers, or does it hang on few?

The Herfindahl index of the shares of suppliers in the value a country imports of a good, all suppliers included: for a
member of the European Union its neighbours too, where the partner is the sender. Its reciprocal is the number of
suppliers with equal shares that would be as concentrated. Goods whose imports are nought in a year are left out.
"""

import narwhals as nw

from legation.indicators._concentration import HHI, concentrated
from legation.indicators._trade import IMPORT, imports
from legation.model import Example, Indicator, Measure

BY = ("source", "first_year", "year", "good")

INDICATOR = Indicator(
    label={"en": "Concentration of imports", "ko": "수입 집중도"},
    measures={
        "hhi": HHI,
        "effective_suppliers": Measure(
            {"en": "Effective number of suppliers", "ko": "유효 공급국 수"}, "suppliers of equal share", "higher"
        ),
        "largest_supplier": Measure({"en": "Largest supplier", "ko": "최대 공급국"}, "country"),
        "largest_share": Measure(
            {"en": "Share of the largest supplier", "ko": "최대 공급국 비중"}, "share of imports", "lower", "share"
        ),
        "suppliers": Measure({"en": "Suppliers", "ko": "공급국 수"}, "countries", "higher", "count"),
        "imports_eur": Measure({"en": "Imports", "ko": "수입액"}, "EUR", None),
        "imports_usd": Measure({"en": "Imports", "ko": "수입액"}, "USD", None),
    },
    formula=r"H_{cg} = \sum_p s_{cgp}^2,\quad s_{cgp} = m_{cgp} / \sum_{p'} m_{cgp'},\quad n_{cg} = 1 / H_{cg}",
    reference="Laakso & Taagepera 1979, doi:10.1177/001041407901200101; "
    "CEPII, GeoDep, https://cepii.fr/cepii/en/bdd_modele/bdd_modele_item.asp?id=41",
    by=BY,
    key=("iso3",),
    caveats=("value_is_not_need",),
    example=Example(
        given={
            "trade": """
                reporter_iso3  partner_iso3  flow    good     value_eur
                DEU            CHN           import  gallium  60
                DEU            KOR           import  gallium  30
                DEU            CHE           import  gallium  10
                DEU            USA           import  gallium  0
                DEU            CHN           export  gallium  500
                ISL            KOR           import  gallium  5
                MCO            FRA           import  gallium  0
            """
        },
        expect="""
            iso3  good     hhi   effective_suppliers  largest_supplier  largest_share  suppliers  imports_eur
            DEU   gallium  0.46  2.173913043478       CHN               0.6            3          100
            ISL   gallium  1.0   1.0                  KOR               1.0            1          5
        """,
        working="0.6² + 0.3² + 0.1² = 0.46, as concentrated as 2.17 suppliers with equal shares. The United States "
        "sold nothing worth half a euro, and Monaco's imports are nought.",
    ),
    is_not="dependence: a concentrated good may be easy to replace, or made at home.",
    checked="brute force; between 1 over the number of suppliers and 1",
)


def compute(trade: nw.LazyFrame) -> nw.LazyFrame:
    euro, total = nw.col("in_euro"), nw.col("total")
    return (
        concentrated(imports(trade), (*IMPORT, "in_euro"), "partner_iso3")
        .with_columns(
            effective_suppliers=nw.lit(1.0) / nw.col("hhi"),
            imports_eur=nw.when(euro).then(total),
            imports_usd=nw.when(~euro).then(total),
        )
        .rename({"largest": "largest_supplier", "number": "suppliers"})
        .select(*BY, "iso3", *INDICATOR.measures)
    )
