"""What lies between a node and the nodes whose weights are moved: one mean, on one scale."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import attrs
import numpy as np

from govindex.compute import Plan, compile_framework
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
    """What is between a node and the nodes whose weights are moved.

    Parameters
    ----------
    cover : tuple of str
        The nodes whose weights are moved, and the nodes beside them.
    weights : array, shape (cover,)
        Their parts of the node.
    scale : LinearScale
    worth, applies : array, shape (cover, units)
        What units attained there on the scale, and the parts that apply.
    by_points : bool
        Whether points are ranked that absence takes from the maximum: then they are sums.
    means : array of bool, shape (units,)
        The units that are weighted means of what they have.
    """

    cover: tuple[str, ...]
    weights: Float
    scale: LinearScale
    worth: Float
    applies: Float
    by_points: bool
    means: Bool


def subtree(result: IndexResult, top: str, chosen: set[str]) -> Subtree:
    """Return what is between a branch and some nodes below it.

    Raises
    ------
    SettingError
        If it is not a weighted mean of these nodes, naming the part that is not.
    """
    plan = compile_framework(result.framework)
    cover, weights, branches = _cover(plan, plan.by_row[plan.rows[top]], chosen)
    scale = _scale(branches)
    known = set(cover)
    codes = [*cover, *(c for branch in branches for c in branch.child_codes if c not in known)]
    every, parts = _attained(result, codes, scale)
    worth, applies = every[: len(cover)], parts[: len(cover)]
    complete = np.asarray((applies == 1.0).all(axis=0))
    rows = {code: row for row, code in enumerate(codes)}
    for branch in branches:
        own = every[[rows[code] for code in branch.child_codes]]
        mean = scale.back(_mean(plan, branch, own))
        _check_rounding(result, branch, mean[complete], complete, top=branch is branches[0])
    by_points = (
        result.ranking_of(top).by == "points"
        and scale == LinearScale()
        and _all_policies(branches, _shrinks)
    )
    sums = summed(weights, worth * applies)
    wholes = None if by_points else summed(weights, applies)
    expected = _as_expected(result, top, scale, sums, wholes)
    follows = _all_policies(branches, _keeps_proportions if len(branches) == 1 else _shrinks)
    scored = ~np.isnan(result.shares[result.row_of(top)])
    means = np.asarray(scored & (complete | (follows & expected)))
    return Subtree(tuple(cover), weights, scale, worth, applies, by_points, means)


def _cover(plan: Plan, top: Branch, chosen: set[str]) -> tuple[list[str], Float, list[Branch]]:
    """Return the nodes that make the top, their parts of it, and the branches between."""
    leads: set[int] = set()  # the branches above nodes that are chosen
    for branch in plan.branches:
        below = any(child.code in chosen or child.row in leads for child in branch.children)
        if below and not branch.looks:
            leads.add(branch.row)
    found: dict[str, float] = {}
    branches: list[Branch] = []
    stack = [(top.node.code, top.row, 1.0)]
    while stack:
        code, row, part = stack.pop()
        if code in chosen or row not in leads:
            found[code] = part
            continue
        branch = plan.by_row[row]
        branches.append(branch)
        weights = [plan.framework.weight(child) for child in branch.child_codes]
        numbers = [weight for weight in weights if not isinstance(weight, str)]
        if len(numbers) < len(weights):
            index = next(i for i, weight in enumerate(weights) if isinstance(weight, str))
            raise SettingError(
                f"the weight of '{branch.child_codes[index]}' is a variable of the data: units "
                "differ in it, and there is no one set of weights to move"
            )
        whole = sum(numbers)
        stack += [
            (child.code, child.row, part * weight / whole)
            for child, weight in zip(branch.children, numbers, strict=True)
        ]
    cover = sorted(found)
    return cover, np.array([found[code] for code in cover]), branches


def _scale_of(branch: Branch) -> LinearScale | None:
    return completed(branch.aggregate, BaseAggregator).linear_scale()


def _scale(branches: Sequence[Branch]) -> LinearScale:
    """Return the one scale on which all branches are sums, or raise an error that names one."""
    top = branches[0]
    scale = _scale_of(top)
    for branch in branches:
        code, aggregate = branch.node.code, branch.aggregate
        own = _scale_of(branch)
        advice = "only ranks above it can be told: see at= and node="
        if own is None:
            raise SettingError(
                f"'{code}' is combined by {aggregate!r}, which is no weighted mean on any "
                f"scale; {advice}, or sample_ranks"
            )
        if own != scale:
            raise SettingError(
                f"'{code}' is combined by {aggregate!r} and '{top.node.code}' above it by "
                f"{top.aggregate!r}: together they are no weighted mean; {advice}"
            )
        if branch.node.rule is not None:
            raise SettingError(
                f"'{code}' has a rule of its own ({branch.node.rule!r}): it is no weighted mean "
                f"of the nodes below; {advice}"
            )
        if branch.bonuses:
            raise SettingError(
                f"'{code}' has bonuses or penalties outside its maximum and ends at 0 and "
                f"1: it is no weighted mean; {advice}"
            )
    assert scale is not None
    return scale


def _on_paper(shares: Float, own_digits: Bool) -> Float:
    """Drop the last bits of shares: of their own where they know them, and beyond the maximum."""
    known = own_digits | (np.abs(shares) > 1.0)
    return np.where(known, twelve_digits(shares), snap(shares, 1.0))


def _attained(result: IndexResult, codes: Sequence[str], scale: LinearScale) -> tuple[Float, Float]:
    """Return what nodes are worth on the scale and the parts that apply, 0 where there is none."""
    rows = [result.row_of(code) for code in codes]
    shares, applies = result.shares[rows], result.applicable[rows]
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


def summed(weights: Float, rows: Float) -> Float:
    """Return weighted sums of rows.

    Row after row: neither the number of units nor the library's blocks move a bit.
    """
    found = np.zeros(rows.shape[1])
    for weight, row in zip(weights, rows, strict=True):
        found += weight * row
    return found


def _shrinks(policy: AbsencePolicy) -> bool:
    return policy.shrinks and not completed(policy, BasePolicy).fills


def _keeps_proportions(policy: AbsencePolicy) -> bool:
    return completed(policy, BasePolicy).keeps_proportions


def _all_policies(branches: Sequence[Branch], suits: Callable[[AbsencePolicy], bool]) -> bool:
    """Return whether every absence policy of some branches suits."""
    own = [a for b in branches for a in (b.absence, *(child.absence for child in b.children))]
    return all(suits(policy) for absence in own for policy in absence.in_force)


def _mean(plan: Plan, branch: Branch, worth: Float) -> Float:
    """Return what a branch's children give on the scale."""
    given = [plan.framework.weight(code) for code in branch.child_codes]
    weights = np.array([number for number in given if not isinstance(number, str)])
    return summed(weights / weights.sum(), worth)


