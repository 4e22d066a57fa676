"""Tables whose totals are published with their cells: counts, or amounts with contributors."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

import attrs
import numpy as np

from govindex.checks import instance_of, mapping_of, names_of
from govindex.contracts import Float, Index
from govindex.disclosure.hierarchies import Axis, Totals
from govindex.errors import DataError, Problems, SettingError
from govindex.frames import column_codes, holds_numbers, open_table, require_columns
from govindex.model.arrays import read_only
from govindex.names import as_code

if TYPE_CHECKING:
    import narwhals as nw
    from narwhals.typing import IntoFrame

__all__ = ["AdditiveTable"]

_UNUSABLE = "The table cannot be used"
_LARGEST = 10  # contributions of each cell that are kept
_MOST = 5_000_000


@attrs.frozen(eq=False, repr=False, kw_only=True)
class AdditiveTable:
    """A table with all its totals, from counts, amounts or records: what suppression protects.

    It holds the true values, and is not for publication.

    Parameters
    ----------
    axes : tuple
        The dimensions, with their codes and totals.
    values : array, one dimension per axis
        Counts or amounts, totals among them.
    contributors : array, shape of values, optional
        How many contribute to each cell; in a table of counts, the values.
    largest : array, shape (…, contributions), optional
        The largest contributions to each cell, the largest first.
    owner : array of int, shape of values, optional
        Whose amounts alone make a cell, as a number; -1 where several or nobody's do.
    are_counts : bool
    """

    axes: tuple[Axis, ...]
    values: Float
    contributors: Float | None = None
    largest: Float | None = None
    owner: Index | None = None
    are_counts: bool = True

    def __repr__(self) -> str:
        sizes = " × ".join(f"{len(axis.codes)} {axis.name}" for axis in self.axes)
        return (
            f"<AdditiveTable of {'counts' if self.are_counts else 'amounts'}: {sizes}, with totals>"
        )

    @classmethod
    def of(
        cls,
        frame: IntoFrame,
        by: str | Iterable[str] | Mapping[str, Totals],
        *,
        counts: str | None = None,
        amounts: str | None = None,
        contributors: str | None = None,
    ) -> AdditiveTable:
        """Take a table of counts or of amounts; totals are computed.

        Parameters
        ----------
        frame : data frame
            One row for each cell that is no total; a cell without a row is 0.
        by : str, or iterable of str, or mapping of str to Totals
            The columns that cells are counted by, each with the totals that are published; by
            default a total over all.
        counts : str
            The column of counts.
        amounts : str
            Instead of counts: the column of amounts, of at least 0.
        contributors : str, optional
            For amounts: the column that says how many contribute to each cell, nobody to two.

        Raises
        ------
        DataError
            With every problem: a cell twice, blank codes, counts that are missing, below 0 or not
            whole.

        Examples
        --------
        >>> import pandas as pd
        >>> frame = pd.DataFrame({"unit": [*"AB"], "item": ["x", "x"], "n": [3, 40]})
        >>> AdditiveTable.of(frame, ["unit", "item"], counts="n")
        <AdditiveTable of counts: 3 unit × 2 item, with totals>
        """
        by = _totals_of(by)
        chosen = [name for name in (counts, amounts) if name is not None]
        if len(chosen) != 1:
            raise SettingError("a table is one of counts=… or of amounts=…: name one column")
        if contributors is not None and counts is not None:
            raise SettingError("contributors=… goes with amounts=…: those of a count are counted")
        wanted = [*chosen, *([] if contributors is None else [contributors])]
        for name in wanted:
            instance_of(name, str, "the name of a column")
        table, problems = open_table(frame), Problems()
        require_columns(table, [*by, *wanted], problems)
        problems.raise_any(DataError, _UNUSABLE)
        axes, rows = _axes(table, by, problems)
        whole = [chosen[0]] if counts is not None else wanted[1:]
        numbers = {name: _numbers(table, name, problems, whole=name in whole) for name in wanted}
        problems.raise_any(DataError, _UNUSABLE)
        shape = tuple(len(axis.codes) for axis in axes)
        key = np.ravel_multi_index(rows, shape)
        _refuse_twice(axes, shape, key)
        cells = []
        for name in wanted:
            cell = np.zeros(shape)
            cell.flat[key] = numbers[name]
            cells.append(read_only(_with_totals(axes, cell)))
        heads = cells[0] if counts is not None else (cells[1] if contributors else None)
        return cls(axes=axes, values=cells[0], contributors=heads, are_counts=counts is not None)

    @classmethod
    def of_records(
        cls,
        frame: IntoFrame,
        by: str | Iterable[str] | Mapping[str, Totals],
        *,
        amounts: str | None = None,
        contributor: str | None = None,
    ) -> AdditiveTable:
        """Count records, or add up their amounts, and keep the largest contributions.

        Parameters
        ----------
        frame : data frame
            One row for each record: a respondent, a dossier, a payment.
        by
            As in :meth:`of`.
        amounts : str, optional
            The column of amounts of at least 0; without one, contributors are counted.
        contributor : str, optional
            The column of who contributes: rows of one contributor count once in each cell and
            total, and who contributes alone to a cell knows it. By default every row is another
            one, and nobody knows more than is published. It goes with `amounts`: counts are of
            rows, so that they add up.

        Raises
        ------
        DataError
            With every problem: blank codes, amounts that are missing or below 0.

        Examples
        --------
        >>> import pandas as pd
        >>> frame = pd.DataFrame({"unit": [*"AAB"], "fee": [10, 90, 40]})
        >>> AdditiveTable.of_records(frame, "unit", amounts="fee")
        <AdditiveTable of amounts: 3 unit, with totals>
        """
        by = _totals_of(by)
        if contributor is not None and amounts is None:
            raise SettingError("contributor=… goes with amounts=…: counts are those of rows")
        wanted = [name for name in (amounts, contributor) if name is not None]
        for name in wanted:
            instance_of(name, str, "the name of a column")
        table, problems = open_table(frame), Problems()
        require_columns(table, [*by, *wanted], problems)
        problems.raise_any(DataError, _UNUSABLE)
        axes, rows = _axes(table, by, problems)
        numbers = np.ones(len(table))
        if amounts is not None:
            numbers = _numbers(table, amounts, problems, whole=False)
        people = np.arange(len(table))
        if contributor is not None:
            people = _coded(column_codes(table, contributor, problems), contributor, problems)
        problems.raise_any(DataError, _UNUSABLE)
        read = _from_records(cls, axes, rows, numbers, people, counts=amounts is None)
        return read if contributor is not None else attrs.evolve(read, owner=None)


def _totals_of(by: Any) -> dict[str, Totals]:
    if isinstance(by, Mapping):
        given = mapping_of(by, "by", "columns, each with its Totals(…)", of=Totals)
        names = names_of(tuple(given), "by")
        found = {str(as_code(name)): given[name] for name in names}
    else:
        found = {str(as_code(name)): Totals() for name in names_of(by, "by")}
    if not found:
        raise SettingError("by names the columns that cells are counted by: at least one")
    return found


def _axes(
    table: nw.DataFrame[Any], by: Mapping[str, Totals], problems: Problems
) -> tuple[tuple[Axis, ...], tuple[Index, ...]]:
    """Return the axes, and the number of each row's code on each of them."""
    axes, rows = [], []
    if not len(table):
        problems.add("it has no rows")
    for name, totals in by.items():
        codes = column_codes(table, name, problems)
        for number, code in enumerate(codes, 1):
            if code is None:
                cause = f"column '{name}' is blank"
                problems.add(cause, code="disclosure.blank", row=number)
        axis = Axis.of(name, (code for code in codes if code is not None), totals, problems)
        index = {code: number for number, code in enumerate(axis.codes)}
        axes.append(axis)
        rows.append(np.array([index.get(code or "", 0) for code in codes], dtype=np.intp))
    size = np.prod([float(len(axis.codes)) for axis in axes])
    if size > _MOST:
        raise DataError(f"{_UNUSABLE}: {size:,.0f} cells are too many, at most {_MOST:,}")
    return tuple(axes), tuple(rows)


