"""How many publishing researchers a country has in a year, and how many arrived and left.

Derived from works, an author is a researcher of the modal country of the year (see `moves`) and is not counted in years
without a work. Arrivals are moves to the country, departures moves from it; both stand in the year of arrival, so that
over the world and a year they are equal. Departures can stand in a year in which the country has no researchers left.
"""

import narwhals as nw

from legation.model import Column, Table
from legation.tables._careers import flows

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
    additive=("researchers", "arrivals", "departures"),
    researchers=("researchers", "arrivals", "departures"),
)

MEASURES = ("researchers", "arrivals", "departures")


def derive(works: nw.LazyFrame, authorships: nw.LazyFrame) -> nw.LazyFrame:
    """Count distinct authors by modal country and year, with those who came and those who left."""
    return counted(flows(works, authorships))


def counted(flowing: nw.LazyFrame) -> nw.LazyFrame:
    """The table from authors by country and country before (see `flows`)."""
    moved = nw.col("origin_iso3") != nw.col("iso3")
    authors, none = nw.col("authors").cast(nw.Int64), nw.lit(0, dtype=nw.Int64)
    by = ["source", "scope", "year"]
    came = nw.when(moved).then(authors).otherwise(none)
    here = flowing.select(*by, "iso3", researchers=authors, arrivals=came, departures=none)
    left = flowing.filter(moved).select(
        *by, iso3=nw.col("origin_iso3"), researchers=none, arrivals=none, departures=authors
    )
    return nw.concat([here, left]).group_by(*by, "iso3").agg(*(nw.col(name).sum() for name in MEASURES))
