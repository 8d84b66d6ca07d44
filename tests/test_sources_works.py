"""Works, authorships and what is counted from them: values read off the raw records by hand."""

import gzip
import importlib
import json
from collections import defaultdict
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from legation import registry
from legation.checks import conform, suppress
from legation.engine import Engine, open_engine
from legation.errors import DataError
from legation.intake import Intake, pseudonym
from legation.sources import openalex_sample

Tables = Mapping[str, pl.DataFrame]

SOURCES_OF_WORKS = ["openalex_sample", "openalex_extracts", "ai_robotics_conferences"]
CONFERENCES = "ai_robotics_conferences"
COPUBLICATIONS = "openalex_country_copublications"


@cache
def _tidied(raw: Path, source: str) -> tuple[Tables, Intake]:
    intake = Intake(raw, source)
    frames = dict(importlib.import_module(f"legation.sources.{source}").tidy(intake))
    intake.close()
    return _conformed(source, frames), intake


def _conformed(source: str, frames: Tables) -> Tables:
    named = pl.lit(source).alias("source")
    return {name: conform(registry.tables()[name], frame.with_columns(named)) for name, frame in frames.items()}


def _derived(name: str, tables: Tables, engine: Engine | None = None) -> pl.DataFrame:
    table, engine = registry.tables()[name], engine or open_engine("polars")
    assert table.derive is not None
    lazies = {needed: engine.lazy(tables[needed]) for needed in registry.parameters_of(table.derive)}
    return conform(table, engine.collect(table.derive(**lazies)))


def _signed(tables: Tables, work_id: str) -> list[tuple[Any, ...]]:
    """Position, country and number of countries of each author of a work."""
    rows = tables["authorships"].filter(work_id=work_id).sort("position", "iso3")
    return rows.select("position", "iso3", "countries").rows()


def _row(frame: pl.DataFrame, **where: Any) -> dict[str, Any]:
    """The one row that fits."""
    return frame.filter(**where).row(0, named=True) if frame.filter(**where).height == 1 else {}


# ---- every source -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("source", ["openalex_topics", COPUBLICATIONS, *SOURCES_OF_WORKS])
def test_rows_keep_the_declared_bounds_and_nothing_is_rejected(raw: Path, source: str) -> None:
    tables, account = _tidied(raw, source)
    bounds = registry.sources()[source].rows
    assert set(tables) == set(bounds)
    for name, (least, most) in bounds.items():
        assert least <= tables[name].height <= most
    assert not account.rejected
    assert not account.left_over
    assert all(caveat in registry.caveats() for caveat in registry.sources()[source].caveats)


@pytest.mark.parametrize(
    ("source", "works", "authorships", "unassigned"),
    [
        ("openalex_sample", 4_583, 23_043, 1_212.59028),
        ("openalex_extracts", 6_522, 9_142, 1_077),
        (CONFERENCES, 72_506, 265_569, 13_107.94250),
    ],
)
def test_fractional_credit_and_unassigned_credit_add_up_to_the_works(
    raw: Path, source: str, works: int, authorships: int, unassigned: float
) -> None:
    tables, _ = _tidied(raw, source)
    assert (tables["works"].height, tables["authorships"].height) == (works, authorships)
    articles, coverage = _derived("articles", tables), _derived("coverage", tables)
    credit = float(articles.filter(counting="fractional")["articles"].sum())
    left = float(coverage["unassigned"].sum())
    assert coverage["works"].sum() == works
    assert left == pytest.approx(unassigned, abs=1e-4)
    assert credit + left == pytest.approx(works, abs=1e-6)


