"""Examples as a table, and as the call that makes them."""

from __future__ import annotations

from typing import Any

import numpy as np

from govindex.contracts import ABSENT, CellStatus
from govindex.model.observations import Observations

__all__ = ["as_code", "as_table"]


def as_table(data: Observations) -> str:
    """Return the cells as a table; variables that are equal for every unit are listed below."""
    import pandas as pd

    columns = {name: _cells(data, name) for name in data.variables}
    varied = {name: cells for name, cells in columns.items() if len(set(cells)) > 1}
    shown = varied if len(columns) > 8 else columns
    units = data.units
    index = [units.codes[i] if not units.names else units.labels()[i] for i in range(len(units))]
    frame = pd.DataFrame({**_fields(data), **shown}, index=pd.Index(index, name="unit"))
    plain = f"units {', '.join(index)}"
    lines = [frame.to_string(index_names=False) if len(frame.columns) else plain]
    alike = [f"{name} {cells[0]}" for name, cells in columns.items() if name not in shown]
    if alike:
        lines.append(f"the same for every unit: {', '.join(alike)}")
    return "\n".join(lines)


def _fields(data: Observations) -> dict[str, list[Any]]:
    units = data.units
    fields: dict[str, list[Any]] = {}
    for name, column in (
        ("league", units.leagues),
        ("type", units.types),
        ("parent", units.parents),
        ("period", units.periods),
    ):
        if column is not None and any(value is not None for value in column):
            fields[name] = ["" if value is None else value for value in column]
    if not units.ranked_mask.all():
        fields["ranked"] = ["yes" if ranked else "no" for ranked in units.ranked_mask.tolist()]
    return fields


def _cells(data: Observations, variable: str) -> list[str]:
    column = data.column_of(variable)
    texts = data.levels.get(variable)
    words = {kind: kind.label for kind in ABSENT}
    cells = []
    for value, status in zip(data.values[:, column], data.status[:, column], strict=True):
        text = f"{value:.10g}" if texts is None or np.isnan(value) else texts[int(value)]
        cells.append(words.get(CellStatus(int(status)), text))
    return cells


def as_code(data: Observations) -> str:
    """Return the imports and the call that make these data."""
    alike: dict[str, list[str]] = {}
    lines = ["data = observed({"]
    for name in data.variables:
        cells = [_literal(data, unit, name) for unit in data.units.codes]
        if len(set(cells)) == 1:
            alike.setdefault(cells[0], []).append(name)
        else:
            lines.append(f"    {name!r}: [{', '.join(cells)}],")
    count = len(data.units)
    for cell, names in alike.items():
        if len(names) > 2:
            lines.append(f"    **dict.fromkeys({names}, [{cell}] * {count}),")
        else:
            lines += [f"    {name!r}: [{', '.join([cell] * count)}]," for name in names]
    period = "" if data.period is None else f", period={data.period!r}"
    units = f"units=[{', '.join(_unit(data, i) for i in range(count))}]"
    marks = _marks(data)
    marking = f", marks={marks!r}" if marks else ""
    lines.append(f"}}, {units}{period}{marking})")
    call = "\n".join(lines)
    names = [name for name in ("NA",) if f" {name}" in call or f"[{name}" in call]
    unit = "from govindex import Unit\n" if "Unit(" in call else ""
    return f"{unit}from govindex.testing import {', '.join([*names, 'laws', 'observed'])}\n{call}"


def _marks(data: Observations) -> dict[tuple[str, str], str]:
    """Return the marks that `observed` cannot see in the cells themselves."""
    plain = (CellStatus.REPORTED, CellStatus.MISSING, CellStatus.NOT_APPLICABLE)
    marks = {}
    for row, unit in enumerate(data.units.codes):
        for column, name in enumerate(data.variables):
            status = CellStatus(int(data.status[row, column]))
            if data.treated[row, column] or status not in plain:
                marks[unit, name] = "treated" if status in plain else status.label
    return marks


def _literal(data: Observations, unit: str, variable: str) -> str:
    if data.cell(unit, variable) == CellStatus.NOT_APPLICABLE:
        return "NA"
    return repr(data.value(unit, variable))


def _unit(data: Observations, index: int) -> str:
    unit = data.units[index]
    arguments = [repr(unit.code)]
    arguments += [
        f"{name}={getattr(unit, name)!r}"
        for name in ("league", "type", "parent", "period")
        if getattr(unit, name) is not None
    ]
    arguments += [] if unit.ranked else ["ranked=False"]
    arguments += [f"attributes={dict(unit.attributes)!r}"] if unit.attributes else []
    return f"Unit({', '.join(arguments)})" if len(arguments) > 1 else arguments[0]
