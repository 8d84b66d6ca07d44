"""Who exactly stands behind a country's works: its organisations by name and sector, and which a list names?

The organisations of `organisation_output` with their seat and sector. An organisation is flagged where its name equals
one on a list letter by letter, case, accents and punctuation aside, and the list gives no country or the same one:
other spellings and parts of an organisation are missed, and a flag is never a verdict.
"""

import polars as pl

from legation.countries import fold
from legation.indicators.organisation_output import INDICATOR as OUTPUT
from legation.model import Example, Indicator, Measure

INDICATOR = Indicator(
    label={"en": "Organisations behind the works", "ko": "문헌의 배후 기관"},
    measures={
        "name": Measure({"en": "Name", "ko": "기관명"}, "name"),
        "sector": Measure({"en": "Sector", "ko": "부문"}, "as ROR has it"),
        **OUTPUT.measures,
        "listed_on": Measure({"en": "Named on", "ko": "등재 목록"}, "list and year; empty = no list names it so"),
    },
    formula=r"\text{flag}(o) = [\text{fold}(\text{name}_o) \in \{\text{fold}(n) : n \in \text{list}\}]",
    reference="Research Organization Registry, doi:10.71938/8vj7-m0f8",
    by=("source", "scope"),
    key=("first_year", "year", "iso3", "organisation"),
    caveats=(*OUTPUT.caveats, "listing_is_no_verdict"),
    example=Example(
        given={
            "organisation_output": """
                organisation  organisation_share  works_full  works_fractional  researchers
                o1            0.95                2           1.9               5
                o2            0.03                1           0.06              6
                o3            0.02                1           0.04              6
            """,
            "organisations": """
                organisation  name                  iso3  sector
                o1            ETH Zurich            CHE   education
                o2            Harbin Éngineering U  CHN   education
                o3            Harbin Engineering U  KEN   education
            """,
            "listed_institutions": """
                list  name                  iso3  year
                L     Harbin Engineering U  CHN   2025
            """,
        },
        expect="""
            iso3  organisation  name                  sector     organisation_share  works_full  researchers  listed_on
            CHE   o1            ETH Zurich            education  0.95                2           5            -
            CHN   o2            Harbin Éngineering U  education  0.03                1           6            L (2025)
            KEN   o3            Harbin Engineering U  education  0.02                1           6            -
        """,
        working="The accent is left aside when names are compared; a namesake in another country is not flagged.",
    ),
    is_not="a screening: who deals with an organisation must read the list itself and its reasons.",
    checked="brute force; every flagged name stands on the list",
)


def compute(
    organisation_output: pl.DataFrame, organisations: pl.DataFrame, listed_institutions: pl.DataFrame
) -> pl.DataFrame:
    folded = pl.col("name").map_elements(fold, pl.String).alias("folded")
    listed = listed_institutions.select("list", "year", folded, listed_in="iso3")
    named = organisations.unique("organisation").with_columns(folded)
    same_country = pl.col("listed_in").is_null() | (pl.col("listed_in") == pl.col("iso3"))
    told = pl.format("{} ({})", "list", "year").sort().str.join("; ")
    flags = named.join(listed, on="folded").filter(same_country).group_by("organisation").agg(listed_on=told)
    known = named.select("organisation", "name", "iso3", "sector").join(flags, on="organisation", how="left")
    return organisation_output.join(known, on="organisation")
