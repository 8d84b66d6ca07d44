"""A client of an API that waits when it is told to, gives up in words, and keeps the key to itself."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from email.utils import parsedate_to_datetime
from functools import cached_property
from http import HTTPStatus
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any, Self

from legation.errors import LegationError, UserError
from legation.fetching.download import GO_ON, FetchError

if TYPE_CHECKING:
    import httpx

KEY_VARIABLE = "OPENALEX_API_KEY"
WHERE_A_KEY_IS = (
    f"OpenAlex gives one free at https://openalex.org/settings/api; put it into the environment variable {KEY_VARIABLE}"
)
FOUND = (HTTPStatus.OK, HTTPStatus.MOVED_PERMANENTLY, HTTPStatus.NOT_FOUND)
FIRST_WAIT_SECONDS, LONGEST_WAIT_SECONDS = 1.0, 60.0
TIMEOUT_SECONDS = 60.0


@dataclass(frozen=True)
class Answer:
    """What came back: the status (200, 301 or 404), the JSON, and where a merged work has moved to."""

    status: int
    content: dict[str, Any]
    moved_to: str = ""


@dataclass
class Client:
    """Asks for JSON and, where it does not come, asks again after a while.

    Retried are 429, 5xx, connections refused, dropped or timed out, and bodies cut short. The n-th wait on end is
    min(60, 2^(n-1)) seconds times a random factor between ½ and 1 (drawn from `seed`), or what `Retry-After` says if
    that is longer. `tries` bounds the requests for one answer, `patience_seconds` all waits of this client together.

    The key goes into a header, so that it stands in no address, log or message. `where_a_key_is` is told where it is
    refused.
    """

    base: str
    key: str = field(repr=False)
    tries: int = 8
    patience_seconds: float = 1800.0
    seed: int = 0
    sleep: Callable[[float], None] = time.sleep
    header: str = "Authorization"
    scheme: str = "Bearer "
    where_a_key_is: str = WHERE_A_KEY_IS
    waited_seconds: float = 0.0

    def __post_init__(self) -> None:
        if not self.key.isascii() or not self.key.isprintable() or " " in self.key or not self.key:
            raise UserError(f"this is no key of the API: it is empty, or holds what no key does; {self.where_a_key_is}")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._http.close()

    def get(self, path: str, params: Mapping[str, str | int] | None = None) -> Answer:
        """The answer to a request.

        Raises: UserError if the key or the query is refused (400, 401, 403); FetchError if the day's allowance is
        spent, or nothing came after all tries and waits.
        """
        http = self._http
        import httpx

        said = ""
        for number in range(1, self.tries + 1):
            told_seconds = 0.0
            try:
                response = http.get(path, params=dict(params or {}))
                if response.status_code in FOUND:
                    content = response.json() if response.status_code == HTTPStatus.OK else {}
                    return Answer(response.status_code, content, response.headers.get("location", ""))
                self._refuse(response)
                said = f"status {response.status_code} {self._message(response)}".strip()
                told_seconds = _retry_after(response)
            except httpx.RequestError as error:
                said = self._without_key(str(error) or type(error).__name__)
            except ValueError as error:
                said = f"the answer is cut short: {error}"
            if number < self.tries:
                self._wait(number, told_seconds, said)
        raise FetchError(f"{self.base} gave no answer in {self.tries} tries; the last time: {said}; {GO_ON}")

    def _wait(self, number: int, told_seconds: float, said: str) -> None:
        backoff = min(LONGEST_WAIT_SECONDS, FIRST_WAIT_SECONDS * 2 ** (number - 1)) * self._random.uniform(0.5, 1)
        seconds = max(backoff, told_seconds)
        if self.waited_seconds + seconds > self.patience_seconds:
            raise FetchError(
                f"{self.base} asks to wait {seconds:,.0f} seconds after {self.waited_seconds:,.0f} spent waiting, more "
                f"than the {self.patience_seconds:,.0f} allowed in all ({said}); {GO_ON}: try again later"
            )
        self.waited_seconds += seconds
        self.sleep(seconds)

    def _refuse(self, response: httpx.Response) -> None:
        """Raise where asking again cannot help."""
        status, said = response.status_code, self._message(response)
        if status == HTTPStatus.UNAUTHORIZED:
            raise UserError(f"{self.base} does not accept the key (401: {said}); {self.where_a_key_is}")
        if status == HTTPStatus.FORBIDDEN and "quota" in said.casefold():
            raise FetchError(f"the key's allowance is spent ({said}); {GO_ON} when it is refilled")
        if status == HTTPStatus.FORBIDDEN:
            raise UserError(f"{self.base} does not allow this with this key (403: {said}); {self.where_a_key_is}")
        if status == HTTPStatus.TOO_MANY_REQUESTS and response.headers.get("x-ratelimit-remaining") == "0":
            hours = float(response.headers.get("x-ratelimit-reset") or 86400) / 3600
            raise FetchError(
                f"the key's allowance of the day is spent ({said}); it is refilled at midnight UTC, in {hours:.1f} "
                f"hours; {GO_ON}"
            )
        if HTTPStatus.BAD_REQUEST <= status < HTTPStatus.INTERNAL_SERVER_ERROR and status not in (408, 429):
            raise UserError(f"{self.base} does not understand the query ({status}: {said})")

    def _message(self, response: httpx.Response) -> str:
        """What the API says of an error, without the key should it be repeated there."""
        try:
            content = response.json()
            said = str(content.get("message") or content.get("error") or "")
        except (ValueError, AttributeError):
            said = response.reason_phrase
        return self._without_key(said)[:500]

    def _without_key(self, said: str) -> str:
        return said.replace(self.key, "…")

    @cached_property
    def _http(self) -> httpx.Client:
        if find_spec("httpx") is None:
            raise LegationError("asking the API needs httpx; install it: pip install 'legation[fetch]'")
        import httpx

        headers = {self.header: f"{self.scheme}{self.key}", "User-Agent": "legation"}
        return httpx.Client(base_url=self.base, headers=headers, timeout=TIMEOUT_SECONDS, follow_redirects=False)

    @cached_property
    def _random(self) -> random.Random:
        return random.Random(self.seed)


def _retry_after(response: httpx.Response) -> float:
    """The seconds `Retry-After` asks to wait: a number, or a date compared with the answer's own."""
    told = response.headers.get("retry-after", "")
    if told.replace(".", "", 1).isdigit():
        return float(told)
    try:
        there = parsedate_to_datetime(response.headers["date"])
        return max((parsedate_to_datetime(told) - there).total_seconds(), 0.0)
    except (KeyError, TypeError, ValueError):
        return 0.0
