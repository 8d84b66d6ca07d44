"""What an address asks for, and the address of what is asked: `/ko/KOR/quantum/pair/NLD?…` and its fellows."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import quote, urlencode

from legation import countries, registry
from legation.errors import UserError, nearest, unknown
from legation.language import LANGUAGES
from legation.model import Question, Technology

MOST_VALUES, MOST_LETTERS = 60, 600
WEIGHT = "weight"
"""The option whose values are numbers by name, which forms give as `weight.NAME=NUMBER`."""


class UnknownPlaceError(UserError):
    """A country or technology there is none of, with addresses of what is near: HTTP 404."""

    def __init__(self, kind: str, given: str, near: Mapping[str, str]) -> None:
        super().__init__(f"unknown {kind} {given!r}")
        self.kind, self.given, self.near = kind, given, near


@dataclass(frozen=True)
class Asked:
    """A question about its places, with the options that are not as by default, in a language."""

    lang: str
    question: Question
    home: str
    technology: Technology
    partner: str = ""
    options: Mapping[str, Any] = field(default_factory=dict)

    @property
    def about(self) -> dict[str, Any]:
        """What `Evidence.ask` takes."""
        partner = {"partner": self.partner} if self.partner else {}
        return {"home": self.home, "technology": self.technology.id, **partner, **self.options}

    @property
    def key(self) -> tuple[object, ...]:
        """The same for the same question, however the address spelt it."""
        return (self.lang, self.question.id, self.home, self.technology.id, self.partner, *sorted(self.options.items()))

    def url(self, tail: str = "", /, **more: str) -> str:
        """The address of the view, or of what hangs on it, with further parameters."""
        parts = [self.lang, self.home, self.technology.id, self.question.id, self.partner, *tail.split("/")]
        path = "/" + "/".join(quote(part, safe="") for part in parts if part)
        query = urlencode([*told(self.options), *((k, v) for k, v in more.items() if v)], quote_via=quote)
        return f"{path}?{query}" if query else path

    def elsewhere(self, **changed: Any) -> str:
        """The address of the view with other places; options are kept only with the question."""
        if "question" in changed:
            changed["options"] = {}
            if "partner" not in registry.places(changed["question"]):
                changed["partner"] = ""
        return replace(self, **changed).url()


def told(options: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Options as parameters of an address."""
    found: list[tuple[str, str]] = []
    for name, value in options.items():
        for one in value if isinstance(value, tuple) else (value,):
            stem, _, number = str(one).rpartition("=")
            found.append((f"{name}.{stem}", number) if name == WEIGHT else (name, _text(one)))
    return found


def _text(value: object) -> str:
    return f"{value:g}" if isinstance(value, float) else str(value)


def options_of(question: Question, given: Iterable[tuple[str, str]]) -> dict[str, Any]:
    """The options a query names, each of its kind; blank ones and those as by default are left out.

    Options that are paths are unknown here. Raises: UserError for an unknown option or a value that cannot be.
    """
    defaults = {k: v for k, v in registry.options(question).items() if k not in question.files}
    found: dict[str, Any] = {}
    for name, text in given:
        stem, dot, rest = name.partition(".")
        option, value = (stem, f"{rest}={text.strip()}") if dot else (name, text.strip())
        if option not in defaults or (dot and option != WEIGHT):
            hint = f"known: {', '.join(defaults)}" if defaults else "it has none"
            raise unknown(f"option of {question.id}", name[:MOST_LETTERS], defaults, hint)
        if not text.strip():
            continue
        if len(value) > MOST_LETTERS:
            raise UserError(f"{option} is too long; give at most {MOST_LETTERS} characters")
        kept = found.get(option, ())
        found[option] = (
            _several(option, kept, value) if defaults[option] == () else _one(option, value, defaults[option])
        )
    if WEIGHT in found:
        found[WEIGHT] = _changed(found[WEIGHT], found.get("lens", defaults["lens"]))
    return {name: found[name] for name in defaults if name in found and found[name] != defaults[name]}


def _several(name: str, kept: tuple[str, ...], value: str) -> tuple[str, ...]:
    if len(kept) >= MOST_VALUES:
        raise UserError(f"{name} is given more than {MOST_VALUES} times")
    return kept if value in kept else (*kept, value)


def _one(name: str, text: str, default: object) -> object:
    try:
        match default:
            case bool():
                return {"1": True, "true": True, "on": True, "0": False, "false": False, "off": False}[text.casefold()]
            case int():
                return int(text)
            case float():
                value = float(text)
                if math.isfinite(value):
                    return value
            case _:
                return text
    except (KeyError, ValueError):
        pass
    wanted = {bool: "true or false", int: "a whole number", float: "a number"}[type(default)]
    raise UserError(f"{name} cannot be {text!r}; give {wanted}")


def _changed(weights: Sequence[str], lens: str) -> tuple[str, ...]:
    """The weights that are not those of the lens: a form gives all of them, and those of the lens before it when the
    lens is changed."""
    known = registry.lenses()
    if lens not in known:
        return tuple(weights)
    before = {
        _usual(n, c.weight) for one in known.values() for n, c in one.criteria.items() if n not in known[lens].criteria
    }
    usual = {_usual(name, c.weight) for name, c in known[lens].criteria.items()}
    return tuple(w for w in weights if w not in usual | before)


def _usual(name: str, weight: float) -> str:
    return f"{name}={weight:g}"


def resolve_country(given: str, lang: str) -> str:
    """The country a part of an address means. Raises: UnknownPlaceError with what is near in the reader's language."""
    try:
        return countries.resolve(given[:MOST_LETTERS])
    except UserError:
        named = {countries.name(iso3, lang): iso3 for iso3 in countries.all_iso3()}
        known = [*named, *named.values(), *(countries.name(iso3) for iso3 in named.values())]
        codes = {countries.name(iso3): iso3 for iso3 in named.values()} | named | {c: c for c in named.values()}
        near = dict.fromkeys(codes[name] for name in nearest(given[:MOST_LETTERS], known))
        raise UnknownPlaceError("country", given, {countries.name(c, lang): c for c in near}) from None


def resolve_technology(given: str, lang: str) -> Technology:
    """The technology a part of an address means, by identifier or label. Raises: UnknownPlaceError with what is near,
    or with all there are."""
    known = registry.technologies()
    if given in known:
        return known[given]
    named = {t.label[lang]: t.id for t in known.values()} | {t.id: t.id for t in known.values()}
    exact = {name.casefold(): identifier for name, identifier in named.items()}
    if given.casefold() in exact:
        return known[exact[given.casefold()]]
    near = dict.fromkeys(named[name] for name in nearest(given[:MOST_LETTERS], named)) or dict.fromkeys(known)
    raise UnknownPlaceError("technology", given, {known[t].label[lang]: t for t in near})


def language_of(path: str, accepts: str) -> str:
    """The language of a page: the first part of its path, else the first of Accept-Language that there is."""
    first = path.strip("/").partition("/")[0]
    if first in LANGUAGES:
        return first
    wanted = []
    for position, entry in enumerate(accepts[:MOST_LETTERS].split(",")):
        tag, _, weight = entry.strip().partition(";q=")
        try:
            wanted.append((-float(weight or 1), position, tag.lower().partition("-")[0]))
        except ValueError:
            continue
    return next((tag for weight, _, tag in sorted(wanted) if tag in LANGUAGES and weight < 0), LANGUAGES[0])


def segment_replaced(path: str, given: str, with_: str) -> str:
    """An address with one of its parts replaced."""
    return "/".join(quote(with_ if part == given else part, safe="") for part in path.split("/"))
