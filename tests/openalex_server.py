"""Loopback servers that answer as OpenAlex does: its bucket (moto behind a proxy that can fail) and its API."""

from __future__ import annotations

import gzip
import hashlib
import http.client
import io
import json
import logging
import os
import socket
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Lock, Thread
from typing import Any
from urllib.parse import parse_qs, quote, urlsplit

import polars as pl

Work = Mapping[str, Any]

# The bucket: what a release looks like


FOLDERS = {
    "jsonl": ("data/jsonl/works", "gz"),
    "parquet": ("data/parquet/works", "parquet"),
    "flat": ("data/works", "gz"),
}


def lay_out(works: Sequence[Work], layout: str, day: str = "2026-06-25", most: int = 3) -> dict[str, bytes]:
    """A release as the publisher lays it out: objects by key, the manifest last; at most so many works in a part."""
    folder, suffix = FOLDERS[layout]
    objects: dict[str, bytes] = {}
    files: list[dict[str, Any]] = []
    for updated in sorted({work["updated_date"][:10] for work in works}):
        of_day = [work for work in works if work["updated_date"][:10] == updated]
        for number in range(0, len(of_day), most):
            part = of_day[number : number + most]
            key = f"{folder}/updated_date={updated}/part_{number // most:04}.{suffix}"
            objects[key] = parquet(part) if suffix == "parquet" else json_lines(part)
            meta = {"content_length": len(objects[key]), "record_count": len(part)}
            files.append({"url": f"s3://openalex/{key}", "meta": meta})
    total = {name: sum(file["meta"][name] for file in files) for name in ("record_count", "content_length")}
    if layout == "flat":
        objects[f"{folder}/manifest"] = json.dumps({"entries": files, "meta": total}).encode()
    else:
        head = {"date": day, "format": layout, "entity": "works"}
        objects[f"{folder}/manifest.json"] = json.dumps(head | total | {"files": files}, indent=2).encode()
    return objects


def json_lines(works: Sequence[Work]) -> bytes:
    return gzip.compress("".join(json.dumps(work) + "\n" for work in works).encode(), compresslevel=1, mtime=0)


def altered(content: bytes, at: int) -> bytes:
    return content[:at] + bytes([content[at] ^ 0xFF]) + content[at + 1 :]


def parquet(works: Sequence[Work]) -> bytes:
    written = io.BytesIO()
    lines = "\n".join(json.dumps(work) for work in works)
    pl.read_ndjson(io.StringIO(lines), infer_schema_length=None).write_parquet(written, compression="snappy")
    return written.getvalue()


# Servers


@dataclass
class Fault:
    """What goes wrong with the next `times` requests for a path that holds `at`, once `after` of them went well."""

    at: str
    times: int = 1
    after: int = 0
    status: int | None = None
    drop_after: int | None = None
    """Close the connection after that many bytes of the body."""
    alter: int | None = None
    """Change the byte of the body that stands there."""
    first: Callable[[], None] = lambda: None
    """What happens before the answer is made."""


@dataclass
class Request:
    """A request as it came in, with the status it got."""

    path: str
    headers: Mapping[str, str]
    status: int = 0

    @property
    def query(self) -> dict[str, str]:
        return {name: values[0] for name, values in parse_qs(urlsplit(self.path).query).items()}


@dataclass
class BucketServer:
    """moto's S3 behind a proxy; `url` is that of the proxy."""

    url: str
    behind: int
    faults: list[Fault] = field(default_factory=list)
    requests: list[Request] = field(default_factory=list)

    def put(self, objects: Mapping[str, bytes], bucket: str = "openalex", acl: str = "public-read") -> None:
        for key, content in objects.items():
            self._call("PUT", f"/{bucket}/{quote(key)}", content, {"x-amz-acl": acl})

    def delete(self, key: str, bucket: str = "openalex") -> None:
        self._call("DELETE", f"/{bucket}/{quote(key)}", b"", {})

    def empty(self) -> None:
        self._call("POST", "/moto-api/reset", b"", {})
        self._call("PUT", "/openalex", b"", {})
        self.faults.clear()
        self.requests.clear()

    def asked(self, part: str) -> list[Request]:
        """The requests so far for paths that hold a text."""
        return [request for request in self.requests if part in request.path]

    def _call(self, method: str, path: str, content: bytes, headers: Mapping[str, str]) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", self.behind, timeout=10)
        connection.request(method, path, content, dict(headers))
        answer = connection.getresponse()
        assert answer.status < 300, (method, path, answer.status, answer.read())
        connection.close()


@contextmanager
def bucket_server() -> Iterator[BucketServer]:
    """An empty bucket `openalex` that anybody may list, and read what is put there for all."""
    from moto.server import ThreadedMotoServer

    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    moto = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    moto.start()
    try:
        _, port = moto.get_host_and_port()
        with _serving(_Proxy) as server:
            bucket = BucketServer(f"http://127.0.0.1:{server.server_port}", port)
            server.state = bucket
            bucket.empty()
            yield bucket
    finally:
        moto.stop()


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    state: Any
    lock: Lock

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that hangs up is what some tests are about; anything else is printed."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)


@contextmanager
def _serving(handler: type[BaseHTTPRequestHandler]) -> Iterator[_Server]:
    server = _Server(("127.0.0.1", 0), handler)
    server.lock = Lock()
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
        thread.join(timeout=10)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _Server

    def log_message(self, format: str, *args: Any) -> None:
        """Nothing on standard error."""

    def note(self) -> Request:
        request = Request(self.path, {name.lower(): value for name, value in self.headers.items()})
        with self.server.lock:
            self.server.state.requests.append(request)
        return request

    def answer(
        self, request: Request, status: int, headers: Mapping[str, str], body: bytes, send: int | None = None
    ) -> None:
        """Answer; with `send`, announce the whole body, give so many bytes of it and hang up."""
        request.status = status
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body if send is None else body[:send])
        if send is not None:
            self.wfile.flush()
            self.connection.shutdown(socket.SHUT_RDWR)
            self.close_connection = True


