"""Several units → one: means or sums of their values, whatever the order of the units."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from govindex.checks import among, mapping_of
from govindex.contracts import Float, is_absent, prevailing
from govindex.errors import DataError, Problems, listing
from govindex.kernels.reductions import mean_over_units
from govindex.kernels.rounding import twelve_digits
from govindex.kernels.scaling import ordinary, restored, tame
from govindex.model.cells import ObservedCells, as_units
from govindex.model.joined_errors import merged_errors
from govindex.model.joining import joined_periods
from govindex.model.units import Unit, Units, unknown_units

__all__ = ["merged", "merged_by_period"]

Rows = npt.NDArray[np.intp]


def merged(
    data: ObservedCells,
    mapping: Mapping[str, str],
    how: str,
    weights: str | None,
    units: Iterable[Unit] | None,
) -> dict[str, Any]:
    """Return the fields of observations of the new units.

    A merged cell is marked as imputed, fallen back or treated if one of its cells is.

    Parameters are those of :meth:`Observations.roll_up
    <govindex.Observations.roll_up>`.
    """
    mapping_of(mapping, "mapping", "a mapping of units to merged units")
    rows = [i for i, code in enumerate(data.units.codes) if code in mapping]
    _check(data, mapping, how, weights, rows)
    target = [mapping[data.units.codes[row]] for row in rows]
    codes = tuple(dict.fromkeys(target))
    weight = _weights(data, weights, rows, target)
    new = Units(codes) if units is None else Units.of(units)
    if set(codes) != set(new.codes):
        raise DataError(
            f"the merged units are {listing(codes)}, but `units` describes {listing(new.codes)}"
        )
    indices = _numbers(target, new.codes)
    status = np.zeros((len(new), len(data.variables)), dtype=np.uint8)
    for marks, index in zip(data.status[rows], indices, strict=True):
        status[index] = prevailing(status[index], marks)
    treated = np.zeros(status.shape, dtype=bool)
    np.logical_or.at(treated, indices, data.treated[rows])
    values = _by_group(data.values[rows], weight, indices, how)
    _refuse_infinite(values, new.codes, data.variables, how)
    raw = np.empty(0)
    if treated.any():
        raw = _by_group(data.raw_values[rows], weight, indices, how)[treated]
    return {
        "units": new,
        "variables": data.variables,
        "values": values,
        "status": status,
        "treated": treated,
        "raw": raw,
        **merged_errors(data, values, rows, _shares(weight, indices, how), indices),
        "period": data.period,
        "reports": data.reports,
    }


def _shares(weight: Float, indices: Rows, how: str) -> Float:
    """Return what the value of each unit is multiplied by in that of the merged one."""
    return np.ones(len(weight)) if how == "sum" else weight / np.bincount(indices, weight)[indices]


def _refuse_infinite(
    values: Float, codes: Sequence[str], variables: Sequence[str], how: str
) -> None:
    problems = Problems()
    for row, column in np.argwhere(np.isinf(values)):
        problems.add(
            f"the {how} is too large for a number; take a larger measure unit",
            code="merge.infinite",
            unit=codes[row],
            variable=variables[column],
        )
    problems.raise_any(DataError, "The units cannot be merged")


def merged_by_period(
    data: ObservedCells,
    mapping: Mapping[str, str],
    how: str,
    weights: str | None,
    units: Iterable[Unit] | None,
) -> dict[str, Any]:
    """Return the fields of a panel whose units are merged inside each period."""
    problems = Problems()
    mapping_of(mapping, "mapping", "a mapping of units to merged units")
    problems.extend(unknown_units(mapping, dict.fromkeys(data.units.bodies)))
    every = None if units is None else list(as_units(units))
    if every is not None and {unit.code for unit in every} != set(mapping.values()):
        problems.add(
            f"the merged units are {listing(dict.fromkeys(mapping.values()))}, but `units` "
            f"describes {listing(unit.code for unit in every)}"
        )
    if not mapping:
        problems.add("no unit is merged into another")
    problems.raise_any(DataError, "The units cannot be merged")
    by_period = {}
    for period in data.periods:
        part = data.at_period(period)
        present = {old: new for old, new in mapping.items() if old in part.units.codes}
        if present:
            chosen = None if every is None else [u for u in every if u.code in present.values()]
            by_period[period] = ObservedCells(**merged(part, present, how, weights, chosen))
    return {**joined_periods(by_period), "reports": data.reports}


def _check(
    data: ObservedCells, mapping: Mapping[str, str], how: str, weights: str | None, rows: list[int]
) -> None:
    codes = data.units.codes
    problems = Problems()
    if not among(how, ("mean", "sum")):
        problems.add(f"units are merged by 'mean' or 'sum', not {how!r}")
    elif how == "sum" and weights is not None:
        problems.add("a sum takes no weights: leave them out, or say how='mean'")
    problems.extend(unknown_units(mapping, dict.fromkeys(codes)))
    for variable in data.levels:
        problems.add(
            f"variable '{variable}' holds answers, which have no {how}",
            code="variable.answers",
            variable=variable,
        )
    if not rows and not problems:
        problems.add("no unit is merged into another", code="merge.nothing")
    for row, column in np.argwhere(is_absent(data.status[rows])):
        unit, variable = codes[rows[row]], data.variables[column]
        problems.add(
            f"unit '{unit}', variable '{variable}' is absent: impute it before you merge",
            code="cell.absent",
            unit=unit,
            variable=variable,
        )
    problems.raise_any(DataError, "The units cannot be merged")


def _weights(
    data: ObservedCells, weights: str | None, rows: list[int], target: Sequence[str]
) -> Float:
    if weights is None:
        return np.ones(len(rows))
    numbers = data.values[rows, data.column_of(weights)]
    problems = Problems()
    for row in np.flatnonzero(numbers < 0):
        unit = data.units.codes[rows[row]]
        cause = f"unit '{unit}' has the weight {numbers[row]:g}"
        problems.add(cause, code="weight.negative", unit=unit)
    weighted = {code for code, weight in zip(target, numbers, strict=True) if weight > 0}
    for code in dict.fromkeys(target):
        if code not in weighted:
            cause = "no unit that is merged into it has a weight above 0"
            problems.add(cause, code="weight.nothing", unit=code)
    problems.raise_any(DataError, f"The weights '{weights}' are at least 0, with one above it")
    return np.asarray(numbers)


def _numbers(target: Sequence[str], codes: Sequence[str]) -> Rows:
    index = {code: number for number, code in enumerate(codes)}
    return np.array([index[code] for code in target], dtype=np.intp)


def _by_group(values: Float, weight: Float, group: Rows, how: str) -> Float:
    """Merge the rows of each group; groups of one size are merged at once."""
    order = np.argsort(group, kind="stable")
    sizes = np.bincount(group)
    starts = np.cumsum(sizes) - sizes
    result = np.empty((len(sizes), values.shape[1]))
    for size in np.unique(sizes):
        groups = np.flatnonzero(sizes == size)
        rows = order[starts[groups, None] + np.arange(size)]
        result[groups] = _merged(values[rows], weight[rows], how)
    return result


def _merged(values: Float, weight: Float, how: str) -> Float:
    # From (groups, units, variables) to sums over a last axis of units, which are sorted first.
    across, weight = np.moveaxis(values, 1, -1), tame(weight)[:, None, :]
    plain, power = ordinary(across)
    everyone = np.ones(values.shape[1], dtype=bool)
    mean, count = mean_over_units(plain * weight if how == "mean" else plain, everyone)
    total = mean * count
    if how == "mean":
        total = total / np.sort(weight, axis=-1).sum(axis=-1, keepdims=True)
    if values.shape[1] == 1:
        return values[:, 0]
    # On paper: in another order, or of other numbers, the same total differs in its last bits.
    largest = np.fmax.reduce(np.abs(plain), axis=-1, keepdims=True)
    return np.asarray(restored(twelve_digits(total, largest), power)[..., 0])
