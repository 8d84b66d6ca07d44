"""Questions that others may raise, each with the numbers it would be raised on."""

from __future__ import annotations

from legation.answers._talk import WHOLE, Row, Talk, cited
from legation.answers.exposure import KINDS
from legation.language import words
from legation.phrasing import inside, number, percent

HANGS = {
    "good": words(
        "“What if {country} sold no more?” Of what {here} imports of {about}, {share} comes from {country} ({source}, "
        "{years})."
    ),
    "mineral": words(
        "“What if {country} supplied no more?” Of the world's {about}, {share} is in {country} ({source}, {years})."
    ),
    "partner": words(
        "“How much do you lean on {country}?” Of the joint works of {here} in {about}, counted by partner, {share} are "
        "with {country} ({source}, {years})."
    ),
    "talent": words(
        "“Where do your researchers come from?” Of those who come to {here} ({about}), {share} come from {country} "
        "({source}, {years})."
    ),
}  # fmt: skip
HANGS_SHOWN = {True: 1, False: 4}
"""Questions about dependence, with a partner and without: one a kind."""


def questions(told: Talk) -> None:
    """What the other side, or anybody, may raise."""
    if told.partner:
        _listed(told)
        _why_them(told)
    _hangs(told)
    if told.partner:
        _drawn_away(told)
        _cited_less(told)
        _apart(told)


def _listed(told: Talk) -> None:
    home = told.answers["pair"].subject["home"]
    for row in told.rows("pair", "listed", iso3=home):
        if row["institutions"]:
            told.find(
                "“Which of your institutions are listed?” {list} names {n} of {here} ({source}, {year}); a listing is "
                "no verdict.", "questions", told.figure("pair", "listed"), (row,), list=row["about"],
                n=row["institutions"], source=row["source"], year=row["year"], here=told.names["here"],
            )  # fmt: skip


def _why_them(told: Talk) -> None:
    """Why the partner, where others are tied with it."""
    for row in told.rows("partners", "partners", iso3=told.partner):
        alike = told.rows("partners", "partners", group=row.get("group"))
        others = [other["country"] for other in alike if other["iso3"] != told.partner]
        if others:
            lifted = told.say("; what lifts it most is {criterion}", criterion=inside(row["lifted_by"] or ""))
            told.find(
                "“Why us?” The data cannot put {there} in order with {names}: {n} possible partners are in its "
                "group{lifted}.",
                "questions", told.figure("partners", "partners"), alike, there=told.names["there"], n=len(alike),
                names=told.listed(others), lifted=lifted if row["lifted_by"] else "",
            )  # fmt: skip


def _hangs(told: Talk) -> None:
    """What hangs on a third country, the first row of each kind."""
    kinds = {told.say(words): kind for kind, words in KINDS.items()}
    first: dict[str, Row] = {}
    for row in told.rows("exposure", "exposure"):
        kind = kinds.get(row["kind"], "")
        if kind in HANGS and row["iso3"] != told.partner and row["value"] is not None:
            first.setdefault(kind, row)
    for kind, row in list(first.items())[: HANGS_SHOWN[bool(told.partner)]]:
        told.find(
            HANGS[kind], "questions", told.figure("exposure", "exposure"), (row,), country=row["country"],
            about=inside(row["about"]), share=percent(row["value"]), here=told.names["here"], **cited(row),
        )  # fmt: skip


def _drawn_away(told: Talk) -> None:
    """Who gains researchers, where the sources do not say that the partner does."""
    sentences, verdict, rows = told.moves()
    balances = [row for row in told.ties("researcher_flows", "net_arrivals") if row["scope"] == WHOLE]
    if sentences and any(row["high"] is not None and row["high"] > 0 for row in balances):
        told.find(
            "“Do you draw our researchers away?” {told}; {verdict}.", "questions", told.figure("pair", "ties"), rows,
            told=sentences, verdict=verdict,
        )  # fmt: skip


def _cited_less(told: Talk) -> None:
    """The field in which the partner is cited least for its size, where that is less than its size suggests."""
    rows = sorted(told.ties("relative_citation", "relative_citation"), key=lambda row: float(row["value"]))
    for row in rows[:1]:
        if row["value"] < 1:
            told.find(
                "“Why do you cite us less than our size suggests?” In {about}, {here} cites {there} {times} times as "
                "much as its size suggests ({source}, {years}); the source gives no interval.", "questions",
                told.figure("pair", "ties"), (row,), about=inside(row["about"]), times=number(row["value"]),
                **cited(row), **told.names,
            )  # fmt: skip


def _apart(told: Talk) -> None:
    """The issue on which the two vote alike least."""
    rows = [row for row in told.rows("pair", "votes") if row["issue"] != WHOLE]
    for row in sorted(rows, key=lambda row: float(row["agreement"]))[:1]:
        told.find(
            "“Where do our votes differ?” Most on “{about}”: alike in {share} of {calls} roll calls ({source}, "
            "{years}).", "questions", told.figure("pair", "votes"), (row,), about=row["about"],
            share=percent(row["agreement"]), calls=row["roll_calls"], **cited(row),
        )  # fmt: skip
