"""Values that estimates could have had, with the covariances of the items of a domain."""

from __future__ import annotations

from typing import Protocol

import numpy as np

from govindex.contracts import Float
from govindex.errors import DataError, Problems
from govindex.survey.intervals import quantiles

__all__ = ["drawn_errors", "drawn_values"]


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
    covariance = estimates.covariances[domain] + np.diag(errors**2 - estimates.se[domain] ** 2)
    spreads, axes = np.linalg.eigh(covariance)
    return np.asarray((axes * np.sqrt(np.maximum(spreads, 0.0))) @ axes.T)
