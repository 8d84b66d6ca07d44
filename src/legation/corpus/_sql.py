"""SQL on DuckDB, for what no data frame is: reading nested files of any size within a limit of memory.

Beside `engine`, this is the only module that knows DuckDB: an engine runs expressions over tables that fit the
Narwhals interface; reading nested JSON with an explicit shape, and taking a few rows out of billions, does not.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Literal, Self

import polars as pl

from legation.errors import LegationError, StoreError, UserError

KEPT = "what was read so far is kept"
UNITS = {"": 1, "K": 10**3, "M": 10**6, "G": 10**9, "T": 10**12}
FULL = ("No space left", "File too large", "Disk quota", "max_temp_directory_size", "Invalid thrift: transport error")
"""How DuckDB, the system, and Polars where it cannot write the head of a page, say that there is no room."""
REFUSED = ("Permission denied", "Cannot open file", "Read-only file system")

Cause = Literal["syntax", "type", "length", "compression", "other"]
CAUSES: dict[Cause, str] = {
    "syntax": "Malformed JSON",
    "length": "maximum_object_size",
    "type": "JSON transform error",
    "compression": "GZIP stream",
}


class ReadError(LegationError):
    """A raw file that DuckDB cannot read; `cause` says in which way, `said` how DuckDB puts it."""

    def __init__(self, cause: Cause, said: str) -> None:
        super().__init__(said)
        self.cause: Cause = cause
        self.said = said


class Sql:
    """A connection that holds to a limit of memory and spills into a folder; cursors of it work at the same time."""

    def __init__(self, memory_bytes: int, folder: Path, threads: int, _connection: Any = None) -> None:
        import duckdb

        self._error = duckdb.Error
        self._folder = folder
        limits: dict[str, str | int | float | list[str]] = {
            "memory_limit": f"{memory_bytes // 10**6}MB",
            "threads": threads,
            "temp_directory": str(folder),
        }
        self._connection = _connection or duckdb.connect(config=limits)

    def cursor(self) -> Self:
        """A second connection to the same tables, for another thread of this program."""
        return type(self)(0, self._folder, 0, self._connection.cursor())

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        """The rows of a query.

        Raises: ReadError where a raw file cannot be read; StoreError where the disk is full or refuses; LegationError
        where memory does not suffice.
        """
        try:
            found: list[tuple[Any, ...]] = self._connection.execute(query).fetchall()
        except self._error as error:
            raise self._in_words(str(error)) from None
        return found

    def copy(self, query: str, path: Path) -> None:
        """Write the rows of a query as Parquet, in their order."""
        self.rows(f"COPY ({query}) TO {quoted(path)} (FORMAT parquet, COMPRESSION zstd)")

    def columns(self, query: str) -> dict[str, str]:
        """The columns of a query with their types."""
        return {str(row[0]): str(row[1]) for row in self.rows(f"DESCRIBE {query}")}

    def close(self) -> None:
        self._connection.close()

    def _in_words(self, said: str) -> LegationError:
        if any(sign in said for sign in FULL):
            return _full(self._folder)
        cause = next((cause for cause, sign in CAUSES.items() if sign in said), None)
        if cause:
            return ReadError(cause, said.splitlines()[0])
        if any(sign in said for sign in REFUSED):
            return ReadError("other", said.splitlines()[0])
        if "Out of Memory" in said:
            return LegationError(f"memory did not suffice; give more, such as --memory 8GB ({KEPT})")
        return ReadError("other", said.splitlines()[0])


@contextmanager
def disk(folder: Path) -> Iterator[None]:
    """Say in words why a folder cannot be written, whichever library finds out. Raises: StoreError."""
    import duckdb

    try:
        yield
    except (duckdb.Error, pl.exceptions.PolarsError) as error:
        if any(sign in str(error) for sign in FULL):
            raise _full(folder) from None
        raise
    except OSError as error:
        if any(sign in str(error) for sign in FULL):
            raise _full(folder) from None
        raise StoreError(f"cannot write {folder}: {error}; {KEPT}") from None


def _full(folder: Path) -> StoreError:
    return StoreError(f"the disk that holds {folder} is full; make room and begin again: {KEPT}")


def bytes_of(size: str) -> int:
    """A size in bytes: 4GB is 4,000,000,000.

    Raises: UserError if it is none.
    """
    found = re.fullmatch(r"\s*(\d+(?:\.\d+)?)\s*([KMGT]?)i?B\s*", size, re.IGNORECASE)
    if not found:
        raise UserError(f"{size!r} is no size; give one such as 4GB")
    return int(float(found[1]) * UNITS[found[2].upper()])


def quoted(text: object) -> str:
    """Text as SQL writes it."""
    return "'" + str(text).replace("'", "''") + "'"
