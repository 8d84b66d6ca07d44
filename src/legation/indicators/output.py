"""How many works does a country publish?

Works by scope and way of counting, as published or as counted from single works.
"""

import narwhals as nw

from legation.model import Example, Indicator, Measure

BY = ("source", "first_year", "year", "scope", "counting")

INDICATOR = Indicator(
    label={"en": "Output", "ko": "논문 산출"},
    measures={"articles": Measure({"en": "Articles", "ko": "논문 수"}, "works", "higher", "number")},
    formula=r"x_c = \sum_w a_{cw},\quad a_{cw} = 1 \text{ (full) or } "
    r"\sum_{i \in w} \frac{[c \in C_i]}{n_w\,|C_i|} \text{ (fractional)}",
    reference="Waltman & van Eck 2015, doi:10.1016/j.joi.2015.08.001; Gauffriau 2021, doi:10.1162/qss_a_00141",
    by=BY,
    key=("iso3",),
    caveats=("papers_are_not_capability", "full_counts_do_not_add_up"),
    example=Example(
        given={
            "articles": """
                iso3  counting    articles
                KOR   full        2
                KOR   fractional  1.5
                CHE   full        1
                CHE   fractional  0.5
            """
        },
        expect="""
            counting    iso3  articles
            full        KOR   2
            fractional  KOR   1.5
            full        CHE   1
            fractional  CHE   0.5
        """,
        working="Of two Korean works one is half Swiss: full counting gives Korea 2 and Switzerland 1, fractional "
        "counting 1.5 and 0.5.",
    ),
    is_not="quality, or the work of people who publish little: industry, defence, engineering.",
    checked="against the publisher's table; the count from single works against brute force",
)


def compute(articles: nw.LazyFrame) -> nw.LazyFrame:
    return articles.select(*BY, "iso3", "articles")
