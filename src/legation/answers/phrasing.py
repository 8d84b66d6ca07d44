"""How numbers are put into words: shares, ranks with their intervals, ties."""

from __future__ import annotations

import math


def percent(share: float) -> str:
    """A share as a percentage with two significant places: 0.0312 → 3.1 %, 0.00041 → 0.041 %.

    >>> percent(0.912), percent(0.000031), percent(0)
    ('91 %', '0.0031 %', '0 %')
    """
    value = share * 100
    digits = 0 if value == 0 else max(0, 1 - math.floor(math.log10(abs(value))))
    return f"{value:.{digits}f} %"


def number(value: float) -> str:
    """A number with separators: whole from 1,000 on or if it is whole, else with three significant places.

    >>> number(7440.2), number(22.0), number(0.21773), number(-1.9)
    ('7,440', '22', '0.218', '-1.90')
    """
    if abs(value) >= 1000 or float(value).is_integer():
        return f"{value:,.0f}"
    return f"{value:.{max(0, 2 - math.floor(math.log10(abs(value))))}f}"


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


def inside(label: str) -> str:
    """A label inside a sentence: its first letter small, unless it begins with an acronym.

    >>> inside("Share of works"), inside("PP(top 10 %)")
    ('share of works', 'PP(top 10 %)')
    """
    return label if label[1:2].isupper() else label[:1].lower() + label[1:]


def listed(names: list[str], last: str = "and") -> str:
    """Names in a row: "A", "A and B", "A, B and C"."""
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} {last} {names[-1]}"
