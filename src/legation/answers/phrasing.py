"""How numbers are put into words: shares, ranks with their intervals, ties."""

from __future__ import annotations


def percent(share: float) -> str:
    """A share as a percentage with two significant places: 0.0312 → 3.1 %, 0.0004 → 0.04 %."""
    value = share * 100
    digits = 0 if value >= 10 else 1 if value >= 1 else 2
    return f"{value:.{digits}f} %"


def number(value: float) -> str:
    """A number with separators: whole from 1,000 on, else with four significant places."""
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.4g}"


def span(low: float, high: float) -> str:
    """A 95 % interval of shares."""
    return f"95 % interval {percent(low)} to {percent(high)}"


def rank_of(rank: float, low: float | None, high: float | None, of: int) -> str:
    """A rank with its interval: "rank 5 of 60 (95 % interval 4 to 7)"; a shared or half rank is said as such.

    >>> rank_of(5, 4, 7, 60)
    'rank 5 of 60 (95 % interval 4 to 7)'
    """
    place = f"rank {rank:g} of {of}"
    if low is None or high is None:
        return place
    if low == high:
        return f"{place}, the same throughout the 95 % interval"
    return f"{place} (95 % interval {low:.0f} to {high:.0f})"


def listed(names: list[str]) -> str:
    """Names in a row: "A", "A and B", "A, B and C"."""
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
