"""Orbital launches from the General Catalog of Artificial Space Objects, by state of the launching agency and year.

The launch log has one line for each payload; its 17 columns are read without quoting, and a comment line follows the
header. A launch is counted once, whatever it carried, and whether it succeeded or failed. Launch codes O (to orbit) and
D (to deep space) both count as orbital, which gives the catalogue's own yearly totals (114 in 2018, 186 in 2022);
X, ascents from the Moon, is set aside. The log was last updated in July 2023, so 2023 is incomplete and set aside.

The state is that of the agency that launched, in the catalogue's own codes: Starsem's Soyuz count for France, Rocket
Lab for New Zealand where its New Zealand firm launched, Sea Launch's first flights for the Cayman Islands, where it was
registered. Launches of the Soviet Union are given to Russia although they left from Kazakhstan and flew rockets built
in Ukraine too. ESA and ELDO are no countries: their launches are set aside, and of a launch by two agencies each state
or organisation has an equal share. The log does not name the owners of payloads, so satellites are not counted.
"""

from collections.abc import Iterator
from dataclasses import replace

import polars as pl

from legation.intake import Intake, Records
from legation.model import Source

LAUNCHES = "space/gcat_launchlog.tsv.gz"
ORGANISATIONS = "space/gcat_orgs.tsv.gz"
INCOMPLETE_YEAR = "2023"
STATES = {
    "AU": "AUS",
    "BR": "BRA",
    "CN": "CHN",
    "CYM": "CYM",
    "F": "FRA",
    "I": "ITA",
    "IL": "ISR",
    "IN": "IND",
    "IR": "IRN",
    "J": "JPN",
    "KP": "PRK",
    "KR": "KOR",
    "NZ": "NZL",
    "RU": "RUS",
    "SU": "RUS",
    "UK": "GBR",
    "US": "USA",
}
INTERNATIONAL = ("I-ELDO", "I-ESA")
UNUSED_OF_LAUNCHES = [
    "Piece",
    "Type",
    "Name",
    "PLName",
    "JCAT",
    "LV_Type",
    "Flight_ID",
    "Platform",
    "Launch_Site",
    "Launch_Pad",
    "Ascent_Site",
    "Ascent_Pad",
    "LTCite",
]
UNUSED_OF_ORGANISATIONS = [
    "UCode",
    "Type",
    "Class",
    "TStart",
    "TStop",
    "ShortName",
    "Name",
    "Location",
    "Longitude",
    "Latitude",
    "Error",
    "Parent",
    "ShortEName",
    "EName",
    "UName",
]

SOURCE = Source(
    publisher="Jonathan C. McDowell",
    title="General Catalog of Artificial Space Objects (GCAT): launch log and organisations",
    url="https://planet4589.org/space/gcat/",
    licence="CC BY 4.0",
    licence_url="https://creativecommons.org/licenses/by/4.0/",
    vintage="2023-07-25",
    files=(LAUNCHES, ORGANISATIONS),
    rows={"capabilities": (320, 420)},
    caveats=("items_are_not_alike",),
)


def tidy(raw: Intake) -> Iterator[tuple[str, pl.DataFrame]]:
    launches = _launches(raw).having(agency=pl.col("Agency").str.split("/"))
    by_agency = replace(launches, frame=launches.frame.explode("agency"))
    located = (
        replace(by_agency, frame=by_agency.frame.join(_state_of_agencies(raw), on="agency", how="left"))
        .reject(pl.col("state").is_null(), "Agency is not among the organisations")
        .having(share=1 / pl.col("state").n_unique().over("Launch_Tag"))
    )
    states = (
        replace(located, frame=located.frame.unique(["Launch_Tag", "state"], maintain_order=True))
        .set_aside(pl.col("state").is_in(INTERNATIONAL), "launched by an international organisation")
        .reject(~pl.col("state").is_in(list(STATES), nulls_equal=True), "state of the agency is not a known one")
        .having(iso3=pl.col("state").replace(STATES), year=pl.col("Launch_Date").str.slice(0, 4))
        .integer("year")
    )
    counts = states.frame.group_by("iso3", "year", maintain_order=True).agg(count=pl.col("share").sum())
    yield "capabilities", counts.with_columns(nature=pl.lit("event"), kind=pl.lit("orbital-launches"))


def _launches(raw: Intake) -> Records:
    """One record for each orbital launch of a complete year."""
    used = ["#Launch_Tag", "Launch_Date", "Agency", "Launch_Code"]
    log = raw.csv(LAUNCHES, used, UNUSED_OF_LAUNCHES, separator="\t", quote=None)
    aim = pl.col("Launch_Code").str.slice(0, 1)
    return (
        log.set_aside(pl.col("#Launch_Tag").str.starts_with("# "), "comment")
        .having(
            Launch_Tag=pl.col("#Launch_Tag").str.strip_chars(),
            Agency=pl.col("Agency").str.strip_chars().str.strip_chars_end("?"),
        )
        .set_aside(aim == "X", "ascent from the Moon")
        .reject(~aim.is_in(["O", "D"], nulls_equal=True), "Launch_Code is not a known one")
        .set_aside(~pl.col("Launch_Tag").is_first_distinct(), "further payload of a launch")
        .set_aside(pl.col("Launch_Date").str.starts_with(INCOMPLETE_YEAR), f"{INCOMPLETE_YEAR} is incomplete")
    )


def _state_of_agencies(raw: Intake) -> pl.DataFrame:
    names = raw.csv(
        ORGANISATIONS, ["#Code", "StateCode"], UNUSED_OF_ORGANISATIONS, separator="\t", quote=None
    ).set_aside(pl.col("#Code").str.starts_with("# "), "comment")
    return names.select(agency=pl.col("#Code").str.strip_chars(), state=pl.col("StateCode").str.strip_chars())
