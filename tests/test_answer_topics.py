"""Topics: the groups follow their rules under both settings, recommendations are few, hedged and of the technology."""

import polars as pl
import pytest

import legation
from legation import registry
from legation.answer import Answer
from legation.answers._groups import BOTH, NEAR, NONE, SETTINGS, SMALL, UNDER
from legation.answers.topics import SHOWN
from legation.constants import TOPICS_NEAR, TOPICS_STRONG
from legation.evidence import Evidence

PAIRS = (
    ("KOR", "CHE", "quantum"),
    ("KOR", "JPN", "semiconductors"),
    ("KOR", "USA", "artificial-intelligence"),
    ("KEN", "ZAF", "critical-minerals"),
    ("TUV", "CHE", "nuclear"),
    ("KOR", "SAU", "subsurface-energy"),
)
Answers = dict[tuple[str, str, str], Answer]


@pytest.fixture(scope="module")
def evidence() -> Evidence:
    return legation.open()


@pytest.fixture(scope="module")
def answers(evidence: Evidence) -> Answers:
    return {pair: evidence.ask("topics", home=pair[0], partner=pair[1], technology=pair[2]) for pair in PAIRS}


def expected_group(row: dict[str, float], strong: float, near: float, growth: str) -> str:
    """The rules as they are written down, one row at a time."""
    home, partner = row["home"] >= strong, row["partner"] >= strong
    if partner and not home and row["density"] >= near:
        return NEAR
    if partner and home:
        return BOTH
    grows = [row[f"{side}_{growth}"] is not None and row[f"{side}_{growth}"] > 0 for side in ("home", "partner")]
    small = row["home"] < -strong and row["partner"] < -strong
    return SMALL if small and all(grows) else NONE


def test_every_field_is_in_the_group_its_numbers_give_it(answers: Answers) -> None:
    seen = set()
    for answer in answers.values():
        behind = (
            answer.figures["behind"].table if "behind" in answer.figures else pl.DataFrame(schema={"scope": pl.String})
        )
        numbers = answer.table.join(behind, on=["about", "scope", "level", "source"]) if behind.height else answer.table
        for row in numbers.iter_rows(named=True):
            growth = {"looser": "growth", "stricter": "share_growth"}
            for setting, (strong, near) in SETTINGS.items():
                assert row[f"group_{setting}"] == expected_group(row, strong, near, growth[setting]), row
                seen.add((setting, row[f"group_{setting}"]))
    assert {group for setting, group in seen if setting == "looser"} == {NEAR, BOTH, SMALL, NONE}


def test_the_settings_are_those_of_the_constants(answers: Answers) -> None:
    assert list(SETTINGS.values()) == list(zip(TOPICS_STRONG, TOPICS_NEAR, strict=True))
    rules = answers[PAIRS[0]].figures["rules"].table
    assert rules["group"].to_list() == [NEAR, BOTH, SMALL]
    assert f"density at home {TOPICS_NEAR[0]:g} or more" in rules["looser"][0]
    assert f"density at home {TOPICS_NEAR[1]:g} or more" in rules["stricter"][0]


def test_growth_is_that_of_the_published_articles(evidence: Evidence, answers: Answers) -> None:
    row = answers[PAIRS[0]].table.filter(pl.col("scope") == "physics").row(0, named=True)
    articles = evidence.table("articles", "ncses").filter(
        pl.col("scope") == "physics", pl.col("counting") == "fractional", pl.col("iso3") == "KOR"
    )
    of = dict(articles.select("year", "articles").iter_rows())
    assert row["home_growth"] == pytest.approx((of[2022] / of[2017]) ** (1 / 5) - 1)


def test_numbers_lie_in_their_intervals(answers: Answers) -> None:
    for answer in answers.values():
        for name in ("home", "partner", "density", "home_growth", "partner_growth"):
            known = answer.table.drop_nulls([name, f"{name}_low", f"{name}_high"])
            assert (known[f"{name}_low"] <= known[name]).all()
            assert (known[name] <= known[f"{name}_high"]).all()


def test_what_is_clear_of_chance_keeps_its_group_at_the_worse_ends(answers: Answers) -> None:
    for answer in answers.values():
        if "behind" not in answer.figures:
            continue
        both = answer.table.join(answer.figures["behind"].table, on=["about", "scope", "level", "source"])
        strong = TOPICS_STRONG[0]
        for row in both.filter(pl.col("clear_looser"), pl.col("group_looser") == BOTH).iter_rows(named=True):
            assert min(row["home_low"], row["partner_low"]) >= strong
        assert not both.filter(pl.col("clear_looser"), pl.col("group_looser") == NONE).height


def test_recommendations_are_of_the_technology_and_say_what_would_change_them(answers: Answers) -> None:
    for (_, _, technology), answer in answers.items():
        declared = registry.technologies()[technology]
        named = {registry.labels()[s]["en"].lower() for s in (*declared.fields, *declared.patent_fields)}
        for finding in answer.findings:
            text = str(finding)
            if "{items}" in finding.words:
                assert "That changes when" in text
                assert 1 <= sum(text.count(words) for words in UNDER.values()) <= SHOWN
                assert any(name.split(",")[0] in text.lower() for name in named), text


def test_switzerland_is_strong_in_measurement_and_korea_near(answers: Answers) -> None:
    first = str(answers[PAIRS[0]].findings[0])
    assert first.startswith("Switzerland is strong and South Korea near in measurement (patent class")
    assert "under both settings" in first
    assert "ncses, 2020" in first


def test_a_group_without_a_field_of_the_technology_says_so(answers: Answers) -> None:
    text = " ".join(str(f) for f in answers[PAIRS[1]].findings)
    group = answers[PAIRS[1]].table.filter((pl.col("group_looser") == NEAR) | (pl.col("group_stricter") == NEAR))
    assert set(group["evidence"]) == {"another field"}
    assert f"is Japan strong and South Korea near; other fields in this group: {group.height}." in text


def test_that_works_by_topic_are_missing_is_said(answers: Answers) -> None:
    for pair in PAIRS[:3]:
        missing = " ".join(map(str, answers[pair].missing))
        assert "No source in this store has works by topic of both" in missing
        assert "OpenAlex" in missing
    gathered = " ".join(map(str, answers[PAIRS[5]].missing))
    assert "by topic in openalex_sample were gathered around one country" in gathered
    assert set(answers[PAIRS[5]].table["level"]) == {"field of science"}


def test_where_nothing_can_be_compared_nothing_is_recommended(answers: Answers) -> None:
    answer = answers[PAIRS[4]]
    assert answer.table.is_empty()
    assert not answer.findings
    assert "nothing can be recommended" in str(answer.missing[0])


def test_the_rows_stand_in_for_the_technology_first(answers: Answers) -> None:
    for answer in answers.values():
        places = ["the technology itself", "stands in for the technology", "another field"]
        assert answer.table["evidence"].replace_strict({p: i for i, p in enumerate(places)}).is_sorted()
