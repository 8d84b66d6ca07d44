"""What is planted in invented works is found again, and the same seed gives the same works."""

import importlib
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import polars as pl
import pytest

import legation
from legation.corpus import build_corpus
from legation.evidence import Evidence

WORKS = 6_000
SCOPE_OF_MOVES = "space"


@pytest.fixture(scope="module")
def generate() -> Iterator[Any]:
    """The generator, which is no part of the package."""
    sys.path.insert(0, str(Path(__file__).parents[1] / "benchmarks"))
    yield importlib.import_module("generate")
    sys.path.pop(0)


@pytest.fixture(scope="module")
def folder(generate: Any, tmp_path_factory: pytest.TempPathFactory) -> Path:
    home: Path = tmp_path_factory.mktemp("generated")
    assert generate.write(generate.World(1, WORKS), home / "raw/openalex/snapshot", 2_000, 1) == WORKS
    return home


@pytest.fixture(scope="module")
def built(folder: Path) -> Evidence:
    build_corpus(folder / "raw", folder / "corpus", folder / "store", memory="1GB")
    return legation.open(folder / "store")


@pytest.fixture(scope="module")
def planted(folder: Path) -> dict[str, Any]:
    told: dict[str, Any] = json.loads((folder / "raw/openalex/snapshot/planted.json").read_text())
    return told


def test_the_leader_leads(built: Evidence, planted: dict[str, Any]) -> None:
    shares = built.indicator("output_share", source="openalex", scope=planted["leader"]["technology"], window=5)
    first = shares.filter(pl.col("counting") == "fractional").sort("output_share", descending=True).row(0, named=True)
    assert first["iso3"] == "KOR"
    assert first["output_share"] > 0.5


def test_the_movers_are_counted(built: Evidence, planted: dict[str, Any]) -> None:
    moves = built.table("moves", "openalex").filter(
        pl.col("scope") == SCOPE_OF_MOVES,
        pl.col("origin_iso3") == "FJI",
        pl.col("destination_iso3") == "ISL",
        pl.col("year") == planted["movers"]["year"],
    )
    assert moves["researchers"].to_list() == [planted["movers"]["researchers"]]


def test_the_broker_stands_between(built: Evidence, planted: dict[str, Any]) -> None:
    """Malta alone joins two blocs: every path from one to the other leads through it, 9 pairs of countries."""
    scope = planted["broker"]["technology"]
    network = built.indicator("network_centrality", source="openalex", scope=scope, year=2025, window=5, min_works=1)
    between = dict(network.select("iso3", "betweenness").iter_rows())
    assert between.pop("MLT") == pytest.approx(9)
    assert set(between.values()) == {0.0}


def test_the_rising_topic_rises(built: Evidence, planted: dict[str, Any]) -> None:
    rising = built.table("coverage", "openalex").filter(pl.col("scope") == planted["rising"]["technology"]).sort("year")
    works = rising["works"].to_list()
    assert rising["year"].to_list() == list(range(2016, 2026))
    assert works[-1] / works[-4] == pytest.approx(planted["rising"]["growth"] ** 3, rel=0.1)


def test_the_same_seed_gives_the_same_works(generate: Any) -> None:
    numbers = generate.np.arange(500)
    once, again, other = (generate.lines(generate.World(s, WORKS), numbers, 0, "2026-01-05") for s in (1, 1, 2))
    assert once.equals(again)
    assert not once.equals(other)
    assert json.loads(once[0])["id"] == "https://openalex.org/W1500000000"


def test_works_have_the_skew_of_real_ones(generate: Any) -> None:
    works = [
        json.loads(line) for line in generate.lines(generate.World(1, WORKS), generate.np.arange(2000), 0, "2026-01-05")
    ]
    authors = [len(work["authorships"]) for work in works]
    countries = [{c for a in work["authorships"] for c in a["countries"]} for work in works]
    assert 3.5 < sum(authors) / len(works) < 4.5
    assert max(authors) > 12
    assert 0.2 < sum(len(c) > 1 for c in countries) / len(works) < 0.4
    assert 0.1 < sum(not c for c in countries) / len(works) < 0.25
    assert sum("US" in c for c in countries) > 3 * sum("KR" in c for c in countries) > 0