def _check_rounding(
    result: IndexResult, branch: Branch, found: Float, complete: Bool, *, top: bool
) -> None:
    """Raise if scores of complete units are not what their children give: they are rounded."""
    share = result.shares[result.row_of(branch.node.code)][complete]
    if top:
        # A rounded total keeps the order of full scores, which is what is asked about.
        found = np.diff(found[np.lexsort((found, share))])
        wrong = found < -_ALIKE
    else:
        wrong = np.abs(found - share) > _ALIKE
    if wrong.any():
        raise SettingError(
            f"the scores of '{branch.node.code}' are rounded, or not what its children give: "
            "it is no weighted mean of the nodes below; see at= and node="
        )


def _as_expected(
    result: IndexResult, top: str, scale: LinearScale, sums: Float, wholes: Float | None
) -> Bool:
    """Tell whose score follows from what they have; `wholes` is None if points are ranked."""
    row = result.row_of(top)
    share, part = result.shares[row], result.applicable[row]
    with np.errstate(invalid="ignore", divide="ignore"):
        if wholes is None:
            return np.asarray(np.abs(sums - share * part) <= _ALIKE)
        expected = np.abs(scale.back(sums / wholes) - share) <= _ALIKE
    if result.ranking_of(top).by == "points":
        expected &= part == 1.0
    return np.asarray(expected)
