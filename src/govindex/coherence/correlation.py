"""Correlations of indicators and dimensions, with the number of units behind them."""

from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING, Literal

import numpy as np

from govindex.checks import among, number, true_or_false
from govindex.coherence.tables import Data, parents_of, require_result, table_of
from govindex.contracts import Bool, Float, Matrix
from govindex.errors import DataError, SettingError, near_miss
from govindex.kernels.scaling import strange, to_one
from govindex.model.selection import At
from govindex.results import IndexResult

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["correlation_matrix", "correlations", "flagged_pairs"]

How = Literal["pearson", "spearman", "kendall"]
_FEWEST = 3


def correlation_matrix(data: Data, at: At | None = None, *, how: How = "pearson") -> pd.DataFrame:
    """Return the correlations of all pairs, each on the units that have both.

    Parameters
    ----------
    data : Observations or IndexResult
        Raw values, or the normalised scores of a result.
    at : int, str or iterable of str, optional
        Variables or nodes, or a tier of the framework; by default all indicators.
    how : {"pearson", "spearman", "kendall"}
        Kendall's is τ-b.

    Returns
    -------
    DataFrame, shape (codes, codes)
        Missing if one is constant on the common units, or there are fewer than three of them.

    Examples
    --------
    >>> import govindex as gi
    >>> groups = gi.methodology("vn.service-766").cut()
    >>> result = groups.compute(gi.datasets.load("vn.service-766.provinces-2026-10-10"))
    >>> correlation_matrix(result, 1).shape
    (5, 5)
    """
    table = table_of(data, at)
    return _matrix(table, how)


def _matrix(table: Matrix, how: How) -> pd.DataFrame:
    import pandas as pd

    known = ["pearson", "spearman", "kendall"]
    if not among(how, known):
        raise SettingError(f"there is no correlation '{how}': {near_miss(how, known)}")
    frame = pd.DataFrame(to_one(table.by_unit.T).T, columns=list(table.names))
    with np.errstate(invalid="ignore", divide="ignore"):
        correlation = frame.corr(method=how, min_periods=_FEWEST).to_numpy(copy=True)
    if how == "pearson":
        extreme = np.asarray(strange(frame.to_numpy()).any(axis=0))
        _correct_extreme(correlation, table.by_unit, extreme)
    flat = np.isnan(correlation).diagonal()
    clipped = np.clip(correlation, -1.0, 1.0)
    np.fill_diagonal(clipped, np.where(flat, np.nan, 1.0))
    return pd.DataFrame(clipped, index=list(table.names), columns=list(table.names))


def _correct_extreme(correlation: Float, values: Float, extreme: Bool) -> None:
    """Correlate pairs again, each on its own scale, whose squares may have been lost."""
    import pandas as pd

    for i, j in combinations(range(len(correlation)), 2):
        if extreme[i] or extreme[j]:
            both = values[~np.isnan(values[:, [i, j]]).any(axis=1)][:, [i, j]]
            rescaled = pd.DataFrame(to_one(both.T).T).corr(min_periods=_FEWEST)
            correlation[i, j] = correlation[j, i] = rescaled.to_numpy()[0, 1]


