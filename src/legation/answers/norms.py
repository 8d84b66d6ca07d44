"""Who writes the rules? Technical committees, secretariats, organisations, export-control regimes and declarations.

Every body the technology names, and where the home country and others sit in it or do not. A list that leaves a country
out says it does not sit there only where the list is one of members; a committee whose members are not published is not
known. Two lists of memberships that disagree are both shown.
"""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl

from legation import countries
from legation.answer import Answer, Figure
from legation.answers._composing import Composer
from legation.answers._standing import standing
from legation.language import words
from legation.model import Question, Technology
from legation.phrasing import inside, percent

QUESTION = Question(
    words=words("Who writes the rules of {technology}, and where does {home} sit?"),
    options={"beside": words("a country to show beside; may be repeated; by default the strongest in the technology")},
)

SEATS, PRESENCE, MEMBERSHIPS, DECLARATIONS = (
    "committee_seats", "standards_presence", "memberships_held", "declarations_signed",
)  # fmt: skip
STRONGEST = 5
ABSENT, UNKNOWN = words("absent"), words("not known")
STANDINGS = {
    "secretariat": words("secretariat"),
    "participating": words("participating"),
    "observing": words("observing"),
    "member": words("member"),
    "signed": words("signed"),
    "absent": ABSENT,
    "not known": UNKNOWN,
}
OTHER_STATUS = words("{status} (not a full member)")
KINDS = {
    "committee": words("Technical committee"),
    "organisation": words("Organisation or regime"),
    "declaration": words("Declaration or agreement"),
}
COLUMNS = ["kind", "body_id", "body", "iso3", "standing", "members", "source", "year"]
HELD = {
    "committee": words("{home} participates in {held} of {of} technical committees on the subject ({source}, {year})."),
    "organisation": words(
        "{home} is a full member of {held} of {of} organisations and regimes on the subject ({source}, {year})."
    ),
    "declaration": words(
        "{home} has signed {held} of {of} declarations and agreements on the subject ({source}, up to {year})."
    ),
}
GAPS = {
    "absent": words("{home} is absent from {body}; with a full voice there: {sitting} ({source})."),
    "observing": words("{home} only observes in {body}; with a full voice there: {sitting} ({source})."),
}
UNSIGNED = words("{home} has not signed {body}; of those shown, {sitting} signed ({source}).")
GAP_OTHER = words("{home} is no full member of {body}; full members are {sitting} ({source}).")
SITS = ("secretariat", "participating", "member", "signed")
"""Standings with a full voice."""


def ask(composer: Composer, home: str, technology: Technology, *, beside: tuple[str, ...] = ()) -> Answer:
    """The bodies that write the rules of a technology.

    Main table `seats`: one row a body and source: standing of the home country, who holds the secretariat, how many
    members. Also `matrix` (standing of the home country and of others in every body), `gaps` (where others sit with
    full voice and the home country does not) and `presence` (share of all ISO committees, with rank).
    """
    others = [countries.resolve(given) for given in beside] or _strongest(composer, technology, home)
    shown = list(dict.fromkeys([home, *others]))
    rows = [
        *_committees(composer, technology),
        *_organisations(composer, technology),
        *_declarations(composer, technology),
    ]
    everyone = pl.concat(rows) if rows else pl.DataFrame(schema=dict.fromkeys(COLUMNS, pl.String))
    matrix = _matrix(everyone, shown)
    seats, gaps = _seats(composer, matrix, everyone, home), _gaps(matrix, home)
    _find(composer, seats, gaps, home)
    _lack(composer, technology, everyone, home)
    used = [i for i in (SEATS, MEMBERSHIPS, DECLARATIONS) if i in composer.used]
    country = composer.name(home)
    units = {"members": words("full members, participants or signatories")}
    titles = {
        "seats": (composer.say("Where {home} sits", home=country), seats),
        "matrix": (composer.say("Who sits where"), matrix),
        "gaps": (composer.say("Where {home} is absent or only observes", home=country), gaps),
    }
    figures = [
        composer.figure(name, title, _worded(composer, table), units, *used) for name, (title, table) in titles.items()
    ]
    figures += _presence(composer, home)
    return composer.answer(figures)


def _strongest(composer: Composer, technology: Technology, home: str) -> list[str]:
    """The strongest in the technology on the first line that has ranks: likely partners and competitors."""
    ranked = standing(composer, technology).drop_nulls("rank").filter(pl.col("iso3") != home)
    if ranked.is_empty():
        return []
    first = ranked.row(0, named=True)
    same = ranked.filter(pl.col(c) == first[c] for c in ("indicator", "measure", "scope", "source"))
    return same.sort("rank", "iso3")["iso3"].head(STRONGEST).to_list()


