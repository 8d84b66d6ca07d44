"""Votes, memberships, agreements, committees and capabilities: values read off the publishers' files by hand."""

from functools import cache
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from legation import registry
from legation.checks import conform
from legation.intake import Intake
from legation.sources import un_ideal_points, un_votes, world_factbook

SOURCES = (
    "ai_declarations",
    "cepii_distances",
    "country_memberships",
    "epoch_ai_models",
    "gcat",
    "iso_open_data",
    "nuclear_plants",
    "un_ideal_points",
    "un_votes",
    "world_factbook",
)


@cache
def _tidied(raw: Path, source: str) -> tuple[dict[str, pl.DataFrame], Intake]:
    intake = Intake(raw, source)
    tidy = registry.sources()[source].tidy
    assert tidy is not None
    frames = {
        name: conform(registry.tables()[name], frame.with_columns(source=pl.lit(source)))
        for name, frame in tidy(intake)
    }
    intake.close()
    return frames, intake


def _table(raw: Path, source: str, name: str) -> pl.DataFrame:
    return _tidied(raw, source)[0][name]


def _value(frame: pl.DataFrame, column: str, **where: Any) -> Any:
    """The one value of a column in the one row that fits."""
    return frame.filter(**where)[column].item()


def _countries(frame: pl.DataFrame, **where: Any) -> set[str]:
    return set(frame.filter(**where)["iso3"])


@pytest.mark.parametrize("source", SOURCES)
def test_no_record_is_rejected_and_no_column_left_over(raw: Path, source: str) -> None:
    _, account = _tidied(raw, source)
    assert not account.rejected
    assert not account.left_over


@pytest.mark.parametrize("source", SOURCES)
def test_rows_are_within_the_declared_bounds(raw: Path, source: str) -> None:
    declared = registry.sources()[source].rows
    frames, _ = _tidied(raw, source)
    assert set(frames) == set(declared)
    assert all(declared[name][0] <= frame.height <= declared[name][1] for name, frame in frames.items())


def test_ideal_points_are_those_of_final_passage_votes(raw: Path) -> None:
    points = _table(raw, "un_ideal_points", "ideal_points")
    korea = points.filter(iso3="KOR", year=2024)
    assert korea["ideal_point"].item() == pytest.approx(1.070458, abs=1e-6)
    assert korea["ideal_point_low"].item() == pytest.approx(0.896563, abs=1e-6)
    assert korea["ideal_point_high"].item() == pytest.approx(1.241159, abs=1e-6)
    assert korea["votes"].item() == 101


def test_russia_continues_the_soviet_union_and_serbia_the_yugoslavia_of_2000(raw: Path) -> None:
    points = _table(raw, "un_ideal_points", "ideal_points")
    assert points.filter(iso3="RUS")["year"].min() == 1946
    assert points.filter(iso3="SRB")["year"].min() == 2000
    assert points.filter(iso3="YEM")["year"].min() == 1990
    _, account = _tidied(raw, "un_ideal_points")
    # 46 of Czechoslovakia, 17 of the GDR, 65 of the two Yemens, 46 of Yugoslavia to 1992
    assert (
        account.set_aside[f"{un_ideal_points.FILE}: a state that ended without a single successor"] == 46 + 17 + 65 + 46
    )
    assert account.set_aside[f"{un_ideal_points.FILE}: no estimate from final-passage votes"] == 19


def test_agreement_by_hand() -> None:
    """A and B share calls 1 to 3, same on 1 (yes) and 2 (abstain); C shares call 3 with both; D votes alone on 4."""
    cast = [
        (1, "A", "yes"),
        (1, "B", "yes"),
        (2, "A", "abstain"),
        (2, "B", "abstain"),
        (3, "A", "no"),
        (3, "B", "abstain"),
        (3, "C", "no"),
        (4, "D", "yes"),
    ]
    pairs = un_votes.agreement(pl.DataFrame(cast, schema=["rcid", "iso3", "vote"], orient="row"))
    assert sorted(pairs.rows()) == [
        ("A", "B", 2 / 3, 3),
        ("A", "C", 1.0, 1),
        ("B", "A", 2 / 3, 3),
        ("B", "C", 0.0, 1),
        ("C", "A", 1.0, 1),
        ("C", "B", 0.0, 1),
    ]


