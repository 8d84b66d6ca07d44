"""What a country is exposed to, row by row, and the sentences that say it: used by `exposure`."""

from __future__ import annotations

from typing import Any

import polars as pl

from legation import registry
from legation.answers._composing import Composer
from legation.answers._largest import LEADERS, PEOPLE, SIX_DIGITS, SUPPLIES, label
from legation.answers._largest import rows as largest_rows
from legation.constants import FAILURE_LEFT
from legation.language import words
from legation.model import Technology
from legation.phrasing import inside, number, percent, years

CONCENTRATION, FLAG, SUPPLIERS, POINT = (
    "import_concentration", "import_dependence_flag", "supplier_share", "single_point_of_failure",
)  # fmt: skip
MINERALS, OWN, VOTES = "mineral_concentration", "mineral_share", "ideal_point_distance"
SENDER = "within_the_eu_partner_is_the_sender"
WORTH = ("imports_eur", "imports_usd")
FIRST_TOLD, TIES_TOLD, NAMED = 5, 3, 6
HALF = 1 - FAILURE_LEFT

IMPORTED = words("Of what {home} imports of {about}, {share} comes from {country} ({source}, {years}){lasting}.")
LASTING = words("; imports were concentrated in {held} of {of} years")
PRODUCED = words("Of the world's {about}, {share} is in {country} ({source}, {years}); {own}.")
OWN_SHARE = words("{share} is in {home} itself")
NO_OWN_SHARE = words("none is listed for {home}")
WITHHELD = words("what {home} produces is not published")
TOLD = {
    "import_concentration": IMPORTED,
    "mineral_concentration": PRODUCED,
    "knowledge_dependence": words(
        "Of the most cited works of {home} in {about}, {share}{span} are signed from {country} too ({source}, {years})."
    ),
    "partner_concentration": words(
        "Of the joint works of {home} in {about}, counted by partner, {share} are with {country} ({source}, {years})."
    ),
    "talent_dependence": words(
        "Of the researchers who come to {home} ({about}), {share}{span} come from {country} ({source}, {years})."
    ),
    "top10_monopoly_risk": words(
        "Of the most cited works in {about}, {share}{span} are those of {country}, more than of any other "
        "({source}, {years})."
    ),
    "monopoly_risk": words(
        "Of the works in {about}, {share}{span} are those of {country}, more than of any other ({source}, {years})."
    ),
    "patent_monopoly_risk": words(
        "Of the patents in {about}, {share}{span} are those of {country}, more than of any other ({source}, {years})."
    ),
}
OF = {
    "knowledge_dependence": words("most cited works in {about}"),
    "partner_concentration": words("joint works in {about}"),
    "talent_dependence": words("researchers who come ({about})"),
    "top10_monopoly_risk": words("most cited works in {about}"),
    "monopoly_risk": words("works in {about}"),
    "patent_monopoly_risk": words("patents in {about}"),
}
NEIGHBOURING = words("{field} (a neighbouring field)")
BOUNDS = words(" ({low} to {high})")
DISTANCES = words(
    "By votes in the UN General Assembly, these stand as far from {home} on the scale of ideal points: {distances} "
    "({source}, {year}). Votes are not alliances."
)


def rows(composer: Composer, technology: Technology, home: str) -> pl.DataFrame:
    """The largest of everything, with how lasting the concentration of imports is, what they are worth, how far away
    the supplier votes, and what the home country has of a mineral itself."""
    found = largest_rows(composer, technology, home, (*SUPPLIES, *PEOPLE, *LEADERS))
    hidden = unlisted(composer, technology).select("source", "form", scope="mineral")
    found = found.join(hidden, on=["source", "scope", "form"], how="anti", nulls_equal=True, maintain_order="left")
    lasting = {"concentrated": pl.Boolean, "years_concentrated": pl.Int64, "years_imported": pl.Int64}
    flags = _beside(composer, FLAG, home, "good", **lasting)
    worth = _beside(composer, CONCENTRATION, home, "good", **dict.fromkeys(WORTH, pl.Float64))
    own = _beside(composer, OWN, home, "mineral", form=pl.String, statistic=pl.String, mineral_share=pl.Float64)
    own = own.filter(pl.col("statistic") == "production").select(
        "source", "scope", "form", own_share="mineral_share", own_listed=pl.lit(True)
    )
    away = composer.latest(VOTES, where={"iso3": home})
    ends = {f"distance{end}": f"{VOTES}{end}" for end in ("", "_low", "_high")}
    empty = dict.fromkeys(("iso3", "voted_in"), pl.String) | {"voted": pl.Int64} | dict.fromkeys(ends, pl.Float64)
    votes = pl.DataFrame(schema=empty)
    if not away.is_empty():
        votes = away.select(iso3="partner_iso3", voted_in="source", voted="year", **ends)
    of = ["source", "scope"]
    found = found.with_columns(about=_near(composer, technology))
    for others, on in ((flags, of), (worth, of), (own, [*of, "form"]), (votes, ["iso3"])):
        found = found.join(others, on=on, how="left", maintain_order="left")
    return found


