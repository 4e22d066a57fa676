"""Verification of self-assessed points: differences between two stages of assessment."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import attrs
import numpy as np

from govindex.absence import Absence, Shrink
from govindex.aggregate import Arithmetic
from govindex.checks import instance_of
from govindex.contracts import BaseAggregator, CellStatus, completed
from govindex.errors import SettingError
from govindex.kernels.rounding import snap
from govindex.methods import Methodology
from govindex.model.framework import Framework
from govindex.model.observations import Observations
from govindex.model.tree import Indicator, View
from govindex.results import IndexResult
from govindex.results.joint_results import parts_of

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["stage_differences"]

_COLUMNS = ["unit", "name", "node", "before", "after", "difference"]


def stage_differences(
    method: Methodology,
    data: Observations,
    *,
    before: str,
    after: str,
    language: str | None = None,
) -> pd.DataFrame:
    """Compare the points that each indicator earns at two stages of assessment.

    Each stage is scored by itself: no cell falls back, and an indicator that is absent or imputed
    at a stage has no points at it, whatever the methodology does with absent indicators.

    Parameters
    ----------
    method : Methodology
    data : Observations
        With stages.
    before, after : str
        The stages, such as "self" and "verified".
    language : str, optional
        Of the units' names.

    Returns
    -------
    DataFrame
        A row per unit and indicator that has points at one of the stages: unit, name, node, before,
        after and difference (after minus before) in the printed unit; NaN at a stage without
        points.

    Raises
    ------
    UnknownNameError
        If there is no such stage.
    DataError
        If the figures of a stage cannot be scored.
    SettingError
        If the methodology computes its scores by its own code.

    Examples
    --------
    >>> import pandas as pd, govindex as gi
    >>> rows = [("A", "x", "self", 10), ("A", "x", "verified", 8)]
    >>> data = gi.Observations.from_long(
    ...     pd.DataFrame(rows, columns=["unit", "variable", "stage", "value"]),
    ...     stage="stage", stages=["self", "verified"],
    ... )
    >>> leaf = gi.Indicator("x", weight=10, rule=gi.rules.Points())
    >>> framework = gi.Framework("f", [leaf], aggregate=gi.aggregate.Sum())
    >>> method = gi.Methodology("example", "1", framework)
    >>> stage_differences(method, data, before="self", after="verified")["difference"].tolist()
    [-2.0]
    """
    import pandas as pd

    if not isinstance(method, Methodology):
        raise SettingError(
            "points of indicators at two stages need a declarative Methodology, not "
            f"{type(method).__name__}"
        )
    lenient = method._changed(lambda _, framework: _lenient(framework))
    instance_of(data, Observations, "data")
    old, new = (lenient.compute(data.at_stage(stage, fall_back=False)) for stage in (before, after))
    names = dict(zip(new.units.codes, new.units.labels(language), strict=True))
    names = dict(zip(old.units.codes, old.units.labels(language), strict=True)) | names
    earlier, later = _points(old), _points(new)
    units, nodes = ({code: i for i, code in enumerate(codes)} for codes in (names, new.codes))
    keys = sorted(earlier | later, key=lambda key: (units[key[0]], nodes.get(key[1], len(nodes))))
    rows = [
        (
            *(unit, names[unit], node),
            *_difference(earlier.get((unit, node)), later.get((unit, node))),
        )
        for unit, node in keys
    ]
    return pd.DataFrame(rows, columns=_COLUMNS)


Points = tuple[float, float]


def _points(result: IndexResult) -> dict[tuple[str, str], Points]:
    """Return the points of every unit's indicators and the maximum they are printed on."""
    points: dict[tuple[str, str], Points] = {}
    for part in parts_of(result):
        for leaf in part.framework.leaves:
            row = part.row_of(leaf.code)
            scores, status = part.printed_at(leaf.code), part.status[row]
            reported = ~np.isnan(scores) & (status != CellStatus.IMPUTED)
            for unit, score, counts in zip(
                part.units.codes, scores.tolist(), reported, strict=True
            ):
                if counts:
                    points[unit, leaf.code] = score, float(part.maxima[row]) or 1.0
    return points


def _difference(before: Points | None, after: Points | None) -> tuple[float, float, float]:
    old = np.nan if before is None else before[0]
    new = np.nan if after is None else after[0]
    scale = max(points[1] for points in (before, after) if points is not None)
    return old, new, float(snap(np.array(new - old), scale))


def _lenient(framework: Framework) -> Framework:
    """Return the framework with policies that neither refuse nor fill absent indicators."""
    lenient = Absence(missing=Shrink(), not_applicable=Shrink(), suppressed=Shrink())

    def change(node: Any) -> Any:
        settings: dict[str, Any] = {"absence": lenient}
        if not isinstance(node, Indicator | View):
            settings["children"] = tuple(change(child) for child in node.children)
        aggregate = None if isinstance(node, Indicator) else node.aggregate
        if completed(aggregate, BaseAggregator).needs_all:
            settings["aggregate"] = Arithmetic()
        return attrs.evolve(node, **settings)

    changed: Framework = change(framework)
    return attrs.evolve(changed, views=tuple(change(view) for view in framework.views))
