"""Values that units inherit from their parent unit."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

import attrs
import numpy as np

from govindex.contracts import BaseMeasure, Cells, Columns, Entry, EntryCells, Measure, completed
from govindex.measures.variables import SignKeepingMeasure, as_measure, entries_of, formula_of

__all__ = ["Inherited"]


@attrs.frozen
class Inherited(SignKeepingMeasure):
    """The parent unit's value for units that have a parent, the own value for the others.

    Parameters
    ----------
    measure : str or measure
        What is inherited.
    """

    inherits: ClassVar[bool] = True
    measure: Measure = attrs.field(converter=as_measure)

    @property
    def _inputs(self) -> tuple[Measure, ...]:
        return (self.measure,)

    @property
    def passes_answers(self) -> bool:
        """Whether answers are inherited unchanged."""
        return completed(self.measure, BaseMeasure).passes_answers

    def entries(self, entry: Entry) -> Mapping[str, Entry]:
        """Return what may be entered for what is inherited."""
        return entries_of([(self.measure, entry)])

    def spreadsheet_formula(self, cells: EntryCells) -> str | None:
        """Return the unit's own value, which is the parent's for units that have one."""
        return formula_of(self.measure, cells)

    def __call__(self, columns: Columns) -> Cells:
        """Return own values at the top and the topmost ancestor's value below."""
        cells = self.measure(columns)
        parent = columns.peers.parent_index
        source = np.arange(len(parent))
        while (parent[source] >= 0).any():
            source = np.where(parent[source] >= 0, parent[source], source)
        status = np.broadcast_to(cells.status, cells.values.shape)
        size = cells.size
        if isinstance(size, np.ndarray):
            size = np.broadcast_to(size, cells.values.shape)[..., source]
        return Cells(cells.values[..., source], status[..., source], size)
