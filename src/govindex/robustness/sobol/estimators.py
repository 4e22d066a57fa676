"""Estimators of Sobol' indices, for many outputs and all their bootstraps together."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import attrs
import numpy as np
import numpy.typing as npt

from govindex.checks import whole_number
from govindex.contracts import Float
from govindex.errors import SettingError
from govindex.kernels.seeds import generator

__all__ = ["Estimator", "SobolEstimates", "SobolIndices", "assembled", "resamples"]

# Another stream of the seed than that of the points.
_RESAMPLES = 1
# A relative variation below this is due to the last bits.
_NOTHING = 1e-12
# Numbers of one group that are estimated together.
_TOGETHER = 2**20


def resamples(points: int, bootstraps: Any, seed: tuple[int, ...] | None) -> Float | None:
    """Return the weight of each point in each bootstrap, shape (bootstraps, points)."""
    if whole_number(bootstraps, "bootstraps", least=0, most=10**6) == 1:
        raise SettingError(f"bootstraps is 0 or a whole number of at least 2, not {bootstraps!r}")
    if bootstraps == 0:
        return None
    if seed is None:
        raise SettingError("bootstraps are drawn by rng=: give a seed")
    random = generator(seed, _RESAMPLES, 0)
    return random.multinomial(points, np.full(points, 1.0 / points), bootstraps) / points


AxisKey = int | slice | list[int] | npt.NDArray[np.intp]
Key = AxisKey | tuple[AxisKey, ...]  # as of an array


@attrs.frozen(eq=False)
class SobolEstimates:
    """Indices and their bootstrap intervals.

    Parameters
    ----------
    value : array
    low, high : array or None
        Ends of the bootstrap interval; None without bootstraps.
    """

    value: Float
    low: Float | None
    high: Float | None

    def __getitem__(self, key: Key) -> SobolEstimates:
        """Return some of them."""
        low, high = (None if end is None else end[key] for end in (self.low, self.high))
        return SobolEstimates(self.value[key], low, high)


@attrs.frozen(eq=False)
class SobolIndices:
    """Sobol' indices of outputs.

    Parameters
    ----------
    first : SobolEstimates, shape (groups, …)
        The share of an output's variance removed on average by knowing a group.
    total : SobolEstimates, shape (groups, …)
        The share that remains on average when all other inputs are known.
    second : SobolEstimates, shape (groups, groups, …), or None
        The share of two groups together beyond their separate shares; missing on the diagonal.
    variance : array, shape (…)
    reasons : tuple of str
        Why an output has no indices, "" if it has.
    """

    first: SobolEstimates
    total: SobolEstimates
    second: SobolEstimates | None
    variance: Float
    reasons: tuple[str, ...]


class Estimator:
    """Estimator of the indices of many outputs, one group after the other.

    Parameters
    ----------
    f_A, f_B : array, shape (points, outputs)
    weights : array, shape (bootstraps, points), or None
    level : float
    """

    def __init__(self, f_A: Float, f_B: Float, weights: Float | None, level: float) -> None:
        if not (isinstance(level, (int, float)) and 0.0 < level < 1.0):
            raise SettingError(f"level is a share between 0 and 1, not {level!r}")
        self._weights, self._level = weights, float(level)
        self._evaluations = 0
        self._absent = np.zeros(f_A.shape[1], dtype=np.intp)
        f_A, f_B = self._known(f_A), self._known(f_B)
        self._constant, self._some = _constant(f_A, f_B), f_A[0]
        self._middle = (f_A.mean(axis=0) + f_B.mean(axis=0)) / 2.0
        self._a, self._b = f_A - self._middle, f_B - self._middle
        a, b = self._means(self._a), self._means(self._b)
        self._ab = self._means(self._a * self._b)
        self._sum = a + b
        self._shift = self._sum / 2.0
        self._shift[0] = 0.0
        squares = self._means(self._a**2) + self._means(self._b**2)
        self._variance = squares / 2.0 - self._shift**2
        constant = self._variance <= _NOTHING * self._variance[0]
        constant[0] = self._constant
        self._divisor = np.where(constant, np.nan, self._variance)

    @property
    def variance(self) -> Float:
        """The variance of each output over both samples."""
        return np.asarray(self._variance[0])

    @property
    def reasons(self) -> tuple[str, ...]:
        """Why an output has no indices, "" if it has."""
        return tuple(
            f"{absent:,} of {self._evaluations:,} evaluations give no number"
            if absent
            else f"no variance: {some:.12g} at every point"
            if constant
            else ""
            for absent, constant, some in zip(self._absent, self._constant, self._some, strict=True)
        )

    @property
    def together(self) -> int:
        """How many groups are estimated together, since few large matrix products are fastest."""
        return max(_TOGETHER // int(self._a.size), 1)

    def first_and_total(self, f_AB: Sequence[Float]) -> list[tuple[Float, Float]]:
        """Return indices of some groups, each estimate with its bootstraps (1 + …, outputs).

        Both are centred: the first as in Saltelli et al. (2010), ``mean((f_B − f̄)(f_AB − f_A))``,
        the total as Jansen's, ``mean((f_A − f_AB)²) / 2``, over the variance.
        """
        points, outputs = self._a.shape
        parts = np.empty((points, len(f_AB), 3, outputs))
        for group, f in enumerate(f_AB):
            apart = self._known(f) - self._middle - self._a
            parts[:, group, 0] = self._b * apart
            parts[:, group, 1] = apart
            parts[:, group, 2] = apart * apart
        product, mean, square = self._means(parts).transpose(2, 1, 0, 3)
        first = (product - self._shift * mean) / self._divisor
        return list(zip(first, square / 2.0 / self._divisor, strict=True))

    def second(
        self, f_AB: Sequence[Float], f_BA: Sequence[Float], first: Sequence[Float]
    ) -> SobolEstimates:
        """Return indices of all pairs of groups, from those of single groups."""
        (points, outputs), count = self._a.shape, len(f_AB)
        ends = np.full((3, count, count, outputs), np.nan)
        a_b = [self._known(f, again=True) - self._middle for f in f_AB]
        means = [self._means(f) for f in a_b]
        for j in range(count):
            b_a = self._known(f_BA[j]) - self._middle
            mean = self._means(b_a)
            for start in range(j + 1, count, self.together):
                others = range(start, min(start + self.together, count))
                products = np.empty((points, len(others), outputs))
                for index, k in enumerate(others):
                    np.multiply(b_a, a_b[k], out=products[:, index])
                for k, both in zip(others, self._means(products).swapaxes(0, 1), strict=True):
                    moved = self._shift * (mean + means[k] - self._sum)
                    shares = (both - self._ab - moved) / self._divisor
                    pair = self.estimates(shares - first[j] - first[k])
                    ends[0, j, k] = ends[0, k, j] = pair.value
                    if pair.low is not None:
                        ends[1:, j, k] = ends[1:, k, j] = pair.low, pair.high
        low, high = (None, None) if self._weights is None else ends[1:]
        return SobolEstimates(ends[0], low, high)

    def estimates(self, numbers: Float) -> SobolEstimates:
        """Return an estimate and the interval of its bootstraps."""
        if self._weights is None:
            return SobolEstimates(numbers[0], None, None)
        outside = (1.0 - self._level) / 2.0
        return SobolEstimates(numbers[0], *_quantiles(numbers[1:], (outside, 1.0 - outside)))

    def _known(self, f: Float, *, again: bool = False) -> Float:
        """Return values with NaN for infinite ones, and count the missing ones."""
        finite = np.isfinite(f)
        if not again:
            self._evaluations += len(f)
            self._absent += (~finite).sum(axis=0)
        return f if finite.all() else np.where(finite, f, np.nan)

    def _means(self, numbers: Float) -> Float:
        """Return the mean over points, and those over the points of each bootstrap."""
        mean: Float = numbers.mean(axis=0, keepdims=True)
        if self._weights is None:
            return mean
        drawn = self._weights @ numbers.reshape(len(numbers), -1)
        return np.concatenate([mean, drawn.reshape(-1, *numbers.shape[1:])])


def _constant(f_A: Float, f_B: Float) -> Any:
    """Return which outputs are constant up to their last bits."""
    low = np.minimum(f_A.min(axis=0), f_B.min(axis=0))
    high = np.maximum(f_A.max(axis=0), f_B.max(axis=0))
    return high - low <= _NOTHING * np.maximum(np.abs(low), np.abs(high))


def _quantiles(numbers: Float, levels: tuple[float, float]) -> list[Float]:
    """Return quantiles along the first axis, without NaN."""
    ordered = np.sort(numbers, axis=0)  # NaN are last
    last = np.maximum((~np.isnan(ordered)).sum(axis=0) - 1, 0)
    quantiles = []
    for level in levels:
        index = level * last
        below = np.floor(index).astype(np.intp)
        ends = [
            np.take_along_axis(ordered, np.minimum(rows, last)[None], axis=0)[0]
            for rows in (below, below + 1)
        ]
        quantiles.append(ends[0] + (index - below) * (ends[1] - ends[0]))
    return quantiles


def assembled(
    estimator: Estimator,
    by_group: Sequence[tuple[SobolEstimates, SobolEstimates]],
    second: SobolEstimates | None,
    outputs: tuple[int, ...],
) -> SobolIndices:
    """Return the indices of groups as one, with outputs in their original shape."""
    absent = np.array([bool(reason) for reason in estimator.reasons])

    def whole(numbers: Any, groups: int) -> Any:
        """Return numbers of all groups, NaN for outputs without indices."""
        if numbers is None:
            return None
        shown = np.where(absent, np.nan, numbers)
        return shown.reshape(*shown.shape[:groups], *outputs)

    def stacked(estimates: Sequence[SobolEstimates]) -> SobolEstimates:
        low, high = (
            None
            if estimates[0].low is None
            else np.array([getattr(estimate, end) for estimate in estimates])
            for end in ("low", "high")
        )
        value = np.array([e.value for e in estimates])
        return SobolEstimates(whole(value, 1), whole(low, 1), whole(high, 1))

    pairs = second and SobolEstimates(
        *(whole(n, 2) for n in (second.value, second.low, second.high))
    )
    return SobolIndices(
        stacked([first for first, _ in by_group]),
        stacked([total for _, total in by_group]),
        pairs,
        estimator.variance.reshape(outputs),
        estimator.reasons,
    )
