"""Means, sums and products of children's shares."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

import attrs
import numpy as np

from govindex.contracts import Float
from govindex.errors import CellError, SettingError

__all__ = ["Arithmetic", "Geometric", "Product", "Sum", "weighted_mean"]


def weighted_mean(shares: Sequence[Float], weights: Sequence[Float]) -> Float:
    """Return ``Σ w·s / Σ w``, NaN where no child counts, without new memory for each child."""
    total = weights[0] * shares[0]
    weight = weights[0]
    product = np.empty_like(total)
    for share, part in zip(shares[1:], weights[1:], strict=True):
        if share.shape == total.shape and part.size == 1:
            # The same sum without multiplying by 1.
            weighted = share if part.flat[0] == 1.0 else np.multiply(part, share, out=product)
            np.add(total, weighted, out=total)
        else:
            total = total + part * share
            product = np.empty_like(total)
        weight = weight + part
    with np.errstate(invalid="ignore", divide="ignore"):
        return total / weight


@attrs.frozen
class Arithmetic:
    """Weighted arithmetic mean, ``Σ w·s / Σ w``: children compensate each other fully."""

    peer_dependent: ClassVar[bool] = False
    monotone: ClassVar[bool] = True
    linear: ClassVar[bool] = True
    sums_points: ClassVar[bool] = False
    mean: ClassVar[bool] = True
    slope: ClassVar[float] = 1.0

    def __call__(self, shares: Sequence[Float], weights: Sequence[Float]) -> Float:
        """Return the mean, NaN where no child counts."""
        return weighted_mean(shares, weights)


@attrs.frozen
class Sum:
    """Sum of points: the node's maximum is the sum of its children's maxima.

    The share is the same weighted mean; what differs is that weights are points.
    """

    peer_dependent: ClassVar[bool] = False
    monotone: ClassVar[bool] = True
    linear: ClassVar[bool] = True
    sums_points: ClassVar[bool] = True
    mean: ClassVar[bool] = True
    slope: ClassVar[float] = 1.0

    def __call__(self, shares: Sequence[Float], weights: Sequence[Float]) -> Float:
        """Return points over maximum, NaN where no child counts."""
        return weighted_mean(shares, weights)


@attrs.frozen
class Geometric:
    """Weighted geometric mean, ``exp(Σ w·ln(s + offset) / Σ w) − offset``.

    Parameters
    ----------
    offset : float
        Added to every share before and taken off after, for shares that may be 0.

    Raises
    ------
    CellError
        If a share plus the offset is not above 0: the engine names unit and node.
    """

    peer_dependent: ClassVar[bool] = False
    monotone: ClassVar[bool] = True
    linear: ClassVar[bool] = False
    sums_points: ClassVar[bool] = False
    mean: ClassVar[bool] = True
    below_arithmetic: ClassVar[bool] = True
    offset: float = attrs.field(default=0.0)

    def __attrs_post_init__(self) -> None:
        if not (np.isfinite(self.offset) and self.offset >= 0):
            raise SettingError(f"offset is a finite number of at least 0, not {self.offset!r}")

    @property
    def above(self) -> float:
        """Shares must lie above this."""
        return -self.offset

    @property
    def slope(self) -> float:
        """The steepest that any weight makes it; infinite without an offset."""
        if not self.offset:
            return np.inf
        ratio = (1.0 + self.offset) / self.offset
        # A child of weight w has a slope of at most w·ratio^(1 − w): largest at w = 1 / ln(ratio).
        return float(ratio / (np.e * np.log(ratio))) if ratio > np.e else 1.0

    def __call__(self, shares: Sequence[Float], weights: Sequence[Float]) -> Float:
        """Return the mean, NaN where no child counts."""
        shifted = [share + self.offset for share in shares]
        refused = [(s <= 0) & (w > 0) for s, w in zip(shifted, weights, strict=True)]
        wrong = np.logical_or.reduce(np.broadcast_arrays(*refused))
        if wrong.any():
            raise CellError(
                "a geometric mean needs shares above 0 (give it an offset, or another aggregator)",
                wrong,
            )
        logs = [np.log(np.where(s > 0, s, 1.0)) for s in shifted]
        return np.exp(weighted_mean(logs, weights)) - self.offset


@attrs.frozen
class Product:
    """Product of the children's shares; weights above 0 only say which children count."""

    peer_dependent: ClassVar[bool] = False
    monotone: ClassVar[bool] = True
    linear: ClassVar[bool] = False
    sums_points: ClassVar[bool] = False
    slope: ClassVar[float] = 1.0

    def __call__(self, shares: Sequence[Float], weights: Sequence[Float]) -> Float:
        """Return the product, NaN where no child counts.

        Raises
        ------
        CellError
            If a share is negative: two of them would make a good product.
        """
        counts = [weight > 0 for weight in weights]
        refused = [(share < 0) & count for share, count in zip(shares, counts, strict=True)]
        wrong = np.logical_or.reduce(np.broadcast_arrays(*refused))
        if wrong.any():
            raise CellError("a product needs shares of at least 0", wrong)
        product = np.where(counts[0], shares[0], 1.0)
        for share, count in zip(shares[1:], counts[1:], strict=True):
            product = product * np.where(count, share, 1.0)
        return np.where(np.logical_or.reduce(np.broadcast_arrays(*counts)), product, np.nan)
