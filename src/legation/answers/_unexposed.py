"""What cannot be said about a country's exposure, and what would supply it: used by `exposure`."""

from __future__ import annotations

import polars as pl

from legation.answers._composing import Composer
from legation.answers._exposed import FLAG, MINERALS, SUPPLIERS, points, some, unlisted
from legation.answers._largest import SIX_DIGITS, label
from legation.language import words
from legation.model import Technology
from legation.phrasing import inside

BACI = "legation build --raw RAW --source baci --with-pack --out STORE"
COMTRADE = BACI.replace("baci", "un_comtrade")
FETCH = "legation fetch comtrade {home} {technology} --raw RAW --from YEAR --to YEAR"
TAIWAN = "TWN"
WORLD_TRADE = words(
    "CEPII's BACI has the trade of every country: unpack an archive of it into RAW/trade, run `{baci}` and ask again "
    "with --store STORE. What {home} reports to UN Comtrade, if it does, is fetched by `{fetch}` and read by "
    "`{comtrade}`."
)
WORLD_UNTESTED = words(
    "Whether the world's exports are concentrated too could not be tested for {goods} of {of} goods: world exports are "
    "not in this store."
)
SOME_UNTESTED = words(
    "Whether the world's exports are concentrated too could not be tested for {goods} of {of} goods: world exports of "
    "their codes in these years are not in this store."
)


def lack(composer: Composer, exposed: pl.DataFrame, home: str, technology: Technology) -> None:
    """Goods, minerals, conditions, partners and votes that are not known."""
    told = {"home": composer.name(home), "technology": inside(composer.technology_label(technology))}
    if not technology.goods and not technology.minerals:
        composer.lack(
            "The definition of {technology} names no goods and no minerals: what it needs of supplies is not shown.",
            **told,
        )  # fmt: skip
    supplied = _lack_goods(composer, exposed, home, technology)
    supplied |= _lack_conditions(composer, exposed, home, technology)
    if supplied and points(composer, technology).is_empty():
        fetch = FETCH.format(home=home, technology=technology.id)
        composer.lack(WORLD_TRADE, baci=BACI, comtrade=COMTRADE, fetch=fetch, home=composer.name(home))
    _lack_minerals(composer, technology)
    _lack_people(composer, exposed, home, technology)
    far = exposed.filter(pl.col("distance").is_null())["country"].unique(maintain_order=True).to_list()
    if far:
        composer.lack(
            "How far {home} votes from {countries} is not known: ideal points are of members that vote in the UN.",
            countries=some(composer, far), **told,
        )  # fmt: skip


def _lack_goods(composer: Composer, exposed: pl.DataFrame, home: str, technology: Technology) -> bool:
    """Say which goods no imports of the home country are known of; give whether there are any."""
    known = set(exposed.filter(pl.col("kind") == "good")["scope"])
    absent = [good for good in technology.goods if not {good, good[:SIX_DIGITS]} & known]
    name, about = composer.name(home), inside(composer.technology_label(technology))
    if absent and not known:
        composer.lack(
            "What {home} imports of the goods of {technology} is not in this store, and so neither is on whom it "
            "depends for them. Imports in the embedded pack are those of EU members, of raw materials.",
            home=name, technology=about,
        )  # fmt: skip
    elif absent:
        names = [inside(label(composer, good, technology)) for good in absent]
        composer.lack("No imports of {home} are in this store of {goods}.", home=name, goods=some(composer, names))
    shares = composer.latest(SUPPLIERS)
    if shares.is_empty():
        return bool(absent)
    of_home = shares.filter(pl.col("iso3") == home)["good"].unique().sort()
    wider = [code for code in of_home if len(code) < SIX_DIGITS and any(good.startswith(code) for good in absent)]
    if wider:
        composer.lack(
            "What {home} imports under {headings} is in this store and not shown: these headings take in other goods "
            "too.",
            home=name, headings=some(composer, [f"HS {code}" for code in wider]),
        )  # fmt: skip
    for source in exposed.filter(pl.col("kind") == "good")["source"].unique(maintain_order=True):
        if shares.filter(source=pl.lit(source), partner_iso3=pl.lit(TAIWAN)).is_empty():
            composer.lack(
                "{source} has no row of imports from Taiwan, of any good: where Taiwan supplies, all other shares come "
                "out too high and the supplier named as the largest may not be.",
                source=source,
            )  # fmt: skip
    return bool(absent)


def _lack_conditions(composer: Composer, exposed: pl.DataFrame, home: str, technology: Technology) -> bool:
    """Say which conditions of dependence could not be tested; give whether there are any."""
    flags = composer.latest(FLAG, where={"iso3": home})
    goods = exposed.filter(pl.col("kind") == "good").select("source", "scope").unique()
    if goods.is_empty() or flags.is_empty():
        return False
    tested = goods.join(flags, left_on=["source", "scope"], right_on=["source", "good"], how="inner")
    told = {"of": tested.height, "home": composer.name(home)}
    world = tested["world_exports_concentrated"].null_count()
    own = tested["imports_above_exports"].null_count()
    if world:
        composer.lack(WORLD_UNTESTED if points(composer, technology).is_empty() else SOME_UNTESTED, goods=world, **told)
    if own:
        composer.lack(
            "Whether {home} imports more than it exports could not be tested for {goods} of {of} goods: its exports "
            "are not in this store.",
            goods=own, **told,
        )  # fmt: skip
    return bool(world or own)


def _lack_minerals(composer: Composer, technology: Technology) -> None:
    frame = composer.latest(MINERALS, where={"statistic": "production"})
    known = set() if frame.is_empty() else set(frame["mineral"])
    absent = [inside(composer.scope_label(mineral)) for mineral in technology.minerals if mineral not in known]
    if absent:
        composer.lack(
            "World production by country is not in this store for {minerals}.", minerals=some(composer, absent)
        )
    hidden = unlisted(composer, technology)["mineral"].unique(maintain_order=True)
    if len(hidden):
        composer.lack(
            "Who produces most {minerals} is not known: more of the world's production is listed under no country than "
            "under the largest that is.",
            minerals=some(composer, [inside(composer.scope_label(mineral)) for mineral in hidden]),
        )  # fmt: skip


def _lack_people(composer: Composer, exposed: pl.DataFrame, home: str, technology: Technology) -> None:
    told = {"home": composer.name(home), "technology": inside(composer.technology_label(technology))}
    having = set(exposed["indicator"])
    if "knowledge_dependence" not in having:
        composer.lack(
            "With whom {home} writes its most cited works on {technology} is not in this store: single works with "
            "authors and countries would tell, as OpenAlex has them.",
            **told,
        )  # fmt: skip
    if "talent_dependence" not in having:
        composer.lack("From where researchers come to {home} is not in this store.", **told)
    elif exposed.filter(pl.col("kind") == "talent", pl.col("scope") == technology.id).is_empty():
        composer.lack("Researchers who come to {home} are counted over all fields, not in {technology} alone.", **told)
