"""The rows of a rubric: criteria with their maxima, guidance and notes, totals, and the others."""

from __future__ import annotations

import re
from collections.abc import Mapping

import attrs

from govindex.errors import Problem
from govindex.grid.cell_names import cell_name
from govindex.grid.headers import Header
from govindex.grid.numbering import Mark, marks_in_name, marks_of_cell
from govindex.grid.numbers import cell_problem, is_blank, read_numbers
from govindex.grid.outlines import Numbered, OutlineRow, outline
from govindex.grid.roles import plain_letters
from govindex.grid.rubric_columns import RubricColumns
from govindex.grid.rubric_records import RowPoints, RubricRow, RubricRows, Skipped, Total
from govindex.grid.sheets import Cell, Grid, Value

__all__ = ["read_rows"]

_TOTAL = re.compile(
    r"(tong( cong| so| diem| so diem| cong diem| hop)*( toi da| chung)?|cong|grand total|sub-?total"
    r"|total( score| points| maximum)?|sum)(?P<of>[ :]+(linh vuc|muc|phan|nhom|of|i).*)?"
)
_UNNUMBERED = "without number and points"
_COLUMN_NUMBER = re.compile(r"\(?(\d{1,2}|[A-Z])\)?(\s*=.*)?")


@attrs.define
class _Line:
    """A row as it was read, before it has a parent."""

    row: int
    marks: tuple[Mark, ...]
    cell: str
    typed: str
    names: dict[str, str]
    kind: str = "criterion"

    @property
    def name(self) -> str:
        return next(iter(self.names.values()), "")


def read_rows(
    grid: Grid, header: Header, columns: RubricColumns, *, decimal: str | None, hidden: str
) -> RubricRows:
    """Return what the rows below a header hold.

    Parameters
    ----------
    grid : Grid
    header : Header
    columns : RubricColumns
    decimal : {",", "."}, optional
        The decimal mark of points that are typed as text.
    hidden : {"refuse", "read", "skip"}
        What becomes of hidden rows with a number or points.
    """
    return _RowReading(grid, header, columns, decimal, hidden).read()


