"""How far a reader may set an indicator: within the kind of its default, and within what can be computed in time."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from legation import registry
from legation.errors import UserError, unknown
from legation.model import Indicator

BOUNDS = {
    "draws": (1, 10_000),
    "network_position.draws": (1, 200),
    "lead_lag.draws": (1, 1_000),
    "seeds": (1, 200),
    "window_years": (1, 100),
    "horizon_years": (1, 50),
}
"""Of a setting, or of that of one indicator. A scope and year of the embedded pack takes at most about five seconds of
a processor; where the draws by default take as long already, no more are made. Other numbers are 0 or above."""


def check_settings(indicator: Indicator, settings: Mapping[str, Any]) -> None:
    """Raises: UserError for a setting the indicator does not have, or a value of another kind or out of bounds."""
    known = registry.settings(indicator)
    for name, value in settings.items():
        if name not in known:
            raise unknown(f"setting of {indicator.id}", name, known, "" if known else "it has none")
        bounds = BOUNDS.get(f"{indicator.id}.{name}") or BOUNDS.get(name)
        least, most = bounds or (0, math.inf)
        kind = (int, float) if isinstance(known[name], float) else type(known[name])
        fits = isinstance(value, kind) and isinstance(value, bool) == isinstance(known[name], bool)
        if not fits or (isinstance(value, int | float) and not least <= value <= most):
            raise UserError(
                f"setting {name} of {indicator.id} cannot be {value!r}; it is {known[name]!r} by default"
                + (f" and from {least} to {most}" if bounds else "")
            )
