"""Whole careers in a collection: where identified authors begin, where they are last seen, what tie they keep."""

from typing import Any

import narwhals as nw

from legation.tables._careers import WHO, modal_countries


def careers(works: nw.LazyFrame[Any], authorships: nw.LazyFrame[Any]) -> nw.LazyFrame[Any]:
    """One row for each identified author with a country, of each source and scope.

    `origin_iso3` is the modal country of the first active year, empty where that year is a tie; `current_iso3` the
    modal country of the last active year that has one (see `tables/moves`). `active_years` are years with a work signed
    from a known country, `countries` all countries signed from, `home_years` the active years in which a work was
    signed from the origin, `last_home` the last of them, `last` the last of all. `first_year` and `year` are those of
    the source and scope.
    """
    seen = presence(works, authorships)
    spans = seen.group_by(*WHO).agg(
        first=nw.col("year").min(),
        last=nw.col("year").max(),
        active_years=nw.col("year").n_unique(),
        countries=nw.col("iso3").n_unique(),
    )
    modal = modal_countries(works, authorships).select(*WHO, "year", "iso3")
    begun = modal.join(spans.select(*WHO, year="first"), on=[*WHO, "year"], how="inner")
    origin = begun.select(*WHO, origin_iso3="iso3")
    newest = modal.with_columns(newest=nw.col("year").max().over(*WHO)).filter(nw.col("year") == nw.col("newest"))
    at_home = seen.join(origin.rename({"origin_iso3": "iso3"}), on=[*WHO, "iso3"], how="inner")
    home = at_home.group_by(*WHO).agg(home_years=nw.len(), last_home=nw.col("year").max())
    whole = spans.with_columns(
        first_year=nw.col("first").min().over("source", "scope"), year=nw.col("last").max().over("source", "scope")
    )
    for more in (origin, newest.select(*WHO, current_iso3="iso3"), home):
        whole = whole.join(more, on=WHO, how="left")
    return whole


def presence(works: nw.LazyFrame[Any], authorships: nw.LazyFrame[Any]) -> nw.LazyFrame[Any]:
    """Every country an identified author signed from in every year, once: `WHO`, `year`, `iso3`."""
    dated = works.select("source", "scope", "work_id", "year")
    signed = authorships.filter(~nw.col("author").is_null(), ~nw.col("iso3").is_null())
    found = signed.select("source", "work_id", "author", "iso3").join(dated, on=["source", "work_id"], how="inner")
    return found.select(*WHO, "year", "iso3").unique()
