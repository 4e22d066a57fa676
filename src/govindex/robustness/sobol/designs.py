"""Sobol' points and indices on plain arrays, for any function of independent inputs."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import attrs
import numpy as np

from govindex.checks import names_of, shown, whole_number
from govindex.contracts import Float, Index
from govindex.errors import SettingError
from govindex.kernels.seeds import Seed, as_seed, generator
from govindex.robustness.sobol.estimators import Estimator, SobolIndices, assembled, resamples

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

__all__ = [
    "SobolSample",
    "as_points",
    "drawn_sample",
    "sobol_indices",
    "sobol_sample",
]

_POINTS = 0
_MOST_INPUTS = 10**6
# Direction numbers exist for 21,201 columns, two for each input.
_SOBOL_INPUTS = 10_600
_BITS = 30


@attrs.frozen(eq=False)
class SobolSample:
    """Points of the unit cube for Sobol' indices.

    Parameters
    ----------
    a, b : array, shape (points, inputs)
        Two samples, numbers strictly between 0 and 1.
    groups : tuple of str
        Groups of inputs that share an index.
    members : array of int, shape (inputs,)
        The group of each input.
    """

    a: Float
    b: Float
    groups: tuple[str, ...]
    members: Index

    def a_b(self, group: int) -> Float:
        """Return the first sample with the inputs of a group from the second."""
        return np.where(self.members == group, self.b, self.a)

    def b_a(self, group: int) -> Float:
        """Return the second sample with the inputs of a group from the first."""
        return np.where(self.members == group, self.a, self.b)


def sobol_sample(groups: int | Iterable[str], points: int, *, rng: Seed) -> SobolSample:
    """Return scrambled Sobol' points for Sobol' indices.

    Each sample is half of the columns of one sequence. Inputs beyond the 10,600th, without
    direction numbers, are drawn by a generator.

    Parameters
    ----------
    groups : int or iterable of str
        The number of inputs, or the name of each input's group.
    points : int
        Points in each sample: a power of two, as the sequence is balanced only then. A function is
        evaluated ``(groups + 2) · points`` times, ``(2 groups + 2) · points`` for second order.
    rng : int or numpy.random.Generator

    Raises
    ------
    SettingError
        If points is no power of two, or there are fewer than two groups.

    References
    ----------
    A. Saltelli, P. Annoni, I. Azzini, F. Campolongo, M. Ratto, S. Tarantola, "Variance based
    sensitivity analysis of model output", Computer Physics Communications 181 (2010), 259-270.

    Examples
    --------
    >>> sample = sobol_sample(["weights", "weights", "rule"], 1024, rng=1)
    >>> sample.groups
    ('weights', 'rule')
    >>> bool((sample.a_b(0)[:, :2] == sample.b[:, :2]).all())
    True
    """
    return drawn_sample(groups, as_points(points), as_seed(rng))


def drawn_sample(groups: int | Iterable[str], count: int, seed: tuple[int, ...]) -> SobolSample:
    """Return the points of a seed."""
    from scipy.stats import qmc

    names, members = _as_groups(groups)
    random = generator(seed, _POINTS, 0)
    inputs = min(len(members), _SOBOL_INPUTS)
    sequence = qmc.Sobol(2 * inputs, scramble=True, bits=_BITS, seed=random)
    # Half a step inwards: distributions may have no quantile at 0 or 1.
    drawn = sequence.random(count) + 0.5**_BITS / 2.0
    a, b = drawn[:, :inputs], drawn[:, inputs:]
    if inputs < len(members):
        more = random.random((2, count, len(members) - inputs))
        more = np.maximum(more, 0.5**_BITS / 2.0)
        a, b = np.hstack([a, more[0]]), np.hstack([b, more[1]])
    return SobolSample(np.ascontiguousarray(a), np.ascontiguousarray(b), names, members)


def _outputs(values: Any, what: str) -> Float:
    try:
        return np.asarray(values, dtype=np.float64)
    except (TypeError, ValueError, OverflowError):
        raise SettingError(f"{what} must be numbers, not {shown(values)}") from None


def _as_groups(groups: int | Iterable[str]) -> tuple[tuple[str, ...], Index]:
    """Return the names of groups, and the group of every input."""
    if isinstance(groups, (int, np.integer)):
        count = whole_number(groups, "groups", least=2, most=_MOST_INPUTS)
        labels = [f"x{i + 1}" for i in range(count)]
    else:
        labels = list(names_of(groups, "groups"))
    names = tuple(dict.fromkeys(labels))
    if len(names) < 2:
        raise SettingError(
            "indices compare groups of inputs: there must be at least two, not "
            + (f"only '{names[0]}'" if names else "0")
        )
    rows = {name: index for index, name in enumerate(names)}
    return names, np.array([rows[label] for label in labels], dtype=np.intp)


def as_points(points: Any) -> int:
    """Return the number of points, checked."""
    plain = isinstance(points, (int, np.integer)) and not isinstance(points, bool)
    if not plain or points < 2:
        raise SettingError(f"points is a power of two of at least 2, not {points!r}")
    above = 1 << (int(points) - 1).bit_length()
    if points != above:
        raise SettingError(
            f"points is a power of two, as Sobol' points are balanced only then: take {above} or "
            f"{above // 2}, not {points}"
        )
    return int(points)


def sobol_indices(
    f_A: ArrayLike,
    f_B: ArrayLike,
    f_AB: ArrayLike,
    f_BA: ArrayLike | None = None,
    *,
    bootstraps: int = 0,
    level: float = 0.9,
    rng: Seed | None = None,
) -> SobolIndices:
    """Estimate Sobol' indices of a function from its values at the points of a sample.

    Parameters
    ----------
    f_A, f_B : array, shape (points,) or (points, outputs)
        Values at the two samples.
    f_AB : array, shape (groups, points) or (groups, points, outputs)
        Values at the first sample with a group from the second.
    f_BA : array, shape as f_AB, optional
        Values at the second sample with a group from the first, for second-order indices.
    bootstraps : int
        How often points are resampled for the intervals. Intervals are too wide rather than too
        narrow, since points of a Sobol' sequence err less than random ones.
    level : float
        The share of bootstraps inside the intervals.
    rng : int or numpy.random.Generator, optional
        For the bootstraps.

    Returns
    -------
    SobolIndices
        First-order indices by the estimator of Saltelli et al. (2010) and second-order indices by
        that of Saltelli (2002), both on values minus their mean over the two samples; total indices
        by Jansen's. Estimates of small indices may be below 0. Indices of an output that does not
        vary, or is not a number at some point, are missing with a reason.

    Raises
    ------
    SettingError
        If shapes do not fit, or a setting is out of range.

    References
    ----------
    A. Saltelli, P. Annoni, I. Azzini, F. Campolongo, M. Ratto, S. Tarantola, "Variance based
    sensitivity analysis of model output", Computer Physics Communications 181 (2010), 259-270;
    M. J. W. Jansen, "Analysis of variance designs for model output", Computer Physics
    Communications 117 (1999), 35-43; A. Saltelli, "Making best use of model evaluations to compute
    sensitivity indices", Computer Physics Communications 145 (2002), 280-297.

    Examples
    --------
    Four fifths of the variance of x + 2 y are due to y:

    >>> sample = sobol_sample(2, 1024, rng=1)
    >>> def f(x):
    ...     return x[:, 0] + 2 * x[:, 1]
    >>> indices = sobol_indices(f(sample.a), f(sample.b), [f(sample.a_b(i)) for i in range(2)])
    >>> indices.total.value.round(2)
    array([0.2, 0.8])
    """
    a, b = _outputs(f_A, "f_A"), _outputs(f_B, "f_B")
    a_b = _outputs(f_AB, "f_AB")
    b_a = None if f_BA is None else _outputs(f_BA, "f_BA")
    if a.ndim not in (1, 2) or len(a) < 2 or a.shape != b.shape:
        raise SettingError(
            "f_A and f_B have one shape, (points,) or (points, outputs), with at least two points; "
            f"not {a.shape} and {b.shape}"
        )
    for name, other in (("f_AB", a_b), ("f_BA", a_b if b_a is None else b_a)):
        if other.shape[1:] != a.shape or not len(other) or len(other) != len(a_b):
            wanted = ", ".join(["groups", *map(str, a.shape)])
            raise SettingError(f"{name} has the shape ({wanted}), not {other.shape}")
    outputs, seed = a.shape[1:], None if rng is None else as_seed(rng)

    def flat(f: Float) -> Float:
        return f.reshape(len(f), -1)

    estimator = Estimator(flat(a), flat(b), resamples(len(a), bootstraps, seed), level)
    mixed = [flat(f) for f in a_b]
    pairs = [
        pair
        for start in range(0, len(mixed), estimator.together)
        for pair in estimator.first_and_total(mixed[start : start + estimator.together])
    ]
    second = None
    if b_a is not None:
        second = estimator.second(mixed, [flat(f) for f in b_a], [first for first, _ in pairs])
    estimates = [(estimator.estimates(first), estimator.estimates(total)) for first, total in pairs]
    return assembled(estimator, estimates, second, outputs)
