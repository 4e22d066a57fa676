"""Wide and long frames → the fields of observations, with every problem of the frame collected."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import attrs
import numpy as np

from govindex.checks import instance_of
from govindex.contracts import CellStatus, Float, Index, Status
from govindex.errors import DataError, Problems, listing, near_miss
from govindex.frames import Keys, column_texts, open_table, read_cells, require_columns
from govindex.mappings import FrozenMap
from govindex.model.identifiers import (
    check_codes,
    check_fields,
    filled_down,
    named_periods,
    refuse_hidden,
    unit_codes,
    unit_columns,
)
from govindex.model.panels import in_periods
from govindex.model.stages import Stage, check_stages, declared, fallback_order, staged
from govindex.model.units import Units, unknown_units
from govindex.names import as_code
from govindex.notation import Notation
from govindex.periods import parts_of_year, period_problems

if TYPE_CHECKING:
    import narwhals as nw

__all__ = ["check_columns", "read_long", "read_wide"]

_UNUSABLE = "The frame cannot be used"


def check_columns(**columns: Any) -> None:
    """Raise if a column of a frame is named by anything but a text."""
    for what, column in columns.items():
        if column is not None:
            instance_of(column, str, f"{what}=, the name of a column,")


@attrs.frozen
class _StageColumn:
    """The stage of every row, the declared order, and which stages cells fall back to."""

    names: Sequence[str]
    order: tuple[str, ...]
    earlier: tuple[str, ...]

    @classmethod
    def of(
        cls,
        frame: nw.DataFrame[Any],
        column: str | None,
        stages: Sequence[str] | None,
        fall_back: bool | Sequence[str],
        problems: Problems,
    ) -> _StageColumn:
        if column is None:
            return cls([""] * len(frame), ("",), ())
        names = [text or "" for text in column_texts(frame, column)]
        order = declared(stages, column, names)
        earlier = fallback_order(fall_back, order)
        check_stages(names, order, column, earlier, problems)
        problems.raise_any(DataError, _UNUSABLE)
        return cls(names, order, earlier)

    @property
    def numbers(self) -> Index:
        """The number of each row's stage."""
        number = {name: i for i, name in enumerate(self.order)}
        return np.array([number[name] for name in self.names], dtype=np.intp)

    def fields(self, shape: tuple[int, int], at: Any, values: Any, status: Any) -> dict[str, Any]:
        """Return the stages of observations, with cells at ``[stage, unit, variable]``."""
        numbers = np.full((len(self.order), *shape), np.nan)
        marks = np.full(numbers.shape, np.uint8(CellStatus.MISSING))
        numbers[at], marks[at] = values, status
        stages = [Stage(*stage) for stage in zip(self.order, numbers, marks, strict=True)]
        return staged(stages, self.earlier)


# -- wide -----------------------------------------------------------------------------------------


def read_wide(
    frame: Any,
    unit: str | None,
    fields: Mapping[str, str | None],
    *,
    attributes: Sequence[str],
    variables: Sequence[str] | None,
    notation: Notation,
    fill_down: Sequence[str],
    stage: str | None,
    stages: Sequence[str] | None,
    fall_back: bool | Sequence[str],
) -> dict[str, Any]:
    """Read one row per unit (and stage) and one column per variable."""
    given = {field: as_code(name) for field, name in fields.items() if name is not None}
    stage = as_code(stage)
    table, unit = _opened(frame, unit, stage, given)
    keys = _wide_keys(unit, given, table.columns)
    period = _single_period(table, given)
    taken = dict.fromkeys([unit, *given.values(), *attributes, *([stage] if stage else [])])
    table = filled_down(table, fill_down, taken)
    problems = Problems()
    chosen = _variables(table, taken, variables, notation, problems)
    codes = unit_codes(table, unit, problems)
    steps = _StageColumn.of(table, stage, stages, fall_back, problems) if stage else None
    columns = unit_columns(table, given, attributes, notation, problems)
    check_fields(codes, columns, given, notation.not_applicable_words, problems)
    _put_into_periods(codes, columns)
    rows = codes if steps is None else list(zip(codes, steps.names, strict=True))
    keys.check(len(codes), len(set(rows)))
    values, status, levels = read_cells(table, chosen, notation, codes.__getitem__, problems)
    units = _collected(codes, columns, steps, problems)
    _explain_period(table, period, problems)
    problems.raise_any(DataError, _UNUSABLE)
    assert units is not None
    cells = {"values": values.T, "status": status.T}
    if steps is not None:
        at = (steps.numbers, _numbered(codes, units.codes))
        cells = steps.fields((len(units), len(chosen)), at, values.T, status.T)
    return {"units": units, "variables": chosen, "levels": levels, "period": period, **cells}


