"""Every engine gives the same: worked examples, the embedded pack, what is counted from single works.

Spark runs on this machine once for the whole file, and for a few tests as servers of their own on loopback. Where Java
or pyspark is missing, its tests are skipped and say what to install. Half the time of a plan goes into making it, so
the pack is cut to the years it needs and plans over a few rows are not compiled.
"""

import os
import random
import shutil
import socket
import subprocess
import sys
import sysconfig
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path

import narwhals as nw
import polars as pl
import pytest
import small
from conftest import Ran

from legation import engine as engines
from legation import examples, registry
from legation.build import build
from legation.checks import conform, schema
from legation.engine import Engine, check_engine, open_engine
from legation.errors import LegationError, UserError
from legation.evaluation import Evaluator
from legation.periods import Cut
from legation.store import Draft, Store

RELATIVE, NOTHING = 1e-9, 1e-12
"""How far apart two results may be: the second where they are nothing but what is left of a difference."""

RELATIONAL = [name for name, one in registry.indicators().items() if registry.is_relational(one)]
IN_PACK = [name for name in RELATIONAL if Evaluator(Store.open()).sources(name)]
CUTS = {
    "complementarity_by_field": Cut(latest=True),
    "monopoly_risk": Cut(where=(("counting", "fractional"),)),
    "patent_complementarity": Cut(latest=True),
}
"""A part of what has ten million rows, or would be drawn a thousand times for each year on each engine."""
KEPT = {"network_position", "salton"}
MOST_ROWS = 10_000
"""Of tables of more rows, the newest year and every fifth before it are taken: whole worlds, for several periods."""

LEAST_COMPILING = {"JAVA_TOOL_OPTIONS": "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC"}
"""A plan is run once here, which is not worth compiling well."""
FOR_FEW_ROWS = {
    "spark.sql.adaptive.enabled": "false",
    "spark.sql.codegen.factoryMode": "NO_CODEGEN",
    "spark.sql.codegen.wholeStage": "false",
    "spark.sql.shuffle.partitions": "1",
}

SECONDS_TO_START = 180
JAVA = "Spark needs Java 17: apt-get install openjdk-17-jre-headless"
PYSPARK = "pyspark is missing: pip install 'legation[spark]'"

needs_pyspark = pytest.mark.skipif(find_spec("pyspark") is None, reason=PYSPARK)


@pytest.fixture(scope="module")
def cluster() -> Iterator[Engine]:
    """Spark on two cores of this machine, as a user starts it."""
    if find_spec("pyspark") is None:
        pytest.skip(PYSPARK)
    if shutil.which("java") is None:
        pytest.skip(JAVA)
    with pytest.MonkeyPatch.context() as patch:
        for name, value in LEAST_COMPILING.items():
            patch.setenv(name, value)
        engine = open_engine("spark", master="local[2]")
    yield engine
    from pyspark import SparkContext

    SparkContext.getOrCreate().stop()


@pytest.fixture(scope="module")
def spark(cluster: Engine) -> Engine:
    """A session on the same Spark, for a few rows."""
    engine = open_engine("spark")
    assert isinstance(engine, engines.Spark)
    for name, value in FOR_FEW_ROWS.items():
        engine._session.conf.set(name, value)
    return engine


@pytest.fixture(scope="module")
def pack() -> Store:
    return Store.open()


@pytest.fixture(scope="module")
def some_years(pack: Store, tmp_path_factory: pytest.TempPathFactory) -> Store:
    """The embedded pack, with fewer years of its largest tables."""
    folder = Path(shutil.copytree(pack.root, tmp_path_factory.mktemp("pack") / "store"))
    with Draft.begin(folder) as draft:
        for part in pack.parts:
            time = registry.tables()[part.name].time if part.kind == "table" else None
            if time is None or part.rows <= MOST_ROWS:
                draft.parts.append(part)
                continue
            frame = pack.frame(part.name, part.source).filter((pl.col(time).max() - pl.col(time)) % 5 == 0)
            draft.parts.append(draft.write("table", part.name, part.source, frame))
        return draft.publish({name: pack.manifest[name] for name in ("legation", "sources")})


