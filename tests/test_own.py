"""Works and tables people bring: read by a mapping, told row by row, loaded whole or not at all, never published."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from conftest import Ran
from polars.testing import assert_frame_equal
from small import RAW, build_small

import legation as lg
from legation import own, registry
from legation.build import build
from legation.declaring import DeclarationError
from legation.engine import open_engine
from legation.errors import DataError, StoreError, UserError
from legation.intake import Intake
from legation.mapping import declared as mappings
from legation.mapping.report import Report
from legation.store import Store

WORKS = """id,year,field,cited,who
w1,2020,quantum,10,KR|US;CH
w2,2021,quantum,,KR;
w3,2021,quantum,3,
w4,2022,quantum,0,Atlantis;kr
"""
MAPPING = """
holds = "works"
title = "Works of our institute"
most_unmatched = 0.5

[columns]
work_id = "id"
year = "year"
scope = "field"
citations = "cited"

[authors]
written = "authors"
column = "who"
"""
MOVES = "scope,origin_iso3,destination_iso3,year,researchers\n"


def put(folder: Path, name: str, text: str) -> Path:
    file = folder / name
    file.write_text(text, encoding="utf-8")
    return file


def read(folder: Path, works: str = WORKS, mapping: str = MAPPING) -> tuple[dict[str, pl.DataFrame], Report]:
    chosen = mappings.read(put(folder, "mapping.toml", mapping))
    return own.check(put(folder, "works.csv", works), chosen)


# Works


def test_each_author_signs_from_the_countries_of_his_entry(tmp_path: Path) -> None:
    """`;` parts authors, `|` the countries of one; an empty entry is an author without a country; a work without any
    has one author of whom nothing is known, so that credits add up to the works."""
    tables, report = read(tmp_path)
    signed = (
        tables["authorships"].select("work_id", "position", "iso3", "countries").sort("work_id", "position", "iso3")
    )
    assert sorted(signed.rows(), key=str) == [
        ("w1", 0, "KOR", 2), ("w1", 0, "USA", 2), ("w1", 1, "CHE", 1),
        ("w2", 0, "KOR", 1), ("w2", 1, None, 0),
        ("w3", 0, None, 0),
        ("w4", 0, None, 0), ("w4", 1, "KOR", 1),
    ]  # fmt: skip
    assert tables["works"].select("work_id", "authors", "citations").rows() == [
        ("w1", 2, 10), ("w2", 2, None), ("w3", 1, 3), ("w4", 2, 0),
    ]  # fmt: skip
    assert (report.places, dict(report.unmatched)) == (6, {"Atlantis": 1})


def test_what_fits_and_what_has_no_country_is_told(tmp_path: Path) -> None:
    assert list(read(tmp_path)[1].told()) == [
        "works.csv: 4 rows read",
        "4 rows fit works",
        "8 rows fit authorships",
        "6 places of authors named, 5 with a country (1 without)",
        "  no country known for 'Atlantis': 1 ×",
        "everything fits",
    ]


def test_a_list_of_countries_stands_in_for_authors_nobody_placed(tmp_path: Path) -> None:
    """Only for works none of whose authors has a country; each country on it stands in the place of an author."""
    works = "id,year,field,cited,who,all\na,2020,quantum,1,KR,JP;US\nb,2020,quantum,1,,JP;US;JP\n"
    tables, _ = read(tmp_path, works, MAPPING + '\n[country_list]\ncolumn = "all"\n')
    assert sorted(tables["authorships"].select("work_id", "iso3").rows()) == [("a", "KOR"), ("b", "JPN"), ("b", "USA")]
    assert dict(tables["works"].select("work_id", "country_list_only").rows()) == {"a": False, "b": True}


def test_identifiers_of_authors_are_hashed_for_this_source_alone(tmp_path: Path) -> None:
    works = "id,year,field,cited,who,ids\na,2020,quantum,1,KR;US,7004;7005\nb,2020,quantum,1,US,7005\n"
    chosen = mappings.read(put(tmp_path, "m.toml", MAPPING + 'identifiers = "ids"\n'))
    file = put(tmp_path, "works.csv", works)
    first, second = (own.check(file, chosen, source)[0]["authorships"]["author"].to_list() for source in ("x", "y"))
    assert first[1] == first[2] != first[0]
    assert not set(first) & set(second)
    assert "7005" not in str(first)


def test_the_scope_may_be_given_for_all_works(tmp_path: Path) -> None:
    file = put(tmp_path, "m.toml", MAPPING.replace('scope = "field"\n', ""))
    with pytest.raises(DeclarationError, match=r"columns lacks scope .*may be given with --scope"):
        own.check(put(tmp_path, "works.csv", WORKS), mappings.read(file))
    tables, report = own.check(tmp_path / "works.csv", mappings.read(file, scope="quantun"))
    assert set(tables["works"]["scope"]) == {"quantun"}
    assert report.notes == ["scope 'quantun' is no technology; did you mean quantum?"]


def test_each_value_that_does_not_fit_is_told_with_line_column_reason_and_remedy(tmp_path: Path) -> None:
    works = 'id,year,field,cited,who\n"w\n1",1066,quantum,1,KR\n,2020,quantum,-2,KR\nw3,2020,quantum,=1+1,KR\n'
    works += "w4,2020,quantum,1.5,KR\nw4,MMXX,quantum,2,KR\nw6,2020,=cmd(),2,KR\n"
    report = read(tmp_path, works)[1]
    assert [str(p) for kind in report.problems.values() for p in kind] == [
        "works.csv, line 8, field: '=cmd()' begins as a formula does",
        "works.csv, line 4, id: (empty) is empty",
        "works.csv, line 2, id: 'w\\u000a1' holds a control or direction mark",
        "works.csv, line 7, year: 'MMXX' is not a whole number",
        "works.csv, line 2, year: '1066' is not a year of our time",
        "works.csv, line 5, cited: '=1+1' is not a whole number",
        "works.csv, line 6, cited: '1.5' is not a whole number",
        "works.csv, line 4, cited: '-2' is below 0",
        "works.csv, line 7, work_id: 'w4' stands more than once",
    ]
    told = "\n".join(report.told())
    assert "1 × work_id stands more than once: give each work once" in told
    assert "save the sheet as values, not as formulas" in told


def test_marks_that_turn_the_direction_of_writing_are_refused_and_written_out(tmp_path: Path) -> None:
    report = read(tmp_path, WORKS.replace("w1", "w\u202e1"))[1]
    assert "works.csv, line 2, id: 'w\\u202e1' holds a control or direction mark" in "\n".join(report.told())


def test_many_problems_of_a_kind_are_counted_and_the_first_shown(tmp_path: Path) -> None:
    rows = "".join(f"w{n},year,quantum,1,KR\n" for n in range(1000))
    told = list(read(tmp_path, "id,year,field,cited,who\n" + rows)[1].told())
    assert "  1,000 × year is not a whole number: give year in digits, without thousands separators; " in told[4]
    assert told[-1] == "    … and 995 more"
    assert len(told) == 11


# Mappings


@pytest.mark.parametrize(
    ("changed", "to", "said"),
    [
        ('work_id = "id"', 'work_id = "idd"', r"works.csv has no column 'idd' \(did you mean 'id'\?\); it has 'id',"),
        ("citations =", "citation =", r"unknown column of works 'citation'; did you mean citations\?"),
        ("citations =", "authors =", "unknown column of works 'authors'; authors is counted, not given"),
        ('holds = "works"', 'holds = "wroks"', r"unknown table 'wroks'; did you mean works\?"),
        ('written = "authors"', 'written = "author"', "authors: written is one of countries, authors, bracketed"),
        ('title =', 'titel =', r"unknown entry 'titel'; did you mean title"),
        ('[authors]\nwritten = "authors"\ncolumn = "who"', "", r"say under \[authors\] or \[country_list\]"),
        ('scope = "field"', 'scope = { value = "a", column = "b" }', "give the name of a column, or a value"),
        ('scope = "field"', 'scope = { column = "field", pattern = "(" }', "pattern is no regular expression"),
        ("[columns]", "[columns", "mapping.toml cannot be read as TOML"),
    ],
)  # fmt: skip
def test_a_mapping_that_does_not_fit_says_where_and_what_is_near(
    tmp_path: Path, changed: str, to: str, said: str
) -> None:
    assert changed in MAPPING
    with pytest.raises((UserError, DataError, DeclarationError), match=said):
        read(tmp_path, mapping=MAPPING.replace(changed, to))


def test_a_mapping_may_change_one_of_the_package(tmp_path: Path) -> None:
    file = put(tmp_path, "m.toml", 'like = "scopus"\ntitle = "Ours"\n[columns]\nscope = "Topic"\n')
    changed, base = mappings.read(file), mappings.read("scopus")
    assert (changed.title, changed.columns["scope"].column) == ("Ours", "Topic")
    assert (changed.authors, changed.columns["work_id"]) == (base.authors, base.columns["work_id"])


@pytest.mark.parametrize("given", ["scopuss", "none.toml"])
def test_an_unknown_mapping_names_those_there_are(given: str) -> None:
    with pytest.raises(UserError, match="scopus"):
        mappings.read(given)


def test_values_are_replaced_cut_and_slugged(tmp_path: Path) -> None:
    works = "id,date,field,oa\na,2020-05-01,Quantum Physics,Closed\nb,2021,n/a,All OA; Gold\n"
    mapping = """
        holds = "works"
        [columns]
        work_id = "id"
        year = { column = "date", pattern = '^(\\d{4})' }
        scope = { column = "field", empty = ["n/a"], default = "all", slug = true }
        open_access = { column = "oa", values = { Closed = "false" }, otherwise = "true" }
        [country_list]
        column = "id"
    """
    works_read = read(tmp_path, works, mapping)[0]["works"]
    assert works_read.select("year", "scope", "open_access").rows() == [
        (2020, "quantum-physics", False), (2021, "all", True),
    ]  # fmt: skip


# Fact tables


def test_a_fact_table_is_read_by_its_own_names_or_by_a_mapping(tmp_path: Path) -> None:
    plain = put(tmp_path, "moves.csv", MOVES + "0101,KOR,CHE,2020,5\n")
    table = own.check(plain, own.mapping_of(None, "moves"))[0]["moves"]
    assert table.rows() == [("0101", "KOR", "CHE", 2020, 5)], "customs codes look like numbers and are none"
    mapping = put(
        tmp_path,
        "m.toml",
        """
        holds = "moves"
        [columns]
        scope = { value = "0101" }
        origin_iso3 = { column = "From", code = "name" }
        destination_iso3 = { column = "To", code = "iso2" }
        year = "When"
        researchers = "People"
        """,
    )
    foreign = put(tmp_path, "foreign.csv", "From,To,When,People\nSouth Korea,ch,2020,5\n")
    assert own.check(foreign, mappings.read(mapping))[0]["moves"].equals(table)


def test_json_lines_and_parquet_are_read_alike(tmp_path: Path) -> None:
    mapping = own.mapping_of(None, "moves")
    table = own.check(put(tmp_path, "a.csv", MOVES + "all,KOR,CHE,2020,5\n"), mapping)[0]["moves"]
    table.write_parquet(tmp_path / "a.parquet")
    table.write_ndjson(tmp_path / "a.jsonl")
    for name in ("a.parquet", "a.jsonl"):
        assert own.check(tmp_path / name, mapping)[0]["moves"].equals(table)


def test_a_region_a_stranger_and_a_repeated_key_are_told_apart(tmp_path: Path) -> None:
    text = MOVES + "all,KOR,World,2020,5\nall,KOR,Atlantis,2020,5\nall,KOR,CHE,2020,5\nall,KOR,CHE,2020,6\n"
    report = own.check(put(tmp_path, "a.csv", text), own.mapping_of(None, "moves"))[1]
    assert [str(p) for kind in report.problems.values() for p in kind] == [
        "a.csv, line 2, destination_iso3: 'World' is a region or a total",
        "a.csv, line 3, destination_iso3: 'Atlantis' is not a known country",
        "a.csv, line 5, scope, origin_iso3, destination_iso3, year: 'all, KOR, CHE, 2020' stands more than once",
    ]
    assert report.rows == {"moves": 1}


# Loading


def loaded(small_store: Path, folder: Path, source: str = "mine", out: Path | None = None) -> Store:
    file = put(folder, "own.csv", MOVES + "all,KOR,CHE,2020,3\n")
    return own.load(Store.open(small_store), file, own.mapping_of(None, "moves"), source, out or folder / "mine")


def contents(folder: Path) -> dict[Path, bytes]:
    return {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_an_own_table_stands_beside_the_others_and_is_suppressed_too(small_store: Path, tmp_path: Path) -> None:
    built = loaded(small_store, tmp_path)
    assert built.sources_of("moves") == ("mine", "small_moves")
    assert built.frame("moves", "mine")["researchers"].to_list() == [None]
    account = built.manifest["sources"]["mine"]
    assert account["tables"] == {"moves": {"rows": 1, "suppressed": 1}}
    assert (account["private"], account["publish"], account["read"]) == (True, "nothing", {"own.csv": 1})
    assert built.verify() == len(Store.open(small_store).parts) + 1


def test_own_works_are_counted_and_their_records_kept_out_of_the_store(small_store: Path, tmp_path: Path) -> None:
    """Two works of 2021 by one author each in Korea and one nowhere: half a fractional article, one full one."""
    file = put(tmp_path, "works.csv", WORKS)
    chosen = mappings.read(put(tmp_path, "m.toml", MAPPING))
    built = own.load(Store.open(small_store), file, chosen, "mine", tmp_path / "mine")
    articles = built.frame("articles", "mine").filter(pl.col("year") == 2021, pl.col("iso3") == "KOR")
    assert dict(articles.select("counting", "articles").rows()) == {"fractional": 0.5, "full": 1.0}
    assert "mine" not in built.sources_of("works") + built.sources_of("authorships")
    assert "mine" in built.sources_of("record_output", "result")


def test_the_base_stays_as_it_was(small_store: Path, tmp_path: Path) -> None:
    before = contents(small_store)
    loaded(small_store, tmp_path)
    assert contents(small_store) == before


@pytest.mark.parametrize("name", ["../evil", "a/b", "", ".", "-x", "a b", "한국"])
def test_a_source_name_that_would_leave_the_store_is_refused(small_store: Path, tmp_path: Path, name: str) -> None:
    with pytest.raises(UserError, match="give a name of letters, digits, - and _"):
        loaded(small_store, tmp_path, source=name)
    assert not (tmp_path / "mine").exists()


@pytest.mark.parametrize("name", ["small_moves", "world_bank", "ncses"])
def test_the_name_of_another_source_is_refused(small_store: Path, tmp_path: Path, name: str) -> None:
    with pytest.raises(UserError, match=f"there is a source '{name}' already"):
        loaded(small_store, tmp_path, source=name)


def test_the_store_one_starts_from_and_the_package_are_not_written(small_store: Path, tmp_path: Path) -> None:
    with pytest.raises(UserError, match="is the store you start from; name another folder with --out"):
        loaded(small_store, tmp_path, out=small_store)
    with pytest.raises(UserError, match="is part of the package, which is published"):
        loaded(small_store, tmp_path, out=Store.open().root)


def test_an_earlier_table_of_ones_own_is_not_lost(small_store: Path, tmp_path: Path) -> None:
    loaded(small_store, tmp_path, source="first")
    with pytest.raises(UserError, match=r"mine holds first, which would be lost; start from it with --store"):
        loaded(small_store, tmp_path, source="second")
    both = own.load(
        Store.open(tmp_path / "mine"), tmp_path / "own.csv", own.mapping_of(None, "moves"), "second", tmp_path / "both"
    )
    assert both.sources_of("moves") == ("first", "second", "small_moves")
    again = loaded(small_store, tmp_path, source="first")
    assert again.sources_of("moves") == ("first", "small_moves"), "the same source is replaced"


def test_a_row_that_does_not_fit_stops_the_load_and_nothing_is_written(small_store: Path, tmp_path: Path) -> None:
    good = "".join(f"all,KOR,CHE,{year},5\n" for year in range(1901, 2100))
    file = put(tmp_path, "own.csv", MOVES + good + "all,KOR,CHE,2020s,5\n")
    base, mapping, out = Store.open(small_store), own.mapping_of(None, "moves"), tmp_path / "mine"
    with pytest.raises(DataError, match=r"(?s)line 201, year: '2020s' .*nothing was loaded; mend these rows, or leave"):
        own.load(base, file, mapping, "mine", out)
    assert not out.exists()
    before = contents(Path(loaded(small_store, tmp_path, out=out).root))
    file = put(tmp_path, "own.csv", MOVES + good + "all,KOR,CHE,2020s,5\n")
    with pytest.raises(DataError):
        own.load(base, file, mapping, "mine", out)
    assert contents(out) == before, "what stood there stands there still"
    built = own.load(base, file, mapping, "mine", out, leave_out=True)
    account = built.manifest["sources"]["mine"]
    assert account["rejected"] == {"year is not a whole number": 1}
    assert built.frame("moves", "mine").height == 199


def test_more_than_one_bad_row_in_a_hundred_is_never_left_out(small_store: Path, tmp_path: Path) -> None:
    file = put(tmp_path, "own.csv", MOVES + "all,KOR,CHE,2020,5\nall,KOR,CHE,soon,5\n")
    with pytest.raises(DataError, match="1 of 2 records rejected, more than 1%"):
        own.load(
            Store.open(small_store), file, own.mapping_of(None, "moves"), "mine", tmp_path / "mine", leave_out=True
        )
    assert not (tmp_path / "mine").exists()


def test_too_many_places_without_a_country_stop_the_load(small_store: Path, tmp_path: Path) -> None:
    mapping = put(tmp_path, "m.toml", MAPPING.replace("most_unmatched = 0.5\n", ""))
    with pytest.raises(DataError, match=r"(?s)17% of the places of authors have no known country, more than 5%"):
        own.load(Store.open(small_store), put(tmp_path, "w.csv", WORKS), mappings.read(mapping), "m", tmp_path / "mine")
    told = put(tmp_path, "m.toml", mapping.read_text() + '\n[country_names]\nAtlantis = "GRC"\n')
    built = own.load(Store.open(small_store), tmp_path / "w.csv", mappings.read(told), "m", tmp_path / "mine")
    assert "GRC" in built.frame("articles", "m")["iso3"]


# Private stays private


def test_what_is_built_never_holds_private_data(small_store: Path, tmp_path: Path) -> None:
    """Neither as the folder built into, with all sources or one, nor as the store a new one begins with."""
    private = loaded(small_store, tmp_path).root
    before = contents(private)
    for only in ((), ("small_moves",)):
        with pytest.raises(StoreError, match="would hold mine, which is private; build into another folder"):
            build_small(RAW, private, only=only)
    with pytest.raises(StoreError, match="would hold mine, which is private"):
        build(RAW, tmp_path / "pack", open_engine(), ("world_bank",), base=Store.open(private))
    assert contents(private) == before
    assert not (tmp_path / "pack" / "manifest.json").exists()


def test_the_command_refuses_to_build_over_private_data(
    small_store: Path, tmp_path: Path, run: Callable[..., Ran]
) -> None:
    loaded(small_store, tmp_path)
    ran = run("build", "--raw", RAW, "--out", tmp_path / "mine", "--source", "world_bank")
    assert ran.code == 1
    assert "would hold mine, which is private" in ran.err


def test_every_answer_with_private_data_says_so(tmp_path: Path) -> None:
    """Works of one's own on quantum stand in the answer on quantum, and its citation and a caveat say what they are."""
    rows = "".join(f"w{n},{2015 + n % 10},quantum,{n},{'KR;CH' if n % 2 else 'KR'}\n" for n in range(200))
    file = put(tmp_path, "works.csv", "id,year,field,cited,who\n" + rows)
    own.load(Store.open(), file, mappings.read(put(tmp_path, "m.toml", MAPPING)), "mine", tmp_path / "mine")
    evidence = lg.open(tmp_path / "mine")
    for answer in (evidence.position("KOR", "quantum"), evidence.pair("KOR", "CHE", "quantum", lang="ko")):
        assert any("mine" in f.sources for f in answer.figures.values())
        cited = [line for line in answer.cite() if "private: your own data, not to be published" in line]
        assert cited == ["mine: Works of our institute (undated). private: your own data, not to be published. "]
        assert "private_data" in answer.caveats
    assert not any("private" in line for line in lg.open().position("KOR", "quantum").cite())


