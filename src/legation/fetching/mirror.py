"""Have objects of a bucket whole in a folder: taken over, taken up where they broke off, or fetched; then checked."""

from __future__ import annotations

import os
from collections.abc import Iterable
from concurrent.futures import FIRST_EXCEPTION, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field, replace
from io import FileIO
from pathlib import Path
from threading import Event, Lock
from typing import Any

from legation.fetching.bucket import AbsentError, Bucket, ChangedError, Stored
from legation.fetching.checking import DamagedError, check
from legation.fetching.download import Meter, Report, on_disk, require_room, settle
from legation.fetching.ledger import Ledger, now

DOWNLOADS = 2
"""How often an object is fetched from its first byte before it counts as damaged at its source."""
REPORT_EVERY_SECONDS = 0.25


@dataclass(frozen=True)
class Wanted:
    """An object as it should be, and as the bucket lists it (`stored`, None if it does not)."""

    key: str
    size_bytes: int
    records: int | None
    url: str
    stored: Stored | None

    @property
    def etag(self) -> str | None:
        return self.stored.etag if self.stored else None

    def require_fit(self) -> None:
        """Raises: AbsentError, DamagedError if the bucket has no such object, or one of another length."""
        if self.stored is None:
            raise AbsentError("the bucket has no such object")
        if self.stored.size_bytes != self.size_bytes:
            raise DamagedError(f"{self.size_bytes:,} bytes were announced, the bucket has {self.stored.size_bytes:,}")


