"""Declarations of one's own, put beside those of the package for as long as something is asked with them.

What is in use belongs to the thread or task that asks, as a decimal context does; nothing is registered, and two stores
opened with different folders do not see each other's declarations.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from pathlib import Path

from legation.model import Indicator, Lens, Technology


@dataclass(frozen=True)
class Own:
    """What a folder declares: indicators, technologies and lenses by identifier, the members of blocs by name."""

    folder: Path | None = None
    indicators: Mapping[str, Indicator] = field(default_factory=dict)
    technologies: Mapping[str, Technology] = field(default_factory=dict)
    lenses: Mapping[str, Lens] = field(default_factory=dict)
    blocs: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


NOTHING = Own()
_IN_USE: ContextVar[Own] = ContextVar("legation_own", default=NOTHING)


def in_use() -> Own:
    """The declarations that stand beside those of the package here and now."""
    return _IN_USE.get()


@contextmanager
def beside(own: Own) -> Iterator[None]:
    """Put declarations beside those of the package until the block ends."""
    token = _IN_USE.set(own)
    try:
        yield
    finally:
        _IN_USE.reset(token)
