"""What a tool is: its name, what it is for, what it takes and gives, and how it is run."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from legation.errors import UserError
from legation.surfaces.mcp import schemas
from legation.surfaces.mcp.telling import Told
from legation.surfaces.parameters import Parameter, read_json

ROWS, MOST_ROWS = 12, 500
OF_ROWS = Parameter(
    "rows", "At most so many rows of each table; what is left out is said", "integer", default=ROWS, least=1,
    most=MOST_ROWS,
)  # fmt: skip
OWN_PARAMETERS = ("identifier", "self", "source", "scope", "year", "window")
"""What an indicator takes beside its settings, and no setting can be called."""


@dataclass(frozen=True)
class Tool:
    """One tool; with `settings`, it takes those of an indicator as an object."""

    name: str
    title: str
    description: str
    parameters: tuple[Parameter, ...]
    output: Mapping[str, Any]
    run: Callable[[dict[str, Any]], Told]
    settings: bool = False

    @property
    def schema(self) -> dict[str, Any]:
        """What it takes, as JSON Schema."""
        return schemas.taken(self.parameters, {"settings": schemas.SETTINGS} if self.settings else {})

    def call(self, given: Mapping[str, Any]) -> Told:
        """Run it. Raises: UserError, of parameters that cannot be read a ParameterError."""
        more = {"settings": _settings(given["settings"])} if self.settings and given.get("settings") else {}
        known = {name: value for name, value in given.items() if not (self.settings and name == "settings")}
        return self.run(read_json(self.parameters, known) | more)


def _settings(given: Any) -> dict[str, Any]:
    if not isinstance(given, dict) or not all(isinstance(v, bool | int | float | str) for v in given.values()):
        raise UserError('settings are given as an object of names and values, such as {"draws": 500}')
    if taken := [name for name in given if name in OWN_PARAMETERS]:
        raise UserError(f"{taken[0]} is not a setting; give it as a parameter of its own")
    return {str(name): value for name, value in given.items()}
