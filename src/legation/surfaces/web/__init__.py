"""The briefs as pages on this machine: `/` lists the technologies, `/KOR/quantum?partner=CHE` is a brief."""

from __future__ import annotations

import html
from typing import TYPE_CHECKING

from legation import registry
from legation.errors import UserError
from legation.evidence import Evidence
from legation.surfaces.brief import compose
from legation.surfaces.brief.page import as_html

if TYPE_CHECKING:
    from fastapi import FastAPI

HOST = "127.0.0.1"
NO_SCRIPTS = {"Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; img-src data:"}


def create_app(evidence: Evidence) -> FastAPI:
    """The pages of a store; a mistake in an address gives 404 with what is near."""
    from fastapi import FastAPI
    from fastapi.responses import HTMLResponse

    app = FastAPI(title="Legation", docs_url=None, redoc_url=None, openapi_url=None)

    @app.get("/", response_class=HTMLResponse)
    def home(country: str = "KOR") -> HTMLResponse:
        links = "".join(
            f'<li><a href="/{html.escape(country, quote=True)}/{t.id}">{html.escape(t.label["en"])}</a></li>'
            for t in registry.technologies().values()
        )
        form = (
            '<form><label>Home country <input name="country" value="'
            f'{html.escape(country, quote=True)}"></label> <button>Choose</button></form>'
        )
        page = f'<!doctype html><html lang="en"><title>Legation</title><h1>Legation</h1>{form}<ul>{links}</ul></html>'
        return HTMLResponse(page, headers=NO_SCRIPTS)

    @app.get("/{country}/{technology}", response_class=HTMLResponse)
    def brief(country: str, technology: str, partner: str | None = None) -> HTMLResponse:
        try:
            page = as_html(compose(evidence, country, technology, partner)).decode()
        except UserError as error:
            words = f'<!doctype html><html lang="en"><title>Not found</title><p>{html.escape(str(error))}</p></html>'
            return HTMLResponse(words, 404, headers=NO_SCRIPTS)
        return HTMLResponse(page, headers=NO_SCRIPTS)

    return app


def serve(evidence: Evidence, port: int) -> None:
    """Serve on loopback until interrupted."""
    import uvicorn

    print(f"http://{HOST}:{port}/ (stop with Ctrl-C)")
    uvicorn.run(create_app(evidence), host=HOST, port=port, log_level="warning")
