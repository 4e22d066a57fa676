"""Observations written down cell by cell."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import attrs
import numpy as np

from govindex.contracts import CellStatus, is_absent
from govindex.model.observations import Observations
from govindex.model.units import Unit, Units

__all__ = ["NA", "Cell", "marked", "observed"]

NA = "not applicable"
Cell = float | str | None


def observed(
    columns: Mapping[str, Sequence[Cell]],
    units: Units | Sequence[Unit | str] | None = None,
    *,
    period: str | None = None,
    marks: Mapping[tuple[str, str], str] | None = None,
) -> Observations:
    """Return columns as observations: None is missing, `NA` is not applicable.

    Parameters
    ----------
    columns : mapping of variable to cells
        Numbers, answers, None or `NA`, one cell per unit.
    units : Units or sequence of Unit or str, optional
        By default U0, U1 …
    period : str, optional
        The period of the data: "2026", "2026-Q3" …
    marks : mapping of (unit, variable) to str, optional
        Cells that are "imputed", "fallen back", "treated" or "suppressed".

    Returns
    -------
    Observations

    Examples
    --------
    >>> observed({"days": [3, None, NA]}).cell("U1", "days").name
    'MISSING'
    """
    count = len(next(iter(columns.values())))
    names = [f"U{i}" for i in range(count)] if units is None else units
    bodies = [unit if isinstance(unit, Unit) else Unit(unit) for unit in names]
    answers = {
        name: tuple(dict.fromkeys(c for c in cells if isinstance(c, str) and c != NA))
        for name, cells in columns.items()
    }

    def number(name: str, cell: Cell) -> float:
        if isinstance(cell, str) and cell != NA:
            return float(answers[name].index(cell))
        return float(cell) if isinstance(cell, (int, float)) else np.nan

    kinds: dict[Cell, int] = {None: CellStatus.MISSING, NA: CellStatus.NOT_APPLICABLE}
    values = [[number(name, cell) for cell in cells] for name, cells in columns.items()]
    status = [[kinds.get(cell, 0) for cell in cells] for cells in columns.values()]
    data = Observations(
        bodies,
        tuple(columns),
        np.array(values).T,
        np.array(status, dtype=np.uint8).T,
        levels={name: texts for name, texts in answers.items() if texts},
        period=period,
    )
    for (unit, variable), mark in (marks or {}).items():
        data = marked(data, unit, variable, mark)
    return data


def marked(data: Observations, unit: str, variable: str, mark: str) -> Observations:
    """Return the data with one cell marked, by the label of a status or as "treated"."""
    status, treated = data.status.copy(), data.treated.copy()
    values, raw = data.values.copy(), data.raw_values
    cell = data.units.locate(unit), data.column_of(variable)
    treated[cell] = mark == "treated"
    status[cell] = _STATUSES[mark]
    if is_absent(status[cell]):
        values[cell] = np.nan
    return attrs.evolve(data, values=values, status=status, treated=treated, raw=raw[treated])


_STATUSES = {"treated": CellStatus.REPORTED, **{kind.label: kind for kind in CellStatus}}
