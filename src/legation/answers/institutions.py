"""Who exactly? The organisations behind a country's works in a technology, by sector, and those a list names.

Organisations, never persons; one for which fewer than five identified researchers signed is named without numbers. A
flag says that a name stands on a list with its date; it is no verdict.
"""

from __future__ import annotations

import polars as pl

from legation.answer import Answer, Figure
from legation.answers._composing import Composer
from legation.language import words
from legation.model import Question, Technology
from legation.phrasing import inside, percent, years

QUESTION = Question(
    words=words("Which organisations stand behind the works of {home} in {technology}?"),
    options={"abroad": words("how many organisations abroad to show")},
)

BEHIND = "organisations_behind"
SHARE = "organisation_share"
TOLD = 3
SECTORS = {
    "education": words("education"), "company": words("company"), "government": words("government"),
    "facility": words("research facility"), "nonprofit": words("non-profit"), "healthcare": words("healthcare"),
    "archive": words("archive"), "funder": words("funder"), "other": words("other"),
}  # fmt: skip


def ask(composer: Composer, home: str, technology: Technology, *, abroad: int = 20) -> Answer:
    """The organisations behind the works of a technology.

    Main table `organisations`: those of the home country: name, sector, share of the collection with interval, rank,
    works, whether a list names them. Also `abroad`: the largest of other countries, and `listed`: all that a list has.
    """
    frame = composer.latest(BEHIND, technology.id)
    told = {"home": composer.name(home), "technology": inside(composer.technology_label(technology))}
    figures = _figures(composer, frame, home, abroad, told)
    if frame.is_empty():
        composer.lack(
            "The works on {technology} in this store name no organisations; works with affiliations, as OpenAlex has "
            "them, would tell.", **told,
        )  # fmt: skip
    else:
        _find(composer, frame, home, told)
        composer.lack("Affiliations are what publications name: units, groups and contracts inside them are not told.")
    return composer.answer(figures)


def _figures(composer: Composer, frame: pl.DataFrame, home: str, abroad: int, told: dict[str, str]) -> list[Figure]:
    titles = {
        "organisations": composer.say("Organisations of {home} in {technology}", **told),
        "abroad": composer.say("Organisations abroad in {technology}", **told),
        "listed": composer.say("Organisations in {technology} that a list names", **told),
    }
    if frame.is_empty():
        return [composer.figure("organisations", titles["organisations"], pl.DataFrame(), {})]
    ours = pl.col("iso3") == home
    ordered = worded(composer, frame).sort(SHARE, "name", descending=[True, False], nulls_last=True)
    tables = {
        "organisations": ordered.filter(ours),
        "abroad": ordered.filter(~ours).head(max(abroad, 0)),
        "listed": ordered.drop_nulls("listed_on"),
    }
    measures = (SHARE, f"{SHARE}_low", f"{SHARE}_high", "works_fractional", "works_full", "researchers")
    units = {measure: composer.unit(BEHIND, measure) for measure in measures}
    return [composer.figure(name, titles[name], table, units, BEHIND) for name, table in tables.items()]


def worded(composer: Composer, frame: pl.DataFrame) -> pl.DataFrame:
    """Sectors and countries in words, in the order people read them."""
    sector = pl.col("sector").map_elements(lambda s: composer.say(SECTORS.get(str(s), str(s))), pl.String)
    lists = pl.col("listed_on").map_elements(lambda told: _lists(composer, str(told)), pl.String)
    country = pl.col("iso3").map_elements(composer.name, pl.String)
    columns = [
        "name", "sector", "country", "iso3", SHARE, f"{SHARE}_low", f"{SHARE}_high", "rank", "rank_low", "rank_high",
        "works_full", "works_fractional", "researchers", "listed_on", "source", "first_year", "year",
    ]  # fmt: skip
    return frame.with_columns(sector=sector, listed_on=lists, country=country).select(columns)


def _lists(composer: Composer, told: str) -> str:
    """Lists by their names, each with its date."""
    each = [one.split(" (") for one in told.split("; ")]
    return "; ".join(f"{composer.scope_label(name)} ({year}" for name, year in each)


def _find(composer: Composer, frame: pl.DataFrame, home: str, told: dict[str, str]) -> None:
    ours = frame.filter(pl.col("iso3") == home)
    first = frame.row(0, named=True)
    period = {"source": first["source"], "years": years(first["first_year"], first["year"])}
    known = ours.drop_nulls(SHARE).sort(SHARE, descending=True)
    composer.find(
        "{count} organisations of {home} signed works on {technology} ({source}, {years}); {few} of them with fewer "
        "than 5 identified researchers, which are named without numbers.",
        count=ours.height, few=ours.height - known.height, **told, **period,
    )  # fmt: skip
    if known.height:
        largest = [
            f"{row['name']} ({percent(row[SHARE])}; {composer.say.span(row[f'{SHARE}_low'], row[f'{SHARE}_high'])})"
            for row in known.head(TOLD).iter_rows(named=True)
        ]
        composer.find(
            "The largest, by share of all works on {technology} in this collection: {organisations} "
            "({source}, {years}).",
            organisations=composer.say.listed(largest), **told, **period,
        )  # fmt: skip
    listed = frame.drop_nulls("listed_on")
    for one, rows in listed.group_by("listed_on", maintain_order=True):
        composer.find(
            "Among all organisations on {technology} in this store, {list} names {count}; a listing is no verdict.",
            list=_lists(composer, str(one[0])), count=rows.height, **told,
        )  # fmt: skip
