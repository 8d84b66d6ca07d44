"""What several test files need."""

import os
import shutil
from collections.abc import Callable, Generator
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import pytest
from small import RAW, build_small

from legation.surfaces import cli

REPOSITORY = Path(__file__).resolve().parents[1]
SKIP_NOTHING = "LEGATION_SKIP_NOTHING"
"""If set, a test that is skipped fails, so that a run that must cover everything cannot pass without."""

Report = TypeVar("Report", pytest.TestReport, pytest.CollectReport)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    return report if hasattr(report, "wasxfail") else _unskipped(report)


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report() -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    return _unskipped((yield))


def _unskipped(report: Report) -> Report:
    if report.skipped and os.environ.get(SKIP_NOTHING):
        reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else str(report.longrepr)
        report.outcome = "failed"
        report.longrepr = f"skipped, but {SKIP_NOTHING} is set: {reason.removeprefix('Skipped: ')}"
    return report


@pytest.fixture(scope="session")
def raw() -> Path:
    """The folder of the publishers' raw files; tests that need it are skipped where it is absent."""
    folder = Path(os.environ.get("LEGATION_RAW") or REPOSITORY.parent / "shared" / "data")
    if not folder.is_dir():
        pytest.skip(f"no raw data in {folder}; set LEGATION_RAW to the folder that holds the publishers' files")
    return folder


@pytest.fixture(scope="session")
def small_store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store of a few invented rows (see small.py), to be read only; `store` is a copy that may be changed."""
    folder = tmp_path_factory.mktemp("small") / "store"
    build_small(RAW, folder)
    return folder


@pytest.fixture
def store(small_store: Path, tmp_path: Path) -> Path:
    """A copy of the small store that may be changed."""
    return Path(shutil.copytree(small_store, tmp_path / "store"))


@dataclass(frozen=True)
class Ran:
    """What a command left behind."""

    code: int
    out: str
    err: str


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Callable[..., Ran]:
    """Run a command of `legation` in this process as the console script does."""

    def command(*given: object) -> Ran:
        monkeypatch.setattr("sys.argv", ["legation", *map(str, given)])
        code: object = 0
        try:
            cli.main()
        except SystemExit as end:
            code = end.code or 0
        out, err = capsys.readouterr()
        assert isinstance(code, int)
        return Ran(code, out, err)

    return command
