"""Power reactors of the world by status, counted by country: in operation and under construction in early 2024.

The database is under the ODbL, so only counts by country leave it. "Suspended Operation" is not operation: of Japan's
reactors 12 operate and 21 are suspended. A country without reactors of a kind has no row.
"""

from collections.abc import Iterator

import polars as pl

from legation.intake import Intake
from legation.model import Source

FILE = "nuclear/geonuclear_power_plants.csv"
YEAR = 2024
KINDS = {"Operational": "reactors-operational", "Under Construction": "reactors-under-construction"}
NEITHER = (
    "Cancelled Construction",
    "Decommissioning Completed",
    "Never Commissioned",
    "Planned",
    "Shutdown",
    "Suspended Construction",
    "Suspended Operation",
    "Unknown",
)
UNUSED = [
    "Id",
    "Name",
    "Latitude",
    "Longitude",
    "Country",
    "ReactorType",
    "ReactorModel",
    "ConstructionStartAt",
    "OperationalFrom",
    "OperationalTo",
    "Capacity",
    "LastUpdatedAt",
    "Source",
    "IAEAId",
]

SOURCE = Source(
    publisher="GeoNuclearData",
    title="Nuclear power plants",
    url="https://github.com/cristianst85/GeoNuclearData",
    licence="ODbL 1.0",
    licence_url="https://opendatacommons.org/licenses/odbl/1-0/",
    vintage="2024-03",
    files=(FILE,),
    rows={"capabilities": (44, 54)},
    publish="aggregates",
    caveats=("items_are_not_alike",),
)


def tidy(raw: Intake) -> Iterator[tuple[str, pl.DataFrame]]:
    reactors = (
        raw.csv(FILE, ["CountryCode", "Status"], UNUSED)
        .set_aside(pl.col("Status").is_in(NEITHER), "neither in operation nor under construction")
        .reject(~pl.col("Status").is_in(list(KINDS), nulls_equal=True), "Status is not a known one")
        .country("CountryCode", "iso2")
        .having(kind=pl.col("Status").replace(KINDS))
    )
    counts = reactors.frame.group_by("kind", "iso3").agg(count=pl.len())
    yield "capabilities", counts.with_columns(nature=pl.lit("stock"), year=pl.lit(YEAR))
