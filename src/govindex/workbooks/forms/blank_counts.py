"""How many cells of a form are still blank, as a formula that every spreadsheet program takes."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

import attrs

__all__ = ["BlankCells", "blank_count"]

_LONGEST = 8_000  # signs of a formula: Excel takes 8,192


@attrs.frozen
class BlankCells:
    """The cells that one unit is asked for, from the top, and how many of them are blank."""

    cells: Sequence[str]
    blank: int


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
    whole = "+".join(f"COUNTBLANK({area})" for unit in units for area in _areas(unit.cells))
    if len(whole) <= _LONGEST:
        return whole
    quoted = "'" + sheet.replace("'", "''") + "'"
    return "+".join(elsewhere(formula, blank) for formula, blank in _parts(quoted, units))


def _parts(sheet: str, units: Sequence[BlankCells]) -> Iterator[tuple[str, int]]:
    """Yield formulas that are short enough, each with its value."""
    part, blank = "", 0
    for unit in units:
        terms = "+".join(f"COUNTBLANK({sheet}!{area})" for area in _areas(unit.cells))
        if part and len(part) + 1 + len(terms) > _LONGEST:
            yield part, blank
            part, blank = "", 0
        part = f"{part}+{terms}" if part else terms
        blank += unit.blank
    yield part, blank


def _areas(cells: Sequence[str]) -> list[str]:
    """Return cells as areas: runs of rows in one column."""
    areas: list[list[str]] = []
    for cell in cells:
        letters = cell.rstrip("0123456789")
        row = int(cell[len(letters) :])
        if areas and areas[-1][1] == f"{letters}{row - 1}":
            areas[-1][1] = cell
        else:
            areas.append([cell, cell])
    return [first if first == last else f"{first}:{last}" for first, last in areas]
