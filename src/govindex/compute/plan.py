"""The plan of a framework: rows, orders, groups of indicators and branches as they are scored."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property

import attrs

from govindex.absence import Absence
from govindex.compute.weights import DrawnWeights, Scale
from govindex.contracts import (
    Aggregator,
    BasePolicy,
    Direction,
    Float,
    Rounder,
    Rule,
    completed,
)
from govindex.model.framework import Framework
from govindex.model.tree import Dimension, Indicator, Node, View

__all__ = ["Branch", "Child", "Plan", "RuleGroup"]


@attrs.frozen(eq=False)
class Child:
    """A child as its branch scores it.

    `absence` holds the policies for its absent cells, `leaves` the number of scored indicators at
    or below it.
    """

    row: int
    code: str
    absence: Absence
    leaves: int = 1


@attrs.frozen(eq=False)
class Branch:
    """One aggregation of the plan: a dimension, the root or a view.

    `children` and `bonuses` are those that are scored, in the order of their codes; `siblings` are
    the rows of all children in the order of the tree, including those of weight 0. `corrects`: its
    mean is corrected as the imitated publisher does. `adds_points`: the weights are points, which
    are added up. `one_sign`: the children in whose shares nothing cancels.
    """

    node: Dimension | View
    row: int
    children: tuple[Child, ...]
    bonuses: tuple[Child, ...]
    aggregate: Aggregator
    rounding: Rounder | None
    absence: Absence
    siblings: tuple[int, ...]
    corrects: bool = False
    adds_points: bool = False
    one_sign: frozenset[str] = frozenset()

    @cached_property
    def child_codes(self) -> tuple[str, ...]:
        """The codes of the children."""
        return tuple(child.code for child in self.children)

    @cached_property
    def below(self) -> tuple[int, ...]:
        """The rows of the children and bonuses."""
        return tuple(child.row for child in (*self.children, *self.bonuses))

    @cached_property
    def read(self) -> tuple[int, ...]:
        """The rows that it reads, including those of weight 0 if a policy sees them."""
        return (*self.below, *(self.siblings if self.sees_all else ()))

    @cached_property
    def sees_all(self) -> bool:
        """Whether a policy of a child sees all children in the order of the tree."""
        every = (policy for child in self.children for policy in child.absence.policies)
        return any(completed(policy, BasePolicy).sees_all for policy in every)

    @cached_property
    def counts_leaves(self) -> bool:
        """Whether it is scored only if enough indicators below are present."""
        return any(
            policy.of == "leaves" and (policy.min_share > 0 or policy.min_count > 1)
            for policy in self.absence.policies
        )

    @cached_property
    def is_mean_alone(self) -> bool:
        """Whether its score is the unchanged output of the aggregator."""
        return not self.bonuses and self.node.rule is None and self.rounding is None

    @cached_property
    def looks(self) -> bool:
        """Whether this is a view, which does not change its nodes."""
        return isinstance(self.node, View)


@attrs.frozen(eq=False)
class RuleGroup:
    """Indicators that are scored by the same rule, together.

    Parameters
    ----------
    rule : Rule or None
    direction : "higher" or "lower"
    one_sign : bool
        Whether nothing cancels in what the indicators measure.
    rows : tuple of int
    leaves : tuple of Indicator
    maxima : array, shape (indicators, 1, 1)
        The maxima that rules read: the framework's own, whatever weights are drawn.
    variables : tuple of str or None
        The variable of each indicator whose value is the variable itself.
    """

    rule: Rule | None
    direction: Direction
    one_sign: bool
    rows: tuple[int, ...]
    leaves: tuple[Indicator, ...]
    maxima: Float
    variables: tuple[str | None, ...]


@attrs.frozen(eq=False, slots=False)
class Plan:
    """A framework turned into rows and orders, ready for any number of blocks.

    Parameters
    ----------
    framework : Framework
    scale : "points" or float
    codes : tuple of str
        Rows: the tree from the root down, then the views.
    nodes : tuple of node
        In the same order.
    declared : DrawnWeights
        The framework's own weights, as a single draw.
    groups : tuple of RuleGroup
    branches : tuple of Branch
        Children before parents.
    rounding : tuple of Rounder or None
        Of each node's aggregated and ranked score.
    print_rounding : mapping of code to Rounder
        Of scores that are rounded in print only.
    limited : frozenset of int
        Indicators under a sum whose rule may give shares above 1.
    """

    framework: Framework
    scale: Scale
    codes: tuple[str, ...]
    nodes: tuple[Node | View, ...]
    declared: DrawnWeights
    groups: tuple[RuleGroup, ...]
    branches: tuple[Branch, ...]
    rounding: tuple[Rounder | None, ...]
    print_rounding: Mapping[str, Rounder]
    limited: frozenset[int]

    @cached_property
    def maxima(self) -> Float:
        """The printed score of a share of 1, shape (nodes,)."""
        maxima: Float = self.declared.maxima[:, 0]
        maxima.flags.writeable = False  # results share them
        return maxima

    @cached_property
    def mean_maxima(self) -> Float:
        """The printed score of a mean of 1, before the node's rule, shape (nodes,)."""
        maxima: Float = self.declared.mean_maxima[:, 0]
        maxima.flags.writeable = False
        return maxima

    @cached_property
    def weighted(self) -> tuple[tuple[str, str], ...]:
        """The nodes weighted by a variable of the data, each with the variable."""
        nodes = self.framework.nodes
        return tuple((node.code, node.weight) for node in nodes if isinstance(node.weight, str))

    @cached_property
    def needed(self) -> tuple[tuple[str, tuple[str, ...]], ...]:
        """The code of each scored indicator and the variables it needs."""
        form = self.framework
        leaves = (leaf for leaf in form.leaves if form.is_scored(leaf.code))
        return tuple((leaf.code, leaf.measure.variables) for leaf in leaves)

    @cached_property
    def reads(self) -> frozenset[str]:
        """The variables that the data must hold."""
        measured = {name for _, names in self.needed for name in names}
        return frozenset(measured.union(name for _, name in self.weighted))

    @cached_property
    def by_row(self) -> dict[int, Branch]:
        """The branches by row."""
        return {branch.row: branch for branch in self.branches}

    @cached_property
    def filled(self) -> dict[int, int]:
        """The rows of nodes whose absent cells a branch may fill, each with the branch's row."""
        return {
            child.row: branch.row
            for branch in self.branches
            if not branch.looks
            for child in (*branch.children, *branch.bonuses)
            if any(completed(policy, BasePolicy).fills for policy in child.absence.policies)
        }

    @cached_property
    def counts_leaves(self) -> bool:
        """Whether a branch counts the indicators below it."""
        return any(branch.counts_leaves for branch in self.branches)

    @cached_property
    def counts_absences(self) -> bool:
        """Whether a policy counts absent nodes or depends on why a branch is absent."""
        return any(
            policy.min_share > 0 or policy.min_count > 1
            for branch in self.branches
            for policy in branch.absence.policies
        ) or any(
            len({type(policy) for policy in child.absence.in_force}) > 1
            or not completed(child.absence.missing, BasePolicy).keeps_proportions
            for branch in self.branches
            for child in (*branch.children, *branch.bonuses)
            if child.row in self.by_row
        )

    @cached_property
    def rows(self) -> dict[str, int]:
        """The row of each code."""
        return {code: row for row, code in enumerate(self.codes)}
