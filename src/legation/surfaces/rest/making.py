"""What is given: answers, indicators, tables and lists, in any form, with where every number came from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

import polars as pl

from legation import registry
from legation.catalogue import accounts, lists
from legation.errors import UserError, unknown
from legation.evidence import Evidence
from legation.model import Question
from legation.surfaces import formats
from legation.surfaces.parameters import KINDS, Parameter, ParameterError, read_texts
from legation.surfaces.rest.forms import FEW_ROWS, MEDIA, MOST_ROWS, Form, Page, json_bytes, rows, table_bytes

FIGURE = Parameter("figure", "One table of the answer by its identifier; the main one where a form holds one table")
SOURCE = Parameter("source", "Only from this source; from all that have it if not given")
COUNTRY = Parameter("country", "Only rows of this country (column iso3)", "country", example="KOR")
PARTNER = Parameter("partner", "Only rows with this partner (column partner_iso3)", "country", example="JPN")
LIMIT = Parameter("limit", "At most so many rows; see the limits of the forms", "integer", least=1, example=100)
OFFSET = Parameter("offset", "Leave out so many rows first", "integer", default=0, example=0)
LISTED = ("answers", "indicators", "tables", "sources", "technologies", "countries")
OF_TABLE = (SOURCE, LIMIT, OFFSET)
OF_INDICATOR = (
    SOURCE, Parameter("scope", "A technology, a field, or all"),
    Parameter("year", "The last year of the period; every period if not given", "integer", most=9999),
    Parameter("window", "So many years added up", "integer", default=1, least=1, most=50), COUNTRY, PARTNER,
    Parameter("setting", "A setting of the indicator as name=value; may be repeated", several=True, default=()),
    LIMIT, OFFSET,
)  # fmt: skip


@dataclass(frozen=True)
class Asked:
    """What a reader asked for: the address, what was given, in which form."""

    path: str
    given: Mapping[str, Any]
    form: Form

    def url(self, **changed: Any) -> str:
        """The address with some of what was given changed."""
        query = {**self.given, **({} if self.form == "json" else {"format": self.form}), **changed}
        return self.path + ("?" + urlencode(query, doseq=True) if query else "")


@dataclass(frozen=True)
class Maker:
    """Makes pages from the evidence of a store."""

    evidence: Evidence

    def answer(self, asked: Asked, question: Question) -> Page:
        """A question answered: everything in JSON, one table in the other forms."""
        about = dict(asked.given)
        name = about.pop("figure", None)
        answer = self.evidence.ask(question.id, **about)
        if name is not None and name not in answer.figures:
            raise ParameterError({"figure": str(unknown("figure", name, answer.figures))})
        if asked.form == "json":
            told = formats.answer_dict(answer)
            told["figures"] = {n: f for n, f in told["figures"].items() if name in (None, n)}
            return Page(json_bytes(told), MEDIA["json"])
        table = (answer.figures[name] if name else answer.main).table
        return Page(table_bytes(table, asked.form), MEDIA[asked.form], links=(_described(asked),), rows=table.height)

    def indicator(self, asked: Asked, name: str) -> Page:
        """The rows of an indicator."""
        known = registry.settings(registry.indicators()[name])
        cut = {key: asked.given[key] for key in ("source", "scope", "year", "window") if key in asked.given}
        settings = _settings(name, known, asked.given.get("setting", ()))
        frame = self.evidence.indicator(name, **cut, **settings)
        frame = accounts.of_places(frame, {k: asked.given[k] for k in ("country", "partner") if k in asked.given})
        offset, limit = _span(asked)
        told = accounts.indicator(self.evidence.store, name) | {"settings": known | settings}
        return self._paged(asked, told, frame.slice(offset, limit), frame.height)

    def table(self, asked: Asked, name: str) -> Page:
        """The rows of a fact table."""
        frame, total = accounts.facts(self.evidence.store, name, asked.given.get("source"), *_span(asked))
        return self._paged(asked, accounts.table(self.evidence.store, name), frame, total)

    def _paged(self, asked: Asked, told: Mapping[str, Any], page: pl.DataFrame, total: int) -> Page:
        """Some rows, and the addresses of the next and the previous."""
        offset, limit = _span(asked)
        links = [] if asked.form == "json" else [_described(asked)]
        follows = {}
        if offset + page.height < total and page.height:
            follows["next"] = asked.url(limit=limit, offset=offset + limit)
        if offset:
            follows["prev"] = asked.url(limit=limit, offset=max(0, offset - limit))
        links += [f'<{address}>; rel="{to}"' for to, address in follows.items()]
        if asked.form != "json":
            body = table_bytes(page, asked.form)
        else:
            place = {"total": total, "offset": offset, "limit": limit, **follows}
            body = json_bytes({"build": self.evidence.store.build, "about": told, "page": place, "rows": rows(page)})
        return Page(body, MEDIA[asked.form], links=tuple(links), rows=total)

    def told(self, asked: Asked, kind: str, name: str) -> Page:
        """One thing that has a name, as JSON."""
        store = self.evidence.store
        makers = {
            "indicators": lambda: accounts.indicator(store, name), "tables": lambda: accounts.table(store, name),
            "sources": lambda: accounts.source(store, name), "technologies": lambda: accounts.technology(name),
        }  # fmt: skip
        return Page(json_bytes({"build": store.build, **makers[kind]()}), MEDIA["json"])

    def listed(self, asked: Asked, kind: str) -> Page:
        """A list of what there is, in any form."""
        store = self.evidence.store
        makers = {
            "indicators": lambda: lists.indicators(store, asked.given.get("technology")),
            "tables": lambda: lists.tables(store), "sources": lambda: lists.sources(store),
            "technologies": lists.technologies, "countries": lists.countries, "answers": _questions,
        }  # fmt: skip
        frame = makers[kind]()
        if asked.form == "json":
            return Page(json_bytes({"build": store.build, kind: rows(frame)}), MEDIA["json"], rows=frame.height)
        return Page(table_bytes(frame, asked.form), MEDIA[asked.form], rows=frame.height)

    def index(self, asked: Asked) -> Page:
        """Where to begin."""
        base = asked.path.rstrip("/")
        told = {name: f"{base}/{name}" for name in (*LISTED, "build", "openapi.json")}
        return Page(json_bytes({"build": self.evidence.store.build, "addresses": told}), MEDIA["json"])

    def build(self, asked: Asked) -> Page:
        """The state of the store, with the vintage of every source in it."""
        store = self.evidence.store
        told = {"build": store.build, "sources": accounts.sources(store, store.manifest["sources"])}
        return Page(json_bytes(told), MEDIA["json"])


def _questions() -> pl.DataFrame:
    rows = [
        (q.id, q.words.format(home="HOME", partner="PARTNER", technology="TECHNOLOGY"), ", ".join(registry.places(q)))
        for q in registry.questions().values()
    ]
    return pl.DataFrame(rows, schema=["answer", "question", "about"], orient="row")


def _described(asked: Asked) -> str:
    return f'<{asked.url(format="json")}>; rel="describedby"; type="application/json"'


def _span(asked: Asked) -> tuple[int, int]:
    """The rows of a page: its offset, and how many it may have in its form."""
    usual = FEW_ROWS if asked.form == "json" else MOST_ROWS[asked.form]
    return asked.given.get("offset", 0), min(asked.given.get("limit", usual), MOST_ROWS[asked.form])


def _settings(name: str, known: Mapping[str, Any], given: tuple[str, ...]) -> dict[str, Any]:
    """Settings of an indicator, of the kind their declaration has. Raises: ParameterError for those that are not."""
    declared = [Parameter(n, "", KINDS.get(type(value), "text")) for n, value in known.items()]
    pairs = [text.partition("=") for text in given]
    if bad := [setting for setting, sign, _ in pairs if not sign]:
        raise ParameterError({"setting": f"{bad[0]!r} has no value; give name=value"})
    try:
        return read_texts(declared, [(setting.strip(), value.strip()) for setting, _, value in pairs])
    except UserError as error:
        hint = f" ({name} has no settings)" if not known else ""
        raise ParameterError({"setting": f"{error}{hint}"}) from None
