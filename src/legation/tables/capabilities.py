"""Counted capability: models, launches, reactors."""

from legation.model import Column, Table

TABLE = Table(
    label="Capabilities",
    key=("kind", "iso3", "year"),
    columns={
        "kind": Column("text", "what is counted"),
        "nature": Column("text", "whether events are counted or a stock", values=("event", "stock")),
        "iso3": Column("iso3", "country"),
        "year": Column("year", "year of the event, or year a stock is counted"),
        "count": Column(
            "number",
            "events in the year, or stock at its end; shared items are divided equally",
            unit="items",
            minimum=0,
        ),
    },
)