@pytest.mark.parametrize("source", SOURCES_OF_WORKS)
def test_every_author_of_a_work_has_a_row_and_counts_the_countries_in_them(raw: Path, source: str) -> None:
    tables, _ = _tidied(raw, source)
    signed = tables["authorships"]
    people = signed.group_by("work_id", "position").agg(pl.col("iso3").count(), pl.col("countries").unique())
    assert people.filter(pl.col("countries").list.len() > 1).is_empty()
    assert people.filter(pl.col("iso3") != pl.col("countries").list.first()).is_empty()
    counted = signed.group_by("work_id").agg(counted=pl.col("position").n_unique(), last=pl.col("position").max())
    both = tables["works"].join(counted, on="work_id", how="left")
    assert (both["counted"] == both["authors"]).all()
    assert (both["last"] == both["authors"] - 1).all()


@pytest.mark.parametrize("source", SOURCES_OF_WORKS)
def test_counts_are_the_same_on_polars_and_duckdb(raw: Path, source: str) -> None:
    tables, _ = _tidied(raw, source)
    for name in ("moves", "researcher_stocks", "coverage"):
        polars, duckdb = (_derived(name, tables, open_engine(engine)) for engine in ("polars", "duckdb"))
        assert polars.drop("unassigned", strict=False).equals(duckdb.drop("unassigned", strict=False))
        if name == "coverage":
            assert (polars["unassigned"] - duckdb["unassigned"]).abs().max() == pytest.approx(0, abs=1e-9)


# ---- topics -------------------------------------------------------------------------------------------------------


def test_topics_stand_in_a_field_and_subfield(raw: Path) -> None:
    topics = _tidied(raw, "openalex_topics")[0]["topics"]
    assert topics.height == 4_516
    assert topics["field"].n_unique() == 26
    assert _row(topics, topic="T10077") == {
        "source": "openalex_topics",
        "topic": "T10077",
        "name": "Neuroscience and Neuropharmacology Research",
        "subfield": "cellular-and-molecular-neuroscience",
        "field": "neuroscience",
        "works": 194_724,
    }


def test_topics_named_by_technologies_and_works_exist(raw: Path) -> None:
    topics = set(_tidied(raw, "openalex_topics")[0]["topics"]["topic"])
    works = _tidied(raw, "openalex_sample")[0]["works"]
    assert {topic for technology in registry.technologies().values() for topic in technology.topics} <= topics
    assert set(works["topic"].drop_nulls()) <= topics


# ---- full records of OpenAlex -------------------------------------------------------------------------------------


def test_a_work_carries_what_its_record_says(raw: Path) -> None:
    tables, _ = _tidied(raw, "openalex_sample")
    assert _row(tables["works"].drop("source"), work_id="W4380894080") == {
        "scope": "subsurface-energy",
        "work_id": "W4380894080",
        "year": 2023,
        "type": "article",
        "field": "environmental-science",
        "topic": "T11969",
        "citations": 62,
        "authors": 6,
        "country_list_only": False,
        "open_access": False,
        "company": False,
    }
    assert [iso3 for _, iso3, _ in _signed(tables, "W4380894080")] == ["SAU", "NGA", "SAU", "SAU", "CYP", "SAU"]
    corresponding = tables["authorships"].filter(pl.col("corresponding"), work_id="W4380894080")
    assert corresponding["position"].to_list() == [2]


def test_an_author_of_two_countries_has_two_rows_and_one_without_keeps_one(raw: Path) -> None:
    tables, _ = _tidied(raw, "openalex_sample")
    assert _signed(tables, "W3205126413") == [(0, "GBR", 2), (0, "SAU", 2), (1, "SAU", 1), (2, None, 0)]
    one = {name: frame.filter(work_id="W3205126413") for name, frame in tables.items() if "work_id" in frame.columns}
    credit = _derived("articles", one).filter(counting="fractional")
    assert dict(credit.select("iso3", "articles").rows()) == pytest.approx({"GBR": 1 / 6, "SAU": 1 / 6 + 1 / 3})
    assert _derived("coverage", one)["unassigned"].to_list() == pytest.approx([1 / 3])


