"""How fast the REST interface answers many readers at once: `python benchmarks/api.py [--readers 50] [--seconds 10]`.

Starts `legation serve` on a free port of this machine, with the embedded pack. Each reader asks, waits for the whole
answer, thinks for `--think` seconds on average (spread evenly from nothing to twice that), and asks again. Two rounds:

cache    answers that were given before, all asked once beforehand
other    answers that nobody asked before: the page of each is new. Every indicator was computed once, by a first answer
         of the kind about another country, as on any server that has run for some minutes

Who reads a new answer thinks longer, `--think-new` seconds, and is watched for `--seconds-new`; what it took is told by
kind too. Prints the 50th, 95th and 99th percentile of milliseconds from request to the last byte, as the readers see
them; readers share the cores with the server, and do as little as can be beside.
"""

from __future__ import annotations

import argparse
import asyncio
import itertools
import os
import random
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pycountry

HOST = "127.0.0.1"
TECHNOLOGIES = ("quantum", "semiconductors", "artificial-intelligence", "space")
KINDS = ("position", "exposure", "norms", "role", "institutions", "topics")
HEAVY = ("partners", "pair", "talent", "coalition")
HOMES = [c.alpha_3 for c in pycountry.countries][::4]
WARM = "USA"


def addresses(kinds: tuple[str, ...], seed: int) -> Iterator[str]:
    """Questions in a shuffled order, each once."""
    asked = list(itertools.product(kinds, TECHNOLOGIES, HOMES))
    random.Random(seed).shuffle(asked)
    return (address(*one) for one in asked)


def address(kind: str, technology: str, home: str) -> str:
    partner = "&partner=CHN" if kind in ("topics", "pair") else ""
    return f"/api/v1/answers/{kind}?home={home}&technology={technology}{partner}"


async def read(
    port: int, asked: Iterator[str], until: float, think: float, took: list[tuple[str, float]], seed: int
) -> None:
    """One reader, over one connection, with as little work of its own as can be: both sides share the machine."""
    draw = random.Random(seed)
    await asyncio.sleep(draw.uniform(0, 2 * think))
    answers, asks = await asyncio.open_connection(HOST, port)
    for one in asked:
        if time.perf_counter() > until:
            break
        start = time.perf_counter()
        asks.write(f"GET {one} HTTP/1.1\r\nHost: {HOST}\r\nAccept-Encoding: gzip\r\n\r\n".encode())
        head = (await answers.readuntil(b"\r\n\r\n")).decode().lower()
        await answers.readexactly(int(head.split("content-length: ")[1].split("\r\n")[0]))
        took.append((one, (time.perf_counter() - start) * 1000))
        if not head.startswith("http/1.1 200"):
            raise SystemExit(f"{one}: {head.splitlines()[0]}")
        await asyncio.sleep(draw.uniform(0, 2 * think))
    asks.close()


async def round_of(
    name: str, port: int, readers: int, seconds: float, think: float, asked: Iterator[str]
) -> list[tuple[str, float]]:
    took: list[tuple[str, float]] = []
    until = time.perf_counter() + seconds
    await asyncio.gather(*(read(port, asked, until, think, took, seed) for seed in range(readers)))
    print(line(name, [t for _, t in took], f"  {len(took) / seconds:7.1f}/s"), flush=True)
    return took


def line(name: str, took: list[float], rate: str = "") -> str:
    """How many requests, and the percentiles of their milliseconds."""
    took = sorted(took)
    at = {p: took[min(len(took) - 1, int(len(took) * p / 100))] for p in (50, 95, 99)}
    return f"{name:22s} {len(took):6,} requests{rate}  " + "  ".join(f"p{p} {value:7.1f} ms" for p, value in at.items())


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--readers", type=int, default=50)
    parser.add_argument("--seconds", type=float, default=10)
    parser.add_argument("--seconds-new", type=float, default=40)
    parser.add_argument("--think", type=float, default=1.0)
    parser.add_argument("--think-new", type=float, default=20.0)
    given = parser.parse_args()
    with socket.socket() as free:
        free.bind((HOST, 0))
        port = free.getsockname()[1]
    command = [str(Path(sys.executable).with_name("legation")), "serve", "--port", str(port)]
    server = subprocess.Popen(
        command, env=os.environ | {"LEGATION_REQUESTS_PER_MINUTE": "0"}, stdout=subprocess.DEVNULL
    )
    try:
        measure(port, given)
    finally:
        server.terminate()
        server.wait(30)


def measure(port: int, given: argparse.Namespace) -> None:
    with httpx.Client(base_url=f"http://{HOST}:{port}", timeout=60) as client:
        for _ in range(100):
            try:
                client.get("/healthz").raise_for_status()
                break
            except httpx.TransportError:
                time.sleep(0.2)
        for kind, technology in itertools.product((*KINDS, *HEAVY), TECHNOLOGIES):
            client.get(address(kind, technology, WARM)).raise_for_status()
    known = [address(kind, technology, WARM) for kind in (*KINDS, *HEAVY) for technology in TECHNOLOGIES]

    def heard(name: str, asked: Iterator[str], think: float, seconds: float) -> list[tuple[str, float]]:
        return asyncio.run(round_of(name, port, given.readers, seconds, think, asked))

    heard("cache", itertools.cycle(known), given.think, given.seconds)
    heard("cache, no thinking", itertools.cycle(known), 0.0, given.seconds)
    heard("other, lighter answers", addresses(KINDS, 1), given.think_new, given.seconds_new)
    took = heard("other, all answers", addresses((*KINDS, *HEAVY), 2), given.think_new, given.seconds_new)
    for kind in (*HEAVY, *KINDS):
        if own := [t for one, t in took if f"/{kind}?" in one]:
            print(line(f"  {kind}", own))


if __name__ == "__main__":
    main()