class _Proxy(_Handler):
    def do_GET(self) -> None:
        bucket: BucketServer = self.server.state
        request, fault = self.note(), self._fault()
        if fault:
            fault.first()
        if fault and fault.status:
            return self.answer(request, fault.status, {}, b"")
        connection = http.client.HTTPConnection("127.0.0.1", bucket.behind, timeout=10)
        connection.request(self.command, self.path, headers=dict(self.headers.items()))
        came = connection.getresponse()
        body = came.read()
        kept = ("etag", "last-modified", "content-type", "content-range")
        headers = {name: value for name in kept if (value := came.headers[name])}
        connection.close()
        if self.command == "HEAD":
            return self._head(request, came, headers)
        if fault and fault.alter is not None:
            body = altered(body, fault.alter)
        return self.answer(request, came.status, headers, body, fault.drop_after if fault else None)

    def do_HEAD(self) -> None:
        self.do_GET()

    def _head(self, request: Request, came: http.client.HTTPResponse, headers: Mapping[str, str]) -> None:
        request.status = came.status
        self.send_response(came.status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", came.headers["content-length"] or "0")
        self.end_headers()

    def _fault(self) -> Fault | None:
        bucket: BucketServer = self.server.state
        with self.server.lock:
            for fault in bucket.faults:
                if fault.at in self.path and fault.times:
                    if fault.after:
                        fault.after -= 1
                        return None
                    fault.times -= 1
                    return fault
        return None


# The API


@dataclass
class ApiServer:
    """The list of works and single works. `works` are given in this order, 100 to a page, with at most 100 authors;
    `refusals` are given first, one for each request. `merged` leads from an identifier to the one it became."""

    url: str
    works: list[Work] = field(default_factory=list)
    merged: dict[str, str] = field(default_factory=dict)
    refusals: list[tuple[int, Mapping[str, str], bytes]] = field(default_factory=list)
    cut: list[int] = field(default_factory=list)
    """Lengths after which the connection is closed, one for each of the next answers."""
    key: str = "secret-key"
    budget: int = 10_000
    requests: list[Request] = field(default_factory=list)


@contextmanager
def api_server() -> Iterator[ApiServer]:
    """A server that wants the key in the header `Authorization`."""
    with _serving(_Api) as server:
        api = ApiServer(f"http://127.0.0.1:{server.server_port}")
        server.state = api
        yield api


class _Api(_Handler):
    def do_GET(self) -> None:
        api: ApiServer = self.server.state
        request = self.note()
        if api.refusals:
            return self.answer(request, *api.refusals.pop(0))
        if request.headers.get("authorization") != f"Bearer {api.key}":
            body = b'{"error":"Invalid or missing API key","message":"API key not found"}'
            return self.answer(request, 401, JSON, body)
        status, content = self._content(request, api)
        body = json.dumps(content).encode()
        headers = JSON | self._limits(api)
        if status == 301:
            headers |= {"Location": f"{api.url}/works/{content['to']}"}
        return self.answer(request, status, headers, body, api.cut.pop(0) if api.cut else None)

    def _limits(self, api: ApiServer) -> dict[str, str]:
        left = str(api.budget - len(api.requests))
        return {"X-RateLimit-Limit": str(api.budget), "X-RateLimit-Remaining": left, "X-RateLimit-Reset": "39954"}

    def _content(self, request: Request, api: ApiServer) -> tuple[int, dict[str, Any]]:
        path = urlsplit(request.path).path
        if path == "/works":
            return 200, self._page(request, api)
        identifier = path.removeprefix("/works/")
        if identifier in api.merged:
            return 301, {"to": api.merged[identifier]}
        found = [work for work in api.works if work["id"] == f"https://openalex.org/{identifier}"]
        return (200, dict(found[0])) if found else (404, {"error": "Not Found", "message": "no such work"})

    def _page(self, request: Request, api: ApiServer) -> dict[str, Any]:
        cursor, per_page = request.query["cursor"], int(request.query["per_page"])
        begin = 0 if cursor == "*" else int(cursor.removeprefix("after-"))
        page = api.works[begin : begin + per_page]
        following = f"after-{begin + per_page}" if len(page) == per_page else None
        meta = {"count": len(api.works), "page": None, "per_page": per_page, "next_cursor": following}
        return {"meta": meta, "results": [_cut(work) for work in page], "group_by": []}


JSON = {"Content-Type": "application/json"}


def _cut(work: Work) -> Work:
    """A work as lists give it: of its authors the first hundred."""
    if len(work["authorships"]) <= 100:
        return work
    return {**work, "authorships": work["authorships"][:100], "is_authors_truncated": True}


# Works, and what else tests need


def work(number: int, updated: str = "2026-06-24", authors: int = 1) -> dict[str, Any]:
    """A small work in the publisher's shape."""
    places = ["first", *["middle"] * (authors - 2), "last"][:authors]
    return {
        "id": f"https://openalex.org/W{number}",
        "publication_date": "2020-01-01",
        "authorships": [{"author_position": place, "countries": ["KR"]} for place in places],
        "updated_date": f"{updated}T08:00:00.000000",
    }


def md5(content: bytes) -> str:
    return hashlib.md5(content, usedforsecurity=False).hexdigest()


@contextmanager
def as_nobody() -> Iterator[None]:
    """Without the rights of root, which may write everywhere."""
    if os.geteuid() != 0:
        yield
        return
    os.seteuid(65534)
    try:
        yield
    finally:
        os.seteuid(0)
