"""Whom should we work with? A first, transparent ranking: four criteria with equal weights, and its uncertainty.

Strength, excellence and patents of the partner in the technology, and how much it works with us already. Every
criterion is an indicator with its interval; what it takes from neighbouring fields is said. Groups whose order the data
cannot tell share a number.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl

from legation import phrasing
from legation.answer import Answer, Figure
from legation.answers._between import Tie, between
from legation.answers._composing import Composer
from legation.answers._standing import NEIGHBOURING, standing
from legation.language import words
from legation.model import Question, Technology
from legation.ranking import Component, Ranking, rank

TOP = 5
DISTANCE = Tie("ideal_point_distance")
STRENGTH = ("record_output", "capability_share", "output_share", "patent_share")
EXCELLENCE = ("top10_share", "top1_share")
PATENTS = ("patent_share",)
TIES = Tie("salton", ("salton",), window=5)
JOINT_WORKS = Tie("salton", ("joint_works",), window=5)
LEAST_JOINT_WORKS = 500
"""Works with all partners together below which ties are measured over all fields, not in the technology."""


@dataclass(frozen=True)
class Criterion:
    """What partners are compared on, and the evidence it stands on."""

    name: str
    label: str
    frame: pl.DataFrame
    indicator: str
    stands_on: str


QUESTION = Question(words=words("Whom should {home} work with in {technology}?"))


def ask(composer: Composer, home: str, technology: Technology) -> Answer:
    """Partners of a country in a technology, ranked with uncertainty.

    Main table `partners`: one row a partner: group of partners the data cannot order, score, median rank, 5–95 % rank
    interval, probability of the first five, what lifts and lowers it, and beside the score what it does not contain
    (joint works, ideal-point distance).
    """
    criteria = _criteria(composer, technology, home)
    candidates = _candidates(criteria, home)
    if len(candidates) < 2:
        label = phrasing.inside(composer.technology_label(technology))
        composer.lack("This store holds too little on {label} to rank partners.", label=label)
        empty = composer.figure("partners", composer.asked, pl.DataFrame(schema={"iso3": pl.String}), {})
        return composer.answer([empty])
    ranking = rank([_component(c, candidates) for c in criteria], TOP)
    table = _table(composer, ranking, criteria, candidates, home, technology)
    _find(composer, table, criteria)
    composer.lack("{limits}", limits=technology.limits[composer.language])
    used = tuple(dict.fromkeys([*(c.indicator for c in criteria), "ideal_point_distance"]))
    units = {
        "score": "0 to 1, mean of the criteria", "median_rank": "rank", "rank_low": "5 %", "rank_high": "95 %",
        "ideal_point_distance": "points of the estimated scale", "joint_works": "works",
        "share_in_top": f"share of draws in the first {TOP}", "group": "1 = first; same number = order not known",
    }  # fmt: skip
    stands_on = {source for c in criteria for source in c.frame["source"].unique()} | set(
        composer.used.get(DISTANCE.indicator, ())
    )
    figures = [
        composer.figure("partners", composer.asked, table, units, *used, of=stands_on),
        _criteria_figure(composer, criteria),
    ]
    return composer.answer(figures)


def _criteria(composer: Composer, technology: Technology, iso3: str) -> list[Criterion]:
    """The criteria this store has evidence for, each on the best line there is."""
    lines = standing(composer, technology)
    wanted = (
        ("strength", "Strength", STRENGTH),
        ("excellence", "Excellence", EXCELLENCE),
        ("patents", "Patents", PATENTS),
    )
    criteria: list[Criterion] = []
    for name, label, indicators in wanted:
        found = _first(lines, indicators)
        if found is not None and not any(found.row(0) == c.frame.row(0) for c in criteria):
            head = found.row(0, named=True)
            proxy = ", a neighbouring field" if head["evidence"] == NEIGHBOURING else ""
            stands_on = (
                f"{phrasing.inside(head['measure'])} in {phrasing.inside(head['about'])}{proxy} ({head['source']})"
            )
            criteria.append(Criterion(name, label, found, head["indicator"], stands_on))
    ties = _series_of_ties(composer, technology, iso3)
    if not ties.is_empty():
        head = ties.row(0, named=True)
        stands_on = f"{phrasing.inside(head['measure'])}, {phrasing.inside(head['about'])} ({head['source']})"
        criteria.append(Criterion("ties", "Ties with us", ties, head["indicator"], stands_on))
    return criteria


def _series_of_ties(composer: Composer, technology: Technology, home: str) -> pl.DataFrame:
    """Salton's measure and joint works with every partner, from the one series that rests on the most joint works: in
    the technology where there are enough, else over all fields."""
    key = ["iso3", "scope", "source"]
    measured = between(composer, home, [technology.id], [TIES]).drop("iso3").rename({"partner_iso3": "iso3"})
    counted = between(composer, home, [technology.id], [JOINT_WORKS]).drop("iso3").rename({"partner_iso3": "iso3"})
    both = measured.join(counted.select(*key, joint_works="value"), on=key, how="inner")
    totals = both.group_by("scope", "source").agg(pl.col("joint_works").sum())
    enough = totals.filter((pl.col("scope") == "all") | (pl.col("joint_works") >= LEAST_JOINT_WORKS))
    if enough.is_empty():
        return pl.DataFrame()
    best = enough.sort(pl.col("scope") == technology.id, "joint_works", "source").row(-1, named=True)
    return both.filter(pl.col("scope") == best["scope"], pl.col("source") == best["source"]).sort("iso3")


def _first(lines: pl.DataFrame, indicators: Sequence[str]) -> pl.DataFrame | None:
    for indicator in indicators:
        of_it = lines.filter(pl.col("indicator") == indicator)
        if not of_it.is_empty():
            head = of_it.row(0, named=True)
            same = of_it.filter(pl.col(c) == head[c] for c in ("measure", "scope", "source", "first_year", "year"))
            return same.unique("iso3", keep="first", maintain_order=True)
    return None


def _candidates(criteria: Sequence[Criterion], home: str) -> list[str]:
    """Every economy but the home country with evidence on more than half of the criteria."""
    if not criteria:
        return []
    everyone = pl.concat([c.frame.select("iso3").unique() for c in criteria])
    counted = everyone.group_by("iso3").len().filter(2 * pl.col("len") > len(criteria))
    return counted.filter(pl.col("iso3") != home)["iso3"].sort().to_list()


def _component(criterion: Criterion, candidates: Sequence[str]) -> Component:
    frame = pl.DataFrame({"iso3": candidates}).join(criterion.frame, on="iso3", how="left", maintain_order="left")
    value = frame["value"].to_numpy().astype(np.float64)
    low, high = (frame[s].fill_null(frame["value"]).to_numpy().astype(np.float64) for s in ("low", "high"))
    return Component(criterion.name, value, low, high)


def _table(
    composer: Composer, ranking: Ranking, criteria: Sequence[Criterion], candidates: Sequence[str], home: str,
    technology: Technology,
) -> pl.DataFrame:  # fmt: skip
    table = pl.DataFrame(
        {
            "group": ranking.group, "iso3": candidates, "country": [composer.name(c) for c in candidates],
            "score": ranking.score, "median_rank": ranking.median_rank, "rank_low": ranking.rank_low,
            "rank_high": ranking.rank_high, "share_in_top": ranking.share_in_top,
            "lifted_by": [_driver(criteria, row, 1) for row in ranking.contributions],
            "lowered_by": [_driver(criteria, row, -1) for row in ranking.contributions],
        }
    )  # fmt: skip
    distance = between(composer, home, [technology.id], [DISTANCE])
    beside = [distance.select(iso3="partner_iso3", ideal_point_distance="value")]
    beside += [c.frame.select("iso3", "joint_works") for c in criteria if c.name == "ties"]
    for columns in beside:
        table = table.join(columns, on="iso3", how="left", maintain_order="left")
    return table.sort("median_rank", "score", descending=[False, True])


def _driver(criteria: Sequence[Criterion], contributions: np.ndarray, sign: int) -> str | None:
    """The criterion that moves the score most in a direction, if any does."""
    strongest = int(np.argmax(sign * contributions))
    return criteria[strongest].label if sign * contributions[strongest] > 0 else None


def _find(composer: Composer, table: pl.DataFrame, criteria: Sequence[Criterion]) -> None:
    first = table.filter(pl.col("group") == 1)
    names = first["country"].to_list()
    if len(names) == 1:
        composer.find("Of {all} possible partners, {country} comes first.", all=table.height, country=names[0])
    else:
        words = "Of {all} possible partners, {names} come first and are tied: the data cannot put them in order."
        composer.find(words, all=table.height, names=composer.say.listed(names))
    for row in table.head(TOP).iter_rows(named=True):
        words = (
            "{country}: median rank {median:.0f} (5–95 % interval {low:.0f} to {high:.0f}), among the first {top} in "
            "{share} of draws{lift}."
        )
        composer.find(
            words, country=row["country"], median=row["median_rank"], low=row["rank_low"], high=row["rank_high"],
            top=TOP, share=phrasing.percent(row["share_in_top"]),
            lift=f"; lifted by {row['lifted_by'].lower()}" if row["lifted_by"] else "",
        )  # fmt: skip
    composer.find(
        "Ranked on {criteria}; with equal weights that the draws vary.",
        criteria="; ".join([f"{c.label.lower()}: {c.stands_on}" for c in criteria]),
    )


def _criteria_figure(composer: Composer, criteria: Sequence[Criterion]) -> Figure:
    rows = [(c.name, c.label, c.stands_on, c.frame.height) for c in criteria]
    table = pl.DataFrame(rows, schema=["criterion", "label", "stands_on", "economies"], orient="row")
    return composer.figure("criteria", "What the ranking stands on", table, {"economies": "with evidence"})
