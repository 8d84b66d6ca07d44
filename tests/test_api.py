"""The REST interface: every answer, indicator and table, in every form, and every mistake told."""

import contextlib
import io
import json
import re
import shlex
import socket
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import polars as pl
import pytest
import schemathesis
import uvicorn
from fastapi.testclient import TestClient
from hypothesis import HealthCheck, given, settings
from schemathesis import GenerationMode
from schemathesis.checks import positive_data_acceptance
from schemathesis.core.result import Ok

import legation
from legation import registry
from legation.evidence import Evidence
from legation.store import Store
from legation.surfaces.parameters import read_texts
from legation.surfaces.rest import app, create_api, making
from legation.surfaces.rest.forms import MEDIA, MOST_ROWS, chosen
from legation.surfaces.web import create_app

DOCS = Path(__file__).parents[1] / "docs" / "api.md"
ADDRESS_TOO_LONG = 414
PROBLEM = "application/problem+json"
ABOUT = {"home": "KOR", "technology": "quantum"}
FORMS = {
    "json": "application/json",
    "csv": "text/csv; charset=utf-8",
    "parquet": "application/vnd.apache.parquet",
    "arrow": "application/vnd.apache.arrow.stream",
}


@pytest.fixture(scope="module")
def evidence() -> Evidence:
    return legation.open().remembering()


@pytest.fixture(scope="module")
def api(evidence: Evidence) -> TestClient:
    return TestClient(create_api(evidence))


