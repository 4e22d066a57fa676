"""Frames as rubrics: one row per criterion, with running numbers instead of parents."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from govindex.aggregate import Sum
from govindex.checks import mapping_of, names_of
from govindex.contracts import Rule
from govindex.errors import DataError, FrameworkError, Problem, Problems, listing
from govindex.frames import open_table
from govindex.frames.columns import cells_of
from govindex.grid import Cell, Grid
from govindex.grid.cell_names import column_name
from govindex.grid.roles import role_of
from govindex.grid.rubrics import RubricSheet, understood_rubric
from govindex.mappings import FrozenMap
from govindex.model.rubric_trees import rubric_nodes
from govindex.rules import Points

__all__ = ["is_rubric", "read_rubric_table"]

_KEPT = (str, float, bool)


def is_rubric(frame: Any, code: str, parent: str, named: Mapping[str, str | None]) -> bool:
    """Return whether a frame has the titles of a rubric and no columns of codes and parents.

    Of a frame whose columns are `named` by role, the running numbers decide.
    """
    titles = open_table(frame).columns
    own = {name.casefold() for name in (code, parent) if isinstance(name, str)}
    if any(title.casefold() in {*own, "code", "parent"} for title in titles):
        return False
    roles = {role_of(title) for title in titles}
    given = {role for role, column in named.items() if column is not None}
    if given and "number" not in roles:
        return False
    roles |= given
    return bool({"number", "name"} & roles) and bool({"maximum", "points"} & roles)


def read_rubric_table(
    frame: Any,
    rule: Rule | None,
    rules: Mapping[str, Rule],
    *,
    columns: Mapping[str, str | None],
    ignore: Iterable[str],
    decimal: str,
) -> dict[str, Any]:
    """Return the settings of a framework that a frame with the titles of a rubric holds.

    Parameters are those of :meth:`~govindex.Framework.from_table`; `columns` are the titles of
    columns that were named, by role.
    """
    mapping_of(rules, "rules", "a mapping of codes to rules")
    grid = _grid(frame, set(names_of(ignore, "ignore")))
    titles = {
        column_name(column): cell.value for (row, column), cell in grid.cells.items() if row == 1
    }
    try:
        given = {role: column for role, column in columns.items() if column is not None}
        mark = decimal if decimal == "," else None
        sheet = understood_rubric(grid, header=(1,), columns=given, decimal=mark)
    except DataError as error:
        problems = Problems()
        problems.extend(_in_frame(problem, titles) for problem in error.problems)
        problems.raise_any(FrameworkError, "The table is not a rubric")
        raise
    _check(sheet, titles)
    nodes = rubric_nodes(sheet, "", rule or Points(), rules)
    return {"code": "index", "children": nodes, "aggregate": Sum()}


def _grid(frame: Any, ignored: set[str]) -> Grid:
    """Return a frame as a sheet whose header is its first row."""
    table = open_table(frame)
    columns = [title for title in table.columns if title not in ignored]
    cells = {(1, number): Cell(title) for number, title in enumerate(columns, 1)}
    for number, title in enumerate(columns, 1):
        for row, value in enumerate(cells_of(table[title]), 2):
            if value is not None and (not isinstance(value, str) or value.strip()):
                cells[row, number] = Cell(value if isinstance(value, _KEPT) else _plain(value))
    return Grid("", "", FrozenMap(dict(sorted(cells.items()))))


def _plain(value: Any) -> Any:
    try:
        return float(value)
    except (TypeError, ValueError):
        return value


def _check(sheet: RubricSheet, titles: Mapping[str, Any]) -> None:
    """Refuse columns that mean nothing here, and maxima that contradict each other."""
    known = sheet.columns.roles()
    unknown = [title for letters, title in titles.items() if letters not in map(column_name, known)]
    problems = Problems()
    if unknown:
        problems.add(
            f"there is no use for the columns {listing(unknown)}: ignore them",
            code="column.unknown",
        )
    problems.extend(_in_frame(problem, titles) for problem in sheet.problems)
    problems.raise_any(FrameworkError, "The table is not a rubric")


def _in_frame(problem: Problem, titles: Mapping[str, Any]) -> Problem:
    """Return a problem by row of the frame, counted below the header, and column."""
    if problem.cell is None:
        return problem
    letters = problem.cell.rstrip("0123456789")
    return Problem(
        problem.cause,
        code=problem.code,
        row=int(problem.cell[len(letters) :]) - 1,
        variable=str(titles.get(letters, letters)),
        noun="column",
        cure=problem.cure,
        found=problem.found,
    )
