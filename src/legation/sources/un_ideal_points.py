"""Ideal points of states in the UN General Assembly: one position a year on a single dimension, from votes cast.

The column `idealpointfp` (final-passage votes) is used: it reaches 2024, `idealpointall` stops a year earlier. It lies
by the mean of the posterior; `q5fp` and `q95fp` are its quantiles.

States follow the United Nations' own view of who continues whose membership. Russia carries the years of the Soviet
Union and Germany those of the Federal Republic, as the file has them. The file keeps the code YUG up to 2024: from 2000
on that is the Federal Republic of Yugoslavia, then Serbia and Montenegro, then Serbia, and it is given to Serbia here.
The first Yugoslavia, Czechoslovakia, the German Democratic Republic and the two Yemens (both coded YAR) have no single
successor and are set aside. TWN, 1946–1971, is the seat of China while it was held from Taipei.
"""

from collections.abc import Iterator

import polars as pl

from legation.intake import Intake
from legation.model import Source

FILE = "un_votes/IdealpointsJuly2025.dta"
TABLE_COLUMNS = {
    "iso3c": "iso3c",
    "year": "year",
    "idealpointfp": "ideal_point",
    "q5fp": "ideal_point_low",
    "q95fp": "ideal_point_high",
    "nvotesfp": "votes",
}
ENDED = ("CSK", "DDR", "YAR")
SERBIA_FROM = 2000

SOURCE = Source(
    publisher="Harvard Dataverse",
    title="United Nations General Assembly Voting Data: ideal point estimates",
    url="https://doi.org/10.7910/DVN/LEJUQZ",
    licence="CC0",
    licence_url="https://creativecommons.org/publicdomain/zero/1.0/",
    vintage="2025-07",
    citation="Bailey, Strezhnev & Voeten 2017, doi:10.1177/0022002715595700",
    files=(FILE,),
    rows={"ideal_points": (10_500, 12_500)},
    caveats=("votes_are_not_alliances",),
)


def tidy(raw: Intake) -> Iterator[tuple[str, pl.DataFrame]]:
    import pandas as pd  # the only reader of Stata files at hand

    stata = pd.read_stata(raw.path(FILE), columns=list(TABLE_COLUMNS))
    frame = pl.DataFrame({TABLE_COLUMNS[name]: stata[name].tolist() for name in stata.columns})
    old_yugoslavia = (pl.col("iso3c") == "YUG") & (pl.col("year") < SERBIA_FROM)
    positions = (
        raw.records(frame.with_columns(pl.selectors.numeric().fill_nan(None)), FILE)
        .set_aside(pl.col("ideal_point").is_null(), "no estimate from final-passage votes")
        .set_aside(pl.col("iso3c").is_in(ENDED) | old_yugoslavia, "a state that ended without a single successor")
        .having(iso3c=pl.col("iso3c").replace({"YUG": "SRB"}))
        .country("iso3c", "iso3")
    )
    yield "ideal_points", positions.select("iso3", *(c for c in TABLE_COLUMNS.values() if c != "iso3c"))
