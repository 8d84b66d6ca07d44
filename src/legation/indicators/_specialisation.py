"""Which country is specialised in which field, how near fields are to each other, and the axis that divides them."""

from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from legation.errors import NoEvidenceError

LEAST_FIELDS = 3
ROUNDING = 1e-9
CLEAR_SIGN = 0.1
"""How far apart two correlations must be to choose the sign of an eigenvector."""

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Specialisation:
    """Countries × fields: `held` is 1 where a country is specialised, `surely` where all of its interval says so,
    `perhaps` where any of it does; `symmetric` is its symmetric RCA, -1 where it has no works."""

    countries: tuple[str, ...]
    fields: tuple[str, ...]
    held: Floats
    surely: Floats
    perhaps: Floats
    symmetric: Floats


def specialisation(
    advantage: pl.DataFrame, counts: pl.DataFrame, least: float, rca_threshold: float, counted: str = "articles"
) -> Specialisation:
    """What the countries with at least so many articles (or what else is counted) over all fields hold.

    Raises: NoEvidenceError where they have any in fewer than three fields.
    """
    whole = counts.filter(pl.col("scope") != "all").group_by("iso3").agg(pl.col(counted).sum())
    cells = advantage.join(whole.filter(pl.col(counted) >= least), on="iso3", how="semi")
    countries, row = np.unique(cells["iso3"].to_numpy().astype(str), return_inverse=True)
    fields, column = np.unique(cells["scope"].to_numpy().astype(str), return_inverse=True)
    if len(fields) < LEAST_FIELDS:
        raise NoEvidenceError(
            f"countries with {least:g} {counted} or more publish in {len(fields)} of the fields told apart; "
            f"how fields are related can be said of {LEAST_FIELDS} or more"
        )
    size = (len(countries), len(fields))
    held, surely, perhaps = (np.zeros(size) for _ in range(3))
    for found, end in ((held, "rca"), (surely, "rca_low"), (perhaps, "rca_high")):
        found[row, column] = cells[end].to_numpy() >= rca_threshold - ROUNDING
    symmetric = np.full(size, -1.0)
    symmetric[row, column] = cells["symmetric_rca"].to_numpy()
    return Specialisation(tuple(map(str, countries)), tuple(map(str, fields)), held, surely, perhaps, symmetric)


def that_hold(found: Specialisation) -> Specialisation:
    """The countries that hold a field, and the fields that are held.

    Raises: NoEvidenceError where these are fewer than three fields.
    """
    countries, fields = found.held.any(axis=1), found.held.any(axis=0)
    if fields.sum() < LEAST_FIELDS:
        raise NoEvidenceError(f"countries are specialised in {fields.sum()} fields; the index needs {LEAST_FIELDS}")
    return Specialisation(
        tuple(np.array(found.countries)[countries].tolist()),
        tuple(np.array(found.fields)[fields].tolist()),
        *(part[countries][:, fields] for part in (found.held, found.surely, found.perhaps, found.symmetric)),
    )


def proximity(held: Floats) -> Floats:
    """The smaller of the two conditional shares of countries, for each two fields; 0 where nobody holds both, and for a
    field and itself."""
    both = held.T @ held
    holders = np.diag(both)
    larger = np.maximum(np.maximum.outer(holders, holders), 1.0)
    near = both / larger
    np.fill_diagonal(near, 0.0)
    return near


def density(held: Floats, counted: Floats | None = None) -> Floats:
    """Countries × fields: the part of a field's proximity to all other fields that leads to fields the country holds.

    0 for a field that is near to no other. With `counted`, the part that leads to those instead.
    """
    near = proximity(held)
    whole = near.sum(axis=0)
    found: Floats = (held if counted is None else counted) @ near / np.where(whole > 0, whole, 1.0)
    return np.clip(found, 0.0, 1.0)


def density_table(found: Specialisation) -> pl.DataFrame:
    """Columns `scope`, `iso3`, `density` with the ends of its interval, and `held`."""
    country, field = np.indices(found.held.shape).reshape(2, -1)
    ends = {"density": found.held, "density_low": found.surely, "density_high": found.perhaps}
    return pl.DataFrame(
        {
            "scope": pl.Series(np.array(found.fields, dtype=object)[field], dtype=pl.String),
            "iso3": pl.Series(np.array(found.countries, dtype=object)[country], dtype=pl.String),
            **{name: density(found.held, counted).ravel() for name, counted in ends.items()},
            "held": found.held.astype(np.int64).ravel(),
        }
    )


def complexity(held: Floats) -> tuple[Floats, Floats]:
    """The second eigenvector of countries that hold like fields, and of fields that are held by like countries.

    Both in standard deviations from the mean of the countries, so that a country has the mean of the fields it holds.
    Countries that hold many fields and fields that few hold stand high: the two correlations that say so, together,
    choose the sign. Raises: NoEvidenceError where the vector or its sign is not determined.
    """
    diversity, ubiquity = held.sum(axis=1), held.sum(axis=0)
    balanced = held / np.sqrt(np.outer(diversity, ubiquity))
    try:
        values, vectors = np.linalg.eigh(balanced.T @ balanced)
    except np.linalg.LinAlgError as error:
        raise NoEvidenceError(f"the eigenvectors of who holds what cannot be found: {error}") from None
    _check(values)
    of_field = vectors[:, -2] / np.sqrt(ubiquity)
    of_country = held @ of_field / diversity
    sign = _correlation(of_country, diversity) - _correlation(of_field, ubiquity)
    if abs(sign) < CLEAR_SIGN:
        raise NoEvidenceError(
            "which end of the axis stands high is not known: it goes neither with how many fields countries hold "
            "nor with how few countries hold fields"
        )
    mean, deviation = of_country.mean(), np.sign(sign) * of_country.std()
    return (of_country - mean) / deviation, (of_field - mean) / deviation


def _correlation(one: Floats, other: Floats) -> float:
    """Pearson's correlation, 0 where either does not vary."""
    a, b = one - one.mean(), other - other.mean()
    size = float(np.sqrt((a @ a) * (b @ b)))
    return float(a @ b) / size if size > ROUNDING else 0.0


def _check(values: Floats) -> None:
    """That the second largest of the eigenvalues, which are given in ascending order, stands alone."""
    largest, second, third = values[-1], values[-2], values[-3]
    if largest - second < ROUNDING:
        raise NoEvidenceError(
            "countries and fields fall into parts that have nothing in common; they cannot be compared"
        )
    if second < ROUNDING:
        raise NoEvidenceError("all countries hold the same fields; nothing tells them apart")
    if second - third < ROUNDING:
        raise NoEvidenceError("two ways of ordering the countries are equally good; neither can be preferred")
