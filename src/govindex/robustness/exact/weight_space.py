"""The weights of an index as a space: where the units lie in it, and what each weight is worth.

A space holds the nodes whose weights are moved, as parts of the total. All else stays what it is:
what units attained at these nodes, and the weights of the nodes beside them. On the scale of the
mean (`linear_scale` of its aggregator) every unit is a weighted sum, and a pair of
units is a vector of differences.
"""

from __future__ import annotations

from collections.abc import Iterator

import attrs
import numpy as np

from govindex.contracts import Bool, Float, Index, LinearScale
from govindex.errors import SettingError
from govindex.model.framework import Framework
from govindex.model.selection import At, selected
from govindex.model.tree import Dimension, Node, scored
from govindex.results import IndexResult, JointResult
from govindex.robustness.exact.distances import Quotients
from govindex.robustness.exact.pairs import checked_result
from govindex.robustness.exact.subtrees import subtree, summed

__all__ = ["WeightSpace", "space_of"]


@attrs.frozen(eq=False)
class WeightSpace:
    """Units in the space of some weights.

    Parameters
    ----------
    result : IndexResult
    node : str
        The node whose ranks are asked about.
    codes : tuple of str
        The nodes whose weights are moved.
    weights : array, shape (nodes,)
        Their parts of the node: 1 together if all indicators are moved.
    worth : array, shape (nodes, units)
        What each unit attained there, on the scale of the mean: more is better, 0 without any.
    rest : array, shape (units,)
        What the nodes beside them give.
    applies : array, shape (nodes, units)
        The part of each node that applies to the unit.
    beside : array, shape (units,)
        The part of the nodes beside them that applies.
    by_points : bool
        Units are ranked by points, however much of the maximum applies.
    patterns : array of int, shape (units,)
        Units are comparable where the same of their cells are absent; −1 for a unit that is no
        weighted mean of what it has.
    scale : LinearScale
    sign : float
        −1 if the lowest score is the best.
    """

    result: IndexResult
    node: str
    codes: tuple[str, ...]
    weights: Float
    worth: Float
    rest: Float
    applies: Float
    beside: Float
    by_points: bool
    patterns: Index
    scale: LinearScale
    sign: float

    @property
    def size(self) -> float:
        """The sum of the weights, which stays."""
        return float(self.weights.sum())

    def differences(self, first: Index, second: Index) -> Float:
        """Return how far first units are ahead for each weight that is wholly given to a node.

        The lead under any weights of the same sum is their product with this.

        Returns
        -------
        array, shape (pairs, nodes)
        """
        found = (self.worth[:, first] - self.worth[:, second]).T
        beside = ((self.rest[first] - self.rest[second]) / self.size)[:, None]
        if not beside.any():
            return np.ascontiguousarray(found)
        found = found + beside
        # What is 0 on paper is 0: whether a pair can be reversed hangs on the sign.
        found[np.abs(found) <= 1e-13 * np.abs(beside)] = 0.0
        return np.ascontiguousarray(found)

    def whole(self, weights: Float) -> Float:
        """Return what the units' sums are divided by under some weights, shape (units,)."""
        if self.by_points:
            return np.ones(self.worth.shape[1])
        return summed(weights, self.applies) + self.beside

    def means(self, weights: Float) -> Float:
        """Return the units' means under some weights, on their scale, shape (units,)."""
        sums = summed(weights, self.worth) + self.rest
        with np.errstate(invalid="ignore", divide="ignore"):
            return np.asarray(self.sign * sums / self.whole(weights))

    def quotients(self, units: Index) -> Quotients:
        """Return units that are weighted means of what they have, whatever others lack."""
        # What is beside the nodes moves with none: each of them has its part of it.
        worth = self.worth[:, units] + self.rest[units] / self.size
        applies = self.applies[:, units] + self.beside[units] / self.size
        return Quotients(np.ascontiguousarray(worth.T), np.ascontiguousarray(applies.T))

    def scored(self, members: Index) -> Bool:
        """Tell which nodes can have all the weight: not those that none of the units has."""
        if (self.beside[members] > 0).any():
            return np.ones(len(self.codes), dtype=bool)
        return np.asarray((self.applies[:, members] > 0).any(axis=1))

    def comparable(self, first: Index, second: Index) -> Bool:
        """Tell of pairs whether the same of their cells are absent."""
        found = (self.patterns[first] == self.patterns[second]) & (self.patterns[first] >= 0)
        return np.asarray(found)


def space_of(result: IndexResult, at: At | None = None, node: str | None = None) -> WeightSpace:
    """Return units in the space of the weights of some nodes.

    Parameters
    ----------
    result : IndexResult
    at : int, str or iterable of str, optional
        A tier, or codes of nodes; all scored indicators by default.
    node : str, optional
        The node whose ranks are asked about; the total by default.

    Raises
    ------
    SettingError
        If the node is no weighted mean of these nodes, naming what makes it none.
    UnknownNameError
        If there is no such node.
    """
    top = _top(checked_result(result), node)
    chosen = _chosen(result.framework, top, at)
    tree = subtree(result, top.code, chosen)
    attained, applies = tree.worth * tree.applies, tree.applies
    by_points, means = tree.by_points, tree.means
    moved = np.array([code in chosen for code in tree.cover])
    beside = summed(tree.weights[~moved], applies[~moved])
    kinds = np.vstack([applies[moved], beside[None]]).round(9)
    patterns = np.unique(kinds, axis=1, return_inverse=True)[1].reshape(-1)
    sign = -1.0 if result.ranking_of(top.code).best == "lowest" else 1.0
    return WeightSpace(
        result=result,
        node=top.code,
        codes=tuple(code for code in tree.cover if code in chosen),
        weights=tree.weights[moved],
        worth=sign * attained[moved],
        rest=sign * summed(tree.weights[~moved], attained[~moved]),
        applies=applies[moved],
        beside=beside,
        by_points=by_points,
        patterns=np.where(means, 0 if by_points else patterns, -1),
        scale=tree.scale,
        sign=sign,
    )


def _top(result: IndexResult, code: str | None) -> Dimension:
    if result.opaque:
        raise SettingError(
            f"'{result.provenance.methodology}' computes its scores by code of its own: it shows "
            "no weights to move; a declarative Methodology does"
        )
    if isinstance(result, JointResult):
        raise SettingError(
            "units were scored by several forms with weights of their own: take one of result.parts"
        )
    node = result.node(result.codes[0] if code is None else code)
    if not isinstance(node, Dimension):
        raise SettingError(f"'{node.code}' has no children whose weights could be moved")
    return node


def _below(branch: Dimension) -> Iterator[Node]:
    for child in scored(branch.inside):
        yield child
        if isinstance(child, Dimension):
            yield from _below(child)


def _chosen(framework: Framework, top: Dimension, at: At | None) -> set[str]:
    nodes = {child.code: child for child in _below(top)}
    if at is None:
        return {code for code, child in nodes.items() if not isinstance(child, Dimension)}
    codes = selected(at, nodes, [framework], what="scored node")
    if isinstance(at, int):
        return set(codes)
    for code in codes:
        inside = nodes[code]
        nested = {c.code for c in _below(inside)} if isinstance(inside, Dimension) else set()
        for other in codes:
            if other in nested:
                raise SettingError(f"at: '{other}' is below '{code}': weights are moved once")
    if len(set(codes)) < 2:
        raise SettingError("at: name at least two nodes; a weight is moved from one to another")
    return set(codes)
