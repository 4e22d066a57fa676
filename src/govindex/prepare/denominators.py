"""The sizes of units that variables are divided by: of the data, or of another table."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import attrs
import numpy as np

from govindex.checks import is_number, name_of, number
from govindex.contracts import Bool, CellStatus, Float, Status
from govindex.errors import DataError, Problems, SettingError, listing
from govindex.kernels.rounding import twelve_digits
from govindex.kernels.scaling import quotient
from govindex.mappings import FrozenMap
from govindex.model.observations import Observations
from govindex.names import as_code, distinct

if TYPE_CHECKING:
    from narwhals.typing import IntoFrame

__all__ = [
    "Division",
    "Sizes",
    "Table",
    "as_table",
    "check_function",
    "divided",
    "sizes_of",
]

Division = Callable[[float, float], float]
Table = FrozenMap[str, FrozenMap[str, float]]

_PLAIN = (CellStatus.REPORTED, CellStatus.MISSING)


def as_table(
    table: Mapping[str, Mapping[str, float]] | Observations | IntoFrame | None,
) -> Table | None:
    """Return a table of denominators by unit, from a mapping, observations or a data frame."""
    if table is None:
        return None
    if isinstance(table, Mapping):
        return _checked(table)
    data = table if isinstance(table, Observations) else Observations.from_frame(table)
    numbers = [name for name in data.variables if name not in data.levels]
    _refuse_marked(data, numbers)
    known = {}
    for name in numbers:
        values = zip(data.units.codes, data.values[:, data.column_of(name)].tolist(), strict=True)
        known[name] = {unit: value for unit, value in values if not np.isnan(value)}
    return _checked(known)


def _refuse_marked(data: Observations, names: Sequence[str]) -> None:
    """Refuse what a table of plain numbers would lose: marks and standard errors."""
    problems = Problems()
    for name in names:
        column = data.column_of(name)
        status, treated = data.status[:, column], data.treated[:, column]
        for row in np.flatnonzero(treated | ~np.isin(status, _PLAIN)).tolist():
            label = CellStatus(int(status[row])).label
            label = "treated" if treated[row] and int(status[row]) in _PLAIN else label
            problems.add(
                f"the denominator is {label}, which a table does not keep",
                code="denominator.marked",
                unit=data.units.codes[row],
                variable=name,
            )
        if data.errors is not None and (np.nan_to_num(data.errors[:, column]) != 0).any():
            problems.add(
                "the denominators have standard errors, which a table does not keep",
                code="denominator.errors",
                variable=name,
            )
    problems.raise_any(
        DataError, "The table of denominators cannot be used; make them variables of the data"
    )


def _checked(table: Mapping[Any, Any]) -> Table:
    if not table:
        raise SettingError("a table of denominators has at least one denominator")
    columns = {}
    for name, column in distinct(table, "the denominator"):
        if not isinstance(name, str) or not isinstance(column, Mapping):
            raise SettingError(
                "a table of denominators is a data frame, observations, or a mapping of "
                f"denominators to numbers by unit, not {name!r}: {column!r}"
            )
        pairs = distinct({as_code(unit): size for unit, size in column.items()}, "the unit")
        columns[name] = FrozenMap(
            {str(unit): number(size, f"'{name}' of '{unit}'") for unit, size in pairs}
        )
    return FrozenMap(columns)


def check_function(_: object, __: object, function: Any) -> None:
    """Refuse what is no function of two numbers."""
    if function is not None and (not callable(function) or isinstance(function, type)):
        raise SettingError(f"function takes (value, denominator) -> number, not {function!r}")


@attrs.frozen(eq=False)
class Sizes:
    """A denominator of every unit.

    Parameters
    ----------
    values, raw : array, shape (units,)
        As they are, and before they were treated.
    status : array, shape (units,)
    treated : array of bool, shape (units,)
    exact : array of bool, shape (units,)
        Whether it has no standard error itself.
    """

    values: Float
    status: Status
    raw: Float
    treated: Bool
    exact: Bool


def sizes_of(data: Observations, table: Table | None, name: str) -> Sizes:
    """Return a denominator of the table, or else of the data."""
    if table is None or name not in table:
        column = data.column_of(name)
        exact = np.ones(len(data.units), dtype=bool)
        if data.errors is not None:
            exact = np.nan_to_num(data.errors[:, column]) == 0
        return Sizes(
            data.values[:, column],
            data.status[:, column],
            data.raw_values[:, column],
            data.treated[:, column],
            exact,
        )
    values, none = _from_table(data, table, name), np.zeros(len(data.units), dtype=bool)
    missing = np.where(np.isnan(values), np.uint8(CellStatus.MISSING), np.uint8(0))
    return Sizes(values, missing, values, none, ~none)


def _from_table(data: Observations, table: Table, name: str) -> Float:
    if name in data.variables:
        raise DataError(
            f"the denominator '{name}' is in the table and among the variables of the data: give "
            "one of them another name"
        )
    column = table[name]
    rows = zip(data.units.codes, data.units.bodies, strict=True)
    values = np.array([column.get(code, column.get(body, np.nan)) for code, body in rows])
    if np.isnan(values).all() and len(values):
        raise DataError(
            f"the table of '{name}' has none of the units of the data: it has {listing(column)}, "
            f"they have {listing(data.units.codes)}"
        )
    return values


def divided(
    function: Division | None,
    values: Float,
    sizes: Float,
    factor: float,
    wanted: Bool,
    problems: Callable[[int, str], None],
) -> Float:
    """Return ``factor·x / size``, or the factor times a function of both, cell by cell.

    Only `wanted` cells are given to the function, each by itself; `problems` takes the row of a
    cell that it refuses, and why.
    """
    if function is None:
        with np.errstate(divide="ignore", invalid="ignore"):
            return twelve_digits(quotient(values, sizes, factor))
    ratios = np.full(values.shape, np.nan)
    for row in np.flatnonzero(wanted).tolist():
        x, size = float(values[row]), float(sizes[row])
        call = f"{name_of(function)}({x:g}, {size:g})"
        try:
            ratio: Any = function(x, size)
        except Exception as error:  # the function is the user's
            problems(row, f"{call} raised {error!r}")
            continue
        if not is_number(ratio):
            problems(row, f"{call} gave {ratio!r}, no finite number")
            continue
        ratios[row] = factor * float(ratio)
        if np.isinf(ratios[row]):
            problems(row, f"{call} gave {ratio!r}, which is too large for factor={factor:g}")
    return twelve_digits(ratios)
