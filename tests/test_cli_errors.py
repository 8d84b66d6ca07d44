"""A mistake of the user's gives exit code 2 and names what is near; a failure gives 1; nobody is shown a traceback."""

import csv
import io
import json
import shutil
import subprocess
import sysconfig
from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest
from conftest import Ran
from small import RAW

from legation.errors import unknown
from legation.store import Store
from legation.surfaces import formats

Run = Callable[..., Ran]
SCRIPT = Path(sysconfig.get_path("scripts")) / "legation"


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ("position KOR quantm", "unknown technology 'quantm'; did you mean quantum?"),
        ("position Koera quantum", "unknown country 'Koera'; did you mean South Korea (KOR)"),
        ("partners KOR quantm", "unknown technology 'quantm'; did you mean quantum?"),
        ("partners '' quantum", "unknown country"),
        ("pair KOR Switzreland quantum", "unknown country 'Switzreland'; did you mean Switzerland (CHE)"),
        ("indicator outputs", "unknown indicator 'outputs'; did you mean output, output_share"),
        ("indicator output --source smal_works", "unknown source for output 'smal_works'; did you mean small_works"),
        ("indicator output --scope physiks", "unknown scope 'physiks'; did you mean physics?"),
        ("indicator output --scope 0", "unknown scope '0'; known: biology, physics"),
        ("indicator output --year 1990", "no year 1990; it has 2020, 2021, 2024"),
        ("indicator output --set draws=5", "unknown setting of output 'draws'; it has none"),
        ("indicator output_share --set drws=5", "unknown setting of output_share 'drws'; did you mean draws?"),
        ("indicator output_share --set draws", "--set draws: give name=value"),
        ("indicator output_share --set draws=many", "setting draws of output_share cannot be 'many'; it is 1000 by"),
        ("indicator output_share --set draws=0", "cannot be 0; it is 1000 by default and from 1 to 10000"),
        ("indicator network_position --set draws=1000", "cannot be 1000; it is 200 by default and from 1 to 200"),
        ("indicator communities --set seeds=201", "cannot be 201; it is 20 by default and from 1 to 200"),
        ("indicator output_share --set draws=1.5", "setting draws of output_share cannot be 1.5"),
        ("indicator output_share --set draws=true", "setting draws of output_share cannot be True"),
        ("indicator output_share --set seed=-1", "setting seed of output_share cannot be -1"),
        ("indicator output_share --set year=2020", "--set year=2020: year is not a setting"),
        ("indicator record_output --set draws=5", "small_works has no works in this store, from which to compute it"),
        (
            "indicator record_output --window 3",
            "record_output is computed over years of its own; leave the window at 1",
        ),
        ("indicator voting_agreement", "voting_agreement: the store holds nothing to compute it from"),
        ("table movs", "unknown table 'movs'; did you mean moves?"),
        ("table moves --source smal_moves", "unknown source 'smal_moves'; did you mean small_moves?"),
        ("table trade", "the store holds no trade"),
        ("table trade --source x", "unknown source 'x'; known: none"),
        ("table moves --format cvs", "unknown format 'cvs'; did you mean csv?"),
        ("table moves --format CSV", "unknown format 'CSV'; did you mean csv?"),
        ("table moves --out moves.xls", "unknown format 'xls'; did you mean xlsx?"),
        ("table moves --out moves", "unknown format ''; known: csv, json, parquet, xlsx"),
        ("table moves --out none/moves.csv", "cannot write none/moves.csv: No such file or directory; choose another"),
        ("explain quantm", "unknown name 'quantm'; did you mean quantum?"),
        ("explain revealed_comparative", "did you mean revealed_comparative_advantage"),
    ],
)
def test_a_mistake_is_answered_with_what_is_near(
    given: str, said: str, small_store: Path, tmp_path: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    ran = run(*(word.strip("'") for word in given.split()), "--store", small_store)
    assert ran.code == 2
    assert ran.out == ""
    assert ran.err.startswith("legation: ")
    assert said in ran.err
    assert len(ran.err.splitlines()) == 1
    assert not list(tmp_path.iterdir()), "nothing is written"


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ("tabel moves", "Did you mean one of: 'table'"),
        ("table", "NAME"),
        ("table moves --sorce x", "--source"),
        ("indicator output --year soon", "--year"),
        ("indicator output --window 0", "--window"),
        ("indicator output --window 51", "--window"),
        ("build --raw x", "--out"),
        ("load moves own.csv", "--out"),
    ],
)
def test_a_command_that_is_not_understood_is_answered_with_its_usage(given: str, said: str, run: Run) -> None:
    ran = run(*given.split())
    assert ran.code == 2
    assert "Usage: " in ran.err
    assert said.casefold() in ran.err.casefold()
    assert "Traceback" not in ran.err


