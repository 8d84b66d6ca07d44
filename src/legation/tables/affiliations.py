"""Which organisations an author of a work signed for."""

from legation.model import Column, Table

TABLE = Table(
    label="Affiliations",
    key=("work_id", "position", "organisation"),
    columns={
        "work_id": Column("text", "the work"),
        "position": Column("count", "place among the authors, from 0"),
        "organisation": Column("text", "identifier of the organisation, as in `organisations`"),
    },
    records=True,
    time=None,
)
