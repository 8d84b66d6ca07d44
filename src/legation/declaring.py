"""What a TOML file declares, checked against the dataclass it becomes: nothing missing or strange, types that fit."""

from __future__ import annotations

import importlib
import pkgutil
import tomllib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import MISSING, Field, fields
from pathlib import Path
from typing import Any, Literal, TypeVar, get_args, get_origin, get_type_hints

from legation.errors import LegationError, UserError, nearest
from legation.language import LANGUAGES
from legation.model import Indicator, Question, Source, Table

SIMPLE = {str: "text", bool: "true or false", int: "a whole number", float: "a number"}

Declaration = TypeVar("Declaration", Table, Source, Indicator, Question)


class Declared(Mapping[str, Declaration]):
    """The declarations of a folder, each file read when it is first asked for."""

    def __init__(self, package: str, load: Callable[[str], Declaration]) -> None:
        home = importlib.import_module(f"legation.{package}")
        self._names = [e.name for e in pkgutil.iter_modules(home.__path__) if not e.name.startswith("_")]
        self._load: Callable[[str], Declaration] = load
        self._loaded: dict[str, Declaration] = {}

    def __getitem__(self, name: str) -> Declaration:
        if name not in self._names:
            raise KeyError(name)
        if name not in self._loaded:
            self._loaded[name] = self._load(name)
        return self._loaded[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._names)

    def __len__(self) -> int:
        return len(self._names)

    def __contains__(self, name: object) -> bool:
        return name in self._names


class DeclarationError(LegationError):
    """A declaration file that does not say what it must; the message says how to mend it."""


def read_toml(path: Path, holds: str, most_bytes: int) -> dict[str, Any]:
    """A TOML file somebody brings, which `holds` weights, visits or the like.

    Raises: UserError for one that cannot be read, is no text in UTF-8 or not TOML, or has more than `most_bytes`.
    """
    try:
        if path.stat().st_size > most_bytes:
            raise UserError(f"{path} is larger than a file of {holds} can be ({most_bytes:,} bytes)")
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise UserError(f"cannot read {path}: {error.strerror}") from None
    except UnicodeDecodeError:
        raise UserError(f"{path} is not text in UTF-8") from None
    except tomllib.TOMLDecodeError as error:
        raise UserError(f"{path} is not TOML: {error}") from None


def shaped(where: str, kind: type[Any], declared: Any) -> dict[str, Any]:
    """The entries of a declaration, in the types their fields have.

    Raises: DeclarationError, which names the file and the entry, for what is missing, strange or of another type.
    """
    known = {f.name: f for f in fields(kind) if f.name != "id"}
    if not isinstance(declared, dict):
        raise DeclarationError(f"{where}: a table is needed here, with {', '.join(known)}")
    absent = [name for name, f in known.items() if name not in declared and _is_needed(f)]
    if absent:
        raise DeclarationError(f"{where}: missing {', '.join(absent)}")
    strange = [name for name in declared if name not in known]
    if strange:
        near = nearest(strange[0], known)
        hint = f"did you mean {near[0]}?" if near else f"known: {', '.join(known)}"
        raise DeclarationError(f"{where}: no such entry: {', '.join(strange)}; {hint}")
    hints = get_type_hints(kind)
    return {name: _fitting(f"{where}: {name}", hints[name], value) for name, value in declared.items()}


def worded(where: str, declared: Any) -> dict[str, str]:
    """Words in every language: those given, and the English where one lacks. A plain text stands for all."""
    told: Any = {"en": declared} if isinstance(declared, str) else declared
    if not isinstance(told, dict) or not all(isinstance(t, str) and t for t in told.values()) or "en" not in told:
        raise DeclarationError(
            f"{where}: give a text, or one for each language: en, and others of {', '.join(LANGUAGES)}"
        )
    if strange := [language for language in told if language not in LANGUAGES]:
        raise DeclarationError(f"{where}: no such language: {', '.join(strange)}; known: {', '.join(LANGUAGES)}")
    return {language: str(told.get(language, told["en"])) for language in LANGUAGES}


def _is_needed(one: Field[Any]) -> bool:
    return one.default is MISSING and one.default_factory is MISSING


def _fitting(where: str, hint: Any, value: Any) -> Any:
    origin, inner = get_origin(hint), get_args(hint)
    if origin is Literal:
        if value not in inner:
            raise DeclarationError(f"{where} is one of {', '.join(inner)}, not {value!r}")
        return value
    if origin is tuple:
        if not isinstance(value, list):
            raise DeclarationError(f"{where} is a list, not {value!r}")
        return tuple(_fitting(f"{where}[{i}]", inner[0], one) for i, one in enumerate(value))
    if origin is not None and issubclass(origin, Mapping):
        if not isinstance(value, dict):
            raise DeclarationError(f"{where} is a table of names and values, not {value!r}")
        return {name: _fitting(f"{where}.{name}", inner[1], one) for name, one in value.items()}
    if hint in SIMPLE:
        kinds = (int, float) if hint is float else hint
        if not isinstance(value, kinds) or isinstance(value, bool) != (hint is bool):
            raise DeclarationError(f"{where} is {SIMPLE[hint]}, not {value!r}")
        return float(value) if hint is float else value
    return value
