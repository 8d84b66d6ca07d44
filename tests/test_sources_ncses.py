"""Science and Engineering Indicators: values read off the publisher's tables by hand."""

from functools import cache
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from legation import registry
from legation.checks import conform
from legation.intake import Intake
from legation.sources import ncses


@cache
def _tidied(raw: Path) -> tuple[dict[str, pl.DataFrame], Intake]:
    intake = Intake(raw, "ncses")
    frames = dict(ncses.tidy(intake))
    intake.close()
    source = pl.lit("ncses").alias("source")
    return {name: conform(registry.tables()[name], f.with_columns(source)) for name, f in frames.items()}, intake


@pytest.fixture
def tables(raw: Path) -> dict[str, pl.DataFrame]:
    return _tidied(raw)[0]


@pytest.fixture
def account(raw: Path) -> Intake:
    return _tidied(raw)[1]


def _value(frame: pl.DataFrame, column: str, **where: Any) -> Any:
    """The one value of a column in the one row that fits."""
    return frame.filter(**where)[column].item()


def test_every_file_gives_its_rows(tables: dict[str, pl.DataFrame]) -> None:
    assert {name: frame.height for name, frame in tables.items()} == {
        "articles": 121_800 - 1_200 - 600 - 630 - 300,  # regions, full counts of parts, noughts, two parts in one row
        "citation_shares": 48_704 - 1_602 - 180,
        "patents": (29_785 - 805) + (12_950 - 700) + (130 - 2),
        "copublications": 4_326 + 3_540,
        "citations_between": 42 * 42 * 14,
        "macro": 47 * 4 - 8 - 37,
        "students": (11 + 14) * 9 + 21 * 14 + 21 * 13,
    }


def test_row_counts_keep_the_declared_bounds(tables: dict[str, pl.DataFrame]) -> None:
    assert set(tables) == set(ncses.SOURCE.rows)
    for name, (least, most) in ncses.SOURCE.rows.items():
        assert least <= tables[name].height <= most


def test_nothing_is_rejected_and_what_is_set_aside_has_its_reason(account: Intake) -> None:
    assert not account.rejected
    assert not account.left_over
    assert sorted(account.inputs) == sorted(ncses.SOURCE.files)
    region = "economy is a region or a total"
    assert dict(account.set_aside) == {
        f"{ncses.ARTICLES}: {region}": 1_200,
        f"{ncses.ARTICLES}: West Bank and Gaza Strip apart, full counts that cannot be added": 600,
        f"{ncses.ARTICLES}: nought before the economy is counted apart": 630,
        f"{ncses.TOP_1}: {region}": 1_602,
        f"{ncses.TOP_1}: West Bank and Gaza Strip apart, percentages that cannot be added": 180,
        f"{ncses.PATENT_FAMILIES}: {region}": 805,
        f"{ncses.USPTO_PATENTS}: {region}": 700,
        f"{ncses.AI_PATENTS}: {region}": 2,
        f"{ncses.EXPENDITURE}: {region}": 8,
        f"{ncses.EXPENDITURE}: constant prices": 188,
        f"{ncses.EXPENDITURE}: GDP, kept from the World Bank": 188,
        f"{ncses.EXPENDITURE}: ratio to GDP, kept from the World Bank": 188,
        f"{ncses.EXPENDITURE}: growth rates": 423,
        f"{ncses.EXPENDITURE}: value not available": 37,
        f"{ncses.STAY_PLANS}: {region}": 2,
        f"{ncses.STAY_PLANS}: heading": 1,
        f"{ncses.DOCTORAL_VISAS}: {region}": 1,
        f"{ncses.MASTERS_VISAS}: {region}": 1,
    }


@pytest.mark.parametrize(
    ("scope", "counting", "iso3", "articles"),
    [
        ("physics", "full", "KOR", 8_944),
        ("physics", "fractional", "KOR", 6_753.5),
        ("all", "full", "KOR", 95_909),
        ("all", "full", "CHN", 976_141),
        ("all", "fractional", "AUS", 62_305.03),  # Australia and Oceania: 71,794.13
        ("geosciences-atmospheric-sciences-and-ocean-sciences", "full", "KOR", 1_740),
    ],
)
def test_articles_of_2022(
    tables: dict[str, pl.DataFrame], scope: str, counting: str, iso3: str, articles: float
) -> None:
    assert _value(tables["articles"], "articles", scope=scope, counting=counting, iso3=iso3, year=2022) == articles


