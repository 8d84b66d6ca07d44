"""Positions of states on one dimension estimated from UN General Assembly votes."""

from legation.model import Column, Table

TABLE = Table(
    label="UN ideal points",
    key=("iso3", "year"),
    columns={
        "iso3": Column("iso3", "state"),
        "year": Column("year", "year of the session"),
        "ideal_point": Column("number", "posterior ideal point, as published", unit="points of the estimated scale"),
        "ideal_point_low": Column("number", "5 % quantile", unit="points of the estimated scale", nullable=True),
        "ideal_point_high": Column("number", "95 % quantile", unit="points of the estimated scale", nullable=True),
        "votes": Column("count", "votes the estimate rests on", unit="votes", nullable=True),
    },
)
