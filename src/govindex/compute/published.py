"""Means of printed numbers, for publishers whose rounding depends on the last bits."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from govindex.compute.block import State
from govindex.compute.plan import Branch
from govindex.compute.weights import DrawnWeights
from govindex.contracts import Float
from govindex.kernels.reductions import exact_total
from govindex.kernels.rounding import decimal

__all__ = ["correct", "round_published"]

_ALIKE = 2.0**-45


def correct(
    branch: Branch,
    drawn: DrawnWeights,
    children: Sequence[State],
    shares: Sequence[Float],
    weights: Sequence[Float],
    state: State,
) -> None:
    """Replace a branch's share by the corrected mean of printed numbers.

    On a common scale the mean is corrected once, ``m += Σ w·(s − m) / Σ w``; points are added
    up, as R does in extended precision.

    Parameters
    ----------
    branch : Branch
        One that `corrects`.
    drawn : DrawnWeights
    children : sequence of State
    shares, weights : sequence of array
        What was aggregated; an absent child has weight 0.
    state : State
        The branch's, whose share and points are set.
    """
    part = 1.0 if state.applicable is None else state.applicable
    whole = drawn.mean_maximum(branch.node.code)[:, None]
    with np.errstate(invalid="ignore", divide="ignore"):
        if branch.adds_points:
            points, carried = _added(shares, weights)
            share = points / carried
            unshrunk = np.abs(carried - whole * part) <= _ALIKE * carried
            points = np.where(unshrunk, points, share * whole * part)
        else:
            printed = [
                _printed(child, share, whole) for child, share in zip(children, shares, strict=True)
            ]
            aggregate: Any = branch.aggregate
            mean = aggregate.corrected(printed, weights)
            share, points = mean / whole, mean * part
    usable = (whole > 0) & ~np.isnan(state.share)
    state.share = np.where(usable, share, state.share)
    state.points = np.where(usable, points, np.nan)


def _added(shares: Sequence[Float], weights: Sequence[Float]) -> tuple[Float, Float]:
    """Return the points of the children and their maximum."""
    points = [
        decimal(share * weight, weight) for share, weight in zip(shares, weights, strict=True)
    ]
    return exact_total(points), exact_total(weights)


def _printed(child: State, share: Float, whole: Float) -> Float:
    """Return the printed scores of a child, its own points unless they were filled in."""
    points = decimal(share * whole, whole)
    if child.points is None or child.applicable is not None:
        return points
    return np.where(share == child.share, child.points, points)


def round_published(branch: Branch, state: State, maximum: Float) -> None:
    """Round a branch's share on the printed number of its mean."""
    assert branch.rounding is not None
    whole = maximum if state.applicable is None else maximum * state.applicable
    points = state.points if state.points is not None else decimal(state.share * whole, whole)
    with np.errstate(invalid="ignore", divide="ignore"):
        points = branch.rounding(points)
        usable = (maximum > 0) & ~np.isnan(points)
        state.share = np.where(usable, points / whole, state.share)
    state.points = np.where(usable, points, np.nan)
