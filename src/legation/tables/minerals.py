"""Production, capacity and reserves of minerals."""

from legation.model import Column, Table

TABLE = Table(
    label="Minerals",
    key=("mineral", "statistic", "form", "iso3", "year"),
    columns={
        "mineral": Column("text", "commodity, as a slug"),
        "statistic": Column("text", "what is counted", values=("production", "capacity", "reserves")),
        "form": Column("text", "stage or form counted, as a slug"),
        "iso3": Column("economy", "country, or WLD for the publisher's rounded world total"),
        "year": Column("year", "year"),
        "quantity": Column(
            "number",
            "quantity; empty where withheld, not available, or given only in words or as a bound",
            nullable=True,
            minimum=0,
        ),
        "unit": Column("text", "unit of the quantity"),
    },
)
