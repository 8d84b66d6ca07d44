"""Whom should we work with? Partners ranked under a lens, with how far the order can be trusted and what moves it.

A lens is a data file: competitiveness, complementarity, contribution, or one of the reader's own. Partners the data
cannot put in order share a group. What makes a tie feasible or risky stands beside the score and not in it.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import polars as pl

from legation import phrasing, registry
from legation.answer import Answer, Figure
from legation.answers import _feasibility, _ranked
from legation.answers._composing import Composer
from legation.answers._criteria import INCOME, Criterion, Field, collect, field_of
from legation.answers._feasibility import DISTANCE, IN_MAIN, JOINT_WORKS, UNITS, Beside
from legation.answers._lens import chosen
from legation.answers._ranked import Ranked
from legation.answers._told import INCOMES, find
from legation.errors import UserError
from legation.language import words
from legation.model import Lens, LensCriterion, Question, Technology
from legation.ranking import DRAWS, FEWEST_DRAWS, MOST_DRAWS

LENS = "competitiveness"
MOST_TOP = 50
GROUP = "partner_income_group"
LEAST_VALUES = 5
"""Partners that must have a value before a criterion can tell one from another, if there are so many."""
OPTIONS = {
    "lens": words("competitiveness, complementarity or contribution"),
    "weight": words("how much a criterion counts, as name=value; may be given several times"),
    "weights": words("a TOML file with [weights] for the lens, or with a lens of your own"),
    "income": words("rank this World Bank income group, or all; may be given several times"),
    "draws": words("how often evidence, weights, normalisation and aggregation are drawn"),
    "top": words("how many first places the probability is given of"),
}
QUESTION = Question(words=words("Whom should {home} work with in {technology}?"), options=OPTIONS, files=("weights",))

OF_HOME_ALONE = words(
    "Too little in this store joins {home} to others, so partners are not ranked: their strengths alone say nothing of "
    "what {home} could do with them. Joint works of {home} by partner, at least 30 with some, would supply it."
)  # fmt: skip
TOO_LITTLE = words("This store holds too little on {label} to rank partners.")


def ask(
    composer: Composer, home: str, technology: Technology, *, lens: str = LENS, weight: tuple[str, ...] = (),
    weights: Path | None = None, income: tuple[str, ...] = (), draws: int = DRAWS, top: int = 5,
) -> Answer:  # fmt: skip
    """Partners of a country in a technology, ranked under a lens with uncertainty.

    Main table `partners`: one row a partner: group of partners the data cannot order, score, median rank, 5–95 % rank
    interval, probability of the first places, what lifts and lowers it, and beside the score joint works, distance of
    ideal points, memberships, dependence and listed institutions. Also `criteria` (what the ranking stands on),
    `drivers`, `robust_pairs`, `sensitivity` (Sobol indices), `without` (the first place without each criterion),
    `beside` and what the lens names as context. Raises: UserError for an unknown lens or criterion, or options that
    cannot be.
    """
    for name, value, least, most in (("draws", draws, FEWEST_DRAWS, MOST_DRAWS), ("top", top, 1, MOST_TOP)):
        if not least <= value <= most:
            raise UserError(f"{name} cannot be {value}; give a number from {least:,} to {most:,}")
    under = chosen(lens, LENS, weight, weights, income)
    collected = collect(composer, under, home, technology)
    field = field_of(composer, under, collected, home, technology)
    criteria = [c for c in collected if _tells(c, field.partners)]
    reason = _reason(under, criteria, field.partners, home)
    if reason:
        label = phrasing.inside(composer.technology_label(technology))
        composer.lack(reason, home=composer.name(home), label=label)
    _lack(composer, under, criteria, field, technology)
    if reason:
        empty = pl.DataFrame(schema={"iso3": pl.String, "country": pl.String})
        return composer.answer([composer.figure("partners", composer.asked, empty, {})])
    of = _ranked.ranked(composer, under, criteria, field, top, draws)
    beside = _feasibility.beside(composer, home, technology)
    table = _ranked.table(of)
    pairs, moved, without = _ranked.robust_pairs_figure(of), _ranked.sensitivity_figure(of), _ranked.without_figure(of)
    find(of, table, beside, (pairs, moved, without), technology)
    composer.lack("{limits}", limits=technology.limits[composer.language])
    figures = [
        _main(of, beside, table), _ranked.criteria_figure(of), _ranked.drivers_figure(of), pairs, moved,
        *([without] if without else []), beside.figure(composer, table.select("iso3", "country")),
        *_context(composer, under, home, technology),
    ]  # fmt: skip
    return composer.answer(figures)


def _tells(criterion: Criterion, partners: Sequence[str]) -> bool:
    known = np.isfinite(criterion.component(partners).values).sum()
    return bool(known >= min(LEAST_VALUES, max(len(partners), 1)))


def _reason(lens: Lens, criteria: Sequence[Criterion], ranked: Sequence[str], home: str) -> str:
    """Why partners cannot be ranked; empty where they can."""
    if len(ranked) < 2:
        return TOO_LITTLE
    wanted = [line.indicator for c in lens.criteria.values() if c.weight > 0 for line in c.lines]
    joining = any("partner_iso3" in registry.indicators()[indicator].key for indicator in wanted)
    known = any(c.joins for c in criteria) if joining else any(home in c.listed for c in criteria)
    return "" if known else OF_HOME_ALONE


def _lack(composer: Composer, lens: Lens, criteria: Sequence[Criterion], field: Field, technology: Technology) -> None:
    """The criteria of the lens without evidence and what would supply it, those whose values have no interval, and who
    is not ranked because its income group is not known."""
    found = {c.name for c in criteria}
    label = phrasing.inside(composer.technology_label(technology))
    for name, criterion in lens.criteria.items():
        if name in found or criterion.weight == 0:
            continue
        composer.lack(
            "Nothing in this store tells “{criterion}” for {technology}; it is left out. It would be told by {supply}.",
            criterion=criterion.label[composer.language], technology=label,
            supply=criterion.supply.get(composer.language) or _indicators(composer, criterion),
        )  # fmt: skip
    if exact := [c.label for c in criteria if c.frame["low"].is_null().all()]:
        composer.lack(
            "The sources give no interval of {names}: the draws take these values as exact, so ranks look surer than "
            "they are.", names=composer.say.listed([f"“{label}”" for label in exact]),
        )  # fmt: skip
    if field.unknown_income:
        composer.lack(
            "Not ranked, because no figure tells their income group: {names}. The option income, set to all, ranks "
            "them.", names=composer.say.listed([composer.name(code) for code in field.unknown_income]),
        )  # fmt: skip


def _indicators(composer: Composer, criterion: LensCriterion) -> str:
    """What a criterion without words on its supply would be told by."""
    return composer.say.listed([composer.label(i) for i in dict.fromkeys(line.indicator for line in criterion.lines)])


def _main(of: Ranked, beside: Beside, table: pl.DataFrame) -> Figure:
    composer = of.composer
    shown = beside.table(table.select("iso3", "country"))
    table = table.hstack(shown.select(c for c in IN_MAIN if c in shown.columns))
    indicators = [c.indicator for c in of.criteria] + [i for i in (JOINT_WORKS, DISTANCE) if i in beside.used]
    stands_on = {source for c in of.criteria for source in c.frame["source"].unique()}
    stands_on |= {source for i in (JOINT_WORKS, DISTANCE) for source in beside.used.get(i, ())}
    if of.lens.income_groups:
        indicators.append(INCOME)
        stands_on |= set(composer.used.get(INCOME, ()))
    told = {"question": composer.asked, "lens": phrasing.inside(of.lens.label[composer.language])}
    title = composer.say("{question} Lens: {lens}", **told)
    units = _ranked.units(of) | {column: UNITS[column] for column in IN_MAIN}
    formats = dict.fromkeys(("share_in_top", "evidence_share"), "share")
    return composer.figure("partners", title, table, units, *dict.fromkeys(indicators), of=stands_on, formats=formats)


def _context(composer: Composer, lens: Lens, home: str, technology: Technology) -> list[Figure]:
    """What the lens names of the home country itself, in the technology."""
    found = []
    for indicator in lens.context:
        frame = composer.latest(indicator, technology.id, where={"iso3": home})
        title = composer.say("{label}: {home}", label=composer.label(indicator), home=composer.name(home))
        if frame.is_empty():
            about = phrasing.inside(composer.technology_label(technology))
            label = composer.label(indicator)
            composer.lack("Nothing in this store tells “{label}” in {technology}.", label=label, technology=about)
            continue
        if GROUP in frame.columns:
            named = pl.col(GROUP).map_elements(lambda group: composer.say(INCOMES[str(group)]), pl.String)
            frame = frame.with_columns(named.alias(GROUP))
        measures = registry.indicators()[indicator].measures
        units = {name: measure.unit for name, measure in measures.items()}
        formats = {name: "share" for name, measure in measures.items() if measure.format == "share"}
        found.append(composer.figure(indicator, title, frame, units, indicator, formats=formats))
    return found
