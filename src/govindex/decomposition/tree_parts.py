"""The tree from a node down: what each node contributes to that node's score."""

from __future__ import annotations

import attrs
import numpy as np

from govindex.anchoring import anchored_parts
from govindex.checks import instance_of, shown
from govindex.contracts import Float
from govindex.decomposition.branch_parts import Parts, division
from govindex.errors import GovIndexError, SettingError
from govindex.model.tree import Dimension, Indicator, Node
from govindex.results import IndexResult
from govindex.results.joint_results import parts_of

__all__ = ["NodePart", "child_parts", "tree_parts"]

_ALIKE = 1e-10


@attrs.frozen(eq=False)
class NodePart:
    """What a node contributes, arrays of shape (units,).

    Parameters
    ----------
    node : Node
    tier : int
        0 for the node whose score is divided.
    points : array
        In the printed unit; NaN for a unit without a score, or to which the node does not count.
    own : array
        What the node's children leave of it: rounding, clipping, and all of an indicator.
    method : str
        How its parent is divided; "total" for the node whose score is divided.
    """

    node: Node
    tier: int
    points: Float
    own: Float
    method: str


def tree_parts(result: IndexResult, code: str) -> dict[str, NodePart]:
    """Divide a node's score among the nodes below, which add up to it level by level.

    A straight line of a child's share, ``constant + slope · share``, says what it contributes to
    its branch. Followed downward, the slope is what a share of a node adds to the total, and the
    constant is divided as the weights are.

    Parameters
    ----------
    result : IndexResult
    code : str
        A node of the tree.

    Returns
    -------
    dict of str to NodePart
        In the order of the tree; of several forms, the nodes of all.

    Raises
    ------
    SettingError
        If the scores were computed by the methodology's own code, or the node is a view.
    UnknownNameError
        If there is no such node.
    """
    result, code = _checked(result, code)
    known: dict[str, NodePart] = {}
    for part in parts_of(result):
        if not part.framework.has(code):
            continue
        rows = np.array([result.units.locate(unit) for unit in part.units.codes], dtype=np.intp)
        for found in _of_form(part, code):
            blank = np.full(len(result.units), np.nan)
            whole = known.get(found.node.code) or attrs.evolve(
                found, points=blank, own=blank.copy()
            )
            whole.points[rows], whole.own[rows] = found.points, found.own
            known[found.node.code] = whole
    return known


def _checked(result: IndexResult, code: str) -> tuple[IndexResult, str]:
    if instance_of(result, IndexResult, "result").opaque:
        raise SettingError(
            f"'{result.provenance.methodology}' computes its scores by its own code, which weights "
            "do not divide"
        )
    node = result.node(instance_of(code, str, "node"))
    if not isinstance(node, (Dimension, Indicator)):
        raise SettingError(
            f"'{code}' is a view: the score of a node of the tree is divided, such as "
            f"{shown(result.codes[0])}"
        )
    return result, node.code


def _of_form(result: IndexResult, code: str) -> list[NodePart]:
    node = result.framework.node(code)
    assert isinstance(node, (Dimension, Indicator))
    row = result.row_of(code)
    size = result.maxima[row] * result.applicable[row]
    walk = _Walk(result, _frozen(result))
    total = result.full_at(code)
    walk.descend(node, 0, (size, np.zeros(len(total)), total), "total")
    return walk.found


def _frozen(result: IndexResult) -> dict[str, Parts | None]:
    """Return the rule and the aggregator of every branch, None where they cannot be frozen."""
    rules: dict[str, object] = {}
    aggregators: dict[str, object] = {}
    branches = [node for node in result.framework.nodes if isinstance(node, Dimension)]
    relative = [
        branch
        for branch in branches
        if result.framework.aggregator(branch.code).peer_dependent
        or (branch.rule is not None and branch.rule.peer_dependent)
    ]
    if relative and result._plan is not None and result.observations is not None:
        try:
            anchored = anchored_parts(result._plan, result.observations)
        except GovIndexError:  # data of one period, for measures over time
            pass
        else:
            rules, aggregators = anchored.by_code("rule"), anchored.by_code("aggregator")
    parts: dict[str, Parts | None] = {}
    for branch in branches:
        rule = rules.get(branch.code, branch.rule)
        aggregate = aggregators.get(branch.code, result.framework.aggregator(branch.code))
        found = Parts(aggregate, rule)  # type: ignore[arg-type]
        looks = found.aggregate.peer_dependent
        looks = looks or (found.rule is not None and found.rule.peer_dependent)
        parts[branch.code] = None if looks else found
    return parts


class _Walk:
    """The nodes of one form, from the root down."""

    def __init__(self, result: IndexResult, parts: dict[str, Parts | None]) -> None:
        self.result = result
        self.parts = parts
        self.found: list[NodePart] = []

    def descend(self, node: Node, tier: int, line: tuple[Float, Float, Float], method: str) -> None:
        """Divide the points of a node: its line is a slope, a constant, and the points."""
        slope, constant, points = line
        if isinstance(node, Indicator):
            self.found.append(NodePart(node, tier, points, points.copy(), method))
            return
        at = len(self.found)
        divided = division(self.result, node, self.parts[node.code])
        left = points.copy()
        rows = {child.code: row for row, child in enumerate(divided.children)}
        for child in node.children:
            row = rows.get(child.code)
            if row is None:
                continue  # shown, not scored
            own_slope = slope * divided.slope[row]
            own_constant = slope * divided.constant[row] + divided.weights[row] * constant
            share = self.result.shares[self.result.row_of(child.code)]
            added = own_constant + own_slope * share
            left -= np.nan_to_num(added)
            self.descend(child, tier + 1, (own_slope, own_constant, added), divided.method)
        size = np.maximum(np.abs(self.result.maxima[self.result.row_of(node.code)]), np.abs(points))
        own = np.where(np.abs(left) <= _ALIKE * size, 0.0 * left, left)
        self.found.insert(at, NodePart(node, tier, points, own, method))


def child_parts(result: IndexResult, code: str) -> tuple[tuple[str, ...], Float]:
    """Return the children of a branch and what they contribute to its score.

    Returns
    -------
    tuple of str
        The codes of the children that are scored, in the order of the framework.
    array, shape (children + 1, units)
        In the printed unit; the last row is what the children leave. 0 for a child that does not
        count for a unit, NaN for a unit without a score.

    Raises
    ------
    SettingError
        If the node has no children, and as of :func:`tree_parts`.
    """
    result, code = _checked(result, code)
    if isinstance(result.node(code), Indicator):
        raise SettingError(f"'{code}' has no children that contribute to its score")
    found = tree_parts(result, code)
    whole = found[code]
    children = [part for part in found.values() if part.tier == 1]
    rows = np.array([*(np.nan_to_num(part.points) for part in children), whole.own])
    codes = tuple(part.node.code for part in children)
    return codes, np.where(np.isnan(whole.points), np.nan, rows)
