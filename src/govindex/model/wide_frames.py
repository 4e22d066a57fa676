"""Wide frames, one row per unit, → the fields of observations."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from govindex.checks import shown
from govindex.errors import DataError, Problems, SettingError, listing, near_miss
from govindex.frames import Keys, open_table, read_cells, require_columns
from govindex.mappings import FrozenMap
from govindex.model.frame_columns import UNUSABLE, StageColumn, row_numbers, single_period
from govindex.model.identifiers import (
    check_codes,
    check_fields,
    filled_down,
    refuse_hidden,
    unit_codes,
    unit_columns,
)
from govindex.model.units import Units
from govindex.names import as_code
from govindex.notation import Notation
from govindex.periods import parts_of_year

if TYPE_CHECKING:
    import narwhals as nw

__all__ = ["opened_frame", "read_wide"]


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
    headers = {field: as_code(name) for field, name in fields.items() if name is not None}
    stage = None if stage is None else as_code(stage)
    table, unit = opened_frame(frame, unit, stage, headers)
    keys = _wide_keys(unit, headers, table.columns)
    period = single_period(table, headers)
    describing = dict.fromkeys([unit, *headers.values(), *attributes, *([stage] if stage else [])])
    table = filled_down(table, fill_down, describing)
    problems = Problems()
    chosen = _variables(table, describing, variables, notation, problems)
    codes = unit_codes(table, unit, problems)
    steps = StageColumn.of(table, stage, stages, fall_back, problems) if stage else None
    columns = unit_columns(table, headers, attributes, notation, problems)
    check_fields(codes, columns, headers, notation.not_applicable_words, problems)
    _put_into_periods(codes, columns)
    rows = codes if steps is None else list(zip(codes, steps.names, strict=True))
    keys.check(len(codes), len(set(rows)))
    values, status, levels = read_cells(table, chosen, notation, codes.__getitem__, problems)
    units = _collected(codes, columns, steps, problems)
    _explain_period(table, period, problems)
    problems.raise_any(DataError, UNUSABLE)
    assert units is not None
    cells = {"values": values.T, "status": status.T}
    if steps is not None:
        at = (steps.numbers, row_numbers(codes, units.codes))
        cells = steps.fields((len(units), len(chosen)), at, values.T, status.T)
    return {"units": units, "variables": chosen, "levels": levels, "period": period, **cells}


def _variables(
    table: nw.DataFrame[Any],
    describing: Iterable[str],
    variables: Sequence[str] | None,
    notation: Notation,
    problems: Problems,
) -> list[str]:
    """Return the columns to read; `describing` are those of units and stages."""
    rest = [name for name in table.columns if name not in describing]
    chosen = rest if variables is None else list(variables)
    wanted = dict.fromkeys([*describing, *chosen, *sorted(notation.text)])
    if not require_columns(table, wanted, problems):
        problems.raise_any(DataError, UNUSABLE)
    if not chosen:
        problems.add(f"there are no variables apart from {listing(sorted(describing))}")
    refuse_hidden(chosen, "variable", problems)
    return chosen


def opened_frame(
    frame: Any, unit: str | None, stage: str | None, headers: Mapping[str, str]
) -> tuple[nw.DataFrame[Any], str]:
    """Return a wide frame, and the column of its units."""
    named = unit is not None
    if not isinstance(unit, Hashable):
        raise SettingError(f"unit names the column of the units, not {shown(unit)}")
    frame, unit = _with_index(frame, unit)

    def keys(names: Sequence[str]) -> Keys:
        return _wide_keys(unit or next(iter(names), ""), headers, names)

    table = open_table(frame, None if stage else keys)
    column = next(iter(table.columns), "unit") if unit is None else as_code(unit)
    if not named:
        check_codes(table, column)
    return table, column


def _with_index(frame: Any, unit: str | None) -> tuple[Any, str | None]:
    """Return the frame with its index as a column, if that holds the units, and that column."""
    # The index of a pandas frame holds the units if it has a name or holds texts.
    index = getattr(frame, "index", None)
    # The index of a Dask frame does not say what it holds.
    known = all(hasattr(index, name) for name in ("nlevels", "inferred_type"))
    if index is None or not hasattr(frame, "reset_index") or not known:
        return frame, unit
    if index.nlevels > 1:  # a panel's units and periods, if `unit` names one of the levels
        return (frame.reset_index() if unit in index.names else frame), unit
    name = "unit" if index.name is None else index.name
    if unit is None:
        holds_units = index.name is not None or index.inferred_type == "string"
    else:
        holds_units = as_code(unit) == as_code(str(index.name)) and index.name is not None
    if not holds_units:
        return frame, unit
    if name in frame.columns:
        raise DataError(
            f"the index and a column are both named '{name}': rename one of them, or drop the "
            "index with reset_index(drop=True)"
        )
    return frame.reset_index(names=name), str(name)


def _wide_keys(unit: str, headers: Mapping[str, str], names: Sequence[str]) -> Keys:
    columns, instead = [as_code(unit)], "give period=… if the rows are periods; "
    period = headers.get("periods")
    if period is not None and period in names and parts_of_year(period) is None:
        columns.append(period)
        instead = ""
    return Keys(
        tuple(columns),
        "units",
        f"{instead}else count first, with gi.records.count(…), or read one row per cell with "
        "Observations.from_long(…)",
    )


def _explain_period(table: nw.DataFrame[Any], period: str | None, problems: Problems) -> None:
    """Note, if there are other problems, that the period may be a misspelled column."""
    if problems and period is not None and parts_of_year(period) is None:
        problems.add(
            f"there is no column '{period}', so all rows are about that period: "
            + near_miss(period, table.columns)
        )


def _put_into_periods(codes: list[str], columns: dict[str, Any]) -> None:
    """Add the periods, if there are any, to the codes and the parents."""
    periods = columns.get("periods")
    if periods is None:
        return
    codes[:] = [c and p and f"{c}@{p}" for c, p in zip(codes, periods, strict=True)]
    if "parents" in columns:
        parents = zip(columns["parents"], periods, strict=True)
        columns["parents"] = tuple(parent and f"{parent}@{p}" for parent, p in parents)


def _collected(
    codes: list[str], columns: dict[str, Any], steps: StageColumn | None, problems: Problems
) -> Units | None:
    """Return the units; of several rows of a unit the one of the latest stage gives its fields."""
    if not codes or "" in codes:
        return None
    if steps is not None:
        rows: dict[str, int] = {}
        for name in steps.order:
            rows |= {codes[i]: i for i, step in enumerate(steps.names) if step == name}
        for (code, name), count in Counter(zip(codes, steps.names, strict=True)).items():
            if count > 1:
                cause = f"unit '{code}' appears more than once"
                problems.add(cause, code="unit.twice", unit=code, stage=name)
        codes, columns = list(rows), _fields_of(columns, list(rows.values()))
    try:
        return Units(tuple(codes), **columns)
    except DataError as error:
        problems.extend(error.problems)
        return None


def _fields_of(columns: Mapping[str, Any], rows: list[int]) -> dict[str, Any]:
    """Return the fields of some rows."""
    fields: dict[str, Any] = {}
    for field, column in columns.items():
        if isinstance(column, Mapping):
            fields[field] = FrozenMap(_fields_of(column, rows))
        elif isinstance(column, np.ndarray):
            fields[field] = column[rows]
        else:
            fields[field] = tuple(column[row] for row in rows)
    return fields