def test_a_country_counts_also_where_the_institution_has_none(raw: Path) -> None:
    tables, _ = _tidied(raw, "openalex_sample")
    assert _signed(tables, "W4404794745")[6] == (6, "NGA", 1)
    institution = tables["affiliations"].filter(work_id="W4404794745", position=6)["organisation"].to_list()
    assert institution == ["0278jft56"]
    assert _row(tables["organisations"], organisation="0278jft56")["iso3"] is None


def test_company_is_known_only_where_an_institution_is(raw: Path) -> None:
    works = _tidied(raw, "openalex_sample")[0]["works"]
    assert dict(works["company"].value_counts().rows()) == {True: 661, False: 4_583 - 661 - 1_006, None: 1_006}
    assert _row(works, work_id="W2128154243")["company"]


def test_institutions_are_named_by_ror_and_placeholders_are_set_aside(raw: Path) -> None:
    tables, account = _tidied(raw, "openalex_sample")
    organisations = tables["organisations"]
    assert set(tables["affiliations"]["organisation"]) == set(organisations["organisation"])
    assert organisations.filter(pl.col("organisation").str.starts_with("I"))["organisation"].to_list() == [
        "I4210100009"
    ]
    assert _row(organisations, organisation="03yez3163")["name"] == "King Fahd University of Petroleum and Minerals"
    assert _row(organisations, organisation="02feahw73")["sector"] == "funder"
    assert dict(account.set_aside) == {"openalex/works.jsonl.gz: institution is not identified": 28 + 16}


def test_author_lists_cut_at_a_hundred_are_few(raw: Path) -> None:
    works = _tidied(raw, "openalex_sample")[0]["works"]
    assert works["authors"].max() == 100
    assert works.filter(authors=100).height == 5


def _work(number: int, **changed: Any) -> dict[str, Any]:
    author: dict[str, Any] = {
        "author": {"id": f"https://openalex.org/A{number}"},
        "is_corresponding": None,
        "institutions": [],
    }
    return {
        "id": f"https://openalex.org/W{number}",
        "publication_year": 2020,
        "type": "article",
        "primary_topic": None,
        "cited_by_count": 1,
        "open_access": {"is_oa": True},
        "authorships": [author | {"countries": ["KR"]}],
    } | changed


def _of_lines(folder: Path, lines: list[str]) -> tuple[Tables, Intake]:
    (folder / "openalex").mkdir()
    with gzip.open(folder / openalex_sample.FILE, "wt") as stream:
        stream.write("\n".join(lines))
    intake = Intake(folder, "openalex_sample")
    return _conformed("openalex_sample", dict(openalex_sample.tidy(intake))), intake


def test_lines_that_hold_no_work_are_rejected_with_their_place(tmp_path: Path) -> None:
    whole = json.dumps(_work(1))
    absurd = [json.dumps(_work(5, publication_year=year)) for year in (None, 3020, "2020")]
    lines = [whole, whole[:80], "[]", whole, json.dumps(_work(4, strange=1)), *absurd]
    tables, account = _of_lines(tmp_path, lines)
    assert tables["works"]["work_id"].to_list() == ["W1", "W4"]
    assert tables["authorships"]["work_id"].to_list() == ["W1", "W4"]
    assert account.read.total() == 8
    assert dict(account.rejected) == {
        f"{openalex_sample.FILE}: no whole work stands here": 3,
        f"{openalex_sample.FILE}: year is missing or absurd": 2,
    }
    assert f"{openalex_sample.FILE}, line 2: no whole work stands here" in account.samples
    assert dict(account.set_aside) == {f"{openalex_sample.FILE}: work stands more than once": 1}
    assert account.left_over == {openalex_sample.FILE: ["strange"]}


