"""The pages without a browser: views in both languages, mistakes, headers, hostile input, files, caching, limits."""

import csv
import io
import json
import re
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from html.parser import HTMLParser
from threading import Barrier
from typing import Any

import openpyxl  # type: ignore[import-untyped]
import polars as pl
import pytest
from starlette.testclient import TestClient

import legation
from legation import registry
from legation.evidence import Evidence
from legation.language import LANGUAGES
from legation.surfaces.display import naming_sources
from legation.surfaces.web import Settings, create_app
from legation.surfaces.web.addresses import language_of, options_of
from legation.surfaces.web.guard import Rates
from legation.surfaces.web.settings import exposure

FREE = Settings(requests_per_minute=0, hosts=())
HOSTILE = (
    "<script>alert(1)</script>", "\"><img src=x onerror=alert(1)>", "' OR 1=1 --", "../../etc/passwd", "{{7*7}}", "%00",
    "=cmd|' /C calc'!A0", "𝕂" * 300,
)  # fmt: skip
SIX = "&".join(f"country={code}" for code in ("KOR", "JPN", "CHN", "USA", "DEU", "FRA"))
ADDRESSES = {
    "coalition": "coalition?share=0.4", "partners": "partners?lens=complementarity", "pair": "pair/CHE",
    "topics": "topics/CHE", "scenario": "scenario?remove=member:IAEA",
}  # fmt: skip


