"""Who sits on which technical committee, and who holds its secretariat."""

from legation.model import Column, Table

TABLE = Table(
    label="Standards committees",
    key=("committee", "iso3", "role"),
    columns={
        "committee": Column("text", "reference of the committee"),
        "iso3": Column("iso3", "country of the national standards body"),
        "role": Column("text", "seat", values=("secretariat", "participating", "observing")),
        "body": Column("text", "acronym of the national standards body"),
        "year": Column("year", "year the source describes"),
    },
)
