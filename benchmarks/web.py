"""How fast the pages are: `python benchmarks/web.py` starts a server on loopback, reads pages and prints a table.

Cached views: 50 readers ask again and again, without pause, for views that were made before. Uncached views: 50 readers
each open a view nobody has asked for, read it for a few seconds as people do, and open the next; and, the hardest,
without reading at all. Last they open the charts of the first views, each in every form. Memory is that of the server
and of the process it draws in, after more than 10,000 requests.
"""

from __future__ import annotations

import argparse
import asyncio
import itertools
import os
import random
import re
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from html import unescape
from pathlib import Path

import httpx

from legation import countries, registry
from legation.language import LANGUAGES

READERS, HOST = 50, "127.0.0.1"
READS_SECONDS = 10.0
UP_WITHIN, MEMORY_REQUESTS = 30.0, 10_000
ALONE = tuple(q for q in registry.questions() if q not in ("scenario", "pair", "topics"))
WARM = 60
CHART = re.compile(r'"(/[^" ]*/chart/[^" ]*)"')
IDLE_WITHIN = 60.0


def started(port: int) -> tuple[subprocess.Popen[bytes], float]:
    """A server, and after how many seconds it answered."""
    told = os.environ | {"LEGATION_REQUESTS_PER_MINUTE": "0"}
    begin = time.perf_counter()
    command = [str(Path(sys.executable).with_name("legation")), "serve", "--port", str(port)]
    server = subprocess.Popen(command, env=told, stdout=subprocess.DEVNULL)
    while time.perf_counter() - begin < UP_WITHIN and server.poll() is None:
        try:
            httpx.get(f"http://{HOST}:{port}/healthz")
        except httpx.TransportError:
            time.sleep(0.02)
        else:
            return server, time.perf_counter() - begin
    server.kill()
    raise SystemExit(f"the server did not answer within {UP_WITHIN:.0f} seconds")


def views(seed: int) -> Iterator[str]:
    """Addresses of views, each once, in an order that is the same each time."""
    draw = random.Random(seed)
    homes, technologies = sorted(countries.all_iso3()), list(registry.technologies())
    places = list(itertools.product(LANGUAGES, homes, technologies, (*ALONE, "pair", "topics")))
    draw.shuffle(places)
    for lang, home, technology, question in places:
        partner = "/DEU" if question in ("pair", "topics") else ""
        if home != "DEU":
            yield f"/{lang}/{home}/{technology}/{question}{partner}"


async def read(port: int, addresses: Iterator[str], seconds: float, reads: float, seed: int) -> tuple[list[float], int]:
    """What one reader waits for each page, and how many were no page.

    Over one connection, with as little work of our own as can be, since both sides share the machine.
    """
    draw, waited, failed = random.Random(seed), [], 0
    end = time.perf_counter() + seconds
    await asyncio.sleep(draw.uniform(0, reads))
    answers, asks = await asyncio.open_connection(HOST, port)
    while time.perf_counter() < end and (address := next(addresses, None)) is not None:
        begin = time.perf_counter()
        asks.write(f"GET {address} HTTP/1.1\r\nHost: {HOST}\r\nAccept-Encoding: gzip\r\n\r\n".encode())
        head = (await answers.readuntil(b"\r\n\r\n")).decode().lower()
        await answers.readexactly(int(head.split("content-length: ")[1].split("\r\n")[0]))
        waited.append(time.perf_counter() - begin)
        failed += not head.startswith("http/1.1 200")
        await asyncio.sleep(draw.uniform(0.5, 1.5) * reads)
    asks.close()
    return waited, failed


async def together(port: int, addresses: Iterator[str], seconds: float, reads: float = 0.0) -> tuple[list[float], int]:
    """What fifty readers wait, shortest first, and how many pages failed."""
    found = await asyncio.gather(*(read(port, addresses, seconds, reads, seed) for seed in range(READERS)))
    return sorted(w for waited, _ in found for w in waited), sum(failed for _, failed in found)


