"""Between whom does a country stand: inside its own bloc, at its gate, or between others?

An open two-path a–v–b joins two countries that are not tied to each other but both to v; two countries are tied from
`min_works` joint works on. It gives v a role by the blocs of the three (Gould & Fernandez 1989). Ties of joint works
have no direction, so that of their five roles gatekeeper and representative are one, and each path counts once:

- coordinator: all three of one bloc;
- itinerant broker: a and b of one bloc, v of another;
- gatekeeper: v and one of the two of one bloc, the other outside;
- liaison: three blocs.

`alone` counts the paths whose ends no other country joins.

`blocs` names organisations, separated by commas (EU,NATO,BRICS): the members on the newest list up to the period. A
bloc may also be given by its members (A=KOR+JPN). A country in several belongs to the one named first; one in none is a
bloc of its own, because not being aligned is no bloc, and so it can only be itinerant or liaison. By default blocs are
the communities of the network itself (as `communities` finds them), and a country's bloc is the number of its
community.
"""

import numpy as np
import polars as pl
from numpy.typing import NDArray

from legation.constants import MIN_WORKS
from legation.indicators import _network
from legation.indicators._blocs import COMMUNITIES, blocs_of
from legation.model import Example, Indicator, Measure

ROLES = ("coordinator", "itinerant", "gatekeeper", "liaison")

INDICATOR = Indicator(
    label={"en": "Brokerage roles", "ko": "중개 역할"},
    measures={
        "brokerage": Measure({"en": "Brokerage", "ko": "중개"}, "open two-paths", "higher", "count"),
        "coordinator": Measure({"en": "Coordinator", "ko": "조정자"}, "open two-paths", "higher", "count"),
        "itinerant": Measure({"en": "Itinerant broker", "ko": "순회 중개자"}, "open two-paths", "higher", "count"),
        "gatekeeper": Measure(
            {"en": "Gatekeeper or representative", "ko": "문지기·대표자"}, "open two-paths", "higher", "count"
        ),
        "liaison": Measure({"en": "Liaison", "ko": "연락자"}, "open two-paths", "higher", "count"),
        "alone": Measure(
            {"en": "Joined by this country alone", "ko": "단독 중개"}, "open two-paths", "higher", "count"
        ),
        "bloc": Measure({"en": "Bloc", "ko": "진영"}, "name, number of a community, or the country itself"),
    },
    formula=r"b_v = \sum_{a<b} A_{av} A_{vb} (1 - A_{ab}),\quad A_{xy} = [w_{xy} \ge m],\quad "
    r"\text{by } [g_a = g_v],\ [g_b = g_v],\ [g_a = g_b]",
    reference="Gould & Fernandez 1989, doi:10.2307/270949",
    by=("source", "first_year", "year", "scope"),
    key=("iso3",),
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
                KOR   IND           20
                FRA   DEU           20
                CHN   FRA           3
                BRA   CHN           20
                CHN   IND           20
                CHN   KOR           20
                DEU   FRA           20
                DEU   KOR           20
                FRA   KOR           20
                IND   KOR           20
            """,
            "memberships": """
                organisation  iso3  status
                EU            FRA   member
                EU            DEU   member
                EU            TUR   candidate-country
                BRICS         BRA   member
                BRICS         CHN   member
                BRICS         IND   member
            """,
        },
        settings={"min_works": 10, "blocs": "EU, BRICS"},
        expect="""
            iso3  bloc   brokerage  coordinator  itinerant  gatekeeper  liaison  alone
            KOR   KOR    4          0            0          0           4        4
            CHN   BRICS  2          1            0          1           0        2
            BRA   BRICS  0          0            0          0           0        0
            DEU   EU     0          0            0          0           0        0
            FRA   EU     0          0            0          0           0        0
            IND   BRICS  0          0            0          0           0        0
        """,
        working="Korea, in neither bloc, joins France and Germany to China and India: four pairs, each of an EU "
        "and a BRICS country, none tied to each other from ten works on. China joins Brazil to India, inside BRICS, "
        "and Brazil to Korea, at its gate.",
    ),
    is_not="influence, or neutrality: it counts openings in a network, not who uses them.",
    checked="brute force over all triples; roles sum to the open two-paths, under hypothesis",
)


def compute(
    copublications: pl.DataFrame, memberships: pl.DataFrame, *, min_works: int = MIN_WORKS, blocs: str = COMMUNITIES
) -> pl.DataFrame:
    whole = _network.network(copublications, min_works)
    named, _ = blocs_of(whole, memberships, blocs)
    counts = roles(whole.tied, np.unique(named, return_inverse=True)[1])
    columns = {role: pl.Series(counts[:, i], dtype=pl.Int64) for i, role in enumerate(ROLES)}
    alone = pl.Series(_network.open_paths(whole.tied, alone=True), dtype=pl.Int64)
    table = pl.DataFrame({"iso3": pl.Series(whole.names, dtype=pl.String), **columns, "alone": alone})
    return table.with_columns(brokerage=pl.sum_horizontal(ROLES), bloc=pl.Series(named, dtype=pl.String))


def roles(tied: NDArray[np.bool_], bloc: NDArray[np.int64]) -> NDArray[np.int64]:
    """Open two-paths through each country by role, in the order of `ROLES`."""
    alike = bloc[:, None] == bloc[None, :]
    ties, untied = tied.astype(np.float64), _network.untied(tied).astype(np.float64)
    inside, outside, of_one, of_two = ties * alike, ties * ~alike, untied * alike, untied * ~alike
    # Of each country the ends on one side, the untied pairs, the ends on the other side; each pair of one kind is met
    # from both its ends, a pair of one inside and one outside only from one.
    found = (
        (inside * (inside @ of_one)).sum(axis=1) / 2,
        (outside * (outside @ of_one)).sum(axis=1) / 2,
        (inside * (outside @ of_two)).sum(axis=1),
        (outside * (outside @ of_two)).sum(axis=1) / 2,
    )
    return np.stack(found, axis=1).round().astype(np.int64)
