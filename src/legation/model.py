"""What the house is made of: frozen declarations, without input or output.

A table, source, technology, indicator or caveat is declared once, in a file named after it; `registry.discover`
fills in `id` from that file's name. An `Answer` is what every surface renders.
"""

from __future__ import annotations

import html
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    import pandas as pd
    import polars as pl

Kind = Literal["economy", "iso3", "text", "year", "count", "number", "flag", "pseudonym"]
Text = Mapping[str, str]
"""The same words in several languages: {"en": …, "ko": …}."""

WORLD = "WLD"
"""In `economy` columns: the publisher's own total over the world, never a sum of ours."""

SUPPRESSED_BELOW_RESEARCHERS = 5
"""Cells that describe fewer researchers than this are blanked before a table is written."""


@dataclass(frozen=True)
class Column:
    """One column: its kind, what it means, and the bounds every value must keep.

    Kinds: `iso3` an ISO 3166-1 alpha-3 code; `economy` the same or `WLD`; `text`; `year`; `count` a whole number >= 0;
    `number`; `flag` true or false; `pseudonym` a hashed identifier of a person.
    """

    kind: Kind
    meaning: str
    unit: str = ""
    nullable: bool = False
    minimum: float | None = None
    maximum: float | None = None
    values: tuple[str, ...] = ()


@dataclass(frozen=True)
class Table:
    """A kind of fact. Every table also carries `source`, the identifier of the file in `sources/` it came from.

    `records` tells single works and authorships from counts. `time` names the column that dates a row, `additive` the
    columns that may be summed over years. `researchers` names the columns that count people: cells under
    `SUPPRESSED_BELOW_RESEARCHERS` are blanked there. A file that also defines `derive(…)` says how to count the table
    from record tables, its parameters.
    """

    label: str
    key: tuple[str, ...]
    columns: Mapping[str, Column]
    meaning: str = ""
    records: bool = False
    time: str | None = "year"
    additive: tuple[str, ...] = ()
    researchers: tuple[str, ...] = ()
    id: str = ""
    derive: Callable[..., Any] | None = None


@dataclass(frozen=True)
class Source:
    """An upstream publication: who made it, under which licence, which files hold it, how many rows it must give.

    `publish` says what may leave the machine that built it: its `records`, only `aggregates` of them, or `nothing`.
    `rows` bounds each table it fills: below the minimum stops the build, above the maximum warns. `shares` names other
    files in `sources/` whose code or data it uses. Where what a year holds is not comparable with what another holds,
    `comparable_years` is false and no trend is drawn.
    """

    publisher: str
    title: str
    url: str
    licence: str
    vintage: str
    files: tuple[str, ...]
    rows: Mapping[str, tuple[int, int]]
    publish: Literal["records", "aggregates", "nothing"] = "records"
    licence_url: str = ""
    citation: str = ""
    comparable_years: bool = True
    caveats: tuple[str, ...] = ()
    shares: tuple[str, ...] = ()
    about: str = ""
    id: str = ""
    tidy: Callable[..., Any] | None = None


@dataclass(frozen=True)
class Technology:
    """A strategic technology: the lists that find its evidence in each table, and what it leaves out."""

    label: Text
    covers: Text
    excludes: Text
    limits: Text
    topics: tuple[str, ...]
    fields: tuple[str, ...]
    patent_fields: tuple[str, ...]
    patent_technologies: tuple[str, ...]
    goods: tuple[str, ...]
    minerals: tuple[str, ...]
    committees: tuple[str, ...]
    memberships: tuple[str, ...]
    declarations: tuple[str, ...]
    capabilities: tuple[str, ...]
    programme_parts: tuple[str, ...]
    topic_groups: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    id: str = ""


@dataclass(frozen=True)
class Caveat:
    """A warning that travels with numbers; the vocabulary is closed (`caveats.toml`)."""

    text: Text
    id: str = ""


@dataclass(frozen=True)
class Measure:
    """A column an indicator gives: its name in the field's terms, its unit, and which end is better, if any."""

    label: Text
    unit: str
    better: Literal["higher", "lower"] | None = None
    format: Literal["number", "share", "count", "ratio", "index"] = "number"


@dataclass(frozen=True)
class Example:
    """A worked example: small tables in, the table expected out, all as aligned text so that it reads as a table.

    Columns of an input that the example leaves out take the same neutral value in every row.
    """

    given: Mapping[str, str]
    expect: str
    settings: Mapping[str, Any] = field(default_factory=dict)
    working: str = ""


