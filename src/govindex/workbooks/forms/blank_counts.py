"""How many cells of a form are still blank, as a formula that every spreadsheet program takes."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

import attrs

from govindex.workbooks.forms.formula_limits import LONGEST

__all__ = ["BlankCells", "blank_count"]


@attrs.frozen
class BlankCells:
    """The cells that one unit is asked for, from the top, and which of them are blank."""

    cells: Sequence[str]
    blank: Sequence[bool]


def blank_count(
    sheet: str, units: Sequence[BlankCells], elsewhere: Callable[[str, int], str]
) -> str:
    """Return the formula that counts the blank cells of all units.

    Parameters
    ----------
    sheet : str
        The name of the sheet.
    units : sequence of BlankCells
    elsewhere : callable
        Writes a formula and its value into a hidden cell and returns the name of that cell: a
        formula that is too long is divided.
    """
    areas = [area for unit in units for area in _areas(unit)]
    whole = "+".join(f"COUNTBLANK({area})" for area, _ in areas)
    if len(whole) <= LONGEST:
        return whole
    quoted = "'" + sheet.replace("'", "''") + "'"
    return "+".join(elsewhere(formula, blank) for formula, blank in _parts(quoted, areas))


def _parts(sheet: str, areas: Sequence[tuple[str, int]]) -> Iterator[tuple[str, int]]:
    """Yield formulas that are short enough, each with its value."""
    part, blank = "", 0
    for area, blank_there in areas:
        term = f"COUNTBLANK({sheet}!{area})"
        if part and len(part) + 1 + len(term) > LONGEST:
            yield part, blank
            part, blank = "", 0
        part = f"{part}+{term}" if part else term
        blank += blank_there
    yield part, blank


def _areas(unit: BlankCells) -> Iterator[tuple[str, int]]:
    """Yield the areas of a unit, runs of rows in one column, and how many cells are blank there."""
    first, last, blank = "", "", 0
    for cell, is_blank in zip(unit.cells, unit.blank, strict=True):
        letters = cell.rstrip("0123456789")
        if first and last != f"{letters}{int(cell[len(letters) :]) - 1}":
            yield _area(first, last), blank
            first, blank = "", 0
        first, last, blank = first or cell, cell, blank + is_blank
    if first:
        yield _area(first, last), blank


def _area(first: str, last: str) -> str:
    return first if first == last else f"{first}:{last}"
