"""The coalition answer on the embedded pack: found from the tables themselves, limits, words, absent evidence."""

import itertools
import json
import math
import re
from collections.abc import Callable
from typing import Any

import polars as pl
import pytest

import legation
from legation.answer import Answer
from legation.errors import NoEvidenceError, UserError
from legation.evidence import Evidence


@pytest.fixture(scope="module")
def evidence() -> Evidence:
    return legation.open()


@pytest.fixture(scope="module")
def helium(evidence: Evidence) -> Answer:
    return evidence.ask("coalition", home="USA", technology="quantum", of="helium")


def ask(evidence: Evidence, home: str, technology: str, lang: str = "en", **options: object) -> Answer:
    return evidence.ask("coalition", lang, home=home, technology=technology, **options)


def text(answer: Answer) -> str:
    return "\n".join(map(str, (*answer.findings, *answer.missing)))


def members(answer: Answer) -> list[str]:
    return answer.figures["members"].table["iso3"].to_list()


def test_the_smallest_coalition_is_that_of_the_published_quantities(evidence: Evidence, helium: Answer) -> None:
    """Every set of countries that publish their helium, tried one by one."""
    listed = evidence.table("minerals").filter(
        pl.col("mineral") == "helium", pl.col("statistic") == "production", pl.col("quantity") > 0
    )
    newest = listed.filter(pl.col("year") == pl.col("year").max())
    amounts = dict(newest.filter(pl.col("iso3") != "WLD").select("iso3", "quantity").iter_rows())
    world = newest.filter(pl.col("iso3") == "WLD")["quantity"][0]
    reaching = [
        chosen
        for size in range(1, len(amounts) + 1)
        for chosen in itertools.combinations(amounts, size)
        if "USA" in chosen and math.fsum(amounts[c] for c in chosen) / world >= 0.5
    ]
    least = min(map(len, reaching))
    expected = {frozenset(chosen) for chosen in reaching if len(chosen) == least}
    points = evidence.table("ideal_points").filter(pl.col("year") == pl.col("year").max())
    place = dict(points.select("iso3", "ideal_point").iter_rows())
    nearest = min(expected, key=lambda chosen: sum(abs(place[c] - place["USA"]) for c in chosen))
    table = helium.table
    assert table["members"].to_list() == [least] * len(expected)
    assert frozenset(members(helium)) == nearest
    share = math.fsum(amounts[c] for c in nearest) / world
    assert table["share"][0] == pytest.approx(share)
    assert table["total_distance"][0] == pytest.approx(sum(abs(place[c] - place["USA"]) for c in nearest))
    assert f"has {least} members" in text(helium)


def test_a_source_without_intervals_is_said_to_have_none(helium: Answer) -> None:
    assert helium.table["reached_in"].null_count() == helium.table.height
    assert "usgs_minerals gives no intervals" in text(helium)
    assert "draws" not in text(helium)


def test_members_are_what_the_best_set_has_and_what_it_takes_without_them(evidence: Evidence) -> None:
    answer = ask(evidence, "KOR", "artificial-intelligence")
    table = answer.figures["members"].table
    assert table["iso3"][0] == "KOR"
    assert table["value"].sum() == pytest.approx(answer.table["share"][0])
    needed = table.filter(pl.col("in_all") == "yes", pl.col("iso3") != "KOR")
    for iso3, least in needed.select("iso3", "members_without_it").iter_rows():
        without = ask(evidence, "KOR", "artificial-intelligence", exclude=(iso3,))
        assert without.table["members"][0] == least > table.height


def test_the_largest_share_of_each_size_is_that_of_the_largest_countries(evidence: Evidence) -> None:
    answer = ask(evidence, "CHE", "semiconductors")
    families = evidence.indicator("patent_share", scope="semiconductors").filter(
        pl.col("kind") == "international_patent_families"
    )
    of = dict(families.filter(pl.col("year") == pl.col("year").max()).select("iso3", "patent_share").iter_rows())
    others = sorted((share for iso3, share in of.items() if iso3 != "CHE"), reverse=True)
    for size, largest in answer.figures["sizes"].table.select("members", "largest_share").iter_rows():
        assert largest == pytest.approx(of["CHE"] + sum(others[: size - 1]))


def test_the_best_aligned_is_no_farther_than_the_smallest(evidence: Evidence) -> None:
    smallest = ask(evidence, "CHE", "artificial-intelligence").table
    aligned = ask(evidence, "CHE", "artificial-intelligence", objective="aligned")
    assert aligned.table["total_distance"][0] <= smallest["total_distance"][0]
    assert aligned.table["members"][0] >= smallest["members"][0]
    limit = aligned.table["total_distance"][0] * 1.05
    assert (aligned.table["total_distance"] <= limit + 1e-9).all()
    assert "nearest to it in UN votes" in text(aligned)


