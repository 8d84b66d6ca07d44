"""Where authors are, year by year, and when they move: shared by the tables that count people."""

import narwhals as nw

WHO = ["source", "scope", "author"]


def steps(modal: nw.LazyFrame) -> nw.LazyFrame:
    """Each move of each author, from the modal countries of the author's active years."""
    before = nw.col("iso3").shift(1).over(*WHO, order_by="year")
    moved = modal.with_columns(origin_iso3=before).filter(nw.col("origin_iso3") != nw.col("iso3"))
    return moved.select(*WHO, "origin_iso3", "year", destination_iso3=nw.col("iso3"))


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
    modes = most.with_columns(modes=nw.len().over(*WHO, "year")).select(*WHO, "year", "iso3", "modes")
    single = modes.filter(nw.col("modes") == 1).drop("modes")
    return nw.concat([single, _settled(modes.filter(nw.col("modes") > 1).drop("modes"), single)])


def _settled(tied: nw.LazyFrame, single: nw.LazyFrame) -> nw.LazyFrame:
    """Tied years whose tie the latest earlier year without one settles."""
    earlier = single.rename({"year": "earlier", "iso3": "home_iso3"})
    behind = tied.join(earlier, on=WHO, how="inner").filter(nw.col("earlier") < nw.col("year"))
    latest = behind.with_columns(latest=nw.col("earlier").max().over(*WHO, "year"))
    kept = latest.filter(nw.col("earlier") == nw.col("latest"), nw.col("home_iso3") == nw.col("iso3"))
    return kept.select(*WHO, "year", "iso3")