def correlations(
    data: Data,
    rows: At | None = None,
    columns: At | None = None,
    *,
    how: How = "pearson",
) -> pd.DataFrame:
    """Return correlations with their p-values, inside a tier or between two.

    Parameters
    ----------
    data : Observations or IndexResult
    rows : int, str or iterable of str, optional
        Variables or nodes, or a tier of the framework; by default all indicators.
    columns : int, str or iterable of str, optional
        Those that they are correlated with: the dimensions above, the total … By default the rows
        with each other, every pair once.
    how : {"pearson", "spearman", "kendall"}

    Returns
    -------
    DataFrame
        A row per pair: `first`, `second`, `correlation`, `p_value` (two-sided; by Student's t for
        Pearson and Spearman, by the normal approximation for Kendall's τ-b), `units` that have
        both, and a `note` if there is no correlation: fewer than three units, or one of the two
        is constant on them.

    Raises
    ------
    SettingError
        If there is no such correlation.

    Examples
    --------
    >>> import govindex as gi
    >>> groups = gi.methodology("vn.service-766").cut()
    >>> result = groups.compute(gi.datasets.load("vn.service-766.provinces-2026-10-10"))
    >>> correlations(result, 1, 0)[["first", "second", "correlation"]].round(2).head(2)
      first second  correlation
    0     1    766         0.48
    1     2    766         0.32
    """
    import pandas as pd

    first = table_of(data, rows)
    second = first if columns is None else table_of(data, columns)
    both = table_of(data, {*first.names, *second.names})
    matrix = _matrix(both, how)
    pairs = (
        list(combinations(first.names, 2))
        if columns is None
        else [(a, b) for a in first.names for b in second.names if a != b]
    )
    index = {code: i for i, code in enumerate(both.names)}
    left = np.array([index[a] for a, _ in pairs], dtype=np.intp)
    right = np.array([index[b] for _, b in pairs], dtype=np.intp)
    known = ~np.isnan(both.by_unit)
    units = (known.astype(np.float64).T @ known)[left, right].astype(np.int64)
    correlation = matrix.to_numpy()[left, right]
    few = np.where(units < _FEWEST, f"fewer than {_FEWEST} units have both", "")
    return pd.DataFrame(
        {
            "first": [a for a, _ in pairs],
            "second": [b for _, b in pairs],
            "correlation": correlation,
            "p_value": _p_values(both.by_unit, left, right, correlation, units, how),
            "units": units,
            "note": np.where(np.isnan(correlation) & (few == ""), "constant on these units", few),
        }
    )


def _p_values(
    values: Float,
    left: np.ndarray,
    right: np.ndarray,
    correlation: Float,
    units: np.ndarray,
    how: How,
) -> Float:
    from scipy import stats

    if how == "kendall":
        tested = [
            stats.kendalltau(
                values[:, a], values[:, b], nan_policy="omit", method="asymptotic"
            ).pvalue
            if np.isfinite(tau)
            else np.nan
            for a, b, tau in zip(left, right, correlation, strict=True)
        ]
        return np.array(tested, dtype=np.float64)
    freedom = units - 2.0
    with np.errstate(invalid="ignore", divide="ignore"):
        t = np.abs(correlation) * np.sqrt(freedom / ((1.0 - correlation) * (1.0 + correlation)))
        tail = 2.0 * stats.t.sf(t, np.maximum(freedom, 1.0))
        return np.where(np.isnan(correlation), np.nan, tail)


def flagged_pairs(
    result: IndexResult,
    *,
    below: float = -0.3,
    above: float = 0.9,
    how: How = "pearson",
    same_dimension: bool = True,
) -> pd.DataFrame:
    """Return redundant and conflicting pairs of indicators.

    Parameters
    ----------
    result : IndexResult
        Its normalised scores are correlated, so that more is better in both.
    below : float
        A correlation of at most this is `conflicting`: improving one costs the other.
    above : float
        A correlation of at least this is `redundant`: the pair counts one thing twice.
    how : {"pearson", "spearman", "kendall"}
    same_dimension : bool
        Compare pairs of one dimension only.

    Returns
    -------
    DataFrame
        A row per pair, the strongest first: `dimension` of the first, `first`, `second`,
        `correlation` and `flag`.

    Raises
    ------
    DataError
        If it is not a result, or the limits do not rise.
    """
    import pandas as pd

    number(below, "below"), number(above, "above"), true_or_false(same_dimension, "same_dimension")
    if not -1.0 <= below < above <= 1.0:
        raise DataError(
            f"limits of correlations must rise within -1 to 1: below={below:g}, above={above:g}"
        )
    require_result(result, "directions and dimensions")
    table = table_of(result)
    parents = parents_of(result, table.names)
    matrix = _matrix(table, how).to_numpy()
    pairs = []
    for i, j in combinations(range(len(table.names)), 2):
        a, b = table.names[i], table.names[j]
        if same_dimension and parents[a] != parents[b]:
            continue
        if matrix[i, j] >= above or matrix[i, j] <= below:
            flag = "redundant" if matrix[i, j] >= above else "conflicting"
            pairs.append((parents[a], a, b, matrix[i, j], flag))
    pairs.sort(key=lambda pair: (-abs(pair[3]), pair[1], pair[2]))
    return pd.DataFrame(pairs, columns=["dimension", "first", "second", "correlation", "flag"])