def assert_same(found: pl.DataFrame, expected: pl.DataFrame) -> None:
    """The same columns, types, rows and order; numbers up to the order in which they were added up."""
    assert found.schema == expected.schema
    assert found.height == expected.height
    for name, column in expected.to_dict().items():
        if column.dtype == pl.Float64:
            size = pl.max_horizontal(pl.col("a").abs() * RELATIVE, pl.lit(NOTHING))
            far = (pl.col("a") - pl.col("b")).abs() > size
            both = pl.DataFrame({"a": column, "b": found[name]})
            apart = both.filter(~pl.col("a").eq_missing(pl.col("b")), far | pl.any_horizontal(pl.all().is_null()))
            assert apart.is_empty(), (name, apart)
        else:
            assert column.eq_missing(found[name]).all(), name


# The indicators


@pytest.mark.parametrize("name", registry.indicators())
def test_the_worked_example_comes_out_on_spark(name: str, spark: Engine) -> None:
    indicator = registry.indicators()[name]
    result = examples.run(indicator, spark)
    assert examples.differences(indicator, result) == []


@pytest.mark.parametrize("name", IN_PACK)
def test_the_pack_gives_the_same_on_spark(name: str, some_years: Store, cluster: Engine) -> None:
    """What was computed when the pack was built is computed anew, from two of its sources and for several periods."""
    parts = tuple(part for part in some_years.parts if (part.kind, part.name) != ("result", name))
    store = Store(some_years.root, some_years.manifest, parts, some_years._verified)
    embedded, spread = (Evaluator(store, in_memory=False) for _ in range(2))
    spread.engine = cluster
    cut = CUTS.get(name, Cut())
    each = embedded.evaluate(name, None, cut).partition_by("source", as_dict=True)
    for source in {min(each), max(each)}:
        assert_same(spread.evaluate(name, str(source[0]), cut), each[source])


def test_an_answer_is_the_same_on_spark(run: Callable[..., Ran], cluster: Engine) -> None:
    asked = ("position", "KOR", "quantum", "--format", "json")
    answer = run(*asked)
    assert (answer.code, answer.err) == (0, "")
    assert run(*asked, "--engine", "spark", "--master", "local[2]") == answer


@pytest.mark.parametrize("name", ["import_concentration", "training_flows", "voting_agreement"])
def test_rows_come_in_one_order_whatever_the_engine(name: str, pack: Store) -> None:
    """They are told apart by the good, the measure or the issue too, by which alone some of them differ."""
    one, other = (Evaluator(pack, engine, in_memory=False).evaluate(name) for engine in ("duckdb", "polars"))
    assert_same(one, other)


# What is counted from single works


def small_world(seed: int) -> dict[str, pl.DataFrame]:
    """Works of two collections by few authors, who move, sign from two countries or none, or are not known."""
    drawn = random.Random(seed)
    authors = [None, None, *(f"{n:016x}" for n in range(9))]
    countries = ("CHE", "ISL", "KOR", "USA")
    works, authorships = [], []
    for number in range(80):
        team = drawn.sample(authors, drawn.randint(1, 4))
        told = {"work_id": f"w{number}", "authors": len(team), "year": drawn.randint(2015, 2020)}
        works.append({**told, "scope": drawn.choice(["one", "other"]), "field": drawn.choice([None, "physics"])})
        for position, author in enumerate(team):
            signed = drawn.sample(countries, drawn.choice([0, 1, 1, 1, 2]))
            row = {"work_id": f"w{number}", "position": position, "author": author, "countries": len(signed)}
            authorships += [{**row, "iso3": iso3} for iso3 in signed] or [row]
    filled = {"source": "example", "type": "article", "country_list_only": False}
    rows = {"works": works, "authorships": authorships}
    return {
        name: pl.DataFrame([dict.fromkeys(types) | filled | row for row in rows[name]], schema=types)
        for name, types in ((name, schema(registry.tables()[name])) for name in rows)
    }


