"""Compile a framework once: rows, orders, maxima and groups of indicators scored alike."""

from __future__ import annotations

from collections.abc import Container, Iterator, Mapping, Sequence
from functools import cached_property

import attrs
import numpy as np

from govindex.absence import Absence
from govindex.checks import among, is_number, shown
from govindex.compute.weights import DrawnWeights, Scale, draw, parts_of_view
from govindex.contracts import (
    Aggregator,
    BaseMeasure,
    BasePolicy,
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
from govindex.model.tree import Dimension, Indicator, Node, View
from govindex.rounding import Levels

__all__ = ["Branch", "Plan", "Scale", "compile_framework"]


@attrs.frozen(eq=False)
class Branch:
    """One aggregation of the plan: a dimension, the root or a view.

    `child_leaves` counts the scored indicators at or below each child; `siblings` are all children
    in the order of the tree, those of weight 0 among them. `corrects` says that its mean is
    corrected as the publisher does whose rounding is imitated, `adds_points` that the weights are
    points, which are added up. `one_sign` are the children in whose shares nothing cancels.
    """

    node: Dimension | View
    row: int
    children: tuple[int, ...]
    bonuses: tuple[int, ...]
    child_codes: tuple[str, ...]
    aggregate: Aggregator
    rounding: Rounder | None
    absence: Absence
    child_absence: tuple[Absence, ...]
    bonus_absence: tuple[Absence, ...]
    child_leaves: tuple[int, ...]
    siblings: tuple[int, ...]
    corrects: bool = False
    adds_points: bool = False
    one_sign: frozenset[str] = frozenset()

    @cached_property
    def sees_all(self) -> bool:
        """Whether a policy of a child sees all children in the order of the tree."""
        pairs = [absence.policies for absence in self.child_absence]
        return any(completed(policy, BasePolicy).sees_all for both in pairs for policy in both)

    @property
    def counts_leaves(self) -> bool:
        """Whether it is scored only if enough indicators below are there."""
        return any(
            policy.of == "leaves" and (policy.min_share > 0 or policy.min_count > 1)
            for policy in self.absence.policies
        )

    @property
    def policies(self) -> Iterator[tuple[int, Absence]]:
        """Children and bonuses, each with what becomes of it where it is absent."""
        yield from zip(self.children, self.child_absence, strict=True)
        yield from zip(self.bonuses, self.bonus_absence, strict=True)

    @property
    def looks(self) -> bool:
        """Whether this is a view, which moves nothing below it."""
        return isinstance(self.node, View)


@attrs.frozen(eq=False, slots=False)
class Plan:
    """A framework turned into rows and orders, ready for any number of blocks.

    Parameters
    ----------
    framework : Framework
    scale : "points" or float
    codes : tuple of str
        Rows: the tree from the root down, then the views.
    maxima : array, shape (nodes,)
        The printed score of a share of 1.
    own : DrawnWeights
        The framework's own weights, as a single draw.
    weighted : tuple of (code, variable)
        Nodes whose weight is a variable of the data.
    groups : tuple of (rule, direction, rows)
        Indicators that are scored by the same rule, together.
    branches : tuple of Branch
        Children before parents.
    rounding : tuple of Rounder or None
        Of each node, of what is aggregated and ranked.
    print_rounding : mapping of code to Rounder
        Of what is printed only.
    direct : mapping of int to str
        The variable of each indicator whose value is the variable itself.
    needed : tuple of (code, variables)
        What each scored indicator must find in the data.
    limited : frozenset of int
        Indicators under a sum whose rule does not say that 1 is its largest share.
    filled : mapping of int to int
        Nodes that the branch above may fill where they are absent, each with that branch.
    """

    framework: Framework
    scale: Scale
    codes: tuple[str, ...]
    maxima: Float
    own: DrawnWeights
    weighted: tuple[tuple[str, str], ...]
    groups: tuple[tuple[Rule | None, Direction, tuple[int, ...]], ...]
    branches: tuple[Branch, ...]
    rounding: tuple[Rounder | None, ...]
    print_rounding: Mapping[str, Rounder]
    direct: Mapping[int, str]
    needed: tuple[tuple[str, tuple[str, ...]], ...]
    limited: frozenset[int]
    filled: Mapping[int, int]

    @cached_property
    def counts_leaves(self) -> bool:
        """Whether it matters somewhere how many indicators there are below."""
        return any(branch.counts_leaves for branch in self.branches)

    @cached_property
    def counts_absences(self) -> bool:
        """Whether it matters somewhere how many nodes are absent, or why a branch is."""
        tree = {branch.row for branch in self.branches}
        return any(
            policy.min_share > 0 or policy.min_count > 1
            for branch in self.branches
            for policy in branch.absence.policies
        ) or any(
            len({type(policy) for policy in absence.in_force}) > 1
            or not completed(absence.missing, BasePolicy).keeps_proportions
            for branch in self.branches
            for row, absence in branch.policies
            if row in tree
        )

    @cached_property
    def rows(self) -> dict[str, int]:
        """The row of each code."""
        return {code: row for row, code in enumerate(self.codes)}


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
    levels = rounding or Levels()
    codes = (*framework.codes, *(view.code for view in framework.views))
    rows = {code: row for row, code in enumerate(codes)}
    nodes = [framework.node(code) for code in codes]
    tiers = [
        levels.leaf if isinstance(n, Indicator) else levels.total if row == 0 else levels.node
        for row, n in enumerate(nodes)
    ]
    own_or_tier = [
        n.rounding if n.rounding is not None else t for n, t in zip(nodes, tiers, strict=True)
    ]
    only = [_said_by(rounding).printed_only for rounding in own_or_tier]
    roundings = tuple(
        None if p else rounding for p, rounding in zip(only, own_or_tier, strict=True)
    )
    branches = [
        _branch(framework, node, rows, roundings)
        for node in reversed(framework.nodes)
        if isinstance(node, Dimension)
    ]
    _check_scale(framework, scale)
    own = draw(framework, scale)
    branches += [_view(own, view, rows, roundings) for view in framework.views]
    corrected = _corrected(framework, dict(zip(codes, own_or_tier, strict=True)))
    branches = [_as_published(branch, framework, scale, corrected) for branch in branches]
    return Plan(
        framework=framework,
        scale=scale,
        codes=codes,
        maxima=own.maxima[:, 0],
        own=own,
        weighted=tuple((n.code, n.weight) for n in framework.nodes if isinstance(n.weight, str)),
        groups=_rule_groups(framework, rows),
        branches=tuple(branches),
        rounding=roundings,
        print_rounding={
            code: rounding
            for code, p, rounding in zip(codes, only, own_or_tier, strict=True)
            if p and rounding is not None
        },
        direct={
            rows[leaf.code]: variable
            for leaf in framework.leaves
            if (variable := completed(leaf.measure, BaseMeasure).variable_itself) is not None
        },
        needed=tuple(
            (leaf.code, leaf.measure.variables)
            for leaf in framework.leaves
            if framework.is_scored(leaf.code)
        ),
        limited=frozenset(
            rows[leaf.code] for leaf in framework.leaves if _limited(framework, leaf)
        ),
        filled={
            row: branch.row
            for branch in branches
            if not branch.looks
            for row, absence in branch.policies
            if any(completed(policy, BasePolicy).fills for policy in absence.policies)
        },
    )


def _said_by(rounding: Rounder | None) -> BaseRounder:
    return BaseRounder() if rounding is None else completed(rounding, BaseRounder)


def _corrected(framework: Framework, rounding: Mapping[str, Rounder | None]) -> set[str]:
    """Return the nodes whose means are corrected: a node that is not rounded is as its parent."""
    found: set[str] = set()
    for code, own in rounding.items():
        above = framework.parent(code) if framework.has(code) else framework.root
        inherits = own is None and above is not None and above.code in found
        if inherits or _said_by(own).corrects_mean:
            found.add(code)
    return found


def _as_published(
    branch: Branch, framework: Framework, scale: Scale, corrected: Container[str]
) -> Branch:
    """Return the branch with what it says of its mean."""
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


def _limited(framework: Framework, leaf: Indicator) -> bool:
    above = framework.parent(leaf.code)
    if above is None or leaf.rule is None or leaf.outside_maximum or leaf.weight == 0:
        return False
    return framework.aggregator(above.code).sums_points and not np.isfinite(leaf.rule.bounds[1])


def _check_scale(framework: Framework, scale: Scale) -> None:
    if not among(scale, ("points",)):
        if not (is_number(scale) and float(scale) > 0):
            what = shown(scale)
            raise FrameworkError(f"a scale is 'points' or a finite number above 0, not {what}")
    elif not framework.aggregate.sums_points:
        raise FrameworkError(
            f"points need a root that sums them: framework '{framework.code}' aggregates with "
            f"{framework.aggregate!r}; use aggregate.Sum(), or a number as scale"
        )


def _rule_groups(
    framework: Framework, rows: Mapping[str, int]
) -> tuple[tuple[Rule | None, Direction, tuple[int, ...]], ...]:
    groups: list[tuple[Rule | None, Direction, list[int]]] = []
    for leaf in framework.leaves:
        for rule, direction, members in groups:
            same = rule is leaf.rule or (type(rule) is type(leaf.rule) and rule == leaf.rule)
            if same and direction == leaf.direction:
                members.append(rows[leaf.code])
                break
        else:
            groups.append((leaf.rule, leaf.direction, [rows[leaf.code]]))
    return tuple((rule, direction, tuple(members)) for rule, direction, members in groups)


def _branch(
    framework: Framework,
    node: Dimension,
    rows: Mapping[str, int],
    rounding: Sequence[Rounder | None],
) -> Branch:
    inside, bonuses = _scored(node.inside), _scored(node.bonuses)
    return Branch(
        node=node,
        row=rows[node.code],
        children=tuple(rows[child.code] for child in inside),
        bonuses=tuple(rows[child.code] for child in bonuses),
        child_codes=tuple(child.code for child in inside),
        aggregate=framework.aggregator(node.code),
        rounding=rounding[rows[node.code]],
        absence=framework.policy(node.code),
        child_absence=tuple(framework.policy_for(child.code) for child in inside),
        bonus_absence=tuple(framework.policy_for(child.code) for child in bonuses),
        child_leaves=tuple(_counted(child) for child in inside),
        siblings=tuple(rows[child.code] for child in node.inside),
        one_sign=framework.of_one_sign.intersection(child.code for child in inside),
    )


def _scored(children: Sequence[Node]) -> list[Node]:
    # Children of weight 0 are shown, not scored. The others are combined in the order of codes.
    return sorted((c for c in children if c.weight != 0), key=lambda child: child.code)


def _counted(node: Node | View) -> int:
    # Availability is counted in the indicators that are scored: neither shown only, nor bonuses.
    if not isinstance(node, Dimension):
        return 1
    return sum(_counted(child) for child in _scored(node.inside))


def _view(
    drawn: DrawnWeights, view: View, rows: Mapping[str, int], rounding: Sequence[Rounder | None]
) -> Branch:
    framework = drawn.framework
    every = parts_of_view(framework, view)
    _check_view(drawn, view, *every)
    # What has weight 0 is shown, not scored: here as in the tree.
    inside, bonuses = (
        [code for code in part if drawn.seen(view, code).item() > 0] for part in every
    )

    def own(code: str) -> Absence:
        return view.absence if view.absence is not None else framework.policy_for(code)

    return Branch(
        node=view,
        row=rows[view.code],
        children=tuple(rows[code] for code in inside),
        bonuses=tuple(rows[code] for code in bonuses),
        child_codes=tuple(inside),
        aggregate=view.aggregate if view.aggregate is not None else framework.aggregate,
        rounding=rounding[rows[view.code]],
        absence=view.absence if view.absence is not None else framework.absence,
        child_absence=tuple(own(code) for code in inside),
        bonus_absence=tuple(own(code) for code in bonuses),
        child_leaves=tuple(_counted(framework.node(code)) for code in inside),
        siblings=tuple(sorted(rows[code] for code in every[0])),
        one_sign=framework.of_one_sign.intersection(inside),
    )


def _check_view(
    drawn: DrawnWeights, view: View, inside: Sequence[str], bonuses: Sequence[str]
) -> None:
    if not total([drawn.seen(view, code) for code in inside]).item() > 0:
        raise FrameworkError(
            f"view '{view.code}' looks only at nodes of weight 0 ({listing(inside)}): "
            "give it weights= of its own"
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
