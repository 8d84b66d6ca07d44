"""What is remembered is what would be computed anew, whoever asked before."""

from collections.abc import Iterator

import polars as pl
import pytest
from polars.testing import assert_frame_equal

import legation
from legation import registry
from legation.errors import NoEvidenceError
from legation.evaluation import Evaluator
from legation.evidence import Evidence, RememberingEvaluator
from legation.periods import Cut

HOMES = ("KOR", "KEN", "VAT")
OTHERS = ("output_share", "patent_share", "salton", "shared_memberships", "voting_agreement")


@pytest.fixture(scope="module")
def remembering() -> Evidence:
    return legation.open().remembering()


def cuts() -> Iterator[tuple[str, Cut]]:
    """The newest of three countries, asked in turn, of each indicator that dates its own rows and of some others; and
    of a year nobody has."""
    for indicator in registry.indicators().values():
        dates_itself = "year" not in indicator.by and not registry.needs_records(indicator.id)
        if "iso3" in indicator.key and (dates_itself or indicator.id in OTHERS):
            for home in HOMES:
                yield indicator.id, Cut(latest=True, where=(("iso3", home),))
    yield "output_share", Cut("robotics", 1900, where=(("iso3", "KOR"),))


def told(evaluator: Evaluator, indicator: str, cut: Cut) -> pl.DataFrame | str:
    try:
        return evaluator.evaluate(indicator, None, cut)
    except NoEvidenceError as reason:
        return str(reason)


def test_the_remembered_is_the_same_as_the_new(remembering: Evidence) -> None:
    assert isinstance(remembering.evaluator, RememberingEvaluator)
    new = legation.open().evaluator
    asked = [*cuts(), *cuts()]
    assert len(asked) > 2 * len(HOMES) * (len(OTHERS) + 9)
    for indicator, cut in asked:
        found, wanted = told(remembering.evaluator, indicator, cut), told(new, indicator, cut)
        if isinstance(wanted, str):
            assert found == wanted
        else:
            assert isinstance(found, pl.DataFrame), (indicator, cut, found)
            assert_frame_equal(found, wanted)


def test_that_there_is_no_evidence_is_remembered_too(remembering: Evidence, monkeypatch: pytest.MonkeyPatch) -> None:
    cut = Cut("chemistry", 1900)
    first = told(remembering.evaluator, "output_share", cut)
    assert isinstance(first, str)
    monkeypatch.setattr(Evaluator, "evaluate", lambda *_: pytest.fail("computed again"))
    assert told(remembering.evaluator, "output_share", cut) == first


def test_a_country_without_rows_is_no_unknown_scope(remembering: Evidence) -> None:
    where = (("iso3", "ABW"), ("partner_iso3", "DEU"))
    for evaluator in (remembering.evaluator, legation.open().evaluator):
        assert evaluator.evaluate("association_strength", None, Cut("robotics", latest=True, where=where)).is_empty()
