"""Sources of flows (people, projects, goods, minerals) and of institutions: values read off the raw files by hand."""

from functools import cache
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from legation import registry
from legation.checks import conform, suppress
from legation.errors import DataError
from legation.intake import Intake
from legation.sources import scholarly_migration_openalex

MIGRATION = ("scholarly_migration_openalex", "scholarly_migration_scopus")


@cache
def tidied(raw: Path, source_id: str) -> tuple[dict[str, pl.DataFrame], Intake]:
    """The tables of a source, checked, and its account."""
    source = registry.sources()[source_id]
    assert source.tidy is not None
    intake = Intake(raw, source_id)
    frames = dict(source.tidy(intake))
    intake.close()
    marked = pl.lit(source_id).alias("source")
    return {name: conform(registry.tables()[name], f.with_columns(marked)) for name, f in frames.items()}, intake


def table(raw: Path, source_id: str, name: str) -> pl.DataFrame:
    return tidied(raw, source_id)[0][name]


def set_aside(raw: Path, source_id: str) -> dict[str, int]:
    """Records set aside, by reason, over all files of a source."""
    counted: dict[str, int] = {}
    for place, records in tidied(raw, source_id)[1].set_aside.items():
        reason = place.split(": ", 1)[1]
        counted[reason] = counted.get(reason, 0) + records
    return counted


def value(frame: pl.DataFrame, column: str, **where: Any) -> Any:
    """The one value of a column in the one row that fits."""
    return frame.filter(**where)[column].item()


def write(folder: Path, name: str, text: str) -> None:
    (folder / name).parent.mkdir(parents=True, exist_ok=True)
    (folder / name).write_text(text, encoding="utf-8")


@pytest.mark.parametrize(
    "source_id",
    [*MIGRATION, "cordis_h2020", "eurostat_comext", "usgs_minerals", "oecd_students", "dod_section_1286", "ror"],
)
def test_a_source_rejects_nothing_and_keeps_its_bounds_and_caveats(raw: Path, source_id: str) -> None:
    frames, intake = tidied(raw, source_id)
    source = registry.sources()[source_id]
    assert not intake.rejected
    assert not intake.left_over
    assert set(intake.inputs) == set(source.files)
    assert set(source.caveats) <= set(registry.caveats())
    for name, (least, most) in source.rows.items():
        assert least <= frames[name].height <= most


# Moves of researchers


def test_moves_as_the_files_give_them(raw: Path) -> None:
    openalex, scopus = (table(raw, source_id, "moves") for source_id in MIGRATION)
    assert value(openalex, "researchers", origin_iso3="ESP", destination_iso3="CHN", year=2003) == 30
    assert value(openalex, "researchers", origin_iso3="CHN", destination_iso3="ESP", year=2003) == 16
    assert value(scopus, "researchers", origin_iso3="USA", destination_iso3="DEU", year=2014) == 1270
    assert value(scopus, "researchers", origin_iso3="DEU", destination_iso3="USA", year=2014) == 1372
    assert (openalex.height, openalex["researchers"].sum()) == (125_318, 3_638_123)
    assert scopus.height == 109_632


def test_the_two_databases_disagree(raw: Path) -> None:
    openalex, scopus = (table(raw, source_id, "moves") for source_id in MIGRATION)
    from_korea = {"origin_iso3": "KOR", "destination_iso3": "USA", "year": 2015}
    assert (value(openalex, "researchers", **from_korea), value(scopus, "researchers", **from_korea)) == (1170, 834)


@pytest.mark.parametrize(
    ("name", "everything", "true_moves"),
    [("openalex_2023", 24_652_369, 4_017_912), ("scopus_2024", 30_872_449, 2_515_254)],
)
def test_rows_without_origin_or_destination_would_multiply_the_moves(
    raw: Path, name: str, everything: int, true_moves: int
) -> None:
    path = raw / f"scholarly_migration/{name}_V1_scholarlymigration_countryflows.csv.gz"
    rows = pl.read_csv(path, infer_schema=False).with_columns(pl.col("n_migrations").cast(pl.Int64))
    located = pl.all_horizontal(pl.col(end).is_not_null() & (pl.col(end) != "nan") for end in rows.columns[:2])
    assert rows["n_migrations"].sum() == everything
    assert rows.filter(located)["n_migrations"].sum() == true_moves


