"""What part of a country's output is in a field, beside that part of everybody's, with the interval chance gives it."""

from collections.abc import Sequence

import narwhals as nw

from legation.constants import Z_95
from legation.indicators._measures import with_interval
from legation.model import Measure, Text


def measures(rca: Text, symmetric: Text, of_whom: str) -> dict[str, Measure]:
    """The ratio and its symmetric form, each with its interval; `of_whom` names what 1 and 0 stand for."""
    return with_interval("rca", rca, f"ratio; 1 = {of_whom}", "higher", "ratio") | with_interval(
        "symmetric_rca", symmetric, f"-1 to 1; 0 = {of_whom}", "higher", "index"
    )


def advantage(parts: nw.LazyFrame, counted: str, by: Sequence[str]) -> nw.LazyFrame:
    """Columns `by`, `scope`, `iso3`, `rca`, `symmetric_rca` and the ends of their intervals, from counts by field.

    RCA = p / q with p = x_cf / x_c and q = x_f / x. The interval is Wilson's for p among x_c: what the country has is
    drawn anew with its total kept, q stays as it is. Countries and fields without any are left out. Wilson 1927,
    doi:10.1080/01621459.1927.10502953.
    """
    x = nw.col(counted).cast(nw.Float64)
    totals = parts.with_columns(
        of_country=x.sum().over(*by, "iso3"), of_field=x.sum().over(*by, "scope"), of_world=x.sum().over(*by)
    ).filter(nw.col("of_country") > 0, nw.col("of_field") > 0)
    shares = totals.with_columns(
        p=x / nw.col("of_country"),
        q=nw.col("of_field") / nw.col("of_world"),
        spread=nw.lit(Z_95**2) / nw.col("of_country"),
    )
    p, spread = nw.col("p"), nw.col("spread")
    centre, half = p + spread / 2, (p * (nw.lit(1.0) - p) * spread + spread * spread / 4) ** 0.5
    ends = shares.with_columns(
        low=(centre - half) / (nw.lit(1.0) + spread), high=(centre + half) / (nw.lit(1.0) + spread)
    )
    # Rounding may put the low end of a share of nought a hair below it.
    low = nw.when((p > 0) & (nw.col("low") > 0)).then(nw.col("low")).otherwise(nw.lit(0.0))
    ratios = {"rca": p, "rca_low": low, "rca_high": nw.col("high")}
    found = ends.with_columns(**{name: share / nw.col("q") for name, share in ratios.items()})
    symmetric = {f"symmetric_{name}": (nw.col(name) - 1) / (nw.col(name) + 1) for name in ratios}
    return found.with_columns(**symmetric).select(*by, "scope", "iso3", *ratios, *symmetric)
