"""The application: addresses, who is refused, what is remembered."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Collection, Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from legation import registry
from legation.beside import beside
from legation.errors import unknown
from legation.evidence import Evidence
from legation.memory import Memory
from legation.surfaces.parameters import Parameter, of_question, read_texts
from legation.surfaces.rest import describing
from legation.surfaces.rest.forms import FORMAT, MEDIA, Page, chosen, json_bytes
from legation.surfaces.rest.making import FIGURE, OF_INDICATOR, OF_TABLE, Asked, Maker
from legation.surfaces.rest.problems import NotFoundError, handle, of_error, problem
from legation.surfaces.rest.ranges import Ranges
from legation.surfaces.web.serving import Made, Shelf

if TYPE_CHECKING:
    from fastapi import FastAPI
    from starlette.types import ASGIApp, Receive, Scope, Send

MOST_WAITING = 200
MOST_ADDRESS_BYTES, MOST_BODY_BYTES = 8_192, 65_536
MOST_ADDRESSES, LONGEST_ASKED = 5_000, 500
"""How many addresses that were read before are known again, and how long what one asks for may be."""
TOTAL, BUILD = "Legation-Rows", "Legation-Build"

Endpoint = Callable[[Request], Awaitable[Response]]
Make = Callable[[Asked], Page]


def create_api(evidence: Evidence, origins: Collection[str] = ()) -> FastAPI:
    """The REST interface of a store, to be mounted or served alone. Pages of the `origins` may read it from browsers;
    by default those of none."""
    from fastapi import FastAPI
    from fastapi.middleware.cors import CORSMiddleware
    from starlette.middleware import Middleware

    middleware = [Middleware(Door), Middleware(Ranges)]
    if origins:
        told = ["ETag", "Link", TOTAL, BUILD, "Retry-After"]
        middleware.append(
            Middleware(CORSMiddleware, allow_origins=list(origins), allow_methods=["GET", "HEAD"], expose_headers=told)
        )
    with beside(evidence.own):
        desk = Desk(evidence.remembering())
        middleware.append(Middleware(Again, desk=desk))
        app = FastAPI(
            title="Legation", version="1", openapi_url=None, docs_url=None, redoc_url=None, middleware=middleware,
            summary=describing.SUMMARY, description=describing.DESCRIPTION, openapi_tags=describing.TAGS,
            exception_handlers={HTTPException: handle}, separate_input_output_schemas=False,
            redirect_slashes=False, license_info={"name": "Apache-2.0", "identifier": "Apache-2.0"},
        )  # fmt: skip
        for path, parameters, make in _operations(desk.maker):
            endpoint = desk.endpoint(parameters, make)
            named = [p[1:-1] for p in path.split("/") if p.startswith("{")]
            app.add_api_route(
                path, endpoint, methods=["GET"], **describing.operation(path, parameters, named), response_model=None
            )
            app.add_api_route(path, endpoint, methods=["HEAD"], include_in_schema=False, response_model=None)
    app.add_api_route("/openapi.json", desk.description(app), include_in_schema=False, response_model=None)
    return app


def _operations(maker: Maker) -> list[tuple[str, tuple[Parameter, ...], Callable[[Mapping[str, str]], Make]]]:
    """Every address with its parameters, and what makes it from the names in the address."""
    found: list[Any] = []
    for question in registry.questions().values():
        parameters = (*of_question(question), FIGURE, FORMAT)
        found.append((f"/answers/{question.id}", parameters, lambda _, q=question: lambda a: maker.answer(a, q)))
    found += [
        (f"/{kind}", (*more, FORMAT), lambda _, k=kind: lambda a: maker.listed(a, k))
        for kind, more in describing.LISTS.items()
    ]
    known = {
        "indicators": ("indicator", registry.indicators()), "tables": ("table", registry.tables()),
        "sources": ("source", maker.evidence.store.manifest["sources"]),
        "technologies": ("technology", registry.technologies()),
    }  # fmt: skip

    def named(kind: str, path: Mapping[str, str]) -> str:
        word, names = known[kind]
        if path["name"] not in names:
            raise NotFoundError(str(unknown(word, path["name"][:100], names)))
        return path["name"]

    def told(kind: str) -> Callable[[Mapping[str, str]], Make]:
        def of(path: Mapping[str, str]) -> Make:
            name = named(kind, path)
            return lambda asked: maker.told(asked, kind, name)

        return of

    def rows(path: Mapping[str, str]) -> Make:
        name = named("indicators", path)
        return lambda asked: maker.indicator(asked, name)

    def counted(path: Mapping[str, str]) -> Make:
        name = named("tables", path)
        if registry.tables()[name].records:
            raise NotFoundError(f"{name} holds single works or authorships; they are counted and not listed here")
        return lambda asked: maker.table(asked, name)

    found.append(("/", (), lambda _: maker.index))
    found += [(f"/{kind}/{{name}}", (), told(kind)) for kind in known]
    found.append(("/indicators/{name}/rows", (*OF_INDICATOR, FORMAT), rows))
    found.append(("/tables/{name}/rows", (*OF_TABLE, FORMAT), counted))
    found.append(("/build", (), lambda _: maker.build))
    return found


@dataclass
class Desk:
    """Reads what is asked, looks whether it was given before, and has it made otherwise."""

    evidence: Evidence
    read: Memory[Hashable] = field(default_factory=lambda: Memory(MOST_ADDRESSES))
    """What was asked for by addresses that were read before, as it stands on the shelf."""

    def __post_init__(self) -> None:
        self.maker = Maker(self.evidence)
        self.shelf = PageShelf(self.evidence.store.build, MOST_WAITING)

    def endpoint(self, parameters: Sequence[Parameter], make: Callable[[Mapping[str, str]], Make]) -> Endpoint:
        """What answers at an address."""
        forms = any(p is FORMAT for p in parameters)

        async def endpoint(request: Request) -> Response:
            path = request.scope.get("root_path", "") + request.scope["path"].removeprefix(request.scope["root_path"])
            try:
                accepts = request.headers.get("accept", "")
                with beside(self.evidence.own):
                    of = make(request.path_params)
                    given = read_texts(parameters, request.query_params.multi_items())
                    form = chosen(accepts, given.pop("format", None)) if forms else "json"
                    asked = Asked(path, given, form)
                key = (path, form, *sorted(given.items()))
                response = await self.shelf.give(request, key, lambda: self._made(of, asked))
                if len(request.scope["query_string"]) + len(accepts) <= LONGEST_ASKED:
                    self.read.put(_written(request), key)
                return response
            except asyncio.CancelledError:
                raise
            except Exception as error:  # every mistake is told in the same form
                return of_error(error, request.url.path)

        return endpoint

    def again(self, request: Request) -> Response | None:
        """What was given before at the very same address in the same form, if it is still there."""
        key = self.read.get(_written(request))
        return None if key is None else self.shelf.given(request, key)

    def _made(self, make: Make, asked: Asked) -> Page:
        with beside(self.evidence.own):
            return make(asked)

    def description(self, app: FastAPI) -> Endpoint:
        """What answers at `openapi.json`."""

        async def openapi(request: Request) -> Response:
            base = request.scope.get("root_path", "") or "/"

            def made() -> Made:
                with beside(self.evidence.own):
                    return Page(json_bytes(describing.description(app, self.evidence, base)), MEDIA["json"])

            try:
                return await self.shelf.give(request, ("openapi.json", base), made)
            except Exception as error:
                return of_error(error, request.url.path)

        return openapi


def _written(request: Request) -> Hashable:
    """All of a request that says what is asked for, as it was written."""
    scope = request.scope
    return scope.get("root_path", ""), scope["path"], scope["query_string"], request.headers.get("accept", "")


class PageShelf(Shelf):
    """Pages with the headers of this interface."""

    def _response(self, made: Made, tag: str, unpacks: bool) -> Response:
        response = super()._response(made, tag, unpacks)
        response.headers["vary"] = "Accept, Accept-Encoding"
        response.headers[BUILD] = self.build
        if isinstance(made, Page):
            if made.links:
                response.headers["link"] = ", ".join(made.links)
            if made.rows is not None:
                response.headers[TOTAL] = str(made.rows)
        return response

    @staticmethod
    def _fresh(tag: str) -> dict[str, str]:
        return {**Shelf._fresh(tag), "vary": "Accept, Accept-Encoding"}


class Again:
    """ASGI middleware: what was given before is given without its address being read again."""

    def __init__(self, app: ASGIApp, desk: Desk) -> None:
        self.app, self.desk = app, desk

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        asked = scope["type"] == "http" and scope["method"] in ("GET", "HEAD")
        given = self.desk.again(Request(scope)) if asked else None
        await (given or self.app)(scope, receive, send)


class Door:
    """ASGI middleware: a request that cannot be one of this interface goes no further."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        refused = self._refused(scope) if scope["type"] == "http" else None
        await (refused or self.app)(scope, receive, send)

    @staticmethod
    def _refused(scope: Scope) -> Response | None:
        if len(scope.get("raw_path") or scope["path"]) + len(scope["query_string"]) > MOST_ADDRESS_BYTES:
            return problem(414, f"The address is longer than {MOST_ADDRESS_BYTES:,} bytes")
        if scope["method"] not in ("GET", "HEAD", "OPTIONS"):
            return problem(405)
        headers = dict(scope["headers"])
        length = headers.get(b"content-length", b"0")
        if not length.isdigit() or len(length) > 20 or int(length) > MOST_BODY_BYTES:
            return problem(413, "This interface takes no bodies: give parameters in the address")
        if int(length) or b"transfer-encoding" in headers:
            return problem(415, "This interface takes no bodies of any media type: give parameters in the address")
        return None
