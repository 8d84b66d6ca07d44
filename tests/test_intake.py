"""Raw records are never lost quietly: each is taken, rejected with file and line, or set aside with a reason."""

import hashlib
from pathlib import Path

import polars as pl
import pytest

from legation.errors import DataError
from legation.intake import Intake, Records


@pytest.fixture
def intake(tmp_path: Path) -> Intake:
    return Intake(tmp_path, "example")


def _write(intake: Intake, text: str, name: str = "file.csv", encoding: str = "utf-8") -> str:
    (intake.root / name).write_bytes(text.encode(encoding))
    return name


def _values(intake: Intake, *values: str | None) -> Records:
    """Records of one column, `x`, which stand on lines 2, 3 … of values.csv."""
    return intake.records(pl.DataFrame({"x": values}, schema={"x": pl.String}), "values.csv", first_line=2)


# Files


def test_columns_are_read_as_text_with_the_line_they_stand_on(intake: Intake) -> None:
    name = _write(intake, "code,year\nKOR,2014\nCHE,2015\n")
    assert intake.csv(name, ["code", "year"]).frame.rows() == [(2, "KOR", "2014"), (3, "CHE", "2015")]
    assert intake.read == {name: 2}


def test_lines_before_the_header_count(intake: Intake) -> None:
    name = _write(intake, 'Source\n\n"Updated"\n\ncode\nKOR\n')
    assert intake.csv(name, ["code"], skip_lines=4).frame.rows() == [(6, "KOR")]


def test_an_empty_line_counts_as_a_record_so_that_lines_stay_exact(intake: Intake) -> None:
    name = _write(intake, "code,year\nKOR,2014\n\nCHE,many\n")
    intake.csv(name, ["code", "year"]).country("code", "iso3").number("year")
    assert intake.samples == ["file.csv, line 3: code is empty", "file.csv, line 4: year is not a number"]


@pytest.mark.parametrize("header", ["\ufeffcode,year", '\ufeff"code","year"', " code , year", '"code",year'])
def test_a_byte_order_mark_or_spaces_do_not_hide_a_column(intake: Intake, header: str) -> None:
    name = _write(intake, f"{header}\nKOR,2014\n")
    assert intake.csv(name, ["code", "year"]).frame.rows() == [(2, "KOR", "2014")]


def test_windows_line_ends(intake: Intake) -> None:
    name = _write(intake, "code,year\r\nKOR,2014\r\n")
    assert intake.csv(name, ["code", "year"]).frame.rows() == [(2, "KOR", "2014")]


def test_a_missing_column_is_named_with_those_there_are(intake: Intake) -> None:
    name = _write(intake, "code,yr\nKOR,2014\n")
    with pytest.raises(DataError, match=r"source example: file\.csv has no column year; it has code, yr"):
        intake.csv(name, ["code", "year"])


def test_columns_nobody_knows_are_reported(intake: Intake) -> None:
    name = _write(intake, "code,year,note,new\nKOR,2014,,\n")
    intake.csv(name, ["code", "year"], ignored=["note"])
    assert intake.left_over == {name: ["new"]}


def test_two_columns_of_one_name_are_refused(intake: Intake) -> None:
    name = _write(intake, "code,code \nKOR,CHE\n")
    with pytest.raises(DataError, match=r"source example: file\.csv cannot be read"):
        intake.csv(name, ["code"])


@pytest.mark.parametrize("text", ["", "code,year\nKOR,2014,too many\n"])
def test_what_is_no_table_is_refused(intake: Intake, text: str) -> None:
    name = _write(intake, text)
    with pytest.raises(DataError, match=r"source example: file\.csv cannot be read"):
        intake.csv(name, ["code"])


def test_another_encoding_is_refused_and_not_guessed(intake: Intake) -> None:
    name = _write(intake, "name\nCôte\n", encoding="latin-1")
    with pytest.raises(DataError, match=r"file\.csv cannot be read: invalid utf-8"):
        intake.csv(name, ["name"])


def test_a_missing_file_says_where_to_put_it(intake: Intake) -> None:
    with pytest.raises(DataError, match=r"source example: .*/none\.csv is missing; put the publisher's file there or"):
        intake.path("none.csv")


def test_a_file_that_is_read_is_noted_with_its_hash(intake: Intake) -> None:
    name = _write(intake, "code\nKOR\n")
    intake.csv(name, ["code"])
    assert intake.inputs == {name: hashlib.sha256(b"code\nKOR\n").hexdigest()}


# Numbers


