"""The subtree between a node and the nodes whose weights are moved: one mean on one scale."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import attrs
import numpy as np

from govindex.compute import Plan
from govindex.compute.plan import Branch
from govindex.contracts import (
    AbsencePolicy,
    BaseAggregator,
    BasePolicy,
    Bool,
    Float,
    LinearScale,
    completed,
)
from govindex.errors import SettingError
from govindex.kernels.rounding import snap, twelve_digits
from govindex.results import IndexResult

__all__ = ["Subtree", "subtree", "summed"]

_ALIKE = 1e-9


@attrs.frozen(eq=False)
class Subtree:
    """The mean between a node and the nodes whose weights are moved.

    Parameters
    ----------
    cover : tuple of str
        The nodes whose weights are moved, and the rest: the nodes that complete the mean.
    weights : array, shape (cover,)
        Their parts of the node.
    scale : LinearScale
    attained, applies : array, shape (cover, units)
        The shares of units on the scale, and the parts that apply.
    by_points : bool
        Whether points of a shrunk maximum are ranked: then they are sums.
    means : array of bool, shape (units,)
        The units that are weighted means of their present nodes.
    """

    cover: tuple[str, ...]
    weights: Float
    scale: LinearScale
    attained: Float
    applies: Float
    by_points: bool
    means: Bool


def subtree(result: IndexResult, top: str, chosen: set[str]) -> Subtree:
    """Return the subtree between a branch and some nodes below it.

    Raises
    ------
    SettingError
        If it is not a weighted mean of these nodes, naming the part that prevents it.
    """
    plan = result._plan
    assert plan is not None  # of a result that a methodology computed
    cover, weights, branches = _cover(plan, plan.by_row[plan.rows[top]], chosen)
    scale = _scale(branches)
    known = set(cover)
    codes = [*cover, *(c for branch in branches for c in branch.child_codes if c not in known)]
    all_attained, parts = _attained(result, codes, scale)
    attained, applies = all_attained[: len(cover)], parts[: len(cover)]
    complete = np.asarray((applies == 1.0).all(axis=0))
    rows = {code: row for row, code in enumerate(codes)}
    for branch in branches:
        of_children = all_attained[[rows[code] for code in branch.child_codes]]
        mean = scale.back(_mean(plan, branch, of_children))
        _check_rounding(result, branch, mean[complete], complete, top=branch is branches[0])
    by_points = (
        result.ranking_of(top).by == "points"
        and scale == LinearScale()
        and _all_policies(branches, _shrinks)
    )
    sums = summed(weights, attained * applies)
    wholes = None if by_points else summed(weights, applies)
    expected = _as_expected(result, top, scale, sums, wholes)
    follows = _all_policies(branches, _keeps_proportions if len(branches) == 1 else _shrinks)
    scored = ~np.isnan(result.shares[result.row_of(top)])
    means = np.asarray(scored & (complete | (follows & expected)))
    return Subtree(tuple(cover), weights, scale, attained, applies, by_points, means)


def _cover(plan: Plan, top: Branch, chosen: set[str]) -> tuple[list[str], Float, list[Branch]]:
    """Return the nodes that make up the top, their weights in it, and the branches between."""
    above: set[int] = set()  # the branches above chosen nodes
    for branch in plan.branches:
        below = any(child.code in chosen or child.row in above for child in branch.children)
        if below and not branch.looks:
            above.add(branch.row)
    parts: dict[str, float] = {}
    branches: list[Branch] = []
    stack = [(top.node.code, top.row, 1.0)]
    while stack:
        code, row, share = stack.pop()
        if code in chosen or row not in above:
            parts[code] = share
            continue
        branch = plan.by_row[row]
        branches.append(branch)
        weights = [plan.framework.weight(child) for child in branch.child_codes]
        numbers = [weight for weight in weights if not isinstance(weight, str)]
        if len(numbers) < len(weights):
            index = next(i for i, weight in enumerate(weights) if isinstance(weight, str))
            raise SettingError(
                f"the weight of '{branch.child_codes[index]}' is a variable of the data: units "
                "differ in it, and share no set of weights to move"
            )
        whole = sum(numbers)
        stack += [
            (child.code, child.row, share * weight / whole)
            for child, weight in zip(branch.children, numbers, strict=True)
        ]
    cover = sorted(parts)
    return cover, np.array([parts[code] for code in cover]), branches


def _scale_of(branch: Branch) -> LinearScale | None:
    return completed(branch.aggregate, BaseAggregator).linear_scale()


def _scale(branches: Sequence[Branch]) -> LinearScale:
    """Return the one scale on which all branches are sums, or raise an error that names one."""
    top = branches[0]
    scale = _scale_of(top)
    for branch in branches:
        code, aggregate = branch.node.code, branch.aggregate
        of_branch = _scale_of(branch)
        advice = "choose nodes above it with at=, or another node with node="
        if of_branch is None:
            raise SettingError(
                f"'{code}' is combined by {aggregate!r}, which is no weighted mean on any "
                f"scale; {advice}, or sample_ranks"
            )
        if of_branch != scale:
            raise SettingError(
                f"'{code}' is combined by {aggregate!r} and '{top.node.code}' above it by "
                f"{top.aggregate!r}: together they are no weighted mean; {advice}"
            )
        if branch.node.rule is not None:
            raise SettingError(
                f"'{code}' has a rule ({branch.node.rule!r}): it is no weighted mean "
                f"of the nodes below; {advice}"
            )
        if branch.bonuses:
            raise SettingError(
                f"'{code}' has bonuses or penalties outside its maximum, and is clipped at "
                f"0 and 1: it is no weighted mean; {advice}"
            )
    assert scale is not None
    return scale


def _on_paper(shares: Float, one_sign: Bool) -> Float:
    """Round shares: by their own digits if nothing cancels in them or they exceed 1, else by 1."""
    known = one_sign | (np.abs(shares) > 1.0)
    return np.where(known, twelve_digits(shares), snap(shares, 1.0))


def _attained(result: IndexResult, codes: Sequence[str], scale: LinearScale) -> tuple[Float, Float]:
    """Return shares of nodes on the scale and the parts that apply, 0 for absent shares."""
    rows = [result.row_of(code) for code in codes]
    shares, applies = result.shares[rows], result.applicable[rows]
    known = ~np.isnan(shares)
    one_sign = np.array([code in result._of_one_sign for code in codes])[:, None]
    shares = _on_paper(np.where(known, shares, 0.0), one_sign)
    with np.errstate(invalid="ignore", divide="ignore", over="ignore"):
        attained = np.where(known, scale.there(shares), 0.0)
    wrong = known & ~((shares > scale.above) & np.isfinite(attained))
    if wrong.any():
        row, unit = (int(index) for index in np.argwhere(wrong)[0])
        raise SettingError(
            f"unit '{result.units.codes[unit]}', '{codes[row]}': a share of {shares[row, unit]:g} "
            "is outside the scale on which the mean is a sum: no weights compensate it"
        )
    return attained, np.where(known, applies, 0.0)


def summed(weights: Float, rows: Float) -> Float:
    """Return weighted sums of rows.

    Row after row, so that the number of units does not change a bit.
    """
    sums = np.zeros(rows.shape[1])
    for weight, row in zip(weights, rows, strict=True):
        sums += weight * row
    return sums


def _shrinks(policy: AbsencePolicy) -> bool:
    return policy.shrinks and not completed(policy, BasePolicy).fills


def _keeps_proportions(policy: AbsencePolicy) -> bool:
    return completed(policy, BasePolicy).keeps_proportions


def _all_policies(branches: Sequence[Branch], suits: Callable[[AbsencePolicy], bool]) -> bool:
    """Return whether every absence policy of some branches suits."""
    absences = [a for b in branches for a in (b.absence, *(child.absence for child in b.children))]
    return all(suits(policy) for absence in absences for policy in absence.in_force)


def _mean(plan: Plan, branch: Branch, attained: Float) -> Float:
    """Return the mean of a branch's children on the scale."""
    declared = [plan.framework.weight(code) for code in branch.child_codes]
    weights = np.array([number for number in declared if not isinstance(number, str)])
    return summed(weights / weights.sum(), attained)


