"""Exposure: the order follows its rule, the figures those of the tables, and what is not known is said."""

import json
import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import duckdb
import polars as pl
import pytest
import small
from test_sources_trade import answered, baci_files, downloaded, row

import legation
from legation import countries, registry
from legation.answer import Answer
from legation.build import build
from legation.constants import FAILURE_LEFT, IMPORT_HHI, LEAST_IMPORTS
from legation.engine import open_engine
from legation.errors import UserError
from legation.evidence import Evidence
from legation.store import Store

CASES = (
    ("DEU", "semiconductors"), ("DEU", "critical-minerals"), ("MLT", "batteries"), ("KOR", "semiconductors"),
    ("USA", "semiconductors"), ("USA", "critical-minerals"), ("ZAF", "critical-minerals"), ("TUV", "batteries"),
    ("KOR", "artificial-intelligence"),
)  # fmt: skip
KINDS = ("Good", "Mineral", "Partner in research", "Researchers who come", "Leader of the field")


@pytest.fixture(scope="module")
def evidence() -> Evidence:
    return legation.open()


@pytest.fixture(scope="module")
def answers(evidence: Evidence) -> dict[tuple[str, str], Answer]:
    return {(h, t): evidence.ask("exposure", home=h, technology=t) for h, t in CASES}


def told(answer: Answer) -> str:
    return "\n".join(map(str, answer.findings))


def missing(answer: Answer) -> str:
    return "\n".join(map(str, answer.missing))


# The order


def key(row: dict[str, Any]) -> tuple[Any, ...]:
    """The rule as the module states it, in plain Python."""
    worth = row.get("imports_eur") if row.get("imports_eur") is not None else row.get("imports_usd")
    away, flagged = row.get("distance"), row.get("years_concentrated")
    return (
        (1, 1, 2, 2, 3)[KINDS.index(row["kind"])],
        worth is not None and worth < LEAST_IMPORTS,
        row["value"] <= 1 - FAILURE_LEFT,
        KINDS.index(row["kind"]),
        flagged is None or flagged < 2,
        -round(row["value"] * 100),
        1 if away is None else 0,
        0 if away is None else -round(away, 1),
    )


def test_the_order_is_that_of_the_rule_and_equal_rows_share_a_place(answers: dict[tuple[str, str], Answer]) -> None:
    shared = 0
    for answer in answers.values():
        rows = list(answer.table.iter_rows(named=True))
        keys = [key(row) for row in rows]
        assert keys == sorted(keys), answer.subject
        places = [1 + sum(other < mine for other in keys) for mine in keys]
        assert [row["place"] for row in rows] == places, answer.subject
        shared += len(places) - len(set(places))
    assert shared > 8


def test_the_rule_stands_beside_the_table(answers: dict[tuple[str, str], Answer]) -> None:
    for answer in answers.values():
        (note,) = answer.figures["exposure"].notes
        assert "100,000 euro or dollars" in note
        assert "not weighed against each other" in note


def test_rows_that_share_a_place_are_said_to(answers: dict[tuple[str, str], Answer]) -> None:
    answer = answers["USA", "critical-minerals"]
    tied = answer.table.filter(pl.col("place") == 4)
    assert tied["about"].to_list() == ["Bismuth (refinery production)", "Magnesium metal (smelter production)"]
    assert (
        "The order cannot tell bismuth (refinery production; China) and magnesium metal (smelter production; China) "
        "apart: they share place 4."
    ) in told(answer)


# The figures, against the tables


def shares(evidence: Evidence) -> pl.DataFrame:
    """Herfindahl index, largest supplier and total of every import, in plain SQL."""
    query = """
        with bought as (
            select reporter_iso3 iso3, partner_iso3 supplier, good, year, value_eur v,
                   sum(value_eur) over (partition by reporter_iso3, good, year) total
            from trade where flow = 'import' and reporter_iso3 <> partner_iso3)
        select iso3, good, year, sum((v / total) ** 2) hhi, max(v) / any_value(total) share,
               min_by(supplier, (-v, supplier)) supplier, any_value(total) total
        from bought where total > 0 group by all"""
    with duckdb.connect() as connection:
        connection.register("trade", evidence.table("trade", "eurostat_comext"))
        return pl.DataFrame(connection.sql(query).pl())


