"""The variables of other data beside those of observations: a survey beside a register."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import attrs
import numpy as np

from govindex.checks import mapping_of
from govindex.contracts import CellStatus
from govindex.errors import DataError, Problem, Problems, listing, near_miss
from govindex.model.arrays import dense
from govindex.model.cells import ObservedCells
from govindex.model.error_reports import lost_cells
from govindex.model.joint_errors import Covariances, ReplicatedValues
from govindex.model.stages import Stage
from govindex.names import as_code

__all__ = ["beside"]


def beside(
    data: ObservedCells, other: ObservedCells, names: Mapping[str, str] | None
) -> dict[str, Any]:
    """Return the fields of `data` with the variables of `other`.

    Parameters are those of :meth:`Observations.with_variables
    <govindex.Observations.with_variables>`.
    """
    renamed = _renamed(other, names)
    problems = Problems()
    problems.extend(_problems(data, other, renamed))
    problems.raise_any(DataError, "The variables cannot be added")
    number = {code: row for row, code in enumerate(other.units.codes)}
    rows = np.array([number.get(code, -1) for code in data.units.codes], dtype=np.intp)
    added = _rows_of(other, rows)
    variables = (*data.variables, *renamed)
    treated = np.hstack([data.treated, added["treated"]])
    raw = np.hstack([data.raw_values, added["raw"]])[treated]
    stages = [
        Stage(s.name, np.hstack([s.values, v]), np.hstack([s.status, t]))
        for s, (v, t) in zip(data.stages, _stage_cells(data, other, rows, added), strict=True)
    ]
    errors = _errors(data, other, rows, renamed)
    lost = errors.pop("reports", ())
    return {
        "units": data.units,
        "variables": variables,
        "values": np.hstack([data.values, added["values"]]),
        "status": np.hstack([data.status, added["status"]]),
        "levels": {
            **data.levels,
            **{new: other.levels[o] for o, new in _pairs(other, renamed) if o in other.levels},
        },
        "period": data.period,
        "stages": stages,
        "stage": data.stage,
        "fall_back": data.fall_back,
        "treated": treated,
        "raw": raw,
        **errors,
        "reports": (*data.reports, *other.reports, *lost),
    }


def _renamed(other: ObservedCells, names: Mapping[str, str] | None) -> tuple[str, ...]:
    given = mapping_of({} if names is None else names, "names", "a mapping of names to new ones")
    new = {as_code(name): as_code(to) for name, to in given.items()}
    for name in new:
        if name not in other.variables:
            known = near_miss(name, other.variables)
            raise DataError(f"names= renames '{name}', which the other data do not hold: {known}")
    return tuple(new.get(name, name) for name in other.variables)


def _pairs(other: ObservedCells, renamed: Sequence[str]) -> Iterator[tuple[str, str]]:
    return zip(other.variables, renamed, strict=True)


def _problems(
    data: ObservedCells, other: ObservedCells, renamed: Sequence[str]
) -> Iterator[Problem]:
    for name in renamed:
        if name in data.variables:
            cause = f"both have a variable '{name}'"
            cure = "rename it with names={'" + name + "': …}"
            yield Problem(cause, code="variable.twice", variable=name, cure=cure)
    known = set(data.units.codes)
    for code in other.units.codes:
        if code not in known:
            yield Problem(
                "the data do not have this unit",
                code="unit.unknown",
                unit=code,
                cure="leave it out with other.take(…), or give the unit the code that it has there",
            )
    if other.period not in (None, data.period):
        cause = f"the data are of {data.period or 'no period'}, the variables of {other.period}"
        blank = f"read the data with from_frame(…, period={other.period!r})"
        yield Problem(cause, code="period.other", cure="" if data.period else blank)
    mine, theirs = ([stage.name for stage in each.stages] for each in (data, other))
    if theirs and (theirs != mine or other.fall_back != data.fall_back):
        yield Problem(
            f"the variables have the stages {listing(theirs)}, the data "
            f"{listing(mine) if mine else 'none'}",
            code="stage.other",
        )


def _rows_of(other: ObservedCells, rows: Any) -> dict[str, Any]:
    """Return the cells of units at `rows`; those of row -1 are missing."""
    blank = (rows < 0)[:, None]
    raw = dense(other.values, other.treated, other.raw)
    return {
        "values": np.where(blank, np.nan, other.values[rows]),
        "status": np.where(blank, np.uint8(CellStatus.MISSING), other.status[rows]),
        "treated": other.treated[rows] & ~blank,
        "raw": np.where(blank, np.nan, raw[rows]),
    }


def _stage_cells(
    data: ObservedCells, other: ObservedCells, rows: Any, added: Mapping[str, Any]
) -> list[tuple[Any, Any]]:
    """Return values and status at each stage; data without stages are the same at every one."""
    if not other.stages:
        return [(added["values"], added["status"])] * len(data.stages)
    parts = [attrs.evolve(other, values=s.values, status=s.status, stages=(), stage=None,
                          fall_back=(), treated=None, errors=None, covariances=None,
                          replicates=None) for s in other.stages]  # fmt: skip
    cells = [_rows_of(part, rows) for part in parts]
    return [(each["values"], each["status"]) for each in cells]


def _errors(
    data: ObservedCells, other: ObservedCells, rows: Any, renamed: tuple[str, ...]
) -> dict[str, Any]:
    """Return the errors of both; between their variables no covariance is known."""
    if data.errors is None and other.errors is None:
        return {}
    blank, units = (rows < 0)[:, None], len(rows)
    mine, theirs = (
        np.full((units, len(each.variables)), np.nan) if each.errors is None else each.errors
        for each in (data, other)
    )
    theirs = np.where(blank, np.nan, theirs[rows] if other.errors is not None else theirs)
    fields: dict[str, Any] = {"errors": np.hstack([mine, theirs])}
    new = dict(_pairs(other, renamed))
    covariances = [each for each in (data.covariances,) if each is not None]
    if (given := other.covariances) is not None:
        names = tuple(new[name] for name in given.variables)
        covariances.append(attrs.evolve(given.taken(rows), variables=names))
    if covariances:
        fields["covariances"] = _block_diagonal(covariances, units)
    drawn = [each for each in (data.replicates,) if each is not None]
    if (more := other.replicates) is not None:
        names = tuple(new[name] for name in more.variables)
        drawn.append(attrs.evolve(more.taken(rows), variables=names))
    if len(drawn) == 2 and not drawn[0].is_like(drawn[1]):
        known = [~np.isnan(each.values).any(axis=0) for each in drawn]
        names = drawn[0].variables + drawn[1].variables
        fields["reports"] = lost_cells("with_variables", "replicates", names, np.hstack(known))
    elif drawn:
        values = np.concatenate([each.values for each in drawn], axis=2)
        names = tuple(name for each in drawn for name in each.variables)
        fields["replicates"] = ReplicatedValues(names, values, drawn[0].factors)
    return fields


def _block_diagonal(parts: Sequence[Covariances], units: int) -> Covariances:
    names = tuple(name for part in parts for name in part.variables)
    whole = np.full((units, len(names), len(names)), np.nan)
    first = 0
    for part in parts:
        last = first + len(part.variables)
        whole[:, first:last, first:last] = part.values
        first = last
    return Covariances(names, whole)
