"""Where are our people and whose people are here? Flows, diaspora, return, circulation, bridges, students.

Two bibliographic databases follow researchers over all fields and are shown side by side. Who is where in a technology
is known only where single works with identified authors are in the store. Numbers of 1 to 4 researchers are blank in
every table; what they leave open is said as bounds.
"""

from __future__ import annotations

from collections.abc import Callable

import polars as pl

from legation.answer import Answer, Figure
from legation.answers._between import Tie, between
from legation.answers._composing import AS_UNIT_SAYS, Composer
from legation.language import words
from legation.model import Question, Technology
from legation.phrasing import inside, number, percent, years

QUESTION = Question(words=words("Where are the researchers of {home} in {technology}, and whose are in {home}?"))

FLOWS = "researcher_flows"
RATES = "net_migration_rate"
OWN = (
    Tie(RATES, ("net_migration_rate", "arrival_rate", "departure_rate"), window=5),
    Tie("researcher_growth", ("researchers", "annual_growth")),
    Tie("researchers_density", ("researchers_per_million",)),
    Tie("mobility_classes"),
    Tie("return_share"),
)
HOSTS = (
    Tie(FLOWS, ("arrivals", "departures", "net_arrivals"), window=5),
    Tie("talent_dependence", ("talent_dependence",), window=5),
    Tie("diaspora_stock"),
    Tie("bridge_share", ("bridge_share", "joint_works")),
)
STUDENTS = (Tie("training_flows", ("share_of_host", "students")), Tie("doctorate_stay", ("plan_to_stay_share",)))
HOSTS_TOLD = 3
UNITS = {"value": AS_UNIT_SAYS, "low": words("95 % interval or bounds"), "high": words("95 % interval or bounds")}
CLASSES = ("non_mobile_share", "travellers_share", "migrants_share", "returnees_share")
LEAVE = words("Most researchers who leave {home} go to {countries} ({source}, {years}).")
COME = words("Most researchers who come to {home} come from {countries} ({source}, {years}).")
BALANCE = words("Of researchers in all fields, the balance of {home} is {balances}.")
DISAGREE = words("The databases disagree on whether {home} gains or loses researchers: the balance is {balances}.")
ABROAD = words(
    "In {technology}, researchers who began in {home} are now in {countries} ({source}, up to {year}); countries with "
    "fewer than 5 of them are not told."
)
FOLLOWED = ("mobility_classes", "return_share", "diaspora_stock", "bridge_share")
"""Indicators that follow single researchers through works."""


def ask(composer: Composer, home: str, technology: Technology) -> Answer:
    """Researchers of a country: who comes, leaves, is abroad, returns, joins two countries, studies.

    Main table `hosts`: by partner country and measure, arrivals, departures and balance from both databases,
    researchers who began at home and are there now, share of joint works with a bridging author. Also `own` (rates,
    stocks, classes of mobility, return), `trend` (balance by year, both databases), `students` (by host, and plans to
    stay). Bounds stand where a part is blank.
    """
    own = between(composer, home, [technology.id], OWN)
    hosts = _sorted(between(composer, home, [technology.id], HOSTS))
    figures = [
        _figure(composer, "hosts", composer.say("Researchers of {home} by country", home=composer.name(home)), hosts),
        _figure(composer, "own", composer.say("Researchers of {home}", home=composer.name(home)), own),
        *_trend(composer, home),
        *_students(composer, home),
    ]
    _balance(composer, own, home)
    _moves(composer, hosts, home)
    _abroad(composer, hosts, own, home, technology)
    _training(composer, figures, home)
    _lack(composer, own, hosts, technology, home)
    return composer.answer([figure for figure in figures if figure.table.height or figure.id == "hosts"])


def _sorted(frame: pl.DataFrame) -> pl.DataFrame:
    """The largest first; where the value is blank, by what it may be at most."""
    return frame.sort("value", "high", "partner_iso3", descending=[True, True, False], nulls_last=True)


def _figure(composer: Composer, identifier: str, title: str, table: pl.DataFrame) -> Figure:
    named = table.with_columns(country=pl.col("partner_iso3").map_elements(composer.name, pl.String))
    shown = named.drop("iso3") if identifier != "own" else table.drop("iso3", "partner_iso3")
    used = table["indicator"].unique(maintain_order=True).to_list()
    return composer.figure(identifier, title, shown, UNITS, *used)


