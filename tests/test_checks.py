"""Every table is checked row by row, whoever brings it; what does not fit is said with row, column and reason."""

import math
from datetime import date
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from legation import registry
from legation.checks import conform, schema, suppress
from legation.errors import DataError
from legation.model import Column, Table

TABLE = Table(
    label="Example",
    key=("iso3", "year"),
    columns={
        "iso3": Column("iso3", "country"),
        "partner": Column("economy", "partner, or the world", nullable=True),
        "year": Column("year", "year"),
        "kind": Column("text", "kind", values=("full", "fractional")),
        "note": Column("text", "note", nullable=True),
        "works": Column("count", "works"),
        "share": Column("number", "share", nullable=True, minimum=0, maximum=1),
        "open": Column("flag", "whether open", nullable=True),
        "author": Column("pseudonym", "author", nullable=True),
    },
    id="example",
)
FITS: dict[str, Any] = {
    "source": "s",
    "iso3": "KOR",
    "partner": "WLD",
    "year": 2020,
    "kind": "full",
    "note": None,
    "works": 0,
    "share": 0.5,
    "open": True,
    "author": "a1",
}
MOVES = registry.tables()["moves"]
HEADER = "scope,origin_iso3,destination_iso3,year,researchers\n"


def _frame(*changes: dict[str, Any]) -> pl.DataFrame:
    """Rows that fit, three years from 2018 on, each with its changes."""
    rows = [{**FITS, "year": 2018 + n, **change} for n, change in enumerate(changes)]
    return pl.DataFrame(rows, infer_schema_length=None)


def _problems(frame: pl.DataFrame) -> list[str]:
    with pytest.raises(DataError) as error:
        conform(TABLE, frame)
    first, *lines, last = str(error.value).split("\n  ") if "\n  " in str(error.value) else [str(error.value), ""]
    *told, hint = last.split("\n")
    assert first.startswith("table example: ")
    assert hint == "what the table must hold: legation explain example"
    return [*lines, *told]


def test_a_table_that_fits_comes_back_sorted_and_typed() -> None:
    frame = conform(TABLE, _frame({"year": 2021}, {"iso3": "CHE", "works": 7.0}, {"share": None}))
    assert dict(frame.schema) == {name: kind() for name, kind in schema(TABLE).items()}
    assert frame.select("iso3", "year", "works").rows() == [("CHE", 2019, 7), ("KOR", 2020, 0), ("KOR", 2021, 0)]


def test_an_empty_table_fits() -> None:
    assert conform(TABLE, _frame({}).head(0)).is_empty()


def test_a_missing_column() -> None:
    assert _problems(_frame({}).drop("works")) == [
        "works: missing column; the table has source, iso3, partner, year, kind, note, share, open, author"
    ]


def test_an_unknown_column() -> None:
    assert _problems(_frame({}).with_columns(extra=1)) == [
        "extra: no such column in example; its columns are iso3, partner, year, kind, note, works, share, open, author"
    ]


@pytest.mark.parametrize(
    ("column", "value", "said"),
    [
        ("iso3", "KR", "'KR' is not an ISO 3166-1 alpha-3 code"),
        ("iso3", "kor", "'kor' is not an ISO 3166-1 alpha-3 code"),
        ("iso3", "WLD", "'WLD' is not an ISO 3166-1 alpha-3 code"),
        ("iso3", "", "'' is not an ISO 3166-1 alpha-3 code"),
        ("iso3", None, "None is empty"),
        ("partner", "EUU", "'EUU' is not an ISO 3166-1 alpha-3 code"),
        ("year", None, "None is empty"),
        ("year", 1899, "1899 is not a year from 1900 to 2100"),
        ("year", 2101, "2101 is not a year from 1900 to 2100"),
        ("year", 2020.5, "2020.5 is not a year"),
        ("year", "2020-21", "'2020-21' is not a year"),
        ("kind", "Full", "'Full' is not one of full, fractional"),
        ("kind", None, "None is empty"),
        ("note", " ", "' ' is blank"),
        ("author", "", "'' is blank"),
        ("works", -1, "-1 is negative"),
        ("works", 1.5, "1.5 is not a count"),
        ("works", "many", "'many' is not a count"),
        ("works", math.nan, "nan is not a count"),
        ("works", 1e300, "1e+300 is not a count"),
        ("works", None, "None is empty"),
        ("share", math.nan, "nan is not finite"),
        ("share", math.inf, "inf is not finite"),
        ("share", -0.1, "-0.1 is below 0"),
        ("share", 1.1, "1.1 is above 1"),
        ("share", "half", "'half' is not a number"),
        ("open", 2, "2 is not a flag"),
    ],
)
def test_a_value_that_does_not_fit_is_told_with_its_row(column: str, value: object, said: str) -> None:
    fits = [FITS[column] if column != "year" else year for year in (2018, 2020)]
    above, below = (fit if value is None or fit is None else type(value)(fit) for fit in fits)  # type: ignore[call-arg]
    frame = _frame({}, {}, {}).with_columns(pl.Series(column, [above, value, below]))
    first, *more = _problems(frame)
    assert first == f"row 2, {column}: {said}"
    assert all("is above 1" in problem for problem in more), "what is not finite is out of bounds too"


