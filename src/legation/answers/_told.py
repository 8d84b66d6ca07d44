"""What a ranking of partners says, in sentences."""

from __future__ import annotations

from typing import Any

import numpy as np
import polars as pl

from legation import backtested, phrasing, registry
from legation.answer import Figure
from legation.answers import _ranked
from legation.answers._feasibility import GOODS, LISTED, Beside
from legation.answers._ranked import Ranked
from legation.language import words
from legation.model import Technology
from legation.ranking import ROBUST_SHARE, Component

MOST_NAMED = 8
INCOMES = {
    "low": words("low"), "lower-middle": words("lower-middle"), "upper-middle": words("upper-middle"),
    "high": words("high"), "unknown": words("not known"),
}  # fmt: skip
LIFTED, LOWERED = words("; lifted by {criterion}"), words("; lowered by {criterion}")
UNKNOWN = words("; nothing is known of its {names}")


def find(
    of: Ranked, table: pl.DataFrame, beside: Beside, doubts: tuple[Figure, Figure, Figure | None],
    technology: Technology,
) -> None:  # fmt: skip
    pairs, moved, without = doubts
    _find_first(of)
    for row in table.head(of.top).iter_rows(named=True):
        _find_partner(of, row)
    _find_robust(of, pairs.table)
    _find_moved(of, moved.table)
    if without is not None:
        _find_without(of, without.table)
    _find_risks(of, table.head(of.top), beside, technology)
    stands_on = [
        of.composer.say(
            "{criterion} ({share} of the weight): {stands_on}",
            criterion=phrasing.inside(c.label), stands_on=c.stands_on,
            share=phrasing.percent(c.declared.weight / sum(other.declared.weight for other in of.criteria)),
        )
        for c in of.criteria
    ]  # fmt: skip
    of.composer.find(
        "Ranked under the lens {lens} on {criteria}. The draws vary the weights around these.",
        lens=phrasing.inside(of.lens.label[of.composer.language]), criteria="; ".join(stands_on),
    )  # fmt: skip
    _find_field(of)
    if of.lens == registry.lenses().get(of.lens.id) and (tested := backtested.sentence(of.lens.id, of.composer.say)):
        of.composer.find("{tested}", tested=tested)


def _find_first(of: Ranked) -> None:
    """Who comes first, and whom the data cannot tell from it."""
    told: dict[str, object] = {"all": len(of.partners), "country": of.composer.name(of.first[0])}
    names = [of.composer.name(code) for code in of.tied_with_first]
    if not names:
        of.composer.find("Of {all} possible partners, {country} comes first.", **told)
        return
    if len(names) > MOST_NAMED + 1:
        names = [*names[:MOST_NAMED], of.composer.say("{n} others", n=len(names) - MOST_NAMED)]
    of.composer.find(
        "Of {all} possible partners, {country} comes first by median rank and is tied with {names}: the data cannot "
        "tell which is ahead.", names=of.composer.say.listed(names), **told,
    )  # fmt: skip


def _find_partner(of: Ranked, row: dict[str, Any]) -> None:
    say = of.composer.say
    moved = [
        say(text, criterion=phrasing.inside(row[column]))
        for column, text in (("lifted_by", LIFTED), ("lowered_by", LOWERED))
        if row[column]
    ]
    absent = [c.label for c, held in zip(of.criteria, of.components, strict=True) if _lacks(of, held, row["iso3"])]
    moved += [say(UNKNOWN, names=say.listed([phrasing.inside(label) for label in absent]))] if absent else []
    of.composer.find(
        "{country}: median rank {median} (5–95 % interval {low} to {high}), among the first {top} in {share} of "
        "draws{moved}.",
        country=row["country"], median=row["median_rank"], low=row["rank_low"], high=row["rank_high"], top=of.top,
        share=phrasing.percent(row["share_in_top"]), moved="".join(moved),
    )  # fmt: skip


def _lacks(of: Ranked, component: Component, code: str) -> bool:
    return not np.isfinite(component.values[of.partners.index(code)])


