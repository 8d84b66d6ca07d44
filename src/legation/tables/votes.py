"""How often two states voted the same way in the UN General Assembly, by issue."""

from legation.model import Column, Table

TABLE = Table(
    label="UN voting agreement",
    key=("issue", "iso3", "partner_iso3", "first_year", "last_year"),
    columns={
        "issue": Column("text", "issue of the roll calls, or all"),
        "iso3": Column("iso3", "state"),
        "partner_iso3": Column("iso3", "other state"),
        "first_year": Column("year", "first year counted"),
        "last_year": Column("year", "last year counted"),
        "agreement": Column(
            "number",
            "share of roll calls, where both took part, with the same vote",
            unit="share",
            minimum=0,
            maximum=1,
        ),
        "roll_calls": Column("count", "roll calls where both took part", unit="roll calls"),
    },
    time="last_year",
)
