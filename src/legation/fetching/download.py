"""Files that are either whole or absent, and plain words for what a disk refuses."""

from __future__ import annotations

import errno
import os
import shutil
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from time import monotonic
from typing import Literal

from legation.errors import LegationError

FULL = {errno.ENOSPC, errno.EDQUOT}
FORBIDDEN = {errno.EACCES, errno.EPERM, errno.EROFS}
RATE_OVER_SECONDS = 30.0
GO_ON = "what was fetched is kept, and the same command goes on from there"


class FetchError(LegationError):
    """The publisher, the network or the disk stops a fetch; what was fetched before is kept."""


@dataclass(frozen=True)
class Progress:
    """How far a fetch is: bytes or works done of all there are, how fast, and the time left.

    `done` counts what was there before, `per_second` only what has come in the last half minute of this run.
    """

    what: str
    done: int
    total: int
    unit: Literal["bytes", "works"]
    per_second: float
    seconds_left: float | None


Report = Callable[[Progress], None]


def silent(_: Progress) -> None:
    """Report to nobody."""


@dataclass
class Meter:
    """Counts what comes in, and how fast."""

    what: str
    total: int
    unit: Literal["bytes", "works"]
    done: int = 0
    clock: Callable[[], float] = monotonic
    _marks: deque[tuple[float, int]] = field(default_factory=deque)

    def read(self) -> Progress:
        """The state now; the rate is that since the oldest of the marks of the last half minute."""
        now = self.clock()
        self._marks.append((now, self.done))
        while len(self._marks) > 2 and now - self._marks[1][0] >= RATE_OVER_SECONDS:
            self._marks.popleft()
        then, before = self._marks[0]
        rate = max(self.done - before, 0) / (now - then) if now > then else 0.0
        left = max(self.total - self.done, 0) / rate if rate else None
        return Progress(self.what, self.done, self.total, self.unit, rate, left)


@contextmanager
def on_disk(path: Path) -> Iterator[None]:
    """Say in words why a file cannot be written; FetchError names the file and what to do."""
    try:
        yield
    except OSError as error:
        if error.errno in FULL:
            raise FetchError(f"the disk that holds {path} is full; {GO_ON} once there is room") from error
        if error.errno in FORBIDDEN:
            raise FetchError(
                f"{path} may not be written ({error.strerror}); change its permissions or choose another folder; "
                f"{GO_ON}"
            ) from error
        raise FetchError(f"{path} cannot be written ({error.strerror or error}); {GO_ON}") from error


def require_room(folder: Path, needed_bytes: int) -> None:
    """FetchError before anything is fetched if the disk has less room than is needed."""
    there = next(parent for parent in (folder, *folder.parents) if parent.exists())
    free_bytes = shutil.disk_usage(there).free
    if needed_bytes > free_bytes:
        raise FetchError(
            f"the disk that holds {folder} has {_gigabytes(free_bytes)} free and {_gigabytes(needed_bytes)} are still "
            f"to come; make room or choose another folder (nothing was fetched in this run, nothing is lost)"
        )


def _gigabytes(size_bytes: int) -> str:
    return f"{size_bytes / 1e9:,.1f} GB" if size_bytes >= 1e8 else f"{size_bytes / 1e6:,.1f} MB"


def write(path: Path, content: bytes) -> None:
    """Replace a file in one step."""
    new = path.with_name(f".{path.name}.new")
    with on_disk(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        with new.open("wb") as stream:
            stream.write(content)
            stream.flush()
            os.fsync(stream.fileno())
        settle(new, path)


def settle(partial: Path, path: Path) -> None:
    """Give a finished file its name, and make sure that a loss of power does not take it back."""
    os.replace(partial, path)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
