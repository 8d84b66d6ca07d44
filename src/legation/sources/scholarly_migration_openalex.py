"""Scholarly Migration Database, OpenAlex series: moves of publishing researchers and how many each country has.

A researcher is an author record; a move is a change of the country in its affiliations. The database is a series of its
own beside the Scopus one: the two disagree and are never mixed.

- A row without an origin counts first appearances in the record, one without a destination last appearances. Left in,
  they make 24.7 million moves out of 4.0 million. A destination or origin written `nan` is an unknown country.
- `NA` is Namibia.
- Each row gives one direction and repeats the opposite one as `n_migrations_back`. Every pair was found to agree with
  the row of the opposite direction; one that does not is rejected.
- `padded_population_of_researchers` and `paddedpop` are the same number in every row, the denominator of the
  publisher's rates; rows where they differ are rejected. Padded means that researchers count in the years around a
  publication too: first appearances are dated from 1994, two years before the publications begin.
- Arrivals and departures of a country include those from and to an unknown country, which moves by pair cannot show.
- The publisher describes 1998 to 2020. Before it the record only begins; after it moves fall away, because a move
  shows only once there are later publications (264,000 in 2019, 36 in 2024), and from 2022 researchers are noughts.
  Other years are set aside.
"""

from collections.abc import Iterator

import polars as pl

from legation.intake import Intake, Records, Scheme
from legation.model import Source

MOVES = "scholarly_migration/openalex_2023_V1_scholarlymigration_countryflows.csv.gz"
STOCKS = "scholarly_migration/openalex_2023_V1_scholarlymigration_country.csv.gz"
FIRST_YEAR, LAST_YEAR = 1998, 2020
UNKNOWN = "nan"
NOT_COUNTRIES = ("EUE",)  # travel documents of the European Union
NETS = ("netmigration", "netmigrations")
RATES = ("outmigrationrate", "inmigrationrate", "netmigrationrate")

SOURCE = Source(
    publisher="Max Planck Institute for Demographic Research",
    title="Scholarly Migration Database: OpenAlex series",
    url="https://doi.org/10.5281/zenodo.11145735",
    licence="CC BY 4.0",
    licence_url="https://creativecommons.org/licenses/by/4.0/",
    vintage="OpenAlex 2023, V1",
    citation="Akbaritabar, Theile and Zagheni 2024, doi:10.1038/s41597-024-03655-9",
    files=(MOVES, STOCKS),
    rows={"moves": (110_000, 150_000), "researcher_stocks": (4_000, 5_000)},
    caveats=("moves_are_of_publishing_researchers", "databases_disagree"),
)


def tidy(raw: Intake) -> Iterator[tuple[str, pl.DataFrame]]:
    yield "moves", moves(raw, MOVES, "iso2")
    yield "researcher_stocks", stocks(raw, STOCKS, "iso2")


def moves(raw: Intake, name: str, scheme: Scheme) -> pl.DataFrame:
    """The file of moves by pair and year."""
    rows = raw.csv(name, ["migrationfrom", "migrationto", "year", "n_migrations", "n_migrations_back"], NETS)
    known = (
        rows.set_aside(pl.col("migrationfrom").is_null(), "no origin: first appearances")
        .set_aside(pl.col("migrationto").is_null(), "no destination: last appearances")
        .set_aside((pl.col("migrationfrom") == UNKNOWN) | (pl.col("migrationto") == UNKNOWN), "unknown country")
        .country("migrationfrom", scheme, to="origin_iso3", apart=NOT_COUNTRIES)
        .country("migrationto", scheme, to="destination_iso3", apart=NOT_COUNTRIES)
        .integer("year")
        .integer("n_migrations")
        .integer("n_migrations_back")
        .reject(pl.col("n_migrations").is_null(), "n_migrations is empty")
    )
    agreeing = _with_opposite(known).reject(
        pl.col("n_migrations_back") != pl.col("opposite"), "n_migrations_back is not what the opposite row gives"
    )
    return _covered(agreeing).select(
        "origin_iso3", "destination_iso3", "year", scope=pl.lit("all"), researchers="n_migrations"
    )


def stocks(raw: Intake, name: str, scheme: Scheme) -> pl.DataFrame:
    """The file of researchers, arrivals and departures by country and year."""
    arrivals, departures = "number_of_inmigrations", "number_of_outmigrations"
    population, same_again = "padded_population_of_researchers", "paddedpop"
    rows = raw.csv(name, ["year", "countrycode", population, same_again, arrivals, departures], [*NETS, *RATES])
    known = (
        rows.set_aside(pl.col("countrycode") == UNKNOWN, "unknown country")
        .country("countrycode", scheme, apart=NOT_COUNTRIES)
        .reject(pl.col(population) != pl.col(same_again), f"{population} and {same_again} differ")
        .integer("year")
        .integer(population)
        .integer(arrivals)
        .integer(departures)
    )
    return _covered(known).select(
        "iso3", "year", scope=pl.lit("all"), researchers=population, arrivals=arrivals, departures=departures
    )


def _with_opposite(known: Records) -> Records:
    opposite = known.frame.select(
        "year", origin_iso3="destination_iso3", destination_iso3="origin_iso3", opposite="n_migrations"
    )
    key = ["origin_iso3", "destination_iso3", "year"]
    joined = known.frame.join(opposite, on=key, how="left", maintain_order="left")
    return known.having(opposite=pl.lit(joined["opposite"].fill_null(0)))


def _covered(known: Records) -> Records:
    covered = pl.col("year").is_between(FIRST_YEAR, LAST_YEAR)
    return known.set_aside(~covered, f"year outside {FIRST_YEAR} to {LAST_YEAR}")