@pytest.mark.parametrize(
    ("text", "number"),
    [("2014.0", 2014), ("2014", 2014), (" 7 ", 7), ("\u00a07", 7), ("-3", -3), ("1e3", 1000), ("0", 0), ("1.", 1)],
)
def test_whole_numbers(intake: Intake, text: str, number: int) -> None:
    read = _values(intake, text).integer("x").frame["x"]
    assert read.dtype == pl.Int64
    assert read.to_list() == [number]


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("2014.5", "x is not a whole number"),
        ("1e30", "x is not a whole number"),
        ("9007199254740993", "x is not a whole number"),
        ("nan", "x is not a number"),
        ("NaN", "x is not a number"),
        ("inf", "x is not a number"),
        ("-Infinity", "x is not a number"),
        ("1,5", "x is not a number"),
        ("1 000", "x is not a number"),
        ("1_000", "x is not a number"),
        ("0x10", "x is not a number"),
        ("–5", "x is not a number"),
        ("..", "x is not a number"),
        ("5*", "x is not a number"),
    ],
)
def test_what_is_no_whole_number_is_rejected(intake: Intake, text: str, reason: str) -> None:
    assert _values(intake, "1", text, "2").integer("x").frame["x"].to_list() == [1, 2]
    assert intake.rejected == {f"values.csv: {reason}": 1}
    assert intake.samples == [f"values.csv, line 3: {reason}"]


def test_empty_cells_become_null_and_are_not_rejected(intake: Intake) -> None:
    assert _values(intake, "", None, " ", "-").number("x", empty=["", "-"]).frame["x"].to_list() == [None] * 4
    assert not intake.rejected


def test_a_word_for_empty_is_rejected_unless_declared(intake: Intake) -> None:
    assert _values(intake, "-", "W").number("x", empty=["-"]).frame["x"].to_list() == [None]
    assert intake.samples == ["values.csv, line 3: x is not a number"]


@pytest.mark.parametrize(
    ("text", "number"),
    [("1,234", 1234), ("1,234,567", 1234567), ("-1,234.5", -1234.5), ("12", 12), ("1234567", 1234567), ("1.5", 1.5)],
)
def test_thousands_separators(intake: Intake, text: str, number: float) -> None:
    assert _values(intake, text).number("x", thousands=",").frame["x"].to_list() == [number]


@pytest.mark.parametrize("text", ["1,5", "1,23", "1,2345", ",5", "1,,234", "1234,567", "1.234,5"])
def test_a_comma_that_does_not_separate_thousands_is_rejected(intake: Intake, text: str) -> None:
    """ "1,5" is one and a half to its author; fifteen would be wrong without a sign."""
    assert _values(intake, text).number("x", thousands=",").frame.is_empty()
    assert intake.rejected == {"values.csv: x is not a number": 1}


def test_thousands_separated_by_spaces_and_points(intake: Intake) -> None:
    assert _values(intake, "1 234").number("x", thousands=" ").frame["x"].to_list() == [1234]
    assert _values(intake, "1.234").number("x", thousands=".").frame["x"].to_list() == [1234]


# Countries


def test_na_is_namibia(intake: Intake) -> None:
    name = _write(intake, "country,n\nNA,1\nKR,2\n")
    assert intake.csv(name, ["country", "n"]).country("country", "iso2").frame["iso3"].to_list() == ["NAM", "KOR"]
    assert not intake.rejected


@pytest.mark.parametrize(
    ("scheme", "given", "iso3"),
    [
        ("iso2", "EL", "GRC"),
        ("iso2", "UK", "GBR"),
        ("iso2", "XK", "XKX"),
        ("iso3", "ROM", "ROU"),
        ("iso3", "KOR", "KOR"),
        ("name", "Korea (Republic of)", "KOR"),
        ("name", "COTE D'IVOIRE", "CIV"),
        ("name", "Côte d’Ivoire<sup>b</sup>", "CIV"),
        ("name", "United States", "USA"),
    ],
)
def test_countries_in_each_scheme(intake: Intake, scheme: str, given: str, iso3: str) -> None:
    assert _values(intake, given).country("x", scheme).frame["iso3"].to_list() == [iso3]  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("scheme", "given"),
    [
        ("iso2", "ZZ"),
        ("iso2", "kr"),
        ("iso2", "KOR"),
        ("iso2", "EU"),
        ("iso3", "KR"),
        ("iso3", "XXX"),
        ("iso3", "South Korea"),
        ("name", "Korea"),
        ("name", "KOR"),
        ("name", "Soth Korea"),
        ("name", "Soviet Union"),
        ("name", "Czechoslovakia"),
        ("name", "Yugoslavia"),
        ("name", "Virgin Islands"),
        ("name", ""),
    ],
)
def test_an_unknown_country_is_rejected_and_never_guessed(intake: Intake, scheme: str, given: str) -> None:
    assert _values(intake, given).country("x", scheme).frame.is_empty()  # type: ignore[arg-type]
    assert intake.rejected == {f"values.csv: x {given!r} is not a known country": 1}


def test_an_empty_country_is_rejected(intake: Intake) -> None:
    assert _values(intake, None).country("x", "iso2").frame.is_empty()
    assert intake.samples == ["values.csv, line 2: x is empty"]


