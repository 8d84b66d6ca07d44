"""Packed tables give back what was packed."""

import polars as pl
from hypothesis import given
from hypothesis import strategies as st
from polars.testing import assert_frame_equal
from polars.testing.parametric import dataframes

from legation.packed import Packed

TYPES: list[pl.DataType | type[pl.DataType]] = [
    pl.String, pl.Int64, pl.UInt32, pl.Int8, pl.Float64, pl.Boolean, pl.Date, pl.List(pl.String)
]  # fmt: skip


@given(dataframes(allowed_dtypes=TYPES, max_size=40))
def test_everything_comes_back_as_it_was(frame: pl.DataFrame) -> None:
    assert_frame_equal(Packed.of(frame).rows(), frame)


@given(st.lists(st.tuples(st.sampled_from(["KOR", "CHE", "", None]), st.integers(-(2**63), 2**63 - 1)), max_size=40))
def test_rows_are_chosen_as_from_the_table_itself(rows: list[tuple[str | None, int]]) -> None:
    frame = pl.DataFrame(rows, schema={"iso3": pl.String, "works": pl.Int64}, orient="row")
    for wanted in ("KOR", "", "DEU"):
        assert_frame_equal(Packed.of(frame).rows([("iso3", wanted)]), frame.filter(pl.col("iso3") == wanted))


def test_a_table_of_pairs_takes_less_than_half() -> None:
    codes = [f"A{n:02d}" for n in range(100)]
    pairs = pl.DataFrame({"iso3": codes}).join(pl.DataFrame({"partner_iso3": codes}), how="cross")
    frame = pairs.with_columns(scope=pl.lit("quantum"), year=2024, works=pl.int_range(pl.len()))
    assert Packed.of(frame).size < frame.estimated_size() / 2
