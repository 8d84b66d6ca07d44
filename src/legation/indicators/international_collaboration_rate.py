"""How much of a country's output is written with another country, by a publisher's own counts of a year?

The publisher's count of works with any foreign partner over its full count of works, of the same scope and year; both
counts must be of one publisher. Where the single works are known, `international_share` gives the same share over
several years and says how much may be unseen.
"""

import narwhals as nw

from legation.constants import Z_95
from legation.errors import NoEvidenceError
from legation.indicators._measures import with_interval
from legation.model import WORLD, Example, Indicator, Measure

BY = ("source", "first_year", "year", "scope")
RATE = "international_collaboration_rate"

INDICATOR = Indicator(
    label={"en": "International collaboration rate", "ko": "국제 공동연구율"},
    measures=with_interval(
        RATE,
        {"en": "International collaboration rate", "ko": "국제 공동연구율"},
        "share of articles, full counting",
        None,
    )
    | {"articles": Measure({"en": "Articles", "ko": "논문 수"}, "works, full", "higher", "number")},
    formula=r"i_c = C_c / X_c,\quad \text{95 %: }"
    r"\frac{i_c + z^2/2X_c \pm z\sqrt{i_c(1 - i_c)/X_c + z^2/4X_c^2}}{1 + z^2/X_c}",
    reference="Luukkonen et al. 1993, doi:10.1007/BF02016282; Wilson 1927, doi:10.1080/01621459.1927.10502953",
    by=BY,
    key=("iso3",),
    caveats=("papers_are_not_capability", "full_counts_do_not_add_up"),
    example=Example(
        given={
            "copublications": """
                iso3  partner_iso3  first_year  last_year  works
                KOR   CHE           2022        2022       1
                KOR   WLD           2022        2022       2
                CHE   WLD           2022        2022       1
                WLD   WLD           2022        2022       2
            """,
            "articles": """
                iso3  counting    year  articles
                KOR   full        2022  4
                KOR   fractional  2022  3.1
                CHE   full        2022  1
                ISL   full        2022  4
            """,
        },
        expect="""
            year  iso3  articles  international_collaboration_rate  international_collaboration_rate_low
            2022  KOR   4         0.5                               0.150038989152
            2022  CHE   1         1.0                               0.206549314377
        """,
        working="Two of Korea's four articles have a foreign author. Wilson's lower end for 2 of 4 is "
        "0.5 − 0.5 √(1.96² / (4 + 1.96²)) = 0.1500, for 1 of 1 it is 1 / (1 + 1.96²) = 0.2065. Of Iceland the "
        "publisher gives no works with foreign partners, so nothing is said.",
    ),
    is_not="a measure of openness alone: small countries have more foreign colleagues than domestic ones.",
    checked="nought to one; against `international_share` on the same works",
)


def compute(copublications: nw.LazyFrame, articles: nw.LazyFrame) -> nw.LazyFrame:
    if "source" not in articles.collect_schema().names():
        raise NoEvidenceError("the publisher of the joint works gives no counts of all works to set them against")
    whole = articles.filter(nw.col("counting") == "full", nw.col("articles") > 0).select(*BY, "iso3", "articles")
    abroad = copublications.filter(nw.col("partner_iso3") == WORLD, nw.col("iso3") != WORLD)
    both = abroad.select(*BY, "iso3", "works").join(whole, on=[*BY, "iso3"], how="inner")
    of = nw.col("articles").cast(nw.Float64)
    rate, spread = nw.col("works").cast(nw.Float64) / of, Z_95**2 / of
    middle = (rate + spread / 2) / (1 + spread)
    half = (rate * (1 - rate) * spread + spread * spread / 4).sqrt() / (1 + spread)
    ends = {f"{RATE}_low": (middle - half).clip(0.0, 1.0), f"{RATE}_high": (middle + half).clip(0.0, 1.0)}
    return both.with_columns(**{RATE: rate}, **ends).select(*BY, "iso3", *INDICATOR.measures)
