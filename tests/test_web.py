"""The pages on loopback: started and stopped by the test."""

import socket
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator

import pytest
import uvicorn

import legation
from legation.surfaces.web import HOST, create_app


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    with socket.socket() as free:
        free.bind((HOST, 0))
        port = free.getsockname()[1]
    server = uvicorn.Server(uvicorn.Config(create_app(legation.open()), host=HOST, port=port, log_level="error"))
    thread = threading.Thread(target=server.run)
    thread.start()
    for _ in range(200):
        if server.started:
            break
        time.sleep(0.05)
    yield f"http://{HOST}:{port}"
    server.should_exit = True
    thread.join(timeout=20)


def test_home_lists_the_technologies(address: str) -> None:
    page = urllib.request.urlopen(f"{address}/?country=%22%3Cb%3E").read().decode()
    assert "Quantum technologies" in page
    assert "<b>" not in page


def test_a_brief_is_a_page_without_scripts(address: str) -> None:
    answer = urllib.request.urlopen(f"{address}/KOR/quantum?partner=CHE")
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
    assert "Switzerland" in answer.read().decode()


def test_a_mistake_says_what_is_near(address: str) -> None:
    with pytest.raises(urllib.error.HTTPError) as caught:
        urllib.request.urlopen(f"{address}/KOR/quantun")
    assert caught.value.code == 404
    assert "did you mean quantum" in caught.value.read().decode()