async def looked_at(base: str, addresses: list[str]) -> tuple[int, list[str]]:
    """The size of the largest page on the way, in bytes, and the addresses of the charts in all pages."""
    async with httpx.AsyncClient(base_url=base, timeout=60) as client:
        pages = [await client.get(address) for address in addresses]
    charts = dict.fromkeys(unescape(found) for page in pages for found in CHART.findall(page.text))
    return max(int(page.headers["content-length"]) for page in pages), list(charts)


def memory(process: int) -> float:
    """What a process holds, in MB; nothing where it has ended."""
    with suppress(OSError, IndexError):
        return int(Path(f"/proc/{process}/status").read_text().split("VmRSS:")[1].split()[0]) / 1000
    return 0.0


def drawing_process(server: int) -> int:
    """The process the server draws in, 0 where there is none."""
    told = (path.read_text() for path in Path(f"/proc/{server}/task").glob("*/children"))
    return next((int(number) for numbers in told for number in numbers.split()), 0)


def line(what: str, waited: list[float], failed: int, seconds: float) -> str:
    middle, most = (waited[int(part * (len(waited) - 1))] * 1000 for part in (0.5, 0.95))
    return f"| {what} | {len(waited):,} | {len(waited) / seconds:.0f}/s | {middle:.0f} ms | {most:.0f} ms | {failed} |"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=20, help="how long each measurement takes")
    seconds = parser.parse_args().seconds
    with socket.socket() as free:
        free.bind((HOST, 0))
        port = free.getsockname()[1]
    base = f"http://{HOST}:{port}"
    server, up = started(port)
    try:
        first = list(itertools.islice(views(1), WARM))
        asyncio.run(together(port, iter(first), 120))
        cached = asyncio.run(together(port, itertools.cycle(first), seconds))
        fresh = views(2)
        people = asyncio.run(together(port, fresh, max(seconds, 2 * READS_SECONDS), READS_SECONDS))
        pressed = asyncio.run(together(port, fresh, seconds))
        done = WARM + len(cached[0]) + len(people[0]) + len(pressed[0])
        rest = iter(itertools.islice(itertools.cycle(first), max(MEMORY_REQUESTS - done, 0)))
        more = asyncio.run(together(port, rest, 600))
        size, charts = asyncio.run(looked_at(base, first))
        held = memory(server.pid)
        begin = time.perf_counter()
        drawn = asyncio.run(together(port, iter(charts), 600))
        took = time.perf_counter() - begin
        beside, drawing = drawing_process(server.pid), memory(server.pid)
        most = drawing + memory(beside)
        while memory(beside) and time.perf_counter() - begin - took < IDLE_WITHIN:
            time.sleep(0.5)
        print(f"{READERS} readers at once, {os.cpu_count()} cores, server up in {up:.1f} s\n")
        print("| views | pages | rate | median | 95th percentile | failed |\n|---|---|---|---|---|---|")
        print(line("made before, without pause", *cached, seconds))
        print(line(f"not made before, read for {READS_SECONDS:.0f} s", *people, max(seconds, 2 * READS_SECONDS)))
        print(line("not made before, without pause", *pressed, seconds))
        print(line("charts of the first views, without pause", *drawn, took))
        print(f"\nMemory after {done + len(more[0]):,} requests for pages: {held:.0f} MB;", end=" ")
        print(f"with {len(charts):,} charts drawn after that: {most:.0f} MB,", end=" ")
        print(f"of which {most - drawing:.0f} MB in the process that draws;", end=" ")
        print(f"{memory(server.pid) + memory(beside):.0f} MB when that has ended.")
        print(f"Largest of {WARM} pages on the way: {size / 1000:.0f} kB.")
    finally:
        server.terminate()
        server.wait(timeout=30)


if __name__ == "__main__":
    main()
