"""Reach Spark, or start it on this machine, and say in a sentence what fails."""

from __future__ import annotations

import os
import re
import shutil
import socket
import subprocess
import warnings
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryFile, gettempdir
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from legation.errors import LegationError, UserError

if TYPE_CHECKING:
    from pyspark import SparkContext

HERE = "local[*]"
HOST = r"(\[[0-9a-fA-F:]+\]|[\w.-]+)"
MASTER = re.compile(rf"local(\[(\*|[1-9]\d*)\])?|spark://{HOST}:\d+(,{HOST}:\d+)*|sc://{HOST}(:\d+)?(/(;\S*)?)?")
CONNECT_PORT = 15002
SECONDS_TO_REACH = 5
SECONDS_TO_WORK = 60
RETRIES = 5
"""Of a call to a Spark Connect server, over twenty seconds; by default it would be tried, also at exit, for minutes."""
OLDEST_JAVA = 17
JAVA_ADVICE = (
    "on Debian: apt-get install openjdk-17-jre-headless; where Java lies elsewhere, set JAVA_HOME to its folder"
)
ENDED = "Answer from Java side is empty"
LOGGERS = ("DataFrameQueryContextLogger", "SQLQueryContextLogger")
"""They print every failure once more, with the lines of Java it went through."""

SQL = {
    # Sums too large and texts that are no numbers are errors, as on the other engines, instead of other values.
    "spark.sql.ansi.enabled": "true",
    "spark.sql.session.timeZone": "UTC",
}


def check_master(master: str) -> str:
    """Where Spark is to run, if it can be read.

    Raises: UserError for anything but a master on this machine, a Spark master or a Spark Connect server.
    """
    if not MASTER.fullmatch(master):
        raise UserError(
            f"{_address(master)!r} is not where Spark can run; give local[*], local[4], spark://host:7077, or "
            "sc://host:15002 for Spark Connect"
        )
    return master


def is_here(address: str) -> bool:
    """Whether Spark runs on this machine only."""
    return address.startswith("local")


def is_connect(address: str) -> bool:
    """Whether Spark is reached by Spark Connect."""
    return address.startswith("sc://")


def session(master: str | None, memory: str | None) -> tuple[Any, str]:
    """A session and its address; without a master that of the Spark which runs in this process, else a new one here.

    Raises: LegationError where pyspark or Java is missing, or nothing answers.
    """
    address = _address(master or HERE)
    _check_installed("pyspark", "pyarrow", *(("grpc", "pandas") if is_connect(address) else ()))
    _silence()
    with failures(address), warnings.catch_warnings(action="ignore", category=FutureWarning):
        # Of pandas 3, through which no row of ours goes.
        if is_connect(address):
            opened = _connected(str(master), memory)
        else:
            context = _context(master, memory)
            opened, address = _session(context), str(context.master)
        for name, value in SQL.items():
            opened.conf.set(name, value)
    return opened, address


@contextmanager
def failures(address: str) -> Iterator[None]:
    """Say in a sentence what Spark reports over many lines."""
    from py4j.protocol import Py4JError
    from pyspark.errors import PySparkException

    try:
        yield
    except (PySparkException, Py4JError, ConnectionError) as error:
        try:
            said = str(error)
        except (Py4JError, ConnectionError):
            # What Java says is asked of Java, which may have ended.
            said = ENDED
        raise LegationError(_in_a_sentence(said, address)) from None


def _address(master: str) -> str:
    """A master without what follows host and port, which may hold a password."""
    return master.partition("/;")[0]


def _check_installed(*modules: str) -> None:
    absent = [module for module in modules if find_spec(module) is None]
    if absent:
        raise LegationError(f"the engine spark needs {', '.join(absent)}; install it: pip install 'legation[spark]'")


def _check_java() -> None:
    home = os.environ.get("JAVA_HOME")
    program = shutil.which("java", path=str(Path(home) / "bin") if home else None)
    if program is None:
        where = f"JAVA_HOME is {home}, which holds no bin/java" if home else "none is on the PATH"
        raise LegationError(f"Spark needs Java {OLDEST_JAVA} or newer, and {where}; {JAVA_ADVICE}")
    told = subprocess.run([program, "-version"], capture_output=True, text=True, check=False).stderr
    version = re.search(r'version "(?:1\.)?(\d+)', told)
    if version is None or int(version[1]) < OLDEST_JAVA:
        found = f"is Java {version[1]}" if version else f"does not run ({told.strip() or 'it says nothing'})"
        raise LegationError(f"Spark needs Java {OLDEST_JAVA} or newer; {program} {found}; {JAVA_ADVICE}")


def _check_reachable(address: str, script: str) -> None:
    """That something listens at one of the hosts of an address: Spark itself would try for minutes."""
    reasons = []
    for host in address.partition("://")[2].split(","):
        parts = urlsplit(f"//{host}")
        try:
            socket.create_connection((parts.hostname, parts.port or CONNECT_PORT), SECONDS_TO_REACH).close()
            return
        except OSError as error:
            reasons.append(f"{host}: {error.strerror or error}")
    raise LegationError(
        f"no Spark answers at {address} ({'; '.join(reasons)}); start it there with sbin/{script}, or give the address "
        "of one that runs"
    )


def _silence() -> None:
    from pyspark.logger import PySparkLogger

    warnings.filterwarnings("ignore", r"\[RETRIES_EXCEEDED\]")
    for name in LOGGERS:
        PySparkLogger.getLogger(name).disabled = True


