"""Programmes of options: their columns and rows, and the solver."""

from __future__ import annotations

from typing import Any

import attrs
import numpy as np

from govindex.contracts import Bool, Float
from govindex.errors import SettingError
from govindex.improvement.options import Options

__all__ = ["LinearForm", "Picked", "Programme"]

_SLACK = 1e-9
_LARGE = 1000.0
_TIME_UP = 1
_LARGEST_COST = 1e5  # so that the solver's tolerance of 10⁻⁶ is small beside efforts


@attrs.frozen(eq=False)
class LinearForm:
    """A constant and a sum of columns."""

    constant: float = 0.0
    terms: dict[int, float] = attrs.field(factory=dict)

    def plus(self, other: LinearForm, times: float = 1.0) -> LinearForm:
        """Return the line and a multiple of another."""
        terms = dict(self.terms)
        for column, number in other.terms.items():
            terms[column] = terms.get(column, 0.0) + times * number
        return LinearForm(self.constant + times * other.constant, terms)


@attrs.frozen(eq=False)
class Picked:
    """What a programme picked.

    Parameters
    ----------
    figures : mapping of variable to float
    effort : float
    bound : float
        No solution costs less.
    columns : tuple of int
        The columns of options that were picked, to exclude just them.
    """

    figures: dict[str, float]
    effort: float
    bound: float
    columns: tuple[int, ...]


@attrs.frozen(eq=False)
class _Block:
    """The columns of one group: of single options, and of lines between two.

    A line has a column that says whether the figure is on it, one that says how far along, and the
    most of that: the steps of the line, or 1 for any figure.
    """

    options: Options
    single: dict[int, int]
    lines: dict[int, tuple[int, int, float]]


