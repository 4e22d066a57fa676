"""Drawn frameworks and methodologies, valid by construction."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from typing import Any

import attrs
from hypothesis import strategies as st

from govindex import absence, aggregate, measures
from govindex.contracts import Aggregator, Measure, Rule
from govindex.forms import Forms
from govindex.methods import Methodology
from govindex.model.framework import Framework
from govindex.model.tree import Dimension, Indicator, Node, View
from govindex.ranking import Ranking
from govindex.rounding import Levels
from govindex.testing import pools
from govindex.testing.choices import Choices, choices

__all__ = ["frameworks", "levels", "methodologies"]


@attrs.frozen(kw_only=True)
class _TreeDraw:
    """Draws the parts of a tree; its settings are those of :func:`frameworks`."""

    choose: Choices
    depth: int = 3
    points: bool = False
    relative: bool = True
    node_rules: bool = True
    bonuses: bool = False
    only_sums: bool = False
    ratios: bool = False
    rich: bool = False
    numbers: Iterator[int] = attrs.field(factory=itertools.count)

    @property
    def rules(self) -> list[Rule]:
        rules = [*pools.ABSOLUTE, *(pools.RELATIVE if self.relative else [])]
        if not self.rich:
            return rules
        return [*rules, *pools.ANSWERS, *(pools.STRICT if self.relative else [])]

    @property
    def node_rule(self) -> Rule | None:
        if not self.node_rules:
            return None
        peers = pools.NODE_OF_PEERS if self.rich and self.relative else []
        return self.choose.of([None, None, *pools.NODE, *peers])

    @property
    def aggregators(self) -> list[Aggregator]:
        return [*pools.MEANS, *(pools.AGGREGATORS if self.rich else []), aggregate.Sum()]

    @property
    def code(self) -> str:
        return f"{self.choose.of('dcba')}{next(self.numbers)}"

    def framework(self) -> Framework:
        root = aggregate.Sum() if self.points else self.choose.of(self.aggregators)
        children = self.children(0, root)
        moving = pools.MOVING if self.rich and self.relative else []
        policy = self.choose.of([*pools.POLICIES, *moving])
        framework = Framework("root", children, aggregate=root, absence=policy)
        return attrs.evolve(framework, views=self.views(framework)) if self.rich else framework

    def weight(self, above: Aggregator) -> float | str:
        if self.rich and not above.sums_points and self.choose.one_in(7):
            return self.choose.of(["people", "area"])
        return self.choose.of(pools.WEIGHTS)

    def printing(self) -> dict[str, Any]:
        """Return the rounding and ranking of a node."""
        if not self.rich:
            return {}
        ranking = self.choose.of([None, None, None, *pools.RANKINGS])
        return {"rounding": self.choose.of(pools.ROUNDINGS), "ranking": ranking}

    def leaf(self, above: Aggregator, *, shown: bool = False, bonus: bool = False) -> Indicator:
        rule = self.choose.of(self.rules)
        lower = rule.directed and self.choose.one_in(2)
        policy = self.choose.of([None, None, None, absence.AsZero(), absence.Full()])
        name = self.code
        measure: Measure = measures.Value(name)
        if self.ratios and rule not in pools.ANSWERS and self.choose.one_in(2):
            measure = measures.Ratio(f"{name} done", f"{name} all", times=100)
        weight = self.choose.of(pools.WEIGHTS) if bonus else self.weight(above)
        return Indicator(
            name,
            measure=measure,
            rule=rule,
            weight=0 if shown else weight,
            direction="lower" if lower else "higher",
            absence=absence.AsZero() if bonus else policy,
            outside_maximum=bonus,
            **self.printing(),
        )

    def children(self, tier: int, above: Aggregator) -> list[Node]:
        count = 1 + self.choose.number(3 if tier else 2)
        children: list[Node] = [
            self.dimension(tier + 1, above)
            if tier < self.depth and self.choose.one_in(2)
            else self.leaf(above)
            for _ in range(count)
        ]
        if self.rich and count > 1 and self.choose.one_in(4):
            children = self.with_moving_weights(children)
        if self.choose.one_in(5):
            children.append(self.leaf(above, shown=True))
        if self.bonuses and above.linear and self.choose.one_in(2):
            children.append(self.leaf(above, bonus=True))
        return children

    def with_moving_weights(self, siblings: list[Node]) -> list[Node]:
        """Return siblings with a policy that moves weights if the first one is absent."""
        first, *others = siblings
        if not isinstance(first, Indicator):
            return siblings
        how: Any = "equally" if self.choose.one_in(2) else "proportionally"
        to = absence.Redistribute([others[-1].code], how)
        policies = [to, *(pools.MOVING if self.relative else pools.MOVING[-1:])]
        return [attrs.evolve(first, absence=self.choose.of(policies)), *others]

    def dimension(self, tier: int, above: Aggregator) -> Dimension:
        aggregate = None if self.only_sums else self.choose.of([None, *self.aggregators])
        in_force = above if aggregate is None else aggregate
        size = None if in_force.sums_points else self.weight(above)
        return Dimension(
            self.code,
            self.children(tier, in_force),
            aggregate=aggregate,
            rule=self.node_rule,
            weight=1.0 if above.sums_points and isinstance(size, str) else size,
            **self.printing(),
        )

    def views(self, framework: Framework) -> list[View]:
        """Return no view, or one of indicators from any dimension."""
        scored = [leaf.code for leaf in framework.leaves if framework.is_scored(leaf.code)]
        plain = [code for code in scored if not framework.is_bonus(code)]
        if not plain or not self.choose.one_in(3):
            return []
        of = list(dict.fromkeys(self.choose.of(plain) for _ in range(1 + self.choose.number(2))))
        # Other policies may move weights to nodes outside the view.
        policy = self.choose.of([absence.Shrink(), absence.Renormalise(), absence.AsZero()])
        return [
            View(
                "view",
                of,
                weights={code: self.choose.of(pools.WEIGHTS) for code in of},
                aggregate=self.choose.of(pools.MEANS),
                absence=policy,
                rule=self.choose.of([None, *pools.NODE]),
                rounding=self.choose.of(pools.ROUNDINGS),
            )
        ]

    def other_form(self, framework: Framework) -> Framework:
        """Return a framework for another type of units: with other weights, or another tree."""
        if not self.choose.one_in(2):
            leaves = [c for c in framework.leaves if isinstance(c.weight, float) and c.weight]
            return framework.with_weights({c.code: self.choose.of(pools.WEIGHTS) for c in leaves})
        other = self.framework()

        def renamed(node: Any) -> Any:
            changes: dict[str, Any] = {"code": f"city {node.code}", "absence": None}
            if isinstance(node, Dimension):
                changes["children"] = tuple(map(renamed, node.children))
            elif isinstance(node.measure, measures.Value):
                changes["measure"] = measures.Value(f"city {node.code}")
            return attrs.evolve(node, **changes)

        return attrs.evolve(other, children=tuple(map(renamed, other.children)), views=())


def frameworks(
    *,
    depth: int = 3,
    points: bool = False,
    relative: bool = True,
    node_rules: bool = True,
    bonuses: bool = False,
    only_sums: bool = False,
    ratios: bool = False,
    rich: bool = False,
) -> st.SearchStrategy[Framework]:
    """Draw a ragged tree.

    Parameters
    ----------
    depth : int
        The largest number of tiers of dimensions below the root.
    points : bool
        Whether the root sums points; with `only_sums` every branch does.
    relative : bool
        Whether rules may look at peers.
    node_rules : bool
        Dimensions may have rules.
    bonuses : bool
        Branches may have indicators outside their maximum.
    ratios : bool
        Indicators may be made of two variables.
    rich : bool
        Trees may have all other features: views, answers, weights that are variables, policies that
        move weights or fill from peers, roundings and rankings of nodes, strict rules.

    Returns
    -------
    strategy of Framework
    """
    return choices().map(
        lambda choose: _TreeDraw(
            choose=choose,
            depth=depth,
            points=points,
            relative=relative,
            node_rules=node_rules,
            bonuses=bonuses,
            only_sums=only_sums,
            ratios=ratios,
            rich=rich,
        ).framework()
    )


def levels() -> st.SearchStrategy[Levels]:
    """Draw the rounding of a methodology, tier by tier.

    Returns
    -------
    strategy of Levels
    """
    return choices(3).map(_levels)


def _levels(choose: Choices) -> Levels:
    return Levels(
        leaf=choose.of(pools.LEVELS), node=choose.of(pools.LEVELS), total=choose.of(pools.LEVELS)
    )


def methodologies(*, relative: bool = True) -> st.SearchStrategy[Methodology]:
    """Draw a methodology: a framework with scale, rounding, ranking and bands.

    Parameters
    ----------
    relative : bool
        Whether rules may look at peers.

    Returns
    -------
    strategy of Methodology

    Examples
    --------
    >>> from hypothesis import given, settings
    >>> from govindex.testing import strategies
    >>> @settings(max_examples=5)
    ... @given(strategies.methodologies(relative=False))
    ... def test_absolute_rules_see_no_peers(method):
    ...     assert not method.peer_dependent
    >>> test_absolute_rules_see_no_peers()
    """
    return choices().map(lambda choose: _methodology(choose, relative))


def _methodology(choose: Choices, relative: bool) -> Methodology:
    points = choose.one_in(2)
    settings: dict[str, Any] = {
        "scale": "points" if points else choose.of([100.0, 1.0, 10.0]),
        "rounding": _levels(choose),
        "bands": choose.of([None, *pools.BANDS]),
    }
    ranking = Ranking(
        ties=choose.of(["competition", "dense", "max", "average", "ordinal"]),
        decimals=choose.of([None, 2, 0]),
        by=choose.of(["share", "points"]),
        best=choose.of(["highest", "lowest"]),
    )
    deciding, has_forms = choose.number(2), choose.one_in(5)
    tree = _TreeDraw(
        choose=choose,
        depth=2,
        points=points,
        relative=relative,
        bonuses=True,
        ratios=True,
        rich=True,
    )
    framework = tree.framework()
    if has_forms:
        settings["forms"] = {"city": tree.other_form(framework)}
    codes = [choose.of(framework.codes[1:]) for _ in range(deciding)]
    return (Forms if has_forms else Methodology)(
        "example.drawn",
        "1",
        framework,
        ranking=attrs.evolve(ranking, tie_break=tuple(dict.fromkeys(codes))),
        **settings,
    )
