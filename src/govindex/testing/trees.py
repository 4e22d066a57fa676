"""Frameworks and methodologies for property tests, valid by construction."""

from __future__ import annotations

import itertools
from typing import Any

import attrs
import numpy as np
from hypothesis import strategies as st

from govindex import absence, aggregate, measures, rules
from govindex.absence import Absence
from govindex.contracts import AbsencePolicy, Aggregator, Bool, Float, Measure, Rounder, Rule
from govindex.forms import Forms
from govindex.methods import Methodology
from govindex.model.framework import Framework
from govindex.model.tree import Dimension, Indicator, Node, View
from govindex.ranking import Bands, Ranking
from govindex.rounding import Levels, Rounding

__all__ = ["frameworks", "levels", "methodologies"]


_WEIGHTS = st.sampled_from([1.0, 2.0, 0.1, 0.3, 0.7, 3.5, 6.0])


_ABSOLUTE: list[Rule] = [
    rules.Proportional(target=80),
    rules.Proportional(target=30, floor=10),
    rules.Goalposts(worst=0, best=100),
    rules.Goalposts(worst=120, best=-10),
    rules.Steps([(25, 0.4), (50, 0.7), (75, 1.0)]),
    rules.Piecewise([(0, 0.1), (60, 0.8), (100, 1)]),
]


_RELATIVE: list[Rule] = [
    rules.MinMax(degenerate=0.5),
    rules.MinMax(0.1, 0.9, degenerate=0.5),
    rules.ZScore(0.5, 0.05, degenerate=0.5),
    rules.PercentRank(degenerate=0.5),
    rules.DistanceToTarget(50, cap=True, degenerate=0.5),
    rules.Categorical(degenerate=0.5),
]


_STRICT: list[Rule] = [rules.MinMax(over="league"), rules.ZScore(0.5, 0.1)]


_ANSWERS: list[Rule] = [
    rules.Choice({"full": 1, "in part": 0.5, "none": 0}),
    rules.Choice({"2": 1, "1": 0.4, "nan": 0}),
    rules.Choice({3: 1, 2: 0.5, 1: 0}),
]


_NODE: list[Rule] = [rules.Affine(intercept=0.1, slope=0.8), rules.Clip(0.05, 0.95)]


_NODE_OF_PEERS: list[Rule] = [rules.MinMax(), rules.ZScore(0.5, 0.1, degenerate=0.5)]


_MEANS: list[Aggregator] = [aggregate.Arithmetic(), aggregate.Geometric(0.5)]


_AGGREGATORS: list[Aggregator] = [
    aggregate.Product(),
    aggregate.PowerMean(0.5),
]


_POLICIES: list[AbsencePolicy | Absence] = [
    absence.Renormalise(),
    absence.Renormalise(min_share=0.5, of="leaves"),
    absence.Shrink(),
    absence.Shrink(min_count=2),
    absence.AsZero(),
    absence.Full(),
    Absence(missing=absence.AsZero(), not_applicable=absence.Shrink()),
    Absence(missing=absence.Renormalise(min_share=0.4), not_applicable=absence.Shrink()),
]


def _even(weights: Float, present: Bool) -> Float:
    """Let the children that are present and carry weight carry the same."""
    return np.where(present & (weights > 0), 1.0, 0.0)


_MOVING: list[AbsencePolicy | Absence] = [
    absence.Fill("all"),
    absence.Fill("league"),
    absence.Fill("region"),
    absence.Custom(_even),
]


_ROUNDINGS: list[Rounder | None] = [None, None, None, Rounding(1), Rounding(3, "truncate")]