@pytest.mark.parametrize("name", [t.id for t in registry.tables().values() if t.derive is not None])
def test_a_table_derived_from_works_is_the_same_on_every_engine(name: str, spark: Engine) -> None:
    table, world = registry.tables()[name], small_world(1)
    derive = table.derive
    assert derive is not None

    def derived(engine: Engine) -> pl.DataFrame:
        lazies = {record: engine.lazy(world[record]) for record in registry.parameters_of(derive)}
        return conform(table, engine.collect(derive(**lazies)))

    expected = derived(open_engine("polars"))
    assert expected.height > 10
    assert_same(derived(open_engine("duckdb")), expected)
    assert_same(derived(spark), expected)


def test_a_store_built_on_spark_is_the_same(
    small_store: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, spark: Engine
) -> None:
    """Tables, what is computed from single works, and two of the results that are kept of counts."""
    named_sources, every = small.sources(), registry.indicators()
    chosen = {name: every[name] for name in every if not every[name].kept or name in KEPT}
    monkeypatch.setattr(registry, "sources", lambda: named_sources)
    monkeypatch.setattr(registry, "indicators", lambda: chosen)
    built, expected = build(small.RAW, tmp_path / "store", spark), Store.open(small_store)
    named = {(p.kind, p.name, p.source) for p in expected.parts if p.kind == "table" or p.name in chosen}
    assert {(p.kind, p.name, p.source) for p in built.parts} == named
    assert {name for kind, name, _ in named if kind == "result"} > KEPT
    for kind, name, source in named:
        assert_same(built.frame(name, source, kind), expected.frame(name, source, kind))


# Numbers that are none, and other corners


@pytest.fixture(params=engines.ENGINES)
def engine(request: pytest.FixtureRequest) -> Engine:
    """Each of the engines."""
    if request.param == "spark":
        shared: Engine = request.getfixturevalue("spark")
        return shared
    return open_engine(request.param)


def test_division_by_zero_is_that_of_floating_point_numbers(engine: Engine) -> None:
    rows = engine.lazy(pl.DataFrame({"n": [1, 0, None], "x": [-1.0, 0.0, None]}))
    found = engine.collect(rows.select(nw.col("n") / 0, nw.col("x") / nw.lit(0.0)))
    assert [str(value) for value in found.row(0)] == ["inf", "-inf"]
    assert [str(value) for value in found.row(1)] == ["nan", "nan"]
    assert found.row(2) == (None, None)


def test_a_rank_puts_equals_together_and_leaves_out_what_is_not_known(engine: Engine) -> None:
    rows = engine.lazy(pl.DataFrame({"iso3": ["CHE", "ISL", "KOR", "USA"], "n": [2, 2, 5, None]}))
    ranked = engine.collect(rows.with_columns(rank=nw.col("n").rank("min", descending=True)))
    assert ranked.sort("iso3")["rank"].to_list() == [2, 2, 1, None]


@pytest.mark.parametrize("name", ["duckdb", "spark"])
@pytest.mark.parametrize(
    "expression", [nw.col("n") + nw.col("n"), nw.col("text").cast(nw.Int64)], ids=["too_large", "no_number"]
)
def test_what_cannot_be_computed_is_an_error_and_not_another_number(
    name: str, expression: nw.Expr, request: pytest.FixtureRequest, capfd: pytest.CaptureFixture[str]
) -> None:
    engine: Engine = request.getfixturevalue("spark") if name == "spark" else open_engine(name)
    rows = engine.lazy(pl.DataFrame({"n": [2**62], "text": ["many"]}))
    with pytest.raises(LegationError) as failed:
        engine.collect(rows.select(expression))
    assert "\n" not in str(failed.value)
    assert capfd.readouterr() == ("", "")


