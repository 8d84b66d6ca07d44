"""What an assistant can read beside the tools: the methods, sources, technologies and tables, a page each."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from legation import registry
from legation.errors import UserError, nearest
from legation.evidence import Evidence
from legation.surfaces import pages

SCHEME = "legation://"
MEDIA = "text/markdown"
KINDS = {"indicators": "indicator", "sources": "source", "technologies": "technology", "tables": "fact table"}


@dataclass(frozen=True)
class Page:
    """One thing that can be read."""

    uri: str
    name: str
    title: str
    told: str


@dataclass(frozen=True)
class Library:
    """The pages of a store."""

    evidence: Evidence

    @cached_property
    def texts(self) -> Mapping[str, str]:
        """Markdown, by address."""
        made = pages.pages(self.evidence.store)
        return {SCHEME + path.removesuffix(".md"): text for path, text in made.items()}

    @cached_property
    def listed(self) -> tuple[Page, ...]:
        """Every page that tells of something that has a name."""
        named: dict[str, dict[str, tuple[str, str]]] = {
            "indicators": {i.id: (i.label["en"], i.asks) for i in registry.indicators().values()},
            "sources": {s.id: (f"{s.publisher}: {s.title}", s.licence) for s in registry.sources().values()},
            "technologies": {t.id: (t.label["en"], t.covers["en"]) for t in registry.technologies().values()},
            "tables": {t.id: (t.label, t.meaning.split("\n")[0]) for t in registry.tables().values()},
        }
        return tuple(
            Page(f"{SCHEME}{folder}/{name}", f"{KINDS[folder]} {name}", title, told)
            for folder, entries in named.items()
            for name, (title, told) in entries.items()
        )

    def read(self, uri: str) -> str:
        """The text of a page, with the build it is of. Raises: UserError naming the nearest where there is none."""
        if uri not in self.texts:
            near = nearest(uri[:200], self.texts)
            advice = f"did you mean {', '.join(near)}?" if near else "resources/list names them all"
            raise UserError(f"unknown resource {uri[:200]!r}; {advice}")
        return f"{self.texts[uri]}\n\nBuild {self.evidence.store.build}\n"
