"""A sheet with its criteria down the lines, whichever way it was laid out."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property

import attrs

from govindex.files.findings import cell_name
from govindex.grid import Area, Cell, Grid
from govindex.workbooks.problem_texts import cell_reference

__all__ = ["SheetView", "text_of"]

Position = tuple[int, int]


@attrs.frozen(eq=False, slots=False)
class SheetView:
    """The cells of a sheet by line and column, with the criteria down the lines.

    Parameters
    ----------
    grid : Grid
    across : bool
        Whether the criteria run across the sheet: its columns are the lines of the view.
    named : bool
        Whether references name the file, as several files are read together.
    """

    grid: Grid
    across: bool = False
    named: bool = False

    @cached_property
    def cells(self) -> dict[Position, Cell]:
        """The filled cells by line and column."""
        cells = self.grid.cells
        return {(c, r): cell for (r, c), cell in cells.items()} if self.across else dict(cells)

    @cached_property
    def lines(self) -> dict[int, dict[int, Cell]]:
        """The filled cells of every line, by column."""
        lines: dict[int, dict[int, Cell]] = {}
        for (line, column), cell in sorted(self.cells.items()):
            lines.setdefault(line, {})[column] = cell
        return lines

    @cached_property
    def columns(self) -> dict[int, dict[int, Cell]]:
        """The filled cells of every column, by line."""
        columns: dict[int, dict[int, Cell]] = {}
        for line, cells in self.lines.items():
            for column, cell in cells.items():
                columns.setdefault(column, {})[line] = cell
        return columns

    @cached_property
    def merged(self) -> tuple[Area, ...]:
        """The merged areas, by line and column."""
        areas = self.grid.merged
        if not self.across:
            return areas
        return tuple(Area(a.left, a.top, a.right, a.bottom) for a in areas)

    @cached_property
    def _covered(self) -> dict[Position, Position]:
        """The first cell of the merged area of every other cell, as far as the sheet is used."""
        last = max((line for line, _ in self.cells), default=0)
        width = max((column for _, column in self.cells), default=0)
        return {
            (line, column): (area.top, area.left)
            for area in self.merged
            for line in range(area.top, min(area.bottom, last) + 1)
            for column in range(area.left, min(area.right, width) + 1)
        }

    def source(self, line: int, column: int) -> Position:
        """Return the position whose value is shown there: the first cell of a merged area."""
        return self._covered.get((line, column), (line, column))

    def shown(self, line: int, column: int) -> Cell | None:
        """Return the cell that is shown there, None if it is blank."""
        return self.cells.get(self.source(line, column))

    def reference(self, line: int, column: int) -> str:
        """Return the name of a cell, with its sheet."""
        row, number = (column, line) if self.across else (line, column)
        return self._named(cell_name(row, number))

    def _named(self, cell: str = "") -> str:
        if not self.grid.sheet:  # a CSV file
            return cell_reference(self.grid.file, cell)
        return cell_reference(self.grid.sheet, cell, self.grid.file if self.named else "")

    @property
    def whole(self) -> str:
        """The name of the sheet."""
        return self._named()

    def column_title(self, column: int) -> str:
        """Return the letters of a column of the view: in a sheet across, the number of its row."""
        return str(column) if self.across else cell_name(1, column)[:-1]

    @cached_property
    def hidden_lines(self) -> frozenset[int]:
        """The hidden lines."""
        return self.grid.hidden_columns if self.across else self.grid.hidden_rows

    @cached_property
    def hidden_columns(self) -> frozenset[int]:
        """The hidden columns."""
        return self.grid.hidden_rows if self.across else self.grid.hidden_columns

    def texts(self) -> Iterator[tuple[int, int, str]]:
        """Yield row, column and text of the cells that hold texts, row by row."""
        for (row, column), cell in self.grid.cells.items():
            if isinstance(cell.value, str) and cell.value and not cell.error:
                yield row, column, cell.value


def text_of(cell: Cell | None) -> str:
    """Return the text of a cell, a number as it is written, "" if it is blank."""
    if cell is None or cell.error:
        return ""
    if isinstance(cell.value, float) and cell.value.is_integer():
        return str(int(cell.value))
    return str(cell.value).strip()
