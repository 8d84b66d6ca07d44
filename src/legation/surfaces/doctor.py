"""Is everything here that is needed? Each thing looked at, and what mends it."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from importlib.metadata import PackageNotFoundError, requires, version
from pathlib import Path
from typing import Literal

from legation.errors import LegationError, StoreError
from legation.store import Store

State = Literal["good", "missing", "broken"]

OLDEST_PYTHON = (3, 11)
OLDEST_JAVA = 17
LEAST_FREE_BYTES = 1_000_000_000
LEAST_MEMORY_BYTES = 2_000_000_000
ENOUGH_FOR_A_CORPUS_BYTES = 4_000_000_000
SECONDS_TO_ANSWER = 20
REQUIREMENT = re.compile(r"([A-Za-z0-9._-]+)(?:\[[^\]]*\])?\s*([^;]*)(?:;.*extra == ['\"]([a-z]+)['\"])?")
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "firefox")
FOR = {
    "brief": "briefs as PDF and Word",
    "web": "pages and the API",
    "fetch": "fetching from publishers",
    "mcp": "assistants",
    "spark": "a cluster",
    "build": "building a pack from raw files",
}
"""What the extras of the package are for."""


@dataclass(frozen=True)
class Check:
    """One thing looked at: whether all else needs it, how it is, and what mends it."""

    name: str
    required: bool
    state: State
    found: str
    mend: str = ""


def examine(store: Path | None = None) -> list[Check]:
    """Everything looked at, in the order of what rests on what."""
    return [
        _python(),
        *_packages(),
        _store(store),
        _disk("disk for temporary files", Path(tempfile.gettempdir()), "make room, or name another folder in TMPDIR"),
        _memory(),
        _korean_font(),
        _java(),
        _browser(),
    ]


def sound(checks: Iterable[Check]) -> bool:
    """Whether everything required is good."""
    return all(check.state == "good" for check in checks if check.required)


def as_json(checks: Iterable[Check]) -> str:
    """The checks for programs."""
    return json.dumps([asdict(check) for check in checks], ensure_ascii=False, indent=1)


def told(checks: Iterable[Check]) -> Iterator[str]:
    """The checks for people, a line each, and what to do below those that are not good."""
    signs: Mapping[str, str] = {"good": "good   ", "missing": "missing", "broken": "BROKEN "}
    for check in checks:
        optional = "" if check.required or check.state == "good" else " (optional)"
        yield f"{signs[check.state]}  {check.name}{optional}: {check.found}"
        if check.mend:
            yield f"         → {check.mend}"


def _python() -> Check:
    found = ".".join(map(str, sys.version_info[:3]))
    old = sys.version_info[:2] < OLDEST_PYTHON
    mend = f"install Python {'.'.join(map(str, OLDEST_PYTHON))} or newer and set up again" if old else ""
    return Check("Python", True, "broken" if old else "good", found, mend)


def _packages() -> Iterator[Check]:
    """The package, what it needs, and each of its extras."""
    try:
        here = version("legation")
    except PackageNotFoundError:
        yield Check("legation", True, "broken", "not installed", "pip install legation, or run set_up.sh")
        return
    yield Check("legation", True, "good", here)
    wrong: dict[str, list[str]] = {}
    for needed in requires("legation") or []:
        match = REQUIREMENT.match(needed)
        assert match is not None, needed
        name, bounds, extra = match[1], match[2].strip(), match[3] or ""
        wrong.setdefault(extra, [])
        if problem := _problem(name, bounds):
            wrong[extra].append(problem)
    for extra, problems in wrong.items():
        label = f"packages for {FOR.get(extra, extra)}" if extra else "packages needed"
        if problems:
            target = f"'legation[{extra}]'" if extra else "--force-reinstall legation"
            state: State = "missing" if extra else "broken"
            yield Check(label, not extra, state, ", ".join(problems), f"pip install {target}")
        else:
            yield Check(label, not extra, "good", "all there")


def _problem(name: str, bounds: str) -> str:
    """What is wrong with a package: that it is not there, or not within its bounds; nothing if it is right."""
    try:
        there = version(name)
    except PackageNotFoundError:
        return f"{name} is not installed"
    fits = {">=": lambda a, b: a >= b, "<": lambda a, b: a < b}
    for sign, bound in re.findall(r"(>=|<)\s*([0-9.]+)", bounds):
        if not fits[sign](_numbers(there), _numbers(bound)):
            return f"{name} is {there}, needed is {bounds}"
    return ""


def _numbers(text: str) -> tuple[int, ...]:
    parts = [int(part) for part in re.findall(r"\d+", text)[:3]]
    return tuple(parts + [0] * (3 - len(parts)))


def _store(root: Path | None) -> Check:
    name = "the embedded pack" if root is None else f"store {root}"
    try:
        store = Store.open(root)
        parts = store.verify()
    except StoreError as error:
        mend = "pip install --force-reinstall legation" if root is None else "see above: load or build it again"
        return Check(name, True, "broken", str(error), mend)
    sources = len(store.manifest["sources"])
    return Check(name, True, "good", f"build {store.build}, {parts} parts of {sources} sources as their checksums say")


def _disk(name: str, folder: Path, mend: str) -> Check:
    free = shutil.disk_usage(folder).free
    found = f"{free / 1e9:,.1f} GB free"
    return Check(name, True, "good", found) if free >= LEAST_FREE_BYTES else Check(name, True, "broken", found, mend)


def _memory() -> Check:
    whole = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    found = f"{whole / 1e9:,.1f} GB"
    if whole < LEAST_MEMORY_BYTES:
        return Check("memory", True, "broken", found, "answers need 2 GB; use a larger machine")
    corpus = "" if whole >= ENOUGH_FOR_A_CORPUS_BYTES else "enough for answers; building all of OpenAlex needs 4 GB"
    return Check("memory", True, "good", found, corpus)


def _korean_font() -> Check:
    name = "a font with Korean letters"
    try:
        from legation.surfaces.brief.fonts import letters

        return Check(name, False, "good", ", ".join(map(str, letters("ko").families)))
    except ImportError as error:
        return Check(
            name, False, "missing", f"not looked for: {error.name} is missing", "pip install 'legation[brief]'"
        )
    except LegationError as error:
        return Check(name, False, "missing", str(error), "apt-get install fonts-nanum")


def _java() -> Check:
    home = os.environ.get("JAVA_HOME")
    command = str(Path(home, "bin", "java")) if home else "java"
    mend = "apt-get install openjdk-17-jre-headless, or default-jre-headless; needed by the engine spark alone"
    try:
        ran = subprocess.run(
            [command, "-version"], check=False, capture_output=True, text=True, timeout=SECONDS_TO_ANSWER
        )
    except (OSError, subprocess.TimeoutExpired):
        return Check("Java", False, "missing", "no java that answers", mend)
    found = re.search(r'version "(\d+)[^"]*"', ran.stderr)
    if found is None or int(found[1]) < OLDEST_JAVA:
        return Check("Java", False, "missing", f"{found[0] if found else 'a java of no known version'}", mend)
    return Check("Java", False, "good", found[0])


def _browser() -> Check:
    found = next((path for name in BROWSERS if (path := shutil.which(name))), None)
    mend = "any browser shows the pages; for the tests of pages: apt-get install chromium"
    return Check("a browser", False, "good", found) if found else Check("a browser", False, "missing", "none", mend)