class _RowReading:
    """The rows of one sheet, read from the top."""

    def __init__(
        self, grid: Grid, header: Header, columns: RubricColumns, decimal: str | None, hidden: str
    ) -> None:
        self.grid, self.header, self.columns, self.hidden = grid, header, columns, hidden
        self.result = RubricRows(OutlineRow())
        self.used = list(columns.roles())
        self.names = [c for group in columns.names.values() for c in group]
        below = (row for row, column in grid.cells if row > header.rows[-1] and column in self.used)
        first = min(below, default=0)
        self.of_columns = first if self.numbers_columns(first) else 0
        self.points = self.read_points(decimal)
        self.lines = self.read_lines()

    def read(self) -> RubricRows:
        numbered = [line for line in self.lines if line.kind == "criterion"]
        tree = outline([Numbered(n.row, n.cell, n.marks, n.typed) for n in numbered])
        result = self.result
        result.root = tree.root
        result.remarks += tree.remarks
        result.problems += tree.problems
        by_row = {branch.row: branch for branch in tree.root.walk() if branch.row}
        last: RubricRow | None = None
        for line in self.lines:
            if line.kind == "criterion":
                last = self.criterion(line, by_row[line.row])
                result.rows[last.branch] = last
            elif line.kind == "total":
                branch = self.total_of(line, last)
                result.totals.append(Total(line.row, line.name, self.points_of(line.row), branch))
            elif last is not None:
                before = len(last.guidance)
                self.add_texts(last, line.row)
                if line.kind == "option":
                    text = " ".join(last.guidance[before:])
                    del last.guidance[before:]
                    last.options.append((text, self.points_of(line.row)))
        self.check_covered()
        return result

    # -- rows ---------------------------------------------------------------------------------

    def read_lines(self) -> list[_Line]:
        lines: list[_Line] = []
        rows = sorted({row for row, column in self.grid.cells if column in self.used})
        for row in rows:
            if row > self.header.rows[-1] and self.holds_anything(row):
                line = self.line(row)
                reason = self.reason_to_skip(line, lines)
                if reason:
                    self.result.skipped.append(Skipped(row, reason, self.shown(row)))
                else:
                    lines.append(line)
        self.skip_ends(lines)
        return lines

    def holds_anything(self, row: int) -> bool:
        return any(not is_blank(self.grid.cells.get((row, c))) for c in self.used)

    def line(self, row: int) -> _Line:
        """Return a row with its number, from its own cell or from the front of its name."""
        names, number = self.names_of(row), self.columns.number
        cell = None if number is None else self.grid.cells.get((row, number))
        if cell is not None and not is_blank_text(cell):
            marks = marks_of_cell(cell)
            if not marks and isinstance(cell.value, str) and (not names or self.over_names(row)):
                names = {"": self.grid.text(row, number or 1)}
            elif not marks:
                return _Line(row, (), cell_name(row, number or 1), "", names, "unread")
            else:
                return _Line(row, marks, cell_name(row, number or 1), _typed(cell.value), names)
        first = next(iter(names), "")
        marks, rest = marks_in_name(names.get(first, ""))
        at = cell_name(row, (self.names or [number or 1])[0])
        if marks:
            return _Line(row, marks, at, "", {**names, first: rest})
        if names and _TOTAL.fullmatch(plain_letters(names[first])):
            return _Line(row, (), at, "", names, "total")
        return _Line(row, (), at, "", names, "text")

    def over_names(self, row: int) -> bool:
        """Return whether the number's cell is merged over those of the names."""
        area = self.grid.areas.get((row, self.columns.number or 0))
        return area is not None and any(area.left <= c <= area.right for c in self.names)

    def names_of(self, row: int) -> dict[str, str]:
        found = {}
        for language, columns in self.columns.names.items():
            texts = (self.grid.text(row, c) for c in columns if not self.grid.is_covered(row, c))
            text = next((text for text in texts if text), "")
            if text:
                found[language] = text
        return found

    def reason_to_skip(self, line: _Line, before: list[_Line]) -> str:
        """Return why a row is no part of the table, "" if it is; note rows that cannot be read."""
        row, points = line.row, self.points_of(line.row)
        if self.repeats_header(row):
            return "the header, repeated"
        if row == self.of_columns:
            return "the numbers of the columns"
        if row in self.grid.hidden_rows and (line.marks or points or line.kind == "total"):
            if self.hidden == "skip":
                return "hidden"
            if self.hidden == "refuse":
                self.problem(
                    f"row {row} is hidden and belongs to the table",
                    "row.hidden",
                    row,
                    "show the row or delete it, or read or skip such rows with hidden=… (in the "
                    "shell: --hidden)",
                )
        elif row in self.grid.hidden_rows:
            return "hidden, without number and points"
        if line.kind == "unread":
            self.problem(
                f"'{self.grid.text(row, self.columns.number or 1)}' is not a running number",
                "number.unreadable",
                row,
                "write I, 1, 1.1, a) or a dash",
                cell=line.cell,
            )
            return "its number cannot be read"
        if line.kind == "criterion" and not line.names:
            self.problem(
                "the row has a number and no name",
                "name.missing",
                row,
                "write the name, or delete the row",
                cell=line.cell,
            )
        if line.kind != "text":
            return ""
        return self.reason_of_text(line, points, before)

    def reason_of_text(self, line: _Line, points: RowPoints, before: list[_Line]) -> str:
        """Return why a row without a number is skipped, "" if it adds to the row above it."""
        if points and line.names:
            self.problem(
                f"'{self.shown(line.row)[:60]}' has points and no running number",
                "number.missing",
                line.row,
                "give the row its number, or clear the points",
                cell=points.cells[0],
            )
            return "it has points and no running number"
        if not before:
            return "above the first numbered row"
        if points:
            line.kind = "option"
        elif line.names:
            return _UNNUMBERED
        else:
            line.kind = "more"
        return ""

    def skip_ends(self, lines: list[_Line]) -> None:
        """Drop texts below the last numbered row from what adds to it."""
        last = max((line.row for line in lines if line.kind in ("criterion", "total")), default=0)
        first_total = next((line.row for line in lines if line.kind == "total"), 0)
        for line in [line for line in lines if line.row > last >= first_total > 0]:
            lines.remove(line)
            self.result.skipped.append(Skipped(line.row, "", self.shown(line.row)))
        self.result.skipped = [
            attrs.evolve(skipped, reason="below the table")
            if skipped.row > last and skipped.reason in ("", _UNNUMBERED)
            else skipped
            for skipped in self.result.skipped
        ]

    def repeats_header(self, row: int) -> bool:
        keys = [column for column in self.used if column in self.header.titles]
        texts = {column: self.grid.text(row, column) for column in keys}
        return any(texts.values()) and all(
            not text or text in self.header.titles[column] for column, text in texts.items()
        )

    def numbers_columns(self, row: int) -> bool:
        texts = [self.grid.text(row, column) for column in self.used]
        filled = [text for text in texts if text]
        return len(filled) > 1 and all(map(_COLUMN_NUMBER.fullmatch, filled))

    def shown(self, row: int) -> str:
        texts = (self.grid.text(row, c) for c in self.used if not self.grid.is_covered(row, c))
        return " · ".join(text for text in texts if text)

    # -- points -------------------------------------------------------------------------------

    def point_columns(self) -> dict[str | None, int]:
        columns: dict[str | None, int] = {}
        columns.update(self.columns.maxima.items())
        if self.columns.total is not None:
            columns[None] = self.columns.total
        return columns

    def read_points(self, decimal: str | None) -> Mapping[tuple[int, int], float]:
        """Return the numbers of the columns of maxima, and note what cannot be read."""
        columns = set(self.point_columns().values())
        cells = {
            at: cell
            for at, cell in self.grid.cells.items()
            if at[1] in columns
            and at[0] > self.header.rows[-1]
            and at[0] != self.of_columns
            and not self.grid.is_covered(*at)
            and not self.repeats_header(at[0])
            and not self.is_beside_text(at)
        }
        read = read_numbers(cells, decimal)
        self.result.remarks += read.remarks
        self.result.problems += read.problems
        return read.values

    def is_beside_text(self, at: tuple[int, int]) -> bool:
        """Return whether a text is merged over the points, or has neither number nor name."""
        row = at[0]
        cell = self.grid.cells[at]
        keys = [c for c in (self.columns.number, *self.names) if c is not None]
        alone = not any(self.grid.text(row, c) for c in keys)
        wide = self.grid.areas.get(at)
        over = wide is not None and any(wide.left <= c <= wide.right for c in keys)
        # Signatures and remarks below a table may reach into any column.
        return isinstance(cell.value, str) and not cell.error and (alone or over)

    def points_of(self, row: int) -> RowPoints:
        points = RowPoints()
        for source, column in self.point_columns().items():
            if (row, column) not in self.points:
                continue
            points.cells.append(cell_name(row, column))
            if source is None:
                points.total = self.points[row, column]
            else:
                points.by_source[source] = self.points[row, column]
        return points

    # -- criteria and totals ------------------------------------------------------------------

    def criterion(self, line: _Line, branch: OutlineRow) -> RubricRow:
        row = RubricRow(line.row, branch, line.names, self.points_of(line.row))
        if self.columns.source is not None:
            row.source = self.grid.text(line.row, self.columns.source)
        self.add_texts(row, line.row)
        return row

    def add_texts(self, row: RubricRow, number: int) -> None:
        """Add the guidance, the notes and the comments of a line to a row."""
        for kept, columns in (
            (row.guidance, self.columns.guidance),
            (row.notes, self.columns.notes),
        ):
            for column in columns:
                if not self.grid.is_covered(number, column):
                    text = self.lines_of(number, column)
                    kept += [text] if text else []
        for column in self.used:
            cell = self.grid.cells.get((number, column))
            if cell is not None and cell.note:
                row.notes.append(cell.note)

    def lines_of(self, row: int, column: int) -> str:
        """Return a text with its lines, without blanks around them."""
        cell = self.grid.cells.get((row, column))
        if cell is None:
            return ""
        problem = cell_problem((row, column), cell) if not isinstance(cell.value, bool) else None
        if problem is not None and problem.code != "cell.date":
            self.result.problems.append(problem)
        lines = [" ".join(line.split()) for line in _value_text(cell.value).splitlines()]
        return "\n".join(line for line in lines if line)

    def total_of(self, line: _Line, last: RubricRow | None) -> OutlineRow:
        """Return the branch of which a row is the total: by its words, else of those above."""
        root = self.result.root
        match = _TOTAL.fullmatch(plain_letters(line.name))
        if match is not None and match["of"]:
            words = set(re.findall(r"\w+", match["of"]))
            named = [b for b in root.children if b.mark is not None and b.code.casefold() in words]
            if len(named) == 1:
                return named[0]
            return self.above(last)
        totals = [other.row for other in self.lines if other.kind == "total"]
        alone = len(totals) == 1 or line.row in (totals[-1], self.lines[0].row)
        return root if alone else self.above(last)

    def above(self, last: RubricRow | None) -> OutlineRow:
        """Return the branch below the root that a row belongs to."""
        if last is None:
            return self.result.root
        return [*last.branch.path][-2]

    # -- problems -----------------------------------------------------------------------------

    def problem(self, cause: str, code: str, row: int, cure: str, cell: str | None = None) -> None:
        where = cell or cell_name(row, self.used[0])
        self.result.problems.append(Problem(cause, code=code, row=row, cell=where, cure=cure))

    def check_covered(self) -> None:
        """Note values that nobody sees, below merged cells of the table."""
        rows = {row.row for row in self.result.rows.values()}
        for (row, column), cell in self.grid.cells.items():
            if row not in rows or column not in self.used or is_blank(cell):
                continue
            if self.grid.is_covered(row, column):
                area = self.grid.areas[row, column]
                span = f"{cell_name(area.top, area.left)}:{cell_name(area.bottom, area.right)}"
                self.problem(
                    f"'{_value_text(cell.value)[:40]}' is below the merged cells {span}, where "
                    "nobody sees it",
                    "cell.covered",
                    row,
                    "unmerge the cells, and keep or clear what is below",
                    cell=cell_name(row, column),
                )


def is_blank_text(cell: Cell) -> bool:
    """Return whether a cell holds nothing at all; a dash is a running number."""
    return isinstance(cell.value, str) and not cell.value.strip()


def _typed(value: Value) -> str:
    if isinstance(value, str):
        return ""
    return "a number" if isinstance(value, float) else "a date"


def _value_text(value: Value) -> str:
    return f"{value:.12g}" if isinstance(value, float) else str(value)
