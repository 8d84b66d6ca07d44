"""Pair: joint works against what is usual, what each could learn and needs, ties and absence said in words."""

import math

import polars as pl
import pytest

import legation
from legation import registry
from legation.answer import Answer
from legation.constants import NEED_SHARE
from legation.errors import UserError
from legation.evidence import Evidence

Answers = dict[tuple[str, str, str], Answer]
PAIRS = (
    ("KOR", "CHE", "quantum"),
    ("KOR", "USA", "artificial-intelligence"),
    ("DEU", "CHN", "critical-minerals"),
    ("SAU", "USA", "subsurface-energy"),
    ("TUV", "KEN", "nuclear"),
)


@pytest.fixture(scope="module")
def evidence() -> Evidence:
    return legation.open()


@pytest.fixture(scope="module")
def answers(evidence: Evidence) -> Answers:
    return {pair: evidence.ask("pair", home=pair[0], partner=pair[1], technology=pair[2]) for pair in PAIRS}


def said(answer: Answer) -> str:
    return " ".join(str(finding) for finding in answer.findings)


def test_the_first_three_sentences_are_works_reading_and_complementarity(answers: Answers) -> None:
    first, second, third = (str(finding) for finding in answers[PAIRS[0]].findings[:3])
    assert first.startswith("In quantum technologies, South Korea and Switzerland published together 1 work")
    assert "the data cannot tell" in second
    assert "includes 1" in second
    assert third.startswith("What South Korea could learn most from Switzerland: measurement (patent class")


def test_joint_works_are_those_of_the_table(evidence: Evidence, answers: Answers) -> None:
    """Five years to the newest of the world series, added up by plain Polars."""
    source = "openalex_country_copublications"
    table = evidence.table("copublications", source).filter(
        pl.col("iso3") == "KOR", pl.col("partner_iso3") == "CHE", pl.col("last_year").is_between(2019, 2023)
    )
    expected = answers[PAIRS[0]].figures["expected"].table.filter(pl.col("source") == source)
    assert expected["works"].to_list() == [table["works"].sum()]
    assert f"{table['works'].sum():,} works" not in said(answers[PAIRS[0]])
    assert expected["ratio"][0] == pytest.approx(table["works"].sum() / expected["expected"][0])


def test_works_of_many_years_together_are_told_beside_those_of_five(answers: Answers) -> None:
    answer = answers[PAIRS[1]]
    own = answer.figures["expected"].table.filter(pl.col("scope") == "artificial-intelligence")
    periods = {(row["source"], row["first_year"], row["year"]) for row in own.iter_rows(named=True)}
    assert ("ncses", 2003, 2022) in periods
    assert "1,833 works (ncses, 2003–2022)" in str(answer.findings[0])


def test_a_reading_follows_its_interval(answers: Answers) -> None:
    for answer in answers.values():
        for row in answer.figures["expected"].table.iter_rows(named=True):
            assert row["ratio_low"] <= row["ratio"] <= row["ratio_high"]
            word = "more" if row["ratio_low"] > 1 else "less" if row["ratio_high"] < 1 else "cannot be told"
            assert row["reading"].startswith(word)


def test_sources_that_do_not_conflict_are_told_by_those_that_can(answers: Answers) -> None:
    """Two sources show more than usual, a third is too small to tell: that is no disagreement."""
    own = answers[PAIRS[1]].figures["expected"].table.filter(pl.col("scope") == "artificial-intelligence")
    assert set(own["reading"]) == {"more than usual", "cannot be told from what is usual"}
    assert "they publish more together" in str(answers[PAIRS[1]].findings[1])


