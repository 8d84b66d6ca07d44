"""How much hangs on the largest: supplier of a good, producer of a mineral, partner, leader of a technology?

Used by `position` and `exposure`. Every row is the share of whoever is largest, and who that is; nothing is added up
over rows.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

import polars as pl

from legation import phrasing, registry
from legation.answer import Figure
from legation.answers._composing import AS_UNIT_SAYS, Composer
from legation.language import words
from legation.model import Technology

SIX_DIGITS = 6
"""How far customs codes are the same the world over: national ones stand in the six digits that take them in."""

COLUMNS = {
    **dict.fromkeys(("kind", "indicator", "measure", "scope", "form", "about", "iso3", "country"), pl.String),
    **dict.fromkeys(("value", "low", "high"), pl.Float64),
    **dict.fromkeys(("unit", "format"), pl.String),
    "hhi": pl.Float64,
    "source": pl.String,
    **dict.fromkeys(("first_year", "year"), pl.Int64),
}

NO_IMPORTS = words(
    "What {name} imports of the goods of {label} is not in this store: dependence on suppliers is not shown."
)
TAKES_IN = words("HS {code}, with {goods}")


@dataclass(frozen=True)
class Part:
    """An indicator of how much the largest has: which measures hold the share and whose it is, and which column says of
    what. `lists` are those of the technology that name it, the first with evidence counts. An indicator with a row for
    every partner (`every`) gives the one with the largest share."""

    kind: str
    indicator: str
    share: str
    who: str
    about: str
    lists: tuple[str, ...]
    window: int = 1
    only: Mapping[str, str] = field(default_factory=dict)
    of_home: bool = False
    every: bool = False


LEADERS = (
    Part("leader", "top10_monopoly_risk", "leader_share", "leader", "scope", ("id",)),
    Part("leader", "monopoly_risk", "leader_share", "leader", "scope", ("id", "fields"), 5, {"counting": "fractional"}),
    Part(
        "leader", "patent_monopoly_risk", "leader_share", "leader", "scope",
        ("id", "patent_technologies", "patent_fields"),
    ),
)  # fmt: skip
NETWORK = Part(
    "partner", "partner_concentration", "largest_share", "largest_partner", "scope", ("id",), 5, of_home=True
)
SUPPLIES = (
    Part("good", "import_concentration", "largest_share", "largest_supplier", "good", ("goods",), of_home=True),
    Part(
        "mineral", "mineral_concentration", "largest_share", "largest_country", "mineral", ("minerals",),
        only={"statistic": "production"},
    ),
)  # fmt: skip
PEOPLE = (
    Part("partner", "knowledge_dependence", "with_partner", "partner_iso3", "scope", ("id",), of_home=True, every=True),
    replace(NETWORK, lists=("id", "all")),
    Part(
        "talent", "talent_dependence", "talent_dependence", "partner_iso3", "scope", ("id", "all"), 5, of_home=True,
        every=True,
    ),
)  # fmt: skip


def largest(composer: Composer, technology: Technology, iso3: str) -> list[Figure]:
    """Where there is evidence: one figure, a row for each technology, mineral, good or network and source."""
    table = rows(composer, technology, iso3, (*LEADERS, NETWORK, *SUPPLIES))
    if technology.goods and table.filter(pl.col("kind") == "good").is_empty():
        label = phrasing.inside(composer.technology_label(technology))
        composer.lack(NO_IMPORTS, name=composer.name(iso3), label=label)
    if table.is_empty():
        return []
    used = table["indicator"].unique(maintain_order=True).to_list()
    named = {i: f"{composer.label(i)}: " for i in used}
    measure = pl.col("indicator").replace_strict(named) + pl.col("measure").map_elements(phrasing.inside, pl.String)
    told = table.select(
        "indicator", "about", measure.alias("measure"), who="country", source="source", first_year="first_year",
        year="year", value="value", unit="unit", format="format",
    )  # fmt: skip
    title = composer.say("How much hangs on the largest")
    return [composer.figure("exposure", title, told, {"value": AS_UNIT_SAYS}, *used)]


def rows(composer: Composer, technology: Technology, iso3: str, parts: Sequence[Part]) -> pl.DataFrame:
    """The shares of the largest, part by part, the largest share first: columns `COLUMNS`, `scope` being the identifier
    of what `about` names."""
    found = [_of_part(composer, part, technology, iso3) for part in parts]
    return pl.concat(found) if found else pl.DataFrame(schema=COLUMNS)


def _of_part(composer: Composer, part: Part, technology: Technology, iso3: str) -> pl.DataFrame:
    """The rows of one indicator: of the first list of the technology for which there is evidence."""
    where = dict(part.only) | ({"iso3": iso3} if part.of_home else {})
    frame = composer.latest(part.indicator, window=part.window, where=where)
    if not frame.is_empty():
        for wanted in _lists(part, technology):
            found = frame.filter(pl.col(part.about).is_in(wanted)).drop_nulls([part.share, part.who])
            if not found.is_empty():
                return _told(composer, part, _largest_of(part, found) if part.every else found, technology)
    return pl.DataFrame(schema=COLUMNS)


def _lists(part: Part, technology: Technology) -> Iterator[list[str]]:
    for name in part.lists:
        listed = getattr(technology, name, name)
        named = [listed] if isinstance(listed, str) else list(listed)
        yield [*named, *(good[:SIX_DIGITS] for good in named)] if part.kind == "good" else named


def _largest_of(part: Part, found: pl.DataFrame) -> pl.DataFrame:
    """Of every source and subject the partner with the largest share; of several, the first by code."""
    ordered = found.sort(part.share, part.who, descending=[True, False])
    return ordered.unique(["source", part.about], keep="first", maintain_order=True)


def _told(composer: Composer, part: Part, found: pl.DataFrame, technology: Technology) -> pl.DataFrame:
    indicator = registry.indicators()[part.indicator]
    share = indicator.measures[part.share]
    names = {code: label(composer, code, technology) for code in found[part.about].unique()}
    form = pl.col("form") if "form" in found.columns else pl.lit(None, pl.String)
    name, shown = pl.col(part.about).replace_strict(names), form.map_elements(form_label(composer), pl.String)
    about = pl.when(form.is_null()).then(name).otherwise(pl.format("{} ({})", name, shown))
    told = {
        "kind": pl.lit(part.kind),
        "indicator": pl.lit(part.indicator),
        "measure": pl.lit(share.label[composer.language]),
        "scope": pl.col(part.about),
        "form": form,
        "about": about,
        "iso3": pl.col(part.who),
        "country": pl.col(part.who).map_elements(composer.name, pl.String),
        "value": pl.col(part.share),
        "unit": pl.lit(composer.say(composer.unit(part.indicator, part.share))),
        "format": pl.lit(share.format),
    }
    ends = {side: f"{part.share}_{side}" for side in ("low", "high")} | {"hhi": "hhi"}
    told |= {name: pl.col(c) if c in found.columns else pl.lit(None) for name, c in ends.items()}
    told |= {c: pl.col(c) for c in ("source", "first_year", "year")}
    chosen = found.select(told[c].cast(kind).alias(c) for c, kind in COLUMNS.items())
    return chosen.sort("value", "about", descending=[True, False])


def form_label(composer: Composer) -> Callable[[str], str]:
    """What names the form a mineral is counted in."""
    return lambda form: composer.scope_label(form).replace("-", " ")


def label(composer: Composer, code: str, technology: Technology) -> str:
    """What a share is of, in words; a customs code without a name by the goods of the technology that it takes in."""
    within = [good for good in technology.goods if good.startswith(code)]
    if code in registry.labels() or not within:
        return composer.scope_label(code)
    names = [phrasing.inside(re.sub(r"\s*\([^()]*\)$", "", composer.scope_label(good))) for good in within]
    return composer.say(TAKES_IN, code=code, goods=composer.say.listed(names))
