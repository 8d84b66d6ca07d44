"""Where charts are drawn: by vl-convert in this process, or in one beside it.

vl-convert holds a JavaScript engine of more than 100 MB. A command draws and ends; a server, which stays, draws in a
process beside, which ends when nothing was asked of it for a while. What is drawn is the same.
"""

from __future__ import annotations

import json
import os
import select
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from pathlib import Path
from threading import Lock
from typing import Any, Protocol

from legation.errors import LegationError
from legation.surfaces.charts import _drawing_process
from legation.surfaces.charts._drawing_process import MADE, made, receive, send

IDLE_SECONDS, LONGEST_SECONDS = 30.0, 60.0
FRUGAL = {"MALLOC_MMAP_THRESHOLD_": "65536", "MALLOC_TRIM_THRESHOLD_": "65536"}
"""What the GNU C library reads: memory that is free again is given back. The process is as fast, in 140 MB for 195."""
ATTEMPTS = 2
"""A process that had nothing to do may end while it is asked."""


class Renderer(Protocol):
    """Calls a function of vl-convert by its name, with what JSON can say; gives what was made as bytes."""

    def __call__(self, name: str, /, *args: Any, **options: Any) -> bytes: ...


@dataclass
class Apart:
    """Draws in a process of its own, one thing after another; the process is started when it is needed.

    Raises, when it is asked: ValueError where vl-convert refuses, LegationError where the process draws longer than
    `longest_seconds` or ends.
    """

    idle_seconds: float = IDLE_SECONDS
    longest_seconds: float = LONGEST_SECONDS
    process: subprocess.Popen[bytes] | None = None
    lock: Lock = field(default_factory=Lock)

    def __call__(self, name: str, /, *args: Any, **options: Any) -> bytes:
        asked = json.dumps({"name": name, "args": args, "options": options}).encode()
        with self.lock:
            for _ in range(ATTEMPTS):
                try:
                    answer = self._answer(asked)
                except (OSError, EOFError):
                    self.close()
                else:
                    break
            else:
                raise LegationError("the process that draws charts ended while it drew; is there memory for it?")
        if not answer.startswith(MADE):
            raise ValueError(answer[len(MADE) :].decode())
        return answer[len(MADE) :]

    def close(self) -> None:
        """End the process, if there is one."""
        if self.process is not None:
            self.process.kill()
            self.process.communicate()
            self.process = None

    def _answer(self, asked: bytes) -> bytes:
        if self.process is None or self.process.poll() is not None:
            self.close()
            command = [sys.executable, "-I", str(Path(_drawing_process.__file__)), str(self.idle_seconds)]
            told, pipe = os.environ | FRUGAL, subprocess.PIPE
            # In a session of its own, so that Ctrl-C in a terminal is for the server, which then closes this.
            self.process = subprocess.Popen(command, stdin=pipe, stdout=pipe, env=told, start_new_session=True)
        asks, answers = self.process.stdin, self.process.stdout
        assert asks is not None
        assert answers is not None
        send(asks, asked)
        if not select.select([answers], [], [], self.longest_seconds)[0]:
            self.close()
            raise LegationError(f"a chart was not drawn within {self.longest_seconds:.0f} seconds; ask again")
        return receive(answers)


_IN_USE: ContextVar[Renderer] = ContextVar("legation_renderer", default=made)


def drawn(name: str, /, *args: Any, **options: Any) -> bytes:
    """What a function of vl-convert makes, wherever drawing is done here and now."""
    return _IN_USE.get()(name, *args, **options)


@contextmanager
def drawing(by: Renderer) -> Iterator[None]:
    """Draw elsewhere until the block ends."""
    token = _IN_USE.set(by)
    try:
        yield
    finally:
        _IN_USE.reset(token)