@pytest.mark.parametrize(
    ("column", "value", "kind"),
    [
        ("works", date(1975, 1, 1), "Date, the table has a count"),
        ("year", date(1975, 1, 1), "Date, the table has a year"),
        ("works", True, "Boolean, the table has a count"),
        ("works", [1], "List(Int64), the table has a count"),
        ("kind", ["full"], "List(String), the table has a text"),
        ("note", b"\xff", "Binary, the table has a text"),
        ("note", {"a": 1}, "Struct({'a': Int64}), the table has a text"),
        ("open", "true", "String, the table has a flag"),
    ],
)
def test_a_column_of_another_kind_is_not_converted(column: str, value: object, kind: str) -> None:
    """A date is a number of days to a machine, and true is 1: neither is a count of works."""
    assert _problems(_frame({column: value})) == [f"{column}: holds {kind}"]


@pytest.mark.parametrize(("column", "value"), [("works", "7"), ("year", "2018"), ("share", "0.5"), ("works", 7.0)])
def test_numbers_written_as_text_are_read(column: str, value: object) -> None:
    assert conform(TABLE, _frame({column: value})).height == 1


def test_a_duplicate_key_is_told_at_each_row() -> None:
    assert _problems(_frame({}, {"year": 2018, "works": 5}, {})) == [
        "row 1, iso3, year: ('KOR', 2018) stands more than once",
        "row 2, iso3, year: ('KOR', 2018) stands more than once",
    ]


def test_all_problems_are_counted_and_the_first_twenty_told() -> None:
    frame = pl.concat([_frame({"works": -1}).with_columns(year=pl.lit(1950 + n, pl.Int64)) for n in range(30)])
    with pytest.raises(DataError) as error:
        conform(TABLE, frame)
    lines = str(error.value).splitlines()
    assert lines[0] == "table example: 30 problems"
    assert lines[20] == "  row 20, works: -1 is negative"
    assert lines[21:] == ["  … and 10 more", "what the table must hold: legation explain example"]


@pytest.mark.parametrize("name", sorted(registry.tables()))
def test_every_declared_table_takes_an_empty_frame(name: str) -> None:
    table = registry.tables()[name]
    assert conform(table, pl.DataFrame(schema=schema(table))).columns == ["source", *table.columns]


@pytest.mark.parametrize("name", sorted(registry.tables()))
def test_keys_and_marked_columns_of_every_table_are_columns(name: str) -> None:
    table = registry.tables()[name]
    time = () if table.time is None else (table.time,)
    assert {*table.key, *table.additive, *table.researchers, *time} <= set(table.columns)
    assert all(table.columns[column].nullable for column in table.researchers), "a suppressed cell is empty"
    assert all(table.columns[column].kind == "count" for column in table.researchers)


# Suppression


@given(st.lists(st.none() | st.integers(0, 12), max_size=20))
@settings(max_examples=50, deadline=None)
def test_cells_of_one_to_four_researchers_are_blanked(counts: list[int | None]) -> None:
    frame = pl.DataFrame({"researchers": counts}, schema={"researchers": pl.Int64})
    kept, blanked = suppress(MOVES, frame)
    assert kept["researchers"].to_list() == [None if n in (1, 2, 3, 4) else n for n in counts]
    assert blanked == sum(n in (1, 2, 3, 4) for n in counts)


def test_nought_and_five_are_kept() -> None:
    kept, blanked = suppress(MOVES, pl.DataFrame({"researchers": [0, 1, 4, 5]}))
    assert (kept["researchers"].to_list(), blanked) == ([0, None, None, 5], 2)


def test_every_marked_column_is_suppressed() -> None:
    stocks = registry.tables()["researcher_stocks"]
    frame = pl.DataFrame({"iso3": ["KOR"], "researchers": [9], "arrivals": [4], "departures": [1]})
    kept, blanked = suppress(stocks, frame)
    assert (kept.rows(), blanked) == ([("KOR", 9, None, None)], 2)


def test_a_higher_threshold_may_be_asked_for() -> None:
    kept, blanked = suppress(MOVES, pl.DataFrame({"researchers": [9, 10]}), k=10)
    assert (kept["researchers"].to_list(), blanked) == ([None, 10], 1)


@pytest.mark.parametrize("k", [4, 1, 0, -1])
def test_a_lower_one_is_refused(k: int) -> None:
    with pytest.raises(DataError, match="cells under 5 researchers are always suppressed"):
        suppress(MOVES, pl.DataFrame({"researchers": [4]}), k=k)


def test_other_tables_are_left_alone() -> None:
    frame = pl.DataFrame({"works": [1, 2]})
    kept, blanked = suppress(registry.tables()["copublications"], frame)
    assert kept.equals(frame)
    assert blanked == 0
