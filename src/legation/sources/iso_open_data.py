"""Technical committees of ISO: which country's standards body participates, observes or holds the secretariat.

P-members participate with an obligation to vote, O-members observe; the secretariat runs the committee and is among the
P-members too. Bodies stand as acronyms: `iso_bodies.toml` gives the country of each. Joint committees that IEC
administers (IEC/ISO JTC 3 on quantum technologies, IEC/ISO JSyC BDC, ISO/IEC JTC 1/SC 25, SC 41 and SC 43) show their
secretariat at most here, so nothing follows from a country's absence there. Suspended committees are set aside.
"""

import gzip
import tomllib
from collections.abc import Iterator
from importlib.resources import files

import polars as pl

from legation.intake import Intake
from legation.model import Source

FILE = "iso_open_data/iso_technical_committees.jsonl.gz"
YEAR = 2025
BODY = pl.Struct({"acronym": pl.String})
COLUMNS = {
    "reference": pl.String(),
    "status": pl.String(),
    "secretariat": BODY,
    "pMembers": pl.List(BODY),
    "oMembers": pl.List(BODY),
}
STATUSES = ("Active", "Suspended")

SOURCE = Source(
    publisher="International Organization for Standardization",
    title="ISO Open Data: technical committees",
    url="https://www.iso.org/open-data.html",
    licence="ODC-By 1.0",
    licence_url="https://opendatacommons.org/licenses/by/1-0/",
    vintage="2025",
    files=(FILE,),
    rows={"committees": (27_000, 35_000)},
    shares=("iso_bodies",),
)


def tidy(raw: Intake) -> Iterator[tuple[str, pl.DataFrame]]:
    bodies = tomllib.loads(files("legation.sources").joinpath("iso_bodies.toml").read_text(encoding="utf-8"))
    seats = (
        raw.records(_seats(raw), FILE)
        .reject(~pl.col("status").is_in(STATUSES, nulls_equal=True), "status of the committee is not a known one")
        .set_aside(pl.col("status") == "Suspended", "seat on a suspended committee")
        .set_aside(pl.col("body").is_null(), "the secretariat is held by no member of ISO")
        .reject(~pl.col("body").is_in(list(bodies)), "body is not in iso_bodies.toml")
        .having(iso3=pl.col("body").replace(bodies))
    )
    yield "committees", seats.select("iso3", "role", "body", committee="reference", year=pl.lit(YEAR))


def _seats(raw: Intake) -> pl.DataFrame:
    """One row for each seat: the committee, its status, the role and the body."""
    with gzip.open(raw.path(FILE)) as stream:
        committees = pl.read_ndjson(stream.read(), schema=COLUMNS)
    columns = ["reference", "status", "role", "body"]
    listed = {"participating": "pMembers", "observing": "oMembers"}
    members = [
        committees.explode(name)
        .drop_nulls(name)
        .with_columns(role=pl.lit(role), body=pl.col(name).struct.field("acronym"))
        .select(columns)
        for role, name in listed.items()
    ]
    secretariat = pl.col("secretariat").struct.field("acronym")
    return pl.concat([*members, committees.with_columns(role=pl.lit("secretariat"), body=secretariat).select(columns)])
