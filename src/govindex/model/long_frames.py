"""Long frames, one row per cell, → the fields of observations."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from govindex.contracts import Float, Status
from govindex.errors import DataError, Problems, near_miss
from govindex.frames import Keys, column_texts, open_table, read_cells, require_columns
from govindex.model.frame_columns import UNUSABLE, StageColumn, row_numbers, single_period
from govindex.model.identifiers import (
    filled_down,
    named_periods,
    refuse_hidden,
    unit_codes,
)
from govindex.model.panels import in_periods
from govindex.model.units import Units, unknown_units
from govindex.names import as_code
from govindex.notation import Notation
from govindex.periods import period_problems

if TYPE_CHECKING:
    import narwhals as nw

__all__ = ["read_long"]


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
    headers = {part: as_code(name) for part, name in columns.items() if name is not None}
    table = open_table(frame, lambda names: _long_keys(headers, names))
    expected = _long_keys(headers, table.columns)
    period = single_period(table, headers)
    describing = [name for part, name in headers.items() if part != "value"]
    table = filled_down(table, fill_down, describing)
    problems = Problems()
    if not require_columns(table, headers.values(), problems):
        problems.raise_any(DataError, UNUSABLE)
    codes = unit_codes(table, headers["unit"], problems)
    names = _variable_names(table, headers["variable"], notation, problems)
    steps = StageColumn.of(table, headers.get("stage"), stages, fall_back, problems)
    problems.extend(unknown_units(codes, dict.fromkeys(codes if units is None else units.bodies)))
    if "periods" in headers:
        codes, units = _panel_rows(table, headers["periods"], codes, units, problems)
    problems.raise_any(DataError, UNUSABLE)
    keys = list(zip(codes, names, steps.names, strict=True))
    expected.check(len(keys), len(set(keys)))
    known_units = Units(tuple(dict.fromkeys(codes))) if units is None else units
    cells = table.select(headers["value"])
    numbers, marks, levels = _by_variable(cells, codes, names, notation, problems)
    _note_doubled(keys, problems)
    problems.raise_any(DataError, UNUSABLE)
    variables = tuple(dict.fromkeys(names))
    at = (steps.numbers, row_numbers(codes, known_units.codes), row_numbers(names, variables))
    read = steps.fields((len(known_units), len(variables)), at, numbers, marks)
    if "stage" not in headers:
        read = {"values": read["values"], "status": read["status"]}
    fields = {"units": known_units, "variables": variables, "levels": levels, "period": period}
    return {**fields, **read}


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
    """Note every row whose cell an earlier row has, too."""
    latest: dict[tuple[str, str, str], int] = {}
    for row, key in enumerate(keys, 1):
        if key in latest:
            both = f"rows {latest[key]} and {row}"
            unit, variable, stage = key
            problems.add(
                f"appears more than once ({both})",
                code="cell.doubled",
                unit=unit,
                variable=variable,
                stage=stage or None,
                row=row,
                found=both,
            )
        latest[key] = row


def _long_keys(columns: Mapping[str, str], names: Sequence[str]) -> Keys:
    return Keys(
        tuple(column for part, column in columns.items() if part != "value" and column in names),
        "cells",
        "count first, with gi.records.count(…), or name the columns that distinguish cells: "
        "stage=…, period=…",
    )


def _panel_rows(
    table: nw.DataFrame[Any],
    column: str,
    bodies: Sequence[str],
    units: Units | None,
    problems: Problems,
) -> tuple[list[str], Units]:
    """Return the code of every row of a long panel, and its units in periods."""
    periods = named_periods(column_texts(table, column), column, problems)
    problems.extend(period_problems(filter(None, periods)))
    problems.raise_any(DataError, UNUSABLE)
    known = Units(tuple(dict.fromkeys(bodies))) if units is None else units
    codes = [f"{body}@{period}" for body, period in zip(bodies, periods, strict=True)]
    if known.periods is not None:
        unknown = list(unknown_units(codes, dict.fromkeys(known.codes)))
        if unknown:
            raise DataError("; ".join(unknown))
        return codes, known
    keys = dict.fromkeys(zip(bodies, periods, strict=True))
    rows = [known.locate(body) for body, _ in keys]
    return codes, in_periods(known, rows, [period for _, period in keys])
