"""Reading raw records so that nothing is lost quietly.

A source reads its files through an `Intake`. Records that cannot be understood are *rejected* with file and line;
records that are understood and deliberately left out (regions, totals) are *set aside* with a reason. Both are counted
and end in the manifest. More than one record in a hundred rejected stops the source.
"""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Literal

import polars as pl

from legation import countries
from legation.errors import DataError

MOST_REJECTED_SHARE = 0.01
SAMPLES_KEPT = 5
WILDCARDS = re.compile(r"[*?[]")
LARGEST_EXACT_INTEGER = 2**53 - 1

Scheme = Literal["iso2", "iso3", "name"]


def pseudonym(source: str, identifiers: pl.Series) -> pl.Series:
    """Hashed identifiers of persons: the same within a source, unrelated between sources; none stays none."""
    distinct = identifiers.drop_nulls().unique()
    hashed = [
        hashlib.blake2b((source + identifier).encode(), digest_size=8, person=b"legation").hexdigest()
        for identifier in distinct
    ]
    return identifiers.replace_strict(distinct, pl.Series(hashed, dtype=pl.String), default=None)


def files_named(root: Path, name: str) -> list[str]:
    """The files below a folder that a name stands for: itself, or all that fit its wildcards, which may be none."""
    if not WILDCARDS.search(name):
        return [name]
    return sorted(path.relative_to(root).as_posix() for path in root.glob(name) if path.is_file())


