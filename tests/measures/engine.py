"""The values and statuses that a measure has in the engine."""

from __future__ import annotations

from typing import Any

import govindex as gi
from govindex.contracts import CellStatus

__all__ = ["cells_of", "marked_cells_of"]


def cells_of(measure: Any, data: gi.Observations) -> dict[str, float | CellStatus]:
    """Return the value of each unit, or why it has none."""
    result, row = _scored(measure, data)
    return {
        unit: float(share) if share == share else CellStatus(int(status))
        for unit, share, status in zip(
            result.units.codes, result.shares[row], result.status[row], strict=True
        )
    }


def marked_cells_of(measure: Any, data: gi.Observations) -> dict[str, tuple[float, str]]:
    """Return the value and the status of each unit."""
    result, row = _scored(measure, data)
    labels = [CellStatus(int(status)).label for status in result.status[row]]
    pairs = zip(result.shares[row].tolist(), labels, strict=True)
    return dict(zip(result.units.codes, pairs, strict=True))


def _scored(measure: Any, data: gi.Observations) -> tuple[gi.IndexResult, int]:
    leaf = gi.Indicator("value of the measure", measure=measure, rule=gi.rules.Identity())
    shrink = gi.absence.Shrink()
    absence = gi.Absence(missing=shrink, not_applicable=shrink, suppressed=shrink)
    method = gi.Methodology("x", "1", gi.Framework("x", [leaf], absence=absence), scale=1)
    result = method.compute(data)
    return result, result.row_of(leaf.code)
