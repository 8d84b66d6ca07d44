"""The engines. Indicators are Narwhals expressions; an engine runs them. No other module knows DuckDB or Spark, but for
`spark`, by which the last is reached."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Protocol

import narwhals as nw
import polars as pl
import polars.selectors as cs

from legation import spark
from legation.errors import LegationError, UserError, unknown

ENGINES = ("duckdb", "polars", "spark")
MOST_ROWS_IN_MEMORY = 20_000_000
"""A store of no more rows is worked on in memory where no engine is asked for, a larger one within a limit of it."""
MOST_SENT_ROWS = 2_000_000
"""Tables of no more rows are sent to a cluster; the files of larger ones its machines must see for themselves."""


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
    no longer give the same bytes. What does not fit into memory goes into a folder in `folder`, by default where
    temporary files go, which is removed at the end.
    """

    def __init__(self, memory: str | None = None, threads: int = 1, folder: Path | None = None) -> None:
        import duckdb

        self._folder = TemporaryDirectory(prefix="legation-engine-", dir=folder)
        self._frames = 0
        limits = {"memory_limit": memory, "threads": threads, "temp_directory": self._folder.name}
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
        except duckdb.DataError as error:
            raise LegationError(f"the engine cannot compute this: {str(error).partition(chr(10))[0]}") from None
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
    """The engine of small stores, such as the embedded pack: in memory, and safe among threads."""

    def scan(self, files: Sequence[Path]) -> nw.LazyFrame[Any]:
        return nw.from_native(pl.scan_parquet(list(files)))

    def lazy(self, frame: pl.DataFrame) -> nw.LazyFrame[Any]:
        return nw.from_native(frame.lazy())

    def collect(self, frame: nw.LazyFrame[Any]) -> pl.DataFrame:
        rows: pl.DataFrame = frame.to_native().collect()
        return rows


class Spark:
    """The engine of a cluster: a Spark master, a Spark Connect server, or this machine as `local[*]`.

    No Python runs on the workers; they need nothing but Spark. Rows travel as Arrow. Where Spark runs on this machine,
    a file is read where it lies; a cluster is sent its rows, or reads a large one at the same path.
    """

    def __init__(self, master: str | None = None, memory: str | None = None) -> None:
        self._session, self.address = spark.session(master, memory)

    def scan(self, files: Sequence[Path]) -> nw.LazyFrame[Any]:
        if not spark.is_here(self.address) and _rows(files) <= MOST_SENT_ROWS:
            return self.lazy(pl.concat([pl.read_parquet(file) for file in files], how="vertical_relaxed"))
        with spark.failures(self.address):
            return _lazy(self._session.read.parquet(*(f"file://{file.resolve()}" for file in files)))

    def lazy(self, frame: pl.DataFrame) -> nw.LazyFrame[Any]:
        # Spark has no unsigned numbers, and no way to add up a column of a type not known.
        signed = frame.cast({cs.unsigned_integer() | cs.by_dtype(pl.Null): pl.Int64})
        with spark.failures(self.address):
            sent = self._session.createDataFrame(signed.to_arrow())
            # A question to a Spark Connect server holds the rows of a frame as often as it names it, unless the server
            # keeps them.
            return _lazy(sent.localCheckpoint() if spark.is_connect(self.address) else sent)

    def collect(self, frame: nw.LazyFrame[Any]) -> pl.DataFrame:
        with spark.failures(self.address):
            return pl.DataFrame(frame.to_native().toArrow())


def _rows(files: Sequence[Path]) -> int:
    return int(pl.scan_parquet(list(files)).select(pl.len()).collect().item())


def _lazy(frame: Any) -> nw.LazyFrame[Any]:
    lazy: nw.LazyFrame[Any] = nw.from_native(frame)
    return lazy


def suited(rows: int) -> str:
    """The name of the engine for a store of so many rows."""
    return "polars" if rows <= MOST_ROWS_IN_MEMORY else "duckdb"


def check_engine(name: str, master: str | None = None) -> str:
    """The name of an engine there is.

    Raises: UserError for an unknown name, an unknown master, or a master for an engine that has none.
    """
    if name not in ENGINES:
        raise unknown("engine", name, ENGINES)
    if master is not None and name != "spark":
        raise UserError(f"the engine {name} has no master; leave it out, or choose the engine spark")
    if master is not None:
        spark.check_master(master)
    return name


def open_engine(name: str = "duckdb", memory: str | None = None, master: str | None = None) -> Engine:
    """The engine called `name`; `master` says where Spark runs, on this machine if nothing else is said.

    Raises: UserError for an unknown name or master; LegationError where Spark cannot be started or reached.
    """
    match check_engine(name, master):
        case "spark":
            return Spark(master, memory)
        case "polars":
            return Polars()
        case _:
            return DuckDB(memory=memory)