@pytest.mark.parametrize(
    ("iso3", "partner", "issue", "first_year", "same", "roll_calls"),
    [
        ("KOR", "USA", "all", 2015, 241, 495),
        ("USA", "KOR", "all", 2015, 241, 495),
        ("KOR", "JPN", "all", 2010, 360, 401),
        ("USA", "ISR", "all", 2010, 334, 404),
        ("KOR", "JPN", "nuclear-weapons-and-nuclear-material", 2015, 43, 100),
        ("USA", "ISR", "human-rights", 2015, 91, 105),
        ("SRB", "CHN", "all", 2015, 287, 475),
        ("NAM", "FRA", "human-rights", 2010, 33, 105),
    ],
)
def test_votes_counted_by_hand(
    raw: Path, iso3: str, partner: str, issue: str, first_year: int, same: int, roll_calls: int
) -> None:
    row = _table(raw, "un_votes", "votes").filter(
        iso3=iso3, partner_iso3=partner, issue=issue, first_year=first_year, last_year=first_year + 4
    )
    assert row["agreement"].item() == same / roll_calls
    assert row["roll_calls"].item() == roll_calls


def test_votes_have_six_issues_and_all_of_them(raw: Path) -> None:
    votes = _table(raw, "un_votes", "votes")
    assert votes["issue"].n_unique() == 7
    assert votes.filter(pl.col("iso3") == pl.col("partner_iso3")).is_empty()
    assert votes["iso3"].n_unique() == 193


def test_distances_as_printed(raw: Path) -> None:
    distances = _table(raw, "cepii_distances", "distances")
    koreas = distances.filter(iso3="KOR", partner_iso3="PRK")
    assert koreas.select("distance_km", "contiguous", "common_language", "colonial_tie").row(0) == (
        354.5489,
        True,
        True,
        False,
    )
    assert _value(distances, "colonial_tie", iso3="IND", partner_iso3="GBR")
    assert _value(distances, "distance_km", iso3="KOR", partner_iso3="JPN") == 951.7373


def test_distance_between_main_cities_stands_in_where_weights_are_missing(raw: Path) -> None:
    assert (
        _value(_table(raw, "cepii_distances", "distances"), "distance_km", iso3="KOR", partner_iso3="MAC") == 2129.243
    )


@pytest.mark.parametrize(
    ("iso3", "partner", "distance_km"),
    [
        ("HUN", "ROU", 540.1414),  # ROM
        ("COD", "COG", 744.2575),  # ZAR
        ("ISR", "PSE", 72.66324),  # PAL
        ("KOR", "SRB", 8419.211),  # YUG
    ],
)
def test_old_codes_of_distances(raw: Path, iso3: str, partner: str, distance_km: float) -> None:
    found = _value(_table(raw, "cepii_distances", "distances"), "distance_km", iso3=iso3, partner_iso3=partner)
    assert found == pytest.approx(distance_km, abs=1e-9)


def test_memberships_of_2020(raw: Path) -> None:
    members = _table(raw, "country_memberships", "memberships")
    assert members.filter(organisation="NSG").height == 48
    assert _value(members, "status", organisation="CERN", iso3="JPN") == "observer"
    assert _value(members, "status", organisation="Australia Group", iso3="KOR") == "member"
    assert _value(members, "status", organisation="APEC", iso3="TWN") == "member"
    assert _value(members, "status", organisation="AfDB", iso3="KOR") == "nonregional-member"
    assert set(members["year"]) == {2020}


def test_an_organisation_that_two_lists_hold_is_taken_from_one(raw: Path) -> None:
    members = _table(raw, "country_memberships", "memberships")
    assert members.filter(pl.col("organisation").is_in(["AL", "EEU", "PA", "USAN", "CAIS"])).is_empty()
    assert _countries(members, organisation="EAEU") == {"ARM", "BLR", "KAZ", "KGZ", "RUS"}
    assert _value(members, "status", organisation="SICA", iso3="DOM") == "associated-member"


