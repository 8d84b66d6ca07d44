"""How numbers are put into words: shares, ranks with their intervals, ties."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from legation.answer import Finding
from legation.language import translate, words


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


def inside(label: str) -> str:
    """A label inside a sentence: its first letter small, unless it begins with an acronym.

    >>> inside("Share of works"), inside("PP(top 10 %)")
    ('share of works', 'PP(top 10 %)')
    """
    return label if label[1:2].isupper() else label[:1].lower() + label[1:]


def years(first: int, last: int) -> str:
    """A period: one year, or the first and last."""
    return str(last) if first == last else f"{first}–{last}"


AND, OR = words("and"), words("or")
RANK = words("rank {rank:g} of {of}")
SAME_RANK = words("rank {rank:g} of {of}, the same throughout the 95 % interval")
RANK_BETWEEN = words("rank {rank:g} of {of} (95 % interval {low:.0f} to {high:.0f})")
SPAN = words("95 % interval {low} to {high}")


@dataclass(frozen=True)
class Phrasing:
    """Words in one language.

    >>> Phrasing()("{n} works", n=3), Phrasing("ko").listed(["A", "B", "C"])
    ('3 works', 'A, B 및 C')
    """

    language: str = "en"

    def __call__(self, text: str, /, **values: object) -> str:
        """Words with what fills them."""
        return str(Finding(translate(text, self.language), values))

    def listed(self, names: Sequence[str], last: str = AND) -> str:
        """Names in a row: "A", "A and B", "A, B and C"."""
        if len(names) == 1:
            return names[0]
        return f"{', '.join(names[:-1])} {translate(last, self.language)} {names[-1]}"

    def span(self, low: float, high: float) -> str:
        """A 95 % interval of shares."""
        return self(SPAN, low=percent(low), high=percent(high))

    def rank_of(self, rank: float, low: float | None, high: float | None, of: int) -> str:
        """A rank with its interval; a shared or half rank is said as such.

        >>> Phrasing().rank_of(5, 4, 7, 60)
        'rank 5 of 60 (95 % interval 4 to 7)'
        """
        told = {"rank": rank, "of": of}
        if low is None or high is None:
            return self(RANK, **told)
        if low == high:
            return self(SAME_RANK, **told)
        return self(RANK_BETWEEN, **told, low=low, high=high)
