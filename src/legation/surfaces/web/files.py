"""Files: their kinds and names, those that stand beside the pages, and what a page that brings its own style may do."""

from __future__ import annotations

import re
from base64 import b64encode
from hashlib import sha256
from importlib.resources import files

from legation.surfaces.charts.bundle import bundle
from legation.surfaces.web.addresses import Asked
from legation.surfaces.web.guard import POLICY

MEDIA = {
    "csv": "text/csv; charset=utf-8",
    "json": "application/json",
    "parquet": "application/vnd.apache.parquet",
    "arrow": "application/vnd.apache.arrow.stream",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "pdf": "application/pdf",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "html": "text/html; charset=utf-8",
    "svg": "image/svg+xml",
    "png": "image/png",
    "css": "text/css; charset=utf-8",
    "js": "text/javascript; charset=utf-8",
}
STATIC = ("style.css", "enhance.js", "icon.svg")
BUNDLE = "vega-embed.js"


def file_name(asked: Asked, part: str, form: str) -> str:
    parts = ("legation", asked.home, asked.technology.id, asked.question.id, asked.partner, part)
    return f"{'-'.join(p for p in parts if p)}.{form}"


def media_of(name: str) -> str:
    return MEDIA[name.rpartition(".")[2]]


def static_file(name: str) -> bytes:
    if name == BUNDLE:
        return bundle()
    return files(__package__).joinpath("static", name).read_bytes()


def styled(page: bytes) -> str:
    """The policy for a page that brings its own style: that style and no other."""
    styles = re.findall(r"<style>(.*?)</style>", page.decode(), re.DOTALL)
    hashes = " ".join(f"'sha256-{b64encode(sha256(style.encode()).digest()).decode()}'" for style in styles)
    return POLICY.replace("style-src 'self'", f"style-src {hashes}").replace("script-src 'self'", "script-src 'none'")