def test_rows_without_origin_or_destination_are_counted(raw: Path) -> None:
    assert set_aside(raw, MIGRATION[0]) == {
        "no origin: first appearances": 5_248,
        "no destination: last appearances": 5_157,
        "unknown country": 3_729 + 28,
        "year outside 1998 to 2020": 17_760 + 733,
    }
    assert set_aside(raw, MIGRATION[1]) == {
        "no origin: first appearances": 5_675,
        "no destination: last appearances": 5_417,
        "migrationfrom is a region or a total": 13,
        "migrationto is a region or a total": 14,
        "countrycode is a region or a total": 5,
        "year outside 1998 to 2020": 22_074 + 934,
    }


@pytest.mark.parametrize("source_id", MIGRATION)
def test_namibia_is_not_missing(raw: Path, source_id: str) -> None:
    researchers = {"scholarly_migration_openalex": 406, "scholarly_migration_scopus": 462}[source_id]
    assert value(table(raw, source_id, "researcher_stocks"), "researchers", iso3="NAM", year=2015) == researchers
    assert not table(raw, source_id, "moves").filter(origin_iso3="NAM").is_empty()


@pytest.mark.parametrize("source_id", MIGRATION)
def test_departures_are_the_moves_out(raw: Path, source_id: str) -> None:
    """Exactly so in Scopus; in OpenAlex moves to an unknown country are in the departures alone."""
    departures = value(table(raw, source_id, "researcher_stocks"), "departures", iso3="KOR", year=2019)
    moves = table(raw, source_id, "moves").filter(origin_iso3="KOR", year=2019)["researchers"].sum()
    to_unknown = {"scholarly_migration_openalex": 23, "scholarly_migration_scopus": 0}[source_id]
    assert departures == moves + to_unknown


def test_a_move_that_its_opposite_contradicts_is_rejected(tmp_path: Path) -> None:
    header = "migrationfrom,migrationto,year,n_migrations,n_migrations_back,netmigrations\n"
    write(
        tmp_path,
        "flows.csv",
        header + "KR,US,2010.0,8,6,2\nUS,KR,2010.0,6,9,-3\nNA,KR,2010.0,5,0,5\n,KR,2010.0,7,0,7\n",
    )
    intake = Intake(tmp_path, "scholarly_migration_openalex")
    moves = scholarly_migration_openalex.moves(intake, "flows.csv", "iso2")
    assert moves.select("origin_iso3", "destination_iso3", "researchers").rows() == [
        ("KOR", "USA", 8),
        ("NAM", "KOR", 5),
    ]
    assert list(intake.rejected) == ["flows.csv: n_migrations_back is not what the opposite row gives"]
    assert intake.samples[0].startswith("flows.csv, line 3: ")
    with pytest.raises(DataError, match="1 of 4 records rejected"):
        intake.close()


def test_one_to_four_researchers_are_blanked_when_published(raw: Path) -> None:
    published, blanked = suppress(registry.tables()["moves"], table(raw, MIGRATION[0], "moves"))
    assert blanked == 76_926
    assert published["researchers"].min() == 5


# Horizon 2020


def test_joint_projects_of_korea_and_germany(raw: Path) -> None:
    projects = table(raw, "cordis_h2020", "projects")
    assert value(projects, "projects", scope="h2020", iso3="KOR", partner_iso3="DEU", year=2018) == 5
    assert value(projects, "projects", scope="h2020-euratom", iso3="FRA", partner_iso3="GBR", year=2017) == 22
    korea = projects.filter(iso3="KOR", partner_iso3="WLD")
    assert korea.filter(scope="h2020")["projects"].sum() == 74
    assert korea.filter(pl.col("scope") != "h2020")["projects"].sum() == 80  # six stand in two parts


def test_pairs_stand_in_both_directions(raw: Path) -> None:
    pairs = table(raw, "cordis_h2020", "projects").filter(pl.col("partner_iso3") != "WLD")
    turned = pairs.rename({"iso3": "partner_iso3", "partner_iso3": "iso3"}).select(pairs.columns)
    assert pairs.sort(pairs.columns).equals(turned.sort(pairs.columns))


def test_na_is_namibia_as_a_country_and_missing_elsewhere(raw: Path) -> None:
    namibia = table(raw, "cordis_h2020", "projects").filter(scope="h2020", iso3="NAM", partner_iso3="WLD")
    assert namibia["projects"].sum() == 10  # 11 participants, two of them in one project
    assert set_aside(raw, "cordis_h2020") == {
        "project without a start date": 7,
        "project without dated participants": 7,
    }


