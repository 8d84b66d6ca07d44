"""Eurostat Comext: imports of critical raw materials by the members of the European Union, by eight-digit CN code.

66 codes, 2022 to 2024, in euro. Imports only, and only as the 27 members report them.

- From outside the Union the partner is the country of origin; between members it is the member that sent the goods, so
  that a Dutch port stands before the mine.
- The partners follow the Geonomenclature (Regulation (EU) 2020/1470): ISO codes, but `XS` Serbia, `XK` Kosovo, and
  `XC` Ceuta and `XL` Melilla, which are Spanish but outside the customs territory, have no ISO code and are set aside.
  Its codes that begin with Q, other than Qatar, are no countries: high seas, stores, not specified, secret. Of all
  these the file has XS, XK and one row of XC. Greece is `EL` as reporter and `GR` as partner.
- `NA` is Namibia. Codes keep their leading noughts and are eight digits long.
- 23 imports are under half a euro and stand as nought.
"""

from collections.abc import Iterator

import polars as pl

from legation.intake import Intake
from legation.model import Source

IMPORTS = "trade/eu_comext_critical_inputs_cn8_2022_2024.csv"
GEONOMENCLATURE = {"XS": "RS"}
NOT_COUNTRIES = ("QP", "QQ", "QR", "QS", "QU", "QV", "QW", "QX", "QY", "QZ", "XC", "XL")
FLOWS = {"1": "import"}

SOURCE = Source(
    publisher="Eurostat",
    title="Comext: trade by CN8, imports of critical raw materials",
    url="https://ec.europa.eu/eurostat/comext/newxtweb/",
    licence="Eurostat, reuse with attribution",
    licence_url="https://ec.europa.eu/eurostat/about-us/policies/copyright",
    vintage="2022 to 2024",
    files=(IMPORTS,),
    rows={"trade": (23_000, 30_000)},
    caveats=("eu_imports_only", "within_the_eu_partner_is_the_sender"),
)


def tidy(raw: Intake) -> Iterator[tuple[str, pl.DataFrame]]:
    rows = raw.csv(IMPORTS, ["DECLARANT_ISO", "PARTNER_ISO", "PRODUCT_NC", "FLOW", "PERIOD", "VALUE_IN_EUROS"])
    imports = (
        rows.reject(~pl.col("FLOW").is_in(list(FLOWS)), "FLOW is not 1 (import)")
        .reject(~pl.col("PRODUCT_NC").str.contains("^[0-9]{8}$"), "PRODUCT_NC is not eight digits")
        .country("DECLARANT_ISO", "iso2", to="reporter_iso3")
        .having(pl.col("PARTNER_ISO").replace(GEONOMENCLATURE))
        .country("PARTNER_ISO", "iso2", to="partner_iso3", apart=NOT_COUNTRIES)
        .integer("PERIOD")
        .number("VALUE_IN_EUROS")
    )
    yield (
        "trade",
        imports.select(
            "reporter_iso3",
            "partner_iso3",
            flow=pl.col("FLOW").replace_strict(FLOWS, return_dtype=pl.String),
            good="PRODUCT_NC",
            year="PERIOD",
            value_eur="VALUE_IN_EUROS",
            value_usd=pl.lit(None, pl.Float64),
        ),
    )
