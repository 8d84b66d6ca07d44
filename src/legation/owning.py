"""A folder of one's own declarations: `indicators/*.py`, `technologies/*.toml`, `lenses/*.toml` and `blocs.toml`.

Each file is written as those of the package are, and its name is its identifier. An indicator is Python code, and runs
with the rights of whoever names the folder: name only folders you trust.
"""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import fields, replace
from pathlib import Path
from types import ModuleType
from typing import Any, TypeVar

import polars as pl

from legation import countries, examples, registry
from legation.beside import NOTHING, Own, beside
from legation.declaring import DeclarationError
from legation.engine import open_engine
from legation.errors import LegationError, UserError, nearest
from legation.model import Technology

FOLDERS = {"indicators": ".py", "technologies": ".toml", "lenses": ".toml"}
BLOCS = "blocs.toml"

Declared = TypeVar("Declared")


def read_folder(folder: Path | str | None) -> Own:
    """The declarations in a folder; nothing for none.

    Raises: UserError if it is not there or holds nothing of the kind; DeclarationError, which names the file and what
    it must say, or the declaration of the package that has the same name.
    """
    if folder is None:
        return NOTHING
    root = Path(folder)
    _require_declarations(root)
    own = replace(NOTHING, folder=root)
    own = replace(own, technologies=_each(root, "technologies", registry.technologies(), _technology))
    for path in _files(root, "indicators"):  # one by one: an indicator may stand on another
        with beside(own):
            found = _named(path, registry.indicators(), _indicator)
        own = replace(own, indicators={**own.indicators, path.stem: found})
    with beside(own):
        own = replace(own, lenses=_each(root, "lenses", registry.lenses(), _lens))
    return replace(own, blocs=_blocs(root / BLOCS))


def check_folder(folder: Path) -> tuple[list[str], bool]:
    """What a folder declares, in lines of text, and whether every worked example gives what it says."""
    own = read_folder(folder)
    lines = [f"technology {name}: {one.label['en']}" for name, one in own.technologies.items()]
    lines += [f"lens {name}: {len(one.criteria)} criteria" for name, one in own.lenses.items()]
    lines += [f"bloc {name}: {len(members)} members" for name, members in own.blocs.items()]
    sound = True
    for name, indicator in own.indicators.items():
        with beside(own):
            try:
                result = examples.run(indicator, open_engine("polars"))
                wrong = examples.differences(indicator, result)
            except (LegationError, pl.exceptions.PolarsError) as error:
                wrong = [str(error)]
        sound &= not wrong
        told = "the worked example gives what it says" if not wrong else "the worked example does not hold:"
        lines += [f"indicator {name}: {told}", *(f"  {line}" for line in wrong)]
    return lines, sound


def _require_declarations(root: Path) -> None:
    if not root.is_dir():
        raise UserError(f"no folder {root}; it holds {', '.join(f'{n}/*{e}' for n, e in FOLDERS.items())} and {BLOCS}")
    names = [path.name for path in root.iterdir() if not path.name.startswith((".", "_"))]
    strange = [name for name in sorted(names) if (root / name).is_dir() and name not in FOLDERS]
    for name in strange:
        if near := nearest(name, FOLDERS):
            raise UserError(f"{root} has a folder {name}; did you mean {near[0]}?")
    if not any(_files(root, name) for name in FOLDERS) and not (root / BLOCS).is_file():
        raise UserError(f"{root} declares nothing: it holds no {', '.join(f'{n}/*{e}' for n, e in FOLDERS.items())}")


def _files(root: Path, folder: str) -> list[Path]:
    return sorted(p for p in (root / folder).glob(f"*{FOLDERS[folder]}") if not p.name.startswith(("_", ".")))


def _each(root: Path, folder: str, known: Mapping[str, Any], read: Callable[[Path], Declared]) -> dict[str, Declared]:
    return {path.stem: _named(path, known, read) for path in _files(root, folder)}


def _named(path: Path, known: Mapping[str, Any], read: Callable[[Path], Declared]) -> Declared:
    if path.stem in known:
        raise DeclarationError(f"{path.name}: there is one called {path.stem} already; call yours something else")
    return read(path)


def _toml(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise DeclarationError(f"{path.name} cannot be read as TOML: {error}") from None


def _technology(path: Path) -> Any:
    """Lists that find no evidence may be left out; what it covers, leaves out and cannot say may not."""
    lists: dict[str, Any] = {f.name: [] for f in fields(Technology) if f.type == "tuple[str, ...]"}
    return registry.technology(path.stem, path.name, lists | _toml(path))


def _lens(path: Path) -> Any:
    return registry.lens(path.stem, path.name, _toml(path))


def _indicator(path: Path) -> Any:
    return registry.indicator(path.stem, path.name, _module(path))


def _module(path: Path) -> ModuleType:
    """The module in a file, always from its text: compiled code is kept by the second, and edits come faster."""
    module = ModuleType(f"legation_own_{path.stem}")
    module.__file__ = str(path)
    try:
        exec(compile(path.read_bytes(), path, "exec", dont_inherit=True), module.__dict__)
    except Exception as error:
        raise DeclarationError(f"{path.name} cannot be read: {type(error).__name__}: {error}{_line(error)}") from None
    return module


def _line(error: BaseException) -> str:
    """Where in the file it happened: a mistake in Python code is found by its line."""
    trace, last = error.__traceback__, 0
    while trace is not None:
        last, trace = trace.tb_lineno, trace.tb_next
    number = error.lineno if isinstance(error, SyntaxError) else last
    return f" (line {number})" if number else ""


def _blocs(path: Path) -> dict[str, tuple[str, ...]]:
    if not path.is_file():
        return {}
    return dict(_members(path, _toml(path)))


def _members(path: Path, told: Mapping[str, Any]) -> Iterator[tuple[str, tuple[str, ...]]]:
    for name, members in told.items():
        if not isinstance(members, list) or not members or not all(isinstance(m, str) for m in members):
            raise DeclarationError(f'{path.name}: {name}: give its members, such as "Chip 4" = ["KOR", "JPN"]')
        if set(",=+") & set(name):
            raise DeclarationError(f"{path.name}: {name!r}: the name of a bloc holds no comma, = or +")
        try:
            yield name, tuple(dict.fromkeys(countries.resolve(one) for one in members))
        except UserError as error:
            raise DeclarationError(f"{path.name}: {name}: {error}") from None
