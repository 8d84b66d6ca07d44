"""The answers as tools of an assistant: asked by a real client in this process, over standard streams and over HTTP."""

import json
import re
import socket
import subprocess
import sys
import sysconfig
import time
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any, TypeVar

import anyio
import httpx
import jsonschema  # type: ignore[import-untyped]
import pytest
from mcp.client import Client
from mcp.client.stdio import StdioServerParameters, stdio_client
from mcp.shared.exceptions import MCPError

import legation
from legation import registry
from legation.errors import LegationError
from legation.evidence import Evidence
from legation.surfaces.mcp import create_server, prompts
from legation.surfaces.mcp.serving import FAILED

SCRIPT = str(Path(sysconfig.get_path("scripts")) / "legation")
DOCS = Path(__file__).resolve().parents[1] / "docs" / "mcp.md"
QUANTUM: dict[str, Any] = {"home": "KOR", "technology": "quantum"}
LOOKING = {"list_indicators", "indicator", "list_tables", "table", "explain"}

Found = TypeVar("Found")
Talk = Callable[[Callable[[Client], Awaitable[Any]]], Any]


@pytest.fixture(scope="module")
def evidence() -> Evidence:
    return legation.open().remembering()


@pytest.fixture(scope="module")
def talk(evidence: Evidence) -> Talk:
    """Talk with a server in this process, through a real client session."""
    return lambda about: _talk(create_server(evidence), about)


def _talk(server: Any, about: Callable[[Client], Awaitable[Found]]) -> Found:
    async def session() -> Found:
        async with Client(server) as client:
            return await about(client)

    return anyio.run(session)


def _call(talk: Talk, name: str, /, **given: Any) -> Any:
    return talk(lambda client: client.call_tool(name, given))


def _refusal(talk: Talk, about: Callable[[Client], Awaitable[Any]]) -> str:
    """What the server says where it refuses."""

    async def refused(client: Client) -> str:
        with pytest.raises(MCPError) as refusal:
            await about(client)
        return refusal.value.message

    return str(talk(refused))


def _text(result: Any) -> str:
    [block] = result.content
    return str(block.text)


def test_every_question_is_a_tool_that_takes_what_its_declaration_says(talk: Talk) -> None:
    tools = {tool.name: tool for tool in talk(lambda client: client.list_tools()).tools}
    assert set(tools) == {*registry.questions(), *LOOKING}
    for question in registry.questions().values():
        tool = tools[question.id]
        options = set(registry.options(question)) - set(question.files)
        assert set(tool.input_schema["properties"]) == {
            *registry.places(question), *options, "lang", "figure", "rows"
        }  # fmt: skip
        assert tool.input_schema["required"] == list(registry.places(question))
        assert question.about.split("\n")[0] in tool.description
        assert tool.input_schema["properties"]["technology"]["enum"] == list(registry.technologies())
        assert tool.annotations.read_only_hint
        jsonschema.Draft202012Validator.check_schema(tool.input_schema)
        jsonschema.Draft202012Validator.check_schema(tool.output_schema)


@pytest.mark.parametrize("name", sorted(registry.questions()))
def test_an_answer_carries_sources_caveats_what_is_missing_and_the_build(
    talk: Talk, evidence: Evidence, name: str
) -> None:
    given = {**QUANTUM, "rows": 2, "lang": "en"}
    given |= {"partner": "JPN"} if "partner" in registry.places(registry.questions()[name]) else {}
    given |= {"remove": ["member:IAEA"]} if name == "scenario" else {}
    result = _call(talk, name, **given)
    told, text = result.structured_content, _text(result)
    asked = {k: tuple(v) if isinstance(v, list) else v for k, v in given.items() if k not in ("rows", "lang")}
    answer = evidence.ask(name, "en", **asked)
    assert not result.is_error
    assert told["build"] == answer.build in text
    assert told["findings"] == [str(finding) for finding in answer.findings]
    assert list(told["caveats"].values()) == list(answer.caveats.values())
    assert set(told["sources"]) == {citation.id for citation in answer.citations}
    assert told["missing"] == [str(line) for line in answer.missing]
    said = [*told["findings"], *told["missing"], *told["caveats"].values(), *answer.cite()]
    assert not [line for line in said if line not in text]
    for figure in answer.figures.values():
        shown = told["figures"][figure.id]
        assert shown["rows_total"] == figure.table.height
        assert len(shown["rows"]) == min(2, figure.table.height)
        assert ("cut" in shown) == (figure.table.height > 2)


