"""The server: tools, resources and prompts of one store, over standard streams or HTTP on this machine."""

from __future__ import annotations

import logging
import sys
from collections.abc import Callable
from importlib.metadata import version
from typing import TYPE_CHECKING, Any, TypeVar

from legation.beside import beside
from legation.errors import LegationError, UserError, unknown
from legation.evidence import Evidence
from legation.surfaces.mcp import prompts, resources, tools

if TYPE_CHECKING:
    from mcp.server.context import ServerRequestContext
    from mcp.server.lowlevel import Server
    from mcp_types import (
        CallToolRequestParams,
        CallToolResult,
        GetPromptRequestParams,
        GetPromptResult,
        ListPromptsResult,
        ListResourcesResult,
        ListToolsResult,
        PaginatedRequestParams,
        ReadResourceRequestParams,
        ReadResourceResult,
    )

HOST = "127.0.0.1"
"""Only this machine: who may ask is not checked."""
AT_ONCE = 2
MOST_BODY_BYTES = 262_144
FAILED = "The answer could not be made; the log of the server says why."
INSTRUCTIONS = (
    "Legation answers questions of science and technology diplomacy from open records. Begin with the tool named after "
    "the question: position, partners, pair, topics, talent, exposure, role, coalition, norms, institutions, scenario. "
    "Every result carries its sources, caveats, what is missing and the build: pass them on. A ranking has intervals, "
    "and ties are said in words; blank cells are suppressed or not known."
)
LOGGER = logging.getLogger("legation")
Given = TypeVar("Given")
Found = TypeVar("Found")


class Desk:
    """What the protocol asks for, answered from the evidence; what computes runs on worker threads."""

    def __init__(self, evidence: Evidence) -> None:
        from anyio import CapacityLimiter

        self.evidence = evidence.remembering()
        self.limiter = CapacityLimiter(AT_ONCE)
        self.library = resources.Library(self.evidence)
        with beside(evidence.own):
            self.tools = tools.tools(self.evidence)

    async def list_tools(self, _: ServerRequestContext[Any], params: PaginatedRequestParams | None) -> ListToolsResult:
        import mcp_types as types

        hints = types.ToolAnnotations(
            read_only_hint=True, destructive_hint=False, idempotent_hint=True, open_world_hint=False
        )
        return types.ListToolsResult(
            tools=[
                types.Tool(
                    name=tool.name, title=tool.title, description=tool.description, input_schema=tool.schema,
                    output_schema=dict(tool.output), annotations=hints,
                )
                for tool in self.tools.values()
            ]
        )  # fmt: skip

    async def call_tool(self, _: ServerRequestContext[Any], params: CallToolRequestParams) -> CallToolResult:
        """A mistake is a result that says so: the assistant reads it and mends its call."""
        import mcp_types as types

        def said(text: str, wrong: bool, content: Any = None) -> CallToolResult:
            told = types.TextContent(type="text", text=text)
            return types.CallToolResult(content=[told], structured_content=content, is_error=wrong)

        if params.name not in self.tools:
            return said(str(unknown("tool", params.name[:100], self.tools)), True)
        try:
            told = await self._work(self.tools[params.name].call, params.arguments or {})
        except UserError as error:
            return said(str(error), True)
        except Exception as error:
            _log(params.name, error)
            return said(FAILED, True)
        return said(told.text, False, told.content)

    async def list_resources(
        self, _: ServerRequestContext[Any], params: PaginatedRequestParams | None
    ) -> ListResourcesResult:
        import mcp_types as types

        found = await self._work(lambda library: library.listed, self.library)
        return types.ListResourcesResult(
            resources=[
                types.Resource(uri=p.uri, name=p.name, title=p.title, description=p.told, mime_type=resources.MEDIA)
                for p in found
            ]
        )

    async def read_resource(
        self, _: ServerRequestContext[Any], params: ReadResourceRequestParams
    ) -> ReadResourceResult:
        import mcp_types as types

        text = await self._work(self.library.read, str(params.uri))
        content = types.TextResourceContents(uri=str(params.uri), mime_type=resources.MEDIA, text=text)
        return types.ReadResourceResult(contents=[content])

    async def list_prompts(
        self, _: ServerRequestContext[Any], params: PaginatedRequestParams | None
    ) -> ListPromptsResult:
        import mcp_types as types

        return types.ListPromptsResult(
            prompts=[
                types.Prompt(
                    name=p.name, title=p.title, description=p.told,
                    arguments=[
                        types.PromptArgument(name=a.name, description=a.told, required=a.required) for a in p.parameters
                    ],
                )
                for p in prompts.PROMPTS.values()
            ]
        )  # fmt: skip

    async def get_prompt(self, _: ServerRequestContext[Any], params: GetPromptRequestParams) -> GetPromptResult:
        import mcp_types as types

        found = await self._work(prompts.prompt, params.name)
        words = await self._work(found.fill, params.arguments or {})
        message = types.PromptMessage(role="user", content=types.TextContent(type="text", text=words))
        return types.GetPromptResult(description=found.told, messages=[message])

    async def _work(self, make: Callable[[Given], Found], given: Given) -> Found:
        from anyio import to_thread

        def made() -> Found:
            with beside(self.evidence.own):
                return make(given)

        return await to_thread.run_sync(made, limiter=self.limiter)


