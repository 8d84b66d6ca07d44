"""What part of a country's imports of a good comes from each supplier?

The value bought from a supplier over what the country imports of the good from all of them, in one currency. Suppliers
of nought are left out. For a member of the European Union its neighbours count too, where the partner is the sender.
"""

import narwhals as nw

from legation.indicators._trade import imports
from legation.model import Example, Indicator, Measure

BY = ("source", "first_year", "year", "good")

INDICATOR = Indicator(
    label={"en": "Suppliers of a good", "ko": "품목별 공급국"},
    measures={
        "supplier_share": Measure({"en": "Share of imports", "ko": "수입 비중"}, "share of imports", None, "share"),
        "imports_eur": Measure({"en": "Imports from the supplier", "ko": "공급국별 수입액"}, "EUR", None),
        "imports_usd": Measure({"en": "Imports from the supplier", "ko": "공급국별 수입액"}, "USD", None),
    },
    formula=r"s_{cgp} = m_{cgp} / \sum_{p'} m_{cgp'}",
    reference="Laakso & Taagepera 1979, doi:10.1177/001041407901200101; "
    "CEPII, GeoDep, https://cepii.fr/cepii/en/bdd_modele/bdd_modele_item.asp?id=41",
    by=BY,
    key=("iso3", "partner_iso3"),
    caveats=("value_is_not_need",),
    example=Example(
        given={
            "trade": """
                reporter_iso3  partner_iso3  flow    good     value_eur
                DEU            CHN           import  gallium  60
                DEU            KOR           import  gallium  40
                DEU            USA           import  gallium  0
                DEU            DEU           import  gallium  7
                DEU            CHE           export  gallium  100
            """
        },
        expect="""
            iso3  partner_iso3  good     supplier_share  imports_eur  imports_usd
            DEU   CHN           gallium  0.6             60           -
            DEU   KOR           gallium  0.4             40           -
        """,
        working="60 of 100 come from China. What returns from Germany itself is no import, and the United States sold "
        "nothing worth half a euro.",
    ),
    is_not="where a good is made: what is sent on by a third country counts for it.",
    checked="brute force; the shares of a good sum to one",
)


def compute(trade: nw.LazyFrame) -> nw.LazyFrame:
    amount, euro = nw.col("amount"), nw.col("in_euro")
    return (
        imports(trade)
        .filter(amount > 0)
        .with_columns(
            supplier_share=amount / nw.col("total"),
            imports_eur=nw.when(euro).then(amount),
            imports_usd=nw.when(~euro).then(amount),
        )
        .select(*BY, "iso3", "partner_iso3", *INDICATOR.measures)
    )
