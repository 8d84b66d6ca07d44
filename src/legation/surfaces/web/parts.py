"""What a question shows in a way of its own, beside the tables that every question shows."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from legation import countries
from legation.answer import Answer, Figure
from legation.language import words
from legation.phrasing import Phrasing
from legation.surfaces import display

MARKS = {
    "secretariat": "●●", "participating": "●", "member": "●", "signed": "●", "observing": "○", "absent": "–",
    "not known": "?",
}  # fmt: skip
SEATS = tuple(words(seat) for seat in MARKS)


@dataclass(frozen=True)
class Part:
    """A template of its own for a figure, and what it is told."""

    template: str
    tell: Callable[[Figure, Answer], Any]


def _matrix(figure: Figure, answer: Answer) -> dict[str, Any]:
    """Who sits where: bodies down the side, countries across, the home country first."""
    say = Phrasing(answer.language)
    marks = {say(seat): (mark, seat) for seat, mark in MARKS.items()}
    codes: dict[str, str] = {}
    bodies: dict[tuple[str, str, str, str], dict[str, str]] = {}
    for row in figure.table.iter_rows(named=True):
        codes.setdefault(row["iso3"], row["country"])
        body = (row["kind"], row["body"], row["source"], display.period({"first_year": row["year"], **row}))
        bodies.setdefault(body, {})[row["iso3"]] = row["standing"]
    home = answer.subject["home"]
    order = sorted(codes, key=lambda code: (code != home, countries.fold(codes[code])))
    rows = [
        {
            "kind": kind,
            "body": name,
            "source": source,
            "source_name": display.source_name(source, answer.language),
            "year": year,
            "seats": [
                {"words": held.get(code, ""), "mark": marks.get(held.get(code, ""), ("", "other"))[0]} for code in order
            ],
        }
        for (kind, name, source, year), held in bodies.items()
    ]
    return {"countries": [codes[code] for code in order], "rows": rows}


PARTS = {"norms.matrix": Part("parts/matrix.html.j2", _matrix)}
"""By answer and figure."""
