"""What open access and company share have in common: works for which something is true, false or not known."""

from typing import Any

import polars as pl

from legation.indicators._measures import with_interval
from legation.indicators._works import credits, window
from legation.model import Measure, Text


def measures(name: str, label: Text) -> dict[str, Measure]:
    """The share with its interval, the output it is of, and what is left out."""
    return with_interval(name, label, "share of the fractional output for which it is known", None) | {
        "known_output": Measure(
            {"en": "Output for which it is known", "ko": "여부가 알려진 논문 산출"}, "works, fractional", None, "number"
        ),
        "unknown_share": Measure(
            {"en": "Output left out: not known", "ko": "여부 미상으로 제외된 비중"},
            "share of the fractional output",
            None,
            "share",
        ),
    }


def share(
    works: pl.DataFrame,
    authorships: pl.DataFrame,
    flag: str,
    name: str,
    *,
    window_years: int,
    lag_years: int,
    draws: int,
    seed: int,
) -> pl.DataFrame:
    """Each country's share of fractional output where `flag` is true; no rows where it is known of no work."""
    from legation.resampling import bootstrap, collapse, ratio
    from legation.resampling import with_interval as interval_of

    recent, dates = window(works, window_years, lag_years, snapshots=True)
    if recent[flag].null_count() == recent.height:
        recent = recent.clear()
    told = recent.with_columns(
        yes=pl.col(flag).fill_null(False).cast(pl.Float64), known=pl.col(flag).is_not_null().cast(pl.Float64)
    )
    patterns = collapse(told, credits(told, authorships), ["yes", "known"])
    drawn, found = bootstrap(patterns, draws, seed), patterns.estimate
    shares = [ratio(each["yes"], each["known"]) for each in (found, drawn)]
    columns: dict[str, Any] = {
        "iso3": pl.Series(patterns.countries, dtype=pl.String),
        **interval_of(name, *shares),
        "known_output": found["known"],
        "unknown_share": 1 - ratio(found["known"], found["credit"]),
    }
    return pl.DataFrame(columns).fill_nan(None).with_columns(**dates)
