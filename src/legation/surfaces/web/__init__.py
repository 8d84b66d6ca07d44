"""The web pages: every answer under an address of its own, rendered on the server, in every language."""

from legation.surfaces.web.app import create_app, serve
from legation.surfaces.web.settings import HOST, Settings

__all__ = ["HOST", "Settings", "create_app", "serve"]