class Page(HTMLParser):
    """What a test looks at in a page: elements by name with their attributes, and the text."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.text += data

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.elements if name == tag]

    def links(self) -> list[str]:
        return [str(a["href"]) for a in self.all("a") if a.get("href")]


@pytest.fixture(scope="module")
def evidence() -> Evidence:
    return legation.open()


@pytest.fixture(scope="module")
def reader(evidence: Evidence) -> Iterator[TestClient]:
    with TestClient(create_app(evidence, FREE), raise_server_exceptions=False) as client:
        yield client


def view(question: str, lang: str, home: str = "KOR", technology: str = "nuclear") -> str:
    return f"/{lang}/{home}/{technology}/{ADDRESSES.get(question, question)}"


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("question", sorted(registry.questions()))
def test_every_question_is_a_page_in_every_language(
    reader: TestClient, evidence: Evidence, question: str, lang: str
) -> None:
    """Findings, what is missing, caveats, sources with licence and vintage, and the build stand on the page."""
    answer = reader.get(view(question, lang))
    page = Page(answer.text)
    assert answer.status_code == 200
    assert page.all("html")[0]["lang"] == lang
    asked: dict[str, Any] = {"home": "KOR", "technology": "nuclear"}
    if "partner" in registry.places(registry.questions()[question]):
        asked["partner"] = "CHE"
    given: dict[str, dict[str, Any]] = {
        "coalition": {"share": 0.4}, "partners": {"lens": "complementarity"}, "scenario": {"remove": ("member:IAEA",)},
    }  # fmt: skip
    asked |= given.get(question, {})
    told = evidence.ask(question, lang, **asked)
    text = " ".join(page.text.split())
    said = [naming_sources(finding, lang) for finding in (*told.findings, *told.missing, *told.coverage)]
    assert not any(source in line for source in registry.sources() if "_" in source for line in said)
    lines = [*said, *told.caveats.values(), told.build]
    for line in [*lines, *(c.licence for c in told.citations), *(c.vintage for c in told.citations)]:
        assert " ".join(str(line).replace("`", "").split()) in text
    assert told.question in text
    for figure in told.figures.values() if told.findings else ():
        assert f'id="{figure.id}"' in answer.text


def test_a_page_needs_no_script_and_brings_none_inline(reader: TestClient) -> None:
    page = Page(reader.get("/en/KOR/quantum/position").text)
    assert page.all("script")
    assert all("src" in script for script in page.all("script"))
    assert not page.all("style")
    assert not [attributes for _, attributes in page.elements if {"style", "onclick", "onload"} & set(attributes)]
    assert all(form["method"] == "get" for form in page.all("form"))


def test_the_front_door_leads_to_the_language_of_the_reader(reader: TestClient) -> None:
    def to(accepts: str) -> str:
        answer = reader.get("/", headers={"accept-language": accepts}, follow_redirects=False)
        assert answer.headers["vary"] == "Accept-Language"
        return answer.headers["location"]

    assert to("ko-KR,ko;q=0.9,en;q=0.8") == "/ko/"
    assert to("fr;q=0.9, en;q=0.5, ko;q=0.4") == "/en/"
    assert to("ko;q=0, nonsense;q=x") == "/en/"


def test_the_language_switch_keeps_the_view(reader: TestClient) -> None:
    address = "/en/KOR/quantum/partners?lens=contribution&weight.training=2"
    links = Page(reader.get(address).text).links()
    assert address.replace("/en/", "/ko/") in [link.replace("&amp;", "&") for link in links]


def test_names_and_spellings_lead_to_the_one_address(reader: TestClient) -> None:
    for spelt in ("/en/kr/quantum/position", "/en/South%20Korea/Quantum%20technologies/position"):
        answer = reader.get(spelt, follow_redirects=False)
        assert (answer.status_code, answer.headers["location"]) == (303, "/en/KOR/quantum/position")


def test_the_form_of_the_home_page_leads_to_the_view(reader: TestClient) -> None:
    given = {"home": "KOR", "technology": "quantum", "question": "pair", "partner": "NLD"}
    answer = reader.get("/ko/go", params=given, follow_redirects=False)
    assert answer.headers["location"] == "/ko/KOR/quantum/pair/NLD"
    chosen = reader.get("/ko/go", params=given | {"partner": ""})
    assert chosen.status_code == 200
    assert Page(chosen.text).all("select")[0]["name"] == "partner"
    brief = reader.get("/ko/go", params=given | {"question": "brief"}, follow_redirects=False)
    assert brief.headers["location"] == "/ko/KOR/quantum/brief/NLD"


def test_blank_fields_and_defaults_of_a_form_leave_the_address(reader: TestClient) -> None:
    answer = reader.get("/en/KOR/quantum/role?bloc=&bloc=EU", follow_redirects=False)
    assert answer.headers["location"] == "/en/KOR/quantum/role?bloc=EU"
    lens = registry.lenses()["competitiveness"].criteria
    usual = [("lens", "competitiveness"), *((f"weight.{name}", f"{c.weight:g}") for name, c in lens.items())]
    assert options_of(registry.questions()["partners"], usual) == {}


def test_weights_of_the_form_reach_the_ranking(reader: TestClient) -> None:
    name = next(iter(registry.lenses()["competitiveness"].criteria))
    without = reader.get(f"/en/KOR/quantum/partners/table/criteria.json?weight.{name}=0").json()
    assert name not in {row["criterion"] for row in without}
    page = Page(reader.get(f"/en/KOR/quantum/partners?weight.{name}=3").text)
    assert next(i["value"] for i in page.all("input") if i.get("name") == f"weight.{name}") == "3"


def test_options_that_are_paths_are_not_taken_from_an_address(reader: TestClient, tmp_path: Any) -> None:
    secret = tmp_path / "weights.toml"
    secret.write_text("[weights]\n")
    for question, option in (("partners", "weights"), ("scenario", "file")):
        answer = reader.get(f"/en/KOR/quantum/{question}", params={option: str(secret)})
        assert answer.status_code == 422
        assert f'name="{option}"' not in reader.get(f"/en/KOR/quantum/{question}").text


@pytest.mark.parametrize(
    ("address", "status", "words"),
    [
        ("/en/KORR/quantum/position", 404, "There is no country called “KORR”"),
        ("/ko/대한민/quantum/position", 404, "“대한민”(이)라는 국가는 없다"),
        ("/en/KOR/quantun/position", 404, "There is no technology called"),
        ("/en/KOR/quantum/nonsense", 404, "There is no such page"),
        ("/en/KOR/quantum/partners?lens=nonsense", 422, "unknown lens"),
        ("/en/KOR/quantum/partners?draws=many", 422, "draws cannot be 'many'; give a whole number"),
        ("/en/KOR/quantum/coalition?share=nan", 422, "share cannot be 'nan'; give a number"),
        ("/en/KOR/quantum/position?lense=x", 422, "it has none"),
        ("/en/KOR/quantum/position/why/nonsense", 422, "unknown table"),
        ("/en/KOR/quantum/position/table/standing.exe", 422, "unknown format"),
        ("/en/KOR/quantum/pair/KOR", 422, "The partner is the home country"),
        ("/ko/KOR/quantum/pair/KOR", 422, "상대국이 자국과 같다"),
        ("/en/methods/indicators/nonsense", 404, "There is no such page"),
        ("/en/compare/quantum?bloc=NONSENSE", 422, "unknown bloc"),
        (f"/en/compare/quantum?{SIX}", 422, "at most 5"),
    ],
)  # fmt: skip
def test_a_mistake_gives_a_page_that_helps(reader: TestClient, address: str, status: int, words: str) -> None:
    answer = reader.get(address)
    page = Page(answer.text)
    assert answer.status_code == status
    assert words in page.text
    assert page.all("html")[0]["lang"] == address[1:3]
    assert "Traceback" not in answer.text


def test_what_is_near_an_unknown_name_is_a_link_to_the_same_view(reader: TestClient) -> None:
    assert "/en/KOR/quantum/position" in Page(reader.get("/en/KOR/quantun/position").text).links()
    assert "/en/NLD/quantum/pair/CHE" in Page(reader.get("/en/Nederlands/quantum/pair/CHE").text).links()
    assert "/ko/KOR/quantum/position" in Page(reader.get("/ko/대한민/quantum/position").text).links()


def test_a_failure_of_ours_says_no_more_than_that(evidence: Evidence, monkeypatch: pytest.MonkeyPatch) -> None:
    app = create_app(evidence, FREE)
    monkeypatch.setattr(type(app.state.site.views), "answer", lambda *_: 1 / 0)
    with TestClient(app, raise_server_exceptions=False) as client:
        answer = client.get("/ko/KOR/quantum/position")
    assert answer.status_code == 500
    assert "서버에 문제가 생겼다" in answer.text
    assert "ZeroDivision" not in answer.text
    assert "default-src 'none'" in answer.headers["content-security-policy"]


@pytest.mark.parametrize(
    "address", ["/en/", "/en/KOR/quantum/position", "/healthz", "/static/style.css", "/en/nope", "/en/KOR/quantun"]
)
def test_every_answer_carries_the_headers_of_safety(reader: TestClient, address: str) -> None:
    headers = reader.get(address).headers
    policy = headers["content-security-policy"]
    assert "unsafe" not in policy
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "same-origin"


@pytest.mark.parametrize("hostile", HOSTILE)
def test_hostile_words_are_escaped_wherever_they_stand(reader: TestClient, hostile: str) -> None:
    """As a part of the path, as the value and as the name of every option: no server error, no markup of theirs."""
    from urllib.parse import quote

    part = quote(hostile, safe="")
    addresses = [f"/en/{part}/quantum/position", f"/en/KOR/{part}/position", f"/en/KOR/quantum/pair/{part}"]
    addresses += [f"/en/KOR/quantum/position/why/{part}", f"/en/KOR/quantum/position/why/standing?c={part}&i={part}"]
    addresses += [f"/en/compare/quantum?bloc={part}", f"/en/compare/quantum?country={part}", f"/en/{part}"]
    addresses += [f"/en/KOR/quantum/position?{part}=1", f"/en/methods/{part}", f"/{part}", f"/static/{part}"]
    addresses += [f"/en/go?home={part}&technology=quantum&question=position", f"/en/KOR/quantum/brief?format={part}"]
    for question in registry.questions().values():
        options = list(registry.options(question))
        addresses += [
            f"/en/KOR/quantum/{ADDRESSES.get(question.id, question.id).split('?')[0]}?{n}={part}" for n in options
        ]
    addresses.append(f"/en/KOR/quantum/partners?weight.{part}=1")
    for address in addresses:
        answer = reader.get(address)
        assert answer.status_code < 500, address
        if answer.headers.get("content-type", "").startswith("text/html"):
            page = Page(answer.text)
            assert not [e for e in page.elements if e[0] == "img" and e[1].get("src") == "x"], address
            assert not [e for e in page.elements if e[0] == "script" and "src" not in e[1]], address
            assert not [e for e in page.elements if any(name.startswith("on") for name in e[1])], address
            assert "49" not in (page.text if hostile == "{{7*7}}" and answer.status_code == 404 else "")


def test_a_table_downloads_in_each_format_as_it_is(reader: TestClient, evidence: Evidence) -> None:
    table = evidence.position("KOR", "quantum").figures["leaders"].table
    base = "/en/KOR/quantum/position/table/leaders"
    rows = list(csv.DictReader(io.StringIO(reader.get(f"{base}.csv").text)))
    assert [float(row["value"]) for row in rows] == table["value"].to_list()
    assert [row["value"] for row in reader.get(f"{base}.json").json()] == table["value"].to_list()
    assert pl.read_parquet(io.BytesIO(reader.get(f"{base}.parquet").content)).equals(table)
    answer = reader.get(f"{base}.xlsx")
    sheet = openpyxl.load_workbook(io.BytesIO(answer.content)).active
    assert sheet is not None
    assert [cell.value for cell in sheet["C"][1:]] == table["value"].to_list()
    assert answer.headers["content-disposition"] == 'attachment; filename="legation-KOR-quantum-position-leaders.xlsx"'


def test_cells_that_begin_like_a_formula_are_defused_and_numbers_stay_numbers() -> None:
    from legation.surfaces import formats

    frame = pl.DataFrame({"name": ["=1+1", "+1", "-1", "@x", "plain"], "value": [-1.5, 2.0, -3.0, 0.0, 1.0]})
    read = list(csv.reader(io.StringIO(formats.table_bytes(frame, "csv").decode())))[1:]
    assert read == [["'=1+1", "-1.5"], ["'+1", "2.0"], ["'-1", "-3.0"], ["'@x", "0.0"], ["plain", "1.0"]]
    sheet = openpyxl.load_workbook(io.BytesIO(formats.table_bytes(frame, "xlsx"))).active
    assert sheet is not None
    assert [c.data_type for c in sheet["A"][1:]] == ["s"] * 5
    assert [c.value for c in sheet["B"][1:]] == [-1.5, 2, -3, 0, 1]


def test_why_gives_definition_formula_sources_and_the_rows_behind(reader: TestClient, evidence: Evidence) -> None:
    answer = reader.get("/en/KOR/nuclear/position/why/standing?i=patent_share")
    page = Page(answer.text)
    indicator = registry.indicators()["patent_share"]
    assert indicator.label["en"] in page.text
    assert page.all("math")
    assert indicator.reference in page.text
    assert registry.caveats()[indicator.caveats[0]].text["en"] in page.text
    rows = reader.get("/en/KOR/nuclear/position/rows/standing/patents.json").json()
    stored = evidence.table("patents").filter(pl.col("iso3") == "KOR")
    assert rows
    assert len(rows) <= stored.height
    assert {row["iso3"] for row in rows} == {"KOR"}
    years = [row["last_year"] for row in rows]
    assert years == sorted(years, reverse=True)


def test_every_why_link_of_a_view_leads_somewhere(reader: TestClient) -> None:
    for question in ("position", "partners", "exposure", "norms"):
        links = {li for li in Page(reader.get(view(question, "en")).text).links() if "/why/" in li}
        assert links
        for link in links:
            assert reader.get(link).status_code == 200, link


def test_no_record_of_a_single_work_or_person_is_shown_behind_a_number(reader: TestClient) -> None:
    for name in (t.id for t in registry.tables().values() if t.records):
        assert reader.get(f"/en/KOR/quantum/position/rows/standing/{name}.json").status_code == 422


def test_countries_and_own_blocs_are_compared_by_address(reader: TestClient) -> None:
    five = reader.get("/en/compare/quantum?country=KOR&country=JPN&country=DEU")
    assert five.status_code == 200
    heads = re.findall(r'<th scope="col" class="number"><a href="/en/(...)/quantum/position">', five.text)
    assert heads == ["KOR", "JPN", "DEU"]
    own = reader.get("/en/compare/quantum/table.json", params={"bloc": "MINE=KOR,NLD"}).json()
    assert list(dict.fromkeys(row["iso3"] for row in own)) == ["KOR", "NLD"]
    alone = reader.get("/en/KOR/quantum/position/table/standing.json").json()
    ours = [row for row in own if row["iso3"] == "KOR"]
    assert [row["value"] for row in ours] == [row["value"] for row in alone]


def test_every_generated_page_is_served(reader: TestClient, evidence: Evidence) -> None:
    from legation.surfaces import pages

    names = [name.removesuffix(".md") for name in pages.pages(evidence.store) if name != "index.md"]
    index = Page(reader.get("/en/methods/").text)
    assert index.all("h1")
    for name in names[::9]:
        answer = reader.get(f"/en/methods/{name}")
        assert answer.status_code == 200, name
        assert "$$" not in answer.text
        for link in (li for li in Page(answer.text).links() if not li.startswith(("http", "/", "#"))):
            assert reader.get(f"/en/methods/{name.rpartition('/')[0]}/{link}").status_code == 200, (name, link)


def test_the_brief_is_a_page_and_a_file(reader: TestClient) -> None:
    page = reader.get("/en/KOR/quantum/brief/CHE")
    assert page.status_code == 200
    assert "unsafe" not in page.headers["content-security-policy"]
    assert "sha256-" in page.headers["content-security-policy"]
    assert reader.get("/en/KOR/quantum/brief/CHE?format=pdf").content.startswith(b"%PDF")


def test_what_a_reader_has_is_not_sent_again(reader: TestClient) -> None:
    first = reader.get("/en/KOR/quantum/position")
    tag = first.headers["etag"]
    again = reader.get("/en/KOR/quantum/position", headers={"if-none-match": tag})
    assert (again.status_code, again.content) == (304, b"")
    assert reader.get("/ko/KOR/quantum/position").headers["etag"] != tag
    assert reader.get("/en/nope").headers.get("etag") is None


def test_pages_are_small_on_the_way(reader: TestClient) -> None:
    for question in registry.questions():
        for lang in LANGUAGES:
            answer = reader.get(view(question, lang), headers={"accept-encoding": "gzip"})
            assert answer.headers["content-encoding"] == "gzip"
            assert int(answer.headers["content-length"]) < 200_000
    plain = reader.get("/en/KOR/quantum/position", headers={"accept-encoding": "identity"})
    assert "content-encoding" not in plain.headers


def test_many_readers_of_one_view_have_it_made_once(evidence: Evidence, monkeypatch: pytest.MonkeyPatch) -> None:
    app = create_app(evidence, FREE)
    views, made, together = type(app.state.site.views), [], Barrier(12)
    plain = views.answer

    def counted(self: Any, asked: Any) -> Any:
        made.append(asked)
        return plain(self, asked)

    monkeypatch.setattr(views, "answer", counted)

    def read(client: TestClient) -> int:
        together.wait()
        return client.get("/en/SGP/quantum/partners").status_code

    with TestClient(app) as client, ThreadPoolExecutor(12) as readers:
        assert list(readers.map(read, [client] * 12)) == [200] * 12
    assert len(made) == 1


def test_threads_that_ask_at_once_get_what_one_would(evidence: Evidence) -> None:
    """Different questions on one evaluator, eight at a time, give the same pages as one after another."""
    addresses = [
        view(q, lang, home)
        for q in ("position", "partners", "exposure", "talent")
        for lang in LANGUAGES
        for home in ("FRA", "BRA")
    ]

    def read(client: TestClient) -> Callable[[str], str]:
        return lambda address: re.sub(r"\?v=\w+", "", client.get(address).text)

    with TestClient(create_app(evidence, FREE)) as client:
        alone = list(map(read(client), addresses))
    with TestClient(create_app(evidence, FREE)) as client, ThreadPoolExecutor(8) as readers:
        assert list(readers.map(read(client), addresses)) == alone


def client_with(evidence: Evidence, **settings: Any) -> TestClient:
    return TestClient(create_app(evidence, replace(FREE, **settings)))


def test_a_shared_secret_is_asked_for(evidence: Evidence) -> None:
    client = client_with(evidence, secret="open sesame")
    refused = client.get("/en/")
    assert refused.status_code == 401
    assert refused.headers["www-authenticate"].startswith("Basic")
    assert client.get("/en/", auth=("anyone", "wrong")).status_code == 401
    assert client.get("/en/", auth=("anyone", "open sesame")).status_code == 200
    assert client.get("/en/", headers={"authorization": "Bearer open sesame"}).status_code == 200
    assert client.get("/healthz").status_code == 200


def test_a_header_of_the_proxy_is_asked_for(evidence: Evidence) -> None:
    client = client_with(evidence, user_header="x-remote-user")
    assert client.get("/en/").status_code == 401
    assert client.get("/en/", headers={"X-Remote-User": "someone"}).status_code == 200


def test_another_host_name_is_refused(evidence: Evidence) -> None:
    client = client_with(evidence, hosts=("127.0.0.1",))
    assert client.get("/en/", headers={"host": "evil.example"}).status_code == 421
    assert client.get("/en/", headers={"host": "127.0.0.1:8000"}).status_code == 200


def test_large_requests_are_refused(evidence: Evidence) -> None:
    client = client_with(evidence)
    assert client.get("/en/" + "x" * 5_000).status_code == 414
    assert client.request("GET", "/en/", content=b"x" * 70_000).status_code == 413
    assert client.post("/en/").status_code == 405


def test_a_reader_who_asks_too_often_waits(evidence: Evidence) -> None:
    client = client_with(evidence, requests_per_minute=3)
    assert [client.get("/healthz").status_code for _ in range(5)] == [200] * 5
    assert [client.get("/en/").status_code for _ in range(4)] == [200, 200, 200, 429]
    now = [0.0]
    rates = Rates(2, lambda: now[0])
    assert [rates.wait("a"), rates.wait("a"), rates.wait("a"), rates.wait("b")] == [0, 0, 30, 0]
    now[0] = 30.0
    assert [rates.wait("a"), rates.wait("a")] == [0, 30]


def test_settings_come_from_the_environment() -> None:
    given = {"LEGATION_SECRET": "s", "LEGATION_REQUESTS_PER_MINUTE": "7", "LEGATION_HOSTS": "a.example, b.example"}
    settings = Settings.of_environment("0.0.0.0", given)
    assert (settings.secret, settings.requests_per_minute, settings.hosts) == ("s", 7, ("a.example", "b.example"))
    with pytest.raises(legation.errors.UserError, match="LEGATION_REQUESTS_PER_MINUTE"):
        Settings.of_environment("127.0.0.1", {"LEGATION_REQUESTS_PER_MINUTE": "often"})


def test_listening_to_others_is_told_for_what_it_is() -> None:
    assert exposure("127.0.0.1", Settings()) == ""
    assert "everyone who can reach this machine" in exposure("0.0.0.0", Settings())
    assert "a shared secret is asked for" in exposure("0.0.0.0", Settings(secret="x"))


def test_health_names_the_build(reader: TestClient, evidence: Evidence) -> None:
    assert json.loads(reader.get("/healthz").text) == {"status": "ok", "build": evidence.store.build}


def test_the_language_of_a_page_is_that_of_its_address() -> None:
    assert language_of("/ko/KOR", "en") == "ko"
    assert language_of("/nope", "ko") == "ko"
    assert language_of("/nope", "") == "en"


def test_an_address_as_it_stands_in_the_page_is_not_moved_again(reader: TestClient) -> None:
    """Whatever a form or a person wrote leads to one address, and that one leads nowhere else."""
    for written in (
        "partners?draws=2000&top=5&lens=competitiveness&weight.excellence=2.50",
        "coalition?share=0.50&max_distance=1.50&include=JPN&include=",
        "role?bloc=MINE%3DKOR%2CJPN",
        "scenario?remove=tie:CHN&add=tie:JPN/50",
    ):
        first = reader.get(f"/en/KOR/quantum/{written}", follow_redirects=False)
        canonical = first.headers["location"] if first.status_code == 303 else f"/en/KOR/quantum/{written}"
        assert reader.get(canonical, follow_redirects=False).status_code == 200, canonical
