"""What `make test` does about programs that tests need: it installs or names them; a run may be made to skip nothing.

The script runs with a PATH of its own, on which stand stand-ins for Java, the browser and apt-get.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

TESTS = Path(__file__).parent
HAS_JAVA = """echo 'openjdk version "17.0.15" 2025-04-15' >&2"""
LETTERS_FOUND, LETTERS_MISSING = "exit 0", "exit 1"


class Machine:
    """A PATH of few programs, and what apt-get was asked on it."""

    def __init__(self, folder: Path, user: int = 0) -> None:
        self.folder, self.asked = folder / "bin", folder / "asked"
        self.folder.mkdir()
        self.shell = str(shutil.which("dash") or shutil.which("sh"))
        for name in ("sed", "chmod"):
            (self.folder / name).symlink_to(str(shutil.which(name)))
        self.put("id", f"echo {user}")
        self.put("letters", LETTERS_FOUND)

    def put(self, name: str, does: str) -> None:
        program = self.folder / name
        program.write_text(f"#!/bin/sh\n{does}\n")
        program.chmod(0o755)

    def apt_get(self, does: str = "") -> None:
        """An apt-get that notes what is asked of it; what it then does finds the package in $package."""
        self.put("apt-get", f'for package in "$@"; do :; done\necho "$package" >> {self.asked}\n{does}')

    def set_up(self, **environment: str) -> str:
        """What the script says, which ends well whatever is missing."""
        around = {"PATH": str(self.folder), "PYTHON": str(self.folder / "letters"), **environment}
        script = [self.shell, str(TESTS / "set_up.sh")]
        ran = subprocess.run(script, env=around, capture_output=True, text=True, check=True)
        assert ran.stdout == ""
        return ran.stderr

    @property
    def packages(self) -> list[str]:
        return self.asked.read_text().split() if self.asked.exists() else []


def test_where_nothing_is_missing_nothing_is_said_or_installed(tmp_path: Path) -> None:
    machine = Machine(tmp_path)
    machine.put("java", HAS_JAVA)
    machine.put("chromium", "")
    machine.apt_get()
    assert machine.set_up() == ""
    assert machine.packages == []


def test_what_is_missing_is_installed_and_nothing_else(tmp_path: Path) -> None:
    machine = Machine(tmp_path)
    machine.put("java", HAS_JAVA)
    browser = machine.folder / "chromium"
    machine.apt_get(f'[ "$package" != chromium ] || {{ echo > {browser}; chmod 755 {browser}; }}')
    assert machine.set_up() == "tests: installing a browser (for the pages)\n"
    assert machine.packages == ["update", "chromium"]


def test_where_a_package_does_not_exist_the_next_is_tried(tmp_path: Path) -> None:
    machine = Machine(tmp_path)
    machine.put("chromium", "")
    java = machine.folder / "java"
    written = HAS_JAVA.replace('"', '\\"')
    machine.apt_get(
        f'[ "$package" != openjdk-17-jre-headless ] || exit 100\n'
        f'[ "$package" != default-jre-headless ] || {{ echo "{written}" > {java}; chmod 755 {java}; }}'
    )
    assert machine.set_up() == "tests: installing Java 17 or newer (for Spark)\n"
    assert machine.packages == ["update", "openjdk-17-jre-headless", "default-jre-headless"]


def test_a_java_too_old_counts_as_missing(tmp_path: Path) -> None:
    machine = Machine(tmp_path, user=1000)
    machine.put("java", HAS_JAVA.replace("17.0.15", "1.8.0_402"))
    machine.put("chromium", "")
    said = "tests: Java 17 or newer (for Spark) is missing; the tests that need it are skipped. "
    assert machine.set_up() == f"{said}On Debian: apt-get install openjdk-17-jre-headless\n"


def test_who_may_not_install_is_told_what_to_install(tmp_path: Path) -> None:
    machine = Machine(tmp_path, user=1000)
    machine.put("letters", LETTERS_MISSING)
    machine.apt_get()
    said = machine.set_up().splitlines()
    packages = ["openjdk-17-jre-headless", "chromium", "fonts-nanum"]
    assert [line.rpartition(" On Debian: apt-get install ")[2] for line in said] == packages
    assert machine.packages == []


def test_without_apt_get_it_is_told_too(tmp_path: Path) -> None:
    machine = Machine(tmp_path)
    machine.put("java", HAS_JAVA)
    said = "tests: a browser (for the pages) is missing; the tests that need it are skipped. "
    assert machine.set_up() == f"{said}On Debian: apt-get install chromium\n"


def test_what_cannot_be_installed_is_told_and_the_rest_is_tried(tmp_path: Path) -> None:
    machine = Machine(tmp_path)
    machine.put("java", HAS_JAVA)
    machine.put("letters", LETTERS_MISSING)
    machine.apt_get("exit 100")
    said = machine.set_up(LEGATION_SKIP_NOTHING="1")
    assert "a browser (for the pages) could not be installed; the tests that need it fail. By hand: " in said
    assert "apt-get install fonts-nanum" in said
    assert machine.packages == ["update", "chromium", "fonts-nanum"]


# A run that skips nothing

SKIPPING = """
import pytest

@pytest.mark.skipif(True, reason="no browser: apt-get install chromium")
def test_by_mark(): pass

@pytest.fixture
def java(): pytest.skip("no Java")

def test_by_fixture(java): pass

def test_inside(): pytest.skip("no font")

@pytest.mark.xfail(reason="known", strict=True)
def test_known_to_fail(): assert False
"""


SKIPPED_WHOLE = 'import pytest\npytest.importorskip("no_such_library")\n'


def ran(folder: Path, skip_nothing: str) -> str:
    """What a run of pytest prints."""
    command = [sys.executable, "-m", "pytest", "-p", "conftest", "-p", "no:cacheprovider", "--rootdir", "."]
    asked = [*command, "--continue-on-collection-errors", "."]
    around = os.environ | {"PYTHONPATH": str(TESTS), "LEGATION_SKIP_NOTHING": skip_nothing}
    return subprocess.run(asked, cwd=folder, env=around, capture_output=True, text=True, check=False).stdout


def test_a_run_may_be_made_to_skip_nothing(tmp_path: Path) -> None:
    (tmp_path / "test_skipping.py").write_text(SKIPPING)
    (tmp_path / "test_skipped_whole.py").write_text(SKIPPED_WHOLE)
    assert "4 skipped, 1 xfailed" in ran(tmp_path, skip_nothing="")
    strict = ran(tmp_path, skip_nothing="1")
    assert "1 failed, 1 xfailed, 3 errors" in strict
    assert "skipped, but LEGATION_SKIP_NOTHING is set: no browser: apt-get install chromium" in strict
