"""Roll calls of the UN General Assembly: how often two states voted the same way, by issue.

Agreement is the share of roll calls in which both states voted yes, no or abstained, and did the same; an abstention
agrees only with an abstention. The file holds no absences: a state that did not vote has no row. A roll call may carry
several of the six issues, or none; `all` holds every roll call. The file ends in 2019; two periods of five calendar
years are taken, 2010–2014 and 2015–2019. The code YU stands for Serbia there.
"""

from collections.abc import Iterator

import numpy as np
import polars as pl

from legation.intake import Intake
from legation.model import Source

VOTES = "un_votes/un_votes_to_2019.csv.gz"
CALLS = "un_votes/un_roll_calls_to_2019.csv.gz"
ISSUES = "un_votes/un_roll_call_issues_to_2019.csv.gz"
PERIODS = ((2010, 2014), (2015, 2019))
CHOICES = ("yes", "no", "abstain")

SOURCE = Source(
    publisher="Harvard Dataverse",
    title="United Nations General Assembly Voting Data: roll calls, from the R package unvotes",
    url="https://doi.org/10.7910/DVN/LEJUQZ",
    licence="MIT package of CC0 data",
    licence_url="https://cran.r-project.org/package=unvotes",
    vintage="2019",
    citation="Bailey, Strezhnev & Voeten 2017, doi:10.1177/0022002715595700",
    files=(VOTES, CALLS, ISSUES),
    rows={"votes": (460_000, 580_000)},
    caveats=("votes_are_not_alliances",),
)


def tidy(raw: Intake) -> Iterator[tuple[str, pl.DataFrame]]:
    calls = (
        raw.csv(CALLS, ["rcid", "date"], ["session", "importantvote", "unres", "amend", "para", "short"])
        .integer("rcid")
        .having(year=pl.col("date").str.slice(0, 4))
        .integer("year")
        .reject(pl.col("year").is_null(), "date is missing")
    )
    dated = calls.select("rcid", "year")
    known = pl.col("rcid").is_in(dated["rcid"].implode())
    issues = (
        raw.csv(ISSUES, ["rcid", "issue"], ["short_name"])
        .integer("rcid")
        .reject(~known, "rcid is not among the roll calls")
        .slug("issue")
    )
    every = dated.select("rcid", issue=pl.lit("all"))
    of_issue = pl.concat([issues.select("rcid", "issue"), every]).join(dated, on="rcid")
    votes = _votes(raw, dated)
    frames = []
    for first, last in PERIODS:
        in_period = of_issue.filter(pl.col("year").is_between(first, last))
        for issue in in_period["issue"].unique().sort():
            rcids = in_period.filter(pl.col("issue") == issue)["rcid"]
            pairs = agreement(votes.filter(pl.col("rcid").is_in(rcids.implode())))
            frames.append(pairs.with_columns(issue=pl.lit(issue), first_year=first, last_year=last))
    yield "votes", pl.concat(frames)


def agreement(votes: pl.DataFrame) -> pl.DataFrame:
    """Both directions of every pair that took part in a roll call together: share with the same vote, and roll calls.

    With one 0/1 matrix of states × roll calls for each choice, X·Xᵀ counts the roll calls in which both made it.
    """
    states = votes["iso3"].unique().sort()
    rcids = votes["rcid"].unique().sort()
    row = states.search_sorted(votes["iso3"]).to_numpy()
    column = rcids.search_sorted(votes["rcid"]).to_numpy()
    cast = votes["vote"].to_numpy()
    took_part = np.zeros((len(states), len(rcids)), dtype=np.float32)
    took_part[row, column] = 1
    same = np.zeros((len(states), len(states)), dtype=np.float32)
    for choice in CHOICES:
        made = np.zeros_like(took_part)
        made[row[cast == choice], column[cast == choice]] = 1
        same += made @ made.T
    both = took_part @ took_part.T
    np.fill_diagonal(both, 0)
    one, other = np.nonzero(both)
    return pl.DataFrame(
        {
            "iso3": states.gather(one),
            "partner_iso3": states.gather(other),
            "agreement": same[one, other].astype(np.float64) / both[one, other],
            "roll_calls": both[one, other].astype(np.int64),
        }
    )


def _votes(raw: Intake, dated: pl.DataFrame) -> pl.DataFrame:
    recent = dated.filter(pl.col("year").is_between(PERIODS[0][0], PERIODS[-1][1]))["rcid"]
    return (
        raw.csv(VOTES, ["rcid", "country_code", "vote"], ["country"])
        .integer("rcid")
        .reject(~pl.col("rcid").is_in(dated["rcid"].implode()), "rcid is not among the roll calls")
        .set_aside(~pl.col("rcid").is_in(recent.implode()), "outside the periods")
        .reject(~pl.col("vote").is_in(CHOICES, nulls_equal=True), "vote is not yes, no or abstain")
        .having(country_code=pl.col("country_code").replace({"YU": "RS"}))
        .country("country_code", "iso2")
        .reject(pl.struct("rcid", "iso3").is_duplicated(), "two votes of one state in a roll call")
        .select("rcid", "iso3", "vote")
    )
