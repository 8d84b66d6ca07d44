"""How concentrated amounts are on few countries, alike in every indicator that asks it."""

from collections.abc import Sequence

import narwhals as nw

from legation.model import Measure

HHI = Measure(
    {"en": "Herfindahl index", "ko": "허핀달 지수"}, "sum of squared shares; 1 = all with one", "lower", "index"
)


def concentrated(amounts: nw.LazyFrame, by: Sequence[str], who: str) -> nw.LazyFrame:
    """Columns `by`, `total`, `hhi`, `largest`, `largest_share`, `second_share` and `number` of a frame with `amount`.

    Shares are of the column `total`, which is the same in all rows of a world and at least the sum of their amounts;
    worlds where it is nought are left out. Of several with the largest amount the first by code is named; `number`
    counts those with more than nothing. Empty amounts are passed over.
    """
    shared = amounts.filter(nw.col("total") > 0).with_columns(share=nw.col("amount") / nw.col("total"))
    most = nw.col("share") == nw.col("share").max().over(*by)
    ordered = shared.with_columns(first=nw.when(most).then(nw.col(who))).with_columns(
        largest=nw.col("first").min().over(*by)
    )
    others = ordered.with_columns(
        other=nw.when(nw.col(who) != nw.col("largest")).then(nw.col("share")),
        square=nw.col("share") ** 2,
        there=(nw.col("amount") > 0).cast(nw.Int64),
    )
    return (
        others.group_by(*by, "total", "largest")
        .agg(
            hhi=nw.col("square").sum(),
            largest_share=nw.col("share").max(),
            second_share=nw.col("other").max(),
            number=nw.col("there").sum(),
        )
        .with_columns(nw.col("number").cast(nw.Int64))
    )
