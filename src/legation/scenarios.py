"""What if? A store with some facts changed: ties, suppliers, memberships, agreements, moves removed or added.

A change is written `remove tie:CHN`, `add member:NSG/KEN` or in TOML:

    [[change]]
    do = "remove"
    what = "supplier:CHN/gallium"

Changes are applied in their order to the facts themselves; every indicator that stands on them is then computed anew,
and kept results of them are left aside. Joint works that are removed are taken out of both countries' international
works too, as if no third country had part in them: the most that can be lost.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Self

import polars as pl

from legation import countries, registry
from legation.declaring import read_toml
from legation.errors import NoEvidenceError, UserError, unknown
from legation.model import WORLD, Technology
from legation.store import PartKind, Store

DEEDS = ("remove", "add")
LARGEST_FILE_BYTES = 100_000


@dataclass(frozen=True)
class Change:
    """One deed: what is removed or added, of which kind, whose, and how much or of what."""

    do: str
    kind: str
    name: str
    detail: str = ""

    @classmethod
    def read(cls, do: str, text: str) -> Self:
        """From words: `tie:CHN`, `supplier:CHN/gallium`, `member:NSG/KEN`. Raises: UserError."""
        if do not in DEEDS:
            raise unknown("deed of a change", do, DEEDS)
        kind, colon, rest = text.partition(":")
        if kind not in KINDS:
            raise unknown("kind of change", kind, KINDS)
        if not colon or not rest:
            raise UserError(f"{do} {text!r}: write {kind}:NAME, such as {KINDS[kind].example}")
        name, _, detail = rest.partition("/")
        return cls(do, kind, name.strip(), detail.strip())

    def __str__(self) -> str:
        return f"{self.do} {self.kind}:{self.name}" + (f"/{self.detail}" if self.detail else "")


@dataclass(frozen=True)
class Kind:
    """A kind of change: the table it changes, how it is written, and what does it."""

    table: str
    example: str
    apply: Callable[[pl.DataFrame, Change, str, Technology], pl.DataFrame]
    named: str = ""
    """The column a change names a value of, which some source must know."""


def read_file(path: Path) -> list[Change]:
    """The changes of a TOML file. Raises: UserError naming the file and the change that does not fit."""
    listed = read_toml(path, "changes", LARGEST_FILE_BYTES).get("change", [])
    if not isinstance(listed, list) or not listed:
        raise UserError(f'{path} holds no [[change]]; each has do = "remove" or "add" and what = "tie:CHN"')
    found = []
    for number, entry in enumerate(listed, 1):
        if (
            not isinstance(entry, dict)
            or set(entry) != {"do", "what"}
            or not all(isinstance(v, str) for v in entry.values())
        ):
            raise UserError(f"{path}: change {number} must have do and what, both text, and nothing else")
        try:
            found.append(Change.read(entry["do"], entry["what"]))
        except UserError as error:
            raise UserError(f"{path}: change {number}: {error}") from None
    return found


def as_toml(changes: Sequence[Change]) -> str:
    """Changes as a file that `read_file` reads."""
    each = (f'[[change]]\ndo = "{c.do}"\nwhat = "{str(c).partition(" ")[2]}"\n' for c in changes)
    return "\n".join(each)


@dataclass
class Changed(Store):
    """A store some of whose tables are replaced; what was kept of indicators that stand on them is not used."""

    replaced: dict[tuple[str, str], Path] = field(default_factory=dict)
    _folder: TemporaryDirectory[str] | None = None

    @classmethod
    def of(cls, store: Store, changes: Sequence[Change], home: str, technology: Technology) -> Self:
        """The store after these changes.

        Raises: UserError where a change names what is not in the store.
        """
        folder = TemporaryDirectory(prefix="legation-scenario-")
        found = cls(store.root, store.manifest, store.parts, store._verified, {}, folder)
        for change in changes:
            kind, hits = KINDS[change.kind], 0
            if kind.named:
                everywhere = (store.frame(kind.table, source)[kind.named] for source in store.sources_of(kind.table))
                registry.pick(kind.named, dict.fromkeys(name for names in everywhere for name in names), change.name)
            for source in store.sources_of(kind.table):
                before = found.frame(kind.table, source)
                after = kind.apply(before, change, home, technology)
                if not after.equals(before):
                    hits += 1
                    path = Path(folder.name) / f"{kind.table}-{source}-{len(found.replaced)}.parquet"
                    after.select(before.columns).cast(before.schema).write_parquet(path)
                    found.replaced[kind.table, source] = path
            if not hits:
                raise NoEvidenceError(f"{change}: nothing in this store is changed by it")
        return found

    @property
    def tables(self) -> set[str]:
        """The tables that were changed."""
        return {name for name, _ in self.replaced}

    def sources_of(self, name: str, kind: PartKind = "table") -> tuple[str, ...]:
        stale = kind == "result" and not registry.needs_records(name) and self.tables & {*registry.facts_behind(name)}
        return () if stale else super().sources_of(name, kind)

    def files(self, name: str, source: str | None = None, kind: PartKind = "table") -> list[Path]:
        if kind == "result":
            return super().files(name, source, kind)
        sources = [source] if source is not None else self.sources_of(name)
        return [path for one in sources for path in self._files_of(name, one)]

    def _files_of(self, name: str, source: str) -> list[Path]:
        replaced = self.replaced.get((name, source))
        return [replaced] if replaced else super().files(name, source)


def _tie(frame: pl.DataFrame, change: Change, home: str, _: Technology) -> pl.DataFrame:
    """Joint works of two countries: a share of them removed, or so many a year added."""
    here, there = pair(change, home)
    both = ((pl.col("iso3") == here) & (pl.col("partner_iso3") == there)) | (
        (pl.col("iso3") == there) & (pl.col("partner_iso3") == here)
    )
    period = [c for c in frame.columns if c not in ("iso3", "partner_iso3", "works")]
    joint = frame.filter(both, pl.col("iso3") == here)
    if change.do == "remove":
        share = _number(change, 1.0)
        if not 0 < share <= 1:
            raise UserError(f"{change}: the share to remove lies above 0 and up to 1")
        less = joint.select(*period, less=-(pl.col("works") * share).round().cast(pl.Int64))
    else:
        less = joint.select(*period, less=pl.lit(round(_number(change, None)), pl.Int64))
    one_of_them = pl.col("iso3").is_in([here, there]) & (pl.col("partner_iso3") == WORLD)
    whole = (pl.col("iso3") == WORLD) & (pl.col("partner_iso3") == WORLD)
    touched = frame.join(less, on=period, how="left", maintain_order="left")
    works = pl.when(both | one_of_them | whole).then((pl.col("works") + pl.col("less").fill_null(0)).clip(0))
    return touched.with_columns(works=works.otherwise("works")).drop("less")


def _supplier(frame: pl.DataFrame, change: Change, home: str, technology: Technology) -> pl.DataFrame:
    """What the home country buys from a supplier, or what a country produces of a mineral, is no more."""
    _only_remove(change)
    supplier = countries.resolve(change.name)
    of = (change.detail,) if change.detail else technology.goods
    bought = pl.any_horizontal(pl.lit(False), *(pl.col("good").str.starts_with(good) for good in of))
    return frame.filter(~((pl.col("reporter_iso3") == home) & (pl.col("partner_iso3") == supplier) & bought))


def _producer(frame: pl.DataFrame, change: Change, home: str, technology: Technology) -> pl.DataFrame:
    """A country's production of the technology's minerals, or of one, is no more; the world total falls with it."""
    _only_remove(change)
    producer = countries.resolve(change.name)
    if change.detail:
        registry.pick("mineral", dict.fromkeys(frame["mineral"].unique()), change.detail)
    wanted = pl.col("mineral").is_in([change.detail] if change.detail else list(technology.minerals))
    gone = frame.filter(wanted, pl.col("iso3") == producer)
    key = ["mineral", "statistic", "form", "year"]
    less = gone.group_by(key).agg(less=pl.col("quantity").sum())
    kept = frame.filter(~(wanted & (pl.col("iso3") == producer))).join(less, on=key, how="left", maintain_order="left")
    total = pl.when(pl.col("iso3") == WORLD).then((pl.col("quantity") - pl.col("less").fill_null(0)).clip(0))
    return kept.with_columns(quantity=total.otherwise("quantity")).drop("less")


def _member(frame: pl.DataFrame, change: Change, home: str, _: Technology) -> pl.DataFrame:
    return _listed(frame, change, home, "organisation", {"status": "member"})


def _agreement(frame: pl.DataFrame, change: Change, home: str, _: Technology) -> pl.DataFrame:
    return _listed(frame, change, home, "agreement", {})


def _listed(frame: pl.DataFrame, change: Change, home: str, column: str, new: Mapping[str, Any]) -> pl.DataFrame:
    """A country joins a body, or leaves it."""
    iso3 = countries.resolve(change.detail) if change.detail else home
    own = (pl.col(column) == change.name) & (pl.col("iso3") == iso3)
    if change.do == "remove":
        return frame.filter(~own)
    like = (
        frame.filter(pl.col(column) == change.name)
        .head(1)
        .with_columns(iso3=pl.lit(iso3), **{k: pl.lit(v) for k, v in new.items()})
    )
    return pl.concat([frame.filter(~own), like])


def _moves(frame: pl.DataFrame, change: Change, home: str, _: Technology) -> pl.DataFrame:
    """Nobody moves between two countries any more."""
    _only_remove(change)
    ends = list(pair(change, home))
    return frame.filter(~(pl.col("origin_iso3").is_in(ends) & pl.col("destination_iso3").is_in(ends)))


def pair(change: Change, home: str) -> tuple[str, str]:
    """The two countries of a tie. `CHN`: with the home country; `CHN-JPN`: these two."""
    first, dash, second = change.name.partition("-")
    here, there = (countries.resolve(first), countries.resolve(second)) if dash else (home, countries.resolve(first))
    if here == there:
        raise UserError(f"{change}: give two different countries")
    return here, there


def _number(change: Change, default: float | None) -> float:
    if not change.detail and default is not None:
        return default
    try:
        return float(change.detail)
    except ValueError:
        raise UserError(
            f"{change}: {change.detail or 'nothing'!r} is not a number; write {change.do} tie:CHN/50"
        ) from None


def _only_remove(change: Change) -> None:
    if change.do != "remove":
        raise UserError(f"{change}: a {change.kind} can only be removed")


KINDS: Mapping[str, Kind] = {
    "tie": Kind("copublications", "tie:CHN, tie:CHN-JPN or tie:CHN/0.5", _tie),
    "supplier": Kind("trade", "supplier:CHN or supplier:CHN/8541", _supplier),
    "producer": Kind("minerals", "producer:CHN or producer:CHN/gallium", _producer),
    "member": Kind("memberships", "member:NSG or member:NSG/KEN", _member, "organisation"),
    "agreement": Kind("agreements", "agreement:bletchley or agreement:bletchley/KEN", _agreement, "agreement"),
    "moves": Kind("moves", "moves:CHN or moves:CHN-JPN", _moves),
}