def _trend(composer: Composer, home: str) -> list[Figure]:
    frame = composer.series(RATES)
    if frame.is_empty():
        return []
    table = frame.filter(pl.col("iso3") == home, pl.col("scope") == "all").drop_nulls("net_migration_rate")
    columns = ["source", "year", "net_migration_rate", "arrival_rate", "departure_rate"]
    units = {measure: composer.unit(RATES, measure) for measure in columns[2:]}
    title = composer.say("Researchers who come and leave, by year, all fields")
    return [composer.figure("trend", title, table.select(columns).sort("source", "year"), units, RATES)]


def _students(composer: Composer, home: str) -> list[Figure]:
    """Students of the home country abroad, and of other countries at home, where a host publishes who they are."""
    frame = between(composer, home, [], STUDENTS)
    if frame.is_empty():
        return []
    title = composer.say("Students of {home} abroad", home=composer.name(home))
    return [_figure(composer, "students", title, _sorted(frame))]


def _balance(composer: Composer, own: pl.DataFrame, home: str) -> None:
    """The balance of both databases, and whether they agree on its sign."""
    rates = own.filter(pl.col("indicator") == RATES, pl.col("scope") == "all").drop_nulls("value")
    balances = rates.filter(pl.col("measure") == composer.label(RATES, "net_migration_rate")).sort("source")
    told = [
        composer.say(
            "{rate} per 1,000 researchers and year ({source}, {years})",
            rate=_signed(row["value"]), source=row["source"], years=years(row["first_year"], row["year"]),
        )
        for row in balances.iter_rows(named=True)
    ]  # fmt: skip
    if not told:
        return
    signs = set(balances["value"].sign())
    composer.find(DISAGREE if len(signs) > 1 else BALANCE, home=composer.name(home), balances=composer.say.listed(told))


def _moves(composer: Composer, hosts: pl.DataFrame, home: str) -> None:
    """Where most leave for and come from, by each database, and how much of those who come hangs on the first."""
    flows = hosts.filter(pl.col("indicator") == FLOWS, pl.col("scope") == "all").drop_nulls("value")
    for measure, text in (("departures", LEAVE), ("arrivals", COME)):
        for source, rows in _of(composer, flows, FLOWS, measure).group_by("source", maintain_order=True):
            first = rows.row(0, named=True)
            composer.find(
                text, home=composer.name(home), countries=composer.say.listed(_told(composer, rows, number)),
                source=source[0], years=years(first["first_year"], first["year"]),
            )  # fmt: skip
    shares = hosts.filter(pl.col("indicator") == "talent_dependence", pl.col("scope") == "all").drop_nulls("value")
    for source, rows in shares.group_by("source", maintain_order=True):
        first = rows.sort("value", descending=True).row(0, named=True)
        composer.find(
            "Of the researchers who come to {home}, {share} ({low} to {high}) come from {country} ({source}, {years}).",
            home=composer.name(home), share=percent(first["value"]), low=percent(first["low"]),
            high=percent(first["high"]), country=composer.name(first["partner_iso3"]), source=source[0],
            years=years(first["first_year"], first["year"]),
        )  # fmt: skip


def _abroad(composer: Composer, hosts: pl.DataFrame, own: pl.DataFrame, home: str, technology: Technology) -> None:
    """Who began at home and is abroad, who came back, who joins two countries: in the technology, where it is known."""
    told = {"home": composer.name(home), "technology": inside(composer.technology_label(technology))}
    stock = hosts.filter(pl.col("indicator") == "diaspora_stock", pl.col("scope") == technology.id).drop_nulls("value")
    for source, rows in stock.group_by("source", maintain_order=True):
        countries = composer.say.listed(_told(composer, rows, number))
        composer.find(ABROAD, countries=countries, source=source[0], year=rows["year"].max(), **told)
    classes = own.filter(pl.col("indicator") == "mobility_classes", pl.col("scope") == technology.id).drop_nulls(
        "value"
    )
    for source, rows in classes.group_by("source", maintain_order=True):
        known = {m: _of(composer, rows, "mobility_classes", m) for m in ("researchers", *CLASSES)}
        if not all(frame.height for frame in known.values()):
            continue
        composer.find(
            "Of {researchers} researchers in {technology} who began in {home}, {non_mobile_share} stayed, "
            "{travellers_share} also sign from elsewhere, {migrants_share} left and {returnees_share} came back "
            "({source}).",
            researchers=number(known["researchers"]["value"][0]), source=source[0], **told,
            **{m: percent(known[m]["value"][0]) for m in CLASSES},
        )  # fmt: skip
    bridges = hosts.filter(pl.col("indicator") == "bridge_share", pl.col("scope") == technology.id).drop_nulls("value")
    most = _of(composer, bridges, "bridge_share", "joint_works").select("partner_iso3", "source", works="value")
    shares = _of(composer, bridges, "bridge_share", "bridge_share").join(most, on=["partner_iso3", "source"])
    for row in shares.sort("works", "partner_iso3", descending=[True, False]).head(HOSTS_TOLD).iter_rows(named=True):
        composer.find(
            "Of {works} joint works of {home} and {partner} in {technology}, {share} ({span}) have an author who has "
            "signed from both ({source}, {years}).",
            works=number(row["works"]), partner=composer.name(row["partner_iso3"]), share=percent(row["value"]),
            span=composer.say.span(row["low"], row["high"]), source=row["source"],
            years=years(row["first_year"], row["year"]), **told,
        )  # fmt: skip


