"""On what should we work together? Where they are strong and we near, both are strong, or both small but growing.

Rows are topics of the technology where single works of both countries have one, fields of science and patent classes:
those that stand in for the technology before others. Each is put in a group by rule, under a looser and a stricter
setting (`topics_strong` and `topics_near` in `constants.toml`):

- they are strong and we are near: the partner's symmetric RCA reaches `topics_strong`, ours does not, and the
  relatedness density of the field at home reaches `topics_near`;
- both strong: both reach `topics_strong`;
- both small but growing: both are below minus `topics_strong` and grow, in number under the looser setting, in their
  share of the world under the stricter one.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import polars as pl

from legation.answer import Answer, Figure
from legation.answers import _absent, _joint
from legation.answers._composing import Composer
from legation.answers._groups import CHANCE, GROUPS, LOOSER, NONE, SETTINGS, STRICTER, UNDER, grouped, minus, rules
from legation.answers._joint import ENDS, EVIDENCE, LEVELS, SIDES
from legation.constants import MIN_ARTICLES
from legation.language import words
from legation.model import Question, Technology
from legation.phrasing import inside, number, percent, years

QUESTION = Question(words=words("On what should {home} and {partner} work together in {technology}?"))
SHOWN = 3
SPECIALISED = words("symmetric RCA; -1 to 1, 0 = as all")
NEARNESS = words("share of proximity; 0 to 1")
A_YEAR = words("share a year")
OF_SHARE = words("share a year; 0 = grows as all do")

BROAD = words(
    "No source in this store has works by topic of both {here} and {there}, at least {least} of each: fields of "
    "science and patent classes are shown, which are broad. Works by topic of all countries, as OpenAlex has them, "
    "would tell."
)
GATHERED = words(
    "Works on {technology} by topic in {sources} were gathered around one country: what others do in them is what they "
    "do near it, and they are left out."
)
UNCOMPARED = words(
    "Neither articles by field, at least {least}, nor patents by class of both {here} and {there} are in this store: "
    "nothing can be recommended."
)
HOPES = words("Being strong or near is no plan: it does not tell who wants to work on what, or may.")


def ask(composer: Composer, home: str, partner: str, technology: Technology) -> Answer:
    """What two countries could work on together in a technology.

    Main table `topics`: one row a topic, field of science or patent class: the group under each setting, specialisation
    and growth of both, relatedness density at home. Also `behind` (whether chance leaves it in its group, what home
    could gain, growth of shares of the world) and `rules` (the settings).
    """
    names = {"here": composer.name(home), "there": composer.name(partner)}
    label = inside(composer.technology_label(technology))
    rows = grouped(_joint.rows(composer, home, partner, technology))
    figures = [*_figures(composer, rows, names, label), rules(composer)]
    if rows.is_empty():
        composer.lack(UNCOMPARED, least=f"{MIN_ARTICLES:.0f}", **names)
    else:
        for group in GROUPS:
            _find(composer, rows, group, names, label)
        _lack(composer, rows, technology, names, label)
    _absent.few(composer, home, partner)
    _absent.patents(composer, technology, home, partner)
    composer.lack("{limits}", limits=technology.limits[composer.language])
    return composer.answer(figures)


def _figures(composer: Composer, rows: pl.DataFrame, names: Mapping[str, str], label: str) -> list[Figure]:
    """The groups with the numbers of both, and what else they stand on."""
    place = {text: number for number, text in enumerate(EVIDENCE)}
    ordered = rows.sort(
        pl.col("evidence").replace_strict(place, return_dtype=pl.Int64), pl.col("group_stricter") == NONE,
        pl.col("group_looser") == NONE, "about",
    )  # fmt: skip
    told = _told(composer, ordered)
    used = rows["indicator"].unique(maintain_order=True).to_list()
    used += [_joint.GROWTH[indicator] for indicator in used if indicator in _joint.GROWTH]
    title = composer.say("What {here} and {there} could work on together in {technology}", technology=label, **names)
    groups, clear = ([f"{what}_{setting}" for setting in SETTINGS] for what in ("group", "clear"))
    where, when = ["about", "scope", "level"], ["source", "first_year", "year"]
    of_both = [f"{side}{rate}{end}" for rate in ("", "_growth") for side in SIDES for end in ENDS]
    main = [*where, "evidence", *groups, *of_both, *(f"density{end}" for end in ENDS), *when]
    shares = [f"{side}_share_growth{end}" for side in SIDES for end in ENDS]
    behind = [*where, *clear, *(f"gain{end}" for end in ENDS), *shares, *when]
    figure = composer.figure("topics", title, told.select(main), _units(composer, main), *used)
    if rows.is_empty():
        return [figure]
    figure = replace(figure, notes=(composer.say(HOPES),))
    beside = composer.say("What else the groups stand on")
    return [figure, composer.figure("behind", beside, told.select(behind), _units(composer, behind), *used)]


def _told(composer: Composer, rows: pl.DataFrame) -> pl.DataFrame:
    """Levels, evidence and groups in words."""
    levels = {level: composer.say(text) for level, text in LEVELS.items()}
    groups = {group: composer.say(group) for group in (*GROUPS, NONE)}
    evidence = {text: composer.say(text) for text in EVIDENCE}
    return rows.with_columns(
        pl.col("evidence").replace_strict(evidence, return_dtype=pl.String),
        *(pl.col(f"group_{setting}").replace_strict(groups, return_dtype=pl.String) for setting in SETTINGS),
        level=pl.col("indicator").replace_strict(levels, return_dtype=pl.String),
    )


def _units(composer: Composer, columns: Sequence[str]) -> dict[str, str]:
    units = dict.fromkeys((f"{side}{end}" for side in SIDES for end in ENDS), SPECIALISED)
    units |= dict.fromkeys((f"{side}_growth{end}" for side in SIDES for end in ENDS), A_YEAR)
    units |= dict.fromkeys((f"{side}_share_growth{end}" for side in SIDES for end in ENDS), OF_SHARE)
    units |= dict.fromkeys((f"density{end}" for end in ENDS), NEARNESS)
    units |= dict.fromkeys((f"gain{end}" for end in ENDS), composer.unit("complementarity_by_field", "gain"))
    return {column: unit for column, unit in units.items() if column in columns}


def _find(composer: Composer, rows: pl.DataFrame, group: str, names: Mapping[str, str], label: str) -> None:
    """At most three fields of a group that stand in for the technology, with what would change it."""
    told = GROUPS[group]
    weaker, slower = (pl.min_horizontal(*(pl.col(f"{side}{of}") for side in SIDES)) for of in ("", "_growth"))
    both = [pl.col(f"group_{setting}") == group for setting in SETTINGS]
    members = (
        rows.with_columns(weaker=weaker, slower=slower, looser=both[0], stricter=both[1])
        .filter(pl.col("looser") | pl.col("stricter"))
        .sort(
            pl.col("looser") & pl.col("stricter"), pl.col("clear_looser") | pl.col("clear_stricter"), told.order,
            "partner", "about", descending=[True, True, True, True, False], nulls_last=True,
        )
    )  # fmt: skip
    own = members.filter(pl.col("evidence") != _joint.ELSEWHERE)
    if own.is_empty():
        text = told.outside if members.height else told.none
        composer.find(text, technology=label, count=members.height, **names)
        return
    (loose, near), (strict, nearer) = SETTINGS.values()
    change = composer.say(
        told.change, loose=f"{loose:g}", strict=f"{strict:g}", near=f"{near:g}", nearer=f"{nearer:g}",
        minus=minus(strict), **names,
    )  # fmt: skip
    items = [_item(composer, told.item, row) for row in own.head(SHOWN).iter_rows(named=True)]
    composer.find(told.own, items=composer.say.listed(items), change=change, **names)


def _item(composer: Composer, text: str, row: Mapping[str, Any]) -> str:
    held = (bool(row[LOOSER]), bool(row[STRICTER]))
    level = LEVELS[row["indicator"]]
    clear = row["clear_looser"] if row["looser"] else row["clear_stricter"]
    growth = {f"{side}_growth": row[f"{column}_growth"] for side, column in (("ours", "home"), ("theirs", "partner"))}
    return composer.say(
        text, about=inside(row["about"]), level=composer.say(level), ours=number(row["home"]),
        theirs=number(row["partner"]), density=number(row["density"]) if row["density"] is not None else "",
        setting=composer.say(UNDER[held]), chance="" if clear else composer.say(CHANCE), source=row["source"],
        years=years(row["first_year"], row["year"]),
        **{place: percent(value) if value is not None else "" for place, value in growth.items()},
    )  # fmt: skip


def _lack(composer: Composer, rows: pl.DataFrame, technology: Technology, names: Mapping[str, str], label: str) -> None:
    """Where works by topic are missing, or were gathered around one country."""
    if rows.filter(pl.col("indicator") == _joint.TOPIC).is_empty():
        composer.lack(BROAD, least=f"{MIN_ARTICLES:.0f}", **names)
    frame = composer.latest(_joint.TOPIC, technology.id)
    if not frame.is_empty() and (sources := _joint.left_out(frame)):
        composer.lack(GATHERED, technology=label, sources=composer.say.listed(sources))
