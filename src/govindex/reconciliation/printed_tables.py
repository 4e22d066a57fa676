"""Published tables: numbers with the decimals that they are printed with."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from functools import cached_property
from os import PathLike
from typing import TYPE_CHECKING, Any

import attrs
import numpy as np

from govindex.checks import mapping_of
from govindex.contracts import Float
from govindex.errors import DataError, Problems, SettingError
from govindex.files import read_table
from govindex.frames import column_texts, open_table, read_cells, require_columns
from govindex.kernels.rounding import half_up
from govindex.notation import Notation, as_notation
from govindex.reconciliation.columns import PublishedColumns

if TYPE_CHECKING:
    import narwhals as nw

__all__ = ["PrintedTable", "StatedColumn", "opened", "printed_table", "unit_column"]

_UNIT_NAMES = ("unit", "name", "code")
_MOST_DECIMALS = 9
_SHARED = re.compile(r"^\s*=\s*(?=\d)")  # "=12": a rank that several units share


@attrs.frozen(eq=False, slots=False)
class StatedColumn:
    """Numbers as they are printed.

    Parameters
    ----------
    name : str
    values : array, shape (rows,)
        NaN for a blank cell.
    decimals : int
        How many the column is printed with.
    is_count : bool
        Whether its numbers are exact.
    """

    name: str
    values: Float
    decimals: int
    is_count: bool = False

    @cached_property
    def exact(self) -> list[Fraction | None]:
        """The numbers as they are on paper, None for a blank cell."""
        return [None if v != v else exact_of(v) for v in self.values.tolist()]


def exact_of(number: float) -> Fraction:
    """Return a number as its shortest decimal.

    Examples
    --------
    >>> exact_of(0.1)
    Fraction(1, 10)
    """
    return Fraction(Decimal(repr(float(number))))


@attrs.frozen(eq=False)
class PrintedTable:
    """A published table.

    Parameters
    ----------
    units : tuple of str
        What each row is.
    groups : tuple of tuple of str
        The league (and whatever else separates rankings) of each row.
    numbers : mapping of str to StatedColumn
    classes : mapping of str to tuple of str or None
        Columns of texts.
    """

    units: tuple[str, ...]
    groups: tuple[tuple[str, ...], ...]
    numbers: Mapping[str, StatedColumn]
    classes: Mapping[str, tuple[str | None, ...]]


def opened(published: Any) -> nw.DataFrame[Any]:
    """Return a frame, a list of mappings, or a file as a table."""
    if isinstance(published, (str, PathLike)):
        published = read_table(published)
    elif isinstance(published, Sequence) and not isinstance(published, bytes):
        import pandas as pd

        for row in published:
            mapping_of(row, "a row of published")
        names = dict.fromkeys(name for row in published for name in row)
        columns = {name: [row.get(name) for row in published] for name in names}
        published = pd.DataFrame(columns, dtype=object)
    return open_table(published)


def printed_table(
    table: nw.DataFrame[Any], columns: PublishedColumns, notation: Notation | None
) -> PrintedTable:
    """Return the columns of a table that are compared.

    Raises
    ------
    DataError
        With every column that does not exist, and every cell that is not a number, or has more
        decimals than its column is declared to have.
    """
    notation, problems = as_notation(notation), Problems()
    unit = columns.unit or unit_column(table)
    require_columns(table, dict.fromkeys((unit, *columns.league, *columns.names)), problems)
    if not len(table):
        problems.add("the table has no rows", code="table.empty")
    problems.raise_any(DataError, "The published table cannot be read")
    labels = column_texts(table, unit)
    units = tuple(label or f"row {row}" for row, label in enumerate(labels, 1))
    leagues = [column_texts(table, name) for name in columns.league]
    numbers = _numbers(table, columns, notation, units)
    classes = {name: tuple(column_texts(table, name)) for name in columns.classes}
    groups = tuple(tuple(texts[row] or "" for texts in leagues) for row in range(len(units)))
    return PrintedTable(units, groups, numbers, classes)


def unit_column(table: nw.DataFrame[Any]) -> str:
    """Return the column of units: one that is called so, else the first."""
    known = [name for name in _UNIT_NAMES if name in table.columns]
    if not known and not table.columns:
        raise DataError("The published table cannot be read: it has no columns")
    return known[0] if known else str(table.columns[0])


def _numbers(
    table: nw.DataFrame[Any],
    columns: PublishedColumns,
    notation: Notation,
    units: Sequence[str],
) -> dict[str, StatedColumn]:
    problems = Problems()
    names = list(columns.numbers)
    for name in columns.ranks:
        table = _without_equal_signs(table, name)
    values, _, levels = read_cells(
        table, names, notation, lambda row: units[row], problems, unwanted="correct the number"
    )
    for name in levels:
        problems.add("the column holds texts, not numbers", code="number.text", variable=name)
    problems.raise_any(DataError, "The published table cannot be read")
    mark = "," if notation.numbers == "vi" else "."
    read = {
        name: _column(name, row, _decimals(table[name].to_list(), row, mark), columns)
        for name, row in zip(names, values, strict=True)
    }
    _check_decimals(read, columns, units)
    return read


def _without_equal_signs(table: nw.DataFrame[Any], name: str) -> nw.DataFrame[Any]:
    import narwhals as nw

    cells = table[name].to_list()
    if not any(isinstance(cell, str) and _SHARED.match(cell) for cell in cells):
        return table
    plain = [_SHARED.sub("", cell) if isinstance(cell, str) else cell for cell in cells]
    series = nw.new_series(name, plain, nw.String(), backend=table.implementation)
    return table.with_columns(series)


def _decimals(cells: Sequence[Any], values: Float, mark: str) -> list[int]:
    """Return the decimals of each cell: those of a text as written, of a number as it needs."""
    written = re.compile(rf"{re.escape(mark)}(\d*)\s*%?\s*$")
    decimals = []
    for cell, value in zip(cells, values.tolist(), strict=True):
        match = written.search(cell) if isinstance(cell, str) else None
        decimals.append(len(match[1]) if match else needed_decimals(value))
    return decimals


def needed_decimals(value: float) -> int:
    """Return how many decimals a number needs, the last bits of its sums left out."""
    if value != value:
        return 0
    for decimals in range(_MOST_DECIMALS):
        near = round(value, decimals)
        if abs(near - value) <= 1e-12 * max(abs(value), 1e-3):
            return decimals
    return _MOST_DECIMALS


def _column(
    name: str, values: Float, decimals: Sequence[int], columns: PublishedColumns
) -> StatedColumn:
    finest = min(max(decimals, default=0), _MOST_DECIMALS)
    places = columns.decimals.get(name, finest)
    rounded = half_up(values, finest)
    return StatedColumn(name, rounded, max(places, finest), name in columns.counts)


def _check_decimals(
    read: Mapping[str, StatedColumn], columns: PublishedColumns, units: Sequence[str]
) -> None:
    problems = Problems()
    for name, places in columns.decimals.items():
        values = read[name].values
        finer = np.flatnonzero((half_up(values, places) != values) & ~np.isnan(values))
        for row in finer.tolist():
            problems.add(
                f"{values[row]:.10g} has more than {places} decimals",
                code="number.decimals",
                unit=units[row],
                variable=name,
                found=f"{values[row]:.10g}",
                cure=f"correct the number, or decimals={{'{name}': …}}",
            )
    for name in columns.counts:
        values = read[name].values
        for row in np.flatnonzero(values % 1.0 > 0).tolist():
            problems.add(
                f"{values[row]:.10g} is no whole number, though the column is one of counts",
                code="number.count",
                unit=units[row],
                variable=name,
                found=f"{values[row]:.10g}",
            )
    problems.raise_any(DataError, "The published table cannot be read")


def without_checks() -> SettingError:
    """Return the error for a table that nothing is said about."""
    return SettingError(
        "there is nothing to check: say what the columns are to each other with columns="
        "gi.PublishedColumns(sums={'total': ['a', 'b']}, ranks={'rank': 'total'}), or give method="
    )
