"""What one unit would score with other figures, many at once."""

from __future__ import annotations

from collections.abc import Mapping

import attrs
import numpy as np

from govindex.compute import Block, Plan, evaluate
from govindex.compute.block import rounded
from govindex.contracts import BaseRule, Bool, Float, Scope, completed, is_absent
from govindex.errors import CellError
from govindex.kernels.rounding import twelve_digits
from govindex.model.observations import Observations
from govindex.model.tree import Indicator

__all__ = ["Figures", "Trials", "with_answers"]

_AT_ONCE = 2048
_ATTEMPTS = 4

Figures = Mapping[str, Float]


@attrs.frozen(eq=False)
class Trials:
    """A unit whose figures are replaced, all others as they are.

    Parameters
    ----------
    plan : Plan
        Of the unit's form.
    data : Observations
        The unit in the first row, then the units that it inherits from.
    everyone : Observations
        All units of the form.
    """

    plan: Plan
    data: Observations
    everyone: Observations
    _leaves: dict[int, Trials] = attrs.field(init=False, factory=dict)

    @classmethod
    def of(cls, plan: Plan, data: Observations, unit: str) -> Trials:
        """Return the trials of a unit of prepared data."""
        parents, row = data.units.parent_index, data.units.locate(unit)
        codes = []
        while row >= 0:
            codes.append(data.units.codes[row])
            row = int(parents[row])
        return cls(plan, data.take(codes), data)

    def value(self, variable: str) -> float:
        """Return the unit's figure, NaN if it is absent."""
        return float(self.data.values[0, self.data.column_of(variable)])

    def column(self, variable: str) -> Float:
        """Return the figures of all units that have one."""
        column = self.everyone.values[:, self.everyone.column_of(variable)]
        return np.asarray(column[~np.isnan(column)])

    def _block(self, figures: Figures, count: int) -> Block:
        values = np.repeat(self.data.values.T[:, None, :], count, axis=1)
        for variable, numbers in figures.items():
            values[self.data.column_of(variable), :, 0] = numbers
        status = np.broadcast_to(self.data.status.T[:, None, :], values.shape)
        return Block(self.data, values, status)

    def of_leaf(self, row: int) -> Trials:
        """Return the trials of one indicator, with the variables that it reads only."""
        if row not in self._leaves:
            leaf, data = self.plan.nodes[row], self.data
            assert isinstance(leaf, Indicator)
            read = dict.fromkeys((*leaf.measure.variables, *leaf.measure.optional))
            names = [name for name in read if name in data.variables]
            columns = [data.column_of(name) for name in names]
            some = Observations(
                data.units,
                names,
                data.values[:, columns],
                data.status[:, columns],
                levels={name: data.levels[name] for name in names if name in data.levels},
                period=data.period,
            )
            self._leaves[row] = attrs.evolve(self, data=some)
        return self._leaves[row]

    def printed(self, figures: Figures, codes: tuple[str, ...]) -> dict[str, Float]:
        """Return the shares of indicators as they are combined, NaN where figures are refused."""
        found = {}
        for code in codes:
            row = self.plan.rows[code]
            shares, _ = self.scored(row, figures)
            rounding = self.plan.rounding[row]
            if rounding is not None:
                maximum = self.plan.declared.maximum(code)[:, None]
                shares = rounded(shares[:, None], None, maximum, rounding)[:, 0]
            found[code] = shares
        return found

    def scored(self, row: int, figures: Figures) -> tuple[Float, Bool]:
        """Return shares of an indicator before rounding, and whether its figures are accepted.

        Parameters
        ----------
        row : int
            The indicator's row in the plan.
        figures : mapping of variable to array of shape (trials,)

        Returns
        -------
        shares, accepted : array, shape (trials,)
            NaN where figures are refused, or leave the indicator without a value.
        """
        return self.of_leaf(row)._scored(row, figures)

    def _scored(self, row: int, figures: Figures) -> tuple[Float, Bool]:
        leaf = self.plan.nodes[row]
        assert isinstance(leaf, Indicator)
        assert leaf.rule is not None
        count = len(next(iter(figures.values())))
        figures = {name: f for name, f in figures.items() if name in self.data.variables}
        accepted = np.ones(count, dtype=bool)
        scope = self._scope(row, leaf)
        for _ in range(_ATTEMPTS):
            tried = {name: np.where(accepted, f, self.value(name)) for name, f in figures.items()}
            try:
                with np.errstate(all="ignore"):
                    cells = leaf.measure(self._block(tried, count))
                    on_paper = cells.values
                    if cells.size is not None and completed(leaf.rule, BaseRule).compares:
                        on_paper = twelve_digits(cells.values, cells.size)
                    values = np.broadcast_to(on_paper, (count, len(self.data.units)))
                    shares = np.asarray(leaf.rule(values, scope), dtype=np.float64)
            except CellError as error:
                wrong = np.broadcast_to(error.mask, (count, len(self.data.units))).any(axis=1)
                if not (wrong & accepted).any():
                    raise
                accepted &= ~wrong
                continue
            absent = np.broadcast_to(is_absent(cells.status), shares.shape)[:, 0]
            accepted &= ~absent & np.isfinite(shares[:, 0])
            return np.where(accepted, shares[:, 0], np.nan), accepted
        return np.full(count, np.nan), np.zeros(count, dtype=bool)

    def measured(self, leaf: Indicator, figures: Figures) -> float:
        """Return the value of an indicator with other figures, NaN if it is absent."""
        cells = leaf.measure(self._block(figures, 1))
        return float(np.broadcast_to(cells.values, (1, len(self.data.units)))[0, 0])

    def _scope(self, row: int, leaf: Indicator) -> Scope:
        group = next(group for group in self.plan.groups if row in group.rows)
        maximum = float(group.maxima[group.rows.index(row)].flat[0])
        read = (*leaf.measure.variables, *leaf.measure.optional)
        texts = (self.data.levels.get(name, ()) for name in read)
        levels = next((levels for levels in texts if levels), ())
        units = self.data.units
        return Scope(maximum, group.direction, levels, units, one_sign=group.one_sign)

    def shares(self, figures: Figures, codes: tuple[str, ...]) -> dict[str, Float]:
        """Return the shares of nodes as they are ranked, each of shape (trials,).

        Raises
        ------
        DataError
            If figures are refused.
        """
        count = len(next(iter(figures.values()))) if figures else 1
        found = {code: np.empty(count) for code in codes}
        for start in range(0, count, _AT_ONCE):
            part = slice(start, min(start + _AT_ONCE, count))
            some = {name: numbers[part] for name, numbers in figures.items()}
            states = evaluate(self.plan, self._block(some, part.stop - start))
            for code in codes:
                found[code][part] = states[code].share[:, 0]
        return found


def with_answers(data: Observations, answers: Mapping[str, tuple[str, ...]]) -> Observations:
    """Return data whose text variables know more answers, which no unit has given."""
    added = {
        name: (*data.levels[name], *(text for text in texts if text not in data.levels[name]))
        for name, texts in answers.items()
    }
    return attrs.evolve(data, levels={**data.levels, **added})
