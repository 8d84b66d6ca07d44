"""What there is no evidence for between two countries, and what would supply it. Used by `pair`."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from legation.answers import _beside, _gains, _supplies
from legation.answers._between import MORE_TIES, TIES
from legation.answers._composing import Composer
from legation.constants import MIN_ARTICLES
from legation.language import words
from legation.model import Technology
from legation.phrasing import OR, inside

NOTHING_OWN = words(
    "Nothing on {technology} itself joins {here} and {there} in this store: what is shown covers all fields. Works of "
    "the technology with the countries of their authors would tell, as OpenAlex has them."
)
NOT_BETWEEN = words("Between {here} and {there} this store has no {measures}.")
FEW = words("Of {few} there are fewer than {least} articles: nothing is said of what they are specialised in.")
NO_PATENTS = words(
    "Patents by field of {countries} are not in this store, or too few: what could be built on in patents is not told. "
    "PATSTAT would tell."
)
NO_IMPORTS = words(
    "What {importers} imports of the goods of {technology} is not in this store; BACI or UN Comtrade would tell."
)
NO_SUPPLY = words("No import of {importer} of the goods of {technology} from {supplier} is listed.")
NO_MINERALS = words("Of the minerals of {technology}, none is listed for {here} or {there}.")
NO_STUDENTS = words(
    "No share of students that joins {here} and {there} is published here; UNESCO's statistics would tell."
)
NO_SITES = words(
    "Which organisations of the two stand behind {technology} is not known: its works in this store name none of "
    "theirs. Works with affiliations would tell, as OpenAlex has them."
)
NO_TREATIES = words(
    "Agreements that {here} and {there} have made with each other are not in this store: the treaty collections of the "
    "two ministries or of the United Nations would tell."
)


def lack(
    composer: Composer, tables: Mapping[str, pl.DataFrame], technology: Technology, home: str, partner: str
) -> None:
    """Say what is not known, theme by theme."""
    names = {"here": composer.name(home), "there": composer.name(partner)}
    label = inside(composer.technology_label(technology))
    ties = tables["ties"]
    expected = tables.get("expected", pl.DataFrame({"scope": []}, schema={"scope": pl.String}))
    if technology.id not in {*ties["scope"], *expected["scope"]}:
        composer.lack(NOTHING_OWN, technology=label, **names)
    _measures(composer, ties, names)
    few(composer, home, partner)
    patents(composer, technology, home, partner)
    _imports(composer, tables, technology, label, home, partner)
    if technology.minerals and "minerals" not in tables:
        composer.lack(NO_MINERALS, technology=label, **names)
    if "students" not in tables:
        composer.lack(NO_STUDENTS, **names)
    if "institutions" not in tables:
        composer.lack(NO_SITES, technology=label)
    composer.lack(NO_TREATIES, **names)
    composer.lack("{limits}", limits=technology.limits[composer.language])


def _measures(composer: Composer, ties: pl.DataFrame, names: Mapping[str, str]) -> None:
    """Indicators that the store has and that say nothing of these two."""
    wanted = [tie.indicator for tie in (*TIES, *MORE_TIES) if not tie.undivided and tie.indicator in composer.used]
    absent = [inside(composer.label(i)) for i in wanted if i not in ties["indicator"]]
    if absent:
        composer.lack(NOT_BETWEEN, measures=composer.say.listed(absent, OR), **names)


def few(composer: Composer, home: str, partner: str) -> None:
    """Countries with too few articles for their specialisation to be told."""
    named = [composer.name(iso3) for iso3 in _beside.too_few_articles(composer, home, partner)]
    if named:
        composer.lack(FEW, few=composer.say.listed(named), least=f"{MIN_ARTICLES:.0f}")


def patents(composer: Composer, technology: Technology, home: str, partner: str) -> None:
    """Countries whose patents by field are not published, or too few."""
    density = composer.latest(_gains.DENSITIES[_gains.PATENT])
    known = set(density["iso3"]) if not density.is_empty() else set()
    absent = [composer.name(iso3) for iso3 in (home, partner) if iso3 not in known]
    if absent and technology.patent_fields:
        composer.lack(NO_PATENTS, countries=composer.say.listed(absent))


def _imports(
    composer: Composer, tables: Mapping[str, pl.DataFrame], technology: Technology, label: str, home: str, partner: str
) -> None:
    """Whose imports are not in the store, and whose are, but with nothing from the other."""
    if not technology.goods:
        return
    bought = tables.get("supplies", pl.DataFrame({"importer": []}, schema={"importer": pl.String}))
    unknown = []
    for importer, supplier in ((home, partner), (partner, home)):
        if composer.latest(_supplies.CONCENTRATION, where={"iso3": importer}).is_empty():
            unknown.append(composer.name(importer))
        elif composer.name(importer) not in bought["importer"].to_list():
            composer.lack(
                NO_SUPPLY, importer=composer.name(importer), supplier=composer.name(supplier), technology=label
            )
    if unknown:
        composer.lack(NO_IMPORTS, importers=composer.say.listed(unknown, OR), technology=label)
