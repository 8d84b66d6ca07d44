"""The only module that knows a query engine. Indicators are Narwhals expressions; an engine runs them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Protocol

import narwhals as nw
import polars as pl

from legation.errors import LegationError, UserError, unknown

ENGINES = ("duckdb", "polars")


class Engine(Protocol):
    """Reads Parquet files lazily and turns a lazy frame into rows."""

    def scan(self, files: Sequence[Path]) -> nw.LazyFrame[Any]:
        """Rows of Parquet files that share their columns."""

    def lazy(self, frame: pl.DataFrame) -> nw.LazyFrame[Any]:
        """Rows in memory, as the engine sees them."""

    def collect(self, frame: nw.LazyFrame[Any]) -> pl.DataFrame:
        """The rows of a lazy frame."""


class DuckDB:
    """The embedded engine: one process, columnar, spills to disk under `memory`.

    One thread unless more are asked for: several add fractions in a different order each time, and the same files would
    no longer give the same bytes.
    """

    def __init__(self, memory: str | None = None, threads: int = 1) -> None:
        import duckdb

        self._folder = TemporaryDirectory(prefix="legation-engine-")
        self._frames = 0
        limits = {"memory_limit": memory, "threads": threads}
        try:
            self._connection = duckdb.connect(config={k: v for k, v in limits.items() if v is not None})
        except duckdb.Error as error:
            raise UserError(f"the engine cannot use memory {memory!r}: {error}; give a size such as 4GB") from None

    def scan(self, files: Sequence[Path]) -> nw.LazyFrame[Any]:
        return nw.from_native(self._connection.read_parquet([str(f) for f in files])).lazy()

    def lazy(self, frame: pl.DataFrame) -> nw.LazyFrame[Any]:
        path = self._exchange()
        frame.write_parquet(path, compression="uncompressed")
        return self.scan([path])

    def collect(self, frame: nw.LazyFrame[Any]) -> pl.DataFrame:
        import duckdb

        path = self._exchange()
        try:
            frame.to_native().write_parquet(str(path), compression="uncompressed")
        except duckdb.OutOfMemoryException:
            raise LegationError("the engine ran out of memory; give it more, such as --memory 4GB") from None
        rows = pl.read_parquet(path)
        path.unlink()
        return rows

    def _exchange(self) -> Path:
        """A file for rows on their way between DuckDB and Polars.

        It spares pyarrow, through which alone DuckDB takes frames in memory, and the leaks its binding warns of at exit
        after it has given some.
        """
        self._frames += 1
        return Path(self._folder.name) / f"{self._frames}.parquet"


class Polars:
    """The engine of the worked examples: in memory."""

    def scan(self, files: Sequence[Path]) -> nw.LazyFrame[Any]:
        return nw.from_native(pl.scan_parquet(list(files)))

    def lazy(self, frame: pl.DataFrame) -> nw.LazyFrame[Any]:
        return nw.from_native(frame.lazy())

    def collect(self, frame: nw.LazyFrame[Any]) -> pl.DataFrame:
        rows: pl.DataFrame = frame.to_native().collect()
        return rows


def check_engine(name: str) -> str:
    """The name of an engine there is.

    Raises: UserError for an unknown name.
    """
    if name not in ENGINES:
        raise unknown("engine", name, ENGINES)
    return name


def open_engine(name: str = "duckdb", memory: str | None = None) -> Engine:
    """The engine called `name`.

    Raises: UserError for an unknown name.
    """
    return DuckDB(memory=memory) if check_engine(name) == "duckdb" else Polars()
