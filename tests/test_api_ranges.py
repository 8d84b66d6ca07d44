"""Parts of a file by their bytes: what a reader of Parquet over HTTP asks the REST interface for."""

import socket
import threading
from collections.abc import Iterator

import polars as pl
import pytest
import uvicorn
from starlette.testclient import TestClient

import legation
from legation.surfaces.rest import create_api

VOTES = "/tables/ideal_points/rows?format=parquet"


@pytest.fixture(scope="module")
def client() -> Iterator[TestClient]:
    with TestClient(create_api(legation.open())) as client:
        yield client


@pytest.mark.parametrize(
    ("asked", "first", "last"),
    [("bytes=0-3", 0, 3), ("bytes=4-9", 4, 9), ("bytes=-8", -8, -1), ("bytes=100-", 100, -1), ("bytes=0-0", 0, 0)],
)
def test_a_range_is_given_as_part_of_the_whole(client: TestClient, asked: str, first: int, last: int) -> None:
    whole = client.get(VOTES).content
    size = len(whole)
    begin, end = first % size, last % size
    part = client.get(VOTES, headers={"Range": asked})
    assert part.status_code == 206
    assert part.content == whole[begin : end + 1]
    assert part.headers["content-range"] == f"bytes {begin}-{end}/{size}"
    assert part.headers["content-length"] == str(end - begin + 1)
    assert part.headers["etag"] == client.get(VOTES).headers["etag"]


def test_the_end_of_a_parquet_file_is_its_mark(client: TestClient) -> None:
    assert client.get(VOTES, headers={"Range": "bytes=-4"}).content == b"PAR1"


def test_a_range_behind_the_end_is_refused_with_the_size(client: TestClient) -> None:
    size = len(client.get(VOTES).content)
    refused = client.get(VOTES, headers={"Range": f"bytes={size}-"})
    assert refused.status_code == 416
    assert refused.headers["content-range"] == f"bytes */{size}"
    assert refused.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize(
    "asked", ["bytes=3-1", "bytes=-", "bytes=0-1,4-5", "rows=0-3", "bytes=" + "9" * 60 + "-", "\x00"]
)
def test_what_is_no_single_range_gives_the_whole(client: TestClient, asked: str) -> None:
    whole = client.get(VOTES, headers={"Range": asked})
    assert whole.status_code == 200
    assert whole.headers["accept-ranges"] == "bytes"
    assert whole.content == client.get(VOTES).content


def test_a_part_of_another_version_is_not_given(client: TestClient) -> None:
    """`If-Range` names the version a reader has the rest of."""
    tag = client.get(VOTES).headers["etag"]
    assert client.get(VOTES, headers={"Range": "bytes=0-3", "If-Range": tag}).status_code == 206
    assert client.get(VOTES, headers={"Range": "bytes=0-3", "If-Range": '"another"'}).status_code == 200


def test_mistakes_are_told_whole(client: TestClient) -> None:
    mistake = client.get("/tables/nothing/rows", headers={"Range": "bytes=0-3"})
    assert mistake.status_code == 404
    assert mistake.json()["status"] == 404


def test_polars_reads_a_table_from_its_address() -> None:
    evidence = legation.open()
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    server = uvicorn.Server(uvicorn.Config(create_api(evidence), port=port, log_level="error"))
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        address = f"http://127.0.0.1:{port}{VOTES}"
        for _ in range(100):
            if server.started:
                break
            thread.join(0.1)
        assert pl.read_parquet(address).equals(evidence.table("ideal_points"))
        assert pl.scan_parquet(address).select("iso3").collect().height == evidence.table("ideal_points").height
    finally:
        server.should_exit = True
        thread.join(20)
