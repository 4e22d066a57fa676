"""Contributions as a table: a row per unit and node."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from govindex.decomposition.tree_parts import tree_parts
from govindex.kernels.rounding import snap
from govindex.language import check_language
from govindex.model.tree import Indicator
from govindex.results import IndexResult

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["contributions"]


def contributions(
    result: IndexResult, node: str | None = None, *, language: str | None = None
) -> pd.DataFrame:
    """Divide every unit's score among the nodes below, which add up to it exactly.

    Under a mean or a sum a node contributes its weight times its share, whatever the rules of its
    indicators: a z-score below 0 contributes less than nothing. Under another aggregator, or where
    the branch has a rule, a child contributes its weight's part of what the branch would
    have if every child had a share of 1, plus its Shapley value: what its move from 1 to its
    own share changes, averaged over the orders in which the children can move (all orders for up to
    twelve children, otherwise twice as many orders as children). Rules and aggregators that look at
    peers are frozen on the data first.

    Parameters
    ----------
    result : IndexResult
        Of a declarative methodology.
    node : str, optional
        The node whose scores are divided; the total by default.
    language : str, optional
        Of the nodes' names.

    Returns
    -------
    DataFrame
        Indexed by `unit` and `node`, units in their order in the result and nodes in the order of
        the tree: `name` of the node, its `tier` below the divided node (0), `is_leaf`,
        `contribution` in the printed unit, `own` (the part that a node's children leave: rounding
        and clipping; all of an indicator), and `method`, how the parent is divided: "arithmetic",
        "shapley", "shapley of 26 orders", or "undivided" where a part that looks at peers cannot be
        frozen; "total" for the divided node. The `own` parts of all nodes add up to the score, as
        do the contributions of a branch's children with its `own`. Missing for a unit without a
        score, and where a node does not count: absent, or not in the unit's form.

    Raises
    ------
    SettingError
        If the methodology's own code computed the scores, the node is a view, or there are no
        words in the language.
    UnknownNameError
        If there is no such node.

    References
    ----------
    L. S. Shapley, "A value for n-person games", Contributions to the Theory of Games II (1953).

    Examples
    --------
    >>> import govindex as gi
    >>> groups = gi.methodology("vn.service-766").cut()
    >>> result = groups.compute(gi.datasets.load("vn.service-766.provinces-2026-10-10"))
    >>> table = contributions(result)
    >>> points = table.loc["H20", "contribution"]
    >>> points[["766", "1", "2", "3", "4", "5"]].round(2).to_list()
    [68.8, 11.46, 17.69, 15.26, 9.72, 14.67]
    """
    import pandas as pd

    check_language(language)
    code = result.codes[0] if node is None and isinstance(result, IndexResult) else node
    found = tree_parts(result, code)
    units, nodes = len(result.units), len(found)
    scale = max(float(result.maxima[result.row_of(next(iter(found)))]), 0.0) or 1.0
    points = snap(np.array([part.points for part in found.values()]), scale)
    own = snap(np.array([part.own for part in found.values()]), scale)

    def each(values: list[object]) -> np.ndarray[tuple[int], np.dtype[np.object_]]:
        return np.tile(np.array(values, dtype=object), units)

    parts = list(found.values())
    index = pd.MultiIndex.from_arrays(
        [np.repeat(np.array(result.units.codes, dtype=object), nodes), each([*found])],
        names=["unit", "node"],
    )
    return pd.DataFrame(
        {
            "name": each([part.node.label(language) for part in parts]),
            "tier": np.tile([part.tier for part in parts], units),
            "is_leaf": np.tile([isinstance(part.node, Indicator) for part in parts], units),
            "contribution": points.T.ravel(),
            "own": own.T.ravel(),
            "method": each([part.method for part in parts]),
        },
        index=index,
    )