@dataclass
class Intake:
    """The raw files of one source, and the account of what was read, rejected and set aside."""

    root: Path
    source: str
    read: Counter[str] = field(default_factory=Counter)
    rejected: Counter[str] = field(default_factory=Counter)
    set_aside: Counter[str] = field(default_factory=Counter)
    samples: list[str] = field(default_factory=list)
    left_over: dict[str, list[str]] = field(default_factory=dict)
    inputs: dict[str, str] = field(default_factory=dict)

    def path(self, name: str) -> Path:
        """A raw file, its content hash noted; DataError if it is not there."""
        path = self.root / name
        if not path.is_file():
            raise DataError(f"source {self.source}: {path} is missing; put the publisher's file there or give --raw")
        if name not in self.inputs:
            with path.open("rb") as stream:
                self.inputs[name] = hashlib.file_digest(stream, "sha256").hexdigest()
        return path

    def csv(
        self,
        name: str,
        columns: Sequence[str],
        ignored: Iterable[str] = (),
        *,
        skip_lines: int = 0,
        separator: str = ",",
        encoding: str = "utf8",
        quote: str | None = '"',
        ragged: bool = False,
        stream: IO[bytes] | None = None,
    ) -> Records:
        """Read a delimited text file as text, with the line each record stands on.

        `columns` are used and must exist; `ignored` are known and not used; any other is reported as left over. Lines
        are counted as records after the header, so they are exact where no quoted field holds a line break. What a
        line holds beyond the header is an error, unless the publisher is known for it (`ragged`).
        """
        try:
            frame = pl.read_csv(
                stream or self.path(name),
                infer_schema=False,
                skip_lines=skip_lines,
                separator=separator,
                encoding=encoding,
                quote_char=quote,
                truncate_ragged_lines=ragged,
            )
            frame = frame.rename({c: c.lstrip("\ufeff").strip() for c in frame.columns})
        except pl.exceptions.PolarsError as error:
            raise DataError(f"source {self.source}: {name} cannot be read: {error}") from error
        return self.records(self.take(name, frame, columns, ignored), name, first_line=2 + skip_lines)

    def scan(self, name: str, columns: Sequence[str], ignored: Iterable[str], keep: pl.Expr, rest: str) -> Records:
        """Read from a comma-separated file too large for memory the records wanted; the `rest` is set aside.

        Every record stands on one line, and the last line ends with a line break: a file without was cut short.
        """
        path = self.path(name)
        with path.open("rb") as stream:
            stream.seek(max(path.stat().st_size - 1, 0))
            if stream.read() != b"\n":
                raise DataError(f"source {self.source}: {name} breaks off in its last line; fetch it again")
        try:
            lazy = pl.scan_csv(path, infer_schema=False, row_index_name="line", row_index_offset=2)
            header = lazy.collect_schema().names()[1:]
            plain = {c: c.lstrip("\ufeff").strip() for c in header}
            self.take(name, pl.DataFrame(schema=[*plain.values()]), columns, ignored)
            wanted = lazy.rename(plain).select("line", *columns).filter(keep)
            counted, frame = pl.collect_all([lazy.select(pl.len()), wanted], engine="streaming")
        except pl.exceptions.PolarsError as error:
            raise DataError(f"source {self.source}: {name} cannot be read: {error}") from error
        records = int(counted.item())
        self.read[name] += records
        self.set_aside[f"{name}: {rest}"] += records - frame.height
        return Records(frame.sort("line"), name, self)

    def take(self, name: str, frame: pl.DataFrame, columns: Sequence[str], ignored: Iterable[str] = ()) -> pl.DataFrame:
        """The columns used; those neither used nor known are reported as left over.

        Raises: DataError if a column used is not there.
        """
        absent = [c for c in columns if c not in frame.columns]
        if absent:
            raise DataError(
                f"source {self.source}: {name} has no column {', '.join(absent)}; it has {', '.join(frame.columns)}"
            )
        strange = [c for c in frame.columns if c not in columns and c not in set(ignored)]
        if strange:
            self.left_over[name] = strange
        return frame.select(columns)

    def records(self, frame: pl.DataFrame, name: str, first_line: int = 1) -> Records:
        """Take records read some other way (JSON lines, Parquet, Stata) into the account."""
        self.read[name] += frame.height
        numbered = frame.with_row_index("line", offset=first_line)
        return Records(numbered, name, self)

    def reject(self, name: str, lines: Iterable[int], reason: str) -> None:
        """Count records that cannot be understood, keeping the first few places."""
        lines = list(lines)
        self.rejected[f"{name}: {reason}"] += len(lines)
        room = SAMPLES_KEPT - sum(s.endswith(f": {reason}") for s in self.samples)
        self.samples += [f"{name}, line {line}: {reason}" for line in lines[: max(room, 0)]]

    def close(self) -> None:
        """Stop the source if more than one record in a hundred was rejected."""
        rejected, read = self.rejected.total(), self.read.total()
        if rejected > MOST_REJECTED_SHARE * read:
            raise DataError(
                f"source {self.source}: {rejected} of {read} records rejected, more than {MOST_REJECTED_SHARE:.0%}:\n  "
                + "\n  ".join(f"{n} × {reason}" for reason, n in self.rejected.most_common(8))
                + "\nfirst places:\n  "
                + "\n  ".join(self.samples[:8])
            )


