"""What to ask of a partner and what to offer it: where one is ahead beyond chance, and what each needs of the other."""

from __future__ import annotations

from typing import Any

from legation.answer import Finding
from legation.answers._gains import DIRECTION
from legation.answers._talk import Point, Row, Talk, cited
from legation.language import words
from legation.phrasing import inside, number, percent

LINES_SHOWN = 2
"""Lines on which one is ahead, of either."""
SPECIALISATION = ("patent_rca", "revealed_comparative_advantage")
"""Told among the needs."""
AHEAD = words(
    "By {measure} in {about}{unit}, {giver} is ahead of {taker}: {more} (95 % interval {more_low} to {more_high}) "
    "against {less} ({less_low} to {less_high}; {source}, {years}{near})."
)
NOTHING = words(
    "On no line measured here is {giver} ahead of {taker} beyond chance, and nothing measured here says that {taker} "
    "needs something from it."
)
CAVEAT = " {caveat}"
"""The place of the caveat in a sentence about needs: a brief gives each caveat once, at its end."""


def exchange(told: Talk) -> None:
    """Asks are where the partner is ahead and what is needed from it; offers the other way round."""
    if not told.partner:
        return
    here, there = told.names["here"], told.names["there"]
    for part, giver, taker, sides in (
        ("asks", there, here, ("partner", "home")),
        ("offers", here, there, ("home", "partner")),
    ):
        _ahead(told, part, giver, taker, *sides)
        _needed(told, part, giver, taker)
        if not told.points[part]:
            told.find(NOTHING, part, None, (), giver=giver, taker=taker)


def _ahead(told: Talk, part: str, giver: str, taker: str, more: str, less: str) -> None:
    """The first lines, one an indicator, on which one is ahead by every source that has it."""
    every = [row for row in told.rows("pair", "side_by_side") if row["indicator"] not in SPECIALISATION]
    doubted = {_line(row) for row in every if not _apart(row, more, less)}
    first: dict[str, Row] = {}
    for row in every:
        if _line(row) not in doubted:
            first.setdefault(row["indicator"], row)
    for row in list(first.values())[:LINES_SHOWN]:
        told.find(
            AHEAD, part, told.figure("pair", "side_by_side"), (row,), giver=giver, taker=taker,
            measure=inside(row["measure"]), about=inside(row["about"]), near=told.near(row),
            unit="" if row["format"] == "share" else f" ({row['unit']})", **_sides(row, more, less), **cited(row),
        )  # fmt: skip


def _line(row: Row) -> tuple[str, ...]:
    """What rows of several sources, or of several kinds of patents, have in common."""
    return row["indicator"], row["measure"], row["scope"]


def _apart(row: Row, more: str, less: str) -> bool:
    """Whether the whole interval of one lies above that of the other; on every line of `position` more is better."""
    low, high = row.get(f"{more}_low"), row.get(f"{less}_high")
    return low is not None and high is not None and bool(low > high)


def _sides(row: Row, more: str, less: str) -> dict[str, Any]:
    """The values of both with their intervals, written out."""
    told = percent if row["format"] == "share" else number
    ends = {"": "", "_low": "_low", "_high": "_high"}
    return {
        f"{name}{end}": told(row[f"{side}{end}"]) for name, side in (("more", more), ("less", less)) for end in ends
    }


def _needed(told: Talk, part: str, giver: str, taker: str) -> None:
    """What the taker needs from the giver, as the dossier of the two says it, or that nothing shows a need."""
    direction = told.say(DIRECTION, needy=taker, giver=giver)
    rows = tuple(told.rows("pair", "needs", direction=direction))
    for finding in told.answers["pair"].findings:
        if finding.values.get("needy") == taker and finding.values.get("giver") == giver:
            said = Finding(finding.words.replace(CAVEAT, ""), finding.values)
            shown = "items" in finding.values
            told.points[part].append(Point(said, told.figure("pair", "needs"), rows) if shown else Point(said))
