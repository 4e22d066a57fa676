"""Combined measures: differences, products, the largest of several."""

from __future__ import annotations

from functools import reduce

import attrs
import numpy as np

from govindex.contracts import (
    Cells,
    Columns,
    EntryCells,
    Measure,
    is_absent,
    prevailing,
)
from govindex.errors import SettingError
from govindex.measures.any_reported import AnyReported
from govindex.measures.cells import masked, not_underflowed, scaled_size, size_of, worst
from govindex.measures.variables import (
    ComposedMeasure,
    SignKeepingMeasure,
    as_measure,
    formula_of,
)

__all__ = ["Difference", "Largest", "Product"]


@attrs.frozen
class Difference(ComposedMeasure):
    """One variable less another (a result and its target, for instance)."""

    value: Measure = attrs.field(converter=as_measure)
    less: Measure = attrs.field(converter=as_measure)

    @property
    def _inputs(self) -> tuple[Measure, ...]:
        return (self.value, self.less)

    def spreadsheet_formula(self, cells: EntryCells) -> str | None:
        """Return the difference."""
        value, less = formula_of(self.value, cells), formula_of(self.less, cells)
        return None if value is None or less is None else f"({value}-{less})"

    def __call__(self, columns: Columns) -> Cells:
        """Return the difference."""
        value, less = self.value(columns), self.less(columns)
        size = size_of(value, less)
        with np.errstate(over="ignore"):
            difference = value.values - less.values
        return masked(difference, worst(value.status, less.status), size)


@attrs.frozen
class Product(SignKeepingMeasure):
    """One measure times another (a rate and a coefficient, for instance)."""

    left: Measure = attrs.field(converter=as_measure)
    right: Measure = attrs.field(converter=as_measure)

    @property
    def _inputs(self) -> tuple[Measure, ...]:
        return (self.left, self.right)

    def spreadsheet_formula(self, cells: EntryCells) -> str | None:
        """Return the product."""
        left, right = formula_of(self.left, cells), formula_of(self.right, cells)
        return None if left is None or right is None else f"({left}*{right})"

    def __call__(self, columns: Columns) -> Cells:
        """Return the product."""
        left, right = self.left(columns), self.right(columns)
        size = np.fmax(scaled_size(left, right.values), scaled_size(right, left.values))
        with np.errstate(over="ignore"):
            product = left.values * right.values
        product = not_underflowed(product, left.values, right.values)
        return masked(product, worst(left.status, right.status), size)


@attrs.frozen
class Largest(AnyReported):
    """The largest of several variables that are reported; absent only if all are absent.

    Parameters
    ----------
    of : sequence of str or measure
        What is compared. All but the first may be left out of the data.
    """

    def __attrs_post_init__(self) -> None:
        if len(self.of) < 2:
            raise SettingError("Largest compares at least two variables")

    def spreadsheet_formula(self, cells: EntryCells) -> str | None:
        """Return the largest of the measures."""
        formulas = [formula_of(measure, cells) for measure in self.of]
        return None if None in formulas else f"MAX({','.join(map(str, formulas))})"

    def __call__(self, columns: Columns) -> Cells:
        """Return the largest reported value."""
        cells = [m(columns) for m in self.of if all(name in columns for name in m.variables)]
        values, status = cells[0].values, cells[0].status
        for other in cells[1:]:
            values = np.fmax(values, other.values)
            both = ~is_absent(status) & ~is_absent(other.status)
            # The status of the one that is present; of two absent ones, missing comes first.
            single = np.minimum(status, other.status)
            status = np.where(both, prevailing(status, other.status), single)
        sizes = [c.size for c in cells if c.size is not None]
        return masked(values, status, reduce(np.fmax, sizes) if sizes else None)
