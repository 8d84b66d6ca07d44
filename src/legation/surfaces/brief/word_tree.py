"""A brief as pandoc's tree: headings, sentences, tables with captions and groups, equations, drawings, sources."""

from __future__ import annotations

import hashlib
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from legation.surfaces.brief.document import (
    Beside,
    Block,
    Cell,
    Chart,
    Document,
    Methods,
    Run,
    Section,
    Sentences,
    Source,
    Table,
)

Node = dict[str, Any]
"""A node of pandoc's tree: its type `t` and content `c`."""

API_VERSION = [1, 23, 1]
LOCALES = {"en": "en-GB", "ko": "ko-KR"}
NO_ATTRIBUTES: list[Any] = ["", [], []]
ALIGNED = {True: {"t": "AlignRight"}, False: {"t": "AlignLeft"}}
LONGEST, MARGIN = 36, 4
"""Letters of a line after which a text is broken, and those a cell keeps free."""


def tree(document: Document) -> Node:
    """The whole brief; drawings are named by `file_of`."""
    blocks = [block for section in document.sections for block in _section(section)]
    blocks += [_heading(1, document.words["sources"]), _sources(document.sources)]
    told = [_text(f"Legation. {document.words['build']}. {document.words['again']} "), _code(document.command)]
    blocks.append(_styled("Note", [_node("Para", told)]))
    meta = {"title": document.title, "subtitle": document.subtitle}
    inlines = {name: _node("MetaInlines", [_text(text)]) for name, text in meta.items()}
    language = {"lang": _node("MetaString", LOCALES[document.language])}
    return {"pandoc-api-version": API_VERSION, "meta": inlines | language, "blocks": blocks}


def _section(section: Section) -> Iterator[Node]:
    if section.page:
        yield _node("RawBlock", ["openxml", '<w:p><w:r><w:br w:type="page"/></w:r></w:p>'])
    yield _heading(1, section.title)
    for block in section.blocks:
        yield from _block(block, section.fine)


def _block(block: Block, fine: bool) -> Iterator[Node]:
    match block:
        case Beside():
            yield from _block(block.left, fine)
            yield from _block(block.right, fine)
        case Table():
            yield _table(block)
            if block.note:
                yield _styled("Note", [_node("Para", _inlines(block.note))])
        case Chart():
            yield _chart(block)
        case Methods():
            yield _methods(block)
        case Sentences():
            yield from _sentences(block, fine)


def _sentences(block: Sentences, fine: bool) -> Iterator[Node]:
    if block.title:
        yield _heading(2, block.title)
    paragraphs = [_node("Para", _inlines(item)) for item in block.items]
    if block.style == "lead":
        yield _styled("Lead", paragraphs)
    elif block.style == "plain":
        yield from paragraphs
    else:
        style = "Fine" if fine or block.style == "small" else "Compact"
        yield _node("BulletList", [[_styled(style, [paragraph])] for paragraph in paragraphs])


def _table(table: Table) -> Node:
    """A table with its caption, a header row that is repeated, and a row for the title of each group."""
    columns = len(table.heads)
    widths = _widths(table)
    specs = [[ALIGNED[c in table.numbers], _node("ColWidth", width)] for c, width in enumerate(widths)]
    head = [_row([_cell([_text(name)]) for name in table.heads])]
    bodies = []
    for group in table.groups:
        title = [_row([_cell([_span(group.title, style="Group Title")], columns)])] if group.title else []
        rows = [_row([_cell(_under(cell)) for cell in row]) for row in group.rows]
        bodies.append([NO_ATTRIBUTES, 0, title, rows])
    caption = [None, [_node("Plain", [_text(table.caption)])]]
    return _node("Table", [NO_ATTRIBUTES, caption, specs, [NO_ATTRIBUTES, head], bodies, [NO_ATTRIBUTES, []]])