def test_fractional_counts_of_west_bank_and_gaza_strip_are_added(tables: dict[str, pl.DataFrame]) -> None:
    palestine = tables["articles"].filter(iso3="PSE", scope="all")
    assert palestine["counting"].unique().to_list() == ["fractional"]
    assert _value(palestine, "articles", year=2003) == 87.74  # 50.68 + 37.06


def test_noughts_before_independence_are_not_counts(tables: dict[str, pl.DataFrame]) -> None:
    serbia = tables["articles"].filter(iso3="SRB", scope="all", counting="full")
    assert serbia["year"].min() == 2007
    assert _value(serbia, "articles", year=2007) == 3_629


def test_fields_add_up_to_the_total(tables: dict[str, pl.DataFrame]) -> None:
    fractional = tables["articles"].filter(counting="fractional", iso3="KOR", year=2022)
    fields = fractional.filter(pl.col("scope") != "all")
    assert fields.height == 14
    assert fields["articles"].sum() == pytest.approx(_value(fractional, "articles", scope="all"), abs=0.1)


def test_highly_cited_articles_of_countries_and_not_of_regions_under_their_codes(
    tables: dict[str, pl.DataFrame],
) -> None:
    of_2020 = tables["citation_shares"].filter(scope="all", counting="full", year=2020)
    # Not United States 0.82, Australia and Oceania 2.21, EU-27 and United Kingdom 1.29
    expected = {"USA": 1.66, "AUS": 2.32, "GBR": 2.25}
    assert {iso3: _value(of_2020, "top1_percent", iso3=iso3) for iso3 in expected} == expected


def test_ai_patents_of_australia_without_oceania(tables: dict[str, pl.DataFrame]) -> None:
    ai = tables["patents"].filter(kind="granted_ai_patents", scope="artificial-intelligence")
    assert ai.select("first_year", "last_year").unique().row(0) == (2000, 2022)
    # Australia and Oceania 1,901, EU-27 and United Kingdom 12,060
    expected = {"AUS": 1_834, "GBR": 2_216, "KOR": 17_262}
    assert {iso3: _value(ai, "patents", iso3=iso3) for iso3 in expected} == expected


def test_patents_by_field_and_year(tables: dict[str, pl.DataFrame]) -> None:
    families = tables["patents"].filter(kind="international_patent_families")
    assert families["scope"].n_unique() == 35
    assert (families["first_year"] == families["last_year"]).all()
    assert _value(families, "patents", scope="it-methods-for-management", iso3="AUS", last_year=1998) == 13
    uspto = tables["patents"].filter(kind="uspto_patents", last_year=1998)
    assert _value(uspto, "patents", scope="all-environmental-sustainability-technologies", iso3="AUS") == 76


def test_inputs_of_the_index_of_collaboration(tables: dict[str, pl.DataFrame]) -> None:
    of_2022 = tables["copublications"].filter(scope="all", first_year=2022, last_year=2022)
    works = {(a, b): w for a, b, w in of_2022.select("iso3", "partner_iso3", "works").iter_rows()}
    together, korea, switzerland, world = 990, 31_523, 36_789, 755_894
    assert works["KOR", "CHE"] == works["CHE", "KOR"] == together
    assert works["KOR", "WLD"] == works["WLD", "KOR"] == korea
    assert works["CHE", "WLD"] == works["WLD", "CHE"] == switzerland
    assert works["WLD", "WLD"] == world
    assert (together / korea) / (switzerland / world) == pytest.approx(0.6453, abs=5e-5)


def test_every_pair_stands_in_both_directions(tables: dict[str, pl.DataFrame]) -> None:
    pairs = tables["copublications"]
    turned = pairs.rename({"iso3": "partner_iso3", "partner_iso3": "iso3"}).select(pairs.columns)
    assert pairs.equals(turned.sort("source", *registry.tables()["copublications"].key))


def test_joint_ai_works_have_no_world(tables: dict[str, pl.DataFrame]) -> None:
    ai = tables["copublications"].filter(scope="artificial-intelligence")
    assert ai.select("first_year", "last_year").unique().row(0) == (2003, 2022)
    assert "WLD" not in ai["iso3"]
    assert _value(ai, "works", iso3="ARE", partner_iso3="AUS") == 138


def test_who_cites_whom(tables: dict[str, pl.DataFrame]) -> None:
    physics = tables["citations_between"].filter(scope="physics", year=2020)
    assert _value(physics, "relative_citation_index", citing_iso3="USA", cited_iso3="KOR") == 0.63
    assert _value(physics, "relative_citation_index", citing_iso3="KOR", cited_iso3="USA") == 1.09


