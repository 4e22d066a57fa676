"""Entries of scoring forms → observations."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import numpy as np

from govindex.contracts import CellStatus
from govindex.methods import Methodology
from govindex.model.observations import Observations
from govindex.model.units import Unit
from govindex.workbooks.forms.identity import EarlierCell
from govindex.workbooks.forms.rows import FormQuestion, form_of, questions

__all__ = ["asked_of", "assembled", "variables_of"]


def asked_of(method: Methodology, units: Iterable[Unit]) -> dict[str, dict[str, FormQuestion]]:
    """Return what each unit is asked for, by unit and variable."""
    by_form: dict[int, dict[str, FormQuestion]] = {}
    asked = {}
    for unit in units:
        form = form_of(method, unit)
        if id(form) not in by_form:
            by_form[id(form)] = questions(form)
        asked[unit.code] = by_form[id(form)]
    return asked


def variables_of(
    asked: Mapping[str, Mapping[str, FormQuestion]], filled: Iterable[str]
) -> tuple[str, ...]:
    """Return the variables that units are asked for; optional ones if any unit has entered one."""
    entered = set(filled)
    every = {name: question for of_unit in asked.values() for name, question in of_unit.items()}
    needed = {name for of_unit in asked.values() for name, q in of_unit.items() if not q.optional}
    return tuple(name for name in every if name in needed or name in entered)


def assembled(
    units: Sequence[Unit],
    variables: Sequence[str],
    asked: Mapping[str, Mapping[str, FormQuestion]],
    cells: Mapping[tuple[str, str], EarlierCell],
    period: str | None,
) -> Observations:
    """Return observations of the cells that were entered; others are missing.

    What a unit's form does not ask for is not applicable to it.
    """
    shape = (len(units), len(variables))
    values, status = np.full(shape, np.nan), np.full(shape, np.uint8(CellStatus.MISSING))
    levels = _levels(variables, asked)
    for row, unit in enumerate(units):
        for column, name in enumerate(variables):
            if name not in asked[unit.code]:
                status[row, column] = CellStatus.NOT_APPLICABLE
            cell = cells.get((unit.code, name))
            if cell is None:
                continue
            status[row, column] = cell.status
            if cell.value is not None:
                values[row, column] = _number(cell.value, levels.get(name))
    return Observations(tuple(units), variables, values, status, levels=levels, period=period)


def _levels(
    variables: Sequence[str], asked: Mapping[str, Mapping[str, FormQuestion]]
) -> dict[str, tuple[str, ...]]:
    levels: dict[str, dict[str, None]] = {}
    for of_unit in asked.values():
        for name, question in of_unit.items():
            if name in variables and any(isinstance(a, str) for a in question.entry.answers):
                texts = map(str, question.entry.answers)
                levels.setdefault(name, {}).update(dict.fromkeys(texts))
    return {name: tuple(texts) for name, texts in levels.items()}


def _number(value: float | str, levels: Sequence[str] | None) -> float:
    if levels is None:
        return float(value)
    return float(levels.index(str(value)))
