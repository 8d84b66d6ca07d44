"""Logs for programs: one JSON object a line, whatever a reader typed."""

import io
import json
import logging
import logging.config

import pytest

from legation.errors import UserError
from legation.surfaces.logs import Form, JsonLines, configuration, server_logs


def logged(name: str, message: str, *args: object, error: Exception | None = None) -> dict[str, object]:
    """A record formatted, and read as a program that gathers logs would: a line at a time."""
    raised = (type(error), error, error.__traceback__) if error else None
    record = logging.LogRecord(name, logging.WARNING, "file.py", 1, message, args, raised)
    line = JsonLines().format(record)
    assert "\n" not in line
    told: dict[str, object] = json.loads(line)
    return told


def test_a_record_is_an_object_with_time_level_and_message() -> None:
    told = logged("legation", "%s of %d", "one", 2)
    assert (told["level"], told["logger"], told["message"]) == ("warning", "legation", "one of 2")
    assert str(told["time"]).endswith("+00:00")


def test_what_a_reader_typed_cannot_begin_a_new_line() -> None:
    assert logged("legation", "%s", 'x\n{"level": "info"}\u2028y')["message"] == 'x\n{"level": "info"}\u2028y'


def test_an_access_has_its_parts_by_name() -> None:
    told = logged("uvicorn.access", '%s - "%s %s HTTP/%s" %d', "127.0.0.1:5", "GET", "/en/", "1.1", 200)
    assert (told["method"], told["path"], told["status"]) == ("GET", "/en/", 200)


def test_a_failure_is_told_on_one_line_with_its_place() -> None:
    try:
        int("x")
    except ValueError as error:
        told = logged("legation", "failed", error=error)
    assert str(told["error"]).startswith("ValueError: invalid literal for int() with base 10: 'x' at test_a_failure")


@pytest.mark.parametrize("form", ["json", "text"])
def test_the_configuration_is_one_logging_takes(form: Form, monkeypatch: pytest.MonkeyPatch) -> None:
    stream = io.StringIO()
    monkeypatch.setattr("sys.stderr", stream)
    logging.config.dictConfig(configuration(form))
    logging.getLogger("legation").info("hello")
    assert ('"message": "hello"' in stream.getvalue()) == (form == "json")
    assert "hello" in stream.getvalue()
    for name in ("legation", "uvicorn", "uvicorn.error", "uvicorn.access"):
        logging.getLogger(name).handlers.clear()
        logging.getLogger(name).propagate = True


def test_the_environment_says_which() -> None:
    assert server_logs({}) == {"log_level": "warning"}
    assert server_logs({"LEGATION_LOG": "json"})["log_config"] == configuration("json")
    with pytest.raises(UserError, match="did you mean json"):
        server_logs({"LEGATION_LOG": "jsn"})
