"""Who belongs to which organisation, regime or arrangement."""

from legation.model import Column, Table

TABLE = Table(
    label="Memberships",
    key=("organisation", "iso3"),
    columns={
        "organisation": Column("text", "short name of the organisation or regime"),
        "iso3": Column("iso3", "country"),
        "status": Column("text", "member, observer, associate and so on, as the source calls it"),
        "year": Column("year", "year the source describes"),
    },
)