def _check_rounding(
    result: IndexResult, branch: Branch, expected: Float, complete: Bool, *, top: bool
) -> None:
    """Raise if scores of complete units differ from the means of their children, by rounding."""
    share = result.shares[result.row_of(branch.node.code)][complete]
    if top:
        # A rounded total keeps the order of full scores, which margins are about.
        expected = np.diff(expected[np.lexsort((expected, share))])
        wrong = expected < -_ALIKE
    else:
        wrong = np.abs(expected - share) > _ALIKE
    if wrong.any():
        raise SettingError(
            f"the scores of '{branch.node.code}' are rounded, or differ from the means of its "
            "children: it is no weighted mean of the nodes below; see at= and node="
        )


def _as_expected(
    result: IndexResult, top: str, scale: LinearScale, sums: Float, wholes: Float | None
) -> Bool:
    """Return whose score is the mean of present nodes; `wholes` is None if points are ranked."""
    row = result.row_of(top)
    share, part = result.shares[row], result.applicable[row]
    with np.errstate(invalid="ignore", divide="ignore"):
        if wholes is None:
            return np.asarray(np.abs(sums - share * part) <= _ALIKE)
        expected = np.abs(scale.back(sums / wholes) - share) <= _ALIKE
    if result.ranking_of(top).by == "points":
        expected &= part == 1.0
    return np.asarray(expected)
