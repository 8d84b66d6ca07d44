"""The tools: one for each question, made from its declaration, and those that look into indicators and tables."""

from __future__ import annotations

from typing import Any

from legation import registry
from legation.errors import unknown
from legation.evidence import Evidence
from legation.model import Question
from legation.surfaces.mcp import schemas
from legation.surfaces.mcp.looking import Looking
from legation.surfaces.mcp.telling import Told, of_answer
from legation.surfaces.mcp.tool import OF_ROWS, ROWS, Tool
from legation.surfaces.parameters import Parameter, of_question

FIGURE = Parameter("figure", "Only this table of the answer, by its identifier")
ALWAYS = (
    "The result holds findings in words, tables with units and 95 % intervals, what there is no evidence for, caveats, "
    "sources with licence and vintage, and the build. Tell the reader the caveats and what is missing too; where "
    "places are tied, say so. People are never named and small counts are blank on purpose."
)


def tools(evidence: Evidence) -> dict[str, Tool]:
    """Every tool, by name."""
    found = [_of_question(evidence, question) for question in registry.questions().values()]
    return {tool.name: tool for tool in (*found, *Looking(evidence).tools())}


def _of_question(evidence: Evidence, question: Question) -> Tool:
    about = {place: place.upper() for place in registry.places(question)}
    asks = question.words.format(**about)

    def run(given: dict[str, Any]) -> Told:
        rows, figure = given.pop("rows", ROWS), given.pop("figure", None)
        answer = evidence.ask(question.id, **given)
        if figure is not None and figure not in answer.figures:
            raise unknown(f"figure of {question.id}", figure, answer.figures)
        return of_answer(answer, rows, figure)

    description = f"{asks} {' '.join(question.about.split())}\n\n{ALWAYS}"
    return Tool(
        question.id, asks, description, (*of_question(question), FIGURE, OF_ROWS), schemas.ANSWER, run
    )  # fmt: skip
