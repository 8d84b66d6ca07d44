"""Who signed a work from where: one row for each author and country of affiliation."""

from legation.model import Column, Table

TABLE = Table(
    label="Authorships",
    key=("work_id", "position", "iso3"),
    columns={
        "work_id": Column("text", "the work"),
        "position": Column("count", "place among the authors, from 0; the first author is 0"),
        "author": Column("pseudonym", "hashed identifier of the author, where the source has one", nullable=True),
        "iso3": Column("iso3", "country of an affiliation; empty where the author has none", nullable=True),
        "countries": Column(
            "count", "number of countries the author signs from; 0 where none is known", unit="countries"
        ),
        "corresponding": Column("flag", "whether the author is a corresponding one", nullable=True),
    },
    records=True,
    time=None,
)
