"""The scopes a work counts in: all works, the field of its primary topic, and technologies that have one of its topics.

A work's scopes follow from its field and its technologies, so they are written down as one number, its *mark*. Tables
that add up over works are counted by mark, each work once, and the counts then go to every scope of the mark.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl

from legation import registry

ALL = "all"


@dataclass(frozen=True)
class Scopes:
    """The scopes that are counted. `fields` are names as OpenAlex writes them; where `only_technologies`, works were
    chosen by technology, and counts of all works or of a field would be of those chosen."""

    fields: tuple[str, ...]
    technologies: tuple[str, ...]
    only_technologies: bool = False

    @property
    def names(self) -> tuple[str, ...]:
        """Every scope there may be."""
        fields = map(slug, self.fields)
        return self.technologies if self.only_technologies else tuple(dict.fromkeys([ALL, *fields, *self.technologies]))

    def topics(self) -> pl.DataFrame:
        """Topics that a technology has: `topic` as a number, and the `bits` of its technologies."""
        known = registry.technologies()
        rows = [(int(t[1:]), 1 << n) for n, name in enumerate(self.technologies) for t in known[name].topics]
        listed = pl.DataFrame(rows, schema={"topics": pl.Int32, "bits": pl.Int64}, orient="row")
        return listed.group_by("topics").agg(pl.col("bits").bitwise_or())

    def mark(self, field: pl.Expr, bits: pl.Expr) -> pl.Expr:
        """The mark of a work from its field, which may be none, and the bits of its technologies."""
        numbers = {name: number for number, name in enumerate(self.fields, 1)}
        number = field.replace_strict(numbers, default=0, return_dtype=pl.Int64)
        return number * (1 << len(self.technologies)) + bits.fill_null(0)

    def of(self, marks: Sequence[int]) -> pl.DataFrame:
        """The scopes of marks: `mark`, `scope`."""
        rows = [(mark, scope) for mark in marks for scope in self._of(mark)]
        return pl.DataFrame(rows, schema={"mark": pl.Int64, "scope": pl.Enum(self.names)}, orient="row")

    def _of(self, mark: int) -> list[str]:
        number, bits = divmod(mark, 1 << len(self.technologies))
        found = [name for n, name in enumerate(self.technologies) if bits >> n & 1]
        if self.only_technologies:
            return found
        return [ALL, *([slug(self.fields[number - 1])] if number else []), *found]


def slug(name: str) -> str:
    """Lower case with hyphens, as identifiers of fields are written (see `intake.Records.slug`)."""
    return re.sub("[^a-z0-9]+", "-", name.lower()).strip("-")
