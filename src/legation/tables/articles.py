"""How many works each country has part in, by field or technology and year.

Full counting gives each country on a work 1. Fractional counting gives it the sum over its authorships of
1 / (authors of the work × countries of that author); authors without a country keep their share, which stays out of
the table and is reported in `coverage` as unassigned (Waltman & van Eck 2015, doi:10.1016/j.joi.2015.08.001).
"""

import narwhals as nw

from legation.model import Column, Table

TABLE = Table(
    label="Articles",
    key=("scope", "counting", "iso3", "year"),
    columns={
        "scope": Column("text", "a technology, a field of science, or all"),
        "counting": Column("text", "full or fractional", values=("full", "fractional")),
        "iso3": Column("iso3", "country"),
        "year": Column("year", "year of publication"),
        "articles": Column("number", "works, counted as `counting` says", unit="works", minimum=0),
    },
    additive=("articles",),
)


def derive(works: nw.LazyFrame, authorships: nw.LazyFrame) -> nw.LazyFrame:
    """Count works by country: full and fractional."""
    located = authorships.filter(~nw.col("iso3").is_null()).join(works, on=["source", "work_id"], how="inner")
    by = ["source", "scope", "counting", "iso3", "year"]
    shares = nw.lit(1.0) / (nw.col("authors").cast(nw.Float64) * nw.col("countries").cast(nw.Float64))
    fractional = located.with_columns(articles=shares, counting=nw.lit("fractional"))
    once = located.select("source", "scope", "work_id", "iso3", "year").unique()
    full = once.with_columns(articles=nw.lit(1.0), counting=nw.lit("full"))
    columns = [*by, "articles"]
    both = nw.concat([fractional.select(columns), full.select(columns)])
    return both.group_by(by).agg(nw.col("articles").sum())
