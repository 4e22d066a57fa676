"""How a sheet is laid out: what its reader does not say beside the values of its cells."""

from __future__ import annotations

import attrs

from govindex.grid import Area

__all__ = ["Layout", "Position"]

Position = tuple[int, int]  # row and column, from 1


@attrs.define
class Layout:
    """Formats, notes, formulas and errors of cells by position, and what is merged or hidden."""

    formats: dict[Position, str] = attrs.field(factory=dict)
    notes: dict[Position, str] = attrs.field(factory=dict)
    errors: dict[Position, str] = attrs.field(factory=dict)
    formulas: set[Position] = attrs.field(factory=set)
    uncomputed: set[Position] = attrs.field(factory=set)
    merged: list[Area] = attrs.field(factory=list)
    hidden_rows: set[int] = attrs.field(factory=set)
    hidden_columns: set[int] = attrs.field(factory=set)
    hidden: bool = False
