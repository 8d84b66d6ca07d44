"""What is said of a coalition: who is in it, what comes as near, how sure it is, what would change it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from legation.answers._coalition import SMALLEST, Search
from legation.answers._composing import Composer
from legation.coalitions import DRAWS, Coalition
from legation.language import words
from legation.phrasing import inside, number, percent

NAMED, INDISPENSABLE_TOLD = 12, 4
SURE, ALMOST_ALL = 0.95, 0.99
OWN_PART = words("the home country itself brings {share}")
NOTHING_KNOWN = words("the home country is not listed there and brings nothing that is known")
LARGEST_FIRST = words("the one named holds the largest share")
BY_SHARE = words("the one named is as near to {home} in UN votes as the next and stands first by its share")
NEAREST = words("the one named is the nearest to {home} in UN votes, which are not alliances")
NOT_APART = words(
    "the one named is the nearest to {home} by the estimates of UN votes, which do not tell it from the next and are "
    "not alliances"
)


def find(composer: Composer, search: Search) -> None:
    """Say what was found."""
    if search.needs_distances:
        return
    find_first(composer, search)
    if search.found.best is not None and len(search.found.best.members) > 1:
        _find_change(composer, search, search.found.best)


def find_first(composer: Composer, search: Search) -> None:
    """Say who is in the first set, what comes as near, and how sure it is."""
    best = search.found.best
    if best is None:
        _find_none(composer, search)
        return
    _find_best(composer, search, best)
    if len(best.members) > 1:
        _find_others(composer, search, best)
    _find_certainty(composer, search, best)


def _find_none(composer: Composer, search: Search) -> None:
    composer.find(
        "No coalition with {home} holds {target} by {what}: all who may join it hold {reachable} together.",
        home=composer.name(search.home), target=percent(search.wish.target), what=search.stake.what(composer),
        reachable=percent(search.found.reachable),
    )  # fmt: skip


def _find_best(composer: Composer, search: Search, best: Coalition) -> None:
    told: dict[str, Any] = {"home": composer.name(search.home), "target": percent(search.wish.target)}
    told |= {"share": percent(best.share), "what": search.stake.what(composer)}
    if len(best.members) == 1:
        composer.find("{home} alone holds {share} by {what}: it needs nobody to reach {target}.", **told)
        return
    told |= {"n": len(best.members), "members": named(composer, best.members), "own": _own(composer, search)}
    if search.wish.objective == SMALLEST:
        composer.find(
            "The smallest coalition with {home} that holds at least {target} by {what} has {n} members: {members}. "
            "Together they hold {share}; {own}.",
            **told,
        )
    else:
        composer.find(
            "Of the coalitions with {home} that hold at least {target} by {what}, the one nearest to it in UN votes "
            "has {n} members: {members}. Together they hold {share}, and their distances to {home} add up to "
            "{distance} points; {own}.",
            **told, distance=number(best.distance),
        )  # fmt: skip


def _own(composer: Composer, search: Search) -> str:
    """What the home country brings itself."""
    share = search.stake.shares.get(search.home)
    return composer.say(NOTHING_KNOWN) if share is None else composer.say(OWN_PART, share=percent(share))


def _find_others(composer: Composer, search: Search, best: Coalition) -> None:
    found, smallest = search.found, search.wish.objective == SMALLEST
    told = {"home": composer.name(search.home), "n": len(best.members)}
    if not found.others and smallest:
        composer.find("No other set of {n} reaches it.", **told)
    elif not found.others:
        composer.find("No other set that needs all its members comes within 5 % of that distance.")
    else:
        _find_choice(composer, search, told)
        shared = [m for m in found.common if m != search.home]
        if shared:
            composer.find("In all of them: {members}.", members=named(composer, shared))
        else:
            composer.find("Nobody but {home} is in all of them.", **told)
    if search.distances and (unplaced := list(dict.fromkeys(m for one in search.listed for m in one.unplaced))):
        composer.find(
            "Of {members} no distance is known, as there is none for who does not vote in the UN General Assembly; "
            "sets with them stand behind others of the same size.",
            members=named(composer, unplaced),
        )  # fmt: skip


def _find_choice(composer: Composer, search: Search, told: dict[str, Any]) -> None:
    """How many others come as near, and why the first stands first."""
    m = len(search.found.others)
    many = composer.say("{m}", m=m) if search.found.complete else composer.say("More than {m}", m=m)
    if search.wish.objective != SMALLEST:
        if m == 1 and search.found.complete:
            composer.find("One other set comes within 5 % of that distance.")
        else:
            composer.find("{many} other sets come within 5 % of that distance.", many=many)
        return
    best, second = search.listed[:2]
    if not search.distances:
        why = LARGEST_FIRST
    elif (best.unplaced, round(best.distance, 3)) == (second.unplaced, round(second.distance, 3)):
        why = BY_SHARE
    else:
        why = NEAREST if _apart(search, best, second) else NOT_APART
    told |= {"many": many, "why": composer.say(why, home=told["home"])}
    if m == 1 and search.found.complete:
        composer.find("One other set of {n} reaches it too; {why}.", **told)
    else:
        composer.find("{many} other sets of {n} reach it too; {why}.", **told)


def _apart(search: Search, nearer: Coalition, farther: Coalition) -> bool:
    """Whether the intervals of the distances in which two sets differ do not meet."""
    if nearer.unplaced != farther.unplaced:
        return True
    highs = [search.ends[m][1] for m in nearer.members if m not in farther.members]
    lows = [search.ends[m][0] for m in farther.members if m not in nearer.members]
    if None in highs or None in lows:
        return False
    return sum(high or 0.0 for high in highs) < sum(low or 0.0 for low in lows)


def _find_certainty(composer: Composer, search: Search, best: Coalition) -> None:
    """In what part of the draws the first set holds, and which of the others is surer."""
    if not search.reached:
        return
    target, held = percent(search.wish.target), search.reached[best.members]
    if held == 1:
        composer.find("It reaches {target} in each of {draws:,} draws from the 95 % intervals of the shares.",
                      target=target, draws=DRAWS)  # fmt: skip
        return
    composer.find("It reaches {target} in {part} of draws from the 95 % intervals of the shares.",
                  target=target, part=_part(composer, held))  # fmt: skip
    surest = max(search.listed, key=lambda one: search.reached[one.members])
    if held < SURE < search.reached[surest.members]:
        composer.find(
            "Surer among these sets is {members}: in {part} of draws.",
            members=named(composer, surest.members), part=_part(composer, search.reached[surest.members]),
        )  # fmt: skip


def _part(composer: Composer, share: float) -> str:
    """A part of draws, no finer than draws can tell."""
    if ALMOST_ALL < share < 1:
        return composer.say("more than 99 %")
    return composer.say("less than 1 %") if 0 < share < 1 - ALMOST_ALL else percent(round(share, 2))


def _find_change(composer: Composer, search: Search, best: Coalition) -> None:
    """What would change the first set: another share to reach, or a member that does not join."""
    found, smallest = search.found, search.wish.objective == SMALLEST
    told = {"share": percent(best.share), "n": len(best.members)}
    told["fewer"] = percent(found.largest.get(len(best.members) - 1, 0.0))
    if smallest and found.largest.get(len(best.members) - 1):
        composer.find(
            "What would change it: one member fewer can hold {fewer} at most, and is enough to reach that or less; for "
            "more than {share} these {n} are too few.",
            **told,
        )
    else:
        composer.find("What would change it: for more than {share} these {n} are too few.", **told)
    indispensable = [m for m in found.common if m in found.without]
    for m in indispensable[:INDISPENSABLE_TOLD]:
        value, country = found.without[m], composer.name(m)
        if value is None:
            composer.find("Without {country}, {target} is out of reach.", country=country,
                          target=percent(search.wish.target))  # fmt: skip
        elif smallest:
            composer.find("Without {country}, it takes {n} members.", country=country, n=round(value))
        else:
            composer.find("Without {country}, the distances add up to {distance} points at least.",
                          country=country, distance=number(value))  # fmt: skip


def named(composer: Composer, members: Sequence[str]) -> str:
    """Members in a row; of very many the first, and how many more."""
    names = [composer.name(m) for m in members]
    if len(names) <= NAMED:
        return composer.say.listed(names)
    return composer.say.listed([*names[:NAMED], composer.say("{n} more", n=len(names) - NAMED)])


def lack(composer: Composer, search: Search) -> None:
    """Say what the share and the distances do not hold."""
    stake, home = search.stake, composer.name(search.home)
    if search.needs_distances:
        composer.lack(
            "{home} has no ideal point, as it does not vote in the UN General Assembly: neither the nearest coalition "
            "nor one within a distance can be sought.",
            home=home,
        )
    elif not search.distances:
        composer.lack(
            "{home} has no ideal point, as it does not vote in the UN General Assembly: how far members are from it is "
            "not known.",
            home=home,
        )
    if not stake.intervals:
        composer.lack("{source} gives no intervals for {measure}: how sure the coalition is cannot be said.",
                      source=stake.source, measure=inside(stake.measure))  # fmt: skip
    if stake.listed < 0.9995:
        composer.lack("By {what}, the countries listed have {listed} between them; the rest is in no set.",
                      what=stake.what(composer), listed=percent(stake.listed))  # fmt: skip
    if stake.withheld:
        composer.lack("Countries listed there without a quantity: {n}. No set is sought with them.", n=stake.withheld)