def _find_field(of: Ranked) -> None:
    """Who is ranked."""
    groups = [of.composer.say(INCOMES[group]) for group in of.lens.income_groups]
    told = {"admitted": of.field.admitted_on, "groups": of.composer.say.listed(groups) if groups else ""}
    if of.field.admitted_on and groups:
        of.composer.find("Ranked are only economies of {groups} income with {admitted}.", **told)
    elif of.field.admitted_on:
        of.composer.find("Ranked are only economies with {admitted}.", **told)
    elif groups:
        of.composer.find("Ranked are only economies of {groups} income.", **told)


def _find_robust(of: Ranked, pairs: pl.DataFrame) -> None:
    """How much of the order is certain; of two alone, the first finding says so."""
    if pairs.height > 1:
        of.composer.find(
            "Of the {pairs} pairs among the first {n}, {robust} keep their order in at least {share} of draws.",
            pairs=pairs.height, n=len(of.first), robust=pairs.filter("robust").height,
            share=phrasing.percent(ROBUST_SHARE),
        )  # fmt: skip


def _find_moved(of: Ranked, moved: pl.DataFrame) -> None:
    """Which choice moves the first places most, or between which the indices cannot tell."""
    first, *others = moved.iter_rows(named=True)
    told: dict[str, object] = {"n": min(_ranked.LEADING, len(of.partners))}
    if first["total"] == 0:
        of.composer.find("No choice moves the first {n}: they have the same ranks in every draw.", **told)
        return
    told |= {"total": phrasing.percent(first["total"]), "alone": phrasing.percent(max(first["first_order"], 0.0))}
    told["span"] = of.composer.say.span(first["total_low"], first["total_high"])
    if tied := [row["choice"] for row in others if row["total_high"] >= first["total_low"]]:
        told["choices"] = of.composer.say.listed([first["choice"], *tied])
        of.composer.find(
            "What moves the first {n} most cannot be told between {choices}: the largest has a hand in {total} of the "
            "variance of their ranks ({span}).", **told,
        )  # fmt: skip
        return
    of.composer.find(
        "What moves the first {n} most is {choice}: it has a hand in {total} of the variance of their ranks ({span}), "
        "and explains {alone} alone.", choice=first["choice"], **told,
    )  # fmt: skip


def _find_without(of: Ranked, without: pl.DataFrame) -> None:
    """What would change the first place."""
    leader = of.composer.name(of.first[0])
    changed = without.filter("changes")
    for row in changed.iter_rows(named=True):
        of.composer.find(
            "Without “{criterion}”, {country} would come first instead of {leader}.",
            criterion=row["label"], country=row["country"], leader=leader,
        )  # fmt: skip
    if changed.is_empty():
        of.composer.find("{leader} would come first without any single one of the criteria, too.", leader=leader)


def _find_risks(of: Ranked, first: pl.DataFrame, beside: Beside, technology: Technology) -> None:
    """Among the first: whose institutions a list names, and who supplies most."""
    rows = first.select("iso3", "country").join(beside.rows, on="iso3", how="inner", maintain_order="left")
    for row in rows.filter(pl.col("indicator") == LISTED).iter_rows(named=True):
        of.composer.find(
            "{country} has {n:,.0f} entries on one government's list of institutions ({list}, {year}; {source}); a "
            "listing is no verdict.",
            country=row["country"], n=row["value"], list=row["about"], year=row["year"], source=row["source"],
        )  # fmt: skip
    supplied = rows.filter(pl.col("indicator") == GOODS).group_by("country", "source", "year", maintain_order=True)
    for row in supplied.agg(n=pl.len(), most=pl.col("value").max()).iter_rows(named=True):
        of.composer.find(
            "{country} is the largest supplier of {n} of the goods of {technology} that {home} imports ({year}; "
            "{source}), with up to {most} of the imports of one.",
            technology=phrasing.inside(of.composer.technology_label(technology)), most=phrasing.percent(row["most"]),
            home=of.composer.subject["home_name"], **{c: row[c] for c in ("country", "n", "year", "source")},
        )  # fmt: skip
