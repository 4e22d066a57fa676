"""The change of every score, divided among the nodes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import attrs
import numpy as np

from govindex.changes.tables import Compared, compared
from govindex.changes.unit_pairs import UnitPairs
from govindex.contracts import Float
from govindex.decomposition.tree_parts import NodePart, tree_parts
from govindex.kernels.rounding import snap
from govindex.model.tree import Indicator
from govindex.results import IndexResult

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["contribution_table"]

_COLUMNS = (
    *("unit", "node", "node_before", "name", "tier", "is_leaf"),
    *("contribution_before", "contribution", "contribution_change", "percent_change"),
    *("own_change", "own_percent_change", "method_before", "method"),
)


@attrs.frozen(eq=False)
class _Side:
    """What one node contributes to each pair's score, NaN where it does not count."""

    points: Float
    percent: Float
    method: str | None

    @property
    def known(self) -> tuple[Float, Float]:
        """Points and percent, nothing where the node does not count."""
        return np.nan_to_num(self.points), np.nan_to_num(self.percent)


def contribution_table(
    before: IndexResult,
    after: IndexResult,
    units: UnitPairs,
    same: Sequence[tuple[str, str]],
    pair: tuple[str, str],
    language: str | None,
) -> pd.DataFrame:
    """Return a row per unit and node, nodes that went last.

    Parameters
    ----------
    before, after : IndexResult
    units : UnitPairs
    same : sequence of (str, str)
        Nodes before and after that are the same.
    pair : (str, str)
        The node whose scores are divided.
    language : str, optional
    """
    import pandas as pd

    old, new = tree_parts(before, pair[0]), tree_parts(after, pair[1])
    values = compared(before, after, units, pair)
    earlier = {later: code for code, later in same if code in old}
    codes = units.codes
    frames = []
    for number, (code, other) in enumerate(_nodes(old, new, earlier)):
        part = new[code] if code is not None else old[str(other)]
        ends = [
            (_before(units, values, old, other, own=own), _after(units, values, new, code, own=own))
            for own in (False, True)
        ]
        (first, last), own_ends = ends[0], ends[1]
        points, percent = _steps(*ends[0], values)
        own_points, own_percent = _steps(*own_ends, values)
        row: tuple[Any, ...] = (
            *(codes, code, other, part.node.label(language)),
            *(part.tier, isinstance(part.node, Indicator)),
            *(first.points, last.points, points, percent, own_points, own_percent),
            *(first.method, last.method),
        )
        frame = pd.DataFrame(dict(zip(_COLUMNS, row, strict=True)), dtype=object)
        frames.append(frame.assign(pair=range(len(codes)), number=number))
    table = pd.concat(frames).sort_values(["pair", "number"], kind="stable")
    numbers = ["contribution_before", "contribution", "contribution_change", "percent_change"]
    numbers += ["own_change", "own_percent_change"]
    kinds: Any = {**dict.fromkeys(numbers, float), "tier": np.int64, "is_leaf": bool}
    return table.drop(columns=["pair", "number"]).astype(kinds).set_index("unit")


def _nodes(
    old: Mapping[str, NodePart], new: Mapping[str, NodePart], earlier: Mapping[str, str]
) -> Iterator[tuple[str | None, str | None]]:
    """Yield each node after with the one before, then those that went."""
    for code in new:
        yield code, earlier.get(code)
    kept = {earlier[code] for code in new if code in earlier}
    for code in old:
        if code not in kept:
            yield None, code


def _before(
    units: UnitPairs,
    values: Compared,
    parts: Mapping[str, NodePart],
    code: str | None,
    *,
    own: bool,
) -> _Side:
    if code is None:
        return _nothing(len(units.rows))
    part = parts[code]
    points = part.own if own else part.points
    absent = units.of_before(np.isnan(points).astype(np.float64), how="mean") == 1.0
    merged = units.of_before(np.nan_to_num(points))
    with np.errstate(divide="ignore", invalid="ignore"):
        percent = 100.0 * merged / values.maximum_before
    return _Side(np.where(absent, np.nan, merged), np.where(absent, np.nan, percent), part.method)


def _after(
    units: UnitPairs,
    values: Compared,
    parts: Mapping[str, NodePart],
    code: str | None,
    *,
    own: bool,
) -> _Side:
    if code is None:
        return _nothing(len(units.rows))
    part = parts[code]
    points = (part.own if own else part.points)[units.rows]
    with np.errstate(divide="ignore", invalid="ignore"):
        return _Side(points, 100.0 * points / values.maximum, part.method)


def _nothing(count: int) -> _Side:
    blank = np.full(count, np.nan)
    return _Side(blank, blank, None)


def _steps(first: _Side, last: _Side, values: Compared) -> tuple[Float, Float]:
    """Return the changes in points, NaN where maxima differ, and in percentage points."""
    unscored = np.isnan(values.score) | np.isnan(values.score_before)
    points = snap(last.known[0] - first.known[0], values.size)
    percent = snap(last.known[1] - first.known[1], 100.0)
    comparable = values.points & ~unscored
    return np.where(comparable, points, np.nan), np.where(unscored, np.nan, percent)
