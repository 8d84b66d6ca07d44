"""Declarations and agreements, and who signed them."""

from legation.model import Column, Table

TABLE = Table(
    label="Agreements and declarations",
    key=("agreement", "iso3"),
    columns={
        "agreement": Column("text", "short name of the instrument"),
        "kind": Column(
            "text", "kind of instrument", values=("declaration", "treaty", "bilateral agreement", "network")
        ),
        "iso3": Column("iso3", "signatory"),
        "year": Column("year", "year of signature, where known", nullable=True),
    },
)
