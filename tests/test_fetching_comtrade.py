"""Trade of an economy comes from the API of UN Comtrade, year by year; what came is kept, the key told to nobody."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from test_sources_trade import ROW, row, tidied

from legation.errors import DataError, LegationError, UserError
from legation.fetching import comtrade
from legation.fetching.comtrade import Fetched, fetch_trade
from legation.fetching.download import FetchError

KEY = "0123456789abcdef"
INVALID = {
    "statusCode": 401,
    "message": "Access denied due to invalid subscription key. Make sure to provide a valid key for an active "
    "subscription.",
}
TOO_FAST = {"statusCode": 429, "message": "Rate limit is exceeded. Try again in 2 seconds."}
SPENT = {"statusCode": 403, "message": "Out of call volume quota. Quota will be replenished in 03:14:17."}


@dataclass
class Comtrade:
    """The API: rows by year. `refusals` are given first, one for each request; `broken` changes the next answers."""

    url: str
    rows: dict[int, list[dict[str, Any]]] = field(default_factory=dict)
    refusals: list[dict[str, Any]] = field(default_factory=list)
    broken: list[dict[str, Any]] = field(default_factory=list)
    requests: list[dict[str, str]] = field(default_factory=list)


class _Api(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        api: Comtrade = self.server.state  # type: ignore[attr-defined]
        address = urlsplit(self.path)
        query = {name: values[0] for name, values in parse_qs(address.query).items()}
        api.requests.append(query | {"path": address.path, "key": self.headers.get("Ocp-Apim-Subscription-Key", "")})
        if api.refusals:
            return self.answer(api.refusals[0]["statusCode"], api.refusals.pop(0))
        if api.requests[-1]["key"] != KEY:
            return self.answer(401, INVALID)
        rows = api.rows.get(int(query["period"]), [])
        content = {"elapsedTime": "0.18 secs", "count": len(rows), "data": rows, "error": ""}
        return self.answer(200, content | (api.broken.pop(0) if api.broken else {}))

    def answer(self, status: int, content: dict[str, Any]) -> None:
        body = json.dumps(content).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        pass


@contextmanager
def serving() -> Iterator[Comtrade]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Api)
    server.state = Comtrade(f"http://127.0.0.1:{server.server_port}")  # type: ignore[attr-defined]
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield server.state  # type: ignore[attr-defined]
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@pytest.fixture
def api(monkeypatch: pytest.MonkeyPatch) -> Iterator[Comtrade]:
    monkeypatch.setenv(comtrade.KEY_VARIABLE, KEY)
    with serving() as running:
        running.rows = {
            year: [
                row(0, "W00", 3.0, refYear=year),
                row(156, "CHN", 2.0, refYear=year),
                row(410, "KOR", 1.0, refYear=year),
            ]
            for year in (2021, 2022)
        }
        yield running


def fetch(raw: Path, api: Comtrade, first: int = 2021, last: int = 2022, **options: Any) -> Fetched:
    waits: list[float] = []
    told: dict[str, Any] = {"reporter": "JPN", "technologies": ["semiconductors"], "sleep": waits.append} | options
    return fetch_trade(raw, years=range(first, last + 1), api=api.url, **told)


def fails(raw: Path, api: Comtrade, error: type[LegationError], **options: Any) -> str:
    with pytest.raises(error) as raised:
        fetch(raw, api, **options)
    assert KEY not in str(raised.value)
    return str(raised.value)


def test_a_year_is_a_file_that_the_source_reads(tmp_path: Path, api: Comtrade) -> None:
    fetched = fetch(tmp_path, api)
    assert (len(fetched.files), fetched.rows, fetched.kept, fetched.empty_years) == (2, 6, (), ())
    assert all(file.parent == tmp_path / "trade" and file.name.startswith("comtrade-JPN-202") for file in fetched.files)
    tables, account = tidied(tmp_path, "un_comtrade")
    assert tables["trade"].select("partner_iso3", "year", "value_usd").rows() == [
        ("CHN", 2021, 2.0), ("CHN", 2022, 2.0), ("KOR", 2021, 1.0), ("KOR", 2022, 1.0),
    ]  # fmt: skip
    assert not account.left_over


def test_what_is_asked_for_is_the_goods_without_their_parts(tmp_path: Path, api: Comtrade) -> None:
    fetch(tmp_path, api)
    asked = api.requests[0]
    assert asked["path"] == "/data/v1/get/C/A/HS"
    assert asked["cmdCode"].split(",") == list(comtrade.goods_of(["semiconductors"]))
    assert {"8541", "8542", "811292"} <= set(asked["cmdCode"].split(","))
    told = {
        name: asked[name] for name in ("reporterCode", "period", "flowCode", "partner2Code", "customsCode", "motCode")
    }
    assert told == {
        "reporterCode": "392", "period": "2021", "flowCode": "M,X", "partner2Code": "0", "customsCode": "C00",
        "motCode": "0",
    }  # fmt: skip
    assert "partnerCode" not in asked


@pytest.mark.parametrize(("reporter", "number"), [("USA", "842"), ("France", "251"), ("DEU", "276"), ("CHE", "757")])
def test_economies_are_asked_for_by_the_numbers_of_comtrade(
    tmp_path: Path, api: Comtrade, reporter: str, number: str
) -> None:
    fetch(tmp_path, api, reporter=reporter)
    assert api.requests[0]["reporterCode"] == number


def test_a_year_that_is_there_is_not_fetched_again(tmp_path: Path, api: Comtrade) -> None:
    fetch(tmp_path, api)
    again = fetch(tmp_path, api, 2021, 2023)
    assert [request["period"] for request in api.requests] == ["2021", "2022", "2023"]
    assert (again.files, len(again.kept), again.empty_years) == ((), 2, (2023,))


def test_other_goods_are_another_file(tmp_path: Path, api: Comtrade) -> None:
    first, second = fetch(tmp_path, api, last=2021), fetch(tmp_path, api, last=2021, technologies=["batteries"])
    assert set(first.files).isdisjoint(second.files)


def test_it_waits_when_it_is_told_to_slow_down(tmp_path: Path, api: Comtrade) -> None:
    api.refusals = [TOO_FAST, TOO_FAST]
    waits: list[float] = []
    assert fetch(tmp_path, api, sleep=waits.append).rows == 6
    assert len(waits) == 2


def test_what_came_before_the_allowance_was_spent_is_kept(tmp_path: Path, api: Comtrade) -> None:
    fetch(tmp_path, api, last=2021)
    api.refusals = [SPENT]
    said = fails(tmp_path, api, FetchError)
    assert "the key's allowance is spent (Out of call volume quota" in said
    assert len(list((tmp_path / "trade").iterdir())) == 1
    assert len(fetch(tmp_path, api).kept) == 1


def test_a_key_that_is_absent_or_refused(tmp_path: Path, api: Comtrade, monkeypatch: pytest.MonkeyPatch) -> None:
    api.refusals = [INVALID]
    assert "does not accept the key" in fails(tmp_path, api, UserError)
    monkeypatch.delenv(comtrade.KEY_VARIABLE)
    said = fails(tmp_path, api, UserError)
    assert comtrade.KEY_VARIABLE in said
    assert "comtradedeveloper.un.org" in said


@pytest.mark.parametrize(
    ("broken", "error", "said"),
    [
        ({"count": 9}, DataError, "9 rows announced, 3 there"),
        ({"data": None}, DataError, "none there"),
        ({"error": "Maximum result is exceeded"}, FetchError, "Maximum result is exceeded"),
    ],
)
def test_an_answer_that_is_not_whole_is_not_kept(
    tmp_path: Path, api: Comtrade, broken: dict[str, Any], error: type[LegationError], said: str
) -> None:
    api.broken = [broken]
    assert said in fails(tmp_path, api, error)
    assert not list(tmp_path.rglob("*.json"))


def test_an_answer_at_the_limit_may_lack_rows(tmp_path: Path, api: Comtrade, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(comtrade, "MOST_ROWS", 3)
    assert "name fewer technologies" in fails(tmp_path, api, FetchError)


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"reporter": "Atlantis"}, "unknown country 'Atlantis'"),
        ({"reporter": "TWN"}, "does not report to UN Comtrade"),
        ({"technologies": ["semiconductor"]}, "did you mean semiconductors"),
        ({"technologies": ["artificial-intelligence"]}, "artificial-intelligence names no goods"),
        ({"first": 1800}, "1800 is no year of UN Comtrade"),
        ({"first": 2023}, "no year to fetch"),
    ],
)
def test_what_there_is_not_is_said_before_anything_is_asked(
    tmp_path: Path, api: Comtrade, options: dict[str, Any], said: str
) -> None:
    assert said in fails(tmp_path, api, UserError, **options)
    assert not api.requests


def test_the_rows_have_the_columns_of_the_api() -> None:
    assert len(ROW) == 47
