"""Partners under a lens: what is ranked, on what, how surely, and what stands beside it, against the tables."""

import math
import re
from functools import cache
from pathlib import Path
from typing import Any

import polars as pl
import pytest

import legation
from legation import backtested, phrasing, registry
from legation.answer import Answer
from legation.answers import _lens
from legation.answers._composing import Composer
from legation.answers._criteria import collect, field_of
from legation.declaring import DeclarationError
from legation.errors import UserError
from legation.evidence import Evidence

LINE = {
    "indicator": "output_share",
    "measure": "output_share",
    "scopes": ["fields"],
    "where": {"counting": "fractional"},
}
OWN = """
label = "Size alone"
[criteria.size]
label = "Size"
normalisation = "rank"
[[criteria.size.lines]]
indicator = "output"
measure = "articles"
scopes = ["fields"]
window = 5
where = { counting = "fractional" }
"""


@cache
def evidence() -> Evidence:
    return legation.open()


@cache
def asked(home: str, technology: str, lens: str, *options: tuple[str, Any]) -> Answer:
    return evidence().partners(home, technology, lens=lens, **dict(options))


def latest(indicator: str, **where: object) -> pl.DataFrame:
    """The newest year of an indicator where its columns have these values."""
    frame = evidence().indicator(indicator, **{k: where.pop(k) for k in ("scope", "window") if k in where})  # type: ignore[arg-type]
    frame = frame.filter(pl.lit(True), *(pl.col(c) == value for c, value in where.items()))
    return frame.filter(pl.col("year") == pl.col("year").max())


def composer() -> Composer:
    return Composer(evidence().evaluator, "partners", {"home": "KOR", "home_name": "South Korea"})


# Lenses


@pytest.mark.parametrize("name", ["competitiveness", "complementarity", "contribution"])
def test_a_lens_speaks_both_languages_and_says_what_would_supply_its_evidence(name: str) -> None:
    lens = registry.lenses()[name]
    for text in (lens.label, lens.asks, *(t for c in lens.criteria.values() for t in (c.label, c.supply))):
        assert re.search("[가-힣]", text["ko"])
        assert not re.search("[가-힣]", text["en"])


@pytest.mark.parametrize(
    ("declared", "said"),
    [
        ({}, "own.toml: missing label, criteria"),
        ({"label": "x", "criteria": {}}, "declare at least one criterion"),
        ({"label": "x", "criterria": {}}, "no such entry: criterria; did you mean criteria?|missing criteria"),
        ({"label": {"ko": "x"}, "criteria": {}}, "own.toml: label: give a text, or one for each language: en"),
        ({"label": {"en": "x", "fr": "x"}, "criteria": {}}, "no such language: fr"),
        ({"label": "x", "criteria": {"a": 3}}, "own.toml: criteria.a: a table is needed here"),
        ({"label": "x", "criteria": {"a": {"label": "a"}}}, "own.toml: criteria.a: missing lines"),
        ({"label": "x", "criteria": {"a": {"label": "a", "lines": []}}}, "give at least one line of evidence"),
    ],
)
def test_a_lens_that_does_not_say_what_it_must_names_file_and_entry(declared: dict[str, Any], said: str) -> None:
    with pytest.raises(DeclarationError, match=said):
        registry.lens("own", "own.toml", declared)


@pytest.mark.parametrize(
    ("entry", "said"),
    [
        ({"indicator": "output_shares"}, r"criteria.a: lines\[0\]: unknown indicator 'output_shares'; did you mean"),
        ({"measure": "output_shar"}, "unknown measure of output_share 'output_shar'; did you mean output_share"),
        ({"scopes": ["field"]}, "unknown list of scopes 'field'; did you mean fields"),
        ({"scopes": []}, "needs scopes"),
        ({"window": 0}, "window of 1 year or more"),
        ({"window": "5"}, "window is a whole number, not '5'"),
        ({"where": {"countin": "full"}}, "unknown column that splits output_share 'countin'; did you mean counting"),
        ({"each": {"output": "many"}}, "each.output is a number"),
        ({"not_from": ["nobody"]}, "unknown source 'nobody'"),
        ({"home": "destination"}, "home is one of iso3, partner_iso3"),
    ],
)
def test_a_line_of_evidence_that_cannot_be_is_named(entry: dict[str, Any], said: str) -> None:
    declared = {"label": "x", "criteria": {"a": {"label": "a", "lines": [LINE | entry]}}}
    with pytest.raises(DeclarationError, match=said):
        registry.lens("own", "own.toml", declared)