def test_own_works_join_the_series_computed_when_the_pack_was_built(tmp_path: Path) -> None:
    rows = "".join(f"w{n},{2015 + n % 10},quantum,{n},KR;CH\n" for n in range(50))
    file = put(tmp_path, "works.csv", "id,year,field,cited,who\n" + rows)
    own.load(Store.open(), file, mappings.read(put(tmp_path, "m.toml", MAPPING)), "mine", tmp_path / "mine")
    salton = lg.open(tmp_path / "mine").indicator("salton", window=5)
    mine = salton.filter(pl.col("source") == "mine", pl.col("iso3") == "KOR", pl.col("partner_iso3") == "CHE")
    assert mine["salton"].to_list() == [1.0], "all works are joint ones"
    assert salton["source"].n_unique() > 1


# The first customer


def test_the_conference_works_come_through_this_door_with_the_same_numbers(raw: Path, tmp_path: Path) -> None:
    """A mapping file gives, row by row, what the source in the package gives."""
    from legation.sources import ai_robotics_conferences as source

    expected = dict(source.tidy(Intake(raw, "ai_robotics_conferences")))
    mapping = Path(__file__).parent / "fixtures" / "own" / "conferences.toml"
    found, report = own.check(raw / source.WORKS, mappings.read(mapping), "ai_robotics_conferences")
    assert not report.bad_rows
    assert not report.unmatched
    for name, table in found.items():
        key = list(registry.tables()[name].key)
        columns = list(registry.tables()[name].columns)
        wanted = expected[name].select(columns).sort(key)
        assert_frame_equal(table.sort(key), wanted, check_dtypes=False, rel_tol=1e-12)


