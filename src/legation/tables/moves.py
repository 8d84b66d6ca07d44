"""How many researchers moved from one country to another in a year."""

from legation.model import Column, Table

TABLE = Table(
    label="Moves of researchers",
    key=("scope", "origin_iso3", "destination_iso3", "year"),
    columns={
        "scope": Column("text", "a technology, or all"),
        "origin_iso3": Column("iso3", "country moved from"),
        "destination_iso3": Column("iso3", "country moved to"),
        "year": Column("year", "year of the move"),
        "researchers": Column("count", "researchers who moved; empty where 1 to 4", unit="researchers", nullable=True),
    },
    additive=("researchers",),
    researchers=("researchers",),
)
