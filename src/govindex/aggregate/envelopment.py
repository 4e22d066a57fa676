"""Benefit of the doubt: every unit with the weights that suit it best."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

import attrs
import numpy as np

from govindex.aggregate.common import BELOW_ZERO
from govindex.aggregate.populations import by_population, valid_over
from govindex.checks import share
from govindex.contracts import BaseAggregator, Bool, BranchScope, Float, Over
from govindex.errors import CellError, SettingError
from govindex.kernels.scaling import tame

__all__ = ["BenefitOfTheDoubt"]

_UNITS_PER_PROGRAMME = 32
_ADDED_PEERS = 20  # for each unit in a round
_ACCURACY = 1e-10
_NEGLIGIBLE = 1e-12


@attrs.frozen
class BenefitOfTheDoubt(BaseAggregator):
    """Weighted sum with the weights that suit the unit best, as a part of the best peer's sum.

    ``max over w ≥ 0 of Σ w·s(own)`` with ``Σ w·s ≤ 1`` for the unit and every peer: a unit that no
    peer beats with these weights gets 1. A child's part of the unit's sum, ``w·s / Σ w·s``, can be
    limited. The framework's weights say which children count and, with `spread`, where the limits
    are.

    Parameters
    ----------
    least, most : float
        The smallest and the largest part that a child may have of the unit's sum.
    spread : float, optional
        Parts stay within ``(1 ± spread)·weight / Σ weights``.
    over : {"all", "league", "ranked", "period", "league_period"}
        The peers. A unit outside them is compared with them and itself.

    Raises
    ------
    CellError
        If a share is negative, or 0 although limits give every child a part of the sum; if
        the limits allow no weights (such as `least` = 0.6 for two children).
    SettingError
        If `least` is above `most`.

    See Also
    --------
    govindex.weight.CommonBenefit : One set of weights for all units.

    Notes
    -----
    Each unit's linear programme is solved on few peers. Peers that its weights put above 1 are
    added until no peer is above 1.

    References
    ----------
    L. Cherchye, W. Moesen, N. Rogge and T. Van Puyenbroeck, "An introduction to 'benefit of the
    doubt' composite indicators", Social Indicators Research 82 (2007).

    Examples
    --------
    >>> speed, reach = np.array([1.0, 0.5, 0.4]), np.array([0.2, 1.0, 0.5])
    >>> shares = BenefitOfTheDoubt()([speed, reach], [np.array([1.0]), np.array([1.0])])
    >>> shares.round(4)
    array([1.    , 1.    , 0.6333])
    """

    peer_dependent: ClassVar[bool] = True
    monotone: ClassVar[bool] = True
    proportional: ClassVar[bool] = True
    scoped: ClassVar[bool] = True
    needs_all: ClassVar[bool] = True
    least: float = attrs.field(default=0.0, validator=share, kw_only=True)
    most: float = attrs.field(default=1.0, validator=share, kw_only=True)
    spread: float | None = attrs.field(
        default=None, validator=attrs.validators.optional(share), kw_only=True
    )
    over: Over = attrs.field(default="all", validator=valid_over, kw_only=True)

    def __attrs_post_init__(self) -> None:
        if self.least > self.most:
            raise SettingError(f"least ({self.least:g}) is above most ({self.most:g})")

    @property
    def ignores_weights(self) -> bool:
        """Whether the weights of the children set no limits."""
        return self.spread is None

    @property
    def above(self) -> float:
        """Shares must lie above this: with limits every child needs a part of the sum."""
        return 0.0 if self._is_limited else BELOW_ZERO

    @property
    def _is_limited(self) -> bool:
        return self.least > 0 or self.most < 1 or self.spread is not None

    def reach(self, low: float, high: float) -> tuple[float, float]:
        """From 0 to the best peer."""
        return (0.0, 1.0)

    def __call__(
        self,
        shares: Sequence[Float],
        weights: Sequence[Float],
        scope: BranchScope | None = None,
    ) -> Float:
        """Return the part of the best peer's sum, NaN where no child counts."""

        def combine(
            share_columns: list[Float], weight_columns: list[Float], reference: Bool
        ) -> Float:
            size = np.broadcast_shapes(
                *(array.shape for array in (*share_columns, *weight_columns))
            )
            table, weight_table = (
                np.stack([np.broadcast_to(column, size) for column in columns], axis=-1)
                for columns in (share_columns, weight_columns)
            )
            draws = zip(table, weight_table, strict=True)
            return np.stack([self._draw(*draw, reference) for draw in draws])

        return by_population(self.over, shares, weights, scope, combine)

    def _draw(self, table: Float, weights: Float, reference: Bool) -> Float:
        """Score units, shape (units, children)."""
        scores = np.full(len(table), np.nan)
        has = weights > 0
        scored, counts = np.asarray(has.any(axis=1)), np.asarray(has.any(axis=0))
        if not scored.any():
            return scores
        self._refuse(table, has, scored[:, None] & counts)
        # A child's scale does not matter, and the solver needs ordinary numbers.
        scaled, parts = tame(table.T).T[scored][:, counts], weights[scored][:, counts]
        parts = parts / parts.sum(axis=1, keepdims=True)
        low, high = self._limits(parts)
        impossible = (low.sum(axis=1) > 1 + _ACCURACY) | (high.sum(axis=1) < 1 - _ACCURACY)
        if impossible.any():
            wrong = np.zeros(len(table), dtype=bool)
            wrong[scored] = impossible
            raise CellError(f"no weights of {scaled.shape[1]} children keep the limits", wrong)
        peers = scaled[reference[scored]] if reference[scored].any() else scaled
        scores[scored] = _best(scaled, peers, low, high)
        return scores

    def _refuse(self, table: Float, counted: Bool, needed: Bool) -> None:
        lacking = (needed & ~counted).any(axis=1)
        if lacking.any():
            raise CellError("benefit of the doubt needs the same children of every unit", lacking)
        negative = (needed & (table < 0)).any(axis=1)
        if negative.any():
            raise CellError("benefit of the doubt needs shares of at least 0", negative)
        empty = (needed & (table <= 0)).any(axis=1) & self._is_limited
        if empty.any():
            message = "limits on the parts of benefit of the doubt need shares above 0"
            raise CellError(message, empty)

    def _limits(self, parts: Float) -> tuple[Float, Float]:
        low, high = np.full(parts.shape, self.least), np.full(parts.shape, self.most)
        if self.spread is not None:
            low = np.maximum(low, (1 - self.spread) * parts)
            high = np.minimum(high, (1 + self.spread) * parts)
        return low, high


