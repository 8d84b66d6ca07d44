"""Mistakes of the publisher that are mended on the way in: data, one file a source, each with a guard.

A correction says why, who found it, which institution on which affiliation is meant, and what is changed. `expect` says
how many authorships it must change at least once so many works have been read; if it changes fewer, the publisher has
mended the mistake and the correction must go.
"""

from __future__ import annotations

import hashlib
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import files
from typing import Any

from legation.errors import DataError

CHANGES = ("drop_institution",)
"""`drop_institution`: the author was not there; countries are those of the author's other institutions."""


@dataclass(frozen=True)
class Correction:
    """One entry. `affiliation` is a regular expression (RE2) on the affiliation as it was printed."""

    id: str
    reason: str
    reporter: str
    ror: str
    affiliation: str
    change: str
    expected_in_works: int
    expected_authorships: int

    @property
    def key(self) -> str:
        """A hash of what it does, by which records tell which corrections they were made with."""
        return hashlib.sha256("\0".join((self.ror, self.affiliation, self.change)).encode()).hexdigest()[:12]


def of_source(source: str) -> tuple[Correction, ...]:
    """The corrections of a source, in the order of its file.

    Raises: DataError if an entry does not say what it must.
    """
    name = f"corrections/{source}.toml"
    text = files("legation").joinpath("corrections", f"{source}.toml").read_text(encoding="utf-8")
    return tuple(_correction(name, identifier, entry) for identifier, entry in tomllib.loads(text).items())


def require_expected(corrections: Sequence[Correction], changed: Mapping[str, int], works: int) -> None:
    """Stop where a correction finds less to mend than it must; `changed` counts authorships by `key`.

    Raises: DataError that names the correction, what was expected and what was found.
    """
    for correction in corrections:
        found = changed.get(correction.key, 0)
        if works >= correction.expected_in_works and found < correction.expected_authorships:
            raise DataError(
                f"the correction {correction.id} changed {found:,} authorships in {works:,} works, fewer than the "
                f"{correction.expected_authorships:,} expected: the publisher seems to have mended this; look at it, "
                f"and take the entry out of corrections/openalex.toml (records it did not change are kept)"
            )


def _correction(name: str, identifier: str, entry: Mapping[str, Any]) -> Correction:
    try:
        found = Correction(
            identifier,
            entry["reason"],
            entry["reporter"],
            entry["match"]["ror"],
            entry["match"]["affiliation"],
            entry["change"],
            entry["expect"]["in_works"],
            entry["expect"]["authorships"],
        )
    except (KeyError, TypeError) as error:
        raise DataError(f"{name}: {identifier} lacks {error}; see the entries beside it") from None
    if found.change not in CHANGES:
        raise DataError(f"{name}: {identifier} has the change {found.change!r}; known: {', '.join(CHANGES)}")
    return found