def _training(composer: Composer, figures: list[Figure], home: str) -> None:
    """Of whose students from abroad the home country's are the largest part, and who plan to stay."""
    table = next((figure.table for figure in figures if figure.id == "students"), None)
    if table is None:
        return
    shares = _of(
        composer, table.filter(pl.col("scope") == "all").drop_nulls("value"), "training_flows", "share_of_host"
    )
    published = shares.unique(["source", "partner_iso3"], keep="first", maintain_order=True)
    for source, rows in published.group_by("source", maintain_order=True):
        told = _told(composer, rows, percent)
        composer.find(
            "Students from {home} make up the largest part of those from abroad in {countries} ({source}, {year}). "
            "A share of a host does not tell how many students that is.",
            home=composer.name(home), countries=composer.say.listed(told), source=source[0], year=rows["year"].max(),
        )  # fmt: skip
    stays = table.filter(pl.col("indicator") == "doctorate_stay", pl.col("scope") == "all").drop_nulls("value")
    for row in stays.iter_rows(named=True):
        composer.find(
            "Of those from {home} who took a doctorate in {host}, {share} ({span}) planned to stay there "
            "({source}, {years}).",
            home=composer.name(home), host=row["country"], share=percent(row["value"]),
            span=composer.say.span(row["low"], row["high"]), source=row["source"],
            years=years(row["first_year"], row["year"]),
        )  # fmt: skip


def _lack(composer: Composer, own: pl.DataFrame, hosts: pl.DataFrame, technology: Technology, home: str) -> None:
    told = {"technology": inside(composer.technology_label(technology)), "home": composer.name(home)}
    followed = pl.concat([own, hosts]).filter(pl.col("indicator").is_in(FOLLOWED), pl.col("scope") == technology.id)
    absent = [name for name in FOLLOWED if followed.filter(pl.col("indicator") == name).is_empty()]
    if absent:
        composer.lack(
            "On {measures} of {home} in {technology} there is nothing in this store: works with identified authors and "
            "their countries would tell, as OpenAlex has them.",
            measures=composer.say.listed([inside(composer.label(name)) for name in absent]), **told,
        )  # fmt: skip
    if own.filter(pl.col("indicator") == RATES, pl.col("scope") == "all").is_empty():
        composer.lack("Neither database of moves of researchers has {home}.", **told)
    if hosts.filter(pl.col("indicator") == FLOWS, pl.col("scope") == technology.id).is_empty():
        composer.lack(
            "Moves of researchers in {technology} alone are not in this store; flows are of all fields.", **told
        )
    composer.lack("Nothing here tells who a person is, what passport they hold, or why they moved.")


def _of(composer: Composer, frame: pl.DataFrame, indicator: str, measure: str) -> pl.DataFrame:
    """The rows of one measure."""
    return frame.filter(pl.col("indicator") == indicator, pl.col("measure") == composer.label(indicator, measure))


def _told(composer: Composer, rows: pl.DataFrame, as_words: Callable[[float], str]) -> list[str]:
    """The partners with the largest values, each with its value."""
    first = rows.sort("value", "partner_iso3", descending=[True, False]).head(HOSTS_TOLD)
    return [f"{composer.name(row['partner_iso3'])} ({as_words(row['value'])})" for row in first.iter_rows(named=True)]


def _signed(value: float) -> str:
    return f"{'+' if value > 0 else ''}{number(value)}"