def _best(shares: Float, peer_shares: Float, low: Float, high: Float) -> Float:
    """Score each unit with the weights that suit it best."""
    # Sorted, so that the programmes are the same whatever the order of the units.
    lines, line_of = np.unique(np.hstack([shares, low, high]), axis=0, return_inverse=True)
    unit, least, most = np.split(lines, 3, axis=1)
    peers = np.unique(peer_shares, axis=0)
    scores = np.zeros(len(unit))
    positive = np.flatnonzero((unit > 0).any(axis=1))
    for start in range(0, len(positive), _UNITS_PER_PROGRAMME):
        block = positive[start : start + _UNITS_PER_PROGRAMME]
        weights = _best_weights(unit[block], peers, least[block], most[block])
        scores[block] = 1.0 / np.maximum((weights @ peers.T).max(axis=1), 1.0)
    return np.asarray(scores[line_of.reshape(-1)])


def _best_weights(shares: Float, peers: Float, low: Float, high: Float) -> Float:
    """Return the weights that suit each unit best and give it a sum of 1.

    Parameters
    ----------
    shares : array, shape (units, children)
        Each unit has a share above 0.
    peers : array, shape (peers, children)
    low, high : array, shape (units, children)
        Limits of the children's parts of the sum.
    """
    positive = shares > 0
    # A share that is negligible against the best peer's must not be divided by.
    scale = np.where(positive, np.maximum(shares, _NEGLIGIBLE * peers.max(axis=0)), 1.0)
    low, high = np.where(positive, low, 0.0), np.where(positive, high, 0.0)
    weights = np.zeros(shares.shape)
    seen = np.zeros((len(shares), len(peers)), dtype=bool)
    seen[:, peers.argmax(axis=0)] = True
    unsolved = np.arange(len(shares))
    while unsolved.size:
        weights[unsolved] = _programme(
            scale[unsolved], peers, seen[unsolved], low[unsolved], high[unsolved]
        )
        sums = weights[unsolved] @ peers.T
        known = np.where(seen[unsolved], sums, 1.0).max(axis=1, keepdims=True)
        beyond = np.where(seen[unsolved], 0.0, sums / known - 1.0)
        furthest = np.argsort(-beyond, axis=1, kind="stable")[:, :_ADDED_PEERS]
        added = np.take_along_axis(beyond, furthest, axis=1) > _ACCURACY
        unit, index = np.nonzero(added)
        seen[unsolved[unit], furthest[unit, index]] = True
        unsolved = unsolved[added.any(axis=1)]
    return weights


def _programme(scale: Float, peers: Float, seen: Bool, low: Float, high: Float) -> Float:
    """Solve a linear programme for several units, each with its own peers.

    The variables are the children's parts of a unit's sum, and the largest sum of a peer relative
    to it, which is minimised.
    """
    from scipy import optimize, sparse

    units, children = scale.shape
    unit, peer = np.nonzero(seen)
    sums = np.hstack([peers[peer] / scale[unit], np.full((len(unit), 1), -1.0)])
    columns = unit[:, None] * (children + 1) + np.arange(children + 1)
    starts = np.arange(len(unit) + 1) * (children + 1)
    width = units * (children + 1)
    above = sparse.csr_matrix((sums.ravel(), columns.ravel(), starts), shape=(len(unit), width))
    sum_of_parts = sparse.kron(
        sparse.eye(units), np.append(np.ones(children), 0.0)[None], format="csr"
    )
    largest = np.tile(np.append(np.zeros(children), 1.0), units)
    ends = np.ones((units, 1))
    bounds = np.stack([np.hstack([low, ends]), np.hstack([high, np.inf * ends])], axis=-1)
    solution = optimize.linprog(
        largest,
        A_ub=above,
        b_ub=np.zeros(len(unit)),
        A_eq=sum_of_parts,
        b_eq=np.ones(units),
        bounds=bounds.reshape(-1, 2),
        method="highs",
        options={
            "primal_feasibility_tolerance": _ACCURACY,
            "dual_feasibility_tolerance": _ACCURACY,
        },
    )
    if solution.x is None:
        raise CellError(f"the linear programme was not solved: {solution.message}", np.True_)
    parts = np.clip(solution.x.reshape(units, -1)[:, :-1], low, high)
    return np.asarray(parts / parts.sum(axis=1, keepdims=True) / scale)
