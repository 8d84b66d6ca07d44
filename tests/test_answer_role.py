"""The role answer on the embedded pack, against networkx on the table of joint works itself."""

import itertools
import re

import networkx as nx
import polars as pl
import pytest

import legation
from legation.answer import Answer
from legation.errors import UserError
from legation.evidence import Evidence

QUANTUM = ("openalex_extracts", "quantum", 2022)
"""Source, scope and first year of the network of joint works on quantum technologies."""
LEAST = 2


@pytest.fixture(scope="module")
def evidence() -> Evidence:
    return legation.open()


@pytest.fixture(scope="module")
def quantum(evidence: Evidence) -> Answer:
    return evidence.ask("role", home="KOR", technology="quantum")


@pytest.fixture(scope="module")
def blocs(evidence: Evidence) -> Answer:
    return evidence.ask("role", home="KOR", technology="quantum", bloc=("eu", "QUAD=USA,India,JPN,AUS"))


@pytest.fixture(scope="module")
def tied(evidence: Evidence) -> nx.Graph:
    """Countries with at least two joint works on quantum technologies."""
    source, scope, first = QUANTUM
    works = evidence.table("copublications", source).filter(pl.col("scope") == scope, pl.col("first_year") >= first)
    world = pl.any_horizontal(pl.col("iso3", "partner_iso3") == "WLD")
    pairs = works.filter(pl.col("iso3") < pl.col("partner_iso3"), ~world)
    summed = pairs.group_by("iso3", "partner_iso3").agg(pl.col("works").sum()).filter(pl.col("works") >= LEAST)
    graph = nx.Graph()
    graph.add_weighted_edges_from(summed.iter_rows())
    return graph


def joined(graph: nx.Graph, broker: str) -> list[tuple[str, str]]:
    return [(a, b) for a, b in itertools.combinations(sorted(graph[broker]), 2) if not graph.has_edge(a, b)]


def pairs(answer: Answer, role: str) -> int:
    table = answer.table.filter(pl.col("ties_from") == LEAST, pl.col("role") == role)
    return int(table["pairs"][0])


def text(answer: Answer) -> str:
    return "\n".join(map(str, (*answer.findings, *answer.missing)))


def test_brokerage_is_that_of_the_joint_works(quantum: Answer, tied: nx.Graph) -> None:
    expected = {c: len(joined(tied, c)) for c in tied}
    row = quantum.table.filter(pl.col("ties_from") == LEAST, pl.col("role") == "Brokerage").row(0, named=True)
    assert row["pairs"] == expected["KOR"]
    assert row["of"] == len(tied)
    assert row["rank"] == 1 + sum(n > expected["KOR"] for n in expected.values())
    assert row["rank_low"] <= row["rank"] <= row["rank_high"]
    assert f"between {expected['KOR']} pairs of countries" in text(quantum)
    shown = quantum.figures["brokers"].table.filter(pl.col("ties_from") == LEAST)
    assert dict(shown.select("iso3", "brokerage").iter_rows()) == {c: expected[c] for c in shown["iso3"]}


def test_pairs_that_it_alone_joins_have_nobody_else_between_them(quantum: Answer, tied: nx.Graph) -> None:
    alone = {(a, b) for a, b in joined(tied, "KOR") if len(set(tied[a]) & set(tied[b])) == 1}
    table = quantum.figures["sole_pairs"].table.filter(pl.col("ties_from") == LEAST)
    assert set(table.select("one_iso3", "other_iso3").iter_rows()) == alone
    assert pairs(quantum, "Joined by this country alone") == len(alone)
    strongest = table.row(0, named=True)
    assert strongest["works_of_weaker_tie"] == min(
        tied["KOR"][strongest["one_iso3"]]["weight"], tied["KOR"][strongest["other_iso3"]]["weight"]
    )


def test_roles_go_by_the_communities_found(evidence: Evidence, quantum: Answer, tied: nx.Graph) -> None:
    table = quantum.figures["communities"].table
    community = dict(table.select("iso3", "community").iter_rows())
    assert set(community) == set(tied)
    own = community["KOR"]
    kinds = {"Coordinator": 0, "Gatekeeper or representative": 0, "Liaison": 0, "Itinerant broker": 0}
    for a, b in joined(tied, "KOR"):
        one, other = community[a], community[b]
        if one == other:
            kinds["Coordinator" if own == one else "Itinerant broker"] += 1
        else:
            kinds["Gatekeeper or representative" if own in (one, other) else "Liaison"] += 1
    assert {role: pairs(quantum, role) for role in kinds} == kinds
    assert sum(kinds.values()) == pairs(quantum, "Brokerage")


def test_blocs_are_organisations_of_the_store_or_names_with_members(
    evidence: Evidence, blocs: Answer, tied: nx.Graph
) -> None:
    lists = evidence.table("memberships").filter(pl.col("organisation") == "EU", pl.col("status") == "member")
    eu = set(lists.filter(pl.col("year") == pl.col("year").max())["iso3"])
    quad = {"USA", "IND", "JPN", "AUS"}
    bloc = {c: "EU" if c in eu else "QUAD" if c in quad else c for c in tied}
    liaison = [(a, b) for a, b in joined(tied, "KOR") if bloc[a] != bloc[b]]
    assert pairs(blocs, "Liaison") == len(liaison)
    assert pairs(blocs, "Itinerant broker") == len(joined(tied, "KOR")) - len(liaison)
    assert pairs(blocs, "Coordinator") == pairs(blocs, "Gatekeeper or representative") == 0
    between = blocs.figures["bridges"].table.filter(pl.col("ties_from") == LEAST).row(0, named=True)
    source, scope, first = QUANTUM
    works = evidence.table("copublications", source).filter(pl.col("scope") == scope, pl.col("first_year") >= first)
    every = list(itertools.product(eu & set(works["iso3"]), quad & set(works["iso3"])))
    crossing = [(a, b) for a, b in every if not tied.has_edge(a, b) and {a, b} <= set(tied["KOR"])]
    assert (between["bloc"], between["partner_bloc"], between["pairs"]) == ("EU", "QUAD", len(every))
    assert between["tied"] == sum(tied.has_edge(a, b) for a, b in every)
    assert between["joined"] == len(crossing)
    assert "which is in none of them" in text(blocs)
    assert set(blocs.figures["bridges"].sources) > {"openalex_extracts"}
    newest = max(lists["year"].to_list())
    assert f"Members of EU are those on a list of {newest}" in text(blocs)


