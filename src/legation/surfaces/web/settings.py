"""How the pages are served: by environment variables, each documented in `docs/deploying.md`."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self

from legation.errors import UserError

HOST, PORT = "127.0.0.1", 8000
LOOPBACK = ("127.0.0.1", "localhost", "::1")


@dataclass(frozen=True)
class Settings:
    """Limits and locks. `requests_per_minute` counts by address of the reader, 0 = no limit.

    `secret` is asked for as the password of HTTP Basic authentication, or as a bearer token. `user_header` names a
    header that a reverse proxy sets to who signed in; without it a request is refused. `hosts` are the names the pages
    may be asked under; empty = any. Pages of the `origins` may read the REST interface from browsers; by default none.
    """

    requests_per_minute: int = 600
    most_body_bytes: int = 65_536
    most_address_bytes: int = 4_096
    most_waiting: int = 200
    secret: str = ""
    user_header: str = ""
    hosts: tuple[str, ...] = LOOPBACK
    warm: bool = False
    origins: tuple[str, ...] = ()

    @classmethod
    def of_environment(cls, host: str = HOST, environment: Mapping[str, str] = os.environ) -> Self:
        """The settings of a server on `host`. Raises: UserError for a variable that cannot be read."""
        named = _names(environment, "LEGATION_HOSTS")
        return cls(
            requests_per_minute=_count(environment, "LEGATION_REQUESTS_PER_MINUTE", cls.requests_per_minute),
            secret=environment.get("LEGATION_SECRET", ""),
            user_header=environment.get("LEGATION_USER_HEADER", "").lower(),
            hosts=named or (LOOPBACK if is_loopback(host) else ()),
            warm=True,
            origins=_names(environment, "LEGATION_ORIGINS"),
        )


def is_loopback(host: str) -> bool:
    """Whether only this machine can reach a server on that address."""
    return host in LOOPBACK or host.startswith("127.")


def exposure(host: str, settings: Settings) -> str:
    """What listening on an address means, in words for who starts the server; empty on loopback."""
    if is_loopback(host):
        return ""
    locked = []
    if settings.secret:
        locked.append("a shared secret is asked for (LEGATION_SECRET)")
    if settings.user_header:
        locked.append(f"requests without the header {settings.user_header} are refused (LEGATION_USER_HEADER)")
    door = "; ".join(locked) or (
        "everyone who can reach this machine can read every page and every table of the store. Set LEGATION_SECRET, or "
        "LEGATION_USER_HEADER behind a proxy that signs people in"
    )
    return (
        f"Listening on {host}, not only on this machine: {door}. The connection is not encrypted: put a reverse proxy "
        "with TLS in front. See docs/deploying.md."
    )


def _names(environment: Mapping[str, str], name: str) -> tuple[str, ...]:
    """Names between commas."""
    return tuple(n.strip() for n in environment.get(name, "").split(",") if n.strip())


def _count(environment: Mapping[str, str], name: str, default: int) -> int:
    text = environment.get(name, "")
    if not text:
        return default
    if not text.isdecimal():
        raise UserError(f"{name} cannot be {text!r}; give a whole number, 0 for no limit")
    return int(text)
