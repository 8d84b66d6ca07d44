"""What every economy of the world exports of a good, to all others together.

Only for publishers that cover all exporters, so that the sum over economies is the world's: a collection of what some
economies report is trade, not world exports.
"""

from legation.model import Column, Table

TABLE = Table(
    label="World exports",
    key=("iso3", "good", "year"),
    columns={
        "iso3": Column("iso3", "economy that exports"),
        "good": Column("text", "customs code: HS digits, six at most"),
        "year": Column("year", "year"),
        "value_usd": Column("number", "value", unit="USD", minimum=0),
    },
    additive=("value_usd",),
)
