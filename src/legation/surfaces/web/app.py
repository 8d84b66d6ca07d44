"""The web application of a store, and the server that serves it."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

from legation import registry
from legation.beside import Own, beside
from legation.errors import LegationError, UserError
from legation.evidence import Evidence
from legation.language import LANGUAGES
from legation.surfaces.charts.rendering import Apart, Renderer, drawing
from legation.surfaces.web.addresses import UnknownPlaceError, language_of, segment_replaced
from legation.surfaces.web.entry import worked
from legation.surfaces.web.guard import API, HEADERS, HEALTH, Guard
from legation.surfaces.web.serving import BusyError
from legation.surfaces.web.settings import HOST, PORT, Settings, exposure
from legation.surfaces.web.site import Site

if TYPE_CHECKING:
    from fastapi import FastAPI
    from starlette.requests import Request
    from starlette.responses import Response
    from starlette.routing import BaseRoute
    from starlette.types import ASGIApp, Receive, Scope, Send

GRACE_SECONDS, KEPT_OPEN_SECONDS = 10, 65


def create_app(evidence: Evidence, settings: Settings = Settings()) -> FastAPI:
    """Every view of a store under an address of its own, in every language; only reading."""
    from fastapi import FastAPI
    from starlette.middleware import Middleware
    from starlette.routing import Mount

    from legation.surfaces.rest import create_api

    site, renderer = Site(evidence.remembering(), settings), Apart()

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        if settings.warm:
            for one in worked(LANGUAGES[0]):
                site.shelf.workers.submit(site.views.answer, one)
        yield
        site.shelf.workers.shutdown(wait=False, cancel_futures=True)
        renderer.close()

    app = FastAPI(
        title="Legation", docs_url=None, redoc_url=None, openapi_url=None,
        routes=[Mount(API, create_api(site.evidence, settings.origins)), *_routes(site)],
        middleware=[Middleware(Guard, settings=settings), Middleware(Around, own=evidence.own, renderer=renderer)],
        exception_handlers=_handlers(site), lifespan=lifespan,
    )  # fmt: skip
    app.state.site = site
    return app


class Around:
    """ASGI middleware: requests see the declarations of one's own that the store was opened with, and have their charts
    drawn by the renderer of the server."""

    def __init__(self, app: ASGIApp, own: Own, renderer: Renderer) -> None:
        self.app, self.own, self.renderer = app, own, renderer

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        with beside(self.own), drawing(self.renderer):
            await self.app(scope, receive, send)


def serve(evidence: Evidence, port: int = PORT, host: str = HOST) -> None:
    """Serve until interrupted; pages that are being made then are given first."""
    import os
    import sys

    import uvicorn

    from legation.surfaces.logs import server_logs

    settings = Settings.of_environment(host)
    if told := exposure(host, settings):
        print(told, file=sys.stderr)
    shown = f"[{host}]" if ":" in host else host
    print(f"http://{shown}:{port}/ (stop with Ctrl-C)", flush=True)
    uvicorn.run(
        create_app(evidence, settings), host=host, port=port, server_header=False,
        timeout_graceful_shutdown=GRACE_SECONDS, timeout_keep_alive=KEPT_OPEN_SECONDS, **server_logs(os.environ),
    )  # fmt: skip


def _routes(site: Site) -> list[BaseRoute]:
    from starlette.routing import Route

    found: list[BaseRoute] = [
        Route("/", site.front), Route(HEALTH, site.health), Route("/static/{name}", site.static),
    ]  # fmt: skip
    for lang in LANGUAGES:
        pages: dict[str, Any] = {
            f"/{lang}/": site.home, f"/{lang}": site.home, f"/{lang}/go": site.go, f"/{lang}/data": site.data,
            f"/{lang}/methods": site.methods, f"/{lang}/methods/{{path:path}}": site.methods,
            f"/{lang}/compare": site.compare, f"/{lang}/compare/{{technology}}": site.compare,
            f"/{lang}/compare/{{technology}}/table.{{form}}": site.comparison,
        }  # fmt: skip
        subject = f"/{lang}/{{home}}/{{technology}}"
        pages |= {subject: site.overview, f"{subject}/brief": site.brief, f"{subject}/brief/{{partner}}": site.brief}
        found += [Route(path, partial(handler, lang=lang)) for path, handler in pages.items()]
        for question in registry.questions().values():
            of_two = "partner" in registry.places(question)
            base = f"{subject}/{question.id}"
            tails = {
                "": site.view, "/why/{figure}": site.why, "/table/{figure}.{form}": site.table,
                "/rows/{figure}/{table}.{form}": site.rows, "/answer.{form}": site.whole,
                "/chart/{chart}.{form}": site.chart,
            }  # fmt: skip
            views = {f"{base}/{{partner}}{tail}" if of_two else f"{base}{tail}": to for tail, to in tails.items()}
            views |= {base: site.view}
            found += [Route(path, partial(to, lang=lang, question=question)) for path, to in views.items()]
    return found


def _handlers(site: Site) -> dict[Any, Any]:
    """Mistakes as pages, in the language of the address."""
    from starlette.exceptions import HTTPException

    def page(request: Request, status: int, /, **told: Any) -> Response:
        from starlette.responses import Response

        lang = language_of(request.url.path, request.headers.get("accept-language", ""))
        address = request.url.path if request.url.path.startswith(f"/{lang}/") else f"/{lang}/"
        made = site.entry.error(lang, address, status, **told)
        headers = {**HEADERS, "cache-control": "no-store", "vary": "Accept-Language"}
        if status == 503:
            headers["retry-after"] = "5"
        return Response(made.body, made.status, headers, made.media)

    async def unknown_place(request: Request, error: UnknownPlaceError) -> Response:
        path, given = request.url.path, unquote(error.given)
        near = {label: segment_replaced(path, given, code) for label, code in error.near.items()}
        return page(request, 404, told=error.given[:100], near=near, kind=error.kind)

    async def user(request: Request, error: UserError) -> Response:
        return page(request, 422, told=str(error))

    async def legation(request: Request, error: LegationError) -> Response:
        logging.getLogger("legation").error("%s: %s", request.url.path, error)
        return page(request, 500)

    async def http(request: Request, error: HTTPException) -> Response:
        return page(request, error.status_code)

    async def busy(request: Request, error: BusyError) -> Response:
        return page(request, 503)

    async def failed(request: Request, error: Exception) -> Response:
        return page(request, 500)

    return {
        UnknownPlaceError: unknown_place, UserError: user, LegationError: legation, HTTPException: http,
        BusyError: busy, Exception: failed,
    }  # fmt: skip
