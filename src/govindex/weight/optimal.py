"""Weights that make the total inform about each child equally, or as much as possible."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar, Literal

import attrs
import numpy as np

from govindex.contracts import Float
from govindex.errors import DataError, listing
from govindex.mappings import FrozenMap
from govindex.matrices import Matrix
from govindex.weight.common import (
    Degenerate,
    Missing,
    Usable,
    WeightSet,
    check_known,
    correlation,
    deviations,
    normalised,
    one_of,
    only_child,
    usable,
)
from govindex.weight.judged import as_numbers

__all__ = ["Balance", "Infomax"]

_WHOLE = one_of(["error", "complete"])
_SINGULAR = 1e-10
_PEAKS = 5


def _targets(targets: Mapping[str, float] | None) -> FrozenMap[str, float] | None:
    return None if targets is None else as_numbers(targets)


@attrs.frozen(kw_only=True)
class Balance:
    """Weights with which every child is felt as much as its target.

    A weighted mean correlates with each of its children, ``r_i = (R·D·w)_i / √(w'·D·R·D·w)`` with
    the deviations D and correlations R of the children. The weights are those of at least 0 whose
    correlations come nearest to the targets t: the least ``Σ (r_i / Σr − t_i)²``. This is a convex
    problem, solved exactly.

    Parameters
    ----------
    targets : mapping of code to float, optional
        How much each child should be felt; equal by default.
    missing, degenerate
        As in :class:`~govindex.weight.Entropy`, without ``"pairwise"``. A constant child cannot be
        felt: it can only weigh 0.

    Raises
    ------
    DataError
        If scores are missing or constant, or one child is a combination of others, so that weights
        are not unique.
    SettingError
        If targets do not fit the children.

    Notes
    -----
    The diagnostic ``discrepancy`` is the root mean square of ``r_i / Σr − t_i``, 0 if the targets
    are met; the report holds each ``correlation``, its part (``felt``) and the ``target``.

    References
    ----------
    Paruolo, P., Saisana, M. & Saltelli, A. (2013), Ratings and rankings: voodoo or science? Journal
    of the Royal Statistical Society A 176(3). Becker, W., Saisana, M., Paruolo, P. & Vandecasteele,
    I. (2017), Weights and importance in composite indicators: closing the gap. Ecological
    Indicators 80.

    Examples
    --------
    >>> import pandas as pd
    >>> frame = pd.DataFrame({"a": [1, 2, 3, 4], "b": [2, 1, 4, 3], "c": [10, 40, 30, 20]})
    >>> found = Balance()(frame)
    >>> found.report["felt"].round(6).to_list()
    [0.333333, 0.333333, 0.333333]
    """

    targets: FrozenMap[str, float] | None = attrs.field(default=None, converter=_targets)
    missing: Literal["error", "complete"] = attrs.field(default="error", validator=_WHOLE)
    degenerate: Degenerate = attrs.field(default="error", validator=one_of(["error", "zero"]))
    peer_dependent: ClassVar[bool] = True

    def __call__(self, children: Any) -> WeightSet:
        """Weigh the columns of a frame, units × children."""
        from scipy import optimize

        if only := only_child(children, self):
            return only
        kept = _varying(children, "Balance", self.missing, self.degenerate)
        correlations = correlation(kept.shares)
        _refuse_singular(kept.shares, correlations)
        target = self._target(kept)
        # With u = D·w and the sum of correlations as the measure, Σ(R·u)_i = 1, the aim is the
        # least |(I − t·1')·R·u|². Scaling u moves only how far the sum is from 1, so least squares
        # for both at once give the direction.
        sums = correlations.sum(axis=0)
        aims = np.vstack([correlations - np.outer(target, sums), sums])
        goal = np.append(np.zeros(len(target)), 1.0)
        scaled, _ = optimize.nnls(aims, goal)
        return _felt(self, kept, scaled, correlations, target)

    def _target(self, kept: Usable) -> Float:
        if self.targets is None:
            return np.full(len(kept.shares.names), 1.0 / len(kept.shares.names))
        check_known("The targets", self.targets, kept.codes)
        numbers = [self.targets[code] for code in kept.shares.names]
        parts = normalised(kept.shares.names, numbers, "the targets are 0")
        return np.array(list(parts.values()))


@attrs.frozen(kw_only=True)
class Infomax:
    """Weights with which the total informs most about its children.

    The weights are those of at least 0 for which the total's correlations with the children

    - ``correlation``: have the largest sum. They are ``1/s``, the inverse standard deviations,
      whatever the correlations;
    - ``variance``: have the largest sum of squares, the variance of the children that the total
      explains. They are the first principal component's coefficients by ``1/s``, if none of these
      is negative.

    Parameters
    ----------
    by : {"correlation", "variance"}
    missing, degenerate
        As in :class:`~govindex.weight.Balance`.

    Raises
    ------
    DataError
        If scores are missing or constant.

    Notes
    -----
    The diagnostic ``information`` is the maximised sum; the report holds each
    ``correlation`` and its part (``felt``).

    References
    ----------
    Becker, W., Saisana, M., Paruolo, P. & Vandecasteele, I. (2017), Weights and importance in
    composite indicators: closing the gap. Ecological Indicators 80.

    Examples
    --------
    >>> import pandas as pd
    >>> frame = pd.DataFrame({"close": [4, 5, 6, 5], "apart": [2, 5, 8, 5]})
    >>> Infomax()(frame).weights
    {'apart': 0.25, 'close': 0.75}
    """

    by: Literal["correlation", "variance"] = attrs.field(
        default="correlation", validator=one_of(["correlation", "variance"])
    )
    missing: Literal["error", "complete"] = attrs.field(default="error", validator=_WHOLE)
    degenerate: Degenerate = attrs.field(default="error", validator=one_of(["error", "zero"]))
    peer_dependent: ClassVar[bool] = True

    def __call__(self, children: Any) -> WeightSet:
        """Weigh the columns of a frame, units × children."""
        if only := only_child(children, self):
            return only
        kept = _varying(children, "Infomax", self.missing, self.degenerate)
        correlations = correlation(kept.shares)
        if self.by == "correlation":
            # Σ(R·u) / √(u'·R·u) is largest where u is all the same (Cauchy and Schwarz).
            scaled = np.ones(len(correlations))
        else:
            scaled = _explaining(correlations)
        weights = _felt(self, kept, scaled, correlations, None)
        felt = np.array(list(weights.columns["correlation"].values()))
        information = felt.sum() if self.by == "correlation" else (felt * felt).sum()
        return attrs.evolve(weights, diagnostics={"information": float(information)})


def _explaining(correlations: Float) -> Float:
    """Return u of at least 0 with the largest u'·R²·u / u'·R·u."""
    vectors = np.linalg.eigh(correlations)[1][:, ::-1]
    first = vectors[:, 0] if vectors[:, 0].sum() >= 0 else -vectors[:, 0]
    if (first >= -1e-12).all():
        return np.asarray(np.maximum(first, 0.0))
    from scipy import optimize

    squared = correlations @ correlations
    count = len(correlations)

    def negative_quotient(u: Float) -> tuple[float, Float]:
        explained, size = float(u @ squared @ u), float(u @ correlations @ u)
        slope = 2.0 * (squared @ u * size - correlations @ u * explained) / (size * size)
        return -explained / size, -slope

    # The quotient may have several peaks if indicators contradict each other, one for each sign of
    # a component.
    sides = [np.maximum(sign * v, 0.0) for v in vectors.T[:_PEAKS] for sign in (1.0, -1.0)]
    starts = [np.ones(count), *(side + 0.01 / count for side in sides)]
    solutions = [
        optimize.minimize(
            negative_quotient,
            start / start.sum(),
            jac=True,
            method="SLSQP",
            bounds=[(0.0, 1.0)] * count,
            constraints={"type": "eq", "fun": lambda u: u.sum() - 1.0, "jac": np.ones_like},
            options={"ftol": 1e-15, "maxiter": 1000},
        )
        for start in starts
    ]
    best = min(solutions, key=lambda one: round(float(one.fun), 12))
    return np.asarray(np.maximum(best.x, 0.0))


def _varying(children: Any, name: str, missing: Missing, degenerate: Degenerate) -> Usable:
    kept = usable(children, name, missing=missing, degenerate=degenerate, fewest=3)
    if not kept.shares.names:
        raise DataError(f"{name} needs scores that vary; all units have the same everywhere")
    return kept


def _refuse_singular(shares: Matrix, correlations: Float) -> None:
    values, vectors = np.linalg.eigh(correlations)
    if values[0] > _SINGULAR * len(values):
        return
    involved = np.abs(vectors[:, 0]) > 1e-6
    codes = [code for code, part in zip(shares.names, involved, strict=True) if part]
    few = len(shares.units) <= len(shares.names)
    advice = (
        f"there are {len(shares.units)} units for {len(shares.names)} children, too few to tell"
        if few
        else "leave one of them out"
    )
    raise DataError(
        f"the correlation matrix is singular: of {listing(codes)} each follows from the others, so "
        f"many weights would do; {advice}"
    )


def _divided(scaled: Float, spread: Float) -> Float:
    """Return numbers in the proportions of the quotients, also if these overflow."""
    with np.errstate(over="ignore"):
        quotients = scaled / spread
    return quotients if np.isfinite(quotients).all() else scaled * (spread.min() / spread)


def _felt(
    how: Any, kept: Usable, scaled: Float, correlations: Float, target: Float | None
) -> WeightSet:
    """Return the weights ``w = u / s``, with the total's correlations with the children."""
    shown = correlations @ scaled
    spread = float(scaled @ shown)
    if not spread > 1e-20:
        raise DataError(
            f"the children contradict each other so much that no weights are felt: "
            f"{listing(kept.shares.names)}. Reverse the direction of some"
        )
    felt = shown / np.sqrt(spread)
    part = felt / felt.sum()
    columns = {"correlation": kept.full(felt), "felt": kept.full(part)}
    diagnostics = {}
    if target is not None:
        columns["target"] = kept.full(target)
        diagnostics["discrepancy"] = float(np.sqrt(np.mean((part - target) ** 2)))
    raw = kept.full(_divided(scaled, deviations(kept.shares)[1]))
    return WeightSet(
        weights=normalised(kept.codes, raw.values(), "no weights are felt"),
        how=how,
        units=len(kept.shares.units),
        left_out=kept.left_out,
        diagnostics=diagnostics,
        columns=columns,
    )
