"""What two states have signed, belong to and voted for, and the projects they share. Used by `pair`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import polars as pl

from legation.answer import Figure
from legation.answers._between import WHOLE
from legation.answers._composing import Composer
from legation.language import words
from legation.model import Technology
from legation.phrasing import inside, number, percent, years

MEMBERSHIPS, DECLARATIONS, VOTES, DISTANCE = (
    "memberships_held", "declarations_signed", "voting_agreement", "ideal_point_distance",
)  # fmt: skip
PROJECTS, SHARED = "joint_projects", "shared_memberships"
ALL_ROLL_CALLS = WHOLE["issue"]
WHOLE_PROGRAMME = "h2020"
KINDS = {MEMBERSHIPS: words("Membership"), DECLARATIONS: words("Declaration or agreement")}
SIGNED = words("signed")
FULL_MEMBER = "member"
COLUMNS: dict[str, type[pl.DataType]] = dict.fromkeys(
    ("indicator", "kind", "code", "about", "home", "partner", "source"), pl.String
)
COLUMNS |= dict.fromkeys(("first_year", "year"), pl.Int64) | dict.fromkeys(("here", "there"), pl.Boolean)
TOLD = {
    MEMBERSHIPS: words("Of the organisations and regimes that matter in {technology}, {told} ({sources})."),
    DECLARATIONS: words("Of the declarations and agreements on {technology}, {told} ({sources})."),
}
BOTH = {MEMBERSHIPS: words("both belong to {names}"), DECLARATIONS: words("both signed {names}")}
ONLY = {MEMBERSHIPS: words("only {country} belongs to {names}"), DECLARATIONS: words("only {country} signed {names}")}
NEITHER = {MEMBERSHIPS: words("neither is a full member of any"), DECLARATIONS: words("neither signed any")}
TOGETHER = words("Of all organisations listed, both belong to {told}.")
OF_ALL = words("{count} ({source}, {year})")
JOINT = words("They share {told}.")
OF_PROGRAMME = words("{count} projects of {programme} ({source}, {years})")
ONE_OF_PROGRAMME = words("1 project of {programme} ({source}, {years})")
ALIKE = words(
    "In the UN General Assembly they voted alike in {share} of {calls} roll calls ({source}, {years}): most on {most}, "
    "least on {least}. Votes are not alliances."
)
ON_ISSUE = words("“{issue}” ({share})")
APART = words("Their ideal points are {distance} apart (95 % interval {low} to {high}; {source}, {years}).")


def agreements(composer: Composer, home: str, partner: str, technology: Technology) -> pl.DataFrame:
    """What the technology names and either has joined or signed."""
    frames = [
        _joined(composer, MEMBERSHIPS, "organisation", technology.memberships, home, partner),
        _joined(composer, DECLARATIONS, "agreement", technology.declarations, home, partner),
    ]
    return pl.concat(frames)


def _joined(
    composer: Composer, indicator: str, column: str, named: Sequence[str], home: str, partner: str
) -> pl.DataFrame:
    frame = composer.latest(indicator) if named else pl.DataFrame()
    if frame.is_empty():
        return pl.DataFrame(schema=COLUMNS)
    member = indicator == MEMBERSHIPS
    year = pl.col("signed_in").cast(pl.String).fill_null(pl.lit(composer.say(SIGNED))) if not member else None
    own = frame.filter(pl.col(column).is_in(list(named)), pl.col("iso3").is_in([home, partner])).with_columns(
        told=pl.col("status") if year is None else year, full=pl.col("full_member") if member else pl.lit(True)
    )
    key = ["source", column]
    sides = {
        side: own.filter(pl.col("iso3") == iso3).select(*key, pl.col("told").alias(side), pl.col("full").alias(name))
        for side, iso3, name in (("home", home, "here"), ("partner", partner, "there"))
    }
    both = sides["home"].join(sides["partner"], on=key, how="full", coalesce=True)
    dates = pl.DataFrame(
        frame.group_by("source").agg(pl.col(c).max() for c in ("first_year", "year") if c in frame.columns)
    )
    here, there = (pl.col(c).fill_null(value=False) for c in ("here", "there"))
    told = both.join(dates, on="source").with_columns(
        indicator=pl.lit(indicator), kind=pl.lit(composer.say(KINDS[indicator])), code=pl.col(column), here=here,
        there=there, about=pl.col(column).map_elements(composer.scope_label, pl.String),
    ).sort("source", column)  # fmt: skip
    absent = [pl.lit(None, pl.Int64).alias(c) for c in ("first_year", "year") if c not in told.columns]
    return told.with_columns(absent).select(pl.col(c).cast(t) for c, t in COLUMNS.items())


def figure(composer: Composer, rows: pl.DataFrame) -> list[Figure]:
    """Memberships and declarations of both, as the sources call them; empty where a source does not list one."""
    if rows.is_empty():
        return []
    used = rows["indicator"].unique(maintain_order=True).to_list()
    title = composer.say("What both have joined or signed in the technology")
    return [composer.figure("agreements", title, rows.drop("indicator", "code", "here", "there"), {}, *used)]


def votes(composer: Composer, home: str, partner: str) -> list[Figure]:
    """Agreement in roll calls by issue."""
    frame = composer.latest(VOTES, where={"iso3": home, "partner_iso3": partner})
    if frame.is_empty():
        return []
    measures = ("agreement", "agreement_over_mean")
    about = pl.when(pl.col("issue") == "all").then(pl.lit(composer.say(ALL_ROLL_CALLS))).otherwise(
        pl.col("issue").map_elements(composer.scope_label, pl.String)
    )  # fmt: skip
    table = frame.with_columns(about=about).sort(
        pl.col("issue") != "all", "agreement", "issue", descending=[False, True, False]
    )
    shown = table.select("about", "issue", *measures, "roll_calls", "source", "first_year", "year")
    units = {measure: composer.unit(VOTES, measure) for measure in measures}
    return [composer.figure("votes", composer.say("Votes by issue"), shown, units, VOTES)]


def find(composer: Composer, rows: pl.DataFrame, technology: Technology, names: Mapping[str, str]) -> None:
    """What both have joined or signed, and what only one has; sources that differ are each told."""
    label = inside(composer.technology_label(technology))
    for (indicator,), of_kind in rows.group_by("indicator", maintain_order=True):
        sources: dict[str, list[str]] = {}
        for (source,), own in of_kind.sort("year", descending=True).group_by("source", maintain_order=True):
            cited = f"{source}, {own['year'][0]}" if own["year"][0] is not None else str(source)
            sources.setdefault(_split(composer, str(indicator), own, names), []).append(cited)
        for told, cited_all in sources.items():
            composer.find(TOLD[str(indicator)], technology=label, told=told, sources="; ".join(cited_all))


def _split(composer: Composer, indicator: str, rows: pl.DataFrame, names: Mapping[str, str]) -> str:
    """What both are in, and what only one of them."""
    here, there = pl.col("here"), pl.col("there")
    parts = []
    for text, which, country in (
        (BOTH, here & there, ""), (ONLY, here & ~there, names["here"]), (ONLY, there & ~here, names["there"]),
    ):  # fmt: skip
        if found := rows.filter(which)["about"].to_list():
            parts.append(composer.say(text[indicator], names=composer.say.listed(found), country=country))
    return "; ".join(parts) if parts else composer.say(NEITHER[indicator])


def find_shared(composer: Composer, ties: pl.DataFrame) -> None:
    """All organisations both belong to, and projects of the programmes."""
    shared = ties.filter(
        pl.col("indicator") == SHARED, pl.col("measure") == composer.label(SHARED, "shared_memberships")
    )
    told = [
        composer.say(OF_ALL, count=number(row["value"]), source=row["source"], year=row["year"])
        for row in shared.iter_rows(named=True)
    ]
    if told:
        composer.find(TOGETHER, told=composer.say.listed(told))
    projects = ties.filter(pl.col("indicator") == PROJECTS, pl.col("measure") == composer.label(PROJECTS, "projects"))
    told = [
        composer.say(
            ONE_OF_PROGRAMME if row["value"] == 1 else OF_PROGRAMME, count=number(row["value"]),
            programme=row["about"], source=row["source"], years=years(row["first_year"], row["year"]),
        )
        for row in projects.iter_rows(named=True)
    ]  # fmt: skip
    if told:
        composer.find(JOINT, told=composer.say.listed(told))


def find_votes(composer: Composer, votes: Figure | None, ties: pl.DataFrame) -> None:
    """How often they vote alike, on what most and least, and how far apart they stand."""
    if votes is not None:
        whole, issues = (votes.table.filter((pl.col("issue") == "all") == is_whole) for is_whole in (True, False))
        if whole.height and issues.height:
            row = whole.row(0, named=True)
            most, least = (
                composer.say(ON_ISSUE, issue=one["about"], share=percent(one["agreement"]))
                for one in (issues.row(0, named=True), issues.row(-1, named=True))
            )
            composer.find(
                ALIKE, share=percent(row["agreement"]), calls=number(row["roll_calls"]), source=row["source"],
                years=years(row["first_year"], row["year"]), most=most, least=least,
            )  # fmt: skip
    for row in ties.filter(pl.col("indicator") == DISTANCE).drop_nulls(["value", "low"]).iter_rows(named=True):
        composer.find(
            APART, distance=number(row["value"]), low=number(row["low"]), high=number(row["high"]),
            source=row["source"], years=years(row["first_year"], row["year"]),
        )  # fmt: skip
