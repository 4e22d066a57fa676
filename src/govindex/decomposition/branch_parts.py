"""One branch: what its children add to it, as weights of their shares or by Shapley values."""

from __future__ import annotations

from collections.abc import Iterator

import attrs
import numpy as np

from govindex.contracts import (
    Aggregator,
    Bool,
    BranchScope,
    Float,
    Index,
    Rule,
    Scope,
    combined,
)
from govindex.decomposition.shapley_values import EXACT_CHILDREN, orders_of, shapley_values
from govindex.errors import GovIndexError
from govindex.kernels.scaling import tame
from govindex.model.tree import Dimension, Node
from govindex.results import IndexResult

__all__ = ["Division", "Parts", "bonus_sizes", "division", "weights_of"]

_CELLS = 2**21
_LEVEL = 1e-7


@attrs.frozen(eq=False)
class Parts:
    """The rule and the aggregator of a branch, frozen on the peers if they look at them."""

    aggregate: Aggregator
    rule: Rule | None


@attrs.frozen(eq=False)
class Division:
    """What the children of a branch add to its share, in straight lines of their own shares.

    A child adds ``constant + slope · share``, arrays of shape (children, units). They are NaN where
    a child does not count or the share cannot be divided.

    Parameters
    ----------
    children : tuple of Node
        Those inside the maximum, then those outside it.
    slope, constant : array
    weights : array
        The parts of the branch's weight, 0 for children outside the maximum.
    method : str
        "arithmetic", "shapley", "shapley of … orders", or "undivided".
    """

    children: tuple[Node, ...]
    slope: Float
    constant: Float
    weights: Float
    method: str


def division(result: IndexResult, branch: Dimension, parts: Parts | None) -> Division:
    """Divide the share of a branch among its children, for all units.

    Parameters
    ----------
    result : IndexResult
        Of one form.
    branch : Dimension
    parts : Parts or None
        None if they look at peers and cannot be frozen: then nothing is divided.
    """
    inside, weights = weights_of(result, branch)
    bonuses, sizes = bonus_sizes(result, branch)
    children = (*inside, *bonuses)
    whole = np.vstack([weights, np.zeros_like(sizes)])
    counts = np.vstack([weights > 0, sizes != 0])
    if parts is None or not children:
        blank = np.full(whole.shape, np.nan)
        return Division(children, blank, blank, whole, "undivided")
    if parts.rule is None and parts.aggregate.linear:
        slope = np.where(counts, np.vstack([weights, sizes]), np.nan)
        return Division(children, slope, np.where(counts, 0.0, np.nan), whole, "arithmetic")
    task = _PartTask(result, branch, parts, inside, bonuses, weights, sizes)
    slope, constant = _divided(task, counts)
    orders = orders_of(int(counts.sum(axis=0).max(initial=0)))
    method = "shapley" if orders is None else f"shapley of {orders} orders"
    return Division(children, slope, constant, whole, method)


def weights_of(result: IndexResult, branch: Dimension) -> tuple[list[Node], Float]:
    """Return the children inside the maximum, and their parts of it, (children, units)."""
    children, weights = result._weights_below(branch)
    units = len(result.units)
    if not children:
        return [], np.zeros((0, units))
    sizes = tame(np.broadcast_to(weights, (len(children), units)).T).T
    sizes = np.where(sizes > 0, sizes, 0.0)
    shares = np.array([result.shares[result.row_of(child.code)] for child in children])
    sizes = np.where(np.isnan(shares), 0.0, sizes)
    total = sizes.sum(axis=0)
    return children, sizes / np.where(total > 0, total, 1.0)


def bonus_sizes(result: IndexResult, branch: Dimension) -> tuple[list[Node], Float]:
    """Return the children outside the maximum, and what a whole share of each adds."""
    bonuses = [child for child in branch.bonuses if child.weight != 0]
    units = len(result.units)
    if not bonuses:
        return [], np.zeros((0, units))
    every = [*branch.inside, *bonuses]
    sized = tame(np.broadcast_to(result._declared_weights(every), (len(every), units)).T).T
    inside = sized[: len(branch.inside)].sum(axis=0)
    inside = inside * result.applicable[result.row_of(branch.code)]
    sizes = []
    for child, weight in zip(bonuses, sized[len(branch.inside) :], strict=True):
        row = result.row_of(child.code)
        size = weight * result.applicable[row] / np.where(inside > 0, inside, 1.0)
        sizes.append(np.where(np.isnan(result.shares[row]), 0.0, size))
    return bonuses, np.array(sizes)


