"""Blocs by name: the organisations of the store, and groups a reader names with their members."""

from __future__ import annotations

from collections.abc import Sequence

from legation.answers import _blocs
from legation.answers._blocs import Bloc
from legation.answers._composing import Composer
from legation.evaluation import Evaluator


def organisations(evaluator: Evaluator) -> list[str]:
    """The organisations and arrangements whose members the store lists."""
    held = Composer(evaluator, "").series(_blocs.MEMBERSHIPS)
    return [] if held.is_empty() else held["organisation"].unique().sort().to_list()


def blocs(evaluator: Evaluator, given: Sequence[str]) -> tuple[Bloc, ...]:
    """The blocs a reader names, with their members by the newest lists.

    Raises: UserError for one that cannot be read or is unknown, naming the nearest.
    """
    return _blocs.named(Composer(evaluator, ""), given)
