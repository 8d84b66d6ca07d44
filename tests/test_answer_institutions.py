"""Institutions: organisations and never persons, numbers only from five researchers on, flags with list and date."""

import polars as pl
import pytest

import legation
from legation.evidence import Evidence


@pytest.fixture(scope="module")
def evidence() -> Evidence:
    return legation.open()


def test_organisations_under_five_researchers_have_no_numbers(evidence: Evidence) -> None:
    answer = evidence.ask("institutions", home="SAU", technology="subsurface-energy", abroad=2000)
    everyone = pl.concat([answer.figures["organisations"].table, answer.figures["abroad"].table])
    blank = everyone.filter(pl.col("researchers").is_null())
    assert blank.height > 100
    numbers = ["organisation_share", "organisation_share_low", "rank", "works_full", "works_fractional"]
    assert all(blank[column].null_count() == blank.height for column in numbers)
    assert everyone.drop_nulls("researchers").filter(pl.col("researchers").is_between(1, 4)).is_empty()


def test_works_of_an_organisation_equal_a_count_of_the_tables(evidence: Evidence) -> None:
    first = evidence.ask("institutions", home="SAU", technology="subsurface-energy").table.row(0, named=True)
    organisations = evidence.table("organisations", "openalex_sample")
    identifier = organisations.filter(pl.col("name") == first["name"])["organisation"][0]
    works = evidence.table("works", "openalex_sample").filter(
        pl.col("year").is_between(first["first_year"], first["year"]), pl.col("scope") == "subsurface-energy"
    )
    signed = evidence.table("affiliations", "openalex_sample").filter(pl.col("organisation") == identifier)
    assert first["works_full"] == works.join(signed, on="work_id", how="semi").height


def test_every_flagged_name_stands_on_the_list_with_its_date(evidence: Evidence) -> None:
    from legation.countries import fold

    flagged = evidence.ask("institutions", home="SAU", technology="subsurface-energy").figures["listed"].table
    listed = evidence.table("listed_institutions")
    on = {(fold(name), year) for name, year in listed.select("name", "year").iter_rows()}
    assert flagged.height > 5
    for name, told in flagged.select("name", "listed_on").iter_rows():
        assert (fold(name), int(told.rsplit("(", 1)[1].rstrip(")"))) in on
        assert told.startswith("US Department of Defense list")


def test_a_technology_whose_works_name_no_organisations_says_so(evidence: Evidence) -> None:
    answer = evidence.ask("institutions", home="KOR", technology="quantum")
    assert answer.table.is_empty()
    assert "name no organisations" in str(answer.missing[0])
