"""Frameworks and observations for property tests, valid by construction."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Mapping, Sequence

import attrs
import numpy as np
from hypothesis import strategies as st

from govindex import (
    Absence,
    Dimension,
    Framework,
    Indicator,
    Levels,
    Observations,
    Rounding,
    Unit,
    absence,
    aggregate,
    rules,
)
from govindex.contracts import AbsencePolicy, Aggregator, CellStatus, Rule

__all__ = ["NA", "Case", "cases", "frameworks", "levels", "observations", "observed"]

NA = "not applicable"
Cell = float | str | None
Node = Indicator | Dimension

_WEIGHTS = st.sampled_from([0.1, 0.3, 0.7, 1.0, 2.0, 3.5, 6.0])
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


@attrs.frozen(eq=False)
class Case:
    """A framework with observations that hold all it needs."""

    framework: Framework
    data: Observations


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
) -> Framework:
    """Draw a ragged tree; with `points` its root sums them, with `only_sums` every branch."""
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
        return Indicator(
            code(),
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
        if draw(st.integers(0, 4)) == 0:
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
    """Draw the rounding of a methodology."""
    one = st.sampled_from([None, Rounding(2), Rounding(1, "half-even"), Rounding(2, "truncate")])
    return st.builds(Levels, leaf=one, node=one, total=one)


@st.composite
def observations(
    draw: st.DrawFn,
    framework: Framework,
    *,
    units: int | None = None,
    absent: bool = True,
    distinct: bool = False,
) -> Observations:
    """Draw every indicator's variable: ties, constants, missing and not applicable cells.

    With `distinct` every variable has two values that differ, so that relative rules have a scale.
    """
    count = draw(st.integers(1, 6)) if units is None else units
    some: st.SearchStrategy[Cell] = st.one_of(
        st.integers(0, 100).map(float), st.sampled_from([0.0, 25.0, 50.0, 100.0])
    )
    if absent:
        some = st.one_of(some, some, some, st.sampled_from([None, NA]))
    columns: dict[str, list[Cell]] = {}
    for code in framework.leaf_codes:
        constant = draw(st.integers(0, 7)) == 0
        columns[code] = (
            [draw(some)] * count
            if constant
            else draw(st.lists(some, min_size=count, max_size=count))
        )
        if distinct:
            columns[code][:2] = draw(st.permutations([0.0, 100.0]))
    return observed(columns)


@st.composite
def cases(
    draw: st.DrawFn,
    kind: Callable[[], st.SearchStrategy[Framework]] = frameworks,
    *,
    units: int | None = None,
    absent: bool = True,
    distinct: bool = False,
) -> Case:
    """Draw a framework and its observations."""
    framework = draw(kind())
    data = draw(observations(framework, units=units, absent=absent, distinct=distinct))
    return Case(framework, data)


def observed(
    columns: Mapping[str, Sequence[Cell]], units: Sequence[Unit | str] | None = None
) -> Observations:
    """Return columns as observations: None is missing, `NA` is not applicable."""
    count = len(next(iter(columns.values())))
    names = [f"U{i}" for i in range(count)] if units is None else units
    bodies = [unit if isinstance(unit, Unit) else Unit(unit) for unit in names]
    cells = list(zip(*columns.values(), strict=True))
    values = [[c if isinstance(c, (int, float)) else np.nan for c in row] for row in cells]
    kinds = {None: CellStatus.MISSING, NA: CellStatus.NOT_APPLICABLE}
    status = [[0 if isinstance(c, (int, float)) else kinds[c] for c in row] for row in cells]
    return Observations(bodies, tuple(columns), np.array(values), np.array(status, dtype=np.uint8))