def test_the_lists_of_members_are_no_younger_than_the_network(evidence: Evidence) -> None:
    """Joint works over all fields end in 2023; the list of 2025 came later."""
    answer = evidence.ask("role", home="KEN", technology="nuclear", bloc=("BRICS",))
    assert "Members of BRICS are those on a list of 2020 (country_memberships): 5 countries" in text(answer)


def test_positions_are_those_of_networkx_with_their_intervals(quantum: Answer, tied: nx.Graph) -> None:
    table = quantum.figures["position_in_network"].table.filter(pl.col("ties_from") == LEAST)
    found = {row["measure"]: row for row in table.iter_rows(named=True)}
    expected = {
        "Betweenness": nx.betweenness_centrality(tied, normalized=False)["KOR"],
        "Constraint (Burt)": nx.constraint(tied, nodes=["KOR"], weight="weight")["KOR"],
        "Effective size": nx.effective_size(tied, nodes=["KOR"], weight="weight")["KOR"],
        "Degree": tied.degree("KOR"),
        "Strength": tied.degree("KOR", weight="weight"),
    }
    assert {name: found[name]["value"] for name in expected} == pytest.approx(expected)
    for name in ("Betweenness", "Constraint (Burt)", "Effective size"):
        row = found[name]
        assert row["low"] <= row["value"] <= row["high"]
        assert row["rank_low"] <= row["rank"] <= row["rank_high"] <= row["of"] == len(tied)


def test_the_threshold_is_said_and_another_is_shown(quantum: Answer) -> None:
    assert quantum.table["ties_from"].unique().sort().to_list() == [2, 5]
    assert "tied from 2 joint works on" in text(quantum)
    assert "With ties from 5 joint works on" in text(quantum)
    assert "networks_depend_on_the_threshold" in quantum.caveats


def test_where_a_technology_has_no_network_it_is_that_of_all_fields(evidence: Evidence) -> None:
    answer = evidence.ask("role", home="KEN", technology="nuclear")
    assert "no joint works by pairs of countries on nuclear energy" in text(answer)
    assert "joint works in all fields" in str(answer.findings[0])
    assert answer.figures["roles"].sources == ("openalex_country_copublications",)


def test_where_a_country_has_few_ties_in_it_likewise(evidence: Evidence) -> None:
    answer = evidence.ask("role", home="KEN", technology="quantum")
    assert "Kenya is tied to 0 countries only (openalex_extracts), too few for a place there" in text(answer)
    assert answer.table["ties_from"].unique().sort().to_list() == [50, 500]


def test_a_collection_gathered_around_one_country_shows_no_network(evidence: Evidence) -> None:
    answer = evidence.ask("role", home="SAU", technology="subsurface-energy")
    assert "were gathered around one country" in str(answer.findings[0])
    assert answer.figures["roles"].sources == ("openalex_country_copublications",)


def test_a_country_without_ties_has_no_place_and_still_a_coalition(evidence: Evidence) -> None:
    answer = evidence.ask("role", home="TUV", technology="quantum")
    assert answer.table.is_empty()
    assert "Tuvalu has no tie of 50 joint works or more" in text(answer)
    assert "TUV" in answer.figures["members"].table["iso3"].to_list()


def test_it_holds_the_coalition_that_the_coalition_finder_finds(evidence: Evidence, quantum: Answer) -> None:
    finder = evidence.ask("coalition", home="KOR", technology="quantum")
    for figure, name in (("coalitions", "coalitions"), ("members", "members")):
        assert quantum.figures[figure].table.equals(finder.figures[name].table)
    assert str(finder.findings[0]) in text(quantum)


@pytest.mark.parametrize(
    ("bloc", "message"),
    [
        ("NATOO", "unknown bloc 'NATOO'; did you mean NATO"),
        ("QUAD=USA,Atlantis", "unknown country 'Atlantis'"),
        ("QUAD=", "cannot be read; give an organisation such as EU"),
        ("JPN=KOR", "'JPN' is called as a country that is not in it"),
    ],
)
def test_a_bloc_that_is_not_known_is_answered_with_what_is_near(evidence: Evidence, bloc: str, message: str) -> None:
    with pytest.raises(UserError, match=re.escape(message)):
        evidence.ask("role", home="KOR", technology="quantum", bloc=(bloc,))


@pytest.mark.parametrize("home", ["CHE", "SGP", "SAU", "USA"])
@pytest.mark.parametrize("lang", ["en", "ko"])
def test_sentences_are_whole(evidence: Evidence, home: str, lang: str) -> None:
    answer = evidence.ask("role", lang, home=home, technology="quantum")
    for sentence in text(answer).splitlines():
        assert not re.search(r"[{}]|\bNone\b|\bnan\b|The the", sentence), sentence
    for figure in answer.figures.values():
        numeric = [c for c, kind in figure.table.schema.items() if kind.is_float()]
        assert all(figure.units.get(c) or "unit" in figure.table.columns for c in numeric), figure.id
