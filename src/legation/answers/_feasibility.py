"""What stands beside a ranking of partners and not in it: ties there are, votes, memberships, dependence, lists."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import polars as pl

from legation import phrasing, registry
from legation.answer import Figure
from legation.answers import _largest
from legation.answers._between import COLUMNS, Tie, between
from legation.answers._composing import Composer
from legation.answers._criteria import best
from legation.language import words
from legation.model import Technology

JOINT_WORKS, DISTANCE, TALENT = "salton", "ideal_point_distance", "talent_dependence"
TIES = (Tie(JOINT_WORKS, ("joint_works",), window=5), Tie(DISTANCE), Tie(TALENT, (TALENT,), window=5))
MINERALS, GOODS, LISTED = "mineral_share", "import_concentration", "institutions_listed"
MEMBERSHIPS, DECLARATIONS = "memberships_held", "declarations_signed"
LEAST_JOINT_WORKS = 500
"""Works with all partners together below which joint works are those of all fields, not of the technology."""

ROWS = tuple(name for name in COLUMNS if name != "partner_iso3")
SERIES = ("indicator", "measure", "scope", "source", "first_year", "year")
IN_MAIN = ("joint_works", DISTANCE)
COUNTS = ("shared_memberships", "shared_declarations", "goods_mainly_from", "institutions_listed")
"""Columns of complete lists: a partner without a row has none."""

STANDS_ON = words("{column}: {measure}{about}, {years} ({source}).")
OF_THOSE = words("{column}: of {names}, to which {home} belongs; {years} ({source}).")
OF_SIGNED = words("{column}: of {names}, which {home} signed ({source}).")
MAINLY = words(
    "{column}: of the {all} goods of the technology that {home} imports, those of which it sends most; {years} "
    "({source})."
)  # fmt: skip
ARRIVALS = words("share of researchers who came")
UNITS = {
    "joint_works": words("works"),
    DISTANCE: words("points of the estimated scale"),
    f"{DISTANCE}_low": words("95 % interval"),
    f"{DISTANCE}_high": words("95 % interval"),
    "shared_memberships": words("organisations and regimes"),
    "shared_declarations": words("declarations"),
    "mineral_share": words("largest share of the world's production"),
    "mineral": words("of which mineral"),
    "goods_mainly_from": words("goods"),
    "institutions_listed": words("entries of a list"),
}


@dataclass
class Beside:
    """Columns that belong beside a ranking, joined by `iso3`: what each stands on, and the rows of single lists."""

    rows: pl.DataFrame
    columns: list[pl.DataFrame] = field(default_factory=list)
    units: dict[str, str] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    used: dict[str, set[str]] = field(default_factory=dict)

    def add(self, frame: pl.DataFrame, note: str, indicator: str, sources: set[str]) -> None:
        self.columns.append(frame)
        self.notes.append(note)
        self.used.setdefault(indicator, set()).update(sources)

    def table(self, partners: pl.DataFrame) -> pl.DataFrame:
        """The columns for these partners (`iso3`, `country`)."""
        for columns in self.columns:
            partners = partners.join(columns, on="iso3", how="left", maintain_order="left")
        return partners.with_columns(pl.col(c).fill_null(0) for c in COUNTS if c in partners.columns)

    def figure(self, composer: Composer, partners: pl.DataFrame) -> Figure:
        """Everything beside the ranking."""
        title = composer.say("Beside the ranking, not in it: ties, votes, memberships, dependence, lists")
        table = self.table(partners)
        units = {column: UNITS.get(column, "") or self.units[column] for column in table.columns[2:]}
        sources = {source for found in self.used.values() for source in found}
        shares = [c for c in table.columns if c.startswith(TALENT) or c == "mineral_share"]
        figure = composer.figure(
            "beside", title, table, units, *self.used, of=sources, formats=dict.fromkeys(shares, "share")
        )
        return replace(figure, notes=tuple(self.notes))


def beside(composer: Composer, home: str, technology: Technology) -> Beside:
    """Everything there is beside the ranking: of every partner, and of the home country with it."""
    ties = between(composer, home, [technology.id], TIES).drop("iso3").rename({"partner_iso3": "iso3"}).select(ROWS)
    goods = _largest.rows(composer, technology, home, _largest.SUPPLIES).filter(pl.col("kind") == "good").select(ROWS)
    rows = pl.concat([ties, goods, _minerals(composer, technology), _lists(composer)])
    found = Beside(rows.filter(pl.col("iso3").is_not_null()))
    _add_ties(composer, found)
    _add_shared(composer, found, home, MEMBERSHIPS, "organisation", technology.memberships, "shared_memberships")
    _add_shared(composer, found, home, DECLARATIONS, "agreement", technology.declarations, "shared_declarations")
    _add_supply(composer, found, home)
    _add_lists(composer, found)
    return found


def _of(found: Beside, indicator: str) -> pl.DataFrame:
    return found.rows.filter(pl.col("indicator") == indicator)


def _heading(composer: Composer, column: str) -> str:
    told = registry.headings().get(column)
    return told[composer.language] if told else column.replace("_", " ")


def _note(composer: Composer, column: str, head: Mapping[str, object], about: bool = True) -> str:
    told = {
        "column": _heading(composer, column),
        "measure": phrasing.inside(str(head["measure"])),
        "about": f", {phrasing.inside(str(head['about']))}" if about and head["about"] else "",
        "years": phrasing.years(int(str(head["first_year"])), int(str(head["year"]))),
        "source": head["source"],
    }
    return composer.say(STANDS_ON, **told)


def _add_ties(composer: Composer, found: Beside) -> None:
    joint = _of(found, JOINT_WORKS)
    own = joint.filter(pl.col("scope") != "all", pl.col("value").sum().over(SERIES) >= LEAST_JOINT_WORKS)
    joint = best(joint.filter(pl.col("scope") == "all") if own.is_empty() else own, SERIES)
    _add(composer, found, joint, "joint_works", {"joint_works": pl.col("value").cast(pl.Int64)})
    distance = best(_of(found, DISTANCE), SERIES)
    ends = {f"{DISTANCE}_{end}": pl.col(end) for end in ("low", "high")}
    _add(composer, found, distance, DISTANCE, {DISTANCE: pl.col("value"), **ends})
    # Databases of moves disagree: each has a column of its own.
    moves = _of(found, TALENT).filter(pl.col("scope") == "all")
    for number, source in enumerate(moves["source"].unique().sort(), 1):
        column = f"{TALENT}_{number}"
        found.units[column] = ARRIVALS
        _add(composer, found, moves.filter(pl.col("source") == source), column, {column: pl.col("value")})


def _add(composer: Composer, found: Beside, rows: pl.DataFrame, column: str, values: Mapping[str, pl.Expr]) -> None:
    if not rows.is_empty():
        head = rows.row(0, named=True)
        found.add(rows.select("iso3", **values), _note(composer, column, head), head["indicator"], {head["source"]})


def _add_shared(
    composer: Composer, found: Beside, home: str, indicator: str, kind: str, wanted: Sequence[str], column: str
) -> None:
    """How many of the organisations or declarations of the technology that the home country is in, a partner is in."""
    frame = composer.latest(indicator)
    if frame.is_empty() or not wanted:
        return
    if "full_member" in frame.columns:
        frame = frame.filter(pl.col("full_member"))
    of_technology = frame.filter(pl.col(kind).is_in(wanted))
    newest = of_technology.filter(pl.col("year") == pl.col("year").max()) if indicator == MEMBERSHIPS else of_technology
    held = newest.filter(pl.col("iso3") == home)
    if held.is_empty():
        return
    shared = newest.join(held.select(kind, "source").unique(), on=[kind, "source"], how="semi")
    count = shared.group_by("iso3").agg(pl.col(kind).n_unique().cast(pl.Int64).alias(column))
    told = {
        "column": _heading(composer, column), "home": composer.name(home),
        "names": composer.say.listed([composer.scope_label(name) for name in held[kind].unique().sort()]),
        "source": ", ".join(held["source"].unique().sort()),
    }  # fmt: skip
    dated = indicator == MEMBERSHIPS
    note = composer.say(OF_THOSE, years=held["year"].max(), **told) if dated else composer.say(OF_SIGNED, **told)
    found.add(count, note, indicator, set(held["source"].unique()))


def _add_supply(composer: Composer, found: Beside, home: str) -> None:
    """The largest share of a mineral of the technology, and how many goods come from a partner before all others."""
    minerals = _of(found, MINERALS).sort("value", descending=True, maintain_order=True)
    if not minerals.is_empty():
        columns = minerals.unique("iso3", keep="first").select("iso3", mineral_share="value", mineral="about")
        head = minerals.row(0, named=True)
        found.add(columns, _note(composer, "mineral_share", head, about=False), MINERALS, {head["source"]})
    goods = best(_of(found, GOODS), ("source",))
    if not goods.is_empty():
        head = goods.row(0, named=True)
        note = composer.say(
            MAINLY, column=_heading(composer, "goods_mainly_from"), all=goods.height, home=composer.name(home),
            source=head["source"], years=phrasing.years(head["first_year"], head["year"]),
        )  # fmt: skip
        count = goods.group_by("iso3").agg(goods_mainly_from=pl.len().cast(pl.Int64))
        found.add(count, note, GOODS, {head["source"]})


def _add_lists(composer: Composer, found: Beside) -> None:
    listed = _of(found, LISTED)
    if not listed.is_empty():
        count = listed.group_by("iso3").agg(institutions_listed=pl.col("value").sum().cast(pl.Int64))
        heads = listed.unique("scope", maintain_order=True).iter_rows(named=True)
        note = " ".join(_note(composer, "institutions_listed", head) for head in heads)
        found.add(count, note, LISTED, set(listed["source"].unique()))


def _minerals(composer: Composer, technology: Technology) -> pl.DataFrame:
    frame = composer.latest(MINERALS, where={"statistic": "production"})
    if not frame.is_empty():
        frame = frame.filter(pl.col("mineral").is_in(technology.minerals), pl.col("mineral_share") > 0)
    parts = (pl.col(c).map_elements(composer.scope_label, pl.String) for c in ("mineral", "form"))
    about = pl.concat_str(*parts, separator=", ").str.replace_all("-", " ")
    return _rows(composer, frame, MINERALS, "mineral_share", about, "mineral")


def _lists(composer: Composer) -> pl.DataFrame:
    about = pl.col("list").map_elements(composer.scope_label, pl.String)
    return _rows(composer, composer.latest(LISTED), LISTED, "institutions", about, "list")


def _rows(
    composer: Composer, frame: pl.DataFrame, indicator: str, measure: str, about: pl.Expr, scope: str
) -> pl.DataFrame:
    """A measure of partners, in the columns of what lies between two countries."""
    if frame.is_empty():
        return pl.DataFrame(schema={name: COLUMNS[name] for name in ROWS})
    declared = registry.indicators()[indicator].measures[measure]
    told = {
        "indicator": pl.lit(indicator), "measure": pl.lit(declared.label[composer.language]), "about": about,
        "scope": pl.col(scope), "value": pl.col(measure), "unit": pl.lit(composer.say(declared.unit)),
        "format": pl.lit(declared.format), "low": pl.lit(None), "high": pl.lit(None),
    }  # fmt: skip
    return frame.select(told.get(name, pl.col(name)).cast(COLUMNS[name]).alias(name) for name in ROWS)
