"""Find the declarations: the file name is the identifier, there is no list to edit."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
import tomllib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import MISSING, fields, replace
from functools import cache, partial
from importlib.resources import files
from typing import Any, TypeVar, get_type_hints

from legation.errors import LegationError, unknown
from legation.model import Caveat, Indicator, Question, Source, Table, Technology

Named = Mapping[str, Any]

Declaration = TypeVar("Declaration", Table, Source, Indicator, Question)


class DeclarationError(LegationError):
    """A declaration file that does not say what it must; the message says how to mend it."""


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


@cache
def tables() -> Mapping[str, Table]:
    """Every kind of fact, by name."""
    return Declared("tables", partial(_module, "tables", "TABLE", Table, function="derive", required=False))


@cache
def sources() -> Mapping[str, Source]:
    """Every upstream, by identifier."""
    return Declared("sources", _source)


@cache
def indicators() -> Mapping[str, Indicator]:
    """Every indicator, by identifier."""
    return Declared("indicators", _indicator)


@cache
def questions() -> Mapping[str, Question]:
    """Every question that is answered, by the name of its answer."""
    return Declared("answers", partial(_module, "answers", "QUESTION", Question, function="ask", required=True))


@cache
def technologies() -> Mapping[str, Technology]:
    """Every technology, by identifier."""
    found = {}
    for file in sorted(files("legation").joinpath("technologies").iterdir(), key=lambda f: f.name):
        if file.name.endswith(".toml"):
            identifier = file.name.removesuffix(".toml")
            found[identifier] = _technology(identifier, tomllib.loads(file.read_text(encoding="utf-8")))
    return found


@cache
def caveats() -> Mapping[str, Caveat]:
    """The closed vocabulary of caveats."""
    text = files("legation").joinpath("caveats.toml").read_text(encoding="utf-8")
    return {name: Caveat(text=words["text"], id=name) for name, words in tomllib.loads(text).items()}


@cache
def labels() -> Mapping[str, Mapping[str, str]]:
    """What scopes, kinds, issues and roles are called, by language: `labels.toml`, and the technologies' own labels."""
    text = files("legation").joinpath("labels.toml").read_text(encoding="utf-8")
    return tomllib.loads(text) | {t.id: t.label for t in technologies().values()}


def pick(kind: str, known: Mapping[str, Any], name: str) -> Any:
    """The declaration called `name`, or an error that suggests the nearest."""
    if name in known:
        return known[name]
    raise unknown(kind, name, known)


def parameters_of(function: Callable[..., Any]) -> tuple[str, ...]:
    """The names of the positional parameters of a function: what it is computed from."""
    parameters = inspect.signature(function).parameters.values()
    return tuple(p.name for p in parameters if p.kind is p.POSITIONAL_OR_KEYWORD)


def keywords_of(function: Callable[..., Any]) -> dict[str, Any]:
    """The keyword-only parameters of a function, with their defaults."""
    parameters = inspect.signature(function).parameters.values()
    return {p.name: p.default for p in parameters if p.kind is p.KEYWORD_ONLY}


def places(question: Question) -> tuple[str, ...]:
    """What a question is about: the positional parameters of `ask` but the composer."""
    assert question.ask is not None
    return parameters_of(question.ask)[1:]


def options(question: Question) -> dict[str, Any]:
    """What may be set about a question, with its default: the keyword-only parameters of `ask`."""
    assert question.ask is not None
    return keywords_of(question.ask)


def inputs(indicator: Indicator) -> tuple[str, ...]:
    """What an indicator is computed from: tables, or other indicators."""
    return parameters_of(_function(indicator))


def settings(indicator: Indicator) -> dict[str, Any]:
    """What a reader may set, with its default: the keyword-only parameters of `compute`."""
    return keywords_of(_function(indicator))


def is_relational(indicator: Indicator) -> bool:
    """Whether `compute` is an expression over lazy frames, which any engine can run."""
    return "LazyFrame" in str(get_type_hints(_function(indicator))["return"])


@cache
def facts_behind(indicator_id: str) -> tuple[str, ...]:
    """The tables an indicator finally stands on, through other indicators."""
    found: list[str] = []
    for name in inputs(indicators()[indicator_id]):
        found += [name] if name in tables() else facts_behind(name)
    return tuple(dict.fromkeys(found))


def needs_records(indicator_id: str) -> bool:
    """Whether an indicator is computed from single works, and so when the store is built rather than when asked."""
    return any(tables()[name].records for name in facts_behind(indicator_id))


def _function(indicator: Indicator) -> Callable[..., Any]:
    assert indicator.compute is not None
    return indicator.compute


def _source(name: str) -> Source:
    source = _module("sources", "SOURCE", Source, name, function="tidy", required=True)
    _check_caveats(f"sources/{name}.py", source.caveats)
    return source


def _check_caveats(where: str, named: tuple[str, ...]) -> None:
    if strange := [c for c in named if c not in caveats()]:
        raise DeclarationError(f"{where}: no such caveat: {', '.join(strange)} (caveats.toml)")


def _indicator(name: str) -> Indicator:
    indicator = _module("indicators", "INDICATOR", Indicator, name, function="compute", required=True)
    where = f"indicators/{name}.py"
    strangers = [i for i in inputs(indicator) if i not in tables() and i not in indicators()]
    if strangers:
        raise DeclarationError(
            f"{where}: compute() asks for {', '.join(strangers)}, which is neither a table nor an indicator; name each "
            f"parameter after a file in tables/ or indicators/"
        )
    _check_caveats(where, indicator.caveats)
    return indicator


def _module(
    package: str, constant: str, kind: type[Declaration], name: str, *, function: str, required: bool
) -> Declaration:
    where = f"{package}/{name}.py"
    module = importlib.import_module(f"legation.{package}.{name}")
    declared = getattr(module, constant, None)
    if not isinstance(declared, kind):
        raise DeclarationError(f"{where}: declare {constant} = {kind.__name__}(…) there, or begin its name with _")
    work = getattr(module, function, None)
    if required and not callable(work):
        raise DeclarationError(f"{where}: define the function {function}() there")
    words = inspect.getdoc(module)
    if not words:
        raise DeclarationError(f"{where}: begin the file with a docstring that says what it is")
    given: dict[str, Any] = {function: work, "about" if kind in (Source, Question) else "meaning": words}
    return replace(declared, id=name, **given)


def _technology(identifier: str, declared: dict[str, Any]) -> Technology:
    where = f"technologies/{identifier}.toml"
    known = {f.name: f for f in fields(Technology) if f.name != "id"}
    absent = [n for n, f in known.items() if n not in declared and f.default_factory is MISSING]
    if absent:
        raise DeclarationError(f"{where}: missing {', '.join(absent)}")
    strange = [name for name in declared if name not in known]
    if strange:
        raise DeclarationError(f"{where}: no such entry: {', '.join(strange)}; known: {', '.join(known)}")
    frozen: dict[str, Any] = {k: tuple(v) if isinstance(v, list) else v for k, v in declared.items()}
    groups = {name: tuple(ids) for name, ids in declared.get("topic_groups", {}).items()}
    return Technology(**{**frozen, "topic_groups": groups, "id": identifier})