def _widths(table: Table) -> list[float]:
    """What part of the page each column takes: as its longest text needs, but texts long enough to be broken."""
    rows = [row for group in table.groups for row in group.rows]
    columns = [[table.heads[c].split()[-1], *(_told(row[c].runs) for row in rows)] for c in range(len(table.heads))]
    needed = [min(max(_letters(text) for text in texts), LONGEST) + MARGIN for texts in columns]
    return [letters / sum(needed) for letters in needed]


def _told(runs: Iterable[Run]) -> str:
    return "".join(run if isinstance(run, str) else f"[{run}]" for run in runs)


def _letters(text: str) -> int:
    """How wide a text is, in Latin letters: a syllable of Hangul is as wide as two."""
    return sum(2 if unicodedata.east_asian_width(letter) == "W" else 1 for letter in text)


def _row(cells: list[Any]) -> list[Any]:
    return [NO_ATTRIBUTES, cells]


def _cell(inlines: list[Node], columns: int = 1) -> list[Any]:
    return [NO_ATTRIBUTES, {"t": "AlignDefault"}, 1, columns, [_node("Plain", inlines)]]


def _under(cell: Cell) -> list[Node]:
    """What stands in a cell, and under it in small letters."""
    under = [{"t": "LineBreak"}, _span(cell.under, style="Under")] if cell.under else []
    return [*_inlines(cell.runs), *under]


def file_of(chart: Chart) -> str:
    """The name of a drawing's file is that of its content."""
    return f"{hashlib.sha256(chart.svg.encode()).hexdigest()[:12]}.png"


def _chart(chart: Chart) -> Node:
    """A drawing with its caption; what it shows in words is its alternative text."""
    width = chart.svg.split('width="', 1)[1].split('"', 1)[0]
    sized = ["", [], [["width", f"{width}px"]]]
    image = _node("Image", [sized, [_text(chart.told)], [file_of(chart), ""]])
    caption = [None, [_node("Plain", _inlines(chart.caption))]]
    return _node("Figure", [NO_ATTRIBUTES, caption, [_node("Plain", [image])]])


def _methods(methods: Methods) -> Node:
    """Each indicator: what it asks, its formula as an equation, unit and reference."""
    items = []
    for method in methods.items:
        formula = _node("Math", [{"t": "InlineMath"}, method.formula])
        told = [_text(f"{method.asks} "), formula, _text(f" {method.unit}. {method.reference}.")]
        items.append([[_text(method.label)], [[_node("Para", told)]]])
    return _node("DefinitionList", items)


def _sources(sources: Sequence[Source]) -> Node:
    """The numbered list the numbers in the text lead to."""
    items = []
    for source in sources:
        link = _node("Link", [NO_ATTRIBUTES, [_text(source.url)], [source.url, ""]])
        told = [
            _span(f"{source.publisher}: ", identifier=f"source-{source.number}"),
            _node("Emph", [_text(source.title)]), _text(f", {source.vintage}. {source.licence}. "), link,
            _text(f" {source.coverage}"),
        ]  # fmt: skip
        items.append([_styled("Fine", [_node("Para", told)])])
    return _node("OrderedList", [[1, {"t": "Decimal"}, {"t": "Period"}], items])


def _inlines(runs: Iterable[Run]) -> list[Node]:
    """Text, and the numbers of sources as links to the list."""
    return [_text(run) if isinstance(run, str) else _reference_to(run) for run in runs]


def _reference_to(number: int) -> Node:
    return _node("Link", [NO_ATTRIBUTES, [_text(f"[{number}]")], [f"#source-{number}", ""]])


def _text(text: str) -> Node:
    return _node("Str", text)


def _code(text: str) -> Node:
    return _node("Code", [NO_ATTRIBUTES, text])


def _span(text: str, identifier: str = "", style: str = "") -> Node:
    return _node("Span", [[identifier, [], [["custom-style", style]] if style else []], [_text(text)]])


def _heading(level: int, text: str) -> Node:
    return _node("Header", [level, NO_ATTRIBUTES, [_text(text)]])


def _styled(style: str, blocks: list[Node]) -> Node:
    return _node("Div", [["", [], [["custom-style", style]]], blocks])


def _node(kind: str, content: Any) -> Node:
    return {"t": kind, "c": content}
