"""Who signed which declaration or agreement, and when?

Every instrument up to the year asked for; one without a date is left out where a year is asked for.
"""

import narwhals as nw

from legation.model import Example, Indicator, Measure

BY = ("source", "kind")

INDICATOR = Indicator(
    label={"en": "Declarations and agreements signed", "ko": "선언·협정 서명"},
    measures={
        "signed_in": Measure({"en": "Signed in", "ko": "서명 연도"}, "year; empty = not known", None, "count"),
        "signatories": Measure({"en": "Signatories in all", "ko": "전체 서명국 수"}, "countries", None, "count"),
    },
    formula=r"n_a = \#\{c : c \text{ signed } a\}",
    reference="Simmons & Hopkins 2005, doi:10.1017/S0003055405051920",
    by=BY,
    key=("agreement", "iso3"),
    caveats=("signature_is_not_policy",),
    example=Example(
        given={
            "agreements": """
                agreement     kind         iso3  year
                bletchley     declaration  KOR   2023
                bletchley     declaration  CHN   2023
                aisi_network  network      KOR   -
            """
        },
        expect="""
            agreement     kind         iso3  signed_in  signatories
            bletchley     declaration  KOR   2023       2
            bletchley     declaration  CHN   2023       2
            aisi_network  network      KOR   -          1
        """,
        working="Korea and China signed the first; the network has no date of signature.",
    ),
    is_not="compliance: what a country does after signing is not in the table.",
    checked="brute force",
)


def compute(agreements: nw.LazyFrame) -> nw.LazyFrame:
    signatories = nw.len().over(*BY, "agreement").cast(nw.Int64)
    return agreements.with_columns(signed_in="year", signatories=signatories).select(
        *BY, "agreement", "iso3", *INDICATOR.measures
    )
