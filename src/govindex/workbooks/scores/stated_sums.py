"""Subtotals and totals that sheets state, checked against their parts."""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

import attrs

from govindex.errors import Problem
from govindex.model.framework import Framework
from govindex.model.tree import Dimension, Node, walk
from govindex.workbooks.readings import CHECK_COLUMNS
from govindex.workbooks.scores.problems import sheet_problem

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["ReadPoints", "StatedSum", "Sums", "check_table", "checkable", "sum_problems"]

CONTRADICTION, PRINTING = "contradiction", "printing error"
_SLACK = 1e-9


@attrs.frozen
class StatedSum:
    """A subtotal or total as a sheet states it.

    Parameters
    ----------
    unit : str
    stage : str or None
    node : str
        The branch.
    value : float
    decimals : int
        How many it was written with.
    cell : str
    table : int
        The number of the table that states it.
    source : str or None
        The data source whose points it adds up; None for all.
    """

    unit: str
    stage: str | None
    node: str
    value: float
    decimals: int
    cell: str
    table: int
    source: str | None = None


@attrs.frozen
class ReadPoints:
    """The points of a cell, and what its number format shows of them."""

    value: float
    shown: float


@attrs.frozen(eq=False)
class Sums:
    """The branches of a framework whose points are the sums of their indicators' points.

    Parameters
    ----------
    framework : Framework
    variables : mapping of code to variable
        Of the indicators whose value is their points.
    maxima : mapping of code to float
        In points.
    """

    framework: Framework
    variables: Mapping[str, str]
    maxima: Mapping[str, float]

    def holds(self, code: str) -> bool:
        """Return whether the points of a branch are such a sum."""
        branches = [n for n in walk(self._node(code)) if isinstance(n, Dimension)]
        whole = {branch.code for branch in self.framework._summed} | {code}
        plain = all(
            n.code in whole
            and self.framework.aggregator(n.code).sums_points
            and n.rule is None
            and n.rounding is None
            for n in branches
        )
        return plain and all(leaf.code in self.variables for leaf in self.framework.below(code))

    def names(self, code: str) -> tuple[str, ...]:
        """Return the variables below a branch."""
        return tuple(self.variables[leaf.code] for leaf in self.framework.below(code))

    def points(self, code: str, terms: Mapping[str, float]) -> float:
        """Return the sum of a branch; bonuses and penalties are limited as scores limit them."""
        return round(self._sum(self._node(code), terms), 10)

    def _node(self, code: str) -> Node:
        return next(node for node in self.framework.nodes if node.code == code)

    def _sum(self, node: Node, terms: Mapping[str, float]) -> float:
        if not isinstance(node, Dimension):
            return terms.get(self.variables[node.code], 0.0)
        total = math.fsum(self._sum(child, terms) for child in node.children if child.weight != 0)
        return min(max(total, 0.0), self.maxima[node.code]) if node.bonuses else total


def checkable(
    stated: Sequence[StatedSum],
    sums: Sums,
    problems: Iterable[Problem],
    suppressed: Collection[tuple[str, str]],
) -> list[StatedSum]:
    """Return the sums whose parts could all be read, and may all be known.

    Others would differ for that reason, and a sum with a suppressed part would reveal its points.

    Parameters
    ----------
    suppressed : collection of (unit, variable)
    """
    unread: dict[str, list[Problem]] = {}
    for problem in problems:
        if problem.code.startswith("cell."):
            unread.setdefault(_sheet(problem.cell), []).append(problem)
    return [
        total
        for total in stated
        if not any((total.unit, name) in suppressed for name in sums.names(total.node))
        and not any(
            problem.unit in (None, total.unit)
            and problem.stage in (None, total.stage)
            and problem.variable in sums.names(total.node)
            for problem in unread.get(_sheet(total.cell), ())
        )
    ]


def _sheet(cell: object) -> str:
    return str(cell or "").rpartition("!")[0]


def check_table(
    stated: Sequence[StatedSum],
    sums: Sums,
    points: Callable[[StatedSum, str], ReadPoints | None],
) -> pd.DataFrame:
    """Return the sums that differ from what their parts give.

    A difference is a printing error if rounding explains it: half a unit of the last decimal of
    the stated figure (the finest of all units for that node), and what the number formats of the
    parts hide.

    Parameters
    ----------
    points : callable
        Returns the points of a variable that a sum is to be made of.
    """
    import pandas as pd

    finest: dict[tuple[str, str | None], int] = {}
    for total in stated:
        key = (total.node, total.stage)
        finest[key] = max(finest.get(key, 0), total.decimals)
    summed = {node: sums.names(node) for node in {t.node for t in stated} if sums.holds(node)}
    rows = []
    for total in stated:
        if total.node not in summed:
            continue
        names = summed[total.node]
        found = {name: points(total, name) for name in names}
        terms = {name: term for name, term in found.items() if term is not None}
        computed = sums.points(total.node, {name: term.value for name, term in terms.items()})
        difference = round(total.value - computed, 10)
        if abs(difference) <= _SLACK:
            continue
        hidden = sum(abs(term.shown - term.value) for term in terms.values())
        bound = 0.5 * 10.0 ** -finest[total.node, total.stage] + hidden
        kind = PRINTING if abs(difference) <= bound + _SLACK else CONTRADICTION
        where = (total.unit, total.stage, total.node)
        rows.append((*where, total.value, computed, difference, kind, total.cell))
    return pd.DataFrame(rows, columns=list(CHECK_COLUMNS))


def sum_problems(checks: pd.DataFrame) -> Iterator[Problem]:
    """Yield a problem for every sum that rounding does not explain."""
    for row in checks.itertuples(index=False):
        if row.kind == CONTRADICTION:
            yield sheet_problem(
                "total.contradiction",
                found=f"{row.stated:g}",
                values={"known": f"{row.computed:g}"},
                unit=row.unit,
                variable=row.node,
                noun="node",
                stage=row.stage,
                cell=row.cell,
            )
