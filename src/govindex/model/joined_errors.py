"""Errors of several stages or periods → those of one set of observations."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import attrs
import numpy as np

from govindex.contracts import Float, Index
from govindex.model.cells import ObservedCells
from govindex.model.error_reports import lost_cells
from govindex.model.joint_errors import Covariances, ReplicatedValues
from govindex.model.stages import picked

__all__ = ["merged_errors", "picked_errors", "stacked_errors"]


def picked_errors(every: Sequence[ObservedCells], source: Index) -> dict[str, Any]:
    """Return the errors of cells that are each taken from the stage that `source` numbers.

    A covariance between cells of different stages is not known.
    """
    if all(data.errors is None for data in every):
        return {}
    variables = every[0].variables
    errors = picked(_errors(every, variables), source)

    def covariances(names: Sequence[str]) -> Float:
        columns = [variables.index(name) for name in names]
        at = source[:, columns]
        units = len(at)
        parts = [_covariances(data, names) for data in every]
        both = np.broadcast_to(at[:, :, None], (units, len(names), len(names)))
        chosen = picked(parts, both)
        chosen = np.where(at[:, :, None] == at[:, None, :], chosen, np.nan)
        return _with_diagonal(chosen, errors[:, columns])

    def replicates(names: Sequence[str], count: int) -> Float:
        at = source[:, [variables.index(name) for name in names]]
        parts = [_replicates(data, names, count) for data in every]
        return np.asarray(picked(parts, np.broadcast_to(at, parts[0].shape)))

    return _joined(every, errors, covariances, replicates, "Observations.from_stages")


def stacked_errors(every: Sequence[ObservedCells], variables: tuple[str, ...]) -> dict[str, Any]:
    """Return the errors of periods, one below the other."""
    if all(data.errors is None for data in every):
        return {}
    errors = np.vstack(_errors(every, variables))

    def covariances(names: Sequence[str]) -> Float:
        columns = [variables.index(name) for name in names]
        stacked = np.concatenate([_covariances(data, names) for data in every])
        return _with_diagonal(stacked, errors[:, columns])

    def replicates(names: Sequence[str], count: int) -> Float:
        return np.concatenate([_replicates(data, names, count) for data in every], axis=1)

    return _joined(every, errors, covariances, replicates, "Observations.panel")


def merged_errors(
    data: ObservedCells, values: Float, rows: Sequence[int], shares: Float, indices: Index
) -> dict[str, Any]:
    """Return the errors of merged units, whose values are sums of shares of the units at `rows`.

    Units are independent, unless replicates say how their errors go together.
    """
    if data.errors is None:
        return {}
    count = len(values)
    squares = (shares[:, None] * data.errors[rows]) ** 2
    merged = np.zeros((count, squares.shape[1]))
    np.add.at(merged, indices, squares)
    errors = np.sqrt(merged)
    covariances, replicates = data.covariances, data.replicates
    if covariances is not None:
        covariances = covariances.merged(shares, rows, indices, count)
    if replicates is not None:
        replicates = replicates.merged(shares, rows, indices, count)
        columns = [data.variables.index(name) for name in replicates.variables]
        together = replicates.covariances(values[:, columns])
        together = together + _beyond(data, rows, shares, indices, together.shape)
        spread = np.sqrt(np.diagonal(together, axis1=1, axis2=2))
        errors[:, columns] = np.where(np.isnan(spread), errors[:, columns], spread)
        if covariances is not None:
            covariances = _replaced(covariances, Covariances(replicates.variables, together))
    if covariances is not None:
        columns = [data.variables.index(name) for name in covariances.variables]
        covariances = attrs.evolve(
            covariances, values=_with_diagonal(covariances.values, errors[:, columns])
        )
    return {"errors": errors, "covariances": covariances, "replicates": replicates}


def _beyond(
    data: ObservedCells, rows: Sequence[int], shares: Float, indices: Index, shape: tuple[int, ...]
) -> Float:
    """Return variances that replicates do not show, such as where all answers agree."""
    assert data.errors is not None
    assert data.replicates is not None
    columns = [data.variables.index(name) for name in data.replicates.variables]
    more = data.replicates.variances_beyond(data.values[:, columns], data.errors[:, columns])
    beyond = np.zeros(shape)
    every = np.arange(len(columns))
    diagonal = np.zeros(shape[:2])
    np.add.at(diagonal, indices, shares[:, None] ** 2 * more[rows])
    beyond[:, every, every] = diagonal
    return beyond


def _replaced(covariances: Covariances, known: Covariances) -> Covariances:
    """Return covariances with those that replicates know; between both kinds none is known."""
    names, units = covariances.variables, len(covariances.values)
    found = known.among(names, units)
    apart = np.array([name in known.variables for name in names])
    old = np.where(apart[:, None] != apart[None, :], np.nan, covariances.values)
    return attrs.evolve(covariances, values=np.where(np.isnan(found), old, found))


def _joined(
    every: Sequence[ObservedCells],
    errors: Float,
    covariances: Callable[[Sequence[str]], Float],
    replicates: Callable[[Sequence[str], int], Float],
    step: str,
) -> dict[str, Any]:
    fields: dict[str, Any] = {"errors": errors}
    variables = every[0].variables
    joint = [data.covariances for data in every if data.covariances is not None]
    if joint:
        names = tuple(v for v in variables if any(v in each.variables for each in joint))
        fields["covariances"] = Covariances(names, covariances(names))
    drawn = [data.replicates for data in every if data.replicates is not None]
    if drawn:
        names = tuple(v for v in variables if any(v in each.variables for each in drawn))
        if all(drawn[0].is_like(other) for other in drawn[1:]):
            factors = drawn[0].factors
            fields["replicates"] = ReplicatedValues(names, replicates(names, len(factors)), factors)
        else:
            lost = ~np.isnan(errors[:, [variables.index(name) for name in names]])
            fields["reports"] = lost_cells(step, "replicates", names, lost)
    return fields


def _errors(every: Sequence[ObservedCells], variables: Sequence[str]) -> list[Float]:
    """Return the standard errors of each data set, NaN in those without."""
    return [
        np.full(data.values.shape, np.nan)
        if data.errors is None
        else data.errors[:, [data.column_of(name) for name in variables]]
        for data in every
    ]


def _covariances(data: ObservedCells, names: Sequence[str]) -> Float:
    if data.covariances is None:
        return np.full((len(data.units), len(names), len(names)), np.nan)
    return data.covariances.among(names, len(data.units))


def _replicates(data: ObservedCells, names: Sequence[str], count: int) -> Float:
    if data.replicates is None:
        return np.full((count, len(data.units), len(names)), np.nan)
    return data.replicates.among(names, len(data.units))


def _with_diagonal(covariances: Float, errors: Float) -> Float:
    """Return covariances with squared errors on the diagonal where they lack it."""
    return np.where(np.isnan(covariances) & np.eye(errors.shape[1], dtype=bool),
                    errors[:, :, None] ** 2, covariances)  # fmt: skip