def test_spark_takes_columns_it_has_no_type_for(spark: Engine) -> None:
    frame = pl.DataFrame(
        {"small": pl.Series([1, None], dtype=pl.UInt32), "nothing": [None, None], "flag": [True, None]}
    )
    found = spark.collect(spark.lazy(frame))
    assert found.schema == {"small": pl.Int64, "nothing": pl.Int64, "flag": pl.Boolean}
    assert found.rows() == frame.rows()


def test_no_rows_keep_their_types(engine: Engine) -> None:
    types = {"iso3": pl.String, "works": pl.Int64, "share": pl.Float64}
    assert engine.collect(engine.lazy(pl.DataFrame(schema=types))).schema == types


# Where Spark runs


def test_a_second_engine_joins_the_spark_of_the_process(spark: Engine) -> None:
    again = open_engine("spark")
    assert isinstance(again, engines.Spark)
    assert again.address == "local[2]"
    with pytest.raises(UserError, match=r"runs in this process at local\[2\]"):
        open_engine("spark", master="local[1]")
    with pytest.raises(UserError, match="its memory was set when it started"):
        open_engine("spark", memory="4GB")


@pytest.mark.parametrize("master", ["local", "local[*]", "local[4]", "spark://head:7077", "spark://a:1,[::1]:2"])
def test_a_master_that_can_be_read(master: str) -> None:
    assert check_engine("spark", master) == "spark"


@pytest.mark.parametrize("master", ["sc://head", "sc://head:443", "sc://head/;token=t", "sc://head:443/;use_ssl=true"])
def test_a_spark_connect_server_that_can_be_read(master: str) -> None:
    assert check_engine("spark", master) == "spark"


@pytest.mark.parametrize("master", ["", "local[0]", "spark://head", "head:7077", "https://head", "sc://head 1", "yarn"])
def test_a_master_that_cannot_be_read_is_told_with_those_that_can(master: str) -> None:
    with pytest.raises(UserError, match="not where Spark can run; give local") as told:
        check_engine("spark", master)
    assert repr(master) in str(told.value)


def test_an_engine_without_a_master_takes_none() -> None:
    with pytest.raises(UserError, match="the engine duckdb has no master"):
        check_engine("duckdb", "local[*]")


def test_without_pyspark_the_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pyspark", None)
    with pytest.raises(LegationError, match=r"needs pyspark; install it: pip install 'legation\[spark\]'"):
        open_engine("spark")


def fake_java(folder: Path, version: str) -> str:
    program = folder / "bin" / "java"
    program.parent.mkdir()
    program.write_text(f"#!/bin/sh\necho 'openjdk version \"{version}\"' >&2\n")
    program.chmod(0o755)
    return str(folder)


def python(code: str, *given: str, folder: Path | None = None, **environment: str) -> subprocess.CompletedProcess[str]:
    """Code run in a process of its own."""
    asked, around = [sys.executable, "-c", code, *given], os.environ | LEAST_COMPILING | environment
    return subprocess.run(asked, check=False, capture_output=True, text=True, cwd=folder, env=around, timeout=600)


def opening(master: str, memory: str | None = None, **environment: str) -> str:
    """What opening Spark says in a process of its own, where it fails."""
    code = f"""
from legation.engine import open_engine
from legation.errors import LegationError
try:
    open_engine("spark", {memory!r}, {master!r})
except LegationError as error:
    print(error, end="")
"""
    run = python(code, folder=None, **environment)
    assert run.stderr == ""
    return run.stdout


@needs_pyspark
def test_without_java_the_package_is_named(tmp_path: Path) -> None:
    said = opening("local[1]", PATH=str(tmp_path), JAVA_HOME="")
    assert said == (
        "Spark needs Java 17 or newer, and none is on the PATH; on Debian: apt-get install openjdk-17-jre-headless; "
        "where Java lies elsewhere, set JAVA_HOME to its folder"
    )


@needs_pyspark
def test_a_java_home_that_holds_no_java_is_told(tmp_path: Path) -> None:
    said = opening("local[1]", JAVA_HOME=str(tmp_path))
    assert f"JAVA_HOME is {tmp_path}, which holds no bin/java" in said


