"""Whether everything needed is here is looked at one by one, and what is not comes with its mend."""

import json
import sys
from collections.abc import Callable
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import pytest
from conftest import Ran

from legation.errors import LegationError
from legation.store import Store
from legation.surfaces import doctor


def named(checks: list[doctor.Check], name: str) -> doctor.Check:
    return next(check for check in checks if name in check.name)


def test_a_sound_installation_passes(run: Callable[..., Ran]) -> None:
    ran = run("doctor")
    assert ran.code == 0
    build = Store.open().build
    assert f"good     the embedded pack: build {build}, " in ran.out
    assert f"good     legation: {version('legation')}" in ran.out


def test_json_says_the_same(run: Callable[..., Ran]) -> None:
    told = json.loads(run("doctor", "--format", "json").out)
    assert all(set(check) == {"name", "required", "state", "found", "mend"} for check in told)
    assert all(check["state"] == "good" or check["mend"] for check in told), "what is not good comes with its mend"
    assert [check["name"] for check in told][:2] == ["Python", "legation"]


def test_an_altered_store_is_found_by_its_checksums_and_is_an_error(store: Path, run: Callable[..., Ran]) -> None:
    part = Store.open(store).parts[0]
    (store / part.file).write_bytes(b"altered")
    ran = run("doctor", "--store", store)
    assert ran.code == 1
    assert f"{part.file} was altered: expected sha256 {part.sha256}" in ran.out


def test_a_package_that_lacks_or_is_too_old_is_named_with_the_command(monkeypatch: pytest.MonkeyPatch) -> None:
    """A needed one is an error, one of an extra is not."""
    needs = ["polars<3,>=2.1", "old>=2", "rare>=1; extra == 'fetch'"]
    monkeypatch.setattr(doctor, "requires", lambda _: needs)

    def installed(name: str) -> str:
        if name == "rare":
            raise PackageNotFoundError(name)
        return {"old": "1.9.9"}.get(name, "2.1.0")

    monkeypatch.setattr(doctor, "version", installed)
    checks = doctor.examine()
    needed, extra = named(checks, "packages needed"), named(checks, "fetching")
    assert (needed.state, needed.found) == ("broken", "old is 1.9.9, needed is >=2")
    assert (extra.state, extra.mend) == ("missing", "pip install 'legation[fetch]'")
    assert not doctor.sound(checks)
    assert doctor.sound([extra])


@pytest.mark.parametrize(
    ("there", "bounds", "fits"),
    [("2.10.0", ">=2.9", True), ("3.0", "<3,>=2", False), ("2.0.0rc1", ">=2.0", True), ("1", ">=1.0.0", True)],
)
def test_versions_are_compared_by_number(there: str, bounds: str, fits: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doctor, "version", lambda _: there)
    assert (doctor._problem("x", bounds) == "") == fits


def test_what_a_machine_lacks_is_said_with_the_package_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    def none(_: str) -> None:
        raise LegationError("no font here has the letters of this language (ko)")

    monkeypatch.setattr("legation.surfaces.brief.fonts.letters", none)
    monkeypatch.setattr("shutil.which", lambda _: None)
    monkeypatch.setenv("JAVA_HOME", "/nowhere")
    checks = doctor.examine()
    mends = {named(checks, name).mend for name in ("Korean", "Java", "browser")}
    assert all("apt-get install " in mend for mend in mends)
    assert doctor.sound(checks), "none of these is required"


def test_too_little_room_or_memory_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doctor, "LEAST_FREE_BYTES", sys.maxsize)
    monkeypatch.setattr(doctor, "LEAST_MEMORY_BYTES", sys.maxsize)
    checks = doctor.examine()
    assert {named(checks, "disk").state, named(checks, "memory").state} == {"broken"}
    lines = "\n".join(doctor.told(checks))
    assert "BROKEN   memory: " in lines
    assert "→ make room, or name another folder in TMPDIR" in lines
