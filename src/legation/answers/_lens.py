"""The lens a reader asks for: one of those declared, with weights of the reader's own, or one from a file."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from legation import registry
from legation.declaring import DeclarationError, read_toml
from legation.errors import UserError, unknown
from legation.indicators._macro import INCOME_GROUPS
from legation.model import Lens

ALL = "all"
LARGEST_FILE_BYTES = 100_000


def chosen(name: str, default: str, weight: Sequence[str], file: Path | None, income: Sequence[str]) -> Lens:
    """The lens called `name`, or the one a file declares; weights from the file, then those given one by one; income
    groups other than its own.

    Raises: UserError for an unknown lens, criterion or income group, a weight that is no number from 0 on, weights that
    are all 0, and a file that cannot be read or does not say what it must.
    """
    lens = registry.pick("lens", registry.lenses(), name)
    if file:
        lens = _of_file(lens, name != default, file)
    return weighted(_of_income(lens, income), _given(weight))


def _of_income(lens: Lens, income: Sequence[str]) -> Lens:
    for group in income:
        registry.pick("income group", dict.fromkeys((*INCOME_GROUPS, ALL)), group)
    if ALL in income:
        return replace(lens, income_groups=())
    return replace(lens, income_groups=tuple(income)) if income else lens


def weighted(lens: Lens, weights: Mapping[str, Any]) -> Lens:
    """The lens with these weights; a criterion not named keeps its own."""
    for name, value in weights.items():
        if name not in lens.criteria:
            raise unknown(f"criterion of the lens {lens.id}", name, lens.criteria)
        if not _is_weight(value):
            raise UserError(f"the weight of {name} is {value!r}; give a number from 0 on")
    criteria = {n: replace(c, weight=float(weights.get(n, c.weight))) for n, c in lens.criteria.items()}
    if not any(c.weight for c in criteria.values()):
        raise UserError(f"every weight is 0; give at least one of {', '.join(criteria)} a weight above it")
    return replace(lens, criteria=criteria)


def _is_weight(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value < math.inf


def _given(weight: Sequence[str]) -> dict[str, float]:
    """Weights given as `name=value`."""
    found: dict[str, float] = {}
    for one in weight:
        name, equals, value = one.partition("=")
        if not equals or not name.strip():
            raise UserError(f"a weight is given as name=value, such as strength=2, not {one!r}")
        if name.strip() in found:
            raise UserError(f"the weight of {name.strip()} is given twice")
        try:
            found[name.strip()] = float(value)
        except ValueError:
            raise UserError(f"the weight of {name.strip()} is {value!r}; give a number from 0 on") from None
    return found


def _of_file(lens: Lens, named: bool, path: Path) -> Lens:
    """What a TOML file says: a lens of its own if it has `criteria`, else `weights` for the lens asked for."""
    declared = read_toml(path, "weights", LARGEST_FILE_BYTES)
    if "criteria" not in declared:
        strange = [name for name in declared if name != "weights"]
        if strange or not isinstance(declared.get("weights"), dict):
            raise UserError(
                f"{path}: give [weights], a number for each of {', '.join(lens.criteria)}, or a whole lens with "
                f"[criteria.NAME]" + (f"; not {', '.join(strange)}" if strange else "")
            )
        try:
            return weighted(lens, declared["weights"])
        except UserError as error:
            raise UserError(f"{path}: {error}") from None
    if named:
        raise UserError(f"{path} is a lens of its own; leave out --lens {lens.id}")
    try:
        return registry.lens(path.stem, str(path), declared)
    except DeclarationError as error:
        raise UserError(str(error)) from None
