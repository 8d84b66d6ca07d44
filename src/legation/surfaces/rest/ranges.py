"""Parts of a file by their bytes (RFC 9110, 14): readers of Parquet ask for its end first, then for what they need."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from starlette.datastructures import Headers, MutableHeaders

from legation.surfaces.rest.problems import problem

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

ONE_RANGE = re.compile(r"bytes=(\d{0,18})-(\d{0,18})")


class Ranges:
    """ASGI middleware: a whole answer is cut to the range asked for; what is not one range of bytes is disregarded.

    Answers are whole in memory already, in one message: nothing is gathered here.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] not in ("GET", "HEAD"):
            await self.app(scope, receive, send)
            return
        asked = Headers(scope=scope)
        wanted = ONE_RANGE.fullmatch(asked.get("range", "")) if scope["method"] == "GET" else None
        started: dict[str, Any] = {}

        async def cut(message: Message) -> None:
            if message["type"] == "http.response.start":
                whole = message["status"] == 200
                headers = MutableHeaders(raw=list(message["headers"]))
                if whole:
                    headers["accept-ranges"] = "bytes"
                message = {**message, "headers": headers.raw}
                same = asked.get("if-range") in (None, headers.get("etag"))
                if whole and wanted is not None and same and "content-encoding" not in headers:
                    started.update(message)
                    return
            elif started:
                await _send_part(message, wanted, started, scope, receive, send)
                return
            await send(message)

        await self.app(scope, receive, cut)


async def _send_part(
    message: Message, wanted: re.Match[str] | None, started: dict[str, Any], scope: Scope, receive: Receive, send: Send
) -> None:
    """The part of a body that is wanted; 416 where there is none of it; the whole where it is not in one message."""
    assert wanted is not None
    body = message.get("body", b"")
    span = _span(wanted[1], wanted[2], len(body))
    if message.get("more_body") or span is None:
        await send({"type": "http.response.start", **{k: started[k] for k in ("status", "headers")}})
        await send(message)
        started.clear()
        return
    first, last = span
    if first > last:
        refused = problem(416, f"There are {len(body):,} bytes", {"content-range": f"bytes */{len(body)}"})
        await refused(scope, receive, send)
        return
    headers = MutableHeaders(raw=list(started["headers"]))
    headers["content-range"] = f"bytes {first}-{last}/{len(body)}"
    headers["content-length"] = str(last - first + 1)
    await send({"type": "http.response.start", "status": 206, "headers": headers.raw})
    await send({"type": "http.response.body", "body": body[first : last + 1]})


def _span(first: str, last: str, size: int) -> tuple[int, int] | None:
    """First and last byte; None where what is asked for is no range.

    >>> _span("0", "3", 10), _span("8", "", 10), _span("", "4", 10), _span("5", "99", 10), _span("3", "1", 10)
    ((0, 3), (8, 9), (6, 9), (5, 9), None)
    """
    if first:
        end = int(last) if last else size - 1
        return None if last and end < int(first) else (int(first), min(end, size - 1))
    return (max(0, size - int(last)), size - 1) if last else None
