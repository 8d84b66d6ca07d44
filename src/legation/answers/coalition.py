"""With whom could we reach a share of the world? The smallest coalition, or the best aligned, found exactly."""

from __future__ import annotations

import polars as pl

from legation import countries
from legation.answer import Answer, Figure
from legation.answers import _blocs, _stakes
from legation.answers._coalition import (
    ALIGNED,
    DISTANCE,
    OF_THE_WORLD,
    SHARE,
    SMALLEST,
    Search,
    Wish,
    members_figure,
    seek,
    sets_figure,
    sizes_figure,
)
from legation.answers._coalition_words import find, lack, named
from legation.answers._composing import Composer
from legation.coalitions import OBJECTIVES
from legation.errors import UserError, unknown
from legation.language import words
from legation.model import Question, Technology
from legation.phrasing import inside, percent, years

QUESTION = Question(
    words=words("With whom could {home} reach a share of the world in {technology}?"),
    options={
        "share": words("the share to reach, from 0 to 1"),
        "of": words(
            "of what: top10, top1, output, capability, patents, or a mineral; the best evidence there is if not given"
        ),
        "objective": words("smallest: the fewest members; aligned: the least total distance of UN ideal points"),
        "max_distance": words(
            "how far a member may be from the home country, in points of UN ideal points; 0 = no limit"
        ),
        "members": words("how many members there may be, the home country among them; 0 = no limit"),
        "include": words("a country that must be in it"),
        "exclude": words("a country, or an organisation whose members, must not be in it"),
        "among": words("only members of this organisation, or of NAME=KOR,JPN, may join"),
    },
)


def ask(
    composer: Composer,
    home: str,
    technology: Technology,
    *,
    share: float = SHARE,
    of: str = "",
    objective: str = SMALLEST,
    max_distance: float = 0.0,
    members: int = 0,
    include: tuple[str, ...] = (),
    exclude: tuple[str, ...] = (),
    among: tuple[str, ...] = (),
) -> Answer:
    """Sets of countries with the home country that reach a share of the world.

    Main table `coalitions`: one row a set, the best first: members, share, total distance to home, in what part of
    draws it still reaches the share. Also `members` (of the best: what each brings, whether all sets have it, what it
    takes without it), `sizes` (what each number of members can hold at most) and `other_evidence` (the smallest set by
    each other share there is evidence for).
    """
    if objective not in OBJECTIVES:
        raise unknown("objective", objective, OBJECTIVES, f"known: {', '.join(OBJECTIVES)}")
    if max_distance < 0 or members < 0:
        raise UserError("a limit of distance or of members is above 0, or 0 for no limit")
    stake, others = _stakes.chosen(composer, technology, of)
    if stake is None:
        return _nothing(composer, technology)
    wish = Wish(
        share, ALIGNED if objective == ALIGNED else SMALLEST, max_distance or None, members or None,
        tuple(countries.resolve(one) for one in include), _left_out(composer, exclude),
        tuple(m for bloc in _blocs.named(composer, among) for m in bloc.members),
    )  # fmt: skip
    search = seek(composer, home, stake, wish)
    find(composer, search)
    lack(composer, search)
    figures = [sets_figure(composer, search), *members_figure(composer, search), sizes_figure(composer, search)]
    figures += _other_evidence(composer, home, others, wish)
    _lack(composer, search, technology, among)
    return composer.answer(figures)


def _left_out(composer: Composer, exclude: tuple[str, ...]) -> tuple[str, ...]:
    """Countries, and members of organisations, that may not join."""
    found: list[str] = []
    for one in exclude:
        try:
            found.append(countries.resolve(one))
        except UserError as stranger:
            try:
                found += [m for bloc in _blocs.named(composer, [one]) for m in bloc.members]
            except UserError as also:
                raise UserError(f"{stranger}; {also}") from None
    return tuple(dict.fromkeys(found))


def _nothing(composer: Composer, technology: Technology) -> Answer:
    label = inside(composer.technology_label(technology))
    composer.lack(
        "This store has no share of the world in {label} by country: neither works, nor capabilities, nor patents.",
        label=label,
    )
    composer.lack("{limits}", limits=technology.limits[composer.language])
    empty = pl.DataFrame(schema={"coalition": pl.Int64, "members": pl.Int64, "countries": pl.String})
    return composer.answer([composer.figure("coalitions", composer.asked, empty, {})])


def _other_evidence(composer: Composer, home: str, others: list[_stakes.Stake], wish: Wish) -> list[Figure]:
    """What the coalition is by every other share there is evidence for, under the same limits."""
    searches = [seek(composer, home, stake, wish) for stake in others]
    searches = [search for search in searches if not search.needs_distances]
    rows = [
        (
            search.stake.measure, _about(composer, search.stake), best and len(best.members),
            best and ", ".join(composer.name(m) for m in best.members), best and best.share,
            search.stake.source, search.stake.first_year, search.stake.year,
        )
        for search in searches
        for best in [search.found.best]
    ]  # fmt: skip
    if not rows:
        return []
    kinds = {
        "measure": pl.String, "about": pl.String, "members": pl.Int64, "countries": pl.String, "share": pl.Float64,
        "source": pl.String, "first_year": pl.Int64, "year": pl.Int64,
    }  # fmt: skip
    _find_elsewhere(composer, searches)
    table = pl.DataFrame(rows, schema=kinds, orient="row")
    used = [*dict.fromkeys(stake.indicator for stake in others), DISTANCE]
    sources = {*(stake.source for stake in others), *composer.used.get(DISTANCE, {})}
    title = composer.say("The first coalition on other evidence")
    units = {"share": OF_THE_WORLD, "members": words("countries")}
    return [composer.figure("other_evidence", title, table, units, *used, of=sources, formats={"share": "share"})]


def _about(composer: Composer, stake: _stakes.Stake) -> str:
    return composer.say(_stakes.NEAR, about=stake.about) if stake.is_near else stake.about


def _find_elsewhere(composer: Composer, searches: list[Search]) -> None:
    """Say on other evidence who it would take, so that one indicator is not taken for the world."""
    for search in searches:
        best, what = search.found.best, search.stake.what(composer)
        if best is None:
            composer.find(
                "By {what} it cannot be reached: {reachable} at most.",
                what=what, reachable=percent(search.found.reachable),
            )  # fmt: skip
        else:
            composer.find(
                "By {what} it takes {n}: {members}.",
                what=what, n=len(best.members), members=named(composer, best.members),
            )  # fmt: skip


def _lack(composer: Composer, search: Search, technology: Technology, among: tuple[str, ...]) -> None:
    if search.stake.is_near:
        composer.lack(
            "No share in {label} itself is in this store; a neighbouring field stands in for it.",
            label=inside(composer.technology_label(technology)),
        )
    for source in _stakes.left_out(composer, technology):
        composer.lack("{source} was gathered around one country: shares in it are not of the world.", source=source)
    if search.stake.indicator != _stakes.MINERAL and (names := _stakes.minerals(composer, technology)):
        composer.lack(
            "The supply of minerals is another question: ask for one with `of`, such as {names}.",
            names=", ".join(names[:8]),
        )
    for bloc in _blocs.named(composer, among):
        if bloc.source is not None and bloc.year is not None:
            composer.lack(
                "Members of {bloc} are those on a list of {year} ({source}).",
                bloc=bloc.name, year=years(bloc.year, bloc.year), source=bloc.source,
            )  # fmt: skip
    composer.lack("{limits}", limits=technology.limits[composer.language])