@pytest.mark.parametrize(
    ("entry", "said"),
    [
        ({"direction": "up"}, "direction is one of higher, lower, not 'up'"),
        ({"normalisation": "zscore"}, "normalisation is one of any, minmax, z, rank"),
        ({"weight": -1}, "weight is a number from 0 on, not -1"),
        ({"weight": math.inf}, "weight is a number from 0 on"),
        ({"weight": True}, "weight is a number, not True"),
    ],
)
def test_a_criterion_that_cannot_be_is_named(entry: dict[str, Any], said: str) -> None:
    declared = {"label": "x", "criteria": {"a": {"label": "a", "lines": [LINE], **entry}}}
    with pytest.raises(DeclarationError, match=said):
        registry.lens("own", "own.toml", declared)


# Weights and lenses of one's own


def weights_of(
    lens: str = "competitiveness", weight: tuple[str, ...] = (), file: Path | None = None
) -> dict[str, float]:
    chosen = _lens.chosen(lens, "competitiveness", weight, file, ())
    return {name: criterion.weight for name, criterion in chosen.criteria.items()}


def test_weights_are_taken_from_the_file_and_then_one_by_one(tmp_path: Path) -> None:
    file = tmp_path / "weights.toml"
    file.write_text("[weights]\nstrength = 3\npotential = 0\n", encoding="utf-8")
    equal = dict.fromkeys(("strength", "excellence", "invention", "capability", "potential"), 1.0)
    assert weights_of() == equal
    assert weights_of(file=file) == equal | {"strength": 3, "potential": 0}
    assert weights_of(weight=("strength=0.5", "invention = 2"), file=file) == equal | {
        "strength": 0.5, "potential": 0, "invention": 2,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("weight", "said"),
    [
        (("strenght=2",), "unknown criterion of the lens competitiveness 'strenght'; did you mean strength"),
        (("strength",), "a weight is given as name=value, such as strength=2, not 'strength'"),
        (("=2",), "a weight is given as name=value"),
        (("strength=lots",), "the weight of strength is 'lots'; give a number from 0 on"),
        (("strength=-1",), "the weight of strength is -1.0; give a number from 0 on"),
        (("strength=nan",), "the weight of strength is nan"),
        (("strength=inf",), "the weight of strength is inf"),
        (("strength=1", "strength=2"), "the weight of strength is given twice"),
        (
            tuple(f"{name}=0" for name in ("strength", "excellence", "invention", "capability", "potential")),
            "every weight is 0; give at least one of strength, excellence",
        ),
    ],
)
def test_weights_that_cannot_be_are_refused(weight: tuple[str, ...], said: str) -> None:
    with pytest.raises(UserError, match=re.escape(said)):
        weights_of(weight=weight)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[weights\nstrength = 1", "weights.toml is not TOML: "),
        ("", "give [weights], a number for each of strength, excellence"),
        ("strength = 2", "or a whole lens with [criteria.NAME]; not strength"),
        ("[weights]\nstrenght = 2", "did you mean strength"),
        ("[weights]\nstrength = '2'", "the weight of strength is '2'; give a number"),
        ("[weights]\nstrength = true", "the weight of strength is True; give a number"),
        (OWN.replace("output", "outputs"), "criteria.size: lines[0]: unknown indicator 'outputs'"),
        (OWN.replace('"rank"', '"rank"\nweight = 0'), "every weight is 0; give at least one of size a weight above it"),
    ],
)
def test_a_file_of_weights_that_does_not_fit_is_refused(tmp_path: Path, text: str, said: str) -> None:
    file = tmp_path / "weights.toml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(UserError, match=re.escape(said)):
        weights_of(file=file)


