"""Size and effort of economies."""

from legation.model import Column, Table

TABLE = Table(
    label="Economy and effort",
    key=("measure", "iso3", "year"),
    columns={
        "measure": Column(
            "text",
            "what is measured; its unit is in its name",
            values=(
                "gdp_usd",
                "gdp_per_capita_usd",
                "population",
                "gerd_percent_of_gdp",
                "gerd_ppp_usd",
                "researchers_per_million",
            ),
        ),
        "iso3": Column("iso3", "country"),
        "year": Column("year", "year"),
        "value": Column("number", "value in the unit the measure names", minimum=0),
    },
)
