"""Does a country depend on few suppliers of a good, not just in one year?

After GeoDep: imports of the good are concentrated (Herfindahl index above `hhi_threshold`) in at least `least_years` of
the last `window_years` years in which anybody imported it. A year without imports is not concentrated. Customs codes
change: where fewer than `least_years` years know the code, nothing is said. GeoDep asks for two conditions more: that
world exports are concentrated too, and that the country imports more than it exports. Imports alone cannot tell; these
columns say so.
"""

import narwhals as nw

from legation.constants import DEPENDENCE_LEAST_YEARS, DEPENDENCE_YEARS, IMPORT_HHI
from legation.indicators._concentration import concentrated
from legation.indicators._trade import IMPORT, imports
from legation.model import Example, Indicator, Measure

BY = ("source", "good")
NOT_TESTABLE = "not testable from imports"

INDICATOR = Indicator(
    label={"en": "Import dependence", "ko": "수입 의존 신호"},
    measures={
        "concentrated": Measure(
            {"en": "Imports concentrated", "ko": "수입 집중 여부"}, "true or false; empty = code too new", "lower"
        ),
        "years_concentrated": Measure({"en": "Years concentrated", "ko": "집중된 연수"}, "years", "lower", "count"),
        "years_imported": Measure({"en": "Years with imports", "ko": "수입이 있는 연수"}, "years", None, "count"),
        "persistence": Measure(
            {"en": "Persistence", "ko": "지속성"}, "share of the years with imports", "lower", "share"
        ),
        "world_exports_concentrated": Measure(
            {"en": "World exports concentrated", "ko": "세계 수출 집중 여부"}, "in words", None
        ),
        "imports_above_exports": Measure(
            {"en": "Imports above exports", "ko": "수출 대비 수입 초과 여부"}, "in words", None
        ),
    },
    formula=r"\#\{y \in (Y-3, Y] : H_{cgy} > 0.4\} \ge 2",
    reference="CEPII, GeoDep, https://cepii.fr/cepii/en/bdd_modele/bdd_modele_item.asp?id=41; "
    "Laakso & Taagepera 1979, doi:10.1177/001041407901200101",
    by=BY,
    key=("iso3",),
    caveats=("import_side_only", "value_is_not_need"),
    example=Example(
        given={
            "trade": """
                reporter_iso3  partner_iso3  flow    good  year  value_eur
                DEU            CHN           import  old   2021  100
                DEU            CHN           import  old   2022  70
                DEU            KOR           import  old   2022  30
                DEU            CHN           import  old   2023  50
                DEU            KOR           import  old   2023  50
                DEU            CHN           import  old   2024  20
                DEU            KOR           import  old   2024  40
                DEU            CHE           import  old   2024  40
                CHE            CHN           import  old   2023  60
                FRA            CHN           import  old   2020  60
                DEU            CHN           import  new   2024  100
            """
        },
        expect="""
            good  iso3  first_year  year  concentrated  years_concentrated  years_imported  persistence
            old   DEU   2022        2024  1             2                   3               0.666666666667
            old   CHE   2022        2024  0             1                   1               1.0
            new   DEU   2022        2024  -             1                   1               1.0
        """,
        working="Of the old code, Germany's index is 0.58, 0.50 and 0.36 in 2022 to 2024: above 0.4 in two years of "
        "three. Switzerland bought in one year only, France in none of the three. The new code has one year.",
    ),
    is_not="the full test of dependence: one of its three conditions.",
    checked="brute force; a higher threshold never adds a flag",
)


def compute(
    trade: nw.LazyFrame,
    *,
    hhi_threshold: float = IMPORT_HHI,
    window_years: int = DEPENDENCE_YEARS,
    least_years: int = DEPENDENCE_LEAST_YEARS,
) -> nw.LazyFrame:
    yearly = concentrated(imports(trade), IMPORT, "partner_iso3").drop("first_year")
    ended = yearly.with_columns(end=nw.col("year").max().over(*BY))
    recent = ended.with_columns(first_year=nw.col("end") - (window_years - 1)).filter(
        nw.col("year") >= nw.col("first_year")
    )
    above = (nw.col("hhi") > hhi_threshold).cast(nw.Int64)
    known = recent.select(*BY, "year").unique().group_by(*BY).agg(years_known=nw.len())
    counted = (
        recent.with_columns(above=above)
        .group_by(*BY, "first_year", "end", "iso3")
        .agg(years_concentrated=nw.col("above").sum(), years_imported=nw.len())
        .join(known, on=list(BY), how="inner")
        .with_columns(nw.col("years_concentrated", "years_imported").cast(nw.Int64))
    )
    years = nw.col("years_concentrated")
    words = nw.lit(NOT_TESTABLE)
    return counted.rename({"end": "year"}).select(
        *BY,
        "first_year",
        "year",
        "iso3",
        "years_concentrated",
        "years_imported",
        concentrated=nw.when(nw.col("years_known") >= least_years).then(years >= least_years),
        persistence=years.cast(nw.Float64) / nw.col("years_imported").cast(nw.Float64),
        world_exports_concentrated=words,
        imports_above_exports=words,
    )