def _committees(composer: Composer, technology: Technology) -> Iterator[pl.DataFrame]:
    frame = composer.latest(SEATS)
    if frame.is_empty():
        return
    own = frame.filter(pl.col("committee").is_in(list(technology.committees)))
    seated = own.with_columns(standing=pl.when("secretariat").then(pl.lit("secretariat")).otherwise("seat"))
    listed = pl.when("members_listed").then("participants")
    yield _rows(composer, seated, "committee", "committee", listed)


def _organisations(composer: Composer, technology: Technology) -> Iterator[pl.DataFrame]:
    frame = composer.latest(MEMBERSHIPS)
    if frame.is_empty():
        return
    own = frame.filter(pl.col("organisation").is_in(list(technology.memberships)))
    full = own.with_columns(standing=pl.when("full_member").then(pl.lit("member")).otherwise("status"))
    yield _rows(composer, full, "organisation", "organisation", pl.col("full_members"))


def _declarations(composer: Composer, technology: Technology) -> Iterator[pl.DataFrame]:
    frame = composer.series(DECLARATIONS)
    if frame.is_empty():
        return
    own = frame.filter(pl.col("agreement").is_in(list(technology.declarations)))
    dated = own.with_columns(standing=pl.lit("signed"), year=pl.col("signed_in").cast(pl.Int64))
    yield _rows(composer, dated, "declaration", "agreement", pl.col("signatories"))


def _rows(composer: Composer, frame: pl.DataFrame, kind: str, body: str, members: pl.Expr) -> pl.DataFrame:
    return frame.select(
        kind=pl.lit(kind), body_id=pl.col(body), body=pl.col(body).map_elements(composer.scope_label, pl.String),
        iso3=pl.col("iso3"), standing=pl.col("standing").cast(pl.String), members=members.cast(pl.Int64),
        source=pl.col("source"), year=pl.col("year").cast(pl.Int64),
    )  # fmt: skip


def _matrix(everyone: pl.DataFrame, shown: list[str]) -> pl.DataFrame:
    """Every body and source against every country shown; a secretariat is a seat too, and stands for it."""
    body = ["kind", "body_id", "body", "source"]
    held = everyone.sort(pl.col("standing") != "secretariat").unique([*body, "iso3"], keep="first", maintain_order=True)
    bodies = everyone.group_by(body, maintain_order=True).agg(pl.col("members").max(), year=pl.col("year").max())
    grid = bodies.join(pl.DataFrame({"iso3": shown}), how="cross")
    found = grid.join(held.select(*body, "iso3", "standing"), on=[*body, "iso3"], how="left", maintain_order="left")
    absent = pl.when(pl.col("members").is_null()).then(pl.lit("not known")).otherwise(pl.lit("absent"))
    return found.with_columns(standing=pl.col("standing").fill_null(absent)).select(COLUMNS)


def _seats(composer: Composer, matrix: pl.DataFrame, everyone: pl.DataFrame, home: str) -> pl.DataFrame:
    holders = (
        everyone.filter(pl.col("standing") == "secretariat").group_by("body_id", "source").agg(pl.col("iso3").sort())
    )
    names = {
        (body, source): composer.say.listed([composer.name(code) for code in codes])
        for body, source, codes in holders.iter_rows()
    }
    ours = matrix.filter(pl.col("iso3") == home).drop("iso3")
    told = [names.get((row["body_id"], row["source"])) for row in ours.iter_rows(named=True)]
    return ours.with_columns(secretariat=pl.Series(told, dtype=pl.String))


def _gaps(matrix: pl.DataFrame, home: str) -> pl.DataFrame:
    """Bodies in which the home country has no full voice, and who of those shown has."""
    body = ["kind", "body_id", "body", "source", "members", "year"]
    ours = matrix.filter(pl.col("iso3") == home, ~pl.col("standing").is_in([*SITS, "not known"])).select(
        *body, "standing"
    )
    theirs = matrix.filter(pl.col("iso3") != home, pl.col("standing").is_in(SITS))
    sitting = theirs.group_by("body_id", "source").agg(
        sitting=pl.col("iso3").sort().str.join(" "), sitting_count=pl.len()
    )
    found = ours.join(sitting, on=["body_id", "source"], how="left", maintain_order="left")
    return found.with_columns(pl.col("sitting_count").fill_null(0).cast(pl.Int64)).sort(
        "sitting_count", "members", descending=True, maintain_order=True, nulls_last=True
    )