def test_a_project_counts_once_for_a_pair_and_in_each_of_its_parts(tmp_path: Path) -> None:
    header = "rcn,role,pic,type,contribution,country,start_date,end_date,max_contribution,total_cost,start_year,"
    rows = [
        f"1,participant,{pic},HES,1,{country},,,1,1,2016,2018,24,tc,3"
        for pic, country in enumerate(["EL", "EL", "UK", "KR"])
    ]
    write(tmp_path, "h2020/h2020.csv.gz", "\n".join([header + "end_year,duration,group,nunique", *rows, ""]))
    write(tmp_path, "h2020/programme_parts.csv.gz", "rcn,programme_part\n1,SC3\n1,Innovation in SMEs\n")
    projects = table(tmp_path, "cordis_h2020", "projects")
    assert set(projects["scope"]) == {"h2020", "h2020-sc3", "h2020-innovation-in-smes"}
    assert projects.filter(scope="h2020", iso3="GRC")["partner_iso3"].to_list() == ["GBR", "KOR", "WLD"]
    assert set(projects["projects"]) == {1}


# Trade


def test_imports_as_the_file_gives_them(raw: Path) -> None:
    trade = table(raw, "eurostat_comext", "trade")
    first = {"reporter_iso3": "AUT", "partner_iso3": "ARE", "good": "25041000", "year": 2022}
    assert value(trade, "value_eur", **first) == 16_413
    assert trade["value_eur"].sum() == pytest.approx(62_122_749_021.71)
    assert set(trade["flow"]) == {"import"}
    assert trade["good"].n_unique() == 66
    assert set(trade["good"].str.len_chars()) == {8}


def test_codes_of_the_geonomenclature(raw: Path) -> None:
    trade = table(raw, "eurostat_comext", "trade")
    serbia = {"reporter_iso3": "AUT", "partner_iso3": "SRB", "good": "25101000", "year": 2024}
    assert value(trade, "value_eur", **serbia) == 1_145_399
    assert trade.filter(partner_iso3="XKX").height == 2
    assert trade.filter(partner_iso3="NAM").height == 13
    assert trade["reporter_iso3"].n_unique() == 27
    assert trade.filter(reporter_iso3="GRC").height == 508  # EL
    assert trade.filter(partner_iso3="GRC").height == 187  # GR
    assert set_aside(raw, "eurostat_comext") == {"PARTNER_ISO is a region or a total": 1}  # Ceuta


# Minerals


def test_production_of_lithium(raw: Path) -> None:
    lithium = table(raw, "usgs_minerals", "minerals").filter(mineral="lithium", form="mine-production", year=2025)
    quantities = dict(lithium.select("iso3", "quantity").iter_rows())
    assert (quantities["AUS"], quantities["CHN"], quantities["WLD"]) == (92_000, 62_000, 290_000)
    assert quantities["USA"] is None  # withheld, and left out of the world total
    assert set(lithium["unit"]) == {"metric tons"}


def test_what_stands_in_place_of_a_number(raw: Path) -> None:
    minerals = table(raw, "usgs_minerals", "minerals")
    assert (minerals.height, minerals["quantity"].null_count()) == (3_108, 30 + 176 + 11 + 32 + 17 + 8)
    assert minerals.filter(quantity=0).height == 150 + 3
    antimony = minerals.filter(mineral="antimony", form="mine-production")
    assert value(antimony, "quantity", iso3="CAN", year=2024) == 0  # em dash
    rare_earths = minerals.filter(mineral="rare-earths", statistic="reserves", iso3="WLD")
    assert rare_earths["quantity"].to_list() == [None]  # >85,000,000


def test_s_is_a_small_number_only_where_the_note_says_so(raw: Path) -> None:
    minerals = table(raw, "usgs_minerals", "minerals")
    assert value(minerals, "quantity", mineral="helium", statistic="production", iso3="ZAF", year=2025) == 0
    assert value(minerals, "quantity", mineral="graphite-natural", statistic="reserves", iso3="USA") is None


def test_a_dash_is_nought_because_totals_add_up(raw: Path) -> None:
    minerals = table(raw, "usgs_minerals", "minerals").filter(mineral="vanadium", form="mine-production", year=2024)
    countries = minerals.filter(pl.col("iso3") != "WLD")
    assert countries.filter(quantity=0).height == 2
    assert countries["quantity"].sum() == 118_240
    assert value(minerals, "quantity", iso3="WLD") == 118_000


