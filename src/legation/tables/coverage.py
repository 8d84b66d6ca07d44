"""How much of what a source should hold it does hold, part by part."""

from legation.model import Column, Table

TABLE = Table(
    label="Coverage",
    key=("scope", "part", "year"),
    columns={
        "scope": Column("text", "a technology, a field of science, or all"),
        "part": Column("text", "a part of the source that can be complete or not: a venue, or all"),
        "year": Column("year", "year"),
        "works": Column("count", "works in the part", unit="works"),
        "works_with_country": Column("count", "works with at least one known country", unit="works"),
        "works_with_author_id": Column("count", "works with at least one identified author", unit="works"),
        "unassigned": Column(
            "number", "fractional credit of authors without a country", unit="works", nullable=True, minimum=0
        ),
    },
    additive=("works", "works_with_country", "works_with_author_id", "unassigned"),
)
