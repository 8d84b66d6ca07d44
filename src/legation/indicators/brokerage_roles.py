"""Between whom does a country stand: inside its own bloc, at its gate, or between others?

An open two-path a–v–b joins two countries that are not tied to each other but both to v; two countries are tied from
`min_works` joint works on. It gives v a role by the blocs of the three (Gould & Fernandez 1989). Ties of joint works
have no direction, so that of their five roles gatekeeper and representative are one, and each path counts once:

- coordinator: all three of one bloc;
- itinerant broker: a and b of one bloc, v of another;
- gatekeeper: v and one of the two of one bloc, the other outside;
- liaison: three blocs.

`blocs` names organisations, separated by commas (EU,NATO,BRICS): the members on the newest list up to the period. A
country in several belongs to the one named first; one in none is a bloc of its own, because not being aligned is no
bloc, and so it can only be itinerant or liaison. By default blocs are the communities of the network itself (as
`communities` finds them), and a country's bloc is the number of its community.
"""

import numpy as np
import polars as pl
from numpy.typing import NDArray

from legation.constants import LEIDEN_RESOLUTION, LEIDEN_SEEDS, MIN_WORKS
from legation.errors import NoEvidenceError, UserError, unknown
from legation.indicators import _network
from legation.model import Example, Indicator, Measure

COMMUNITIES = "communities"
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
            iso3  bloc   brokerage  coordinator  itinerant  gatekeeper  liaison
            KOR   KOR    4          0            0          0           4
            CHN   BRICS  2          1            0          1           0
            BRA   BRICS  0          0            0          0           0
            DEU   EU     0          0            0          0           0
            FRA   EU     0          0            0          0           0
            IND   BRICS  0          0            0          0           0
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
    named = _communities(whole) if blocs.strip() == COMMUNITIES else _members(whole.names, memberships, blocs)
    counts = roles(whole.tied, np.unique(named, return_inverse=True)[1])
    columns = {role: pl.Series(counts[:, i], dtype=pl.Int64) for i, role in enumerate(ROLES)}
    table = pl.DataFrame({"iso3": pl.Series(whole.names, dtype=pl.String), **columns})
    return table.with_columns(brokerage=pl.sum_horizontal(ROLES), bloc=pl.Series(named, dtype=pl.String))


def roles(tied: NDArray[np.bool_], bloc: NDArray[np.int64]) -> NDArray[np.int64]:
    """Open two-paths through each country by role, in the order of `ROLES`."""
    alike = bloc[:, None] == bloc[None, :]
    found = np.zeros((len(bloc), len(ROLES)), dtype=np.int64)
    for broker in range(len(bloc)):
        ends = np.flatnonzero(tied[broker])
        within = np.ix_(ends, ends)
        is_open, ours = np.triu(~tied[within], k=1), alike[broker, ends]
        both, either = np.logical_and.outer(ours, ours), np.logical_or.outer(ours, ours)
        kinds = (both, alike[within] & ~either, either & ~both, ~alike[within] & ~either)
        found[broker] = [(is_open & kind).sum() for kind in kinds]
    return found


def _communities(whole: _network.Network) -> list[str]:
    """The number of each country's community; countries without a tie are alone."""
    tied = _network.with_ties(whole)
    numbers = dict(zip(tied.names, _network.best(tied, LEIDEN_SEEDS, LEIDEN_RESOLUTION), strict=True))
    return [str(numbers.get(name, name)) for name in whole.names]


def _members(names: tuple[str, ...], memberships: pl.DataFrame, blocs: str) -> list[str]:
    """The first of the organisations each country is a member of, by their newest lists, else the country itself."""
    wanted = [name.strip() for name in blocs.split(",") if name.strip()]
    known = memberships["organisation"].unique().to_list()
    if not wanted:
        raise UserError(f"blocs: give {COMMUNITIES}, or organisations separated by commas, such as EU,NATO,BRICS")
    if not known:
        raise NoEvidenceError(f"there is no list of members of {', '.join(wanted)} as old as the period")
    strange = next((name for name in wanted if name not in known), None)
    if strange is not None:
        raise unknown("organisation", strange, known)
    bloc: dict[str, str] = {}
    for organisation in wanted:
        listed = memberships.filter(pl.col("organisation") == organisation)
        if "year" in listed.columns:
            listed = listed.filter(pl.col("year") == pl.col("year").max())
        for iso3 in listed.filter(pl.col("status") == "member")["iso3"]:
            bloc.setdefault(iso3, organisation)
    return [bloc.get(name, name) for name in names]
