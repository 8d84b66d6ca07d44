"""How much hangs on the largest: leader of a technology, producer of a mineral, supplier, partner in joint works?

Used by `position`. Every row is the share of whoever is largest, and who that is; nothing is added up over rows.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

import polars as pl

from legation import phrasing, registry
from legation.answer import Figure
from legation.answers._composing import AS_UNIT_SAYS, Composer
from legation.language import words
from legation.model import Technology

MEASURED_IN = "-(thousand-metric-tons|million-liters|gross-weight).*"
"""What some publishers write behind the form of a mineral: its unit, of no concern to a share."""

COLUMNS = {
    **dict.fromkeys(("indicator", "about", "measure", "who", "source"), pl.String),
    **dict.fromkeys(("first_year", "year"), pl.Int64),
    "value": pl.Float64,
    **dict.fromkeys(("unit", "format"), pl.String),
}

NO_IMPORTS = words(
    "What {name} imports of the goods of {label} is not in this store: dependence on suppliers is not shown."
)


@dataclass(frozen=True)
class Part:
    """An indicator of concentration: which measures hold the share and whose it is, and where `about` is found."""

    indicator: str
    share: str
    who: str
    about: str
    lists: tuple[str, ...]
    window: int = 1
    only: Mapping[str, str] = field(default_factory=dict)
    of_home: bool = False


PARTS = (
    Part("top10_monopoly_risk", "leader_share", "leader", "scope", ("id",)),
    Part("monopoly_risk", "leader_share", "leader", "scope", ("id", "fields"), 5, {"counting": "fractional"}),
    Part("patent_monopoly_risk", "leader_share", "leader", "scope", ("id", "patent_technologies", "patent_fields")),
    Part("partner_concentration", "largest_share", "largest_partner", "scope", ("id",), 5, of_home=True),
    Part("import_concentration", "largest_share", "largest_supplier", "good", ("goods",), of_home=True),
    Part(
        "mineral_concentration", "largest_share", "largest_country", "mineral", ("minerals",),
        only={"statistic": "production"},
    ),
)  # fmt: skip


def largest(composer: Composer, technology: Technology, iso3: str) -> list[Figure]:
    """Where there is evidence: one figure, a row for each technology, mineral, good or network and source."""
    parts = [_rows(composer, part, technology, iso3) for part in PARTS]
    table = pl.concat(parts) if parts else pl.DataFrame(schema=COLUMNS)
    if technology.goods and table.filter(pl.col("indicator") == "import_concentration").is_empty():
        label = phrasing.inside(composer.technology_label(technology))
        composer.lack(NO_IMPORTS, name=composer.name(iso3), label=label)
    if table.is_empty():
        return []
    used = table["indicator"].unique(maintain_order=True).to_list()
    title = composer.say("How much hangs on the largest")
    return [composer.figure("exposure", title, table, {"value": AS_UNIT_SAYS}, *used)]


def _rows(composer: Composer, part: Part, technology: Technology, iso3: str) -> pl.DataFrame:
    """The rows of one indicator: of the first list of the technology for which there is evidence."""
    frame = composer.latest(
        part.indicator, window=part.window, where=dict(part.only) | ({"iso3": iso3} if part.of_home else {})
    )
    if not frame.is_empty():
        for wanted in _lists(part, technology):
            found = frame.filter(pl.col(part.about).is_in(wanted)).drop_nulls([part.share, part.who])
            if not found.is_empty():
                return _told(composer, part, found)
    return pl.DataFrame(schema=COLUMNS)


def _lists(part: Part, technology: Technology) -> Iterator[list[str]]:
    for name in part.lists:
        listed = getattr(technology, name)
        yield [listed] if isinstance(listed, str) else list(listed)


def _told(composer: Composer, part: Part, found: pl.DataFrame) -> pl.DataFrame:
    indicator = registry.indicators()[part.indicator]
    share = indicator.measures[part.share]
    about = pl.col(part.about).map_elements(composer.scope_label, pl.String)
    if part.about == "good":
        about = pl.concat_str(pl.lit("HS/CN"), about, separator=" ")
    if "form" in found.columns:
        form = pl.col("form").str.strip_prefix(pl.concat_str(pl.col(part.about), pl.lit("-")))
        form = form.str.replace(MEASURED_IN, "").str.replace_all("-", " ")
        about = pl.concat_str(about, form, separator=", ")
    language = composer.language
    told = found.with_columns(
        indicator=pl.lit(part.indicator),
        about=about,
        measure=pl.lit(f"{indicator.label[language]}: {phrasing.inside(share.label[language])}"),
        who=pl.col(part.who).map_elements(composer.name, pl.String),
        value=pl.col(part.share),
        unit=pl.lit(composer.say(composer.unit(part.indicator, part.share))),
        format=pl.lit(share.format),
    )
    chosen = told.select(pl.col(c).cast(kind) for c, kind in COLUMNS.items())
    return chosen.sort("value", "about", descending=[True, False])
