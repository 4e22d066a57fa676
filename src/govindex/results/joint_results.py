"""Results of a methodology of several forms.

Each form may have other indicators and another maximum. In the joint result a node's maximum is the
largest of all forms; units of a form with a smaller one keep theirs as applicable maximum: 700 of
800 points stay 700 of 800, 87.5 %.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any, Self

import attrs
import numpy as np

from govindex.compute import State
from govindex.contracts import Bool, CellStatus, Float, Index
from govindex.model.framework import Framework
from govindex.model.observations import Observations
from govindex.model.signs import shared_of_one_sign
from govindex.model.tree import Node, View
from govindex.model.units import Units
from govindex.results.equality import same_results
from govindex.results.results import IndexResult
from govindex.statuses import TreatedCells

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["JointResult", "joined", "part_of", "parts_of"]


@attrs.frozen(eq=False, slots=False, kw_only=True)
class JointResult(IndexResult):
    """Scores of units by several forms of one methodology.

    :meth:`Forms.compute <govindex.Forms.compute>` makes it. Nodes that a form lacks are not
    applicable to its units.

    Parameters
    ----------
    parts : tuple of IndexResult
        The result of each form that has units.
    """

    parts: tuple[IndexResult, ...]

    def __eq__(self, other: object) -> bool:
        """Return whether the joint result and the result of every form are the same."""
        if not isinstance(other, JointResult):
            return NotImplemented
        return same_results(self, other) and self.parts == other.parts

    def __hash__(self) -> int:
        return super().__hash__()

    def part_of(self, unit: str) -> IndexResult:
        """Return the result of the form that scored a unit."""
        code = self.units.codes[self.units.locate(unit)]
        return next(part for part in self.parts if code in part.units.codes)

    def node(self, code: str) -> Node | View:
        """Return a node by its code, from any form that has it."""
        frameworks = (self.framework, *(part.framework for part in self.parts))
        return next((f for f in frameworks if f.has(code)), self.framework).node(code)

    def printed_at(self, code: str) -> Float:
        """Return one node's printed scores, shape (units,)."""
        scores = self.full_at(code)
        for part, rows in self._members:
            if code in part.print_rounding:
                scores[rows] = part._printed(code, scores[rows])
        return scores

    def _gives_ranks(self, row: int) -> Bool | bool:
        """Return whether a row holds ranks or counts of peers, for each unit by its form."""
        code = self.codes[row]
        given = np.zeros(len(self.units), dtype=bool)
        for part, rows in self._members:
            given[rows] = code in part.codes and part._gives_ranks(part.row_of(code))
        return given

    @cached_property
    def _of_one_sign(self) -> frozenset[str]:
        """The nodes whose scores are sums of one sign, in every form that has them."""
        return shared_of_one_sign(part.framework for part in self.parts)

    def at_period(self, period: str) -> Self:
        """Return the result of one period, with the codes of the units themselves.

        As of :meth:`IndexResult.at_period <govindex.IndexResult.at_period>`.
        """
        whole = super().at_period(period)
        if self.units.periods is None:
            return whole
        parts = [part for part in self.parts if period in (part.units.periods or ())]
        return attrs.evolve(whole, parts=tuple(part.at_period(period) for part in parts))

    @property
    def _members(self) -> list[tuple[IndexResult, Index]]:
        return [(part, _rows(self.units, part)) for part in self.parts]

    @cached_property
    def _treated(self) -> Mapping[str, TreatedCells]:
        cells: dict[str, TreatedCells] = {}
        for part, rows in self._members:
            for code, treated in part._treated.items():
                if code not in cells:
                    blank = np.full(len(self.units), np.nan)
                    cells[code] = TreatedCells(np.zeros(len(self.units), dtype=bool), blank)
                cells[code].mask[rows], cells[code].raw[rows] = treated.mask, treated.raw
        return cells

    def _mark_rows(self, names: Mapping[str, str], language: str | None) -> list[tuple[Any, ...]]:
        return [row for part in self.parts for row in part._mark_rows(names, language)]

    def _status_counts(self, top: str, *, by: str) -> pd.DataFrame:
        import pandas as pd

        counts = pd.concat([p._status_counts(top, by=by) for p in self.parts if top in p.codes])
        return counts.loc[[unit for unit in self.units.codes if unit in counts.index]]

    def _unscored(self, language: str | None) -> dict[str, str]:
        reasons = [part._unscored(language) for part in self.parts]
        return {unit: why for by_unit in reasons for unit, why in by_unit.items()}

    @property
    def _frameworks(self) -> tuple[Framework, ...]:
        return tuple(part.framework for part in self.parts)


def parts_of(result: IndexResult) -> tuple[IndexResult, ...]:
    """Return the result of each form."""
    return result.parts if isinstance(result, JointResult) else (result,)


def part_of(result: IndexResult, unit: str) -> IndexResult:
    """Return the result of the form that scored a unit."""
    return result.part_of(unit) if isinstance(result, JointResult) else result


def joined(
    parts: Sequence[IndexResult],
    data: Observations,
    maxima: Mapping[str, float],
    settings: Mapping[str, Any],
) -> JointResult:
    """Return one result of all units of the data.

    `maxima` are the largest of each node among all forms, with and without units: a unit's rank
    must not depend on which forms have units. `settings` are those that the parts do not share.
    """
    codes = tuple(dict.fromkeys(code for part in parts for code in part.codes))
    sizes = np.array([maxima[code] for code in codes])
    members = [_rows(data.units, part) for part in parts]

    def gathered(code: str, field: str, blank: float, kind: type[Any] = np.float64) -> Any:
        row = np.full((1, len(data.units)), blank, dtype=kind)
        for part, units in zip(parts, members, strict=True):
            if code in part.codes:
                row[0, units] = getattr(part, field)[part.row_of(code)]
        return row

    def state_of(code: str, maximum: float) -> State:
        applicable = gathered(code, "applicable", 0.0)
        for part, units in zip(parts, members, strict=True):
            own = float(part.maxima[part.row_of(code)]) if code in part.codes else 0.0
            if own != maximum and maximum > 0:
                applicable[0, units] *= own / maximum
        shares = gathered(code, "shares", np.nan)
        return State(
            shares,
            gathered(code, "status", CellStatus.NOT_APPLICABLE, np.uint8),
            complete=not np.isnan(shares).any(),
            applicable=applicable,
            value=gathered(code, "values", np.nan),
        )

    first = {str(field.alias): getattr(parts[0], field.name) for field in attrs.fields(IndexResult)}
    joint: dict[str, Any] = {
        "units": data.units,
        "codes": codes,
        "states": tuple(state_of(code, maxima[code]) for code in codes),
        "maxima": sizes,
        "plan": None,
        "observations": data,
        "parts": tuple(parts),
        "display": tuple(dict.fromkeys(code for part in parts for code in part.display)),
    }
    return JointResult(**first | joint | dict(settings))


def _rows(units: Units, part: IndexResult) -> Index:
    return np.array([units.locate(code) for code in part.units.codes])
