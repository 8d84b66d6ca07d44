"""The newest figure of each economy, and one some years before."""

from collections.abc import Sequence

import narwhals as nw

from legation.constants import INCOME_LIMITS_USD
from legation.model import Measure

BY = ("source",)
DATES = ("first_year", "year")
INCOME = "gdp_per_capita_usd"
INCOME_GROUPS = ("low", "lower-middle", "upper-middle", "high")

VALUE_YEAR = Measure({"en": "Year of the figure", "ko": "기준 연도"}, "year", None, "count")
SINCE_YEAR = Measure({"en": "Year compared with", "ko": "비교 연도"}, "year", None, "count")


def newest(
    macro: nw.LazyFrame, measure: str, oldest_years: int, change_years: int = 1, years: Sequence[int] = ()
) -> nw.LazyFrame:
    """The newest `value` of a measure by economy, its `value_year`, and of the newest figure at least `change_years`
    before it `earlier` and `since_year`.

    `year` is the newest year of the source in any measure; a value more than `oldest_years` older is left out, and one
    of another year than `years`, where these are given.
    """
    end = nw.col("year").max().over(*BY)
    figures = (
        macro.drop("first_year")
        .with_columns(end=end)
        .filter(nw.col("measure") == nw.lit(measure), *([nw.col("year").is_in(years)] if years else []))
        .select(*BY, "iso3", "end", value_year="year", value="value", first_year=nw.col("end") - oldest_years)
    )
    last = figures.filter(
        nw.col("value_year") >= nw.col("first_year"),
        nw.col("value_year") == nw.col("value_year").max().over(*BY, "iso3"),
    ).rename({"end": "year"})
    before = figures.select(*BY, "iso3", since_year="value_year", earlier="value")
    behind = last.select(*BY, "iso3", "value_year").join(before, on=[*BY, "iso3"], how="inner")
    enough = behind.filter(nw.col("since_year") <= nw.col("value_year") - change_years)
    nearest = enough.filter(nw.col("since_year") == nw.col("since_year").max().over(*BY, "iso3"))
    return last.join(nearest.drop("value_year"), on=[*BY, "iso3"], how="left")


def annual_growth() -> nw.Expr:
    """Compound growth a year between `earlier` and `value`; empty where there was nothing to grow from."""
    years = (nw.col("value_year") - nw.col("since_year")).cast(nw.Float64)
    grown = (nw.col("value") / nw.col("earlier")) ** (nw.lit(1.0) / years) - 1
    return nw.when(nw.col("earlier") > 0).then(grown)


def with_income_group(macro: nw.LazyFrame, oldest_years: int) -> nw.LazyFrame:
    """The newest GDP per capita of a year with limits, as `newest` gives it, and its `income_group`."""
    return newest(macro, INCOME, oldest_years, years=tuple(INCOME_LIMITS_USD)).with_columns(income_group=_group())


def _group() -> nw.Expr:
    """The income group of a `value` by the limits of its `value_year`."""
    limits: list[nw.Expr] = [nw.lit(None, nw.Float64)] * 3
    for year, known in INCOME_LIMITS_USD.items():
        of_year = nw.col("value_year") == year
        limits = [
            nw.when(of_year).then(nw.lit(now)).otherwise(before) for now, before in zip(known, limits, strict=True)
        ]
    group: nw.Expr = nw.when(nw.col("value") > limits[-1]).then(nw.lit(INCOME_GROUPS[-1]))
    for limit, name in zip(reversed(limits), reversed(INCOME_GROUPS[:-1]), strict=True):
        group = nw.when(nw.col("value") <= limit).then(nw.lit(name)).otherwise(group)
    return group
