"""The gap between two units, node by node."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from govindex.checks import instance_of
from govindex.decomposition.tree_parts import tree_parts
from govindex.errors import DataError
from govindex.kernels.rounding import snap
from govindex.language import check_language
from govindex.model.tree import Indicator
from govindex.results import IndexResult

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["gap"]


def gap(
    result: IndexResult,
    unit: str,
    other: str,
    *,
    node: str | None = None,
    language: str | None = None,
) -> pd.DataFrame:
    """Divide the lead of one unit over another among the nodes, which add up to it exactly.

    A node's part of the gap is the difference of what it contributes to the two scores, as
    :func:`~govindex.contributions` divides them; a node that does not count for one of the units
    contributes nothing to it.

    Parameters
    ----------
    result : IndexResult
        Of a declarative methodology.
    unit, other : str
        Codes or names.
    node : str, optional
        The node whose scores are compared; the total by default.
    language : str, optional
        Of the nodes' names.

    Returns
    -------
    DataFrame
        A row per node in the order of the tree, indexed by `node`: `name`, `tier`, `is_leaf`, the
        printed `score` and `other_score` of the node, `contribution` and `other_contribution` to
        the divided node, `gap` (positive: `unit` is ahead), `own_gap` (the part that a node's
        children leave; all of an indicator), and `method`. The `own_gap` of all nodes adds up to
        the gap of the first row. Scores and contributions are missing where a node does not count.

    Raises
    ------
    DataError
        If one of the units has no score.
    UnknownNameError
        If there is no such unit or node.
    SettingError
        As of :func:`~govindex.contributions`.

    Examples
    --------
    >>> import govindex as gi
    >>> groups = gi.methodology("vn.service-766").cut()
    >>> result = groups.compute(gi.datasets.load("vn.service-766.provinces-2026-10-10"))
    >>> parts = gap(result, *result.table().index[:2])
    >>> parts.loc[["766", "1", "2", "3", "4", "5"], "gap"].round(2).to_list()
    [1.32, -0.85, 1.55, -1.42, -0.31, 2.35]
    """
    import pandas as pd

    check_language(language)
    instance_of(result, IndexResult, "result")
    one, two = (result.units.locate(instance_of(name, str, "unit")) for name in (unit, other))
    code = result.codes[0] if node is None else instance_of(node, str, "node")
    found = tree_parts(result, code)
    top = found[result.node(code).code]
    for row in (one, two):
        if np.isnan(top.points[row]):
            name = result.units.labels()[row]
            raise DataError(f"unit '{name}' has no score at '{top.node.code}' to compare")
    scale = max(float(result.maxima[result.row_of(top.node.code)]), 0.0) or 1.0
    rows = []
    for code, part in found.items():
        scores = result.printed_at(code)
        points, own = snap(part.points, scale), snap(part.own, scale)
        ends = np.nan_to_num(points[[one, two]])
        own_ends = np.nan_to_num(own[[one, two]])
        rows.append(
            {
                "node": code,
                "name": part.node.label(language),
                "tier": part.tier,
                "is_leaf": isinstance(part.node, Indicator),
                "score": scores[one],
                "other_score": scores[two],
                "contribution": points[one],
                "other_contribution": points[two],
                "gap": float(snap(np.array(ends[0] - ends[1]), scale)),
                "own_gap": float(snap(np.array(own_ends[0] - own_ends[1]), scale)),
                "method": part.method,
            }
        )
    return pd.DataFrame(rows).set_index("node")
