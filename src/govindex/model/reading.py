"""Wide and long frames → units and cells, with every problem of the frame collected."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any

import attrs
import numpy as np

from govindex.contracts import CellStatus, Float, Status
from govindex.errors import DataError, Problems, listing, near_miss
from govindex.frames import YES_OR_NO, Cells2D, Marks, Table, composed, open_table
from govindex.mappings import FrozenMap
from govindex.model.panels import in_periods
from govindex.model.units import Units
from govindex.periods import parts_of_year, period_problems

__all__ = ["Long", "Wide", "common_answers", "read_long", "read_wide", "unknown_units"]

_UNUSABLE = "The frame cannot be used"
_SUGGESTED = 12  # near misses are looked for among all units
_CODED = frozenset({"unit", "code", "id"})


@attrs.frozen(eq=False)
class Wide:
    """What a wide frame holds; `period` is what all of it is about, None for a panel."""

    units: Units
    variables: tuple[str, ...]
    cells: Cells2D
    period: str | None


@attrs.frozen(eq=False)
class Long:
    """What a long frame holds; `stages` are names, values and status, stage by stage."""

    units: Units
    variables: tuple[str, ...]
    stages: tuple[list[str], Float, Status]
    levels: dict[str, tuple[str, ...]]
    period: str | None = None


def read_wide(
    frame: Any,
    unit: str | None,
    fields: Mapping[str, str | None],
    attributes: Sequence[str],
    variables: Sequence[str] | None,
    marks: Marks,
) -> Wide:
    """Read one row per unit and one column per variable."""
    frame, unit = _with_index(frame, unit)
    table = open_table(frame)
    unit = _first_column(table) if unit is None else composed(unit)
    given = {field: composed(name) for field, name in fields.items() if name is not None}
    period = _single_period(table, given)
    taken = {unit, *given.values(), *attributes}
    rest = [name for name in table.names if name not in taken]
    chosen = rest if variables is None else list(variables)
    problems = Problems()
    wanted = [unit, *given.values(), *attributes, *chosen, *sorted(marks.text)]
    if not table.require(dict.fromkeys(wanted), problems):
        problems.raise_any(DataError, _UNUSABLE)
    if not chosen:
        problems.add(f"there are no variables beside {listing(sorted(taken))}")
    codes = _unit_codes(table, unit, problems)
    columns = _unit_columns(table, given, attributes, problems)
    if "periods" in columns:
        _put_into_periods(codes, columns)
    cells = table.cells(chosen, marks, _Row(codes), problems)
    units = _collect_units(codes, columns, problems)
    if problems and period is not None and parts_of_year(period) is None:
        problems.add(
            f"there is no column '{period}', so all rows are about that period: "
            + near_miss(period, table.names)
        )
    problems.raise_any(DataError, _UNUSABLE)
    assert units is not None
    return Wide(units, tuple(chosen), cells, period)


def _single_period(table: Table, given: dict[str, str]) -> str | None:
    """Take a period that all rows are about out of the columns given, and return it.

    What is spelled as a period is one, also if a column has that name.
    """
    period = given.get("periods")
    if period is None or (period in table.names and parts_of_year(period) is None):
        return None
    return given.pop("periods")


def _put_into_periods(codes: list[str], columns: dict[str, Any]) -> None:
    """Make the codes and the parents those of rows of a panel."""
    periods = columns["periods"]
    codes[:] = [c and p and f"{c}@{p}" for c, p in zip(codes, periods, strict=True)]
    if "parents" in columns:
        parents = zip(columns["parents"], periods, strict=True)
        columns["parents"] = tuple(parent and f"{parent}@{p}" for parent, p in parents)


def _first_column(table: Table) -> str:
    """Return the column that holds the units if nobody says which."""
    if not table.names:
        return "unit"
    first = table.names[0]
    if first.casefold() not in _CODED and table.holds_numbers(first):
        raise DataError(
            f"the first column, '{first}', holds numbers, which are taken for codes of units only "
            f"if it is named unit, code or id: name the column of the units with unit=…, "
            f"one of {listing(table.names)}"
        )
    return first


@attrs.frozen
class _Row:
    """Names the unit of a row."""

    codes: Sequence[str]
    rows: Sequence[int] | None = None

    def __call__(self, row: int) -> str:
        return f"unit '{self.codes[row if self.rows is None else self.rows[row]]}'"


def read_long(
    frame: Any, columns: Mapping[str, str | None], units: Units | None, marks: Marks
) -> Long:
    """Read one row per cell."""
    table = open_table(frame)
    given = {part: composed(name) for part, name in columns.items() if name is not None}
    period = _single_period(table, given)
    columns = {**dict.fromkeys(columns), **given}
    problems = Problems()
    if not table.require([column for column in columns.values() if column], problems):
        problems.raise_any(DataError, _UNUSABLE)
    codes = _unit_codes(table, str(columns["unit"]), problems)
    names = [text or "" for text in table.texts(str(columns["variable"]))]
    stage = columns["stage"]
    steps = [text or "" for text in table.texts(stage)] if stage else [""] * len(codes)
    if "" in names:
        problems.add(f"row {names.index('') + 1} names no variable")
    if stage and "" in steps:
        problems.add(f"row {steps.index('') + 1} names no stage (column '{stage}' is blank)")
    for name in sorted(marks.text.difference(names)):
        problems.add(f"there is no variable '{name}': {near_miss(name, dict.fromkeys(names))}")
    known = dict.fromkeys(codes if units is None else units.bodies)
    problems.extend(unknown_units(codes, known))
    if columns["periods"]:
        column = str(columns["periods"])
        periods = _named_periods(table.texts(column), column, problems)
        problems.extend(period_problems(filter(None, periods)))
        problems.raise_any(DataError, _UNUSABLE)
        codes, units = _rows_of(codes, periods, units)
    problems.raise_any(DataError, _UNUSABLE)
    long = _pivot(table, _Keys(codes, names, steps), units, str(columns["value"]), marks, problems)
    problems.raise_any(DataError, _UNUSABLE)
    return attrs.evolve(long, period=period)


def _rows_of(
    bodies: Sequence[str], periods: Sequence[str], units: Units | None
) -> tuple[list[str], Units]:
    """Return the code of every row of a long panel, and the rows that there are."""
    known = Units(tuple(dict.fromkeys(bodies))) if units is None else units
    codes = [f"{body}@{period}" for body, period in zip(bodies, periods, strict=True)]
    if known.periods is not None:
        unknown = list(unknown_units(codes, dict.fromkeys(known.codes)))
        if unknown:
            raise DataError("; ".join(unknown))
        return codes, known
    found = dict.fromkeys(zip(bodies, periods, strict=True))
    places = [known.locate(body) for body, _ in found]
    return codes, in_periods(known, places, [period for _, period in found])


def unknown_units(codes: Iterable[str], known: Collection[str]) -> Iterator[str]:
    """Say which units do not exist; the first of them with what was probably meant.

    Examples
    --------
    >>> next(unknown_units(["Hano"], {"Hanoi": 0}))
    "there is no unit 'Hano': did you mean 'Hanoi'? Known: 'Hanoi'"
    """
    unknown = [code for code in dict.fromkeys(codes) if code not in known]
    for code in unknown[:_SUGGESTED]:
        yield f"there is no unit '{code}': {near_miss(code, known)}"
    if unknown[_SUGGESTED:]:
        yield f"nor are there the units {listing(unknown[_SUGGESTED:])}"


def _with_index(frame: Any, unit: str | None) -> tuple[Any, str | None]:
    # A pandas frame whose index has a name, or holds texts, carries its units there.
    index = getattr(frame, "index", None)
    # One of Dask has an index as well, which tells nothing of itself.
    if index is None or not hasattr(frame, "reset_index") or not hasattr(index, "inferred_type"):
        return frame, unit
    if index.nlevels > 1:  # a panel's units and periods, if the units are looked for there
        return (frame.reset_index() if unit in index.names else frame), unit
    name = "unit" if index.name is None else index.name
    if unit is None:
        carries = index.name is not None or index.inferred_type == "string"
    else:
        carries = composed(unit) == composed(str(index.name)) and index.name is not None
    if not carries:
        return frame, unit
    if name in frame.columns:
        raise DataError(
            f"the index and a column are both named '{name}': say reset_index(drop=True), or "
            "rename one of them"
        )
    return frame.reset_index(names=name), str(name)


def _unit_codes(table: Table, unit: str, problems: Problems) -> list[str]:
    texts = table.texts(unit)
    if not texts:
        problems.add("the frame has no rows: there are no units")
    if None not in texts:
        return texts  # type: ignore[return-value]
    for row, text in enumerate(texts, 1):
        if text is None:
            problems.add(f"row {row} names no unit (column '{unit}' is blank)")
    return [text or "" for text in texts]


def _named_periods(texts: Sequence[str | None], column: str, problems: Problems) -> tuple[str, ...]:
    for row, text in enumerate(texts, 1):
        if text is None:
            problems.add(f"row {row} names no period (column '{column}' is blank)")
    return tuple(text or "" for text in texts)


def _unit_columns(
    table: Table, given: Mapping[str, str], attributes: Sequence[str], problems: Problems
) -> dict[str, Any]:
    columns: dict[str, Any] = {}
    for field, column in given.items():
        texts = table.texts(column)
        if field == "periods":
            columns[field] = _named_periods(texts, column, problems)
            continue
        if field != "ranked":
            columns[field] = tuple(texts)
            continue
        folded = ["true" if text is None else text.casefold() for text in texts]
        for row, text in enumerate(folded, 1):
            if text not in YES_OR_NO:
                problems.add(f"row {row}, column '{column}': '{text}' is neither true nor false")
        columns["ranked"] = np.array([YES_OR_NO.get(text, False) for text in folded], dtype=bool)
    if attributes:
        columns["attributes"] = FrozenMap({name: tuple(table.texts(name)) for name in attributes})
    return columns


def _collect_units(codes: list[str], columns: dict[str, Any], problems: Problems) -> Units | None:
    if not codes or "" in codes:
        return None
    try:
        return Units(tuple(codes), **columns)
    except DataError as error:
        problems.extend(error.problems)
        return None


@attrs.frozen
class _Keys:
    """Unit, variable and stage of every row."""

    units: list[str]
    variables: list[str]
    stages: list[str]


def _pivot(
    table: Table, keys: _Keys, units: Units | None, value: str, marks: Marks, problems: Problems
) -> Long:
    everyone = Units(tuple(dict.fromkeys(keys.units))) if units is None else units
    unit_at = {code: i for i, code in enumerate(everyone.codes)}
    variables = tuple(dict.fromkeys(keys.variables))
    stages = list(dict.fromkeys(keys.stages))
    stage_at = {name: i for i, name in enumerate(stages)}
    shape = (len(stages), len(everyone), len(variables))
    values = np.full(shape, np.nan)
    status = np.full(shape, np.uint8(CellStatus.MISSING))
    row_of = np.full(shape, -1)
    levels: dict[str, tuple[str, ...]] = {}
    rows_of: dict[str, list[int]] = {}
    for row, name in enumerate(keys.variables):
        rows_of.setdefault(name, []).append(row)
    cells = table.frame.select(value)
    for column, variable in enumerate(variables):
        rows = rows_of[variable]
        part = Table(cells[rows].rename({value: variable}), (variable,))
        where = _Row(keys.units, rows)
        read = part.cells([variable], marks, where, problems, unwanted="leave its rows out")
        levels.update(read.levels)
        for i, row in enumerate(rows):
            at = (stage_at[keys.stages[row]], unit_at[keys.units[row]], column)
            if row_of[at] >= 0:
                problems.add(
                    f"unit '{keys.units[row]}', variable '{variable}' stands there more than once "
                    f"(rows {row_of[at] + 1} and {row + 1})"
                )
            row_of[at], values[at], status[at] = row, read.values[0, i], read.status[0, i]
    return Long(everyone, variables, (stages, values, status), levels)


def common_answers(
    variables: Sequence[str],
    levels: Sequence[Mapping[str, tuple[str, ...]]],
    values: Sequence[Float],
) -> tuple[dict[str, tuple[str, ...]], list[Float]]:
    """Give the answers of several readings of the same variables the same numbers.

    Parameters
    ----------
    variables : sequence of str
        The columns.
    levels : sequence of mapping
        The answers of each reading, by variable.
    values : sequence of array, shape (units, variables)
        The numbers of each reading.
    """
    common: dict[str, tuple[str, ...]] = {}
    numbered = [np.array(numbers) for numbers in values]
    for column, name in enumerate(variables):
        texts = sorted({text for own in levels for text in own.get(name, ())})
        if not texts:
            continue
        common[name] = tuple(texts)
        for own, numbers in zip(levels, numbered, strict=True):
            place = np.array([texts.index(text) for text in own.get(name, ())], dtype=np.float64)
            known = ~np.isnan(numbers[:, column])
            numbers[known, column] = place[numbers[known, column].astype(np.intp)]
    return common, numbered
