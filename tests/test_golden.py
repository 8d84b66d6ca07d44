"""The golden answers: what six countries are told in five technologies, read by hand and kept."""

import difflib

import pytest

import legation
from legation.evidence import Evidence
from tools import golden


@pytest.fixture(scope="module")
def evidence() -> Evidence:
    return legation.open()


@pytest.mark.parametrize(("home", "technology"), golden.CASES)
def test_answers_are_those_that_were_read(evidence: Evidence, home: str, technology: str) -> None:
    kept = golden.path(home, technology).read_text(encoding="utf-8")
    now = golden.text(evidence, home, technology) + "\n"
    changed = list(difflib.unified_diff(kept.splitlines(), now.splitlines(), "kept", "now", lineterm="", n=0))
    assert not changed, "\n".join(["read the change, then run tools/golden.py", *changed[:40]])