# The commands


def test_check_prints_the_report_and_fails_where_a_row_does_not_fit(tmp_path: Path, run: Callable[..., Ran]) -> None:
    file = put(tmp_path, "own.csv", MOVES + "all,KOR,CHE,2020,5\nall,KOR,CHE,2021,\n")
    assert run("check", file, "--table", "moves") == Ran(
        0, "own.csv: 2 rows read\n2 rows fit moves\neverything fits\n", ""
    )
    put(tmp_path, "own.csv", MOVES + "all,Korea,CHE,2020,5\n")
    ran = run("check", file, "--table", "moves")
    assert (ran.code, ran.err) == (1, "legation: own.csv does not fit as a whole; what to do stands above\n")
    assert "own.csv, line 2, origin_iso3: 'Korea' is not a known country" in ran.out


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["own.csv", "--table", "movs"], "unknown table 'movs'; did you mean moves?"),
        (["own.csv"], "say how to read the file: --mapping with a TOML file or one of dimensions, lens, scopus"),
        (["none.csv", "--table", "moves"], "none.csv is not there"),
        (["own.xlsx", "--table", "moves"], "own.xlsx: cannot tell the format; save the sheet as CSV UTF-8"),
        (["own.csv", "--table", "works"], "works needs a mapping that says where authors and countries stand"),
    ],
)
def test_check_and_load_of_what_is_not_there(
    small_store: Path, tmp_path: Path, run: Callable[..., Ran], arguments: list[str], said: str
) -> None:
    put(tmp_path, "own.csv", MOVES)
    arguments = [str(tmp_path / arguments[0]), *arguments[1:]]
    checked = run("check", *arguments)
    stored = run("load", *arguments, "--store", small_store, "--out", tmp_path / "mine")
    assert (checked.code, stored.code) == (2, 2)
    assert said in checked.err
    assert said in stored.err
    assert str(tmp_path) not in checked.err + stored.err, "no path of the machine"
    assert not (tmp_path / "mine").exists()


