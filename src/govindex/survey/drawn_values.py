"""Values that estimates could have had, with the covariances of the items of a domain."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol

import numpy as np

from govindex.contracts import Float
from govindex.errors import DataError, Problems
from govindex.survey.intervals import quantiles

__all__ = ["drawn_errors", "drawn_values", "joint_errors"]


class Estimated(Protocol):
    """What estimates have: arrays of shape (domains, items)."""

    @property
    def domains(self) -> tuple[str, ...]:
        """The domains."""

    @property
    def items(self) -> tuple[str, ...]:
        """The items."""

    @property
    def value(self) -> Float:
        """The values."""

    @property
    def se(self) -> Float:
        """Their standard errors."""

    @property
    def df(self) -> Float:
        """Their degrees of freedom."""

    @property
    def low(self) -> Float:
        """The lower limits of their intervals."""

    @property
    def high(self) -> Float:
        """The upper limits."""

    @property
    def level(self) -> float:
        """The confidence of the intervals."""

    @property
    def covariances(self) -> Float | None:
        """Covariances, shape (domains, items, items)."""

    @property
    def replicates(self) -> Float | None:
        """Values of replicates, shape (replicates, domains, items)."""

    @property
    def factors(self) -> Float | None:
        """What squared deviations of replicates count."""


def drawn_errors(estimates: Estimated) -> Float:
    """Return the standard errors; at a bound, where all answers agree, those of the interval."""
    with np.errstate(invalid="ignore", divide="ignore"):
        reach = (estimates.high - estimates.low) / 2 / quantiles(estimates.df, estimates.level)
    return np.asarray(np.where((estimates.se == 0) & (reach > 0), reach, estimates.se))


def joint_errors(
    estimates: Estimated, items: Sequence[str], rows: Sequence[int], units: int
) -> dict[str, Any]:
    """Return the errors of items as those of observations, each domain in the row of its unit."""
    columns = [estimates.items.index(item) for item in items]
    count = len(columns)
    errors = np.full((units, count), np.nan)
    errors[rows] = drawn_errors(estimates)[:, columns]
    fields: dict[str, Any] = {"errors": errors}
    if (given := estimates.covariances) is not None:
        covariances = np.full((units, count, count), np.nan)
        limit = errors[rows][:, :, None] * errors[rows][:, None, :]
        chosen = given[:, columns][:, :, columns]
        chosen = (chosen + np.swapaxes(chosen, 1, 2)) / 2  # of what rounding leaves
        covariances[rows] = np.clip(chosen, -limit, limit)
        every = np.arange(count)
        covariances[:, every, every] = errors**2
        fields["covariances"] = (items, covariances)
    if (drawn := estimates.replicates) is not None:
        replicates = np.full((len(drawn), units, count), np.nan)
        replicates[:, rows] = drawn[:, :, columns]
        factors = [] if estimates.factors is None else [estimates.factors]
        fields["replicates"] = (items, replicates, *factors)
    return fields


def drawn_values(estimates: Estimated, draws: int, seed: tuple[int, ...]) -> Float:
    """Return drawn values, shape (draws, domains, items)."""
    errors = drawn_errors(estimates)
    problems = Problems()
    for domain, item in np.argwhere(np.isnan(estimates.value) | np.isnan(errors)).tolist():
        problems.add(
            "the value or its error is not known",
            code="survey.unknown",
            unit=estimates.domains[domain],
            variable=estimates.items[item],
            cure="leave the domain or the item out",
        )
    problems.raise_any(DataError, "Values cannot be drawn")
    if _are_bootstrapped(estimates) and estimates.replicates is not None:
        return np.asarray(estimates.replicates[np.arange(draws) % len(estimates.replicates)])
    rng = np.random.default_rng(seed)
    values = np.empty((draws, *estimates.value.shape))
    # In the order of codes, so that the order of domains does not matter.
    for domain in np.argsort(np.array(estimates.domains, dtype=object)).tolist():
        normal = rng.standard_normal((draws, len(estimates.items)))
        root = _root(estimates, domain, errors[domain])
        values[:, domain] = estimates.value[domain] + normal @ root
    return values


def _are_bootstrapped(estimates: Estimated) -> bool:
    """Return whether replicates are draws: they all count 1 / replicates."""
    factors = estimates.factors
    return factors is not None and bool(np.allclose(factors, 1 / len(factors), rtol=1e-9))


def _root(estimates: Estimated, domain: int, errors: Float) -> Float:
    """Return a matrix whose square is the covariance of the items."""
    if estimates.covariances is None:
        return np.diag(errors)
    known = np.nan_to_num(estimates.covariances[domain])  # unknown ones count as none
    covariance = known + np.diag(errors**2 - estimates.se[domain] ** 2)
    spreads, axes = np.linalg.eigh(covariance)
    return np.asarray((axes * np.sqrt(np.maximum(spreads, 0.0))) @ axes.T)
