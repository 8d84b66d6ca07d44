"""What indicators from single works share: the window, the credits of countries, the most cited works."""

import polars as pl

from legation.constants import SNAPSHOT_SHARE


def window(
    works: pl.DataFrame, years: int, lag_years: int, *, snapshots: bool
) -> tuple[pl.DataFrame, dict[str, pl.Expr]]:
    """The works of the last `years` years with `lag_years` behind them in the data, and the columns that date them.

    A collection most of whose works are of its newest year is a snapshot. With `snapshots` it ends in that year, whose
    incompleteness is its nature, and begins where its works do; without, nothing can be said from it.
    """
    newest = works["year"].max()
    end = newest if isinstance(newest, int) else 0
    snapshot = works.filter(pl.col("year") == end).height > SNAPSHOT_SHARE * works.height
    if not (snapshot and snapshots):
        end -= lag_years
    recent = works.filter(pl.col("year").is_between(end - years + 1, end))
    begin = recent["year"].min() if snapshot else end - years + 1
    return recent, {"first_year": pl.lit(begin, pl.Int64), "year": pl.lit(end, pl.Int64)}


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


def countries_of(works: pl.DataFrame, authorships: pl.DataFrame) -> pl.DataFrame:
    """The countries of each work, once each: `work_id`, `iso3`, and `countries`, how many the work has."""
    located = authorships.drop_nulls("iso3").join(works.select("work_id"), on="work_id", how="semi")
    return located.select("work_id", "iso3").unique().with_columns(countries=pl.len().over("work_id"))
