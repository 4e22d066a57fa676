"""What may have gone wrong in print: swapped cells, and transposed digits."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction
from itertools import combinations, pairwise

import attrs
import numpy as np

from govindex.reconciliation.printed_tables import StatedColumn, exact_of
from govindex.reconciliation.sum_checks import SumFormula, before
from govindex.reconciliation.tried_rules import CONTRADICTION, TableCheck

__all__ = ["PublishedCell", "Suggestion", "suggestions"]

_MOST_ROWS = 30  # of which pairs are tried


@attrs.frozen
class PublishedCell:
    """A cell of the published table, counted from 0, and what is printed in it."""

    row: int
    column: str
    value: float


@attrs.frozen
class Suggestion:
    """A change of print that makes rows add up; it is never made.

    Parameters
    ----------
    kind : {"swapped", "transposed", "out_of_order"}
    cells : tuple of PublishedCell
        As they are printed.
    instead : tuple of float
        What may have been meant in each; none if that is unknown.
    """

    kind: str
    cells: tuple[PublishedCell, ...]
    instead: tuple[float, ...]


def suggestions(formula: SumFormula, check: TableCheck) -> list[Suggestion]:
    """Return the swaps and transpositions that remove contradictions of a sum or percent."""
    rows = [row for row, kind in enumerate(check.kinds) if kind == CONTRADICTION]
    found = list(_transposed(formula, rows))
    if len(rows) <= _MOST_ROWS:
        found += _swapped(formula, rows)
    return found


def _columns(formula: SumFormula) -> tuple[StatedColumn, ...]:
    return (formula.column, *formula.columns)


def _transposed(formula: SumFormula, rows: Sequence[int]) -> Iterator[Suggestion]:
    for row in rows:
        for column in _columns(formula):
            value = float(column.values[row])
            for other in _digit_swaps(value, column.decimals):
                if _adds_up(formula, row, {column: exact_of(other)}):
                    yield Suggestion(
                        "transposed", (PublishedCell(row, column.name, value),), (other,)
                    )


def _digit_swaps(value: float, decimals: int) -> list[float]:
    """Return the numbers with two neighbouring digits swapped.

    Examples
    --------
    >>> _digit_swaps(16.2, 1)
    [61.2, 12.6]
    """
    text = f"{abs(value):.{decimals}f}"
    at = [place for place, letter in enumerate(text) if letter != "."]
    others = []
    for first, second in pairwise(at):
        if text[first] == text[second]:
            continue
        letters = list(text)
        letters[first], letters[second] = letters[second], letters[first]
        others.append(float(np.copysign(float("".join(letters)), value)))
    return others


def _swapped(formula: SumFormula, rows: Sequence[int]) -> Iterator[Suggestion]:
    cells = [(row, column) for row in rows for column in _columns(formula)]
    for (row, column), (other_row, other_column) in combinations(cells, 2):
        first, second = column.exact[row], other_column.exact[other_row]
        if first == second or first is None or second is None:
            continue
        if row == other_row:
            holds = _adds_up(formula, row, {column: second, other_column: first})
        else:
            holds = _adds_up(formula, row, {column: second}) and _adds_up(
                formula, other_row, {other_column: first}
            )
        if holds:
            pair = (
                PublishedCell(row, column.name, float(first)),
                PublishedCell(other_row, other_column.name, float(second)),
            )
            yield Suggestion("swapped", pair, (float(second), float(first)))


def _adds_up(formula: SumFormula, row: int, changed: dict[StatedColumn, Fraction]) -> bool:
    """Return whether a row is within the bounds of print with other numbers in some cells."""
    cells = {column: column.exact[row] for column in formula.columns} | {
        column: number for column, number in changed.items() if column is not formula.column
    }
    stated = changed.get(formula.column, formula.column.exact[row])
    if stated is None or formula.value(cells) is None:
        return False
    return before(formula.column, stated, "binary").meets(formula.interval(cells, "binary"))