@pytest.mark.parametrize("source", ["country_memberships", "world_factbook"])
def test_mistakes_about_the_oecd_are_not_repeated(raw: Path, source: str) -> None:
    listed = _countries(_table(raw, source, "memberships"), organisation="OECD")
    assert not listed & {"CHL", "IND"}
    assert "KOR" in listed


def test_both_lists_of_memberships_name_organisations_alike(raw: Path) -> None:
    names = {
        source: set(_table(raw, source, "memberships")["organisation"])
        for source in ("country_memberships", "world_factbook")
    }
    # the two that came from elsewhere than the Factbook
    assert names["country_memberships"] - names["world_factbook"] == {"CEFTA", "Euro Area"}


def test_technologies_name_organisations_that_exist(raw: Path) -> None:
    known = set(_table(raw, "world_factbook", "memberships")["organisation"])
    assert {name for t in registry.technologies().values() for name in t.memberships} <= known


@pytest.mark.parametrize(
    ("text", "mentions"),
    [
        ("none", ["none"]),
        ("CIS (associate member, has not ratified), UN", ["CIS (associate member, has not ratified)", "UN"]),
        ("A state belongs to the following: ADB, EITI (a) (b), ", ["ADB", "EITI (a) (b)"]),
    ],
)
def test_a_line_of_memberships_is_cut_at_commas_outside_brackets(text: str, mentions: list[str]) -> None:
    assert world_factbook._mentions(text) == mentions


@pytest.mark.parametrize(
    ("organisation", "iso3", "status"),
    [
        ("Wassenaar Arrangement", "KOR", "member"),
        ("CERN", "PAK", "associate-member"),
        ("OECD", "BRA", "enhanced-engagement"),
        ("CIS", "TKM", "associate-member"),
        ("EITI", "CAF", "compliant-country-suspended"),
        ("G-9", "BGR", "member"),
        ("ADB", "AFG", "member"),
        ("UNESCO", "MOZ", "member"),
        ("OPCW", "SOM", "member"),
        ("APEC", "TWN", "member"),
        ("NSG", "COD", None),
    ],
)
def test_memberships_of_the_factbook(raw: Path, organisation: str, iso3: str, status: str | None) -> None:
    found = _table(raw, "world_factbook", "memberships").filter(organisation=organisation, iso3=iso3)["status"]
    assert found.to_list() == ([status] if status else [])


def test_nato_has_32_members_and_the_european_union_is_no_country(raw: Path) -> None:
    members = _table(raw, "world_factbook", "memberships")
    assert members.filter(organisation="NATO", status="member").height == 32
    assert members.filter(organisation="CERN", status="member").height == 21
    assert len(_countries(members, organisation="EU", status="member")) == 27


def test_reactors_by_two_publishers(raw: Path) -> None:
    factbook = _table(raw, "world_factbook", "capabilities")
    plants = _table(raw, "nuclear_plants", "capabilities")
    operational, building = "reactors-operational", "reactors-under-construction"
    assert _value(factbook, "count", kind=operational, iso3="KOR", year=2025) == 26
    assert _value(factbook, "count", kind=building, iso3="CHN", year=2025) == 28
    assert _value(factbook, "count", kind=operational, iso3="JPN", year=2025) == 14
    assert _value(plants, "count", kind=operational, iso3="JPN", year=2024) == 12
    assert _value(plants, "count", kind=operational, iso3="USA", year=2024) == 93
    assert _value(plants, "count", kind=building, iso3="KOR", year=2024) == 2
    assert plants.filter(kind=operational)["count"].sum() == 414
    assert plants.filter(kind=building)["count"].sum() == 61
    assert set(factbook["kind"]) == set(plants["kind"]) == {operational, building}


