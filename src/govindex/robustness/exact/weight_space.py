"""The space of the weights of an index, with units as weighted sums in it.

Weights of some nodes are moved, as parts of the total. The scores of these nodes stay, and so do
the weights of the rest. On the scale of the mean (`linear_scale` of its aggregator) every unit is a
weighted sum, and a pair of units is a vector of differences.
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
        The ranked node.
    codes : tuple of str
        The nodes whose weights are moved.
    weights : array, shape (nodes,)
        Their parts of the node: 1 together if all indicators are moved.
    attained : array, shape (nodes, units)
        The shares of units at the nodes on the scale of the mean: more is better, 0 if absent.
    rest : array, shape (units,)
        The part of the sum from all other nodes.
    applies : array, shape (nodes, units)
        The part of each node that applies to the unit.
    rest_applies : array, shape (units,)
        The part of the other nodes that applies.
    by_points : bool
        Units are ranked by points, whatever part of the maximum applies.
    patterns : array of int, shape (units,)
        Units with the same absent cells have the same number and are comparable; −1 for a unit
        that is no weighted mean of its present nodes.
    scale : LinearScale
    sign : float
        −1 if the lowest score is the best.
    """

    result: IndexResult
    node: str
    codes: tuple[str, ...]
    weights: Float
    attained: Float
    rest: Float
    applies: Float
    rest_applies: Float
    by_points: bool
    patterns: Index
    scale: LinearScale
    sign: float

    @property
    def size(self) -> float:
        """The sum of the weights, which is kept."""
        return float(self.weights.sum())

    def differences(self, first: Index, second: Index) -> Float:
        """Return the leads of first units if a node has all the weight.

        The lead under any weights of the same sum is their product with these numbers.

        Returns
        -------
        array, shape (pairs, nodes)
        """
        differences = (self.attained[:, first] - self.attained[:, second]).T
        rest = ((self.rest[first] - self.rest[second]) / self.size)[:, None]
        if not rest.any():
            return np.ascontiguousarray(differences)
        differences = differences + rest
        # The sign decides whether a pair can be reversed: rounding errors become 0.
        differences[np.abs(differences) <= 1e-13 * np.abs(rest)] = 0.0
        return np.ascontiguousarray(differences)

    def whole(self, weights: Float) -> Float:
        """Return the divisors of the units' sums under some weights, shape (units,)."""
        if self.by_points:
            return np.ones(self.attained.shape[1])
        return summed(weights, self.applies) + self.rest_applies

    def means(self, weights: Float) -> Float:
        """Return the units' means under some weights, on their scale, shape (units,)."""
        sums = summed(weights, self.attained) + self.rest
        with np.errstate(invalid="ignore", divide="ignore"):
            return np.asarray(self.sign * sums / self.whole(weights))

    def quotients(self, units: Index) -> Quotients:
        """Return units as quotients, for units that lack different cells."""
        # The rest is spread over the nodes, so that it does not depend on their weights.
        attained = self.attained[:, units] + self.rest[units] / self.size
        applies = self.applies[:, units] + self.rest_applies[units] / self.size
        return Quotients(np.ascontiguousarray(attained.T), np.ascontiguousarray(applies.T))

    def scored(self, members: Index) -> Bool:
        """Return which nodes can have all the weight: those that a unit has."""
        if (self.rest_applies[members] > 0).any():
            return np.ones(len(self.codes), dtype=bool)
        return np.asarray((self.applies[:, members] > 0).any(axis=1))

    def comparable(self, first: Index, second: Index) -> Bool:
        """Return whether the same cells of both units of a pair are absent."""
        same = self.patterns[first] == self.patterns[second]
        return np.asarray(same & (self.patterns[first] >= 0))


def space_of(result: IndexResult, at: At | None = None, node: str | None = None) -> WeightSpace:
    """Return units in the space of the weights of some nodes.

    Parameters
    ----------
    result : IndexResult
    at : int, str or iterable of str, optional
        A tier, or codes of nodes; all scored indicators by default.
    node : str, optional
        The ranked node; the total by default.

    Raises
    ------
    SettingError
        If the node is no weighted mean of these nodes, naming what prevents it.
    UnknownNameError
        If there is no such node.
    """
    top = _top(checked_result(result), node)
    chosen = _chosen(result.framework, top, at)
    tree = subtree(result, top.code, chosen)
    points, applies = tree.attained * tree.applies, tree.applies
    by_points, means = tree.by_points, tree.means
    moved = np.array([code in chosen for code in tree.cover])
    rest_applies = summed(tree.weights[~moved], applies[~moved])
    kinds = np.vstack([applies[moved], rest_applies[None]]).round(9)
    patterns = np.unique(kinds, axis=1, return_inverse=True)[1].reshape(-1)
    sign = -1.0 if result.ranking_of(top.code).best == "lowest" else 1.0
    return WeightSpace(
        result=result,
        node=top.code,
        codes=tuple(code for code in tree.cover if code in chosen),
        weights=tree.weights[moved],
        attained=sign * points[moved],
        rest=sign * summed(tree.weights[~moved], points[~moved]),
        applies=applies[moved],
        rest_applies=rest_applies,
        by_points=by_points,
        patterns=np.where(means, 0 if by_points else patterns, -1),
        scale=tree.scale,
        sign=sign,
    )


def _top(result: IndexResult, code: str | None) -> Dimension:
    if result.opaque:
        raise SettingError(
            f"'{result.provenance.methodology}' computes its scores by its own code, without "
            "weights to move: take a declarative Methodology"
        )
    if isinstance(result, JointResult):
        raise SettingError(
            "units were scored by several forms with different weights: take one of result.parts"
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
                raise SettingError(f"at: '{other}' is below '{code}': name one of them")
    if len(set(codes)) < 2:
        raise SettingError("at: name at least two nodes, since weight moves from one to another")
    return set(codes)
