"""Files and folders of scores → the tables of their sheets."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from os import PathLike
from pathlib import Path
from typing import Any

from govindex.errors import DataError, Problems, SettingError
from govindex.files import read_grids
from govindex.files.saving import as_path
from govindex.files.sheets import OpenedBook
from govindex.grid import Grid
from govindex.grid.cell_names import column_name
from govindex.meters import Meter, Progress
from govindex.workbooks.folders import workbook_files
from govindex.workbooks.forms.identity import is_identity
from govindex.workbooks.problem_texts import cell_reference
from govindex.workbooks.scores.criteria import Criteria
from govindex.workbooks.scores.criterion_lines import table_at
from govindex.workbooks.scores.locations import located
from govindex.workbooks.scores.problems import sheet_problem
from govindex.workbooks.scores.reading_choices import ReadingChoices
from govindex.workbooks.scores.tables import ScoreTable
from govindex.workbooks.scores.views import text_of
from govindex.workbooks.scores.wordings import look, years_in, years_in_name

__all__ = ["sheet_tables"]

_KINDS = (".xlsx", ".xlsm", ".xls", ".ods", ".csv")


def sheet_tables(
    path: str | PathLike[str] | Sequence[str | PathLike[str]],
    sheet: str | Sequence[str] | None,
    criteria: Criteria,
    choices: ReadingChoices,
    known: frozenset[str],
    period: str | None,
    problems: Problems,
    left_out: list[tuple[str, str]],
    progress: Progress = None,
) -> list[ScoreTable]:
    """Return the tables of all sheets; note files and sheets that cannot be read.

    Parameters
    ----------
    path, sheet, period
        As of :func:`read_scores`.
    known : frozenset of str
        The looks of the declared units.
    left_out : list of (str, str)
        Receives files of a folder that are no tables, each with the reason.
    """
    files = _files(path, left_out)
    tables = []
    ways: dict[str, Any] = {"named": len(files) > 1, "chosen": bool(sheet)}
    with Meter(len(files), progress, "files") as meter:
        for file in files:
            for grid in _sheets(file, sheet, problems):
                if grid.hidden and choices.hidden == "skip" and not sheet:
                    left_out.append((_name(grid, len(files) > 1), "the sheet is hidden"))
                    continue
                table = _table(grid, criteria, choices, known, problems, **ways)
                if table is None:
                    continue
                if any(column.role == "points" for column in table.columns):
                    tables.append(table)
                else:
                    why = "the sheet has criteria and no column of points"
                    left_out.append((table.view.whole, why))
            meter()
    _note_years(tables, period, problems)
    _note_columns(tables, choices, problems)
    return tables


def _files(path: Any, left_out: list[tuple[str, str]]) -> tuple[Path | OpenedBook, ...]:
    """Return the files of paths and folders, each once; note those that are no workbooks."""
    if not isinstance(path, (str, PathLike, Sequence)):
        raise SettingError(f"path is a file, several files or a folder, not {path!r}")
    files, others = workbook_files(path, _KINDS)
    left_out += [(file.name, "the file is no workbook") for file in others]
    if not files:
        paths = [path] if isinstance(path, (str, PathLike)) else path
        raise DataError(
            f"there is no workbook in {', '.join(repr(str(item)) for item in paths)}: scores are "
            f"read from {', '.join(_KINDS)}"
        )
    return files


def _grids(
    file: Path | OpenedBook, sheet: str | Sequence[str] | None, problems: Problems
) -> tuple[Grid, ...]:
    path = as_path(file)
    try:
        return read_grids(file, None if path.suffix.lower() == ".csv" else sheet)
    except DataError as error:
        problems.add(sheet_problem("file.unreadable", found=str(error), cell=path.name))
        return ()


def _sheets(
    file: Path | OpenedBook, sheet: str | Sequence[str] | None, problems: Problems
) -> tuple[Grid, ...]:
    """Return the sheets of a file; note a scoring form, which another reader takes."""
    grids = _grids(file, sheet, problems)
    if any(map(is_identity, grids)):
        problems.add(sheet_problem("file.form", cell=as_path(file).name))
        return ()
    return grids


def _name(grid: Grid, named: bool) -> str:
    return cell_reference(grid.sheet, file=grid.file if named else "") or grid.file


def _table(
    grid: Grid,
    criteria: Criteria,
    choices: ReadingChoices,
    known: frozenset[str],
    problems: Problems,
    *,
    named: bool,
    chosen: bool,
) -> ScoreTable | None:
    """Return the table of a sheet, None if it has none; note why."""
    where = _name(grid, named)
    if not grid.cells:
        problems.add(sheet_problem("sheet.empty", cell=where))
        return None
    at = located(grid, criteria, choices, named=named)
    if at is None:
        problems.add(sheet_problem("sheet.without_criteria", cell=where))
        return None
    if grid.hidden and not chosen and choices.hidden == "refuse":
        problems.add(sheet_problem("sheet.hidden", cell=where))
        return None
    return table_at(at, criteria, choices, known, problems)


def _note_columns(
    tables: Sequence[ScoreTable], choices: ReadingChoices, problems: Problems
) -> None:
    """Note declared columns that no sheet has."""
    titles = [*choices.columns, *([choices.league] if choices.league else [])]
    if not titles or not tables:
        return
    grids = [table.view.grid for table in tables]
    texts = {look(text_of(cell)) for grid in grids for cell in grid.cells.values()}
    texts |= {look(column_name(n)) for grid in grids for n in range(1, grid.last_column + 1)}
    texts |= {str(n) for t in tables if t.view.across for n in range(1, t.view.grid.last_row + 1)}
    for title in titles:
        if look(title) not in texts:
            problems.add(sheet_problem("column.nowhere", found=title))


def _note_years(tables: Sequence[ScoreTable], period: str | None, problems: Problems) -> None:
    """Note sheets whose titles name another year than the period, or than the other sheets."""
    years = []
    for table in tables:
        found = [(cell, years_in(text)) for cell, text in table.titles]
        for several in (found, [(table.view.whole, years_in_name(table.view.grid.sheet))]):
            named = [(cell, year) for cell, years_of in several for year in years_of]
            if len({year for _, year in named}) == 1:
                years.append(named[0])
    counts = Counter(year for _, year in years)
    declared = years_in_name(period or "")
    if period and len(declared) != 1:
        return  # a period that is no year
    expected = next(iter(declared), None) or (counts.most_common(1)[0][0] if counts else "")
    for cell, year in years:
        if year != expected:
            values = {"known": expected}
            problems.add(sheet_problem("sheet.another_year", found=year, cell=cell, values=values))
