"""The tables that coherence is computed from: variables × units, units in canonical order."""

from __future__ import annotations

from collections.abc import Iterable

import attrs
import numpy as np

from govindex.contracts import Float, Matrix
from govindex.errors import DataError, listing
from govindex.model.observations import Observations
from govindex.model.selection import At, selected
from govindex.model.tree import Indicator
from govindex.results import IndexResult
from govindex.results.joint_results import parts_of

__all__ = ["Data", "complete", "parents_of", "require_result", "table_of", "varying"]

Data = Observations | IndexResult


def require_result(result: object, need: str) -> None:
    """Refuse anything but a result, whose framework has what is needed.

    Raises
    ------
    DataError
        If it is not a result.
    """
    if not isinstance(result, IndexResult):
        raise DataError(
            f"give the result of a methodology, not {type(result).__name__}: only a framework "
            f"has {need}"
        )


def table_of(data: Data, at: At | None = None) -> Matrix:
    """Return the numbers of variables, or the normalised scores of nodes.

    Parameters
    ----------
    data : Observations or IndexResult
        Raw values of observations; of a result the attained shares, where more is better whatever
        the direction of the indicator.
    at : int, str or iterable of str, optional
        Variables or nodes, or a tier of the framework (0: the total). By default all numeric
        variables, or all scored indicators.

    Raises
    ------
    UnknownNameError
        If a variable or node does not exist.
    DataError
        If a variable holds answers, or no variable or node is left.
    """
    if isinstance(data, IndexResult):
        return _of_result(data, at)
    if not isinstance(data, Observations):
        raise DataError(f"give Observations or an IndexResult, not {type(data).__name__}")
    if at is None:
        at = [name for name in data.variables if name not in data.levels]
    chosen = _chosen(selected(at, data.variables, what="variable"), "variable")
    answers = [code for code in chosen if code in data.levels]
    if answers:
        raise DataError(f"answers are not numbers: {listing(answers)}; leave them out")
    return _table(chosen, data.values[:, [data.column_of(code) for code in chosen]])


def _of_result(result: IndexResult, at: At | None) -> Matrix:
    forms = [part.framework for part in parts_of(result)]
    if at is None:
        leaves = [leaf.code for form in forms for leaf in form.leaves if form.is_scored(leaf.code)]
        at = [code for code in dict.fromkeys(leaves) if code in result.codes]
    chosen = _chosen(selected(at, result.codes, forms), "node")
    unscored = [
        code
        for code in chosen
        if isinstance(node := result.node(code), Indicator) and node.rule is None
    ]
    if unscored:
        raise DataError(f"nodes without a rule have no shares: {listing(unscored)}; leave them out")
    return _table(chosen, result.shares[[result.row_of(code) for code in chosen]].T)


def _chosen(codes: Iterable[str], what: str) -> list[str]:
    chosen = sorted(codes)
    if not chosen:
        raise DataError(f"there is no {what} with numbers")
    return chosen


def _table(codes: list[str], values: Float) -> Matrix:
    """Return the numbers with units sorted, so that order and names of units move no bit."""
    values = np.ascontiguousarray(values)
    order = np.lexsort(values.T[::-1])
    return Matrix(values[order].T, tuple(codes))


def parents_of(result: IndexResult, codes: Iterable[str]) -> dict[str, str]:
    """Return the dimensions above nodes; the total has none."""
    forms = [part.framework for part in parts_of(result)]
    above = ((code, form.parent(code)) for form in forms for code in codes if form.has(code))
    return {code: parent.code for code, parent in above if parent is not None}


def complete(table: Matrix, what: str) -> Matrix:
    """Return the units without a missing value.

    Raises
    ------
    DataError
        If they are not more than the columns, naming the columns that lack most values.
    """
    missing = np.isnan(table.values)
    known = table.values[:, ~missing.any(axis=0)]
    units = known.shape[1]
    needed = max(3, len(table.names) + 1)
    if units < needed:
        lacking = missing.sum(axis=1)
        worst = [table.names[i] for i in np.argsort(-lacking, kind="stable") if lacking[i]]
        hint = f"; missing most: {listing(worst, shown=3)}" if worst else ""
        raise DataError(
            f"{what} of {len(table.names)} indicators needs at least {needed} units without a "
            f"missing value, and there are {units}{hint}"
        )
    return attrs.evolve(table, values=known)


def varying(table: Matrix, what: str) -> Matrix:
    """Return the table if every column holds two distinct values.

    Raises
    ------
    DataError
        If a column is constant.
    """
    flat = [code for code, column in zip(table.names, table.values, strict=True) if _flat(column)]
    if flat:
        raise DataError(
            f"{what} needs two distinct values per indicator; constant: {listing(flat)}. "
            "Leave it out."
        )
    return table


def _flat(column: Float) -> bool:
    known = column[~np.isnan(column)]
    return known.size == 0 or not known.min() < known.max()
