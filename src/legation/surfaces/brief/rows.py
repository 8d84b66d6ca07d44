"""The rows of the tables of a brief: values as people read them, each with its years and source."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from legation import registry
from legation.answer import Answer
from legation.phrasing import Phrasing, inside
from legation.surfaces import display
from legation.surfaces.brief.document import Cell, Citations

Row = Mapping[str, Any]
Cells = tuple[Cell, ...]
BOUNDS = "; bounds"
"""What the unit of a measure says beside it where small cells are suppressed."""


def standing(row: Row, citations: Citations, say: Phrasing) -> Cells:
    """A line of evidence: measure over its unit, value, interval, rank, years, source."""
    told = (display.value(row["value"], row["format"]), display.interval(row, say), display.place(row, say))
    measure = say("{measure}: {about}", measure=row["measure"], about=inside(row["about"]))
    return (Cell((measure,), display.minus(row["unit"])), *_cells(*told, display.period(row)), _source(row, citations))


def partner(row: Row, say: Phrasing) -> Cells:
    """A partner: group, name, rank, share of draws, what stands beside, what lifts and lowers it."""
    return _cells(
        str(row["group"]),
        row["country"],
        f"{row['median_rank']:.0f} ({row['rank_low']:.0f}–{row['rank_high']:.0f})",
        display.chance(row["share_in_top"], say),
        display.value(row.get("joint_works"), "count"),
        display.value(row.get("ideal_point_distance"), "number"),
        row["lifted_by"] or display.NONE,
        row["lowered_by"] or display.NONE,
    )


def first_places() -> int:
    """Of how many first places the probability is given."""
    return int(registry.options(registry.questions()["partners"])["top"])


def criterion(row: Row, citations: Citations) -> Cells:
    """A criterion of the ranking, the evidence it stands on, and how many economies have it."""
    return (Cell((row["label"],)), Cell(citations.runs(row["stands_on"])), Cell((f"{row['economies']:,}",)))


def ties(pair: Answer, measures: Sequence[tuple[str, str]], citations: Citations, say: Phrasing) -> tuple[Cells, ...]:
    """The rows of these measures, of the technology, its fields and the whole; votes over all issues only."""
    declared = {
        (indicator, found.label[say.language]): found
        for indicator, name in measures
        for found in [registry.indicators()[indicator].measures[name]]
    }
    found = []
    for row in pair.table.iter_rows(named=True):
        measure = declared.get((row["indicator"], row["measure"]))
        if measure is not None and (row["indicator"] != "voting_agreement" or row["scope"] == "all"):
            # Bounds are written where a value is known only between two; beside a value they are left out.
            bounded = BOUNDS in measure.unit and row["value"] is not None
            found.append(_tie(row, row["unit"].split(";")[0] if bounded else row["unit"], citations, say))
    return tuple(found)


def _tie(row: Row, unit: str, citations: Citations, say: Phrasing) -> Cells:
    measure = say("{measure}: {about}", measure=row["measure"], about=inside(row["about"]))
    interval = display.NONE if row["value"] is None else display.interval(row, say)
    told = (measure if row["about"] else row["measure"], display.known(row, say), interval, display.minus(unit))
    return (*_cells(*told, display.period(row)), _source(row, citations))


def exposed(row: Row, citations: Citations, say: Phrasing) -> Cells:
    """What hangs on a country: what, on whom, which share, how far it votes, years, source."""
    what = say("{measure}: {about}", measure=row["kind"], about=inside(row["about"]))
    told = (what, row["country"], display.known(row, say), display.value(row.get("distance"), "number"))
    return (*_cells(*told, display.period(row)), _source(row, citations))


def _source(row: Row, citations: Citations) -> Cell:
    return Cell(citations.cite(row["source"]))


def _cells(*told: str) -> Cells:
    return tuple(Cell((text,)) for text in told)
