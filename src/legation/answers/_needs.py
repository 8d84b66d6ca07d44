"""What each of two countries needs from the other: rows of evidence and the sentences that say them. Used by `pair`.

Six kinds: fields and patent classes that stand in for the technology and in which the other leads beyond chance; goods
of the technology bought from it; minerals of which it has more; researchers and students who come from it; knowledge of
it that is built on more than its size suggests. Of each kind and direction at most `SHOWN`, largest first; those below
`need_share` or `need_citation` stand in the table and are not told in words. None of them says that the need could not
be met elsewhere, and every sentence carries the caveat that matters most.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import polars as pl

from legation import registry
from legation.answer import Figure
from legation.answers import _gains
from legation.answers._between import Tie, between
from legation.answers._composing import AS_UNIT_SAYS, Composer
from legation.answers._people import SHARES, STUDENTS
from legation.answers._supplies import CONCENTRATION, MINERAL, SHARE
from legation.constants import NEED_CITATION, NEED_SHARE
from legation.language import words
from legation.model import Technology
from legation.phrasing import inside, number, percent, years

SHOWN = 3
TALENT, CITATION = "talent_dependence", "relative_citation"
SENDER = "within_the_eu_partner_is_the_sender"


@dataclass(frozen=True)
class Kind:
    """A kind of need: where it is read, in which words, and the caveat that comes with it."""

    indicator: str
    measure: str
    label: str
    told: str
    item: str
    caveat: str


KINDS = {
    "field": Kind(
        _gains.FIELD, "gain", words("Field of science"),
        words("{needy} could learn from {giver} in {items}. {caveat}"),
        words("{about} (specialisation {theirs} against {ours} on a scale from -1 to 1; {source}, {years})"),
        _gains.CAVEAT,
    ),
    "patent": Kind(
        _gains.PATENT, "gain", words("Patent class"),
        words("{needy} could build on patents of {giver} in {items}. {caveat}"),
        words("{about} (specialisation {theirs} against {ours} on a scale from -1 to 1; {source}, {years})"),
        _gains.CAVEAT,
    ),
    "good": Kind(
        SHARE, SHARE, words("Good"),
        words("Of what it imports of each, {needy} buys from {giver} {items}. {caveat}"),
        words("{value} of {about} ({source}, {years})"),
        "value_is_not_need",
    ),
    "mineral": Kind(
        MINERAL, MINERAL, words("Mineral"),
        words("Of the world's production, {giver} has {items}. {caveat}"),
        words("{value} of {about} ({needy} {own}; {source}, {years})"),
        "production_is_not_ownership",
    ),
    "talent": Kind(
        TALENT, TALENT, words("Researchers who come"),
        words("Of the researchers who come to {needy}, {items} come from {giver}. {caveat}"),
        words("{value} ({about}; {source}, {years})"),
        "moves_are_of_publishing_researchers",
    ),
    "student": Kind(
        STUDENTS, "share_of_host", words("Students who come"),
        words("Of the students from abroad in {needy}, {items} come from {giver}. {caveat}"),
        words("{value} ({source}, {years})"),
        "shares_of_a_host",
    ),
    "knowledge": Kind(
        CITATION, CITATION, words("Knowledge"),
        words("{needy} cites {giver} more than its size suggests in {items}. {caveat}"),
        words("{about} ({value} times; {source}, {years})"),
        "papers_are_not_capability",
    ),
}  # fmt: skip
NO_NEED = words(
    "Nothing in this store shows that {needy} needs {giver} in {technology}: neither fields that stand in for it in "
    "which {giver} is specialised and leads beyond chance, nor goods, minerals or people from a share of {least} on. "
    "What is missing is told apart."
)
NONE_LISTED = words("has none that is listed")
HAS = words("has {share}")
COLUMNS = {
    **dict.fromkeys(("iso3", "partner_iso3", "direction", "need", "kind", "measure", "scope", "about"), pl.String),
    **dict.fromkeys(("value", "low", "high", "own"), pl.Float64),
    **dict.fromkeys(("unit", "format", "item", "in_words", "caveat", "indicator", "source"), pl.String),
    **dict.fromkeys(("first_year", "year"), pl.Int64),
}
UNITS = {"value": AS_UNIT_SAYS, "low": words("95 % interval or bounds"), "high": words("95 % interval or bounds"),
         "own": words("the same of the country that needs it")}  # fmt: skip
LEAST = dict.fromkeys(("good", "mineral", "talent", "student"), NEED_SHARE) | {"knowledge": NEED_CITATION}
Row = dict[str, Any]


def needs(
    composer: Composer, home: str, partner: str, technology: Technology, gains: pl.DataFrame, bought: pl.DataFrame,
    dug: pl.DataFrame, students: pl.DataFrame,
) -> pl.DataFrame:  # fmt: skip
    """What `iso3` needs from `partner_iso3`, in both directions: kind, numbers, sentence, caveat, source."""
    rows: list[Row] = []
    for needy, giver in ((home, partner), (partner, home)):
        dug_there = "partner" if needy == home else "home"
        of_kind = {
            "field": _led(gains, needy, _gains.FIELD),
            "patent": _led(gains, needy, _gains.PATENT),
            "good": _goods(composer, bought, needy, giver),
            "mineral": _minerals(dug, dug_there),
            "talent": _talent(composer, needy, giver),
            "student": _students(composer, students, giver),
            "knowledge": _cited(composer, needy, giver, technology),
        }
        for kind, found in of_kind.items():
            rows += [_row(composer, kind, needy, giver, row) for row in _largest(found)]
    return pl.DataFrame(rows, schema=COLUMNS)


def _largest(rows: list[Row]) -> list[Row]:
    return sorted(rows, key=lambda row: (-row["value"], row["about"]))[:SHOWN]


def _led(gains: pl.DataFrame, needy: str, indicator: str) -> list[Row]:
    own = _gains.beyond_chance(gains, needy).filter(pl.col("stands_in"), pl.col("indicator") == indicator)
    return own.with_columns(value=pl.col("gain"), low=pl.col("gain_low"), high=pl.col("gain_high")).to_dicts()


def _goods(composer: Composer, bought: pl.DataFrame, needy: str, giver: str) -> list[Row]:
    """Of a source in which the partner may only have sent goods on, as between members of the Union, that is said."""
    rows = bought.filter(pl.col("iso3") == needy).with_columns(value=pl.col(SHARE)).to_dicts()
    for row in rows:
        if SENDER in registry.sources()[row["source"]].caveats:
            members = composer.latest(CONCENTRATION, where={"iso3": giver, "source": row["source"]})
            row["further"] = () if members.is_empty() else (SENDER,)
    return rows


def _minerals(dug: pl.DataFrame, there: str) -> list[Row]:
    here = "home" if there == "partner" else "partner"
    more = dug.filter(pl.col("statistic") == "production", pl.col(there) > pl.col(here).fill_null(0.0))
    return more.with_columns(value=pl.col(there), own=pl.col(here)).to_dicts()


def _talent(composer: Composer, needy: str, giver: str) -> list[Row]:
    rows = between(composer, needy, [], (Tie(TALENT, (TALENT,), window=5),), partner=giver)
    return rows.drop_nulls("value").filter(pl.col("value") > 0).to_dicts()


def _students(composer: Composer, students: pl.DataFrame, origin: str) -> list[Row]:
    shares = pl.col("kind") == composer.scope_label(SHARES)
    return students.filter(pl.col("iso3") == origin, pl.col("scope") == "all", shares, pl.col("value") > 0).to_dicts()


def _cited(composer: Composer, needy: str, giver: str, technology: Technology) -> list[Row]:
    rows = between(composer, needy, technology.fields, (Tie(CITATION, (CITATION,)),), partner=giver)
    return rows.drop_nulls("value").filter(pl.col("value") > 1, pl.col("scope").is_in(technology.fields)).to_dicts()


def _row(composer: Composer, kind: str, needy: str, giver: str, row: Row) -> Row:
    declared, names = KINDS[kind], {"needy": composer.name(needy), "giver": composer.name(giver)}
    measure = registry.indicators()[declared.indicator].measures[declared.measure]
    told = {c: row.get(c) for c in ("scope", "about", "value", "low", "high", "own", "source", "first_year", "year")}
    item = _item(composer, declared, row, names)
    return told | {
        "iso3": needy, "partner_iso3": giver, "direction": composer.say(_gains.DIRECTION, **names),
        "need": kind, "kind": composer.say(declared.label), "item": item,
        "measure": measure.label[composer.language],
        "unit": composer.say(measure.unit), "format": measure.format,
        "in_words": composer.say(declared.told, items=item, caveat="", **names).strip(),
        "caveat": _caveats(composer, declared.caveat, *row.get("further", ())), "indicator": declared.indicator,
    }  # fmt: skip


def _caveats(composer: Composer, *names: str) -> str:
    return " ".join(registry.caveats()[name].text[composer.language] for name in names)


def _item(composer: Composer, declared: Kind, row: Row, names: Mapping[str, str]) -> str:
    """One thing needed, in words."""
    share = declared.indicator in (SHARE, MINERAL, TALENT, STUDENTS)
    places = {
        "about": inside(row["about"]),
        "value": percent(row["value"]) if share else number(row["value"]),
        "source": row["source"],
        "years": years(row["first_year"], row["year"]),
    }
    if declared.indicator in _gains.LEVELS:
        places |= {"theirs": number(row["partner_symmetric_rca"]), "ours": number(row["symmetric_rca"])}
    if declared.indicator == MINERAL:
        own = row["own"]
        places["own"] = composer.say(HAS, share=percent(own)) if own is not None else composer.say(NONE_LISTED)
    return composer.say(declared.item, needy=names["needy"], **places)


def figure(composer: Composer, rows: pl.DataFrame) -> list[Figure]:
    """What each needs from the other: kind, numbers, sentence, caveat, source."""
    if rows.is_empty():
        return []
    shown = rows.select(c for c in rows.columns if c not in ("iso3", "partner_iso3", "need", "item"))
    used = rows["indicator"].unique(maintain_order=True).to_list()
    return [composer.figure("needs", composer.say("What each needs from the other"), shown, UNITS, *used)]


def find(composer: Composer, rows: pl.DataFrame, home: str, partner: str, technology: Technology) -> None:
    """What each needs from the other, one sentence a kind and direction; or that nothing shows that it does."""
    least = pl.col("need").replace_strict(LEAST, default=0.0, return_dtype=pl.Float64)
    large = rows.filter(pl.col("value") >= least)
    for needy, giver in ((home, partner), (partner, home)):
        names = {"needy": composer.name(needy), "giver": composer.name(giver)}
        own = large.filter(pl.col("iso3") == needy)
        for (need,), of_kind in own.group_by("need", maintain_order=True):
            items = composer.say.listed(of_kind["item"].to_list())
            composer.find(KINDS[str(need)].told, items=items, caveat=of_kind["caveat"][0], **names)
        if own.is_empty():
            label = inside(composer.technology_label(technology))
            composer.find(NO_NEED, technology=label, least=f"{NEED_SHARE * 100:g} %", **names)