def _numbers(table: nw.DataFrame[Any], column: str, problems: Problems, *, whole: bool) -> Float:
    """Return a column of numbers of at least 0; errors say where, never what."""
    if not holds_numbers(table, column):
        problems.add(f"column '{column}' must hold numbers, not texts", code="disclosure.number")
        return np.zeros(len(table))
    numbers = np.array(
        [np.nan if cell is None else float(cell) for cell in table[column].to_list()]
    )
    wrong = ~np.isfinite(numbers) | (numbers < 0)
    causes = [(wrong, "is missing, infinite or below 0")]
    if whole:
        causes.append((~wrong & (numbers != np.floor(numbers)), "is no whole number"))
    for mask, cause in causes:
        for row in (np.flatnonzero(mask) + 1).tolist():
            problems.add(f"column '{column}' {cause}", code="disclosure.number", row=row)
    return numbers


def _coded(codes: list[str | None], column: str, problems: Problems) -> Index:
    number: dict[str | None, int] = {}
    for row, code in enumerate(codes, 1):
        if code is None:
            problems.add(f"column '{column}' is blank", code="disclosure.blank", row=row)
    return np.array([number.setdefault(code, len(number)) for code in codes], dtype=np.intp)


def _refuse_twice(axes: tuple[Axis, ...], shape: tuple[int, ...], key: Index) -> None:
    problems, first = Problems(), dict[int, int]()
    for row, cell in enumerate(key.tolist(), 1):
        if cell in first:
            at = np.unravel_index(cell, shape)
            name = " × ".join(axis.codes[i] for axis, i in zip(axes, at, strict=True))
            problems.add(f"'{name}' is in rows {first[cell]} and {row}", code="disclosure.twice")
        first.setdefault(cell, row)
    problems.raise_any(DataError, _UNUSABLE)


