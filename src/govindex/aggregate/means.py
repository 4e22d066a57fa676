"""Means, sums and products of children's shares."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import ClassVar, Literal

import attrs
import numpy as np

from govindex.aggregate.common import (
    BELOW_ZERO,
    MeanAggregator,
    any_of,
    corrected_mean,
    one_of,
    refuse,
    refuse_below,
    stacked,
    weighted_mean,
)
from govindex.checks import number
from govindex.contracts import BaseAggregator, Float, LinearScale, in_formula
from govindex.errors import SettingError

__all__ = ["Arithmetic", "Geometric", "Harmonic", "PowerMean", "Product", "Sum"]


class _WeightedMean(MeanAggregator):
    """The base of weighted arithmetic means."""

    linear: ClassVar[bool] = True
    one_sign: ClassVar[bool] = True
    slope: ClassVar[float] = 1.0

    def __call__(self, shares: Sequence[Float], weights: Sequence[Float]) -> Float:
        """Return the mean, NaN where no child counts."""
        return weighted_mean(shares, weights)

    def spreadsheet_formula(self, shares: Sequence[str], weights: Sequence[float]) -> str:
        """Return the weighted sum over the sum of the weights."""
        if len(set(weights)) == 1:
            return f"({'+'.join(shares)})/{len(shares)}"
        parts = [
            f"{in_formula(w)}*{share}" for share, w in zip(shares, map(float, weights), strict=True)
        ]
        return f"({'+'.join(parts)})/{in_formula(math.fsum(weights))}"

    def corrected(self, shares: Sequence[Float], weights: Sequence[Float]) -> Float:
        """Return the mean with correct last bits: ``m += Σ w·(s − m) / Σ w``."""
        return corrected_mean(shares, weights)


@attrs.frozen
class Arithmetic(_WeightedMean):
    """Weighted arithmetic mean, ``Σ w·s / Σ w``: children compensate each other fully."""


@attrs.frozen
class Sum(_WeightedMean):
    """Sum of points: the node's maximum is the sum of its children's maxima.

    The share is the same weighted mean; what differs is that weights are points.
    """

    sums_points: ClassVar[bool] = True


@attrs.frozen
class Geometric(MeanAggregator):
    """Weighted geometric mean, ``exp(Σ w·ln(s + offset) / Σ w) − offset``.

    Parameters
    ----------
    offset : float
        Added to every share before and subtracted after, for shares that may be 0.
    zero : {"error", "zero"}
        Whether a share of 0 (plus the offset) is an error or makes the mean 0.

    Raises
    ------
    CellError
        If a share plus the offset is negative, or 0 while `zero` is ``"error"``: the engine names
        unit and node.

    Examples
    --------
    >>> shares, weights = [np.array([0.0]), np.array([0.5])], [np.ones(1), np.ones(1)]
    >>> Geometric(zero="zero")(shares, weights)
    array([0.])
    """

    below_arithmetic: ClassVar[bool] = True
    offset: float = attrs.field(default=0.0)
    zero: Literal["error", "zero"] = attrs.field(
        default="error", validator=one_of("error", "zero"), kw_only=True
    )

    def __attrs_post_init__(self) -> None:
        plain = isinstance(self.offset, (int, float, np.number))
        if not plain or isinstance(self.offset, bool) or not 0 <= self.offset < np.inf:
            raise SettingError(f"offset is a finite number of at least 0, not {self.offset!r}")

    @property
    def one_sign(self) -> bool:
        """Whether there is no offset."""
        return self.offset == 0

    @property
    def above(self) -> float:
        """Shares must lie above this."""
        return -self.offset if self.zero == "error" else float(np.nextafter(-self.offset, -1.0))

    @property
    def slope(self) -> float:
        """The largest slope with any weights; infinite without an offset."""
        if not self.offset:
            return np.inf
        ratio = (1.0 + self.offset) / self.offset
        # A child of weight w has a slope of at most w·ratio^(1 − w): largest at w = 1 / ln(ratio).
        return float(ratio / (math.e * np.log(ratio))) if ratio > math.e else 1.0

    def linear_scale(self) -> LinearScale:
        """Return the logarithms of the shares plus the offset."""
        name = ("log", self.offset)
        return LinearScale(name, -self.offset, self._logarithms, self._of_logarithms)

    def spreadsheet_formula(self, shares: Sequence[str], weights: Sequence[float]) -> str:
        """Return the product of powers of the shares."""
        whole = math.fsum(weights)
        plus, less = (
            (f"+{in_formula(self.offset)}", f"-{in_formula(self.offset)}")
            if self.offset
            else ("", "")
        )
        pairs = zip(shares, weights, strict=True)
        return (
            "*".join(f"({share}{plus})^({in_formula(w)}/{in_formula(whole)})" for share, w in pairs)
            + less
        )

    def _logarithms(self, shares: Float) -> Float:
        return np.log(shares + self.offset)

    def _of_logarithms(self, logarithms: Float) -> Float:
        return np.asarray(np.exp(logarithms) - self.offset)

    def __call__(self, shares: Sequence[Float], weights: Sequence[Float]) -> Float:
        """Return the mean, NaN where no child counts."""
        shifted = [share + self.offset for share in shares]
        if self.zero == "error":
            message = 'a geometric mean needs shares above 0 (give it an offset, or zero="zero")'
            refuse_below(message, shifted, weights, 0.0)
        else:
            message = "a geometric mean needs shares of at least 0 (give it an offset)"
            refuse_below(message, shifted, weights, BELOW_ZERO)
        logarithms = [np.log(np.where(s > 0, s, 1.0)) for s in shifted]
        mean = np.exp(weighted_mean(logarithms, weights))
        if self.zero == "zero":
            zeros = [(s <= 0) & (w > 0) for s, w in zip(shifted, weights, strict=True)]
            mean = np.where(any_of(zeros), 0.0, mean)
        return mean - self.offset


@attrs.frozen
class Harmonic(MeanAggregator):
    """Weighted harmonic mean, ``Σ w / Σ w/s``: weak children count most.

    Raises
    ------
    CellError
        If a share is not above 0: the engine names unit and node.

    Examples
    --------
    >>> Harmonic()([np.array([0.2]), np.array([0.8])], [np.ones(1), np.ones(1)])
    array([0.32])
    """

    below_arithmetic: ClassVar[bool] = True
    one_sign: ClassVar[bool] = True
    above: ClassVar[float] = 0.0

    def linear_scale(self) -> LinearScale:
        """Return the reciprocals of the shares."""
        return _powers(-1.0)

    def __call__(self, shares: Sequence[Float], weights: Sequence[Float]) -> Float:
        """Return the mean, NaN where no child counts."""
        message = "a harmonic mean needs shares above 0 (or take another aggregator)"
        refuse_below(message, shares, weights, 0.0)
        return _power_mean(shares, weights, -1.0)


@attrs.frozen
class PowerMean(MeanAggregator):
    """Weighted power (generalised) mean, ``(Σ w·s^p / Σ w)^(1/p)``.

    The larger `p`, the more the strong children count: −1 is :class:`Harmonic`, 1 is
    :class:`Arithmetic`, towards −∞ and ∞ lie :class:`~govindex.aggregate.Minimum` and
    :class:`~govindex.aggregate.Maximum`.

    Parameters
    ----------
    p : float
        The power, not 0, which is :class:`Geometric`.

    Raises
    ------
    CellError
        If a share is negative or, for a power below 0, not above 0.

    References
    ----------
    Decancq & Lugo, Weights in multidimensional indices of wellbeing: an overview, Econometric
    Reviews 32 (2013).

    Examples
    --------
    >>> PowerMean(2)([np.array([0.6]), np.array([0.8])], [np.ones(1), np.ones(1)]).round(4)
    array([0.7071])
    """

    one_sign: ClassVar[bool] = True
    p: float

    def __attrs_post_init__(self) -> None:
        if number(self.p, "the power of a mean") == 0:
            raise SettingError("a power mean of power 0 is Geometric()")

    @property
    def below_arithmetic(self) -> bool:
        """Whether the power is at most 1."""
        return self.p <= 1

    @property
    def above(self) -> float:
        """Shares must be at least 0, and above 0 for a power below 0."""
        return 0.0 if self.p < 0 else BELOW_ZERO

    @property
    def slope(self) -> float:
        """The largest slope with any weights; without limit close to 0 for a power below 1."""
        return 1.0 if self.p >= 1 else np.inf

    def linear_scale(self) -> LinearScale:
        """Return the powers of the shares."""
        return _powers(self.p)

    def __call__(self, shares: Sequence[Float], weights: Sequence[Float]) -> Float:
        """Return the mean, NaN where no child counts."""
        least = "above 0" if self.p < 0 else "of at least 0"
        message = f"a power mean of power {self.p:g} needs shares {least}"
        refuse_below(message, shares, weights, self.above)
        return _power_mean(shares, weights, self.p)


def _powers(p: float) -> LinearScale:
    sign, above = np.sign(p), 0.0 if p < 0 else BELOW_ZERO
    return LinearScale(
        ("power", p),
        above,
        lambda shares: np.asarray(sign * shares**p),
        lambda powers: np.asarray(np.maximum(sign * powers, 0.0) ** (1.0 / p)),
    )


def _power_mean(shares: Sequence[Float], weights: Sequence[Float], p: float) -> Float:
    """Return the mean, as a multiple of the child that counts most, so that no power overflows."""
    share_table, weight_table = stacked(shares, weights)
    counts = weight_table > 0
    counting = np.where(counts, share_table, -np.inf if p > 0 else np.inf)
    lead = counting.max(axis=0) if p > 0 else counting.min(axis=0)
    lead = np.where(counts.any(axis=0) & (lead > 0), lead, 1.0)
    with np.errstate(under="ignore"):
        powers = np.where(counts, share_table / lead, 1.0) ** p
        return lead * weighted_mean(list(powers), list(weight_table)) ** (1.0 / p)


@attrs.frozen
class Product(BaseAggregator):
    """Product of the children's shares; weights above 0 only say which children count."""

    monotone: ClassVar[bool] = True
    proportional: ClassVar[bool] = True
    one_sign: ClassVar[bool] = True
    slope: ClassVar[float] = 1.0
    above: ClassVar[float] = BELOW_ZERO
    ignores_weights: ClassVar[bool] = True

    def __call__(self, shares: Sequence[Float], weights: Sequence[Float]) -> Float:
        """Return the product, NaN where no child counts.

        Raises
        ------
        CellError
            If a share is negative: two of them would give a positive product.
        """
        refuse_below("a product needs shares of at least 0", shares, weights, self.above)
        counts = [weight > 0 for weight in weights]
        product = np.where(counts[0], shares[0], 1.0)
        for share, count in zip(shares[1:], counts[1:], strict=True):
            product = product * np.where(count, share, 1.0)
        if (product == 0).any():
            positive = zip(shares, counts, strict=True)
            above = [(share > 0) | ~count for share, count in positive]
            message = "has a product nearer to 0 than a number can be (take Geometric)"
            refuse(message, [(product == 0) & np.logical_and.reduce(np.broadcast_arrays(*above))])
        return np.where(any_of(counts), product, np.nan)
