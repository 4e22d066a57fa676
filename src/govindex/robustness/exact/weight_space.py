"""The weights of an index as a space: where the units stand in it, and what each weight is worth.

A space holds the nodes whose weights are moved, as parts of the total. All else stays what it is:
what units attained at these nodes, and the weights of the nodes beside them. On the scale of the
mean (:mod:`govindex.robustness.exact.linear_scales`) every unit is a weighted sum, and a pair of
units is a vector of differences.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

import attrs
import numpy as np

from govindex.absence import Renormalise, Shrink
from govindex.aggregate import Arithmetic
from govindex.checks import names_of
from govindex.contracts import Bool, Float, Index
from govindex.errors import Problems, SettingError, UnknownNameError, near_miss
from govindex.kernels.rounding import snap, twelve_digits
from govindex.model.framework import Framework
from govindex.model.tree import Dimension, Node
from govindex.results import IndexResult
from govindex.robustness.exact.distances import Quotients
from govindex.robustness.exact.linear_scales import Straight, straight
from govindex.robustness.exact.pairs import checked_result

__all__ = ["At", "WeightSpace", "space_of"]

At = int | str | Iterable[str] | None
_ALIKE = 1e-9


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
    scale : Straight
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
    scale: Straight
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
        return _summed(weights, self.applies) + self.beside

    def means(self, weights: Float) -> Float:
        """Return the units' means under some weights, on their scale, shape (units,)."""
        sums = _summed(weights, self.worth) + self.rest
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


def space_of(result: IndexResult, at: At = None, node: str | None = None) -> WeightSpace:
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
    tree = _tree(result, top, chosen)
    _check_rounding(result, tree)
    attained, applies = tree.worth * tree.applies, tree.applies
    by_points = _sums_points(result, tree)
    means = _means(result, tree, by_points=by_points)
    moved = np.array([code in chosen for code in tree.cover])
    beside = _summed(tree.weights[~moved], applies[~moved])
    kinds = np.vstack([applies[moved], beside[None]]).round(9)
    patterns = np.unique(kinds, axis=1, return_inverse=True)[1].reshape(-1)
    sign = -1.0 if result.ranking_of(top.code).best == "lowest" else 1.0
    return WeightSpace(
        result=result,
        node=top.code,
        codes=tuple(code for code in tree.cover if code in chosen),
        weights=tree.weights[moved],
        worth=sign * attained[moved],
        rest=sign * _summed(tree.weights[~moved], attained[~moved]),
        applies=applies[moved],
        beside=beside,
        by_points=by_points,
        patterns=np.where(means, 0 if by_points else patterns, -1),
        scale=tree.scale,
        sign=sign,
    )


@attrs.frozen(eq=False)
class _Tree:
    """What is between a node and the nodes whose weights are moved.

    `cover` are the latter and the nodes beside them, `branches` those between; `worth` and
    `applies` have the shape (cover, units).
    """

    top: Dimension
    cover: tuple[str, ...]
    weights: Float
    branches: tuple[Dimension, ...]
    scale: Straight
    worth: Float
    applies: Float

    @property
    def complete(self) -> Bool:
        """The units that have all of it."""
        return np.asarray((self.applies == 1.0).all(axis=0))


def _tree(result: IndexResult, top: Dimension, chosen: set[str]) -> _Tree:
    cover, weights, branches = _cover(result.framework, top, chosen)
    scale = _scale(result.framework, top, branches)
    worth, applies = _sheet(result, cover, scale)
    return _Tree(top, tuple(cover), weights, tuple(branches), scale, worth, applies)


def _top(result: IndexResult, code: str | None) -> Dimension:
    if result.opaque:
        raise SettingError(
            f"'{result.provenance.methodology}' computes its scores by code of its own: it shows "
            "no weights to move; a declarative Methodology does"
        )
    if result.parts:
        raise SettingError(
            "units were scored by several forms with weights of their own: take one of result.parts"
        )
    node = result.node(result.codes[0] if code is None else code)
    if not isinstance(node, Dimension):
        raise SettingError(f"'{node.code}' has no children whose weights could be moved")
    return node


def _scored(branch: Dimension) -> list[Node]:
    return sorted((c for c in branch.inside if c.weight != 0), key=lambda child: child.code)


