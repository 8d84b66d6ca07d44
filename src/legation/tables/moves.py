"""How many researchers moved from one country to another in a year.

Derived from works, a move is a change of an author's modal country between one active year and the next, where

    modal country of author a in year y = the country from which a signed the most works of y

and a tie keeps the country of the latest earlier year without one, or the year has none and is passed over: a tie never
makes a move. A move is dated by the year of arrival, the first active year in the new country, however long ago the
last one was. Each scope is a record of its own: works outside it are not seen. Origin and
destination follow Robinson-Garcia et al. 2019 (doi:10.1016/j.joi.2018.11.002).
"""

import narwhals as nw

from legation.model import Column, Table
from legation.tables._careers import flows

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


def derive(works: nw.LazyFrame, authorships: nw.LazyFrame) -> nw.LazyFrame:
    """Count the moves of identified authors by origin, destination and year of arrival."""
    return counted(flows(works, authorships))


def counted(flowing: nw.LazyFrame) -> nw.LazyFrame:
    """The table from authors by country and country before (see `flows`)."""
    moved = flowing.filter(nw.col("origin_iso3") != nw.col("iso3"))
    return moved.select(
        "source", "scope", "origin_iso3", "year", destination_iso3=nw.col("iso3"), researchers=nw.col("authors")
    )