def test_concentration_flags_and_suppliers_are_those_of_the_table(
    evidence: Evidence, answers: dict[tuple[str, str], Answer]
) -> None:
    known = shares(evidence)
    codes = {label["en"]: code for code, label in registry.labels().items() if code.isdigit()}
    compared = 0
    for (home, _), answer in answers.items():
        goods = answer.table.filter(pl.col("kind") == "Good")
        for one in goods.iter_rows(named=True):
            yearly = known.filter(iso3=pl.lit(home), good=pl.lit(codes[one["about"]])).sort("year")
            newest = yearly.row(-1, named=True)
            assert (one["iso3"], one["year"]) == (newest["supplier"], newest["year"])
            assert (one["value"], one["hhi"]) == (pytest.approx(newest["share"]), pytest.approx(newest["hhi"]))
            assert one["imports_eur"] == pytest.approx(newest["total"])
            window = yearly.filter(pl.col("year") >= 2022)
            flagged = (window["hhi"] > IMPORT_HHI).sum()
            assert (one["years_concentrated"], one["years_imported"]) == (flagged, window.height)
            compared += 1
    assert compared > 70


def test_minerals_are_those_of_the_table(evidence: Evidence, answers: dict[tuple[str, str], Answer]) -> None:
    table = evidence.table("minerals").filter(statistic="production", mineral="gallium", year=2025)
    quantities = {r["iso3"]: r["quantity"] for r in table.iter_rows(named=True)}
    rows = answers["KOR", "semiconductors"].table.filter(about="Gallium (primary production)")
    assert rows["iso3"].to_list() == ["CHN"]
    listed = sum(q or 0 for c, q in quantities.items() if c != "WLD")
    assert rows["value"][0] == pytest.approx(quantities["CHN"] / max(quantities["WLD"], listed))
    assert rows["own_share"].to_list() == [None]
    indium = answers["KOR", "semiconductors"].table.filter(about="Indium (refinery production)")
    own = evidence.indicator("mineral_share").filter(iso3="KOR", mineral="indium", statistic="production", year=2025)
    assert indium["own_share"][0] == own["mineral_share"][0] > 0.1


def test_distances_are_those_between_home_and_supplier(
    evidence: Evidence, answers: dict[tuple[str, str], Answer]
) -> None:
    points = evidence.table("ideal_points").filter(year=2024)
    at = dict(points.select("iso3", "ideal_point").iter_rows())
    seen = 0
    for (home, _), answer in answers.items():
        for one in answer.table.filter(pl.col("distance").is_not_null()).iter_rows(named=True):
            assert one["distance"] == pytest.approx(abs(at[home] - at[one["iso3"]]))
            assert one["distance_low"] <= one["distance"] <= one["distance_high"]
            seen += 1
    assert seen > 200


def test_suppliers_of_the_first_goods_are_largest_first(answers: dict[tuple[str, str], Answer]) -> None:
    figure = answers["DEU", "semiconductors"].figures["suppliers"].table
    first = figure.filter(pl.col("place") == 1)
    assert first["about"].unique().to_list() == ["High-purity silicon (CN 28046100)"]
    assert first["iso3"].to_list()[:2] == ["USA", "SGP"]
    assert first["supplier_share"].is_sorted(descending=True)
    assert first["supplier_share"].sum() <= 1


def test_every_number_has_its_unit_and_every_row_its_source(answers: dict[tuple[str, str], Answer]) -> None:
    for answer in answers.values():
        for figure in answer.figures.values():
            numbers = {name for name, dtype in figure.table.schema.items() if dtype == pl.Float64}
            assert numbers <= set(figure.units), (answer.subject, figure.id)
            assert figure.table["source"].null_count() == 0
            assert set(figure.table["source"]) <= set(figure.sources)


# What is left out, and said


def test_the_home_country_is_nobody_it_depends_on(answers: dict[tuple[str, str], Answer]) -> None:
    for (home, _), answer in answers.items():
        assert home not in set(answer.table["iso3"])
    said = told(answers["ZAF", "critical-minerals"])
    assert "South Africa is itself the largest in platinum (mine production)" in said
    assert "chromium (mine production)" in said


def test_a_mineral_of_which_most_is_listed_nowhere_has_no_largest_producer(
    evidence: Evidence, answers: dict[tuple[str, str], Answer]
) -> None:
    """Neon, krypton and xenon are listed for one country only, with 14 % of the world at most."""
    found = evidence.indicator("mineral_concentration").filter(mineral="neon", statistic="production", year=2025)
    assert found["listed_share"][0] < 0.2
    answer = answers["KOR", "semiconductors"]
    assert not answer.table.filter(pl.col("about").str.contains("Neon|Krypton|Xenon")).height
    assert "Who produces most krypton, neon and xenon is not known" in missing(answer)


def test_a_producer_whose_quantity_is_withheld_is_not_called_none(answers: dict[tuple[str, str], Answer]) -> None:
    assert "what the United States produces is not published" in told(answers["USA", "semiconductors"])
    assert "none is listed for South Korea" in told(answers["KOR", "semiconductors"])


def test_fields_that_stand_in_for_a_technology_are_said_to(answers: dict[tuple[str, str], Answer]) -> None:
    leaders = answers["KOR", "semiconductors"].table.filter(kind=KINDS[-1])["about"].to_list()
    assert sorted(set(leaders)) == [
        "Engineering (a neighbouring field)", "Materials science (a neighbouring field)", "Semiconductors",
    ]  # fmt: skip


