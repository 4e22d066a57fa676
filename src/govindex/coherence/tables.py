"""What coherence is asked of: a table of units × variables, its rows in a canonical order."""

from __future__ import annotations

from collections.abc import Iterable

import attrs
import numpy as np

from govindex.contracts import Float
from govindex.errors import DataError, listing
from govindex.matrices import Matrix
from govindex.model.observations import Observations
from govindex.model.selection import At, selected
from govindex.model.tree import Indicator
from govindex.results import IndexResult
from govindex.results.joint_results import parts_of

__all__ = ["Data", "complete", "only_result", "parents_of", "table_of", "varying"]

Data = Observations | IndexResult


def only_result(result: object, why: str) -> None:
    """Refuse anything but a result.

    Raises
    ------
    DataError
        Saying why observations will not do.
    """
    if not isinstance(result, IndexResult):
        raise DataError(
            f"give the result of a methodology, not {type(result).__name__}: {why} only a "
            "framework says"
        )


def table_of(data: Data, at: At | None = None) -> Matrix:
    """Return the numbers of variables, or the normalised scores of nodes.

    Parameters
    ----------
    data : Observations or IndexResult
        Of observations the values as they are, of a result the share that each unit attained: there
        more is better whatever the direction of the indicator.
    at : int, str or iterable of str, optional
        Variables or nodes, or a tier of the framework (0: the total). By default all variables that
        are numbers, and all scored indicators.

    Raises
    ------
    UnknownNameError
        If a variable or node does not exist.
    DataError
        If a variable holds answers, or there is nothing to look at.
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
        raise DataError(f"answers are no numbers: {listing(answers)}; leave them out")
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
        raise DataError(f"nodes that are shown and not scored have no shares: {listing(unscored)}")
    return _table(chosen, result.shares[[result.row_of(code) for code in chosen]].T)


def _chosen(codes: Iterable[str], what: str) -> list[str]:
    chosen = sorted(codes)
    if not chosen:
        raise DataError(f"there is no {what} with numbers to look at")
    return chosen


def _table(codes: list[str], values: Float) -> Matrix:
    """Return numbers of units, sorted, so that order and names of units move no bit."""
    values = np.ascontiguousarray(values)
    order = np.lexsort(values.T[::-1])
    return Matrix(values[order].T, tuple(codes))


def parents_of(result: IndexResult, codes: Iterable[str]) -> dict[str, str]:
    """Return the dimensions above nodes, where there are any."""
    forms = [part.framework for part in parts_of(result)]
    above = ((code, form.parent(code)) for form in forms for code in codes if form.has(code))
    return {code: parent.code for code, parent in above if parent is not None}


def complete(table: Matrix, what: str) -> Matrix:
    """Return the units of which every number is known.

    Raises
    ------
    DataError
        If they are fewer than columns and one, naming the columns that lack most.
    """
    gone = np.isnan(table.values)
    known = table.values[:, ~gone.any(axis=0)]
    units = known.shape[1]
    needed = max(3, len(table.names) + 1)
    if units < needed:
        lacking = gone.sum(axis=1)
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
        Naming the columns that do not.
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
