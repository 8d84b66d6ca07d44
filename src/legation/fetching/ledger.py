"""The record of what has been fetched: a JSON file, replaced in one step, held by one process at a time."""

from __future__ import annotations

import fcntl
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from legation.errors import DataError
from legation.fetching.download import FetchError, on_disk, write

ANEW = "move it away: the files beside it are then checked anew"


@dataclass
class Ledger:
    """What is known of the files of a folder. `content` is plain JSON; no key or password ever enters it."""

    path: Path
    content: dict[str, Any]

    @classmethod
    @contextmanager
    def hold(cls, path: Path) -> Iterator[Ledger]:
        """The ledger of a folder, which is made if need be; a second process is refused meanwhile.

        Raises: FetchError if another process holds it or the folder cannot be written; DataError if it was altered.
        """
        with on_disk(path.parent):
            path.parent.mkdir(parents=True, exist_ok=True)
            lock = (path.parent / ".lock").open("w")
        with lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError:
                raise FetchError(f"another fetch is writing to {path.parent}; wait until it is done") from None
            yield cls(path, read(path))

    def save(self) -> None:
        """Write the ledger; on return it is on the disk."""
        write(self.path, json.dumps(self.content, ensure_ascii=False, indent=1).encode())


def read(path: Path) -> dict[str, Any]:
    """What a ledger says; nothing where there is none yet.

    Raises: DataError if the file is not a ledger.
    """
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except (OSError, ValueError) as error:
        raise DataError(f"{path} cannot be read ({error}); {ANEW}") from None
    if not isinstance(content, dict):
        raise DataError(f"{path} is no ledger of a fetch; {ANEW}")
    return content


def now() -> str:
    """The time as it stands in a ledger: UTC, to the second."""
    return datetime.now(UTC).isoformat(timespec="seconds")
