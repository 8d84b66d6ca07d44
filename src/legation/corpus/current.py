"""Which version of each work counts: the newest, unless the work was deleted or merged into another since.

Records are never rewritten. What is kept is the small table of rows that no longer count: file, row and why. It is made
anew from the identifiers alone, so it does not matter in which order files came.
"""

from __future__ import annotations

import csv
import gzip
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from legation.corpus._sql import ReadError, Sql, quoted
from legation.corpus.ingest import Records
from legation.errors import DataError

OLDER, DEPARTED = "an older version of a work", "a work deleted or merged into another since"
CYCLES_SHOWN = 5
LISTS = {
    ("work_id", "deleted_date"): "work_id AS id, NULL AS target, deleted_date AS day",
    ("merge_date", "id", "merge_into_id"): "id, merge_into_id AS target, merge_date AS day",
}
"""The columns of each kind of list of works that have left."""


@dataclass(frozen=True)
class Current:
    """`passed_over`: the rows of records that do not count (`file`, the place of the file among the records, and
    `row`), as a Parquet file; `counts` how many there are of each reason."""

    passed_over: Path
    counts: dict[str, int]


def current(sql: Sql, records: Sequence[Records], lists: Sequence[Path], gone: Sequence[str], spare: Path) -> Current:
    """Find the rows that do not count.

    A work that has left counts again if a version of it is newer than the day it left. Raises: DataError where a list
    cannot be read, or merges go round in a circle.
    """
    files = ", ".join(f"({number}, {quoted(one.path)})" for number, one in enumerate(records))
    names = ", ".join(quoted(one.path) for one in records)
    sql.rows(f"CREATE OR REPLACE TEMP TABLE file AS SELECT * FROM (VALUES {files}) AS f(file, filename)")
    sql.rows(
        f"CREATE OR REPLACE TEMP VIEW version AS SELECT work, updated, filename, file_row_number AS row "
        f"FROM read_parquet([{names}], filename=true, file_row_number=true) WHERE fault IS NULL"
    )
    _departures(sql, lists, gone)
    _require_no_circle(sql)
    sql.rows("CREATE OR REPLACE TEMP TABLE twice AS SELECT work FROM version GROUP BY work HAVING count(*) > 1")
    passed_over = spare / "passed-over.parquet"
    sql.copy(
        f"""SELECT file, row, min(why) AS why FROM (
            SELECT file, row, '{DEPARTED}' AS why FROM version JOIN departed USING (work) JOIN file USING (filename)
            WHERE departed.day IS NULL OR version.updated::DATE <= departed.day
            UNION ALL
            SELECT file, row, '{OLDER}' FROM (
                SELECT file, row,
                    row_number() OVER (PARTITION BY work ORDER BY updated DESC, file DESC, row DESC) AS place
                FROM version SEMI JOIN twice USING (work) JOIN file USING (filename)
            ) WHERE place > 1
        ) GROUP BY file, row ORDER BY file, row""",
        passed_over,
    )
    counted = sql.rows(f"SELECT why, count(*) FROM read_parquet({quoted(passed_over)}) GROUP BY why ORDER BY why")
    return Current(passed_over, {str(why): int(n) for why, n in counted})


def _departures(sql: Sql, lists: Sequence[Path], gone: Sequence[str]) -> None:
    """Tables of works that have left with the last day they did so, and of the works they were merged into."""
    read = "SELECT {} FROM read_csv({}, header=true, all_varchar=true)"
    parts = [read.format(LISTS[_header(path)], quoted(path)) for path in lists]
    parts += [f"SELECT '{identifier}' AS id, NULL AS target, NULL AS day" for identifier in gone]
    parts += ["SELECT NULL::VARCHAR AS id, NULL::VARCHAR AS target, NULL::VARCHAR AS day WHERE false"]
    number = r"try_cast(regexp_extract({}, '(\d+)$', 1) AS BIGINT)"
    try:
        sql.rows(
            f"CREATE OR REPLACE TEMP TABLE leaving AS SELECT {number.format('id')} AS work, {number.format('target')} "
            f"AS target, try_cast(substr(day, 1, 10) AS DATE) AS day FROM ({' UNION ALL BY NAME '.join(parts)})"
        )
    except ReadError as error:
        raise DataError(f"a list of deleted or merged works cannot be read: {error.said}; fetch it again") from None
    sql.rows(
        "CREATE OR REPLACE TEMP TABLE departed AS SELECT work, CASE WHEN count(day) = count(*) THEN max(day) END "
        "AS day FROM leaving WHERE work IS NOT NULL GROUP BY work"
    )


def _header(path: Path) -> tuple[str, ...]:
    try:
        with gzip.open(path, "rt", encoding="utf-8") if path.suffix == ".gz" else path.open(encoding="utf-8") as text:
            header = tuple(next(csv.reader(text), ()))
    except (EOFError, OSError, zlib.error, UnicodeDecodeError) as error:
        raise DataError(f"{path} cannot be read: {error}; fetch it again") from None
    if header not in LISTS:
        raise DataError(f"{path} has the columns {', '.join(header)}, which say nothing of deleted or merged works")
    return header


def _require_no_circle(sql: Sql) -> None:
    """Merges lead from work to work and must end; what is left after taking away every end and beginning is a circle.

    Raises: DataError that names the works.
    """
    sql.rows(
        "CREATE OR REPLACE TEMP TABLE edge AS SELECT work, arg_max(target, day) AS target FROM leaving "
        "WHERE target IS NOT NULL GROUP BY work"
    )
    before, left = -1, int(sql.rows("SELECT count(*) FROM edge")[0][0])
    while left not in (0, before):
        sql.rows(
            "CREATE OR REPLACE TEMP TABLE edge AS SELECT * FROM edge WHERE target IN (SELECT work FROM edge) "
            "AND work IN (SELECT target FROM edge)"
        )
        before, left = left, int(sql.rows("SELECT count(*) FROM edge")[0][0])
    if left:
        into = {int(work): int(target) for work, target in sql.rows("SELECT work, target FROM edge ORDER BY work")}
        shown = [" → ".join(f"W{work}" for work in circle) for circle in _circles(into)][:CYCLES_SHOWN]
        raise DataError(
            f"the lists of merged works go round in a circle, so that no work is left of these: {'; '.join(shown)}; "
            f"fetch the lists again, or tell the publisher"
        )


def _circles(into: dict[int, int]) -> Iterator[list[int]]:
    """Each circle once, from its lowest number back to it."""
    left = set(into)
    while left:
        circle = [min(left)]
        while (following := into[circle[-1]]) != circle[0]:
            circle.append(following)
        left -= set(circle)
        yield [*circle, circle[0]]
