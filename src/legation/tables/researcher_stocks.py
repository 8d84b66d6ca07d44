"""How many publishing researchers a country has in a year, and how many arrived and left.

Derived from works, an author is a researcher of the modal country of the year (see `moves`) and is not counted in years
without a work. Arrivals are moves to the country, departures moves from it; both stand in the year of arrival, so that
over the world and a year they are equal. Departures can stand in a year in which the country has no researchers left.
"""

import narwhals as nw

from legation.model import Column, Table
from legation.tables._careers import modal_countries, steps

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
    modal = modal_countries(works, authorships)
    moved = steps(modal)
    parts = [
        _ones(modal, "iso3", "researchers"),
        _ones(moved, "destination_iso3", "arrivals"),
        _ones(moved, "origin_iso3", "departures"),
    ]
    by = ["source", "scope", "iso3", "year"]
    return nw.concat(parts).group_by(by).agg(*(nw.col(name).sum() for name in MEASURES))


def _ones(frame: nw.LazyFrame, country: str, measure: str) -> nw.LazyFrame:
    """One row for each author, counting 1 in one measure and 0 in the others."""
    ones = {name: nw.lit(int(name == measure)) for name in MEASURES}
    return frame.select("source", "scope", "year", iso3=nw.col(country), **ones)