def _near(composer: Composer, technology: Technology) -> pl.Expr:
    """What rows are of; of a field that stands in for the technology, that it does."""
    own = {technology.id, *technology.patent_technologies, *technology.goods, *technology.minerals}
    fields = {*technology.fields, *technology.patent_fields} - own
    told = pl.col("about").map_elements(lambda about: composer.say(NEIGHBOURING, field=about), pl.String)
    return pl.when(pl.col("scope").is_in(list(fields))).then(told).otherwise("about")


def _beside(composer: Composer, indicator: str, home: str, code: str, **columns: Any) -> pl.DataFrame:
    """Measures of the home country, by source and by what they are of; no rows where there is no evidence."""
    frame = composer.latest(indicator, where={"iso3": home})
    if frame.is_empty():
        return pl.DataFrame(schema={"source": pl.String, "scope": pl.String, **columns})
    return frame.select("source", pl.col(code).alias("scope"), *columns)


def unlisted(composer: Composer, technology: Technology) -> pl.DataFrame:
    """Minerals of which more is listed for no country than for the largest listed: who is largest is not known."""
    frame = composer.latest(MINERALS, where={"statistic": "production"})
    if frame.is_empty():
        return pl.DataFrame(schema=dict.fromkeys(("source", "mineral", "form"), pl.String))
    named = frame.filter(pl.col("mineral").is_in(technology.minerals))
    return named.filter(1 - pl.col("listed_share") > pl.col("largest_share"))


def points(composer: Composer, technology: Technology) -> pl.DataFrame:
    """On whom the world's exports of the technology's goods hang, where a source covers all exporters."""
    frame = composer.latest(POINT)
    named = [*technology.goods, *(good[:SIX_DIGITS] for good in technology.goods)]
    return frame if frame.is_empty() else frame.filter(pl.col("good").is_in(named))


def find(composer: Composer, exposed: pl.DataFrame, home: str, technology: Technology) -> None:
    """The first of the order, the first of each kind, how far away they vote, and what the order cannot tell."""
    if exposed.is_empty():
        return
    _sum_up(composer, exposed)
    first = exposed.head(FIRST_TOLD)
    told = pl.concat([first, exposed.unique("indicator", keep="first", maintain_order=True)]).unique(
        maintain_order=True
    )
    for row in told.sort("place", maintain_order=True).iter_rows(named=True):
        sentence = TOLD[row["indicator"]]
        composer.find(sentence, **_values(composer, row, home))
    _find_distances(composer, told, home)
    _find_doubts(composer, exposed)
    _find_points(composer, home, technology)
    _find_senders(composer, exposed, home)


def find_own(composer: Composer, own: pl.DataFrame, home: str) -> None:
    """What the home country is itself the largest in."""
    if not own.is_empty():
        names = list(dict.fromkeys(_named(composer, row) for row in own.iter_rows(named=True)))
        composer.find(
            "{home} is itself the largest in {names}: these stand in no row.",
            home=composer.name(home), names=some(composer, names),
        )  # fmt: skip


def _sum_up(composer: Composer, exposed: pl.DataFrame) -> None:
    over = exposed.filter(pl.col("value") > HALF)
    if over.is_empty():
        composer.find("In none of the {rows} rows does more than half hang on one country.", rows=exposed.height)
        return
    counts = over.group_by("country").len().sort("len", "country", descending=[True, False])
    names = [f"{country} ({rows})" for country, rows in counts.iter_rows()]
    composer.find(
        "In {over} of the {rows} rows more than half hangs on one country: {countries}.",
        over=over.height, rows=exposed.height, countries=some(composer, names),
    )  # fmt: skip


def _values(composer: Composer, row: dict[str, Any], home: str) -> dict[str, Any]:
    """What fills the places of the sentence of a row."""
    name, lasting, span = composer.name(home), "", ""
    if row["years_imported"] is not None and row["years_concentrated"]:
        lasting = composer.say(LASTING, held=row["years_concentrated"], of=row["years_imported"])
    sure = row["low"] is None or percent(row["low"]) == percent(row["high"])
    if not sure and row["kind"] == "talent":
        span = composer.say(BOUNDS, low=percent(row["low"]), high=percent(row["high"]))
    elif not sure:
        span = f" ({composer.say.span(row['low'], row['high'])})"
    not_shown = WITHHELD if row["own_listed"] else NO_OWN_SHARE
    own = composer.say(not_shown, home=name)
    if row["own_share"] is not None:
        own = composer.say(OWN_SHARE, home=name, share=percent(row["own_share"]))
    return {
        "home": name, "about": inside(row["about"]), "share": percent(row["value"]), "country": row["country"],
        "source": row["source"], "years": years(row["first_year"], row["year"]), "lasting": lasting, "span": span,
        "own": own,
    }  # fmt: skip


