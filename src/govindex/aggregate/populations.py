"""Populations and opponents for aggregators that compare units with each other."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, ClassVar

import attrs
import numpy as np

from govindex.checks import among, is_share, shown
from govindex.contracts import (
    BaseAggregator,
    Bool,
    BranchScope,
    Everyone,
    Float,
    Over,
    check_over,
    reference_groups,
)
from govindex.errors import CellError, SettingError
from govindex.kernels.pairs import Orders, told_apart

__all__ = [
    "Comparing",
    "by_population",
    "per_opponent",
    "rank_shares",
    "share_or_error",
    "valid_over",
    "whole_over",
]

Combine = Callable[[list[Float], list[Float], Bool], Float]


class Comparing(BaseAggregator):
    """The base of aggregators whose shares are ranks among the peers."""

    peer_dependent: ClassVar[bool] = True
    proportional: ClassVar[bool] = True
    scoped: ClassVar[bool] = True
    over: Over

    def __call__(
        self,
        shares: Sequence[Float],
        weights: Sequence[Float],
        scope: BranchScope | None = None,
    ) -> Float:
        """Combine every population by itself, NaN where no child counts."""
        known = scope or BranchScope()
        keys = told_apart(shares, known.codes, known.one_sign)
        return by_population(self.over, keys, weights, scope, self._combine)

    def _combine(self, shares: list[Float], weights: list[Float], reference: Bool) -> Float:
        raise NotImplementedError

    def reach(self, low: float, high: float) -> tuple[float, float]:
        """From 0 to 1, whatever the children's shares are."""
        return (0.0, 1.0)


def valid_over(_: object, __: object, over: str) -> None:
    """Check a reference population."""
    check_over(over)


def whole_over(instance: object, _: object, over: str) -> None:
    """Check the reference population of a part that orders a population as a whole."""
    check_over(over)
    if over == "ranked":
        raise SettingError(
            f"{type(instance).__name__} orders a population as a whole, so it cannot score "
            "units outside it: over='ranked' is for Copeland and Borda"
        )


def share_or_error(_: object, attribute: attrs.Attribute[Any], value: Any) -> None:
    """Check the share of a unit without any opponent."""
    if not among(value, ("error",)) and not is_share(value):
        raise SettingError(
            f"{attribute.name} is 'error' or a share from 0 to 1, not {shown(value)}"
        )


def by_population(
    over: str,
    shares: Sequence[Float],
    weights: Sequence[Float],
    scope: BranchScope | None,
    combine: Combine,
) -> Float:
    """Combine every population by itself and return the units in their order.

    Parameters
    ----------
    over : str
        The reference population.
    shares, weights : sequence of array, shape (…, units or 1)
    scope : BranchScope or None
        None compares all units.
    combine : callable
        ``(shares, weights, reference) -> shares`` of arrays of shape (draws or 1, units or 1).
    """
    shape = np.broadcast_shapes(*(array.shape for array in (*shares, *weights)))
    count = shape[-1] if shape else 1
    share_rows = [np.atleast_2d(np.broadcast_to(s, (*s.shape[:-1], count))) for s in shares]
    weight_rows = [np.atleast_2d(weight) for weight in weights]
    peers = (scope or BranchScope(peers=Everyone(count))).peers_of(share_rows[0])
    combined = np.full((max(len(array) for array in (*share_rows, *weight_rows)), count), np.nan)
    for members, reference in reference_groups(over, share_rows[0], peers):
        member_weights = [w if w.shape[-1] == 1 else w[:, members] for w in weight_rows]
        try:
            combined[:, members] = combine(
                [share[:, members] for share in share_rows], member_weights, reference
            )
        except CellError as error:
            wrong = np.zeros(combined.shape, dtype=bool)
            wrong[:, members] = error.mask
            raise CellError(str(error), wrong, whole=error.whole) from None
    return combined.reshape(shape)


def per_opponent(sheet: Orders, points: Float, opponents: Float, alone: float | str) -> Float:
    """Return points per opponent, the declared share for a unit without any opponent."""
    alone_mask = sheet.present & (opponents == 0)
    if alone == "error" and alone_mask.any():
        raise CellError("has no opponent to be compared with", alone_mask)
    with np.errstate(invalid="ignore", divide="ignore"):
        part = points / opponents
    if alone != "error":
        part = np.where(alone_mask, float(alone), part)
    return np.where(sheet.present, part, np.nan)


def rank_shares(
    sheet: Orders, above: Float, level: Float, opponents: Float, alone: float | str
) -> Float:
    """Return ranks as shares: the part of the others that rank below, level ones counting half."""
    others = sheet.present.sum(axis=-1, keepdims=True) - 1.0
    points = others - above - (level - 1.0) / 2.0
    count = np.where(opponents > 0, others, 0.0)
    return per_opponent(sheet, points, count, alone)