def _below(branch: Dimension) -> Iterator[Node]:
    for child in _scored(branch):
        yield child
        if isinstance(child, Dimension):
            yield from _below(child)


def _chosen(framework: Framework, top: Dimension, at: At) -> set[str]:
    nodes = {child.code: child for child in _below(top)}
    if at is None:
        return {code for code, child in nodes.items() if not isinstance(child, Dimension)}
    if isinstance(at, int):
        found = {code for code in nodes if framework.depth(code) == at}
        if not found:
            raise SettingError(f"there is no scored node at tier {at} of '{top.code}'")
        return found
    codes = names_of(at, "at")
    problems = Problems()
    for code in codes:
        if code not in nodes:
            problems.add(f"at: there is no scored node '{code}': {near_miss(code, nodes)}")
    problems.raise_any(UnknownNameError, f"weights of '{top.code}' cannot be moved")
    for code in codes:
        inside = nodes[code]
        nested = {c.code for c in _below(inside)} if isinstance(inside, Dimension) else set()
        for other in codes:
            if other in nested:
                raise SettingError(f"at: '{other}' is below '{code}': weights are moved once")
    if len(set(codes)) < 2:
        raise SettingError("at: name at least two nodes; a weight is moved from one to another")
    return set(codes)


def _cover(
    framework: Framework, top: Dimension, chosen: set[str]
) -> tuple[list[str], Float, list[Dimension]]:
    """Return the nodes that make the top, their parts of it, and the branches between."""
    found: dict[str, float] = {}
    branches: list[Dimension] = []
    stack: list[tuple[Node, float]] = [(top, 1.0)]
    while stack:
        node, part = stack.pop()
        inside = {child.code for child in _below(node)} if isinstance(node, Dimension) else set()
        if node.code in chosen or inside.isdisjoint(chosen) or not isinstance(node, Dimension):
            found[node.code] = part
            continue
        branches.append(node)
        children = _scored(node)
        weights = [framework.weight(child.code) for child in children]
        numbers = [weight for weight in weights if not isinstance(weight, str)]
        if len(numbers) < len(weights):
            named = next(c.code for c in children if isinstance(framework.weight(c.code), str))
            raise SettingError(
                f"the weight of '{named}' is a variable of the data: units differ in it, and there "
                "is no one set of weights to move"
            )
        whole = sum(numbers)
        stack += [(c, part * w / whole) for c, w in zip(children, numbers, strict=True)]
    cover = sorted(found)
    return cover, np.array([found[code] for code in cover]), branches


def _scale(framework: Framework, top: Dimension, branches: Sequence[Dimension]) -> Straight:
    """Return the one scale on which all branches are sums, or raise an error that names one."""
    scale = straight(framework.aggregator(top.code))
    for branch in branches:
        aggregate = framework.aggregator(branch.code)
        own = straight(aggregate)
        advice = "only ranks above it can be told: see at= and node="
        if own is None:
            raise SettingError(
                f"'{branch.code}' is combined by {aggregate!r}, which is no weighted mean on any "
                f"scale; {advice}, or sample_ranks"
            )
        if own != scale:
            raise SettingError(
                f"'{branch.code}' is combined by {aggregate!r} and '{top.code}' above it by "
                f"{framework.aggregator(top.code)!r}: together they are no weighted mean; {advice}"
            )
        if branch.rule is not None:
            raise SettingError(
                f"'{branch.code}' has a rule of its own ({branch.rule!r}): it is no weighted mean "
                f"of the nodes below; {advice}"
            )
        if any(bonus.weight != 0 for bonus in branch.bonuses):
            raise SettingError(
                f"'{branch.code}' has bonuses or penalties outside its maximum and ends at 0 and "
                f"1: it is no weighted mean; {advice}"
            )
    assert scale is not None
    return scale


def _on_paper(shares: Float, own_digits: Bool) -> Float:
    """Drop the last bits of shares: of their own where they know them, and beyond the maximum."""
    known = own_digits | (np.abs(shares) > 1.0)
    return np.where(known, twelve_digits(shares), snap(shares, 1.0))


