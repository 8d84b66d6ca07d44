"""What tools take and give, as JSON Schema 2020-12."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from legation.surfaces.parameters import Parameter

TEXT: dict[str, Any] = {"type": "string"}
TEXTS: dict[str, Any] = {"type": "array", "items": TEXT}
BY_NAME: dict[str, Any] = {"type": "object", "additionalProperties": TEXT}
RECORDS: dict[str, Any] = {"type": "array", "items": {"type": "object"}}


def _object(properties: Mapping[str, Any], optional: Iterable[str] = ()) -> dict[str, Any]:
    required = [name for name in properties if name not in (*optional,)]
    return {"type": "object", "properties": dict(properties), "required": required}


CUT = TEXT | {"description": "Says what of the table is left out; absent where nothing is"}
SOURCE = _object(dict.fromkeys(("publisher", "title", "url", "licence", "vintage"), TEXT))
SOURCES = {"type": "object", "additionalProperties": SOURCE}
FIGURE = _object(
    {
        "title": TEXT, "units": BY_NAME, "indicators": TEXTS, "sources": TEXTS, "caveats": TEXTS, "notes": TEXTS,
        "rows": RECORDS, "rows_total": {"type": "integer"}, "cut": CUT,
    },
    optional=("cut",),
)  # fmt: skip
ANSWER = _object(
    {
        "answer": TEXT, "question": TEXT, "subject": BY_NAME, "language": TEXT,
        "build": TEXT | {"description": "The state of the store the numbers came from"}, "findings": TEXTS,
        "figures": {"type": "object", "additionalProperties": FIGURE},
        "missing": TEXTS | {"description": "What there is no evidence for"}, "caveats": BY_NAME,
        "definitions": {"type": "object", "additionalProperties": {"type": "object"}}, "sources": SOURCES,
        "coverage": TEXTS,
    }
)  # fmt: skip
ROWS = _object(
    {
        "build": TEXT, "about": {"type": "object"}, "rows": RECORDS, "rows_total": {"type": "integer"},
        "offset": {"type": "integer"}, "cut": CUT,
    },
    optional=("cut",),
)  # fmt: skip
SETTINGS = {
    "type": "object",
    "description": "Settings of the indicator by name, as `explain` lists them; the declared defaults if not given",
    "additionalProperties": {"type": ["number", "boolean", "string"]},
    "maxProperties": 20,
}
EXPLANATION = _object({"build": TEXT, "name": TEXT, "explanation": TEXT})


def taken(parameters: Iterable[Parameter], more: Mapping[str, Any]) -> dict[str, Any]:
    """What a tool takes: its parameters and nothing else."""
    told = list(parameters)
    properties = {p.name: {**p.schema(), "description": p.told} for p in told} | dict(more)
    required = [p.name for p in told if p.required]
    schema: dict[str, Any] = {"type": "object", "properties": properties, "additionalProperties": False}
    return schema | ({"required": required} if required else {})