def test_a_table_that_is_cut_says_so_in_both_forms(talk: Talk) -> None:
    result = _call(talk, "partners", **QUANTUM, figure="partners", rows=3)
    [figure] = result.structured_content["figures"].values()
    assert figure["cut"] == f"Cut: 3 of {figure['rows_total']} rows are shown; ask for more with `rows`."
    assert figure["cut"] in _text(result)
    assert "| CHN | China |" in _text(result)


def test_an_answer_is_given_in_the_language_asked_for(talk: Talk) -> None:
    result = _call(talk, "position", **QUANTUM, lang="ko")
    assert "대한민국" in _text(result)
    assert "## Caveats" not in _text(result)
    assert result.structured_content["language"] == "ko"


def test_an_indicator_is_given_with_its_definition_and_only_the_rows_asked_for(talk: Talk, evidence: Evidence) -> None:
    result = _call(talk, "indicator", name="voting_agreement", country="South Korea", partner="JPN", rows=500)
    told = result.structured_content
    frame = evidence.indicator("voting_agreement")
    assert told["rows_total"] == frame.filter(iso3="KOR", partner_iso3="JPN").height == len(told["rows"])
    assert {(row["iso3"], row["partner_iso3"]) for row in told["rows"]} == {("KOR", "JPN")}
    years = [row["year"] for row in told["rows"]]
    assert years == sorted(years, reverse=True)
    assert told["about"]["formula"] == registry.indicators()["voting_agreement"].formula
    assert set(told["about"]["sources"]) >= {"un_votes"}


def test_a_setting_of_an_indicator_is_checked_by_its_declaration(talk: Talk) -> None:
    wrong = _call(talk, "indicator", name="communities", settings={"sedes": 10})
    assert wrong.is_error
    assert "did you mean seeds" in _text(wrong)


def test_suppressed_cells_stay_blank(talk: Talk) -> None:
    result = _call(talk, "table", name="moves", country="KOR", partner="JPN", rows=500)
    numbers = [row["researchers"] for row in result.structured_content["rows"]]
    assert None in numbers
    assert not [n for n in numbers if n is not None and 0 < n < 5]
    assert "| – |" in _text(result)


def test_single_works_are_not_shown(talk: Talk) -> None:
    records = [name for name, table in registry.tables().items() if table.records]
    assert "authorships" in records
    for name in records:
        assert _call(talk, "table", name=name).is_error


@pytest.mark.parametrize(
    ("tool", "given", "told"),
    [
        ("pair", QUANTUM | {"partner": "KOR"}, "the partner is the home country"),
        ("pair", QUANTUM, "partner: is missing"),
        ("position", {"home": "Germny", "technology": "quantum"}, "did you mean Germany (DEU)"),
        ("position", QUANTUM | {"technology": "quantm"}, "did you mean quantum?"),
        ("position", QUANTUM | {"hom": "KOR"}, "unknown parameter 'hom'; did you mean home?"),
        ("position", QUANTUM | {"figure": "leader"}, "did you mean leaders"),
        ("position", QUANTUM | {"rows": 10**6}, "give a whole number from 1 to 500"),
        ("position", QUANTUM | {"rows": "many"}, "give a whole number"),
        ("position", QUANTUM | {"home": "K\x00R"}, "a character that cannot be seen, U+0000"),
        ("position", QUANTUM | {"home": "\u202eROK"}, "a character that cannot be seen, U+202E"),
        ("position", QUANTUM | {"home": "K" * 100_000}, "has 100000 characters; give at most 200"),
        ("position", QUANTUM | {"home": {"iso3": "KOR"}}, "give a text"),
        ("partners", QUANTUM | {"weights": "/etc/passwd"}, "unknown parameter 'weights'"),
        ("partners", QUANTUM | {"weight": ["strength=-1"]}, "give a number from 0 on"),
        ("partners", QUANTUM | {"weight": ["strength=1"] * 100}, "give it at most 50 times"),
        ("indicator", {"name": "salto"}, "did you mean salton"),
        ("indicator", {"name": "salton", "settings": [1]}, "settings are given as an object"),
        ("indicator", {"name": "salton", "settings": {"scope": "all"}}, "scope is not a setting"),
        ("table", {"name": "movs"}, "did you mean moves?"),
        ("explain", {"name": "quantm"}, "did you mean quantum?"),
        ("positon", QUANTUM, "unknown tool 'positon'; did you mean position"),
    ],
)
def test_a_mistake_is_an_error_of_the_tool_that_says_what_is_near(
    talk: Talk, tool: str, given: dict[str, Any], told: str
) -> None:
    result = _call(talk, tool, **given)
    assert result.is_error
    assert told in _text(result)
    assert "Traceback" not in _text(result)
    assert str(Path(legation.__file__).parent) not in _text(result)


