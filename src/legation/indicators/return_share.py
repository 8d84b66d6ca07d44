"""Of the researchers who left a country, how many are back?

From `mobility_classes`: returnees over returnees and migrants, that is over all who had active years without a work
signed from the origin; travellers never left. Where one of the two counts is suppressed the share stays empty, and the
interval is Wilson's over everything 1 to 4 researchers in a blank cell can mean.
"""

import polars as pl

from legation.indicators._measures import with_interval
from legation.model import SUPPRESSED_BELOW_RESEARCHERS, Example, Indicator, Measure

MOST_IN_A_BLANK = SUPPRESSED_BELOW_RESEARCHERS - 1
COUNT = "researchers; empty = suppressed"

INDICATOR = Indicator(
    label={"en": "Return share", "ko": "귀환 비율"},
    measures={
        **with_interval(
            "return_share",
            {"en": "Back among those who left", "ko": "떠난 연구자 중 귀환 비율"},
            "share of researchers who left; bounds where small cells are suppressed",
            None,
        ),
        "left": Measure({"en": "Left", "ko": "떠난 연구자"}, COUNT, None, "count"),
        "returnees": Measure({"en": "Came back", "ko": "귀환한 연구자"}, COUNT, None, "count"),
    },
    formula=r"r_h = \frac{R_h}{R_h + M_h},\quad \frac{r + z^2/2n \pm z\sqrt{r(1-r)/n + z^2/4n^2}}{1 + z^2/n},\; "
    r"n = R_h + M_h",
    reference="Robinson-Garcia et al. 2019, doi:10.1016/j.joi.2018.11.002; "
    "Wilson 1927, doi:10.1080/01621459.1927.10502953",
    by=("source", "scope"),
    key=("first_year", "year", "iso3"),
    caveats=(
        "affiliations_are_not_passports",
        "origin_is_where_the_record_begins",
        "last_seen_is_not_now",
        "identified_authors_only",
        "blank_is_one_to_four",
        "small_counts_are_volatile",
    ),
    example=Example(
        given={
            "mobility_classes": """
                first_year  year  iso3  migrants  returnees
                2000        2024  KOR   60        40
                2000        2024  CHE   5         0
                2000        2024  ISL   -         10
                2000        2024  MCO   0         0
            """
        },
        expect="""
            first_year  year  iso3  return_share  return_share_low  return_share_high  left  returnees
            2000        2024  KOR   0.4           0.309401286432    0.497997413209     100   40
            2000        2024  CHE   0             0                 0.434482464783     5     0
            2000        2024  ISL   -             0.453509156701    0.983767827114     -     10
        """,
        working="Korea: 40 of the 100 who left. Iceland's migrants are 1 to 4: the interval runs from the low end of "
        "10 of 14 to the high end of 10 of 11. Nobody left Monaco, which has no share.",
    ),
    is_not="the chance to return: who left lately has had little time, and who stopped publishing counts as abroad.",
    checked="brute force over each career; Wilson's interval by his formula over every value blank cells can have",
)


def compute(mobility_classes: pl.DataFrame) -> pl.DataFrame:
    from legation.resampling import ratio, wilson

    away, back = pl.col("migrants"), pl.col("returnees")
    bounds = mobility_classes.with_columns(
        away_low=away.fill_null(1),
        away_high=away.fill_null(MOST_IN_A_BLANK),
        back_low=back.fill_null(1),
        back_high=back.fill_null(MOST_IN_A_BLANK),
        left=away + back,
    ).filter(pl.col("away_high") + pl.col("back_high") > 0)
    away_low, away_high, back_low, back_high = (
        bounds[c].cast(pl.Float64).to_numpy() for c in ("away_low", "away_high", "back_low", "back_high")
    )
    least, most = back_low + away_high, back_high + away_low
    return bounds.select(
        "first_year",
        "year",
        "iso3",
        return_share=back.cast(pl.Float64) / pl.col("left"),
        return_share_low=pl.Series(wilson(ratio(back_low, least), least)[0], dtype=pl.Float64),
        return_share_high=pl.Series(wilson(ratio(back_high, most), most)[1], dtype=pl.Float64),
        left="left",
        returnees=back,
    )
