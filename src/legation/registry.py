"""Find the declarations: the file name is the identifier, there is no list to edit."""

from __future__ import annotations

import importlib
import inspect
import math
import tomllib
from collections import ChainMap
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from functools import cache, partial
from importlib.resources import files
from types import ModuleType
from typing import Any, get_type_hints

from legation.beside import in_use
from legation.declaring import Declaration, DeclarationError, Declared, shaped, worded
from legation.errors import UserError, unknown
from legation.model import Caveat, EvidenceLine, Indicator, Lens, LensCriterion, Question, Source, Table, Technology

SCOPES = ("technology", "capabilities", "patent_technologies", "programme_parts", "fields", "patent_fields", "all")
"""Where a line of evidence may look, from the technology itself over neighbouring fields to all fields."""


@cache
def tables() -> Mapping[str, Table]:
    """Every kind of fact, by name."""
    return Declared("tables", partial(_module, "tables", "TABLE", Table, function="derive", required=False))


@cache
def sources() -> Mapping[str, Source]:
    """Every upstream, by identifier."""
    return Declared("sources", _source)


def indicators() -> Mapping[str, Indicator]:
    """Every indicator, by identifier; somebody's own too, where they are in use."""
    return _with(in_use().indicators, _indicators())


@cache
def questions() -> Mapping[str, Question]:
    """Every question that is answered, by the name of its answer."""
    return Declared("answers", partial(_module, "answers", "QUESTION", Question, function="ask", required=True))


def technologies() -> Mapping[str, Technology]:
    """Every technology, by identifier; somebody's own too, where they are in use."""
    return _with(in_use().technologies, _technologies())


def lenses() -> Mapping[str, Lens]:
    """Every lens partners are ranked under, by identifier; somebody's own too, where they are in use."""
    return _with(in_use().lenses, _lenses())


@cache
def caveats() -> Mapping[str, Caveat]:
    """The closed vocabulary of caveats."""
    text = files("legation").joinpath("caveats.toml").read_text(encoding="utf-8")
    return {name: Caveat(text=words["text"], id=name) for name, words in tomllib.loads(text).items()}


def labels() -> Mapping[str, Mapping[str, str]]:
    """What scopes, kinds, issues and roles are called, by language: `labels.toml`, and the technologies' own labels."""
    return _with({t.id: t.label for t in in_use().technologies.values()}, _labels())


def lens(identifier: str, where: str, declared: Any) -> Lens:
    """A lens as a TOML file declares it. Raises: DeclarationError, which names the file and the entry."""
    told = shaped(where, Lens, _worded(where, declared, "label", "asks"))
    told["criteria"] = {n: _criterion(f"{where}: criteria.{n}", c) for n, c in told["criteria"].items()}
    if not told["criteria"]:
        raise DeclarationError(f"{where}: declare at least one criterion, as [criteria.NAME]")
    told["admits"] = _lines(f"{where}: admits", told.get("admits", ()))
    for name in told.get("context", ()):
        _known(f"{where}: context", "indicator", indicators(), name)
    return Lens(**told, id=identifier)


@cache
def headings() -> Mapping[str, Mapping[str, str]]:
    """What the columns of answers are called, by language: `headings.toml`."""
    return tomllib.loads(files("legation").joinpath("headings.toml").read_text(encoding="utf-8"))


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


def optional_inputs(indicator: Indicator) -> frozenset[str]:
    """The inputs an indicator can do without: parameters that default to None."""
    parameters = inspect.signature(_function(indicator)).parameters
    return frozenset(name for name in inputs(indicator) if parameters[name].default is None)


def settings(indicator: Indicator) -> dict[str, Any]:
    """What a reader may set, with its default: the keyword-only parameters of `compute`."""
    return keywords_of(_function(indicator))


def is_relational(indicator: Indicator) -> bool:
    """Whether `compute` is an expression over lazy frames, which any engine can run."""
    return "LazyFrame" in str(get_type_hints(_function(indicator))["return"])


def facts_behind(indicator_id: str) -> tuple[str, ...]:
    """The tables an indicator finally stands on, through other indicators."""
    return (_facts_behind if indicator_id in in_use().indicators else _facts_behind_cached)(indicator_id)


def needs_records(indicator_id: str) -> bool:
    """Whether an indicator is computed from single works, and so when the store is built rather than when asked."""
    return any(tables()[name].records for name in facts_behind(indicator_id))


def _function(indicator: Indicator) -> Callable[..., Any]:
    assert indicator.compute is not None
    return indicator.compute


def _with(own: Mapping[str, Any], known: Mapping[str, Any]) -> Mapping[str, Any]:
    return ChainMap(known, own) if own else known  # type: ignore[arg-type]  # read only


@cache
def _indicators() -> Mapping[str, Indicator]:
    return Declared("indicators", _packaged_indicator)


@cache
def _technologies() -> Mapping[str, Technology]:
    return {n: technology(n, f"technologies/{n}.toml", declared) for n, declared in _folder("technologies")}


@cache
def _lenses() -> Mapping[str, Lens]:
    return {name: lens(name, f"lenses/{name}.toml", declared) for name, declared in _folder("lenses")}


@cache
def _labels() -> Mapping[str, Mapping[str, str]]:
    text = files("legation").joinpath("labels.toml").read_text(encoding="utf-8")
    return tomllib.loads(text) | {t.id: t.label for t in _technologies().values()}


