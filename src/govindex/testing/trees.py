"""Frameworks and methodologies for property tests, valid by construction."""

from __future__ import annotations

import itertools

from hypothesis import strategies as st

from govindex import absence, aggregate, measures, rules
from govindex.absence import Absence
from govindex.contracts import AbsencePolicy, Aggregator, Measure, Rule
from govindex.methodology import Methodology
from govindex.model.framework import Framework
from govindex.model.tree import Dimension, Indicator, Node
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


_NODE: list[Rule] = [rules.Affine(intercept=0.1, slope=0.8), rules.Clip(0.05, 0.95)]


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

    Returns
    -------
    strategy of Framework
    """
    number = itertools.count()
    pool = [*_ABSOLUTE, *(_RELATIVE if relative else [])]
    means: list[Aggregator] = [aggregate.Arithmetic(), aggregate.Geometric(0.5)]
    root = aggregate.Sum() if points else draw(st.sampled_from([*means, aggregate.Sum()]))

    def code() -> str:
        return f"{draw(st.sampled_from('dcba'))}{next(number)}"

    def leaf(*, shown: bool = False, bonus: bool = False) -> Indicator:
        rule = draw(st.sampled_from(pool))
        lower = rule.directed and draw(st.booleans())
        own = draw(st.sampled_from([None, None, None, absence.AsZero(), absence.Full()]))
        name = code()
        made: Measure = measures.Value(name)
        if ratios and draw(st.booleans()):
            made = measures.Ratio(f"{name} done", f"{name} all", times=100)
        return Indicator(
            name,
            measure=made,
            rule=rule,
            weight=0 if shown else draw(_WEIGHTS),
            direction="lower" if lower else "higher",
            absence=absence.AsZero() if bonus else own,
            outside_maximum=bonus,
        )

    def children(tier: int, combine: Aggregator) -> list[Node]:
        count = draw(st.integers(1, 4 if tier else 3))
        found: list[Node] = [
            leaf() if tier >= depth or draw(st.booleans()) else dimension(tier + 1, combine)
            for _ in range(count)
        ]
        if draw(st.integers(0, 4)) == 4:
            found.append(leaf(shown=True))
        if bonuses and combine.linear and draw(st.booleans()):
            found.append(leaf(bonus=True))
        return found

    def dimension(tier: int, above: Aggregator) -> Dimension:
        own = draw(st.sampled_from([None] if only_sums else [None, *means, aggregate.Sum()]))
        combine = above if own is None else own
        rule = draw(st.sampled_from([None, None, *_NODE])) if node_rules else None
        weight = None if combine.sums_points else draw(_WEIGHTS)
        return Dimension(code(), children(tier, combine), aggregate=own, rule=rule, weight=weight)

    policy = draw(st.sampled_from(_POLICIES))
    return Framework("root", children(0, root), aggregate=root, absence=policy)


def levels() -> st.SearchStrategy[Levels]:
    """Draw the rounding of a methodology, tier by tier.

    Returns
    -------
    strategy of Levels
    """
    one = st.sampled_from([None, Rounding(2), Rounding(1, "half-even"), Rounding(2, "truncate")])
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
    framework = draw(frameworks(points=points, relative=relative, bonuses=True, ratios=True))
    ranking = st.builds(
        Ranking,
        ties=st.sampled_from(["competition", "dense", "max", "average", "ordinal"]),
        decimals=st.sampled_from([None, 2, 0]),
        by=st.sampled_from(["share", "points"]),
        best=st.sampled_from(["highest", "lowest"]),
    )
    bands = Bands([("good", 80), ("fair", 50), ("weak", None)], by="percent")
    return Methodology(
        "example.drawn",
        "1",
        framework,
        scale="points" if points else draw(st.sampled_from([100.0, 1.0, 10.0])),
        rounding=draw(levels()),
        ranking=draw(ranking),
        bands=draw(st.sampled_from([None, bands])),
    )
