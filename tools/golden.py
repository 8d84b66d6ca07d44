"""Write the golden answers after a change that is meant to change what is said; then read the difference.

Every answer for six countries in five technologies, as people read it: question, findings, what is missing.
"""

from collections.abc import Iterator
from pathlib import Path

import legation
from legation import registry
from legation.answer import Answer
from legation.errors import UserError
from legation.evidence import Evidence

FOLDER = Path(__file__).resolve().parents[1] / "tests" / "golden"
HOMES = ("KOR", "CHE", "SGP", "KEN", "SAU", "USA")
TECHNOLOGIES = ("quantum", "artificial-intelligence", "semiconductors", "nuclear", "critical-minerals")
PARTNERS = {"KOR": "CHE", "CHE": "KOR", "SGP": "USA", "KEN": "ZAF", "SAU": "CHN", "USA": "KOR"}
CHANGES = {"quantum": "tie:CHN", "artificial-intelligence": "agreement:paris_2025", "critical-minerals": "producer:COD"}
CHANGE_OTHERWISE = "member:Wassenaar Arrangement"
CASES = [(home, technology) for home in HOMES for technology in TECHNOLOGIES]


def text(evidence: Evidence, home: str, technology: str) -> str:
    """All answers of one country in one technology."""
    return "\n\n".join(_asked(evidence, question, home, technology) for question in registry.questions())


def _asked(evidence: Evidence, question: str, home: str, technology: str) -> str:
    given = {"home": home, "technology": technology, "partner": PARTNERS[home]}
    places = registry.places(registry.questions()[question])
    about: dict[str, object] = {place: given[place] for place in places}
    if question == "scenario":
        about["remove"] = (CHANGES.get(technology, CHANGE_OTHERWISE),)
    try:
        return "\n".join(_lines(evidence.ask(question, "en", **about)))
    except UserError as error:
        return f"# {question}\nError: {error}"


def _lines(answer: Answer) -> Iterator[str]:
    yield f"# {answer.id}: {answer.question}"
    yield from (f"- {finding}" for finding in answer.findings)
    yield from (f"- missing: {finding}" for finding in answer.missing)


def path(home: str, technology: str) -> Path:
    return FOLDER / f"{home}-{technology}.txt"


def main() -> None:
    FOLDER.mkdir(exist_ok=True)
    evidence = legation.open()
    for home, technology in CASES:
        path(home, technology).write_text(text(evidence, home, technology) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
