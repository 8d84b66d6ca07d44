"""The World Factbook of the CIA: memberships of countries in organisations and regimes, and counts of reactors.

Memberships stand in one line of text, "ADB (nonregional member), APEC, CERN (observer)": names apart by commas, a
status in brackets, none for a full member. Names are kept as printed, but for a few spellings of one name. A preamble
before a colon (Afghanistan) and qualifications after a comma within the brackets are left out. The lists lag behind
events, and some entries were plainly out of date or wrong in 2025: these are set aside. "NGOs" and "national
committees" mean that bodies *of* a country belong, not the country. Reactors are counted at the year the text states.
"""

import html
import json
import tarfile
from collections.abc import Iterator
from typing import Any

import polars as pl

from legation.intake import Intake, Records
from legation.model import Source

FILE = "factbook/factbook_countries.json.tgz"
YEAR = 2025
NO_COUNTRY = ("europe/ee.json", "world/xx.json")
"""The European Union and the world."""
COUNTRIES = {
    "DRC": "Congo (Kinshasa)",
    "Falkland Islands (Islas Malvinas)": "Falkland Islands",
    "French Southern and Antarctic Lands": "French Southern Territories",
    "Saint Martin": "Saint Martin (French part)",
    "South Georgia and South Sandwich Islands": "South Georgia and the South Sandwich Islands",
    "Svalbard (sometimes referred to as Spitsbergen, the largest island in the archipelago)": "Svalbard and Jan Mayen",
    "The Dominican": "Dominican Republic",
    "Virgin Islands": "U.S. Virgin Islands",
}
"""Names that mean one country in the Factbook but are not clear, or misprinted, elsewhere."""
ORGANISATIONS = {
    "Commonwealth of Nations": "C",
    "EEU": "EAEU",
    "Francophonie": "OIF",
    "G- 9": "G-9",
    "ICCT": "ICCt",
    "UNSC": "UN Security Council",
    "WBG": "World Bank Group",
}
STATUSES = {
    "2024": "member",
    "candidates": "candidate",
    "chinese-taipei": "member",
    "nonregional-members": "nonregional-member",
    "partners": "partner",
}
"""Plurals; the year of accession, and the name under which Taiwan is a member, in place of a status."""
OUTDATED = {
    "CE": ("RUS",),  # expelled in 2022
    "EU": ("GBR",),  # left in 2020
    "OECD": ("CHL", "IND"),  # Chile is a member since 2010, printed "enhanced engagement"; India is not one
}
REACTORS = {
    "Number of operational nuclear reactors": "reactors-operational",
    "Number of nuclear reactors under construction": "reactors-under-construction",
}

SOURCE = Source(
    publisher="US Central Intelligence Agency",
    title="The World Factbook",
    url="https://www.cia.gov/the-world-factbook/",
    licence="CC0",
    licence_url="https://creativecommons.org/publicdomain/zero/1.0/",
    vintage="2025",
    files=(FILE,),
    rows={"memberships": (9_800, 11_800), "capabilities": (40, 55)},
    caveats=("membership_lists_lag",),
)


def tidy(raw: Intake) -> Iterator[tuple[str, pl.DataFrame]]:
    places = list(_places(raw))
    yield "memberships", _memberships(raw, places)
    yield "capabilities", _reactors(raw, places)


def _places(raw: Intake) -> Iterator[tuple[str, dict[str, Any]]]:
    with tarfile.open(raw.path(FILE)) as archive:
        for member in sorted(archive.getmembers(), key=lambda m: m.name):
            if member.name.endswith(".json") and "/meta/" not in member.name:
                content = archive.extractfile(member)
                assert content is not None
                yield member.name.removeprefix("./"), json.load(content)


def _memberships(raw: Intake, places: list[tuple[str, dict[str, Any]]]) -> pl.DataFrame:
    mentions = [
        {"place": place, "country": _country(facts), "mention": mention}
        for place, facts in places
        for mention in _mentions(_text(facts, "Government", "International organization participation"))
    ]
    form = pl.col("mention").str.extract_groups(r"^(?<organisation>[^()]+?)\s*(?:\((?<status>.+)\))?$")
    outdated = pl.any_horizontal(
        (pl.col("organisation") == name) & pl.col("iso3").is_in(members) for name, members in OUTDATED.items()
    )
    members = (
        _located(raw, mentions)
        .set_aside(pl.col("mention") == "none", "belongs to no organisation")
        .having(form.struct.unnest())
        .reject(pl.col("organisation").is_null(), "mention is not a name with or without a status")
        .having(pl.col("organisation").replace(ORGANISATIONS), pl.col("status").str.split(",").list.first())
        .slug("status")
        .having(status=pl.col("status").replace(STATUSES).fill_null("member"))
        .set_aside(outdated, "known to be out of date or wrong")
        .set_aside(~pl.struct("organisation", "iso3").is_first_distinct(), "organisation named twice")
    )
    return members.select("organisation", "iso3", "status", year=pl.lit(YEAR))


def _reactors(raw: Intake, places: list[tuple[str, dict[str, Any]]]) -> pl.DataFrame:
    counts = [
        {"place": place, "country": _country(facts), "kind": kind, "text": text}
        for place, facts in places
        for name, kind in REACTORS.items()
        if (text := _text(facts, "Energy", "Nuclear energy", name))
    ]
    stated = (
        _located(raw, counts)
        .having(pl.col("text").str.extract_groups(r"^(?<count>\d+) \((?<year>\d{4})\)$").struct.unnest())
        .reject(pl.col("count").is_null(), "text is not a count with its year")
        .integer("count")
        .integer("year")
    )
    return stated.select("kind", "iso3", "year", "count", nature=pl.lit("stock"))


def _located(raw: Intake, found: list[dict[str, str]]) -> Records:
    """Records with their country, those of places that are none set aside."""
    records = raw.records(pl.DataFrame(found), FILE)
    return records.set_aside(pl.col("place").is_in(NO_COUNTRY), "the European Union or the world").country(
        "country", "name"
    )


def _country(facts: dict[str, Any]) -> str:
    """The short name of a country, or the long one where it has no short one."""
    short, long = (
        _text(facts, "Government", "Country name", f"conventional {form} form") for form in ("short", "long")
    )
    name = long if short in ("", "none") else short
    return COUNTRIES.get(name, name)


def _text(facts: dict[str, Any], *path: str) -> str:
    for step in path:
        facts = facts.get(step, {})
    return html.unescape(facts.get("text", "")).replace("\xa0", " ").strip()


def _mentions(text: str) -> list[str]:
    """What stands between the commas that are outside brackets, after any preamble that ends in a colon."""
    parts, depth = [""], 0
    for letter in text.rpartition(":")[2]:
        depth += {"(": 1, ")": -1}.get(letter, 0)
        if letter == "," and depth == 0:
            parts.append("")
        else:
            parts[-1] += letter
    return [part.strip() for part in parts if part.strip()]
