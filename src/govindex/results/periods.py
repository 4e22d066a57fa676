"""Results as the data of another index, and the result of one period of a panel."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

import attrs
import numpy as np

from govindex.checks import among
from govindex.contracts import CellStatus, is_absent
from govindex.errors import UnknownNameError, near_miss
from govindex.mappings import FrozenMap
from govindex.model.observations import Observations
from govindex.model.panels import out_of_period
from govindex.periods import sorted_periods
from govindex.results.node_scores import NodeScores, taken
from govindex.statuses import TreatedCells

Result = TypeVar("Result", bound=NodeScores)

__all__ = ["as_observations", "at_period"]


def as_observations(result: NodeScores, codes: Sequence[str]) -> Observations:
    """Return printed scores of nodes as data."""
    rows = [result.row_of(code) for code in codes]
    values = result.printed[rows].T
    status = result.status[rows].T
    filled = ~np.isnan(values) & is_absent(status)
    status = np.where(filled, np.uint8(CellStatus.IMPUTED), status)
    blank = np.isnan(values) & ~is_absent(status)
    status = np.where(blank, CellStatus.MISSING, status).astype(np.uint8)
    return Observations(result.units, codes, values, status, period=result.provenance.period)


def at_period(result: Result, period: str) -> Result:
    """Return the result of one period, with the codes of the units themselves."""
    units = result.units
    only = () if result.provenance.period is None else (result.provenance.period,)
    known = only if units.periods is None else sorted_periods(units.periods)
    if not among(period, known):
        raise UnknownNameError(f"there is no period '{period}': {near_miss(period, known)}")
    if units.periods is None:
        return result
    rows = np.flatnonzero(np.array(units.periods) == period)
    codes = {units.codes[row]: units.bodies[row] for row in rows}

    data = result.observations
    single_period = attrs.evolve(
        result,
        units=out_of_period(units, rows, period),
        outcome=result._outcome.take(rows),
        in_force={code: taken(array, rows) for code, array in result._in_force.items()},
        observations=None if data is None else data.at_period(period),
        provenance=attrs.evolve(result.provenance, period=period),
        reasons=FrozenMap(
            {(codes[u], n): text for (u, n), text in result.reasons.items() if u in codes}
        ),
    )
    # A measure over time cannot be computed from one period.
    single_period.__dict__["_treated"] = {
        code: TreatedCells(cells.mask[rows], cells.raw[rows])
        for code, cells in result._treated.items()
    }
    return single_period