def test_a_supplier_within_the_union_is_said_to_be_a_sender(answers: dict[tuple[str, str], Answer]) -> None:
    said = told(answers["DEU", "semiconductors"])
    assert "helium (CN 28042910; the Netherlands)" in said
    assert "members are named as senders" in said
    assert "members are named as senders" not in told(answers["KOR", "semiconductors"])


@pytest.mark.parametrize(
    ("home", "technology"), [("KOR", "semiconductors"), ("USA", "semiconductors"), ("TUV", "batteries")]
)
def test_where_imports_are_not_known_it_is_said_what_would_tell(
    answers: dict[tuple[str, str], Answer], home: str, technology: str
) -> None:
    lines = missing(answers[home, technology])
    assert f"{countries.name(home)} imports of the goods of {technology} is not in this store" in lines
    assert "legation build --raw RAW --source baci --with-pack --out STORE" in lines
    assert f"legation fetch comtrade {home} {technology}" in lines


def test_conditions_that_could_not_be_tested_are_counted(answers: dict[tuple[str, str], Answer]) -> None:
    answer = answers["DEU", "semiconductors"]
    conditions = answer.figures["conditions"].table
    assert conditions["concentrated"].null_count() == 0
    assert conditions["world_exports_concentrated"].null_count() == conditions.height == 6
    assert "could not be tested for 6 of 6 goods: world exports are not in this store" in missing(answer)


def test_a_technology_without_goods_says_so(answers: dict[tuple[str, str], Answer]) -> None:
    answer = answers["KOR", "artificial-intelligence"]
    assert set(answer.figures) == {"exposure"}
    assert "names no goods and no minerals" in missing(answer)
    assert "BACI" not in missing(answer)


def test_an_unknown_option_is_refused(evidence: Evidence) -> None:
    with pytest.raises(UserError, match="option of exposure"):
        evidence.ask("exposure", home="KOR", technology="quantum", lens="supply")


# Goods and forms in words


def test_every_good_a_technology_names_has_a_name_in_both_languages() -> None:
    for technology in registry.technologies().values():
        for good in technology.goods:
            scheme = "CN" if len(good) == 8 else "HS"
            for text in registry.labels()[good].values():
                assert text.endswith(f"({scheme} {good})")


def test_every_form_of_production_has_a_name(evidence: Evidence) -> None:
    named = {mineral for technology in registry.technologies().values() for mineral in technology.minerals}
    found = evidence.indicator("mineral_concentration").filter(
        pl.col("statistic") == "production", pl.col("mineral").is_in(list(named))
    )
    assert set(found["form"]) <= set(registry.labels())


# A private store with world trade


SEMICONDUCTORS = [  # exporter, importer, code, thousands of dollars: chips, then metals
    (490, 410, "854231", 700.0), (156, 410, "854231", 200.0), (842, 410, "854231", 100.0),
    (410, 842, "854231", 50.0), (490, 842, "854231", 900.0),
    (156, 410, "811292", 900.0), (276, 410, "811292", 50.0), (156, 276, "811292", 300.0),
]  # fmt: skip


@pytest.fixture(scope="module")
def private(tmp_path_factory: pytest.TempPathFactory) -> Evidence:
    """World trade of two years, and what Korea reports of the second, built as somebody would who has the files."""
    raw, out = (tmp_path_factory.mktemp(name) for name in ("raw", "out"))
    for year in (2021, 2022):
        baci_files(raw, SEMICONDUCTORS, year=year)
    korea = {"reporterCode": 410, "reporterISO": "KOR", "cmdCode": "8542"}
    answered(raw, [row(156, "CHN", 300e3, **korea), row(842, "USA", 200e3, **korea)])
    known = {**registry.sources()}
    for name in ("baci", "un_comtrade"):
        known[name] = replace(known[name], rows=dict.fromkeys(known[name].rows, (1, 1000)))
    small.build_small(raw, out, known, only=["baci", "un_comtrade"])
    return Evidence.open(out)


def test_all_conditions_are_tested_where_world_exports_are_there(private: Evidence) -> None:
    """Of 811292 Korea buys 95 % from China and sells nothing; of chips it buys 70 % from Taiwan and sells too."""
    answer = private.ask("exposure", home="KOR", technology="semiconductors")
    conditions = answer.figures["conditions"].table.filter(source="baci")
    columns = ("concentrated", "world_exports_concentrated", "imports_above_exports", "dependent", "years_tested")
    metal, chips = (
        conditions.filter(pl.col("about").str.contains(code)).select(columns).row(0) for code in ("811292", "8542")
    )
    assert metal == (True, True, True, True, 2)
    assert chips == (True, True, True, True, 2)
    american = private.ask("exposure", home="USA", technology="semiconductors").figures["conditions"].table
    assert american.select(columns).rows() == [(True, True, True, True, 2)]


