"""A tree with its root, validated once, and the properties of its nodes by their codes."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import cached_property

import attrs

from govindex.absence import Absence, as_absence
from govindex.aggregate import Arithmetic
from govindex.checks import instance_of, shown
from govindex.contracts import AbsencePolicy, Aggregator, BaseRule, Float, Rounder, Rule, completed
from govindex.errors import FrameworkError, Problems, UnknownNameError, near_miss
from govindex.measures.codes import declared_codes
from govindex.model.labels import Names, as_names, in_language
from govindex.model.signs import nodes_of_one_sign, sums_of_one_sign
from govindex.model.tree import Dimension, Indicator, Node, View, _Node, walk
from govindex.model.validation import framework_problems
from govindex.names import as_code
from govindex.ranking import Ranking

__all__ = ["RootedTree"]


def _as_policies(absence: Absence | AbsencePolicy | Callable[..., Float] | None) -> Absence:
    return as_absence(absence) or Absence()


def _children(children: Iterable[_Node] | _Node) -> tuple[Node, ...]:
    several = children if isinstance(children, Iterable) else (children,)
    return tuple(several)  # type: ignore[arg-type]


def _views(views: Iterable[View] | View) -> tuple[View, ...]:
    return tuple(views) if isinstance(views, Iterable) else (views,)


def _code(code: str) -> str:
    return as_code(code)


@attrs.frozen(slots=False)
class RootedTree:
    """The tree of a framework, and what follows from it for each node."""

    code: str = attrs.field(converter=_code)
    children: tuple[Node, ...] = attrs.field(converter=_children)
    name: Names = attrs.field(default=None, converter=as_names)
    aggregate: Aggregator = attrs.field(factory=Arithmetic, kw_only=True)
    rule: Rule | None = attrs.field(default=None, kw_only=True)
    absence: Absence = attrs.field(default=None, converter=_as_policies, kw_only=True)
    rounding: Rounder | None = attrs.field(default=None, kw_only=True)
    ranking: Ranking | None = attrs.field(default=None, kw_only=True)
    views: tuple[View, ...] = attrs.field(default=(), converter=_views, kw_only=True)

    def __attrs_post_init__(self) -> None:
        problems = Problems()
        problems.extend(framework_problems(self.root, self.views))
        problems.raise_any(FrameworkError, f"The framework '{self.code}' is not well formed")

    def label(self, language: str | None = None) -> str:
        """Return the name in a language, or the code."""
        return in_language(self.name, language, self.code)

    @cached_property
    def root(self) -> Dimension:
        """The root as a dimension."""
        return Dimension(
            self.code,
            self.children,
            self.name,
            aggregate=self.aggregate,
            rule=self.rule,
            absence=self.absence,
            rounding=self.rounding,
            ranking=self.ranking,
        )

    @cached_property
    def nodes(self) -> tuple[Node, ...]:
        """All nodes of the tree from the root down, each before its children."""
        return tuple(walk(self.root))

    @cached_property
    def codes(self) -> tuple[str, ...]:
        """The codes of :attr:`nodes`."""
        return tuple(node.code for node in self.nodes)

    @cached_property
    def leaves(self) -> tuple[Indicator, ...]:
        """The indicators, in the framework's order."""
        return tuple(node for node in self.nodes if isinstance(node, Indicator))

    @cached_property
    def leaf_codes(self) -> tuple[str, ...]:
        """The codes of the indicators."""
        return tuple(leaf.code for leaf in self.leaves)

    @cached_property
    def variables(self) -> tuple[str, ...]:
        """The variables that data must hold, in the framework's order."""
        needed = [
            name
            for leaf in self.leaves
            if self.is_scored(leaf.code)
            for name in leaf.measure.variables
        ]
        weights = [node.weight for node in self.nodes if isinstance(node.weight, str)]
        return tuple(dict.fromkeys([*needed, *weights]))

    @cached_property
    def optional_variables(self) -> tuple[str, ...]:
        """The variables that are used if the data hold them, those of unscored nodes included."""
        used = dict.fromkeys(
            name
            for leaf in self.leaves
            for name in (*leaf.measure.variables, *leaf.measure.optional)
        )
        return tuple(name for name in used if name not in self.variables)

    @cached_property
    def _missing_codes(self) -> dict[str, dict[frozenset[float], str]]:
        """The codes that mean missing in a variable, each set with an indicator that declares it.

        Variables without codes are left out; the set of an indicator without codes is empty.
        """
        by_variable: dict[str, dict[frozenset[float], str]] = {}
        for leaf in self.leaves:
            for name, codes in declared_codes(leaf.measure):
                by_variable.setdefault(name, {}).setdefault(codes, leaf.code)
        return {name: readers for name, readers in by_variable.items() if any(readers)}

    @cached_property
    def _by_code(self) -> dict[str, Node | View]:
        return {node.code: node for node in (*self.nodes, *self.views)}

    @cached_property
    def _parents(self) -> dict[str, Dimension]:
        branches = [node for node in self.nodes if isinstance(node, Dimension)]
        return {child.code: branch for branch in branches for child in branch.children}

    def node(self, code: str) -> Node | View:
        """Return a node or a view by its code.

        Raises
        ------
        UnknownNameError
            If there is no such node.
        """
        node = self._by_code.get(as_code(code)) if isinstance(code, str) else None
        if node is None:
            raise UnknownNameError(
                f"there is no node {shown(code)}: {near_miss(code, self._by_code)}"
            )
        return node

    def has(self, code: str) -> bool:
        """Return whether there is a node or a view of that code."""
        return isinstance(code, str) and as_code(code) in self._by_code

    def parent(self, code: str) -> Dimension | None:
        """Return the branch above a node, None for the root and for views."""
        self.node(code)
        return self._parents.get(code)

    def depth(self, code: str) -> int:
        """Return the number of branches above a node: 0 for the root."""
        above = self.parent(code)
        return 0 if above is None else 1 + self.depth(above.code)

    def below(self, code: str) -> tuple[Indicator, ...]:
        """Return the indicators at or below a node of the tree."""
        node = self.node(code)
        if isinstance(node, View):
            return tuple(leaf for part in self.seen_by(node) for leaf in self.below(part))
        return tuple(n for n in walk(node) if isinstance(n, Indicator))

    def seen_by(self, view: View) -> tuple[str, ...]:
        """Return the codes of the nodes that a view looks at."""
        if instance_of(view, View, "view").of:
            return view.of
        return tuple(leaf.code for leaf in self.leaves if view.selects(leaf))

    def aggregator(self, code: str) -> Aggregator:
        """Return the aggregator in force at a branch: its own, or that of the branch above."""
        aggregate: Aggregator | None = getattr(self.node(code), "aggregate", None)
        if aggregate is not None:
            return aggregate
        above = self.parent(code)
        return self.aggregate if above is None else self.aggregator(above.code)

    def policy(self, code: str) -> Absence:
        """Return the absence policy in force at a node: its own, or that of the branch above."""
        node = self.node(code)
        if node.absence is not None:
            return node.absence
        above = self.parent(code)
        return self.absence if above is None else self.policy(above.code)

    def _policy_for(self, code: str) -> Absence:
        """Return the policy that is applied to a node if it is absent.

        A dimension's policy holds for its children, an indicator's for itself.
        """
        above = self.parent(code)
        alone = isinstance(self.node(code), Indicator) or above is None
        return self.policy(code if alone or above is None else above.code)

    def weight(self, code: str) -> float | str:
        """Return a node's weight among its siblings; points under a sum.

        A dimension without a weight has the sum of its children's points under
        :class:`~govindex.aggregate.Sum`, and 1 elsewhere. The root's weight is its maximum.
        """
        node = self.node(code)
        weight = getattr(node, "weight", None)
        if weight is not None:
            return weight if isinstance(weight, str) else float(weight)
        if isinstance(node, Dimension) and self.aggregator(code).sums_points:
            # Sorted: the order of children moves no bit.
            return float(sum(sorted(self.weight(c.code) for c in node.inside)))  # type: ignore[misc]
        return 1.0

    @cached_property
    def _summed(self) -> tuple[Dimension, ...]:
        """Branches whose points are the sum of their children's, from the bottom up."""
        return tuple(
            node
            for node in reversed(self.nodes)
            if isinstance(node, Dimension)
            and node.weight is None
            and self.aggregator(node.code).sums_points
        )

    def is_scored(self, code: str) -> bool:
        """Return whether a node counts: neither it nor a branch above it has weight 0."""
        self.node(code)
        return code not in self._shown_only

    @cached_property
    def _shown_only(self) -> frozenset[str]:
        codes: set[str] = set()
        for node in self.nodes:  # from the root down
            above = self._parents.get(node.code)
            is_below = above is not None and above.code in codes
            if is_below or self.weight(node.code) == 0:
                codes.add(node.code)
        return frozenset(codes)

    def is_bonus(self, code: str) -> bool:
        """Return whether a node, or a branch above it, is a bonus or a penalty."""
        above = self.parent(code)
        outside = bool(getattr(self.node(code), "outside_maximum", False))
        return outside or (above is not None and self.is_bonus(above.code))

    @cached_property
    def _of_one_sign(self) -> frozenset[str]:
        """The nodes whose scores have terms of one sign, so that nothing cancels in them."""
        return nodes_of_one_sign(self)

    @cached_property
    def _sums_of_one_sign(self) -> frozenset[str]:
        """The branches whose terms have one sign before their rules are applied."""
        return sums_of_one_sign(self)

    @cached_property
    def _views_of_ranks(self) -> frozenset[str]:
        """The views whose rule gives ranks or counts of peers: no parts of a maximum."""
        ruled = ((view.code, view.rule) for view in self.views if view.rule is not None)
        return frozenset(code for code, rule in ruled if completed(rule, BaseRule).gives_ranks)

    @cached_property
    def effective_weights(self) -> dict[str, float]:
        """Each node's part of the root's maximum, 1 for the root.

        Absent cells, bonuses and penalties are ignored. Under an aggregator that is not a mean,
        this is the part that the weights alone give.

        Raises
        ------
        FrameworkError
            If weights are variables of the data.
        """
        parts = {self.code: 1.0}
        for branch in self.nodes:
            if not isinstance(branch, Dimension):
                continue
            weights = {child.code: self.weight(child.code) for child in branch.children}
            named = [code for code, weight in weights.items() if isinstance(weight, str)]
            if named:
                raise FrameworkError(
                    f"effective weights need numbers; weighted by a variable: {', '.join(named)}"
                )
            whole = sum(float(weights[child.code]) for child in branch.inside)
            for code, weight in weights.items():
                parts[code] = parts[branch.code] * float(weight) / whole
        return parts