@dataclass(frozen=True)
class Kept:
    """A cut of an indicator that is computed when a store is built, because computing it takes long: the newest period
    of a window over several years, or every single year; of all worlds, or of those where columns have one value."""

    window: int = 1
    where: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Indicator:
    """A definition that can be computed, explained and checked.

    `by` lists the columns that split the input into worlds computed apart (the publisher, the field, the year). Where
    it leaves out the years, every period up to the year asked for is given, and rows are dated by `compute`.
    A relational `compute` takes and gives `narwhals.LazyFrame` with these columns in it; a local one takes and gives
    `polars.DataFrame` for one such world, without them. Inputs are the parameter names of `compute`: tables or other
    indicators. Keyword-only parameters are settings a reader may change. `kept` cuts are computed at build time.
    """

    label: Text
    measures: Mapping[str, Measure]
    formula: str
    reference: str
    by: tuple[str, ...]
    key: tuple[str, ...]
    example: Example
    caveats: tuple[str, ...] = ()
    kept: tuple[Kept, ...] = ()
    is_not: str = ""
    checked: str = ""
    meaning: str = ""
    id: str = ""
    compute: Callable[..., Any] | None = None


@dataclass(frozen=True)
class Figure:
    """One table of an answer, with everything needed to trust it or doubt it."""

    id: str
    title: str
    table: pl.DataFrame
    units: Mapping[str, str]
    indicators: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    caveats: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Citation:
    """Where numbers came from, as a reader can check it."""

    id: str
    publisher: str
    title: str
    url: str
    licence: str
    vintage: str

    def __str__(self) -> str:
        return f"{self.publisher}: {self.title} ({self.vintage}). {self.licence}. {self.url}"


@dataclass(frozen=True)
class Definition:
    """What an indicator means, carried by every answer that uses it."""

    id: str
    label: str
    meaning: str
    formula: str
    units: Mapping[str, str]
    reference: str
    inputs: tuple[str, ...]


@dataclass(frozen=True)
class Finding:
    """A sentence made from numbers: the words with places, and what fills them, so that each number can be checked."""

    words: str
    values: Mapping[str, Any] = field(default_factory=dict)

    def __str__(self) -> str:
        return self.words.format(**self.values)


@dataclass(frozen=True)
class Answer:
    """What every surface shows: tables with units, findings in words, and where all of it came from.

    `table` is the main table; `figures` holds it and the others by name. `findings` are sentences made from numbers in
    these tables; `missing` says in words what there is no evidence for; `coverage` what the evidence leaves out.
    """

    id: str
    question: str
    subject: Mapping[str, str]
    figures: Mapping[str, Figure]
    findings: tuple[Finding, ...]
    missing: tuple[Finding, ...]
    definitions: tuple[Definition, ...]
    citations: tuple[Citation, ...]
    caveats: Mapping[str, str]
    coverage: tuple[Finding, ...]
    build: str

    @property
    def main(self) -> Figure:
        """The first figure: the table the answer is about."""
        return next(iter(self.figures.values()))

    @property
    def table(self) -> pl.DataFrame:
        """The main table."""
        return self.main.table

    def to_pandas(self) -> pd.DataFrame:
        """The main table for pandas (needs pandas, which Legation itself does not)."""
        import pandas as pd

        return pd.DataFrame(self.table.to_dict(as_series=False))

    def cite(self) -> list[str]:
        """The sources behind every number, one line each, with licence and vintage."""
        return [str(citation) for citation in self.citations]

    def explain(self, indicator: str | None = None) -> str:
        """Definitions, formulas, units and references of what the answer uses; of one indicator if named."""
        chosen = [d for d in self.definitions if indicator in (None, d.id)]
        return "\n\n".join(
            f"{d.label} ({d.id})\n{d.meaning}\n"
            f"Formula: {d.formula}\nUnits: {'; '.join(f'{k}: {v}' for k, v in d.units.items())}\n"
            f"From: {', '.join(d.inputs)}\nReference: {d.reference}"
            for d in chosen
        )

    def _repr_html_(self) -> str:
        figures = "".join(_figure_html(figure) for figure in self.figures.values())
        return (
            f"<h3>{html.escape(self.question)}</h3>{_list_html(self.findings)}{figures}"
            f"<h4>No evidence</h4>{_list_html(self.missing)}<h4>Caveats</h4>{_list_html(self.caveats.values())}"
            f"<h4>Sources</h4>{_list_html(self.cite())}<p>Build {html.escape(self.build)}</p>"
        )


def _list_html(lines: Iterable[object]) -> str:
    return "<ul>" + "".join(f"<li>{html.escape(str(line))}</li>" for line in lines) + "</ul>"


def _figure_html(figure: Figure) -> str:
    head = "".join(
        f"<th scope='col'>{html.escape(c)}<br><small>{html.escape(figure.units.get(c, ''))}</small></th>"
        for c in figure.table.columns
    )
    body = "".join(
        "<tr>" + "".join(f"<td>{html.escape('' if v is None else str(v))}</td>" for v in row) + "</tr>"
        for row in figure.table.head(30).iter_rows()
    )
    return f"<h4>{html.escape(figure.title)}</h4><table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"