def test_authors_keep_their_share_whatever_is_unknown_of_them(tmp_path: Path) -> None:
    strangers = [
        {"author": {"id": None}, "countries": codes, "is_corresponding": False, "institutions": []}
        for codes in (["XX"], ["KR", "XX"], [])
    ]
    works = [_work(1, authorships=strangers), _work(2, authorships=[])]
    tables, account = _of_lines(tmp_path, [json.dumps(work) for work in works])
    assert _signed(tables, "W1") == [(0, None, 0), (1, "KOR", 1), (2, None, 0)]
    assert _signed(tables, "W2") == [(0, None, 0)]
    assert dict(account.rejected) == {f"{openalex_sample.FILE}: code 'XX' is not a known country": 2}
    assert _derived("articles", tables).filter(counting="fractional")["articles"].to_list() == pytest.approx([1 / 3])
    assert _derived("coverage", tables)["unassigned"].to_list() == pytest.approx([2 / 3 + 1])


def test_a_file_that_was_cut_short_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "openalex").mkdir()
    whole = gzip.compress(json.dumps([_work(n) for n in range(1_000)]).encode())
    (tmp_path / openalex_sample.FILE).write_bytes(whole[: len(whole) // 2])
    with pytest.raises(DataError, match="cannot be read to its end"):
        dict(openalex_sample.tidy(Intake(tmp_path, "openalex_sample")))


def test_pseudonyms_are_stable_and_differ_between_sources() -> None:
    ids = pl.Series(["A1", None, "A2", "A1"])
    here, there = pseudonym("here", ids).to_list(), pseudonym("there", ids).to_list()
    assert here[0] == here[3] == "06c1a62081393cf8"
    assert here[1] is None
    assert len({*here, *there} - {None}) == 4
    assert all(len(name) == 16 for name in here if name)


def test_no_identifier_of_an_author_is_left(raw: Path) -> None:
    for source in SOURCES_OF_WORKS:
        authors = _tidied(raw, source)[0]["authorships"]["author"].drop_nulls()
        assert authors.str.contains("^[0-9a-f]{16}$").all()
    assert _tidied(raw, CONFERENCES)[0]["authorships"]["author"].n_unique() == 1 + _identified_in_conferences(raw)


def _identified_in_conferences(raw: Path) -> int:
    """Authors with an identifier on works that do not stand in the tables by a list of countries only."""
    authors = pl.read_parquet(raw / "ai_robotics_conferences/authorships.parquet")
    by_list = _tidied(raw, CONFERENCES)[0]["works"].filter("country_list_only")
    works = pl.read_parquet(raw / "ai_robotics_conferences/works.parquet")
    by_name = works.filter(pl.col("venue").is_in(["acl", "naacl", "coling"]))
    told_apart = authors.join(by_list, on="work_id", how="anti").join(by_name, on="work_id", how="anti")
    return told_apart["author_id"].drop_nulls().n_unique()


# ---- extracts of OpenAlex -----------------------------------------------------------------------------------------


def test_countries_stand_in_the_place_of_authors_where_only_they_are_listed(raw: Path) -> None:
    tables, _ = _tidied(raw, "openalex_extracts")
    work = _row(tables["works"], work_id="W4416234067")
    assert (work["scope"], work["year"], work["citations"], work["authors"]) == ("artificial-intelligence", 2026, 1, 3)
    assert _signed(tables, "W4416234067") == [(0, "AUT", 1), (1, "CHE", 1), (2, "DEU", 1)]
    assert _row(tables["works"], work_id="W2886095372")["authors"] == 1
    assert _signed(tables, "W2886095372") == [(0, None, 0)]
    assert tables["works"]["country_list_only"].all()
    assert tables["authorships"]["author"].null_count() == tables["authorships"].height


def test_a_selection_of_the_most_cited_is_not_taken_for_a_sample(raw: Path) -> None:
    tables, intake = _tidied(raw, "openalex_extracts")
    works = tables["works"]
    assert dict(works["year"].value_counts().rows()) == {2026: 5_189 + 1_117, 2025: 216}
    reason = "openalex_extracts/works.parquet: work of a selection of the most cited of its year"
    assert intake.set_aside[reason] == 7_407 - 5_189 - 1_117 - 216


# ---- co-publications of countries ---------------------------------------------------------------------------------


def test_pairs_stand_in_both_directions_as_published(raw: Path) -> None:
    pairs = _tidied(raw, COPUBLICATIONS)[0]["copublications"].filter(pl.col("partner_iso3") != "WLD")
    assert _row(pairs, iso3="KOR", partner_iso3="USA", last_year=2022)["works"] == 16_442
    assert _row(pairs, iso3="KOR", partner_iso3="XKX", last_year=2022)["works"] == 12
    assert _row(pairs, iso3="CHE", partner_iso3="KOR", last_year=1990)["works"] == 5
    turned = pairs.rename({"iso3": "partner_iso3", "partner_iso3": "iso3"})
    both = pairs.join(turned, on=["iso3", "partner_iso3", "last_year"], how="left")
    assert both["works_right"].null_count() == 0
    unequal = both.filter(pl.col("works") != pl.col("works_right"))
    assert unequal.select((pl.col("works") - pl.col("works_right")).abs().max()).item() == 1
    assert sorted(unequal.filter(pl.col("iso3") < pl.col("partner_iso3")).select("iso3", "partner_iso3").rows()) == [
        ("ARG", "ISR"),
        ("AUS", "TWN"),
        ("AUT", "FRA"),
        ("FRA", "GBR"),
        ("IND", "USA"),
        ("ITA", "USA"),
    ]


def test_world_rows_count_works_with_any_foreign_partner(raw: Path) -> None:
    """At least the largest pair and at most the sum of pairs: domestic works are not among them."""
    table = _tidied(raw, COPUBLICATIONS)[0]["copublications"]
    world = table.filter(pl.col("partner_iso3") == "WLD")
    assert _row(world, iso3="USA", last_year=2022)["works"] == 398_840
    assert _row(world, iso3="KOR", last_year=1990)["works"] == 680
    pairs = table.filter(pl.col("partner_iso3") != "WLD").group_by("iso3", "last_year")
    limits = pairs.agg(largest=pl.col("works").max(), added_up=pl.col("works").sum())
    checked = world.join(limits, on=["iso3", "last_year"], how="full")
    assert checked.filter(pl.col("works").is_null() | pl.col("added_up").is_null()).is_empty()
    assert checked.filter(~pl.col("works").is_between("largest", "added_up")).is_empty()
    assert table.filter(iso3="WLD").is_empty()


def test_thirty_four_years_of_co_publications(raw: Path) -> None:
    table = _tidied(raw, COPUBLICATIONS)[0]["copublications"]
    assert table.height == 538_297
    assert table["last_year"].unique().sort().to_list() == list(range(1990, 2024))
    assert (table["first_year"] == table["last_year"]).all()


# ---- conferences --------------------------------------------------------------------------------------------------


def test_countries_of_authors_are_used_where_they_are_aligned(raw: Path) -> None:
    tables, _ = _tidied(raw, CONFERENCES)
    assert _signed(tables, "h7ef30130d90fcce") == [
        (0, "JPN", 2),
        (0, "KOR", 2),
        (1, "KOR", 1),
        (2, None, 0),
        (3, "JPN", 1),
        (4, "KOR", 1),
    ]
    assert _row(tables["works"].drop("source"), work_id="h7ef30130d90fcce") == {
        "scope": "artificial-intelligence",
        "work_id": "h7ef30130d90fcce",
        "year": 2020,
        "type": "conference-paper",
        "field": None,
        "topic": None,
        "citations": 61,
        "authors": 5,
        "country_list_only": False,
        "open_access": None,
        "company": None,
    }


def test_a_list_of_countries_takes_the_place_of_authors_nobody_could_align(raw: Path) -> None:
    tables, _ = _tidied(raw, CONFERENCES)
    work = _row(tables["works"], work_id="h192d7a7e681ce2e")
    assert (work["authors"], work["country_list_only"]) == (3, True)
    assert _signed(tables, "h192d7a7e681ce2e") == [(0, "ESP", 1), (1, "FRA", 1), (2, "GBR", 1)]
    assert tables["works"]["country_list_only"].sum() == 3_658


def test_a_work_nobody_is_known_of_is_unassigned(raw: Path) -> None:
    tables, _ = _tidied(raw, CONFERENCES)
    assert _row(tables["works"], work_id="h0129b7f49c0f633")["authors"] == 1
    assert _signed(tables, "h0129b7f49c0f633") == [(0, None, 0)]


def test_coverage_tells_venues_and_all_apart(raw: Path) -> None:
    tables, _ = _tidied(raw, CONFERENCES)
    coverage = tables["coverage"]
    icra = _row(coverage, part="icra", year=2016)
    assert (icra["works"], icra["works_with_country"]) == (48, 48)
    iclr = _row(coverage, part="iclr", year=2018)
    assert (iclr["works"], iclr["works_with_country"], iclr["unassigned"]) == (427, 0, pytest.approx(427))
    assert coverage.filter(pl.col("part") != "all").height == 219
    by_year = coverage.filter(pl.col("part") != "all").group_by("scope", "year").agg(pl.col("works").sum())
    totals = coverage.filter(part="all").join(by_year, on=["scope", "year"])
    assert (totals["works"] == totals["works_right"]).all()


def test_the_part_all_is_what_would_be_derived(raw: Path) -> None:
    tables, _ = _tidied(raw, CONFERENCES)
    own, derived = tables["coverage"].filter(part="all"), _derived("coverage", tables)
    assert own.drop("unassigned").equals(derived.drop("unassigned"))
    assert own["unassigned"].to_list() == pytest.approx(derived["unassigned"].to_list())


def test_only_aggregates_of_conferences_may_leave() -> None:
    assert registry.sources()[CONFERENCES].publish == "aggregates"


# ---- what is counted: moves and researchers -----------------------------------------------------------------------

# author a: Korea, both at once (a tie that keeps Korea), then the United States; b stays; c: a tie with nothing before
# it, then Japan; d: two works in Korea against one in Japan, then Japan three years later; e is nowhere in 2020.
WORLD_OF_FIVE = """
    work  year  author  iso3
    1     2019  a       KOR
    2     2020  a       KOR
    2     2020  a       USA
    3     2021  a       USA
    4     2019  b       KOR
    5     2021  b       KOR
    6     2019  c       KOR
    7     2019  c       JPN
    8     2020  c       JPN
    9     2018  d       KOR
    10    2018  d       KOR
    11    2018  d       JPN
    12    2021  d       JPN
    13    2019  e       USA
    14    2020  e       -
    15    2021  e       KOR
    15    2021  -       KOR
"""


def _world(text: str) -> Tables:
    header, *lines = [line.split() for line in text.split("\n") if line.strip()]
    given = pl.DataFrame([dict(zip(header, line, strict=True)) for line in lines])
    blank = given.with_columns(pl.col("author", "iso3").replace({"-": None}), pl.col("year").cast(pl.Int64))
    position = pl.col("author").is_null().cast(pl.Int64)
    works = blank.select(
        pl.lit("quantum").alias("scope"),
        "year",
        work_id="work",
        type=pl.lit("article"),
        field=None,
        topic=None,
        citations=None,
        authors=1 + position.max().over("work"),
        country_list_only=False,
        open_access=None,
        company=None,
    ).unique()
    authorships = blank.select(
        "author",
        "iso3",
        work_id="work",
        position=position,
        countries=pl.col("iso3").count().over("work", "author"),
        corresponding=None,
    )
    return _conformed("tiny", {"works": works, "authorships": authorships})


@pytest.mark.parametrize("engine", ["polars", "duckdb"])
def test_moves_are_changes_of_the_modal_country_dated_by_arrival(engine: str) -> None:
    moves = _derived("moves", _world(WORLD_OF_FIVE), open_engine(engine))
    assert moves.select("origin_iso3", "destination_iso3", "year", "researchers").rows() == [
        ("KOR", "JPN", 2021, 1),  # d, dated by arrival
        ("KOR", "USA", 2021, 1),  # a, after the tie of 2020
        ("USA", "KOR", 2021, 1),  # e, over a year without a country
    ]


@pytest.mark.parametrize("engine", ["polars", "duckdb"])
def test_stocks_count_each_author_once_where_most_works_are_signed(engine: str) -> None:
    stocks = _derived("researcher_stocks", _world(WORLD_OF_FIVE), open_engine(engine))
    assert stocks.select("iso3", "year", "researchers", "arrivals", "departures").rows() == [
        ("JPN", 2020, 1, 0, 0),  # c, who has no country in 2019
        ("JPN", 2021, 1, 1, 0),
        ("KOR", 2018, 1, 0, 0),
        ("KOR", 2019, 2, 0, 0),  # a and b
        ("KOR", 2020, 1, 0, 0),  # a: the tie keeps Korea
        ("KOR", 2021, 2, 1, 2),  # b and e; e came, a and d left
        ("USA", 2019, 1, 0, 0),
        ("USA", 2021, 1, 1, 1),  # a came, e left
    ]


@pytest.mark.parametrize("engine", ["polars", "duckdb"])
def test_coverage_counts_what_is_known_of_works(engine: str) -> None:
    coverage = _derived("coverage", _world(WORLD_OF_FIVE), open_engine(engine))
    columns = ["part", "year", "works", "works_with_country", "works_with_author_id", "unassigned"]
    assert coverage.select(columns).rows() == [
        ("all", 2018, 3, 3, 3, 0.0),
        ("all", 2019, 5, 5, 5, 0.0),
        ("all", 2020, 3, 2, 3, 1.0),
        ("all", 2021, 4, 4, 4, 0.0),
    ]


@pytest.mark.parametrize("engine", ["polars", "duckdb"])
def test_a_work_without_any_authorship_is_unassigned(engine: str) -> None:
    world = _world(WORLD_OF_FIVE)
    silent = {"works": world["works"], "authorships": world["authorships"].filter(pl.col("work_id") != "1")}
    assert _row(_derived("coverage", silent, open_engine(engine)), year=2019)["unassigned"] == 1.0


@pytest.mark.parametrize(("source", "moves"), [("openalex_sample", 393), (CONFERENCES, 17 + 1_572)])
def test_moves_agree_with_a_walk_through_each_career(raw: Path, source: str, moves: int) -> None:
    tables, _ = _tidied(raw, source)
    walked = _walk(tables)
    derived = _derived("moves", tables).drop("source")
    assert {row[:-1]: row[-1] for row in derived.rows()} == walked
    assert sum(walked.values()) == moves


def test_arrivals_and_departures_are_the_moves(raw: Path) -> None:
    tables, _ = _tidied(raw, CONFERENCES)
    moves, stocks = _derived("moves", tables), _derived("researcher_stocks", tables)
    assert stocks["arrivals"].sum() == stocks["departures"].sum() == moves["researchers"].sum()
    blanked, cells = suppress(registry.tables()["moves"], moves)
    assert cells == 1_056
    assert blanked["researchers"].min() == 5


def _walk(tables: Tables) -> dict[tuple[Any, ...], int]:
    """Moves the slow way: the works of each author, year by year."""
    signed = tables["authorships"].drop_nulls(["author", "iso3"]).join(tables["works"], on="work_id")
    careers: dict[Any, dict[int, dict[str, int]]] = defaultdict(lambda: defaultdict(lambda: defaultdict(int)))
    for scope, author, year, iso3, _ in signed.select("scope", "author", "year", "iso3", "work_id").unique().rows():
        careers[scope, author][year][iso3] += 1
    moves: dict[tuple[Any, ...], int] = defaultdict(int)
    for (scope, _), years in careers.items():
        home = None
        for year in sorted(years):
            modes = [iso3 for iso3, n in years[year].items() if n == max(years[year].values())]
            here = modes[0] if len(modes) == 1 else home if home in modes else None
            if here and home and here != home:
                moves[scope, home, here, year] += 1
            home = here or home
    return dict(moves)
