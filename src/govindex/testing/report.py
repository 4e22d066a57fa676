"""A broken law in the user's words: what broke, the smallest table, and how to see it again."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from govindex.contracts import ABSENT, CellStatus
from govindex.model.observations import Observations
from govindex.testing.subject import Trial

if TYPE_CHECKING:
    from govindex.testing.law import Law

__all__ = ["report"]


def report(law: Law, trial: Trial, choices: Mapping[str, Any] | None, said: str) -> str:
    """Return the message of a broken law.

    Without choices nothing could be tried because the data are not scored: the law that says so is
    the one to see it again by.
    """
    given = "".join(f", {name}={value!r}" for name, value in (choices or {}).items())
    name = "scoring" if choices is None else law.name
    call = f"laws.{name}(method, data{given})"
    snippet = _snippet(trial.data)
    names = [name for name in ("NA",) if f" {name}" in snippet or f"[{name}" in snippet]
    unit = ["  from govindex import Unit"] if "Unit(" in snippet else []
    return "\n".join(
        [
            f"{trial.subject.name} breaks the law '{law.name}': {law.statement}.",
            f"  {said}",
            f"  why it matters: {law.reason}",
            f"  it follows from what is declared: {law.declared}",
            "the smallest example found:",
            *(f"  {line}" for line in _table(trial.data).splitlines()),
            "to see it again:",
            *unit,
            f"  from govindex.testing import {', '.join([*names, 'laws', 'observed'])}",
            *(f"  {line}" for line in snippet.splitlines()),
            f"  {call}",
        ]
    )


def _table(data: Observations) -> str:
    """Return the cells as a table; what is the same for every unit is said once."""
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
    found: dict[str, list[Any]] = {}
    for name, column in (
        ("league", units.leagues),
        ("type", units.types),
        ("parent", units.parents),
        ("period", units.periods),
    ):
        if column is not None and any(value is not None for value in column):
            found[name] = ["" if value is None else value for value in column]
    if not units.ranked_mask.all():
        found["ranked"] = ["yes" if ranked else "no" for ranked in units.ranked_mask.tolist()]
    return found


def _cells(data: Observations, variable: str) -> list[str]:
    column = data.column_of(variable)
    texts = data.levels.get(variable)
    words = {kind: kind.label for kind in ABSENT}
    found = []
    for value, status in zip(data.values[:, column], data.status[:, column], strict=True):
        known = f"{value:.10g}" if texts is None or np.isnan(value) else texts[int(value)]
        found.append(words.get(CellStatus(int(status)), known))
    return found


def _snippet(data: Observations) -> str:
    """Return the call that makes these data."""
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
    lines.append(f"}}, units=[{', '.join(_unit(data, i) for i in range(count))}]{period})")
    return "\n".join(lines)


def _literal(data: Observations, unit: str, variable: str) -> str:
    if data.cell(unit, variable) == CellStatus.NOT_APPLICABLE:
        return "NA"
    return repr(data.value(unit, variable))


def _unit(data: Observations, index: int) -> str:
    unit = data.units[index]
    given = [repr(unit.code)]
    given += [
        f"{name}={getattr(unit, name)!r}"
        for name in ("league", "type", "parent", "period")
        if getattr(unit, name) is not None
    ]
    given += [] if unit.ranked else ["ranked=False"]
    given += [f"attributes={dict(unit.attributes)!r}"] if unit.attributes else []
    return f"Unit({', '.join(given)})" if len(given) > 1 else given[0]
