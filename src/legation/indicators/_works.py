"""What indicators from single works share: the window, the credits of countries, the most cited works."""

import polars as pl

SNAPSHOT_SHARE = 0.5
"""A collection of which one year holds more than this share is a snapshot of that year, not a series."""


def window(works: pl.DataFrame, years: int, lag_years: int) -> tuple[pl.DataFrame, dict[str, pl.Expr]]:
    """The works of the last `years` years with `lag_years` behind them in the data, and the columns that date them.

    A snapshot ends with its newest year, whose incompleteness is its nature, where only output is asked for
    (`lag_years` of 1); nothing can be said of citations in it.
    """
    newest = works["year"].max()
    end = newest if isinstance(newest, int) else 0
    of_newest = works.filter(pl.col("year") == end).height
    if lag_years > 1 or of_newest <= SNAPSHOT_SHARE * works.height:
        end -= lag_years
    recent = works.filter(pl.col("year").is_between(end - years + 1, end))
    oldest = recent["year"].min() if of_newest > SNAPSHOT_SHARE * works.height else end - years + 1
    return recent, {"first_year": pl.lit(oldest, pl.Int64), "year": pl.lit(end, pl.Int64)}


def credits(works: pl.DataFrame, authorships: pl.DataFrame) -> pl.DataFrame:
    """Fractional credit of each country on each work: `work_id`, `iso3`, `credit`.

    An author gives 1 / (authors of the work × countries of that author) to each of those countries; authors without a
    country keep their share, so that credits and what is unassigned sum to the number of works (Waltman & van Eck 2015,
    doi:10.1016/j.joi.2015.08.001).
    """
    located = authorships.drop_nulls("iso3").join(works.select("work_id", "authors"), on="work_id", how="inner")
    credit = 1.0 / (pl.col("authors").cast(pl.Float64) * pl.col("countries"))
    return (
        located.sort("work_id", "iso3", "position")
        .group_by("work_id", "iso3", maintain_order=True)
        .agg(credit.sum().alias("credit"))
    )


def top_score(top: float) -> pl.Expr:
    """How far a work belongs to the most cited share `top` of its field and year, from 0 to 1.

    With N works of a field and year, of which `up_to` have no more citations than this one and `equal` just as many, it
    is (up_to - (1 - top) N) / equal, cut to 0 … 1: 1 above the threshold, a part at it so that ties share what is left,
    0 below. The scores of a field and year sum to top × N (Waltman & Schreiber 2013, doi:10.1002/asi.22775). Works
    without a field are a field of their own.
    """
    peers = ("field", "year")
    up_to = pl.col("citations").rank("max").over(*peers).cast(pl.Float64)
    equal = pl.len().over(*peers, "citations")
    return ((up_to - (1 - top) * pl.len().over(*peers)) / equal).clip(0.0, 1.0)