@needs_pyspark
@pytest.mark.parametrize(("version", "told"), [("1.8.0_402", 8), ("11.0.2", 11)])
def test_a_java_too_old_is_told(version: str, told: int, tmp_path: Path) -> None:
    said = opening("local[1]", JAVA_HOME=fake_java(tmp_path, version))
    assert f"{tmp_path}/bin/java is Java {told};" in said


def free_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return int(taken.getsockname()[1])


@needs_pyspark
@pytest.mark.skipif(shutil.which("java") is None, reason=JAVA)
@pytest.mark.parametrize(
    ("scheme", "secret", "script"),
    [("spark", "", "sbin/start-master.sh"), ("sc", "/;token=hidden", "sbin/start-connect-server.sh")],
)
def test_where_nothing_answers_the_address_is_told_and_no_password(scheme: str, secret: str, script: str) -> None:
    address = f"{scheme}://127.0.0.1:{free_port()}"
    said = opening(f"{address}{secret}")
    assert said.startswith(f"no Spark answers at {address} (")
    assert script in said
    assert "hidden" not in said


@needs_pyspark
def test_memory_is_a_size_and_not_that_of_a_server() -> None:
    assert opening("sc://127.0.0.1", "4GB").startswith("the memory of a Spark Connect server is set where it")
    if shutil.which("java"):
        assert opening("local[1]", "much") == "the engine cannot use memory 'much'; give a size such as 4GB"


@needs_pyspark
@pytest.mark.skipif(shutil.which("java") is None, reason=JAVA)
def test_spark_prints_nothing_and_leaves_nothing_where_it_was_started(tmp_path: Path) -> None:
    code = """
from legation import examples, registry
from legation.engine import open_engine
salton = registry.indicators()["salton"]
print(examples.differences(salton, examples.run(salton, open_engine("spark", "1GB", "local[1]"))))
"""
    run = python(code, folder=tmp_path)
    assert (run.stdout, run.stderr) == ("[]\n", "")
    assert list(tmp_path.iterdir()) == []


# Servers


@contextmanager
def server(log: Path, ready: str, *command: str) -> Iterator[None]:
    """A program of Spark's, stopped at the end; it is ready when it has written so."""
    import pyspark

    program, *given = command
    environment = os.environ | LEAST_COMPILING | {"SPARK_LOCAL_IP": "127.0.0.1"}
    with log.open("w") as stream:
        started = [str(Path(pyspark.__file__).parent / "bin" / program), *given]
        process = subprocess.Popen(started, stdout=stream, stderr=stream, env=environment)
    try:
        end = time.monotonic() + SECONDS_TO_START
        while ready not in log.read_text():
            assert process.poll() is None, log.read_text()
            assert time.monotonic() < end, f"{program} was not ready after {SECONDS_TO_START} s\n{log.read_text()}"
            time.sleep(0.2)
        yield
    finally:
        process.terminate()
        process.wait(SECONDS_TO_START)


