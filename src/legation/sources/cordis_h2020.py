"""Horizon 2020, the European Union's research programme of 2014 to 2020: joint projects of pairs of countries.

A project counts once for a pair however many organisations of either take part, in whichever role: coordinator,
participant, or partner without funds of its own. Countries are the seats of the organisations. A project in several
programme parts counts in each, and once in `h2020`. Projects start until 2022.

- `EL` and `UK` are Greece and the United Kingdom. `NA` means missing in every column but `country`, where it is
  Namibia: the 11 participants so marked stand among southern African and Atlantic partners (projects 205999, 194395,
  223210), and no other participant lacks a country.
- 6 projects have no start date and are set aside; 104 stand in no programme part and count in `h2020` alone.
- The parts: `erc`, `fet`, `msca`, `ri` (excellent science); `leit`, `arf`, `innovation-in-smes` (industry); `sc1` to
  `sc7` (health, food, energy, transport, climate, societies, security); `sewp`, `swafs`, `euratom`.
"""

from collections.abc import Iterator

import polars as pl

from legation.intake import Intake
from legation.model import WORLD, Source

PARTICIPATIONS = "h2020/h2020.csv.gz"
PARTS = "h2020/programme_parts.csv.gz"
OF_PARTICIPANTS = ("role", "pic", "type", "contribution", "group")
OF_PROJECTS = ("start_date", "end_date", "max_contribution", "total_cost", "end_year", "duration", "nunique")
KNOWN_PARTS = "^(ERC|FET|MSCA|RI|LEIT|ARF|Innovation in SMEs|SC[1-7]|SEWP|SWAFS|Euratom)$"

SOURCE = Source(
    publisher="European Commission",
    title="CORDIS: research projects of Horizon 2020 and their participants",
    url="https://data.europa.eu/data/datasets/cordish2020projects",
    licence="European Union open data, reuse with attribution; compilation under the MIT licence",
    licence_url="https://ec.europa.eu/info/legal-notice_en",
    vintage="2021",
    files=(PARTICIPATIONS, PARTS),
    rows={"projects": (140_000, 185_000)},
    caveats=("one_programme_only",),
)


def tidy(raw: Intake) -> Iterator[tuple[str, pl.DataFrame]]:
    taking_part = _participations(raw)
    yield "projects", _count(taking_part.join(_scopes(raw, taking_part), on="rcn"))


def _participations(raw: Intake) -> pl.DataFrame:
    """One row for each project and country with a participant."""
    rows = raw.csv(PARTICIPATIONS, ["rcn", "country", "start_year"], [*OF_PARTICIPANTS, *OF_PROJECTS])
    return (
        rows.country("country", "iso2")
        .integer("start_year", empty=("", "NA"))
        .set_aside(pl.col("start_year").is_null(), "project without a start date")
        .select("rcn", "iso3", year="start_year")
        .unique()
    )


def _scopes(raw: Intake, taking_part: pl.DataFrame) -> pl.DataFrame:
    """The scopes each project counts in: its programme parts, and `h2020`."""
    parts = (
        raw.csv(PARTS, ["rcn", "programme_part"])
        .reject(
            ~pl.col("programme_part").str.contains(KNOWN_PARTS), "programme_part is not a known part of Horizon 2020"
        )
        .set_aside(~pl.col("rcn").is_in(taking_part["rcn"].unique().implode()), "project without dated participants")
        .slug("programme_part")
        .select("rcn", scope=pl.lit("h2020-") + pl.col("programme_part"))
    )
    everywhere = taking_part.select("rcn", scope=pl.lit("h2020")).unique()
    return pl.concat([parts, everywhere]).unique()


def _count(placed: pl.DataFrame) -> pl.DataFrame:
    """Projects by ordered pair, and of each country with any foreign partner."""
    partners = placed.select("scope", "rcn", partner_iso3="iso3")
    pairs = placed.join(partners, on=["scope", "rcn"]).filter(pl.col("iso3") != pl.col("partner_iso3"))
    abroad = pairs.with_columns(partner_iso3=pl.lit(WORLD)).unique()
    by = ["scope", "iso3", "partner_iso3", "year"]
    return pl.concat([pairs, abroad]).group_by(by).agg(projects=pl.len())
