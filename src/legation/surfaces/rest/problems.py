"""Mistakes as `application/problem+json` (RFC 9457): what, where, what to do; never a path or a trace."""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from legation.errors import LegationError, NoEvidenceError, UserError
from legation.surfaces.parameters import ParameterError
from legation.surfaces.web.serving import BusyError

MEDIA = "application/problem+json"
ALLOWED = "GET, HEAD"
TELLING = {
    404: "There is nothing at this address; openapi.json lists what there is",
    405: f"This interface is only read: use {ALLOWED.replace(', ', ' or ')}",
    500: "The answer could not be made; the server has noted why",
    503: "More is being computed than readers would wait for; try again shortly",
}
MOST_TOLD = 2_000
LOGGER = logging.getLogger("legation")


class NotFoundError(UserError):
    """A name in an address that nothing is called by."""


def problem(status: int, detail: str = "", headers: Mapping[str, str] | None = None, **more: Any) -> Response:
    """A problem; `type` about:blank, as the status says what kind it is."""
    phrase = HTTPStatus(status).phrase
    told = {"type": "about:blank", "title": phrase, "status": status, "detail": (detail or TELLING[status])[:MOST_TOLD]}
    body = json.dumps(told | more, ensure_ascii=False).encode("utf-8", "backslashreplace")
    own = {405: {"allow": ALLOWED}, 503: {"retry-after": "5"}}.get(status, {})
    return Response(body, status, {"cache-control": "no-store", "vary": "Accept", **own, **(headers or {})}, MEDIA)


def of_error(error: Exception, address: str) -> Response:
    """The problem an error is for the reader; what only the server's keeper can mend goes to the log."""
    match error:
        case ParameterError():
            told = [{"parameter": name, "detail": what} for name, what in error.errors.items()]
            return problem(422, str(error), errors=told)
        case NotFoundError() | NoEvidenceError():
            return problem(404, str(error))
        case UserError():
            return problem(422, str(error))
        case BusyError():
            return problem(503)
        case HTTPException():
            return problem(error.status_code, "" if error.status_code in TELLING else str(error.detail))
        case LegationError():
            LOGGER.error("%s: %s", address, error)
        case _:
            LOGGER.error("%s", address, exc_info=error)
    return problem(500)


async def handle(request: Request, error: Exception) -> Response:
    """An exception handler of the application."""
    return of_error(error, request.url.path)
