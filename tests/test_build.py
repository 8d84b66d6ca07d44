"""A build is published whole or not at all, goes on where it was stopped, and gives the same bytes every time."""

import errno
import fcntl
import os
import random
import resource
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import polars as pl
import pytest
import small
from small import RAW, build_small

from legation import registry
from legation.engine import DuckDB
from legation.errors import DataError, StoreError, UserError
from legation.intake import Intake
from legation.own import load
from legation.store import Draft, Store
from legation.tables import articles

PROGRAM = str(Path(small.__file__))
STEPS = ["small_moves", "small_works", "world_bank"]
SEED = 20261122
OPERATIONS = 9 * 2 + 3 * 3  # two for each of nine parts or so, and the journal, manifest and clearing up


@pytest.fixture
def store(small_store: Path, tmp_path: Path) -> Path:
    """A copy that may be changed."""
    return Path(shutil.copytree(small_store, tmp_path / "store"))


@pytest.fixture
def changed_raw(tmp_path: Path) -> Path:
    """The raw files with a number changed in each source, so that every step is done anew."""
    folder = Path(shutil.copytree(RAW, tmp_path / "raw"))
    for name, old, new in (
        ("world_bank/population.csv", "50000000", "51000000"),
        ("small_moves/moves.csv", "2020,12", "2020,13"),
        ("small_works/works.csv", "physics,10,2", "physics,11,2"),
    ):
        path = folder / name
        path.write_bytes(path.read_bytes().replace(old.encode(), new.encode()))
    return folder


@pytest.fixture(scope="session")
def changed_build(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """What an uninterrupted build of the changed files gives: filled by the first test that needs it."""
    yield ""


def _files(store: Path) -> dict[str, bytes]:
    return {p.relative_to(store).as_posix(): p.read_bytes() for p in sorted(store.rglob("*")) if p.is_file()}


def _steps_done(log: Path) -> list[str]:
    return log.read_text().split() if log.exists() else []


def _start(raw: Path, out: Path, log: Path, *operation: str) -> subprocess.Popen[str]:
    """A build in a process of its own, which has just begun."""
    environment = os.environ | {small.STEPS_DONE: str(log)}
    command = [sys.executable, PROGRAM, str(raw), str(out), *operation]
    process = subprocess.Popen(command, env=environment, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    assert process.stdout is not None
    assert process.stdout.readline() == "begin\n"
    return process
