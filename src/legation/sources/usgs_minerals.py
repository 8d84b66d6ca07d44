"""Mineral Commodity Summaries of the US Geological Survey: production, capacity and reserves by country.

The rows are those of the world tables; the salient statistics of the United States and its import sources stay out.
`form` is the publisher's own name of the row ("Mine production: Rutile") without the remark that totals are rounded, so
that a world total stands with its countries; it also tells apart reserves stated in two ways (ore and content). Units
are the publisher's and differ between forms of a mineral, never within one.

What stands in place of a number, in the 3,111 rows without "Other countries" (which are set aside):

- `—` (150) is nought by the publisher's convention. It holds: in 73 of the 74 tables with a dash and a total, the
  numbers given add up to the total within its rounding of 3 %; in the other, manganese reserves, they pass it.
- `W` (30), withheld for company secrets, and `NA` (176), not available, leave the quantity empty. The world total then
  leaves the withheld country out, as its note says ("Excludes U.S. production", lithium for one).
- `s` (14) is nought where the note says "less than ½ unit" (3). Elsewhere (11) it is no small number but points to a
  note that the quantity is included in another row, and the quantity stays empty.
- Reserves in words ("Large", "Moderate": 32), bounds (">85,000,000": 17, all world totals) and `XX`, not applicable
  (8), leave it empty.
- Ranges in words ("between 330 million and 390 million tons": 3) are set aside.

Figures are estimates for the most part; those of 2025 are preliminary.
"""

from collections.abc import Iterator

import polars as pl

from legation.intake import Intake
from legation.model import WORLD, Source

SUMMARIES = "usgs/MCS2026_Commodities_Data.csv"
STATISTICS = {"Production": "production", "Capacity": "capacity", "Reserves": "reserves"}
UNITS = {
    "metric tons": "metric tons",
    "thousand metric tons": "thousand metric tons",
    "thousand metric dry tons": "thousand metric dry tons",
    "million metric tons": "million metric tons",
    "kilograms": "kilograms",
    "thousands of carats": "thousand carats",
    "million carats": "million carats",
    "million cubic meters": "million cubic metres",
    "million liters": "million litres",
}
ZERO = "—"
INCLUDED_ELSEWHERE = "s"
NO_NUMBER = ("", "W", "NA", "XX", "Large", "Moderate to large", "Moderate", "Small", "Very small")

SOURCE = Source(
    publisher="US Geological Survey",
    title="Mineral Commodity Summaries 2026, data release",
    url="https://doi.org/10.5066/P1WKQ63T",
    licence="Public domain",
    vintage="2026-02-06",
    files=(SUMMARIES,),
    rows={"minerals": (2_800, 3_500)},
    caveats=("withheld_by_publisher", "estimated_by_publisher"),
)


def tidy(raw: Intake) -> Iterator[tuple[str, pl.DataFrame]]:
    used = ["Section", "Commodity", "Country", "Statistics", "Statistics_detail", "Unit", "Year", "Value", "Notes"]
    ignored = ["MCS chapter", "Is critical mineral 2025", "Other notes"]
    rows = (
        raw.csv(SUMMARIES, used, ignored, encoding="windows-1252")
        .set_aside(~pl.col("Section").str.starts_with("World"), "not a table of the world")
        .having(pl.col("Value", "Unit").str.strip_chars(), pl.col("Notes").fill_null(""))
        .set_aside(pl.col("Country") == "Other countries", "other countries, as the publisher groups them")
        .set_aside(pl.col("Value").str.contains("^[0-9,]+ - [0-9,]+$"), "a range, in words")
        .having(pl.col("Country").replace({"World total": WORLD}))
        .country("Country", "name", keep=[WORLD])
        .reject(~pl.col("Statistics").is_in(list(STATISTICS)), "Statistics is not a known one")
        .reject(~pl.col("Unit").is_in(list(UNITS)), "Unit is not a known one")
        .having(pl.col("Statistics_detail").str.replace("[:,] rounded$", ""), Value=_quantity())
        .slug("Commodity")
        .slug("Statistics_detail")
        .integer("Year")
        .number("Value", empty=NO_NUMBER, thousands=",")
    )
    yield (
        "minerals",
        rows.select(
            "iso3",
            mineral="Commodity",
            statistic=pl.col("Statistics").replace_strict(STATISTICS, return_dtype=pl.String),
            form="Statistics_detail",
            year="Year",
            quantity="Value",
            unit=pl.col("Unit").replace_strict(UNITS, return_dtype=pl.String),
        ),
    )


def _quantity() -> pl.Expr:
    """The value as text, nought where the publisher means it, empty where it is a bound or stands in another row."""
    value, elsewhere = pl.col("Value"), pl.col("Value") == INCLUDED_ELSEWHERE
    below_half = elsewhere & pl.col("Notes").str.contains("Less than ½")
    return (
        pl.when((value == ZERO) | below_half)
        .then(pl.lit("0"))
        .when(elsewhere | value.str.starts_with(">"))
        .then(pl.lit(""))
        .otherwise(value)
    )