def test_limits_are_kept(evidence: Evidence) -> None:
    answer = ask(evidence, "KOR", "semiconductors", include=("Germany",), exclude=("China", "GCC"), max_distance=1.5)
    table = answer.figures["members"].table
    assert "DEU" in members(answer)
    assert "CHN" not in members(answer)
    assert table["distance"].drop_nulls().max() <= 1.5  # type: ignore[operator]
    within = ask(evidence, "KOR", "artificial-intelligence", among=("FRIENDS=Japan,Australia,GBR,DEU,CAN,FRA",))
    assert "No coalition with South Korea holds 50 %" in text(within)
    assert within.table.is_empty()
    few = ask(evidence, "KOR", "artificial-intelligence", among=("NATO", "JPN=JPN"), share=0.4, members=2)
    assert members(few) == ["KOR", "USA"]
    assert "Members of NATO are those on a list of" in text(few)


def test_what_is_a_country_without_votes_is_said(evidence: Evidence) -> None:
    answer = ask(evidence, "TWN", "semiconductors")
    assert answer.table["total_distance"].null_count() == answer.table.height
    assert "does not vote in the UN General Assembly" in text(answer)
    aligned = ask(evidence, "TWN", "semiconductors", objective="aligned")
    assert aligned.table.is_empty()
    assert "neither the nearest coalition nor one within a distance can be sought" in text(aligned)


def test_a_neighbouring_field_that_stands_in_is_said_to(evidence: Evidence) -> None:
    answer = ask(evidence, "SGP", "critical-minerals")
    assert "a neighbouring field" in str(answer.findings[0])
    assert "No share in critical minerals itself" in text(answer)
    assert "ask for one with `of`, such as aluminum" in text(answer)


def test_the_technology_itself_comes_before_what_is_near(evidence: Evidence) -> None:
    for technology, indicator in (
        ("artificial-intelligence", "top10_share"),
        ("quantum", "record_output"),
        ("nuclear", "capability_share"),
        ("semiconductors", "patent_share"),
    ):
        assert ask(evidence, "KEN", technology).main.indicators[0] == indicator


def test_a_collection_gathered_around_one_country_is_no_world_to_share(evidence: Evidence) -> None:
    answer = ask(evidence, "SAU", "subsurface-energy")
    assert "openalex_sample" not in answer.main.sources
    assert "openalex_sample was gathered around one country" in text(answer)


def test_draws_tell_how_sure_a_set_is(evidence: Evidence) -> None:
    answer = ask(evidence, "SGP", "critical-minerals")
    assert answer.table["reached_in"].is_between(0, 1).all()
    near_the_edge = answer.table.filter((pl.col("share") - 0.5).abs() < 0.001)["reached_in"]
    assert len(near_the_edge) > 0
    assert near_the_edge.is_between(0.2, 0.8).all()
    sure = answer.table.sort("share")["reached_in"][-1]
    assert sure > 0.95


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"of": "gold"}, "unknown share 'gold'; known: capability, helium"),
        ({"share": 50.0}, "above 0 and at most 1, not 50"),
        ({"objective": "smalest"}, "unknown objective 'smalest'; did you mean smallest"),
        ({"include": ("Koera",)}, "did you mean"),
        ({"exclude": ("NATOO",)}, "unknown bloc 'NATOO'; did you mean NATO"),
        ({"exclude": ("KOR",)}, "KOR cannot be both"),
        ({"among": ("FRIENDS=",)}, "cannot be read; give an organisation such as EU"),
        ({"members": -1}, "above 0, or 0 for no limit"),
        ({"include": ("Russia",), "max_distance": 0.5}, "RUS cannot be required: farther from KOR"),
    ],
)
def test_bad_options_are_answered_with_what_to_do(evidence: Evidence, given: dict[str, Any], message: str) -> None:
    with pytest.raises(UserError, match=re.escape(message)):
        ask(evidence, "KOR", "quantum", **given)


def test_evidence_that_is_not_there_is_named_with_what_is(evidence: Evidence) -> None:
    with pytest.raises(NoEvidenceError, match="no top10 of quantum; it has output, top1, patents, helium"):
        ask(evidence, "KOR", "quantum", of="top10")


@pytest.mark.parametrize("home", ["KOR", "CHE", "KEN", "SAU", "TUV", "USA"])
@pytest.mark.parametrize("lang", ["en", "ko"])
def test_sentences_are_whole(evidence: Evidence, home: str, lang: str) -> None:
    for technology in ("nuclear", "semiconductors"):
        answer = ask(evidence, home, technology, lang)
        for sentence in text(answer).splitlines():
            assert not re.search(r"[{}]|\bNone\b|\bnan\b|The the", sentence), sentence


def test_the_command_gives_json_and_nothing_else(run: Callable[..., object]) -> None:
    ran = run(
        "coalition", "KOR", "quantum", "--of", "patents", "--objective", "aligned", "--share", "0.6", "-f", "json"
    )
    told = json.loads(ran.out)  # type: ignore[attr-defined]
    assert told["answer"] == "coalition"
    assert ran.err == ""  # type: ignore[attr-defined]