def test_a_failure_shows_neither_trace_nor_path(monkeypatch: pytest.MonkeyPatch, evidence: Evidence) -> None:
    def fail(*_: object, **__: object) -> None:
        raise RuntimeError("/srv/secret/store.parquet")

    server = create_server(evidence)
    monkeypatch.setattr(type(evidence), "ask", fail)
    result = _talk(server, lambda client: client.call_tool("position", QUANTUM))
    assert result.is_error
    assert _text(result) == FAILED


def test_without_the_package_the_command_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "mcp.server.lowlevel", None)
    with pytest.raises(LegationError, match=r"pip install 'legation\[mcp\]'"):
        create_server(legation.open())


def test_methods_sources_and_technologies_can_be_read(talk: Talk, evidence: Evidence) -> None:
    async def about(client: Client) -> tuple[set[str], str]:
        listed = {str(one.uri) for one in (await client.list_resources()).resources}
        [page] = (await client.read_resource("legation://indicators/salton")).contents
        return listed, page.text  # type: ignore[union-attr]

    listed, page = talk(about)
    assert {f"legation://indicators/{name}" for name in registry.indicators()} <= listed
    assert {f"legation://sources/{name}" for name in registry.sources()} <= listed
    assert {f"legation://technologies/{name}" for name in registry.technologies()} <= listed
    assert registry.indicators()["salton"].formula in page
    assert evidence.store.build in page


def test_a_resource_that_is_not_there_is_told_with_what_is_near(talk: Talk) -> None:
    near = _refusal(talk, lambda client: client.read_resource("legation://sources/ncse"))
    assert "did you mean legation://sources/ncses" in near
    assert "unknown resource" in _refusal(talk, lambda client: client.read_resource("legation://../../etc/passwd"))


@pytest.mark.parametrize("prompt", prompts.PROMPTS.values(), ids=lambda prompt: prompt.name)
def test_a_prompt_is_filled_and_names_only_tools_there_are(talk: Talk, prompt: prompts.Prompt) -> None:
    given = {"home": "korea, south", "partner": "NLD", "technology": "quantum"}
    given = {name: value for name, value in given.items() if name in {p.name for p in prompt.parameters}}
    [message] = talk(lambda client: client.get_prompt(prompt.name, given)).messages
    assert "South Korea (KOR)" in message.content.text
    assert prompts.RULES in message.content.text
    named = set(re.findall(r"`([a-z_]+)`", prompt.words)) - {"criteria", "sensitivity", "without"}
    assert named <= {*registry.questions(), *LOOKING}


def test_a_prompt_about_nothing_known_is_refused(talk: Talk) -> None:
    about = {"home": "KOR", "technology": "quantm"}
    assert "did you mean quantum" in _refusal(talk, lambda client: client.get_prompt("check_evidence", about))
    assert "technology: is missing" in _refusal(
        talk, lambda client: client.get_prompt("check_evidence", {"home": "KOR"})
    )
    assert "unknown prompt" in _refusal(talk, lambda client: client.get_prompt("prepare_vist", about))


