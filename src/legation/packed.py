"""Tables held in little memory: repeated texts stand as short numbers for them, and whole numbers as short as they are.

Results name countries, fields and sources in every row, so that they take less than half. Rows are taken from them as
they were.
"""

from __future__ import annotations

import io
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Self

import polars as pl

REPEATED = 4
"""Texts are packed where each occurs so often on average: else the list of them takes what it spares."""


@dataclass(frozen=True)
class Packed:
    """A table in short types, and the types it had."""

    frame: pl.DataFrame
    schema: pl.Schema

    @classmethod
    def of(cls, frame: pl.DataFrame) -> Self:
        """Pack a table.

        >>> table = pl.DataFrame({"iso3": ["KOR", "KOR", "KOR", "CHE"] * 3, "works": range(12)})
        >>> Packed.of(table).size < table.estimated_size(), Packed.of(table).rows().equals(table)
        (True, True)
        >>> Packed.of(table).rows([("iso3", "CHE")])["works"].to_list()
        [3, 7, 11]
        """
        return cls(apart(pl.DataFrame([_short(column) for column in frame])), frame.schema)

    @property
    def size(self) -> int:
        """Bytes it takes."""
        return int(self.frame.estimated_size())

    def rows(self, where: Iterable[tuple[str, str]] = ()) -> pl.DataFrame:
        """The rows whose columns have these values, all if none are given, in the types they had."""
        wanted = [self._is(column, value) for column, value in where]
        return (self.frame.filter(*wanted) if wanted else self.frame).cast(self.schema)

    def _is(self, column: str, value: str) -> pl.Expr:
        held = self.frame.schema[column]
        known = not isinstance(held, pl.Enum) or value in held.categories
        return pl.col(column) == value if known else pl.lit(False)


def _short(column: pl.Series) -> pl.Series:
    if column.dtype.is_integer():
        return column.shrink_dtype()
    if column.dtype != pl.String:
        return column
    texts = column.drop_nulls().unique()
    return column.cast(pl.Enum(texts)) if len(texts) * REPEATED <= len(column) else column


def apart(frame: pl.DataFrame) -> pl.DataFrame:
    """The same rows in memory of their own: rows that stood together in a larger table are else a view of it, and keep
    all of it in memory for as long as they are kept."""
    frame.write_ipc(written := io.BytesIO())
    written.seek(0)
    return pl.read_ipc(written)
