"""Maps without borders: capitals as dots on the lines of the globe, and arcs between them."""

from __future__ import annotations

import math
import tomllib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

POINTS = 28
"""Of an arc."""
LABEL, LINE, DOT = 27.0, 14.0, 7.0
"""Pixels that the code of a country takes on a map: across, up; and its symbol."""
MARGIN, LEAST_ACROSS, LEAST_UP = 10.0, 40.0, 22.0
"""Degrees around what is shown, and the least that is shown."""
AWAY = ((1, 0), (-1, 0), (0, 1), (0, -1), (1, 1), (1, -1), (-1, 1), (-1, -1))
BOW = 0.16
"""How far an arc leaves the straight line at most, as a part of its length: to the left of the way it goes."""


@dataclass(frozen=True)
class Window:
    """The part of the world that a map shows, in degrees: around a longitude, and from its middle. No straight line of
    the map is anything on earth: degrees are drawn as they are, east to the right."""

    centre: float
    east: float
    north: float
    across: float
    up: float

    def scale(self, width: float, height: float) -> float:
        """Pixels of a degree."""
        return min(width / self.across, height / self.up)


def window(centre: float, shown: Iterable[str]) -> Window:
    """What holds all these countries' symbols, on a map around a longitude.

    >>> window(127.0, ["KOR", "JPN"])
    Window(centre=127.0, east=6.35, north=36.65, across=40.0, up=24.1)
    """
    places = [at(iso3) for iso3 in shown]
    easts = [around(place["longitude"], centre) for place in places]
    norths = [place["latitude"] for place in places]
    east, north = (max(easts) + min(easts)) / 2, (max(norths) + min(norths)) / 2
    across, up = max(easts) - min(easts), max(norths) - min(norths)
    bow = BOW * across
    return Window(
        centre, round(east, 2), round(north, 2), round(max(LEAST_ACROSS, across + 2 * MARGIN), 1),
        round(max(LEAST_UP, up + 2 * MARGIN, min(150.0, 2 * bow + 2 * MARGIN)), 1),
    )  # fmt: skip


@cache
def capitals() -> Mapping[str, tuple[float, float]]:
    """Longitude and latitude of each country's symbol."""
    text = files("legation").joinpath("capitals.toml").read_text(encoding="utf-8")
    return {iso3: (one["longitude"], one["latitude"]) for iso3, one in tomllib.loads(text).items()}


def around(longitude: float, centre: float) -> float:
    """A longitude in degrees east or west of the centre of a map.

    >>> around(170.0, -170.0), around(-77.0, 127.0)
    (-20.0, 156.0)
    """
    return (longitude - centre + 180) % 360 - 180


def arc(start: str, end: str, centre: float, properties: Mapping[str, object]) -> dict[str, Any]:
    """A flow as a GeoJSON feature: a curve from one capital to another on a map around a longitude, `properties`
    included. It never crosses the edge of the map."""
    (first, north), (last, south) = capitals()[start], capitals()[end]
    first, last = around(first, centre), around(last, centre)
    across, up = last - first, south - north
    curve = [
        [
            _turned(first + across * t - up * BOW * 4 * t * (1 - t), centre),
            round(max(-89.0, min(89.0, north + up * t + across * BOW * 4 * t * (1 - t))), 3),
        ]
        for t in (step / (POINTS - 1) for step in range(POINTS))
    ]
    return {"type": "Feature", "geometry": {"type": "LineString", "coordinates": curve}, **properties}


def _turned(degrees: float, centre: float) -> float:
    """Back to a longitude, which the edge of the map does not cut."""
    inside = max(-179.5, min(179.5, degrees))
    return round((inside + centre + 180) % 360 - 180, 3)


def dots(*but: str) -> Iterator[dict[str, float]]:
    """Every other country's symbol."""
    for iso3, (longitude, latitude) in sorted(capitals().items()):
        if iso3 not in but and latitude > -60:
            yield {"longitude": longitude, "latitude": latitude}


def at(iso3: str) -> dict[str, float]:
    """Where a country's symbol stands."""
    longitude, latitude = capitals()[iso3]
    return {"longitude": longitude, "latitude": latitude}


def with_labels(points: Sequence[Mapping[str, Any]], seen: Window, degree: float) -> list[dict[str, Any]]:
    """Points with the place of a label beside each, `named_at` and `named_north`: the nearest of those around it that
    touches neither a label placed before nor another symbol nor the edge of the map; the nearest of all where every
    one does. `degree` is how many pixels one takes."""
    edge = min(seen.across * degree / 2, 178 * degree - abs(seen.east) * degree) - LABEL
    symbols = [(around(point["longitude"], seen.centre) * degree, point["latitude"] * degree) for point in points]
    labels: list[tuple[float, float]] = []
    found = []
    for number, (point, (x, y)) in enumerate(zip(points, symbols, strict=True)):
        others = symbols[:number] + symbols[number + 1 :]
        tried = [
            (x + east * ring * (LABEL / 2 + DOT), y + north * ring * (LINE if east == 0 else LINE * 0.8))
            for ring in (1.0, 1.5, 2.0, 2.6)
            for east, north in AWAY
            if abs(x - seen.east * degree + east * ring * (LABEL / 2 + DOT)) < edge
        ] or [(x, y + LINE)]
        free = (
            one for one in tried
            if not _touches(one, labels, LABEL, LINE) and not _touches(one, others, (LABEL + DOT) / 2, (LINE + DOT) / 2)
        )  # fmt: skip
        at_x, at_y = next(free, tried[0])
        labels.append((at_x, at_y))
        place = {
            "named_at": round((at_x / degree + seen.centre + 180) % 360 - 180, 2),
            "named_north": round(at_y / degree, 2),
        }
        found.append({**point, **place})
    return found


def _touches(one: tuple[float, float], others: Sequence[tuple[float, float]], wide: float, high: float) -> bool:
    return any(abs(one[0] - x) < wide and abs(one[1] - y) < high for x, y in others)


def circle(number: int, of: int) -> tuple[float, float, float]:
    """Place and angle of one of many on a circle, from the top with the clock: x, y, and degrees.

    >>> circle(0, 4), circle(1, 4)
    ((0.0, 1.0, 0.0), (1.0, 0.0, 90.0))
    """
    turn = 2 * math.pi * number / of
    return round(math.sin(turn), 4), round(math.cos(turn), 4), round(360 * number / of, 2)
