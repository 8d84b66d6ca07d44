"""Memberships of countries in international organisations, as the World Factbook listed them around 2020.

The file joins three lists: the World Factbook's, a few of REST Countries and one of the compiler's own. Where two of
them cover one organisation under different identifiers, the Factbook's list is taken and the other is set aside whole
(it lacks observers and counts territories as members). Organisations carry the name the Factbook prints, as in
`world_factbook`, so that the two sources can be compared. The lists lag behind events and hold mistakes: NATO stands at
28 members and the OECD without Latvia and Colombia. India, printed as a member of the OECD, is none, and Chile, printed
with "enhanced engagement", is one since 2010: both are set aside. Taiwan's memberships under the name Chinese Taipei
count as memberships. A row can mean that bodies *of* a country belong, not the country: the status then reads `ngos` or
`national-committees`.
"""

from collections.abc import Iterator

import polars as pl

from legation.intake import Intake
from legation.model import Source

FILE = "memberships/CountrycodesOrgs.csv"
YEAR = 2020
NAMES = {
    "AFDB": "AfDB",
    "AG": "Australia Group",
    "ARCTIC_COUNCIL": "Arctic Council",
    "BENELUX": "Benelux",
    "CARICOM": "Caricom",
    "ENTENTE": "Entente",
    "EuroArea": "Euro Area",
    "ICCT": "ICCt",
    "INOC": "InOC",
    "INTERPOL": "Interpol",
    "MERCOSUR": "Mercosur",
    "PACIFIC_ALLIANCE": "Pacific Alliance",
    "PARIS_CLUB": "Paris Club",
    "PETROCARIBE": "Petrocaribe",
    "SCHENGEN_CONVENTION": "Schengen Convention",
    "SPARTECA": "Sparteca",
    "UNION_LATINA": "Union Latina",
    "UN_SECURITY_COUNCIL": "UN Security Council",
}
"""Identifiers of the file that are not the name the Factbook prints."""
LISTED_TWICE = ("AL", "CAIS", "EEU", "PA", "USAN")
"""REST Countries' lists of LAS, SICA, EAEU, Pacific Alliance and UNASUR."""
STATUSES = {
    "candidates": "candidate",
    "chinese-taipei": "member",
    "nonregional-members": "nonregional-member",
    "partners": "partner",
    "taipei": "member",
}

SOURCE = Source(
    publisher="Diego Hernangómez, after the World Factbook and REST Countries",
    title="Country Codes and International Organizations",
    url="https://github.com/dieghernan/Country-Codes-and-International-Organizations",
    licence="MIT",
    licence_url="https://opensource.org/license/mit",
    vintage="2020",
    files=(FILE,),
    rows={"memberships": (9_500, 11_500)},
    caveats=("membership_lists_lag",),
)


def tidy(raw: Intake) -> Iterator[tuple[str, pl.DataFrame]]:
    ignored = ["ISO_3166_2", "NAME.EN", "source", "org_name"]
    wrong = (pl.col("org_id") == "OECD") & pl.col("iso3").is_in(["CHL", "IND"])
    members = (
        raw.csv(FILE, ["ISO_3166_3", "org_id", "org_member"], ignored)
        .having(pl.col("org_id").str.strip_chars())
        .set_aside(pl.col("org_id").is_in(LISTED_TWICE), "the Factbook lists the organisation under another identifier")
        .country("ISO_3166_3", "iso3")
        .set_aside(wrong, "known to be out of date or wrong")
        .slug("org_member", to="status")
        .having(organisation=pl.col("org_id").replace(NAMES), status=pl.col("status").replace(STATUSES))
    )
    yield "memberships", members.select("organisation", "iso3", "status", year=pl.lit(YEAR))
