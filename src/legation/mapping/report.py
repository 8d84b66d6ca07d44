"""What fits and what does not in a table somebody brings: counted by kind, the first rows of each kind shown."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

import polars as pl

MOST_SHOWN = 5
"""Rows shown of each kind of problem, and spellings of places without a country; all are counted."""
MOST_SPELLINGS = 20
LONGEST_SHOWN = 60


@dataclass(frozen=True)
class Problem:
    """A value that does not fit: where it stands, what it is, why it does not fit and what to do."""

    file: str
    line: int
    column: str
    value: str
    why: str
    mend: str

    def __str__(self) -> str:
        return f"{self.file}, line {self.line}, {self.column}: {self.value} {self.why}"


@dataclass
class Report:
    """The account of one reading.

    `read` counts rows by file, `left_out` rows that repeat a work and were to be left out, `rows` what the tables got.
    """

    read: Counter[str] = field(default_factory=Counter)
    left_out: Counter[str] = field(default_factory=Counter)
    rows: dict[str, int] = field(default_factory=dict)
    problems: dict[tuple[str, str, str], list[Problem]] = field(default_factory=dict)
    counts: Counter[tuple[str, str, str]] = field(default_factory=Counter)
    lines: set[tuple[str, int]] = field(default_factory=set)
    places: int = 0
    unmatched: Counter[str] = field(default_factory=Counter)
    unused: dict[str, list[str]] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    files: dict[str, str] = field(default_factory=dict)

    def keep(self, frame: pl.DataFrame, bad: pl.Series, column: str, why: str, mend: str, shown: str = "") -> None:
        """Note the rows of a frame with `file` and `line` that do not fit; `shown` holds the value if not `column`."""
        marked = bad.fill_null(False)
        if not marked.any():
            return
        rows = frame.filter(marked)
        kind = (column, why, mend)
        self.counts[kind] += rows.height
        self.lines.update(zip(rows["file"].to_list(), rows["line"].to_list(), strict=True))
        room = MOST_SHOWN - len(self.problems.setdefault(kind, []))
        for row in rows.head(max(room, 0)).iter_rows(named=True):
            value = visible(row.get(shown or column))
            self.problems[kind].append(Problem(row["file"], row["line"], column, value, why, mend))

    def fitting(self, frame: pl.DataFrame) -> pl.DataFrame:
        """The rows of a frame of which nothing was noted."""
        if not self.lines:
            return frame
        bad = pl.DataFrame(sorted(self.lines), schema={"file": pl.String, "line": pl.Int64}, orient="row")
        return frame.join(bad, on=["file", "line"], how="anti", maintain_order="left")

    @property
    def bad_rows(self) -> int:
        """How many rows hold something that does not fit."""
        return len(self.lines)

    @property
    def unmatched_share(self) -> float:
        """Which share of the places named has no country that is known."""
        return self.unmatched.total() / self.places if self.places else 0.0

    def told(self) -> Iterator[str]:
        """The report in lines of text: what was read, what fits, what does not and what to do about it."""
        yield from (f"{name}: {rows:,} rows read" for name, rows in self.read.items())
        for name, columns in self.unused.items():
            yield f"{name}: columns not used: {', '.join(columns)}"
        yield from (f"{rows:,} rows fit {name}" for name, rows in self.rows.items())
        yield from (f"{rows:,} rows left out: {why}" for why, rows in (+self.left_out).items())
        yield from self._places()
        yield from self.notes
        if not self.lines:
            yield "everything fits"
            return
        yield f"{self.bad_rows:,} rows do not fit:"
        for kind in sorted(self.counts, key=lambda k: -self.counts[k]):
            column, why, mend = kind
            yield f"  {self.counts[kind]:,} × {column} {why}: {mend}"
            yield from (f"    {problem}" for problem in self.problems[kind])
            if more := self.counts[kind] - len(self.problems[kind]):
                yield f"    … and {more:,} more"

    def _places(self) -> Iterator[str]:
        if not self.places:
            return
        without = self.unmatched.total()
        yield f"{self.places:,} places of authors named, {self.places - without:,} with a country ({without:,} without)"
        for spelling, times in self.unmatched.most_common(MOST_SPELLINGS):
            yield f"  no country known for {visible(spelling)}: {times:,} ×"
        if (more := len(self.unmatched) - MOST_SPELLINGS) > 0:
            yield f"  … and {more:,} more spellings"


def visible(value: object) -> str:
    """A value as it can be shown without doing harm: quoted, cut, with every control or direction mark written out."""
    text = "" if value is None else str(value)
    if not text:
        return "(empty)"
    cut = text if len(text) <= LONGEST_SHOWN else text[: LONGEST_SHOWN - 1] + "…"
    return "'" + "".join(c if c.isprintable() else f"\\u{ord(c):04x}" for c in cut) + "'"
