"""Logs of servers: a line for people, or a JSON object a line for programs that gather logs.

`legation serve` writes lines; with LEGATION_LOG=json each is an object with `time` (UTC, ISO 8601), `level`, `logger`
and `message`; an access line also has `client`, `method`, `path` and `status`, and a failure has `error`, the kind and
text of the exception and where it was raised, on one line.
"""

from __future__ import annotations

import json
import logging
import traceback
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Literal, get_args

from legation.errors import unknown

Form = Literal["text", "json"]
ACCESS_LOGGER = "uvicorn.access"
ACCESS_PARTS = ("client", "method", "path", "http_version", "status")


class JsonLines(logging.Formatter):
    """A record as one JSON object on one line; what a reader typed cannot begin a new one."""

    def format(self, record: logging.LogRecord) -> str:
        told: dict[str, Any] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
        }
        if record.name == ACCESS_LOGGER and isinstance(record.args, tuple):
            told |= dict(zip(ACCESS_PARTS, record.args, strict=False))
        if record.exc_info and record.exc_info[1] is not None:
            error = record.exc_info[1]
            last = traceback.extract_tb(error.__traceback__)[-1:]
            where = f" at {last[0].name}:{last[0].lineno}" if last else ""
            told["error"] = f"{type(error).__name__}: {error}{where}"
        return json.dumps(told, ensure_ascii=True, default=str)


def configuration(form: Form) -> dict[str, Any]:
    """How a server logs, for `logging.config.dictConfig` or uvicorn's `log_config`: everything to standard error."""
    formats: dict[str, Any] = {
        "json": {"()": JsonLines},
        "text": {"format": "%(asctime)s %(levelname)s %(name)s: %(message)s"},
    }
    handled = {"handlers": ["stderr"], "level": "INFO", "propagate": False}
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"lines": formats[form]},
        "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "lines", "stream": "ext://sys.stderr"}},
        "loggers": dict.fromkeys(("legation", "uvicorn", "uvicorn.error", ACCESS_LOGGER), handled),
    }


def server_logs(environment: Mapping[str, str]) -> dict[str, Any]:
    """What uvicorn takes: every access as JSON with LEGATION_LOG=json, else warnings alone.

    Raises: UserError for another form.
    """
    form = environment.get("LEGATION_LOG", "text")
    if form not in get_args(Form):
        raise unknown("form of logs in LEGATION_LOG", form, get_args(Form))
    if form == "json":
        return {"log_config": configuration("json"), "log_level": "info"}
    return {"log_level": "warning"}