@dataclass(frozen=True)
class Records:
    """Raw records on their way into a table; each step gives new records and settles the account with the intake."""

    frame: pl.DataFrame
    file: str
    intake: Intake

    def reject(self, bad: pl.Expr, reason: str) -> Records:
        """Drop records that cannot be understood; null counts as not bad."""
        marked = self.frame.select("line", bad=bad.fill_null(False))
        lines = marked.filter("bad")["line"]
        if lines.is_empty():
            return self
        self.intake.reject(self.file, lines.to_list(), reason)
        return self._with(self.frame.filter(~bad.fill_null(False)))

    def set_aside(self, which: pl.Expr, reason: str) -> Records:
        """Leave out records that are understood but do not belong in the table, and count them."""
        kept = self.frame.filter(~which.fill_null(False))
        if left := self.frame.height - kept.height:
            self.intake.set_aside[f"{self.file}: {reason}"] += left
        return self._with(kept)

    def number(self, column: str, *, empty: Iterable[str] = ("",), thousands: str = "") -> Records:
        """Read text as numbers; words in `empty` become null, anything else unreadable or not finite is rejected.

        `thousands` may stand only between groups of three digits: "1,5" is rejected where it is a comma.
        """
        text = pl.col(column).str.strip_chars()
        blank = pl.col(column).is_null() | text.is_in(list(empty))
        bare = _ungrouped(text, thousands) if thousands else text
        value = pl.when(blank).then(None).otherwise(bare).cast(pl.Float64, strict=False)
        unreadable = value.is_null() | ~value.is_finite()
        checked = self.reject(unreadable & ~blank, f"{column} is not a number")
        return checked._with(checked.frame.with_columns(value.alias(column)))

    def integer(self, column: str, *, empty: Iterable[str] = ("",), thousands: str = "") -> Records:
        """Read text as whole numbers ("2014.0" is one); a fraction is rejected."""
        numbers = self.number(column, empty=empty, thousands=thousands)
        exact = pl.col(column).abs() <= LARGEST_EXACT_INTEGER
        whole = numbers.reject((pl.col(column) != pl.col(column).round()) | ~exact, f"{column} is not a whole number")
        return whole._with(whole.frame.with_columns(pl.col(column).cast(pl.Int64)))

    def country(
        self, column: str, scheme: Scheme, to: str = "iso3", keep: Iterable[str] = (), apart: Iterable[str] = ()
    ) -> Records:
        """Turn codes or names into alpha-3; regions and totals are set aside, what is unknown is rejected.

        `keep` lists values that pass unchanged, such as WLD; `apart` this publisher's own codes of regions and totals,
        beside those of `countries.toml`.
        """
        regions = countries.not_countries() | {countries.fold(code) for code in apart}
        known = self._known(scheme) | {value: value for value in keep}
        distinct = self.frame[column].unique(maintain_order=True).drop_nulls()
        folded = {v: countries.fold(v) if scheme == "name" and v not in known else v for v in distinct}
        found = {v: known[f] for v, f in folded.items() if f in known}
        apart = [v for v in distinct if v not in found and countries.fold(v) in regions]
        rest = self.set_aside(pl.col(column).is_in(apart), f"{column} is a region or a total") if apart else self
        missing = pl.col(column).is_null() | ~pl.col(column).is_in(list(found))
        for value in [v for v in distinct if v not in found and v not in apart]:
            rest = rest.reject(pl.col(column) == value, f"{column} {value!r} is not a known country")
        rest = rest.reject(missing, f"{column} is empty")
        mapped = pl.col(column).replace_strict(found, default=None, return_dtype=pl.String)
        return rest._with(rest.frame.with_columns(mapped.alias(to)))

    def slug(self, column: str, to: str | None = None) -> Records:
        """Lower case with hyphens: how names of fields and technologies are written as identifiers."""
        made = pl.col(column).str.to_lowercase().str.replace_all("[^a-z0-9]+", "-").str.strip_chars("-")
        return self._with(self.frame.with_columns(made.alias(to or column)))

    def unpivot(self, columns: Sequence[str], index: Sequence[str], name: str, value: str = "value") -> Records:
        """Turn columns (years, say) into rows; each keeps the line it came from."""
        return self._with(self.frame.unpivot(columns, index=["line", *index], variable_name=name, value_name=value))

    def having(self, *columns: pl.Expr | str, **named: pl.Expr | str) -> Records:
        """Add or change columns."""
        return self._with(self.frame.with_columns(*columns, **named))

    def select(self, *columns: pl.Expr | str, **named: pl.Expr | str) -> pl.DataFrame:
        """The finished columns, as a table takes them."""
        return self.frame.select(*columns, **named)

    def _with(self, frame: pl.DataFrame) -> Records:
        return Records(frame, self.file, self.intake)

    @staticmethod
    def _known(scheme: Scheme) -> dict[str, str]:
        match scheme:
            case "iso2":
                return dict(countries.iso3_of_iso2())
            case "iso3":
                return dict(countries.iso3_of_code())
            case "name":
                return dict(countries.iso3_of_name())


def _ungrouped(text: pl.Expr, sign: str) -> pl.Expr:
    """Numbers without their thousands separators; text in which these stand anywhere else is left as it is."""
    grouped = text.str.contains(rf"^[+-]?\d{{1,3}}({re.escape(sign)}\d{{3}})+(\.\d*)?$")
    return pl.when(grouped).then(text.str.replace_all(sign, "", literal=True)).otherwise(text)