def _with_totals(axes: tuple[Axis, ...], cells: Float) -> Float:
    """Return the cells with all totals, from those that are no totals."""
    for number, axis in enumerate(axes):
        lines = np.moveaxis(cells, number, 0)  # a view
        for code, parent in enumerate(axis.parent.tolist()):  # children come first
            if parent >= 0:
                lines[parent] += lines[code]
    return cells


def _from_records(
    cls: type[AdditiveTable],
    axes: tuple[Axis, ...],
    rows: tuple[Index, ...],
    numbers: Float,
    people: Index,
    *,
    counts: bool,
) -> AdditiveTable:
    shape = tuple(len(axis.codes) for axis in axes)
    cells = np.zeros(shape)
    np.add.at(cells, rows, numbers)
    values = read_only(_with_totals(axes, cells))
    if counts:
        return cls(axes=axes, values=values, contributors=values, are_counts=True)
    levels = [_levels(axis, row) for axis, row in zip(axes, rows, strict=True)]
    width = int(people.max()) + 1
    pairs, sums = [], []
    for depth in np.ndindex(*(len(level) for level in levels)):
        codes = [level[at] for level, at in zip(levels, depth, strict=True)]
        known = np.all([code >= 0 for code in codes], axis=0)
        cell = np.ravel_multi_index([code[known] for code in codes], shape)
        pairs.append(cell * width + people[known])
        sums.append(numbers[known])
    pair, number = np.unique(np.concatenate(pairs), return_inverse=True)
    each: Float = np.bincount(number, np.concatenate(sums)).astype(np.float64)
    cell = np.asarray(pair // width)
    heads, largest = _contributions(cell, each, values.size)
    owner = np.zeros(values.size, dtype=np.intp)
    owner[cell[each > 0]] = (pair % width)[each > 0]
    alone = (largest[:, 0] > 0) & (largest[:, 1] == 0)
    return cls(
        axes=axes,
        values=values,
        contributors=read_only(heads.reshape(shape)),
        largest=read_only(largest.reshape(*shape, _LARGEST)),
        owner=read_only(np.where(alone, owner, -1).reshape(shape)),
        are_counts=False,
    )


def _levels(axis: Axis, rows: Index) -> list[Index]:
    """Return the code of each row, its parent, and so on; -1 above the top."""
    levels, parent = [rows], np.append(axis.parent, -1)
    for _ in range(axis.depth):
        levels.append(parent[levels[-1]])
    return levels


def _contributions(cell: Index, sums: Float, size: int) -> tuple[Float, Float]:
    """Return how many contribute to each cell, and the largest contributions."""
    largest = np.zeros((size, _LARGEST))
    order = np.lexsort((-sums, cell))
    cell, sums = cell[order], sums[order]
    starts = np.flatnonzero(np.diff(cell, prepend=-1))
    rank = np.arange(len(cell)) - np.repeat(starts, np.diff(starts, append=len(cell)))
    top = rank < _LARGEST
    largest[cell[top], rank[top]] = sums[top]
    return np.bincount(cell, minlength=size).astype(np.float64), largest
