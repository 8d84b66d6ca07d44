"""Templates with what all pages share: the language, the addresses, the files beside them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cached_property
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from markupsafe import Markup, escape

from legation.language import LANGUAGES
from legation.phrasing import Phrasing
from legation.surfaces.display import naming_sources
from legation.surfaces.web.serving import Made

if TYPE_CHECKING:
    import jinja2

LANGUAGE_NAMES = {"en": "English", "ko": "한국어"}


class Templates:
    """The templates of the pages, escaped by default."""

    def __init__(self, build: str, version: str) -> None:
        self.build, self.version = build, version

    @cached_property
    def environment(self) -> jinja2.Environment:
        import jinja2

        made = jinja2.Environment(
            loader=jinja2.FileSystemLoader(str(files(__package__).joinpath("templates"))),
            autoescape=True, trim_blocks=True, lstrip_blocks=True, undefined=jinja2.StrictUndefined,
        )  # fmt: skip
        made.filters |= {"coded": coded, "named": naming_sources}
        return made

    def page(self, name: str, lang: str, address: str, status: int = 200, /, **told: Any) -> Made:
        """A page in a language, at an address, which leads to the same page in the other languages."""
        template = self.environment.get_template(f"{name}.html.j2")
        shared = {
            "lang": lang,
            "say": Phrasing(lang),
            "address": address,
            "switch": switch(lang, address),
            "build": self.build,
            "version": self.version,
        }
        return Made(template.render(shared | told).encode(), status=status)


def coded(text: object) -> Markup:
    """A sentence with what stands in backticks set as code."""
    return Markup(re.sub(r"`([^`]+)`", r"<code>\1</code>", str(escape(str(text)))))


def switch(lang: str, address: str) -> list[Mapping[str, str]]:
    """The same address in the other languages."""
    _, _, rest = address.lstrip("/").partition("/")
    return [{"lang": o, "name": LANGUAGE_NAMES[o], "href": f"/{o}/{rest}"} for o in LANGUAGES if o != lang]