def test_a_file_that_cannot_be_read_is_told(tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"cannot read .*nowhere\.toml: No such file"):
        weights_of(file=tmp_path / "nowhere.toml")
    (tmp_path / "latin.toml").write_bytes(b"label = 'caf\xe9'")
    with pytest.raises(UserError, match="not text in UTF-8"):
        weights_of(file=tmp_path / "latin.toml")
    (tmp_path / "long.toml").write_text("#" * 200_000, encoding="utf-8")
    with pytest.raises(UserError, match="larger than a file of weights can be"):
        weights_of(file=tmp_path / "long.toml")


def test_a_lens_of_ones_own_ranks_by_what_it_names(tmp_path: Path) -> None:
    """On articles alone, as ranks: the order of the articles themselves, the same in every draw."""
    file = tmp_path / "size.toml"
    file.write_text(OWN, encoding="utf-8")
    answer = evidence().partners("KOR", "quantum", weights=file, draws=100)
    physics = latest("output", scope="physics", counting="fractional", window=5).filter(pl.col("iso3") != "KOR")
    table = answer.table
    assert "size alone" in answer.main.title
    assert table["iso3"][0] == physics.sort("articles")["iso3"][-1]
    known = table.join(physics, on="iso3", how="inner", maintain_order="left")
    assert known["articles"].is_sorted(descending=True)
    assert (table["rank_low"] == table["rank_high"]).all()
    assert table.height == physics.height
    with pytest.raises(UserError, match="is a lens of its own; leave out --lens contribution"):
        evidence().partners("KOR", "quantum", lens="contribution", weights=file)


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"lens": "competitivenes"}, "unknown lens 'competitivenes'; did you mean competitiveness"),
        ({"income": ("hihg",)}, "unknown income group 'hihg'; did you mean high"),
        ({"draws": 10}, "draws cannot be 10; give a number from 100 to 20,000"),
        ({"draws": 10**6}, "draws cannot be 1000000"),
        ({"top": 0}, "top cannot be 0; give a number from 1 to 50"),
        ({"weigth": ("strength=2",)}, "unknown option of partners 'weigth'; did you mean weight"),
    ],
)
def test_options_that_cannot_be_are_refused(options: dict[str, Any], said: str) -> None:
    with pytest.raises(UserError, match=re.escape(said)):
        evidence().partners("KOR", "quantum", **options)


# The ranking


