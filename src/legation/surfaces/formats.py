"""Tables and answers as files: CSV, JSON, Parquet, XLSX."""

from __future__ import annotations

import io
import json
from collections.abc import Iterable, Mapping
from typing import Any, Literal, get_args

import polars as pl

from legation.answer import Answer
from legation.errors import UserError, unknown

Format = Literal["csv", "json", "parquet", "xlsx"]
FORMULA_SIGNS = ("=", "+", "-", "@", "\t", "\r")
SHEET_NAME_LENGTH = 31
SHEET_ROWS = 1_048_576


def check_format(name: str) -> Format:
    """The format called `name`, or an error that suggests the nearest."""
    if name not in get_args(Format):
        raise unknown("format", name, get_args(Format))
    return name  # type: ignore[return-value]


def table_bytes(frame: pl.DataFrame, form: Format) -> bytes:
    """One table as a file. Text that a spreadsheet would run as a formula gets a leading apostrophe in CSV and XLSX."""
    match form:
        case "csv":
            return defused(frame).write_csv().encode()
        case "json":
            return (json.dumps(_finite(frame).to_dicts(), ensure_ascii=False, indent=1, default=str) + "\n").encode()
        case "parquet":
            buffer = io.BytesIO()
            frame.write_parquet(buffer)
            return buffer.getvalue()
        case "xlsx":
            return _workbook({"table": frame})


def answer_bytes(answer: Answer, form: Format) -> bytes:
    """An answer as a file: everything in JSON and XLSX, the main table in CSV and Parquet."""
    match form:
        case "json":
            return (json.dumps(answer_dict(answer), ensure_ascii=False, indent=1, default=str) + "\n").encode()
        case "xlsx":
            sheets = {figure.id: figure.table for figure in answer.figures.values()}
            return _workbook({**sheets, "about": _about(answer)})
        case "csv" | "parquet":
            return table_bytes(answer.table, form)


def answer_dict(answer: Answer) -> dict[str, Any]:
    """The answer as plain data."""
    return {
        "answer": answer.id,
        "question": answer.question,
        "subject": dict(answer.subject),
        "build": answer.build,
        "findings": _lines(answer.findings),
        "figures": {
            figure.id: {
                "title": figure.title,
                "units": dict(figure.units),
                "indicators": list(figure.indicators),
                "sources": list(figure.sources),
                "caveats": list(figure.caveats),
                "notes": list(figure.notes),
                "rows": _finite(figure.table).to_dicts(),
            }
            for figure in answer.figures.values()
        },
        "missing": _lines(answer.missing),
        "caveats": dict(answer.caveats),
        "definitions": {d.id: vars(d) | {"units": dict(d.units), "inputs": list(d.inputs)} for d in answer.definitions},
        "sources": {citation.id: vars(citation) for citation in answer.citations},
        "coverage": _lines(answer.coverage),
    }


def rows(frame: pl.DataFrame) -> list[dict[str, Any]]:
    """The rows of a table as JSON can hold them."""
    found: list[dict[str, Any]] = json.loads(table_bytes(frame, "json"))
    return found


def defused(frame: pl.DataFrame) -> pl.DataFrame:
    """The table with text cells that begin like a formula made harmless."""
    text = [name for name, dtype in frame.schema.items() if dtype == pl.String]
    risky = {name: pl.col(name).str.slice(0, 1).is_in(FORMULA_SIGNS) for name in text}
    return frame.with_columns(
        pl.when(bad).then(pl.lit("'") + pl.col(name)).otherwise(name).alias(name) for name, bad in risky.items()
    )


def _finite(frame: pl.DataFrame) -> pl.DataFrame:
    """Infinite and undefined numbers left empty: neither JSON nor a sheet can hold them."""
    numbers = [name for name, dtype in frame.schema.items() if dtype.is_float()]
    return frame.with_columns(pl.when(pl.col(name).is_finite()).then(name).alias(name) for name in numbers)


def _lines(findings: Iterable[object]) -> list[str]:
    return [str(finding) for finding in findings]


def _about(answer: Answer) -> pl.DataFrame:
    rows = [("question", answer.question), ("build", answer.build)]
    rows += [("finding", str(f)) for f in answer.findings]
    rows += [("no evidence", str(f)) for f in answer.missing]
    rows += [("source", line) for line in answer.cite()]
    rows += [("caveat", text) for text in answer.caveats.values()]
    rows += [("coverage", str(f)) for f in answer.coverage]
    rows += [("definition", f"{d.label}: {d.meaning} {d.formula} ({d.reference})") for d in answer.definitions]
    return pl.DataFrame(rows, schema=["what", "text"], orient="row")


def _workbook(sheets: Mapping[str, pl.DataFrame]) -> bytes:
    import xlsxwriter

    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer, {"in_memory": True, "strings_to_formulas": False}) as book:
        for name, frame in sheets.items():
            if frame.height >= SHEET_ROWS:
                raise UserError(f"{frame.height:,} rows do not fit a sheet of {SHEET_ROWS:,}; choose csv or parquet")
            defused(_finite(frame)).write_excel(book, worksheet=name[:SHEET_NAME_LENGTH])
    return buffer.getvalue()
