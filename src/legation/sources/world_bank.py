"""World Development Indicators of the World Bank: economy, population, research effort.

The publisher's files carry three lines before the header and rows for regions and income groups among the countries.
"""

from collections.abc import Iterator

import polars as pl

from legation.intake import Intake
from legation.model import Source

WIDE = {
    "gerd_percent_of_gdp": "world_bank/API_GB.XPD.RSDV.GD.ZS_DS2_en_csv_v2_232.csv",
    "gdp_per_capita_usd": "world_bank/API_NY.GDP.PCAP.CD_DS2_en_csv_v2_33610.csv",
    "researchers_per_million": "world_bank/API_SP.POP.SCIE.RD.P6_DS2_en_csv_v2_37695.csv",
}
LONG = {"gdp_usd": "world_bank/gdp.csv", "population": "world_bank/population.csv"}
AGGREGATES = [
    "AFE",
    "AFW",
    "ARB",
    "CEB",
    "CHI",
    "CSS",
    "EAP",
    "EAR",
    "EAS",
    "ECA",
    "ECS",
    "EMU",
    "EUU",
    "FCS",
    "HIC",
    "HPC",
    "IBD",
    "IBT",
    "IDA",
    "IDB",
    "IDX",
    "INX",
    "LAC",
    "LCN",
    "LDC",
    "LIC",
    "LMC",
    "LMY",
    "LTE",
    "MEA",
    "MIC",
    "MNA",
    "NAC",
    "OED",
    "OSS",
    "PRE",
    "PSS",
    "PST",
    "SAS",
    "SSA",
    "SSF",
    "SST",
    "TEA",
    "TEC",
    "TLA",
    "TMN",
    "TSA",
    "TSS",
    "UMC",
    "WLD",
]
YEARS = [str(year) for year in range(1960, 2026)]

SOURCE = Source(
    publisher="World Bank",
    title="World Development Indicators",
    url="https://data.worldbank.org/",
    licence="CC BY 4.0",
    licence_url="https://creativecommons.org/licenses/by/4.0/",
    vintage="2026-07-13",
    files=(*WIDE.values(), *LONG.values()),
    rows={"macro": (30_000, 60_000)},
)


def tidy(raw: Intake) -> Iterator[tuple[str, pl.DataFrame]]:
    columns = ["measure", "iso3", "year", "value"]
    frames = []
    for measure, name in WIDE.items():
        wide = raw.csv(
            name, ["Country Code", *YEARS], ["Country Name", "Indicator Name", "Indicator Code", ""], skip_lines=4
        )
        long = wide.country("Country Code", "iso3", apart=AGGREGATES).unpivot(YEARS, index=["iso3"], name="year")
        frames.append(long.having(measure=pl.lit(measure)).integer("year").number("value").select(*columns))
    for measure, name in LONG.items():
        long = raw.csv(name, ["Country Code", "Year", "Value"], ["Country Name"])
        located = long.country("Country Code", "iso3", apart=AGGREGATES).integer("Year").number("Value")
        frames.append(located.having(measure=pl.lit(measure), year="Year", value="Value").select(*columns))
    yield "macro", pl.concat(frames).drop_nulls("value")