@pytest.mark.parametrize(
    "command", ["sources", "indicators", "tables", "table moves", "indicator output", "explain macro"]
)
def test_a_damaged_store_is_refused(command: str, store: Path, run: Run) -> None:
    (store / "manifest.json").write_text("{")
    ran = run(*command.split(), "--store", store)
    assert (ran.code, ran.out) == (1, "")
    assert ran.err.startswith(f"legation: {store / 'manifest.json'} is cut short or altered")
    assert f"rebuild it with `legation build --raw RAW --out {store}`" in ran.err


def test_a_damaged_part_is_refused_where_it_is_needed(store: Path, run: Run) -> None:
    part = next(store.glob("tables/macro/*"))
    part.write_bytes(b"?")
    assert run("table", "moves", "--store", store).code == 0
    ran = run("table", "macro", "--store", store)
    assert (ran.code, ran.out) == (1, "")
    assert f"{part} was altered: expected sha256 " in ran.err


def test_a_store_that_is_not_there(tmp_path: Path, run: Run) -> None:
    ran = run("tables", "--store", tmp_path / "none")
    assert ran.code == 1
    assert f"no store in {tmp_path / 'none'}: manifest.json is missing" in ran.err


# Building


def test_a_build_from_nowhere(tmp_path: Path, run: Run) -> None:
    ran = run("build", "--raw", tmp_path / "none", "--out", tmp_path / "store")
    assert ran.code == 1
    assert "give the folder that holds the publishers' files with --raw" in ran.err
    assert not (tmp_path / "store").exists()


def test_a_build_of_an_unknown_source(tmp_path: Path, run: Run) -> None:
    ran = run("build", "--raw", RAW, "--out", tmp_path / "store", "--source", "worldbank")
    assert ran.code == 2
    assert "unknown source 'worldbank'; did you mean world_bank" in ran.err
    assert not (tmp_path / "store").exists()


def test_a_build_from_files_cut_short_leaves_the_store(store: Path, tmp_path: Path, run: Run) -> None:
    build, raw = Store.open(store).build, shutil.copytree(RAW, tmp_path / "raw")
    (raw / "world_bank/gdp.csv").write_text("Country Name,Country Code,Year,Value\nKorea,KOR,2020,1\n")
    ran = run("build", "--raw", raw, "--out", store, "--source", "world_bank")
    assert ran.code == 1
    assert "source world_bank gave 13 rows of macro, fewer than the 30000 expected" in ran.err
    assert Store.open(store).build == build


def test_a_build_with_less_than_a_number_for_memory(tmp_path: Path, run: Run) -> None:
    ran = run("build", "--raw", RAW, "--out", tmp_path / "store", "--memory", "lots")
    assert ran.code == 2
    assert "give a size such as 4GB" in ran.err


# What comes out


@pytest.mark.parametrize("form", ["csv", "json", "parquet", "xlsx"])
def test_a_table_in_every_format(form: str, small_store: Path, tmp_path: Path, run: Run) -> None:
    file = tmp_path / f"moves.{form}"
    assert run("table", "moves", "--store", small_store, "--out", file) == Ran(0, "", "")
    if form == "parquet":
        assert pl.read_parquet(file).equals(Store.open(small_store).frame("moves"))
    if form == "json":
        assert len(json.loads(file.read_text())) == 5
    if form == "csv":
        assert file.read_text().splitlines()[1] == "small_moves,all,CHE,KOR,2020,"
    if form == "xlsx":
        assert file.read_bytes().startswith(b"PK")


