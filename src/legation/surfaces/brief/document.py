"""What a brief is made of, before it is set: sections of sentences, tables and charts, and numbered sources."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from legation import registry
from legation.answer import Answer, Citation, Finding

Run = str | int
"""A piece of text, or the number of a source."""

Runs = tuple[Run, ...]


@dataclass(frozen=True)
class Cell:
    """What stands in a cell of a table, and in small letters under it."""

    runs: Runs
    under: str = ""


@dataclass(frozen=True)
class Group:
    """Rows of a table under a title of their own."""

    title: str
    rows: tuple[tuple[Cell, ...], ...]


@dataclass(frozen=True)
class Table:
    """A table as it is printed; columns of numbers are set to the right, `wide` is the one that names the rows."""

    caption: str
    heads: tuple[str, ...]
    groups: tuple[Group, ...]
    numbers: tuple[int, ...] = ()
    note: Runs = ()
    wide: int = 0
    kind: str = "table"


@dataclass(frozen=True)
class Chart:
    """A drawing with its caption; `told` is what a screen reader says."""

    svg: str
    caption: Runs
    told: str
    kind: str = "chart"


@dataclass(frozen=True)
class Sentences:
    """Sentences: the `lead` of the brief, `plain` paragraphs, a `list`, or a list in `small` letters."""

    items: tuple[Runs, ...]
    style: str = "plain"
    kind: str = "sentences"


@dataclass(frozen=True)
class Method:
    """An indicator: what it asks, its formula in LaTeX, its unit and reference."""

    label: str
    asks: str
    formula: str
    unit: str
    reference: str


@dataclass(frozen=True)
class Methods:
    """The indicators behind the numbers."""

    items: tuple[Method, ...]
    kind: str = "methods"


@dataclass(frozen=True)
class Beside:
    """Two blocks side by side where there is room, the first a little wider."""

    left: Block
    right: Block
    kind: str = "beside"


Block = Table | Chart | Sentences | Methods | Beside


@dataclass(frozen=True)
class Section:
    """A heading and what stands under it; `fine` sections are the small print at the end."""

    title: str
    blocks: tuple[Block, ...]
    fine: bool = False


@dataclass(frozen=True)
class Source:
    """A numbered source, and what its intake left out."""

    number: int
    publisher: str
    title: str
    vintage: str
    licence: str
    url: str
    coverage: str


@dataclass(frozen=True)
class Document:
    """A brief. `command` gives it again from the same build."""

    home: str
    technology: str
    partner: str
    title: str
    subtitle: str
    sections: tuple[Section, ...]
    sources: tuple[Source, ...]
    build: str
    command: str
    language: str = "en"


class Citations:
    """Numbers sources in the order in which they are first cited."""

    def __init__(self, answers: Sequence[Answer]) -> None:
        self.known: dict[str, Citation] = {c.id: c for answer in answers for c in answer.citations}
        self.coverage: dict[str, dict[str, None]] = {}
        for finding in (f for answer in answers for f in answer.coverage):
            source = str(finding.values["source"])
            self.coverage.setdefault(source, {})[str(finding).removeprefix(source).lstrip(":, ")] = None
        self.numbers: dict[str, int] = {}
        names = "|".join(re.escape(name) for name in sorted(self.known, key=len, reverse=True))
        self._named = re.compile(rf"\b({names})\b") if names else None

    def cite(self, source: str) -> tuple[str, int]:
        """A source by its short name and number."""
        label = registry.labels().get(source, {"en": source})["en"]
        return f"{label}\u00a0", self.numbers.setdefault(source, len(self.numbers) + 1)

    def numbered(self, sources: Iterable[str]) -> Runs:
        """The numbers of several sources, with a space before each."""
        return tuple(run for source in sources for run in (" ", self.cite(source)[1]))

    def runs(self, finding: Finding | str) -> Runs:
        """A sentence in which the identifiers of sources are replaced by their short names and numbers."""
        text = str(finding)
        pieces: list[Run] = []
        end = 0
        for found in self._named.finditer(text) if self._named else ():
            name, number = self.cite(found[1])
            pieces += [text[end : found.start()] + name, number]
            end = found.end()
        return tuple(piece for piece in (*pieces, text[end:]) if piece != "")

    def listed(self) -> tuple[Source, ...]:
        """Every source of the answers by number; what is cited nowhere comes last."""
        for source in self.known:
            self.cite(source)
        return tuple(self._source(name, number) for name, number in self.numbers.items())

    def _source(self, name: str, number: int) -> Source:
        known = self.known[name]
        coverage = " ".join(self.coverage.get(name, ()))
        return Source(number, known.publisher, known.title, known.vintage, known.licence, known.url, coverage)
