"""The gap between two units, or between a unit and its league, node by node."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

import attrs
import numpy as np

from govindex.checks import among, instance_of, is_share, shown
from govindex.contracts import Float
from govindex.decomposition.tree_parts import NodePart, tree_parts
from govindex.errors import DataError, SettingError
from govindex.kernels.rounding import snap
from govindex.language import check_language
from govindex.model.tree import Indicator
from govindex.results import IndexResult

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["gap"]


_LEAGUES = ("mean", "median", "best")

Of = Literal["mean", "median", "best"] | float


def gap(
    result: IndexResult,
    unit: str | None = None,
    other: str | None = None,
    *,
    league: Of | None = None,
    node: str | None = None,
    language: str | None = None,
) -> pd.DataFrame:
    """Divide the lead of a unit over another, or over its league, among the nodes.

    A node's part of the gap is the difference of what it contributes to the two scores, as
    :func:`~govindex.contributions` divides them; a node that does not count for one of the units
    contributes nothing to it. The parts add up to the gap exactly.

    The median of a league is its middle unit in the order of the ranking, with an even number the
    mean of the middle two; a quantile is the unit there, or the two on either side, weighted. So
    its parts add up to the score there, which medians node by node would not. Where units are
    ranked by percent and their maxima differ, that may be another score than the median of scores.

    Parameters
    ----------
    result : IndexResult
        Of a declarative methodology.
    unit : str, optional
        Code or name; by default the unit that is first.
    other : str, optional
        The unit that it is compared with; by default, without `league`, the one on the next worse
        rank: what separates first from second.
    league : {"mean", "median", "best"} or float, optional
        Compare with the units that are ranked together, the unit itself included: their mean, their
        median, the units that are first (the mean of those that share the rank), or a quantile from
        0, the worst, to 1, the best.
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
        the gap of the first row. Scores and contributions are missing where a node does not count;
        those of a league are means over the units to which it counts, and contributions count the
        others as 0. ``attrs["unit"]`` and ``attrs["other"]`` name what is compared.

    Raises
    ------
    DataError
        If one of the units has no score or no rank.
    UnknownNameError
        If there is no such unit or node.
    SettingError
        If both another unit and the league are given, several leagues have a first unit and none
        is named, and as of :func:`~govindex.contributions`.

    Examples
    --------
    >>> import govindex as gi
    >>> groups = gi.methodology("vn.service-766").cut()
    >>> result = groups.compute(gi.datasets.load("vn.service-766.provinces-2026-10-10"))
    >>> gap(result).loc[["766", "1", "2", "3", "4", "5"], "gap"].round(2).to_list()
    [1.32, -0.85, 1.55, -1.42, -0.31, 2.35]
    >>> gap(result, "H19", league="median").loc[["766", "1", "2", "5"], "gap"].round(2).to_list()
    [4.44, -0.56, -2.18, 3.48]
    """
    check_language(language)
    instance_of(result, IndexResult, "result")
    code = result.codes[0] if node is None else instance_of(node, str, "node")
    found = tree_parts(result, code)
    pair = _compared(result, result.node(code).code, (unit, other), league)
    top = found[result.node(code).code]
    for row in np.flatnonzero(pair.weights[0] + pair.weights[1]):
        if np.isnan(top.points[row]):
            name = result.units.labels()[row]
            raise DataError(f"unit '{name}' has no score at '{top.node.code}' to compare")
    scale = max(float(result.maxima[result.row_of(top.node.code)]), 0.0) or 1.0
    return _table(result, found, pair, scale, language)


@attrs.frozen(eq=False)
class _Pair:
    """What is compared: the names of two sides, and the weights of units, shape (2, units)."""

    names: tuple[str, str]
    weights: Float

    def means(self, numbers: Float, *, absent: float | None = None) -> Float:
        """Return the weighted means of both sides, shape (2,).

        Absent numbers are taken as `absent`, or left out if that is None.
        """
        known = ~np.isnan(numbers)
        sides = []
        for weights in self.weights:
            counts = weights * known
            whole = counts.sum() if absent is None else 1.0
            total = float((counts * np.nan_to_num(numbers, nan=absent or 0.0)).sum())
            sides.append(total / whole if counts.any() else np.nan)
        return np.array(sides)


def _table(
    result: IndexResult,
    found: dict[str, NodePart],
    pair: _Pair,
    scale: float,
    language: str | None,
) -> pd.DataFrame:
    import pandas as pd

    rows = []
    for code, part in found.items():
        scores = pair.means(result.printed_at(code))
        ends = pair.means(snap(part.points, scale), absent=0.0)
        own = np.nan_to_num(pair.means(snap(part.own, scale), absent=0.0))
        lead = np.nan_to_num(ends)
        rows.append(
            {
                "node": code,
                "name": part.node.label(language),
                "tier": part.tier,
                "is_leaf": isinstance(part.node, Indicator),
                "score": scores[0],
                "other_score": scores[1],
                "contribution": ends[0],
                "other_contribution": ends[1],
                "gap": float(snap(np.array(lead[0] - lead[1]), scale)),
                "own_gap": float(snap(np.array(own[0] - own[1]), scale)),
                "method": part.method,
            }
        )
    table = pd.DataFrame(rows).set_index("node")
    table.attrs.update(unit=pair.names[0], other=pair.names[1])
    return table


def _compared(
    result: IndexResult, code: str, units: tuple[str | None, str | None], league: Any
) -> _Pair:
    """Return the two sides that are compared."""
    unit, other = units
    if league is not None and other is not None:
        raise SettingError("compare with another unit or with the league: not both")
    row = _first(result, code) if unit is None else _located(result, unit)
    weights = np.zeros((2, len(result.units)))
    weights[0, row] = 1.0
    labels = result.units.labels()
    if other is not None:
        at = _located(result, other)
        weights[1, at] = 1.0
        return _Pair((labels[row], labels[at]), weights)
    ranked = _ranked_with(result, code, row)
    if league is None:
        at = _next(result, code, row, ranked)
        weights[1, at] = 1.0
        return _Pair((labels[row], labels[at]), weights)
    for at, weight in _of_league(result, code, ranked, league):
        weights[1, at] += weight
    name = league if isinstance(league, str) else f"{float(league):g}"
    return _Pair((labels[row], name), weights)


def _located(result: IndexResult, unit: str) -> int:
    return result.units.locate(instance_of(unit, str, "unit"))


def _first(result: IndexResult, code: str) -> int:
    """Return the first unit of the only league."""
    groups = result.units.ranking_groups()
    if len(groups) != 1:
        raise SettingError(
            f"there are {len(groups)} leagues, each with a first unit: name the unit to compare"
        )
    order = [i for i in result.publication_order(code) if result.ranks_at(code)[i] == 1]
    if not order:
        raise DataError("no unit is first: name the units to compare")
    return order[0]


def _ranked_with(result: IndexResult, code: str, row: int) -> list[int]:
    """Return the units that are ranked with a unit, best first."""
    ranks = result.ranks_at(code)
    if np.isnan(ranks[row]):
        name = result.units.labels()[row]
        raise DataError(f"unit '{name}' has no rank at '{code}': name the unit to compare with")
    members = next(set(m.tolist()) for *_, m in result.units.ranking_groups() if row in m)
    order = result.publication_order(code)
    return [i for i in order if i in members and not np.isnan(ranks[i])]


def _next(result: IndexResult, code: str, row: int, ranked: list[int]) -> int:
    ranks = result.ranks_at(code)
    behind = [i for i in ranked if ranks[i] > ranks[row]]
    if not behind:
        behind = [i for i in ranked if ranks[i] == ranks[row] and i != row]
    if not behind:
        raise DataError(
            f"no unit is ranked behind '{result.units.labels()[row]}': name the one to compare with"
        )
    return behind[0]


def _of_league(
    result: IndexResult, code: str, ranked: list[int], league: Any
) -> list[tuple[int, float]]:
    """Return units of a league with their weights, which add up to 1."""
    count = len(ranked)
    if not among(league, _LEAGUES) and not is_share(league):
        raise SettingError(
            f"league= is {', '.join(map(repr, _LEAGUES))} or a quantile from 0, the worst, to 1, "
            f"the best; not {shown(league)}"
        )
    if league == "mean":
        return [(i, 1.0 / count) for i in ranked]
    if league == "best":
        ranks = result.ranks_at(code)
        first = [i for i in ranked if ranks[i] == ranks[ranked[0]]]
        return [(i, 1.0 / len(first)) for i in first]
    height = (0.5 if league == "median" else float(league)) * (count - 1)
    below = int(np.floor(height))
    part = height - below
    worst_first = ranked[::-1]
    pairs = [(worst_first[below], 1.0 - part)]
    return pairs if part == 0 else [*pairs, (worst_first[below + 1], part)]
