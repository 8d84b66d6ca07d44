"""What the house is made of: frozen declarations, without input or output.

A table, source, technology, indicator or caveat is declared once, in a file named after it; `registry.discover`
fills in `id` from that file's name.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

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

    A file whose name holds wildcards stands for all that fit, which may be none. `publish` says what may leave the
    machine that built it: its `records`, only `aggregates` of them, or `nothing`. `rows` bounds each table it fills:
    below the minimum stops the build, above the maximum warns. `shares` names other files in `sources/` whose code or
    data it uses, and `technologies` where it depends on what these name. Where what a year holds is not comparable
    with what another holds, `comparable_years` is false and no trend is drawn.
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
    """A column an indicator gives: its name in the field's terms, its unit, and which end is better, if any.

    `researchers` names the measures that count the people this one tells of, itself where it is such a count: it is
    blanked in a row where one of them is under `SUPPRESSED_BELOW_RESEARCHERS` and not none. A total or a share from
    which a blank part could be worked out names every part.
    """

    label: Text
    unit: str
    better: Literal["higher", "lower"] | None = None
    format: Literal["number", "share", "count", "ratio", "index"] = "number"
    researchers: tuple[str, ...] = ()


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
    of a window over several years, or every single year; of all worlds, or of those where columns have one value; with
    the settings as they are declared, or with others."""

    window: int = 1
    where: tuple[tuple[str, str], ...] = ()
    settings: tuple[tuple[str, Any], ...] = ()


@dataclass(frozen=True)
class Indicator:
    """A definition that can be computed, explained and checked.

    `by` lists the columns that split the input into worlds computed apart (the publisher, the field, the year). Where
    it leaves out the years, every period up to the year asked for is given, and rows are dated by `compute`.
    A relational `compute` takes and gives `narwhals.LazyFrame` with these columns in it; a local one takes and gives
    `polars.DataFrame` for one such world, without them. Inputs are the parameter names of `compute`: tables or other
    indicators; one that defaults to None may be absent from the store. Keyword-only parameters are settings a reader
    may change. `kept` cuts are computed at build time.
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

    @property
    def asks(self) -> str:
        """The question the indicator answers: what its meaning begins with."""
        return " ".join(self.meaning.split()).partition("?")[0] + "?"


@dataclass(frozen=True)
class EvidenceLine:
    """Where the values of a criterion may come from: a measure of an indicator, and the scopes it is wanted for.

    `scopes` names lists of the technology (`technology` is its own scope), or `all` for all fields and for indicators
    that are not split by scope. Of an indicator of pairs, `home` says which column holds the home country. An economy
    that a `complete` series does not list has none. A value counts only if each measure in `each` is that much at
    least; a series only if it has values for so many `economies`, and is not of a source in `not_from`.
    """

    indicator: str
    measure: str
    scopes: tuple[str, ...]
    window: int = 1
    where: Mapping[str, str] = field(default_factory=dict)
    home: Literal["iso3", "partner_iso3"] = "iso3"
    complete: bool = False
    each: Mapping[str, float] = field(default_factory=dict)
    economies: int = 1
    not_from: tuple[str, ...] = ()


@dataclass(frozen=True)
class LensCriterion:
    """One thing partners are compared on: the lines of evidence for it, in order of preference, and how it counts.

    `direction` says which end is better, `normalisation` how values are made comparable (`any`: every way in turn),
    `supply` what would supply the evidence where there is none. Where a criterion is `needed` and there is evidence, an
    economy without a value is not ranked.
    """

    label: Text
    lines: tuple[EvidenceLine, ...]
    direction: Literal["higher", "lower"] = "higher"
    normalisation: Literal["any", "minmax", "z", "rank"] = "any"
    weight: float = 1.0
    needed: bool = False
    supply: Text = field(default_factory=dict)


@dataclass(frozen=True)
class Lens:
    """A way of looking at partners: what it asks, on which criteria, and among whom.

    Ranked are the economies with a value on one of the lines in `admits` and of one of the `income_groups`, or all
    where these are empty. `context` names indicators of the home country that are shown beside the ranking.
    """

    label: Text
    criteria: Mapping[str, LensCriterion]
    asks: Text = field(default_factory=dict)
    admits: tuple[EvidenceLine, ...] = ()
    income_groups: tuple[str, ...] = ()
    context: tuple[str, ...] = ()
    id: str = ""


@dataclass(frozen=True)
class Question:
    """The words of a question, with places for `home`, `partner` and `technology`, and what its options mean.

    The file that declares it in `answers/` defines `ask(composer, …)`: positional parameters are what the question is
    about, keyword-only ones are options with a default, each of which stands in `options`. `files` names the options
    that are paths, which only a command line passes on.
    """

    words: str
    options: Mapping[str, str] = field(default_factory=dict)
    files: tuple[str, ...] = ()
    id: str = ""
    about: str = ""
    ask: Callable[..., Any] | None = None
