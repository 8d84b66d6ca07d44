"""How an exercise runs: what happens when, and when the situation changes, for each length."""

from __future__ import annotations

from dataclasses import dataclass

from legation.language import words

READ = words("Everybody reads the situation and the data annex; questions of fact go to the facilitator.")
PREPARE = words("Each role prepares on its own sheet and may talk to others in private.")
FIRST = words("First round: the delegations say what they seek and what they can give; the others are heard.")
REST = words("Break; talks go on in the corridor.")
SECOND = words("Second round: bargaining. Injects change the situation; each role says what that means for it.")
AGREE = words("The delegations write down what they agree on, each measure with its figure, year and source.")
DEBRIEF = words("The facilitator opens the key: what was said, what the figures say, and how sure they are.")


@dataclass(frozen=True)
class Plan:
    """Steps, each from and to a minute, and the minutes at which injects are given."""

    label: str
    steps: tuple[tuple[int, int, str], ...]
    injects: tuple[int, ...]


PLANS = {
    "90-minutes": Plan(
        words("90 minutes"),
        ((0, 10, READ), (10, 25, PREPARE), (25, 45, FIRST), (45, 70, SECOND), (70, 78, AGREE), (78, 90, DEBRIEF)),
        (47, 58),
    ),
    "half-day": Plan(
        words("half a day"),
        (
            (0, 25, READ), (25, 60, PREPARE), (60, 100, FIRST), (100, 115, REST), (115, 165, SECOND),
            (165, 185, AGREE), (185, 210, DEBRIEF),
        ),
        (118, 133, 148),
    ),
    "day": Plan(
        words("a day"),
        (
            (0, 45, READ), (45, 105, PREPARE), (105, 165, FIRST), (165, 225, REST), (225, 315, SECOND),
            (315, 345, AGREE), (345, 390, DEBRIEF),
        ),
        (230, 250, 270, 290),
    ),
}  # fmt: skip


def clock(minute: int) -> str:
    """A time since the beginning.

    >>> clock(95)
    '1:35'
    """
    return f"{minute // 60}:{minute % 60:02}"
