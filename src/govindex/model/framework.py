"""The framework: a weighted tree, validated once."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from typing import Any, Literal

import attrs

from govindex.absence import Absence, as_absence
from govindex.aggregate import Arithmetic
from govindex.checks import instance_of, mapping_of, names_of, shown, tuple_of
from govindex.contracts import Aggregator, Measure, Rounder, Rule
from govindex.errors import FrameworkError, Problems, UnknownNameError, near_miss
from govindex.measures.codes import declared_codes
from govindex.model.labels import Names, as_names, in_language
from govindex.model.pruning import counts, pruned, pruned_views
from govindex.model.signs import nodes_of_one_sign, sums_of_one_sign
from govindex.model.tree import Dimension, Indicator, Node, View
from govindex.model.validation import framework_problems
from govindex.names import as_code
from govindex.ranking import Ranking
from govindex.rules import Points

__all__ = ["Framework"]

# What a node keeps when an indicator becomes a dimension, or the other way round.
_KEPT = ("rounding", "ranking", "data_source", "reference", "confidence", "outside_maximum")


def _as_policies(absence: Any) -> Absence:
    return as_absence(absence) or Absence()


def _children(children: Any) -> tuple[Any, ...]:
    return tuple(children) if isinstance(children, Iterable) else (children,)


@attrs.frozen(slots=False)
class Framework:
    """The root of an index: dimensions and indicators, and views across them.

    Parameters
    ----------
    code : str
        The root's code.
    children : iterable of Dimension or Indicator
        At least one.
    name : str or mapping of language to str
        Shown beside or instead of the code.
    aggregate : Aggregator
        How the root combines its children; dimensions that name none follow the branch above.
    absence : Absence or policy
        What becomes of absent children; likewise inherited. By default absent cells are refused
        with an error that names them.
    rule, rounding, ranking
        Of the root, as of a dimension.
    views : iterable of View
        Nodes outside the tree.

    Raises
    ------
    FrameworkError
        With every problem found: doubled codes, impossible weights, missing rules …

    Examples
    --------
    >>> import govindex as gi
    >>> framework = gi.Framework("service", [
    ...     gi.Indicator("days", direction="lower", rule=gi.rules.MinMax()),
    ...     gi.Indicator("online", rule=gi.rules.Proportional(target=0.8), weight=2),
    ... ])
    >>> framework.leaf_codes
    ('days', 'online')
    """

    code: str = attrs.field(converter=as_code)
    children: tuple[Node, ...] = attrs.field(converter=_children)
    name: Names = attrs.field(default=None, converter=as_names)
    aggregate: Aggregator = attrs.field(factory=Arithmetic, kw_only=True)
    rule: Rule | None = attrs.field(default=None, kw_only=True)
    absence: Absence = attrs.field(default=None, converter=_as_policies, kw_only=True)
    rounding: Rounder | None = attrs.field(default=None, kw_only=True)
    ranking: Ranking | None = attrs.field(default=None, kw_only=True)
    views: tuple[View, ...] = attrs.field(default=(), converter=_children, kw_only=True)

    def __attrs_post_init__(self) -> None:
        problems = Problems()
        problems.extend(framework_problems(self.root, self.views))
        problems.raise_any(FrameworkError, f"The framework '{self.code}' is not well formed")

    @classmethod
    def from_table(
        cls,
        frame: Any,
        *,
        code: str = "code",
        parent: str = "parent",
        name: str | None = None,
        weight: str | None = None,
        direction: str | None = None,
        rule: Rule | None = None,
        rules: Mapping[str, Rule] | None = None,
        aggregate: Aggregator | None = None,
        ignore: Iterable[str] = (),
        decimal: Literal[".", ","] = ".",
        **settings: Any,
    ) -> Framework:
        """Read a framework from a table with one row per node.

        The row that names no parent is the root; a node is an indicator if no row names it as
        parent. Children keep the order of the rows. Beside ``code`` and ``parent`` these columns
        are used if they are there; any cell may be blank:

        - ``weight`` (points under a sum), ``name``, and names by language: ``name_vi`` …
        - ``rule``: the kind of :mod:`govindex.rules`, with its settings in columns of their own
          (``target``, ``floor``, ``per``, ``worst`` …); a look-up table is written
          ``80: 0.5; 100: 1`` or ``Có: 1; Không: 0``.
        - ``measure``: the kind of :mod:`govindex.measures`, likewise (``numerator``,
          ``denominator``, ``times`` …; several variables as ``a; b``; ``rounding`` in decimals).
          By default the variable with the indicator's code.
        - ``aggregate`` of dimensions: the kind of :mod:`govindex.aggregate`.
        - ``direction``, ``measure_unit``, ``data_source``, ``reference``, ``confidence``,
          ``evidence``, ``outside_maximum`` (yes or no).

        If rule and measure of a row both have a setting, its columns are called ``rule.above`` and
        ``measure.above``.

        Parameters
        ----------
        frame : data frame
            pandas, Polars, pyarrow, a DuckDB relation …
        code, parent : str
            Columns of the node's code and of the code of the branch above it.
        name, weight, direction : str, optional
            Columns of these fields, if they are called otherwise. A dimension's weight may be
            blank. Under :class:`~govindex.aggregate.Sum` the root's weight, if it has one, is
            checked against the points below it; elsewhere the root has none.
        rule : Rule, optional
            Of every indicator that has none in the table or in `rules`.
        rules : mapping of code to Rule, optional
            Rules of single nodes, whatever the table says.
        aggregate : Aggregator, optional
            Of the root; by default what the table says, or :class:`~govindex.aggregate.Arithmetic`.
        ignore : iterable of str
            Columns that say nothing about the framework. Any other unknown column is a problem.
        decimal : {".", ","}
            The decimal mark of numbers that are written as text.
        **settings
            Further settings of the framework (absence, rounding, views …).

        Raises
        ------
        FrameworkError
            With every problem of the table, by row (counted below the header) and column: parents
            that do not exist, circles, codes that stand there twice, no root or several, unknown
            kinds, settings that a kind does not have or lacks, numbers that are none …

        Examples
        --------
        >>> import govindex as gi
        >>> import pandas as pd
        >>> frame = pd.DataFrame({
        ...     "code": ["index", "speed", "days", "online"],
        ...     "parent": [None, "index", "speed", "index"],
        ...     "weight": [None, 1, 1, 2],
        ...     "rule": [None, None, "Deduction", "Proportional"],
        ...     "per": [None, None, 0.25, None],
        ...     "target": [None, None, None, 80],
        ... })
        >>> framework = gi.Framework.from_table(frame)
        >>> framework.parent("days").code, framework.weight("online")
        ('speed', 2.0)
        >>> framework.node("online").rule
        Proportional(target=80, floor=0.0, cap=True)
        """
        from govindex.model.table import read_tree

        columns = {"code": code, "parent": parent, "name": name}
        columns |= {"weight": weight, "direction": direction}
        tree, whole = read_tree(
            frame, columns, rule, {} if rules is None else rules, ignore=ignore, decimal=decimal
        )
        given = {} if aggregate is None else {"aggregate": aggregate}
        built = cls(**{**tree, **given, **settings})
        points = float(built.weight(built.code))
        if built.aggregate.sums_points and not math.isclose(points, whole or points):
            raise FrameworkError(
                f"the root '{built.code}' has {whole:g} points, but its children add up to "
                f"{points:g}: correct the points"
            )
        return built

    def __repr__(self) -> str:
        return (
            f"<Framework '{self.code}': {len(self.leaf_codes)} indicators, "
            f"{len(self.codes) - len(self.leaf_codes)} dimensions with the root, "
            f"{len(self.views)} views>"
        )

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
        return tuple(_walk(self.root))

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
    def missing_codes(self) -> dict[str, dict[frozenset[float], str]]:
        """The codes that mean missing in a variable, each set with an indicator that declares it.

        Variables without codes are left out; a set is empty where an indicator declares none.
        """
        found: dict[str, dict[frozenset[float], str]] = {}
        for leaf in self.leaves:
            for name, codes in declared_codes(leaf.measure):
                found.setdefault(name, {}).setdefault(codes, leaf.code)
        return {name: readers for name, readers in found.items() if any(readers)}

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
            If there is none.
        """
        found = self._by_code.get(as_code(code)) if isinstance(code, str) else None
        if found is None:
            raise UnknownNameError(
                f"there is no node {shown(code)}: {near_miss(code, self._by_code)}"
            )
        return found

    def has(self, code: str) -> bool:
        """Tell whether there is a node or a view of that code."""
        return isinstance(code, str) and as_code(code) in self._by_code

    def parent(self, code: str) -> Dimension | None:
        """Return the branch above a node, None for the root and for views."""
        self.node(code)
        return self._parents.get(code)

    def depth(self, code: str) -> int:
        """Return how many branches stand above a node: 0 for the root."""
        above = self.parent(code)
        return 0 if above is None else 1 + self.depth(above.code)

    def below(self, code: str) -> tuple[Indicator, ...]:
        """Return the indicators at or below a node of the tree."""
        node = self.node(code)
        if isinstance(node, View):
            return tuple(leaf for part in self.seen_by(node) for leaf in self.below(part))
        return tuple(n for n in _walk(node) if isinstance(n, Indicator))

    def seen_by(self, view: View) -> tuple[str, ...]:
        """Return the codes of the nodes that a view looks at."""
        if instance_of(view, View, "view").of:
            return view.of
        return tuple(leaf.code for leaf in self.leaves if view.selects(leaf))

    def aggregator(self, code: str) -> Aggregator:
        """Return the aggregator in force at a branch: its own, or that of the branch above."""
        node = self.node(code)
        own: Aggregator | None = getattr(node, "aggregate", None)
        if own is not None:
            return own
        above = self.parent(code)
        return self.aggregate if above is None else self.aggregator(above.code)

    def policy(self, code: str) -> Absence:
        """Return the absence policy in force at a node: its own, or that of the branch above."""
        node = self.node(code)
        if node.absence is not None:
            return node.absence
        above = self.parent(code)
        return self.absence if above is None else self.policy(above.code)

    def policy_for(self, code: str) -> Absence:
        """Return the policy that says what becomes of a node that is absent.

        A dimension's policy speaks for its children, an indicator's for itself.
        """
        above = self.parent(code)
        alone = isinstance(self.node(code), Indicator) or above is None
        return self.policy(code if alone or above is None else above.code)

    def weight(self, code: str) -> float | str:
        """Return a node's weight among its siblings; points under a sum.

        A dimension without a weight of its own has the sum of its children's points under
        :class:`~govindex.aggregate.Sum`, and 1 elsewhere. The root's weight is its maximum.
        """
        node = self.node(code)
        own = getattr(node, "weight", None)
        if own is not None:
            return own if isinstance(own, str) else float(own)
        if isinstance(node, Dimension) and self.aggregator(code).sums_points:
            return float(sum(self.weight(child.code) for child in node.inside))  # type: ignore[misc]
        return 1.0

    @cached_property
    def summed(self) -> tuple[Dimension, ...]:
        """Branches whose points are the sum of their children's, from the bottom up."""
        return tuple(
            node
            for node in reversed(self.nodes)
            if isinstance(node, Dimension)
            and node.weight is None
            and self.aggregator(node.code).sums_points
        )

    def is_scored(self, code: str) -> bool:
        """Tell whether a node counts: neither it nor a branch above it has weight 0."""
        self.node(code)
        return code not in self._shown_only

    @cached_property
    def _shown_only(self) -> frozenset[str]:
        found: set[str] = set()
        for node in self.nodes:  # from the root down
            above = self._parents.get(node.code)
            below_none = above is not None and above.code in found
            if below_none or self.weight(node.code) == 0:
                found.add(node.code)
        return frozenset(found)

    def is_bonus(self, code: str) -> bool:
        """Tell whether a node, or a branch above it, is a bonus or a penalty."""
        above = self.parent(code)
        own = bool(getattr(self.node(code), "outside_maximum", False))
        return own or (above is not None and self.is_bonus(above.code))

    @cached_property
    def of_one_sign(self) -> frozenset[str]:
        """The nodes in whose scores nothing cancels: small ones are ranked by their own digits."""
        return nodes_of_one_sign(self)

    @cached_property
    def sums_of_one_sign(self) -> frozenset[str]:
        """The branches in which nothing cancels before their own rules are applied."""
        return sums_of_one_sign(self)

    @cached_property
    def effective_weights(self) -> dict[str, float]:
        """Each node's part of the root's maximum, 1 for the root.

        Absent cells, bonuses and penalties are left out of account. Where an aggregator is not a
        mean, this is the part that the weights alone give.

        Raises
        ------
        FrameworkError
            If weights are variables of the data.
        """
        found = {self.code: 1.0}
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
                found[code] = found[branch.code] * float(weight) / whole
        return found

    def with_weights(self, weights: Mapping[str, float | str | None]) -> Framework:
        """Return the framework with other weights at these codes."""
        return self._with("weight", weights)

    def with_aggregates(self, aggregates: Aggregator | Mapping[str, Aggregator]) -> Framework:
        """Return the framework with one aggregator everywhere, or others at these codes."""
        if not isinstance(aggregates, Mapping):
            every = [node.code for node in self.nodes if isinstance(node, Dimension)]
            aggregates = dict.fromkeys(every, aggregates)
        return self._with("aggregate", aggregates)

    def with_rules(self, rules: Mapping[str, Rule | None]) -> Framework:
        """Return the framework with other rules at these codes."""
        return self._with("rule", rules)

    def with_roundings(self, roundings: Mapping[str, Rounder | None]) -> Framework:
        """Return the framework with other roundings at these codes."""
        return self._with("rounding", roundings)

    def with_rankings(self, rankings: Mapping[str, Ranking | None]) -> Framework:
        """Return the framework with other rankings at these codes."""
        return self._with("ranking", rankings)

    def with_measures(self, measures: Mapping[str, Measure]) -> Framework:
        """Return the framework with other measures at these indicators."""
        return self._with("measure", measures)

    def _with(self, field: str, settings: Mapping[str, Any]) -> Framework:
        problems = Problems()
        for code in mapping_of(settings, f"{field}s", "a mapping of codes to settings"):
            node = self if code == self.code else self.node(code)
            if field not in attrs.fields_dict(type(node)):
                kind = "root" if node is self else type(node).__name__.lower()
                problems.add(f"'{code}' ({kind}) has no {field} to set")
        problems.raise_any(FrameworkError, f"The framework '{self.code}' cannot be changed")
        own = {field: settings[self.code]} if self.code in settings else {}

        def change(node: Any) -> Any:
            if node.code not in settings:
                return node
            return attrs.evolve(node, **{field: settings[node.code]})

        children = _mapped(self.children, change)
        return attrs.evolve(self, children=children, views=[change(v) for v in self.views], **own)

    def refine(self, code: str, children: Iterable[Node], **settings: Any) -> Framework:
        """Return the framework with an indicator opened into a dimension of new indicators.

        Parameters
        ----------
        code : str
            The indicator; the dimension keeps its code, name, weight and position, and all that is
            not about its value (rounding, ranking, references, being outside the maximum).
        children : iterable of Indicator or Dimension
            What it is made of.
        **settings
            Further settings of the :class:`~govindex.model.tree.Dimension` (aggregate, absence,
            rule …).
        """
        leaf = self._leaf(code, "refined")
        kept = {field: getattr(leaf, field) for field in _KEPT}
        settings = {"weight": leaf.weight, **kept, **settings}
        dimension = Dimension(code, tuple_of(children, "children", "nodes"), leaf.name, **settings)
        return attrs.evolve(
            self, children=_mapped(self.children, lambda n: dimension if n.code == code else n)
        )

    def cut(self, at: int | Iterable[str], *, rule: Rule | None = None) -> Framework:
        """Return the framework with branches turned into indicators, their scores given.

        A cut branch becomes an indicator whose variable has the branch's code and holds its printed
        score, for results that are published for dimensions only.

        Parameters
        ----------
        at : int or iterable of str
            The tier (1: the root's children), or the codes of the branches to cut.
        rule : Rule, optional
            How a given score becomes a share; :class:`~govindex.rules.Points` by default.
        """
        if isinstance(at, int):
            tiers = {n.code: self.depth(n.code) for n in self.nodes if isinstance(n, Dimension)}
            codes = {code for code, tier in tiers.items() if tier == at}
            if not codes:
                raise FrameworkError(
                    f"no dimension stands at tier {at} to be cut; "
                    f"the deepest one stands at tier {max(tiers.values())}"
                )
        else:
            codes = set(names_of(at, "at"))
            for code in codes:
                self.node(code)
        if self.code in codes or at == 0:
            raise FrameworkError(f"the root '{self.code}' cannot be cut: nothing would be left")

        def change(node: Node) -> Node:
            if node.code not in codes or isinstance(node, Indicator):
                return node
            return Indicator(
                node.code,
                node.name,
                weight=self.weight(node.code),
                rule=Points() if rule is None else rule,
                **{field: getattr(node, field) for field in _KEPT},
            )

        # From the top down: what lies below a cut is gone and need not be looked at.
        def descend(node: Node) -> Node:
            node = change(node)
            if isinstance(node, Dimension):
                node = attrs.evolve(node, children=tuple(descend(c) for c in node.children))
            return node

        children = tuple(descend(child) for child in self.children)
        left = {n.code for child in children for n in _walk(child)}
        views = tuple(v for v in self.views if left.issuperset(self.seen_by(v)))
        return attrs.evolve(self, children=children, views=views)

    def without(self, codes: str | Iterable[str]) -> Framework:
        """Return the framework without some nodes and what is below them.

        Dimensions that are left without a scored child inside the maximum go too, and so do views
        that look at nothing else. The points of a sum are those of what is left.

        Raises
        ------
        UnknownNameError
            If a node does not exist.
        FrameworkError
            If nothing would be left, or what is left is not well formed.

        Examples
        --------
        >>> import govindex as gi
        >>> gi.methodology("vn.service-766").framework.without(["1", "3A"]).codes[:2]
        ('766', '2')
        """
        gone = set(names_of(codes, "codes"))
        for code in gone:
            self.node(code)
        children = () if self.code in gone else pruned(self.children, gone, self.aggregate)
        if not any(map(counts, children)):
            raise FrameworkError(f"nothing scored of '{self.code}' would be left")
        left = [node for child in children for node in _walk(child)]
        return attrs.evolve(self, children=children, views=pruned_views(self.views, left))

    def flatten(self) -> Framework:
        """Return the indicators directly below the root, with their effective weights.

        Rules, aggregators and limits of the dimensions between are left behind.
        """
        whole = self.weight(self.code)
        scale = float(whole) if self.aggregate.sums_points else 1.0
        effective = self.effective_weights
        leaves = [
            attrs.evolve(
                leaf,
                weight=effective[leaf.code] * scale,
                absence=self.policy(leaf.code),
                outside_maximum=self.is_bonus(leaf.code),
            )
            for leaf in self.leaves
        ]
        return attrs.evolve(self, children=leaves, views=())

    def subtree(self, code: str) -> Framework:
        """Return the framework of one dimension, as an index of its own."""
        node = self.node(code)
        if not isinstance(node, Dimension):
            raise FrameworkError(f"'{code}' is not a dimension: it has nothing below it")
        if code == self.code:
            return self
        return Framework(
            code,
            node.children,
            node.name,
            aggregate=self.aggregator(code),
            rule=node.rule,
            absence=self.policy(code),
            rounding=node.rounding,
            ranking=node.ranking,
        )

    def _leaf(self, code: str, what: str) -> Indicator:
        node = self.node(code)
        if not isinstance(node, Indicator):
            raise FrameworkError(f"only an indicator can be {what}; '{code}' is none")
        return node


def _walk(node: Node) -> Iterator[Node]:
    stack = [node]
    while stack:
        node = stack.pop()
        yield node
        if isinstance(node, Dimension):
            stack.extend(reversed(node.children))


def _mapped(children: Sequence[Node], change: Callable[[Node], Node]) -> tuple[Node, ...]:
    def visit(node: Node) -> Node:
        if isinstance(node, Dimension):
            inside = tuple(visit(child) for child in node.children)
            if any(new is not old for new, old in zip(inside, node.children, strict=True)):
                node = attrs.evolve(node, children=inside)
        return change(node)

    return tuple(visit(child) for child in children)
