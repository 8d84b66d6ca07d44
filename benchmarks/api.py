"""How fast the REST interface answers many readers at once: `python benchmarks/api.py [--readers 50] [--seconds 10]`.

Starts `legation serve` on a free port of this machine, with the embedded pack. Each reader asks, waits for the whole
answer, thinks for `--think` seconds on average (spread evenly from nothing to twice that), and asks again. Two rounds:

cache    answers that were given before, all asked once beforehand
other    answers that nobody asked before: the page of each is new. Every indicator was computed once, by a first answer
         of the kind about another country, as on any server that has run for some minutes

Who reads a new answer thinks longer, `--think-new` seconds. Prints the 50th, 95th and 99th percentile of milliseconds
from request to the last byte, as the readers see them; readers share the cores with the server.
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


async def read(client: httpx.AsyncClient, asked: Iterator[str], until: float, think: float, took: list[float]) -> None:
    await asyncio.sleep(random.uniform(0, 2 * think))
    for one in asked:
        if time.perf_counter() > until:
            return
        start = time.perf_counter()
        response = await client.get(one)
        took.append((time.perf_counter() - start) * 1000)
        response.raise_for_status()
        await asyncio.sleep(random.uniform(0, 2 * think))


async def round_of(name: str, base: str, readers: int, seconds: float, think: float, asked: Iterator[str]) -> None:
    took: list[float] = []
    limits = httpx.Limits(max_connections=readers, max_keepalive_connections=readers)
    async with httpx.AsyncClient(base_url=base, limits=limits, timeout=60) as client:
        until = time.perf_counter() + seconds
        await asyncio.gather(*(read(client, asked, until, think, took) for _ in range(readers)))
    took.sort()
    at = {p: took[min(len(took) - 1, int(len(took) * p / 100))] for p in (50, 95, 99)}
    figures = "  ".join(f"p{p} {value:7.1f} ms" for p, value in at.items())
    print(f"{name:22s} {len(took):6,} requests  {len(took) / seconds:7.1f}/s  {figures}", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--readers", type=int, default=50)
    parser.add_argument("--seconds", type=float, default=10)
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
        measure(f"http://{HOST}:{port}", given)
    finally:
        server.terminate()
        server.wait(30)


def measure(base: str, given: argparse.Namespace) -> None:
    with httpx.Client(base_url=base, timeout=60) as client:
        for _ in range(100):
            try:
                client.get("/healthz").raise_for_status()
                break
            except httpx.TransportError:
                time.sleep(0.2)
        for kind, technology in itertools.product((*KINDS, *HEAVY), TECHNOLOGIES):
            client.get(address(kind, technology, WARM)).raise_for_status()
        known = [address(kind, technology, WARM) for kind in (*KINDS, *HEAVY) for technology in TECHNOLOGIES]
    rounds = (
        ("cache", itertools.cycle(known), given.think),
        ("cache, no thinking", itertools.cycle(known), 0.0),
        ("other, lighter answers", addresses(KINDS, 1), given.think_new),
        ("other, all answers", addresses((*KINDS, *HEAVY), 2), given.think_new),
    )
    for name, asked, think in rounds:
        asyncio.run(round_of(name, base, given.readers, given.seconds, think, asked))


if __name__ == "__main__":
    main()
