"""What the back-test found, for answers to quote: `backtest.toml`, which `legation.backtest` writes."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, fields
from functools import cache
from importlib.resources import files

from legation.errors import DataError
from legation.language import words
from legation.phrasing import Phrasing, inside, percent

FILE = "backtest.toml"
LABELS = {
    "preferential_attachment": words("Preferential attachment"),
    "resource_allocation": words("Resource allocation"),
    "momentum": words("Momentum of five years"),
    "close_votes": words("Closeness of UN votes"),
    "few_joint_works": words("Few joint works"),
    "low_association": words("Low current association"),
    "gravity_headroom": words("Headroom over gravity"),
    "collaboration_potential": words("Potential for growth"),
}
"""The simple measures and the model, in words."""

POTENTIAL = words(
    "In a back-test over {homes} home countries in {years}, potential for growth ranked a partner with whom joint work "
    "then grew (the top quarter over five years) above one with whom it did not in {auc} of comparisons (95 % interval "
    "{low} to {high}); the best simple measure, {baseline}, did in {other}, and chance would in 50 %."
)
LENS = words(
    "In a back-test over all fields, {homes} home countries and {years}, this lens ranked a partner with whom joint "
    "work then grew (the top quarter over five years) above one with whom it did not in {auc} of comparisons (95 % "
    "interval {low} to {high})."
)
LENS_BELOW = words(
    "That is less than the best simple measure, {baseline}, did ({other}): the lens says whom a country may gain from, "
    "not which ties will grow."
)
LENS_ALIKE = words("That cannot be told from the best simple measure, {baseline} ({other}).")
HOME = words(
    "For {home} itself it did in {auc} of comparisons and {baseline} in {other}, on the mean of {years} years: too few "
    "for an interval."
)
LENS_ABOVE = words("That is more than the best simple measure, {baseline}, did ({other}).")


@dataclass(frozen=True)
class Measured:
    """Mean AUC of a predictor, its interval, and that of the best simple measure over the same ties."""

    auc: float
    low: float
    high: float
    baseline_auc: float
    above: float
    above_low: float
    above_high: float
    precision_at_10: float
    homes: int
    years: tuple[int, ...]


@dataclass(frozen=True)
class OfHome:
    """Mean AUC of the model and of the best simple measure over the years of one home country."""

    auc: float
    baseline_auc: float
    years: int


@dataclass(frozen=True)
class Backtested:
    """The result: on which build and evidence it stands, the best simple measure, and what was measured, by predictor;
    `by_year` holds the mean AUC of each year, `by_home` that of each home country."""

    build: str
    evidence: str
    baseline: str
    base_rate: float
    measured: Mapping[str, Measured]
    by_year: Mapping[str, Mapping[str, float]]
    by_home: Mapping[str, OfHome]


@cache
def result() -> Backtested:
    """The committed result. Raises: DataError where the file is not what `legation.backtest` writes."""
    return read(files("legation").joinpath(FILE).read_text(encoding="utf-8"))


def read(text: str) -> Backtested:
    """A result from its text."""
    try:
        told = tomllib.loads(text)
        measured = {
            name: Measured(**{**entry, "years": tuple(entry["years"])}) for name, entry in told.pop("measured").items()
        }
        homes = {iso3: OfHome(**entry) for iso3, entry in told.pop("by_home").items()}
        return Backtested(**told, measured=measured, by_home=homes)
    except (tomllib.TOMLDecodeError, AttributeError, KeyError, TypeError) as error:
        raise DataError(
            f"{FILE} is not a result of the back-test ({error}); write it with benchmarks/backtest.py"
        ) from None


def written(found: Backtested) -> str:
    """A result as text that `read` reads."""
    lines = [
        "# Written by benchmarks/backtest.py; answers quote it.",
        *(f'{name} = "{getattr(found, name)}"' for name in ("build", "evidence", "baseline")),
        f"base_rate = {found.base_rate!r}",
    ]
    for name, measured in found.measured.items():
        told = {f.name: getattr(measured, f.name) for f in fields(measured)}
        lines += ["", f"[measured.{name}]", *(f"{key} = {_plain(value)}" for key, value in told.items())]
    for name, years in found.by_year.items():
        lines += ["", f"[by_year.{name}]", *(f"{year} = {value!r}" for year, value in years.items())]
    lines += ["", "[by_home]"]
    for iso3, home in found.by_home.items():
        lines.append(f"{iso3} = {{ auc = {home.auc!r}, baseline_auc = {home.baseline_auc!r}, years = {home.years} }}")
    return "\n".join(lines) + "\n"


def sentence(name: str, say: Phrasing) -> str:
    """What was found of the model (`collaboration_potential`) or of a lens, in words of a language; nothing of a lens
    that was not measured."""
    found = result()
    if name not in found.measured:
        return ""
    measured = found.measured[name]
    told = {
        "homes": str(measured.homes),
        "years": say.listed([str(year) for year in measured.years]),
        "auc": percent(measured.auc),
        "low": percent(measured.low),
        "high": percent(measured.high),
        "baseline": inside(say(LABELS[found.baseline])),
        "other": percent(measured.baseline_auc),
    }
    if name in LABELS:
        return say(POTENTIAL, **told)
    against = LENS_BELOW if measured.above_high < 0 else LENS_ABOVE if measured.above_low > 0 else LENS_ALIKE
    return f"{say(LENS, **told)} {say(against, **told)}"


def sentence_of(iso3: str, name: str, say: Phrasing) -> str:
    """How the model did for one home country, called `name`; nothing where it was not followed in two years."""
    found = result()
    home = found.by_home.get(iso3)
    if home is None or home.years < 2:
        return ""
    baseline = inside(say(LABELS[found.baseline]))
    told = {"auc": percent(home.auc), "other": percent(home.baseline_auc), "years": home.years}
    return say(HOME, home=name, baseline=baseline, **told)


def _plain(value: float | tuple[int, ...]) -> str:
    return str(list(value)) if isinstance(value, tuple) else repr(value)