@dataclass
class Mirror:
    """A folder that takes the layout of a bucket, and what its workers share.

    `retired` is a file that must go before another is replaced: the manifest of the set that stood here. `came` holds
    the bytes of the objects fetched, `problems` why others could not be had.
    """

    folder: Path
    bucket: Bucket
    ledger: Ledger
    retired: str
    checksums: bool
    meter: Meter
    came: dict[str, int] = field(default_factory=dict)
    problems: dict[str, str] = field(default_factory=dict)
    _lock: Lock = field(default_factory=Lock)
    _stop: Event = field(default_factory=Event)

    def obtain(self, wanted: Iterable[Wanted], workers: int, report: Report) -> None:
        """Have every object whole; those that are damaged or absent at their source are noted in `problems`.

        Raises: FetchError if the disk has no room, or the disk or the bucket refuses: the workers then stop after the
        current chunk and what came stays under its temporary name. So too when the caller is interrupted.
        """
        wanted = list(wanted)
        missing = {one.key: self._missing_bytes(one) for one in wanted}
        require_room(self.folder, sum(missing.values()))
        self.meter.total = sum(one.size_bytes for one in wanted)
        self.meter.done = self.meter.total - sum(missing.values())
        report(self.meter.read())
        with ThreadPoolExecutor(workers, thread_name_prefix="fetch") as pool:
            self._watch({pool.submit(self._obtain, one) for one in wanted}, report)

    def path(self, key: str) -> Path:
        return self.folder / key

    def partial(self, key: str) -> Path:
        return self.path(key).with_name(f".{self.path(key).name}.partial")

    def retire(self) -> None:
        """Take away the manifest of the set that stood here, which is no longer whole."""
        self.path(self.retired).unlink(missing_ok=True)

    def _watch(self, ahead: set[Future[None]], report: Report) -> None:
        try:
            while ahead:
                done, ahead = wait(ahead, timeout=REPORT_EVERY_SECONDS, return_when=FIRST_EXCEPTION)
                for task in done:
                    task.result()
                report(self.meter.read())
        except BaseException:
            self._stop.set()
            for task in ahead:
                task.cancel()
            raise

    def _obtain(self, wanted: Wanted) -> None:
        if self._stop.is_set() or self._is_noted(wanted):
            return
        try:
            wanted.require_fit()
            if not self._take_over(wanted):
                self._fetch(wanted)
        except (DamagedError, AbsentError, ChangedError) as error:
            with self._lock:
                self.problems[wanted.key] = str(error)

    def _is_noted(self, wanted: Wanted) -> bool:
        """Whether the ledger vouches for the file that is there: this very object, not touched since it was checked."""
        noted, path = self.ledger.content["objects"].get(wanted.key), self.path(wanted.key)
        if not noted or not path.is_file() or noted["etag"] != wanted.etag:
            return False
        found = path.stat()
        return (found.st_size, found.st_mtime_ns) == (wanted.size_bytes, noted["modified_ns"])

    def _missing_bytes(self, wanted: Wanted) -> int:
        """What is still to come; a file of the right size is taken for whole until it is checked."""
        if self._is_noted(wanted) or _size(self.path(wanted.key)) == wanted.size_bytes:
            return 0
        return wanted.size_bytes - self._begun_bytes(wanted)

    def _begun_bytes(self, wanted: Wanted) -> int:
        """What there is of this very object under its temporary name."""
        begun = _size(self.partial(wanted.key)) or 0
        same = wanted.etag is not None and self.ledger.content["begun"].get(wanted.key) == wanted.etag
        return begun if same and begun <= wanted.size_bytes else 0

    def _take_over(self, wanted: Wanted) -> bool:
        """Accept a file that another tool, or an earlier fetch, put there: it is whole, and has the object's checksum
        or, where this cannot be compared, is no older than the object."""
        path = self.path(wanted.key)
        if _size(path) != wanted.size_bytes or wanted.stored is None:
            return False
        try:
            compared = self._check(path, wanted)
            if "md5" in compared or path.stat().st_mtime >= wanted.stored.modified.timestamp():
                self._note(wanted, compared)
                return True
        except DamagedError:
            pass
        self._count(-wanted.size_bytes)
        return False

    def _fetch(self, wanted: Wanted) -> None:
        """Fetch an object to its temporary name, check it and give it its own.

        Raises: DamagedError if it is still not whole after DOWNLOADS downloads; ChangedError if it keeps changing.
        """
        path, partial = self.path(wanted.key), self.partial(wanted.key)
        with on_disk(path):
            path.parent.mkdir(parents=True, exist_ok=True)
        for download in range(1, DOWNLOADS + 1):
            try:
                self._begin(wanted)
                if self._receive(wanted, partial):
                    self._settle(wanted, self._check(partial, wanted))
                return
            except (DamagedError, ChangedError) as error:
                self._count(-(_size(partial) or 0))
                partial.unlink(missing_ok=True)
                if download == DOWNLOADS:
                    raise
                if isinstance(error, ChangedError):
                    wanted = replace(wanted, stored=self.bucket.head(wanted.key))
                    wanted.require_fit()

    def _begin(self, wanted: Wanted) -> None:
        """Note which object the temporary file belongs to; what there is of another one is dropped."""
        if not self._begun_bytes(wanted):
            self.partial(wanted.key).unlink(missing_ok=True)
        with self._lock:
            self.ledger.content["begun"][wanted.key] = wanted.etag
            self.ledger.save()

    def _receive(self, wanted: Wanted, partial: Path) -> bool:
        """Append what is still to come; False if the fetch was stopped meanwhile."""
        offset = _size(partial) or 0
        with on_disk(partial):
            stream = partial.open("ab", buffering=0)
        with stream:
            if offset < wanted.size_bytes:
                for chunk in self.bucket.stream(wanted.key, wanted.etag, offset):
                    if self._stop.is_set():
                        return False
                    with on_disk(partial):
                        _write(stream, chunk)
                    self._count(len(chunk))
            with on_disk(partial):
                os.fsync(stream.fileno())
        return True

    def _check(self, path: Path, wanted: Wanted) -> tuple[str, ...]:
        etag = wanted.etag if self.checksums else None
        return check(path, wanted.key, wanted.size_bytes, wanted.records, etag)

    def _settle(self, wanted: Wanted, compared: tuple[str, ...]) -> None:
        path = self.path(wanted.key)
        with self._lock, on_disk(path):
            if path.exists():
                self.retire()
            settle(self.partial(wanted.key), path)
            self.came[wanted.key] = wanted.size_bytes
        self._note(wanted, compared)

    def _note(self, wanted: Wanted, compared: tuple[str, ...]) -> None:
        noted: dict[str, Any] = {
            "url": wanted.url,
            "size_bytes": wanted.size_bytes,
            "records": wanted.records,
            "etag": wanted.etag,
            "compared": list(compared),
            "modified_ns": self.path(wanted.key).stat().st_mtime_ns,
            "complete": now(),
        }
        with self._lock:
            self.ledger.content["objects"][wanted.key] = noted
            self.ledger.content["begun"].pop(wanted.key, None)
            self.ledger.save()

    def _count(self, size_bytes: int) -> None:
        with self._lock:
            self.meter.done += size_bytes


def _write(stream: FileIO, chunk: bytes) -> None:
    """Unbuffered, so that what was counted is with the system; one call may take less than the whole."""
    left = memoryview(chunk)
    while left:
        left = left[stream.write(left) :]


def _size(path: Path) -> int | None:
    return path.stat().st_size if path.is_file() else None
