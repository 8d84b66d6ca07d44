"""Short names of questions for menus, and the worked questions of the home page."""

from __future__ import annotations

from legation import registry
from legation.language import words
from legation.model import Question
from legation.phrasing import Phrasing

NAMES = {
    "position": words("Position"),
    "partners": words("Partners"),
    "pair": words("Pair"),
    "topics": words("Topics"),
    "talent": words("Talent"),
    "exposure": words("Exposure"),
    "role": words("Role"),
    "coalition": words("Coalition"),
    "norms": words("Norms"),
    "institutions": words("Institutions"),
    "scenario": words("Scenario"),
}
"""In the order of a menu; a question that is not here stands at the end under its identifier."""

WORKED = (
    ("KOR", "quantum", "partners", ""),
    ("DEU", "critical-minerals", "exposure", ""),
    ("KEN", "artificial-intelligence", "pair", "IND"),
)
"""Three questions to begin with: home, technology, question, partner."""

EXAMPLES = {"scenario": (("remove", "tie:CHN"), ("remove", "supplier:CHN"))}
"""Options that show what a question is like which cannot be asked without any."""


def in_order() -> list[Question]:
    """Every question, as a menu lists them."""
    known = registry.questions()
    return [known[name] for name in (*(n for n in NAMES if n in known), *(n for n in known if n not in NAMES))]


def short(question: Question, say: Phrasing) -> str:
    """What a question is called in a menu."""
    return say(NAMES.get(question.id, question.id.replace("_", " ").capitalize()))
