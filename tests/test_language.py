"""Both languages: every text has its translation with the same places, and answers are whole in either."""

import re
from functools import cache
from string import Formatter

import pytest

import legation
from legation import registry
from legation.answer import Answer
from legation.errors import UserError
from legation.language import LANGUAGES, catalogue, fit_articles, fit_particles
from legation.surfaces import display
from legation.surfaces.terminal import told
from tools import words

CASES = (
    ("KOR", "quantum", "CHE"),
    ("KEN", "critical-minerals", "ZAF"),
    ("TUV", "nuclear", "USA"),
    ("SAU", "subsurface-energy", "USA"),
)


@cache
def _korean() -> list[Answer]:
    evidence, found = legation.open(), []
    for home, technology, partner in CASES:
        for name, question in registry.questions().items():
            given = {"home": home, "technology": technology, "partner": partner}
            about: dict[str, object] = {place: given[place] for place in registry.places(question)}
            if name == "scenario":
                about["remove"] = ("member:IAEA",)
            try:
                found.append(evidence.ask(name, "ko", **about))
            except UserError:
                assert name == "scenario"
    return found


@pytest.mark.parametrize("language", LANGUAGES[1:])
def test_every_text_has_a_translation_and_there_are_no_others(language: str) -> None:
    assert set(words.texts()) - {""} == set(catalogue(language))


@pytest.mark.parametrize("language", LANGUAGES[1:])
def test_a_translation_has_the_places_of_its_text(language: str) -> None:
    def places(text: str) -> set[str]:
        return {place for _, place, _, _ in Formatter().parse(text) if place is not None}

    different = {e: t for e, t in catalogue(language).items() if places(e) != places(t)}
    assert not different


def test_findings_of_a_korean_answer_come_from_the_catalogue() -> None:
    known = set(catalogue("ko").values())
    for answer in _korean():
        for finding in (*answer.findings, *answer.missing, *answer.coverage):
            assert finding.words in known, (answer.id, finding.words)


def test_a_korean_answer_holds_no_english_sentence() -> None:
    """Four small English words in a row are no name or identifier."""
    for answer in _korean():
        lines = [answer.question, *map(str, answer.findings), *map(str, answer.missing), *answer.caveats.values()]
        lines += [text for figure in answer.figures.values() for text in (figure.title, *figure.units.values())]
        for line in lines:
            assert not re.search(r"\b[a-z]+ [a-z]+ [a-z]+ [a-z]+\b", line), (answer.id, line)
            assert not re.search(r"[은이을과]\([는가를와]\)|으로\(로\)", line), (answer.id, line)


def test_intervals_and_yes_or_no_of_a_korean_table_are_in_korean() -> None:
    cells = [
        cell for answer in _korean() for f in answer.figures.values() for row in told(f, "ko", 40)[1] for cell in row
    ]
    assert any(re.search(r"\d~-?\d", cell) for cell in cells)
    assert {"예", "아니요"} & {*cells}
    assert not [cell for cell in cells if re.search(r"\d to -?\d", cell) or cell in ("yes", "no")]


def test_every_column_has_a_heading_in_both_languages() -> None:
    for answer in _korean():
        for figure in answer.figures.values():
            for column in figure.table.columns:
                for language in LANGUAGES:
                    heading = display.heading(column, figure, language)
                    assert heading != column.replace("_", " "), (answer.id, figure.id, column)


def test_particles_follow_the_sound_before_them() -> None:
    assert (
        fit_particles("한국은(는) 중국과(와) 3을(를) 서울으로(로) 일본으로(로) KOR이(가)")
        == "한국은 중국과 3을 서울로 일본으로 KOR이"
    )
    assert fit_particles("스위스은(는) 21 %이(가) 미국 (17)을(를)") == "스위스는 21 %가 미국 (17)을"


def test_articles_stand_before_countries_that_take_one() -> None:
    assert fit_articles("In United States and the Netherlands") == "In the United States and the Netherlands"
    assert fit_articles("United States Minor Outlying Islands") == "United States Minor Outlying Islands"
