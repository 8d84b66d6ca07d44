"""What every surface shows: an answer, its figures and findings, and where all of it came from. No input or output."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from legation.language import fit_articles, fit_particles
from legation.notebook import as_html

if TYPE_CHECKING:
    import pandas as pd
    import polars as pl


@dataclass(frozen=True)
class Figure:
    """One table of an answer, with everything needed to trust it or doubt it. `formats` names the columns of shares,
    `headings` says what columns are called in the language of the answer."""

    id: str
    title: str
    table: pl.DataFrame
    units: Mapping[str, str]
    indicators: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    caveats: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    formats: Mapping[str, str] = field(default_factory=dict)
    headings: Mapping[str, str] = field(default_factory=dict)


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
    """What an indicator means, carried by every answer that uses it; `asks` is the question it answers."""

    id: str
    label: str
    asks: str
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
        return fit_particles(fit_articles(self.words.format(**self.values)))


@dataclass(frozen=True, repr=False)
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
    language: str = "en"

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

    def __repr__(self) -> str:
        return f"<Answer {self.id}: {self.question} {len(self.figures)} tables, build {self.build}>"

    def _repr_html_(self) -> str:
        """As Jupyter and marimo show it."""
        return as_html(self)
