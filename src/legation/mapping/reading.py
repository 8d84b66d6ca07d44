"""The columns of somebody's file that a mapping names, as text, each row with the line it stands on."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from itertools import islice
from operator import itemgetter
from pathlib import Path
from typing import Any

import polars as pl

from legation.errors import DataError, nearest
from legation.mapping.declared import Authors, Mapping, Written
from legation.mapping.opening import MOST_LINE_BYTES, digest, plain
from legation.mapping.report import Report

MOST_ROWS = 20_000_000
ROWS_AT_ONCE = 50_000
MOST_BYTES_AT_ONCE = 1_000_000_000
MOST_UNEVEN_SHOWN = 5

Column = Callable[[Any], Any]


def read(
    mapping: Mapping, path: Path, columns: Sequence[str], report: Report, nested: Authors | None = None
) -> pl.DataFrame:
    """The named columns as text (or lists of texts, where the file has lists), `file` and `line` first.

    Raises: DataError for a file that cannot be trusted or read, or lacks a column (naming the nearest); UserError if it
    is not there.
    """
    wanted = list(dict.fromkeys(columns))
    if mapping.file.format == "parquet":
        frame = _parquet(path, wanted, report)
    else:
        with plain(path, mapping.file.encoding) as text:
            if mapping.file.format == "jsonl":
                frame = _json_lines(path.name, text, wanted, nested)
            else:
                frame = _delimited(path.name, text, wanted, mapping.file, report)
    report.files[path.name] = digest(path)
    report.read[path.name] += frame.height
    return frame.select(pl.lit(path.name).alias("file"), "line", *wanted)


def _check_columns(name: str, wanted: Sequence[str], found: Sequence[str], report: Report, hint: str = "") -> None:
    lacking = [column for column in wanted if column not in found]
    if lacking:
        each = [f"{c!r}" + (f" (did you mean {near[0]!r}?)" if (near := nearest(c, found)) else "") for c in lacking]
        raise DataError(
            f"{name} has no column {', '.join(each)}; it has {', '.join(map(repr, found[:60]))}{hint}"
            + ("" if len(found) <= 60 else f" and {len(found) - 60} more")
        )
    unused = [column for column in found if column not in wanted]
    if unused:
        report.unused[name] = unused


def _delimited(name: str, text: Path, wanted: list[str], how: Written, report: Report) -> pl.DataFrame:
    with text.open(encoding="utf-8-sig", newline="") as stream, _long_fields():
        for _ in range(how.skip_lines):
            stream.readline()
        reader = _reader(stream, how)
        try:
            header = [cell.strip() for cell in next(reader, [])]
            if twice := sorted({c for c in header if header.count(c) > 1 and c in wanted}):
                raise DataError(f"{name} has two columns called {', '.join(map(repr, twice))}; rename one")
            hint = "" if len(header) > 1 else f"; is {how.separator!r} the separator? Set file.separator in the mapping"
            _check_columns(name, wanted, header, report, hint)
            places = [header.index(column) for column in wanted]
            if reader.line_num == 1 and (found := _by_line(text, how, len(header), places, wanted)) is not None:
                _check_rows(name, found.height)
                return found
            frames = list(_chunks(name, reader, len(header), places, wanted, how.skip_lines))
        except csv.Error as error:
            raise DataError(
                f"{name}, line {reader.line_num + how.skip_lines}: {error}; is a quotation mark not closed? If the "
                f"file knows no quoting, set file.quote to an empty text"
            ) from None
    return pl.concat(frames) if frames else _empty(wanted)


def _reader(lines: Iterable[str], how: Written) -> Any:
    if how.quote:
        return csv.reader(lines, delimiter=how.separator, quotechar=how.quote, strict=True)
    return csv.reader(lines, delimiter=how.separator, quoting=csv.QUOTE_NONE)


def _by_line(text: Path, how: Written, cells: int, places: list[int], wanted: list[str]) -> pl.DataFrame | None:
    """Rows of which each is one line, cut at the separator; only those with a quotation mark are read sign by sign.

    None where that is not what the csv module reads from the whole, or an error to be told with its line: a record goes
    on over several lines, a line ends otherwise, or a row is not as long as the header.
    """
    above, line = how.skip_lines + 1, pl.col("text")
    lines, broken = pl.scan_lines(text, name="text"), line.str.contains("\r", literal=True)
    if text.stat().st_size > MOST_BYTES_AT_ONCE or lines.head(above).select(broken.any()).collect().item():
        return None
    quoted = line.str.contains(how.quote, literal=True) if how.quote else pl.lit(False)
    last, beyond = pl.col(f"field_{cells - 1}"), pl.col(f"field_{cells}")
    cut = (
        lines.slice(above)
        .with_row_index("line", above + 1)
        .select(pl.col("line").cast(pl.Int64), "text", broken=broken, quoted=quoted)
        .filter(line != "")
        .with_columns(pl.when("quoted").then("text"), cells=line.str.split_exact(how.separator, cells))
        .unnest("cells")
        .with_columns(fits=~pl.col("broken") & (pl.col("quoted") | (last.is_not_null() & beyond.is_null())))
        .select("line", "text", "fits", *(pl.col(f"field_{n}").alias(c) for n, c in zip(places, wanted, strict=True)))
        .collect()
    )
    if not cut["fits"].all():
        return None
    whole = cut.filter(pl.col("text").is_null()).select("line", *wanted)
    marked = cut.filter(pl.col("text").is_not_null())
    if marked.is_empty():
        return whole
    try:
        read = pl.concat(_chunks("", _reader(marked["text"], how), cells, places, wanted, 0))
    except (csv.Error, DataError):
        return None
    return pl.concat([whole, read.with_columns(marked["line"])]).sort("line") if read.height == marked.height else None


def _chunks(
    name: str, reader: Any, cells: int, places: list[int], wanted: list[str], skipped: int
) -> Iterator[pl.DataFrame]:
    """Rows by the thousand, each as long as the header; a row begins after the line where the last one ended."""
    last, total, uneven = reader.line_num, 0, []
    take = itemgetter(*places) if len(places) > 1 else (lambda row: (row[places[0]],))
    while True:
        lines, rows = [], []
        for row in islice(reader, ROWS_AT_ONCE):
            line, last = last + 1 + skipped, reader.line_num
            if len(row) == cells:
                lines.append(line)
                rows.append(take(row))
            elif row:
                uneven.append(f"line {line}: {len(row)} cells under {cells} headings")
        if uneven:
            shown = "\n  ".join(uneven[:MOST_UNEVEN_SHOWN])
            raise DataError(
                f"{name} has rows that are not as long as its header:\n  {shown}\nis a separator inside a text that is "
                f"not quoted, or the wrong file.separator or file.quote set in the mapping?"
            )
        if not rows:
            return
        total += len(rows)
        _check_rows(name, total)
        columns = list(zip(*rows, strict=True))
        yield pl.DataFrame(
            [
                pl.Series("line", lines, pl.Int64),
                *(pl.Series(c, v, pl.String) for c, v in zip(wanted, columns, strict=True)),
            ]
        )


@contextmanager
def _long_fields() -> Iterator[None]:
    """The csv module takes fields of 131 072 characters by default; the affiliations of a large team take more."""
    before = csv.field_size_limit(MOST_LINE_BYTES)
    try:
        yield
    finally:
        csv.field_size_limit(before)


def _json_lines(name: str, text: Path, wanted: list[str], nested: Authors | None) -> pl.DataFrame:
    lines: list[int] = []
    values: dict[str, list[Any]] = {column: [] for column in wanted}
    read = {column: _nested(nested) if nested and column == nested.column else _plain for column in wanted}
    seen: set[str] = set()
    with text.open(encoding="utf-8-sig") as stream:
        for number, line in enumerate(stream, 1):
            if not line.strip():
                continue
            try:
                record = json.loads(line)
                if not isinstance(record, dict):
                    raise DataError(f"{name}, line {number}: is no JSON object; write one work a line, as {{…}}")
                for column in wanted:
                    values[column].append(read[column](_reach(record, column)))
            except (ValueError, RecursionError) as error:
                raise DataError(f"{name}, line {number}: is not JSON ({error}); write one object a line") from None
            except TypeError as error:
                raise DataError(f"{name}, line {number}, {column}: {error}") from None
            seen.update(record)
            lines.append(number)
            _check_rows(name, len(lines))
    lacking = [c for c in wanted if all(v in (None, []) for v in values[c]) and c.split(".")[0] not in seen]
    if lacking and lines:
        _check_columns(name, [c.split(".")[0] for c in wanted], sorted(seen), Report())
    series = [_series(column, values[column]) for column in wanted]
    return pl.DataFrame([pl.Series("line", lines, pl.Int64), *series])


def _reach(record: dict[str, Any], path: str) -> Any:
    """What stands under a name, or under names joined by dots, one inside the other."""
    if path in record:
        return record[path]
    found: Any = record
    for name in path.split("."):
        found = found.get(name) if isinstance(found, dict) else None
    return found


def _plain(value: Any) -> Any:
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return str(value)
    if isinstance(value, list) and all(isinstance(one, str) or one is None for one in value):
        return [one for one in value if one is not None]
    raise TypeError("holds a nested object where a text, a number or a list of texts is needed")


def _nested(authors: Authors) -> Column:
    def places(value: Any) -> list[list[str]]:
        if value is None:
            return []
        if not isinstance(value, list) or not all(isinstance(one, dict) for one in value):
            raise TypeError("holds no list of authors")
        return [_codes(one.get(authors.within) or [], authors.key) for one in value]

    return places


def _codes(affiliations: Any, key: str) -> list[str]:
    if not isinstance(affiliations, list) or not all(isinstance(one, dict) for one in affiliations):
        raise TypeError("holds no list of affiliations for an author")
    return [str(one[key]) for one in affiliations if one.get(key)]


def _series(column: str, values: list[Any]) -> pl.Series:
    lists = [value for value in values if isinstance(value, list)]
    if not lists:
        return pl.Series(column, values, pl.String)
    if any(isinstance(one, list) for value in lists for one in value):
        return pl.Series(column, values, pl.List(pl.List(pl.String)))
    return pl.Series(column, [[v] if isinstance(v, str) else v for v in values], pl.List(pl.String))


def _parquet(path: Path, wanted: list[str], report: Report) -> pl.DataFrame:
    if not path.is_file():
        raise DataError(f"{path.name} is not there, or is no file")
    try:
        lazy = pl.scan_parquet(path, glob=False)
        types = lazy.collect_schema()
        _check_columns(path.name, wanted, types.names(), report)
        _check_rows(path.name, int(lazy.select(pl.len()).collect().item()))
        frame = lazy.select(wanted).with_row_index("line", offset=1).collect()
    except (pl.exceptions.PolarsError, OSError) as error:
        raise DataError(f"{path.name} cannot be read as Parquet: {error}; is it cut short?") from None
    texts = []
    for column in wanted:
        kind = types[column]
        if isinstance(kind, pl.List) and isinstance(kind.inner, pl.List | pl.String):
            continue
        if kind.is_nested() or kind == pl.Binary:
            raise DataError(f"{path.name}, {column}: holds {kind}, a text, a number or a list of texts is needed")
        texts.append(pl.col(column).cast(pl.String))
    return frame.with_columns(pl.col("line").cast(pl.Int64), *texts)


def _check_rows(name: str, rows: int) -> None:
    if rows > MOST_ROWS:
        raise DataError(f"{name} has more than {MOST_ROWS:,} rows; split it, or build a store of it as a source")


def _empty(wanted: list[str]) -> pl.DataFrame:
    return pl.DataFrame(schema={"line": pl.Int64} | dict.fromkeys(wanted, pl.String))
