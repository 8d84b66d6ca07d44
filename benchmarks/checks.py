"""Indicators against independent computations on the embedded pack: the table in `docs/checks.md`.

`make docs` writes it. Each line computes an indicator a second way, with another library or by hand on the published
table, and gives the largest difference over all rows.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import networkx as nx
import numpy as np
import pandas as pd
import polars as pl

import legation
from legation.evidence import Evidence

WORLD = "WLD"


@dataclass(frozen=True)
class Check:
    """An indicator, what it was compared with, over how many values, and the largest difference."""

    indicator: str
    against: str
    values: int
    largest: float


def largest(ours: pl.DataFrame, theirs: Mapping[Any, float], key: list[str], measure: str) -> tuple[int, float]:
    """How many values were compared, and the largest difference: relative for values above 1, absolute below."""
    pairs = [(row[measure], theirs[tuple(row[k] for k in key)]) for row in ours.iter_rows(named=True)]
    known = [(a, b) for a, b in pairs if a is not None]
    return len(known), max(abs(a - b) / max(1.0, abs(b)) for a, b in known)


def specialisation(evidence: Evidence) -> Check:
    """RCA with pandas."""
    cut: dict[str, Any] = {"source": "ncses", "year": 2022}
    ours = evidence.indicator("revealed_comparative_advantage", **cut).filter(pl.col("counting") == "fractional")
    facts = evidence.table("articles", "ncses").filter(
        pl.col("year") == 2022, pl.col("counting") == "fractional", pl.col("scope") != "all"
    )
    table = pd.DataFrame(facts.to_dict(as_series=False)).pivot_table("articles", "iso3", "scope", fill_value=0.0)
    table = table[table.sum(axis=1) > 0]
    rca = table.div(table.sum(axis=1), axis=0).div(table.sum(axis=0) / table.to_numpy().sum(), axis=1)
    theirs = {(iso3, scope): float(rca.loc[iso3, scope]) for iso3 in rca.index for scope in rca.columns}
    return Check("revealed_comparative_advantage", "pandas", *largest(ours, theirs, ["iso3", "scope"], "rca"))


def collaboration(evidence: Evidence) -> Iterator[Check]:
    """The publisher's formulas on the publisher's own matrix and world rows."""
    facts = evidence.table("copublications", "ncses").filter(pl.col("scope") == "all", pl.col("last_year") == 2022)
    works = {(a, b): float(n) for a, b, n in facts.select("iso3", "partner_iso3", "works").rows()}
    everything = works[WORLD, WORLD]
    pairs = [(a, b) for a, b in works if WORLD not in (a, b)]
    formulas: dict[tuple[str, str], Callable[[str, str], float]] = {
        ("collaboration_index", "collaboration_index"): lambda a, b: (
            (works[a, b] / works[a, WORLD]) / (works[b, WORLD] / everything)
        ),
        ("salton", "salton"): lambda a, b: works[a, b] / (works[a, WORLD] * works[b, WORLD]) ** 0.5,
        ("relative_intensity_of_collaboration", "relative_intensity"): lambda a, b: (
            (works[a, b] / works[a, WORLD]) / ((works[b, WORLD] - works[a, b]) / (everything - works[a, WORLD]))
        ),
    }
    for (indicator, measure), formula in formulas.items():
        ours = evidence.indicator(indicator, source="ncses", scope="all", year=2022)
        name = measure if measure in ours.columns else next(iter(ours.columns[6:]))
        theirs = {(a, b): formula(a, b) for a, b in pairs}
        counted = largest(ours, theirs, ["iso3", "partner_iso3"], name)
        yield Check(indicator, "the publisher's formula on its table of 2022", *counted)


def networks(evidence: Evidence) -> Iterator[Check]:
    """Centralities and structural holes with networkx."""
    least = 400
    cut: dict[str, Any] = {"source": "ncses", "scope": "artificial-intelligence", "year": 2022, "min_works": least}
    facts = evidence.table("copublications", "ncses").filter(
        pl.col("scope") == "artificial-intelligence", pl.col("works") >= least
    )
    graph: Any = nx.Graph()
    ours = evidence.indicator("network_centrality", **cut)
    graph.add_nodes_from(ours["iso3"])
    graph.add_weighted_edges_from(facts.select("iso3", "partner_iso3", "works").rows())
    measures = {
        "degree": dict(graph.degree()),
        "strength": dict(graph.degree(weight="weight")),
        "betweenness": nx.betweenness_centrality(graph, normalized=False),
        "closeness": nx.closeness_centrality(graph),
        "pagerank": nx.pagerank(graph, alpha=0.85, weight="weight", tol=1e-14, max_iter=1000),
    }
    for measure, found in measures.items():
        theirs = {(iso3,): float(value) for iso3, value in found.items()}
        yield Check(f"network_centrality: {measure}", "networkx", *largest(ours, theirs, ["iso3"], measure))
    tied = [iso3 for iso3 in graph if graph.degree(iso3)]
    holes = evidence.indicator("structural_holes", **cut).filter(pl.col("iso3").is_in(tied))
    constraint = {(i,): nx.constraint(graph, [i], weight="weight")[i] for i in tied}
    yield Check("structural_holes: constraint", "networkx", *largest(holes, constraint, ["iso3"], "constraint"))


def shares(evidence: Evidence) -> Iterator[Check]:
    """Shares of one world sum to one; credits and what is unassigned sum to the works."""
    for indicator, measure, by in (
        ("output_share", "output_share", ["source", "scope", "counting"]),
        ("patent_share", "patent_share", ["source", "kind", "scope"]),
        ("capability_share", "capability_share", ["source", "kind"]),
        ("top10_share", "top10_share", ["source", "scope"]),
    ):
        window: dict[str, Any] = {"window": 5} if indicator == "output_share" else {}
        frame = evidence.indicator(indicator, **window)
        worlds = frame.group_by(*by, "first_year", "year").agg(pl.col(measure).sum())
        off = np.abs(worlds[measure].to_numpy() - 1)
        yield Check(indicator, "its sum over the world, which is 1", len(off), float(off.max()))


def main() -> None:
    evidence = legation.open()
    checks = [specialisation(evidence), *collaboration(evidence), *networks(evidence), *shares(evidence)]
    print(
        "# Independent checks\n\nGenerated by `make docs`: what an indicator gives on the embedded pack, and what "
        "a second way of computing it gives."
    )
    print("The tests hold further ones, by brute force on random small worlds (`tests/test_indicators*.py`).\n")
    print("| indicator | against | values | largest difference |\n|---|---|---|---|")
    for check in checks:
        print(f"| `{check.indicator}` | {check.against} | {check.values:,} | {check.largest:.1e} |")


if __name__ == "__main__":
    main()
