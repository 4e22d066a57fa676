"""What coherence is asked of: a table of units × variables, its rows in a canonical order."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import attrs
import numpy as np

from govindex.checks import names_of
from govindex.contracts import Float
from govindex.errors import DataError, Problems, UnknownNameError, listing, near_miss
from govindex.mappings import FrozenMap
from govindex.model.observations import Observations
from govindex.model.tree import Indicator
from govindex.results import IndexResult

__all__ = ["Data", "UnitNumbers", "complete", "only_result", "table_of", "varying"]

Data = Observations | IndexResult


@attrs.frozen(eq=False)
class UnitNumbers:
    """Numbers of units, NaN where they are absent.

    Parameters
    ----------
    codes : tuple of str
        The columns, sorted.
    values : array, shape (units, columns)
        Rows are sorted by their numbers, so that order and names of units move no bit.
    parents : mapping of str to str
        The dimension that a column belongs to, where there is one.
    """

    codes: tuple[str, ...]
    values: Float
    parents: Mapping[str, str] = FrozenMap()

    def take(self, codes: Iterable[str]) -> UnitNumbers:
        """Return some of the columns, with their rows in the same order."""
        kept = tuple(sorted(codes))
        rows = [self.codes.index(code) for code in kept]
        return UnitNumbers(kept, self.values[:, rows], self.parents)


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


def table_of(data: Data, codes: Iterable[str] | int | None = None) -> UnitNumbers:
    """Return the numbers of variables, or the normalised scores of nodes.

    Parameters
    ----------
    data : Observations or IndexResult
        Of observations the values as they are, of a result the share that each unit attained: there
        more is better whatever the direction of the indicator.
    codes : iterable of str or int, optional
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
        return _of_result(data, codes)
    if not isinstance(data, Observations):
        raise DataError(f"give Observations or an IndexResult, not {type(data).__name__}")
    if isinstance(codes, int):
        raise DataError("observations have no tiers: name variables, or give a result")
    if codes is None:
        codes = [name for name in data.variables if name not in data.levels]
    chosen = _named(codes, data.variables, "variable")
    answers = [code for code in chosen if code in data.levels]
    if answers:
        raise DataError(f"answers are no numbers: {listing(answers)}; leave them out")
    return _table(chosen, data.values[:, [data.column_of(code) for code in chosen]], {})


def _of_result(result: IndexResult, codes: Iterable[str] | int | None) -> UnitNumbers:
    forms = [part.framework for part in result.parts] or [result.framework]
    if codes is None:
        leaves = [leaf.code for form in forms for leaf in form.leaves if form.is_scored(leaf.code)]
        codes = [code for code in dict.fromkeys(leaves) if code in result.codes]
    elif isinstance(codes, int):
        tier = [c for form in forms for c in form.codes if form.depth(c) == codes]
        codes = [c for c in dict.fromkeys(tier) if c in result.codes]
    chosen = _named(codes, result.codes, "node")
    unscored = [
        code
        for code in chosen
        if isinstance(node := result.node(code), Indicator) and node.rule is None
    ]
    if unscored:
        raise DataError(f"nodes that are shown and not scored have no shares: {listing(unscored)}")
    above = ((c, form.parent(c)) for form in forms for c in chosen if form.has(c))
    parents = {code: parent.code for code, parent in above if parent is not None}
    return _table(chosen, result.shares[[result.row_of(code) for code in chosen]].T, parents)


def _named(codes: Iterable[str], known: Iterable[str], what: str) -> list[str]:
    known = list(known)
    chosen = list(dict.fromkeys(names_of(codes, "codes")))
    problems = Problems()
    for code in chosen:
        if code not in known:
            problems.add(f"there is no {what} '{code}': {near_miss(code, known)}")
    problems.raise_any(UnknownNameError, "Coherence cannot be asked")
    if not chosen:
        raise DataError(f"there is no {what} with numbers to look at")
    return sorted(chosen)


def _table(codes: list[str], values: Float, parents: Mapping[str, str]) -> UnitNumbers:
    values = np.ascontiguousarray(values)
    order = np.lexsort(values.T[::-1])
    return UnitNumbers(tuple(codes), values[order], FrozenMap(parents))


def complete(table: UnitNumbers, what: str) -> UnitNumbers:
    """Return the units of which every number is known.

    Raises
    ------
    DataError
        If they are fewer than columns and one, naming the columns that lack most.
    """
    gone = np.isnan(table.values)
    known = table.values[~gone.any(axis=1)]
    needed = max(3, len(table.codes) + 1)
    if len(known) < needed:
        lacking = gone.sum(axis=0)
        worst = [table.codes[i] for i in np.argsort(-lacking, kind="stable") if lacking[i]]
        hint = f"; missing most: {listing(worst, shown=3)}" if worst else ""
        raise DataError(
            f"{what} of {len(table.codes)} indicators needs at least {needed} units without a "
            f"missing value, and there are {len(known)}{hint}"
        )
    return attrs.evolve(table, values=known)


def varying(table: UnitNumbers, what: str) -> UnitNumbers:
    """Return the table if every column holds two distinct values.

    Raises
    ------
    DataError
        Naming the columns that do not.
    """
    flat = [code for code, column in zip(table.codes, table.values.T, strict=True) if _flat(column)]
    if flat:
        raise DataError(
            f"{what} needs two distinct values per indicator; constant: {listing(flat)}. "
            "Leave it out."
        )
    return table


def _flat(column: Float) -> bool:
    known = column[~np.isnan(column)]
    return known.size == 0 or not known.min() < known.max()
