"""Distributions of single values, by their standard errors and limits."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Literal

import attrs
import numpy as np

from govindex.contracts import Bool, Float
from govindex.errors import Problems
from govindex.kernels.logit_normals import GRID, LARGEST, coefficients, logistic, logit_normal
from govindex.robustness.variations.protocols import Ends

__all__ = ["Distribution", "ErrorMargins", "error_margins"]

Distribution = Literal["normal", "uniform", "logit-normal"]
Limits = Mapping[str, Ends]


@attrs.frozen(eq=False)
class ErrorMargins:
    """The distributions of values of a variable, one for each unit.

    Parameters
    ----------
    sizes : array, shape (units,)
        Standard errors; 0 where a value does not vary.
    uniform : bool
        Between the ends that give this standard deviation; else normal or by `bounded`.
    bounded : BoundedMargins, optional
    """

    sizes: Float
    uniform: bool = False
    bounded: BoundedMargins | None = None

    def shifts(self, normal: Float) -> Float:
        """Return what is added to the values, of standard normal numbers, shape (…, units)."""
        if self.bounded is not None:
            return self.bounded.shifts(normal)
        if self.uniform:
            from scipy import special

            return np.asarray((2.0 * special.ndtr(normal) - 1.0) * (np.sqrt(3.0) * self.sizes))
        return normal * self.sizes

    def coefficients(self) -> Float:
        """Return Hermite coefficients, shape (units, orders)."""
        grid = np.broadcast_to(GRID[:, None], (len(GRID), len(self.sizes)))
        return coefficients(np.ascontiguousarray(self.shifts(grid).T))


@attrs.frozen(eq=False)
class BoundedMargins:
    """Logit-normal values between two limits, shape (units,) each.

    A value at a limit, or so near that no such distribution has its mean and its error, is drawn
    inwards: half of a normal distribution that begins at the limit, whose root mean square distance
    from the value is the error.

    Parameters
    ----------
    low, high : array
    values : array
    mu, sigma : array
        Of the logit of what lies between the limits; 0 elsewhere.
    inside : array of bool
        Values that vary and lie between the limits.
    turned : array
        The spread of values that are drawn inwards: above 0 from the low limit, below 0 from the
        high one, else 0.
    """

    low: Float
    high: Float
    values: Float
    mu: Float
    sigma: Float
    inside: Bool
    turned: Float

    def shifts(self, normal: Float) -> Float:
        """Return what is added to the values, of standard normal numbers, shape (…, units)."""
        wide = self.high - self.low
        drawn = self.low + wide * logistic(self.mu + self.sigma * normal) - self.values
        shifts = np.where(self.inside, drawn, 0.0)
        if self.turned.any():
            from scipy import special

            half = special.ndtri(0.5 + 0.5 * special.ndtr(np.sign(self.turned) * normal))
            begins = np.where(self.turned > 0, self.low, self.high)
            drawn = begins + np.clip(self.turned * half, -wide, wide) - self.values
            shifts = np.where(self.turned == 0.0, shifts, drawn)
        return np.asarray(shifts)


def error_margins(
    variables: Sequence[str],
    sizes: Mapping[str, Float],
    values: Mapping[str, Float],
    units: Sequence[str],
    settings: tuple[Distribution | None, Limits],
    problems: Problems,
) -> dict[str, ErrorMargins]:
    """Return the distributions of variables; note values that their limits do not allow.

    Parameters
    ----------
    variables : sequence of str
    sizes, values : mapping of str to array, shape (units,)
    units : sequence of str
        Codes, for messages.
    settings : (distribution, limits)
        By default normal, and logit-normal for variables with limits.
    """
    distribution, limits = settings
    margins = {}
    for name in variables:
        size = sizes[name]
        if distribution == "uniform":
            margins[name] = ErrorMargins(size, uniform=True)
        elif distribution == "normal" or name not in limits:
            margins[name] = ErrorMargins(size)
        else:
            bounded = _bounded(name, size, values[name], limits[name], units, problems)
            margins[name] = ErrorMargins(size, bounded=bounded)
    return margins


def _bounded(
    name: str,
    size: Float,
    values: Float,
    limits: Ends,
    units: Sequence[str],
    problems: Problems,
) -> BoundedMargins:
    low, high = (np.broadcast_to(end, values.shape) for end in limits)
    wide = high - low
    varies = (size > 0) & ~np.isnan(values)
    below, above = np.nan_to_num(values - low), np.nan_to_num(high - values)
    near = np.minimum(below, above)
    beyond = varies & (near < -1e-12 * wide)
    with np.errstate(invalid="ignore"):
        most = np.sqrt(LARGEST * np.maximum(below * above, 0.0))
        at_limit = varies & ~beyond & (size > most) & (near <= size / 2.0) & (size <= wide / 2.0)
    large = varies & ~beyond & ~at_limit & (size > most)
    for row in np.flatnonzero(beyond).tolist():
        cause = f"the value is not between its limits {low[row]:g} and {high[row]:g}"
        _note(problems, "beyond", cause, units[row], name)
    for row in np.flatnonzero(large).tolist():
        cause = (
            f"the error {size[row]:g} is too large for {values[row]:g} between {low[row]:g} and "
            f"{high[row]:g}, at most {most[row]:.3g}: next to all draws would be at the limits"
        )
        _note(problems, "large", cause, units[row], name)
    inside = varies & ~beyond & ~at_limit & ~large
    mu, sigma = np.zeros(len(size)), np.zeros(len(size))
    mu[inside], sigma[inside] = logit_normal((below / wide)[inside], (size / wide)[inside])
    turned = np.where(at_limit, np.where(below <= above, 1.0, -1.0) * _half(near, size), 0.0)
    return BoundedMargins(low, high, np.nan_to_num(values), mu, sigma, inside, turned)


def _note(problems: Problems, code: str, cause: str, unit: str, variable: str) -> None:
    problems.add(
        cause,
        code=f"error.{code}",
        unit=unit,
        variable=variable,
        cure="give wider limits, or distribution='normal', which cuts draws at the limits",
    )


def _half(distance: Float, size: Float) -> Float:
    """Return the spread of half a normal distribution from the limit, for these errors."""
    part = 2.0 / np.pi  # of the square of its mean
    inner = np.maximum(size**2 - (1.0 - part) * distance**2, 0.0)
    return np.asarray(np.sqrt(part) * distance + np.sqrt(inner))
