"""Organisations that facts refer to."""

from legation.model import Column, Table

TABLE = Table(
    label="Organisations",
    key=("organisation",),
    columns={
        "organisation": Column("text", "ROR identifier, or the identifier of the source where there is none"),
        "name": Column("text", "name of the organisation"),
        "iso3": Column("iso3", "country of its seat", nullable=True),
        "sector": Column(
            "text",
            "education, company, government, facility, nonprofit, healthcare, archive, funder or other",
            nullable=True,
        ),
    },
    time=None,
)