def test_what_could_be_learned_is_a_lead_times_nearness(evidence: Evidence, answers: Answers) -> None:
    table = answers[PAIRS[0]].figures["complementarity"].table
    row = table.filter(pl.col("scope") == "measurement").row(0, named=True)
    assert row["direction"] == "South Korea from Switzerland"
    assert row["gain"] == pytest.approx((row["partner_symmetric_rca"] - row["symmetric_rca"]) * row["density"])
    families = evidence.table("patents", "ncses").filter(
        pl.col("kind") == "international_patent_families", pl.col("last_year") == 2020, pl.col("iso3") != "WLD"
    )
    of = {iso3: rows["patents"].sum() for (iso3,), rows in families.group_by("iso3")}
    field = families.filter(pl.col("scope") == "measurement")
    in_field = dict(field.select("iso3", "patents").iter_rows())
    rca = (in_field["CHE"] / of["CHE"]) / (float(field["patents"].sum()) / float(families["patents"].sum()))
    assert row["partner_symmetric_rca"] == pytest.approx((rca - 1) / (rca + 1))


def test_nothing_is_learned_from_who_is_not_specialised(answers: Answers) -> None:
    """Korea leads the United States in computer science, where neither is specialised."""
    answer = answers[PAIRS[1]]
    table = answer.figures["complementarity"].table.filter(
        pl.col("direction").str.ends_with("United States from South Korea")
    )
    row = table.filter(pl.col("scope") == "computer-and-information-sciences").row(0, named=True)
    assert row["gain_low"] > 0
    assert row["partner_symmetric_rca_high"] < 0
    assert "United States could learn from South Korea in computer" not in said(answer)
    assert "Nothing in this store shows that the United States needs South Korea" in said(answer)


def test_needs_are_told_from_a_share_on_each_with_its_caveat(evidence: Evidence, answers: Answers) -> None:
    answer = answers[PAIRS[2]]
    needs = answer.figures["needs"].table
    goods = needs.filter(pl.col("indicator") == "supplier_share", pl.col("direction") == "Germany from China")
    trade = evidence.table("trade", "eurostat_comext").filter(
        pl.col("reporter_iso3") == "DEU", pl.col("partner_iso3") != "DEU", pl.col("year") == 2024,
        pl.col("flow") == "import", pl.col("good") == goods["scope"][0],
    )  # fmt: skip
    share = float(trade.filter(pl.col("partner_iso3") == "CHN")["value_eur"].sum()) / float(trade["value_eur"].sum())
    assert goods["value"][0] == pytest.approx(share)
    assert goods["value"].is_sorted(descending=True)
    assert goods["value"].min() >= NEED_SHARE  # type: ignore[operator]
    for row in needs.iter_rows(named=True):
        texts = {registry.caveats()[c].text["en"] for c in registry.indicators()[row["indicator"]].caveats}
        assert row["caveat"] in texts, row["indicator"]
    small = needs.filter(pl.col("indicator") == "talent_dependence", pl.col("value") < NEED_SHARE)
    assert small.height
    assert not any(text in said(answer) for text in small["in_words"])


def test_between_members_of_the_union_the_partner_may_only_have_sent_the_goods(evidence: Evidence) -> None:
    answer = evidence.pair("FRA", "DEU", "critical-minerals")
    goods = answer.figures["needs"].table.filter(pl.col("indicator") == "supplier_share")
    assert set(goods["direction"]) == {"France from Germany", "Germany from France"}
    assert goods["caveat"].str.contains("the partner is the country that sent the goods").all()
    china = evidence.pair("FRA", "CHN", "critical-minerals").figures["needs"].table
    assert not china["caveat"].str.contains("sent the goods").any()


def test_minerals_are_needed_of_whom_has_more(answers: Answers) -> None:
    minerals = answers[PAIRS[2]].figures["minerals"].table
    gallium = minerals.filter(pl.col("scope") == "gallium", pl.col("home").is_null()).row(0, named=True)
    assert gallium["partner"] > 0.9
    needs = answers[PAIRS[2]].figures["needs"].table.filter(pl.col("indicator") == "mineral_share")
    assert set(needs["direction"]) <= {"Germany from China", "China from Germany"}
    assert (needs["value"] > needs["own"].fill_null(0)).all()