def test_a_code_without_a_name_is_called_by_what_it_takes_in(private: Evidence) -> None:
    about = private.ask("exposure", home="KOR", technology="semiconductors").table["about"]
    metals = [f"unwrought {metal} and powders" for metal in ("gallium", "germanium", "indium")]
    assert about[0] == f"HS 811292, with {metals[0]}, {metals[1]} and {metals[2]}"


def test_a_single_point_of_failure_is_named(private: Evidence) -> None:
    """Chips: 1,600 of 1,950 from Taiwan; metal: 1,200 of 1,250 from China."""
    answer = private.ask("exposure", home="KOR", technology="semiconductors")
    world = answer.figures["world_exports"].table
    assert world.select("country", "single_point_of_failure").rows() == [("China", True), ("Taiwan", True)]
    assert world["left_without"].to_list() == pytest.approx([50 / 1250, 350 / 1950])
    assert "have a single point of failure: without Taiwan, 18 % of them is left (baci, 2022)" in told(answer)


def test_two_sources_of_the_same_imports_are_both_shown(private: Evidence) -> None:
    answer = private.ask("exposure", home="KOR", technology="semiconductors")
    chips = answer.table.filter(about="Integrated circuits (HS 8542)").sort("source")
    assert chips.select("source", "country", "imports_usd").rows() == [
        ("baci", "Taiwan", 1_000_000.0), ("un_comtrade", "China", 500_000.0),
    ]  # fmt: skip


def test_a_source_without_taiwan_is_said_to_be_without(private: Evidence) -> None:
    lines = missing(private.ask("exposure", home="KOR", technology="semiconductors"))
    assert "un_comtrade has no row of imports from Taiwan, of any good" in lines
    assert "baci has no row of imports from Taiwan" not in lines


def test_a_store_of_trade_alone_says_what_else_is_not_known(private: Evidence) -> None:
    answer = private.ask("exposure", home="KOR", technology="semiconductors")
    lines = missing(answer)
    assert set(answer.table["kind"]) == {"Good"}
    assert "distance" not in answer.table.columns
    assert "World production by country is not in this store for gallium, silicon" in lines
    assert "From where researchers come to South Korea is not in this store." in lines
    assert "BACI has the trade" not in lines


def test_the_headings_of_a_file_that_are_wider_are_not_shown(tmp_path: Path) -> None:
    downloaded(tmp_path, [row(156, "CHN", 5e6, cmdCode="2804"), row(156, "CHN", 5e6, cmdCode="8541")])
    small.build_small(tmp_path, tmp_path / "store", only=["un_comtrade"], known=registry.sources())
    answer = Evidence.open(tmp_path / "store").ask("exposure", home="JPN", technology="semiconductors")
    assert answer.table["about"].to_list() == ["Semiconductor devices and solar cells (HS 8541)"]
    assert "What Japan imports under HS 2804 is in this store and not shown" in missing(answer)


# A store beside the pack


def test_a_store_may_begin_as_a_copy_of_another(
    small_store: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    raw, out = tmp_path / "raw", tmp_path / "out"
    baci_files(raw)
    baci = registry.sources()["baci"]
    known = {**small.sources(), "baci": replace(baci, rows=dict.fromkeys(baci.rows, (1, 100)))}
    monkeypatch.setattr(registry, "sources", lambda: known)
    before = {path: path.read_bytes() for path in small_store.rglob("*") if path.is_file()}
    base = Store.open(small_store)
    built = build(raw, out, open_engine(), ["baci"], base=base)
    assert set(built.manifest["sources"]) == {*base.manifest["sources"], "baci"}
    assert {part.sha256 for part in base.parts} <= {part.sha256 for part in built.parts}
    assert built.verify() == len(built.parts)
    assert {path: path.read_bytes() for path in small_store.rglob("*") if path.is_file()} == before
    again = build(raw, out, open_engine(), ["baci"], base=base)
    assert again.build == built.build


def test_a_copy_without_a_source_to_add_is_refused(small_store: Path, tmp_path: Path) -> None:
    with pytest.raises(UserError, match="--source"):
        build(tmp_path, tmp_path / "out", open_engine(), base=Store.open(small_store))
    assert not (tmp_path / "out").exists()


def test_the_answer_can_be_written_as_json(answers: dict[tuple[str, str], Answer], tmp_path: Path) -> None:
    from legation.surfaces.output import show_answer

    file = tmp_path / "exposure.json"
    show_answer(answers["DEU", "semiconductors"], None, file)
    assert json.loads(file.read_text(encoding="utf-8"))
    shutil.rmtree(tmp_path)