def by_hand(home: str) -> dict[str, float]:
    """The score of each partner in quantum technologies under competitiveness, from the tables themselves."""
    works = latest("record_output", scope="quantum")
    strength = dict(works.select("iso3", "output_share").iter_rows())
    cited = dict(latest("top1_share", scope="physics", counting="fractional").select("iso3", "top1_share").iter_rows())
    families = latest("patent_share", scope="optics", kind="international_patent_families")
    patents = dict(families.select("iso3", "patent_share").iter_rows())
    ties = latest("collaboration_potential", scope="all", source="openalex_country_copublications")
    room = dict(ties.filter(pl.col("iso3") == home).select("partner_iso3", "potential").iter_rows())
    physics = latest("output", scope="physics", counting="fractional", window=5)
    active = set(physics.filter(pl.col("articles") >= 100)["iso3"])
    criteria = [strength, cited, patents, room]
    partners = [c for c in active & set(strength) - {home} if sum(c in known for known in criteria) > len(criteria) / 2]
    found = dict.fromkeys(partners, 0.0)
    for known in criteria:
        values = {c: known[c] for c in partners if c in known}
        low, high = min(values.values()), max(values.values())
        units = sorted((value - low) / (high - low) for value in values.values())
        middle = (units[(len(units) - 1) // 2] + units[len(units) // 2]) / 2
        for c in partners:
            found[c] += (((values[c] - low) / (high - low)) if c in values else middle) / len(criteria)
    return found


def test_the_score_is_the_weighted_mean_of_what_the_tables_hold() -> None:
    table = asked("KOR", "quantum", "competitiveness").table
    scores = by_hand("KOR")
    assert set(table["iso3"]) == set(scores)
    assert dict(table.select("iso3", "score").iter_rows()) == pytest.approx(scores)


def test_partners_stand_in_the_order_of_their_median_rank_with_intervals_that_hold_it() -> None:
    table = asked("KOR", "quantum", "competitiveness").table
    assert "KOR" not in set(table["iso3"])
    assert table["median_rank"].is_sorted()
    assert table["group"].is_sorted()
    assert ((table["rank_low"] <= table["median_rank"]) & (table["median_rank"] <= table["rank_high"])).all()
    assert table["share_in_top"].sum() == pytest.approx(5, abs=0.1)
    assert table["evidence_share"].is_between(0.5, 1, closed="right").all()


def test_groups_pairs_and_words_agree() -> None:
    answer = asked("KOR", "quantum", "competitiveness")
    table, pairs = answer.table, answer.figures["robust_pairs"].table
    shown = table.head(12)
    group = dict(shown.select("iso3", "group").iter_rows())
    assert pairs.height == 12 * 11 // 2
    assert (pairs["robust"] == (pairs["share_before"] >= 0.95)).all()
    together = [r for r in pairs.iter_rows(named=True) if group[r["iso3"]] == group[r["other_iso3"]]]
    assert together
    assert not any(row["share_before"] <= 0.05 or row["share_before"] >= 0.95 for row in together)
    told = [str(f) for f in answer.findings]
    assert any(f"{pairs['robust'].sum()} keep their order" in line for line in told)
    first = pairs.filter(pl.col("iso3") == shown["iso3"][0])
    tied = first.filter(~pl.col("robust"))["other_country"].to_list()
    assert f"{shown['country'][0]} comes first" in told[0]
    assert all(country in told[0] for country in tied[:8])
    assert table["tied_with"][0] >= len(tied)
    assert ("is tied with" in told[0]) == (table["tied_with"][0] > 0)


def test_of_two_partners_the_first_finding_says_whether_their_order_is_certain() -> None:
    answer = asked("SGP", "semiconductors", "complementarity", ("income", ("low",)))
    first, *others = [str(f) for f in answer.findings]
    (robust,) = answer.figures["robust_pairs"].table["robust"]
    assert ("the data cannot tell which is ahead" in first) != robust
    assert not any("pairs among" in finding for finding in others)


def test_drivers_are_the_values_of_the_indicators_and_add_up() -> None:
    answer = asked("KOR", "quantum", "competitiveness")
    drivers = answer.figures["drivers"].table
    works = latest("record_output", scope="quantum").select("iso3", "output_share", "output_share_low")
    strength = drivers.filter(pl.col("criterion") == "Strength").join(works, on="iso3")
    assert strength.height == 12
    assert strength["value"].to_list() == strength["output_share"].to_list()
    assert strength["low"].to_list() == strength["output_share_low"].to_list()
    lifts = drivers.group_by("iso3", maintain_order=True).agg(pl.col("lift").sum())
    scores = answer.table.head(12)["score"] - lifts["lift"]
    assert scores.max() == pytest.approx(scores.min())
    strongest = (
        drivers.sort("lift", nulls_last=True).group_by("iso3").agg(pl.col("criterion").last(), pl.col("lift").last())
    )
    lifted = answer.table.join(strongest.filter(pl.col("lift") > 0), on="iso3")
    assert lifted["lifted_by"].to_list() == lifted["criterion"].to_list()


def test_a_weight_of_nought_leaves_a_criterion_out() -> None:
    answer = asked("KOR", "quantum", "competitiveness", ("weight", ("potential=0", "strength=2")), ("draws", 200))
    criteria = answer.figures["criteria"].table
    assert dict(criteria.select("criterion", "weight").iter_rows()) == {
        "strength": 0.5,
        "excellence": 0.25,
        "invention": 0.25,
    }


def test_sensitivity_is_told_of_the_four_choices_largest_first() -> None:
    answer = asked("KOR", "quantum", "competitiveness")
    table = answer.figures["sensitivity"].table
    assert table.height == 4
    assert table["total"].is_sorted(descending=True)
    for order in ("first_order", "total"):
        assert (table[f"{order}_low"] <= table[order]).all()
        assert (table[order] <= table[f"{order}_high"]).all()
    assert any(table["choice"][0] in str(f) for f in answer.findings if "What moves" in str(f))


def test_what_would_change_the_first_place_is_told() -> None:
    answer = asked("KOR", "quantum", "contribution")
    without = answer.figures["without"].table
    first = answer.table["country"][0]
    assert (without["changes"] == (without["country"] != first)).all()
    told = " ".join(map(str, answer.findings))
    for row in without.filter("changes").iter_rows(named=True):
        assert f"Without “{row['label']}”, {row['country']} would come first instead of {first}." in told
    assert ("without any single one" in told) == (not without["changes"].any())


def test_contribution_ranks_only_economies_known_to_be_below_high_income() -> None:
    answer = asked("KOR", "quantum", "contribution")
    groups = dict(latest("income_group").select("iso3", "income_group").iter_rows())
    assert {groups[code] for code in answer.table["iso3"]} <= {"low", "lower-middle", "upper-middle"}
    assert any("no figure tells their income group" in str(m) and "Taiwan" in str(m) for m in answer.missing)
    assert any(
        "Ranked are only economies of low, lower-middle and upper-middle income" in str(f) for f in answer.findings
    )
    everyone = asked("KOR", "quantum", "contribution", ("income", ("all",)), ("draws", 100))
    assert "USA" in set(everyone.table["iso3"])
    assert set(answer.table["iso3"]) < set(everyone.table["iso3"])


def test_contribution_asks_for_need_training_leadership_and_bridges() -> None:
    lens = registry.lenses()["contribution"]
    named = {line.indicator for criterion in lens.criteria.values() for line in criterion.lines}
    assert named >= {"capacity_gap", "training_flows", "equitable_leadership", "bridge_share"}
    answer = asked("KOR", "subsurface-energy", "contribution", ("draws", 200))
    used = set(answer.figures["criteria"].table["criterion"])
    assert used >= {"need", "training", "leadership", "bridges"}
    flows = latest("training_flows", measure="share_of_students_from_abroad_percent", partner_iso3="KOR")
    sent = dict(flows.select("iso3", "share_of_host").iter_rows())
    drivers = answer.figures["drivers"].table.filter(pl.col("criterion") == "Students it sends us")
    assert drivers["value"].to_list() == pytest.approx([sent[code] for code in drivers["iso3"]])
    context = answer.figures["leadership_by_income"].table
    assert set(context["partner_income_group"]) <= {"low", "lower-middle", "upper-middle", "high", "not known"}


def test_a_collection_of_one_region_does_not_say_who_is_strong() -> None:
    answer = asked("KOR", "subsurface-energy", "contribution", ("draws", 200))
    assert "openalex_sample" in " ".join(answer.figures["criteria"].table["stands_on"])
    found = collect(
        composer(), registry.lenses()["competitiveness"], "KOR", registry.technologies()["subsurface-energy"]
    )
    assert "openalex_sample" not in {source for criterion in found for source in criterion.frame["source"]}


def test_how_well_a_lens_foretold_is_said_of_it_as_declared_and_not_with_other_weights() -> None:
    told = " ".join(map(str, asked("KOR", "quantum", "competitiveness").findings))
    assert f"in {phrasing.percent(backtested.result().measured['competitiveness'].auc)} of comparisons" in told
    otherwise = asked("KOR", "quantum", "competitiveness", ("weight", ("potential=0", "strength=2")), ("draws", 200))
    assert "back-test" not in " ".join(map(str, otherwise.findings))


# What the ranking does not say


@pytest.mark.parametrize("home", ["ATA", "TUV"])
@pytest.mark.parametrize("lens", ["competitiveness", "complementarity", "contribution"])
def test_partners_are_not_ranked_on_their_strengths_alone(home: str, lens: str) -> None:
    answer = asked(home, "quantum", lens)
    assert answer.table.is_empty()
    assert not answer.findings
    assert "so partners are not ranked" in str(answer.missing[0])


def test_what_has_no_evidence_is_said_with_what_would_supply_it() -> None:
    missing = " ".join(map(str, asked("KOR", "quantum", "competitiveness").missing))
    assert "Nothing in this store tells “Capability” for quantum technologies; it is left out." in missing
    assert "It would be told by a register of what is built or run" in missing
    assert "The sources give no interval of “Gap of capacity”" in " ".join(
        map(str, asked("KOR", "quantum", "contribution").missing)
    )


def test_an_economy_a_complete_list_does_not_name_has_none_and_one_without_a_value_is_not_known() -> None:
    lens, nuclear = registry.lenses()["competitiveness"], registry.technologies()["nuclear"]
    found = {criterion.name: criterion for criterion in collect(composer(), lens, "KOR", nuclear)}
    reactors = found["capability"].component(["FRA", "DEU"])
    assert reactors.values[0] > 0
    assert reactors.values[1] == reactors.low[1] == reactors.high[1] == 0
    assert math.isnan(found["excellence"].component(["TUV"]).values[0])


# Beside the ranking


def test_beside_the_ranking_stands_what_the_tables_hold() -> None:
    answer = asked("KOR", "artificial-intelligence", "competitiveness")
    beside = answer.figures["beside"].table
    assert beside["iso3"].to_list() == answer.table["iso3"].to_list()
    listed = evidence().table("listed_institutions").filter(pl.col("year") == 2025, pl.col("iso3") == "CHN").height
    row = beside.row(by_predicate=pl.col("iso3") == "CHN", named=True)
    assert row["institutions_listed"] == listed > 0
    assert beside.filter(pl.col("iso3") == "DEU")["institutions_listed"].to_list() == [0]
    wanted = registry.technologies()["artificial-intelligence"]
    held = evidence().table("memberships").filter(pl.col("year") == 2025, pl.col("status") == "member")
    held = held.filter(pl.col("organisation").is_in(wanted.memberships))
    of = {code: set(held.filter(pl.col("iso3") == code)["organisation"]) for code in ("KOR", "JPN", "CHN")}
    signed = evidence().table("agreements").filter(pl.col("agreement").is_in(wanted.declarations))
    by = {code: set(signed.filter(pl.col("iso3") == code)["agreement"]) for code in ("KOR", "JPN", "CHN")}
    for code in ("JPN", "CHN"):
        row = beside.row(by_predicate=pl.col("iso3") == code, named=True)
        assert row["shared_memberships"] == len(of["KOR"] & of[code])
        assert row["shared_declarations"] == len(by["KOR"] & by[code])
        assert row["ideal_point_distance_low"] <= row["ideal_point_distance"] <= row["ideal_point_distance_high"]
    works = latest("salton", source="openalex_country_copublications", iso3="KOR", window=5)
    joint = dict(works.select("partner_iso3", "joint_works").iter_rows())
    assert {code: joint[code] for code in answer.table["iso3"]} == dict(
        beside.select("iso3", "joint_works").iter_rows()
    )
    assert len(answer.figures["beside"].notes) == len(
        {*beside.columns} - {"iso3", "country", "ideal_point_distance_low", "ideal_point_distance_high", "mineral"}
    )


def test_dependence_on_a_partner_stands_beside_and_is_said_of_the_first() -> None:
    answer = asked("DEU", "critical-minerals", "competitiveness", ("draws", 200))
    goods = registry.technologies()["critical-minerals"].goods
    trade = (
        evidence()
        .table("trade")
        .filter(pl.col("reporter_iso3") == "DEU", pl.col("flow") == "import", pl.col("year") == 2024)
    )
    trade = trade.filter(pl.col("good").is_in(goods), pl.col("partner_iso3") != "DEU", pl.col("value_eur") > 0)
    largest = trade.sort("value_eur", "partner_iso3", descending=[True, False]).unique("good", keep="first")
    mainly = dict(largest.group_by("partner_iso3").len().iter_rows())
    beside = answer.figures["beside"].table
    assert dict(beside.filter(pl.col("goods_mainly_from") > 0).select("iso3", "goods_mainly_from").iter_rows()) == {
        code: number for code, number in mainly.items() if code in set(beside["iso3"])
    }
    told = " ".join(map(str, answer.findings))
    assert f"China is the largest supplier of {mainly['CHN']} of the goods of critical minerals" in told
    assert "a listing is no verdict" in told


# For the back-test


def test_criteria_of_a_past_year_stand_on_nothing_later() -> None:
    lens = registry.lenses()["competitiveness"]
    found = collect(composer(), lens, "KOR", None, 2015)
    assert {criterion.name for criterion in found} >= {"strength", "excellence", "potential"}
    assert all(criterion.frame["year"].max() == 2015 for criterion in found)
    assert all("all fields" in criterion.stands_on for criterion in found)
    field = field_of(composer(), lens, found, "KOR", None, 2015)
    assert "KOR" not in field.partners
    assert {"USA", "CHN"} <= set(field.partners)
