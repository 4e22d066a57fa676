"""Equality of units and observations: the same names, numbers and statuses in the same order."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from govindex.model.labels import as_names

__all__ = ["same_arrays", "same_observations", "same_units"]


def same_arrays(one: Any, other: Any) -> bool:
    """Return whether two arrays have the same shape and numbers; NaN equals NaN.

    Examples
    --------
    >>> same_arrays([1.0, float("nan")], [1.0, float("nan")]), same_arrays([1.0], None)
    (True, False)
    """
    if one is None or other is None:
        return one is other
    first, second = np.asarray(one), np.asarray(other)
    return bool(np.array_equal(first, second, equal_nan=first.dtype.kind == "f"))


def _filled(column: Sequence[Any] | None, count: int) -> tuple[Any, ...]:
    values = (None,) * count if column is None else column
    # A number that is NaN equals nothing, and means that there is no value.
    return tuple(None if value != value else value for value in values)


def same_units(one: Any, other: Any) -> bool:
    """Return whether units agree in everything; a column of blanks is as good as none."""
    if one.codes != other.codes or not same_arrays(one.ranked_mask, other.ranked_mask):
        return False
    count = len(one)
    named = [[as_names(name) for name in _filled(units.names, count)] for units in (one, other)]
    columns = [
        {
            **{"league": units.leagues, "type": units.types, "parent": units.parents},
            **{"period": units.periods},
            **{f"attribute {name}": column for name, column in units.attributes.items()},
        }
        for units in (one, other)
    ]
    return named[0] == named[1] and all(
        _filled(columns[0].get(name), count) == _filled(columns[1].get(name), count)
        for name in {*columns[0], *columns[1]}
    )


def same_observations(one: Any, other: Any) -> bool:
    """Return whether observations agree in everything but the reports of steps."""
    names = ("variables", "period", "stage", "fall_back")
    if any(getattr(one, name) != getattr(other, name) for name in names):
        return False
    if len(one.stages) != len(other.stages) or one.levels != other.levels:
        return False
    arrays = [(getattr(one, name), getattr(other, name)) for name in _ARRAYS]
    for name, fields in (("covariances", ("values",)), ("replicates", ("values", "factors"))):
        first, second = getattr(one, name), getattr(other, name)
        if (first is None) != (second is None):
            return False
        if first is not None:
            if first.variables != second.variables:
                return False
            arrays += [(getattr(first, field), getattr(second, field)) for field in fields]
    for first, second in zip(one.stages, other.stages, strict=True):
        if first.name != second.name:
            return False
        arrays += [(first.values, second.values), (first.status, second.status)]
    return all(same_arrays(*pair) for pair in arrays) and same_units(one.units, other.units)


_ARRAYS = ("values", "status", "treated", "raw", "errors")
