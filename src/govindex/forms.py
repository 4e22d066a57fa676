"""Results of several forms of one methodology → one result.

Units of another type may be scored by a form of their own: other indicators, another maximum. In
the joint result a node's maximum is the largest among the forms, and a unit whose form has less is
a unit whose maximum has shrunk: 700 of 800 points stay 700 of 800, 87.5 %.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import attrs
import numpy as np

from govindex.contracts import CellStatus, Float
from govindex.model.observations import Observations
from govindex.results import IndexResult, Outcome

__all__ = ["joined"]


def joined(
    parts: Sequence[IndexResult], data: Observations, maxima: Mapping[str, float]
) -> IndexResult:
    """Return one result of all units.

    Parameters
    ----------
    parts : sequence of IndexResult
        One per form that has units; together they hold every unit of `data` once.
    data : Observations
        The units in the order wanted.
    maxima : mapping of code to float
        The largest of each node among all forms, also of those without units: which others are
        there must not move what a unit is ranked by.
    """
    first = parts[0]
    codes = tuple(dict.fromkeys(code for part in parts for code in part.codes))
    sizes = np.array([maxima[code] for code in codes])
    indices = [np.array([data.units.locate(code) for code in part.units.codes]) for part in parts]

    def gathered(field: str, blank: float, kind: type[Any]) -> tuple[Any, ...]:
        rows = []
        for code in codes:
            row = np.full(len(data.units), blank, dtype=kind)
            for part, members in zip(parts, indices, strict=True):
                if code in part.codes:
                    row[members] = getattr(part, field)[part.row_of(code)]
            rows.append(row)
        return tuple(rows)

    applicable = gathered("applicable", 0.0, np.float64)
    return attrs.evolve(
        first,
        units=data.units,
        codes=codes,
        outcome=Outcome(
            values=gathered("values", np.nan, np.float64),
            shares=gathered("shares", np.nan, np.float64),
            applicable=_rescaled(applicable, codes, sizes, parts, indices),
            status=gathered("status", CellStatus.NOT_APPLICABLE, np.uint8),
        ),
        maxima=sizes,
        in_force={},
        observations=data,
        parts=tuple(parts),
        display=tuple(dict.fromkeys(code for part in parts for code in part.display)),
    )


def _maximum(part: IndexResult, code: str) -> float:
    return float(part.maxima[part.row_of(code)]) if code in part.codes else 0.0


def _rescaled(
    applicable: tuple[Float, ...],
    codes: tuple[str, ...],
    maxima: Float,
    parts: Sequence[IndexResult],
    indices: Sequence[Any],
) -> tuple[Float, ...]:
    for row, code in enumerate(codes):
        for part, members in zip(parts, indices, strict=True):
            own = _maximum(part, code)
            if own != maxima[row] and maxima[row] > 0:
                applicable[row][members] *= own / maxima[row]
    return applicable
