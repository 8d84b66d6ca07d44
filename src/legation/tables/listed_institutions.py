"""Institutions that a government list names; a listing is no verdict."""

from legation.model import Column, Table

TABLE = Table(
    label="Listed institutions",
    key=("list", "name"),
    columns={
        "list": Column("text", "name of the list"),
        "name": Column("text", "institution, as the list writes it"),
        "iso3": Column("iso3", "country, where the list gives it", nullable=True),
        "year": Column("year", "latest year of the list that names it"),
    },
)
