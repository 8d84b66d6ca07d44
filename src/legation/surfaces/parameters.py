"""What programs may ask: the parameters of every question as its declaration has them, typed, and what was given read.

The REST interface gives texts, assistants give JSON; both are read here, and every mistake is told at once.
"""

from __future__ import annotations

import math
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from legation import countries, registry
from legation.errors import UserError, unknown
from legation.language import LANGUAGES
from legation.model import Question
from legation.phrasing import Phrasing

Kind = Literal["text", "country", "integer", "number", "flag"]

MOST_LETTERS, MOST_VALUES, MOST_INTEGER = 200, 50, 2**31 - 1
PLACES = {
    "home": "The home country: an ISO 3166-1 alpha-3 code, or a name such as South Korea",
    "partner": "The other country: an ISO 3166-1 alpha-3 code, or a name; not the home country",
    "technology": "The technology, by its identifier",
}
HIDDEN = ("Cc", "Cf", "Cs", "Co", "Cn")
"""Categories of characters nobody sees: control characters, marks of direction, halves of characters."""
WANTED = {"integer": "a whole number", "number": "a number", "flag": "true or false"}
JSON_TYPES = {"text": "string", "country": "string", "integer": "integer", "number": "number", "flag": "boolean"}
KINDS: Mapping[type, Kind] = {bool: "flag", int: "integer", float: "number"}
"""Of a default; anything else is a text."""
FLAGS = {"true": True, "1": True, "false": False, "0": False}


class ParameterError(UserError):
    """Parameters that cannot be read; `errors` names each with what is wrong with it."""

    def __init__(self, errors: Mapping[str, str]) -> None:
        super().__init__("; ".join(f"{name}: {told}" for name, told in errors.items()))
        self.errors = dict(errors)


@dataclass(frozen=True)
class Parameter:
    """One thing that may be given: its kind, what it means, what it may be."""

    name: str
    told: str
    kind: Kind = "text"
    several: bool = False
    required: bool = False
    default: Any = None
    choices: tuple[str, ...] = ()
    example: Any = None
    least: float = 0
    most: float = MOST_INTEGER

    def schema(self) -> dict[str, Any]:
        """As JSON Schema 2020-12."""
        one: dict[str, Any] = {"type": JSON_TYPES[self.kind]}
        if self.choices:
            one["enum"] = list(self.choices)
        elif self.kind in ("integer", "number"):
            one |= {"minimum": self.least, "maximum": self.most}
        elif self.kind in ("text", "country"):
            one |= {"minLength": int(self.required), "maxLength": MOST_LETTERS}
        if self.several:
            return {"type": "array", "items": one, "maxItems": MOST_VALUES}
        return one if self.default in (None, "", ()) else one | {"default": self.default}

    def of_text(self, text: str) -> Any:
        """A value from its text. Raises: UserError saying what is wanted."""
        try:
            if self.kind == "flag":
                return FLAGS[text.casefold()]
            if self.kind == "integer":
                return self.of_json(int(text[:MOST_LETTERS]))
            if self.kind == "number":
                return self.of_json(float(text))
        except (KeyError, ValueError):
            raise UserError(f"cannot be {text[:MOST_LETTERS]!r}; give {WANTED[self.kind]}") from None
        return self.of_json(text)

    def of_json(self, value: Any) -> Any:
        """A value as JSON has it. Raises: UserError saying what is wanted."""
        match self.kind:
            case "flag" if isinstance(value, bool):
                return value
            case "integer" if isinstance(value, int) and not isinstance(value, bool):
                return self._within(value)
            case "number" if isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value):
                return float(self._within(value))
            case "text" | "country" if isinstance(value, str):
                return self._word(value)
        raise UserError(f"cannot be {str(value)[:MOST_LETTERS]!r}; give {WANTED.get(self.kind, 'a text')}")

    def _within(self, value: float) -> float:
        if not self.least <= value <= self.most:
            raise UserError(f"is out of range; give {WANTED[self.kind]} from {self.least:g} to {self.most:.12g}")
        return value

    def _word(self, text: str) -> str:
        if len(text) > MOST_LETTERS:
            raise UserError(f"has {len(text)} characters; give at most {MOST_LETTERS}")
        if hidden := [c for c in text if unicodedata.category(c) in HIDDEN]:
            raise UserError(f"holds a character that cannot be seen, U+{ord(hidden[0]):04X}; leave it out")
        if self.required and not text.strip():
            raise UserError("is empty")
        if self.choices and text not in self.choices:
            raise unknown(self.name, text, self.choices)
        return countries.resolve(text) if self.kind == "country" else text