def test_citations_a_country_gives_add_up_to_nearly_all(tables: dict[str, pl.DataFrame]) -> None:
    """The index times the share of articles is the share of citations given: below 1, as only 42 economies are here."""
    of_2020 = tables["articles"].filter(scope="physics", counting="fractional", year=2020)
    share = of_2020.select(cited_iso3="iso3", share=pl.col("articles") / pl.col("articles").sum())
    given = tables["citations_between"].filter(scope="physics").join(share, on="cited_iso3")
    product = pl.col("relative_citation_index") * pl.col("share")
    assert given.group_by("citing_iso3").agg(product.sum())["relative_citation_index"].is_between(0.88, 1).all()


def test_expenditure_is_in_dollars_and_dated_by_the_year_behind_the_name(tables: dict[str, pl.DataFrame]) -> None:
    gerd = tables["macro"]
    assert gerd["measure"].unique().to_list() == ["gerd_ppp_usd"]
    assert _value(gerd, "value", iso3="KOR", year=2021) == 119_580_000_000
    assert _value(gerd, "value", iso3="MEX", year=2017) == 8_080_000_000  # Mexico (2017), column 2021a
    assert gerd.filter(iso3="AUS")["year"].to_list() == [1990, 2000, 2010, 2019]
    assert gerd.filter(iso3="KOR")["year"].to_list() == [2000, 2010, 2021]  # 1990 is NA


@pytest.mark.parametrize(
    ("measure", "scope", "origin", "last_year", "value"),
    [
        ("doctorates_awarded", "all", "WLD", 2021, 62_197),
        ("doctorates_awarded", "all", "CHN", 2021, 22_736),  # China<sup>a</sup>
        ("doctorates_awarded", "engineering", "WLD", 2013, 17_144),
        ("plan_to_stay_percent", "all", "KOR", 2017, 66.6),
        ("definite_plan_to_stay_percent", "all", "KOR", 2021, 50.3),
        ("visa_students_doctoral", "all", "KOR", 2022, 8_880),
        ("visa_students_doctoral", "all-s-e-fields", "KOR", 2022, 6_090),
        ("visa_students_doctoral", "health-sciences", "WLD", 2022, 8_580),
        ("visa_students_masters", "s-e-related", "WLD", 2022, 18_180),
        ("visa_students_masters", "computer-and-information-sciences", "IND", 2022, 72_020),
    ],
)
def test_students_in_the_united_states(
    tables: dict[str, pl.DataFrame], *, measure: str, scope: str, origin: str, last_year: int, value: float
) -> None:
    row = tables["students"].filter(measure=measure, scope=scope, origin_iso3=origin, last_year=last_year)
    assert row.select("destination_iso3", "value").row(0) == ("USA", value)
    assert row["first_year"].item() == (2022 if last_year == 2022 else last_year - 3)


def test_a_name_that_contradicts_its_code_is_rejected(tmp_path: Path) -> None:
    intake = _with_file(
        tmp_path,
        ncses.AI_PATENTS,
        "iso3,economy,granted_ai_patents_2000_2022\nAUS,Australia,1834\nAUS,New Zealand,55\nKOR,South Korea,17262\n",
    )
    assert ncses._ai_patents(intake)["patents"].to_list() == [1834, 17262]
    assert intake.samples == [f"{ncses.AI_PATENTS}, line 3: economy and iso3 name different countries"]


def test_pairs_that_differ_or_stand_once_are_rejected(tmp_path: Path) -> None:
    intake = _with_file(
        tmp_path,
        ncses.AI_COPUBLICATIONS,
        "iso3,partner_iso3,articles\nKOR,CHE,7\nCHE,KOR,7\nKOR,USA,9\nUSA,KOR,8\nKOR,JPN,4\n",
    )
    assert ncses._ai_copublications(intake)["works"].to_list() == [7, 7]
    assert dict(intake.rejected) == {
        f"{ncses.AI_COPUBLICATIONS}: the two directions of the pair differ": 2,
        f"{ncses.AI_COPUBLICATIONS}: the pair does not stand in both directions": 1,
    }


def _with_file(folder: Path, name: str, text: str) -> Intake:
    path = folder / name
    path.parent.mkdir()
    path.write_text(text, encoding="utf-8")
    return Intake(folder, "ncses")