def _find_distances(composer: Composer, told: pl.DataFrame, home: str) -> None:
    """How far away those vote on whom most hangs."""
    known = told.drop_nulls("distance").unique("iso3", keep="first", maintain_order=True)
    if known.is_empty():
        return
    distances = []
    for row in known.iter_rows(named=True):
        ends = {end: row[f"distance_{end}"] for end in ("low", "high")}
        span = "" if ends["low"] is None else composer.say(BOUNDS, **{end: number(at) for end, at in ends.items()})
        distances.append(f"{row['country']} {number(row['distance'])}{span}")
    composer.find(
        DISTANCES, home=composer.name(home), distances=composer.say.listed(distances), source=known["voted_in"][0],
        year=known["voted"][0],
    )  # fmt: skip


def _find_doubts(composer: Composer, exposed: pl.DataFrame) -> None:
    """Rows that share a place, and intervals that reach across half."""
    shared = exposed.filter(pl.col("place").is_duplicated()).partition_by("place", maintain_order=True)
    ties = [(rows["place"][0], _with_countries(composer, rows)) for rows in shared]
    for place, names in [tie for tie in ties if len(tie[1]) > 1][:TIES_TOLD]:
        composer.find(
            "The order cannot tell {names} apart: they share place {place}.",
            names=some(composer, names), place=place,
        )  # fmt: skip
    across = exposed.filter(pl.col("low") <= HALF, pl.col("high") > HALF)
    if not across.is_empty():
        names = _with_countries(composer, across)
        composer.find(
            "Whether more than half hangs on one country is not certain of {names}: the interval reaches across half.",
            names=some(composer, names),
        )  # fmt: skip


def _find_points(composer: Composer, home: str, technology: Technology) -> None:
    found = points(composer, technology)
    if found.is_empty():
        return
    failing = found.filter("single_point_of_failure", pl.col("largest_exporter") != home).sort("left_without", "good")
    for row in failing.head(NAMED).iter_rows(named=True):
        composer.find(
            "The world's exports of {about} have a single point of failure: without {country}, {left} of them is left "
            "({source}, {years}).",
            about=inside(label(composer, row["good"], technology)), country=composer.name(row["largest_exporter"]),
            left=percent(row["left_without"]), source=row["source"], years=years(row["first_year"], row["year"]),
        )  # fmt: skip


def _find_senders(composer: Composer, exposed: pl.DataFrame, home: str) -> None:
    """Say where the largest supplier of a member of the Union is another, which may only have sent the goods on."""
    sources = [name for name, source in registry.sources().items() if SENDER in source.caveats]
    goods = exposed.filter(pl.col("kind") == "good", pl.col("source").is_in(sources))
    if goods.is_empty():
        return
    members = composer.latest(CONCENTRATION).select("source", "iso3").unique()
    sent = goods.join(members, on=["source", "iso3"], how="semi", maintain_order="left")
    if not sent.is_empty():
        names = _with_countries(composer, sent)
        composer.find(
            "The largest supplier of {home} is another member of the Union for {names}: members are named as senders, "
            "and the goods may come from elsewhere.",
            home=composer.name(home), names=some(composer, names),
        )  # fmt: skip


def _named(composer: Composer, row: dict[str, Any]) -> str:
    """What a row is of, inside a sentence."""
    about, named = inside(row["about"]), OF.get(row["indicator"])
    return composer.say(named, about=about) if named else about


def _with_countries(composer: Composer, rows: pl.DataFrame) -> list[str]:
    """What the rows are of, each with the country it hangs on."""
    told = [(_named(composer, row), row["country"]) for row in rows.iter_rows(named=True)]
    joined = [f"{name[:-1]}; {country})" if name.endswith(")") else f"{name} ({country})" for name, country in told]
    return list(dict.fromkeys(joined))


def some(composer: Composer, names: list[str]) -> str:
    """Names in a row; of many the first, and how many more there are."""
    if len(names) <= NAMED:
        return composer.say.listed(names)
    return composer.say("{names} and {more} more", names=", ".join(names[:NAMED]), more=len(names) - NAMED)
