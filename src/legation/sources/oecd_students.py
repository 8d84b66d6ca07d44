"""Students from abroad by country of origin, as shares of all students from abroad in the host country, 2022 (OECD).

- The publisher's columns are the wrong way round. `Origin` repeats the reporting country, which is the host, and
  `Destination` is where the students come from: "Korea → China 48.7 %" is the share of Chinese among the students from
  abroad in Korea, and the United States has 31.9 % from China and 17.2 % from India.
- Shares are of a host: over origins they add up to 100 with the unspecified groups (Croatia 100.5, Romania 100.1). They
  say nothing of how many students a country sends; between hosts they cannot be added.
- `Korea` stands twice in each host, once for the south and once for the north, without a word to tell them apart. The
  larger share is taken as South Korea where it is at least ten times the other or the other is none (35 hosts); in
  Bulgaria, Colombia and Denmark it is not, and both are set aside, as are the two of Korea itself.
- World, continents, "unspecified" groups and the average of 25 members of the European Union are set aside, and hosts
  without any distribution (Costa Rica, Peru). Slovenia gives continents alone, Mexico its two neighbours besides.
- A host has no share of its own students.
- One spelling of Côte d'Ivoire has a byte of another encoding.
"""

from collections.abc import Iterator
from io import BytesIO

import polars as pl

from legation.intake import Intake, Records
from legation.model import Source

SHARES = "students/oecd_share_origin_to_destination_2022.csv"
STRAY_BYTES = (b"C\x99te", "Côte".encode())
REGIONS = ("Africa", "Asia", "Europe", "Latin America and the Caribbean", "Northern America", "Oceania")
GROUPS = ("World", *REGIONS, *(f"{name} unspecified" for name in (*REGIONS, "Other countries")))
KOREA = "Korea"
CLEARLY_LARGER = 10

SOURCE = Source(
    publisher="OECD",
    title="Distribution of students from abroad by country of origin (UNESCO, OECD and Eurostat data collection)",
    url="https://data-explorer.oecd.org/",
    licence="OECD and UNESCO Institute for Statistics, reuse with attribution; compilation under the MIT licence",
    licence_url="https://www.oecd.org/en/about/terms-conditions.html",
    vintage="2022",
    files=(SHARES,),
    rows={"students": (7_000, 9_500)},
    caveats=("shares_of_a_host",),
)


def tidy(raw: Intake) -> Iterator[tuple[str, pl.DataFrame]]:
    mended = BytesIO(raw.path(SHARES).read_bytes().replace(*STRAY_BYTES))
    used = ["REF_AREA", "Destination", "TIME_PERIOD", "Percentage_of_students"]
    rows = raw.csv(SHARES, used, ["Origin"], stream=mended).number("Percentage_of_students")
    by_country = (
        _reporting(rows)
        .set_aside(pl.col("Destination").is_in(GROUPS), "a region, a total or unspecified")
        .country("REF_AREA", "iso3", to="destination_iso3", apart=["EU25"])
    )
    shares = (
        _south_korea(by_country)
        .set_aside(pl.col("Percentage_of_students").is_null(), "no share given")
        .country("Destination", "name", to="origin_iso3", keep=["KOR"])
        .integer("TIME_PERIOD")
    )
    yield (
        "students",
        shares.select(
            "origin_iso3",
            "destination_iso3",
            measure=pl.lit("share_of_students_from_abroad_percent"),
            scope=pl.lit("all"),
            first_year="TIME_PERIOD",
            last_year="TIME_PERIOD",
            value="Percentage_of_students",
        ),
    )


def _reporting(rows: Records) -> Records:
    """The rows of hosts that give a distribution: those with a share for the world, 100."""
    whole = rows.frame.filter(pl.col("Destination") == "World", pl.col("Percentage_of_students").is_not_null())
    return rows.set_aside(~pl.col("REF_AREA").is_in(whole["REF_AREA"].implode()), "host without a distribution")


def _south_korea(rows: Records) -> Records:
    """Tell the two rows called Korea apart by size where that is beyond doubt."""
    share = pl.col("Percentage_of_students").fill_null(0)
    pair = pl.struct("REF_AREA", "Destination")
    larger, smaller = share.max().over("REF_AREA", "Destination"), share.min().over("REF_AREA", "Destination")
    korea = (pl.col("Destination") == KOREA) & (pl.col("REF_AREA") != "KOR")
    doubtful = larger < CLEARLY_LARGER * smaller
    return (
        rows.having(unclear=korea & doubtful, lesser=korea & (share == smaller), absent=korea & (larger == 0))
        .set_aside(pl.col("absent"), "no share given")
        .set_aside(pl.col("unclear"), "Korea: south or north, not clear which")
        .set_aside(pl.col("lesser"), "Korea: north, by its size")
        .set_aside((pl.col("Destination") == KOREA) & (pl.col("REF_AREA") == "KOR"), "Korea in Korea")
        .reject(pair.is_duplicated(), "this origin stands more than once")
        .having(pl.col("Destination").replace({KOREA: "KOR"}))
    )
