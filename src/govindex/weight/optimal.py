"""Weights that make the total inform about each child equally, or as much as possible."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import ClassVar, Literal

import attrs
import numpy as np

from govindex.contracts import Float, Index, Matrix
from govindex.errors import DataError, listing
from govindex.kernels.rounding import snap
from govindex.kernels.scaling import to_one
from govindex.mappings import FrozenMap
from govindex.weight.common import (
    Children,
    Degenerate,
    Missing,
    Tier,
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
from govindex.weight.total_correlations import Correlation, correlations_with
from govindex.weight.weight_search import best_weights

__all__ = ["Balance", "Infomax"]

_WHOLE = one_of(["error", "complete"])
_KINDS = one_of(["pearson", "spearman", "kendall"])
_SINGULAR = 1e-10
_PEAKS = 5
_NOTHING = 1e-20


def _targets(targets: Mapping[str, float] | None) -> FrozenMap[str, float] | None:
    return None if targets is None else as_numbers(targets)


@attrs.frozen(kw_only=True)
class Balance:
    """Weights with which every child is felt as much as its target.

    A weighted mean correlates with each of its children, ``r_i = (R·D·w)_i / √(w'·D·R·D·w)`` with
    the deviations D and correlations R of the children. The weights are those of at least 0 whose
    correlations come nearest to the targets t: the least ``Σ (r_i / Σr − t_i)²``. With Pearson's
    correlation this is a convex problem, solved exactly. Spearman's and Kendall's depend on ranks
    only and change in steps: their weights are searched for, from Pearson's and others, with a
    fixed seed, so that no weights that the search saw are better, but some elsewhere may be.

    Parameters
    ----------
    targets : mapping of code to float, optional
        How much each child should be felt; equal by default.
    correlation : {"pearson", "spearman", "kendall"}
        Kendall's is τ-b, and takes time with the square of the number of units.
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
    correlation: Correlation = attrs.field(default="pearson", validator=_KINDS)
    missing: Literal["error", "complete"] = attrs.field(default="error", validator=_WHOLE)
    degenerate: Degenerate = attrs.field(default="error", validator=one_of(["error", "zero"]))
    peer_dependent: ClassVar[bool] = True

    def __call__(self, children: Children) -> WeightSet:
        """Weigh the columns of a frame, units × children."""
        if only := only_child(children, self):
            return only
        kept = _varying(children, "Balance", self.missing, self.degenerate)
        target = self._target(kept)
        correlations = correlation(kept.shares)
        if self.correlation != "pearson":
            start = _nearest(correlations, target)
            return _searched(self, kept, start, _apart(target), target)
        _refuse_singular(kept.shares, correlations)
        return _felt(self, kept, _nearest(correlations, target), correlations, target)

    def _weigh_tier(self, children: Children, tier: Tier) -> WeightSet:
        """Weigh nodes whose branches keep their weights, by their correlations with the total."""
        kept = _varying(children, "Balance", self.missing, self.degenerate)
        target = self._target(kept)
        return _searched_in(self, kept, tier, _apart(target), target)

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
    correlation, missing, degenerate
        As in :class:`~govindex.weight.Balance`: with Spearman's or Kendall's correlation the
        weights are searched for.

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
    correlation: Correlation = attrs.field(default="pearson", validator=_KINDS)
    missing: Literal["error", "complete"] = attrs.field(default="error", validator=_WHOLE)
    degenerate: Degenerate = attrs.field(default="error", validator=one_of(["error", "zero"]))
    peer_dependent: ClassVar[bool] = True

    def __call__(self, children: Children) -> WeightSet:
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
        if self.correlation != "pearson":
            return self._with_information(_searched(self, kept, scaled, _silence(self.by), None))
        return self._with_information(_felt(self, kept, scaled, correlations, None))

    def _weigh_tier(self, children: Children, tier: Tier) -> WeightSet:
        """Weigh nodes whose branches keep their weights, by their correlations with the total."""
        kept = _varying(children, "Infomax", self.missing, self.degenerate)
        return self._with_information(_searched_in(self, kept, tier, _silence(self.by), None))

    def _with_information(self, weights: WeightSet) -> WeightSet:
        felt = np.array(list(weights.columns["correlation"].values()))
        information = _information(felt, self.by)
        return attrs.evolve(weights, diagnostics={"information": float(information)})


def _nearest(correlations: Float, target: Float) -> Float:
    """Return u of at least 0 for which the parts of R·u come nearest to the targets."""
    from scipy import optimize

    # With u = D·w and the sum of correlations as the measure, Σ(R·u)_i = 1, the aim is the
    # least |(I − t·1')·R·u|². Scaling u moves only how far the sum is from 1, so least squares
    # for both at once give the direction.
    sums = correlations.sum(axis=0)
    aims = np.vstack([correlations - np.outer(target, sums), sums])
    scaled, _ = optimize.nnls(aims, np.append(np.zeros(len(target)), 1.0))
    return np.asarray(scaled)


def _apart(target: Float) -> Callable[[Float], Float]:
    """Return how far the parts of correlations, shape (sets, children), are from the targets."""

    def apart(felt: Float) -> Float:
        total = felt.sum(axis=1, keepdims=True)
        with np.errstate(invalid="ignore", divide="ignore"):
            distance = ((felt / total - target) ** 2).mean(axis=1)
        return np.where((total[:, 0] > _SINGULAR) & np.isfinite(distance), distance, np.inf)

    return apart


def _information(felt: Float, by: str) -> Float:
    """Return what correlations, children on the last axis, tell about the children."""
    return np.asarray((felt if by == "correlation" else felt * felt).sum(axis=-1))


def _silence(by: str) -> Callable[[Float], Float]:
    """Return how little correlations, shape (sets, children), tell about the children."""

    def silence(felt: Float) -> Float:
        information = _information(felt, by)
        return np.where(np.isfinite(information), -information, np.inf)

    return silence


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


def _varying(children: Children, name: str, missing: Missing, degenerate: Degenerate) -> Usable:
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


def _searched(
    how: Balance | Infomax,
    kept: Usable,
    start: Float,
    loss: Callable[[Float], Float],
    target: Float | None,
) -> WeightSet:
    """Return weights with the least loss of the correlations of children with their mean."""
    standard = _standardised(kept.shares)
    felt = correlations_with(standard, how.correlation)

    def correlated(sets: Float) -> Float:
        return felt(snap(sets @ standard, 1.0))

    size = start.sum()
    starts = [start / size] if size > 0 else []
    groups = [np.arange(len(standard))]
    scaled = best_weights(lambda sets: loss(correlated(sets)), groups, starts, smooth=False)
    raw = _divided(scaled, deviations(kept.shares)[1])
    return _weight_set(how, kept, raw, correlated(scaled[None])[0], target)


def _searched_in(
    how: Balance | Infomax,
    kept: Usable,
    tier: Tier,
    loss: Callable[[Float], Float],
    target: Float | None,
) -> WeightSet:
    """Return weights of a tier with the least loss of its correlations with the total."""
    codes = kept.shares.names
    groups, parts = _groups_of(tier, codes)
    felt = correlations_with(snap(kept.shares.values, 1.0), how.correlation)
    columns = [tier.units.index(unit) for unit in kept.shares.units]

    def correlated(sets: Float) -> Float:
        weights = {code: np.zeros(len(sets)) for code in kept.codes}
        weights |= dict(zip(codes, sets.T, strict=True))
        return felt(snap(tier.totals(weights)[:, columns], 1.0))

    now = np.array([tier.weights[code] for code in codes])
    smooth = how.correlation == "pearson"
    found = best_weights(lambda sets: loss(correlated(sets)), groups, [now], smooth=smooth)
    return _weight_set(how, kept, found * parts, correlated(found[None])[0], target)


def _groups_of(tier: Tier, codes: Sequence[str]) -> tuple[list[Index], Float]:
    """Return the rows of nodes by branch, and the part of the root that each branch has."""
    branches = [tier.branches[code] for code in codes]
    flat = sorted(set(tier.branches.values()) - set(branches))
    if flat:
        raise DataError(
            f"the branches {listing(flat)} keep their weights, but no node of the tier below them "
            "has scores that vary: leave them out, or weigh another tier"
        )
    rows = {
        branch: np.array([i for i, b in enumerate(branches) if b == branch]) for branch in branches
    }
    return list(rows.values()), np.array([tier.parts[branch] for branch in branches])


def _standardised(shares: Matrix) -> Float:
    values = to_one(shares.values)
    values = values - values.mean(axis=1, keepdims=True)
    return np.asarray(values / values.std(axis=1, ddof=1, keepdims=True))


def _felt(
    how: Balance | Infomax, kept: Usable, scaled: Float, correlations: Float, target: Float | None
) -> WeightSet:
    """Return the weights ``w = u / s``, with the total's correlations with the children."""
    shown = correlations @ scaled
    spread = float(scaled @ shown)
    felt = shown / np.sqrt(spread) if spread > _NOTHING else np.full(len(shown), np.nan)
    return _weight_set(how, kept, _divided(scaled, deviations(kept.shares)[1]), felt, target)


def _weight_set(
    how: Balance | Infomax, kept: Usable, raw: Float, felt: Float, target: Float | None
) -> WeightSet:
    """Return weights with the total's correlations with the children."""
    if not np.isfinite(felt).all() or (target is not None and not felt.sum() > _SINGULAR):
        raise DataError(
            f"the children contradict each other so much that no weights are felt: "
            f"{listing(kept.shares.names)}. Reverse the direction of some"
        )
    part = felt / felt.sum()
    columns = {"correlation": kept.full(felt), "felt": kept.full(part)}
    diagnostics = {}
    if target is not None:
        columns["target"] = kept.full(target)
        diagnostics["discrepancy"] = float(np.sqrt(np.mean((part - target) ** 2)))
    return WeightSet(
        weights=normalised(kept.codes, kept.full(raw).values(), "no weights are felt"),
        how=how,
        units=len(kept.shares.units),
        left_out=kept.left_out,
        diagnostics=diagnostics,
        columns=columns,
    )
