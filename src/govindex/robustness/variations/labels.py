"""Tables of draws: units by their codes, or in the order of the data."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

import attrs
import numpy as np

from govindex.contracts import Float, Index
from govindex.errors import DataError, Problems, SettingError, near_miss
from govindex.model.observations import Observations
from govindex.robustness.variations.protocols import Basis

__all__ = ["DrawnTable", "as_tables", "fitting", "is_variable", "labels_of", "rows_of"]

_NAMED = 3


@attrs.frozen(eq=False)
class DrawnTable:
    """Numbers of units in draws, with the units' codes if they had labels.

    Parameters
    ----------
    numbers : array, shape (draws, units)
    labels : tuple of str or None
    """

    numbers: Float
    labels: tuple[str, ...] | None

    def __len__(self) -> int:
        return len(self.numbers)


def labels_of(table: Any, axis: Literal["index", "columns"]) -> tuple[str, ...] | None:
    """Return the labels of a series or data frame, None if they are 0, 1 … n − 1."""
    labels = getattr(table, axis, None)
    if labels is None or callable(labels) or list(labels) == list(range(len(labels))):
        return None
    return tuple(str(label) for label in labels)


def rows_of(
    labels: tuple[str, ...] | None, variable: str, basis: Basis, problems: Problems
) -> Index | None:
    """Return the rows of prepared units in a table: by label, else in the order of the data.

    None, with problems, if labels are not the units' codes.
    """
    if labels is None:
        return basis.source
    known, before = basis.data.units.codes, len(problems)
    units = set(known)
    row_of = {label: index for index, label in enumerate(labels)}
    if len(row_of) < len(labels):
        twice = next(label for index, label in enumerate(labels) if row_of[label] != index)
        problems.add(f"'{variable}' has unit '{twice}' twice")
    unknown = [label for label in row_of if label not in units]
    for label in unknown[:_NAMED]:
        problems.add(f"'{variable}': there is no unit '{label}': {near_miss(label, known)}")
    lacking = [code for code in known if code not in row_of]
    for code in lacking[:_NAMED]:
        problems.add(f"'{variable}' has no label '{code}': it lacks this unit")
    more = max(len(unknown) - _NAMED, 0) + max(len(lacking) - _NAMED, 0)
    if more:
        problems.add(f"'{variable}': {more} more units do not fit")
    if len(problems) > before:
        return None
    return np.array([row_of[code] for code in basis.prepared.units.codes])


def is_variable(variable: str, data: Observations, problems: Problems) -> bool:
    """Return whether data have a variable of numbers; add a problem if not."""
    if variable not in data.variables:
        problems.add(f"there is no variable '{variable}': {near_miss(variable, data.variables)}")
    elif variable in data.levels:
        problems.add(f"variable '{variable}' holds answers and no numbers")
    else:
        return True
    return False


def as_tables(values: Mapping[str, Any], what: str) -> dict[str, DrawnTable]:
    """Return tables of variables, checked to have the shape (draws, units)."""
    if not isinstance(values, Mapping) or not values:
        raise SettingError(f"{what} are given by the name of the variable, at least of one")
    tables = {}
    for variable, table in sorted(values.items()):
        try:
            numbers = np.asarray(table, dtype=np.float64)
        except (TypeError, ValueError) as error:
            raise SettingError(f"{what} of '{variable}' are numbers: {error}") from error
        if numbers.ndim != 2 or not len(numbers):
            raise SettingError(
                f"{what} of '{variable}' have the shape (draws, units), not {np.shape(table)}"
            )
        tables[variable] = DrawnTable(numbers, labels_of(table, "columns"))
    if len({len(table) for table in tables.values()}) > 1:
        raise SettingError(f"{what} need as many rows for every variable")
    return tables


def fitting(values: Mapping[str, DrawnTable], basis: Basis, what: str) -> dict[str, Float]:
    """Return tables in the order of the prepared units, checked against the data."""
    problems, data = Problems(), basis.prepared
    fitted = {}
    for variable, table in values.items():
        if not is_variable(variable, data, problems):
            continue
        units = table.numbers.shape[1]
        if table.labels is None and units != len(basis.data.units):
            problems.add(f"'{variable}' has {units} units, the data have {len(basis.data.units)}")
            continue
        columns = rows_of(table.labels, variable, basis, problems)
        if columns is None:
            continue
        fitted[variable] = table.numbers[:, columns]
        absent = np.isnan(data.values[:, data.column_of(variable)])
        for row, index in np.argwhere(~np.isfinite(fitted[variable]) & ~absent)[:_NAMED]:
            problems.add(f"unit '{data.units.codes[index]}', '{variable}', draw {row}: no number")
    problems.raise_any(DataError, f"{what} do not fit the data")
    return fitted
