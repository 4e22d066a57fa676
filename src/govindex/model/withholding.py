"""Suppressed cells: observations do not reveal their values, at any stage or in any list."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

import attrs
import numpy as np

from govindex.contracts import Bool, CellStatus, Float, Report, Status
from govindex.errors import DataError
from govindex.model.arrays import dense
from govindex.model.stages import Stage

__all__ = ["hidden", "withheld"]


class _HeldCells(Protocol):
    """What observations hold of cells."""

    @property
    def variables(self) -> tuple[str, ...]: ...
    @property
    def values(self) -> Float: ...
    @property
    def status(self) -> Status: ...
    @property
    def levels(self) -> Mapping[str, tuple[str, ...]]: ...
    @property
    def stages(self) -> tuple[Stage, ...]: ...
    @property
    def reports(self) -> tuple[Report, ...]: ...
    @property
    def treated(self) -> Bool: ...
    @property
    def raw(self) -> Float: ...


def withheld(data: _HeldCells) -> dict[str, Any]:
    """Return the fields that have to change so that suppressed values are not revealed.

    A cell that the last stage suppresses has no value at earlier ones, and an answer that only
    suppressed cells gave is no known answer of its variable.
    """
    suppressed = data.status == np.uint8(CellStatus.SUPPRESSED)
    own = [stage.status == np.uint8(CellStatus.SUPPRESSED) for stage in data.stages]
    if not suppressed.any() and not any(mask.any() for mask in own):
        return {}
    changes: dict[str, Any] = {}
    if data.stages:
        last = own[-1] if data.reports else own[-1] | suppressed
        changes["stages"] = stages = tuple(
            _without(stage, mask | last) for stage, mask in zip(data.stages, own, strict=True)
        )
    else:
        stages = ()
    touched = np.logical_or.reduce([suppressed, *own]).any(axis=0)
    return changes | _answers(data, stages, touched)


def _without(stage: Stage, mask: Bool) -> Stage:
    if not mask.any():
        return stage
    status = np.where(mask, np.uint8(CellStatus.SUPPRESSED), stage.status)
    return attrs.evolve(stage, values=np.where(mask, np.nan, stage.values), status=status)


def _answers(data: _HeldCells, stages: Sequence[Stage], touched: Bool) -> dict[str, Any]:
    """Return answers without those that only suppressed cells gave, and cells numbered by them."""
    arrays = [np.array(each) for each in (data.values, *(stage.values for stage in stages))]
    levels = dict(data.levels)
    for column in np.flatnonzero(touched).tolist():
        texts = levels.get(data.variables[column])
        if texts is None:
            continue
        given = np.concatenate([array[:, column] for array in arrays])
        used = np.unique(given[~np.isnan(given)]).astype(np.intp)
        if len(used) == len(texts):
            continue
        levels[data.variables[column]] = tuple(texts[number] for number in used.tolist())
        for array in arrays:
            known = ~np.isnan(array[:, column])
            array[known, column] = np.searchsorted(used, array[known, column])
    if levels == dict(data.levels):
        return {}
    values, *others = arrays
    changed = {"levels": {name: texts for name, texts in levels.items() if texts}, "values": values}
    if not stages:
        return changed
    parts = zip(stages, others, strict=True)
    return changed | {"stages": tuple(attrs.evolve(stage, values=v) for stage, v in parts)}


def hidden(data: _HeldCells, mask: Bool) -> dict[str, Any]:
    """Return the fields of observations in which some more cells are suppressed.

    Raises
    ------
    DataError
        If the data were prepared: other cells may depend on these.
    """
    if data.reports and mask.any():
        raise DataError(
            "the data were prepared, so that other cells may depend on those to be suppressed: "
            "suppress them in the data as they were read, then prepare"
        )
    raw = dense(data.values, data.treated, data.raw)
    treated = data.treated & ~mask
    return {
        "values": np.where(mask, np.nan, data.values),
        "status": np.where(mask, np.uint8(CellStatus.SUPPRESSED), data.status),
        "stages": tuple(_without(stage, mask) for stage in data.stages),
        "treated": treated,
        "raw": raw[treated],
    }
