"""Pages of works on the disk: written whole, noted, and read back each work once."""

from __future__ import annotations

import gzip
import hashlib
import json
import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from time import monotonic
from typing import Any

from legation.errors import DataError
from legation.fetching import ledger as ledgers
from legation.fetching.download import write
from legation.fetching.ledger import Ledger

LEDGER = "fetched.json"
OPENALEX = "https://openalex.org/"
MOST_AUTHORS = 100
CUT = "authors_listed_to_100"
"""The caveat that holds as long as authors are missing."""
SAVE_EVERY_SECONDS = 1.0
"""The ledger grows with the pages; what was fetched since it was last written is fetched again after a crash."""


@dataclass
class Folder:
    """A folder of pages and its ledger."""

    path: Path
    ledger: Ledger
    _saved: float = field(default=-SAVE_EVERY_SECONDS)

    @property
    def content(self) -> dict[str, Any]:
        return self.ledger.content

    def store(self, name: str, works: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
        """Write a file of works; give what the ledger is to know of it."""
        text = "".join(json.dumps(work, separators=(",", ":")) + "\n" for work in works)
        packed = gzip.compress(text.encode(), mtime=0)
        write(self.path / name, packed)
        return {"file": name, "works": len(works), "size_bytes": len(packed), "md5": _md5(packed)}

    def is_whole(self, noted: Mapping[str, Any]) -> bool:
        path = self.path / noted["file"]
        return path.is_file() and _md5(path.read_bytes()) == str(noted["md5"])

    def cut(self) -> list[str]:
        """The works whose authors end at the hundredth and that were not asked for singly yet."""
        settled = set(self.content["whole"]) | set(self.content["gone"])
        return [identifier for identifier in self.content["truncated_ids"] if identifier not in settled]

    def save(self, *, at_once: bool = False) -> None:
        """Write the ledger, if that was not done a moment ago."""
        if at_once or monotonic() - self._saved >= SAVE_EVERY_SECONDS:
            self.content["caveats"] = [CUT] if self.cut() else []
            self.ledger.save()
            self._saved = monotonic()


def is_cut(work: Mapping[str, Any]) -> bool:
    """Whether the authors of a work end at the hundredth: it says so, or has a hundred and none of them is the last."""
    authors = work.get("authorships") or []
    unended = len(authors) >= MOST_AUTHORS and authors[-1].get("author_position") != "last"
    return bool(work.get("is_authors_truncated")) or unended


def works(folder: Path) -> Iterator[dict[str, Any]]:
    """The works of a complete folder, each once: whole where they were asked for singly, without those that are gone.

    Raises: DataError if the fetch is not complete, or a file is missing or damaged.
    """
    content = ledgers.read(folder / LEDGER)
    require_complete(folder, content)
    given: set[str] = set()
    replaced = set(content["whole"]) | set(content["gone"])
    for files, left_out in ((content["whole_files"], frozenset[str]()), (content["pages"], replaced)):
        for noted in files:
            for work in _read(folder / noted["file"], noted):
                identifier = bare(work["id"])
                if identifier not in given and identifier not in left_out:
                    given.add(identifier)
                    yield work


def _read(path: Path, noted: Mapping[str, Any]) -> list[dict[str, Any]]:
    try:
        packed = path.read_bytes()
        if _md5(packed) != noted["md5"]:
            raise ValueError("its checksum differs from the one noted when it was fetched")
        return [json.loads(line) for line in gzip.decompress(packed).splitlines()]
    except (EOFError, OSError, zlib.error, ValueError) as error:
        raise DataError(f"{path} is missing or damaged ({error}); fetch again to mend it") from error


def require_complete(folder: Path, content: Mapping[str, Any]) -> None:
    if not content.get("complete"):
        raise DataError(f"{folder} holds no complete fetch of works; fetch them first, which goes on where it stopped")


def bare(identifier: str) -> str:
    """W123 for https://openalex.org/W123."""
    return identifier.removeprefix(OPENALEX)


def _md5(content: bytes) -> str:
    return hashlib.md5(content, usedforsecurity=False).hexdigest()
