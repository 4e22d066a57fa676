"""Wide and long frames → units and cells, with every problem of the frame collected."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any

import attrs
import numpy as np

from govindex.checks import instance_of
from govindex.contracts import CellStatus, Float, Status
from govindex.errors import DataError, Problem, Problems, listing, near_miss
from govindex.frames import YES_OR_NO, Cells2D, Keys, Table, open_table
from govindex.lookalikes import hidden
from govindex.mappings import FrozenMap
from govindex.model.identifiers import check_codes, check_fields, filled_down
from govindex.model.panels import in_periods
from govindex.model.stages import check_stages, declared, fallback_order
from govindex.model.units import Units
from govindex.names import as_code
from govindex.notation import Notation
from govindex.periods import parts_of_year, period_problems

__all__ = [
    "Long",
    "Wide",
    "common_answers",
    "read_long",
    "read_wide",
    "read_wide_stages",
    "unknown_units",
]

_UNUSABLE = "The frame cannot be used"
_SUGGESTED = 5


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
    stages: tuple[Sequence[str], Float, Status]
    levels: dict[str, tuple[str, ...]]
    period: str | None = None
    fall_back: tuple[str, ...] = ()


@attrs.frozen(eq=False)
class WideStages:
    """What a wide frame with a column of stages holds, stage by stage; None without rows."""

    stages: dict[str, Wide | None]
    fall_back: tuple[str, ...]


def check_columns(**columns: Any) -> None:
    """Raise if a column of a frame is named by anything but a text."""
    for what, column in columns.items():
        if column is not None:
            instance_of(column, str, f"{what}=, the name of a column,")


def read_wide(
    frame: Any,
    unit: str | None,
    fields: Mapping[str, str | None],
    attributes: Sequence[str],
    variables: Sequence[str] | None,
    notation: Notation,
    fill_down: Sequence[str] = (),
) -> Wide:
    """Read one row per unit and one column per variable."""
    given = {field: as_code(name) for field, name in fields.items() if name is not None}
    table, unit = _opened(frame, unit, lambda first, names: _wide_keys(first, given, names))
    keys = _wide_keys(unit, given, table.names)
    period = _single_period(table, given)
    taken = {unit, *given.values(), *attributes}
    table = filled_down(table, fill_down, taken)
    rest = [name for name in table.names if name not in taken]
    chosen = rest if variables is None else list(variables)
    problems = Problems()
    wanted = [unit, *given.values(), *attributes, *chosen, *sorted(notation.text)]
    if not table.require(dict.fromkeys(wanted), problems):
        problems.raise_any(DataError, _UNUSABLE)
    if not chosen:
        problems.add(f"there are no variables beside {listing(sorted(taken))}")
    _refuse_hidden(chosen, "variable", problems)
    codes = _unit_codes(table, unit, problems)
    columns = _unit_columns(table, given, attributes, notation, problems)
    check_fields(codes, columns, given, notation.not_applicable_words, problems)
    if "periods" in columns:
        _put_into_periods(codes, columns)
    keys.check(len(codes), len(set(codes)))
    cells = table.cells(chosen, notation, _UnitOfRow(codes), problems)
    units = _collect_units(codes, columns, problems)
    if problems and period is not None and parts_of_year(period) is None:
        problems.add(
            f"there is no column '{period}', so all rows are about that period: "
            + near_miss(period, table.names)
        )
    problems.raise_any(DataError, _UNUSABLE)
    assert units is not None
    return Wide(units, tuple(chosen), cells, period)


def _opened(
    frame: Any, unit: str | None, keys: Callable[[str, Sequence[str]], Keys] | None = None
) -> tuple[Table, str]:
    """Return the table of a wide frame, and the column of its units.

    `keys` says of that column and all names what tells the rows apart.
    """
    named = unit is not None
    frame, unit = _with_index(frame, unit)
    told = None if keys is None else lambda names: keys(unit or next(iter(names), ""), names)
    table = open_table(frame, told)
    column = next(iter(table.names), "unit") if unit is None else as_code(unit)
    if not named:
        check_codes(table, column)
    return table, column


def _wide_keys(unit: str, given: Mapping[str, str], names: Sequence[str]) -> Keys:
    columns, instead = [as_code(unit)], "give period=… if the rows are periods; "
    period = given.get("periods")
    if period is not None and period in names and parts_of_year(period) is None:
        columns.append(period)
        instead = ""
    return Keys(
        tuple(columns),
        "units",
        f"{instead}else count, sum or average the rows of every unit first, or read one row per "
        "cell with Observations.from_long(…)",
    )


def _long_keys(columns: Mapping[str, str], names: Sequence[str]) -> Keys:
    return Keys(
        tuple(column for part, column in columns.items() if part != "value" and column in names),
        "cells",
        "count, sum or average the rows of every cell first, or give the columns that tell them "
        "apart: stage=…, period=…",
    )


def read_wide_stages(
    frame: Any,
    column: str,
    stages: Sequence[str] | None,
    fall_back: bool | Sequence[str],
    unit: str | None,
    fields: Mapping[str, str | None],
    attributes: Sequence[str],
    variables: Sequence[str] | None,
    notation: Notation,
    fill_down: Sequence[str] = (),
) -> WideStages:
    """Read one row per unit and stage, and one column per variable."""
    table, unit = _opened(frame, unit)
    column = as_code(column)
    named_fields = [as_code(name) for name in fields.values() if name is not None]
    taken = {unit, column, *named_fields, *attributes}
    table = filled_down(table, fill_down, taken)
    problems = Problems()
    if not table.require([column, unit], problems):
        problems.raise_any(DataError, _UNUSABLE)
    names = [text or "" for text in table.texts(column)]
    order = declared(stages, column, names)
    earlier = fallback_order(fall_back, order)
    _unit_codes(table, unit, problems)
    check_stages(names, order, column, earlier, problems)
    problems.raise_any(DataError, _UNUSABLE)
    if variables is None:
        variables = [name for name in table.names if name not in taken]
    found: dict[str, Wide | None] = dict.fromkeys(order)
    for stage in order:
        rows = [row for row, name in enumerate(names) if name == stage]
        if rows:
            part = table.frame[rows]
            found[stage] = read_wide(part, unit, fields, attributes, variables, notation)
    return WideStages(found, earlier)


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


@attrs.frozen
class _UnitOfRow:
    """The unit of a row."""

    codes: Sequence[str]
    rows: Sequence[int] | None = None

    def __call__(self, row: int) -> str:
        return self.codes[row if self.rows is None else self.rows[row]]


def read_long(
    frame: Any,
    columns: Mapping[str, str | None],
    units: Units | None,
    notation: Notation,
    stages: Sequence[str] | None = None,
    fall_back: bool | Sequence[str] = False,
    fill_down: Sequence[str] = (),
) -> Long:
    """Read one row per cell."""
    given = {part: as_code(name) for part, name in columns.items() if name is not None}
    table = open_table(frame, lambda names: _long_keys(given, names))
    wanted = _long_keys(given, table.names)
    period = _single_period(table, given)
    table = filled_down(table, fill_down, [own for part, own in given.items() if part != "value"])
    columns = {**dict.fromkeys(columns), **given}
    problems = Problems()
    if not table.require([column for column in columns.values() if column], problems):
        problems.raise_any(DataError, _UNUSABLE)
    codes = _unit_codes(table, str(columns["unit"]), problems)
    names = [text or "" for text in table.texts(str(columns["variable"]))]
    _refuse_hidden(names, "variable", problems)
    stage = columns["stage"]
    steps = [text or "" for text in table.texts(stage)] if stage else [""] * len(codes)
    if "" in names:
        problems.add("no variable is named", code="row.variable", row=names.index("") + 1)
    order = declared(stages, stage, steps) if stage else ("",)
    earlier = fallback_order(fall_back, order)
    if stage:
        check_stages(steps, order, stage, earlier, problems)
    for name in sorted(notation.text.difference(names)):
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
    wanted.check(len(codes), len(set(zip(codes, names, steps, strict=True))))
    keys = _Keys(codes, names, steps, order)
    long = _pivot(table, keys, units, str(columns["value"]), notation, problems)
    problems.raise_any(DataError, _UNUSABLE)
    return attrs.evolve(long, period=period, fall_back=earlier)


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
    rows = [known.locate(body) for body, _ in found]
    return codes, in_periods(known, rows, [period for _, period in found])


def unknown_units(codes: Iterable[str], known: Collection[str]) -> Iterator[str]:
    """Say which units do not exist; the first of them with what was probably meant.

    Examples
    --------
    >>> next(unknown_units(["Hano"], {"Hanoi": 0}))
    "there is no unit 'Hano': did you mean 'Hanoi'? Known: 'Hanoi'"
    """
    unknown = [code for code in dict.fromkeys(codes) if code not in known]
    for code in unknown[:_SUGGESTED]:
        said = f"there is no unit '{code}': {near_miss(code, known)}"
        yield Problem(said, code="unit.unknown", unit=code)
    for code in unknown[_SUGGESTED:]:
        yield Problem("there is no such unit", code="unit.unknown", unit=str(code))


def _with_index(frame: Any, unit: str | None) -> tuple[Any, str | None]:
    # A pandas frame whose index has a name, or holds texts, carries its units there.
    index = getattr(frame, "index", None)
    # One of Dask has an index as well, which tells nothing of itself.
    told = all(hasattr(index, name) for name in ("nlevels", "inferred_type"))
    if index is None or not hasattr(frame, "reset_index") or not told:
        return frame, unit
    if index.nlevels > 1:  # a panel's units and periods, if the units are looked for there
        return (frame.reset_index() if unit in index.names else frame), unit
    name = "unit" if index.name is None else index.name
    if unit is None:
        carries = index.name is not None or index.inferred_type == "string"
    else:
        carries = as_code(unit) == as_code(str(index.name)) and index.name is not None
    if not carries:
        return frame, unit
    if name in frame.columns:
        raise DataError(
            f"the index and a column are both named '{name}': say reset_index(drop=True), or "
            "rename one of them"
        )
    return frame.reset_index(names=name), str(name)


def _unit_codes(table: Table, unit: str, problems: Problems) -> list[str]:
    texts = table.codes(unit, problems)
    if not texts:
        problems.add("the frame has no rows: there are no units")
    _refuse_hidden((text for text in texts if text), "unit", problems)
    if None not in texts:
        return texts  # type: ignore[return-value]
    for row, text in enumerate(texts, 1):
        if text is None:
            problems.add(f"no unit is named (column '{unit}' is blank)", code="row.unit", row=row)
    return [text or "" for text in texts]


def _refuse_hidden(names: Iterable[str], noun: str, problems: Problems) -> None:
    """Note names that hold a character which nobody sees."""
    for name in dict.fromkeys(names):
        if not name.isascii() and (where := hidden(name)):
            problems.add(
                f"the name holds a character that nobody sees: {where}",
                code=f"{noun}.hidden_character",
                **{noun: name},
                cure="delete it in the table",
            )


def _named_periods(texts: Sequence[str | None], column: str, problems: Problems) -> tuple[str, ...]:
    for row, text in enumerate(texts, 1):
        if text is None:
            cause = f"no period is named (column '{column}' is blank)"
            problems.add(cause, code="row.period", row=row)
    return tuple(text or "" for text in texts)


def _unit_columns(
    table: Table,
    given: Mapping[str, str],
    attributes: Sequence[str],
    notation: Notation,
    problems: Problems,
) -> dict[str, Any]:
    def said(column: str, *, coded: bool = False) -> list[str | None]:
        texts = table.codes(column, problems) if coded else table.texts(column)
        if not notation.missing_words:
            return texts
        return [None if text and notation.is_missing(text) else text for text in texts]

    columns: dict[str, Any] = {}
    for field, column in given.items():
        texts = said(column, coded=field == "parents")
        if field == "periods":
            columns[field] = _named_periods(texts, column, problems)
            continue
        if field != "ranked":
            columns[field] = tuple(texts)
            continue
        folded = ["true" if text is None else text.casefold() for text in texts]
        for row, text in enumerate(folded, 1):
            if text not in YES_OR_NO:
                problems.add(
                    f"'{text}' in column '{column}' is neither true nor false",
                    code="row.ranked",
                    row=row,
                    found=f"'{text}'",
                )
        columns["ranked"] = np.array([YES_OR_NO.get(text, False) for text in folded], dtype=bool)
    if attributes:
        columns["attributes"] = FrozenMap({name: tuple(said(name)) for name in attributes})
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
    """Unit, variable and stage of every row, and the order of the stages."""

    units: list[str]
    variables: list[str]
    stages: list[str]
    order: Sequence[str]


def _pivot(
    table: Table,
    keys: _Keys,
    units: Units | None,
    value: str,
    notation: Notation,
    problems: Problems,
) -> Long:
    everyone = Units(tuple(dict.fromkeys(keys.units))) if units is None else units
    unit_at = {code: i for i, code in enumerate(everyone.codes)}
    variables = tuple(dict.fromkeys(keys.variables))
    stage_at = {name: i for i, name in enumerate(keys.order)}
    shape = (len(keys.order), len(everyone), len(variables))
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
        where = _UnitOfRow(keys.units, rows)
        read = part.cells([variable], notation, where, problems, unwanted="leave its rows out")
        levels.update(read.levels)
        for i, row in enumerate(rows):
            at = (stage_at[keys.stages[row]], unit_at[keys.units[row]], column)
            if row_of[at] >= 0:
                found = f"rows {row_of[at] + 1} and {row + 1}"
                problems.add(
                    f"stands there more than once ({found})",
                    code="cell.doubled",
                    unit=keys.units[row],
                    variable=variable,
                    stage=keys.stages[row] or None,
                    row=row + 1,
                    found=found,
                )
            row_of[at], values[at], status[at] = row, read.values[0, i], read.status[0, i]
    return Long(everyone, variables, (keys.order, values, status), levels)


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
            index = np.array([texts.index(text) for text in own.get(name, ())], dtype=np.float64)
            known = ~np.isnan(numbers[:, column])
            numbers[known, column] = index[numbers[known, column].astype(np.intp)]
    return common, numbered