def _connected(master: str, memory: str | None) -> Any:
    """A session of its own on a Spark Connect server."""
    if memory is not None:
        raise UserError("the memory of a Spark Connect server is set where it is started; leave it out here")
    _check_reachable(_address(master), "start-connect-server.sh")
    # Otherwise every attempt is told on the terminal.
    os.environ.setdefault("GRPC_VERBOSITY", "NONE")
    from pyspark.sql.connect.client.retries import DefaultPolicy
    from pyspark.sql.connect.session import SparkSession

    opened = SparkSession.builder.remote(master).create()
    opened.client.set_retry_policies([DefaultPolicy(max_retries=RETRIES)])
    opened.range(1).toArrow()
    return opened


def _session(context: SparkContext) -> Any:
    """A session of its own, so that its settings are not those of anyone else in this process."""
    from pyspark.sql import SparkSession

    return SparkSession(context).newSession()


def _context(master: str | None, memory: str | None) -> SparkContext:
    """Spark for this process: the one that runs in it, as in a job of `spark-submit` or a notebook; else a new one."""
    from pyspark import SparkContext

    running = SparkContext._active_spark_context
    if running is None:
        return _started(master or HERE, memory)
    address = str(running.master)
    if master not in (None, address):
        raise UserError(f"Spark runs in this process at {address}, and a process has one; give no other master")
    if any(running.getConf().get(name) != size for name, size in _memory(address, memory).items()):
        raise UserError("Spark runs in this process, and its memory was set when it started; leave it out here")
    return running


def _started(master: str, memory: str | None) -> SparkContext:
    from py4j.protocol import Py4JError
    from pyspark import SparkConf, SparkContext, __version__
    from pyspark.errors import PySparkException
    from pyspark.java_gateway import launch_gateway

    _check_java()
    launch: Callable[..., Any] = launch_gateway
    settings = _settings(master) | _memory(master, memory)
    conf = SparkConf().setAppName("legation").setMaster(master).setAll(list(settings.items()))
    if not is_here(master):
        _check_reachable(master, "start-master.sh")
    # What Java prints is kept from the terminal, and told where it could not start.
    with TemporaryFile() as log:
        try:
            gateway = SparkContext._gateway or launch(conf, {"stdout": log, "stderr": log})
            context = SparkContext(conf=conf, gateway=gateway)
            context.setLogLevel("ERROR")
        except (PySparkException, Py4JError) as error:
            said = os.pread(log.fileno(), 10_000, 0).decode(errors="replace")
            raise LegationError(
                f"Spark did not start at {master}: {_first_line(str(error))}; a master there must be of Spark "
                f"{__version__} too\n{said[-2000:]}"
            ) from None
    if not is_here(master):
        _check_works(context)
    return context


def _settings(master: str) -> dict[str, str]:
    """Memory alone limits a result; on this machine nothing is opened to others, and work is cut into few parts."""
    if not is_here(master):
        return {"spark.driver.maxResultSize": "0"}
    return {
        "spark.driver.bindAddress": "127.0.0.1",
        "spark.driver.host": "127.0.0.1",
        "spark.driver.maxResultSize": "0",
        "spark.local.dir": gettempdir(),
        "spark.sql.shuffle.partitions": str(2 * (os.cpu_count() or 1)),
        "spark.ui.enabled": "false",
    }


def _memory(master: str, memory: str | None) -> dict[str, str]:
    """The memory of Spark on this machine, or of each of its workers."""
    if memory is None:
        return {}
    size = re.fullmatch(r"(\d+)\s*([MGT])i?B", memory, re.IGNORECASE)
    if size is None:
        raise UserError(f"the engine cannot use memory {memory!r}; give a size such as 4GB")
    return {f"spark.{'driver' if is_here(master) else 'executor'}.memory": f"{size[1]}{size[2].lower()}"}


def _check_works(context: SparkContext) -> None:
    """That a worker takes work: a master without any would have us wait for ever."""
    with ThreadPoolExecutor(1) as pool:
        trial = pool.submit(_session(context).range(1).toArrow)
        try:
            trial.result(SECONDS_TO_WORK)
        except TimeoutError:
            master = context.master
            context.stop()
            raise LegationError(
                f"no worker of {master} took work for {SECONDS_TO_WORK} seconds; start one with "
                f"sbin/start-worker.sh {master}, or wait until one is free"
            ) from None


def _in_a_sentence(error: str, address: str) -> str:
    if any(sign in error for sign in ("OutOfMemory", "Java heap space")):
        return f"Spark at {address} ran out of memory; give it more, with --memory 4GB or where it was started"
    if any(sign in error for sign in (ENDED, "Connection refused", "Connection reset", "connect to the Java server")):
        return f"Spark at {address} has ended, most often for want of memory; give it more, such as --memory 4GB"
    if "maxResultSize" in error:
        return f"Spark at {address} may not give so many rows; raise spark.driver.maxResultSize where it was started"
    if "FILE_NOT_EXIST" in error or "PATH_NOT_FOUND" in error:
        return (
            f"Spark at {address} does not see a file: {_first_line(error)}; put the store, and the folder TMPDIR "
            "names, on storage that every machine of the cluster mounts at the same path"
        )
    return f"Spark at {address} failed: {_first_line(error)}"


def _first_line(error: str) -> str:
    """What Java or gRPC says, without the call it came from and the lines of code it went through."""
    told = re.search(r'details = "(.*)"', error)
    said = told[1] if told else re.sub(r"^An error occurred while calling \S+\n: ", "", error)
    return said.strip().partition("\n")[0]