@pytest.fixture(scope="module")
def base(evidence: Evidence) -> Iterator[str]:
    """The address of a server on loopback that serves the pages and the interface."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    server = uvicorn.Server(uvicorn.Config(create_app(evidence), port=port, log_level="warning"))
    thread = threading.Thread(target=server.run)
    thread.start()
    for _ in range(100):
        if server.started:
            break
        time.sleep(0.1)
    yield f"http://127.0.0.1:{port}"
    server.should_exit = True
    thread.join(20)


@pytest.fixture(scope="module")
def described(api: TestClient) -> dict[str, Any]:
    told: dict[str, Any] = api.get("/openapi.json").json()
    return told


def read(content: bytes, form: str) -> pl.DataFrame:
    readers = {"csv": pl.read_csv, "parquet": pl.read_parquet, "arrow": pl.read_ipc_stream}
    return readers[form](io.BytesIO(content))  # type: ignore[operator, no-any-return]


# What is given


@pytest.mark.parametrize("form", ["csv", "parquet", "arrow"])
def test_a_table_is_the_same_in_every_form(api: TestClient, evidence: Evidence, form: str) -> None:
    by_format = api.get("/answers/exposure", params={**ABOUT, "format": form})
    by_accept = api.get("/answers/exposure", params=ABOUT, headers={"Accept": FORMS[form].partition(";")[0]})
    assert by_format.headers["content-type"] == by_accept.headers["content-type"] == FORMS[form]
    assert by_format.content == by_accept.content
    expected = evidence.exposure("KOR", "quantum").table
    found = read(by_format.content, form)
    assert found.columns == expected.columns
    assert found["value"].to_list() == pytest.approx(expected["value"].to_list(), nan_ok=True)
    assert found["iso3"].to_list() == expected["iso3"].to_list()


def test_an_answer_carries_where_its_numbers_came_from(api: TestClient, evidence: Evidence) -> None:
    told = api.get("/answers/exposure", params=ABOUT).json()
    answer = evidence.exposure("KOR", "quantum")
    assert told["build"] == evidence.store.build
    assert told["findings"] == [str(finding) for finding in answer.findings]
    assert told["missing"] == [str(finding) for finding in answer.missing]
    assert set(told["sources"]) == {citation.id for citation in answer.citations}
    assert all(figure["units"] and figure["sources"] for figure in told["figures"].values())


def test_one_table_of_an_answer_is_given_by_its_name(api: TestClient, evidence: Evidence) -> None:
    about = {"home": "DEU", "technology": "semiconductors", "figure": "suppliers"}
    response = api.get("/answers/exposure", params={**about, "format": "csv"})
    expected = evidence.exposure("DEU", "semiconductors").figures["suppliers"].table
    assert read(response.content, "csv").height == expected.height > 0
    told = api.get("/answers/exposure", params=about).json()
    assert list(told["figures"]) == ["suppliers"]
    assert 'rel="describedby"' in response.headers["link"]


def test_countries_go_by_code_or_by_name_and_words_by_language(api: TestClient) -> None:
    by_name = api.get("/answers/institutions", params={**ABOUT, "home": "south korea"})
    assert by_name.json() == api.get("/answers/institutions", params=ABOUT).json()
    korean = api.get("/answers/institutions", params={**ABOUT, "lang": "ko"}).json()
    assert korean["subject"]["home_name"] == "대한민국"


def test_options_that_may_be_given_several_times_are_repeated(api: TestClient) -> None:
    address = "/answers/norms?home=KOR&technology=quantum&beside=JPN&beside=DEU&figure=matrix&format=csv"
    shown = {*read(api.get(address).content, "csv")["iso3"].drop_nulls().to_list()}
    assert {"JPN", "DEU"} <= shown


def test_an_indicator_comes_with_its_definition_and_only_rows_asked_for(api: TestClient, evidence: Evidence) -> None:
    told = api.get("/indicators/output_share/rows?scope=quantum&country=KOR&setting=draws=200").json()
    expected = evidence.indicator("output_share", scope="quantum", draws=200).filter(pl.col("iso3") == "KOR")
    assert told["page"]["total"] == expected.height == len(told["rows"])
    assert [row["output_share"] for row in told["rows"]] == pytest.approx(expected["output_share"].to_list())
    assert told["about"]["settings"]["draws"] == 200
    assert told["about"]["units"]
    assert {row["source"] for row in told["rows"]} <= set(told["about"]["sources"])


def test_pages_follow_one_another_to_the_last_row(api: TestClient, evidence: Evidence) -> None:
    """Read by the links alone, the pages hold every row once and in order."""
    address: str | None = "/tables/minerals/rows?limit=700&format=parquet"
    pages: list[pl.DataFrame] = []
    while address:
        response = api.get(address)
        pages.append(read(response.content, "parquet"))
        address = response.links.get("next", {}).get("url")
    assert len(pages) > 1
    whole = pl.concat(pages)
    assert whole.equals(evidence.table("minerals").select(whole.columns))
    assert response.headers["legation-rows"] == str(whole.height)
    assert "prev" in response.links


def test_no_page_is_longer_than_its_form_allows(api: TestClient) -> None:
    told = api.get("/tables/votes/rows?limit=2000000").json()
    assert len(told["rows"]) == told["page"]["limit"] == MOST_ROWS["json"]
    assert told["page"]["total"] > MOST_ROWS["json"]


@pytest.mark.parametrize("kind", ["answers", "indicators", "tables", "sources", "technologies", "countries"])
def test_what_there_is_is_listed(api: TestClient, kind: str) -> None:
    told = api.get(f"/{kind}").json()
    assert read(api.get(f"/{kind}?format=csv").content, "csv").height == len(told[kind]) > 5


@pytest.mark.parametrize("kind", ["indicators", "tables", "technologies"])
def test_everything_that_has_a_name_is_told(api: TestClient, kind: str) -> None:
    for name in getattr(registry, kind)():
        assert api.get(f"/{kind}/{name}").json()["id"] == name


def test_single_works_and_authorships_are_not_listed(api: TestClient) -> None:
    records = [name for name, table in registry.tables().items() if table.records]
    assert {"works", "authorships"} <= {*records}
    for name in records:
        response = api.get(f"/tables/{name}/rows")
        assert response.status_code == 404
        assert "counted and not listed" in response.json()["detail"]


def test_where_to_begin_leads_to_all_there_is(api: TestClient) -> None:
    addresses = api.get("/").json()["addresses"]
    assert all(api.get(address).status_code == 200 for address in addresses.values())


def test_every_source_is_told_with_its_licence(api: TestClient) -> None:
    for name in Store.open().manifest["sources"]:
        assert api.get(f"/sources/{name}").json()["licence"]


# Asking again, and for the head alone


def test_what_a_reader_has_is_not_sent_again(api: TestClient) -> None:
    first = api.get("/build")
    again = api.get("/build", headers={"If-None-Match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["etag"] == first.headers["etag"]
    other = api.get("/countries", headers={"If-None-Match": first.headers["etag"]})
    assert other.status_code == 200


def test_the_tag_tells_forms_requests_and_builds_apart(api: TestClient, store: Path) -> None:
    one, two = (api.get(f"/countries?format={form}").headers["etag"] for form in ("csv", "json"))
    elsewhere = TestClient(create_api(Evidence.open(store))).get("/countries?format=csv").headers["etag"]
    assert len({one, two, elsewhere}) == 3
    assert "Accept" in api.get("/countries").headers["vary"]


def test_what_was_given_is_given_again_unread(evidence: Evidence, monkeypatch: pytest.MonkeyPatch) -> None:
    """The same address in the same form is known again as it is written; another form or order of it is read anew."""
    readings: list[Any] = []
    api = TestClient(create_api(evidence))

    def reads(*given: Any) -> dict[str, Any]:
        readings.append(given)
        return read_texts(*given)

    monkeypatch.setattr(app, "read_texts", reads)
    address = "/indicators/output_share/rows?scope=quantum&limit=3"
    json_first, csv_first = (api.get(address, headers={"accept": form}) for form in (MEDIA["json"], "text/csv"))
    assert len(readings) == 2
    for form, first in ((MEDIA["json"], json_first), ("text/csv", csv_first)):
        again = api.get(address, headers={"accept": form})
        assert (again.content, again.headers) == (first.content, first.headers)
        same = api.get(address, headers={"accept": form, "if-none-match": first.headers["etag"]})
        assert (same.status_code, same.content) == (304, b"")
    assert len(readings) == 2
    turned = api.get("/indicators/output_share/rows?limit=3&scope=quantum", headers={"accept": MEDIA["json"]})
    assert (turned.headers["etag"], len(readings)) == (json_first.headers["etag"], 3)


def test_the_head_is_that_of_the_answer(api: TestClient) -> None:
    head, whole = api.head("/countries?format=csv"), api.get("/countries?format=csv")
    assert head.status_code == 200
    assert head.headers["content-length"] == whole.headers["content-length"]


def test_readers_who_ask_the_same_at_once_wait_for_one_answer(
    evidence: Evidence, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = []
    slow = making.Maker.build

    def build(self: making.Maker, given: making.Asked) -> Any:
        asked.append(given)
        time.sleep(0.3)
        return slow(self, given)

    monkeypatch.setattr(making.Maker, "build", build)
    with TestClient(create_api(evidence)) as client:
        readers = [threading.Thread(target=client.get, args=["/build"]) for _ in range(6)]
        for reader in readers:
            reader.start()
        for reader in readers:
            reader.join()
    assert len(asked) == 1


# Mistakes


@pytest.mark.parametrize(
    ("address", "status", "told"),
    [
        ("/answers/position?home=KOR&technology=quantun", 422, "did you mean quantum?"),
        ("/answers/position?home=Korea&technology=quantum", 422, "South Korea (KOR)"),
        ("/answers/position?technology=quantum", 422, "home: is missing"),
        ("/answers/position?home=KOR&home=JPN&technology=quantum", 422, "home: is given 2 times"),
        ("/answers/position?home=KOR&technology=quantum&tecnology=x", 422, "did you mean technology?"),
        ("/answers/position?home=KOR&technology=quantum&figure=standin", 422, "did you mean standing"),
        ("/answers/pair?home=KOR&partner=KOR&technology=quantum", 422, "the partner is the home country"),
        ("/answers/partners?home=KOR&technology=quantum&draws=many", 422, "give a whole number"),
        ("/answers/partners?home=KOR&technology=quantum&weights=/etc/passwd", 422, "unknown parameter 'weights'"),
        ("/answers/scenario?home=KOR&technology=quantum&file=/etc/passwd", 422, "unknown parameter 'file'"),
        ("/answers/position?home=K%00R&technology=quantum", 422, "U+0000"),
        ("/answers/position?home=K%E2%80%AER&technology=quantum", 422, "U+202E"),
        (f"/answers/position?home={'K' * 300}&technology=quantum", 422, "has 300 characters"),
        ("/indicators/top10_shar", 404, "did you mean top10_share"),
        ("/indicators/top10_share/rows?setting=drows=1", 422, "did you mean draws?"),
        ("/indicators/top10_share/rows?setting=draws", 422, "give name=value"),
        ("/indicators/top1_share/rows?setting=draws=0", 422, "from 1 to 10000"),
        ("/indicators/output/rows?scope=quantun", 404, "quantum"),
        ("/indicators/output/rows?partner=JPN", 422, "have no partner"),
        ("/tables/trade/rows?limit=0", 422, "from 1 to"),
        ("/tables/%00", 404, "unknown table"),
        ("/tables/..%2F..%2Fetc%2Fpasswd", 404, ""),
        ("/countries?format=xml", 422, "unknown format 'xml'"),
        ("/nothing", 404, "openapi.json"),
    ],
)
def test_a_mistake_says_what_and_what_to_do(api: TestClient, address: str, status: int, told: str) -> None:
    response = api.get(address)
    assert (response.status_code, response.headers["content-type"]) == (status, PROBLEM)
    problem = response.json()
    assert problem["status"] == status
    assert told in problem["detail"]
    assert "Traceback" not in response.text
    assert str(Path(legation.__file__).parent) not in response.text


def test_all_that_is_wrong_is_told_at_once(api: TestClient) -> None:
    errors = api.get("/answers/position?home=Nowhere&technology=x&foo=1").json()["errors"]
    assert {error["parameter"] for error in errors} == {"home", "technology", "foo"}


def test_other_methods_and_bodies_are_refused(api: TestClient) -> None:
    posted = api.post("/build", json={})
    assert (posted.status_code, posted.headers["allow"]) == (405, "GET, HEAD")
    refused = {
        415: api.request("GET", "/build", content=b"{broken", headers={"Content-Type": "application/json"}),
        413: api.request("GET", "/build", content=b"x" * 70_000),
        414: api.get("/build?" + "x" * 9_000),
        406: api.get("/countries", headers={"Accept": "image/png, text/html;q=0.9"}),
    }
    for status, response in refused.items():
        assert (response.status_code, response.headers["content-type"]) == (status, PROBLEM)


@pytest.mark.parametrize(
    ("accepts", "form"),
    [
        ("", "json"), ("*/*", "json"), ("text/*", "csv"), ("application/json;q=0.1, text/csv", "csv"),
        ("text/html, */*;q=0.1", "json"), ("application/vnd.apache.parquet", "parquet"),
        ("application/json;q=0, */*", "csv"), ("TEXT/CSV; charset=utf-8", "csv"), ("text/csv;q=x, */*;q=0.1", "json"),
    ],
)  # fmt: skip
def test_the_form_is_what_the_reader_prefers(accepts: str, form: str) -> None:
    assert chosen(accepts, None) == form


def test_a_fault_of_the_server_tells_nothing_of_it(evidence: Evidence, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        raise RuntimeError("/srv/secret/place")

    monkeypatch.setattr(making.Maker, "build", broken)
    response = TestClient(create_api(evidence)).get("/build")
    assert (response.status_code, response.headers["content-type"]) == (500, PROBLEM)
    assert "secret" not in response.text


def test_a_store_that_was_altered_is_a_fault_without_its_path(store: Path) -> None:
    client = TestClient(create_api(Evidence.open(store)))
    part = next((store / "tables").rglob("*.parquet"))
    part.write_bytes(b"altered")
    response = client.get(f"/tables/{part.parent.name}/rows")
    assert response.status_code == 500
    assert str(store) not in response.text


def test_pages_of_other_origins_read_only_where_they_are_named(evidence: Evidence) -> None:
    origin = {"Origin": "https://dashboard.example.org"}
    closed = TestClient(create_api(evidence)).get("/build", headers=origin)
    assert "access-control-allow-origin" not in closed.headers
    opened = TestClient(create_api(evidence, origins=(origin["Origin"],)))
    assert opened.get("/build", headers=origin).headers["access-control-allow-origin"] == origin["Origin"]
    assert "access-control-allow-origin" not in opened.get("/build", headers={"Origin": "https://other.org"}).headers


def test_what_stands_before_the_pages_refuses_in_the_same_form(base: str) -> None:
    for response in (
        httpx.get(f"{base}/api/v1/build?{'x' * 5_000}"),
        httpx.get(f"{base}/api/v1/build", headers={"Host": "elsewhere.example.org"}),
    ):
        assert response.headers["content-type"] == PROBLEM
        assert response.json()["status"] == response.status_code in (414, 421)


# Its description


def test_every_question_and_option_is_described_and_no_file(described: dict[str, Any]) -> None:
    assert described["openapi"].startswith("3.1")
    for question in registry.questions().values():
        told = described["paths"][f"/answers/{question.id}"]["get"]
        names = {p["name"] for p in told["parameters"]}
        assert names == {*registry.places(question), *registry.options(question), "lang", "figure", "format"} - {
            *question.files
        }
        assert all(p["description"] for p in told["parameters"])
    technologies = described["paths"]["/answers/position"]["get"]["parameters"][1]["schema"]["enum"]
    assert technologies == list(registry.technologies())


def test_examples_are_real_answers(api: TestClient, described: dict[str, Any]) -> None:
    for question in registry.questions():
        told = described["paths"][f"/answers/{question}"]["get"]
        if question == "scenario":
            continue
        example = told["responses"]["200"]["content"]["application/json"]["example"]
        given = {p["name"]: p["example"] for p in told["parameters"] if p["required"]}
        answer = api.get(f"/answers/{question}", params={**given, **({"draws": 200} if question == "partners" else {})})
        assert answer.json()["findings"][: len(example["findings"])] == example["findings"]


@pytest.mark.parametrize("mode", list(GenerationMode), ids=lambda mode: mode.value)
def test_whatever_is_asked_is_answered_as_described(evidence: Evidence, mode: GenerationMode) -> None:
    """With requests that fit the description and with such as do not. But that a schema cannot say which words name a
    country or a bloc, so that 422 is right for some of what it allows."""
    schema = schemathesis.openapi.from_asgi("/openapi.json", create_api(evidence))
    operations = [found.ok() for found in schema.get_all_operations() if isinstance(found, Ok)]
    asked = [o for o in operations if mode is GenerationMode.POSITIVE or o.query]
    assert len(asked) > 15
    for operation in asked:

        @given(case=operation.as_strategy(generation_mode=mode))
        @settings(max_examples=8, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
        def ask(case: Any) -> None:
            response = case.call()
            if response.status_code != ADDRESS_TOO_LONG:  # right for what is wrong, though the tool does not know it
                case.validate_response(response, excluded_checks=[positive_data_acceptance])

        ask()


# Its documentation


def _blocks() -> list[tuple[str, str]]:
    return re.findall(r"^```(\w+)\n(.*?)^```", DOCS.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)


def test_the_commands_of_the_documentation_work(base: str) -> None:
    last: httpx.Response | None = None
    ran = 0
    for kind, text in _blocks():
        if kind == "sh":
            for line in text.splitlines():
                last, ran = _curl(line, base), ran + 1
        elif kind == "json":
            assert last is not None
            assert last.text == text.strip()
    assert ran > 10


def _curl(line: str, base: str) -> httpx.Response:
    command, *words = shlex.split(line.replace("http://127.0.0.1:8000", base))
    assert command == "curl"
    headers = [words[i + 1].partition(": ") for i, word in enumerate(words) if word == "-H"]
    response = httpx.get(words[-1], headers={name: value for name, _, value in headers}, timeout=60)
    expected = 422 if "quantun" in line else 200
    assert response.status_code == expected, (line, response.text[:500])
    return response


def test_the_programs_of_the_documentation_work(base: str) -> None:
    programs = [text for kind, text in _blocks() if kind == "python"]
    assert len(programs) == 2
    for text in programs:
        printed = io.StringIO()
        with contextlib.redirect_stdout(printed):
            exec(text.replace("http://127.0.0.1:8000", base), {})  # our own documentation
        assert printed.getvalue().strip()


def test_problems_are_json(api: TestClient) -> None:
    assert json.loads(api.get("/answers/position?home=%ff&technology=quantum").content)["status"] == 422
