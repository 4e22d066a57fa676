"""Observations in documents: variable by variable, a value and a status for each unit."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from govindex.contracts import CellStatus, Float, Status
from govindex.errors import Problems
from govindex.interchange.columns import (
    STATUSES,
    block_of,
    flags_of,
    floats_of,
    numbers_of,
    status_array,
    statuses_of,
)
from govindex.interchange.report_documents import REPORTS, read_report, report_document
from govindex.interchange.shapes import Fields, Flag, Listed, Number, Plain, Text
from govindex.interchange.unit_documents import UNITS, read_units, unit_documents
from govindex.model.observations import Observations, Stage
from govindex.model.units import Units

__all__ = ["CELLS", "cell_document", "observation_shape", "observations_document", "read_cells"]
__all__ += ["read_observations"]

_OF_REPLICATES = ("factors", "values")
_NUMBERS = Listed(Number(null=True))
_STATUSES = Listed(Text(STATUSES))
_STAGE = Fields({"stage": Text(), "value": Listed(Plain()), "status": _STATUSES})
_VARIABLE = Fields(
    {"variable": Text(), "value": Listed(Plain()), "status": _STATUSES},
    {
        "answers": Listed(Text()),
        "error": _NUMBERS,
        "treated": Listed(Flag()),
        "raw": _NUMBERS,
        "stages": Listed(_STAGE),
    },
)
_BLOCK = Listed(Listed(_NUMBERS))
_COVARIANCES = Fields({"variables": Listed(Text()), "values": _BLOCK})
_REPLICATES = Fields({**_COVARIANCES.required, "factors": Listed(Number())})
CELLS = Fields(
    {"variables": Listed(_VARIABLE)},
    {
        "period": Text(null=True),
        "stage": Text(null=True),
        "stages": Listed(Text()),
        "fall_back": Listed(Text()),
        "covariances": _COVARIANCES,
        "replicates": _REPLICATES,
        "reports": REPORTS,
    },
)


def observation_shape() -> dict[str, Any]:
    """Return the fields of a document of observations: the units, and their cells."""
    return {"units": UNITS, **CELLS.required}


def observations_document(data: Observations) -> dict[str, Any]:
    """Return the document of observations."""
    return {"units": unit_documents(data.units), **cell_document(data)}


def cell_document(data: Observations) -> dict[str, Any]:
    """Return the cells of observations, without their units.

    The value of a suppressed cell is not in it, at any stage.
    """
    hidden = data.status == CellStatus.SUPPRESSED
    raw = data.raw_values
    variables = []
    for column, name in enumerate(data.variables):
        answers = data.levels.get(name)
        cells = _cells(data.values[:, column], data.status[:, column], hidden[:, column], answers)
        table: dict[str, Any] = {"variable": name, **cells}
        if answers is not None:
            table["answers"] = list(answers)
        if data.errors is not None:
            table["error"] = numbers_of(data.errors[:, column])
        if (mask := data.treated[:, column]).any():
            table["treated"] = mask.tolist()
            table["raw"] = numbers_of(np.where(mask, raw[:, column], np.nan))
        if data.stages:
            table["stages"] = [
                {
                    "stage": stage.name,
                    **_cells(
                        stage.values[:, column], stage.status[:, column], hidden[:, column], answers
                    ),
                }
                for stage in data.stages
            ]
        variables.append(table)
    return {
        "period": data.period,
        "stage": data.stage,
        "stages": [stage.name for stage in data.stages],
        "fall_back": list(data.fall_back),
        "variables": variables,
        **_joint_errors(data),
        "reports": [report_document(report) for report in data.reports],
    }


def _joint_errors(data: Observations) -> dict[str, Any]:
    """Return covariances and replicates, if there are any."""
    document: dict[str, Any] = {}
    if data.covariances is not None:
        known = data.covariances
        document["covariances"] = {"variables": list(known.variables)}
        document["covariances"]["values"] = numbers_of(known.values)
    if data.replicates is not None:
        made = data.replicates
        document["replicates"] = {"variables": list(made.variables)}
        document["replicates"] |= {name: numbers_of(getattr(made, name)) for name in _OF_REPLICATES}
    return document


def _cells(
    values: Float, status: Status, hidden: Any, answers: Sequence[str] | None
) -> dict[str, Any]:
    status = np.where(hidden, np.uint8(CellStatus.SUPPRESSED), status)
    numbers = numbers_of(np.where(status == CellStatus.SUPPRESSED, np.nan, values))
    if answers is not None:
        numbers = [None if number is None else answers[int(number)] for number in numbers]
    return {"value": numbers, "status": statuses_of(status)}


def read_observations(document: dict[str, Any]) -> Observations:
    """Return the observations of a document.

    Raises
    ------
    DataError
        With every problem, as :class:`~govindex.Observations` finds them.
    """
    return read_cells(document, read_units(document["units"]))


def read_cells(document: dict[str, Any], units: Units) -> Observations:
    """Return observations of known units from the document of their cells."""
    from govindex.errors import DataError

    variables, problems = document["variables"], Problems()
    for number, table in enumerate(variables):
        _check_variable(table, f"variables[{number}]", len(units), problems)
    if not variables:
        problems.add("there are no variables", code="variable.nothing", path="variables")
    problems.raise_any(DataError, "The document of observations cannot be read")
    levels = {
        table["variable"]: tuple(table["answers"]) for table in variables if "answers" in table
    }
    treated = _stacked(variables, "treated", len(units), fill=False)
    raw = _stacked(variables, "raw", len(units), fill=None)
    has_errors = any("error" in table for table in variables)
    errors = _floats(_stacked(variables, "error", len(units), fill=None)) if has_errors else None
    stages = [
        Stage(name, *_arrays([table["stages"][number] for table in variables], variables))
        for number, name in enumerate(document.get("stages", []))
    ]
    values, status = _arrays(variables, variables)
    mask = np.stack([flags_of(column) for column in treated], axis=1) if treated else None
    return Observations(
        units,
        tuple(table["variable"] for table in variables),
        values,
        status,
        levels=levels,
        period=document.get("period"),
        stages=tuple(stages),
        stage=document.get("stage"),
        fall_back=tuple(document.get("fall_back", ())),
        treated=mask,
        raw=() if mask is None else _floats(raw)[mask],
        errors=errors,
        covariances=_block(document.get("covariances"), ()),
        replicates=_block(document.get("replicates"), ("factors",)),
        reports=tuple(read_report(report) for report in document.get("reports", ())),
    )


def _block(said: dict[str, Any] | None, more: tuple[str, ...]) -> Any:
    """Return variables, their block of numbers, and further lists."""
    if said is None:
        return None
    lists = (floats_of(said[name]) for name in more)
    return tuple(said["variables"]), block_of(said["values"]), *lists


def _check_variable(table: dict[str, Any], path: str, units: int, problems: Problems) -> None:
    """Note columns of other lengths, and values that are neither numbers nor answers."""
    columns: dict[str, list[Any]] = {
        name: table[name]
        for name in ("value", "status", "error", "treated", "raw")
        if name in table
    }
    for stage in table.get("stages", ()):
        columns |= {f"{stage['stage']}: {name}": stage[name] for name in ("value", "status")}
    for name, column in columns.items():
        if len(column) != units:
            cause = f"has {len(column)} values for {units} units"
            problems.add(cause, code="document.length", path=f"{path}.{name}")
        if not name.endswith("value"):
            continue
        answers = table.get("answers")
        for index, value in enumerate(column):
            fits = value in answers if answers is not None else Number().takes(value)
            if value is not None and not fits:
                expected = "one of the answers" if answers is not None else "a finite number"
                cause = f"expected {expected}, not {value!r}"
                where = f"{path}.{name}[{index}]"
                problems.add(cause, code="document.value", path=where, found=repr(value))


def _stacked(variables: list[dict[str, Any]], name: str, units: int, fill: Any) -> list[list[Any]]:
    return [table.get(name, [fill] * units) for table in variables]


def _floats(columns: list[list[Any]]) -> Float:
    return np.stack([floats_of(column) for column in columns], axis=1)


def _arrays(columns: list[dict[str, Any]], variables: list[dict[str, Any]]) -> tuple[Float, Status]:
    values = [
        _numbers(c["value"], v.get("answers")) for c, v in zip(columns, variables, strict=True)
    ]
    return _floats(values), np.stack([status_array(c["status"]) for c in columns], axis=1)


def _numbers(values: list[Any], answers: list[str] | None) -> list[Any]:
    if answers is None:
        return values
    number = {answer: index for index, answer in enumerate(answers)}
    return [None if value is None else number[value] for value in values]
