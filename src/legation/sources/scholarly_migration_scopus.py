"""Scholarly Migration Database, Scopus series: moves of publishing researchers and how many each country has.

The same database and layout as the OpenAlex series, with the same traps (see `scholarly_migration_openalex.py`), but
countries have three letters and the numbers differ: Scopus tells authors apart in its own way. Rows without an origin
or destination would make 30.9 million moves out of 2.5 million; they are set aside. `EUE`, the travel document of the
European Union, is no country.
"""

from collections.abc import Iterator

import polars as pl

from legation.intake import Intake
from legation.model import Source
from legation.sources.scholarly_migration_openalex import moves, stocks

MOVES = "scholarly_migration/scopus_2024_V1_scholarlymigration_countryflows.csv.gz"
STOCKS = "scholarly_migration/scopus_2024_V1_scholarlymigration_country.csv.gz"

SOURCE = Source(
    publisher="Max Planck Institute for Demographic Research",
    title="Scholarly Migration Database: Scopus series",
    url="https://doi.org/10.5281/zenodo.11145735",
    licence="CC BY 4.0",
    licence_url="https://creativecommons.org/licenses/by/4.0/",
    vintage="Scopus 2024, V1",
    citation="Akbaritabar, Theile and Zagheni 2024, doi:10.1038/s41597-024-03655-9",
    files=(MOVES, STOCKS),
    rows={"moves": (90_000, 130_000), "researcher_stocks": (4_300, 5_300)},
    caveats=("moves_are_of_publishing_researchers", "databases_disagree"),
    shares=("scholarly_migration_openalex",),
)


def tidy(raw: Intake) -> Iterator[tuple[str, pl.DataFrame]]:
    yield "moves", moves(raw, MOVES, "iso3")
    yield "researcher_stocks", stocks(raw, STOCKS, "iso3")
