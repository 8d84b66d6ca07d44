"""How much of what lies between two blocs does a country join, and is it the only one that does?

Two countries are tied from `min_works` joint works on. Between two blocs lie the pairs of a member of one and a member
of the other, the country itself left out. Of those that are not tied it joins the pairs both of whose countries it is
tied to; alone, where no other country is tied to both. It is the only bridge between two blocs where without it no
pair of theirs is tied or joined by anybody, and it joins some. A country may join its own bloc to another.

Blocs are those of `brokerage_roles`, by default the communities of the network; countries in none are no bloc here, but
may join blocs.
"""

import numpy as np
import polars as pl

from legation.constants import MIN_WORKS
from legation.indicators import _network
from legation.indicators._blocs import COMMUNITIES, blocs_of
from legation.indicators._network import Floats
from legation.model import Example, Indicator, Measure

COUNTS = ("pairs", "tied", "joined", "joined_alone", "joined_by_others")

INDICATOR = Indicator(
    label={"en": "Bridges between blocs", "ko": "진영 간 가교"},
    measures={
        "pairs": Measure({"en": "Pairs of countries", "ko": "국가 쌍"}, "pairs between the blocs", None, "count"),
        "tied": Measure({"en": "Tied to each other", "ko": "직접 연결된 쌍"}, "pairs", None, "count"),
        "joined": Measure({"en": "Joined by the country", "ko": "해당국이 잇는 쌍"}, "untied pairs", "higher", "count"),
        "joined_alone": Measure(
            {"en": "Joined by it alone", "ko": "해당국만이 잇는 쌍"}, "untied pairs", "higher", "count"
        ),
        "joined_by_others": Measure(
            {"en": "Joined by others", "ko": "다른 나라가 잇는 쌍"}, "untied pairs", None, "count"
        ),
        "only_bridge": Measure(
            {"en": "Only bridge", "ko": "유일한 가교 여부"}, "1 = the only one, 0 = not", None, "count"
        ),
    },
    formula=r"J_v(G,H) = |\{(a,b) \in G \times H : A_{ab} = 0,\ A_{av} A_{vb} = 1\}|,\quad A_{xy} = [w_{xy} \ge m]",
    reference="Gould & Fernandez 1989, doi:10.2307/270949; Burt 1992, doi:10.4159/9780674029095",
    by=("source", "first_year", "year", "scope"),
    key=("iso3", "bloc", "partner_bloc"),
    caveats=(
        "papers_are_not_capability",
        "networks_depend_on_the_threshold",
        "membership_lists_lag",
        "communities_can_be_drawn_otherwise",
    ),
    kept=_network.KEPT,
    example=Example(
        given={
            "copublications": """
                iso3  partner_iso3  works
                KOR   FRA           20
                KOR   DEU           20
                KOR   CHN           20
                FRA   DEU           20
                FRA   CHN           3
                IND   CHN           20
                FRA   KOR           20
                DEU   KOR           20
                CHN   KOR           20
                DEU   FRA           20
                CHN   FRA           3
                CHN   IND           20
            """,
            "memberships": """
                organisation  iso3  status
                EU            FRA   member
                EU            DEU   member
                BRICS         CHN   member
                BRICS         IND   member
            """,
        },
        settings={"min_works": 10, "blocs": "EU,BRICS"},
        expect="""
            iso3  bloc   partner_bloc  pairs  tied  joined  joined_alone  joined_by_others  only_bridge
            CHN   BRICS  EU            2      0     0       0             0                 0
            DEU   BRICS  EU            2      0     0       0             1                 0
            FRA   BRICS  EU            2      0     0       0             1                 0
            IND   BRICS  EU            2      0     0       0             2                 0
            KOR   BRICS  EU            4      0     2       2             0                 1
        """,
        working="From ten works on no BRICS country is tied to one of the EU. Korea joins China to France and to "
        "Germany, which nobody else does; India is tied to China only. Without Korea, nothing joins the two blocs.",
    ),
    is_not="a measure of mediation: blocs are lists of members or communities of papers, and ties are joint works.",
    checked="brute force over all pairs and brokers",
)


def compute(
    copublications: pl.DataFrame, memberships: pl.DataFrame, *, min_works: int = MIN_WORKS, blocs: str = COMMUNITIES
) -> pl.DataFrame:
    whole = _network.network(copublications, min_works)
    named, there = blocs_of(whole, memberships, blocs)
    member = np.array([[one == bloc for bloc in sorted(there)] for one in named], dtype=np.float64)
    member = member.reshape(len(named), len(there))
    pairs = [(g, h) for g in range(len(there)) for h in range(g + 1, len(there))]
    counts = _counts(whole.tied, member, pairs)
    table = pl.DataFrame(
        {
            "iso3": pl.Series([name for name in whole.names for _ in pairs], dtype=pl.String),
            "bloc": pl.Series([sorted(there)[g] for _ in whole.names for g, _ in pairs], dtype=pl.String),
            "partner_bloc": pl.Series([sorted(there)[h] for _ in whole.names for _, h in pairs], dtype=pl.String),
            **{name: pl.Series(counts[:, i].round(), dtype=pl.Float64).cast(pl.Int64) for i, name in enumerate(COUNTS)},
        }
    )
    only = (pl.col("joined") > 0) & (pl.col("tied") == 0) & (pl.col("joined_by_others") == 0)
    return table.with_columns(only_bridge=only.cast(pl.Int64))


def _counts(tied: np.ndarray, member: Floats, pairs: list[tuple[int, int]]) -> Floats:
    """The counts in the order of `COUNTS`: a row for each country and pair of blocs."""
    ties, untied = tied.astype(np.float64), _network.untied(tied).astype(np.float64)
    brokers = (ties @ ties).round()
    once, ever = untied * (brokers == 1), untied * (brokers > 0)
    first, second = [g for g, _ in pairs], [h for _, h in pairs]
    rows = np.zeros((len(member), len(pairs), len(COUNTS)))
    for broker in range(len(member)):
        others = member.copy()
        others[broker] = 0.0
        ends = others * ties[broker][:, None]
        alone = ends.T @ once @ ends
        found = (
            np.outer(others.sum(axis=0), others.sum(axis=0)),
            others.T @ ties @ others,
            ends.T @ untied @ ends,
            alone,
            others.T @ ever @ others - alone,
        )
        rows[broker] = np.stack([table[first, second] for table in found], axis=1)
    return rows.reshape(-1, len(COUNTS))