@st.composite
def frameworks(
    draw: st.DrawFn,
    *,
    depth: int = 3,
    points: bool = False,
    relative: bool = True,
    node_rules: bool = True,
    bonuses: bool = False,
    only_sums: bool = False,
    ratios: bool = False,
    rich: bool = False,
) -> Framework:
    """Draw a ragged tree.

    Parameters
    ----------
    depth : int
        The most tiers of dimensions below the root.
    points : bool
        The root sums points; with `only_sums` every branch does.
    relative : bool
        Rules that look at peers are among the rules.
    node_rules : bool
        Dimensions may have rules of their own.
    bonuses : bool
        Branches may have indicators outside their maximum.
    ratios : bool
        Indicators may be made of two variables.
    rich : bool
        Whatever else a framework may have: views, answers, weights that are variables, policies
        that move weights or fill from peers, roundings and rankings of nodes, strict rules.

    Returns
    -------
    strategy of Framework
    """
    number = itertools.count()
    peers = _RELATIVE if relative else []
    pool = [*_ABSOLUTE, *peers]
    means = [*_MEANS]
    inner = [*_NODE] if node_rules else []
    if rich:
        pool += [*_ANSWERS, *(_STRICT if relative else [])]
        inner += _NODE_OF_PEERS if relative and node_rules else []
        means += _AGGREGATORS
    root = aggregate.Sum() if points else draw(st.sampled_from([*means, aggregate.Sum()]))

    def code() -> str:
        return f"{draw(st.sampled_from('dcba'))}{next(number)}"

    def weight(combine: Aggregator) -> float | str:
        if rich and not combine.sums_points and draw(st.integers(0, 6)) == 6:
            return draw(st.sampled_from(["people", "area"]))
        return draw(_WEIGHTS)

    def of_a_node() -> dict[str, Any]:
        if not rich:
            return {}
        ranking = draw(st.sampled_from([None, None, None, *_RANKINGS]))
        return {"rounding": draw(st.sampled_from(_ROUNDINGS)), "ranking": ranking}

    def leaf(combine: Aggregator, *, shown: bool = False, bonus: bool = False) -> Indicator:
        rule = draw(st.sampled_from(pool))
        lower = rule.directed and draw(st.booleans())
        own = draw(st.sampled_from([None, None, None, absence.AsZero(), absence.Full()]))
        name = code()
        made: Measure = measures.Value(name)
        if ratios and rule not in _ANSWERS and draw(st.booleans()):
            made = measures.Ratio(f"{name} done", f"{name} all", times=100)
        return Indicator(
            name,
            measure=made,
            rule=rule,
            weight=0 if shown else draw(_WEIGHTS) if bonus else weight(combine),
            direction="lower" if lower else "higher",
            absence=absence.AsZero() if bonus else own,
            outside_maximum=bonus,
            **of_a_node(),
        )

    def children(tier: int, combine: Aggregator) -> list[Node]:
        count = draw(st.integers(1, 4 if tier else 3))
        found: list[Node] = [
            leaf(combine) if tier >= depth or draw(st.booleans()) else dimension(tier + 1, combine)
            for _ in range(count)
        ]
        if rich and count > 1 and draw(st.integers(0, 3)) == 3:
            found = moving(found)
        if draw(st.integers(0, 4)) == 4:
            found.append(leaf(combine, shown=True))
        if bonuses and combine.linear and draw(st.booleans()):
            found.append(leaf(combine, bonus=True))
        return found

    def moving(siblings: list[Node]) -> list[Node]:
        first, *others = siblings
        if not isinstance(first, Indicator):
            return siblings
        how = draw(st.sampled_from(["proportionally", "equally"]))
        to = absence.Redistribute([others[-1].code], how)  # type: ignore[arg-type]
        pool = [to, *(_MOVING if relative else _MOVING[-1:])]
        return [attrs.evolve(first, absence=draw(st.sampled_from(pool))), *others]

    def dimension(tier: int, above: Aggregator) -> Dimension:
        own = draw(st.sampled_from([None] if only_sums else [None, *means, aggregate.Sum()]))
        combine = above if own is None else own
        rule = draw(st.sampled_from([None, None, *inner])) if node_rules else None
        size = None if combine.sums_points else weight(above)
        if above.sums_points and isinstance(size, str):
            size = 1.0
        return Dimension(
            code(), children(tier, combine), aggregate=own, rule=rule, weight=size, **of_a_node()
        )

    policies = [*_POLICIES, *(_MOVING if rich and relative else [])]
    policy = draw(st.sampled_from(policies))
    framework = Framework("root", children(0, root), aggregate=root, absence=policy)
    if not rich:
        return framework
    return attrs.evolve(framework, views=draw(_views(framework)))


_RANKINGS = [
    Ranking(ties="dense", decimals=1, by="points"),
    Ranking(ties="max", best="lowest"),
    Ranking(ties="average"),
]


