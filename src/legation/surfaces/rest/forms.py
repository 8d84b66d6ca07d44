"""In which form a reader gets it: JSON, CSV, Parquet or Arrow, by `Accept` or by `format`."""

from __future__ import annotations

import io
import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

import polars as pl
from starlette.exceptions import HTTPException

from legation.surfaces import formats
from legation.surfaces.parameters import Parameter
from legation.surfaces.web.serving import Made

Form = Literal["json", "csv", "parquet", "arrow"]
MEDIA: Mapping[Form, str] = {
    "json": "application/json",
    "csv": "text/csv; charset=utf-8",
    "parquet": "application/vnd.apache.parquet",
    "arrow": "application/vnd.apache.arrow.stream",
}
MOST_ROWS: Mapping[Form, int] = {"json": 10_000, "csv": 100_000, "parquet": 1_000_000, "arrow": 1_000_000}
FEW_ROWS = 1_000
"""Rows of a page in JSON where nothing else is asked for; other forms then hold as many as they may."""

FORMAT = Parameter("format", "The form, whatever Accept says", choices=tuple(MEDIA), example="csv")


@dataclass(frozen=True)
class Page(Made):
    """What a reader gets, with the headers that tell what stands beside it."""

    links: tuple[str, ...] = ()
    rows: int | None = None


def chosen(accepts: str, form: str | None) -> Form:
    """The form asked for, else the first of what the reader prefers. Raises: HTTPException 406 where there is none."""
    if form is not None:
        return form  # type: ignore[return-value]  # read against the choices
    best: tuple[float, Form] = (0.0, "json")
    for name, media in MEDIA.items():
        quality = _quality(accepts or "*/*", media.partition(";")[0])
        best = max(best, (quality, name), key=lambda one: one[0])
    if best[0] <= 0:
        raise HTTPException(406, f"This interface gives {', '.join(m.partition(';')[0] for m in MEDIA.values())}")
    return best[1]


def _quality(accepts: str, media: str) -> float:
    """How much a reader wants a media type: by the most exact of the ranges that cover it (RFC 9110, 12.5.1)."""
    kind = media.partition("/")[0]
    exactness = {media: 3, f"{kind}/*": 2, "*/*": 1}
    found = (0, 0.0)
    for entry in accepts[:2_000].split(","):
        wanted, *parameters = (part.strip().lower() for part in entry.split(";"))
        quality = next((p[2:] for p in parameters if p.startswith("q=")), "1")
        try:
            value = float(quality)
        except ValueError:
            continue
        if exactness.get(wanted, 0) > found[0] and math.isfinite(value):
            found = (exactness[wanted], value)
    return found[1]


def json_bytes(content: Any) -> bytes:
    """Plain data as JSON; numbers that are none were emptied before."""
    return (json.dumps(content, ensure_ascii=False, default=str, allow_nan=False) + "\n").encode()


def rows(frame: pl.DataFrame) -> list[dict[str, Any]]:
    """The rows of a table as JSON can hold them."""
    found: list[dict[str, Any]] = json.loads(formats.table_bytes(frame, "json"))
    return found


def table_bytes(frame: pl.DataFrame, form: Form) -> bytes:
    """A table in a form. Arrow is a stream in types any reader knows."""
    if form == "arrow":
        buffer = io.BytesIO()
        frame.write_ipc_stream(buffer, compression="zstd", compat_level=pl.CompatLevel.oldest())
        return buffer.getvalue()
    return formats.table_bytes(frame, form)
