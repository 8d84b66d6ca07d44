"""How often a country's articles are among the world's most cited 1 %."""

from legation.model import Column, Table

TABLE = Table(
    label="Highly cited articles",
    key=("scope", "counting", "iso3", "year"),
    columns={
        "scope": Column("text", "a technology, a field of science, or all"),
        "counting": Column("text", "full or fractional", values=("full", "fractional")),
        "iso3": Column("iso3", "country"),
        "year": Column("year", "year of publication"),
        "top1_percent": Column(
            "number",
            "articles among the most cited 1 % of their field and year",
            unit="% of the articles of the country; 1 = world",
            minimum=0,
            maximum=100,
        ),
    },
)
