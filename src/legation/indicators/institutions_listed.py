"""How many institutions of a country does a published list name?

Of the newest edition of each list: an institution that an earlier edition named and the newest does not is left out.
Every entry counts alike, whether a university or one of its laboratories.
"""

import narwhals as nw

from legation.model import Example, Indicator, Measure

BY = ("source", "list")

INDICATOR = Indicator(
    label={"en": "Listed institutions", "ko": "목록에 등재된 기관"},
    measures={
        "institutions": Measure(
            {"en": "Institutions on the list", "ko": "등재 기관 수"}, "entries of the newest list", None, "count"
        )
    },
    formula=r"n_{\ell c} = \#\{i : i \text{ of country } c \text{ in the newest edition of } \ell\}",
    reference="US Public Law 115-232, section 1286; National Academies of Sciences, Engineering, and Medicine 2025, "
    "doi:10.17226/29241",
    by=BY,
    key=("iso3",),
    caveats=("listing_is_no_verdict",),
    example=Example(
        given={
            "listed_institutions": """
                list  name              iso3  year
                one   Institute A       CHN   2025
                one   Institute B       CHN   2025
                one   Institute C       RUS   2025
                one   Former name of B  -     2024
                two   Institute A       CHN   2023
            """
        },
        expect="""
            list  iso3  year  institutions
            one   CHN   2025  2
            one   RUS   2025  1
            two   CHN   2023  1
        """,
        working="The newest edition of the first list is of 2025 and names two institutions in China, one in Russia.",
    ),
    is_not="a measure of risk: who is listed, and who is not, is one government's decision. Earlier editions cannot be "
    "told from it, because each name stands with the last edition only.",
    checked="brute force",
)


def compute(listed_institutions: nw.LazyFrame) -> nw.LazyFrame:
    newest = listed_institutions.filter(nw.col("year") == nw.col("year").max().over(*BY))
    return (
        newest.filter(~nw.col("iso3").is_null())
        .group_by(*BY, "first_year", "year", "iso3")
        .agg(institutions=nw.len().cast(nw.Int64))
        .select(*BY, "first_year", "year", "iso3", "institutions")
    )
