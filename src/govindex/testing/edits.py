"""Edits of data: another cell, another unit, another order of units."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import attrs
import numpy as np

from govindex.contracts import CellStatus
from govindex.model.observations import Observations
from govindex.model.units import Unit, Units

__all__ = ["copied", "edited", "listed", "with_copy", "with_units", "without"]


def copied(data: Observations) -> Observations:
    """Return the same data in new arrays."""
    return attrs.evolve(data, values=data.values.copy("K"), status=data.status.copy("K"))


def edited(data: Observations, unit: str, cells: Mapping[str, float | CellStatus]) -> Observations:
    """Return the data with other cells of one unit: numbers, or statuses of absence."""
    values, status = data.values.copy(), data.status.copy()
    row = data.units.locate(unit)
    for variable, cell in cells.items():
        column = data.column_of(variable)
        absent = isinstance(cell, CellStatus)
        values[row, column] = np.nan if absent else cell
        status[row, column] = cell if absent else CellStatus.REPORTED
    return attrs.evolve(data, values=values, status=status, stages=(), stage=None, treated=None)


def listed(data: Observations, order: Sequence[int]) -> Observations:
    """Return the data with their units in another order."""
    units = Units.of([data.units[i] for i in order])
    return data._rows_as(np.array(order, dtype=np.intp), units)


def with_copy(data: Observations, unit: str) -> Observations:
    """Return the data with a copy of a unit, called 'copy'."""
    row = data.units.locate(unit)
    twin = attrs.evolve(data.units[row], code="copy")
    rows = np.append(np.arange(len(data.units)), row)
    return data._rows_as(rows, Units.of([*data.units, twin]))


def without(data: Observations, unit: str) -> Observations:
    """Return the data of all other units."""
    return data.take([code for code in data.units.codes if code != unit])


def with_units(data: Observations, units: Sequence[Unit]) -> Observations:
    """Return the same figures for other units."""
    return attrs.evolve(data, units=Units.of(list(units)))
