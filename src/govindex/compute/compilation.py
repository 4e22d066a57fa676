"""A framework compiled once: rows, orders, maxima and groups of indicators scored alike."""

from __future__ import annotations

from collections.abc import Container, Iterator, Mapping, Sequence

import attrs
import numpy as np

from govindex.checks import among, is_number, shown
from govindex.compute.plan import Branch, Child, Plan, RuleGroup
from govindex.compute.weights import DrawnWeights, Scale, draw, parts_of_view
from govindex.contracts import (
    BaseMeasure,
    BaseRounder,
    CorrectedMean,
    Direction,
    Float,
    Rounder,
    Rule,
    completed,
)
from govindex.errors import FrameworkError, listing
from govindex.kernels.reductions import total
from govindex.model.framework import Framework
from govindex.model.tree import Dimension, Indicator, Node, View, scored
from govindex.rounding import Levels

__all__ = ["compile_framework"]


def compile_framework(
    framework: Framework, scale: Scale = 1.0, rounding: Levels | None = None
) -> Plan:
    """Compile a framework for printing on a scale.

    Parameters
    ----------
    framework : Framework
    scale : "points" or float
        Print points (the root must sum points), or shares times a number.
    rounding : Levels, optional
        Of indicators, dimensions and the total; nodes' own rounding goes before it.
    """
    _check_scale(framework, scale)
    nodes = (*framework.nodes, *framework.views)
    codes = tuple(node.code for node in nodes)
    declared = dict(zip(codes, _roundings(nodes, rounding or Levels()), strict=True))
    printed = {
        code: rounder
        for code, rounder in declared.items()
        if rounder is not None and completed(rounder, BaseRounder).printed_only
    }
    aggregated = tuple(None if code in printed else rounder for code, rounder in declared.items())
    rows = {code: row for row, code in enumerate(codes)}
    weights = draw(framework, scale)
    tree = [node for node in reversed(framework.nodes) if isinstance(node, Dimension)]
    branches = [_branch(framework, node, rows) for node in tree]
    branches += [_view(weights, view, rows) for view in framework.views]
    branches = [attrs.evolve(branch, rounding=aggregated[branch.row]) for branch in branches]
    corrected = _corrected(framework, declared)
    return Plan(
        framework=framework,
        scale=scale,
        codes=codes,
        nodes=nodes,
        declared=weights,
        groups=_rule_groups(framework, rows, weights.maxima[:, 0]),
        branches=tuple(_as_published(branch, framework, scale, corrected) for branch in branches),
        rounding=aggregated,
        print_rounding=printed,
        limited=frozenset(row for branch in branches for row in _limited(nodes, branch)),
    )


def _roundings(nodes: Sequence[Node | View], levels: Levels) -> Iterator[Rounder | None]:
    """Yield the rounder of each node: its own, or that of its tier."""
    for row, node in enumerate(nodes):
        tier = levels.total if row == 0 else levels.node
        tier = levels.leaf if isinstance(node, Indicator) else tier
        yield node.rounding if node.rounding is not None else tier


def _corrected(framework: Framework, rounding: Mapping[str, Rounder | None]) -> set[str]:
    """Return the nodes whose means are corrected; a node without rounding follows its parent."""
    codes: set[str] = set()
    if not any(map(_corrects, rounding.values())):
        return codes
    for code, rounder in rounding.items():
        above = framework.parent(code) if framework.has(code) else framework.root
        inherits = rounder is None and above is not None and above.code in codes
        if inherits or _corrects(rounder):
            codes.add(code)
    return codes


def _corrects(rounding: Rounder | None) -> bool:
    return rounding is not None and completed(rounding, BaseRounder).corrects_mean


def _as_published(
    branch: Branch, framework: Framework, scale: Scale, corrected: Container[str]
) -> Branch:
    """Return the branch with whether its mean is corrected, and whether it adds points."""
    node = branch.node
    if node.code not in corrected or not isinstance(branch.aggregate, CorrectedMean):
        return branch
    adds = scale == "points" and not branch.looks and branch.aggregate.sums_points
    above = framework.parent(node.code) if adds else None
    while above is not None:
        adds = adds and framework.aggregator(above.code).sums_points
        above = framework.parent(above.code)
    adds = adds and not any(isinstance(framework.weight(c), str) for c in branch.child_codes)
    return attrs.evolve(branch, corrects=True, adds_points=adds)


