"""Laws about the scores of nodes: their bounds, means and sums."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from govindex.compute import Plan
from govindex.contracts import (
    BaseAggregator,
    BaseMeasure,
    BaseRule,
    Float,
    Rounder,
    Scope,
    completed,
    is_absent,
)
from govindex.errors import CellError
from govindex.model.framework import Framework
from govindex.model.tree import Dimension, Indicator, Node
from govindex.results import IndexResult
from govindex.results.joint_results import parts_of
from govindex.testing.excuses import not_declarative, without
from govindex.testing.law import law
from govindex.testing.policies import KINDS, filled, policy_for
from govindex.testing.subject import Broken, Subject, Trial

__all__ = ["bounds", "means_between_children", "printed_parts_add_up"]

_SLACK = 1e-9


def _ranges(plan: Plan, result: IndexResult) -> dict[str, tuple[float, float]]:
    """Return the smallest and the largest share of each node of a form, rounding added."""
    framework = plan.framework
    ranges: dict[str, tuple[float, float]] = {}
    for node in reversed(framework.nodes):
        if isinstance(node, Indicator):
            low, high = _leaf_range(node, float(plan.maxima[plan.rows[node.code]]))
        else:
            maximum = float(plan.maxima[plan.rows[node.code]])
            low, high = _branch_range(framework, node, maximum, ranges)
        if any(filled(policy_for(framework, node.code, kind)) is not None for kind in KINDS):
            low, high = min(low, 0.0), max(high, 1.0)
        part = result.applicable[result.row_of(node.code)]
        quantum = _quantum(plan, node.code) / float(part.min(where=part > 0, initial=1.0))
        ranges[node.code] = (low - quantum, high + quantum)
    return ranges


def _leaf_range(leaf: Indicator, maximum: float) -> tuple[float, float]:
    if leaf.rule is None:
        return -np.inf, np.inf
    scope = Scope(maximum, leaf.direction)
    ends = _ruled(leaf.rule, scope, *completed(leaf.measure, BaseMeasure).bounds)
    return float(ends.min()), float(ends.max())


def _branch_range(
    framework: Framework,
    branch: Dimension,
    maximum: float,
    ranges: Mapping[str, tuple[float, float]],
) -> tuple[float, float]:
    scored = [c for c in branch.children if c.weight != 0]
    inside = [ranges[c.code] for c in scored if not c.outside_maximum]
    low, high = min(ends[0] for ends in inside), max(ends[1] for ends in inside)
    low, high = completed(framework.aggregator(branch.code), BaseAggregator).reach(low, high)
    if any(child.outside_maximum for child in scored):
        low, high = min(low, 0.0), max(high, 1.0)
    if branch.rule is None:
        return low, high
    least, most = branch.rule.bounds
    ends = sorted(float(end) for end in _ruled(branch.rule, Scope(maximum), low, high))
    return max(least, ends[0]), min(most, ends[1])


def _ruled(rule: Any, scope: Scope, low: float, high: float) -> Float:
    steady = rule.monotone or completed(rule, BaseRule).falling
    if rule.peer_dependent or not steady or not np.isfinite([low, high]).all():
        return np.array(rule.bounds)
    try:
        return np.asarray(rule(np.array([low, high]), scope))
    except CellError:  # with rounding added, the ends may be outside the rule's curve
        return np.array(rule.bounds)


def _quantum(plan: Plan, code: str) -> float:
    rounding, maximum = plan.rounding[plan.rows[code]], float(plan.maxima[plan.rows[code]])
    return 0.0 if rounding is None or not maximum > 0 else 10.0**-rounding.decimals / maximum


@law(not_declarative)
def bounds(trial: Trial) -> None:
    """No score is outside the bounds that the parts declare: by default 0 to the maximum.

    A printed score above its maximum, or below 0, discredits the whole table.
    """
    for form, result in _by_form(trial):
        plan = trial.subject.plans[form]
        for code, (low, high) in _ranges(plan, result).items():
            shares = result.shares[result.row_of(code)]
            wrong = (shares < low - _SLACK) | (shares > high + _SLACK)
            if wrong.any():
                index = int(np.flatnonzero(wrong)[0])
                raise Broken(
                    f"unit '{result.units.codes[index]}' attains {shares[index]:.10g} of the "
                    f"maximum at '{code}', whose parts declare {low:.10g} to {high:.10g}"
                )


def _by_form(trial: Trial) -> Iterator[tuple[str | None, IndexResult]]:
    for part in parts_of(trial.result):
        yield trial.form_of(part.units.codes[0]), part


def _has_means(subject: Subject) -> bool:
    return subject.declarative and any(
        completed(framework.aggregator(node.code), BaseAggregator).mean
        for _, framework in subject.frameworks
        for node in framework.nodes
        if isinstance(node, Dimension)
    )


@law(not_declarative, without("branch that is a mean", _has_means))
def means_between_children(trial: Trial) -> None:
    """A mean lies between the smallest and the largest of its parts.

    No unit can be better overall than in its best part, or worse than in its worst.
    """
    for form, result in _by_form(trial):
        plan = trial.subject.plans[form]
        framework = plan.framework
        for branch in framework.nodes:
            if not isinstance(branch, Dimension) or branch.rule is not None:
                continue
            scored = [c for c in branch.children if c.weight != 0]
            mean = completed(framework.aggregator(branch.code), BaseAggregator).mean
            if not mean or any(child.outside_maximum for child in scored):
                continue
            weights = np.stack([_weights_of(trial, result, framework, c) for c in scored])
            parts = np.stack([result.shares[result.row_of(child.code)] for child in scored])
            parts = np.where(weights > 0, parts, np.nan)
            row = result.row_of(branch.code)
            shares = result.shares[row]
            # A share that the branch above filled in is not made of the children.
            known = ~np.isnan(shares) & ~is_absent(result.status[row])
            whole = np.maximum(result.applicable[row, known], 1e-9)
            slack = _SLACK + _quantum(plan, branch.code) / whole
            low = np.fmin.reduce(parts[:, known], axis=0) - slack
            high = np.fmax.reduce(parts[:, known], axis=0) + slack
            wrong = (shares[known] < low) | (shares[known] > high)
            if wrong.any():
                index = int(np.flatnonzero(known)[np.flatnonzero(wrong)[0]])
                by_code = {c.code: float(p[index]) for c, p in zip(scored, parts, strict=True)}
                raise Broken(
                    f"unit '{result.units.codes[index]}' attains {shares[index]:.10g} at "
                    f"'{branch.code}', the mean of {by_code}"
                )


def _weights_of(trial: Trial, result: IndexResult, framework: Framework, child: Node) -> Float:
    weight = framework.weight(child.code)
    if not isinstance(weight, str):
        return np.full(len(result.units), weight)
    data = trial.method.prepare(trial.data)
    rows = [data.units.locate(code) for code in result.units.codes]
    return np.asarray(data.values[rows, data.column_of(weight)])


def _sums(subject: Subject) -> bool:
    return subject.declarative and subject.method.scale == "points"


@law(
    not_declarative,
    without("sum of points", _sums),
    absent=False,
)
def printed_parts_add_up(trial: Trial) -> None:
    """Printed parts add up to the printed total, exactly if the parts are rounded first.

    A citizen with a pocket calculator must find the published total; if only the total is rounded,
    it may differ by half a unit of the last decimal for each part and for itself.
    """
    for form, result in _by_form(trial):
        plan = trial.subject.plans[form]
        framework = plan.framework
        for branch in framework.nodes:
            if not isinstance(branch, Dimension) or branch.rule is not None:
                continue
            if not framework.aggregator(branch.code).sums_points or _rescaled(framework, branch):
                continue
            scored = [c for c in branch.children if c.weight != 0]
            if any(child.outside_maximum for child in scored):
                continue
            _expect_sum(plan, result, branch, scored)


def _rescaled(framework: Framework, branch: Dimension) -> bool:
    above = framework.parent(branch.code)
    while above is not None:
        if not framework.aggregator(above.code).sums_points:
            return True
        above = framework.parent(above.code)
    return False


def _error(rounding: Rounder, decimals: int) -> float:
    """Return the largest error of a number rounded to some decimals."""
    cut = getattr(rounding, "mode", "") == "truncate"
    return 10.0**-decimals * (1.0 if cut else 0.5)


def _expect_sum(plan: Plan, result: IndexResult, branch: Dimension, scored: list[Node]) -> None:
    branch_rounding = plan.rounding[plan.rows[branch.code]]
    parts = [plan.rounding[plan.rows[child.code]] for child in scored]
    decimals = result.printing.decimals
    first = all(part is not None and part.decimals <= decimals for part in parts)
    printed = np.stack([result.full_at(child.code) for child in scored])
    total = result.full_at(branch.code)
    if not first or (branch_rounding is not None and branch_rounding.decimals < decimals):
        rounding = branch_rounding or result.printing
        decimals = min(decimals, rounding.decimals)
        printed, total = rounding(printed), rounding(total)
        slack = (len(scored) + 1) * _error(rounding, decimals)
        if branch_rounding is not None:
            slack += _error(branch_rounding, branch_rounding.decimals)
    else:
        slack = 0.0
    off = np.abs(printed.sum(axis=0) - total)
    wrong = off > slack + 1e-9 * max(float(result.maxima[0]), 1.0)
    if wrong.any():
        index = int(np.flatnonzero(wrong)[0])
        terms = " + ".join(f"{part[index]:.10g}" for part in printed)
        raise Broken(
            f"unit '{result.units.codes[index]}' has {terms} in the parts of '{branch.code}' and "
            f"{total[index]:.10g} in all"
        )