def test_databases_that_disagree_on_who_gains_are_said_to(answers: Answers) -> None:
    label = registry.indicators()["researcher_flows"].measures["net_arrivals"].label["en"]
    for answer in answers.values():
        balances = answer.table.filter(pl.col("measure") == label, pl.col("scope") == "all")
        signs = {math.copysign(1, value) for value in balances["value"].drop_nulls() if value}
        assert (len(signs) > 1) == ("databases disagree on who gains" in said(answer))


def test_students_stand_both_ways_as_published(evidence: Evidence, answers: Answers) -> None:
    table = answers[PAIRS[0]].figures["students"].table
    shares = {row["host"]: row["value"] for row in table.iter_rows(named=True)}
    published = evidence.table("students", "oecd_students")
    for host, code, origin in (("Switzerland", "CHE", "KOR"), ("South Korea", "KOR", "CHE")):
        found = published.filter(pl.col("origin_iso3") == origin, pl.col("destination_iso3") == code)
        assert shares[host] == pytest.approx(found["value"][0] / 100)


def test_what_both_signed_and_only_one_did(evidence: Evidence, answers: Answers) -> None:
    signed = evidence.table("agreements", "ai_declarations")
    korea, america = (set(signed.filter(pl.col("iso3") == iso3)["agreement"]) for iso3 in ("KOR", "USA"))
    labels = {code: registry.labels()[code]["en"] for code in korea | america}
    text = next(str(f) for f in answers[PAIRS[1]].findings if "both signed" in str(f))
    both, only = text.split("only South Korea signed")
    assert all(labels[code] in both for code in korea & america)
    assert all(labels[code] in only for code in korea - america)


def test_projects_of_the_whole_programme_are_shown(evidence: Evidence, answers: Answers) -> None:
    projects = evidence.table("projects", "cordis_h2020").filter(
        pl.col("iso3") == "KOR", pl.col("partner_iso3") == "CHE", pl.col("scope") == "h2020"
    )
    assert f"share {projects['projects'].sum()} projects of Horizon 2020" in said(answers[PAIRS[0]])


def test_votes_by_issue_and_distance_with_its_interval(answers: Answers) -> None:
    votes = answers[PAIRS[0]].figures["votes"].table
    assert votes["issue"][0] == "all"
    issues = votes.slice(1)
    assert f"least on “{issues['about'][-1]}”" in said(answers[PAIRS[0]])
    assert "Their ideal points are 0.224 apart (95 % interval 0 to 0.492" in said(answers[PAIRS[0]])


def test_organisations_are_named_and_listed_ones_with_list_and_year(answers: Answers) -> None:
    assert "King Fahd University" in said(answers[PAIRS[3]])
    assert "institutions" not in answers[PAIRS[0]].figures
    assert "Section 1286 of 2025 names none of Germany and" in said(answers[PAIRS[2]])
    listed = answers[PAIRS[2]].figures["listed"].table
    assert dict(listed.select("iso3", "institutions").iter_rows())["DEU"] == 0


def test_what_is_not_known_is_said_with_what_would_tell(answers: Answers) -> None:
    missing = " ".join(map(str, answers[PAIRS[4]].missing))
    for text in (
        "Nothing on nuclear energy itself joins Tuvalu and Kenya",
        "Of Tuvalu there are fewer than 100 articles",
        "Patents by field of Tuvalu and Kenya are not in this store",
        "BACI or UN Comtrade would tell",
        "UNESCO's statistics would tell",
        "Agreements that Tuvalu and Kenya have made with each other are not in this store",
    ):
        assert text in missing, text
    assert "specialised where" not in said(answers[PAIRS[4]])


def test_every_number_of_the_first_sentences_has_a_source_and_years(answers: Answers) -> None:
    for answer in answers.values():
        cited = {citation.id for citation in answer.citations}
        for finding in answer.findings[:2]:
            assert any(source in str(finding) for source in cited), finding


@pytest.mark.parametrize("given", [("KOR", "KOR"), ("KOR", "Switzreland")])
def test_a_pair_is_of_two_known_countries(evidence: Evidence, given: tuple[str, str]) -> None:
    with pytest.raises(UserError, match=r"two different countries|did you mean"):
        evidence.pair(*given, "quantum")
