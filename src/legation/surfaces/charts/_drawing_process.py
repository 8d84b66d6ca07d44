"""A process that draws by vl-convert what it is asked to, and ends when it is asked nothing for so many seconds:
`python _drawing_process.py 30`.

Asked and answered by pieces with their length in front (`LENGTH`): a piece of JSON with `name`, `args` and `options`,
then a piece that begins with `MADE` or `NOT_MADE` and goes on with what was made, or why it was not. Nothing else of
Legation is imported, so that the process holds little beside the JavaScript engine.
"""

from __future__ import annotations

import json
import select
import struct
import sys
from typing import IO, Any

LENGTH = struct.Struct(">Q")
MADE, NOT_MADE = b"\0", b"\1"


def made(name: str, *args: Any, **options: Any) -> bytes:
    """What a function of vl-convert gives, as bytes."""
    import vl_convert

    found = getattr(vl_convert, name)(*args, **options)
    return found.encode() if isinstance(found, str) else bytes(found)


def send(stream: IO[bytes], piece: bytes) -> None:
    stream.write(LENGTH.pack(len(piece)) + piece)
    stream.flush()


def receive(stream: IO[bytes]) -> bytes:
    """The next piece. Raises: EOFError where there is no more."""
    head = stream.read(LENGTH.size)
    piece = stream.read(LENGTH.unpack(head)[0]) if len(head) == LENGTH.size else b""
    if not piece:
        raise EOFError
    return piece


def main(idle_seconds: float) -> None:
    """Draw until nothing was asked for so long, or whoever asked has gone."""
    asks, answers = sys.stdin.buffer, sys.stdout.buffer
    while select.select([asks], [], [], idle_seconds)[0]:
        try:
            asked = json.loads(receive(asks))
        except EOFError:
            return
        try:
            answer = MADE + made(asked["name"], *asked["args"], **asked["options"])
        except Exception as error:
            answer = NOT_MADE + str(error).encode()
        send(answers, answer)


if __name__ == "__main__":
    main(float(sys.argv[1]))