def test_signatories_of_declarations(raw: Path) -> None:
    agreements = _table(raw, "ai_declarations", "agreements")
    assert agreements.filter(agreement="bletchley").height == 29
    assert agreements.filter(agreement="paris_2025").height == 63
    assert not _countries(agreements, agreement="paris_2025") & {"USA", "GBR"}
    assert _countries(agreements, agreement="aisi_network") == {
        *("AUS", "CAN", "FRA", "GBR", "JPN", "KEN", "KOR", "SGP", "USA")
    }
    assert set(agreements.filter(kind="network")["agreement"]) == {"aisi_network"}
    assert agreements.filter(agreement="aisi_network")["year"].null_count() == 9
    assert _value(agreements, "year", agreement="seoul_ministerial", iso3="KOR") == 2024


def test_technologies_name_declarations_and_committees_that_exist(raw: Path) -> None:
    declarations = set(_table(raw, "ai_declarations", "agreements")["agreement"])
    committees = set(_table(raw, "iso_open_data", "committees")["committee"])
    for technology in registry.technologies().values():
        assert set(technology.declarations) <= declarations
        assert set(technology.committees) - {"ISO/IEC JTC 1/SC 25"} <= committees  # no member of ISO sits on that one


@pytest.mark.parametrize(
    ("committee", "secretariat", "participating", "observing"),
    [
        ("ISO/IEC JTC 1/SC 42", "USA", 48, 26),
        ("ISO/TC 229", "GBR", 39, 18),
        ("ISO/TC 85", "FRA", 26, 22),
        ("ISO/TC 197", "CAN", 44, 15),
        ("IEC/ISO JTC 3", "GBR", 1, 0),  # IEC keeps the list of members
    ],
)
def test_seats_on_committees(raw: Path, committee: str, secretariat: str, participating: int, observing: int) -> None:
    seats = _table(raw, "iso_open_data", "committees").filter(committee=committee)
    assert _countries(seats, role="secretariat") == {secretariat}
    assert seats.filter(role="participating").height == participating
    assert seats.filter(role="observing").height == observing


def test_bodies_stand_for_countries(raw: Path) -> None:
    seats = _table(raw, "iso_open_data", "committees")
    country_of = dict(seats.select("body", "iso3").unique().rows())
    assert len(country_of) == seats["iso3"].n_unique() == 161
    assert {body: country_of[body] for body in ("KATS", "CSK", "SN", "ONANOR", "AMNOR", "ANMC", "NSI")} == {
        "KATS": "KOR",
        "CSK": "PRK",
        "SN": "NOR",
        "ONANOR": "MRT",
        "AMNOR": "MCO",
        "ANMC": "NER",
        "NSI": "NAM",
    }


def test_notable_models_are_shared_among_distinct_countries(raw: Path) -> None:
    models = _table(raw, "epoch_ai_models", "capabilities")
    assert _value(models, "count", iso3="KOR", year=2025) == 8
    assert _value(models, "count", iso3="USA", year=2025) == pytest.approx(42 + 5 / 6)
    assert _value(models, "count", iso3="CHN", year=2024) == pytest.approx(28 + 2 / 3)
    # 976 models less 19 without a country, less three of IEEE alone and half of one of Oulu and IEEE
    assert models["count"].sum() == pytest.approx(976 - 19 - 3 - 0.5)


@pytest.mark.parametrize(
    ("iso3", "year", "launches"),
    [
        ("USA", 2022, 78),
        ("CHN", 2022, 64),
        ("RUS", 2022, 21),
        ("NZL", 2022, 9),
        ("KOR", 2022, 1),
        ("CHN", 2018, 39),
        ("RUS", 1967, 74),  # the Soviet Union
        ("AUS", 1967, 0.5),  # WRESAT, on an American rocket
        ("FRA", 2015, 10.5),  # three launches shared with ESA
    ],
)
def test_orbital_launches(raw: Path, iso3: str, year: int, launches: float) -> None:
    assert _value(_table(raw, "gcat", "capabilities"), "count", iso3=iso3, year=year) == launches


def test_launches_add_up_to_the_catalogue_and_stop_at_the_last_complete_year(raw: Path) -> None:
    launches = _table(raw, "gcat", "capabilities")
    assert launches.filter(year=2018)["count"].sum() == 114
    assert launches.filter(year=2022)["count"].sum() == 186 - 1  # Vega C, launched by ESA
    assert launches["year"].max() == 2022
    assert set(launches["kind"]) == {"orbital-launches"}
