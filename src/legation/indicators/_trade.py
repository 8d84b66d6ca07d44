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