def test_regions_and_totals_are_set_aside_and_counted(intake: Intake) -> None:
    records = _values(intake, "World", "South Korea", "European Union", "world").country("x", "name")
    assert records.frame["iso3"].to_list() == ["KOR"]
    assert intake.set_aside == {"values.csv: x is a region or a total": 3}
    assert not intake.rejected


def test_regions_of_one_publisher_are_set_aside_where_it_names_them(intake: Intake) -> None:
    _values(intake, "ARB", "KOR").country("x", "iso3", apart=["ARB"])
    assert intake.set_aside == {"values.csv: x is a region or a total": 1}
    _values(intake, "ARB").country("x", "iso3")
    assert intake.rejected == {"values.csv: x 'ARB' is not a known country": 1}


def test_a_country_is_not_set_aside_because_a_publisher_calls_a_region_so(intake: Intake) -> None:
    """A code that ISO gives to a country stays one."""
    assert _values(intake, "KOR").country("x", "iso3", apart=["KOR"]).frame["iso3"].to_list() == ["KOR"]


def test_values_to_keep_pass_unchanged(intake: Intake) -> None:
    assert _values(intake, "WLD", "KOR").country("x", "iso3", keep=["WLD"]).frame["iso3"].to_list() == ["WLD", "KOR"]


def test_every_line_of_an_unknown_country_is_counted_in_the_order_of_the_file(intake: Intake) -> None:
    """So that two runs over the same file give the same manifest."""
    _values(intake, *(f"Q{n}" for n in range(40)), "Q0").country("x", "iso2")
    reasons = [sample.split(": ")[1] for sample in intake.samples]
    assert reasons == ["x 'Q0' is not a known country"] * 2 + [f"x 'Q{n}' is not a known country" for n in range(1, 40)]
    assert intake.rejected["values.csv: x 'Q0' is not a known country"] == 2


# The account


def test_lines_stay_exact_after_rows_have_gone(intake: Intake) -> None:
    name = _write(intake, "code,year\nWorld,2010\nSouth Korea,many\nSouth Korea,2012\nAtlantis,2013\n")
    records = intake.csv(name, ["code", "year"]).country("code", "name", apart=["World"]).integer("year")
    assert records.frame.select("line", "iso3", "year").rows() == [(4, "KOR", 2012)]
    assert intake.samples == [
        "file.csv, line 5: code 'Atlantis' is not a known country",
        "file.csv, line 3: year is not a number",
    ]
    assert intake.set_aside == {"file.csv: code is a region or a total": 1}


def test_columns_turned_into_rows_keep_their_line(intake: Intake) -> None:
    name = _write(intake, "code,2020,2021\nKOR,1,x\nCHE,2,3\n")
    long = intake.csv(name, ["code", "2020", "2021"]).unpivot(["2020", "2021"], index=["code"], name="year")
    long.number("value")
    assert intake.samples == ["file.csv, line 2: value is not a number"]


def test_the_first_places_of_each_reason_are_kept(intake: Intake) -> None:
    _values(intake, *["?"] * 7).number("x")
    assert intake.samples == [f"values.csv, line {line}: x is not a number" for line in range(2, 7)]
    assert intake.rejected == {"values.csv: x is not a number": 7}


def test_a_reason_that_ends_like_another_has_places_of_its_own(intake: Intake) -> None:
    intake.reject("a.csv", range(5), "birth year is not a number")
    intake.reject("a.csv", [9], "year is not a number")
    assert intake.samples[-1] == "a.csv, line 9: year is not a number"


def test_records_are_rejected_only_where_the_rule_is_true(intake: Intake) -> None:
    kept = _values(intake, "a", None, "b").reject(pl.col("x") == "a", "x is a")
    assert kept.frame["x"].to_list() == [None, "b"]
    assert kept.set_aside(pl.col("x") == "b", "x is b").frame["x"].to_list() == [None]


def test_one_in_a_hundred_may_be_rejected(intake: Intake) -> None:
    _values(intake, *["1"] * 99, "?").number("x")
    intake.close()


def test_more_than_one_in_a_hundred_rejected_stops_the_source(intake: Intake) -> None:
    _values(intake, *["1"] * 98, "?").number("x")
    with pytest.raises(DataError) as error:
        intake.close()
    assert str(error.value) == (
        "source example: 1 of 99 records rejected, more than 1%:\n"
        "  1 × values.csv: x is not a number\n"
        "first places:\n"
        "  values.csv, line 100: x is not a number"
    )


def test_what_is_set_aside_does_not_count_as_rejected(intake: Intake) -> None:
    _values(intake, *["World"] * 50, "South Korea").country("x", "name")
    intake.close()
    assert intake.set_aside.total() == 50


def test_a_source_that_reads_nothing_is_not_stopped_by_what_it_rejects(intake: Intake) -> None:
    """Too few rows is for the row bounds to say."""
    intake.close()


def test_names_become_identifiers(intake: Intake) -> None:
    assert _values(intake, " Computer & information sciences ").slug("x").frame["x"].item() == (
        "computer-information-sciences"
    )
