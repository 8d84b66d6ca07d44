"""The answers as tools of an assistant, by the Model Context Protocol: over standard streams, or HTTP on loopback."""

from legation.surfaces.mcp.serving import create_server, serve_http, serve_streams

__all__ = ["create_server", "serve_http", "serve_streams"]