def _variables(
    table: nw.DataFrame[Any],
    taken: Iterable[str],
    variables: Sequence[str] | None,
    notation: Notation,
    problems: Problems,
) -> list[str]:
    """Return the columns to read; `taken` are those that describe units and stages."""
    rest = [name for name in table.columns if name not in taken]
    chosen = rest if variables is None else list(variables)
    wanted = dict.fromkeys([*taken, *chosen, *sorted(notation.text)])
    if not require_columns(table, wanted, problems):
        problems.raise_any(DataError, _UNUSABLE)
    if not chosen:
        problems.add(f"there are no variables beside {listing(sorted(taken))}")
    refuse_hidden(chosen, "variable", problems)
    return chosen


def _opened(
    frame: Any, unit: str | None, stage: str | None, given: Mapping[str, str]
) -> tuple[nw.DataFrame[Any], str]:
    """Return a wide frame, and the column of its units."""
    named = unit is not None
    frame, unit = _with_index(frame, unit)

    def keys(names: Sequence[str]) -> Keys:
        return _wide_keys(unit or next(iter(names), ""), given, names)

    table = open_table(frame, None if stage else keys)
    column = next(iter(table.columns), "unit") if unit is None else as_code(unit)
    if not named:
        check_codes(table, column)
    return table, column


def _with_index(frame: Any, unit: str | None) -> tuple[Any, str | None]:
    """Return the frame with its index as a column, and the column of units, if it carries them."""
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


def _single_period(frame: nw.DataFrame[Any], given: dict[str, str]) -> str | None:
    """Take a period that all rows are about out of the columns given, and return it.

    What is spelled as a period is one, also if a column has that name.
    """
    period = given.get("periods")
    if period is None or (period in frame.columns and parts_of_year(period) is None):
        return None
    return given.pop("periods")


def _explain_period(table: nw.DataFrame[Any], period: str | None, problems: Problems) -> None:
    """Say beside other problems that what was taken for a period may be a misspelled column."""
    if problems and period is not None and parts_of_year(period) is None:
        problems.add(
            f"there is no column '{period}', so all rows are about that period: "
            + near_miss(period, table.columns)
        )


def _put_into_periods(codes: list[str], columns: dict[str, Any]) -> None:
    """Make the codes and the parents those of rows of a panel, if there are periods."""
    periods = columns.get("periods")
    if periods is None:
        return
    codes[:] = [c and p and f"{c}@{p}" for c, p in zip(codes, periods, strict=True)]
    if "parents" in columns:
        parents = zip(columns["parents"], periods, strict=True)
        columns["parents"] = tuple(parent and f"{parent}@{p}" for parent, p in parents)


def _collected(
    codes: list[str], columns: dict[str, Any], steps: _StageColumn | None, problems: Problems
) -> Units | None:
    """Return the units; of several rows of a unit the one of the latest stage says its fields."""
    if not codes or "" in codes:
        return None
    if steps is not None:
        rows: dict[str, int] = {}
        for name in steps.order:
            rows |= {codes[i]: i for i, step in enumerate(steps.names) if step == name}
        for (code, name), count in Counter(zip(codes, steps.names, strict=True)).items():
            if count > 1:
                cause = f"unit '{code}' stands there more than once"
                problems.add(cause, code="unit.twice", unit=code, stage=name)
        codes, columns = list(rows), _taken(columns, list(rows.values()))
    try:
        return Units(tuple(codes), **columns)
    except DataError as error:
        problems.extend(error.problems)
        return None


def _taken(columns: Mapping[str, Any], rows: list[int]) -> dict[str, Any]:
    """Return the fields of some rows."""
    taken: dict[str, Any] = {}
    for field, column in columns.items():
        if isinstance(column, Mapping):
            taken[field] = FrozenMap(_taken(column, rows))
        elif isinstance(column, np.ndarray):
            taken[field] = column[rows]
        else:
            taken[field] = tuple(column[row] for row in rows)
    return taken


# -- long -----------------------------------------------------------------------------------------