def test_a_format_goes_before_the_ending_of_the_file(small_store: Path, tmp_path: Path, run: Run) -> None:
    file = tmp_path / "moves.txt"
    assert run("table", "moves", "--store", small_store, "--format", "json", "--out", file).code == 0
    assert len(json.loads(file.read_text())) == 5


@pytest.mark.parametrize("command", ["technologies", "countries"])
def test_lists_need_no_store(command: str, run: Run) -> None:
    ran = run(command, "--format", "csv")
    assert ran.code == 0
    assert len(list(csv.reader(io.StringIO(ran.out)))) > 10


@pytest.mark.parametrize("name", ["output_share", "macro", "world_bank", "quantum", "small_counts_are_volatile"])
def test_whatever_has_a_name_is_explained(name: str, small_store: Path, run: Run) -> None:
    ran = run("explain", name, "--store", small_store)
    assert (ran.code, ran.err) == (0, "")
    assert ran.out.strip()


def test_settings_change_what_is_computed(small_store: Path, run: Run) -> None:
    told = ("indicator", "network_centrality", "--store", small_store, "--format", "csv")
    assert run(*told, "--set", "min-works=1").out == run(*told).out
    assert run(*told, "--set", "min_works=2").out != run(*told).out


def test_text_that_a_spreadsheet_would_run_is_made_harmless() -> None:
    frame = pl.DataFrame({"name": ["=1+1", "+1", "-1", "@a", "\ta", "a=1", "", None], "n": [-1] * 8})
    rows = list(csv.reader(io.StringIO(formats.table_bytes(frame, "csv").decode())))
    assert [row[0] for row in rows[1:]] == ["'=1+1", "'+1", "'-1", "'@a", "'\ta", "a=1", "", ""]
    assert rows[1][1] == "-1"


def test_json_holds_no_numbers_that_json_does_not_know() -> None:
    frame = pl.DataFrame({"ratio": [1.5, float("nan"), float("inf"), None]})
    assert [row["ratio"] for row in json.loads(formats.table_bytes(frame, "json"))] == [1.5, None, None, None]
    assert formats.table_bytes(frame, "xlsx").startswith(b"PK")


def test_a_table_without_rows_in_every_format() -> None:
    frame = pl.DataFrame(schema={"iso3": pl.String, "works": pl.Int64})
    assert formats.table_bytes(frame, "csv") == b"iso3,works\n"
    assert json.loads(formats.table_bytes(frame, "json")) == []
    assert formats.table_bytes(frame, "xlsx").startswith(b"PK")


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ("quantun", "unknown technology 'quantun'; did you mean quantum?"),
        ("QUANTUM", "unknown technology 'QUANTUM'; did you mean quantum?"),
        ("xyz", "unknown technology 'xyz'; known: quantum, space"),
    ],
)
def test_an_error_names_the_nearest_or_all(given: str, said: str) -> None:
    assert str(unknown("technology", given, ["space", "quantum"])) == said


# The installed command


@pytest.mark.skipif(not SCRIPT.exists(), reason="the console script is not installed here")
@pytest.mark.parametrize(
    ("given", "code", "said"),
    [
        (("indicator", "outputt"), 2, "did you mean output"),
        (("table", "moves", "--sorce", "x"), 2, "--source"),
        (("tables", "--store", "/nonexistent"), 1, "manifest.json is missing"),
    ],
)
def test_the_installed_command(given: tuple[str, ...], code: int, said: str, small_store: Path) -> None:
    store = () if "--store" in given else ("--store", str(small_store))
    ran = subprocess.run([SCRIPT, *given, *store], capture_output=True, text=True, check=False)
    assert ran.returncode == code
    assert said in ran.stderr
    assert "Traceback" not in ran.stderr


@pytest.mark.skipif(not SCRIPT.exists(), reason="the console script is not installed here")
@pytest.mark.skipif(shutil.which("head") is None, reason="needs head")
def test_a_reader_that_stops_early_is_no_failure(small_store: Path) -> None:
    pipe = f"'{SCRIPT}' indicator output --format csv --store '{small_store}' | head -1"
    ran = subprocess.run(["sh", "-c", pipe], capture_output=True, text=True, check=False)
    assert ran.stdout.startswith("source,")
    assert "Traceback" not in ran.stderr