LANG = Parameter("lang", "The language of words and names", choices=LANGUAGES, default=LANGUAGES[0], example="en")


def of_question(question: Question) -> tuple[Parameter, ...]:
    """What a question takes: its places, its options but those that are paths, the language."""
    found = [_place(place) for place in registry.places(question)]
    found += [
        _option(name, default, question)
        for name, default in registry.options(question).items()
        if name not in question.files
    ]
    return (*found, LANG)


def _place(name: str) -> Parameter:
    if name == "technology":
        known = tuple(registry.technologies())
        return Parameter(name, PLACES[name], required=True, choices=known, example=known[-3])
    example = {"home": "KOR", "partner": "JPN"}[name]
    return Parameter(name, PLACES[name], "country", required=True, example=example)


def _option(name: str, default: Any, question: Question) -> Parameter:
    told = Phrasing("en")(question.options[name])
    choices = tuple(registry.lenses()) if name == "lens" else ()
    kind = KINDS.get(type(default), "text")
    return Parameter(
        name, told[:1].upper() + told[1:], kind, isinstance(default, tuple), default=default, choices=choices
    )


def read_texts(parameters: Sequence[Parameter], given: Iterable[tuple[str, str]]) -> dict[str, Any]:
    """What was given as texts, each under its name; defaults are left out.

    Raises: ParameterError, which names everything that is wrong.
    """
    found: dict[str, list[str]] = {}
    for name, text in given:
        found.setdefault(name, []).append(text)
    return _read(parameters, found, lambda parameter, texts: [parameter.of_text(text) for text in texts])


def read_json(parameters: Sequence[Parameter], given: Mapping[str, Any]) -> dict[str, Any]:
    """What was given as JSON; null is as if not given. Raises: ParameterError, which names everything that is wrong."""
    known = {p.name: p for p in parameters}
    found: dict[str, list[Any]] = {}
    for name, value in given.items():
        many = name in known and known[name].several and isinstance(value, list)
        if value is not None:
            found[name] = list(value) if many else [value]
    return _read(parameters, found, lambda parameter, values: [parameter.of_json(value) for value in values])


def _read(parameters: Sequence[Parameter], found: Mapping[str, list[Any]], read: Any) -> dict[str, Any]:
    known = {p.name: p for p in parameters}
    errors: dict[str, str] = {}
    values: dict[str, Any] = {}
    for name, given in found.items():
        try:
            if name not in known:
                raise unknown("parameter", name[:MOST_LETTERS], known)
            values[name] = _one_or_several(known[name], given, read)
        except UserError as error:
            errors[name[:MOST_LETTERS]] = str(error)
    errors |= {p.name: "is missing" for p in parameters if p.required and p.name not in found}
    if errors:
        raise ParameterError(errors)
    return {name: value for name, value in values.items() if value != known[name].default}


def _one_or_several(parameter: Parameter, given: list[Any], read: Any) -> Any:
    if len(given) > (MOST_VALUES if parameter.several else 1):
        raise UserError(f"is given {len(given)} times; give it at most {MOST_VALUES if parameter.several else 1} times")
    values = read(parameter, given)
    return tuple(values) if parameter.several else values[0]
