"""How much does one country cite another's articles, against what the other's size would suggest?"""

import narwhals as nw

from legation.model import Example, Indicator, Measure

BY = ("source", "first_year", "year", "scope")

INDICATOR = Indicator(
    label={"en": "Relative citation index", "ko": "상대 인용 지수"},
    measures={
        "relative_citation": Measure(
            {"en": "Cites the partner", "ko": "상대국 인용"}, "ratio; 1 = as the partner's size suggests", None, "ratio"
        ),
        "relative_citation_back": Measure(
            {"en": "Is cited by the partner", "ko": "상대국의 피인용"}, "ratio; 1 = as our size suggests", None, "ratio"
        ),
        "balance": Measure(
            {"en": "Balance of citation", "ko": "인용 균형"}, "log ratio; 0 = even, above 0 = more cited than citing"
        ),
    },
    formula=r"r_{hp} = \frac{c_{hp} / c_h}{x_p / x}, \quad b = \ln \frac{r_{ph}}{r_{hp}}",
    reference="National Center for Science and Engineering Statistics, Science and Engineering Indicators; "
    "Schubert & Braun 1986, doi:10.1007/BF02017249",
    by=BY,
    key=("iso3", "partner_iso3"),
    caveats=("papers_are_not_capability", "listed_economies_only"),
    example=Example(
        given={
            "citations_between": """
                citing_iso3  cited_iso3  relative_citation_index
                KOR          CHE         1.5
                CHE          KOR         0.75
            """
        },
        expect="""
            iso3  partner_iso3  relative_citation  relative_citation_back  balance
            KOR   CHE           1.5                0.75                    -0.6931471805599453
            CHE   KOR           0.75               1.5                      0.6931471805599453
        """,
        working="Korea cites Switzerland 1.5 times as much as size suggests and is cited 0.75 times: ln(0.75 / 1.5).",
    ),
    is_not="quality: countries cite neighbours, speakers of their language and large fields more.",
    checked="the publisher's table both ways",
)


def compute(citations_between: nw.LazyFrame) -> nw.LazyFrame:
    there = citations_between.select(
        *BY,
        iso3=nw.col("citing_iso3"),
        partner_iso3=nw.col("cited_iso3"),
        relative_citation=nw.col("relative_citation_index").cast(nw.Float64),
    ).filter(nw.col("iso3") != nw.col("partner_iso3"))
    back = there.rename({"iso3": "partner_iso3", "partner_iso3": "iso3", "relative_citation": "relative_citation_back"})
    both = there.join(back.select(*BY, "iso3", "partner_iso3", "relative_citation_back"),
                      on=[*BY, "iso3", "partner_iso3"], how="left")  # fmt: skip
    here, beyond = nw.col("relative_citation"), nw.col("relative_citation_back")
    even = nw.when((here > 0) & (beyond > 0)).then((beyond / here).log())
    return both.with_columns(balance=even).select(
        *BY, "iso3", "partner_iso3", "relative_citation", "relative_citation_back", "balance"
    )
