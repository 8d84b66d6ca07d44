"""The case a group is given: two countries, a third one and what happens, drawn with a seed from the answers."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from legation import countries, registry
from legation.answer import Answer
from legation.answers._talk import Point
from legation.answers._talking import talk
from legation.answers.exposure import KINDS
from legation.errors import LegationError, NoEvidenceError, UserError, unknown
from legation.evidence import Evidence
from legation.language import check_language
from legation.phrasing import Phrasing, inside
from legation.surfaces.exercise.plan import PLANS, Plan

LENSES = ("competitiveness", "complementarity", "contribution")
DRAWN_FROM = 12
"""The third country is one of so many first partners of the home country."""
HANGS_DRAWN_FROM = 6
OFFERED_WORKS = 25
"""Joint works a year that the third country offers."""
CONTROLS = {"good": "supplier:{iso3}/{scope}", "mineral": "producer:{iso3}/{scope}", "partner": "tie:{iso3}",
            "talent": "moves:{iso3}"}  # fmt: skip
"""What is removed where something hangs on a country, by the kind of what hangs."""

Said = Mapping[str, Sequence[Point]]


@dataclass(frozen=True)
class Side:
    """A country at the table: the answers about it, and what it may say."""

    iso3: str
    name: str
    answers: Mapping[str, Answer]
    said: Said


@dataclass(frozen=True)
class Inject:
    """Something that happens: its `kind`, the rows of a figure it is about, and what a scenario says follows."""

    kind: str
    rows: tuple[Mapping[str, object], ...]
    follows: Answer | None = None


@dataclass(frozen=True)
class Case:
    """A case. The same store, question and seed give the same; another seed another third country, other injects and
    another order of them."""

    home: Side
    partner: Side
    third: Side | None
    lenses: Mapping[str, Answer]
    injects: tuple[Inject, ...]
    length: str
    seed: int
    language: str

    @property
    def plan(self) -> Plan:
        """What happens when."""
        return PLANS[self.length]

    @property
    def say(self) -> Phrasing:
        """Words in the language of the case."""
        return Phrasing(self.language)

    @property
    def pair(self) -> Answer:
        """What is between the two."""
        return self.home.answers["pair"]

    @property
    def names(self) -> dict[str, str]:
        """The places of sentences: countries and technology."""
        third = {"third": self.third.name} if self.third else {}
        technology = inside(self.pair.subject["technology_label"])
        return {"here": self.home.name, "there": self.partner.name, "technology": technology, **third}


def draw(evidence: Evidence, home: str, technology: str, partner: str, length: str, seed: int, lang: str) -> Case:
    """A case from what a store says.

    Raises: UserError for an unknown country, technology, language or length, or a partner equal to the home country;
    NoEvidenceError where nothing is known of either country in the technology.
    """
    if length not in PLANS:
        raise unknown("length", length, PLANS)
    check_language(lang)
    home, partner = countries.resolve(home), countries.resolve(partner)
    technology = registry.pick("technology", registry.technologies(), technology).id
    if home == partner:
        raise UserError(f"the partner is the home country, {home}; give two different countries")
    asked = evidence.remembering()
    here = _side(asked, home, partner, technology, lang, ("topics", "talent"))
    there = _side(asked, partner, home, technology, lang)
    if not any(point.figure for side in (here, there) for points in side.said.values() for point in points):
        raise NoEvidenceError(
            f"this store holds nothing on {technology} to make an exercise for {home} and {partner} from; "
            f"`legation indicators --technology {technology}` says what would be needed"
        )
    chance = random.Random(f"{home} {partner} {technology} {seed}")
    third = _third(asked, here, partner, technology, lang, chance)
    lenses = {
        lens: found
        for lens in LENSES
        if (found := _asked(asked, "partners", lang, home=home, technology=technology, lens=lens)) is not None
    }
    happening = _happening(asked, here, there, third, technology, chance)
    chosen = happening[: len(PLANS[length].injects)]
    return Case(here, there, third, lenses, tuple(chosen), length, seed, lang)


def _side(
    asked: Evidence, home: str, partner: str, technology: str, lang: str, further: Sequence[str] = ()
) -> Side:  # fmt: skip
    about = {"home": home, "technology": technology}
    answers = {"pair": asked.ask("pair", lang, partner=partner, **about)}
    answers |= {name: asked.ask(name, lang, **about) for name in ("position", "partners", "exposure")}
    for name in further:
        places = registry.places(registry.questions()[name])
        given = about | ({"partner": partner} if "partner" in places else {})
        found = _asked(asked, name, lang, **given)
        answers |= {name: found} if found is not None else {}
    return Side(home, countries.name(home, lang), answers, talk(answers))


def _asked(asked: Evidence, question: str, lang: str, **given: object) -> Answer | None:
    """An answer, or none where the store has no evidence for it."""
    try:
        return asked.ask(question, lang, **given)
    except NoEvidenceError:
        return None


def _third(asked: Evidence, here: Side, partner: str, technology: str, lang: str, chance: random.Random) -> Side | None:
    """One of the first partners of the home country, but the one at the table."""
    table = here.answers["partners"].table
    ranked = table["iso3"].to_list() if "median_rank" in table.columns else []
    first = [iso3 for iso3 in ranked if iso3 != partner][:DRAWN_FROM]
    return _side(asked, chance.choice(first), here.iso3, technology, lang) if first else None


def _happening(
    asked: Evidence, here: Side, there: Side, third: Side | None, technology: str, chance: random.Random
) -> list[Inject]:
    """What happens, in an order drawn."""
    found = [
        next(_controls(asked, here, there.iso3, technology, chance), None),
        _withdrawal(asked, here, there, technology),
        _vote(here),
        _offer(asked, here, third, technology),
    ]
    happening = [inject for inject in found if inject is not None]
    chance.shuffle(happening)
    return happening


def _controls(asked: Evidence, here: Side, partner: str, technology: str, chance: random.Random) -> Iterator[Inject]:
    """Something on which much hangs stops: one of the first rows whose loss a scenario can work out."""
    exposure = here.answers["exposure"]
    kinds = {Phrasing(exposure.language)(text): kind for kind, text in KINDS.items()}
    rows = [
        row
        for row in exposure.table.iter_rows(named=True)
        if kinds.get(row["kind"]) in CONTROLS and row["iso3"] != partner and row["value"] is not None
    ][:HANGS_DRAWN_FROM]
    for row in chance.sample(rows, len(rows)):
        kind = kinds[row["kind"]]
        follows = _scenario(asked, here, technology, remove=(CONTROLS[kind].format(**row),))
        if follows is not None:
            yield Inject(f"control_{kind}", (row,), follows)


def _withdrawal(asked: Evidence, here: Side, there: Side, technology: str) -> Inject | None:
    """The partner ends all joint work."""
    follows = _scenario(asked, here, technology, remove=(f"tie:{there.iso3}",))
    return Inject("withdrawal", (), follows) if follows is not None else None


def _vote(here: Side) -> Inject | None:
    """The issue on which the two voted alike least."""
    figure = here.answers["pair"].figures.get("votes")
    rows = [row for row in figure.table.iter_rows(named=True) if row["issue"] != "all"] if figure else []
    least = sorted(rows, key=lambda row: (row["agreement"], row["issue"]))[:1]
    return Inject("vote", tuple(least)) if least else None


def _offer(asked: Evidence, here: Side, third: Side | None, technology: str) -> Inject | None:
    """The third country offers joint work."""
    if third is None:
        return None
    follows = _scenario(asked, here, technology, add=(f"tie:{third.iso3}/{OFFERED_WORKS}",))
    return Inject("offer", (), follows) if follows is not None else None


def _scenario(asked: Evidence, here: Side, technology: str, **changes: tuple[str, ...]) -> Answer | None:
    """What follows from a change, where the store can tell."""
    lang = here.answers["exposure"].language
    try:
        found = asked.ask("scenario", lang, home=here.iso3, technology=technology, **changes)
    except LegationError:
        return None
    return found if found.table.height else None