def _worded(composer: Composer, frame: pl.DataFrame) -> pl.DataFrame:
    """Kinds and standings in words; a status of the publisher's own is shown as it is, and that it is not full."""
    standing = pl.col("standing").map_elements(lambda value: _standing_in_words(composer, str(value)), pl.String)
    kind = pl.col("kind").map_elements(lambda value: composer.say(KINDS[str(value)]), pl.String)
    names = {"country": pl.col("iso3").map_elements(composer.name, pl.String)} if "iso3" in frame.columns else {}
    return frame.with_columns(kind=kind, standing=standing, **names)


def _standing_in_words(composer: Composer, standing: str) -> str:
    if standing in STANDINGS:
        return composer.say(STANDINGS[standing])
    return composer.say(OTHER_STATUS, status=standing.replace("-", " "))


def _presence(composer: Composer, home: str) -> list[Figure]:
    frame = composer.latest(PRESENCE, where={"iso3": home})
    if frame.is_empty():
        return []
    measures = ["participating_share", "observing_share", "secretariat_share", "rank", "participating", "secretariats"]
    units = {m: composer.unit(PRESENCE, m) for m in measures}
    for row in frame.iter_rows(named=True):
        composer.find(
            "Over all subjects {home} participates in {share} of the technical committees, place {rank}; "
            "secretariats held: {secretariats} ({source}, {year}).",
            home=composer.name(home), share=percent(row["participating_share"]), rank=row["rank"],
            secretariats=row["secretariats"], source=row["source"], year=row["year"],
        )  # fmt: skip
    title = composer.say("{home} in standard setting, all subjects", home=composer.name(home))
    return [composer.figure("presence", title, frame.select("source", "year", *measures), units, PRESENCE)]


def _find(composer: Composer, seats: pl.DataFrame, gaps: pl.DataFrame, home: str) -> None:
    name = composer.name(home)
    for (kind, source), rows in seats.group_by("kind", "source", maintain_order=True):
        known = rows.filter(pl.col("standing") != "not known")
        if known.is_empty():
            continue
        held = known.filter(pl.col("standing").is_in(SITS)).height
        year = known["year"].max()
        composer.find(HELD[str(kind)], home=name, held=held, of=known.height, source=source, year=year)
        leads = known.filter(pl.col("standing") == "secretariat")["body"].to_list()
        if leads:
            bodies = "; ".join(leads)
            composer.find(
                "{home} holds the secretariat of {bodies} ({source}).", home=name, source=source, bodies=bodies
            )
    same = ["kind", "body", "standing", "sitting"]
    for (kind, body, held_as, sitting), rows in gaps.drop_nulls("sitting").group_by(same, maintain_order=True):
        others = composer.say.listed([composer.name(code) for code in str(sitting).split(" ")])
        lists = rows.select("source", "year").rows()
        told = "; ".join(", ".join(str(part) for part in one if part is not None) for one in lists)
        text = UNSIGNED if kind == "declaration" else GAPS.get(str(held_as), GAP_OTHER)
        composer.find(text, home=name, body=body, sitting=others, source=told)


def _lack(composer: Composer, technology: Technology, everyone: pl.DataFrame, home: str) -> None:
    label = inside(composer.technology_label(technology))
    lists = {
        "committee": technology.committees,
        "organisation": technology.memberships,
        "declaration": technology.declarations,
    }
    for kind, named in lists.items():
        what = inside(composer.say(KINDS[kind]))
        if not named:
            composer.lack("No {kind} is named for {technology} in this store.", kind=what, technology=label)
        elif absent := [body for body in named if everyone.filter(pl.col("body_id") == body).is_empty()]:
            bodies = "; ".join(composer.scope_label(body) for body in absent)
            composer.lack("Who belongs to {bodies} is not in this store.", bodies=bodies)
    hidden = everyone.filter(pl.col("kind") == "committee", pl.col("members").is_null())
    for body in hidden["body"].unique(maintain_order=True):
        composer.lack(
            "The members of {body} are not published in this list: whether {home} sits there is not known.",
            body=body, home=composer.name(home),
        )  # fmt: skip
    composer.lack("A seat is not influence: what a delegation proposes or prevents is in no list.")
