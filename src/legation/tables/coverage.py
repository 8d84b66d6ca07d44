"""How much of what a source should hold it does hold, part by part.

Derived from works, the only part is `all`. The unassigned credit is that of authors without a country,

    unassigned = sum over works of (authors without a country / authors),

and 1 for a work none of whose authors is known, so that fractional credits (see `articles`) and unassigned credit add
up to the works. A source that knows its parts fills the table itself, `all` included.
"""

import narwhals as nw

from legation.model import Column, Table

TABLE = Table(
    label="Coverage",
    key=("scope", "part", "year"),
    columns={
        "scope": Column("text", "a technology, a field of science, or all"),
        "part": Column("text", "a part of the source that can be complete or not: a venue, or all"),
        "year": Column("year", "year"),
        "works": Column("count", "works in the part", unit="works"),
        "works_with_country": Column("count", "works with at least one known country", unit="works"),
        "works_with_author_id": Column("count", "works with at least one identified author", unit="works"),
        "unassigned": Column(
            "number", "fractional credit of authors without a country", unit="works", nullable=True, minimum=0
        ),
    },
    additive=("works", "works_with_country", "works_with_author_id", "unassigned"),
)


def derive(works: nw.LazyFrame, authorships: nw.LazyFrame) -> nw.LazyFrame:
    """Count the works of each scope and year: all, with a country, with an identified author; and unassigned credit."""
    whole, none = nw.lit(1), nw.lit(0)
    known = authorships.group_by("source", "work_id").agg(
        located=nw.col("iso3").count(), identified=nw.col("author").count(), nowhere=nw.col("iso3").null_count()
    )
    share = nw.col("nowhere").cast(nw.Float64) / nw.col("authors").cast(nw.Float64)
    each = works.join(known, on=["source", "work_id"], how="left").select(
        "source",
        "scope",
        "year",
        part=nw.lit("all"),
        with_country=nw.when(nw.col("located") > 0).then(whole).otherwise(none),
        with_author_id=nw.when(nw.col("identified") > 0).then(whole).otherwise(none),
        unassigned=nw.when(nw.col("nowhere").is_null()).then(nw.lit(1.0)).otherwise(share),
    )
    return each.group_by("source", "scope", "part", "year").agg(
        works=nw.len(),
        works_with_country=nw.col("with_country").sum(),
        works_with_author_id=nw.col("with_author_id").sum(),
        unassigned=nw.col("unassigned").sum(),
    )
