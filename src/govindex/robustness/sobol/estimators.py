"""Estimators of Sobol' indices, for many outputs and all their bootstraps together."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import attrs
import numpy as np

from govindex.checks import whole_number
from govindex.contracts import Float
from govindex.errors import SettingError
from govindex.kernels.seeds import generator

__all__ = ["Estimator", "SobolEstimates", "SobolIndices", "assembled", "resamples"]

# Another stream of the seed than that of the points.
_RESAMPLES = 1
# What varies by less than this share of itself is constant but for its last bits.
_NOTHING = 1e-12
# Numbers of one group that are estimated together.
_TOGETHER = 2**20


def resamples(points: int, bootstraps: Any, seed: tuple[int, ...] | None) -> Float | None:
    """Return how much each point weighs in each bootstrap, shape (bootstraps, points)."""
    if whole_number(bootstraps, "bootstraps", least=0, most=10**6) == 1:
        raise SettingError(f"bootstraps is 0 or a whole number of at least 2, not {bootstraps!r}")
    if bootstraps == 0:
        return None
    if seed is None:
        raise SettingError("bootstraps are drawn by rng=: give a seed")
    random = generator(seed, _RESAMPLES, 0)
    return random.multinomial(points, np.full(points, 1.0 / points), bootstraps) / points


@attrs.frozen(eq=False)
class SobolEstimates:
    """Indices, and between which numbers they lie.

    Parameters
    ----------
    value : array
    low, high : array or None
        Ends of the bootstrap interval; None without bootstraps.
    """

    value: Float
    low: Float | None
    high: Float | None

    def __getitem__(self, key: Any) -> SobolEstimates:
        """Return some of them."""
        low, high = (None if end is None else end[key] for end in (self.low, self.high))
        return SobolEstimates(self.value[key], low, high)


@attrs.frozen(eq=False)
class SobolIndices:
    """Sobol' indices of outputs.

    Parameters
    ----------
    first : SobolEstimates, shape (groups, …)
        The share of an output's variance that is gone on average when a group is known.
    total : SobolEstimates, shape (groups, …)
        The share that is left on average when everything else is known.
    second : SobolEstimates, shape (groups, groups, …), or None
        The share that two groups have together beyond what each has by itself; 0 on the diagonal
        would say nothing, so it is missing.
    variance : array, shape (…)
    reasons : tuple of str
        Why an output has no indices, "" where it has.
    """

    first: SobolEstimates
    total: SobolEstimates
    second: SobolEstimates | None
    variance: Float
    reasons: tuple[str, ...]


class Estimator:
    """Finds indices of many outputs, one group after the other.

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
        none = self._variance <= _NOTHING * self._variance[0]
        none[0] = self._constant
        self._divisor = np.where(none, np.nan, self._variance)

    @property
    def variance(self) -> Float:
        """The variance of each output over both samples."""
        found: Float = self._variance[0]
        return found

    @property
    def reasons(self) -> tuple[str, ...]:
        """Why outputs have no indices, "" where they have."""
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
        """How many groups are estimated together: few large products of matrices are fastest."""
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
        """Return indices of all pairs of groups, given those of each."""
        (points, outputs), count = self._a.shape, len(f_AB)
        found = np.full((3, count, count, outputs), np.nan)
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
                    found[0, j, k] = found[0, k, j] = pair.value
                    if pair.low is not None:
                        found[1:, j, k] = found[1:, k, j] = pair.low, pair.high
        low, high = (None, None) if self._weights is None else found[1:]
        return SobolEstimates(found[0], low, high)

    def estimates(self, numbers: Float) -> SobolEstimates:
        """Return an estimate and the interval of its bootstraps."""
        if self._weights is None:
            return SobolEstimates(numbers[0], None, None)
        outside = (1.0 - self._level) / 2.0
        return SobolEstimates(numbers[0], *_quantiles(numbers[1:], (outside, 1.0 - outside)))

    def _known(self, f: Float, *, again: bool = False) -> Float:
        """Return values of which none is infinite; count those that are missing."""
        finite = np.isfinite(f)
        if not again:
            self._evaluations += len(f)
            self._absent += (~finite).sum(axis=0)
        return f if finite.all() else np.where(finite, f, np.nan)

    def _means(self, numbers: Float) -> Float:
        """Return the mean over points, and those over the points of each bootstrap."""
        own: Float = numbers.mean(axis=0, keepdims=True)
        if self._weights is None:
            return own
        drawn = self._weights @ numbers.reshape(len(numbers), -1)
        return np.concatenate([own, drawn.reshape(-1, *numbers.shape[1:])])


def _constant(f_A: Float, f_B: Float) -> Any:
    """Return which outputs are the same everywhere, but for their last bits."""
    low = np.minimum(f_A.min(axis=0), f_B.min(axis=0))
    high = np.maximum(f_A.max(axis=0), f_B.max(axis=0))
    return high - low <= _NOTHING * np.maximum(np.abs(low), np.abs(high))


def _quantiles(numbers: Float, levels: tuple[float, float]) -> list[Float]:
    """Return quantiles along the first axis, of what is known."""
    ordered = np.sort(numbers, axis=0)  # what is missing comes last
    last = np.maximum((~np.isnan(ordered)).sum(axis=0) - 1, 0)
    found = []
    for level in levels:
        index = level * last
        below = np.floor(index).astype(np.intp)
        ends = [
            np.take_along_axis(ordered, np.minimum(rows, last)[None], axis=0)[0]
            for rows in (below, below + 1)
        ]
        found.append(ends[0] + (index - below) * (ends[1] - ends[0]))
    return found


def assembled(
    estimator: Estimator,
    found: Sequence[tuple[SobolEstimates, SobolEstimates]],
    second: SobolEstimates | None,
    outputs: tuple[int, ...],
) -> SobolIndices:
    """Put the indices of groups together, outputs in their shape."""
    absent = np.array([bool(reason) for reason in estimator.reasons])

    def whole(numbers: Any, groups: int) -> Any:
        """Return numbers of all groups, missing where an output has no indices."""
        if numbers is None:
            return None
        shown = np.where(absent, np.nan, numbers)
        return shown.reshape(*shown.shape[:groups], *outputs)

    def stacked(estimates: Sequence[SobolEstimates]) -> SobolEstimates:
        low, high = (
            None if estimates[0].low is None else np.array([getattr(own, end) for own in estimates])
            for end in ("low", "high")
        )
        value = np.array([own.value for own in estimates])
        return SobolEstimates(whole(value, 1), whole(low, 1), whole(high, 1))

    pairs = second and SobolEstimates(
        *(whole(n, 2) for n in (second.value, second.low, second.high))
    )
    return SobolIndices(
        stacked([first for first, _ in found]),
        stacked([total for _, total in found]),
        pairs,
        estimator.variance.reshape(outputs),
        estimator.reasons,
    )