def test_the_configuration_in_the_documentation_works() -> None:
    """It is started as an assistant starts it, over standard streams."""
    [block] = re.findall(r"```json\n(.*?)```", DOCS.read_text(encoding="utf-8"), re.DOTALL)
    server = json.loads(block)["mcpServers"]["legation"]
    assert server["command"] == "legation"
    stream = stdio_client(StdioServerParameters(command=SCRIPT, args=server["args"]))
    result = _talk(stream, lambda client: client.call_tool("position", QUANTUM))
    assert "South Korea" in _text(result)


def test_the_documentation_names_every_tool_and_prompt() -> None:
    text = DOCS.read_text(encoding="utf-8")
    assert not [name for name in (*registry.questions(), *LOOKING, *prompts.PROMPTS) if f"`{name}`" not in text]


def test_only_messages_are_written_to_standard_output() -> None:
    """Also by a coalition, whose solver writes to the descriptor itself, and by whatever a library prints."""
    program = (
        "import os, legation; from legation.surfaces.mcp import serve_streams\n"
        "evidence = legation.open(); kind = type(evidence.remembering()); ask = kind.ask\n"
        "def noisy(*given, **about):\n"
        "    print('printed', flush=True); os.write(1, b'written\\n'); return ask(*given, **about)\n"
        "kind.ask = noisy; serve_streams(evidence)"
    )
    about = {"protocolVersion": "2025-06-18", "capabilities": {}, "clientInfo": {"name": "test", "version": "1"}}
    messages: list[dict[str, Any]] = [
        {"id": 1, "method": "initialize", "params": about},
        {"method": "notifications/initialized"},
        {"id": 2, "method": "tools/call", "params": {"name": "coalition", "arguments": QUANTUM}},
    ]
    pipes = dict.fromkeys(("stdin", "stdout", "stderr"), subprocess.PIPE)
    with subprocess.Popen([sys.executable, "-c", program], **pipes, text=True) as server:  # type: ignore[call-overload]
        assert server.stdin is not None
        assert server.stdout is not None
        server.stdin.write("this is no message\n")
        for message in messages:
            server.stdin.write(json.dumps({"jsonrpc": "2.0", **message}) + "\n")
        server.stdin.flush()
        lines = []
        for line in server.stdout:
            lines.append(json.loads(line))
            if lines[-1].get("id") == 2:
                break
        rest, told = server.communicate(timeout=30)
    assert {line["jsonrpc"] for line in lines} == {"2.0"}
    assert "coalition with South Korea" in lines[-1]["result"]["content"][0]["text"]
    assert rest == ""
    assert "printed" in told
    assert "written" in told


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    """A server over HTTP, started by its command."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with subprocess.Popen([SCRIPT, "mcp", "--http", "--port", str(port)], stderr=subprocess.PIPE, text=True) as server:
        try:
            for _ in range(300):
                with socket.socket() as asked:
                    if asked.connect_ex(("127.0.0.1", port)) == 0:
                        break
                time.sleep(0.1)
            yield f"http://127.0.0.1:{port}/mcp"
        finally:
            server.terminate()
            server.communicate(timeout=20)


def test_the_same_over_http(address: str) -> None:
    result = _talk(address, lambda client: client.call_tool("coalition", QUANTUM))
    assert not result.is_error
    assert "coalition with South Korea" in _text(result)


@pytest.mark.parametrize(
    ("headers", "body", "status"),
    [
        ({"host": "evil.example"}, b"{}", 421),
        ({"origin": "http://evil.example"}, b"{}", 403),
        ({"content-type": "text/plain"}, b"{}", 400),
        ({}, b"{", 400),
        ({}, b"\x00\xff", 400),
        ({}, b'{"jsonrpc": "2.0", "id": 1, "method": "' + b"x" * 300_000 + b'"}', 413),
    ],
)
def test_what_is_no_message_is_refused(address: str, headers: dict[str, str], body: bytes, status: int) -> None:
    usual = {"content-type": "application/json", "accept": "application/json, text/event-stream"}
    answer = httpx.post(address, headers=usual | headers, content=body, timeout=20)
    assert answer.status_code == status
    assert "Traceback" not in answer.text
    assert str(Path(legation.__file__).parent) not in answer.text
