"""Raw files into files of records, one for each, whole or not at all.

Beside each file of records stands a note of what it was made from and what was found. Where the note fits the raw file,
the shape and the corrections, the file is taken over; so an increment reads what is new, and a reading that was stopped
goes on with the next file. A raw file that is no longer there takes its records with it.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from legation.corpus import lines, shape
from legation.corpus._sql import ReadError, Sql, quoted
from legation.corpus.corrections import Correction
from legation.corpus.raw import RawFile
from legation.errors import DataError
from legation.store import write_atomically

READ_AT_ONCE = 2
"""Files read side by side: while one is being written, the next is parsed."""
LARGEST_LINE_BYTES = 2**24
ATTEMPTS = 4

Progress = Callable[[str, int, int], None]


@dataclass(frozen=True)
class Records:
    """A file of records and the note beside it."""

    raw: RawFile
    path: Path
    note: dict[str, Any] = field(repr=False)


@dataclass(frozen=True)
class Ingest:
    """Everything needed to turn raw files into records in `folder`; `spare` is for files that are not finished."""

    folder: Path
    spare: Path
    sql: Sql
    corrections: tuple[Correction, ...]
    largest_line_bytes: int

    def kept(self, file: RawFile) -> Records | None:
        """The records of a file, if they are there and would come out the same today."""
        path = self.folder / f"{file.key}.parquet"
        try:
            note = json.loads(path.with_suffix(".json").read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return None
        keys = {correction.key for correction in self.corrections}
        made_with = note.get("corrections", {})
        same = keys <= made_with.keys() and all(key in keys or not n for key, n in made_with.items())
        whole = path.is_file() and path.stat().st_size == note.get("bytes")
        return Records(file, path, note) if same and whole and note.get("shape") == _shape() else None

    def read(self, files: Sequence[RawFile], progress: Progress) -> list[Records]:
        """The records of files, read where they are not there yet, several at a time.

        Raises: DataError that names file and line; what was finished before stays.
        """
        found = {file: kept for file in files if (kept := self.kept(file))}
        missing = sorted((f for f in files if f not in found), key=lambda f: (-f.size_bytes, f))
        pool = ThreadPoolExecutor(READ_AT_ONCE, thread_name_prefix="ingest")
        try:
            done, every = 0, sum(file.size_bytes for file in missing)
            for records in pool.map(self._read, missing):
                found[records.raw] = records
                done += records.raw.size_bytes
                progress(records.raw.name, done, every)
        finally:
            pool.shutdown(cancel_futures=True)
        return [found[file] for file in sorted(files)]

    def _read(self, file: RawFile) -> Records:
        unfinished = self.spare / f"{file.key}.parquet"
        strange = [] if file.columnar else lines.head(file.paths)
        sql = self.sql.cursor()
        try:
            self._write(sql, file, unfinished)
            note = self._note(sql, file, unfinished) | {"columns_not_used": strange}
            path = self.folder / unfinished.name
            with unfinished.open("rb") as stream:
                os.fsync(stream.fileno())
            unfinished.replace(path)
            write_atomically(path.with_suffix(".json"), json.dumps(note, ensure_ascii=False).encode())
        except OSError as error:
            raise DataError(f"{file.paths[0]} cannot be read into {self.folder}: {error}") from None
        finally:
            unfinished.unlink(missing_ok=True)
            sql.close()
        return Records(file, path, note)

    def _write(self, sql: Sql, file: RawFile, path: Path) -> None:
        """Write the records, stepping round what DuckDB stumbles over: lines longer than usual, or not whole."""
        cleaned = path.with_suffix(".jsonl")
        source, longest = list(file.paths), LARGEST_LINE_BYTES
        try:
            for _ in range(ATTEMPTS):
                try:
                    sql.copy(shape.select(self._source(sql, file, source, longest), self.corrections), path)
                    return
                except ReadError as error:
                    if error.cause == "length":
                        longest = self._longest(file)
                    elif error.cause == "syntax":
                        lines.without(file.paths, self._not_whole(sql, file, longest), cleaned)
                        source = [cleaned]
                    else:
                        raise _explained(file, error) from None
            raise DataError(f"{file.paths[0]} cannot be read; fetch it again")
        finally:
            cleaned.unlink(missing_ok=True)

    def _source(self, sql: Sql, file: RawFile, paths: Sequence[Path], longest: int) -> str:
        names = [str(path) for path in paths]
        if not file.columnar:
            return shape.source_of_lines(names, longest, "gzip" if paths[0].suffix == ".gz" else "none")
        return shape.source_of_columns(names, _columns(sql, file))

    def _longest(self, file: RawFile) -> int:
        """Room for the longest line of a file. Raises: DataError where memory has none."""
        place, length = max(
            (((path, number), len(line)) for path in file.paths for number, line in lines.each(path)),
            key=lambda found: found[1],
        )
        if length > self.largest_line_bytes:
            raise DataError(
                f"{place[0]}, line {place[1]}: {length / 1e6:.0f} MB long, more than the "
                f"{self.largest_line_bytes / 1e6:.0f} MB that this much memory lets through; give more with --memory"
            )
        return length + 2**20

    @staticmethod
    def _not_whole(sql: Sql, file: RawFile, longest: int) -> list[int]:
        """The rows that are not JSON, as DuckDB sees it."""
        names = ", ".join(map(quoted, file.paths))
        found = sql.rows(
            f"SELECT row FROM (SELECT row_number() OVER () - 1 AS row, json FROM read_ndjson_objects([{names}], "
            f"ignore_errors=true, maximum_object_size={longest})) WHERE json IS NULL"
        )
        return [int(row) for (row,) in found]

    def _note(self, sql: Sql, file: RawFile, path: Path) -> dict[str, Any]:
        table = f"read_parquet({quoted(path)}, file_row_number=true)"
        rows = sql.rows(f"SELECT count(*) FROM {table}")[0][0]
        first = f"list(file_row_number ORDER BY file_row_number)[:{lines.SUSPECTS_LOOKED_AT}]"
        faults = ", ".join(map(str, shape.REJECTED))
        faulty = sql.rows(
            f"SELECT fault, count(*), {first} FROM {table} WHERE fault IN ({faults}) GROUP BY fault ORDER BY fault"
        )
        hits = [
            sql.rows(f"SELECT coalesce(sum(corrected[{n}]), 0) FROM {table}")[0][0]
            for n, _ in enumerate(self.corrections, 1)
        ]
        return {
            "raw": file.name,
            "shape": _shape(),
            "rows": rows,
            "rejected": sum(count for _, count, _ in faulty),
            "bytes": path.stat().st_size,
            "samples": _samples(file, faulty),
            "corrections": {c.key: int(n) for c, n in zip(self.corrections, hits, strict=True)},
        }


def _samples(file: RawFile, faulty: Iterable[tuple[int, int, list[int]]]) -> list[str]:
    """Where the first rejected works stand, by reason.

    Raises: DataError where one is not a mistake in a work but a change of the format.
    """
    listed = list(faulty)
    shown = {fault: rows if fault == shape.SUSPECT else rows[: shape.SAMPLES_KEPT] for fault, _, rows in listed}
    wanted = [row for rows in shown.values() for row in rows]
    if file.columnar:
        at = {row: f"{file.paths[0].name}, row {row + 1}" for row in wanted}
    else:
        at = {}
        for row, (path, number, line) in lines.places(file.paths, wanted).items():
            work = lines.parsed(line)
            if work is not None:
                lines.require_readable(path, number, work)
            at[row] = f"{path.parent.name}/{path.name}, line {number}"
    return [f"{at[row]}: {shape.REJECTED[fault]}" for fault in shown for row in shown[fault][: shape.SAMPLES_KEPT]]


def _explained(file: RawFile, error: ReadError) -> DataError:
    """What to say where DuckDB cannot read a file; the line is looked for."""
    if not file.columnar:
        lines.require_whole_types(file.paths)
    return DataError(f"{file.paths[0]} cannot be read: {error.said}; fetch it again")


def _columns(sql: Sql, file: RawFile) -> dict[str, str]:
    """The columns of a Parquet file. Raises: DataError where a required one is missing or of another type."""
    try:
        present = sql.columns(f"SELECT * FROM read_parquet({quoted(file.paths[0])})")
    except ReadError as error:
        raise DataError(f"{file.paths[0]} cannot be read: {error.said}; fetch it again") from None
    for name in shape.REQUIRED:
        if name not in present:
            raise DataError(f"{file.paths[0]}: the required column {name} is missing")
    for name, wanted in shape.WORK.items():
        if name in present and not fits(present[name], wanted):
            raise DataError(
                f"{file.paths[0]}: column {name} is {present[name][:80]} where {shape.duckdb_type(wanted)} was "
                f"expected; if the publisher has changed its format, corpus/shape.py must follow"
            )
    return present


def fits(given: str, wanted: shape.Shape) -> bool:
    """Whether a column of a Parquet file has the outline of a shape: a list, a structure, a number, a flag, a text."""
    match wanted:
        case list():
            return given.endswith("[]")
        case dict():
            return given.startswith("STRUCT") and not given.endswith("[]")
        case shape.NUMBER:
            return re.fullmatch(r"U?(TINY|SMALL|BIG|HUGE)?INT(EGER)?", given) is not None
        case shape.FLAG:
            return given == "BOOLEAN"
        case _:
            return given in ("VARCHAR", "DATE") or given.startswith("TIMESTAMP")


def _shape() -> str:
    """A hash of how records are made, corrections left out: where it changes, all are made anew."""
    return hashlib.sha256(shape.select("", ()).encode() + repr(shape.WORK).encode()).hexdigest()[:16]
