"""Imports by supplier, in one currency."""

import narwhals as nw

IMPORT = ("source", "first_year", "year", "good", "iso3")


def imports(trade: nw.LazyFrame) -> nw.LazyFrame:
    """Columns `IMPORT`, `partner_iso3`, `amount`, `total`, `in_euro`: what a country imports of a good, by supplier.

    In euro where all its suppliers of the good have a value in euro, else in dollars where all have that; where neither
    holds, shares are not known and its imports of the good are left out. So are goods that return to where they left.
    """
    bought = trade.filter(nw.col("flow") == nw.lit("import"), nw.col("reporter_iso3") != nw.col("partner_iso3")).rename(
        {"reporter_iso3": "iso3"}
    )
    absent = {c: nw.col(c).is_null().cast(nw.Int64).max().over(*IMPORT) for c in ("value_eur", "value_usd")}
    known = bought.with_columns(in_euro=absent["value_eur"] == 0, in_dollars=absent["value_usd"] == 0).filter(
        nw.col("in_euro") | nw.col("in_dollars")
    )
    amount = nw.when(nw.col("in_euro")).then(nw.col("value_eur")).otherwise(nw.col("value_usd"))
    return (
        known.with_columns(amount=amount)
        .with_columns(total=nw.col("amount").sum().over(*IMPORT))
        .select(*IMPORT, "partner_iso3", "amount", "total", "in_euro")
    )


SIX_DIGITS = 6
"""Customs codes are the same the world over up to here."""
REPORT = ("source", "year", "iso3")


def exports(trade: nw.LazyFrame) -> nw.LazyFrame:
    """Columns `REPORT`, `good`, `sold_eur`, `sold_usd`: what a country exports of a good; empty in a currency that one
    of its buyers has no value in."""
    sold = trade.filter(nw.col("flow") == nw.lit("export"), nw.col("reporter_iso3") != nw.col("partner_iso3")).rename(
        {"reporter_iso3": "iso3"}
    )
    currencies = ("eur", "usd")
    absent = {f"absent_{c}": nw.col(f"value_{c}").is_null().cast(nw.Int64) for c in currencies}
    sums = [nw.col(f"value_{c}").sum().alias(f"sum_{c}") for c in currencies]
    counts = [nw.col(f"absent_{c}").sum().alias(f"absent_{c}") for c in currencies]
    together = sold.with_columns(**absent).group_by(*REPORT, "good").agg(*sums, *counts)
    known = {f"sold_{c}": nw.when(nw.col(f"absent_{c}") == 0).then(nw.col(f"sum_{c}")) for c in currencies}
    return together.with_columns(**known).select(*REPORT, "good", *known)
