"""Does a country depend on few suppliers of a good, not just in one year?

After GeoDep, three conditions: imports of the good are concentrated (Herfindahl index above `hhi_threshold`), so are
world exports, and the country imports more than it exports. A condition holds if it does in at least `least_years` of
the last `window_years` years in which anybody imported the good; the country is dependent if all three do in the same
year, that often. What the years that could not be tested may still turn round is left empty. World exports are tested
where a source in the store covers all exporters (BACI), at the six digits of the customs code; a country's own exports
where the source of its imports has them, none being less than any imports. Without them only the first condition is
tested. A year without imports is not concentrated. Customs codes change: where fewer than `least_years` years know the
code, nothing is said.
"""

import narwhals as nw

from legation.constants import DEPENDENCE_LEAST_YEARS, DEPENDENCE_YEARS, IMPORT_HHI
from legation.indicators._concentration import concentrated
from legation.indicators._trade import IMPORT, REPORT, SIX_DIGITS, exports, imports
from legation.model import Example, Indicator, Measure

BY = ("source", "good")
CONDITIONS = ("concentrated", "world_exports_concentrated", "imports_above_exports")
EMPTY = "true or false; empty = could not be tested"

INDICATOR = Indicator(
    label={"en": "Import dependence", "ko": "수입 의존 신호"},
    measures={
        "dependent": Measure(
            {"en": "All three conditions", "ko": "세 조건 모두 충족 여부"},
            "true or false; empty = not all could be tested",
        ),
        "concentrated": Measure(
            {"en": "Imports concentrated", "ko": "수입 집중 여부"}, "true or false; empty = code too new", "lower"
        ),
        "world_exports_concentrated": Measure(
            {"en": "World exports concentrated", "ko": "세계 수출 집중 여부"}, EMPTY, None
        ),
        "imports_above_exports": Measure(
            {"en": "Imports above exports", "ko": "수출 대비 수입 초과 여부"}, EMPTY, None
        ),
        "years_concentrated": Measure({"en": "Years concentrated", "ko": "집중된 연수"}, "years", "lower", "count"),
        "years_imported": Measure({"en": "Years with imports", "ko": "수입이 있는 연수"}, "years", None, "count"),
        "persistence": Measure(
            {"en": "Persistence", "ko": "지속성"}, "share of the years with imports", "lower", "share"
        ),
        "years_dependent": Measure(
            {"en": "Years with all three", "ko": "세 조건을 모두 충족한 연수"}, "years", "lower", "count"
        ),
        "years_tested": Measure(
            {"en": "Years with all three tested", "ko": "세 조건을 모두 검증한 연수"}, "years", None, "count"
        ),
    },
    formula=r"\#\{y \in (Y-3, Y] : H_{cgy} > 0.4,\ H^{x}_{gy} > 0.4,\ m_{cgy} > x_{cgy}\} \ge 2",
    reference="Lefebvre & Wibaux 2024, CEPII Policy Brief 47; "
    "CEPII, GeoDep, https://cepii.fr/cepii/en/bdd_modele/bdd_modele_item.asp?id=41; "
    "Laakso & Taagepera 1979, doi:10.1177/001041407901200101",
    by=BY,
    key=("iso3",),
    caveats=("import_side_only", "value_is_not_need"),
    example=Example(
        given={
            "trade": """
                reporter_iso3  partner_iso3  flow    good    year  value_usd
                DEU            CHN           import  cobalt  2021  100
                DEU            CHN           import  cobalt  2022  70
                DEU            KOR           import  cobalt  2022  30
                DEU            CHN           import  cobalt  2023  50
                DEU            KOR           import  cobalt  2023  50
                DEU            CHN           import  cobalt  2024  20
                DEU            KOR           import  cobalt  2024  40
                DEU            CHE           import  cobalt  2024  40
                CHE            CHN           import  cobalt  2023  60
                FRA            CHN           import  cobalt  2020  60
                DEU            CHN           import  helium  2023  100
                DEU            CHN           import  helium  2024  100
            """,
            "world_exports": """
                good    iso3  year  value_usd
                cobalt  CHN   2022  90
                cobalt  DEU   2022  10
                cobalt  CHN   2023  60
                cobalt  KOR   2023  40
                cobalt  CHN   2024  60
                cobalt  KOR   2024  40
            """,
        },
        expect="""
            good    iso3  concentrated  world_exports_concentrated  imports_above_exports  years_concentrated  years_imported  years_dependent  years_tested  dependent
            cobalt  DEU   1             1                           1                      2                   3               2                3             1
            cobalt  CHE   0             0                           0                      1                   1               1                1             0
            helium  DEU   1             -                           1                      2                   2               0                0             -
        """,  # noqa: E501
        working="Of cobalt Germany's index is 0.58, 0.50 and 0.36 in 2022 to 2024: above 0.4 in two years of three. "
        "World exports stand at 0.82 and 0.52 in the first two, and Germany sold 10 or nothing: all hold twice. "
        "Switzerland bought in one year only, France in none of the three. How concentrated world exports of helium "
        "are is not known, which leaves the whole open.",
    ),
    is_not="a verdict: where conditions are empty only the others were tested, and stocks or substitutes are not seen.",
    checked="brute force; a higher threshold never adds a flag",
)