@attrs.frozen(eq=False)
class _PartTask:
    """A branch whose share is no weighted mean of its children's."""

    result: IndexResult
    branch: Dimension
    parts: Parts
    inside: list[Node]
    bonuses: list[Node]
    weights: Float
    sizes: Float

    def shares(self, units: Index) -> Float:
        """Return the shares of all children, (children, units); a blank one is 0."""
        rows = [self.result.row_of(child.code) for child in (*self.inside, *self.bonuses)]
        return np.nan_to_num(self.result.shares[rows][:, units])

    def value(self, shares: Float, present: Bool, units: Index) -> Float:
        """Return the branch's share by its aggregator, bonuses and rule, (subsets, units).

        Parameters
        ----------
        shares : array, shape (children, subsets, units)
        present : array, shape (children,)
            Which children count.
        units : array of int
        """
        inside = np.flatnonzero(present[: len(self.inside)])
        scope = BranchScope(tuple(self.inside[at].code for at in inside))
        weights = [self.weights[at, units][None] for at in inside]
        with np.errstate(all="ignore"):
            share = combined(self.parts.aggregate, [shares[at] for at in inside], weights, scope)
            share = np.broadcast_to(np.asarray(share, dtype=np.float64), shares.shape[1:])
            for at in range(len(self.bonuses)):
                share = share + self.sizes[at, units] * shares[len(self.inside) + at]
            if self.bonuses:
                share = np.clip(share, 0.0, 1.0)
            return share if self.parts.rule is None else self._ruled(self.parts.rule, share)

    def _ruled(self, rule: Rule, share: Float) -> Float:
        maximum = float(self.result.maxima[self.result.row_of(self.branch.code)])
        one_sign = self.branch.code in self.result.framework._sums_of_one_sign
        scope = Scope(maximum, computed=True, one_sign=one_sign)
        return np.asarray(rule(np.ascontiguousarray(share), scope), dtype=np.float64)


def _divided(task: _PartTask, counts: Bool) -> tuple[Float, Float]:
    """Return slopes and constants; units whose same children count are divided together."""
    slope, constant = np.full((2, *counts.shape), np.nan)
    scored = ~np.isnan(task.result.shares[task.result.row_of(task.branch.code)])
    for present, units in _patterns(counts, scored):
        players = np.flatnonzero(present)
        if not present[: len(task.inside)].any():
            continue
        subsets = 2 ** min(len(players), EXACT_CHILDREN)
        at_once = max(_CELLS // (subsets * len(counts)), 1)
        for start in range(0, len(units), at_once):
            some = units[start : start + at_once]
            try:
                found = _lines(task, present, players, some)
            except GovIndexError:  # a mixture of children that the branch refuses
                continue
            slope[np.ix_(players, some)], constant[np.ix_(players, some)] = found
    return slope, constant


def _patterns(counts: Bool, scored: Bool) -> Iterator[tuple[Bool, Index]]:
    """Yield which children count, with the units of which just these do."""
    units = np.flatnonzero(scored)
    if not len(units):
        return
    kinds, which = np.unique(counts[:, units].T, axis=0, return_inverse=True)
    for number, present in enumerate(kinds):
        yield present, units[which.ravel() == number]


def _lines(task: _PartTask, present: Bool, players: Index, units: Index) -> tuple[Float, Float]:
    """Return the slopes and constants of the children that count, (players, units)."""
    attained = task.shares(units)
    best = np.zeros((len(present), 1))
    best[: len(task.inside)] = 1.0  # a child outside the maximum starts from nothing

    def values_of(subsets: Bool) -> Float:
        moved = np.zeros((len(subsets), len(present)), dtype=bool)
        moved[:, players] = subsets
        mixed = np.where(moved.T[:, :, None], attained[:, None, :], best[:, :, None])
        return task.value(mixed, present, units)

    steps = shapley_values(values_of, len(players))
    whole = values_of(np.zeros((1, len(players)), dtype=bool))[0]
    weights = np.vstack([task.weights, np.zeros_like(task.sizes)])[np.ix_(players, units)]
    start, end = best[players], attained[players]
    far = np.abs(end - start) > _LEVEL
    # A child at its start has moved nothing: its weight is its slope.
    slope = np.where(far, steps / np.where(far, end - start, 1.0), weights * whole)
    constant = weights * whole + steps - slope * end
    unknown = ~np.isfinite(steps).all(axis=0) | ~np.isfinite(whole)
    return np.where(unknown, np.nan, slope), np.where(unknown, np.nan, constant)
