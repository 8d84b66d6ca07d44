"""How values are written for people, the same on every surface: shares as percentages, intervals, ranks, periods."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def value(number: float | None, unit: str) -> str:
    """A value in its unit: a share as a percentage, a count whole, anything else with three significant places."""
    if number is None:
        return "not known"
    if unit.startswith("share"):
        return f"{number:.1%}" if abs(number) >= 0.01 or number == 0 else f"{number:.2%}"
    if abs(number) >= 1000 or float(number).is_integer():
        return f"{number:,.0f}"
    return f"{number:.3g}"


def interval(row: Mapping[str, Any]) -> str:
    """The 95 % interval of a row's value, or nothing where there is none."""
    if row.get("low") is None or row["low"] == row["value"] == row["high"]:
        return ""
    return f"{value(row['low'], row['unit'])} – {value(row['high'], row['unit'])}"


def place(row: Mapping[str, Any]) -> str:
    """A rank of how many, with its 95 % interval."""
    if row.get("rank") is None:
        return ""
    text = f"{row['rank']:.0f} of {row['of']}"
    if row["rank_low"] is None or row["rank_low"] == row["rank_high"]:
        return text
    return f"{text} ({row['rank_low']:.0f} – {row['rank_high']:.0f})"


def period(row: Mapping[str, Any]) -> str:
    """The years a row covers."""
    return str(row["year"]) if row["first_year"] == row["year"] else f"{row['first_year']}–{row['year']}"
