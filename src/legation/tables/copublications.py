"""How many works two countries have signed together.

Each pair stands in both directions. Where `partner_iso3` is WLD, the row counts works of the country with any foreign
partner (C_x); the row WLD, WLD counts all international works (T). A work of three countries counts once for each pair.
"""

import narwhals as nw

from legation.model import WORLD, Column, Table

TABLE = Table(
    label="Co-publications",
    key=("scope", "iso3", "partner_iso3", "first_year", "last_year"),
    columns={
        "scope": Column("text", "a technology, a field of science, or all"),
        "iso3": Column("economy", "country, or WLD"),
        "partner_iso3": Column("economy", "partner, or WLD for any foreign partner"),
        "first_year": Column("year", "first year counted"),
        "last_year": Column("year", "last year counted"),
        "works": Column("count", "works with authors from both", unit="works"),
    },
    time="last_year",
    additive=("works",),
)


def derive(works: nw.LazyFrame, authorships: nw.LazyFrame) -> nw.LazyFrame:
    """Count joint works by pair and year, with the world rows."""
    dated = works.select("source", "scope", "work_id", first_year=nw.col("year"), last_year=nw.col("year"))
    on = (
        authorships.filter(~nw.col("iso3").is_null())
        .select("source", "work_id", "iso3")
        .unique()
        .join(dated, on=["source", "work_id"], how="inner")
    )
    world = nw.lit(WORLD)
    partners = on.select("source", "scope", "work_id", partner_iso3=nw.col("iso3"))
    pairs = on.join(partners, on=["source", "scope", "work_id"], how="inner").filter(
        nw.col("iso3") != nw.col("partner_iso3")
    )
    columns = ["source", "scope", "work_id", "iso3", "partner_iso3", "first_year", "last_year"]
    abroad = pairs.with_columns(partner_iso3=world).select(columns).unique()
    everywhere = pairs.with_columns(iso3=world, partner_iso3=world).select(columns).unique()
    by = [c for c in columns if c != "work_id"]
    return nw.concat([pairs.select(columns), abroad, everywhere]).group_by(by).agg(works=nw.len())