@st.composite
def _views(draw: st.DrawFn, framework: Framework) -> list[View]:
    """Draw no view or one, which looks at indicators from anywhere."""
    scored = [leaf.code for leaf in framework.leaves if framework.is_scored(leaf.code)]
    plain = [code for code in scored if not framework.is_bonus(code)]
    if not plain or draw(st.integers(0, 2)) < 2:
        return []
    of = draw(st.lists(st.sampled_from(plain), min_size=1, max_size=3, unique=True))
    # A policy of its own may receive weights only inside the view.
    own = draw(st.sampled_from([absence.Shrink(), absence.Renormalise(), absence.AsZero()]))
    return [
        View(
            "view",
            of,
            weights={code: draw(_WEIGHTS) for code in of},
            aggregate=draw(st.sampled_from(_MEANS)),
            absence=own,
            rule=draw(st.sampled_from([None, *_NODE])),
            rounding=draw(st.sampled_from(_ROUNDINGS)),
        )
    ]


def levels() -> st.SearchStrategy[Levels]:
    """Draw the rounding of a methodology, tier by tier.

    Returns
    -------
    strategy of Levels
    """
    one = st.sampled_from([None, Rounding(2), Rounding(1, "half-even"), Rounding(2, "truncate"),
                           Rounding(0, printed_only=True)])  # fmt: skip
    return st.builds(Levels, leaf=one, node=one, total=one)


@st.composite
def methodologies(draw: st.DrawFn, *, relative: bool = True) -> Methodology:
    """Draw a methodology: a framework, how it is printed and rounded, ranked and banded.

    Parameters
    ----------
    relative : bool
        Rules that look at peers are among the rules.

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
    points = draw(st.booleans())
    drawn = frameworks(
        depth=2, points=points, relative=relative, bonuses=True, ratios=True, rich=True
    )
    framework = draw(drawn)
    other = draw(_other_form(framework, drawn)) if draw(st.integers(0, 4)) == 4 else None
    tie_break = draw(st.lists(st.sampled_from(framework.codes[1:]), max_size=2, unique=True))
    ranking = st.builds(
        Ranking,
        ties=st.sampled_from(["competition", "dense", "max", "average", "ordinal"]),
        decimals=st.sampled_from([None, 2, 0]),
        by=st.sampled_from(["share", "points"]),
        best=st.sampled_from(["highest", "lowest"]),
        tie_break=st.sampled_from([(), (), tuple(tie_break)]),
    )
    settings: dict[str, Any] = {} if other is None else {"forms": {"city": other}}
    return (Forms if settings else Methodology)(
        "example.drawn",
        "1",
        framework,
        scale="points" if points else draw(st.sampled_from([100.0, 1.0, 10.0])),
        rounding=draw(levels()),
        ranking=draw(ranking),
        bands=draw(st.sampled_from([None, *_BANDS])),
        **settings,
    )


_STARTS = [("good", 80), ("fair", 50), ("weak", None)]


_BANDS = [
    Bands(_STARTS, by="percent"),
    Bands(_STARTS[:2], by="points", closed="upper"),
    Bands(_STARTS, by="league_maximum", decimals=0),
    Bands(_STARTS, by="quantile"),
]


@st.composite
def _other_form(
    draw: st.DrawFn, framework: Framework, drawn: st.SearchStrategy[Framework]
) -> Framework:
    """Draw the form of another type of units: the same with other weights, or another tree."""
    if draw(st.booleans()):
        weights = {c.code: draw(_WEIGHTS) for c in framework.leaves if _is_number(c.weight)}
        return framework.with_weights(weights)
    other = draw(drawn)

    def renamed(node: Any) -> Any:
        changes: dict[str, Any] = {"code": f"city {node.code}", "absence": None}
        if isinstance(node, Dimension):
            changes["children"] = tuple(map(renamed, node.children))
        elif isinstance(node.measure, measures.Value):
            changes["measure"] = measures.Value(f"city {node.code}")
        return attrs.evolve(node, **changes)

    return attrs.evolve(other, children=tuple(map(renamed, other.children)), views=())


def _is_number(weight: Any) -> bool:
    return not isinstance(weight, str) and weight > 0
