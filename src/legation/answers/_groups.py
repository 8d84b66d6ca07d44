"""Which topics and fields two countries could work on together: the groups, their rules and how they are told.

Used by `topics`. Each row is put in a group by rule, under a looser and a stricter setting, so that no threshold is
taken for a finding; how far chance leaves it there is the rule at the worse end of each interval.
"""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from legation.answer import Figure
from legation.answers._composing import Composer
from legation.answers._joint import SIDES
from legation.constants import TOPICS_NEAR, TOPICS_STRONG
from legation.language import words

LOOSER, STRICTER = "looser", "stricter"
SETTINGS = dict(zip((LOOSER, STRICTER), zip(TOPICS_STRONG, TOPICS_NEAR, strict=True), strict=True))
GROWING = {LOOSER: "growth", STRICTER: "share_growth"}
"""What must be above nought: growth in number, or in share of the world."""
NEAR, BOTH, SMALL, NONE = (
    words("partner strong, home near"), words("both strong"), words("both small but growing"), words("none"),
)  # fmt: skip


@dataclass(frozen=True)
class Told:
    """How a group is told: where fields that stand in for the technology are in it, where only others are, or none;
    each field; what would change it; its rule under a setting; and which column puts its fields in order."""

    own: str
    outside: str
    none: str
    item: str
    change: str
    rule: str
    order: str


GROUPS = {
    NEAR: Told(
        words("{there} is strong and {here} near in {items}. {change}"),
        words(
            "In no field that stands in for {technology} is {there} strong and {here} near; other fields in this "
            "group: {count}."
        ),
        words("In no field is {there} strong and {here} near, under either setting."),
        words(
            "{about} ({level}; specialisation {theirs} against {ours}, nearness {density}; {setting}{chance}; "
            "{source}, {years})"
        ),
        words(
            "That changes when {there} falls below a specialisation of {loose} ({strict} under the stricter setting) "
            "or {here} reaches it, or when the nearness falls below {near} ({nearer})."
        ),
        words("partner at {strong} or more, home below; density at home {near} or more"),
        "gain",
    ),
    BOTH: Told(
        words("Both are strong in {items}. {change}"),
        words("In no field that stands in for {technology} are both strong; other fields in this group: {count}."),
        words("In no field are {here} and {there} both strong, under either setting."),
        words("{about} ({level}; specialisation {ours} and {theirs}; {setting}{chance}; {source}, {years})"),
        words(
            "That changes when either falls below a specialisation of {loose} ({strict} under the stricter setting)."
        ),
        words("both at {strong} or more"),
        "weaker",
    ),
    SMALL: Told(
        words("Both are small but growing in {items}. {change}"),
        words(
            "In no field that stands in for {technology} are both small but growing; other fields in this group: "
            "{count}."
        ),
        words("In no field are {here} and {there} both small but growing, under either setting."),
        words(
            "{about} ({level}; specialisation {ours} and {theirs}, growth {ours_growth} and {theirs_growth} a year; "
            "{setting}{chance}; {source}, {years})"
        ),
        words(
            "That changes when either rises above a specialisation of {loose} ({minus} under the stricter setting) or "
            "stops growing (under the stricter setting, growing faster than the world)."
        ),
        words("both below {minus}; {growing} above 0"),
        "slower",
    ),
}
GROWTH_WORDS = {LOOSER: words("growth of both"), STRICTER: words("growth of the share of both in the world")}
UNDER = {
    (True, True): words("under both settings"),
    (True, False): words("under the looser setting only"),
    (False, True): words("under the stricter setting only"),
}
CHANCE = words(", where chance could tell otherwise")


def grouped(rows: pl.DataFrame) -> pl.DataFrame:
    """The group of each row under each setting, and whether chance leaves it there."""
    found = rows
    for setting, (strong, near) in SETTINGS.items():
        growing = GROWING[setting]
        conditions = {end: _conditions(strong, near, growing, end) for end in ("", "_clear")}
        group, clear = pl.lit(NONE), pl.lit(value=False)
        for name in GROUPS:
            group = pl.when(conditions[""][name]).then(pl.lit(name)).otherwise(group)
            clear = pl.when(conditions[""][name]).then(conditions["_clear"][name]).otherwise(clear)
        found = found.with_columns(
            group.alias(f"group_{setting}"), clear.fill_null(value=False).alias(f"clear_{setting}")
        )
    return found


def _conditions(strong: float, near: float, growing: str, end: str) -> dict[str, pl.Expr]:
    """The rules of the groups, for the numbers as they are or (`_clear`) for the worse end of each interval."""
    low, high = ("", "") if not end else ("_low", "_high")
    at_least = {side: pl.col(f"{side}{low}") >= strong for side in SIDES}
    small = [pl.col(f"{side}{high}") < -strong for side in SIDES]
    grows = [pl.col(f"{side}_{growing}{low}") > 0 for side in SIDES]
    return {
        NEAR: at_least["partner"] & (pl.col(f"home{high}") < strong) & (pl.col(f"density{low}") >= near),
        BOTH: at_least["home"] & at_least["partner"],
        SMALL: pl.all_horizontal(*small, *grows),
    }


def rules(composer: Composer) -> Figure:
    """What puts a field into a group, under either setting."""
    rows = [
        {"group": composer.say(group)}
        | {
            setting: composer.say(
                told.rule,
                strong=f"{strong:g}",
                near=f"{near:g}",
                minus=minus(strong),
                growing=composer.say(GROWTH_WORDS[setting]),
            )
            for setting, (strong, near) in SETTINGS.items()
        }
        for group, told in GROUPS.items()
    ]
    table = pl.DataFrame(rows, schema=dict.fromkeys(("group", *SETTINGS), pl.String))
    return composer.figure(
        "rules", composer.say("What puts a field into a group: symmetric RCA and density"), table, {}
    )


def minus(strong: float) -> str:
    """The negative of a setting, nought without a sign."""
    return f"{-strong:g}" if strong else "0"