def test_load_says_how_to_use_the_new_store(small_store: Path, tmp_path: Path, run: Callable[..., Ran]) -> None:
    file, out = put(tmp_path, "own.csv", MOVES + "all,KOR,CHE,2020,5\n"), tmp_path / "mine"
    ran = run("load", file, "--table", "moves", "--store", small_store, "--out", out)
    last = f"{out}: build {Store.open(out).build}, private; use it with --store {out}"
    assert ran == Ran(0, f"1 rows of moves, 0 cells suppressed\n{last}\n", "")
    assert "own.csv (own), source of one's own" in run("explain", "own", "--store", out).out
    ran = run("table", "moves", "--source", "own", "--store", out, "--format", "csv")
    assert ran.out.splitlines()[1] == "own,all,KOR,CHE,2020,5"


def test_json_of_an_answer_names_private_data(tmp_path: Path, run: Callable[..., Ran], small_store: Path) -> None:
    file, out = put(tmp_path, "own.csv", MOVES + "all,KOR,CHE,2020,50\n"), tmp_path / "mine"
    run("load", file, "--table", "moves", "--out", out)
    told: dict[str, Any] = json.loads(run("talent", "KOR", "quantum", "--store", out, "--format", "json").out)
    assert any("private" in str(source) for source in told["sources"].values() if source["id"] == "own")


def test_the_example_in_the_guide_is_a_mapping_that_works(tmp_path: Path) -> None:
    guide = (Path(__file__).parents[1] / "docs" / "own-data.md").read_text(encoding="utf-8")
    example = guide.split("```toml\n")[1].split("```")[0]
    works = "Number,Published,Cited,Countries\n1,2020,3,KR|US;CH\n"
    tables, report = read(tmp_path, works, example)
    assert not report.bad_rows
    assert sorted(tables["authorships"].select("position", "iso3").rows()) == [(0, "KOR"), (0, "USA"), (1, "CHE")]
    assert all(f"| `{name}` |" in guide for name in mappings.known())
