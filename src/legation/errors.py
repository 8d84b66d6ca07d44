"""The few kinds of error, each able to say what is wrong, where, what was known and what to do."""

from collections.abc import Iterable
from difflib import get_close_matches


class LegationError(Exception):
    """Anything a person can mend; surfaces print its text and never a traceback."""


class UserError(LegationError):
    """What was asked for does not exist or does not fit: exit code 2, HTTP 404 or 422."""


class NoEvidenceError(UserError):
    """The store holds nothing that answers this; answers say so in words."""


class DataError(LegationError):
    """Records that cannot be taken in: a raw file, or a table somebody brings."""


class StoreError(LegationError):
    """A store that is missing, truncated or altered."""


def unknown(kind: str, given: str, known: Iterable[str], hint: str = "") -> UserError:
    """An error that names the nearest of what is known.

    >>> print(unknown("technology", "quantun", ["quantum", "space"]))
    unknown technology 'quantun'; did you mean quantum?
    """
    names = sorted(set(known))
    near = nearest(given, names)
    advice = f"did you mean {', '.join(near)}?" if near else hint or f"known: {', '.join(names) or 'none'}"
    return UserError(f"unknown {kind} {given!r}; {advice}")


def nearest(given: str, known: Iterable[str]) -> list[str]:
    """What of the known is written most like what was given, best first, whatever the case."""
    folded = {name.casefold(): name for name in sorted(set(known), reverse=True)}
    return [folded[name] for name in get_close_matches(given.casefold(), folded, n=4, cutoff=0.5)]
