"""Means with a penalty for unevenness: Mazziotta–Pareto and mean–min."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar, Literal

import attrs
import numpy as np

from govindex.aggregate.common import (
    BELOW_ZERO,
    one_of,
    refuse_below,
    weighted_mean,
)
from govindex.aggregate.order import Minimum
from govindex.checks import number, spread_of
from govindex.contracts import BaseAggregator, Float
from govindex.errors import SettingError
from govindex.kernels.reductions import total
from govindex.kernels.scaling import brought, powers, restored

__all__ = ["MazziottaPareto", "MeanMin"]


class _Penalised(BaseAggregator):
    """The base of means with a penalty."""

    __slots__ = ()
    proportional: ClassVar[bool] = True
    needs_all: ClassVar[bool] = True


@attrs.frozen
class MazziottaPareto(_Penalised):
    """Mazziotta–Pareto index: the mean less or plus a penalty for unevenness, ``M ∓ S·cv``.

    M is the children's weighted mean, S their standard deviation and ``cv = S / M``. The original
    index (MPI) takes z-scores around 100, ``rules.ZScore(1, 0.1)`` on a scale of 100; the adjusted
    one (AMPI), which compares over time, the rule ``CentredGoalposts()``. A better child can lower
    the index.

    Parameters
    ----------
    penalty : {"-", "+"}
        "-" where more is better and unevenness lowers the index, "+" where more is worse (poverty,
        crime) and unevenness raises it.
    ddof : int
        0 divides the sum of squares by the number of children, 1 by one less.

    Raises
    ------
    CellError
        If a share is negative: the coefficient of variation needs an origin.

    References
    ----------
    Mazziotta & Pareto, On a generalized non-compensatory composite index for measuring
    socio-economic phenomena, Social Indicators Research 127 (2016).

    Examples
    --------
    >>> shares = [np.array([0.9]), np.array([1.1])]
    >>> MazziottaPareto()(shares, [np.ones(1)] * 2), MazziottaPareto("+")(shares, [np.ones(1)] * 2)
    (array([0.99]), array([1.01]))
    """

    above: ClassVar[float] = BELOW_ZERO
    penalty: Literal["-", "+"] = attrs.field(default="-", validator=one_of("-", "+"))
    ddof: int = attrs.field(default=0, validator=spread_of, kw_only=True)

    @property
    def mean(self) -> bool:
        """Whether it is a mean: with the penalty added it is ``Σ w·s² / Σ w·s``."""
        return self.penalty == "+" and self.ddof == 0

    @property
    def below_arithmetic(self) -> bool:
        """Whether the penalty is subtracted."""
        return self.penalty == "-"

    def reach(self, low: float, high: float) -> tuple[float, float]:
        """Return the bounds with the largest possible penalty."""
        low = max(low, 0.0)
        most = (1.0 + self.ddof) * (high - low)
        if self.penalty == "-":
            return (low - most, high)
        return (low, high if self.ddof == 0 else low + most)

    def __call__(self, shares: Sequence[Float], weights: Sequence[Float]) -> Float:
        """Return the index, NaN where no child counts."""
        message = "a Mazziotta–Pareto index needs shares of at least 0: z-scores around 1, say"
        refuse_below(message, shares, weights, self.above)
        mean = weighted_mean(shares, weights)
        power = powers(mean)
        scaled, lead = [brought(share, power) for share in shares], brought(mean, power)
        variance = weighted_mean([(share - lead) ** 2 for share in scaled], weights)
        if self.ddof:
            count = total([np.where(weight > 0, 1.0, 0.0) for weight in weights])
            variance = variance * np.where(count > 1, count / np.maximum(count - 1, 1.0), 0.0)
        spread = restored(variance / np.where(lead > 0, lead, 1.0), power)
        return mean - spread if self.penalty == "-" else mean + spread


@attrs.frozen
class MeanMin(_Penalised):
    """Between the mean and the weakest child: ``M − α·(√((M − min)² + β²) − β)``.

    Parameters
    ----------
    alpha : float
        From 0, the weighted mean, to 1, where without `beta` it is the minimum.
    beta : float
        The larger, the milder is the penalty of small gaps, in shares.

    Raises
    ------
    SettingError
        If `alpha` lies outside 0 to 1 or `beta` is negative.

    References
    ----------
    Casadio Tarabusi & Guarini, An unbalance adjustment method for development indicators, Social
    Indicators Research 112 (2013).

    Examples
    --------
    >>> MeanMin(0.5)([np.array([0.2]), np.array([0.8])], [np.ones(1), np.ones(1)])
    array([0.35])
    """

    monotone: ClassVar[bool] = True
    mean: ClassVar[bool] = True
    below_arithmetic: ClassVar[bool] = True
    slope: ClassVar[float] = 1.0
    alpha: float = 0.5
    beta: float = 0.0

    def __attrs_post_init__(self) -> None:
        if not 0.0 <= number(self.alpha, "alpha of MeanMin") <= 1.0:
            raise SettingError(f"alpha of MeanMin lies between 0 and 1, not {self.alpha!r}")
        if number(self.beta, "beta of MeanMin") < 0:
            raise SettingError(f"beta of MeanMin is at least 0, not {self.beta!r}")

    def __call__(self, shares: Sequence[Float], weights: Sequence[Float]) -> Float:
        """Return the adjusted mean, NaN where no child counts."""
        mean = weighted_mean(shares, weights)
        gap = mean - Minimum()(shares, weights)
        return mean - self.alpha * (np.hypot(gap, self.beta) - self.beta)