def _facts_behind(indicator_id: str) -> tuple[str, ...]:
    found: list[str] = []
    for name in inputs(indicators()[indicator_id]):
        found += [name] if name in tables() else facts_behind(name)
    return tuple(dict.fromkeys(found))


_facts_behind_cached = cache(_facts_behind)


def _source(name: str) -> Source:
    source = _module("sources", "SOURCE", Source, name, function="tidy", required=True)
    _check_caveats(f"sources/{name}.py", source.caveats)
    return source


def _check_caveats(where: str, named: tuple[str, ...]) -> None:
    if strange := [c for c in named if c not in caveats()]:
        raise DeclarationError(f"{where}: no such caveat: {', '.join(strange)} (caveats.toml)")


def _packaged_indicator(name: str) -> Indicator:
    return indicator(name, f"indicators/{name}.py", importlib.import_module(f"legation.indicators.{name}"))


def indicator(name: str, where: str, module: ModuleType) -> Indicator:
    """The indicator a module declares. Raises: DeclarationError, which names the file and what it must say."""
    found = declared(name, where, module, "INDICATOR", Indicator, function="compute", required=True)
    strangers = [i for i in inputs(found) if i not in tables() and i not in indicators()]
    if strangers:
        raise DeclarationError(
            f"{where}: compute() asks for {', '.join(strangers)}, which is neither a table nor an indicator; name each "
            f"parameter after a file in tables/ or indicators/"
        )
    _check_caveats(where, found.caveats)
    return found


def _module(
    package: str, constant: str, kind: type[Declaration], name: str, *, function: str, required: bool
) -> Declaration:
    module = importlib.import_module(f"legation.{package}.{name}")
    return declared(name, f"{package}/{name}.py", module, constant, kind, function=function, required=required)


def declared(
    name: str, where: str, module: ModuleType, constant: str, kind: type[Declaration], *, function: str, required: bool
) -> Declaration:
    """What a module declares. Raises: DeclarationError, which names the file and what it must say."""
    found = getattr(module, constant, None)
    if not isinstance(found, kind):
        raise DeclarationError(f"{where}: declare {constant} = {kind.__name__}(…) there, or begin its name with _")
    work = getattr(module, function, None)
    if required and not callable(work):
        raise DeclarationError(f"{where}: define the function {function}() there")
    words = inspect.getdoc(module)
    if not words:
        raise DeclarationError(f"{where}: begin the file with a docstring that says what it is")
    given: dict[str, Any] = {function: work, "about" if kind in (Source, Question) else "meaning": words}
    return replace(found, id=name, **given)


def _folder(name: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """The TOML files of a folder, by the names of the files."""
    for file in sorted(files("legation").joinpath(name).iterdir(), key=lambda f: f.name):
        if file.name.endswith(".toml"):
            yield file.name.removesuffix(".toml"), tomllib.loads(file.read_text(encoding="utf-8"))


def technology(identifier: str, where: str, declared: dict[str, Any]) -> Technology:
    """A technology as a TOML file declares it. Raises: DeclarationError, which names the file and the entry."""
    told = shaped(where, Technology, _worded(where, declared, "label", "covers", "excludes", "limits"))
    told["topic_groups"] = {name: tuple(ids) for name, ids in told.get("topic_groups", {}).items()}
    return Technology(**told, id=identifier)


def _criterion(where: str, declared: Any) -> LensCriterion:
    told = shaped(where, LensCriterion, _worded(where, declared, "label", "supply"))
    told["lines"] = _lines(f"{where}: lines", told["lines"])
    if not told["lines"]:
        raise DeclarationError(f"{where}: give at least one line of evidence, as lines = [{{ indicator = … }}]")
    criterion = LensCriterion(**told)
    if not 0 <= criterion.weight < math.inf:
        raise DeclarationError(f"{where}: weight is a number from 0 on, not {criterion.weight:g}")
    return criterion


def _lines(where: str, declared: tuple[Any, ...]) -> tuple[EvidenceLine, ...]:
    return tuple(_line(f"{where}[{i}]", line) for i, line in enumerate(declared))


def _line(where: str, declared: Any) -> EvidenceLine:
    line = EvidenceLine(**shaped(where, EvidenceLine, declared))
    indicator = _known(where, "indicator", indicators(), line.indicator)
    for measure in (line.measure, *line.each):
        _known(where, f"measure of {indicator.id}", indicator.measures, measure)
    for scope in line.scopes:
        _known(where, "list of scopes", dict.fromkeys(SCOPES), scope)
    for column in line.where:
        _known(where, f"column that splits {indicator.id}", dict.fromkeys((*indicator.by, *indicator.key)), column)
    for source in line.not_from:
        _known(where, "source", sources(), source)
    if not line.scopes or line.window < 1:
        raise DeclarationError(f"{where}: needs scopes (of {', '.join(SCOPES)}) and a window of 1 year or more")
    return line


def _worded(where: str, declared: Any, *names: str) -> Any:
    """A declaration with the texts it gives in every language."""
    if not isinstance(declared, dict):
        return declared
    return declared | {name: worded(f"{where}: {name}", declared[name]) for name in names if name in declared}


def _known(where: str, kind: str, known: Mapping[str, Any], name: str) -> Any:
    try:
        return pick(kind, known, name)
    except UserError as error:
        raise DeclarationError(f"{where}: {error}") from None
