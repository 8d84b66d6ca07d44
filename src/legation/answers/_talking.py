"""What to say on a visit, and what may be asked back: the parts of a brief that are said rather than shown.

A sentence is chosen by conditions over numbers: whether intervals overlap, whether sources agree, who is tied.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

from legation.answer import Answer
from legation.answers._exchange import exchange
from legation.answers._questions import questions
from legation.answers._talk import WHOLE, Point, Row, Talk, cited
from legation.constants import FAILURE_LEFT
from legation.language import words
from legation.phrasing import inside, number, percent

MOST = {"bottom": 3, "asks": 4, "offers": 4, "risks": 4, "changes": 4, "points": 5, "questions": 5}
"""Sentences of each part at most, so that a brief stays one."""
VOTES = "ideal_point_distance"
UNRANKED = words("{there} is not among the {all} economies that can be ranked as partners.")
TIED = words(
    "Of {all} possible partners, {there} has median rank {median} (5–95 % interval {low} to {high}); the data cannot "
    "put it in order with {names}."
)
HANGING = words(
    "More than half hangs on one country in {k} of {n} supplies, partners, movements and leading positions measured: "
    "{names}."
)
NONE_HANGING = words(
    "In none of {n} supplies, partners, movements and leading positions measured does more than half hang on one "
    "country."
)
ALONE = words("Of {all} possible partners, {there} has median rank {median} (5–95 % interval {low} to {high}).")


def talk(answers: Mapping[str, Answer]) -> dict[str, tuple[Point, ...]]:
    """What is said, part by part, at most so many sentences each.

    `answers` holds `position`, `partners` and `exposure`, and `pair` where there is a partner.
    """
    told = Talk(answers)
    for add in (_bottom, _points, _risks, _changes, exchange, questions):
        add(told)
    return {part: tuple(found[: MOST[part]]) for part, found in told.points.items()}


def _bottom(told: Talk) -> None:
    """Three sentences: where we stand, who the partner is among the options, what is between us or hangs on others."""
    _first(told, "position", "standing", "rank", "measure")
    if told.partner:
        _place(told)
        _first(told, "pair", "expected", "about", "told")
    else:
        _first(told, "partners", "partners", "all")
        _hanging(told, "bottom")


def _first(told: Talk, answer: str, figure: str, *places: str) -> None:
    """The first such sentence of an answer, or what it says is missing."""
    before = len(told.points["bottom"])
    told.repeat("bottom", answer, figure, *places)
    missing = told.answers[answer].missing
    if len(told.points["bottom"]) == before and missing:
        told.points["bottom"].append(Point(missing[0]))


def _place(told: Talk) -> None:
    """The partner's rank among the options, with its interval and who is tied with it."""
    figure = told.figure("partners", "partners")
    if figure is None or "median_rank" not in figure.table.columns:
        _first(told, "partners", "partners", "all")
        return
    values: dict[str, object] = {"all": figure.table.height, "there": told.names["there"]}
    own = told.rows("partners", "partners", iso3=told.partner)
    if not own:
        told.find(UNRANKED, "bottom", figure, figure.table.iter_rows(named=True), **values)
        return
    alike = told.rows("partners", "partners", group=own[0]["group"])
    others = [row["country"] for row in alike if row["iso3"] != told.partner]
    values |= {"median": own[0]["median_rank"], "low": own[0]["rank_low"], "high": own[0]["rank_high"]}
    values |= {"names": told.listed(others) if others else ""}
    told.find(TIED if others else ALONE, "bottom", figure, alike, **values)


def _points(told: Talk) -> None:
    """What can be said with a number: standing, joint works, projects, votes."""
    for row in _first_of_each([row for row in told.rows("position", "standing") if row["rank"] is not None])[:2]:
        told.find(
            "By {measure} in {about}, {here} has {rank}, with {value} ({source}, {years}{near}).", "points",
            told.figure("position", "standing"), (row,), measure=inside(row["measure"]), about=inside(row["about"]),
            rank=told.say.rank_of(row["rank"], row["rank_low"], row["rank_high"], row["of"]),
            value=told.with_interval(row["value"], row["low"], row["high"], row["format"]),
            near=told.near(row), here=told.names["here"], **cited(row),
        )  # fmt: skip
    if not told.partner:
        told.repeat("points", "partners", "partners", "country", "median", most=2)
        told.repeat("points", "exposure", "exposure", "country", most=2)
        return
    told.repeat("points", "pair", "trend", "begin", "end")
    for row in told.ties("joint_projects", "projects")[:1]:
        told.find(
            "{here} and {there} share {n} projects of {about} ({source}, {years}).", "points",
            told.figure("pair", "ties"), (row,), n=number(row["value"]), about=row["about"], **cited(row), **told.names,
        )  # fmt: skip
    for row in told.rows("pair", "votes", issue=WHOLE):
        told.find(
            "In the UN General Assembly {here} and {there} voted alike in {share} of {calls} roll calls ({source}, "
            "{years}). Votes are not alliances.", "points", told.figure("pair", "votes"), (row,),
            share=percent(row["agreement"]), calls=row["roll_calls"], **cited(row), **told.names,
        )  # fmt: skip


def _first_of_each(rows: list[Row]) -> list[Row]:
    """The first row of each indicator."""
    first: dict[str, Row] = {}
    for row in rows:
        first.setdefault(row["indicator"], row)
    return list(first.values())


def _risks(told: Talk) -> None:
    """What hangs on others, who is on a list, how far votes are apart."""
    _hanging(told, "risks")
    for row in told.rows("pair", "listed", iso3=told.partner):
        if row["institutions"]:
            told.find(
                "{list} names {n} institutions of {there} ({source}, {year}); a listing is no verdict.", "risks",
                told.figure("pair", "listed"), (row,), list=row["about"], n=row["institutions"], source=row["source"],
                year=row["year"], there=told.names["there"],
            )  # fmt: skip
    for row in told.ties(VOTES, VOTES)[:1]:
        told.find(
            "By votes in the UN General Assembly, the ideal points of {here} and {there} are {distance} apart "
            "({source}, {years}).", "risks", told.figure("pair", "ties"), (row,),
            distance=told.with_interval(row["value"], row["low"], row["high"], row["format"]), **cited(row),
            **told.names,
        )  # fmt: skip


def _hanging(told: Talk, part: str) -> None:
    """How much of what is measured hangs on one country for more than half, and on which."""
    figure, rows = told.figure("exposure", "exposure"), told.rows("exposure", "exposure")
    over_half = [row["country"] for row in rows if row["value"] is not None and row["value"] > 1 - FAILURE_LEFT]
    counted = Counter(over_half).most_common()
    if over_half:
        names = [told.say("{country} ({n})", country=country, n=n) for country, n in counted]
        told.find(HANGING, part, figure, rows, n=len(rows), k=len(over_half), names=told.listed(names))
    elif rows:
        told.find(NONE_HANGING, part, figure, rows, n=len(rows))


def _changes(told: Talk) -> None:
    """What would change the order of partners."""
    told.repeat("changes", "partners", "without", "leader", most=2)
    told.repeat("changes", "partners", "robust_pairs", "robust")
    told.repeat("changes", "partners", "sensitivity", "total")