@pytest.fixture(scope="module")
def connected(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    """A session on a Spark Connect server."""
    if find_spec("pyspark") is None or find_spec("grpc") is None:
        pytest.skip(PYSPARK)
    if shutil.which("java") is None:
        pytest.skip(JAVA)
    port = free_port()
    settings = {
        "spark.connect.grpc.binding.address": "127.0.0.1",
        "spark.connect.grpc.binding.port": str(port),
        "spark.driver.host": "127.0.0.1",
        "spark.sql.shuffle.partitions": "2",
        "spark.ui.enabled": "false",
    }
    given = [word for key, value in settings.items() for word in ("--conf", f"{key}={value}")]
    served = "org.apache.spark.sql.connect.service.SparkConnectServer"
    log = tmp_path_factory.mktemp("connect") / "log"
    program = ("spark-submit", "--class", served, "--master", "local[2]", *given, "spark-internal")
    with server(log, "Spark Connect server started at", *program):
        yield open_engine("spark", master=f"sc://127.0.0.1:{port}")
        from pyspark.sql.connect.session import SparkSession

        session = SparkSession.getActiveSession()
        assert session is not None
        session.stop()


@pytest.mark.parametrize("name", ["salton", "mineral_share", "talent_dependence", "revealed_comparative_advantage"])
def test_the_worked_example_comes_out_on_spark_connect(name: str, connected: Engine) -> None:
    indicator = registry.indicators()[name]
    assert examples.differences(indicator, examples.run(indicator, connected)) == []


@pytest.mark.parametrize("most_sent", [engines.MOST_SENT_ROWS, 0], ids=["sent", "seen"])
def test_a_table_is_sent_to_the_server_or_read_there(
    most_sent: int, pack: Store, connected: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engines, "MOST_SENT_ROWS", most_sent)
    near, far = (Evaluator(pack, in_memory=False) for _ in range(2))
    far.engine = connected
    assert_same(far.evaluate("salton", "ncses"), near.evaluate("salton", "ncses"))


def test_a_file_the_server_does_not_see_is_named(
    tmp_path: Path, connected: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engines, "MOST_SENT_ROWS", 0)
    path = tmp_path / "rows.parquet"
    pl.DataFrame({"n": [1]}).write_parquet(path)
    rows = connected.scan([path])
    path.unlink()
    with pytest.raises(LegationError, match=f"does not see a file: .*{path}.*every machine of the cluster mounts"):
        connected.collect(rows)


def test_a_command_asks_a_spark_connect_server(connected: Engine) -> None:
    assert isinstance(connected, engines.Spark)
    asked = [str(Path(sysconfig.get_path("scripts")) / "legation"), "indicator", "mineral_share", "--format", "csv"]
    far, near = (
        subprocess.run([*asked, *more], capture_output=True, text=True, timeout=120, check=False)
        for more in (["--engine", "spark", "--master", connected.address], [])
    )
    assert (far.returncode, far.stderr) == (0, "")
    assert far.stdout == near.stdout


ON_A_CLUSTER = """
import sys
from legation import examples, registry, spark
from legation.engine import open_engine
from legation.errors import LegationError
spark.SECONDS_TO_WORK = 1
try:
    open_engine("spark", "512MB", sys.argv[1])
except LegationError as error:
    print(error, flush=True)
sys.stdin.readline()
spark.SECONDS_TO_WORK = int(sys.argv[2])
engine = open_engine("spark", "512MB", sys.argv[1])
for name in ("salton", "mineral_share"):
    indicator = registry.indicators()[name]
    print(examples.differences(indicator, examples.run(indicator, engine)))
"""


@needs_pyspark
@pytest.mark.skipif(shutil.which("java") is None, reason=JAVA)
def test_a_cluster_without_a_worker_is_told_and_one_with_a_worker_computes(tmp_path: Path) -> None:
    port = free_port()
    master = f"spark://127.0.0.1:{port}"

    deploy, given = "org.apache.spark.deploy", ("--host", "127.0.0.1", "--webui-port", "0")
    head = ("spark-class", f"{deploy}.master.Master", *given, "--port", str(port))
    asked = [sys.executable, "-c", ON_A_CLUSTER, master, str(SECONDS_TO_START)]
    piped, around = subprocess.PIPE, os.environ | LEAST_COMPILING
    with (
        server(tmp_path / "master", "New state: ALIVE", *head),
        subprocess.Popen(asked, stdin=piped, stdout=piped, stderr=piped, text=True, env=around) as asking,
    ):
        assert asking.stdout is not None
        told = asking.stdout.readline()
        assert told.startswith(f"no worker of {master} took work for 1 seconds; start one with sbin/start-worker.sh")
        hand = ("spark-class", f"{deploy}.worker.Worker", *given, "-c", "1", "-m", "1g", "-d", str(tmp_path / "work"))
        with server(tmp_path / "worker", "Successfully registered with master", *hand, master):
            assert asking.communicate("go on\n", timeout=SECONDS_TO_START) == ("[]\n[]\n", "")