def _limited(nodes: Sequence[Node | View], branch: Branch) -> Iterator[int]:
    """Yield the indicators whose points a branch sums and whose rule may give shares above 1."""
    if branch.looks or not branch.aggregate.sums_points:
        return
    for child in branch.children:
        node = nodes[child.row]
        rule = node.rule if isinstance(node, Indicator) else None
        if rule is not None and not np.isfinite(rule.bounds[1]):
            yield child.row


def _check_scale(framework: Framework, scale: Scale) -> None:
    if not among(scale, ("points",)):
        if not (is_number(scale) and float(scale) > 0):
            raise FrameworkError(
                f"a scale is 'points' or a finite number above 0, not {shown(scale)}"
            )
    elif not framework.aggregate.sums_points:
        raise FrameworkError(
            f"points need a root that sums them: framework '{framework.code}' aggregates with "
            f"{framework.aggregate!r}; use aggregate.Sum(), or a number as scale"
        )


def _rule_groups(
    framework: Framework, rows: Mapping[str, int], maxima: Float
) -> tuple[RuleGroup, ...]:
    groups: list[tuple[Rule | None, tuple[Direction, bool], list[Indicator]]] = []
    for leaf in framework.leaves:
        own = (leaf.direction, completed(leaf.measure, BaseMeasure).one_sign)
        for rule, read, members in groups:
            same = rule is leaf.rule or (type(rule) is type(leaf.rule) and rule == leaf.rule)
            if same and read == own:
                members.append(leaf)
                break
        else:
            groups.append((leaf.rule, own, [leaf]))
    return tuple(
        RuleGroup(
            rule,
            *read,
            chosen := tuple(rows[leaf.code] for leaf in leaves),
            tuple(leaves),
            maxima[list(chosen)][:, None, None],
            tuple(completed(leaf.measure, BaseMeasure).variable_itself for leaf in leaves),
        )
        for rule, read, leaves in groups
    )


def _branch(framework: Framework, node: Dimension, rows: Mapping[str, int]) -> Branch:
    policy = framework.policy(node.code)

    def child(node: Node) -> Child:
        # A dimension's policy is for its children, an indicator's for itself.
        alone = node.absence if isinstance(node, Indicator) else None
        return Child(rows[node.code], node.code, alone or policy, _counted(node))

    children, bonuses = (tuple(map(child, scored(nodes))) for nodes in (node.inside, node.bonuses))
    return Branch(
        node=node,
        row=rows[node.code],
        children=children,
        bonuses=bonuses,
        aggregate=framework.aggregator(node.code),
        rounding=None,
        absence=policy,
        siblings=tuple(rows[child.code] for child in node.inside),
        one_sign=framework._of_one_sign.intersection(child.code for child in children),
    )


def _counted(node: Node | View) -> int:
    # Availability is counted in the indicators that are scored: neither shown only, nor bonuses.
    if not isinstance(node, Dimension):
        return 1
    return sum(_counted(child) for child in scored(node.inside))


def _view(drawn: DrawnWeights, view: View, rows: Mapping[str, int]) -> Branch:
    framework = drawn.framework
    parts = parts_of_view(framework, view)
    _check_view(drawn, view, *parts)

    def child(code: str) -> Child:
        absence = view.absence if view.absence is not None else framework._policy_for(code)
        return Child(rows[code], code, absence, _counted(framework.node(code)))

    # As in the tree, a node of weight 0 is shown, not scored.
    children, bonuses = (
        tuple(child(code) for code in part if drawn.seen(view, code).item() > 0) for part in parts
    )
    return Branch(
        node=view,
        row=rows[view.code],
        children=children,
        bonuses=bonuses,
        aggregate=view.aggregate if view.aggregate is not None else framework.aggregate,
        rounding=None,
        absence=view.absence if view.absence is not None else framework.absence,
        siblings=tuple(sorted(rows[code] for code in parts[0])),
        one_sign=framework._of_one_sign.intersection(child.code for child in children),
    )


def _check_view(
    drawn: DrawnWeights, view: View, inside: Sequence[str], bonuses: Sequence[str]
) -> None:
    if not total([drawn.seen(view, code) for code in inside]).item() > 0:
        raise FrameworkError(
            f"view '{view.code}' looks only at nodes of weight 0 ({listing(inside)}): "
            "give it its own weights="
        )
    bare = [
        code
        for code in (*inside, *bonuses)
        if drawn.seen(view, code).item() > 0 and _has_no_share(drawn.framework.node(code))
    ]
    if bare:
        raise FrameworkError(
            f"view '{view.code}' weights {listing(bare)}, which has no rule and so no share"
        )


def _has_no_share(node: Node | View) -> bool:
    return isinstance(node, Indicator) and node.rule is None
