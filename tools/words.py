"""Bring the catalogues of words up to date: `python tools/words.py [FILE.po …]`.

Collects every text that answers and surfaces translate and every unit of a measure, keeps the translations there are,
takes further ones from the files given, drops texts that are gone, and says what has no translation yet.
"""

import ast
import io
import sys
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Any

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po, write_po

from legation import registry
from legation.language import LANGUAGES

PACKAGE = Path(__file__).resolve().parents[1] / "src" / "legation"
DATED = datetime(2026, 1, 1, tzinfo=UTC)
KEYWORDS = {"find": None, "lack": None, "say": None, "words": None}


def of_python(
    stream: IO[bytes], keywords: Mapping[str, Any], tags: object, options: object
) -> Iterator[tuple[Any, ...]]:
    """The texts given first to one of the keywords in a file of Python."""
    for node in ast.walk(ast.parse(stream.read())):
        if isinstance(node, ast.Call) and node.args and isinstance(node.args[0], ast.Constant):
            name = getattr(node.func, "attr", getattr(node.func, "id", ""))
            if name in keywords and isinstance(node.args[0].value, str):
                yield node.lineno, name, node.args[0].value, []


METHODS: list[tuple[str, Any]] = [("**.py", of_python), ("**/templates/**.j2", "jinja2")]


def texts() -> Iterator[str]:
    """Every text that is translated: those given to `find`, `lack`, `say` and `words`, the units of measures, and
    the questions of indicators."""
    for _, _, message, _, _ in extract_from_dir(PACKAGE, METHODS, keywords=KEYWORDS):
        if isinstance(message, str):
            yield message
    for indicator in registry.indicators().values():
        yield indicator.asks
        yield from (measure.unit for measure in indicator.measures.values())


def path(language: str) -> Path:
    return PACKAGE / "locale" / language / "LC_MESSAGES" / "legation.po"


def updated(language: str, more: list[Path]) -> Catalog:
    """The catalogue of a language with every text, and the translations known of them."""
    known: dict[str, str] = {}
    for file in [path(language), *more]:
        with file.open("rb") as stream:
            known |= {str(m.id): str(m.string) for m in read_po(stream, locale=language) if m.id and m.string}
    # No dates: the same texts give the same file.
    catalog = Catalog(locale=language, project="Legation", fuzzy=False, creation_date=DATED, revision_date=DATED)
    for text in sorted(set(texts())):
        catalog.add(text, known.get(text, ""))
    return catalog


def main() -> None:
    for language in LANGUAGES[1:]:
        catalog = updated(language, [Path(name) for name in sys.argv[1:]])
        content = io.BytesIO()
        write_po(content, catalog, width=120, omit_header=False, no_location=True)
        path(language).write_bytes(content.getvalue())
        lacking = [message.id for message in catalog if message.id and not message.string]
        print(f"{language}: {len(catalog)} texts, {len(lacking)} without a translation")
        for text in lacking:
            print(f"  {text}")


if __name__ == "__main__":
    main()
