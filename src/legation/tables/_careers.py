"""Where authors are, year by year, and when they move: shared by the tables that count people."""

import narwhals as nw

WHO = ["source", "scope", "author"]


def country_before() -> nw.Expr:
    """The modal country of the author's active year before."""
    return nw.col("iso3").shift(1).over(*WHO, order_by="year")


def flows(works: nw.LazyFrame, authorships: nw.LazyFrame) -> nw.LazyFrame:
    """How many identified authors are in a country in a year, by the country of their active year before, or none."""
    with_origin = modal_countries(works, authorships).with_columns(origin_iso3=country_before())
    return with_origin.group_by("source", "scope", "year", "origin_iso3", "iso3").agg(authors=nw.len())


def modal_countries(works: nw.LazyFrame, authorships: nw.LazyFrame) -> nw.LazyFrame:
    """The modal country of each identified author in each active year that has one.

    Works signed from several countries count for each. A tie keeps the country of the latest earlier year without one.
    """
    dated = works.select("source", "scope", "work_id", "year")
    signed = (
        authorships.filter(~nw.col("author").is_null(), ~nw.col("iso3").is_null())
        .select("source", "work_id", "author", "iso3")
        .unique()
        .join(dated, on=["source", "work_id"], how="inner")
    )
    counted = signed.group_by(*WHO, "year", "iso3").agg(signed=nw.len())
    most = counted.with_columns(most=nw.col("signed").max().over(*WHO, "year")).filter(
        nw.col("signed") == nw.col("most")
    )
    modes = most.with_columns(modes=nw.len().over(*WHO, "year"))
    # The country of the latest year without a tie, its own included. Written in one piece: an engine that does not see
    # that two branches are the same would work out each of them anew.
    alone = modes.with_columns(home_iso3=nw.when(nw.col("modes") == 1).then(nw.col("iso3")))
    home = nw.col("home_iso3").fill_null(strategy="forward").over(*WHO, order_by="year")
    return alone.with_columns(home_iso3=home).filter(nw.col("home_iso3") == nw.col("iso3")).select(*WHO, "year", "iso3")
