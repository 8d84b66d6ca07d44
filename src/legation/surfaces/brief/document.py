"""What a brief is made of, before it is set: sections of sentences, tables and charts, and numbered sources."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from legation import registry
from legation.answer import Answer, Citation, Finding
from legation.surfaces import display

Run = str | int
"""A piece of text, or the number of a source."""

Runs = tuple[Run, ...]

FIRST_MARK, LAST_MARK = 0xE000, 0xF8FF
"""Characters for private use: one of them stands for the number of a source while a sentence is put together. It has no
sound, so that Korean particles follow the word before it."""


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
    """Sentences: the `lead` of the brief, `plain` paragraphs, a `list`, or a list in `small` letters; under a `title`
    of their own if they have one."""

    items: tuple[Runs, ...]
    style: str = "plain"
    title: str = ""
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
    """A heading and what stands under it; `fine` sections are the small print at the end, and one with `page` begins on
    a page of its own."""

    title: str
    blocks: tuple[Block, ...]
    fine: bool = False
    page: bool = False


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
    """A brief. `command` gives it again from the same build; `words` are those of the frame around the sections. It is
    set smaller to fit on `most_pages`, if there are any."""

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
    most_pages: int | None = 4
    words: Mapping[str, str] = field(default_factory=dict)

    @property
    def blocks(self) -> Iterator[Block]:
        """Every block, those that stand side by side one after the other."""
        for section in self.sections:
            for block in section.blocks:
                yield from (block.left, block.right) if isinstance(block, Beside) else (block,)

    @property
    def formulas(self) -> list[str]:
        """The formulas of the indicators, in LaTeX."""
        return [method.formula for block in self.blocks if isinstance(block, Methods) for method in block.items]


class Citations:
    """Numbers sources in the order in which they are first cited."""

    def __init__(self, answers: Sequence[Answer]) -> None:
        self.language = answers[0].language
        self.known: dict[str, Citation] = {c.id: c for answer in answers for c in answer.citations}
        self.coverage: dict[str, dict[str, None]] = {}
        for finding in (f for answer in answers for f in answer.coverage):
            source = str(finding.values["source"])
            self.coverage.setdefault(source, {})[str(finding).removeprefix(source).lstrip(":, ")] = None
        self.numbers: dict[str, int] = {}
        self._named = display.sources_in({*registry.sources(), *self.known})

    def cite(self, source: str) -> tuple[str, int]:
        """A source by its short name and number."""
        return f"{display.source_name(source, self.language)}\u00a0", self.numbers.setdefault(
            source, len(self.numbers) + 1
        )

    def runs(self, sentence: Finding | str) -> Runs:
        """A sentence in which the identifiers of sources are replaced by their short names and numbers."""
        if isinstance(sentence, Finding):
            values = {name: self._marked(v) if isinstance(v, str) else v for name, v in sentence.values.items()}
            text = str(Finding(sentence.words, values))
        else:
            text = self._marked(sentence)
        pieces = re.split(f"([{chr(FIRST_MARK)}-{chr(LAST_MARK)}])", display.minus(text))
        marked = (ord(piece) - FIRST_MARK if at % 2 else piece for at, piece in enumerate(pieces))
        return tuple(piece for piece in marked if piece != "")

    def _marked(self, text: str) -> str:
        return self._named.sub(lambda found: self._mark(found[1]), text)

    def _mark(self, source: str) -> str:
        """Its short name and number; a source that no number comes from is named only."""
        if source not in self.known:
            return display.source_name(source, self.language)
        label, number = self.cite(source)
        return f"{label}{chr(FIRST_MARK + number)}"

    def listed(self) -> tuple[Source, ...]:
        """Every source that is cited, by number."""
        return tuple(self._source(name, number) for name, number in self.numbers.items())

    def _source(self, name: str, number: int) -> Source:
        known = self.known[name]
        coverage = " ".join(self.coverage.get(name, ()))
        return Source(number, known.publisher, known.title, known.vintage, known.licence, known.url, coverage)