def _sheet(result: IndexResult, codes: Sequence[str], scale: Straight) -> tuple[Float, Float]:
    """Return what nodes are worth on the scale and the parts that apply, 0 where there is none."""
    rows = [result.row_of(code) for code in codes]
    shares = np.stack([result.outcome.shares[row] for row in rows])
    parts = [result.outcome.applicable[row] for row in rows]
    applies = np.stack([np.ones(shares.shape[1]) if part is None else part for part in parts])
    known = ~np.isnan(shares)
    one_sign = np.array([code in result.of_one_sign for code in codes])[:, None]
    shares = _on_paper(np.where(known, shares, 0.0), one_sign)
    with np.errstate(invalid="ignore", divide="ignore", over="ignore"):
        worth = np.where(known, scale.there(shares), 0.0)
    wrong = known & ~((shares > scale.above) & np.isfinite(worth))
    if wrong.any():
        row, unit = (int(index) for index in np.argwhere(wrong)[0])
        raise SettingError(
            f"unit '{result.units.codes[unit]}', '{codes[row]}': a share of {shares[row, unit]:g} "
            "does not exist on the scale on which the mean is a sum: no weights make up for it"
        )
    return worth, np.where(known, applies, 0.0)


def _summed(weights: Float, rows: Float) -> Float:
    # Row after row: neither the number of units nor the library's blocks move a bit.
    found = np.zeros(rows.shape[1])
    for weight, row in zip(weights, rows, strict=True):
        found += weight * row
    return found


def _sums_points(result: IndexResult, tree: _Tree) -> bool:
    """Tell whether points are ranked that absence takes from the maximum: then they are sums."""
    by_points = result.ranking_of(tree.top.code).by == "points" and tree.scale == straight(
        Arithmetic()
    )
    return by_points and _all_policies(result.framework, tree, (Shrink,))


def _all_policies(framework: Framework, tree: _Tree, kinds: tuple[type, ...]) -> bool:
    for branch in tree.branches:
        codes = (child.code for child in _scored(branch))
        own = [framework.policy(branch.code), *(framework.policy_for(code) for code in codes)]
        if not all(isinstance(p, kinds) for a in own for p in a.in_force):
            return False
    return True


def _check_rounding(result: IndexResult, tree: _Tree) -> None:
    """Raise if scores between are not what their children give: they are rounded."""
    complete = tree.complete
    for branch in tree.branches:
        children = _scored(branch)
        numbers = [result.framework.weight(child.code) for child in children]
        weights = np.array([number for number in numbers if not isinstance(number, str)])
        worth, _ = _sheet(result, [child.code for child in children], tree.scale)
        found = tree.scale.back(_summed(weights / weights.sum(), worth))[complete]
        share = result.outcome.shares[result.row_of(branch.code)][complete]
        if branch.code == tree.top.code:
            # A rounded total keeps the order of full scores, which is what is asked about.
            found = np.diff(found[np.lexsort((found, share))])
            wrong = found < -_ALIKE
        else:
            wrong = np.abs(found - share) > _ALIKE
        if wrong.any():
            raise SettingError(
                f"the scores of '{branch.code}' are rounded, or not what its children give: it is "
                "no weighted mean of the nodes below; see at= and node="
            )


def _means(result: IndexResult, tree: _Tree, *, by_points: bool) -> Bool:
    """Tell which units are weighted means of what they have."""
    row = result.row_of(tree.top.code)
    share = result.outcome.shares[row]
    part = result.outcome.applicable[row]
    part = np.ones(share.shape) if part is None else part
    sums = _summed(tree.weights, tree.worth * tree.applies)
    flat = len(tree.branches) == 1
    kinds = (Shrink, Renormalise) if flat else (Shrink,)
    with np.errstate(invalid="ignore", divide="ignore"):
        if by_points:
            as_expected = np.abs(sums - share * part) <= _ALIKE
        else:
            mean = tree.scale.back(sums / _summed(tree.weights, tree.applies))
            as_expected = np.abs(mean - share) <= _ALIKE
            if result.ranking_of(tree.top.code).by == "points":
                as_expected &= part == 1.0
    known = _all_policies(result.framework, tree, kinds)
    return np.asarray(~np.isnan(share) & (tree.complete | (known & as_expected)))