def test_reserves_stated_in_two_ways_stay_apart(raw: Path) -> None:
    iron = table(raw, "usgs_minerals", "minerals").filter(mineral="iron-ore", statistic="reserves", iso3="AUS")
    assert iron["form"].to_list() == [
        "reserves-million-metric-tons-crude-ore",
        "reserves-million-metric-tons-iron-content",
    ]


# Students


def test_columns_are_the_wrong_way_round(raw: Path) -> None:
    students = table(raw, "oecd_students", "students")
    in_korea = students.filter(destination_iso3="KOR").sort("value", descending=True).head(3)
    assert in_korea.select("origin_iso3", "value").rows() == [
        ("CHN", 48.74026606),
        ("VNM", 21.77076574),
        ("UZB", 6.669370539),
    ]
    assert value(students, "value", origin_iso3="CHN", destination_iso3="USA") == 31.88277407
    assert value(students, "value", origin_iso3="LAO", destination_iso3="AUS") == 0.085600526


def test_shares_are_of_the_host(raw: Path) -> None:
    """They add up to 100 with the unspecified groups: Lithuania has none, Korea has 0.75 from Asia."""
    students = table(raw, "oecd_students", "students")
    sums = dict(students.group_by("destination_iso3").agg(pl.col("value").sum()).iter_rows())
    assert max(sums.values()) < 100.5
    assert sums["LTU"] == pytest.approx(100)
    assert sums["KOR"] == pytest.approx(99.245619742)


def test_the_two_koreas_are_told_apart_only_beyond_doubt(raw: Path) -> None:
    students = table(raw, "oecd_students", "students")
    south = students.filter(origin_iso3="KOR")
    assert value(south, "value", destination_iso3="JPN") == 6.499814348
    assert value(south, "value", destination_iso3="USA") == 4.592429327
    assert not {"BGR", "COL", "DNK", "KOR"} & set(south["destination_iso3"])
    assert students.filter(origin_iso3="PRK").is_empty()
    aside = set_aside(raw, "oecd_students")
    assert aside["Korea: north, by its size"] == south.height == 35
    assert aside["Korea: south or north, not clear which"] == 6


# Institutions


def test_the_latest_list_that_names_an_institution(raw: Path) -> None:
    listed = table(raw, "dod_section_1286", "listed_institutions")
    assert listed.height == 179
    assert listed.filter(year=2025).height == 150
    assert listed.filter(name="Northwestern Polytechnical University")["year"].to_list() == [2025]
    assert value(listed, "year", name="Lomonosov Moscow State University") == 2024
    assert listed.filter(pl.col("name").str.to_lowercase() == "sun yat-sen university").height == 1
    assert listed.filter(pl.col("name").str.starts_with("Moscow Institute of Physics")).select("iso3").rows() == [
        ("RUS",)
    ]


def test_countries_come_from_the_list_of_2025_alone(raw: Path) -> None:
    listed = table(raw, "dod_section_1286", "listed_institutions")
    assert listed.filter(year=2025)["iso3"].null_count() == 0
    assert listed.filter(pl.col("year") < 2025)["iso3"].null_count() == 29
    assert set_aside(raw, "dod_section_1286") == {"a programme, not an institution": 6 * 4}


def test_organisations_in_both_schemas(raw: Path) -> None:
    organisations = table(raw, "ror", "organisations").select("organisation", "name", "iso3", "sector")
    assert organisations.filter(organisation="0488nj033").row(0)[1:] == (
        "Natural History Museum Maastricht",
        "NLD",
        "archive",
    )
    assert organisations.filter(organisation="057zh3y96").row(0)[1:] == ("The University of Tokyo", "JPN", "education")


def test_a_funder_is_what_it_is_besides(raw: Path) -> None:
    """ "funder" comes before "government" by alphabet only."""
    assert value(table(raw, "ror", "organisations"), "sector", organisation="00je4t102") == "government"


def test_institutions_that_the_partial_registry_lacks_are_counted(raw: Path) -> None:
    assert table(raw, "ror", "organisations").height == 1_573 - 439
    assert set_aside(raw, "ror") == {
        "no work refers to it": 51_370 - 1_134,
        "institution that this copy of the registry lacks": 439,
    }