def create_server(evidence: Evidence) -> Server[Any]:
    """The server of a store. Raises: LegationError where the package that speaks the protocol is not installed."""
    try:
        from mcp.server.lowlevel import Server
    except ModuleNotFoundError:
        raise LegationError("assistants need the package mcp; install it: pip install 'legation[mcp]'") from None

    desk = Desk(evidence)
    return Server(
        "legation", version=version("legation"), title="Legation", instructions=INSTRUCTIONS,
        on_list_tools=desk.list_tools, on_call_tool=desk.call_tool, on_list_resources=desk.list_resources,
        on_read_resource=_told(desk.read_resource), on_list_prompts=desk.list_prompts,
        on_get_prompt=_told(desk.get_prompt),
    )  # fmt: skip


def serve_streams(evidence: Evidence) -> None:
    """Serve over standard input and output until the other side closes.

    Meanwhile descriptor 1 leads to standard error, so that nothing a library prints can come between the messages.
    """
    server = create_server(evidence)

    import anyio
    from mcp.server.stdio import stdio_server

    async def serve() -> None:
        async with stdio_server() as (incoming, outgoing):
            await server.run(incoming, outgoing, server.create_initialization_options())

    anyio.run(serve)


def serve_http(evidence: Evidence, port: int) -> None:
    """Serve over streamable HTTP at /mcp on this machine until interrupted; requests from web pages are refused."""
    app = create_server(evidence).streamable_http_app(host=HOST, max_request_body_size=MOST_BODY_BYTES)

    import uvicorn

    print(f"http://{HOST}:{port}/mcp (stop with Ctrl-C)", file=sys.stderr, flush=True)
    uvicorn.run(app, host=HOST, port=port, log_level="warning", server_header=False)


def _told(answer: Callable[[Any, Any], Any]) -> Callable[[Any, Any], Any]:
    """The same, with mistakes as errors of the protocol, for what has no result that could say so."""

    async def answered(context: Any, params: Any) -> Any:
        from mcp.shared.exceptions import MCPError
        from mcp_types import INTERNAL_ERROR, INVALID_PARAMS

        try:
            return await answer(context, params)
        except UserError as error:
            raise MCPError(INVALID_PARAMS, str(error)) from None
        except Exception as error:
            _log("mcp", error)
            raise MCPError(INTERNAL_ERROR, FAILED) from None

    return answered


def _log(where: str, error: Exception) -> None:
    LOGGER.error("%s: %s", where, error, exc_info=None if isinstance(error, LegationError) else error)
