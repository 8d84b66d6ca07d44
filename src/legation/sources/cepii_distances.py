"""Bilateral distances of CEPII: kilometres, borders, languages and colonial ties of pairs of economies.

`distw` weighs distances between cities by population; where it is missing (all pairs of five small territories) `dist`,
between the main cities, stands in. The file has old codes: ROM, ZAR, TMP and PAL have a single successor; YUG is Serbia
and Montenegro with Kosovo, measured from Belgrade, and is given to Serbia, so Montenegro and Kosovo have no distances;
ANT, the Netherlands Antilles, has several successors and is set aside. South Sudan, Monaco and Liechtenstein are not in
the file. It describes the early 2000s and does not change.
"""

from collections.abc import Iterator

import polars as pl

from legation.intake import Intake
from legation.model import Source

FILE = "cepii_distance/dist_cepii.csv.gz"
FLAGS = {"contig": "contiguous", "comlang_off": "common_language", "colony": "colonial_tie"}
UNUSED = ["comlang_ethno", "comcol", "curcol", "col45", "smctry", "distcap", "distwces"]

SOURCE = Source(
    publisher="CEPII",
    title="GeoDist: bilateral distances",
    url="https://www.cepii.fr/CEPII/en/bdd_modele/bdd_modele_item.asp?id=6",
    licence="CC0 package of CEPII data",
    licence_url="https://creativecommons.org/publicdomain/zero/1.0/",
    vintage="2011",
    citation="Mayer & Zignago 2011, CEPII working paper 2011-25",
    files=(FILE,),
    rows={"distances": (48_000, 51_000)},
)


def tidy(raw: Intake) -> Iterator[tuple[str, pl.DataFrame]]:
    antilles = (pl.col("iso_o") == "ANT") | (pl.col("iso_d") == "ANT")
    pairs = (
        raw.csv(FILE, ["iso_o", "iso_d", *FLAGS, "dist", "distw"], UNUSED)
        .set_aside(pl.col("iso_o") == pl.col("iso_d"), "distance within an economy")
        .set_aside(antilles, "the Netherlands Antilles ended without a single successor")
        .having(pl.col("iso_o", "iso_d").replace({"YUG": "SRB"}))
        .country("iso_o", "iso3", to="iso3")
        .country("iso_d", "iso3", to="partner_iso3")
        .number("dist")
        .number("distw", empty=(".",))
    )
    for flag in FLAGS:
        pairs = pairs.integer(flag).reject(~pl.col(flag).is_in([0, 1]), f"{flag} is neither 0 nor 1")
    yield (
        "distances",
        pairs.select(
            "iso3",
            "partner_iso3",
            distance_km=pl.coalesce("distw", "dist"),
            **{name: pl.col(flag) == 1 for flag, name in FLAGS.items()},
        ),
    )
