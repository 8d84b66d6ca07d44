"""Commands that go on running: the pages and the REST interface in a server, the answers for an assistant."""

from __future__ import annotations

from pathlib import Path

import click

from legation.surfaces.asking import at


@click.command()
@click.option(
    "--host",
    default="127.0.0.1",
    show_default=True,
    help="the address to listen on; any but loopback is open to others",
)
@click.option("--port", type=click.IntRange(1, 65535), default=8000, show_default=True, help="the port")
@at
def serve(host: str, port: int, store: Path | None) -> None:
    """Show the answers as pages in a browser: on this machine only, unless --host says otherwise.

    Limits and locks are set by environment variables: docs/deploying.md.
    """
    import legation
    from legation.surfaces.web import serve as serve_pages

    serve_pages(legation.open(store), port, host)


@click.command()
@click.option("--http", is_flag=True, help="streamable HTTP on this machine instead of stdin and stdout")
@click.option("--port", type=click.IntRange(1, 65535), default=8765, show_default=True, help="the port, with --http")
@at
def mcp(http: bool, port: int, store: Path | None) -> None:
    """Give the answers to an assistant, by the Model Context Protocol: docs/mcp.md says how to set one up."""
    import legation
    from legation.surfaces import mcp as assistants

    evidence = legation.open(store)
    if http:
        assistants.serve_http(evidence, port)
    else:
        assistants.serve_streams(evidence)