class Programme:
    """The least effort for scores of at least so much, as an integer programme."""

    def __init__(self) -> None:
        self._costs: list[float] = []
        self._low: list[float] = []
        self._high: list[float] = []
        self._whole: list[bool] = []
        self._rows: list[tuple[dict[int, float], float, float]] = []
        self._blocks: list[_Block] = []

    def column(self, cost: float, low: float, high: float, *, whole: bool) -> int:
        """Add a column and return its number."""
        self._costs.append(cost)
        self._low.append(low)
        self._high.append(high)
        self._whole.append(whole)
        return len(self._costs) - 1

    def at_least(self, line: LinearForm, least: float) -> None:
        """Require that a line is at least so much."""
        self._rows.append((line.terms, least - line.constant, np.inf))

    def most(self, line: LinearForm, unknown: float) -> float:
        """Return what a line is at most, with either sign; `unknown` where a column has no end."""
        ends = {c: max(abs(self._low[c]), abs(self._high[c])) for c in line.terms}
        most = abs(line.constant) + sum(abs(x) * ends[c] for c, x in line.terms.items())
        return float(most) if np.isfinite(most) else unknown

    def merits(self, line: LinearForm) -> list[tuple[Options, Float]] | None:
        """Return what the options of each group add to a line; None if it has other terms."""
        known: set[int] = set()
        found = []
        for block in self._blocks:
            merits = np.full(len(block.options), np.nan)
            for i, column in block.single.items():
                merits[i] = line.terms.get(column, 0.0)
                known.add(column)
            for i, (on, along, most) in block.lines.items():
                merits[i] = line.terms.get(on, 0.0)
                merits[i + 1] = merits[i] + most * line.terms.get(along, 0.0)
                known.update((on, along))
            found.append((block.options, merits))
        return found if known >= set(line.terms) else None

    def exclude(self, columns: tuple[int, ...]) -> None:
        """Exclude one combination of options."""
        terms = dict.fromkeys(columns, 1.0)
        self._rows.append((terms, -np.inf, len(columns) - 1.0))

    def add(self, options: Options, kept: Bool | None = None) -> dict[str, LinearForm]:
        """Add the options of a group, and return the share of each node as a line.

        Parameters
        ----------
        options : Options
        kept : array of bool, shape (options,), optional
            Those that can be in a solution.
        """
        count = len(options)
        kept = np.ones(count, dtype=bool) if kept is None else kept
        joined = options.joined & (kept[:-1] | kept[1:])
        beside = np.append(joined, False) | np.append(False, joined)
        single = {
            i: self.column(options.effort[i], 0.0, 1.0, whole=True)
            for i in np.flatnonzero(kept & ~beside).tolist()
        }
        lines = {}
        for i in np.flatnonzero(joined).tolist():
            away = abs(float(options.figures[0, i + 1] - options.figures[0, i]))
            most = 1.0 if options.step is None else float(round(away / options.step))
            more = float(options.effort[i + 1] - options.effort[i]) / most
            on = self.column(float(options.effort[i]), 0.0, 1.0, whole=True)
            along = self.column(more, 0.0, most, whole=options.step is not None)
            lines[i] = (on, along, most)
            self._rows.append(({on: most, along: -1.0}, 0.0, np.inf))
        block = _Block(options, single, lines)
        self._blocks.append(block)
        chosen = dict.fromkeys((*single.values(), *(on for on, *_ in lines.values())), 1.0)
        self._rows.append((chosen, 1.0, 1.0))
        return {code: self._share(block, shares) for code, shares in options.shares.items()}

    def _share(self, block: _Block, numbers: Float) -> LinearForm:
        terms = {column: float(numbers[i]) for i, column in block.single.items()}
        for i, (on, along, most) in block.lines.items():
            terms[on] = float(numbers[i])
            terms[along] = float(numbers[i + 1] - numbers[i]) / most
        return LinearForm(0.0, terms)

    def solve(self, seconds: float) -> Picked | None:
        """Return the solution with the least effort, None if there is none.

        Raises
        ------
        SettingError
            If no solution was found in that time.
        """
        from scipy import optimize, sparse

        rows, columns, numbers = [], [], []
        for row, (terms, _, _) in enumerate(self._rows):
            size = _size(terms)
            for column, number in terms.items():
                rows.append(row)
                columns.append(column)
                numbers.append(number / size)
        sizes = np.array([_size(terms) for terms, _, _ in self._rows])
        shape = (len(self._rows), len(self._costs))
        # A matrix narrows its indices, which the solver of an old scipy needs; an array does not.
        table = sparse.csr_matrix((numbers, (rows, columns)), shape=shape)
        low = np.array([x for _, x, _ in self._rows]) / sizes
        high = np.array([x for _, _, x in self._rows]) / sizes
        costs = np.array(self._costs)
        unit = _LARGEST_COST / max(float(np.abs(costs).max()), 1e-300)
        outcome = optimize.milp(
            costs * unit,
            constraints=optimize.LinearConstraint(table, low - _SLACK, high + _SLACK),
            integrality=np.array(self._whole, dtype=np.float64),
            bounds=optimize.Bounds(np.array(self._low), np.array(self._high)),
            options={"time_limit": max(seconds, 0.01), "mip_rel_gap": 0.0, "presolve": False},
        )
        if outcome.x is None:
            if outcome.status == _TIME_UP:
                raise SettingError(
                    f"the integer programme found no solution in {seconds:g} seconds: give it more "
                    "with seconds=, larger steps=, or fewer figures that may change in feasible="
                )
            return None
        bound = outcome.mip_dual_bound
        least = None if bound is None else float(bound) / unit
        return self._picked(outcome.x, float(costs @ outcome.x), least)

    def _picked(self, found: Any, effort: float, bound: float | None) -> Picked:
        figures: dict[str, float] = {}
        columns: list[int] = []
        for block in self._blocks:
            levers, table = block.options.levers, block.options.figures
            for i, column in block.single.items():
                if found[column] > 0.5:
                    columns.append(column)
                    for lever, figure in zip(levers, table[:, i], strict=True):
                        figures[lever.variable] = float(figure)
            for i, (on, along, most) in block.lines.items():
                if found[on] > 0.5:
                    part = min(max(float(found[along]) / most, 0.0), 1.0)
                    figure = float(table[0, i] + part * (table[0, i + 1] - table[0, i]))
                    figures[levers[0].variable] = _on_step(block.options, figure)
        least = effort if bound is None else bound
        return Picked(figures, effort, min(least, effort), tuple(columns))


def _size(terms: dict[int, float]) -> float:
    """Return what a row is divided by: the solver's tolerance is small beside its numbers."""
    return max(map(abs, terms.values()), default=0.0) / _LARGE or 1.0


def _on_step(options: Options, figure: float) -> float:
    if options.step is None:
        return figure
    start = float(options.figures[0, 0])
    return start + round((figure - start) / options.step) * options.step
