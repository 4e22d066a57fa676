"""Correlations of children with totals, one total for each set of weights."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

import numpy as np

from govindex.contracts import Float, Index

__all__ = ["Correlation", "correlations_with"]

Correlation = Literal["pearson", "spearman", "kendall"]

_AT_ONCE = 2**22  # numbers in memory


def correlations_with(scores: Float, kind: Correlation) -> Callable[[Float], Float]:
    """Return the function that correlates totals, shape (sets, units), with each child.

    Parameters
    ----------
    scores : array, shape (children, units)
        Complete.
    kind : {"pearson", "spearman", "kendall"}
        Kendall's is τ-b.

    Returns
    -------
    callable
        Totals → correlations of shape (sets, children), NaN where a total or a child is constant.

    Examples
    --------
    >>> with_totals = correlations_with(np.array([[1.0, 2.0, 4.0]]), "kendall")
    >>> with_totals(np.array([[0.0, 0.1, 0.9], [3.0, 2.0, 1.0]])).round(12).tolist()
    [[1.0], [-1.0]]
    """
    if kind == "kendall":
        return _tau(scores)
    if kind == "spearman":
        return _products(_ranks(scores), _ranks)
    return _products(scores, lambda totals: totals)


def _ranks(values: Float) -> Float:
    from scipy import stats

    return np.asarray(stats.rankdata(values, axis=1))


def _unit_length(values: Float) -> Float:
    centred = values - values.mean(axis=1, keepdims=True)
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.asarray(centred / np.sqrt((centred * centred).sum(axis=1, keepdims=True)))


def _products(scores: Float, of_totals: Callable[[Float], Float]) -> Callable[[Float], Float]:
    children = _unit_length(scores).T
    return lambda totals: np.asarray(_unit_length(of_totals(totals)) @ children)


def _tau(scores: Float) -> Callable[[Float], Float]:
    first, second = np.triu_indices(scores.shape[1], 1)
    expected = _unit_signs(scores, first, second).T
    at_once = max(_AT_ONCE // max(len(first), 1), 1)

    def correlated(totals: Float) -> Float:
        parts = [
            _unit_signs(totals[start : start + at_once], first, second) @ expected
            for start in range(0, len(totals), at_once)
        ]
        return np.concatenate(parts)

    return correlated


def _unit_signs(values: Float, first: Index, second: Index) -> Float:
    """Return the order of each pair of units, as vectors of length 1."""
    signs = np.sign(values[:, first] - values[:, second])
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.asarray(signs / np.sqrt(np.abs(signs).sum(axis=1, keepdims=True)))
