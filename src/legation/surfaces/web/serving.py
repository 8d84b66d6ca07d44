"""Pages and files made once and given often: a bounded memory, one maker for many readers, answers of 304.

What is asked for is made on worker threads, so that the server goes on answering what is made already.
"""

from __future__ import annotations

import asyncio
import gzip
import hashlib
from collections.abc import Callable, Hashable
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from dataclasses import dataclass, field, replace
from functools import partial
from importlib.resources import files
from pathlib import Path

from starlette.requests import Request
from starlette.responses import Response

from legation.memory import Memory

MOST_BYTES = 32_000_000
WORKERS = 2
WORTH_PACKING = 1_000
PACKABLE = ("text/", "image/svg", "application/json")
HTML = "text/html; charset=utf-8"


class BusyError(Exception):
    """More is waiting to be made than readers would wait for."""


@dataclass(frozen=True)
class Made:
    """What a reader gets: a page, a table, a chart. `packed` where the body is gzipped."""

    body: bytes
    media: str = HTML
    status: int = 200
    filename: str = ""
    policy: str = ""
    packed: bool = False

    @property
    def size(self) -> int:
        return len(self.body)


def fingerprint() -> str:
    """Changes with every file of the code, so that nothing made by another version is taken for new."""
    root = Path(str(files("legation")))
    found = hashlib.blake2b(digest_size=8)
    for path in sorted(p for p in root.rglob("*") if p.suffix in (".py", ".toml", ".po", ".j2", ".css", ".js")):
        stat = path.stat()
        found.update(f"{path.relative_to(root)}:{stat.st_size}:{stat.st_mtime_ns}".encode())
    return found.hexdigest()


@dataclass
class Shelf:
    """What was made last, by address and build; each thing is made by one worker, whoever asks."""

    build: str
    most_waiting: int
    made: Memory[Made] = field(default_factory=lambda: Memory(MOST_BYTES, lambda made: made.size + WORTH_PACKING))
    being_made: dict[Hashable, asyncio.Future[Made]] = field(default_factory=dict)
    workers: ThreadPoolExecutor = field(default_factory=lambda: ThreadPoolExecutor(WORKERS, "legation-pages"))
    code: str = field(default_factory=fingerprint)

    async def give(self, request: Request, key: Hashable, make: Callable[[], Made]) -> Response:
        """What stands under `key`, made by `make` where it is not there; 304 where the reader has it.

        Raises: BusyError, and whatever `make` raises.
        """
        return self.given(request, key) or self._answer(request, key, await self._make(key, make))

    def given(self, request: Request, key: Hashable) -> Response | None:
        """What was made before under `key`, or 304 where the reader has it; None where it is to be made."""
        tag = self._tag(key)
        if tag in request.headers.get("if-none-match", ""):
            return Response(status_code=304, headers=self._fresh(tag))
        made = self.made.get(key)
        return None if made is None else self._answer(request, key, made)

    def _answer(self, request: Request, key: Hashable, made: Made) -> Response:
        return self._response(made, self._tag(key), "gzip" in request.headers.get("accept-encoding", ""))

    async def _make(self, key: Hashable, make: Callable[[], Made]) -> Made:
        """One worker makes it for all who ask meanwhile; a reader who leaves does not stop it."""
        if key not in self.being_made:
            if len(self.being_made) >= self.most_waiting:
                raise BusyError
            # The worker sees what the request does: declarations of one's own stand beside in its context.
            work = partial(copy_context().run, lambda: packed(make()))
            task = asyncio.get_running_loop().run_in_executor(self.workers, work)
            self.being_made[key] = task
            task.add_done_callback(lambda done: self._keep(key, done))
        return await asyncio.shield(self.being_made[key])

    def _keep(self, key: Hashable, done: asyncio.Future[Made]) -> None:
        del self.being_made[key]
        if not done.cancelled() and done.exception() is None:
            self.made.put(key, done.result())

    def _tag(self, key: Hashable) -> str:
        return f'"{hashlib.blake2b(f"{self.build}{self.code}{key}".encode(), digest_size=12).hexdigest()}"'

    @staticmethod
    def _fresh(tag: str) -> dict[str, str]:
        """Readers keep what they have got and ask whether it is still so."""
        return {"etag": tag, "cache-control": "private, no-cache", "vary": "Accept-Encoding"}

    def _response(self, made: Made, tag: str, unpacks: bool) -> Response:
        headers = self._fresh(tag)
        if made.filename:
            headers["content-disposition"] = f'attachment; filename="{made.filename}"'
        if made.policy:
            headers["content-security-policy"] = made.policy
        body = made.body
        if made.packed and unpacks:
            headers["content-encoding"] = "gzip"
        elif made.packed:
            body = gzip.decompress(body)
        return Response(body, made.status, headers, made.media)


def packed(made: Made) -> Made:
    """The same, gzipped where that makes it smaller."""
    if made.packed or len(made.body) < WORTH_PACKING or not made.media.startswith(PACKABLE):
        return made
    body = gzip.compress(made.body, 6, mtime=0)
    return replace(made, body=body, packed=True)
