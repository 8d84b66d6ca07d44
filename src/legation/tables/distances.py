"""How far apart two economies are, on the ground and in history."""

from legation.model import Column, Table

TABLE = Table(
    label="Distances",
    key=("iso3", "partner_iso3"),
    columns={
        "iso3": Column("iso3", "economy"),
        "partner_iso3": Column("iso3", "other economy"),
        "distance_km": Column(
            "number",
            "population-weighted distance, or between main cities where weights are missing",
            unit="km",
            minimum=0,
        ),
        "contiguous": Column("flag", "whether they share a border"),
        "common_language": Column("flag", "whether they share an official language"),
        "colonial_tie": Column("flag", "whether one ruled the other"),
    },
    time=None,
)
