"""The interface described in OpenAPI 3.1, from the declarations; the examples are cut from real answers."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from legation import registry
from legation.errors import LegationError
from legation.evidence import Evidence
from legation.model import Question
from legation.surfaces import formats
from legation.surfaces.parameters import Parameter, of_question
from legation.surfaces.rest.forms import FEW_ROWS, FORMAT, MEDIA, MOST_ROWS
from legation.surfaces.rest.problems import MEDIA as PROBLEM

if TYPE_CHECKING:
    from fastapi import FastAPI

SUMMARY = (
    "Open evidence for science and technology diplomacy: answers, indicators and fact tables, each with its sources"
)
DESCRIPTION = (
    "Every number comes with its unit, definition, sources, vintage and caveats: in JSON in the same document, in the "
    "other forms at the address that the `Link` header names as `describedby`. Ranks come with their uncertainty; what "
    "there is no evidence for is said in `missing`. Cells under five researchers are blank.\n\nForms: "
    + ", ".join(
        f"`{name}` ({media.partition(';')[0]}, at most {MOST_ROWS[name]:,} rows)" for name, media in MEDIA.items()
    )
    + f", by `Accept` or `format`. A page in JSON has {FEW_ROWS:,} rows if no `limit` is given; `Link` and "
    "`Legation-Rows` tell how to go on. `ETag` changes with the build of the store: send it back as `If-None-Match`."
)
TAGS = [
    {"name": "answers", "description": "Questions answered, with findings, uncertainty and what is missing"},
    {"name": "data", "description": "Indicators and fact tables, by rows"},
    {"name": "catalogue", "description": "What there is: indicators, tables, sources, technologies, countries"},
]
LISTS: Mapping[str, tuple[Parameter, ...]] = {
    "answers": (), "tables": (), "sources": (), "technologies": (), "countries": (),
    "indicators": (Parameter("technology", "On what evidence each stands for this technology"),),
}  # fmt: skip
NAMES = {"indicators": "top10_share", "tables": "copublications", "sources": "un_votes", "technologies": "quantum"}
ONE = {"indicators": "indicator", "tables": "fact table", "sources": "source", "technologies": "technology"}
SHOWN: Mapping[str, dict[str, Any]] = {"partners": {"draws": 200}, "scenario": {"remove": ("tie:CHN",)}}
"""Options of the examples: of one that would take long, and of a question that cannot be asked without any."""
UNSHOWN = ("scenario",)
"""Recomputes indicators before and after, which is too long for whoever only wants to know what there is."""
WITHOUT_NAME = {"": "Where to begin", "build": "The state of the store, and the vintage of every source"}
EXAMPLE_ROWS, EXAMPLE_SENTENCES = 2, 2
MISTAKES = {
    404: "Nothing is called so, or the store holds no evidence",
    406: "None of the forms is wanted",
    422: "A parameter cannot be read",
}
WORDS = {"type": "array", "items": {"type": "string"}}
TEXTS = {"type": "object", "additionalProperties": {"type": "string"}}
OBJECTS = {"type": "object", "additionalProperties": {"type": "object"}}
FIGURE = {
    "type": "object",
    "required": ["title", "units", "indicators", "sources", "caveats", "notes", "rows"],
    "properties": {
        "title": {"type": "string"}, "units": TEXTS, "indicators": WORDS, "sources": WORDS, "caveats": WORDS,
        "notes": WORDS, "rows": {"type": "array", "items": {"type": "object"}},
    },
}  # fmt: skip
ANSWER = {
    "type": "object",
    "required": [
        "answer", "question", "subject", "build", "findings", "figures", "missing", "caveats", "definitions",
        "sources", "coverage",
    ],
    "properties": {
        "answer": {"type": "string"}, "question": {"type": "string"}, "subject": TEXTS, "build": {"type": "string"},
        "findings": WORDS | {"description": "Sentences made from the numbers, with their uncertainty"},
        "figures": {"type": "object", "additionalProperties": FIGURE, "description": "Tables, the main one first"},
        "missing": WORDS | {"description": "What there is no evidence for, in words"}, "caveats": TEXTS,
        "definitions": OBJECTS, "sources": {"type": "object", "additionalProperties": TEXTS}, "coverage": WORDS,
    },
}  # fmt: skip
ROWS = {
    "type": "object",
    "required": ["build", "about", "page", "rows"],
    "properties": {
        "build": {"type": "string"},
        "about": {"type": "object", "description": "Definition, units, caveats and sources"},
        "page": {
            "type": "object",
            "required": ["total", "offset", "limit"],
            "properties": {
                **{name: {"type": "integer"} for name in ("total", "offset", "limit")},
                **{name: {"type": "string"} for name in ("next", "prev")},
            },
        },
        "rows": {"type": "array", "items": {"type": "object"}},
    },
}  # fmt: skip
TOLD = {"type": "object", "required": ["build"], "properties": {"build": {"type": "string"}}}
PROBLEMS = {
    "type": "object",
    "required": ["type", "title", "status", "detail"],
    "properties": {
        "type": {"type": "string"}, "title": {"type": "string"}, "status": {"type": "integer"},
        "detail": {"type": "string"},
        "errors": {
            "type": "array",
            "items": {"type": "object", "required": ["parameter", "detail"], "properties": {
                "parameter": {"type": "string"}, "detail": {"type": "string"},
            }},
        },
    },
}  # fmt: skip
SCHEMAS = {"Answer": ANSWER, "Rows": ROWS, "Told": TOLD, "Problem": PROBLEMS}


def operation(path: str, parameters: Sequence[Parameter], named: Sequence[str]) -> dict[str, Any]:
    """What FastAPI is told of an address."""
    kind, *rest = path.strip("/").split("/")
    of_rows = rest[-1:] == ["rows"]
    question = registry.questions().get(rest[0]) if kind == "answers" and rest else None
    if question is not None:
        summary, tag, schema = _words(question), "answers", "Answer"
        described = question.about
    elif of_rows:
        summary, tag, schema = f"The rows of one {ONE[kind]}", "data", "Rows"
        described = ""
    elif named:
        summary, tag, schema = f"One {ONE[kind]}: definition, sources and limits", "catalogue", "Told"
        described = ""
    else:
        what = (
            "The state of the store, and the vintage of every source" if kind == "build" else f"Every one of the {kind}"
        )
        summary, tag, schema = what, "catalogue", "Told"
        described = ""
    shown = SHOWN.get(question.id, {}) if question else {}
    path_parameters = [
        {"name": "name", "in": "path", "required": True, "schema": {"type": "string"}, "example": NAMES[kind]}
        for _ in named
    ]
    forms = FORMAT in parameters
    content: dict[str, Any] = {"application/json": {"schema": {"$ref": f"#/components/schemas/{schema}"}}}
    if forms:
        content |= {media.partition(";")[0]: {} for name, media in MEDIA.items() if name != "json"}
    mistakes = [status for status in MISTAKES if status != 406 or forms]
    return {
        "summary": summary,
        "description": described,
        "tags": [tag],
        "operation_id": "_".join(p.strip("{}") for p in (kind or "index", *rest)),
        "openapi_extra": {"parameters": path_parameters + [_parameter(p, shown) for p in parameters]},
        "responses": {
            200: {"description": "As asked", "content": content},
            304: {"description": "What the reader has is still so"},
            **{status: _problem(MISTAKES[status]) for status in mistakes},
            "default": _problem("Any other mistake"),
        },
    }


def description(app: FastAPI, evidence: Evidence, base: str) -> dict[str, Any]:
    """The whole interface, with answers of this store as examples."""
    from fastapi.openapi.utils import get_openapi

    found = get_openapi(
        title=app.title, version=app.version, summary=app.summary, description=app.description, routes=app.routes,
        tags=app.openapi_tags, license_info=app.license_info, servers=[{"url": base}],
    )  # fmt: skip
    found["components"] = {"schemas": SCHEMAS}
    for path, item in found["paths"].items():
        for told in item.values():
            told["responses"].get("200", {}).get("content", {}).pop("", None)
        name = path.removeprefix("/answers/")
        if (
            name in registry.questions()
            and name not in UNSHOWN
            and (example := _example(evidence, registry.questions()[name]))
        ):
            item["get"]["responses"]["200"]["content"]["application/json"]["example"] = example
    return dict(found)


def _parameter(parameter: Parameter, given: Mapping[str, Any]) -> dict[str, Any]:
    told = {"name": parameter.name, "in": "query", "required": parameter.required, "description": parameter.told}
    if parameter.several:
        told |= {"style": "form", "explode": True}
    example = given.get(parameter.name, parameter.example)
    shown = {} if example is None else {"example": list(example) if parameter.several else example}
    return {**told, "schema": parameter.schema(), **shown}


def _words(question: Question) -> str:
    return question.words.format(home="HOME", partner="PARTNER", technology="TECHNOLOGY")


def _problem(told: str) -> dict[str, Any]:
    return {"description": told, "content": {PROBLEM: {"schema": {"$ref": "#/components/schemas/Problem"}}}}


def _example(evidence: Evidence, question: Question) -> dict[str, Any] | None:
    """The answer to the parameters' own examples, cut to what shows its form; none where the store has none."""
    given = {p.name: p.example for p in of_question(question) if p.required} | SHOWN.get(question.id, {})
    try:
        told = formats.answer_dict(evidence.ask(question.id, **given))
    except LegationError:
        return None
    told["figures"] = {n: f | {"rows": f["rows"][:EXAMPLE_ROWS]} for n, f in list(told["figures"].items())[:1]}
    for name in ("findings", "missing", "coverage"):
        told[name] = told[name][:EXAMPLE_SENTENCES]
    for name in ("caveats", "definitions", "sources"):
        told[name] = dict(list(told[name].items())[:1])
    cut: dict[str, Any] = json.loads(json.dumps(told, default=str))
    return cut
