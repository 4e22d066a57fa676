"""A sheet understood as a rubric: titles, header, columns, a tree of criteria with their maxima."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import attrs

from govindex.errors import DataError, Problem, Problems
from govindex.grid.headers import Header, found_headers, header_at
from govindex.grid.outlines import OutlineRow
from govindex.grid.rubric_columns import RubricColumns, chosen_columns, where
from govindex.grid.rubric_maxima import bonus_branches, check_maxima, fold_options
from govindex.grid.rubric_records import RubricRows
from govindex.grid.rubric_rows import read_rows
from govindex.grid.sheets import Grid

__all__ = ["RubricSheet", "has_rubric", "understood_rubric"]

_GUESSES = 8


@attrs.frozen
class RubricSheet:
    """A sheet understood as a rubric.

    Parameters
    ----------
    grid : Grid
    header : Header
    columns : RubricColumns
    titles : tuple of (int, str)
        The rows above the header.
    read : RubricRows
        The rows below it.
    bonuses : set of OutlineRow
    remarks : tuple of str
        What was chosen, with cells.
    problems : tuple of Problem
        Maxima that contradict each other.
    """

    grid: Grid
    header: Header
    columns: RubricColumns
    titles: tuple[tuple[int, str], ...]
    read: RubricRows
    bonuses: frozenset[OutlineRow]
    remarks: tuple[str, ...]
    problems: tuple[Problem, ...]

    @property
    def title(self) -> str:
        """The longest of the titles, "" without any."""
        texts = [text for _, text in self.titles if not text.startswith("(")]
        return max(texts, key=len, default="")


def has_rubric(grid: Grid) -> bool:
    """Return whether a sheet has a header with a column of maxima."""
    return any(header.columns_of("maximum") for header in found_headers(grid))


def understood_rubric(
    grid: Grid,
    *,
    header: Sequence[int] = (),
    columns: Mapping[str, Any] | None = None,
    decimal: str | None = None,
    hidden: str = "refuse",
) -> RubricSheet:
    """Return a sheet as a rubric.

    Parameters
    ----------
    grid : Grid
    header : sequence of int
        The rows of the header; by default the only ones that look like it.
    columns : mapping, optional
        As of :func:`~govindex.grid.rubric_columns.chosen_columns`.
    decimal : {",", "."}, optional
    hidden : {"refuse", "read", "skip"}

    Raises
    ------
    DataError
        With every cell that cannot be read and every choice that is in doubt.
    """
    if not grid.cells:
        raise DataError(f"{where(grid)} is empty")
    chosen = header_at(grid, header) if header else _only_header(grid)
    roles, remarks = chosen_columns(grid, chosen, columns, hidden)
    read = read_rows(grid, chosen, roles, decimal=decimal, hidden=hidden)
    heading = f"{where(grid)} is not a rubric"
    if not read.rows and not read.problems:
        raise DataError(
            f"{heading}: there is no running number below the header ({chosen}): name the column "
            "with columns={'number': 'A'} (in the shell: --column number=A), or the rows of the "
            "header with header=… (in the shell: --header)"
        )
    fold_options(read)
    bonuses = bonus_branches(read)
    unreadable, contradictions = check_maxima(read, bonuses)
    problems = Problems()
    problems.extend(sorted_by_row([*read.problems, *unreadable]))
    problems.raise_any(DataError, heading)
    titles = ((row, _title(grid, row)) for row in range(1, chosen.rows[0]))
    return RubricSheet(
        grid,
        chosen,
        roles,
        tuple((row, text) for row, text in titles if text),
        read,
        frozenset(bonuses),
        (*remarks, *sorted_by_row(read.remarks)),
        (*contradictions, *_twins(read)),
    )


def sorted_by_row(problems: Iterable[Problem]) -> list[Problem]:
    """Return problems in the order of the rows."""
    return sorted(problems, key=lambda problem: problem.row or 0)


def _title(grid: Grid, row: int) -> str:
    texts = (
        grid.text(row, column)
        for column in range(1, grid.last_column + 1)
        if not grid.is_covered(row, column)
    )
    return " ".join(text for text in texts if text)


def _only_header(grid: Grid) -> Header:
    """Return the only header of a sheet, and ask which one if there are several."""
    headers = found_headers(grid)
    useful = [header for header in headers if header.columns_of("maximum")]
    useful = useful or [header for header in headers if header.columns_of("points")]
    if len(useful) == 1:
        return useful[0]
    if useful or len(headers) > 1:
        shown = "; ".join(str(header) for header in useful or headers)
        rows = (useful or headers)[0].rows
        example = rows[0] if len(rows) == 1 else rows
        raise DataError(
            f"{where(grid)} has several rows that may be the header: {shown}: choose with "
            f"header={example} (in the shell: --header {','.join(map(str, rows))})"
        )
    if headers:
        return headers[0]
    raise DataError(
        f"{where(grid)} has no row that looks like the header of a rubric, with titles such as "
        f"STT, Tiêu chí and Điểm tối đa{_text_rows(grid)}: name its rows with header=(5, 6) "
        "(in the shell: --header 5,6)"
    )


def _text_rows(grid: Grid) -> str:
    rows: dict[int, int] = {}
    for (row, column), cell in grid.cells.items():
        if isinstance(cell.value, str) and not grid.is_covered(row, column):
            rows[row] = rows.get(row, 0) + 1
    several = [str(row) for row, count in rows.items() if count > 1][:_GUESSES]
    return f"; rows with several texts: {', '.join(several)}" if several else ""


def _twins(read: RubricRows) -> list[Problem]:
    """Return the criteria of one branch that have the same name."""
    problems = []
    for branch in read.root.walk():
        seen: dict[str, OutlineRow] = {}
        for child in branch.children:
            name = " ".join(read.rows[child].name.casefold().split())
            if name in seen:
                problems.append(
                    Problem(
                        f"{child.code} has the name of {seen[name].code} (row {seen[name].row})",
                        code="name.twice",
                        row=child.row,
                        cell=child.cell,
                        cure="correct the name, or delete the row that is there twice",
                        values={
                            "node": child.code,
                            "known": seen[name].code,
                            "row": str(seen[name].row),
                        },
                    )
                )
            seen.setdefault(name, child)
    return problems
