"""How many publishing researchers a country has in a year, and how many arrived and left.

Derived from works, an author is a researcher of the modal country of the year (see `moves`) and is not counted in years
without a work. Arrivals are moves to the country, departures moves from it; both stand in the year of arrival, so that
over the world and a year they are equal. Departures can stand in a year in which the country has no researchers left.
"""

import narwhals as nw

from legation.model import Column, Table
from legation.tables._careers import country_before, modal_countries

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
    with_origin = modal_countries(works, authorships).with_columns(origin_iso3=country_before())
    counted = with_origin.group_by("source", "scope", "year", "origin_iso3", "iso3").agg(authors=nw.len())
    moved = nw.col("origin_iso3") != nw.col("iso3")
    authors, none = nw.col("authors").cast(nw.Int64), nw.lit(0, dtype=nw.Int64)
    by = ["source", "scope", "year"]
    came = nw.when(moved).then(authors).otherwise(none)
    here = counted.select(*by, "iso3", researchers=authors, arrivals=came, departures=none)
    left = counted.filter(moved).select(
        *by, iso3=nw.col("origin_iso3"), researchers=none, arrivals=none, departures=authors
    )
    return nw.concat([here, left]).group_by(*by, "iso3").agg(*(nw.col(name).sum() for name in MEASURES))