def compute(
    trade: nw.LazyFrame,
    world_exports: nw.LazyFrame | None = None,
    *,
    hhi_threshold: float = IMPORT_HHI,
    window_years: int = DEPENDENCE_YEARS,
    least_years: int = DEPENDENCE_LEAST_YEARS,
) -> nw.LazyFrame:
    yearly = concentrated(imports(trade), (*IMPORT, "in_euro"), "partner_iso3").drop("first_year")
    ended = yearly.with_columns(end=nw.col("year").max().over(*BY))
    recent = ended.with_columns(first_year=nw.col("end") - (window_years - 1)).filter(
        nw.col("year") >= nw.col("first_year")
    )
    known = recent.select(*BY, "year").unique().group_by(*BY).agg(years_known=nw.len())
    tested = _against_exports(_against_the_world(recent, world_exports, hhi_threshold), trade, world_exports)
    years = tested.with_columns(concentrated=nw.col("hhi") > hhi_threshold)
    counted = _counted(years).join(known, on=list(BY), how="inner")
    enough = nw.col("years_known") >= least_years
    holds = {c: _holds(c, least_years) for c in (*CONDITIONS, "dependent")}
    holds |= {c: nw.when(nw.col(f"{c}_open") < nw.col("years_imported")).then(holds[c]) for c in CONDITIONS}
    return counted.rename({"end": "year"}).select(
        *BY,
        "first_year",
        "year",
        "iso3",
        "years_imported",
        "years_tested",
        **{name: nw.when(enough).then(found) for name, found in holds.items()},
        years_concentrated=nw.col("concentrated_held"),
        years_dependent=nw.col("dependent_held"),
        persistence=nw.col("concentrated_held").cast(nw.Float64) / nw.col("years_imported").cast(nw.Float64),
    )


def _against_the_world(yearly: nw.LazyFrame, world_exports: nw.LazyFrame | None, hhi_threshold: float) -> nw.LazyFrame:
    """Whether world exports of the code, at six digits, are concentrated in the year; empty where not known."""
    coded = yearly.with_columns(code=nw.col("good").str.slice(0, SIX_DIGITS))
    if world_exports is None:
        return coded.with_columns(world_exports_concentrated=nw.lit(None, nw.Boolean))
    of = ("good", "year")
    value = nw.col("value_usd")
    sold = world_exports.select(*of, "iso3", amount=value, total=value.sum().over(*of))
    world = concentrated(sold, of, "iso3").select(
        "year", code="good", world_exports_concentrated=nw.col("hhi") > hhi_threshold
    )
    return coded.join(world, on=["code", "year"], how="left")


def _against_exports(yearly: nw.LazyFrame, trade: nw.LazyFrame, world_exports: nw.LazyFrame | None) -> nw.LazyFrame:
    """Whether imports are above exports; empty where the source does not show what the country exports that year.

    A source of world exports shows those of every economy; any other those of economies that report some in the year.
    """
    sold = exports(trade)
    reporting: list[str] = list(REPORT)
    if world_exports is not None and "source" in world_exports.collect_schema().names():
        sold = world_exports.select(*REPORT, "good", sold_eur=nw.lit(None, nw.Float64), sold_usd="value_usd")
        reporting.remove("iso3")
    yes = nw.lit(True)
    reports = sold.select(*reporting).unique().with_columns(reports=yes)
    sold = sold.with_columns(sells=yes)
    beside = yearly.join(sold, on=[*REPORT, "good"], how="left").join(reports, on=reporting, how="left")
    own = nw.when(nw.col("in_euro")).then(nw.col("sold_eur")).otherwise(nw.col("sold_usd"))
    above = nw.when(nw.col("sells").is_null()).then(yes).otherwise(nw.col("total") > own)
    return beside.with_columns(imports_above_exports=nw.when(nw.col("reports")).then(above))


def _counted(years: nw.LazyFrame) -> nw.LazyFrame:
    """In how many years each condition, and all of them, hold or could not be tested."""
    columns = {f"{c}_held": nw.col(c).cast(nw.Int64).fill_null(0) for c in CONDITIONS}
    columns |= {f"{c}_open": nw.col(c).is_null().cast(nw.Int64) for c in CONDITIONS}
    failed = [(~nw.col(c)).fill_null(False) for c in CONDITIONS]
    all_hold = nw.all_horizontal(*(nw.col(c).fill_null(False) for c in CONDITIONS), ignore_nulls=False)
    some_open = nw.any_horizontal(*(nw.col(c).is_null() for c in CONDITIONS), ignore_nulls=False)
    undecided = some_open & ~nw.any_horizontal(*failed, ignore_nulls=False)
    columns |= {"dependent_held": all_hold.cast(nw.Int64), "dependent_open": undecided.cast(nw.Int64)}
    columns |= {"years_tested": (~some_open).cast(nw.Int64)}
    by = years.with_columns(**columns).group_by(*BY, "first_year", "end", "iso3")
    counted = by.agg(*(nw.col(c).sum() for c in columns), years_imported=nw.len())
    return counted.with_columns(nw.col(*columns, "years_imported").cast(nw.Int64))


def _holds(condition: str, least_years: int) -> nw.Expr:
    """True if it held often enough, false if it cannot have, empty if the years not tested could decide."""
    held, could = nw.col(f"{condition}_held"), nw.col(f"{condition}_held") + nw.col(f"{condition}_open")
    return nw.when(held >= least_years).then(nw.lit(True)).otherwise(nw.when(could < least_years).then(nw.lit(False)))
