"""What the rows of a rubric hold: criteria, totals, and rows that are neither."""

from __future__ import annotations

import attrs

from govindex.errors import Problem
from govindex.grid.outlines import OutlineRow

__all__ = ["RowPoints", "RubricRow", "RubricRows", "Skipped", "Total"]


@attrs.define
class RowPoints:
    """The maximum of a row: by data source, as a whole, and the cells that hold it."""

    by_source: dict[str, float] = attrs.field(factory=dict)
    total: float | None = None
    cells: list[str] = attrs.field(factory=list)

    def __bool__(self) -> bool:
        return bool(self.by_source) or self.total is not None

    @property
    def whole(self) -> float | None:
        """The sum over data sources, or the total that is stated; None without any."""
        if self.by_source:
            return round(sum(self.by_source.values()), 9)
        return self.total


@attrs.define(eq=False)
class RubricRow:
    """A criterion, or a branch of criteria."""

    row: int
    branch: OutlineRow
    names: dict[str, str]
    points: RowPoints
    guidance: list[str] = attrs.field(factory=list)
    notes: list[str] = attrs.field(factory=list)
    source: str = ""
    options: list[tuple[str, RowPoints]] = attrs.field(factory=list)

    @property
    def name(self) -> str:
        """The first of its names."""
        return next(iter(self.names.values()), "")


@attrs.frozen
class Total:
    """A row of totals: of the rows of a branch, or of all."""

    row: int
    name: str
    points: RowPoints
    branch: OutlineRow


@attrs.frozen
class Skipped:
    """A row that is not part of the tree, and why."""

    row: int
    reason: str
    text: str


@attrs.define
class RubricRows:
    """What the rows below a header hold.

    Parameters
    ----------
    root : OutlineRow
    rows : dict of OutlineRow to RubricRow
        In the order of the sheet.
    totals : list of Total
    skipped : list of Skipped
    remarks, problems : list of Problem
        What was chosen, and what cannot be read.
    """

    root: OutlineRow
    rows: dict[OutlineRow, RubricRow] = attrs.field(factory=dict)
    totals: list[Total] = attrs.field(factory=list)
    skipped: list[Skipped] = attrs.field(factory=list)
    remarks: list[Problem] = attrs.field(factory=list)
    problems: list[Problem] = attrs.field(factory=list)
