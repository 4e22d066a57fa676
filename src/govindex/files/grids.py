"""Sheets as people see them: workbooks and CSV files → grids."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, time, timedelta
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, Any

from govindex.checks import names_of
from govindex.errors import DataError, SettingError, listing, near_miss
from govindex.files import compound_layouts, office_layouts, opendocument_layouts
from govindex.files.delimited import csv_records
from govindex.files.findings import ERROR_TEXT
from govindex.files.layouts import Layout, Position
from govindex.files.saving import as_path
from govindex.files.sheets import OpenedBook, opened_workbook
from govindex.files.tables import check_regular, check_separator
from govindex.grid import Area, Cell, Grid
from govindex.mappings import FrozenMap

if TYPE_CHECKING:
    from python_calamine import CalamineWorkbook

__all__ = ["read_grids", "sheet_names"]

_WORKBOOKS = (".xlsx", ".xlsm", ".xls", ".ods")
_KEPT = (str, float, bool, date, time, timedelta)


def read_grids(
    path: str | PathLike[str],
    sheets: str | Sequence[str] | None = None,
    *,
    separator: str | None = None,
) -> tuple[Grid, ...]:
    r"""Read the sheets of a workbook, or a CSV file, with their layout.

    Nothing is refused because of what a cell holds: errors and formulas without a stored value are
    marked in their cells. Cells of spaces only are blank.

    Parameters
    ----------
    path : path
        ``.xlsx`` or ``.xlsm``: everything that a :class:`~govindex.grid.Grid` holds; ``.ods``: all
        but number formats, of which percentages are kept ("0%"); ``.xls``: all but notes;
        ``.csv`` (UTF-8): one sheet named "", whose cells are texts and whose rows are lines.
    sheets : str or sequence of str, optional
        The sheets to read, in this order; by default all but charts, hidden ones too.
    separator : str, optional
        Between the columns of a CSV file, as of :func:`~govindex.read_table`.

    Returns
    -------
    tuple of Grid
        In the order of `sheets`, or of the workbook.

    Raises
    ------
    DataError
        If the file cannot be read, is no workbook, is protected by a password, or has no such
        sheet.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> file = pathlib.Path(tempfile.mkdtemp()) / "scores.csv"
    >>> _ = file.write_text("unit;days\nAn Bình;3,5\n", encoding="utf-8-sig")
    >>> read_grids(file)[0].cells[2, 2].value
    '3,5'
    """
    file = as_path(path)
    kind = file.suffix.lower()
    if kind not in (*_WORKBOOKS, ".csv"):
        known = near_miss(kind, (*_WORKBOOKS, ".csv"))
        raise DataError(f"'{file.name}' is not a workbook that can be read: {known}")
    if kind == ".csv" and sheets is not None:
        raise SettingError(f"'{file.name}' has no sheets: leave sheet= out (in the shell: --sheet)")
    check_separator(file.name, kind, separator)
    try:
        check_regular(file)
        if kind == ".csv":
            return (_csv_grid(file, separator),)
        book = opened_workbook(path if isinstance(path, OpenedBook) else file)
        return _workbook_grids(book, sheets)
    except OSError as error:
        raise DataError(f"'{file.name}' cannot be read: {error.strerror or error}") from error


def sheet_names(path: str | PathLike[str]) -> tuple[str, ...]:
    """Return the sheets of a workbook but its charts, hidden ones too; ("",) for a CSV file.

    Raises
    ------
    DataError
        If the file cannot be read, or is no workbook.
    """
    file = as_path(path)
    if file.suffix.lower() == ".csv":
        return ("",)
    try:
        check_regular(file)
        return tuple(opened_workbook(file).worksheets)
    except OSError as error:
        raise DataError(f"'{file.name}' cannot be read: {error.strerror or error}") from error


def _csv_grid(file: Path, separator: str | None) -> Grid:
    cells = {
        (row, column): Cell(text, error=text.strip() if ERROR_TEXT.fullmatch(text.strip()) else "")
        for row, texts in csv_records(file, separator)
        for column, text in enumerate(texts, 1)
        if text.strip()
    }
    return Grid(file.name, "", FrozenMap(cells))


def _workbook_grids(opened: OpenedBook, sheets: str | Sequence[str] | None) -> tuple[Grid, ...]:
    file, kind, numbers = opened.file, opened.kind, opened.worksheets
    wanted = names_of(sheets, "sheets") if sheets is not None else tuple(numbers)
    unknown = [name for name in wanted if name not in numbers]
    if unknown:
        raise DataError(
            f"'{file.name}' has no sheet {listing(unknown)}: {near_miss(unknown[0], numbers)}"
        )
    chosen = {name: numbers[name] for name in wanted}
    if kind == "xls":
        layouts = compound_layouts.sheet_layouts(file, chosen)
        _add_from_reader(opened.book, layouts, chosen)
    elif kind == "ods":
        layouts = opendocument_layouts.sheet_layouts(file, chosen)
    else:
        layouts = office_layouts.sheet_layouts(file, chosen)
    return tuple(
        _grid(file.name, name, layouts[name], opened.cells(number, whole=True)[1])
        for name, number in chosen.items()
    )


def _add_from_reader(
    book: CalamineWorkbook, layouts: dict[str, Layout], numbers: dict[str, int]
) -> None:
    """Add what the reader of .xls workbooks knows: merged areas and hidden sheets."""
    from python_calamine import SheetVisibleEnum

    for name, number in numbers.items():
        areas = book.get_sheet_by_index(number).merged_cell_ranges or []
        layouts[name].merged += [
            Area(top + 1, left + 1, bottom + 1, right + 1) for (top, left), (bottom, right) in areas
        ]
        visible = book.sheets_metadata[number].visible
        layouts[name].hidden = visible != SheetVisibleEnum.Visible


def _grid(file: str, sheet: str, layout: Layout, rows: list[list[Any]]) -> Grid:
    cells = dict(_cells(layout, rows))
    # The reader ends where values end, and formulas, errors and notes may stand outside.
    outside = {*layout.uncomputed, *layout.errors, *layout.notes} - cells.keys()
    if outside:
        cells.update((at, _cell(layout, at, "")) for at in outside)
        cells = dict(sorted(cells.items()))
    return Grid(
        file,
        sheet,
        FrozenMap(cells),
        tuple(sorted(layout.merged, key=lambda area: (area.top, area.left))),
        frozenset(layout.hidden_rows),
        frozenset(layout.hidden_columns),
        layout.hidden,
    )


def _cells(layout: Layout, rows: list[list[Any]]) -> Iterator[tuple[Position, Cell]]:
    for number, row in enumerate(rows, 1):
        for column, value in enumerate(row, 1):
            if not isinstance(value, str) or value.strip():
                yield (number, column), _cell(layout, (number, column), value)


def _cell(layout: Layout, at: Position, value: Any) -> Cell:
    error = layout.errors.get(at, "NaN" if value != value else "")
    if error:
        value = error
    elif not isinstance(value, _KEPT):
        value = float(value)
    formula = at in layout.formulas
    return Cell(value, layout.formats.get(at, ""), layout.notes.get(at, ""), error, formula)