def read_long(
    frame: Any,
    columns: Mapping[str, str | None],
    units: Units | None,
    *,
    notation: Notation,
    stages: Sequence[str] | None,
    fall_back: bool | Sequence[str],
    fill_down: Sequence[str],
) -> dict[str, Any]:
    """Read one row per cell."""
    given = {part: as_code(name) for part, name in columns.items() if name is not None}
    table = open_table(frame, lambda names: _long_keys(given, names))
    wanted = _long_keys(given, table.columns)
    period = _single_period(table, given)
    table = filled_down(table, fill_down, [own for part, own in given.items() if part != "value"])
    problems = Problems()
    if not require_columns(table, given.values(), problems):
        problems.raise_any(DataError, _UNUSABLE)
    codes = unit_codes(table, given["unit"], problems)
    names = _variable_names(table, given["variable"], notation, problems)
    steps = _StageColumn.of(table, given.get("stage"), stages, fall_back, problems)
    problems.extend(unknown_units(codes, dict.fromkeys(codes if units is None else units.bodies)))
    if "periods" in given:
        codes, units = _rows_of(table, given["periods"], codes, units, problems)
    problems.raise_any(DataError, _UNUSABLE)
    keys = list(zip(codes, names, steps.names, strict=True))
    wanted.check(len(keys), len(set(keys)))
    everyone = Units(tuple(dict.fromkeys(codes))) if units is None else units
    cells = table.select(given["value"])
    numbers, marks, levels = _by_variable(cells, codes, names, notation, problems)
    _note_doubled(keys, problems)
    problems.raise_any(DataError, _UNUSABLE)
    variables = tuple(dict.fromkeys(names))
    at = (steps.numbers, _numbered(codes, everyone.codes), _numbered(names, variables))
    read = steps.fields((len(everyone), len(variables)), at, numbers, marks)
    if "stage" not in given:
        read = {"values": read["values"], "status": read["status"]}
    return {"units": everyone, "variables": variables, "levels": levels, "period": period, **read}


def _variable_names(
    table: nw.DataFrame[Any], column: str, notation: Notation, problems: Problems
) -> list[str]:
    names = [text or "" for text in column_texts(table, column)]
    refuse_hidden(names, "variable", problems)
    if "" in names:
        problems.add("no variable is named", code="row.variable", row=names.index("") + 1)
    for name in sorted(notation.text.difference(names)):
        problems.add(f"there is no variable '{name}': {near_miss(name, dict.fromkeys(names))}")
    return names


def _numbered(names: Iterable[str], known: Iterable[str]) -> Index:
    """Return the number of each name among the known ones."""
    number = {name: i for i, name in enumerate(known)}
    return np.array([number[name] for name in names], dtype=np.intp)


def _by_variable(
    cells: nw.DataFrame[Any],
    codes: Sequence[str],
    names: Sequence[str],
    notation: Notation,
    problems: Problems,
) -> tuple[Float, Status, dict[str, tuple[str, ...]]]:
    """Return the number and the status of every row, read variable by variable, and the answers."""
    numbers = np.full(len(names), np.nan)
    marks = np.zeros(len(names), dtype=np.uint8)
    levels: dict[str, tuple[str, ...]] = {}
    rows_of: dict[str, list[int]] = {}
    for row, name in enumerate(names):
        rows_of.setdefault(name, []).append(row)
    for name, rows in rows_of.items():
        part = cells[rows].rename({cells.columns[0]: name})
        units = [codes[row] for row in rows]
        values, status, answers = read_cells(
            part, [name], notation, units.__getitem__, problems, unwanted="leave its rows out"
        )
        numbers[rows], marks[rows] = values[0], status[0]
        levels |= answers
    return numbers, marks, levels


def _note_doubled(keys: Sequence[tuple[str, str, str]], problems: Problems) -> None:
    """Note every row of a cell that an earlier row is about, too."""
    latest: dict[tuple[str, str, str], int] = {}
    for row, key in enumerate(keys, 1):
        if key in latest:
            found = f"rows {latest[key]} and {row}"
            unit, variable, stage = key
            problems.add(
                f"stands there more than once ({found})",
                code="cell.doubled",
                unit=unit,
                variable=variable,
                stage=stage or None,
                row=row,
                found=found,
            )
        latest[key] = row


def _long_keys(columns: Mapping[str, str], names: Sequence[str]) -> Keys:
    return Keys(
        tuple(column for part, column in columns.items() if part != "value" and column in names),
        "cells",
        "count, sum or average the rows of every cell first, or give the columns that tell them "
        "apart: stage=…, period=…",
    )


def _rows_of(
    table: nw.DataFrame[Any],
    column: str,
    bodies: Sequence[str],
    units: Units | None,
    problems: Problems,
) -> tuple[list[str], Units]:
    """Return the code of every row of a long panel, and the rows that there are."""
    periods = named_periods(column_texts(table, column), column, problems)
    problems.extend(period_problems(filter(None, periods)))
    problems.raise_any(DataError, _UNUSABLE)
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
