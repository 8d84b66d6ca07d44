"""The method, source, table and technology pages, from the documentation made of the declarations."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from legation.errors import UserError
from legation.evidence import Evidence
from legation.phrasing import Phrasing
from legation.surfaces import pages
from legation.surfaces.web.rendering import Templates
from legation.surfaces.web.serving import Made
from legation.surfaces.web.views import mathml

FORMULA = re.compile(r"\$\$\n(.*?)\n\$\$", re.DOTALL)
PLACE = "FORMULA{number}PLACE"
HELD_BACK = ("decisions/", "checks.md")
"""Links of the generated pages to pages that are not generated."""


@dataclass
class Reference:
    """The generated pages of a store as HTML."""

    evidence: Evidence
    templates: Templates
    _texts: dict[str, str] = field(default_factory=dict)

    @cached_property
    def texts(self) -> dict[str, str]:
        """The pages as Markdown, by path."""
        return pages.pages(self.evidence.store)

    def page(self, lang: str, path: str) -> Made:
        """A page: `indicators/output`, `sources/ncses`, or the index. Raises: UserError where there is none."""
        name = f"{path.strip('/') or 'index'}.md"
        if name not in self.texts:
            raise UserError(f"there is no method page called {path!r}")
        title, html = rendered(self.texts[name])
        address = f"/{lang}/methods/{path.strip('/')}"
        told: dict[str, Any] = {"title": title, "html": html, "crumb": Phrasing(lang)("Methods")}
        return self.templates.page("article", lang, address, is_index=name == "index.md", **told)


def rendered(text: str) -> tuple[str, str]:
    """Title and HTML of a page in Markdown; what is HTML in it is escaped, formulas are MathML."""
    from markdown_it import MarkdownIt

    formulas = FORMULA.findall(text)
    for number, formula in enumerate(formulas):
        text = text.replace(f"$$\n{formula}\n$$", PLACE.format(number=number))
    title, _, body = text.partition("\n")
    html = str(MarkdownIt("commonmark", {"html": False}).enable("table").render(body))
    for number, drawn in enumerate(mathml(tuple(formulas))):
        html = html.replace(f"<p>{PLACE.format(number=number)}</p>", f'<div class="formula scroll">{drawn}</div>')
    html = html.replace("<table>", '<div class="scroll" role="region" tabindex="0" aria-label="Table"><table>')
    html = html.replace("</table>", "</table></div>").replace("<pre>", '<pre tabindex="0">')
    return title.removeprefix("# "), re.sub(r'href="([^":]+)\.md"', r'href="\1"', html)
