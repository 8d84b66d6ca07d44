"""What stands before every page: who may ask, how much and how often, and the headers every answer carries."""

from __future__ import annotations

import base64
import binascii
import hmac
import time
from collections import OrderedDict
from collections.abc import Callable
from typing import Any

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from legation.surfaces.web.settings import Settings

HEALTH, API = "/healthz", "/api/v1"
POLICY = "; ".join(
    (
        "default-src 'none'", "script-src 'self'", "style-src 'self'", "img-src 'self' data:", "connect-src 'self'",
        "form-action 'self'", "base-uri 'none'", "frame-ancestors 'none'",
    )
)  # fmt: skip
HEADERS = {
    "content-security-policy": POLICY,
    "x-content-type-options": "nosniff",
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=()",
    "x-robots-tag": "noindex",
}
READERS_KNOWN = 10_000
SECONDS = 60.0


class Guard:
    """ASGI middleware: hosts, authentication, sizes and rates first, headers last."""

    def __init__(self, app: ASGIApp, settings: Settings, clock: Callable[[], float] = time.monotonic) -> None:
        self.app, self.settings = app, settings
        self.rates = Rates(settings.requests_per_minute, clock)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    headers.setdefault(name, value)
            await send(message)

        refused = self._refused(scope, Headers(scope=scope))
        if refused is not None:
            if scope["path"].startswith(f"{API}/"):
                refused = _as_problem(refused)
            await refused(scope, receive, with_headers)
            return
        await self.app(scope, _bounded(receive, self.settings.most_body_bytes), with_headers)

    def _refused(self, scope: Scope, headers: Headers) -> Response | None:
        """The answer to a request that goes no further."""
        return self._unfit(scope, headers) or (None if scope["path"] == HEALTH else self._locked_out(scope, headers))

    def _unfit(self, scope: Scope, headers: Headers) -> Response | None:
        settings = self.settings
        if settings.hosts and _host(headers.get("host", "")) not in settings.hosts:
            return PlainTextResponse(f"This server answers to {', '.join(settings.hosts)} only.\n", 421)
        if len(scope["path"]) + len(scope["query_string"]) > settings.most_address_bytes:
            return PlainTextResponse("The address is too long.\n", 414)
        length = headers.get("content-length", "0")
        if not length.isdecimal() or int(length) > settings.most_body_bytes:
            return PlainTextResponse("The request is too large.\n", 413)
        return None

    def _locked_out(self, scope: Scope, headers: Headers) -> Response | None:
        settings = self.settings
        if settings.user_header and not headers.get(settings.user_header):
            return PlainTextResponse("Sign in at the proxy before this server.\n", 401)
        if settings.secret and not _knows(settings.secret, headers.get("authorization", "")):
            asking = {"www-authenticate": 'Basic realm="Legation", charset="UTF-8"'}
            return PlainTextResponse(
                "The shared secret is needed: any user name, the secret as password.\n", 401, asking
            )
        seconds = self.rates.wait((scope.get("client") or ("",))[0])
        if seconds:
            return PlainTextResponse("Too many requests; try again shortly.\n", 429, {"retry-after": str(seconds)})
        return None


def _as_problem(refused: Response) -> Response:
    """The same as programs read it."""
    from legation.surfaces.rest.problems import problem

    kept = {name: refused.headers[name] for name in ("retry-after", "www-authenticate") if name in refused.headers}
    return problem(refused.status_code, bytes(refused.body).decode().strip(), kept)


class Rates:
    """How often each reader may ask: a bucket that holds a minute's requests and fills evenly."""

    def __init__(self, per_minute: int, clock: Callable[[], float] = time.monotonic) -> None:
        self._per_minute, self._clock = per_minute, clock
        self._left: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def wait(self, reader: str) -> int:
        """Seconds until the reader may ask again; 0 where now, which is then counted."""
        if not self._per_minute:
            return 0
        now = self._clock()
        left, before = self._left.pop(reader, (float(self._per_minute), now))
        left = min(self._per_minute, left + (now - before) * self._per_minute / SECONDS)
        enough = left >= 1
        self._left[reader] = (left - enough, now)
        if len(self._left) > READERS_KNOWN:
            self._left.popitem(last=False)
        return 0 if enough else max(1, round(SECONDS / self._per_minute))


def _bounded(receive: Receive, most: int) -> Receive:
    """A body that says no length is cut off where it is too large."""
    read = 0

    async def limited() -> Message:
        nonlocal read
        message: Any = await receive()
        read += len(message.get("body", b""))
        if read > most:
            return {"type": "http.disconnect"}
        return dict(message)

    return limited


def _host(header: str) -> str:
    """The name in a Host header, without its port."""
    if header.startswith("["):
        return header[1:].partition("]")[0]
    return header.partition(":")[0].lower()


def _knows(secret: str, authorization: str) -> bool:
    scheme, _, given = authorization.partition(" ")
    if scheme.lower() == "basic":
        try:
            given = base64.b64decode(given, validate=True).decode().partition(":")[2]
        except (binascii.Error, UnicodeDecodeError):
            return False
    elif scheme.lower() != "bearer":
        return False
    return hmac.compare_digest(given.encode(), secret.encode())
