"""How many publishing researchers a country has in a year, and how many arrived and left."""

from legation.model import Column, Table

TABLE = Table(
    label="Researchers",
    key=("scope", "iso3", "year"),
    columns={
        "scope": Column("text", "a technology, or all"),
        "iso3": Column("iso3", "country"),
        "year": Column("year", "year"),
        "researchers": Column(
            "count", "active publishing researchers; empty where 1 to 4", unit="researchers", nullable=True
        ),
        "arrivals": Column("count", "researchers who came; empty where 1 to 4", unit="researchers", nullable=True),
        "departures": Column("count", "researchers who left; empty where 1 to 4", unit="researchers", nullable=True),
    },
    additive=("arrivals", "departures"),
    researchers=("researchers", "arrivals", "departures"),
)
