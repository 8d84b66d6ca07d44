"""The only module that knows a query engine. Indicators are Narwhals expressions; an engine runs them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

import narwhals as nw
import polars as pl

from legation.errors import unknown


class Engine(Protocol):
    """Reads Parquet files lazily and turns a lazy frame into rows."""

    def scan(self, files: Sequence[Path]) -> nw.LazyFrame[object]:
        """Rows of Parquet files that share their columns."""

    def lazy(self, frame: pl.DataFrame) -> nw.LazyFrame[object]:
        """Rows in memory, as the engine sees them."""

    def collect(self, frame: nw.LazyFrame[object]) -> pl.DataFrame:
        """The rows of a lazy frame."""


class DuckDB:
    """The embedded engine: one process, columnar, spills to disk under `memory`."""

    def __init__(self, memory: str | None = None, threads: int | None = None) -> None:
        import duckdb

        limits = {"memory_limit": memory, "threads": threads}
        self._connection = duckdb.connect(config={k: v for k, v in limits.items() if v is not None})

    def scan(self, files: Sequence[Path]) -> nw.LazyFrame[object]:
        return nw.from_native(self._connection.read_parquet([str(f) for f in files])).lazy()

    def lazy(self, frame: pl.DataFrame) -> nw.LazyFrame[object]:
        return nw.from_native(self._connection.from_arrow(frame)).lazy()

    def collect(self, frame: nw.LazyFrame[object]) -> pl.DataFrame:
        return frame.to_native().pl()  # type: ignore[attr-defined, no-any-return]


class Polars:
    """The engine of the worked examples: in memory."""

    def scan(self, files: Sequence[Path]) -> nw.LazyFrame[object]:
        return nw.from_native(pl.scan_parquet(list(files)))

    def lazy(self, frame: pl.DataFrame) -> nw.LazyFrame[object]:
        return nw.from_native(frame.lazy())

    def collect(self, frame: nw.LazyFrame[object]) -> pl.DataFrame:
        return frame.to_native().collect()  # type: ignore[attr-defined, no-any-return]


def open_engine(name: str = "duckdb", memory: str | None = None) -> Engine:
    """The engine called `name`.

    Raises: UserError for an unknown name.
    """
    if name == "duckdb":
        return DuckDB(memory=memory)
    if name == "polars":
        return Polars()
    raise unknown("engine", name, ("duckdb", "polars"))
