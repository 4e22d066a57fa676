"""Thresholds that a value reaches or not, and several of them together."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, ClassVar

import attrs
import numpy as np

from govindex.checks import boolean, number
from govindex.contracts import (
    Bool,
    Cells,
    Columns,
    Entry,
    EntryCells,
    Float,
    Measure,
    in_formula,
    is_absent,
)
from govindex.errors import CellError, SettingError
from govindex.kernels.rounding import twelve_digits
from govindex.measures.cells import masked, worst
from govindex.measures.variables import (
    ComposedMeasure,
    as_measure,
    as_measures,
    entries_of,
    formula_of,
)

__all__ = ["AllMet", "Threshold"]

_SNAP = 1e-10
_REACHED: dict[str, tuple[str, Callable[[Float, float, float], Bool]]] = {
    "at_least": (">=", lambda values, limit, slack: values >= limit - slack),
    "above": (">", lambda values, limit, slack: values > limit + slack),
    "at_most": ("<=", lambda values, limit, slack: values <= limit + slack),
    "below": ("<", lambda values, limit, slack: values < limit - slack),
}


@attrs.frozen
class Threshold(ComposedMeasure):
    """1 if a value reaches a threshold, 0 if not: a condition for :class:`AllMet`.

    Give exactly one limit; the rule :class:`govindex.rules.Condition` scores a single value so.

    Parameters
    ----------
    of : str or measure
        What is compared. Where it is absent, so is the condition, with the same status.
    at_least, above, at_most, below : float, optional
        The limit, in the measure unit of the value; a value within the snap is on it.

    Raises
    ------
    SettingError
        If there is no limit, or more than one.

    Examples
    --------
    >>> Threshold("on_time", at_least=90)
    Threshold(of=Value(variable='on_time', missing_when=()), at_least=90, above=None, at_most=None, below=None)
    """  # noqa: E501

    bounds: ClassVar[tuple[float, float]] = (0.0, 1.0)
    of: Measure = attrs.field(converter=as_measure)
    at_least: float | None = attrs.field(default=None, kw_only=True)
    above: float | None = attrs.field(default=None, kw_only=True)
    at_most: float | None = attrs.field(default=None, kw_only=True)
    below: float | None = attrs.field(default=None, kw_only=True)

    def __attrs_post_init__(self) -> None:
        limits = {name: getattr(self, name) for name in _REACHED}
        given = {name: limit for name, limit in limits.items() if limit is not None}
        if len(given) != 1:
            raise SettingError(
                f"Threshold takes exactly one of {', '.join(_REACHED)}; "
                f"given: {', '.join(given) or 'none'}"
            )
        for name, limit in given.items():
            number(limit, f"Threshold({name}=…)")

    @property
    def _inputs(self) -> tuple[Measure, ...]:
        return (self.of,)

    @property
    def _limit(self) -> tuple[str, float]:
        return next((n, limit) for n in _REACHED if (limit := getattr(self, n)) is not None)

    def spreadsheet_formula(self, cells: EntryCells) -> str | None:
        """Return 1 where the threshold is reached, 0 elsewhere."""
        value, (name, limit) = formula_of(self.of, cells), self._limit
        return None if value is None else f"IF({value}{_REACHED[name][0]}{in_formula(limit)},1,0)"

    def __call__(self, columns: Columns) -> Cells:
        """Return whether the threshold is reached."""
        cells, (name, limit) = self.of(columns), self._limit
        values = cells.values if cells.size is None else twelve_digits(cells.values, cells.size)
        slack = _SNAP * max(abs(limit), 1e-300)
        reached = _REACHED[name][1](values, limit, slack)
        return masked(np.where(reached, 1.0, 0.0), cells.status, 1.0)


@attrs.frozen
class AllMet(ComposedMeasure):
    """1 if all conditions are met, 0 if one is not.

    Parameters
    ----------
    of : sequence of str or measure
        The conditions: :class:`Threshold`, or variables that are 1 (met) or 0 (not met).
    failure_decides : bool
        By default the value is absent if one condition is absent. True gives 0 if a condition is
        known to fail, whatever the absent ones are: they could not change it.

    Raises
    ------
    SettingError
        If there are fewer than two conditions.
    CellError
        If a condition is neither 1 nor 0.

    Examples
    --------
    >>> AllMet([Threshold("on_time", at_least=90), "plan_issued"]).variables
    ('on_time', 'plan_issued')
    """

    bounds: ClassVar[tuple[float, float]] = (0.0, 1.0)
    of: tuple[Measure, ...] = attrs.field(converter=as_measures)
    failure_decides: bool = attrs.field(default=False, validator=boolean, kw_only=True)

    def __attrs_post_init__(self) -> None:
        if len(self.of) < 2:
            raise SettingError("AllMet takes at least two conditions")

    @property
    def _inputs(self) -> tuple[Measure, ...]:
        return self.of

    def entries(self, entry: Entry) -> Mapping[str, Entry]:
        """Return yes or no for the variables that are conditions themselves."""
        yes_no = Entry(yes_no=True)
        return entries_of(
            (one, Entry() if isinstance(one, Threshold) else yes_no) for one in self.of
        )

    def spreadsheet_formula(self, cells: EntryCells) -> str | None:
        """Return 1 if all conditions are met, else 0; None if a failure decides."""
        formulas = [formula_of(one, cells) for one in self.of]
        if self.failure_decides or None in formulas:
            return None
        return f"IF(AND({','.join(f'{formula}=1' for formula in formulas)}),1,0)"

    def __call__(self, columns: Columns) -> Cells:
        """Return whether all conditions are met."""
        conditions = [_condition(one, columns) for one in self.of]
        met = np.logical_and.reduce(np.broadcast_arrays(*(c.values == 1 for c in conditions)))
        status = worst(*(cells.status for cells in conditions))
        if self.failure_decides:
            # The best known of the conditions that fail decides.
            failures = [np.where(c.values == 0, c.status, _UNKNOWN) for c in conditions]
            deciding = np.minimum.reduce(np.broadcast_arrays(*failures))
            status = np.where(deciding < _UNKNOWN, deciding, status)
        return masked(np.where(met, 1.0, 0.0), status, 1.0)


_UNKNOWN = np.uint8(255)


def _condition(measure: Measure, columns: Columns) -> Cells:
    cells: Any = measure(columns)
    wrong = (cells.values != 0) & (cells.values != 1) & ~is_absent(cells.status)
    if wrong.any():
        names = " and ".join(measure.variables)
        raise CellError(
            f"a condition on {names} is met (1) or not (0); compare a number by Threshold(…)", wrong
        )
    return cells  # type: ignore[no-any-return]
