"""Single lines of raw files: looked at before DuckDB reads them all, and when it cannot."""

from __future__ import annotations

import gzip
import json
import zlib
from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager
from itertools import islice
from pathlib import Path
from typing import Any

from legation.corpus import shape
from legation.errors import DataError

LOOKED_AT_FIRST = 20
SUSPECTS_LOOKED_AT = 100


def head(paths: Sequence[Path]) -> list[str]:
    """Look at the first lines of files; give the fields that are not known.

    Raises: DataError with file and line where a required field is missing or one has another type: what a publisher
    changes, it changes in every line.
    """
    known = {*shape.WORK, *shape.KNOWN.split()}
    strange: set[str] = set()
    for path in paths:
        for number, line in islice(each(path), LOOKED_AT_FIRST):
            work = parsed(line)
            if work is not None:
                require_readable(path, number, work)
                strange.update(set(work) - known)
    return sorted(strange)


def each(path: Path) -> Iterator[tuple[int, bytes]]:
    """The lines of a file that hold anything, each with its number.

    Raises: DataError where the file breaks off.
    """
    number = 0
    try:
        with opened(path) as stream:
            for number, line in enumerate(stream, 1):
                if not line.isspace():
                    yield number, line
    except PermissionError:
        raise DataError(f"{path} may not be read; see to its permissions") from None
    except (EOFError, OSError, zlib.error) as error:
        raise DataError(f"{path} breaks off after line {number} ({error}); fetch it again") from None


def opened(path: Path) -> AbstractContextManager[Iterable[bytes]]:
    """The lines of a file, packed or not."""
    return gzip.open(path) if path.suffix == ".gz" else path.open("rb")


def parsed(line: bytes) -> Any:
    """What a line holds, or none where it is not whole JSON in UTF-8."""
    try:
        return json.loads(line)
    except ValueError:
        return None


def require_readable(path: Path, number: int, work: Any) -> None:
    if said := shape.problem(work):
        raise DataError(
            f"{path}, line {number}: {said}; if the publisher has changed its format, corpus/shape.py must follow"
        )


def places(paths: Sequence[Path], rows: Collection[int]) -> dict[int, tuple[Path, int, bytes]]:
    """Where rows of records come from: their file, line and text; rows are counted from 0 over all files."""
    wanted, found, last = set(rows), {}, max(rows, default=-1)
    row = -1
    for path in paths:
        if row >= last:
            break
        for number, line in each(path):
            row += 1
            if row in wanted:
                found[row] = (path, number, line)
            if row >= last:
                break
    return found


def require_whole_types(paths: Sequence[Path]) -> None:
    """Look for the line that stopped DuckDB. Raises: DataError that names it."""
    for path in paths:
        for number, line in each(path):
            work = parsed(line)
            if work is not None:
                require_readable(path, number, work)


def without(paths: Sequence[Path], rows: Collection[int], copy: Path) -> None:
    """Copy files into one, with an empty record in place of rows that are not whole, so that the others keep theirs."""
    left_out, row = set(rows), -1
    with copy.open("wb") as stream:
        for path in paths:
            for _, line in each(path):
                row += 1
                stream.write(b"{}\n" if row in left_out else line.rstrip(b"\r\n") + b"\n")
