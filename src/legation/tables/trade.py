"""Goods traded between two economies."""

from legation.model import Column, Table

TABLE = Table(
    label="Trade",
    key=("reporter_iso3", "partner_iso3", "flow", "good", "year"),
    columns={
        "reporter_iso3": Column("iso3", "economy that reports"),
        "partner_iso3": Column("iso3", "economy of origin or destination"),
        "flow": Column("text", "direction seen from the reporter", values=("import", "export")),
        "good": Column("text", "customs code: HS or CN digits"),
        "year": Column("year", "year"),
        "value_eur": Column("number", "value", unit="EUR", nullable=True, minimum=0),
        "value_usd": Column("number", "value", unit="USD", nullable=True, minimum=0),
    },
    additive=("value_eur", "value_usd"),
)
